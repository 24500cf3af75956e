"""Attribution models: how much of one conversion each touch of its path is worth (A2 to A4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal, localcontext
from fractions import Fraction

from oracle.calculation.channels import DIRECT
from oracle.calculation.facts import Touch

UNIT = Decimal("0.00000001")
WORTH = Decimal("0.000000001")  # to which an older touch is worth less than the youngest one


class Path:
    """The touches up to a conversion, oldest first, and the touches that have a role."""

    def __init__(
        self,
        touches: Sequence[Touch],
        converted_at: datetime,
        date_of: Callable[[datetime], date],
    ) -> None:
        self.touches = list(touches)
        self.converted_at = converted_at
        self.date_of = date_of
        self.roles: dict[str, int | None] = {"lead": None, "opportunity": None, "close": None}

    def give_role(self, role: str, moment: datetime | None) -> None:
        """The latest touch at or before the moment has the role."""
        if moment is None:
            return
        earlier = [i for i, touch in enumerate(self.touches) if touch.touched_at <= moment]
        self.roles[role] = earlier[-1] if earlier else None

    def ages(self) -> list[int]:
        """How old each touch is, in business days: a day of a clock change is one day too."""
        today = self.date_of(self.converted_at)
        return [(today - self.date_of(touch.touched_at)).days for touch in self.touches]

    def __len__(self) -> int:
        return len(self.touches)


Weights = list[Fraction | Decimal]


def _one(path: Path, position: int) -> Weights:
    return [Fraction(int(i == position)) for i in range(len(path))]


def first(path: Path) -> Weights:
    return _one(path, 0)


def last(path: Path) -> Weights:
    return _one(path, len(path) - 1)


def last_non_direct(path: Path) -> Weights:
    others = [i for i, touch in enumerate(path.touches) if touch.channel != DIRECT]
    return _one(path, others[-1]) if others else last(path)


def linear(path: Path) -> Weights:
    return [Fraction(1, len(path))] * len(path)


def position_40_20_40(path: Path) -> Weights:
    """40 % each to the ends, 20 % to the middle; two touches 50/50, one touch all."""
    return _by_roles(path, [0, len(path) - 1], Fraction(40), Fraction(20))


def w_30_30_30_10(path: Path) -> Weights:
    """30 % each to the first touch, that of the lead, that of the deal; 10 % to the rest."""
    holders = [0, path.roles["lead"], path.roles["opportunity"]]
    return _by_roles(path, holders, Fraction(30), Fraction(10))


def full_path_22_5(path: Path) -> Weights:
    """22.5 % each to the first touch, the lead, the deal and the close; 10 % to the rest."""
    holders = [0, path.roles["lead"], path.roles["opportunity"], path.roles["close"]]
    return _by_roles(path, holders, Fraction(45, 2), Fraction(10))


def _by_roles(
    path: Path, holders: list[int | None], role_weight: Fraction, rest_weight: Fraction
) -> Weights:
    """A touch has the weight of each of its roles; touches without one share the rest.

    A missing role and an empty rest are left out, and what is there makes up the whole.
    """
    held = [holder for holder in holders if holder is not None]
    rest = [i for i in range(len(path)) if i not in held]
    weights = [Fraction(0)] * len(path)
    for holder in held:
        weights[holder] += role_weight
    for i in rest:
        weights[i] += rest_weight / len(rest)
    total = sum(weights)
    return [weight / total for weight in weights]


def _time_decay(half_life_days: int) -> Callable[[Path], Weights]:
    def weigh(path: Path) -> Weights:
        with localcontext() as context:
            context.prec = 50
            ages = path.ages()
            youngest = min(ages)
            worth = [
                (Decimal(2) ** (-Decimal(age - youngest) / half_life_days)).quantize(WORTH)
                for age in ages
            ]
            return [one / sum(worth) for one in worth]

    return weigh


MODELS: dict[str, Callable[[Path], Weights]] = {
    "first": first,
    "last": last,
    "last_non_direct": last_non_direct,
    "linear": linear,
    "position_40_20_40": position_40_20_40,
    "w_30_30_30_10": w_30_30_30_10,
    "full_path_22_5": full_path_22_5,
    "time_decay_7d": _time_decay(7),
    "time_decay_30d": _time_decay(30),
}


def credits(path: Path, model: str) -> list[Decimal]:
    """Weights to eight places that sum to exactly 1; the largest remainders take what is left."""
    with localcontext() as context:
        context.prec = 50
        exact = [_units(weight) for weight in MODELS[model](path)]
        whole = [int(units) for units in exact]
        left = 10**8 - sum(whole)
        by_remainder = sorted(range(len(path)), key=lambda i: (whole[i] - exact[i], i))
        for i in by_remainder[:left]:
            whole[i] += 1
        return [units * UNIT for units in map(Decimal, whole)]


def _units(weight: Fraction | Decimal) -> Fraction | Decimal:
    return weight * 10**8
