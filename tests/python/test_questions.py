"""The questions in analyses/questions/, each asked of a published file as a reader would."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise, takewhile
from pathlib import Path

import duckdb
import pytest
from conftest import PROJECT

QUESTIONS = sorted((PROJECT / "analyses" / "questions").glob("*.sql"))


@pytest.fixture(scope="module")
def published(published_file):
    with duckdb.connect(str(published_file), read_only=True) as connection:
        yield connection


def answer(connection: duckdb.DuckDBPyConnection, name: str) -> list[dict]:
    """Rows of a question, by column."""
    sql = (PROJECT / "analyses" / "questions" / f"{name}.sql").read_text(encoding="utf-8")
    result = connection.execute(sql)
    columns = [column[0] for column in result.description]
    return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda path: path.stem)
def test_every_question_has_an_answer(published, question: Path):
    assert answer(published, question.stem)


def test_what_a_segment_may_cost_rests_on_its_margin_and_on_the_cost_of_all(published):
    rows = {
        row["segment"]: row
        for row in answer(published, "what_may_we_pay_for_a_customer_of_this_segment")
    }
    cac = published.execute(
        """
        select value
        from kpi.kpi_values
        where kpi = 'cac' and variant = 'cac' and period_grain = 'r12m' and dimension = 'total'
            and is_complete_period
        order by period_end desc limit 1
        """
    ).fetchone()[0]
    assert {"enterprise", "mid_market", "small_business"} <= rows.keys()
    for row in rows.values():
        assert row["cac"] == pytest.approx(cac, abs=0.005)
        assert row["highest_cac"] == pytest.approx(row["lifetime_margin"] / 3, abs=0.01)
        assert row["is_within_the_rule"] == (row["cac"] <= row["highest_cac"])
    small, large = rows["small_business"], rows["enterprise"]
    assert small["pays_back_in_a_year"] == (small["cac"] <= small["first_year_margin"])
    # A segment with the fit of all has no first year of its own.
    assert (large["first_year_margin"], large["pays_back_in_a_year"]) == (None, None)


def test_the_quarter_is_its_months_so_far_and_those_to_come(published):
    rows = {row["variant"]: row for row in answer(published, "will_we_meet_the_quarter")}
    months = published.execute(
        """
        select sum(target_value), sum(actual_value), sum(forecast_to_close)
        from kpi.kpi_budget_vs_actual
        where kpi = 'sales' and variant = 'net_sales' and period_grain = 'month'
            and dimension = 'total' and is_current_version
            and period_start between date '2026-07-01' and date '2026-09-01'
        """
    ).fetchone()
    sales = rows["net_sales"]
    found = [sales["target"], sales["so_far"], sales["expected_at_close"]]
    assert [float(value) for value in found] == pytest.approx([float(m) for m in months], abs=0.01)
    assert sales["low_80"] < sales["expected_at_close"] < sales["high_80"]
    # The budget of the demo company was written before it grew: September's MRR is twice of it.
    september = published.execute(
        """
        select forecast_value from kpi.kpi_forecast
        where kpi = 'mrr' and dimension = 'total' and is_published
            and period_start = date '2026-09-01'
        """
    ).fetchone()[0]
    assert rows["mrr"]["expected_at_close"] == pytest.approx(september, abs=0.01)
    assert rows["mrr"]["answer"] == "yes"
    # The months of a ratio do not make a quarter.
    assert "cac" not in rows
    assert "churn_rate" not in rows


PLANNED = """
create schema core;
create schema kpi;
create table core.dim_periods as
select 'quarter' as period_grain, date '2025-07-01' as period_start,
    date '2025-10-01' as period_end, false as is_complete_period;
create table kpi.kpi_catalog as
from (values
    ('over', 'up', 'additive'), ('costs', 'down', 'additive'), ('short', 'up', 'additive'),
    ('quarterly', 'up', 'additive'), ('unseen', 'up', 'additive'), ('level', 'up', 'snapshot'),
    ('ratio', 'up', 'not additive')
) as rows (variant, direction, additivity_over_time)
select 'kpi' as kpi, *;
-- July 100, August 150 so far. The forecast of August was 110, from 90 to 130.
create table kpi.kpi_values as
select kpi, variant, 'month' as period_grain, period_start, 'total' as dimension, value,
    period_start < date '2025-08-01' as is_complete_period
from kpi.kpi_catalog
cross join (
    values (date '2025-07-01', 100), (date '2025-08-01', 150)
) as rows (period_start, value)
union all
select 'kpi', 'level', 'month', date '2025-09-01', 'total', 130, false;
create table kpi.kpi_forecast as
select kpi, variant, 'month' as period_grain, period_start, 'total' as dimension,
    forecast_value, low_80, high_80, true as is_published
from kpi.kpi_catalog
cross join (
    values (date '2025-08-01', 110, 90, 130), (date '2025-09-01', 120, 80, 160)
) as rows (period_start, forecast_value, low_80, high_80)
where variant != 'unseen' or period_start = date '2025-09-01';
create table kpi.kpi_budget_vs_actual as
select kpi, variant, 'month' as period_grain, period_start, 'total' as dimension,
    target_value, true as is_current_version
from kpi.kpi_catalog
cross join (
    values (date '2025-07-01', 110), (date '2025-08-01', 110), (date '2025-09-01', 110)
) as rows (period_start, target_value)
where variant not in ('short', 'quarterly') or period_start < date '2025-09-01'
union all
from (values
    (date '2025-07-01', 420, 'total', true), (date '2025-07-01', 9000, 'total', false),
    (date '2025-07-01', 9000, 'plan', true), (date '2025-08-15', 9000, 'total', true)
) as rows (period_start, target_value, dimension, is_current_version)
select 'kpi', 'quarterly', 'quarter', period_start, dimension, target_value, is_current_version;
"""


def test_the_quarter_closes_at_no_less_than_it_has_and_needs_a_whole_plan():
    with duckdb.connect() as connection:
        connection.execute(PLANNED)
        rows = {row["variant"]: row for row in answer(connection, "will_we_meet_the_quarter")}
    columns = ("target", "so_far", "expected_at_close", "low_80", "high_80", "answer")
    found = {variant: tuple(row[column] for column in columns) for variant, row in rows.items()}
    assert found == {
        # 100 + 150, of which 110 were expected, + 120.
        "over": (330, 250, 370, 330, 410, "yes"),
        "costs": (330, 250, 370, 330, 410, "open"),
        "short": (None, 250, 370, 330, 410, "plan incomplete"),
        "quarterly": (420, 250, 370, 330, 410, "no"),
        "unseen": (330, 250, None, None, None, "no forecast"),
        # A level may fall.
        "level": (110, 130, 120, 80, 160, "open"),
    }


def test_what_moved_cac_adds_up_to_the_change(published):
    rows = answer(published, "what_moved_cac")
    for comparison in ("previous", "year_ago"):
        found = [row for row in rows if row["comparison"] == comparison]
        change = {row["change"] for row in found}
        assert len(change) == 1
        total = sum(row["contribution"] for row in found)
        assert abs(total - change.pop()) <= Decimal("0.005") * (len(found) + 1)


# Columns and order of each answer; a query that loses one would still have rows.
PROMISED = {
    "does_the_model_change_the_answer": ("marketing_channel", "lowest", "highest", "spread"),
    "how_much_depends_on_our_largest_customers": ("account_rank", "net_sales", "share_so_far"),
    "is_the_nps_change_real": ("period_start", "answers", "nps", "is_change_real", "answer"),
    "what_comes_back_and_why": ("reason_group", "refunds", "share_of_refunds"),
    "what_may_we_pay_for_a_customer_of_this_segment": ("segment", "cac", "highest_cac"),
    "what_moved_cac": ("comparison", "marketing_channel", "effect", "contribution"),
    "what_moved_recurring_revenue": ("period_start", "mrr_at_start", "mrr_at_end", "net_new"),
    "when_do_we_lose_customers": ("tenure_month", "customers_at_risk", "churn_hazard", "survival"),
    "where_do_leads_get_stuck": ("step", "leads_before", "leads_there", "step_rate"),
    "where_do_we_lose_visitors": ("device_type", "step", "sessions_lost", "step_rate"),
    "which_channel_wins_customers_that_stay": ("acquisition_channel", "retention_rate", "ci_low"),
    "which_leads_become_customers": ("lead_source", "leads", "conversion_rate", "answer"),
    "which_marketing_pays": ("marketing_channel", "marketing_cost", "romi", "pays"),
    "which_price_tier_churns": ("plan", "churn_rate", "rate_of_all", "status"),
    "will_we_meet_the_quarter": ("kpi", "variant", "target", "expected_at_close", "answer"),
}
LATEST_YEAR = """
period_grain = 'r12m' and period_end = (
    select max(period_end) from core.dim_periods where period_grain = 'r12m' and is_complete_period
)
"""


def one(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple:
    return connection.execute(sql).fetchone()


def falls(rows: list[dict], column: str) -> bool:
    """Whether a column is in falling order, with nulls at its end."""
    values = [row[column] for row in rows]
    known = [value for value in values if value is not None]
    return values[: len(known)] == sorted(known, reverse=True)


def test_there_are_fifteen_questions_and_each_has_what_it_promises(published):
    assert PROMISED.keys() == {path.stem for path in QUESTIONS}
    assert len(QUESTIONS) == 15
    for name, columns in PROMISED.items():
        rows = answer(published, name)
        assert set(columns) <= rows[0].keys(), name
        for column in columns:
            assert any(row[column] is not None for row in rows), f"{name}: {column}"


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda path: path.stem)
def test_every_question_says_how_to_read_it_and_stands_on_its_page(question: Path):
    lines = question.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("-- ")
    assert lines[0].endswith("?")
    head = [*takewhile(lambda line: line.startswith("--"), lines)]
    assert len(head) > 3
    assert any(line.startswith("-- Reads a published file: ") for line in head)
    page = (PROJECT / "docs" / "questions.md").read_text(encoding="utf-8")
    assert f"[{lines[0][3:]}](../analyses/questions/{question.name})" in page
    assert page.count("](../analyses/questions/") == len(QUESTIONS)


def test_mrr_moves_by_what_is_listed_from_month_to_month(published):
    rows = answer(published, "what_moved_recurring_revenue")
    assert len(rows) == 12
    moves = [name for name in rows[0] if name.startswith("mrr_") and "_at_" not in name]
    assert len(moves) == 7
    for row in rows:
        assert sum(row[name] for name in moves) == row["net_new"]
        assert row["mrr_at_start"] + row["net_new"] == row["mrr_at_end"]
    for later, earlier in pairwise(rows):
        assert later["mrr_at_start"] == earlier["mrr_at_end"]


def test_funnels_only_narrow_and_losses_add_up(published):
    rows = answer(published, "where_do_we_lose_visitors")
    for device in {row["device_type"] for row in rows}:
        steps = [row for row in rows if row["device_type"] == device]
        assert [row["step_number"] for row in steps] == [1, 2, 3, 4]
        assert sum(row["share_of_losses"] for row in steps) == pytest.approx(1, abs=0.001)
        for before, after in pairwise(steps):
            assert before["sessions_there"] == after["sessions_before"] >= after["sessions_there"]
    leads = answer(published, "where_do_leads_get_stuck")
    assert [row["step_number"] for row in leads] == [1, 2, 3, 4, 5]
    for before, after in pairwise(leads):
        assert before["leads_there"] == after["leads_before"] >= after["leads_there"]
    created = one(
        published,
        f"select leads from kpi.kpi_lead_funnel where dimension = 'total' and {LATEST_YEAR}",
    )
    assert leads[0]["leads_before"] == created[0] > 0


def test_each_model_credits_the_same_customers(published):
    rows = answer(published, "does_the_model_change_the_answer")
    customers = one(
        published,
        "select new_customers_first from kpi.kpi_attribution "
        f"where dimension = 'total' and {LATEST_YEAR}",
    )[0]
    for column in (name for name in rows[0] if name.startswith("by_")):
        found = sum(row[column] for row in rows)
        assert float(found) == pytest.approx(float(customers), abs=0.1)
    assert falls(rows, "spread")


def test_money_of_a_year_is_that_of_its_kpi(published):
    largest = answer(published, "how_much_depends_on_our_largest_customers")
    assert [row["account_rank"] for row in largest] == [*range(1, 11)]
    assert falls(largest, "net_sales")
    sales = one(
        published,
        f"select net_sales from kpi.kpi_sales where dimension = 'total' and {LATEST_YEAR}",
    )[0]
    share = sum(row["net_sales"] for row in largest) / sales
    assert largest[-1]["share_so_far"] == pytest.approx(float(share), abs=0.0001)
    refunds = answer(published, "what_comes_back_and_why")
    given_back = one(
        published,
        f"select refunds from kpi.kpi_refunds where dimension = 'total' and {LATEST_YEAR}",
    )[0]
    assert sum(row["refunds"] for row in refunds) == given_back
    assert sum(row["share_of_refunds"] for row in refunds) == pytest.approx(1, abs=0.001)
    marketing = answer(published, "which_marketing_pays")
    cost = one(
        published,
        f"select marketing_cost from kpi.kpi_romi where dimension = 'total' and {LATEST_YEAR}",
    )[0]
    assert sum(row["marketing_cost"] for row in marketing) == cost
    assert falls(marketing, "marketing_cost")


def test_rates_are_those_of_their_counts_within_their_intervals(published):
    for name, units, hits, rate in (
        *[
            (
                "which_price_tier_churns",
                "subscriptions_at_start",
                "subscriptions_lost",
                "churn_rate",
            )
        ],
        *[("which_leads_become_customers", "leads", "customers", "conversion_rate")],
        (
            *("which_channel_wins_customers_that_stay", "customers_a_year_ago"),
            *("customers_retained", "retention_rate"),
        ),
    ):
        rows = answer(published, name)
        assert falls(rows, rate)
        for row in rows:
            if row[units]:
                assert row[rate] == pytest.approx(row[hits] / row[units], abs=0.0001)
                assert row["ci_low"] <= row[rate] <= row["ci_high"]
    lost = sum(row["subscriptions_lost"] for row in answer(published, "which_price_tier_churns"))
    assert (
        lost
        == one(
            published,
            "select subscriptions_lost from kpi.kpi_subscription_churn "
            f"where dimension = 'total' and {LATEST_YEAR}",
        )[0]
    )


def test_nps_is_answered_by_its_interval_and_tenure_by_its_hazard(published):
    scores = answer(published, "is_the_nps_change_real")
    assert len(scores) == 8
    assert falls(scores, "period_start")
    for row in scores:
        assert row["ci_low"] <= row["nps"] <= row["ci_high"]
        assert (row["answer"] in ("better", "worse")) == row["is_change_real"]
    ages = answer(published, "when_do_we_lose_customers")
    assert [row["tenure_month"] for row in ages] == sorted(row["tenure_month"] for row in ages)
    survival = 1.0
    for row in ages:
        assert row["churn_hazard"] == pytest.approx(
            row["customers_lost"] / row["customers_at_risk"], abs=0.0001
        )
        survival *= 1 - row["customers_lost"] / row["customers_at_risk"]
        if row["survival"] is not None:
            assert row["survival"] == pytest.approx(survival, abs=0.001)
