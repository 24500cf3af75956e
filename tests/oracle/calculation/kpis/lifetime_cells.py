"""K21: lifetime value, unit economics and customer equity as cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from oracle.calculation.calendar import FROM_WEEK, Period
from oracle.calculation.cell import Cell, CellKey, Number
from oracle.calculation.costs import ACQUISITION
from oracle.calculation.kpis.lifetime import discounted_years, lifetime_years, window_of
from oracle.calculation.kpis.lifetime_parts import lifetime_table
from oracle.calculation.kpis.order_members import holds_one_of
from oracle.calculation.kpis.shared import cost_is_missing, first_sale, fx_is_missing
from oracle.calculation.statuses import Parts, Variant
from oracle.calculation.world import World

Cells = Iterator[tuple[CellKey, Cell]]
Test = Callable[[Period], bool]

BY_ACCOUNT = ("segment", "industry", "account_size_band", "acquisition_channel")
COSTS = "product_costs or order_lines.unit_cost"
BROUGHT_NEEDS = {"net_sales_to_date": ("refunds",), "margin_to_date": ("refunds", COSTS)}
PART_NEEDS = BROUGHT_NEEDS | {
    "gross_margin": (COSTS,),
    "predicted_margin": (COSTS,),
    "acquisition_cost": ("cost_ledger",),
}


class Formulas:
    """The formulas over the parts of a cell; None where they say nothing."""

    def __init__(self, world: World) -> None:
        self.cap_years = world.number("clv_lifetime_cap_years")
        self.rate = float(world.parameters["clv_discount_rate"])

    def years(self, parts: Parts) -> float | None:
        """The lifetime in years."""
        return lifetime_years(
            parts.get("customers_at_start", 0), parts.get("customers_lost", 0), self.cap_years
        )

    def a_year(self, parts: Parts, part: str) -> float | None:
        """What an account brings in a year."""
        days = parts.get("account_days", 0)
        if parts.get(part) is None:
            return None
        return float(parts[part]) / (days / 365) if days else None

    def clv(self, parts: Parts, part: str = "order_value") -> float | None:
        """What it brings in a lifetime."""
        years, yearly = self.years(parts), self.a_year(parts, part)
        if years is None or yearly is None:
            return None
        return yearly * years

    def discounted(self, parts: Parts, part: str = "order_value") -> float | None:
        """The same in today's money."""
        years, yearly = self.years(parts), self.a_year(parts, part)
        if years is None or yearly is None:
            return None
        return yearly * discounted_years(years, self.rate)

    def cac(self, parts: Parts) -> float | None:
        """What a new customer cost."""
        cost, new = parts.get("acquisition_cost"), parts.get("new_customers")
        return float(cost) / new if new and cost is not None else None

    def net_of_cac(self, parts: Parts) -> float | None:
        """Lifetime value less what winning the customer cost."""
        clv, cac = self.clv(parts), self.cac(parts)
        return None if clv is None or cac is None else clv - cac

    def churn_based(self, parts: Parts) -> float | None:
        """Monthly margin over monthly churn."""
        yearly = self.a_year(parts, "gross_margin")
        start, lost = parts.get("monthly_customers_at_start"), parts.get("monthly_customers_lost")
        if yearly is None or not start or not lost:
            return None
        return yearly / 12 / (lost / start)

    def to_cac(self, parts: Parts) -> float | None:
        """Lifetime value over what winning the customer cost."""
        clv, cac = self.clv(parts), self.cac(parts)
        return None if clv is None or not cac else clv / cac

    def payback_months(self, parts: Parts) -> float | None:
        """Months until the margin has paid for it."""
        cac, yearly = self.cac(parts), self.a_year(parts, "gross_margin")
        return None if cac is None or yearly is None or yearly <= 0 else cac / (yearly / 12)

    def equity(self, parts: Parts) -> float | None:
        """What all customers of the last day are worth."""
        years, yearly = self.years(parts), self.a_year(parts, "gross_margin")
        if years is None or yearly is None:
            return None
        return parts["customers_at_end"] * yearly * years

    def equity_discounted(self, parts: Parts) -> float | None:
        """The same in today's money."""
        years, yearly = self.years(parts), self.a_year(parts, "gross_margin")
        if years is None or yearly is None:
            return None
        return parts["customers_at_end"] * yearly * discounted_years(years, self.rate)


class Tests:
    """What a window says of all its cells."""

    def __init__(self, world: World) -> None:
        first = first_sale(world)
        inactivity = timedelta(days=world.number("inactivity_days"))
        self.too_early: Test = lambda period: (
            first is None or window_of(period.end)[0] < first.replace(day=1)
        )
        self.censored: Test = lambda period: (
            first is not None and window_of(period.end)[0] < first + inactivity
        )
        self.missing_cost = _over_window(cost_is_missing(world, ACQUISITION))
        costs = _over_window(fx_is_missing(world, ACQUISITION))
        days = sorted(world.sales_without_rate)
        self.fx_of_window: Test = lambda period: any(
            window_of(period.end)[0] <= day < period.end for day in days
        )
        self.fx_to_date: Test = lambda period: any(day < period.end for day in days)
        self.fx_with_cost: Test = lambda period: self.fx_of_window(period) or costs(period)


def _over_window(test: Test) -> Test:
    return lambda period: test(Period("r12m", *window_of(period.end)))


def _was_there(parts: Parts) -> Number:
    """Whether anybody was a customer at the start of the window or on any day of it."""
    return parts.get("customers_at_start") or parts.get("account_days")


def _with(world: World, formula: Callable[[Parts], Number], tests: Tests, **more) -> dict:
    common = {
        "statistic": formula,
        "n": "customers_at_start",
        "activity": _was_there,
        "not_estimable": tests.too_early,
        "left_censored": tests.censored,
        "fx_missing": tests.fx_of_window,
    }
    return common | more


def clv(world: World) -> Cells:
    """kpi_clv."""
    formulas, tests = Formulas(world), Tests(world)
    table = lifetime_table(world, (*BY_ACCOUNT, "cohort_month"))

    def by(formula: Callable[[Parts], Number], **more) -> dict:
        return _with(world, formula, tests, **more)

    margin = {"needs": (COSTS,)}
    ever = {"denominator": "customers_ever", "n": "customers_ever", "fx_missing": tests.fx_to_date}
    modelled = {"denominator": "customers_modelled", "n": "customers_modelled"}
    variants = [
        Variant("clv", **by(formulas.clv)),
        Variant("clv_margin", **by(lambda parts: formulas.clv(parts, "gross_margin"), **margin)),
        Variant("clv_discounted", **by(formulas.discounted)),
        Variant(
            "clv_margin_discounted",
            **by(lambda parts: formulas.discounted(parts, "gross_margin"), **margin),
        ),
        Variant("clv_historical", "net_sales_to_date", needs=("refunds",), **ever),
        Variant("clv_historical_margin", "margin_to_date", needs=("refunds", COSTS), **ever),
        Variant(
            "clv_net_of_cac",
            **by(
                formulas.net_of_cac,
                needs=("cost_ledger",),
                missing_cost=tests.missing_cost,
                fx_missing=tests.fx_with_cost,
            ),
        ),
        Variant(
            "clv_churn_based",
            **by(
                formulas.churn_based,
                n="monthly_customers_at_start",
                activity="monthly_customers_at_start",
                **margin,
            ),
        ),
        Variant("clv_predicted", "predicted_order_value", **modelled),
        Variant("clv_predicted_margin", "predicted_margin", **modelled, **margin),
        Variant("lifetime_years", **by(formulas.years, fx_missing=None)),
    ]
    return world.maker.make_cells("clv", variants, table, FROM_WEEK, PART_NEEDS)


def unit_economics(world: World) -> Cells:
    """kpi_unit_economics."""
    formulas, tests = Formulas(world), Tests(world)
    table = lifetime_table(world, ("segment", "acquisition_channel"))
    cost = {"missing_cost": tests.missing_cost, "fx_missing": tests.fx_with_cost}
    variants = [
        Variant(
            "clv_to_cac", **_with(world, formulas.to_cac, tests, needs=("cost_ledger",), **cost)
        ),
        Variant(
            "cac_payback_months",
            **_with(
                world,
                formulas.payback_months,
                tests,
                n="new_customers",
                activity="new_customers",
                needs=("cost_ledger", COSTS),
                **cost,
            ),
        ),
    ]
    return world.maker.make_cells("unit_economics", variants, table, FROM_WEEK, PART_NEEDS)


def customer_equity(world: World) -> Cells:
    """kpi_customer_equity."""
    formulas, tests = Formulas(world), Tests(world)
    table = lifetime_table(world, BY_ACCOUNT)
    margin = {"needs": (COSTS,)}
    variants = [
        Variant("customer_equity", **_with(world, formulas.equity, tests, **margin)),
        Variant(
            "customer_equity_discounted",
            **_with(world, formulas.equity_discounted, tests, **margin),
        ),
        Variant(
            "customer_equity_predicted",
            "predicted_margin",
            fx_missing=holds_one_of(world.sales_without_rate),
            **margin,
        ),
    ]
    return world.maker.make_cells("customer_equity", variants, table, FROM_WEEK, PART_NEEDS)
