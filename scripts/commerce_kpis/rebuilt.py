"""A build that is right, to see whether a changed model changes what is watched.

Only what the change reaches is built again, in a transaction that is rolled back.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

# Stands for the id of the build, which is another each time that SQL is compiled.
ANY_BUILD = "any build"
# Of each model with other SQL: as it was and as it is compiled.
Changed = dict[str, tuple[str, str]]


@dataclass(frozen=True)
class Table:
    """What is built for one model."""

    model: str
    relation: str
    sql: str
    inputs: frozenset[str]


class Rebuilt:
    """Tables in a database that nobody else writes to. What is watched is said by subclasses."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, tables: list[Table]) -> None:
        self.connection = connection
        self.tables = in_order(tables)
        self.models = {table.model for table in tables}
        # What is summed in the same order has the same last digit.
        connection.execute(
            "set threads = 1; set memory_limit = '2GB'; set enable_progress_bar = false"
        )
        self.rows = {table.model: self._hash(table) for table in self.tables}

    def notices(self, changed: Changed) -> bool:
        """Whether what is watched is another, if models have other SQL.

        Raises:
            duckdb.Error: a model cannot be built.
        """
        self.connection.execute("begin")
        try:
            return self._differs(changed)
        finally:
            self.connection.execute("rollback")

    def _differs(self, changed: Changed) -> bool:
        other: set[str] = set()
        for table in self.tables:
            if table.model in changed:
                before, after = (sql.strip() for sql in changed[table.model])
                if before not in table.sql:
                    raise AssertionError(f"{table.model} is not what was built.")
                self._make(table, table.sql.replace(before, after))
            elif not other.isdisjoint(table.inputs):
                self._make(table, table.sql)
            else:
                continue
            if self._hash(table) != self.rows[table.model]:
                other.add(table.model)
                if self._is_noticed(table, changed):
                    return True
        return self._is_refused(other)

    def _make(self, table: Table, sql: str) -> None:
        self.connection.execute(sql)

    def _is_noticed(self, table: Table, changed: Changed) -> bool:
        """Whether the watched part of a table is another; its rows are."""
        raise NotImplementedError

    def _is_refused(self, other: set[str]) -> bool:
        """Whether a check of tables with other rows fails."""
        return False

    def _hash(self, table: Table) -> tuple:
        """Number of rows and their hash, in no order."""
        return self.connection.execute(
            f"select count(*), sum(hash(all_columns)) from {table.relation} as all_columns"
        ).fetchone()


def in_order(tables: list[Table]) -> list[Table]:
    """Inputs first, and KPI tables as early as their inputs let it, the shortest first."""
    named = {table.model: table for table in tables}
    found: dict[str, Table] = {}

    def visit(table: Table) -> None:
        if table.model not in found:
            for name in sorted(table.inputs & named.keys()):
                visit(named[name])
            found[table.model] = table

    for table in sorted(tables, key=lambda one: (not one.model.startswith("kpi_"), len(one.sql))):
        visit(table)
    return list(found.values())
