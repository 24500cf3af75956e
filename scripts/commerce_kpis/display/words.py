"""Names from the file as people read them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from commerce_kpis.project import GRAINS

GRAIN_NAMES = {
    "day": "Day",
    "week": "Week",
    "month": "Month",
    "quarter": "Quarter",
    "year": "Year",
    "r12m": "Rolling 12 months",
}
WORD = re.compile(r"\b[A-Za-z]+\b")
LONGEST_ABBREVIATION = 4


class Words:
    """Turns `mrr_at_start` into `MRR at start`.

    Which words are abbreviations is learnt: texts write them in capitals, or a number has no other
    name than these few letters.
    """

    def __init__(self, texts: Iterable[str] = (), names: Iterable[str] = ()) -> None:
        found = {word for text in texts for word in WORD.findall(text or "")}
        capitals = {word.lower() for word in found if word.isupper() and len(word) > 1}
        short = {name for name in names if name.isalpha() and len(name) <= LONGEST_ABBREVIATION}
        self.abbreviations = capitals | short

    def name(self, identifier: str) -> str:
        """A name of the file as words, the first one with a capital.

        >>> words = Words(["MRR at the start", "a rate"], ["aov"])
        >>> words.name("mrr_at_start"), words.name("aov_rate"), Words().name("total")
        ('MRR at start', 'AOV rate', 'Total')
        """
        text = " ".join(
            word.upper() if word in self.abbreviations else word
            for word in identifier.split("_")
            if word
        )
        return text[:1].upper() + text[1:]


def grain_name(grain: str) -> str:
    """A grain as people say it."""
    return GRAIN_NAMES.get(grain, grain)


def sorted_grains(grains: Iterable[str]) -> list[str]:
    """Grains from the shortest to the longest; unknown ones last."""
    return sorted(grains, key=lambda grain: GRAINS.index(grain) if grain in GRAINS else len(GRAINS))
