"""scripts/test itself: what runs beside the build, and that no failure is lost on the way."""

from __future__ import annotations

from pathlib import Path

import pytest
from commerce_kpis import checks
from commerce_kpis.checks import STEPS, Step
from commerce_kpis.console import make_console
from conftest import LONGEST, run_module

# Says that it is there, and waits for the other.
MEET = """
import pathlib, sys, time
ours, other = map(pathlib.Path, sys.argv[1:])
ours.touch()
until = time.monotonic() + 60
while not other.exists():
    if time.monotonic() > until:
        sys.exit("nobody came")
    time.sleep(0.01)
"""


def run(folder: Path, *steps: Step) -> list[tuple[str, str]]:
    """Name and result of each step."""
    (folder / "logs").mkdir()
    environment, console = {"PATH": "/usr/bin:/bin"}, make_console()
    done = checks._run_all(
        list(steps), lambda step: checks._run(step, step.command(False, ()), environment, console)
    )
    return [(name, result) for name, result, _ in done]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(checks, "SCRATCH", tmp_path)
    return tmp_path


def test_what_needs_no_build_runs_beside_it(folder: Path) -> None:
    one, other = str(folder / "one"), str(folder / "other")
    assert run(
        folder,
        Step("build", ("-c", MEET, one, other)),
        Step("beside", ("-c", MEET, other, one), is_beside=True),
        Step("after", ("-c", "pass")),
    ) == [("build", "passed"), ("beside", "passed"), ("after", "passed")]


@pytest.mark.parametrize("failing", ["before", "build", "beside", "after"])
def test_a_step_that_fails_stops_no_other_and_is_named(folder: Path, failing: str) -> None:
    names = ("before", "build", "beside", "after")
    steps = [
        Step(name, ("-c", f"exit({name == failing})"), is_beside=name == "beside") for name in names
    ]
    assert run(folder, *steps) == [
        (name, "FAILED" if name == failing else "passed") for name in names
    ]


def test_a_step_beside_the_build_runs_without_it_too(folder: Path) -> None:
    step = Step("beside", ("-c", "exit(1)"), is_beside=True)
    assert run(folder, step) == [("beside", "FAILED")]


def test_what_runs_beside_the_build_comes_before_what_uses_it() -> None:
    """The slips use what the second calculation has compiled, so both cannot run at once."""
    names = [step.name for step in STEPS]
    assert names.index("build") < names.index("second calculation") < names.index("mutations")
    assert {step.name for step in STEPS if step.is_beside} == {"second calculation", "sqlfluff"}


def test_the_longest_files_are_files_and_begin_first(request: pytest.FixtureRequest) -> None:
    assert {f"{name}.py" for name in LONGEST} <= {
        path.name for path in Path(__file__).parent.iterdir()
    }
    names = [item.path.stem for item in request.session.items]
    places = [LONGEST.index(name) for name in names if name in LONGEST]
    assert places == sorted(places)
    assert not set(LONGEST) & set(names[len(places) :])


def test_tests_of_a_target_can_be_left_out_where_no_machine_checks_for_all() -> None:
    (pytest_step,) = (step for step in STEPS if step.has_markers)
    assert pytest_step.command(False, ())[-2:] == ["-m", "not thorough"]
    assert pytest_step.command(False, ("spark",))[-2:] == ["-m", "not thorough and not spark"]
    assert pytest_step.command(True, ("lake", "spark"))[-2:] == ["-m", "not lake and not spark"]
    assert "-m" not in pytest_step.command(True, ())[3:]
    refused = run_module("checks", "--without", "spark", CI="true")
    assert refused.returncode == 1
    assert "where CI is set, all is tried" in refused.stderr
