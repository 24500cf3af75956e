"""The independent calculation gives the numbers that the specification prints for sales."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from oracle.calculation.business import Business
from oracle.calculation.calculate import calculate
from oracle.calculation.cell import Cell, CellKey
from oracle.calculation.money import allocate
from oracle.calculation.statistics import delta, quantile, wilson
from oracle.shapes import configuration, contract_columns, default_variables

May, June = date(2025, 5, 1), date(2025, 6, 1)


def business(as_of: str, **tables: list[dict[str, object]]) -> Business:
    """A business that delivers some tables; columns that a row does not name are empty."""
    delivered = {"companies": [], "orders": [], "order_lines": [], **tables}
    columns = {table: contract_columns()[table] for table in delivered}
    rows = {
        table: [
            {name: None if row.get(name) is None else str(row[name]) for name in columns[table]}
            for row in found
        ]
        for table, found in delivered.items()
    }
    return Business(rows, columns, default_variables() | {"as_of": as_of}, configuration())


@pytest.fixture(scope="module")
def cells() -> dict[CellKey, Cell]:
    """The example of K01: a discount, a test order, a cancellation and a refund."""
    order = {"currency_code": "EUR", "company_id": "A"}
    line = {"quantity": 1}
    return calculate(
        business(
            "2025-12-01 00:00:00",
            companies=[{"company_id": "A"}],
            orders=[
                order
                | {
                    "order_id": "O1",
                    "placed_at": "2025-05-30 10:00:00",
                    "order_discount_amount": 15,
                    "tax_amount": 27,
                    "shipping_amount": 12,
                },
                order | {"order_id": "O2", "placed_at": "2025-06-03 10:00:00", "tax_amount": 40},
                order | {"order_id": "O3", "placed_at": "2025-06-04 10:00:00", "is_test": "true"},
                order
                | {
                    "order_id": "O4",
                    "placed_at": "2025-06-05 10:00:00",
                    "order_status": "cancelled",
                    "cancelled_at": "2025-06-06 10:00:00",
                },
            ],
            order_lines=[
                line
                | {"order_line_id": "1", "order_id": "O1", "product_id": "P1", "unit_price": 100},
                line
                | {"order_line_id": "2", "order_id": "O1", "product_id": "P2", "unit_price": 50},
                line
                | {"order_line_id": "3", "order_id": "O2", "product_id": "P1", "unit_price": 200},
                line
                | {"order_line_id": "4", "order_id": "O3", "product_id": "P1", "unit_price": 999},
                line
                | {"order_line_id": "5", "order_id": "O4", "product_id": "P1", "unit_price": 80},
            ],
            refunds=[
                {"refund_id": "R1", "order_id": "O1", "refunded_at": "2025-06-10", "tax_amount": 9}
            ],
            refund_lines=[
                {
                    "refund_line_id": "R1a",
                    "refund_id": "R1",
                    "order_line_id": "2",
                    "amount_excl_tax": 45,
                }
            ],
        ),
        {"sales", "aov", "refunds"},
    )


@pytest.mark.parametrize(
    ("variant", "month", "dimension", "member", "value"),
    [
        ("gross_sales", May, "total", "all", 150),
        ("net_sales", May, "total", "all", 135),
        ("net_sales", June, "total", "all", 155),
        ("net_sales", June, "product", "P1", 200),
        ("net_sales", June, "product", "P2", -45),
        ("net_sales_order_dated", May, "total", "all", 90),
        ("net_sales_order_dated", June, "total", "all", 200),
        ("total_sales", May, "total", "all", 174),
        ("total_sales", June, "total", "all", 186),
    ],
)
def test_sales_example(
    cells: dict[CellKey, Cell], variant: str, month: date, dimension: str, member: str, value: int
) -> None:
    """K01, "Example (EUR)"."""
    assert cells[CellKey("sales", variant, "month", month, dimension, member)].value == value


def test_order_value_example() -> None:
    """K02: orders of 100, 300, 80 and 120 by two accounts."""
    orders = [("A", 100), ("A", 300), ("B", 80), ("B", 120)]
    found = calculate(
        business(
            "2025-12-01 00:00:00",
            orders=[
                {
                    "order_id": str(number),
                    "placed_at": "2025-06-03",
                    "currency_code": "EUR",
                    "company_id": company,
                }
                for number, (company, _) in enumerate(orders)
            ],
            order_lines=[
                {
                    "order_line_id": str(number),
                    "order_id": str(number),
                    "quantity": 1,
                    "unit_price": price,
                }
                for number, (_, price) in enumerate(orders)
            ],
        ),
        {"aov"},
    )

    def cell(variant: str) -> Cell:
        return found[CellKey("aov", variant, "month", June, "total", "all")]

    assert cell("aov").value == 150
    assert [round(end) for end in (cell("aov").ci_low, cell("aov").ci_high)] == [52, 248]
    assert cell("aov").value_status == "low_n"
    assert cell("aov_median").value == 110
    assert cell("aov_p90").value == pytest.approx(246)
    assert cell("aov_net_of_returns").value_status == "missing_source"


def test_allocation_example() -> None:
    """M2: 10.00 over 33.33, 33.33, 33.34."""
    weights = [("a", Decimal("33.33")), ("b", Decimal("33.33")), ("c", Decimal("33.34"))]
    assert list(allocate(Decimal("10.00"), weights).values()) == [
        Decimal("3.33"),
        Decimal("3.33"),
        Decimal("3.34"),
    ]


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(100, 1000, 8.29, 12.02), (0, 20, 0, 16.11), (70, 100, 60.42, 78.11), (25, 500, 3.41, 7.28)],
)
def test_wilson_examples(part: int, whole: int, low: float, high: float) -> None:
    """Q3."""
    assert [round(100 * end, 2) for end in wilson(part, whole)] == [low, high]


def test_statistics_of_too_little() -> None:
    """One cluster has no interval, and nothing has no median."""
    assert delta([(400, 2)]) == (None, None)
    assert quantile([], 0.5) is None
