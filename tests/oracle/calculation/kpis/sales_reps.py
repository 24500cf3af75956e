"""K28: what sales reps won."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from oracle.calculation.calendar import GRAINS, Period
from oracle.calculation.cell import Cell, CellKey
from oracle.calculation.deals import ClosedDeal, Teams
from oracle.calculation.identity import UNKNOWN
from oracle.calculation.kpis.order_members import holds_one_of
from oracle.calculation.mrr import movements
from oracle.calculation.rollup import Sums
from oracle.calculation.statuses import TOTAL, Parts, Table, Variant

if TYPE_CHECKING:
    from oracle.calculation.world import World

DIMENSIONS = ("total", "sales_rep", "team", "account_size_band")

PART_NEEDS = {
    "deals_won": ("opportunities",),
    "deals_lost": ("opportunities",),
    "won_amount": ("opportunities", "opportunities.amount"),
    "mrr_new": ("subscriptions",),
    "mrr_churned_in_clawback": ("subscriptions",),
}


def sales_rep_cells(world: World) -> Iterable[tuple[CellKey, Cell]]:
    """All cells of K28."""
    table = rep_table(world)
    return world.maker.make_cells("sales_rep", list(variants(world)), table, GRAINS, PART_NEEDS)


def rep_table(world: World) -> Table:
    """Parts by period, dimension and member."""
    sums, teams = Sums(world.calendar), Teams(world)
    for deal in world.closed_deals.deals:
        _add_deal(sums, teams, deal)
    for dimension in DIMENSIONS:
        _add_revenue(world, sums, teams, dimension)
    return sums.table(GRAINS)


def _add_deal(sums: Sums, teams: Teams, deal: ClosedDeal) -> None:
    day = deal.closed_date
    whole = [TOTAL, ("account_size_band", deal.size_band)]
    parts = [(deal.amount, Decimal(1), whole)]
    for share in deal.shares:
        of_rep = [("sales_rep", share.sales_rep), ("team", teams.team(share.sales_rep, day))]
        parts.append((share.amount, share.count, of_rep))
    for amount, count, spots in parts:
        measures = {"deals_closed": count}
        if deal.is_won:
            measures |= {"deals_won": count, "won_amount": amount}
        else:
            measures |= {"deals_lost": count}
        sums.add(day, measures, spots, with_total=False)


def _add_revenue(world: World, sums: Sums, teams: Teams, dimension: str) -> None:
    """New MRR, and MRR that ended soon after the account's first, by one dimension."""
    members, book = world.account_members, world.contract_book

    def member_of(contract, state, day: date) -> str:
        if dimension == "sales_rep":
            return contract.sales_rep_id or UNKNOWN
        if dimension == "team":
            return teams.team(contract.sales_rep_id or UNKNOWN, day)
        return members.on(state.account_id, dimension, day)

    window = timedelta(days=world.number("clawback_days"))
    first: dict[str, date] = {}
    for move in movements(book.revenue, dimension, member_of, members.change_days()):
        measures = {}
        first.setdefault(move.account_id, move.day)
        if move.kind == "mrr_new":
            measures = {"mrr_new": move.amount}
        elif move.kind == "mrr_churned" and move.day - first[move.account_id] <= window:
            measures = {"mrr_churned_in_clawback": move.amount}
        if measures:
            sums.add(move.day, measures, [(dimension, move.member)], with_total=False)


def _contracts_without_rate(world: World) -> Callable[[Period], bool]:
    """Whether a contract that was rejected for lack of a rate falls into a period."""
    spans = [span for one in world.contract_book.rateless for span in one.spans()]

    def test(period: Period) -> bool:
        return any(
            begins < period.end and (end is None or end >= period.start) for begins, end in spans
        )

    return test


def _decided(parts: Parts) -> Decimal:
    return parts.get("deals_won", Decimal(0)) + parts.get("deals_lost", Decimal(0))


def variants(world: World) -> Iterable[Variant]:
    """The numbers of K28."""
    deals = holds_one_of(world.closed_deals.fx_missing)
    contracts = _contracts_without_rate(world)
    amounts = ("opportunities", "opportunities.amount")
    yield Variant("won_amount", "won_amount", needs=amounts, fx_missing=deals)
    yield Variant(
        "average_deal_amount",
        "won_amount",
        "deals_won",
        n="deals_won",
        needs=amounts,
        fx_missing=deals,
    )
    yield Variant(
        "win_rate",
        "deals_won",
        _decided,
        n=_decided,
        needs=("opportunities",),
        interval="wilson",
    )
    yield Variant(
        "mrr_new_per_deal",
        "mrr_new",
        "deals_won",
        n="deals_won",
        needs=("opportunities", "subscriptions"),
        fx_missing=lambda period: deals(period) or contracts(period),
    )
    yield Variant(
        "mrr_churned_in_clawback",
        "mrr_churned_in_clawback",
        needs=("subscriptions",),
        fx_missing=contracts,
    )
