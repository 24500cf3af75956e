"""Opportunities, their stages and splits, and quotes."""

from __future__ import annotations

from datetime import datetime

from .clock import LAST_MOMENT, clear_of_fx_gap, later, loaded
from .model import Lead, Order, World, money
from .randomness import Draws

_LOSSES = (("price", 34), ("no_decision", 30), ("competitor", 24), ("timing", 12))
_STAGES = ("discovery", "proposal", "negotiation")

# Orders before this day had their deal or quote before the history begins.
_FIRST_ORDER = datetime(2023, 9, 4)


def add_deals(world: World) -> None:
    """Write `opportunities` with history and splits, and `quotes`."""
    draws = world.draws("deals")
    for lead in world.leads:
        if lead.opportunity_at and lead.opportunity_at <= LAST_MOMENT:
            _deal_of_lead(world, draws, lead)
    rep_orders = [
        order
        for order in world.orders
        if order.channel == "rep"
        and order.is_valid
        and order.placed_at > _FIRST_ORDER
        and order.company
        and order is not order.company.first_sale
    ]
    chosen = draws.sample(rep_orders, 150)
    for number, order in enumerate(chosen):
        begin = later(order.placed_at, days=-draws.between(8, 60))
        fate = "won" if number < 92 else "lost"
        _deal(world, draws, begin, order.placed_at, fate, order, keeps_order=number >= 6)
    world.plant("special", "opportunities", "won_without_order", 6, "won, but no order id")
    for order in draws.sample(rep_orders[-80:], 16):
        begin = later(LAST_MOMENT, days=-draws.between(5, 70), seconds=-45000)
        _deal(world, draws, begin, later(LAST_MOMENT, days=30), "open", order)
    _quotes(world, world.draws("quotes"))


def _deal_of_lead(world: World, draws: Draws, lead: Lead) -> None:
    """Write the deal that a lead became."""
    assert lead.opportunity_at is not None
    if lead.wins:
        _deal(world, draws, lead.opportunity_at, lead.wins.placed_at, "won", lead.wins, lead)
        return
    end = later(lead.opportunity_at, days=draws.between(12, 80))
    _deal(world, draws, lead.opportunity_at, end, "lost", None, lead)


def _deal(
    world: World,
    draws: Draws,
    begin: datetime,
    end: datetime,
    fate: str,
    order: Order | None,
    lead: Lead | None = None,
    keeps_order: bool = True,
) -> None:
    """Write one opportunity from `begin` to `end`; it is open if it ends after the data does."""
    if end > LAST_MOMENT:
        fate = "open"
    deal_id = world.next_id("d")
    company = lead.company if lead else order.company if order else None
    currency = company.currency if company else "EUR"
    begin = clear_of_fx_gap(begin, currency, days=-7)
    end = clear_of_fx_gap(end, currency)
    cents = order.goods - order.discount if order else draws.between(8, 90) * 10000
    rep = lead.rep_id if lead else company.rep_id if company else None
    world.add(
        "opportunities",
        opportunity_id=deal_id,
        created_at=begin,
        opportunity_status=fate,
        closed_at=None if fate == "open" else end,
        company_id=company.company_id if company else None,
        contact_id=lead.contact.contact_id if lead and lead.contact else None,
        lead_id=lead.lead_id if lead else None,
        order_id=order.order_id if order and fate == "won" and keeps_order else None,
        amount=money(cents),
        currency_code=currency,
        sales_rep_id=None if draws.chance(0.02) else rep,
        loss_reason=draws.weighted(_LOSSES) if fate == "lost" else None,
        loaded_at=loaded(begin),
    )
    for number, stage in enumerate(_STAGES[: draws.between(1, 3)]):
        moment = (begin + (end - begin) * number // 3).replace(microsecond=0)
        if moment <= LAST_MOMENT:
            world.add(
                "opportunity_stage_history", opportunity_id=deal_id, stage=stage, entered_at=moment
            )
    if fate == "won" and rep and draws.chance(0.09):
        other = "r1" if rep != "r1" else "r3"
        share = draws.pick((50, 60, 75))
        for rep_id, percent in ((rep, share), (other, 100 - share)):
            world.add(
                "opportunity_splits",
                opportunity_id=deal_id,
                sales_rep_id=rep_id,
                share=f"0.{percent}",
            )


def _quotes(world: World, draws: Draws) -> None:
    """Write quotes: some are sent, accepted and ordered, others rejected or left to expire."""
    counts = dict.fromkeys(("ordered", "accepted", "rejected", "expired", "sent", "requested"), 0)
    orders = [
        order
        for order in world.orders
        if order.is_valid
        and order.channel != "marketplace"
        and order.company
        and order.placed_at > _FIRST_ORDER
        and len(order.lines) > 1
    ]
    for order in draws.sample(orders, 270):
        company = order.company
        assert company is not None
        fate = draws.weighted(
            (
                ("ordered", 34),
                ("rejected", 20),
                ("expired", 26),
                ("accepted", 5),
                ("sent", 9),
                ("requested", 6),
            )
        )
        span = draws.between(2, 28) * 86400
        end = order.placed_at
        asked = clear_of_fx_gap(later(end, seconds=-span), order.currency, days=-7)
        sent = later(asked, seconds=draws.between(3600, span // 3)) if fate != "requested" else None
        counts[fate] += 1
        world.add(
            "quotes",
            quote_id=world.next_id("q"),
            requested_at=asked,
            company_id=company.company_id,
            contact_id=company.contacts[0].contact_id,
            order_id=order.order_id if fate == "ordered" else None,
            sent_at=sent,
            accepted_at=later(end, seconds=-1800) if fate in ("ordered", "accepted") else None,
            rejected_at=end if fate == "rejected" else None,
            expired_at=later(asked, days=30)
            if fate == "expired" and later(asked, days=30) <= LAST_MOMENT
            else None,
            amount=money(order.goods - order.discount),
            currency_code=order.currency,
        )
    for fate, count in counts.items():
        world.plant("special", "quotes", f"quote_{fate}", count, f"quotes that end as {fate}")
