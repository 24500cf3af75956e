"""What a run says of itself: results, seconds by room, time inside the engine."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from commerce_kpis.dbt_run import GOOD, room_of

SLOWEST_SHOWN = 10


@dataclass
class Figures:
    """Of the nodes of a run. Seconds are of threads: two of them have two in a second.

    A hook is no node: if it fails, so does the run. The nodes of the floor are its statements.
    """

    nodes: int = 0
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    rooms: dict[str, float] = field(default_factory=dict)
    slowest: list[tuple[str, float]] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """Whether there were nodes, and all of them passed."""
        return self.passed == self.nodes > 0


def floor_figures(log: Path) -> Figures:
    """The figures of the floor, which writes a line of JSON for each statement."""
    lines = log.read_text(encoding="utf-8").splitlines()
    statements = [json.loads(line) for line in lines if line.startswith("{")]
    rooms: dict[str, float] = defaultdict(float)
    for statement in statements:
        rooms[statement["room"]] += statement["seconds"]
    return Figures(
        nodes=len(statements),
        passed=len(statements),
        rooms=_rounded(rooms),
        slowest=_slowest([(statement["name"], statement["seconds"]) for statement in statements]),
    )


def read_figures(target: Path) -> Figures:
    """The figures of the dbt run that wrote its artifacts to this folder; none if it wrote none."""
    results_file = target / "run_results.json"
    if not results_file.exists():
        return Figures()
    results = json.loads(results_file.read_text(encoding="utf-8"))["results"]
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    nodes = {**manifest["nodes"], **manifest["unit_tests"]}
    built = [result for result in results if not result["unique_id"].startswith("operation.")]
    statuses = Counter(result["status"] for result in built)
    rooms: dict[str, float] = defaultdict(float)
    for result in results:
        path = nodes.get(result["unique_id"], {}).get("original_file_path", "hooks/")
        rooms[_room(result["unique_id"], path)] += result["execution_time"]
    passed = sum(statuses[status] for status in GOOD)
    return Figures(
        nodes=len(built),
        passed=passed,
        failed=len(built) - passed - statuses["skipped"],
        skipped=statuses["skipped"],
        rooms=_rounded(rooms),
        slowest=_slowest(
            [(result["unique_id"].split(".")[2], result["execution_time"]) for result in results]
        ),
    )


def _rounded(rooms: dict[str, float]) -> dict[str, float]:
    return {room: round(seconds, 2) for room, seconds in rooms.items()}


def _slowest(nodes: list[tuple[str, float]]) -> list[tuple[str, float]]:
    nodes = sorted(nodes, key=lambda node: -node[1])[:SLOWEST_SHOWN]
    return [(name, round(seconds, 2)) for name, seconds in nodes]


def _room(unique_id: str, path: str) -> str:
    """The room of a node; a test is one wherever it stands."""
    kind = unique_id.split(".")[0]
    if kind in ("test", "unit_test"):
        return "tests"
    return "hooks" if kind == "operation" else room_of(path)


def engine_seconds(log: Path) -> float:
    """Seconds inside the engine: what dbt says each statement took, in its JSON debug log."""
    total = 0.0
    with log.open(encoding="utf-8") as lines:
        for line in lines:
            if '"SQLQueryStatus"' in line:
                total += json.loads(line)["data"]["elapsed"]
    return total


def python_seconds(target: Path) -> float:
    """Seconds of Python models, whose work is done in dbt's own process, by no statement."""
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    results = json.loads((target / "run_results.json").read_text(encoding="utf-8"))["results"]
    return sum(
        result["execution_time"]
        for result in results
        if manifest["nodes"].get(result["unique_id"], {}).get("language") == "python"
    )
