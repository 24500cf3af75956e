"""Random businesses that were built right, to see whether a changed model changes a cell.

Only what the change reaches is built again, in a transaction that is rolled back.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from oracle.businesses.traits import NASTY, STARTS, Traits
from oracle.compare import built_cells, differences
from oracle.replay import Replay, Step
from oracle.shapes import SHAPES, Shape
from oracle.workshop import business_of, compiled

# Nobody buys anything then.
ALL_BUT = frozenset(NASTY) - {"all_cancelled"}
_shapes = {shape.name: shape for shape in SHAPES}
# Small, with everything nasty in them, one of each way to deliver; and one that lasts longer.
BUSINESSES: dict[str, tuple[Shape, Traits]] = {
    "everything": (
        _shapes["everything"],
        Traits(11, STARTS["leap_day"], 100, 6, 25, 20, 15, True, ALL_BUT),
    ),
    "berlin": (
        _shapes["berlin"],
        Traits(12, STARTS["clock_forward"], 100, 6, 25, 20, 15, False, ALL_BUT),
    ),
    "new_york": (
        _shapes["new_york"],
        Traits(13, STARTS["clock_back"], 100, 6, 25, 20, 15, True, ALL_BUT),
    ),
    "long": (
        _shapes["everything"],
        Traits(14, STARTS["plain"], 430, 12, 50, 20, 25, True, ALL_BUT),
    ),
}
ALL_VALUES = "kpi_values"
VALUES_OF_A_TABLE = re.compile(r"select \* from \(\n(.*?)\n\) as (kpi_\w+)_rows", re.DOTALL)
# A transaction of its own, and what is said of columns.
AROUND = re.compile(
    r"^\s*(?:begin transaction|commit);\s*$"
    r"|comment on (?:(?!\$dbt_comment)[\s\S])*(\$dbt_comment_literal_block\$)[\s\S]*?\1;",
    re.MULTILINE,
)


def build_right(name: str, folder: Path) -> Path:
    """The database of a business, as the project builds it.

    Args:
        name: which of BUSINESSES.
        folder: where compiled shapes are, and files go.
    """
    shape, traits = BUSINESSES[name]
    file = folder / "right" / f"{name}.duckdb"
    file.parent.mkdir(exist_ok=True)
    file.unlink(missing_ok=True)
    replay = _replay(name, folder, file)
    replay.build(business_of(traits, shape))
    replay.close()
    return file


def _replay(name: str, folder: Path, file: Path) -> Replay:
    shape, _ = BUSINESSES[name]
    files = folder / "files" / name
    files.parent.mkdir(exist_ok=True)
    replay = Replay(shape, compiled(shape, folder), files, str(file))
    # What is summed in the same order has the same last digit.
    replay.connection.execute("set threads = 1; set memory_limit = '2GB'")
    return replay


class RightBusiness:
    """A business that was built right, and what changes if models are others."""

    def __init__(self, name: str, folder: Path, file: Path, values_sql: str) -> None:
        """Read what is right.

        Args:
            name: which of BUSINESSES.
            folder: where compiled shapes are, and the raw files of this business.
            file: a copy of what `build_right` made, for this object alone.
            values_sql: the SQL that its shape makes of the model kpi_values.
        """
        self.setting, self.replay = BUSINESSES[name][0].name, _replay(name, folder, file)
        self.connection = self.replay.connection
        self.steps = [replace(step, sql=AROUND.sub("", step.sql)) for step in self.replay.steps]
        self.models = {step.model for step in self.steps}
        self.values_sql = values_sql
        tables = [step for step in self.steps if step.model != ALL_VALUES]
        self.rows = {step.model: self._hash(step) for step in tables}
        self.cells = {}
        for key, cell in built_cells(self.connection).items():
            self.cells.setdefault(f"kpi_{key.kpi}", {})[key] = cell

    def notices(self, changed: dict[str, tuple[str, str]]) -> bool:
        """Whether a cell of kpi_values is another, or something cannot be built.

        Args:
            changed: of each model with other SQL, its compiled SQL as it was and as it is.

        Raises:
            duckdb.Error: a model cannot be built.
        """
        self.connection.execute("begin")
        try:
            return self._differs(changed)
        finally:
            self.connection.execute("rollback")

    def _differs(self, changed: dict[str, tuple[str, str]]) -> bool:
        other: set[str] = set()
        values = _by_table(changed[ALL_VALUES][1] if ALL_VALUES in changed else self.values_sql)
        right_values = _by_table(self.values_sql)
        for step in self.steps:
            if step.model == ALL_VALUES:
                # Those of tables that are others were looked at when they were built.
                return any(
                    self._cells_differ(table, sql)
                    for table, sql in values.items()
                    if table not in other and sql != right_values[table]
                )
            if step.model in changed:
                before, after = changed[step.model]
                if before.strip() not in step.sql:
                    raise AssertionError(f"{step.model} is not what dbt ran.")
                self.replay.run(replace(step, sql=step.sql.replace(before.strip(), after.strip())))
            elif other.isdisjoint(step.inputs):
                continue
            else:
                self.replay.run(step)
            if self._hash(step) == self.rows[step.model]:
                continue
            other.add(step.model)
            if step.model in values and self._cells_differ(step.model, values[step.model]):
                return True
        return False

    def _hash(self, step: Step) -> tuple:
        """Rows of a table and their hash, in no order."""
        return self.connection.execute(
            f"select count(*), sum(hash(all_columns)) from {step.relation} as all_columns"
        ).fetchone()

    def _cells_differ(self, table: str, values_sql: str) -> bool:
        cells = built_cells(self.connection, relation=f"({values_sql}) as cells")
        return any(True for _ in differences(cells, self.cells.get(table, {})))


def _by_table(values_sql: str) -> dict[str, str]:
    """The part of kpi_values that reads each KPI table."""
    return {table: sql for sql, table in VALUES_OF_A_TABLE.findall(values_sql)}
