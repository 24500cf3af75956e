"""Subscriptions to service plans: their dated changes and usage charges."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from .clock import FIRST_DAY, LAST_DAY, loaded
from .model import Company, Row, World, money
from .randomness import Draws
from .service_plans import PLANS, Contract, end_contract
from .subscription_cases import special_contracts

_REASONS = (("too_expensive", 30), ("not_used", 26), ("switched_supplier", 24), ("closed_site", 20))


def add_subscriptions(world: World) -> None:
    """Write `subscriptions`, `subscription_changes` and `usage_charges`."""
    draws = world.draws("subscriptions")
    buyers = [
        c
        for c in world.companies
        if len(c.orders) > 4 and not c.stop_day and c.kind in ("base", "new")
    ]
    companies = draws.shuffled(buyers)
    contracts = [_ordinary(draws, companies.pop()) for _ in range(66)]
    contracts += special_contracts(world, companies)
    contracts.sort(key=lambda contract: (contract.start, contract.company.company_id))
    for contract in contracts:
        _write(world, draws, contract)
    world.plant(
        "special",
        "subscriptions",
        "without_changes",
        sum(not contract.changes for contract in contracts),
        "one price for life: no row in subscription_changes",
    )


def _ordinary(draws: Draws, company: Company) -> Contract:
    """Draw a usual contract: some grow, some shrink, a third end."""
    plan = draws.weighted([(plan, plan.weight) for plan in PLANS])
    first = company.orders[0].placed_at.date()
    early = company.kind == "base" and company.currency == "EUR" and draws.chance(0.45)
    start = (
        FIRST_DAY - timedelta(days=draws.between(10, 400))
        if early
        else min(first + timedelta(days=draws.between(20, 500)), LAST_DAY - timedelta(days=15))
    )
    contract = Contract(company, plan, start, draws.weighted(((1, 40), (2, 30), (3, 20), (5, 10))))
    day = max(start, FIRST_DAY) + timedelta(days=draws.between(60, 400))
    while day < LAST_DAY and draws.chance(0.62):
        shift = draws.weighted(((1, 50), (2, 20), (-1, 30)))
        quantity = max(1, int(str(_last(contract, "quantity"))) + shift)
        contract.changes.append((day, "change", {"quantity": quantity}, 0))
        day += timedelta(days=draws.between(90, 420))
    if draws.chance(0.36) and day < LAST_DAY:
        end_contract(contract, day, draws.weighted(_REASONS), draws.pick((0, 30, 30, 60)))
    return contract


def _last(contract: Contract, name: str) -> object:
    """Return the newest value of a column that changes."""
    values = [new[name] for _, _, new, _ in contract.changes if name in new]
    return values[-1] if values else contract.quantity


def _write(world: World, draws: Draws, contract: Contract) -> None:
    """Write a contract, with a `start` row if anything about it ever changes."""
    subscription_id = world.next_id("S")
    plan, values = contract.plan, dict(contract.values)
    usage = values.pop("usage", [])
    contract_id = f"K{subscription_id}" if draws.chance(0.5) else None
    world.add(
        "subscriptions",
        subscription_id=subscription_id,
        company_id=contract.company.company_id,
        start_date=contract.start,
        end_date=contract.end,
        unit_price=money(contract.price),
        currency_code=contract.company.currency,
        billing_interval=plan.interval,
        interval_count=plan.count,
        quantity=contract.quantity,
        contract_id=contract_id,
        product_id=plan.product_id,
        plan_name=plan.name,
        sales_rep_id=contract.company.rep_id,
        **values,
    )
    start: Row = {
        "quantity": contract.quantity,
        "unit_price": money(contract.price),
        "discount_amount": values.get("discount_amount"),
        "product_id": plan.product_id,
        "plan_name": plan.name,
        "billing_interval": plan.interval,
        "interval_count": plan.count,
        "company_id": contract.company.company_id,
    }
    begin = [(contract.start, "start", start, 0)] if contract.changes else []
    for day, kind, new, lag in begin + contract.changes:
        recorded = datetime.combine(day, time(9)) + timedelta(days=lag)
        world.add(
            "subscription_changes",
            change_id=world.next_id("SC"),
            subscription_id=subscription_id,
            effective_date=day,
            change_type=kind,
            recorded_at=recorded,
            loaded_at=loaded(recorded),
            **new,
        )
    assert isinstance(usage, list)
    for day, cents in usage:
        world.add(
            "usage_charges",
            usage_charge_id=world.next_id("U"),
            subscription_id=subscription_id,
            usage_date=day,
            amount=money(cents),
            currency_code=contract.company.currency,
        )
