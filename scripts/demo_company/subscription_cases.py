"""Contracts that each show one special case of a subscription's life."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from .clock import LAST_DAY
from .model import Company, World, money
from .service_plans import (
    CALIBRATION,
    MAINTENANCE,
    MONITORING,
    PLUS,
    PRO,
    Contract,
    Plan,
    end_contract,
)


def special_contracts(world: World, companies: list[Company]) -> list[Contract]:
    """Return contracts that each show one special case."""
    made: list[Contract] = []

    def add(
        reason: str,
        text: str,
        plan: Plan,
        start: date,
        quantity: int = 1,
        company: Company | None = None,
        currency: str = "EUR",
        **values: object,
    ) -> Contract:
        if company is None:
            company = next(c for c in companies if c.currency == currency)
            companies.remove(company)
        contract = Contract(company, plan, start, quantity, values=dict(values))
        made.append(contract)
        world.plant("special", "subscriptions", reason, 1, f"{company.company_id}: {text}")
        return contract

    add("pause_resume", "paused for three months", PLUS, date(2024, 1, 1), 2).changes += [
        (date(2024, 9, 1), "pause", {}, 0),
        (date(2024, 12, 1), "resume", {}, 0),
    ]
    add("still_paused", "paused and not resumed", PLUS, date(2024, 6, 1)).changes += [
        (date(2026, 5, 15), "pause", {}, 0)
    ]
    heir = next(company for company in reversed(companies) if company.currency == "EUR")
    companies.remove(heir)
    add("transfer", "goes over to another company", PRO, date(2024, 3, 1)).changes += [
        (date(2025, 3, 1), "transfer", {"company_id": heir.company_id}, 0)
    ]
    add(
        "trial",
        "a paid plan after 30 days of trial",
        MAINTENANCE,
        date(2025, 5, 5),
        3,
        trial_end_date=date(2025, 6, 4),
    )
    never = add(
        "trial_not_kept",
        "ends with its trial",
        PLUS,
        date(2025, 9, 1),
        trial_end_date=date(2025, 10, 1),
    )
    end_contract(never, date(2025, 10, 1), "not_used", 0)
    add(
        "discount_with_end",
        "50.00 off until 2025",
        PLUS,
        date(2024, 7, 1),
        2,
        discount_amount=money(5000),
        discount_end_date=date(2025, 1, 1),
    )
    add(
        "discount_for_ever",
        "20.00 off for ever",
        MAINTENANCE,
        date(2024, 2, 1),
        4,
        discount_amount=money(2000),
    )
    add(
        "past_due_short",
        "past due, still inside the dunning days",
        PLUS,
        date(2025, 1, 1),
        past_due_since=date(2026, 6, 25),
    )
    add(
        "past_due_long",
        "past due for longer than the dunning days",
        PLUS,
        date(2024, 10, 1),
        2,
        past_due_since=date(2026, 4, 20),
    )
    unpaid = add(
        "involuntary",
        "ended for non-payment",
        MAINTENANCE,
        date(2024, 4, 1),
        2,
        past_due_since=date(2025, 7, 1),
        is_involuntary=True,
    )
    end_contract(unpaid, date(2025, 7, 31), "non_payment", 0)
    metered = add(
        "metered", "usage only, outside MRR", MONITORING, date(2025, 1, 1), is_metered=True
    )
    bigger = {"plan_name": PLUS.name, "unit_price": money(PLUS.price)}
    add("plan_change", "from Basic to Plus", MAINTENANCE, date(2024, 5, 1)).changes += [
        (date(2025, 2, 1), "change", bigger, 0)
    ]
    add("interval_change", "from monthly to yearly", MAINTENANCE, date(2024, 8, 1)).changes += [
        (
            date(2025, 8, 1),
            "change",
            {"billing_interval": "year", "interval_count": 1, "unit_price": money(106800)},
            0,
        )
    ]
    add("price_cut", "same quantity, lower price", PLUS, date(2024, 1, 15), 2).changes += [
        (date(2025, 1, 15), "change", {"unit_price": money(21900)}, 0)
    ]
    add(
        "backdated_change",
        "recorded 41 days after it took effect",
        MAINTENANCE,
        date(2024, 11, 1),
        2,
    ).changes += [(date(2025, 11, 1), "change", {"quantity": 4}, 41)]
    add("two_changes_one_day", "two changes on one day", PLUS, date(2024, 9, 15)).changes += [
        (date(2025, 9, 15), "change", {"quantity": 4}, 0),
        (date(2025, 9, 15), "change", {"quantity": 2}, 0),
    ]
    gone = add("reactivation", "ends; back seven months later", PLUS, date(2023, 11, 1), 2)
    end_contract(gone, date(2025, 1, 1), "too_expensive")
    made.append(Contract(gone.company, PLUS, date(2025, 8, 1), 1))
    two = add("overlap", "a second contract beside the first", MAINTENANCE, date(2024, 1, 1), 2)
    second = Contract(two.company, CALIBRATION, date(2024, 10, 1))
    end_contract(second, date(2025, 10, 1), "not_used")
    made.append(second)
    brief = add("same_month", "starts and ends in one month", MAINTENANCE, date(2025, 4, 3))
    end_contract(brief, date(2025, 4, 24), "not_used", 0)
    leaving = add(
        "cancel_requested",
        "asked to end; still running",
        PRO,
        date(2024, 7, 1),
        cancel_requested_at=datetime(2026, 6, 15, 9),
    )
    leaving.end = date(2026, 10, 1)
    leaving.changes += [(date(2026, 6, 15), "cancel_request", {}, 0)]
    for number, plan in enumerate((PLUS, CALIBRATION, PRO)):
        add(
            f"gbp_{plan.interval}",
            "a contract in GBP",
            plan,
            date(2024, 2 + number, 1),
            2,
            currency="GBP",
        )
    _charge(world, metered)
    return made


def _charge(world: World, metered: Contract) -> None:
    """Remember the metered contract's charges; written when its id is known."""
    draws = world.draws("usage")
    days = [metered.start + timedelta(days=5 * number) for number in range(111)]
    metered.values["usage"] = [(day, draws.between(900, 5200)) for day in days if day <= LAST_DAY]
