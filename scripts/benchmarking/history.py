"""The figures of all benchmarks of a machine, one line of JSON each."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import subprocess
from datetime import datetime, timezone
from pathlib import Path

from commerce_kpis.console import UserError
from commerce_kpis.project import PROJECT


def read_history(file: Path) -> list[dict]:
    """The lines of earlier benchmarks; none if there is no such file.

    Raises:
        UserError: the file holds something else.
    """
    if not file.exists():
        return []
    try:
        return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    except ValueError:
        raise UserError(f"{file} is no history of benchmarks: name another file.") from None


def append_history(file: Path, found: dict) -> None:
    """Add a line: when, which commit, and what was found but for the single runs."""
    line = {
        "at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "commit": _commit(),
        **{name: value for name, value in found.items() if name != "runs"},
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(line) + "\n")


def machine() -> dict:
    """The machine and the versions that a figure depends on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processors": os.cpu_count(),
        "memory_gb": round(memory / 1024**3),
        "system": platform.system(),
        **{name: importlib.metadata.version(name) for name in ("duckdb", "dbt-core", "dbt-duckdb")},
    }


def _commit() -> str | None:
    """The commit that was measured, if the project is a git repository."""
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or None
