"""K18 and K19: units lost, won, won back and kept, by snapshots of periods."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal

from oracle.calculation.spells import Passage, Track, passage

MemberOn = Callable[[str, str, date], str]  # unit, dimension, day -> member
Reason = Callable[[str, date], tuple[bool | None, str]]  # unit, day lost -> involuntary?, member

Modelled = Callable[[str, date], bool]  # unit, last day of the period

MOVEMENTS = ("at_start", "lost", "new", "reactivated", "at_end", "retained")


def snapshot_parts(
    tracks: dict[str, Track],
    periods: Iterable,
    dimensions: Iterable[str],
    member_on: MemberOn,
    reason_of: Reason,
    as_of_date: date,
    is_modelled: Modelled | None = None,
) -> dict[tuple, dict[str, int | Decimal]]:
    """The parts by period, dimension and member.

    `is_involuntary` of a reason is None where the unit was neither cancelled nor unpaid.
    """
    parts: dict[tuple, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for period in periods:
        parts[period, "total", "all"].update({})
        for unit_id, track in tracks.items():
            passed = passage(track, period.start, period.end, as_of_date)
            if passed is None:
                continue
            counts = _counts(passed, reason_of)
            if is_modelled and passed.is_at_start:
                last_day = min(period.last_day, as_of_date)
                counts["at_start_modelled"] = int(is_modelled(unit_id, last_day))
            _add(parts[period, "total", "all"], counts)
            for dimension in dimensions:
                if dimension == "cancel_reason":
                    if passed.is_lost:
                        _, member = reason_of(unit_id, lost_on(passed))
                        lost = {name: counts[name] for name in counts if name.startswith("lost")}
                        _add(parts[period, dimension, member], lost)
                else:
                    member = member_on(unit_id, dimension, passed.member_day)
                    _add(parts[period, dimension, member], counts)
    return {
        key: {**_with_sums(key, counts), "grain": key[0].grain} for key, counts in parts.items()
    }


def lost_on(passed: Passage) -> date:
    """The day on which a lost unit was lost: its last churn date of the period."""
    return passed.churn_dates[-1]


def _counts(passed: Passage, reason_of: Reason) -> dict[str, int]:
    counts = {
        "at_start": int(passed.is_at_start),
        "lost": int(passed.is_lost),
        "new": int(passed.is_new),
        "reactivated": int(passed.is_reactivated),
        "at_end": int(passed.is_at_end),
        "retained": int(passed.is_retained),
        "churn_events": len(passed.churn_dates),
        "reactivation_events": len(passed.reactivation_dates),
    }
    if passed.is_lost:
        is_involuntary, _ = reason_of(passed.unit_id, lost_on(passed))
        counts["lost_voluntary"] = int(is_involuntary is False)
        counts["lost_involuntary"] = int(is_involuntary is True)
    return counts


def _add(into: dict[str, int], counts: dict[str, int]) -> None:
    for name, count in counts.items():
        into[name] += count


def _with_sums(key: tuple, counts: dict[str, int]) -> dict[str, int | Decimal | None]:
    """The parts with the denominators; by reason only what was lost is known."""
    names = (
        *MOVEMENTS,
        "churn_events",
        "reactivation_events",
        "lost_voluntary",
        "lost_involuntary",
    )
    parts = {name: counts.get(name, 0) for name in names}
    parts["at_start_modelled"] = counts.get("at_start_modelled", 0)
    # As good as none of these businesses has so many repeaters that a model can be fitted.
    parts["expected_lost"] = None if parts["at_start_modelled"] else 0
    if key[0].grain == "week":
        parts["at_start_modelled"] = parts["expected_lost"] = None
    parts["remaining"] = parts["at_start"] - parts["lost"]
    parts["average"] = Decimal(parts["at_start"] + parts["at_end"]) / 2
    parts["at_start_and_new"] = parts["at_start"] + parts["new"]
    parts["at_start_new_and_reactivated"] = parts["at_start_and_new"] + parts["reactivated"]
    parts["at_end_minus_new"] = parts["at_end"] - parts["new"]
    if key[1] == "cancel_reason":
        return {name: value if name.startswith("lost") else None for name, value in parts.items()}
    return parts
