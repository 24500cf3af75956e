"""The rows behind a cell of a KPI table, found with the SQL that the table was made with.

`trust.kpi_queries` holds that SQL. Two comments in it (macro kpi_rollup) frame the step that makes
cells of rows, and name the relations whose rows those are. In its place come the rows of one cell,
each as a cell of its own: what follows in the SQL then works out what each row brings to each
column, by the same rules.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import date

import duckdb

from commerce_kpis.console import UserError
from commerce_kpis.sql import quoted, text

CELLS = re.compile(r"/\* cells of (?P<inputs>\[.*?\]) \*/.*?/\* end of cells \*/", re.DOTALL)
SILENT = re.compile(r"'[^']*'|\"[^\"]*\"|--[^\n]*|/\*.*?\*/", re.DOTALL)
# Shares of a row are not rounded before they are added up.
ROUNDED = re.compile(r"decimal\(18, [148]\)")
SHARES = "decimal(38, 12)"
# Flags of facts that decide whether a row counts.
FLAGS = ("is_eligible", "is_valid_order", "is_in_valid_order", "is_valid_conversion")
# Room for the rows of one relation in the numbers of all.
ROWS = 10**10


@dataclass(frozen=True)
class Cell:
    """One row of a KPI table."""

    kpi: str
    period_grain: str
    period_start: date
    dimension: str = "total"
    dimension_value: str = "all"

    def __str__(self) -> str:
        where = "" if self.dimension == "total" else f" {self.dimension}={self.dimension_value}"
        return f"{self.kpi} {self.period_grain} {self.period_start}{where}"


@dataclass(frozen=True)
class Period:
    """A row of dim_periods; `end` is the first day after it."""

    grain: str
    index: int
    start: date
    end: date


@dataclass(frozen=True)
class Relation:
    """A step of a KPI's SQL whose rows are summed into cells.

    `measures` maps a dimension (`total` too) to what the rows bring to its cells; `*` stands for
    all dimensions. `members` is the step with the sets of members that the rows name, if they do.
    """

    name: str
    kind: str
    is_by_member: bool
    members: str | None
    measures: dict[str, tuple[str, ...]]

    @property
    def rows(self) -> str:
        """SQL: the rows, one for each member where they belong to a set of them."""
        if not self.members:
            return f"select * from {self.name}"
        return f"""
            select rows_of_sets.* exclude (member_set), members.dimension, members.dimension_value
            from {self.name} as rows_of_sets
            inner join (
                unpivot (
                    select member_set, cast(columns(* exclude (member_set)) as varchar)
                    from {self.members}
                ) on columns(* exclude (member_set)) into name dimension value dimension_value
            ) as members on rows_of_sets.member_set = members.member_set
        """

    def measures_of(self, dimension: str) -> tuple[str, ...]:
        return self.measures.get(dimension) or self.measures.get("*") or ()

    def condition(self, dimension: str) -> str:
        """SQL: whether a row of `behind` belongs to one of `cells` of a dimension."""
        if self.kind == "events":
            period = "behind.event_date >= cells.period_start"
            period += " and behind.event_date < cells.period_end"
        else:
            period = "behind.period_grain = cells.period_grain"
            period += " and cells.period_index between behind.from_index and behind.to_index"
        if self.is_by_member:
            member = "behind.dimension = cells.dimension"
            return f"{period} and {member} and behind.dimension_value = cells.dimension_value"
        if dimension == "total":
            return period
        member = f"cast(behind.{quoted(dimension)} as varchar)"
        return f"{period} and {member} = cells.dimension_value"


@dataclass(frozen=True)
class KpiQuery:
    """The SQL of a KPI table over the tables of an attached database, cut at its cells."""

    before: str
    after: str
    relations: tuple[Relation, ...]
    catalog: str

    def select(self, query: str) -> str:
        """A query that may read every step before the cells."""
        opened: list[str] = []
        silent = SILENT.sub(lambda found: " " * len(found[0]), self.before)
        for bracket in re.finditer(r"(?:(\w+)\s+as\s*)?(\()|\)", silent):
            if bracket[2]:
                opened.append(bracket[1])
            else:
                opened.pop()
        closed = "".join(f") select * from {name}" for name in reversed(opened))
        return f"{self.before} {query} {closed}"

    def turned(self, flag: str) -> KpiQuery | None:
        """The same with the rows that the flag of a fact leaves out, and without those that it
        lets in; None if the flag decides nothing here."""
        read = re.compile(rf"(?<![\w.])((?:\w+\.)?{flag})\b(?!\s*(?:,|as\b|from\b))")
        before, count = read.subn(r"(not \1)", self.before)
        return replace(self, before=before) if count else None

    @property
    def measures(self) -> list[str]:
        """Every measure of the KPI, in no particular order."""
        found: dict[str, None] = {}
        for relation in self.relations:
            for names in relation.measures.values():
                found.update(dict.fromkeys(names))
        return list(found)


def kpi_query(connection: duckdb.DuckDBPyConnection, catalog: str, kpi: str) -> KpiQuery | None:
    """The SQL of a KPI table of an attached build or published file; None if it has none.

    Raises:
        UserError: another engine made the table, whose SQL this one does not read.
    """
    row = connection.execute(
        f"select sql, database_name from {quoted(catalog)}.trust.kpi_queries where kpi = ?", [kpi]
    ).fetchone()
    if row is None:
        return None
    if row[1] is None:
        raise UserError(
            "The rows behind a number can't be shown: the file was built with Spark, whose SQL "
            "DuckDB does not read. Build with the target dev or lake for that. See docs/spark.md."
        )
    here = f"{quoted(catalog)}."
    sql = re.sub(rf'(?<![\w".])"?{re.escape(row[1])}"?\.(?=["\w])', here, row[0])
    cells = CELLS.search(sql)
    after = ROUNDED.sub(SHARES, sql[cells.end() :])
    return KpiQuery(sql[: cells.start()], after, _relations(cells["inputs"]), catalog)


def _relations(inputs: str) -> tuple[Relation, ...]:
    """The relations of the inputs of a rollup, once each."""
    found: dict[str, Relation] = {}
    for described in json.loads(inputs):
        relation = found.setdefault(
            described["relation"],
            Relation(
                described["relation"],
                described["kind"],
                described["is_by_member"] or bool(described.get("members")),
                described.get("members"),
                measures={},
            ),
        )
        names = [*(["total"] if described["has_total"] else []), *described["dimensions"]]
        for name in ["*"] if described["is_by_member"] else names:
            known = relation.measures.get(name, ())
            relation.measures[name] = known + tuple(described["measures"])
    return tuple(found.values())


def find_period(
    connection: duckdb.DuckDBPyConnection, catalog: str, grain: str, start: date
) -> Period | None:
    """A period of the spine; None if it does not reach there."""
    row = connection.execute(
        f"select period_index, period_end from {quoted(catalog)}.core.dim_periods "
        "where period_grain = ? and period_start = ?",
        [grain, start],
    ).fetchone()
    return Period(grain, row[0], start, row[1]) if row else None


def make_evidence(
    connection: duckdb.DuckDBPyConnection, query: KpiQuery, cell: Cell, period: Period
) -> list[Relation]:
    """Make temporary tables of the rows behind a cell; the relations that have any.

    `evidence_<relation>`: its rows in the cell, with `row_id`. `evidence`: `row_id` and the columns
    of the KPI table with what the row brings to each; what is no sum of rows (a median, a rate)
    means nothing there.
    """
    asked = []
    for number, relation in enumerate(query.relations):
        if not relation.measures_of(cell.dimension):
            continue
        table = quoted(f"evidence_{relation.name}")
        rows = query.select(
            f"select {number * ROWS} + row_number() over () as row_id, behind.* "
            f"from ({relation.rows}) as behind inner join ({_cell_sql(cell, period)}) as cells "
            f"on {relation.condition(cell.dimension)}"
        )
        # A step around this one may cut columns of its own: none is needed here.
        connection.execute(f"create or replace temp table {table} as {rows}")
        if connection.execute(f"select count(*) from {table}").fetchone()[0]:
            asked.append(relation)
    connection.execute(
        f"""
        create or replace temp table evidence as
        -- A step that reads the cells twice meets each row more than once.
        select distinct on (row_id) *
        from (
            select epoch_us(as_of) as row_id, * exclude (as_of)
            from ({query.before}{_rows_as_cells(query, asked, cell, period)}{query.after})
        )
        """
    )
    return asked


def _cell_sql(cell: Cell, period: Period) -> str:
    """A cell as one row."""
    return f"""
        select
            {text(period.grain)} as period_grain,
            {period.index} as period_index,
            date {text(period.start)} as period_start,
            date {text(period.end)} as period_end,
            {text(cell.dimension)} as dimension,
            {text(cell.dimension_value)} as dimension_value
    """


def _rows_as_cells(query: KpiQuery, asked: list[Relation], cell: Cell, period: Period) -> str:
    """The rows of a cell, each as a cell of its own; the moment `as_of` holds its number."""
    named: set[str] = set()
    selects = []
    for relation in asked:
        measures = relation.measures_of(cell.dimension)
        named.update(measures)
        table = f"temp.main.{quoted(f'evidence_{relation.name}')}"
        selects.append(f"select row_id, {', '.join(measures)} from {table}")
    columns = [
        f"coalesce({name}, 0) as {name}" if name in named else f"0 as {name}"
        for name in query.measures
    ]
    rows = " union all by name ".join(selects) or "select 0 as row_id where false"
    return f"""
        select
            cells.* exclude (period_index),
            {", ".join(columns)},
            true as is_complete_period,
            make_timestamp(row_id) as as_of
        from ({rows}) as rows_of_the_cell
        cross join ({_cell_sql(cell, period)}) as cells
    """
