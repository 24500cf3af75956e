"""The demo company's build, and whether a changed model changes its golden totals."""

from __future__ import annotations

from pathlib import Path

import duckdb

from commerce_kpis.mutable_project import DEMO, MutableProject
from commerce_kpis.rebuilt import Changed, Rebuilt, Table

# As the golden test does.
ABSOLUTE, RELATIVE = 0.001, 1e-9
SUMMED = ("BIGINT", "HUGEINT", "INTEGER", "DOUBLE", "DECIMAL")


class RebuiltDemo(Rebuilt):
    """Watches cells and sum of each number of each KPI table by dimension."""

    def __init__(self, project: MutableProject, file: Path) -> None:
        """Open a build file for this object alone: a copy of one with tables from `roll_up`."""
        connection = duckdb.connect(str(file))
        connection.execute("set timezone = 'UTC'; set temp_directory = ''")
        super().__init__(connection, _tables(project))
        self.totals = {model: self._totals(model) for model in project.kpi_models}

    def columns(self, sql: str) -> list[tuple[str, str]]:
        """Names and types of what a query makes."""
        return [row[:2] for row in self.connection.execute(f"describe ({sql})").fetchall()]

    def _is_noticed(self, table: Table, _: Changed) -> bool:
        before = self.totals.get(table.model)
        return before is not None and differ(before, self._totals(table.model))

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
    """Make the KPI tables of a build file again, in the grains of a mutable project."""
    with duckdb.connect(str(file)) as connection:
        connection.execute("set timezone = 'UTC'; set threads = 1")
        for table in _tables(project):
            if table.model in project.kpi_models:
                connection.execute(table.sql)


def _tables(project: MutableProject) -> list[Table]:
    """What leads to the KPI tables. Models in Python stay as they are."""
    found: dict[str, Table] = {}

    def add(model: str) -> None:
        node = project.nodes[model]
        inputs = frozenset(name for name in project.inputs(model) if name in project.nodes)
        for name in inputs - found.keys():
            add(name)
        if (sql := project.originals.get((model, DEMO))) and model not in found:
            kind = "view" if node.config.materialized == "view" else "table"
            making = f"create or replace {kind} {node.relation_name} as {sql.strip()}"
            found[model] = Table(model, node.relation_name, making, inputs)

    for model in project.kpi_models:
        add(model)
    return list(found.values())


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
