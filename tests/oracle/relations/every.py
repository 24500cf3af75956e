"""The relations, each with what it needs of a business."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from oracle.businesses.traits import NASTY, STARTS, Traits
from oracle.calculation.business import Business
from oracle.relations import changes, checks
from oracle.shapes import (
    AS_OF,
    AS_OF_THEN,
    EVERYTHING,
    IN_KOLKATA,
    IN_PARTS,
    KOLKATA_OFFSET,
    Shape,
)
from oracle.workshop import Workshop, business_of

Change = Callable[[Business, random.Random], Business]


@dataclass(frozen=True)
class Relation:
    """A change of the raw rows, and what it does to the numbers."""

    name: str
    change: Change = lambda business, dice: business
    check: Callable[..., Iterator[str]] = checks.unchanged
    shape: Shape = EVERYTHING  # of the business as it was
    other_shape: Shape = EVERYTHING  # of the changed one
    # What a business must not have for the relation to hold, each with a reason.
    without: tuple[str, ...] = ()

    def suited(self, traits: Traits) -> Traits:
        """Traits of a business that the relation is about."""
        fit = replace(traits, nasty=traits.nasty - set(self.without))
        if self.other_shape == AS_OF_THEN:
            # A business that is loaded before and after that moment.
            return replace(fit, start=STARTS["leap_day"], days=90, has_loaded_at=True)
        return fit

    def broken(self, traits: Traits, workshop: Workshop) -> list[str]:
        """What does not hold for a business; nothing if all does."""
        fit = self.suited(traits)
        business = business_of(fit, self.shape)
        changed = self.change(business, random.Random(fit.seed))
        before = workshop.cells(self.shape, business)
        return list(self.check(before, workshop.cells(self.other_shape, changed)))


class Union(Relation):
    """Two businesses built apart and together."""

    def broken(self, traits: Traits, workshop: Workshop) -> list[str]:
        """What does not add up."""
        fit = replace(self.suited(traits), has_loaded_at=True)
        one = business_of(fit, EVERYTHING)
        second = business_of(replace(fit, seed=fit.seed + 1), EVERYTHING)
        cells = [
            workshop.cells(EVERYTHING, business)
            for business in (one, changes.apart_from(one, second), changes.united(one, second))
        ]
        return list(self.check(*cells))


RELATIONS = (
    Relation("rows in another order", changes.shuffled),
    Relation("every raw row twice", changes.doubled),
    # Of rows that tie and differ the smallest hash wins, and ids are part of it.
    Relation("ids renamed", changes.renamed, without=("conflicts", "unreadable")),
    Relation("a load in three parts", other_shape=IN_PARTS),
    Relation("test orders and bots added", changes.with_noise),
    # Halves in another currency, or with tax in their prices, are rounded each for itself.
    Relation(
        "lines split in two",
        changes.with_split_lines,
        without=("conflicts", "unreadable", "currencies", "taxes"),
    ),
    # A value that is no moment cannot be moved.
    Relation(
        "time zone and clock moved together",
        changes.shifted(KOLKATA_OFFSET),
        shape=EVERYTHING,
        other_shape=IN_KOLKATA,
        without=("unreadable", "conflicts"),
    ),
    Relation("a refunded order added", changes.with_refunded_order, checks.same_net_sales),
    Relation(
        "an earlier clock, without what came later",
        changes.as_loaded_until(AS_OF),
        shape=AS_OF_THEN,
        other_shape=AS_OF_THEN,
        without=("unreadable",),
    ),
    Union("two businesses in one", check=checks.parts_add_up, without=("unreadable", "free_mail")),
)
assert set(NASTY).issuperset(name for relation in RELATIONS for name in relation.without)
