"""What customers say: a survey every quarter, one after deliveries, one on a 1-10 scale."""

from __future__ import annotations

from datetime import datetime, time

from .clock import LAST_MOMENT, later, loaded, months
from .model import Company, World
from .randomness import Draws

# Scores of the content and of the unhappy, with weights: together an NPS of about 30.
_CONTENT = ((10, 32), (9, 27), (8, 22), (7, 11), (6, 4), (5, 2), (3, 2))
_UNHAPPY = ((9, 12), (8, 18), (7, 20), (6, 18), (5, 14), (4, 8), (2, 6), (0, 4))


def add_surveys(world: World) -> None:
    """Write `surveys` and `survey_responses`."""
    for survey_id, kind, low, name in (
        ("nps", "relationship", 0, "Quarterly relationship survey"),
        ("delivery", "transactional", 0, "After delivery"),
        ("support-old", "relationship", 1, "Support survey of the old tool"),
    ):
        world.add(
            "surveys",
            survey_id=survey_id,
            survey_type=kind,
            scale_min=low,
            scale_max=10,
            survey_name=name,
        )
    draws = world.draws("surveys")
    for month in months()[2::3]:
        _wave(world, draws, datetime.combine(month.replace(day=11), time(8)))
    _after_delivery(world, world.draws("delivery survey"))
    _specials(world, world.draws("survey specials"))


def _is_leaving(company: Company, moment: datetime) -> bool:
    """Whether the company will not order again within nine months: such people score lower."""
    return not any(moment < order.placed_at < later(moment, days=270) for order in company.orders)


def _wave(world: World, draws: Draws, moment: datetime) -> None:
    """Invite people of companies that ordered in the last half year; half of them answer."""
    if moment > LAST_MOMENT:
        return
    recent = [
        company
        for company in world.companies
        if company.kind != "internal"
        and any(later(moment, days=-180) < order.placed_at < moment for order in company.orders)
    ]
    people = [
        contact for company in recent for contact in company.contacts if contact.created_at < moment
    ]
    for contact in draws.sample(people, min(56, len(people))):
        assert contact.company is not None
        weights = (
            _UNHAPPY
            if draws.chance(0.7 if _is_leaving(contact.company, moment) else 0.14)
            else _CONTENT
        )
        answered = later(moment, days=draws.between(0, 9), seconds=draws.between(0, 30000))
        is_answer = draws.chance(0.52) and answered <= LAST_MOMENT
        world.add(
            "survey_responses",
            response_id=world.next_id("a"),
            survey_id="nps",
            contact_id=contact.contact_id,
            company_id=contact.company.company_id,
            invited_at=moment,
            responded_at=answered if is_answer else None,
            score=draws.weighted(weights) if is_answer else None,
            loaded_at=loaded(answered if is_answer else moment),
        )


def _after_delivery(world: World, draws: Draws) -> None:
    """Ask after some deliveries."""
    orders = [order for order in world.orders if order.is_valid and order.company]
    for order in draws.sample(orders, 120):
        assert order.company is not None
        answered = later(order.placed_at, days=draws.between(6, 15))
        if answered > LAST_MOMENT:
            continue
        is_answer = draws.chance(0.45)
        world.add(
            "survey_responses",
            response_id=world.next_id("a"),
            survey_id="delivery",
            contact_id=order.company.contacts[0].contact_id,
            company_id=order.company.company_id,
            order_id=order.order_id,
            product_id=order.lines[0].product.product_id,
            invited_at=later(order.placed_at, days=5),
            responded_at=answered if is_answer else None,
            score=draws.weighted(_CONTENT) if is_answer else None,
            loaded_at=loaded(answered),
        )


def _specials(world: World, draws: Draws) -> None:
    """Plant repeated and anonymous answers, and scores that are none."""
    rows = world.tables["survey_responses"]
    answered = [row for row in rows if row["survey_id"] == "nps" and row["responded_at"]]
    world.plant(
        "special",
        "survey_responses",
        "no_answer",
        sum(row["responded_at"] is None for row in rows),
        "invitations without an answer",
    )
    for row in draws.sample(answered[:-20], 9):
        moment = row["responded_at"]
        assert isinstance(moment, datetime)
        again = later(moment, days=draws.pick((0, 1, 4)), seconds=900)
        world.add(
            "survey_responses",
            **{
                **row,
                "response_id": world.next_id("a"),
                "invited_at": None,
                "responded_at": again,
                "score": draws.between(5, 10),
                "loaded_at": loaded(again),
            },
        )
    world.plant(
        "special",
        "survey_responses",
        "repeated_answer",
        9,
        "a second answer of one contact some minutes or days later",
    )
    for row in draws.sample(answered, 10):
        world.add(
            "survey_responses",
            **{
                **row,
                "response_id": world.next_id("a"),
                "contact_id": None,
                "company_id": None,
                "invited_at": None,
                "score": draws.between(4, 10),
            },
        )
    world.plant(
        "special", "survey_responses", "anonymous_answer", 10, "answers without contact and company"
    )
    for survey_id, scores in (("nps", ("11", "7.5")), ("support-old", ("9", "10", "4"))):
        for score in scores:
            world.add(
                "survey_responses",
                **{
                    **draws.pick(answered),
                    "invited_at": None,
                    "response_id": world.next_id("a"),
                    "survey_id": survey_id,
                    "score": score,
                },
            )
    world.plant(
        "rejected",
        "survey_responses",
        "invalid_score",
        4,
        "a score of 11, and three answers on a scale from 1 to 10",
    )
    world.plant("rejected", "survey_responses", "unparsable_score", 1, "a score of 7.5")
