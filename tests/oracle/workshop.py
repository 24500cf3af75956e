"""Random businesses of each shape, and their cells as the project builds them."""

from __future__ import annotations

from pathlib import Path

from oracle.businesses.random_business import random_tables
from oracle.businesses.traits import SMALL, Traits
from oracle.calculation.business import Business
from oracle.calculation.cell import Cell, CellKey
from oracle.compare import built_cells
from oracle.replay import Replay, compile_shape
from oracle.shapes import Shape, configuration


def business_of(traits: Traits, shape: Shape) -> Business:
    """The business that traits describe, as a shape delivers it."""
    columns, parameters = shape.columns, shape.parameters
    tables = random_tables(traits, str(parameters["reporting_timezone"]), columns)
    return Business(tables, columns, parameters, configuration())


def compiled(shape: Shape, folder: Path) -> Path:
    """The folder of a compiled shape, compiled if it is not there."""
    ours = folder / "compiled" / shape.name
    if not (ours / "target" / "run_results.json").exists():
        compile_shape(shape, business_of(SMALL, shape), ours)
    return ours


class Workshop:
    """The replays of one process. Each is opened when it is first needed."""

    def __init__(self, folder: Path, process: str) -> None:
        """Read shapes compiled below `folder`; `process` names the files of this process."""
        self.folder, self.process = folder, process
        self.replays: dict[str, Replay] = {}

    def cells(self, shape: Shape, business: Business) -> dict[CellKey, Cell]:
        """kpi_values of a business."""
        if shape.name not in self.replays:
            files = self.folder / "files" / self.process / shape.name
            self.replays[shape.name] = Replay(shape, compiled(shape, self.folder), files)
        return built_cells(self.replays[shape.name].build(business))
