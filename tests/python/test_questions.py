"""The questions in analyses/questions/, each asked of a published file as a reader would."""

from __future__ import annotations

from decimal import Decimal
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
