"""Seeded draws that give the same values on every Python version and machine.

Only ``Random.random()`` is used, because its sequence is fixed by the language reference, and
only ``+ - * /`` on floats: ``log`` or ``exp`` may differ in the last bit between systems, and
``sum()`` adds floats in another way since Python 3.12.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Draws:
    """One independent stream of draws; the same seed and stream name repeat it."""

    def __init__(self, seed: int, stream: str) -> None:
        digest = hashlib.sha256(f"{seed}/{stream}".encode()).digest()
        self._random = random.Random(int.from_bytes(digest[:8], "big"))

    def unit(self) -> float:
        """Return a float in [0, 1)."""
        return self._random.random()

    def chance(self, probability: float) -> bool:
        """Return true with the given probability (0 to 1)."""
        return self.unit() < probability

    def between(self, low: int, high: int) -> int:
        """Return an integer from low to high, both included."""
        return low + int(self.unit() * (high - low + 1))

    def pick(self, items: Sequence[T]) -> T:
        """Return one item, all equally likely."""
        return items[self.between(0, len(items) - 1)]

    def weighted(self, choices: Sequence[tuple[T, int]]) -> T:
        """Return the first element of one pair, with the pair's second element as its weight."""
        point = self.unit() * sum(weight for _, weight in choices)
        for item, weight in choices:
            point -= weight
            if point < 0:
                return item
        return choices[-1][0]

    def normal(self, mean: float, deviation: float) -> float:
        """Return an approximately normal value (sum of twelve uniform draws)."""
        total = 0.0
        for _ in range(12):
            total += self.unit()
        return mean + deviation * (total - 6)

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """Return a new list in random order (Fisher-Yates)."""
        mixed = list(items)
        for last in range(len(mixed) - 1, 0, -1):
            other = self.between(0, last)
            mixed[last], mixed[other] = mixed[other], mixed[last]
        return mixed

    def sample(self, items: Sequence[T], size: int) -> list[T]:
        """Return `size` different items; raise ValueError if there are fewer."""
        if size > len(items):
            raise ValueError(f"cannot draw {size} of {len(items)} items")
        return self.shuffled(items)[:size]
