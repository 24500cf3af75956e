"""The worked examples of K22."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from oracle.calculation.calendar import Period
from oracle.calculation.kpis.mrr_parts import mrr_parts, retention_parts
from oracle.calculation.mrr import Revenue, monthly_amount, movements
from oracle.calculation.subscriptions import Contract, State, contracts

MAY, JUNE = (Period("month", date(2025, m, 1), date(2025, m + 1, 1)) for m in (5, 6))


def row(name: str, price: int, start: date, end: date | None = None, **more: object) -> dict:
    """A row of `subscriptions` as it is read."""
    return {
        "subscription_id": f"{name}{start}",
        "company_id": name,
        "start_date": start,
        "end_date": end,
        "unit_price": Decimal(price),
        "quantity": Decimal(1),
        "discount_amount": Decimal(0),
        "billing_interval": "month",
        "interval_count": 1,
        "currency_code": "EUR",
    } | more


def change(subscription_id: str, day: date, price: int) -> dict:
    """A change of price."""
    return {
        "change_id": subscription_id,
        "subscription_id": subscription_id,
        "effective_date": day,
        "change_type": "change",
        "recorded_at": None,
        "unit_price": Decimal(price),
    }


@pytest.fixture
def revenue() -> Revenue:
    """A, B, C and D of the specification, and E with a yearly contract."""
    start = date(2025, 1, 1)
    rows = [
        row("A", 100, start),
        row("B", 200, start),
        row("C", 50, start, date(2025, 6, 20)),
        row("D", 70, start, date(2025, 3, 10)),
        row("D", 70, date(2025, 6, 5)),
        row("E", 1200, date(2025, 6, 11), billing_interval="year"),
    ]
    changes = [
        change("A2025-01-01", date(2025, 6, 3), 150),
        change("B2025-01-01", date(2025, 6, 4), 120),
    ]
    today = date(2025, 7, 1)
    found: list[Contract] = contracts(rows, changes, str, None, 30, today)
    return Revenue(found, lambda currency, day: Decimal(1), today)


def everybody(*_: object) -> str:
    """The one member of the total."""
    return "all"


def test_k22_movements(revenue: Revenue) -> None:
    moves = movements(revenue, "total", everybody)
    june = mrr_parts(revenue, [JUNE], "total", everybody, moves, [])[JUNE, "total", "all"]
    names = ("at_start", "new", "expansion", "contraction", "churned", "reactivated")
    found = [june[f"mrr_{name}"] for name in names]
    assert [*found, june["mrr"]] == [350, 100, 50, 80, 50, 70, 440]
    assert june["accounts_active"] == 4


def test_k22_retention(revenue: Revenue) -> None:
    moves = movements(revenue, "total", everybody)
    june = retention_parts(revenue, [JUNE], "total", everybody, moves)[JUNE, "total", "all"]
    assert june["mrr_retained_net"] == 270
    assert june["mrr_retained_gross"] == 220
    assert june["mrr_reactivated_at_end"] == 70
    assert (june["accounts_lost"], june["accounts_at_start"]) == (1, 3)


@pytest.mark.parametrize(
    ("price", "interval", "count", "expected"),
    [
        (10, "week", 1, "43.3333"),
        (100, "week", 4, "108.3333"),
        (1200, "year", 1, "100"),
        (30, "quarter", 1, "10"),
        (1, "day", 1, "30.4167"),
    ],
)
def test_k22_monthly_amounts(price: int, interval: str, count: int, expected: str) -> None:
    state = State(
        account_id="A",
        quantity=Decimal(1),
        unit_price=Decimal(price),
        discount_amount=Decimal(0),
        billing_interval=interval,
        interval_count=count,
        product_id=None,
        plan_name=None,
        is_running=True,
        is_paused=False,
        is_trial=False,
        is_cancel_requested=False,
    )
    assert monthly_amount(state, Decimal(1)) == Decimal(expected)
