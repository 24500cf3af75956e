"""Further days: a file for each table that gets something, in the folders of the history."""

from __future__ import annotations

from pathlib import Path

import duckdb

from .births import prepare_births
from .browsing import add_browsing
from .copies import Copies, copied_rows, make_all_copies
from .day_changes import prepare_changes
from .day_clock import Day
from .day_tables import delivered_columns, make_day_table
from .demo_tables import load_demo
from .parts import Part, Written, write_parts
from .prepare import prepare, prepare_addresses
from .reference import reference_rows
from .roles import ACCOUNT, REFERENCE, Contract
from .size import Size

# One journey of 200 happened 1 to 30 days before its day.
LATE = """
    case
        when journey is not null and (hash(journey) % 200 + position) % 200 = 0
            then 86400 * cast(1 + hash('late ' || journey) % 30 as integer)
    end
"""


class Days:
    """Writes days into a folder that holds the history of that size and seed."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, out: Path, size: Size, seed: int):
        """Load the demo company."""
        self.connection = connection
        self.contract = Contract.read()
        self.out = out
        self.size = size
        load_demo(connection, seed)
        prepare_addresses(connection)
        prepare_births(connection, self.contract)
        prepare_changes(connection)
        add_browsing(connection, self.contract)
        self.copies = make_all_copies(connection, size, seed)
        connection.execute("create schema day")

    def write(self, day: Day) -> Written:
        """Write the files of a day."""
        parts = (self._part(day, table) for table in self.contract.tables)
        return write_parts(self.connection, [part for part in parts if part is not None])

    def _part(self, day: Day, table: str) -> Part | None:
        """The file of a table; None if the day has nothing for it."""
        sources = [(f"demo.{table}", f"day.{table}", self._copies_of(table))]
        if table == "web_events":
            sources.append(("demo.browsing", "day.browsing", self.copies["browsing"]))
        queries, rows = [], 0
        for relation, target, copies in sources:
            found = make_day_table(
                self.connection, self.contract, table, day, self.size, relation, target
            )
            if found and copies.count:
                queries.append(self._query(day, table, target, copies))
                rows += found * copies.count
        path = self.out / table / f"day-{day.number:04}.parquet"
        return Part(path, " union all ".join(queries), rows) if queries else None

    def _copies_of(self, table: str) -> Copies:
        """The copies of a table; a reference table has one."""
        if table in REFERENCE:
            return Copies("", 1)
        return self.copies["accounts" if table in ACCOUNT else "activity"]

    def _query(self, day: Day, table: str, target: str, copies: Copies) -> str:
        """The rows of a day's table in their copies."""
        names = delivered_columns(self.connection, table)
        if table in REFERENCE:
            return reference_rows(table, names, target, self.size)
        prepared = f"{target}_prepared"
        prepare(self.connection, self.contract, table, target, prepared)
        return copied_rows(
            self.contract,
            table,
            names,
            prepared,
            copies,
            where="position % copies_apart = first_copy",
            late=LATE,
        )
