"""K20: customers who came back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta

REPEAT_WINDOW = timedelta(days=365)

PARTS = (
    "customers_ever",
    "customers_repeat",
    "customers_in_period",
    "customers_in_period_returning",
    "new_customers",
    "new_customers_repeat_365d",
    "customers_repeat_raw",
)


def repeat_parts(
    order_dates: dict[str, list[date]],
    periods: Iterable,
    dimensions: Iterable[str],
    member_on: Callable[[str, str, date], str],
    as_of_date: date,
) -> dict[tuple, dict[str, int]]:
    """The parts; `order_dates` has a day for each valid order of an account, in order."""
    parts: dict[tuple, dict[str, int]] = defaultdict(lambda: dict.fromkeys(PARTS, 0))
    for period in periods:
        parts[period, "total", "all"].update({})
        last_day = min(period.end - timedelta(days=1), as_of_date)
        for account_id, days in order_dates.items():
            if days[0] > last_day:
                continue
            state = _state(days, last_day)
            bought = [day for day in days if period.start <= day <= last_day]
            flow = _flow(days, bought)
            _add(parts[period, "total", "all"], state | flow)
            for dimension in dimensions:
                _add(parts[period, dimension, member_on(account_id, dimension, last_day)], state)
                if bought:
                    member = member_on(account_id, dimension, bought[0])
                    _add(parts[period, dimension, member], flow)
    return dict(parts)


def _state(days: list[date], last_day: date) -> dict[str, int]:
    """What is so by the end of the period."""
    known = [day for day in days if day <= last_day]
    return {
        "customers_ever": 1,
        "customers_repeat": int(len(set(known)) > 1),
        "customers_repeat_raw": int(len(known) > 1),
    }


def _flow(days: list[date], bought: list[date]) -> dict[str, int]:
    """What the account did in the period."""
    if not bought:
        return {}
    is_new = bought[0] == days[0]
    came_back = any(days[0] < day <= days[0] + REPEAT_WINDOW for day in days)
    return {
        "customers_in_period": 1,
        "customers_in_period_returning": int(not is_new),
        "new_customers": int(is_new),
        "new_customers_repeat_365d": int(is_new and came_back),
    }


def _add(into: dict[str, int], counts: dict[str, int]) -> None:
    for name, count in counts.items():
        into[name] += count
