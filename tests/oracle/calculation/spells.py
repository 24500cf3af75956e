"""Days on which a unit is active, and how a period sees them (2.8)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

Span = tuple[date, date | None]  # half-open; None while it lasts
ONE_DAY = timedelta(days=1)


def merged(spans: Iterable[Span], as_of_date: date) -> list[Span]:
    """Spans that overlap or touch become one; an end after the clock is none yet."""
    known = sorted(
        (
            (start, end if end is not None and end <= as_of_date else None)
            for start, end in spans
            if start <= as_of_date and (end is None or end > start)
        ),
        key=lambda span: span[0],
    )
    result: list[Span] = []
    for start, end in known:
        if result and (result[-1][1] is None or start <= result[-1][1]):
            last_start, last_end = result[-1]
            open_ended = last_end is None or end is None
            result[-1] = (last_start, None if open_ended else max(last_end, end))
        else:
            result.append((start, end))
    return result


@dataclass(frozen=True)
class Track:
    """The spans of one unit, in order."""

    unit_id: str
    spans: tuple[Span, ...]

    @property
    def first_day(self) -> date:
        return self.spans[0][0]

    def is_active(self, day: date) -> bool:
        return any(start <= day and (end is None or day < end) for start, end in self.spans)

    def active_days(self, start: date, end: date) -> Iterable[Span]:
        """The parts of the spans that lie in [start, end)."""
        for span_start, span_end in self.spans:
            first = max(start, span_start)
            last = end if span_end is None else min(end, span_end)
            if first < last:
                yield first, last


def tracks(spans_of: dict[str, list[Span]], as_of_date: date) -> dict[str, Track]:
    """One track per unit that was ever active by the clock."""
    result = {}
    for unit_id, spans in spans_of.items():
        joined = merged(spans, as_of_date)
        if joined:
            result[unit_id] = Track(unit_id, tuple(joined))
    return result


@dataclass(frozen=True)
class Passage:
    """What one unit did in one period."""

    unit_id: str
    is_at_start: bool  # active on the day before the period
    is_at_end: bool  # active on its last day, or at the clock
    is_new: bool  # at the end, not at the start, and never before
    is_reactivated: bool  # at the end, not at the start, but before
    churn_dates: tuple[date, ...]
    reactivation_dates: tuple[date, ...]
    member_day: date  # the day whose members it has: 2.8, design "Members that change"

    @property
    def is_lost(self) -> bool:
        return self.is_at_start and not self.is_at_end

    @property
    def is_retained(self) -> bool:
        return self.is_at_start and self.is_at_end


def passage(track: Track, start: date, end: date, as_of_date: date) -> Passage | None:
    """How the unit passed through [start, end); None if it had no part in it."""
    last_day = min(end - ONE_DAY, as_of_date)
    is_at_start = track.is_active(start - ONE_DAY)
    begun = tuple(first for first, _ in track.spans if start <= first <= last_day)
    if not is_at_start and not begun:
        return None
    is_at_end = track.is_active(last_day)
    came = is_at_end and not is_at_start
    return Passage(
        unit_id=track.unit_id,
        is_at_start=is_at_start,
        is_at_end=is_at_end,
        is_new=came and track.first_day >= start,
        is_reactivated=came and track.first_day < start,
        churn_dates=tuple(
            gone for _, gone in track.spans if gone is not None and start <= gone < end
        ),
        reactivation_dates=tuple(
            first for first, _ in track.spans[1:] if start <= first <= last_day
        ),
        member_day=start if is_at_start else begun[0],
    )
