"""K18 and K19: the variants of churn and retention."""

from __future__ import annotations

from oracle.calculation.statistics import NO_INTERVAL, Interval, wilson
from oracle.calculation.statuses import Parts, Variant

START = "at_start"


def annualised(rate: float) -> float:
    """What a rate of a month comes to in twelve."""
    return 1 - (1 - rate) ** 12


def _annualised_rate(parts: Parts) -> float | None:
    if parts.get("grain") != "month" or not parts.get(START):
        return None
    return annualised(parts["lost"] / parts[START])


def _annualised_interval(parts: Parts) -> Interval:
    low, high = wilson(parts["lost"], parts[START])
    return NO_INTERVAL if low is None else (annualised(low), annualised(high))


def churn_variants(
    prefix: str, needs: tuple[str, ...], censored, of_contracts: tuple[str, ...] = ()
) -> list[Variant]:
    """The variants of a table of churn, all over some count of units."""
    common = {"needs": needs, "left_censored": censored}

    def rate(
        name: str, numerator: str, denominator: str, is_share: bool = False, **more
    ) -> Variant:
        return Variant(
            f"{prefix}churn_rate{name}",
            numerator,
            denominator,
            n=START if denominator == "average" else denominator,  # half a unit is no unit
            interval="wilson" if is_share else None,
            **common | more,
        )

    everybody = "at_start_new_and_reactivated"
    contracts = {"needs": of_contracts or needs}
    return [
        rate("", "lost", START, True),
        rate("_over_remaining", "lost", "remaining"),
        rate("_over_end_active", "lost", "at_end"),
        rate("_over_average", "lost", "average"),
        rate("_start_plus_new", "lost", "at_start_and_new", True),
        rate("_start_plus_new_and_reactivated", "lost", everybody, True),
        rate("_intra_period", "churn_events", START),
        rate("_voluntary", "lost_voluntary", START, True, **contracts),
        rate("_involuntary", "lost_involuntary", START, True, **contracts),
        Variant(
            f"{prefix}churn_rate_annualised",
            n=START,
            statistic=_annualised_rate,
            interval=_annualised_interval,
            **common,
        ),
    ]


def p_alive_variant() -> Variant:
    """Those that a model expects to be gone; too few repeaters for it to be fitted."""
    modelled = "at_start_modelled"
    return Variant("churn_rate_p_alive", "expected_lost", modelled, modelled)


def retention_variants(censored) -> list[Variant]:
    """The variants of retention."""
    common = {"denominator": START, "n": START, "left_censored": censored}
    return [
        Variant("retention_rate", "retained", interval="wilson", **common),
        Variant("retention_rate_end_over_start", "at_end", **common),
        Variant("retention_rate_end_minus_new", "at_end_minus_new", **common),
    ]
