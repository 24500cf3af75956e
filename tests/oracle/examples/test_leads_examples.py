"""The independent calculation gives the numbers that the specification prints for leads."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import pytest

from oracle.calculation.calculate import calculate
from oracle.calculation.cell import Cell, CellKey
from oracle.examples.test_sales_examples import business

Rows = list[dict[str, object]]


def leads(number: int, created: object, **columns: object) -> Rows:
    """Leads of one day; ids go on where `first` says."""
    first = int(columns.pop("first", 0))
    return [{"lead_id": f"L{first + at}", "created_at": created, **columns} for at in range(number)]


def stages(stage: str, entered: str, numbers: Iterable[int]) -> Rows:
    """Entries of some leads into a stage."""
    return [{"lead_id": f"L{at}", "stage": stage, "entered_at": entered} for at in numbers]


def accounts_with_orders(placed: dict[str, object], price: int = 10) -> dict[str, Rows]:
    """Companies and one order of each."""
    return {
        "companies": [{"company_id": name} for name in placed],
        "orders": [
            {"order_id": name, "company_id": name, "placed_at": day, "currency_code": "EUR"}
            for name, day in placed.items()
        ],
        "order_lines": [
            {"order_line_id": name, "order_id": name, "quantity": 1, "unit_price": price}
            for name in placed
        ],
    }


def cell(
    cells: dict[CellKey, Cell],
    kpi: str,
    variant: str,
    grain: str,
    start: date,
    dimension: str = "total",
    member: str = "all",
) -> Cell:
    """One cell."""
    return cells[CellKey(kpi, variant, grain, start, dimension, member)]


def test_k06_ten_leads():
    begun = date(2025, 4, 1)
    days = {"A": 10, "B": 30, "C": 60}
    ordered = {name: begun + timedelta(days=after) for name, after in days.items()}
    rows = [
        {"lead_id": name, "company_id": name, "created_at": f"{begun} 00:00:00"} for name in days
    ]
    rows += leads(5, begun)
    rows += leads(1, "2025-06-20", first=5) + leads(1, "2025-05-31", first=6)
    cells = calculate(
        business("2025-07-10 00:00:00", leads=rows, **accounts_with_orders(ordered)),
        kpis=["lead_conversion"],
    )

    def one(variant: str) -> Cell:
        return cell(cells, "lead_conversion", variant, "quarter", begun)

    assert one("lead_conversion_rate").value == pytest.approx(0.30)
    matured = one("lead_conversion_rate_matured")
    assert matured.value == pytest.approx(0.375)
    assert (matured.ci_low, matured.ci_high) == pytest.approx((0.137, 0.694), abs=5e-4)
    watched = one("lead_conversion_rate_km")
    assert watched.value == pytest.approx(0.34375)
    assert (watched.ci_low, watched.ci_high) == pytest.approx((0.124, 0.740), abs=5e-4)


def test_k09_growth():
    rows = leads(320, "2025-05-10") + leads(400, "2025-06-10", first=320)
    rows += leads(150, "2025-06-10", first=720, lead_type="newsletter")
    cells = calculate(business("2025-07-10 00:00:00", leads=rows), kpis=["leads"])
    june = date(2025, 6, 1)
    assert cell(cells, "leads", "leads", "month", june).value == 400
    assert cell(cells, "leads", "leads_broad", "month", june).value == 550
    assert cell(cells, "leads", "leads_growth_rate", "month", june).value == pytest.approx(0.25)


def test_k10_scores():
    scores = {"A": 80, "B": 70, "C": 40, "L0": 60, "L1": 30, "L2": 30, "L3": 20, "L4": 10}
    rows = [
        {"lead_id": name, "company_id": name, "created_at": "2025-01-02"}
        for name in ("A", "B", "C")
    ]
    cells = calculate(
        business(
            "2025-12-01 00:00:00",
            leads=[*rows, *leads(5, "2025-01-02")],
            lead_scores=[
                {"lead_id": name, "scored_at": "2025-01-03", "score": score}
                for name, score in scores.items()
            ],
            **accounts_with_orders(dict.fromkeys("ABC", "2025-02-01")),
        ),
        kpis=["lead_quality", "lead_score_calibration"],
    )
    january = date(2025, 1, 1)
    assert cell(cells, "lead_quality", "lead_score_average", "month", january).value == 42.5
    assert cell(cells, "lead_quality", "lead_score_median", "month", january).value == 35
    name = "lead_score_calibration"
    assert cell(cells, name, "auc", "month", january).value == pytest.approx(14 / 15)
    qualified = (january, "is_qualified", "true")
    assert cell(cells, name, "band_conversion_rate", "month", *qualified).value == pytest.approx(
        2 / 3
    )
    assert cell(cells, name, "band_lift", "month", *qualified).value == pytest.approx(
        1.78, abs=0.005
    )


def test_k11_cost_per_lead():
    rows = leads(150, "2025-06-10", marketing_channel="Paid Search")
    rows += leads(50, "2025-06-11", first=150, marketing_channel="Event")
    rows += leads(200, "2025-06-12", first=200, marketing_channel="Organic Search")
    booked = {"Paid Search": 6000, "Event": 3000, None: 1000}
    cells = calculate(
        business(
            "2025-07-10 00:00:00",
            leads=rows,
            cost_ledger=[
                {
                    "cost_id": str(channel),
                    "incurred_on": "2025-06-05",
                    "amount": amount,
                    "currency_code": "EUR",
                    "cost_scope": "marketing_program",
                    "marketing_channel": channel,
                }
                for channel, amount in booked.items()
            ],
        ),
        kpis=["cost_per_lead"],
    )
    values = {
        member: cell(
            cells, "cost_per_lead", "cost_per_lead", "month", date(2025, 6, 1), dimension, member
        ).value
        for dimension, member in (
            ("total", "all"),
            ("marketing_channel", "Paid Search"),
            ("marketing_channel", "Event"),
            ("marketing_channel", "Organic Search"),
            ("marketing_channel", "(unallocated)"),
        )
    }
    assert values == {
        "all": 25,
        "Paid Search": 40,
        "Event": 60,
        "Organic Search": 0,
        "(unallocated)": None,
    }


def test_k12_qualification():
    cells = calculate(
        business(
            "2025-12-01 00:00:00",
            leads=leads(400, "2025-06-02"),
            lead_stage_history=[
                *stages("mql", "2025-06-03", range(120)),
                *stages("sql", "2025-06-04", range(60)),
                *stages("rejected", "2025-06-05", range(60, 90)),
                *stages("customer", "2025-06-06", range(24)),
            ],
        ),
        kpis=["lead_qualification"],
    )
    values = {
        variant: cell(cells, "lead_qualification", variant, "month", date(2025, 6, 1)).value
        for variant in (
            "lead_to_mql_rate",
            "mql_to_sql_rate",
            "sql_to_customer_rate",
            "mql_to_customer_rate",
            "mql_rejected_rate",
        )
    }
    assert list(values.values()) == pytest.approx([0.3, 0.5, 0.4, 0.2, 0.25])


def test_k07_steps():
    entered = {"mql": 600, "sql": 200, "opportunity": 120, "customer": 100}
    cells = calculate(
        business(
            "2025-12-01 00:00:00",
            leads=leads(1000, "2025-06-02"),
            lead_stage_history=[
                row
                for at, (stage, number) in enumerate(entered.items())
                for row in stages(stage, f"2025-06-0{3 + at}", range(number))
            ],
        ),
        kpis=["lead_funnel"],
    )
    june = date(2025, 6, 1)
    rates = [
        cell(cells, "lead_funnel", f"leads_{step}_step_rate", "month", june).value
        for step in ("mql", "sql", "opportunity", "won")
    ]
    assert rates == pytest.approx([0.6, 1 / 3, 0.6, 100 / 120])
    lost = [
        cell(cells, "lead_funnel", f"leads_{step}_lost", "month", june).value
        for step in ("mql", "sql", "opportunity", "won")
    ]
    assert lost == [400, 400, 80, 20]


def test_k13_cycle():
    begun = date(2025, 10, 1)
    ordered = {
        name: begun + timedelta(days=after) for name, after in zip("ABC", (10, 20, 30), strict=True)
    }
    rows = [{"lead_id": name, "company_id": name, "created_at": begun} for name in "ABC"]
    rows += leads(1, "2025-11-16") + leads(1, "2025-11-01", first=1)
    cells = calculate(
        business("2025-12-31 00:00:00", leads=rows, **accounts_with_orders(ordered)),
        kpis=["sales_cycle"],
    )
    values = {
        variant: cell(cells, "sales_cycle", variant, "year", date(2025, 1, 1)).value
        for variant in (
            "sales_cycle_days",
            "sales_cycle_days_median",
            "sales_cycle_days_p90",
            "sales_cycle_days_km_median",
        )
    }
    assert list(values.values()) == pytest.approx([20, 20, 28, 30])
