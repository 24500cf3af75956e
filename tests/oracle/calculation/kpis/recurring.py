"""K22: recurring revenue and its retention."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from oracle.calculation.calendar import FROM_WEEK, Period
from oracle.calculation.cell import Cell, CellKey
from oracle.calculation.identity import UNKNOWN
from oracle.calculation.kpis.mrr_parts import mrr_parts, retention_parts
from oracle.calculation.mrr import movements
from oracle.calculation.statuses import Table, Variant
from oracle.calculation.subscriptions import Contract, State
from oracle.calculation.world import World

Cells = Iterator[tuple[CellKey, Cell]]

OF_CONTRACT = ("plan", "sales_rep", "currency")
OF_ACCOUNT = ("account_size_band", "industry", "country", "acquisition_channel")


def mrr(world: World) -> Cells:
    """kpi_mrr."""
    members, book = world.account_members, world.contract_book
    periods = [period for grain in FROM_WEEK for period in world.calendar.periods[grain]]
    table: Table = {}
    for dimension in ("total", *OF_CONTRACT, *OF_ACCOUNT, "ultimate_parent"):

        def member_of(contract: Contract, state: State, day: date, by: str = dimension) -> str:
            if by == "plan":
                return state.plan_name or UNKNOWN
            if by == "sales_rep":
                return contract.sales_rep_id or UNKNOWN
            if by == "currency":
                return contract.currency_code
            return members.on(state.account_id, by, day)

        moves = movements(book.revenue, dimension, member_of, members.change_days())
        table |= mrr_parts(book.revenue, periods, dimension, member_of, moves, book.usage)
    fx_missing = _fx_missing(world)
    common = {"needs": ("subscriptions",), "fx_missing": fx_missing}
    variants = [
        Variant("mrr", "mrr", **common),
        Variant("arr", lambda parts: 12 * parts.get("mrr", Decimal(0)), **common),
        Variant("arpa", "mrr", "accounts_active", "accounts_active", **common),
        Variant("mrr_list_price", "mrr_list_price", **common),
        Variant("mrr_committed", "mrr_committed", **common),
        Variant(
            "mrr_with_usage",
            lambda parts: parts.get("mrr", Decimal(0)) + parts.get("usage_monthly", Decimal(0)),
            **common | {"needs": ("subscriptions", "usage_charges")},
        ),
    ]
    return world.maker.make_cells("mrr", variants, table, FROM_WEEK)


def mrr_retention(world: World) -> Cells:
    """kpi_mrr_retention."""
    members, book = world.account_members, world.contract_book
    periods = [period for grain in FROM_WEEK for period in world.calendar.periods[grain]]
    moves = movements(book.revenue, "total", lambda *_: "all")
    table: Table = {}
    for dimension in ("total", "sales_rep", *OF_ACCOUNT):
        table |= retention_parts(book.revenue, periods, dimension, members.on, moves)
    for parts in table.values():
        parts["mrr_retained_and_reactivated"] = (
            parts["mrr_retained_net"] + parts["mrr_reactivated_at_end"]
        )
        parts["mrr_gained"] = parts["mrr_new"] + parts["mrr_expansion"] + parts["mrr_reactivated"]
        parts["mrr_lost"] = parts["mrr_contraction"] + parts["mrr_churned"]
    common = {"needs": ("subscriptions",), "n": "accounts_at_start"}
    money = common | {"fx_missing": _fx_missing(world)}
    start = "mrr_at_start"
    variants = [
        Variant("nrr", "mrr_retained_net", start, **money),
        Variant("grr", "mrr_retained_gross", start, **money),
        Variant("nrr_incl_reactivation", "mrr_retained_and_reactivated", start, **money),
        Variant("mrr_churn_rate", "mrr_lost", start, **money),
        Variant("quick_ratio", "mrr_gained", "mrr_lost", **money),
        Variant(
            "account_churn_rate",
            "accounts_lost",
            "accounts_at_start",
            interval="wilson",
            **common,
        ),
    ]
    return world.maker.make_cells("mrr_retention", variants, table, FROM_WEEK)


def _fx_missing(world: World):
    """Whether a contract that was rejected for lack of a rate falls into a period."""
    spans = [
        (begins, end)
        for contract in world.contract_book.rateless
        for begins, end in contract.spans()
    ]

    def test(period: Period) -> bool:
        return any(
            begins < period.end and (end is None or end >= period.start) for begins, end in spans
        )

    return test


KPIS = {"mrr": mrr, "mrr_retention": mrr_retention}
