"""Which tables of a published file are exported, and what is known of each."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path

import duckdb

from commerce_kpis.console import UserError
from commerce_kpis.sql import quoted, text

SCHEMAS = ("kpi", "bi", "core", "trust")


@dataclass(frozen=True)
class Table:
    """A table or view to export. `columns`: name and type of each; `where`: its chosen rows."""

    schema: str
    name: str
    columns: tuple[tuple[str, str], ...]
    where: str
    rows: int

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"

    def select(self, columns: str = "*") -> str:
        """A query for its chosen rows, in the order in which they lie in the file."""
        return f"select {columns} from {quoted(self.schema)}.{quoted(self.name)} where {self.where}"

    def file_name(self, kind: str) -> str:
        """Its file, below the folder of the export."""
        return f"{self.schema}/{self.name}.{kind}"


def chosen_tables(
    connection: duckdb.DuckDBPyConnection,
    file: Path,
    schemas: tuple[str, ...],
    names: tuple[str, ...],
    only: dict[str, tuple[str, ...]],
) -> list[Table]:
    """The tables and views that were asked for, each once, by schema and name.

    Args:
        connection: of the published file.
        file: its path, for messages.
        schemas: whole schemas; `kpi` if neither they nor names are given.
        names: single relations, with or without their schema.
        only: values of columns; a relation that has such a column is cut to its rows.

    Raises:
        UserError: a name is not there, or in several schemas; no row has a chosen value.
    """
    known = _relations(connection)
    if not any(schema == "kpi" for schema, _ in known):
        raise UserError(f"{file} has no KPI tables: it is no published KPI file.")
    wanted = set(schemas or (() if names else ("kpi",)))
    keys = {key for key in known if key[0] in wanted}
    keys |= {_key(name, list(known), file) for name in names}
    tables = [_table(connection, key, known[key], only) for key in sorted(keys)]
    if only and not any(table.rows for table in tables):
        values = ", ".join(value for values in only.values() for value in values)
        raise UserError(f"No row of the chosen tables is of {values}: nothing was written.")
    return tables


def _relations(
    connection: duckdb.DuckDBPyConnection,
) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """Columns, with their types, by schema and name of each table and view."""
    found = connection.execute(
        """
        select schema_name, table_name, column_name, data_type
        from duckdb_columns()
        where database_name = current_database() and list_contains(?, schema_name)
        order by schema_name, table_name, column_index
        """,
        [list(SCHEMAS)],
    ).fetchall()
    relations: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for schema, name, column, kind in found:
        relations.setdefault((schema, name), []).append((column, kind))
    return relations


def _key(name: str, known: list[tuple[str, str]], file: Path) -> tuple[str, str]:
    """The relation that a user means."""
    schema, _, bare = name.rpartition(".")
    matches = [key for key in known if key[1] == bare and schema in ("", key[0])]
    if len(matches) == 1:
        return matches[0]
    if matches:
        choices = " or ".join(".".join(key) for key in matches)
        raise UserError(f"--table {name} stands in several schemas: write {choices}.")
    near = difflib.get_close_matches(bare, [key[1] for key in known], n=1)
    hint = f" Do you mean {near[0]}?" if near else " `--schema kpi` exports all of that schema."
    raise UserError(f"{file} has no table {name} in {', '.join(SCHEMAS)}.{hint}")


def _table(
    connection: duckdb.DuckDBPyConnection,
    key: tuple[str, str],
    columns: list[tuple[str, str]],
    only: dict[str, tuple[str, ...]],
) -> Table:
    names = {name for name, _ in columns}
    conditions = [
        f"{quoted(column)} in ({', '.join(map(text, values))})"
        for column, values in only.items()
        if values and column in names
    ]
    uncounted = Table(*key, tuple(columns), " and ".join(conditions) or "true", 0)
    (rows,) = connection.execute(uncounted.select("count(*)")).fetchone()
    return Table(*key, uncounted.columns, uncounted.where, rows)
