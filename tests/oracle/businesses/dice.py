"""Seeded choices, and moments and amounts as a loader writes them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from oracle.businesses.traits import Traits

T = TypeVar("T")


class Dice:
    """The choices of one business."""

    def __init__(self, traits: Traits, zone: str) -> None:
        self.traits = traits
        self.random = random.Random(traits.seed)
        self.zone = ZoneInfo(zone)
        self.opens = datetime.combine(traits.start, datetime.min.time())

    def chance(self, probability: float, trait: str | None = None) -> bool:
        """Whether something happens; never, if it takes a trait that the business has not."""
        drawn = self.random.random() < probability
        return drawn and (trait is None or trait in self.traits)

    def one_of(self, choices: Sequence[T]) -> T:
        """One of them."""
        return self.random.choice(choices)

    def maybe(self, choices: Sequence[T], probability: float = 0.7) -> T | None:
        """One of them, or nothing."""
        return self.one_of(choices) if choices and self.chance(probability) else None

    def between(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return self.random.randint(low, high)

    def moment(self, after: datetime | None = None, within_days: int | None = None) -> datetime:
        """A moment of the history in UTC, sometimes on the edge of a day of the reporting zone."""
        opens = after or self.opens
        days = self.traits.days if within_days is None else within_days
        found = opens + timedelta(seconds=self.between(0, max(days, 1) * 86_400 - 1))
        if not self.chance(0.3, "midnights"):
            return found
        midnight = datetime.combine(found.date(), datetime.min.time(), self.zone)
        shift = timedelta(seconds=self.one_of([-1, 0, 1, 7200, 10_800]))
        return max((midnight.astimezone(UTC) + shift).replace(tzinfo=None), opens)

    def day(self) -> date:
        """A day of the history."""
        return self.traits.start + timedelta(days=self.between(0, self.traits.days))

    def money(self, low: int = 0, high: int = 40_000) -> str:
        """An amount, mostly round."""
        cents = self.between(low, high)
        return self.one_of([f"{cents // 100}", f"{cents / 100:.2f}", f"{cents / 100:.2f}"])


def text(value: object) -> str | None:
    """A value as delivered."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return str(value)
