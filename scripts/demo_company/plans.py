"""Exchange rates, targets and annotations."""

from __future__ import annotations

from datetime import date, timedelta

from .clock import FX_GAP, LAST_DAY, months, next_month
from .model import World


def add_fx_rates(world: World) -> None:
    """Write `fx_rates`, Mondays and Thursdays, but for one gap of fourteen days."""
    draws = world.draws("fx")
    rate = 11650  # EUR for one GBP, in ten-thousandths
    day = date(2023, 6, 26)
    while day <= LAST_DAY:
        rate += draws.between(-35, 35) + (11700 - rate) // 60
        gap_start = FX_GAP[0] - timedelta(days=7)
        if not gap_start <= day <= FX_GAP[1]:
            world.add(
                "fx_rates",
                rate_date=day,
                from_currency="GBP",
                to_currency="EUR",
                rate=f"{rate // 10000}.{rate % 10000:04d}",
                rate_source="bank",
            )
        day += timedelta(days=3 if day.weekday() == 0 else 4)
    world.plant(
        "special",
        "fx_rates",
        "rate_gap",
        1,
        "no rate between 2025-03-10 and 2025-03-24, so none usable from the 18th to the 23rd",
    )


def add_targets(world: World) -> None:
    """Write `targets`: a budget for two years, a second version, and members of a dimension."""
    for month in months(date(2025, 1, 1), date(2026, 12, 1)):
        step = (month.year - 2025) * 12 + month.month
        approved = date(month.year - 1, 12, 12)
        for kpi, variant, value in (
            ("sales", "net_sales", f"{250000 + step * 5000}.00"),
            ("mrr", "mrr", f"{15000 + step * 250}.00"),
            ("cac", "cac", "600.00"),
            ("customer_churn", "churn_rate", "0.0300"),
        ):
            _target(world, kpi, variant, "month", month, value, approved)
        if month.month % 3 == 1:
            _target(world, "nps", "nps", "quarter", month, "32", approved)
        if month >= date(2026, 7, 1):
            _target(
                world,
                "sales",
                "net_sales",
                "month",
                month,
                f"{240000 + step * 4600}.00",
                date(2026, 6, 18),
                version="reforecast",
            )
    for channel, value in (("web", "900000.00"), ("EDI", "1000000.00"), ("rep", "1400000.00")):
        _target(
            world,
            "sales",
            "net_sales",
            "year",
            date(2026, 1, 1),
            value,
            date(2025, 12, 12),
            "sales_channel",
            channel,
        )
    world.plant("special", "targets", "second_version", 6, "a reforecast beside the budget")


def _target(
    world: World,
    kpi: str,
    variant: str,
    grain: str,
    start: date,
    value: str,
    approved: date,
    dimension: str = "total",
    member: str = "all",
    version: str = "budget",
) -> None:
    """Write one target."""
    world.add(
        "targets",
        kpi=kpi,
        variant=variant,
        period_grain=grain,
        period_start=start,
        dimension=dimension,
        dimension_value=member,
        target_version=version,
        target_value=value,
        approved_on=approved,
    )


def add_annotations(world: World) -> None:
    """Write `annotations`: what a reader of a chart should know."""
    for start, end, kind, title, dimension, member in (
        (
            date(2023, 10, 2),
            None,
            "campaign",
            "LinkedIn campaigns begin",
            "marketing_channel",
            "Paid Social",
        ),
        (date(2024, 3, 11), date(2024, 4, 29), "campaign", "Spring offer 2024", "", ""),
        (date(2024, 10, 1), None, "other", "The outlet shop opens", "", ""),
        (date(2025, 1, 1), None, "price", "List prices +3 %", "", ""),
        (date(2025, 1, 1), None, "other", "New rules of lead scoring (v2)", "", ""),
        (date(2025, 3, 10), date(2025, 4, 28), "campaign", "Spring offer 2025", "", ""),
        (date(2025, 6, 2), None, "campaign", "Bing campaign stopped", "campaign", "bing-generic"),
        (date(2025, 9, 1), None, "campaign", "Search ads in the UK", "country", "GB"),
        (date(2026, 1, 1), None, "price", "List prices +2.5 %", "", ""),
        (
            date(2026, 2, 16),
            next_month(date(2026, 2, 1)),
            "site",
            "New checkout, slow start",
            "sales_channel",
            "web",
        ),
        (date(2026, 3, 9), date(2026, 4, 27), "campaign", "Spring offer 2026", "", ""),
    ):
        world.add(
            "annotations",
            annotation_id=world.next_id("n"),
            started_on=start,
            ended_on=end,
            annotation_type=kind,
            title=title,
            dimension=dimension,
            dimension_value=member,
        )
