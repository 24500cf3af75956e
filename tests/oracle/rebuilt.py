"""Random businesses that were built right, to see whether a changed model changes a cell."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from commerce_kpis.rebuilt import Changed, Rebuilt, Table

from oracle.businesses.traits import NASTY, STARTS, Traits
from oracle.compare import built_cells, differences
from oracle.replay import Replay
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
    return Replay(shape, compiled(shape, folder), files, database=str(file))


class RebuiltBusiness(Rebuilt):
    """Watches every cell of kpi_values, as the independent calculation does."""

    def __init__(self, name: str, folder: Path, file: Path, values_sql: str) -> None:
        """Read what is right.

        Args:
            name: which of BUSINESSES.
            folder: where compiled shapes are, and the raw files of this business.
            file: a copy of what `build_right` made, for this object alone.
            values_sql: the SQL that its shape makes of the model kpi_values.
        """
        self.setting, self.replay = BUSINESSES[name][0].name, _replay(name, folder, file)
        self.steps = {step.model: step for step in self.replay.steps}
        self.values = _by_table(values_sql)
        super().__init__(
            self.replay.connection,
            [
                Table(step.model, step.relation, AROUND.sub("", step.sql), step.inputs)
                for step in self.replay.steps
                if step.model != ALL_VALUES
            ],
        )
        self.models.add(ALL_VALUES)
        self.cells = {table: {} for table in self.values}
        for key, cell in built_cells(self.connection).items():
            self.cells[f"kpi_{key.kpi}"][key] = cell

    def _differs(self, changed: Changed) -> bool:
        if super()._differs(changed):
            return True
        values = self._values(changed)
        return any(
            self._cells_differ(table, values[table])
            for table, sql in self.values.items()
            if sql != values[table]
        )

    def _make(self, table: Table, sql: str) -> None:
        self.replay.run(replace(self.steps[table.model], sql=sql))

    def _is_noticed(self, table: Table, changed: Changed) -> bool:
        values = self._values(changed)
        return table.model in values and self._cells_differ(table.model, values[table.model])

    def _values(self, changed: Changed) -> dict[str, str]:
        return _by_table(changed[ALL_VALUES][1]) if ALL_VALUES in changed else self.values

    def _cells_differ(self, table: str, values_sql: str) -> bool:
        cells = built_cells(self.connection, relation=f"({values_sql}) as cells")
        return any(True for _ in differences(cells, self.cells[table]))


def _by_table(values_sql: str) -> dict[str, str]:
    """The part of kpi_values that reads each KPI table."""
    return {table: sql for sql, table in VALUES_OF_A_TABLE.findall(values_sql)}
