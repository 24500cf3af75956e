"""Run dbt in a process of its own and show what it does: a line per room, failures in full.

dbt's own log stands in logs/dbt.log; what is printed here comes from its structured events.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import textwrap
import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn

from commerce_kpis.console import UserError, make_console
from commerce_kpis.project import PROJECT, ensure_profile, log_file, profiles_folder, target_folder
from commerce_kpis.yaml_rules import RULE_TESTS

# dbt holds millions of objects for as long as it runs. To look among them for garbage as often as
# Python does by default takes a fifth of a build; more rarely, it holds a tenth more memory.
DBT = [
    sys.executable,
    "-c",
    "import gc, sys; gc.set_threshold(50_000, 50, 100); sys.argv[0] = 'dbt'; "
    "from dbt.cli.main import cli; cli()",
]
# dbt ends with whoever started it: its input ends when that process does, however it does.
WATCHED = (
    "import os, threading; "
    "threading.Thread(target=lambda: (os.read(0, 1), os._exit(1)), daemon=True).start(); "
)
# What the engine says of a file of which it read nothing: the words on one line.
UNREADABLE_FILE = re.compile(
    r"Error: (?P<what>[^.:\n]*?)"
    r"(?: in file '(?P<file>[^']+)'|[.:] .*? file = (?P<csv>.+?) delimiter = )"
    r"|(?P<words>Failed to read file) \"(?P<parquet>[^\"]+)\""
)
# Nothing is done for an exposure or a saved query, and that is well.
GOOD = ("success", "pass", "warn", "no-op")
ROOMS = ("seeds", "landing", "staging", "intermediate", "core", "kpis", "trust", "tests")
FAILURES_SHOWN = 20


@dataclass
class Outcome:
    """What became of a run. `errors` belong to no node, `notes` are what our macros say."""

    return_code: int
    errors: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    output: list[str] = field(default_factory=list)
    seconds: float = 0.0


def room_of(path: str) -> str:
    """The room of a file of the project, by its path."""
    parts = Path(path).parts
    if parts[:2] == ("models", "marts"):
        return parts[2]
    if parts[0] == "models":
        return parts[1]
    return parts[0] if parts[0] in ROOMS else "tests"


def run_dbt(arguments: list[str], inherit: list[int], console: Console) -> Outcome:
    """Run dbt with progress, print failures.

    Args:
        arguments: the command and its arguments, without those for logs and folders.
        inherit: descriptors of locks that are held until dbt has ended too.
        console: where progress and failures go.

    Raises:
        UserError: dbt could not run at all; its message says why.
    """
    python, option, code = DBT
    command = [
        *(python, option, WATCHED + code),
        *("--log-format", "json", "--log-format-file", "text", "--log-level", "info"),
        *("--log-path", str(log_file().parent), "--no-use-colors"),
        *arguments,
        *("--project-dir", str(PROJECT), "--profiles-dir", str(profiles_folder().resolve())),
    ]
    results = target_folder() / "run_results.json"
    results.unlink(missing_ok=True)
    started = time.monotonic()
    rooms = _Rooms(console, takes_everything="everything" in arguments)
    with _process(command, inherit) as process, rooms:
        outcome = _follow(process, rooms)
    outcome.seconds = time.monotonic() - started
    has_failures = (
        outcome.return_code != 0
        and results.exists()
        and _print_failures(results, outcome.notes, console)
    )
    for note in outcome.notes:
        console.print(escape(note), soft_wrap=True)
    if outcome.return_code == 0 or has_failures:
        return outcome
    raise UserError(_explain(outcome))


def run_operation(
    macro: str,
    arguments: dict,
    variables: dict,
    project: Path,
    profiles: Path,
    console: Console,
) -> list[str]:
    """Run one macro of a project by itself; what it logged.

    Args:
        macro: its name.
        arguments: its arguments.
        variables: dbt variables.
        project: folder of a dbt project; dbt's artifacts go below it too.
        profiles: folder of profiles.yml.
        console: where errors would go.

    Raises:
        UserError: dbt or the macro stopped; its message says why.
    """
    return run_quietly(
        [
            *("run-operation", macro, "--args", json.dumps(arguments)),
            *("--vars", json.dumps(variables), "--target-path", str(project / "target")),
            *("--project-dir", str(project), "--profiles-dir", str(profiles)),
        ],
        console,
    ).notes


def run_quietly(arguments: list[str], console: Console) -> Outcome:
    """Run dbt without showing what it does.

    Args:
        arguments: the command and its arguments, without those for logs.
        console: where errors would go.

    Raises:
        UserError: dbt stopped; its message says why.
    """
    command = [
        *DBT,
        *("--log-format", "json", "--log-format-file", "text", "--log-level", "info"),
        *("--log-path", str(log_file().parent), "--no-use-colors"),
        *arguments,
    ]
    with _process(command, inherit=[]) as process:
        outcome = _follow(process, _Rooms(console, takes_everything=False))
    if outcome.return_code != 0:
        raise UserError(_explain(outcome))
    return outcome


def parse_project() -> None:
    """Have dbt read the project, anew where something changed, and write its manifests.

    Raises:
        UserError: it can't; the message says why.
    """
    profile = ensure_profile()
    folders = ("--project-dir", str(PROJECT), "--profiles-dir", str(profile.parent))
    run_quietly(["parse", *folders], make_console())


@contextmanager
def _process(command: list[str], inherit: list[int]) -> Iterator[subprocess.Popen[str]]:
    """A child that ends with us, whatever ends us."""
    process = subprocess.Popen(
        command,
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        pass_fds=inherit,
        env={**os.environ, "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"},
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _follow(process: subprocess.Popen[str], rooms: _Rooms) -> Outcome:
    """Read the events of a run until it ends."""
    outcome = Outcome(return_code=0)
    output: deque[str] = deque(maxlen=30)
    assert process.stdout is not None
    for line in process.stdout:
        try:
            event = json.loads(line)
            info, data = event["info"], event["data"]
        except (ValueError, KeyError, TypeError):
            output.append(line.rstrip())
            continue
        node = data.get("node_info") or {}
        if info["name"] == "JinjaLogInfo":
            outcome.notes.append(info["msg"])
        elif info["name"] == "LogStartLine":
            rooms.start(node["unique_id"], node.get("node_name", ""))
        elif node.get("unique_id") and info["name"].endswith("Result"):
            # A unit test has no status as a node; what a model calls its status is a text.
            is_test = info["name"] == "LogTestResult"
            status = data["status"] if is_test else node["node_status"]
            rooms.finish(node["unique_id"], status)
        elif node.get("unique_id") and "Skip" in info["name"]:
            rooms.finish(node["unique_id"], "skipped")
        elif info["level"] == "error" and not node and info["name"] != "MainStackTrace":
            outcome.errors.append(str(data.get("exc") or info["msg"]))
    outcome.return_code = process.wait()
    outcome.output = list(output)
    return outcome


class _Rooms:
    """A progress bar per room; when nobody looks, a line per room once it is finished."""

    def __init__(self, console: Console, takes_everything: bool) -> None:
        self.console = console
        self.takes_everything = takes_everything
        self.bars = Progress(
            TextColumn("{task.description:<13}"),
            BarColumn(bar_width=30),
            TextColumn("{task.completed:>4}/{task.total:<4} {task.fields[now]}"),
            console=console,
            disable=not console.is_terminal,
        )
        self.rooms: dict[str, str] = {}
        self.total: Counter[str] = Counter()
        self.done: Counter[str] = Counter()
        self.bad: Counter[str] = Counter()
        self.tasks: dict[str, object] = {}

    def __enter__(self) -> _Rooms:
        self.console.print("Reading the project ...")
        self.bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.bars.stop()

    def _read_manifest(self) -> None:
        """Which room each node belongs to; dbt writes the manifest before the first node runs."""
        manifest = json.loads((target_folder() / "manifest.json").read_text(encoding="utf-8"))
        for name, node in {**manifest["nodes"], **manifest["unit_tests"]}.items():
            kind = node["resource_type"]
            is_run = kind in ("model", "seed", "snapshot", "test")
            if self.takes_everything:
                is_run |= kind == "unit_test"
            elif "golden" in node.get("tags", []):
                is_run = False
            if is_run and node["config"].get("materialized") != "ephemeral":
                self.rooms[name] = room_of(node["original_file_path"])
        self.total = Counter(self.rooms.values())
        for room in sorted(self.total, key=lambda room: (*ROOMS, room).index(room)):
            self.tasks[room] = self.bars.add_task(room, total=self.total[room], now="")

    def start(self, node: str, name: str) -> None:
        if not self.rooms:
            self._read_manifest()
        if task := self.tasks.get(self.rooms.get(node, "")):
            self.bars.update(task, now=escape(name[:40]))

    def finish(self, node: str, status: str) -> None:
        room = self.rooms.pop(node, None)
        if room is None:
            return
        self.done[room] += 1
        self.bad[room] += status not in GOOD
        is_over = self.done[room] == self.total[room]
        said = f"[red]{self.bad[room]} not passed[/]" if self.bad[room] else "[green]passed[/]"
        self.bars.update(
            self.tasks[room],
            completed=self.done[room],
            **({"now": said} if is_over else {}),
        )
        if is_over and not self.console.is_terminal:
            self.console.print(f"{room:<13} {self.total[room]:>4} nodes  {said}")


def _print_failures(results: Path, notes: list[str], console: Console) -> bool:
    """Print each node that failed, where it stands, and where to look; whether there was one.

    Args:
        results: dbt's run_results.json.
        notes: what our macros said; what was said of a test that is printed is taken out.
        console: where it goes.
    """
    manifest = json.loads((target_folder() / "manifest.json").read_text(encoding="utf-8"))
    nodes = {**manifest["nodes"], **manifest["unit_tests"]}
    found = json.loads(results.read_text(encoding="utf-8"))["results"]
    failed = [result for result in found if result["status"] not in (*GOOD, "skipped")]
    skipped = sum(result["status"] == "skipped" for result in found)
    for result in failed[:FAILURES_SHOWN]:
        node = nodes.get(result["unique_id"], {})
        name = node.get("name", result["unique_id"])
        kind = result["unique_id"].split(".")[0].replace("_", " ")
        console.print(f"\n[bold red]FAILED[/] {kind} [bold]{escape(name)}[/]")
        console.print(f"  where    {escape(node.get('original_file_path', 'dbt_project.yml'))}")
        message = _broken_rules(node, notes) or _tidy(result.get("message") or "")
        for index, line in enumerate(message.splitlines()[:30]):
            console.print(f"  {'message  ' if index == 0 else '         '}{escape(line)}")
        compiled = node.get("original_file_path") and _compiled_file(node)
        if compiled:
            console.print(f"  look at  {escape(str(compiled))}")
    if len(failed) > FAILURES_SHOWN:
        console.print(f"\n... and {len(failed) - FAILURES_SHOWN} more failures.")
    if failed:
        console.print(
            f"\n{len(failed)} failed, {skipped} skipped because of them. Full log: {_shown_log()}"
        )
    return bool(failed)


def _broken_rules(node: dict, notes: list[str]) -> str:
    """What report_broken_rules said of a test, taken out of the notes; empty if nothing."""
    if node.get("test_metadata", {}).get("name") not in RULE_TESTS:
        return ""
    table = node["attached_node"].split(".")[-1]
    said = [note for note in notes if note.startswith(f"{table}: ")]
    notes[:] = [note for note in notes if note not in said]
    return "\n".join(said)


def _compiled_file(node: dict) -> Path | None:
    """The SQL that ran, relative to the project."""
    path = node.get("compiled_path")
    if not path:
        folder = target_folder() / "compiled" / node["package_name"] / node["original_file_path"]
        path = folder / f"{node['name']}.sql"
    path = PROJECT / path
    return Path(os.path.relpath(path, PROJECT)) if path.is_file() else None


def _tidy(message: str) -> str:
    """A message of dbt without the lines that only repeat where it came from."""
    lines = message.strip().splitlines()
    if lines and re.match(r"^(Runtime|Database|Compilation) Error in ", lines[0]) and lines[1:]:
        lines = lines[1:]
    kept = [
        line.rstrip() for line in lines if not line.strip().startswith(("> in macro", "> called"))
    ]
    indent = min((len(line) - len(line.lstrip()) for line in kept if line.strip()), default=0)
    return "\n".join(line[indent:] for line in kept if line.strip())


def _explain(outcome: Outcome) -> str:
    """One line for a run that ended without the result of a node."""
    text = outcome.errors[-1] if outcome.errors else ""
    # What a check of ours says needs no word about the hook and the macros it came through.
    if ours := re.search(
        r"Error in (?:operation|macro) \S+ \(.*?\)\n(.*?)(?:\n\s*> |\Z)", text, re.DOTALL
    ):
        return textwrap.dedent(ours[1]).strip()
    if "Traceback (most recent call last)" in text:
        text = (re.findall(r"^[\w.]*(?:Error|Exception): .+", text, re.MULTILINE) or [text])[-1]
    text = " ".join(text.split())
    if lock := re.search(r'Could not set lock on file "(.+?)".*?\(PID (\d+)\)', text):
        return (
            f"{lock[1]} is open in another process (PID {lock[2]}): close it there and build "
            "again. BI tools should open the published file, not the build file."
        )
    if "File is not latin-1 encoded" in text:
        # The engine does not say which file; files that are packed or large are not looked into.
        return (
            "A CSV file that is packed or above 64 MB is no Latin-1 text, though landing_encoding "
            "says so (Windows-1252, with its euro sign, is not Latin-1): write the files as UTF-8."
        )
    if found := UNREADABLE_FILE.search(text):
        file = found["file"] or found["csv"] or found["parquet"]
        return (
            f"{file} can't be read ({found['what'] or found['words']}): write it again. "
            "See docs/landing_contract.md."
        )
    if outcome.return_code < 0:
        return (
            f"dbt was ended by signal {-outcome.return_code} (9 is often a lack of memory): "
            f"nothing was published. Full log: {_shown_log()}"
        )
    if not text:
        text = next((line for line in reversed(outcome.output) if line.strip()), "no message")
    return f"dbt stopped: {text[:700]} Full log: {_shown_log()}"


def _shown_log() -> str:
    """dbt's log file, as short as it can be said."""
    return os.path.relpath(log_file(), PROJECT)
