"""What the semantic layer is made of: its semantic models, and the list of what it can't say."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache

import yaml

from commerce_kpis.kpi_yaml import LOADER
from commerce_kpis.project import PROJECT

FOLDER = PROJECT / "models" / "semantic"
NOT_EXPRESSED = FOLDER / "not_expressed.csv"

# A column of a KPI table: (table, column).
Column = tuple[str, str]


@dataclass(frozen=True)
class NotExpressed:
    """What the semantic layer can't say, and why.

    Without a dimension a whole variant; with one, that variant by that dimension; with a dimension
    and no variant, every number of the KPI by it.
    """

    kpi: str
    variant: str
    dimension: str
    reason: str


@cache
def semantic_models() -> tuple[dict, ...]:
    """The semantic models as they stand in models/semantic/*.yml."""
    found = []
    for path in sorted(FOLDER.glob("*.yml")):
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER)
        found.extend(content.get("semantic_models", []))
    return tuple(found)


@cache
def not_expressed() -> tuple[NotExpressed, ...]:
    """The rows of models/semantic/not_expressed.csv."""
    with NOT_EXPRESSED.open(encoding="utf-8", newline="") as file:
        return tuple(NotExpressed(**row) for row in csv.DictReader(file))


def meta_of(node: dict) -> dict:
    """`config.meta` of a semantic model or measure."""
    return node.get("config", {}).get("meta", {})


def column(text: str) -> Column:
    """`kpi_leads.leads` as (table, column)."""
    table, _, name = text.partition(".")
    return table, name
