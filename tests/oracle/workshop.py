"""Random businesses of each shape, and their cells as the project builds them."""

from __future__ import annotations

import shutil
from pathlib import Path

from commerce_kpis.build_info import code_hash

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
    """The folder of a compiled shape, compiled if it is not there or of other code."""
    ours = folder / "compiled" / shape.name
    made_of, code = ours / "made_of", f"{code_hash()} {shape}"
    if not made_of.exists() or made_of.read_text(encoding="utf-8") != code:
        shutil.rmtree(ours, ignore_errors=True)
        compile_shape(shape, business_of(SMALL, shape), ours)
        made_of.write_text(code, encoding="utf-8")
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
