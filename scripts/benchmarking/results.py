"""What a benchmark found: the measured runs, their ratios, and the bars they are held to."""

from __future__ import annotations

import statistics
from dataclasses import asdict, dataclass, field

from benchmarking.bi_query import Waits
from benchmarking.dbt_figures import Figures
from benchmarking.measure import Run

FLOOR, BUILD, TESTED, PARSE = "floor", "build", "build and tests", "parse"
NEXT_DAY, WHOLE = "next day", "made whole"


@dataclass
class Measured:
    """A command over its rounds. Its figures are those of the round with the median wall time."""

    name: str
    runs: list[Run] = field(default_factory=list)
    figures: Figures | None = None
    file_bytes: int = 0

    @property
    def is_good(self) -> bool:
        """Whether every round ended as it should; a run that did not has no speed."""
        is_passed = self.figures is None or self.figures.is_good
        return bool(self.runs) and all(run.is_good for run in self.runs) and is_passed

    @property
    def median(self) -> Run:
        """The round with the median wall time (of an even number, the lower of the two)."""
        return sorted(self.runs, key=lambda run: run.wall_seconds)[(len(self.runs) - 1) // 2]

    @property
    def seconds(self) -> float | None:
        """Median wall seconds, if it is good."""
        return statistics.median(run.wall_seconds for run in self.runs) if self.is_good else None


@dataclass
class Bar:
    """What a figure may be at most, and what it is; None if it could not be measured."""

    name: str
    figure: float | None
    at_most: float
    unit: str

    @property
    def is_met(self) -> bool | None:
        """Whether it is; None if nobody knows."""
        return None if self.figure is None else self.figure <= self.at_most


@dataclass
class Benchmark:
    """All that one command of scripts/benchmark found."""

    scale: float | None
    settings: dict
    machine: dict
    measured: dict[str, Measured] = field(default_factory=dict)
    load_before: float = 0.0
    overhead_ms: float | None = None
    waits: Waits | None = None
    agreement: str | None = None
    is_agreed: bool | None = None
    problems: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """Whether all that was run ended as it should."""
        return not self.problems and all(one.is_good for one in self.measured.values())

    def ratio(self, above: str, below: str) -> float | None:
        """Wall time of one run over that of another."""
        first, second = self.seconds(above), self.seconds(below)
        return None if first is None or not second else first / second

    def cpu_ratio(self, above: str, below: str) -> float | None:
        """CPU time of one run over that of another, which others on the machine hardly move."""
        if self.ratio(above, below) is None:
            return None
        return self.measured[above].median.cpu_seconds / self.measured[below].median.cpu_seconds

    def seconds(self, name: str) -> float | None:
        """Median wall seconds of a run; None if it was not made or failed."""
        return self.measured[name].seconds if name in self.measured else None

    def bars(self, earlier: list[dict]) -> list[Bar]:
        """The bars, with what was measured; `earlier` are lines of the history.

        A part of the project is held to none.
        """
        if self.settings["select"]:
            return []
        bars = [
            Bar("build over the floor", self.ratio(BUILD, FLOOR), 1.4, "x"),
            Bar("build and tests over the floor", self.ratio(TESTED, FLOOR), 1.75, "x"),
        ]
        if NEXT_DAY in self.measured:
            bars.append(Bar("one more day, of a build", self._share_of_next_day(), 0.03, "share"))
        if tenth := self._tenth(earlier):
            build = self.seconds(BUILD)
            bars.append(
                Bar("build over a tenth's, ten times", build and build / tenth / 10, 1.3, "x")
            )
        bars.append(Bar("overhead of a node", self.overhead_ms, 25, "ms"))
        waits = self.waits
        bars.append(Bar("KPI by month and channel, p95", waits and waits.p95_ms, 5, "ms"))
        bars.append(
            Bar("the same, of the time from facts", waits and 1 / waits.ratio, 0.05, "share")
        )
        return bars

    def _share_of_next_day(self) -> float | None:
        """The next day's build over a whole one, both without reading the project."""
        day, whole, parse = map(self.seconds, (NEXT_DAY, BUILD, PARSE))
        if None in (day, whole, parse):
            return None
        return (day - parse) / (whole - parse)

    def _tenth(self, earlier: list[dict]) -> float | None:
        """Seconds of the last build of a tenth of the data with the same settings."""
        if self.scale is None:
            return None
        found = [
            line["seconds"].get(BUILD)
            for line in earlier
            if line["settings"] == self.settings
            and line["machine"] == self.machine
            and line["scale"] is not None
            and abs(line["scale"] * 10 - self.scale) < 1e-9
        ]
        return next((seconds for seconds in reversed(found) if seconds), None)

    def as_dict(self, earlier: list[dict]) -> dict:
        """Everything, for JSON."""
        return {
            "scale": self.scale,
            "settings": self.settings,
            "machine": self.machine,
            "load_before": self.load_before,
            "is_good": self.is_good,
            "problems": self.problems,
            "seconds": {name: self.seconds(name) for name in self.measured},
            "runs": {
                name: asdict(one) | {"is_good": one.is_good} for name, one in self.measured.items()
            },
            "cpu_ratios": {name: self.cpu_ratio(name, FLOOR) for name in (BUILD, TESTED)},
            "overhead_ms_per_node": self.overhead_ms,
            "bi_query": self.waits and asdict(self.waits) | {"ratio": self.waits.ratio},
            "floor_agrees": self.is_agreed,
            "bars": [asdict(bar) | {"is_met": bar.is_met} for bar in self.bars(earlier)],
        }
