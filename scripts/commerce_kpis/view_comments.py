"""What the views of schema `bi` and their columns mean, as comments, from the tables they read.

A view keeps no comments of the table below it, and a BI tool shows what stands at the view.
"""

from __future__ import annotations

import re

import duckdb

from commerce_kpis.project import VIEW_SCHEMA
from commerce_kpis.sql import quoted, text

# What a view of create_bi_views says in its SQL: its table, its grain and its dimension.
_SOURCE = re.compile(r'\bfrom\s+(?:"?\w+"?\.)?"?kpi"?\."?(\w+)"?', re.IGNORECASE)
_CELLS = {
    name: re.compile(rf"""\(?"?{name}"?\s*=\s*'([^']*)'""")
    for name in ("period_grain", "dimension")
}
_DISTINCT = "distinct_"
Comments = dict[str, dict[str | None, str]]


def comment_views(connection: duckdb.DuckDBPyConnection) -> int:
    """Comment every view over one KPI table that has no comment yet, and its columns.

    Args:
        connection: uses the database in which the views are.

    Returns:
        The number of comments.
    """
    tables = _comments_of_tables(connection)
    views = connection.execute(
        "select view_name, sql, comment from duckdb_views() "
        "where database_name = current_database() and schema_name = ? and not internal",
        [VIEW_SCHEMA],
    ).fetchall()
    columns = _columns_of_views(connection)
    statements = []
    for name, sql, comment in views:
        if comment or not (source := _SOURCE.search(sql)) or source[1] not in tables:
            continue
        grain, dimension = (found[1] if (found := it.search(sql)) else "" for it in _CELLS.values())
        view = f"{VIEW_SCHEMA}.{quoted(name)}"
        known = tables[source[1]]
        if meaning := known.get(None):
            rows = f"The rows of kpi.{source[1]} of grain {grain} and dimension {dimension}. "
            statements.append(f"comment on view {view} is {text(rows + meaning)}")
        for column in columns.get(name, []):
            if meaning := _meaning(column, dimension, known):
                target = f"{view}.{quoted(column)}"
                statements.append(f"comment on column {target} is {text(meaning)}")
    if statements:
        # In one transaction, since each would else be written to the disk by itself.
        connection.execute(f"begin transaction; {'; '.join(statements)}; commit")
    return len(statements)


def _meaning(column: str, dimension: str, known: dict[str | None, str]) -> str | None:
    """What a column of a view means: that of its table, under the name that it has there."""
    if column in known:
        return known[column]
    if column == dimension:
        return f"Member of the dimension {dimension}."
    part = known.get(column.removeprefix(_DISTINCT))
    return f"{part} Does not add up over the rows of this view." if part else None


def _comments_of_tables(connection: duckdb.DuckDBPyConnection) -> Comments:
    """Comments of KPI tables, and of their columns by name; that of the table itself under None."""
    found = connection.execute(
        """
        select table_name, column_name, comment from duckdb_columns()
        where database_name = current_database() and schema_name = 'kpi'
        union all
        select table_name, null, comment from duckdb_tables()
        where database_name = current_database() and schema_name = 'kpi'
        """
    ).fetchall()
    comments: Comments = {}
    for table, column, comment in found:
        if comment:
            comments.setdefault(table, {})[column] = comment
    return comments


def _columns_of_views(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    found = connection.execute(
        "select table_name, column_name from duckdb_columns() "
        "where database_name = current_database() and schema_name = ? and comment is null "
        "order by table_name, column_index",
        [VIEW_SCHEMA],
    ).fetchall()
    columns: dict[str, list[str]] = {}
    for view, column in found:
        columns.setdefault(view, []).append(column)
    return columns
