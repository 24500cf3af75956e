"""The demo company's calendar: its history, its seasons and its nightly loads. All UTC."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from .randomness import Draws

FIRST_DAY = date(2023, 7, 1)
LAST_DAY = date(2026, 7, 9)
LAST_MOMENT = datetime(2026, 7, 9, 23, 59, 59)
DATA_CLOCK = datetime(2026, 7, 10, 2, 0, 0)
DAYS = (LAST_DAY - FIRST_DAY).days + 1

# No GBP rate is delivered after 10 March 2025 until the 24th: from the 18th to the 23rd the last
# one is more than seven days old.
FX_GAP = (date(2025, 3, 18), date(2025, 3, 23))

# Share of an average month, in percent, January to December: quiet summers and Decembers.
SEASON = (97, 97, 106, 101, 100, 104, 93, 87, 106, 109, 108, 85)


def months(first: date = FIRST_DAY, last: date = LAST_DAY) -> list[date]:
    """Return the first day of every month that has a day in [first, last]."""
    found = []
    month = first.replace(day=1)
    while month <= last:
        found.append(month)
        month = next_month(month)
    return found


def next_month(month: date) -> date:
    """Return the first day of the following month."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def progress(day: date) -> float:
    """Return how much of the history has passed: 0.0 on the first day, 1.0 on the last."""
    return (day - FIRST_DAY).days / (DAYS - 1)


def busy_day(draws: Draws, growth: float, first: date = FIRST_DAY) -> date:
    """Return a day from `first` on, likelier in busy seasons and, by `growth`, later in history.

    `growth` is the last day's weight over the first day's.
    """
    top = max(1.0, growth) * max(SEASON)
    while True:
        day = first + timedelta(days=draws.between(0, (LAST_DAY - first).days))
        weight = (1 + (growth - 1) * progress(day)) * SEASON[day.month - 1]
        if draws.unit() * top < weight:
            return day


def office_moment(draws: Draws, day: date) -> datetime:
    """Return a moment in working hours of the day; weekends mostly move to Monday."""
    if day.weekday() >= 5 and draws.chance(0.85):
        day += timedelta(days=7 - day.weekday())
    seconds = 6 * 3600 + draws.between(0, 5 * 3600) + draws.between(0, 6 * 3600)
    return datetime.combine(day, time()) + timedelta(seconds=seconds)


def later(moment: datetime, days: int = 0, seconds: int = 0) -> datetime:
    """Return the moment that many days and seconds later."""
    return moment + timedelta(days=days, seconds=seconds)


def loaded(moment: datetime) -> datetime:
    """Return the nightly load (02:00) that first sees something of this moment."""
    night = datetime.combine(moment.date(), time(2))
    return night if moment < night else night + timedelta(days=1)


def clear_of_fx_gap(moment: datetime, currency: str, days: int = 7) -> datetime:
    """Move a GBP moment by `days` if it lies in the days without a rate; leave all others."""
    if currency == "GBP" and FX_GAP[0] <= moment.date() <= FX_GAP[1]:
        return moment + timedelta(days=days)
    return moment
