"""K07: how far leads and quotes have come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from oracle.calculation.facts import Member
from oracle.calculation.kpis.shared import FROM_WEEK, Cells, Lists, left_censored, spots
from oracle.calculation.lead_journeys import STEPS
from oracle.calculation.quotes import QUOTE_STEPS
from oracle.calculation.rollup import Sums, merged
from oracle.calculation.statistics import quantile
from oracle.calculation.statuses import Parts, Variant
from oracle.calculation.world import World

DIMENSIONS = ("industry", "sales_rep", "lead_source")


@dataclass(frozen=True)
class Passing:
    """One unit in a funnel: when it passed each step, and whether that was recorded there."""

    day: date
    members: Member
    moments: Sequence[datetime | None]  # the first one is its beginning
    is_recorded: Sequence[bool]


@dataclass(frozen=True)
class Funnel:
    """What a funnel counts, and what each step needs."""

    kpi: str
    rate: str
    parts: Sequence[str]
    needs: Callable[[int], tuple[str, ...]]  # of a step, by its place; of the whole for 0
    censored_from: int | None = None  # the first step that rests on a first order


def lead_funnel(world: World) -> Cells:
    """The cells of kpi_lead_funnel."""
    steps = ("lead", *STEPS)
    units = [
        Passing(
            lead.created_date,
            lead.members,
            [lead.created_at, *(journey.passed(step) for step in STEPS)],
            [journey.is_timed(step) for step in steps],
        )
        for journey in world.journeys
        if (lead := journey.lead).counts
    ]
    funnel = Funnel(
        "lead_funnel",
        "lead_funnel_rate",
        ("leads", *(f"leads_{step}" for step in STEPS)),
        lambda place: ("leads", "lead_stage_history"),
        censored_from=5,
    )
    return _cells(funnel, units, world)


def quote_funnel(world: World) -> Cells:
    """The cells of kpi_quote_funnel."""
    steps = ("requested", *QUOTE_STEPS)
    units = [
        Passing(
            quote.requested_date,
            quote.members,
            [quote.requested_at, *(quote.passed(step) for step in QUOTE_STEPS)],
            [quote.is_timed(step) for step in steps],
        )
        for quote in world.quotes
    ]
    columns = ("quotes.sent_at", "quotes.accepted_at", "quotes.order_id")

    def needs(place: int) -> tuple[str, ...]:
        if place == 0:
            return ("quotes", *columns)
        return ("quotes", *columns[max(place - 2, 0) : place])

    funnel = Funnel(
        "quote_funnel", "quote_funnel_rate", tuple(f"quotes_{step}" for step in steps), needs
    )
    return _cells(funnel, units, world)


def _cells(funnel: Funnel, units: Iterable[Passing], world: World) -> Cells:
    sums, hours = Sums(world.calendar), Lists(world.calendar)
    for unit in units:
        members = spots(unit.members, DIMENSIONS)
        counts = {}
        for place, name in enumerate(funnel.parts):
            counts[name] = int(unit.moments[place] is not None)
            if place:
                is_timed = unit.is_recorded[place] and unit.is_recorded[place - 1]
                counts[f"{name}_timed"] = int(is_timed)
                if is_timed:
                    taken = unit.moments[place] - unit.moments[place - 1]
                    hours.add(unit.day, f"{name}_hours", taken.total_seconds() / 3600, members)
        sums.add(unit.day, counts, members)
    table = merged(sums.table(FROM_WEEK), hours.found)
    return world.maker.make_cells(funnel.kpi, _variants(funnel, world), table, FROM_WEEK)


def _variants(funnel: Funnel, world: World) -> list[Variant]:
    window = world.number("lead_window_days")
    censored = left_censored(world)

    def variant(name: str, place: int, **made_of: object) -> Variant:
        rests_on_order = funnel.censored_from is not None and (
            place == 0 or place >= funnel.censored_from
        )
        return Variant(
            name,
            needs=funnel.needs(place),
            window_days=window,
            left_censored=censored if rests_on_order else None,
            **made_of,
        )

    first, *_, last = funnel.parts
    found = [variant(funnel.rate, 0, numerator=last, denominator=first, n=first, interval="wilson")]
    for place in range(1, len(funnel.parts)):
        before, name = funnel.parts[place - 1 : place + 1]
        found += [
            variant(
                f"{name}_step_rate",
                place,
                numerator=name,
                denominator=before,
                n=before,
                interval="wilson",
            ),
            variant(f"{name}_lost", place, numerator=_lost(before, name), n=before),
            variant(f"{name}_median_hours", place, statistic=_median(name), n=f"{name}_timed"),
        ]
    return found


def _lost(before: str, name: str) -> Callable[[Parts], int]:
    return lambda parts: parts.get(before, 0) - parts.get(name, 0)


def _median(name: str) -> Callable[[Parts], float | None]:
    return lambda parts: quantile(parts.get(f"{name}_hours", []), 0.5)
