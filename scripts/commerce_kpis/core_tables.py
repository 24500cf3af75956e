"""The facts and dimensions of models/marts/core/, their keys, and which name which others."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import yaml

from commerce_kpis.kpi_yaml import LOADER
from commerce_kpis.project import PROJECT

CORE = PROJECT / "models" / "marts" / "core"
# A dimension that changes has a row per version: its key is the thing and the day it begins.
VERSION = "valid_from_date"
# What a plan names need not exist: a period that has not begun, or a KPI of another name.
PLANS = "fct_targets"
# Columns that name a thing by the part it plays.
ROLES = {
    "first_order_id": "order_id",
    "parent_account_id": "account_id",
    "surviving_lead_id": "lead_id",
    "ultimate_parent_id": "account_id",
}


@dataclass(frozen=True)
class CoreTable:
    """A fact or a dimension: its text, key, columns (name to type), and those that have a value."""

    name: str
    description: str
    key: tuple[str, ...]
    columns: dict[str, str]
    always: frozenset[str]

    @property
    def thing(self) -> tuple[str, ...]:
        """What its key names, without the version."""
        return tuple(column for column in self.key if column != VERSION)


@dataclass(frozen=True)
class Reference:
    """Columns of a table that name a row of another one.

    `is_by_name`: the other table may lack it, since names come from several systems.
    """

    table: str
    columns: tuple[str, ...]
    to_table: str
    to_columns: tuple[str, ...]
    is_by_name: bool
    is_optional: bool


@cache
def core_tables() -> dict[str, CoreTable]:
    """Name to table, dimensions first."""
    tables = {}
    for path in sorted(CORE.glob("*.yml")):
        (model,) = yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER)["models"]
        rules = next(
            (
                test["rules_hold"]["arguments"]
                for test in model["data_tests"]
                if "rules_hold" in test
            ),
            {},
        )
        key = rules.get("unique", [[]])[0]
        constrained = [
            column["name"]
            for column in model["columns"]
            if any(rule["type"] == "not_null" for rule in column.get("constraints", []))
        ]
        # A text says so where a column may name nothing: null, or a member such as `(no account)`.
        absent = {
            column["name"]
            for column in model["columns"]
            if "null" in column["description"] or "`(" in column["description"]
        }
        names = (key,) if isinstance(key, str) else tuple(key)
        tables[model["name"]] = CoreTable(
            model["name"],
            " ".join(model["description"].split()),
            names,
            {column["name"]: column["data_type"] for column in model["columns"]},
            frozenset({*rules.get("not_null", []), *constrained, *names} - absent),
        )
    return tables


@cache
def references() -> tuple[Reference, ...]:
    """Which columns name rows of which tables.

    A column has the name of the key of the table that is called after the same thing in the plural
    (`order_id`, `fct_orders`), or plays one of the ROLES.
    """
    found = []
    for table in core_tables().values():
        for other in core_tables().values():
            if other.thing and table is not other and _is_called_after(other):
                columns = other.thing
                if set(columns) <= set(table.columns):
                    found.append(_reference(table, columns, other))
        for column, named in ROLES.items():
            if column in table.columns:
                other = next(
                    other
                    for other in core_tables().values()
                    if other.thing == (named,) and _is_called_after(other)
                )
                found.append(_reference(table, (column,), other))
    return tuple(found)


def _reference(table: CoreTable, columns: tuple[str, ...], other: CoreTable) -> Reference:
    return Reference(
        table.name,
        columns,
        other.name,
        other.thing,
        is_by_name=table.name == PLANS or not columns[0].endswith(("_id", "_grain")),
        is_optional=not {*columns} <= table.always,
    )


def _is_called_after(table: CoreTable) -> bool:
    """Whether the table is called after the first column of its key: it is where that thing is."""
    thing = table.key[0].removesuffix("_id").removesuffix("_grain")
    plurals = (f"{thing}s", f"{thing}es", f"{thing.removesuffix('y')}ies")
    return any(table.name.endswith(f"_{plural}") for plural in plurals)
