"""K19 and K21 by cohort: who ordered again, and what the customers of a month have brought."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

UNKNOWN = "(unknown)"


def month_name(day: date) -> str:
    """The member of a cohort, such as 2025-01."""
    return f"{day:%Y-%m}"


def cohort_retention_parts(
    order_dates: dict[str, list[date]], months: Iterable
) -> dict[tuple, dict[str, int]]:
    """Customers of each cohort, and those of them who order in the month looked at."""
    parts: dict[tuple, dict[str, int]] = {}
    for month in months:
        customers: dict[str, int] = defaultdict(int)
        ordering: dict[str, int] = defaultdict(int)
        for days in order_dates.values():
            if days[0] >= month.end:
                continue
            cohort = month_name(days[0])
            customers[cohort] += 1
            ordering[cohort] += any(month.start <= day < month.end for day in days)
        parts[month, "total", "all"] = _sizes(customers.values(), ordering.values())
        for cohort in customers:
            parts[month, "cohort_month", cohort] = _sizes([customers[cohort]], [ordering[cohort]])
    return parts


def _sizes(customers: Iterable[int], ordering: Iterable[int]) -> dict[str, int]:
    return {"cohort_customers": sum(customers), "customers_ordering": sum(ordering)}


def cohort_value_parts(
    order_dates: dict[str, list[date]],
    brought: Iterable[tuple[str, date, Decimal, Decimal]],
    months: Iterable,
) -> dict[tuple, dict[str, int | Decimal]]:
    """Customers, net sales and margin to date.

    Args:
        order_dates: days of valid orders by account.
        brought: account, day, net sales and margin of each entry.
        months: the months looked at.
    """
    dated = []
    for account_id, day, net_sales, margin in brought:
        days = order_dates.get(account_id)
        # The cohort has no month before its own.
        begins = max(day, days[0].replace(day=1)) if days else day
        dated.append((month_name(days[0]) if days else UNKNOWN, begins, net_sales, margin))
    parts: dict[tuple, dict] = {}
    for month in months:
        cells = {("total", "all"): _nothing()}
        for days in order_dates.values():
            if days[0] < month.end:
                for cell in (("total", "all"), ("cohort_month", month_name(days[0]))):
                    cells.setdefault(cell, _nothing())["cohort_customers"] += 1
        for cohort, begins, net_sales, margin in dated:
            if begins < month.end:
                for cell in (("total", "all"), ("cohort_month", cohort)):
                    sums = cells.setdefault(cell, _nothing())
                    sums["net_sales_to_date"] += net_sales
                    sums["margin_to_date"] += margin
        parts |= {(month, *cell): sums for cell, sums in cells.items()}
    return parts


def _nothing() -> dict[str, int | Decimal]:
    return {
        "cohort_customers": 0,
        "net_sales_to_date": Decimal(0),
        "margin_to_date": Decimal(0),
    }
