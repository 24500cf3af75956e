"""K18 by tenure: at what age customers are lost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from oracle.calculation.calendar import add_months
from oracle.calculation.spells import Track


def tenure_parts(
    tracks: dict[str, Track], periods: Iterable, as_of_date: date
) -> dict[tuple, dict[str, int | float | None]]:
    """Accounts at risk and lost in each month of tenure that ended in the period."""
    months = [month for track in tracks.values() for month in _months(track, as_of_date)]
    parts: dict[tuple, dict] = {}
    for period in periods:
        at_risk: dict[int, int] = defaultdict(int)
        lost: dict[int, int] = defaultdict(int)
        for ended_on, tenure, is_lost in months:
            if period.start <= ended_on < period.end:
                at_risk[tenure] += 1
                lost[tenure] += is_lost
        parts[period, "total", "all"] = {
            "customers_at_risk": sum(at_risk.values()),
            "customers_lost": sum(lost.values()),
            "survival": None,
        }
        survival = 1.0
        for tenure in range(max(at_risk, default=-1) + 1):
            if survival is not None:
                risk = at_risk.get(tenure, 0)
                survival = survival * (1 - lost[tenure] / risk) if risk else None
            if tenure in at_risk:
                parts[period, "tenure_month", str(tenure)] = {
                    "customers_at_risk": at_risk[tenure],
                    "customers_lost": lost[tenure],
                    "survival": survival,
                }
    return parts


def _months(track: Track, as_of_date: date) -> Iterable[tuple[date, int, bool]]:
    """The months of tenure that the account began as a customer and that are over."""
    tenure = 0
    while True:
        begins = add_months(track.first_day, tenure)
        ended_on = add_months(track.first_day, tenure + 1)
        if ended_on > as_of_date:
            return
        if track.is_active(begins):
            yield ended_on, tenure, not track.is_active(ended_on)
        tenure += 1
