"""scripts/benchmark: its figures are of real runs, and a run that failed is never fast."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from benchmarking.bi_query import Waits, measure_waits
from benchmarking.dbt_figures import Figures
from benchmarking.measure import Run, run_measured
from benchmarking.report import print_report
from benchmarking.results import BUILD, FLOOR, NEXT_DAY, PARSE, TESTED, Benchmark, Measured
from commerce_kpis.console import make_console
from conftest import PROJECT, module_environment

SELECTED = "+base_contract__surveys"
MEGABYTE = 1024 * 1024
HUNGRY = """
import pathlib, subprocess, sys, time
held = bytearray(200 * 1024 * 1024)
spilled = pathlib.Path(sys.argv[1]) / "spilled"
spilled.write_bytes(bytes(5 * 1024 * 1024))
busy = "import time\\nwhile time.process_time() < 1: pass"
subprocess.run([sys.executable, "-c", busy])
spilled.unlink()
print("the last line")
sys.exit(3)
"""


def run_benchmark(data: Path, out: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Benchmark one raw table into a folder, without the floor."""
    return subprocess.run(
        [
            *(sys.executable, "-m", "benchmarking.benchmark", "--data", str(data)),
            *("--select", SELECTED, "--out", str(out)),
            *("--history", str(out.parent / "history.jsonl"), *arguments),
        ],
        env=module_environment(PROJECT),
        capture_output=True,
        text=True,
        timeout=1800,
        check=False,
    )


def read_json(out: Path) -> dict:
    return json.loads((out / "benchmark.json").read_text(encoding="utf-8"))


def read_history(out: Path) -> list[dict]:
    lines = (out.parent / "history.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def texts_of_picture(out: Path) -> list[str]:
    picture = ET.parse(out / "benchmark.svg").getroot()
    return [text.text for text in picture.iter("{http://www.w3.org/2000/svg}text")]


def made_up(seconds: dict[str, float], scale: float = 10) -> Benchmark:
    """A benchmark whose runs took these seconds."""
    benchmark = Benchmark(scale, {"threads": 2, "memory_limit": None, "select": None}, {})
    for name, wall in seconds.items():
        run = Run(name, 0, wall, wall, 0, 0, "")
        benchmark.measured[name] = Measured(name, [run])
    return benchmark


@pytest.mark.thorough
def test_a_benchmark_measures_and_remembers(demo_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = run_benchmark(demo_folder, out, "--memory-limit", "1GB", "--threads", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    found = read_json(out)
    assert found["is_good"] is True
    assert found["settings"] == {"threads": 1, "memory_limit": "1GB", "select": SELECTED}
    assert {*found["seconds"]} == {BUILD, TESTED, PARSE}
    for name, nodes in {BUILD: 2, TESTED: 3}.items():
        measured = found["runs"][name]
        assert measured["figures"]["nodes"] == measured["figures"]["passed"] == nodes
        assert {"landing", "staging"} <= {*measured["figures"]["rooms"]}
        assert measured["runs"][0]["peak_bytes"] > 50 * MEGABYTE
        assert measured["runs"][0]["cpu_seconds"] > 0
        assert measured["file_bytes"] > 0
    assert "tests" in found["runs"][TESTED]["figures"]["rooms"]
    assert found["overhead_ms_per_node"] > 0
    assert found["load_before"] >= 0
    # One table is no build.
    assert found["bars"] == []
    texts = texts_of_picture(out)
    assert {BUILD, TESTED, PARSE, f"{found['seconds'][BUILD]:,.1f} s"} <= {*texts}
    assert "failed" not in texts
    (line,) = read_history(out)
    assert line["seconds"] == found["seconds"]
    assert line["settings"] == found["settings"]
    profile = (out / "build" / "profiles.yml").read_text(encoding="utf-8")
    assert "memory_limit: 1GB" in profile


@pytest.mark.thorough
def test_a_build_that_fails_has_no_speed(demo_folder: Path, tmp_path: Path) -> None:
    data, out = tmp_path / "data", tmp_path / "out"
    shutil.copytree(demo_folder, data)
    (data / "surveys" / "0000.parquet").write_bytes(b"no Parquet file")
    done = run_benchmark(data, out, "--without-tests", "--no-overhead")
    assert done.returncode == 1
    found = read_json(out)
    assert found["is_good"] is False
    assert found["seconds"][BUILD] is None
    assert found["runs"][BUILD]["runs"][0]["return_code"] != 0
    (problem,) = found["problems"]
    assert problem.startswith("build: exit code 2, 0 of 0 nodes passed")
    assert "surveys" in problem
    row = next(line for line in done.stdout.splitlines() if "0 of 0" in line)
    assert row.split()[:6] == ["build", "FAILED", "0", "of", "0", "-"]
    assert "failed" in texts_of_picture(out)
    assert [line["seconds"][BUILD] for line in read_history(out)] == [None]


def test_the_kernel_measures_a_command_and_its_children(tmp_path: Path) -> None:
    temp = tmp_path / "temp"
    command = [sys.executable, "-c", HUNGRY, str(temp)]
    run = run_measured("hungry", command, tmp_path, temp, tmp_path / "log")
    assert run.return_code == 3
    assert not run.is_good
    assert run.peak_bytes > 200 * MEGABYTE
    assert run.cpu_seconds > 1
    assert run.spilled_bytes == 5 * MEGABYTE
    assert run.last_lines == "the last line"


def test_a_killed_command_is_not_good(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"]
    run = run_measured("killed", command, tmp_path, tmp_path / "temp", tmp_path / "log")
    assert run.return_code == -9
    assert not run.is_good


def test_bars_are_held_to_ratios(tmp_path: Path) -> None:
    benchmark = made_up({FLOOR: 100, BUILD: 140, TESTED: 176, NEXT_DAY: 8, PARSE: 4})
    benchmark.overhead_ms = 25.1
    benchmark.waits = Waits(600, median_ms=4, p95_ms=5.5, from_facts_ms=100, is_equal=True)
    same = {"settings": benchmark.settings, "machine": {}}
    earlier = [
        {"scale": 1, "seconds": {BUILD: 10}, **same},
        {"scale": 1, "seconds": {BUILD: None}, **same},
        {"scale": 1, "seconds": {BUILD: 5}, **same, "machine": {"processors": 64}},
        {"scale": 2, "seconds": {BUILD: 5}, **same},
    ]
    bars = {bar.name: (bar.figure, bar.is_met) for bar in benchmark.bars(earlier)}
    assert bars == {
        "build over the floor": (1.4, True),
        "build and tests over the floor": (1.76, False),
        "one more day, of a build": (4 / 136, True),
        "build over a tenth's, ten times": (1.4, False),
        "overhead of a node": (25.1, False),
        "KPI by month and channel, p95": (5.5, False),
        "the same, of the time from facts": (0.04, True),
    }


@pytest.mark.parametrize(
    ("return_code", "figures"),
    [
        (1, Figures(nodes=3, passed=3)),
        (0, Figures(nodes=3, passed=2, failed=1)),
        (0, Figures(nodes=3, passed=2, skipped=1)),
        (0, Figures()),
    ],
)
def test_a_run_that_failed_meets_no_bar(return_code: int, figures: Figures) -> None:
    benchmark = made_up({FLOOR: 100, BUILD: 1})
    assert benchmark.bars([])[0].is_met is True
    benchmark.measured[BUILD].runs[0].return_code = return_code
    benchmark.measured[BUILD].figures = figures
    assert benchmark.bars([])[0].is_met is None
    assert not benchmark.is_good


def test_one_bad_round_spoils_them_all() -> None:
    benchmark = made_up({FLOOR: 100, BUILD: 120})
    rounds = benchmark.measured[BUILD].runs
    rounds += [Run(BUILD, 0, 100, 1, 0, 0, ""), Run(BUILD, 0, 180, 1, 0, 0, "")]
    assert benchmark.seconds(BUILD) == 120
    assert benchmark.cpu_ratio(BUILD, FLOOR) == 1.2
    rounds.append(Run(BUILD, 1, 2, 1, 0, 0, ""))
    assert benchmark.seconds(BUILD) is None
    assert benchmark.cpu_ratio(BUILD, FLOOR) is None


def test_a_busy_machine_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    benchmark = made_up({FLOOR: 100, BUILD: 120})
    benchmark.machine = {"processors": 2}
    for load, is_said in {1.0: False, 1.1: True}.items():
        benchmark.load_before = load
        print_report(benchmark, [], make_console())
        assert ("The machine was busy" in capsys.readouterr().out) is is_said


def test_what_bi_reads_is_what_the_facts_say(published_file: Path, built_file: Path) -> None:
    waits = measure_waits(published_file, built_file, rounds=3)
    assert waits.queries == 18
    assert waits.is_equal
    assert 0 < waits.median_ms <= waits.p95_ms
    assert waits.ratio == waits.from_facts_ms / waits.median_ms


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Say how much data: --scale 1, or --data with a folder of raw tables."),
        (["--data", "no such folder"], "There is no folder {cwd}/no such folder: name the one"),
        (["--data", ".", "--history", "notes.txt"], "{cwd}/notes.txt is no history of benchmarks"),
    ],
)
def test_a_wrong_argument_is_named(arguments: list[str], message: str, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("a note\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "benchmarking.benchmark", *arguments, "--out", "out"],
        cwd=tmp_path,
        env=module_environment(PROJECT),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Error: " + message.format(cwd=tmp_path))
    assert len(done.stderr.strip().splitlines()) == 1
