"""Worked examples of customers: 2.8, K18 to K21 and K24."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from oracle.calculation.calendar import Period
from oracle.calculation.customers import order_spans
from oracle.calculation.kpis.churn import snapshot_parts
from oracle.calculation.kpis.churn_variants import annualised
from oracle.calculation.kpis.cohorts import cohort_value_parts
from oracle.calculation.kpis.lifetime import discounted_years, lifetime_years
from oracle.calculation.kpis.nps_parts import nps_parts
from oracle.calculation.kpis.satisfaction import nps_interval
from oracle.calculation.kpis.tenure import tenure_parts
from oracle.calculation.spells import Track, tracks
from oracle.calculation.surveys import Answer, resurveys

TODAY = date(2025, 12, 31)
JULY = Period("month", date(2025, 7, 1), date(2025, 8, 1))
AUGUST = Period("month", date(2025, 8, 1), date(2025, 9, 1))


def test_inactivity_of_180_days_loses_a_customer_in_july() -> None:
    spans = order_spans([date(2025, 1, 10), date(2025, 8, 1)], 180)
    [(_, first_end), (second_start, _)] = tracks({"A": spans}, TODAY)["A"].spans
    assert first_end == date(2025, 7, 9)
    assert second_start == date(2025, 8, 1)
    table = snapshot_parts(
        tracks({"A": spans}, TODAY),
        [JULY, AUGUST],
        [],
        lambda *_: "",
        lambda *_: (None, ""),
        TODAY,
    )
    assert table[JULY, "total", "all"]["lost"] == 1
    assert table[AUGUST, "total", "all"]["reactivated"] == 1


def test_an_order_on_the_churn_date_keeps_the_customer() -> None:
    spans = order_spans([date(2025, 1, 10), date(2025, 7, 9)], 180)
    assert len(tracks({"A": spans}, TODAY)["A"].spans) == 1


def _everybody() -> dict[str, Track]:
    """100 at the start, 10 of them lost, 20 new, 5 reactivated."""
    early, first, last = date(2024, 1, 1), date(2025, 7, 10), date(2025, 3, 1)
    spans = {f"kept{n}": [(early, None)] for n in range(90)}
    spans |= {f"lost{n}": [(early, first)] for n in range(10)}
    spans |= {f"new{n}": [(first, None)] for n in range(20)}
    spans |= {f"back{n}": [(early, last), (first, None)] for n in range(5)}
    return tracks(spans, TODAY)


def test_k18_and_k19_parts() -> None:
    table = snapshot_parts(_everybody(), [JULY], [], lambda *_: "", lambda *_: (None, ""), TODAY)
    parts = table[JULY, "total", "all"]
    counts = [parts[name] for name in ("at_start", "lost", "new", "reactivated", "at_end")]
    assert counts == [100, 10, 20, 5, 115]
    assert parts["remaining"] == 90
    assert parts["average"] == Decimal("107.5")
    assert parts["at_end_minus_new"] == 95
    assert annualised(0.1) == pytest.approx(0.7176, abs=5e-5)


def test_tenure_of_one_of_ten_and_one_of_five() -> None:
    start = date(2025, 6, 15)
    spans = {f"a{n}": [(start, None)] for n in range(4)}
    spans |= {"first": [(start, date(2025, 7, 15))], "second": [(start, date(2025, 8, 15))]}
    young = {f"b{n}": [(date(2025, 7, 20), None)] for n in range(4)}
    year = Period("year", date(2025, 1, 1), date(2026, 1, 1))
    table = tenure_parts(tracks(spans | young, date(2025, 8, 20)), [year], date(2025, 8, 20))
    assert table[year, "tenure_month", "0"]["customers_at_risk"] == 10
    assert table[year, "tenure_month", "1"]["customers_at_risk"] == 5
    assert table[year, "tenure_month", "1"]["survival"] == pytest.approx(0.72)


def test_k21_formulas() -> None:
    years = lifetime_years(100, 20, 10)
    assert 100 * 2 * years == 1000
    assert 200 * discounted_years(years, 0.10) == pytest.approx(758.16, abs=0.005)
    assert 60 * discounted_years(years, 0.10) == pytest.approx(227.45, abs=0.005)
    assert lifetime_years(100, 0, 10) == 10
    assert lifetime_years(0, 0, 10) is None


def test_k21_a_cohort_of_two_brought_300() -> None:
    days = {"A": [date(2025, 7, 3)], "B": [date(2025, 7, 9)]}
    brought = [
        ("A", date(2025, 7, 3), Decimal(200), Decimal(60)),
        ("B", date(2025, 7, 9), Decimal(150), Decimal(45)),
        ("B", date(2025, 8, 2), Decimal(-50), Decimal(-15)),
    ]
    parts = cohort_value_parts(days, brought, [AUGUST])[AUGUST, "cohort_month", "2025-07"]
    assert parts["net_sales_to_date"] / parts["cohort_customers"] == 150
    assert parts["margin_to_date"] / parts["cohort_customers"] == 45


def _answer(number: int, account: str, score: int) -> Answer:
    moment = datetime(2025, 7, 1, number % 24)
    return Answer(
        response_id=str(number),
        survey_type="relationship",
        contact_id=f"p{number}",
        account_id=account,
        invited_date=None,
        responded_at=moment,
        responded_date=moment.date(),
        score=score,
    )


def test_k24_accounts_of_acme_beta_and_gamma() -> None:
    scores = [("Acme", 10), ("Acme", 9), ("Acme", 2), ("Beta", 10), ("Gamma", 6)]
    answers = [_answer(number, *pair) for number, pair in enumerate(scores)]
    sales = {"Acme": Decimal(800), "Beta": Decimal(100), "Gamma": Decimal(100)}
    parts = nps_parts(
        answers,
        resurveys(answers, 90),
        [JULY],
        [],
        lambda *_: "all",
        lambda account_id, *_: sales[account_id],
    )[JULY, "total", "all"]
    assert 100 * parts["net_promoters"] / parts["responses"] == 20
    assert parts["account_score_sum"] / parts["accounts"] == pytest.approx(11.11, abs=0.005)
    weighted = parts["account_score_net_sales"] / float(parts["account_net_sales"])
    assert weighted == pytest.approx(26.67, abs=0.005)


@pytest.mark.parametrize(
    ("promoters", "detractors", "n", "expected"),
    [(50, 20, 100, (14.7, 45.3)), (6, 2, 10, (-9.6, 89.6))],
)
def test_k24_intervals(
    promoters: int, detractors: int, n: int, expected: tuple[float, float]
) -> None:
    assert nps_interval(promoters, detractors, n) == pytest.approx(expected, abs=0.05)
