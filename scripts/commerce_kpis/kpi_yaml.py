"""What the YAML beside the models says: KPI definitions, and what unit tests expect."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from commerce_kpis.project import PLANS, PROJECT

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
KPI_FOLDER = PROJECT / "models" / "marts" / "kpis"
FIXTURES = PROJECT / "tests" / "fixtures"
EMPTY = ("", None)


@dataclass(frozen=True)
class KpiModel:
    """A KPI table: its name, theme, text, `config.meta` and the texts of its columns."""

    name: str
    theme: str
    description: str
    meta: dict
    columns: dict[str, str]


@dataclass(frozen=True)
class UnitTest:
    """A unit test, with the rows it expects (column to value; an empty value is a null)."""

    name: str
    model: str
    rows: tuple[dict[str, object], ...]

    def expects(self, column: str) -> list[object]:
        """What the test expects of a column, row by row."""
        return [row[column] for row in self.rows if column in row]


@cache
def kpi_models() -> tuple[KpiModel, ...]:
    """The KPI tables, by name."""
    found = []
    for path in sorted(KPI_FOLDER.glob("*/kpi_*.yml"), key=lambda path: path.stem):
        if path.parent.name == PLANS:
            continue
        model = _read(path)["models"][0]
        columns = {column["name"]: column["description"] for column in model["columns"]}
        meta = model["config"]["meta"]
        found.append(KpiModel(model["name"], path.parent.name, model["description"], meta, columns))
    return tuple(found)


@cache
def unit_tests() -> tuple[UnitTest, ...]:
    """Every unit test below models/."""
    found = []
    for path in sorted((PROJECT / "models").rglob("*.yml")):
        for test in (_read(path) or {}).get("unit_tests", []):
            rows = tuple(_expected_rows(test["expect"]))
            found.append(UnitTest(test["name"], test["model"], rows))
    return tuple(found)


def _expected_rows(expect: dict) -> list[dict[str, object]]:
    if fixture := expect.get("fixture"):
        text = (FIXTURES / f"{fixture}.csv").read_text(encoding="utf-8")
        return list(csv.DictReader(io.StringIO(text)))
    rows = expect.get("rows") or []
    if expect.get("format") == "csv":
        return list(csv.DictReader(io.StringIO(rows)))
    return [] if isinstance(rows, str) else rows


def _read(path: Path) -> dict:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER)
