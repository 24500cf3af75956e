"""Metrics: a simple or cumulative one of each measure, and one of each variant that these make up.

`config.meta` of a measure:
  equals         columns of KPI tables, as `kpi_leads.leads`; `{attribution_model}` in one stands
                 for each value that the KPI has a variant for, and filters by that dimension
  is_cumulative  summed over all time up to the period
  filter         SQL in which `{entity__dimension}` is a dimension
of a semantic model:
  one_month      a measure that counts months: the rows are months, whose ratios are null of several
  derived        further metrics, as arithmetic of metrics; `equals` says what they equal
  offsets        further metrics: one of an earlier period
  conversions    variants that are conversion metrics
  known          flags of KPI tables that say that cost is missing, with the scopes they ask for
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache

from commerce_kpis.console import UserError
from commerce_kpis.kpi_yaml import KpiModel, kpi_models
from commerce_kpis.project import PROJECT
from commerce_kpis.semantic.formulas import Formula
from commerce_kpis.semantic.sources import (
    NOT_EXPRESSED,
    Column,
    column,
    meta_of,
    not_expressed,
    semantic_models,
)

# Metrics that equal no column of a KPI table.
HELPERS = "helpers"
# Where nothing happened these are 0, and all others null.
SUMS = ("sum", "count", "count_distinct")


@dataclass
class Metric:
    """A metric. `one_month` counts its months if it is of one only; `is_stock` if it has no row
    before the first thing that it sums."""

    name: str
    kind: str
    type_params: dict
    equals: list[Column] = field(default_factory=list)
    description: str = ""
    filter: str | None = None
    one_month: str | None = None
    is_stock: bool = False
    theme: str = HELPERS
    unit: str | None = None


@cache
def metrics() -> tuple[Metric, ...]:
    """Every metric.

    Raises:
        UserError: a variant is neither a metric nor listed as not expressed, or is both.
    """
    made = _Metrics()
    for model in semantic_models():
        made.add_measures(model)
    for model in semantic_models():
        made.add_further(model)
    variants = [(kpi, name) for kpi in kpi_models() for name in kpi.meta["variants"]]
    for kpi, name in variants:
        made.add_variant(kpi, name)
    listed = {(row.kpi, row.variant) for row in not_expressed() if not row.dimension}
    where = NOT_EXPRESSED.relative_to(PROJECT)
    missing = {(kpi.name, name) for kpi, name in variants} - made.by_column.keys() - listed
    if missing:
        raise UserError(
            f"No metric of the semantic layer: {_named(missing)}. Add measures of their parts to "
            f"models/semantic, or say in {where} why they can't be expressed."
        )
    if both := listed & made.by_column.keys():
        raise UserError(f"{where} lists {_named(both)}, which are metrics: take the lines out.")
    if unknown := listed - {(kpi.name, name) for kpi, name in variants}:
        raise UserError(f"{where} lists {_named(unknown)}, which no KPI has: take the lines out.")
    return tuple(made.by_name.values())


def _named(columns: set[Column]) -> str:
    return ", ".join(".".join(one) for one in sorted(columns))


def _filter(condition: str) -> str:
    """A condition as MetricFlow reads it."""
    return re.sub(r"{(\w+)}", r"{{ Dimension('\1') }}", condition)


class _Metrics:
    """Metrics while they are made, by name and by the column of a KPI table that they equal."""

    def __init__(self) -> None:
        self.by_name: dict[str, Metric] = {}
        self.by_column: dict[Column, Metric] = {}
        self.kpis: dict[str, KpiModel] = {kpi.name: kpi for kpi in kpi_models()}
        self.variants = {name: kpi.name for kpi in kpi_models() for name in kpi.meta["variants"]}
        # Flags of KPI tables, and the filter under which nothing is missing.
        self.known: dict[Column, str] = {}
        for model in semantic_models():
            for known in meta_of(model).get("known", []):
                missing = [f"{{{scope}_month__is_cost_missing}}" for scope in known["scopes"]]
                condition = " and ".join(f"not coalesce({one}, false)" for one in missing)
                self.known |= {column(flag): _filter(condition) for flag in known["columns"]}

    def add(self, metric: Metric) -> None:
        """Add a metric, with the text and the theme of the column that it equals."""
        if metric.name in self.by_name:
            raise UserError(f"Two metrics are named `{metric.name}`: give a measure another name.")
        self.by_name[metric.name] = metric
        for table, name in metric.equals:
            if table not in self.kpis or name not in self.kpis[table].columns:
                raise UserError(f"`{metric.name}` equals `{table}.{name}`, which is no column.")
            self.by_column[table, name] = metric
        if metric.equals:
            same = [equal for equal in metric.equals if equal[1] == metric.name]
            table, name = (same or metric.equals)[0]
            kpi = self.kpis[table]
            metric.theme = kpi.theme
            metric.description = " ".join(kpi.columns[name].split())
            metric.unit = {**kpi.meta["parts"], **kpi.meta["variants"]}[name]["unit"]

    def add_measures(self, model: dict) -> None:
        """Add the metrics of a semantic model's measures."""
        one_month = meta_of(model).get("one_month")
        for measure in model.get("measures", []):
            meta = meta_of(measure)
            source = {"name": measure["name"]}
            if measure["agg"] in SUMS:
                source["fill_nulls_with"] = 0
            type_params: dict = {"measure": source}
            is_stock = meta.get("is_cumulative", False)
            if is_stock:
                type_params["cumulative_type_params"] = {"period_agg": "last"}
            for name, equals, conditions in self._by_value(model, measure):
                conditions += [meta["filter"]] if "filter" in meta else []
                self.add(
                    Metric(
                        name,
                        "cumulative" if is_stock else "simple",
                        type_params,
                        equals,
                        measure.get("description", ""),
                        _filter(" and ".join(conditions)) or None,
                        one_month if measure["name"] != one_month else None,
                        is_stock,
                    )
                )

    def _by_value(
        self, model: dict, measure: dict
    ) -> Iterator[tuple[str, list[Column], list[str]]]:
        """Name, columns and conditions of each metric of a measure."""
        equals = [column(equal) for equal in meta_of(measure).get("equals", [])]
        if not any("{" in name for _, name in equals):
            yield measure["name"], equals, []
            return
        ((table, pattern),) = equals
        before, dimension, after = re.split(r"{(\w+)}", pattern)
        for name in self.kpis[table].meta["variants"]:
            if name.startswith(before) and name.endswith(after):
                value = name[len(before) : len(name) - len(after)]
                entity = model["primary_entity"]
                yield name, [(table, name)], [f"{{{entity}__{dimension}}} = '{value}'"]

    def add_further(self, model: dict) -> None:
        """Add what a semantic model names beside its measures."""
        meta = meta_of(model)

        def equals(name: str) -> list[Column]:
            own = [(self.variants[name], name)] if name in self.variants else []
            return own + [column(one) for one in meta.get("equals", {}).get(name, [])]

        for name, formula in meta.get("derived", {}).items():
            metric = self._derived(name, formula, self.by_name.get, equals(name))
            if metric is None:
                raise UserError(f"`{name}` of models/semantic: `{formula}` names no metrics.")
            self.add(metric)
        for name, offset in meta.get("offsets", {}).items():
            earlier = {
                "name": offset["metric"],
                "alias": "earlier",
                "offset_window": offset["by"],
            }
            self.add(
                Metric(name, "derived", {"expr": "earlier", "metrics": [earlier]}, equals(name))
            )
        for name, conversion in meta.get("conversions", {}).items():
            type_params = {
                "entity": conversion["entity"],
                "calculation": "conversion_rate",
                "base_measure": {"name": conversion["from"]},
                "conversion_measure": {"name": conversion["to"], "fill_nulls_with": 0},
                "window": conversion["window"],
            }
            self.add(
                Metric(name, "conversion", {"conversion_type_params": type_params}, equals(name))
            )

    def add_variant(self, kpi: KpiModel, name: str) -> None:
        """Add the metric of a variant, if its parts are metrics."""
        if (kpi.name, name) in self.by_column:
            return
        variant = kpi.meta["variants"][name]
        known = None
        if flag := variant.get("flags", {}).get("missing_cost"):
            known = self.known.get((kpi.name, flag))
            if known is None:
                return

        def of_kpi(part: str) -> Metric | None:
            if part in kpi.meta["variants"] and part != name:
                self.add_variant(kpi, part)
            return self.by_column.get((kpi.name, part))

        formula = variant["formula"].partition(",")[0]
        parts = [of_kpi(variant[key]) for key in ("numerator", "denominator") if variant.get(key)]
        if len(parts) == 2 and all(parts):
            scale = variant.get("scale", 1)
            if scale == 1 and not any(part.one_month or part.is_stock for part in parts):
                over = {"name": parts[1].name, "filter": known} if known else parts[1].name
                type_params = {"numerator": parts[0].name, "denominator": over}
                self.add(Metric(name, "ratio", type_params, [(kpi.name, name)]))
                return
            formula = f"{variant['numerator']} / {variant['denominator']}"
            formula = formula if scale == 1 else f"{scale} x {formula}"
        if metric := self._derived(name, formula, of_kpi, [(kpi.name, name)], known):
            self.add(metric)

    def _derived(
        self,
        name: str,
        text: str,
        find: Callable[[str], Metric | None],
        equals: list[Column],
        known: str | None = None,
    ) -> Metric | None:
        """The metric of a formula; none if the formula is not arithmetic of metrics.

        Args:
            name: of the metric.
            text: the formula.
            find: gives the metric of a name in it.
            equals: columns of KPI tables that it equals.
            known: filter of what is divided by, so that the metric is null outside it.
        """
        try:
            formula = Formula(text)
        except ValueError:
            return None
        found = {part: find(part) for part in formula.names - {name}}
        if not found or found.keys() != formula.names or not all(found.values()):
            return None
        # A stock is null before its first row.
        words = {
            part: f"coalesce({metric.name}, 0)" if metric.is_stock else metric.name
            for part, metric in found.items()
        }
        divisors = {part: f"known_{found[part].name}" for part in formula.divisors if known}
        months = {metric.one_month for metric in found.values() if metric.one_month}
        inputs = [{"name": found[part].name} for part in formula.names - divisors.keys()]
        inputs += [{"name": found[part].name} for part in formula.others & divisors.keys()]
        inputs += [
            {"name": found[part].name, "alias": alias, "filter": known}
            for part, alias in divisors.items()
        ]
        inputs += [{"name": month} for month in months]
        expression = formula.sql(words, divisors)
        if months:
            conditions = " and ".join(f"{month} = 1" for month in sorted(months))
            expression = f"case when {conditions} then {expression} end"
        inputs.sort(key=lambda one: one.get("alias", one["name"]))
        return Metric(
            name,
            "derived",
            {"expr": expression, "metrics": inputs},
            equals,
            is_stock=not formula.divisors and all(one.is_stock for one in found.values()),
        )
