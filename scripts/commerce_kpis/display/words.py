"""Names from the file as people read them."""

from __future__ import annotations

import re
from collections.abc import Iterable

GRAINS = {
    "day": "Day",
    "week": "Week",
    "month": "Month",
    "quarter": "Quarter",
    "year": "Year",
    "r12m": "Rolling 12 months",
}
WORD = re.compile(r"\b[A-Za-z]+\b")
LONGEST_ABBREVIATION = 5


class Words:
    """Turns `mrr_at_start` into `MRR at start`.

    Which words are abbreviations is learnt from texts: they write them in capitals, or never as a
    word.
    """

    def __init__(self, texts: Iterable[str] = ()) -> None:
        found = {word for text in texts for word in WORD.findall(text or "")}
        self.words = {word.lower() for word in found if not word.isupper()}
        self.capitals = {word.lower() for word in found if word.isupper() and len(word) > 1}

    def name(self, identifier: str) -> str:
        """A name of the file as words, the first one with a capital.

        >>> words = Words(["MRR at the start", "a rate"])
        >>> words.name("mrr_at_start"), words.name("aov_rate"), Words().name("total")
        ('MRR at start', 'AOV rate', 'Total')
        """
        text = " ".join(self._word(word) for word in identifier.split("_") if word)
        return text[:1].upper() + text[1:]

    def _word(self, word: str) -> str:
        is_short = word.isalpha() and len(word) < LONGEST_ABBREVIATION
        unheard = bool(self.words) and is_short and word not in self.words
        return word.upper() if unheard or word in self.capitals else word


def grain_name(grain: str) -> str:
    """A grain as people say it."""
    return GRAINS.get(grain, grain)


def sorted_grains(grains: Iterable[str]) -> list[str]:
    """Grains from the shortest to the longest; unknown ones last."""
    order = list(GRAINS)
    return sorted(grains, key=lambda grain: order.index(grain) if grain in order else len(order))
