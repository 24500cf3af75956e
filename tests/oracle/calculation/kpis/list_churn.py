"""K18 of mailing lists: one unit per address and list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from oracle.calculation.activity import tenure_band
from oracle.calculation.calendar import FROM_WEEK
from oracle.calculation.cell import Cell, CellKey
from oracle.calculation.kpis.churn import snapshot_parts
from oracle.calculation.kpis.churn_variants import churn_variants
from oracle.calculation.mailing_lists import Membership
from oracle.calculation.spells import Track
from oracle.calculation.world import World

DIMENSIONS = (
    "segment",
    "industry",
    "account_size_band",
    "acquisition_channel",
    "tenure_band",
    "plan",
    "list_name",
    "cancel_reason",
)
IS_INVOLUNTARY = {"unsubscribe": False, "bounce": True}


def email_list_churn(world: World) -> Iterator[tuple[CellKey, Cell]]:
    """kpi_email_list_churn."""
    stays: dict[str, list[Membership]] = defaultdict(list)
    for stay in world.web.memberships:
        stays[f"{stay.list_name} {stay.email}"].append(stay)
    # Every leaving counts, also on the day of the sign-up or before another one.
    found = {
        unit: Track(unit, tuple((stay.joined_on, stay.left_on) for stay in own))
        for unit, own in stays.items()
    }

    def member_on(unit: str, dimension: str, day: date) -> str:
        if dimension == "list_name":
            return stays[unit][0].list_name
        if dimension == "tenure_band":
            return tenure_band(found[unit].first_day, day)
        account_id = world.identity.account_of_email(stays[unit][0].email)
        return world.account_members.on(account_id, dimension, day)

    def reason_of(unit: str, lost_on: date) -> tuple[bool | None, str]:
        left = [stay for stay in stays[unit] if stay.left_on is not None]
        left_by = [stay for stay in left if stay.left_on <= lost_on][-1].left_by
        return IS_INVOLUNTARY[left_by], left_by

    periods = [period for grain in FROM_WEEK for period in world.calendar.periods[grain]]
    table = snapshot_parts(found, periods, DIMENSIONS, member_on, reason_of, world.reading.today)
    variants = churn_variants("email_list_", ("email_subscriptions",), None)
    return world.maker.make_cells("email_list_churn", variants, table, FROM_WEEK)
