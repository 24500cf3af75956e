"""What the file says its KPIs are: one object per KPI and variant of kpi_catalog."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb

from commerce_kpis.display.published import comments_of
from commerce_kpis.display.words import Words, sorted_grains
from commerce_kpis.scorecard import THEMES

TOTAL = "total"


@dataclass(frozen=True)
class Variant:
    """A reading of a KPI. `fields` is its row of kpi_catalog, by column."""

    kpi: str
    name: str
    is_default: bool
    unit: str
    direction: str
    meaning: str
    formula: str
    fields: dict[str, Any]


@dataclass(frozen=True)
class Kpi:
    """A KPI with its variants, the default first."""

    name: str
    title: str
    theme: str
    variants: tuple[Variant, ...]

    @property
    def default(self) -> Variant:
        return self.variants[0]

    @property
    def grains(self) -> list[str]:
        return sorted_grains(_listed(self.default.fields.get("period_grains")))

    @property
    def dimensions(self) -> list[str]:
        """What it can be split by, beside the total."""
        listed = _listed(self.default.fields.get("dimensions"))
        return [dimension for dimension in listed if dimension != TOTAL]

    def variant(self, name: str) -> Variant:
        """The variant of a name; the default if there is none."""
        return next((variant for variant in self.variants if variant.name == name), self.default)


@dataclass(frozen=True)
class Catalog:
    """All KPIs in the order of their themes, and what each column of the catalog means."""

    kpis: tuple[Kpi, ...]
    column_texts: dict[str, str]
    words: Words

    def kpi(self, name: str) -> Kpi:
        return next(kpi for kpi in self.kpis if kpi.name == name)

    @property
    def themes(self) -> dict[str, list[Kpi]]:
        """KPIs by theme, in order."""
        found: dict[str, list[Kpi]] = {}
        for kpi in self.kpis:
            found.setdefault(kpi.theme, []).append(kpi)
        return found


def read_catalog(connection: duckdb.DuckDBPyConnection) -> Catalog:
    """The catalog of a published file."""
    result = connection.execute(
        "select * from kpi.kpi_catalog order by kpi, is_default desc, variant"
    )
    names = [column[0] for column in result.description]
    rows = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    by_kpi: dict[str, list[Variant]] = {}
    for row in rows:
        by_kpi.setdefault(row["kpi"], []).append(_variant(row))
    kpis = [
        Kpi(
            name,
            str(variants[0].fields.get("title") or name),
            str(variants[0].fields.get("theme") or "other"),
            tuple(variants),
        )
        for name, variants in by_kpi.items()
    ]
    order = {theme: index for index, theme in enumerate(THEMES)}
    kpis.sort(key=lambda kpi: (order.get(kpi.theme, len(order)), kpi.theme, kpi.title, kpi.name))
    column_texts = comments_of(connection, "kpi", "kpi_catalog")
    fields = ("title", "meaning", "source_of_definition", "worked_example")
    names = [row["variant"] for row in rows]
    texts = [str(row.get(field) or "") for row in rows for field in fields]
    return Catalog(tuple(kpis), column_texts, Words([*texts, *column_texts.values()], names))


def _variant(row: dict[str, Any]) -> Variant:
    return Variant(
        row["kpi"],
        row["variant"],
        bool(row["is_default"]),
        row.get("unit") or "",
        row.get("direction") or "",
        row.get("meaning") or "",
        row.get("formula") or "",
        row,
    )


def _listed(text: str | None) -> list[str]:
    return [item for item in (text or "").split(", ") if item]
