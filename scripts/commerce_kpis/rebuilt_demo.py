"""The demo company's build, and whether it notices a changed model."""

from __future__ import annotations

from pathlib import Path

import duckdb

from commerce_kpis.mutable_project import DEMO, MutableProject
from commerce_kpis.rebuilt import Changed, Rebuilt, Table, in_order

# As the golden test does.
ABSOLUTE, RELATIVE = 0.001, 1e-9
ALL_VALUES = "kpi_values"
SUMMED = ("BIGINT", "HUGEINT", "INTEGER", "DOUBLE", "DECIMAL")


class RebuiltDemo(Rebuilt):
    """Watches the golden totals (cells and sum of each number of each KPI table by dimension), and
    the data tests."""

    def __init__(self, project: MutableProject, file: Path) -> None:
        """Open a build file for this object alone: a copy of one with tables from `roll_up`."""
        connection = duckdb.connect(str(file))
        connection.execute("set timezone = 'UTC'; set temp_directory = ''")
        super().__init__(connection, _tables(project))
        self.totals = {model: self._totals(model) for model in project.kpi_models}
        read = {test: set(project.inputs_of_test(test)) for test in project.data_tests}
        self.tests = {
            test: sql
            for test, sql in project.data_tests.items()
            if read[test] <= self.models and not self._finds_fault(sql)
        }
        self.read = read

    def columns(self, sql: str) -> list[tuple[str, str]]:
        """Names and types of what a query makes."""
        return [row[:2] for row in self.connection.execute(f"describe ({sql})").fetchall()]

    def _is_noticed(self, table: Table, _: Changed) -> bool:
        before = self.totals.get(table.model)
        return before is not None and differ(before, self._totals(table.model))

    def _is_refused(self, other: set[str]) -> bool:
        return any(
            self._finds_fault(sql)
            for test, sql in self.tests.items()
            if not other.isdisjoint(self.read[test])
        )

    def _finds_fault(self, test_sql: str) -> bool:
        rows = self.connection.execute(f"select 1 from ({test_sql}) as faults limit 1").fetchall()
        return bool(rows)

    def _totals(self, model: str) -> list[tuple]:
        """The columns of a KPI table, then cells and sum of each number by dimension."""
        relation = next(table.relation for table in self.tables if table.model == model)
        columns = self.columns(f"from {relation}")
        numbers = [name for name, kind in columns if kind.startswith(SUMMED)]
        sums = ", ".join(f"count({name}), cast(sum({name}) as double)" for name in numbers)
        rows = self.connection.execute(
            "select dimension, count(*), count(distinct dimension_value), "
            "max(period_grain), sum(period_end - period_start), count(distinct period_start), "
            "count(*) filter (where is_mature), count(*) filter (where is_complete_period), "
            f"{sums} from {relation} group by dimension order by dimension"
        ).fetchall()
        return [*columns, *rows]


def roll_up(project: MutableProject, file: Path) -> None:
    """Make the tables of a build file again, in the grains of a mutable project."""
    with duckdb.connect(str(file)) as connection:
        connection.execute("set timezone = 'UTC'; set threads = 1; set enable_progress_bar = false")
        for table in in_order(_tables(project)):
            connection.execute(table.sql)


def _tables(project: MutableProject) -> list[Table]:
    """All models but those that read all KPIs at once. Those in Python stay as they are."""
    reads_values = {ALL_VALUES}
    while more := {
        model
        for model in project.nodes
        if model not in reads_values and not reads_values.isdisjoint(project.inputs(model))
    }:
        reads_values |= more
    return [
        _table(project, model)
        for model, setting in project.originals
        if setting == DEMO
        and model not in reads_values
        # Those say nothing of the demo company.
        and project.nodes[model].fqn[1] != "fixtures"
    ]


def _table(project: MutableProject, model: str) -> Table:
    node, sql = project.nodes[model], project.original(model).strip()
    kind = "view" if node.config.materialized == "view" else "table"
    making = f"create or replace {kind} {node.relation_name} as {sql}"
    return Table(model, node.relation_name, making, frozenset(project.inputs(model)))


def differ(before: list[tuple], after: list[tuple]) -> bool:
    """Whether two lists of rows are told apart."""
    if len(before) != len(after):
        return True
    return any(
        old != new and not _is_close(old, new)
        for old_row, new_row in zip(before, after, strict=True)
        for old, new in zip(old_row, new_row, strict=False)
    )


def _is_close(old: object, new: object) -> bool:
    if not (isinstance(old, float) and isinstance(new, float)):
        return False
    return abs(old - new) <= ABSOLUTE + RELATIVE * abs(old)
