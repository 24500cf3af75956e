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
    assert rows["cac"]["answer"] == "no forecast"


def test_what_moved_cac_adds_up_to_the_change(published):
    rows = answer(published, "what_moved_cac")
    for comparison in ("previous", "year_ago"):
        found = [row for row in rows if row["comparison"] == comparison]
        change = {row["change"] for row in found}
        assert len(change) == 1
        total = sum(row["contribution"] for row in found)
        assert abs(total - change.pop()) <= Decimal("0.005") * (len(found) + 1)
