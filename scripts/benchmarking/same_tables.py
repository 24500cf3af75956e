"""Whether two build files of the same raw tables hold the same rows."""

from __future__ import annotations

from pathlib import Path

import duckdb

# What a build says of itself, and what incremental models remember.
OF_THE_BUILD = ("build_info", "build_models", "kpi_queries")
OF_INCREMENTS = "state"
FLOATS = ("FLOAT", "DOUBLE")


def different_tables(one: Path, other: Path) -> list[str]:
    """A line for each table of which the files hold different rows.

    Floats may differ in their last digits: sums of them depend on the order of the rows.
    """
    with duckdb.connect() as connection:
        connection.execute(f"attach '{one}' as one (read_only)")
        connection.execute(f"attach '{other}' as other (read_only)")
        tables = _tables(connection, "one")
        found = [
            f"{table} is only in {one if table in tables else other}"
            for table in sorted(tables.keys() ^ _tables(connection, "other").keys())
        ]
        for table, columns in sorted(tables.items()):
            rows = _different_rows(connection, table, columns)
            if rows:
                found.append(f"{table}: {rows:,} rows are not in both")
    return found


def _tables(connection: duckdb.DuckDBPyConnection, file: str) -> dict[str, list[tuple[str, str]]]:
    """The columns of each table, with their types."""
    tables = {}
    for schema, table, column, kind in connection.execute(
        "select schema_name, table_name, column_name, data_type from duckdb_columns()"
        " where database_name = ? order by column_index",
        [file],
    ).fetchall():
        if schema != OF_INCREMENTS and table not in OF_THE_BUILD:
            tables.setdefault(f"{schema}.{table}", []).append((column, kind))
    views = connection.execute(
        "select schema_name || '.' || view_name from duckdb_views() where database_name = ?", [file]
    ).fetchall()
    return {table: columns for table, columns in tables.items() if (table,) not in views}


def _different_rows(
    connection: duckdb.DuckDBPyConnection, table: str, columns: list[tuple[str, str]]
) -> int:
    names = ", ".join(f'"{column}"' for column, _ in columns if column != "build_id")
    rounded = ", ".join(
        f"printf('%.6e', \"{column}\")" if kind in FLOATS else f'"{column}"'
        for column, kind in columns
        if column != "build_id"
    )
    rows = 0
    for side, against in (("one", "other"), ("other", "one")):
        connection.execute(
            f"create or replace temp table only_in_{side} as select {names} from {side}.{table}"
            f" except all select {names} from {against}.{table}"
        )
    for side, against in (("one", "other"), ("other", "one")):
        rows += connection.execute(
            f"select count(*) from (select {rounded} from only_in_{side}"
            f" except all select {rounded} from only_in_{against})"
        ).fetchone()[0]
    return rows
