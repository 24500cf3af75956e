"""The independent calculation gives the numbers that the specification prints for acquisition."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from oracle.calculation.calculate import calculate
from oracle.calculation.cell import Cell
from oracle.calculation.costs import spread
from oracle.examples.test_leads_examples import Rows, accounts_with_orders, cell
from oracle.examples.test_sales_examples import business

JUNE = date(2025, 6, 1)


def bookings(booked: dict[str, int]) -> Rows:
    """A booking of June per scope."""
    return [
        {
            "cost_id": scope,
            "incurred_on": "2025-06-05",
            "amount": amount,
            "currency_code": "EUR",
            "cost_scope": scope,
        }
        for scope, amount in booked.items()
    ]


@pytest.fixture(scope="module")
def june():
    """A hundred new customers, and what they cost."""
    cells = calculate(
        business(
            "2025-07-10 00:00:00",
            cost_ledger=bookings(
                {"marketing_program": 6000, "sales_people": 4000, "overhead": 5000}
            ),
            **accounts_with_orders({f"A{at}": "2025-06-10" for at in range(100)}),
        ),
        kpis=["cac", "marketing_share_of_cac"],
    )

    def one(kpi: str, variant: str) -> Cell:
        return cell(cells, kpi, variant, "month", JUNE)

    return one


def test_k14_cost_of_a_customer(june):
    assert june("cac", "cac").value == 100
    assert june("cac", "cac_marketing_only").value == 60
    assert june("cac", "cac_fully_loaded").value == 150


def test_k15_share_of_marketing(june):
    share = june("marketing_share_of_cac", "marketing_share_of_cac")
    assert share.value == pytest.approx(0.6)
    loaded = june("marketing_share_of_cac", "marketing_share_of_fully_loaded_cac")
    assert loaded.value == pytest.approx(0.4)


def test_k17_return():
    cells = calculate(
        business(
            "2025-07-10 00:00:00",
            cost_ledger=bookings({"marketing_program": 10_000}),
            touches=[
                {
                    "touch_id": "1",
                    "touched_at": "2025-06-09",
                    "company_id": "A",
                    "marketing_channel": "Paid Search",
                }
            ],
            refunds=[],
            **accounts_with_orders({"A": "2025-06-10"}, price=50_000),
        ),
        kpis=["romi"],
    )
    assert cell(cells, "romi", "romi", "month", JUNE).value == 5
    assert cell(cells, "romi", "romi_net_return", "month", JUNE).value == 4


def test_k30_cost_of_keeping():
    cells = calculate(
        business(
            "2025-07-10 00:00:00",
            cost_ledger=bookings({"retention": 9000, "sales_people": 10_000}),
            **accounts_with_orders({f"A{at}": "2025-05-10" for at in range(90)}),
        ),
        kpis=["retention_cost"],
    )
    kept = cell(cells, "retention_cost", "retention_cost_per_customer", "month", JUNE)
    assert kept.value == 100


def test_spread_in_hundredths():
    days = list(spread(Decimal("10.00"), JUNE, date(2025, 6, 4)))
    assert [amount for _, amount in days] == [Decimal("3.34"), Decimal("3.33"), Decimal("3.33")]
