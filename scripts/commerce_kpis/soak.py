"""scripts/soak: publish again and again under readers, kills and full disks; count what they see.

Makes a small project of its own in a temporary folder and builds it with the real commands in
processes of their own. Readers query the published file all the time. Builders are killed with
SIGKILL at random moments of each phase: the whole process group, or the command alone, so that
dbt loses its parent. Beside these: two builds at once, a disk that is full, and a folder that may
not be written. After every round the file must hold exactly one build, every row and total.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from commerce_kpis.console import UserError, make_console, run_command
from commerce_kpis.locks import LOCK_NAME, locked
from commerce_kpis.project import PROJECT
from commerce_kpis.soak_project import NotWhole, make_project, mark_of, restamp, write_mark

BUILD, PUBLISH = "commerce_kpis.build", "commerce_kpis.publish_command"
# What a builder can be killed in, by its command, in the order of its life.
PHASES = {
    BUILD: ("starting", "reading", "building", "publishing", "published"),
    PUBLISH: ("starting", "publishing", "published"),
}
MUST_NOT = ("errors", "mixtures", "leftovers", "violations")
POLL = 0.002  # seconds
PATIENCE = 60  # seconds after which something that must happen soon never will
DISK = 16 * 2**20
# Runs a command as somebody who owns nothing; what it needs is read before.
AS_NOBODY = """
import os, sys
from commerce_kpis import profile, publish_command
from commerce_kpis.console import run_command
profile.build_file()
os.setgroups([]); os.setgid(65534); os.setuid(65534)
run_command(publish_command.main, "scripts/publish")
"""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--publishes", default=100, show_default=True, help="Builds to publish in a row.")
@click.option("--kills", default=50, show_default=True, help="How many of them are killed.")
@click.option("--builds", type=int, help="How many are built by dbt. Default: all.")
@click.option("--readers", default=2, show_default=True, help="Processes that read all the time.")
@click.option("--seed", default=1, show_default=True, help="Where the random moments come from.")
def main(publishes: int, kills: int, builds: int | None, readers: int, seed: int) -> None:
    """Publish under readers, kills, full disks and missing rights; exit 1 if a reader ever sees an
    error or anything but one whole build, or if something is left that blocks the next build."""
    if not 0 <= kills <= publishes:
        raise UserError(f"--kills {kills} of --publishes {publishes}: name no more than these.")
    _enter_own_mounts()
    console = make_console()
    folder = Path(tempfile.mkdtemp(prefix="soak."))
    folder.chmod(0o755)
    try:
        soak = Soak(folder, random.Random(seed), console)
        soak.run(publishes, kills, publishes if builds is None else builds, readers)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    soak.print_counts()
    if soak.violations:
        for violation in soak.violations:
            console.print(f"[bold red]violated[/] {escape(violation)}")
        sys.exit(1)


def _enter_own_mounts() -> None:
    """Start again where a small disk can be mounted that is gone when this process is; only root
    may, others have the full disk imitated by a limit of file sizes."""
    if os.geteuid() == 0 and "SOAK_DISK" not in os.environ and shutil.which("unshare"):
        allowed = subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False)
        if allowed.returncode == 0:
            os.environ["SOAK_DISK"] = "mounted"
            command = [sys.executable, "-m", "commerce_kpis.soak", *sys.argv[1:]]
            os.execvp("unshare", ["unshare", "--mount", *command])


class Builder:
    """A command that builds or publishes, in a process group of its own."""

    def __init__(self, soak: Soak, command: list[str], **options: object) -> None:
        self.soak = soak
        self.out_before = _inode(soak.out)
        self.output = Path(tempfile.mkstemp(dir=soak.folder, prefix="output.")[1])
        self.dbt_log = soak.project / "logs" / "dbt.log"
        self.dbt_log.unlink(missing_ok=True)
        environment = {**os.environ, "PYTHONPATH": str(soak.project / "scripts")}
        for name in ("DBT_PROFILES_DIR", "DBT_TARGET_PATH", "DBT_LOG_PATH", "KPI_BUILD_FILE"):
            environment.pop(name, None)
        environment |= options.pop("environment", {})
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, *command],
                cwd=soak.project,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **options,
            )

    def phase(self) -> str:
        """What it is doing, as its files show."""
        if _inode(self.soak.out) != self.out_before:
            return "published"
        if any(self.soak.out.parent.glob("*.publishing")):
            return "publishing"
        if self.dbt_log.exists() and b" START " in self.dbt_log.read_bytes():
            return "building"
        if b"Reading the project" in self.output.read_bytes():
            return "reading"
        return "starting"

    def follow(self, until: str | None = None) -> dict[str, float]:
        """Watch it until it ends or reaches a phase; when each phase began, in seconds."""
        began, started = {}, time.monotonic()
        while self.process.poll() is None:
            phase = self.phase()
            began.setdefault(phase, time.monotonic() - started)
            if until in began:
                break
            time.sleep(POLL)
        began["ended"] = time.monotonic() - started
        return began

    def said(self) -> str:
        """Everything it printed."""
        return self.output.read_text(encoding="utf-8", errors="replace")


class Soak:
    """The rounds and what was counted in them."""

    def __init__(self, folder: Path, chance: random.Random, console: Console) -> None:
        self.folder, self.chance, self.console = folder, chance, console
        self.project = folder / "project"
        self.out = self.project / "warehouse" / "kpis.duckdb"
        self.build_file = self.project / "warehouse" / "build.duckdb"
        self.finished = folder / "finished.duckdb"  # a build file as dbt left it, to restamp
        self.small = folder / "small disk"
        self.mark = 0
        self.published = 0
        self.counts: Counter[str] = Counter()
        self.killed: Counter[tuple[str, str, str]] = Counter()
        self.seconds: dict[tuple[str, str], float] = {}
        self.targets = {command: self._targets(command) for command in PHASES}
        self.violations: list[str] = []

    def run(self, publishes: int, kills: int, builds: int, readers: int) -> None:
        """All rounds, in an order drawn by chance, under readers."""
        make_project(self.project)
        self.whole(BUILD)
        if self.violations:
            return
        shutil.copyfile(self.build_file, self.finished)
        # If dbt builds only some, then those that are killed: others do so before and after.
        rounds = [self.kill] * kills + [self.whole] * (publishes - kills)
        rounds = [
            (what, BUILD if number < builds else PUBLISH) for number, what in enumerate(rounds)
        ]
        self.chance.shuffle(rounds)
        specials = [self.two_at_once, self.one_waits, self.full_disk, self.no_permission]
        if builds >= publishes:
            specials.append(self.full_disk_of_dbt)
        for special in specials:
            rounds.insert(self.chance.randrange(len(rounds)), (special, None))
        with self.reading(self.out, readers):
            for number, (what, command) in enumerate(rounds, start=1):
                what(command) if command else what()
                if number % 10 == 0:
                    self.console.print(f"{number} of {len(rounds)} rounds ...")
            self.whole(BUILD)

    # Rounds

    def whole(self, command: str) -> None:
        """A build that is left alone: it must publish itself and leave nothing else."""
        builder = self.start(command)
        began = builder.follow()
        if builder.process.returncode != 0:
            self.violate(f"a build that nothing disturbed failed: {builder.said()[-600:]}")
            return
        for (phase, start), (_, end) in itertools.pairwise(began.items()):
            self.seconds[command, phase] = end - start
        self.counts["published undisturbed"] += 1
        self.check_published(self.mark)
        self.check_leftovers()

    def kill(self, command: str) -> None:
        """A build that is killed: the file holds the build before, or this one once renamed."""
        before = self.published
        while True:
            target = next(self.targets[command])
            how = self.chance.choice(("group", "command")) if command == BUILD else "group"
            builder = self.start(command)
            builder.follow(until=target)
            time.sleep(self.chance.random() * self.seconds.get((command, target), 0.1))
            phase = builder.phase()
            if builder.process.poll() is None:
                break
            # It was too fast. That is one more build that nothing disturbed.
            self.counts["published undisturbed"] += 1
            before = self.mark
            self.check_published(self.mark)
        if how == "group":
            os.killpg(builder.process.pid, signal.SIGKILL)
        else:
            builder.process.kill()
        builder.process.wait()
        self.killed[command, phase, how] += 1
        self.wait_until_free()
        self.check_published(before, self.mark)
        self.counts["files left by kills"] += len(self.leftovers())

    def _targets(self, command: str) -> Iterator[str]:
        """The phases to kill in, all of them equally often, in any order."""
        while True:
            yield from self.chance.sample(PHASES[command], len(PHASES[command]))

    def two_at_once(self) -> None:
        """Two builds started at once: one publishes, the other says who holds the folder."""
        for _ in range(3):
            first = self.start(BUILD)
            second = self.start(BUILD, is_same=True)
            if first.process.wait() + second.process.wait() != 0:
                break
            # One began so late that the other had ended: that is no meeting.
            self.counts["published undisturbed"] += 2
        winner, loser = sorted((first, second), key=lambda builder: builder.process.returncode)
        said = f"in use by scripts/build, PID {winner.process.pid}"
        if winner.process.returncode != 0 or said not in loser.said():
            self.violate(f"two at once: {winner.said()[-300:]} and {loser.said()[-300:]}")
        self.check_published(self.mark)
        self.counts["refused while another was at work"] += 1

    def one_waits(self) -> None:
        """Two at once that wait: both publish, one after the other."""
        first = self.start(PUBLISH, "--wait")
        second = self.start(PUBLISH, "--wait", is_same=True)
        for builder in (first, second):
            if builder.process.wait() != 0:
                self.violate(f"one that waited failed: {builder.said()[-300:]}")
        self.check_published(self.mark)
        self.counts["waited for another"] += 1

    def full_disk(self) -> None:
        """A disk that is full when the file is copied, at several sizes of what is left."""
        self.small.mkdir(exist_ok=True)
        out = self.small / "kpis.duckdb"
        with self.small_disk() as is_mounted:
            self.expect_published(PUBLISH, "--out", out)
            held, size = mark_of(out), out.stat().st_size
            with self.reading(out, 1):
                for share in (0.0, self.chance.random(), 0.95):
                    with self.filled(int(size * share), is_mounted) as limit:
                        builder = self.start(PUBLISH, "--out", out, **limit)
                        builder.process.wait()
                    self.expect_line(builder, "full disk", "left it as it was")
                    name = "publishes on a full disk" + ("" if is_mounted else " (imitated)")
                    self.counts[name] += 1
                    if (found := self.mark_of(out)) != held:
                        self.violate(f"full disk: the file held build {held}, now {found}")
                self.expect_published(PUBLISH, "--out", out)
            self.check_leftovers(self.small)

    def full_disk_of_dbt(self) -> None:
        """A disk that fills while dbt builds; the same build file must do once there is room."""
        self.small.mkdir(exist_ok=True)
        options = {"environment": {"KPI_BUILD_FILE": str(self.small / "build.duckdb")}}
        with self.small_disk() as is_mounted:
            for left in (0, self.chance.randrange(DISK // 32)):
                with self.filled(left, is_mounted) as limit:
                    builder = self.start(BUILD, **options, **limit)
                    builder.process.wait()
                self.expect_line(builder, "full disk of dbt")
                self.check_published(self.published)
                self.expect_published(BUILD, **options)
                self.check_published(self.mark)
                self.counts["builds on a full disk" + ("" if is_mounted else " (imitated)")] += 1

    @contextmanager
    def filled(self, left: int, is_mounted: bool) -> Iterator[dict]:
        """Room for so many bytes on the small disk; options of a process that is to meet it."""
        ballast = self.small / "ballast"
        (self.small / LOCK_NAME).unlink(missing_ok=True)
        if is_mounted:
            _fill(ballast, left)
            yield {}
            ballast.unlink()
        else:
            limits = (max(left, 4096),) * 2
            yield {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limits)}

    def no_permission(self) -> None:
        """A folder that may be read only."""
        self.deliver(PUBLISH)
        if os.geteuid() == 0:
            # Only the folder refuses: the build file is open to all.
            for path in (self.build_file, self.build_file.parent / LOCK_NAME):
                path.chmod(0o666)
            builder = Builder(self, ["-c", AS_NOBODY])
        else:
            self.out.parent.chmod(0o555)
            builder = self.start(PUBLISH, is_same=True)
        builder.process.wait()
        self.out.parent.chmod(0o755)
        self.expect_line(builder, "no permission", "not writable")
        self.check_published(self.published)
        self.counts["publishes without permission"] += 1

    # What rounds are made of

    def start(
        self, command: str, *arguments: object, is_same: bool = False, **options: object
    ) -> Builder:
        """Start a command on the data of a new build, or of the same one as before."""
        if not is_same:
            self.deliver(command)
        return Builder(self, ["-m", command, *map(str, arguments)], **options)

    def deliver(self, command: str) -> None:
        """The data of a new build for dbt, or the build file of one for publishing alone."""
        self.mark += 1
        write_mark(self.project, self.mark)
        if command == PUBLISH:
            restamp(self.finished, self.build_file, self.mark)

    def expect_published(self, command: str, *arguments: object, **options: object) -> None:
        """Nothing is left that keeps the next build from being published."""
        builder = self.start(command, *arguments, **options)
        if builder.process.wait() != 0:
            self.violate(f"{command} failed: {builder.said()[-600:]}")

    def expect_line(self, builder: Builder, what: str, *said: str) -> None:
        """It failed, with one line that says so."""
        lines = [line for line in builder.said().splitlines() if line.startswith("Error:")]
        is_said = len(lines) == 1 and all(text in lines[0] for text in said)
        if builder.process.returncode == 0 or not is_said or "Traceback" in builder.said():
            self.violate(f"{what}: {builder.process.returncode}, {builder.said()[-600:]}")

    @contextmanager
    def reading(self, file: Path, readers: int) -> Iterator[None]:
        """Readers of a file; what they saw is counted when they are told to stop."""
        command = [sys.executable, "-m", "commerce_kpis.soak_reader", str(file)]
        environment = {**os.environ, "PYTHONPATH": str(PROJECT / "scripts")}
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        with ExitStack() as stack:
            processes = [
                subprocess.Popen(command, env=environment, text=True, **pipes)
                for _ in range(readers)
            ]
            for process in processes:
                stack.callback(process.kill)
                process.stdout.readline()
            yield
            for process in processes:
                said, errors = process.communicate()
                if process.returncode != 0:
                    self.violate(f"a reader ended with {process.returncode}: {errors[-300:]}")
                    continue
                seen = json.loads(said.splitlines()[-1])
                self.counts["reads"] += seen["reads"]
                self.counts["builds seen by readers"] += len(seen["marks"])
                for name in MUST_NOT[:2]:
                    self.counts[name] += len(seen[name])
                    self.violations += [f"reader: {text}" for text in seen[name][:3]]

    @contextmanager
    def small_disk(self) -> Iterator[bool]:
        """A disk of its own at `self.small`, if this process may mount one."""
        mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(self.small)]
        is_mounted = (
            os.environ.get("SOAK_DISK") == "mounted"
            and subprocess.run(mount, capture_output=True, check=False).returncode == 0
        )
        try:
            yield is_mounted
        finally:
            if is_mounted:
                subprocess.run(["umount", str(self.small)], check=True)

    def wait_until_free(self) -> None:
        """The kernel lets go of the lock when the last process of a killed build has ended."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                with locked([self.out.parent], command="scripts/soak"):
                    return
            except UserError:
                time.sleep(0.05)
        self.violate(f"a killed build still holds its lock after {PATIENCE} s")

    def mark_of(self, file: Path) -> int | None:
        """The build that a file holds; None, and a violation, if it is not exactly one."""
        try:
            return mark_of(file)
        except NotWhole as error:
            self.violate(str(error))
            return None

    def check_published(self, *allowed: int) -> None:
        """The published file is exactly one of these builds."""
        found = self.mark_of(self.out)
        if found is not None and found not in allowed:
            self.violate(f"the file holds build {found} instead of {allowed}")
        self.published = found or self.published

    def leftovers(self, folder: Path | None = None) -> list[str]:
        """Files that a publishing or dbt leaves behind when it is killed."""
        names = [path.name for path in (folder or self.out.parent).iterdir()]
        return [name for name in names if ".publishing" in name or name.endswith((".wal", ".tmp"))]

    def check_leftovers(self, folder: Path | None = None) -> None:
        """Nothing is left once a build went well."""
        for name in self.leftovers(folder):
            self.counts["leftovers"] += 1
            self.violate(f"{name} is left behind after a build that went well")

    def violate(self, what: str) -> None:
        self.violations.append(" ".join(what.split()))

    def print_counts(self) -> None:
        """All counts; what must not happen comes last, also if it did not."""
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
        table.add_column()
        table.add_column(justify="right")
        table.add_row("killed", str(self.killed.total()))
        for (command, phase, how), count in sorted(self.killed.items()):
            name = "scripts/build" if command == BUILD else "scripts/publish"
            table.add_row(f"  {name} killed while {phase} ({how})", str(count))
        self.counts["violations"] = len(self.violations)
        for name in [name for name in self.counts if name not in MUST_NOT] + [*MUST_NOT]:
            table.add_row(name, str(self.counts[name]))
        self.console.print(table)


def _inode(file: Path) -> int | None:
    try:
        return file.stat().st_ino
    except FileNotFoundError:
        return None


def _fill(ballast: Path, left: int) -> None:
    """Take all of a disk but so many bytes."""
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 65536)
        except OSError:
            pass
        file.truncate(max(file.tell() - left, 0))


if __name__ == "__main__":
    run_command(main, "scripts/soak")
