"""A command in a process of its own, measured: wall, CPU, memory, spill, and how it ended."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

SAMPLE_SECONDS = 0.2
LINES_SHOWN = 15


@dataclass
class Run:
    """What a command took. CPU and memory are the kernel's figures, of it and its children."""

    name: str
    return_code: int
    wall_seconds: float
    cpu_seconds: float
    peak_bytes: int
    spilled_bytes: int
    log: str

    @property
    def is_good(self) -> bool:
        """Whether the command ended as it should."""
        return self.return_code == 0

    @property
    def last_lines(self) -> str:
        """The end of what the command printed."""
        lines = Path(self.log).read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-LINES_SHOWN:])


def run_measured(
    name: str, command: list[str], cwd: Path, temp: Path, log: Path, **environment: str
) -> Run:
    """Run a command to its end.

    Args:
        name: what it is called in the report.
        command: the program and its arguments.
        cwd: folder to run it in.
        temp: the folder it spills to; its largest size is sampled while the command runs.
        log: file for what it prints.
        environment: variables beside those of this process.
    """
    temp.mkdir(parents=True, exist_ok=True)
    log.parent.mkdir(parents=True, exist_ok=True)
    ended = threading.Event()
    spill = _Spill(temp, ended)
    with log.open("wb") as output:
        started = time.monotonic()
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        spill.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            process.wait()
            raise
        finally:
            wall = time.monotonic() - started
            ended.set()
            spill.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    unit = 1 if sys.platform == "darwin" else 1024
    return Run(
        name=name,
        return_code=process.returncode,
        wall_seconds=wall,
        cpu_seconds=usage.ru_utime + usage.ru_stime,
        peak_bytes=usage.ru_maxrss * unit,
        spilled_bytes=spill.peak,
        log=str(log),
    )


class _Spill(threading.Thread):
    """Looks at the size of a folder until it is told to end."""

    def __init__(self, folder: Path, ended: threading.Event) -> None:
        super().__init__(daemon=True)
        self.folder = folder
        self.ended = ended
        self.peak = 0

    def run(self) -> None:
        while not self.ended.wait(SAMPLE_SECONDS):
            self.peak = max(self.peak, folder_bytes(self.folder))


def folder_bytes(folder: Path) -> int:
    """What the files below a folder hold; files that vanish meanwhile count 0."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:
            continue
    return total
