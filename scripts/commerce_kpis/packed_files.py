"""Whether packed raw files are whole: the engine does not look at their check sums."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

from commerce_kpis.console import UserError
from commerce_kpis.project import PROJECT

PIECE = 1 << 20  # bytes that are unpacked at a time


def check_packed_files(settings: dict) -> None:
    """Unpack every `.csv.gz` of the landing folder once, for nothing but its check sum.

    Args:
        settings: all dbt variables of the run.

    Raises:
        UserError: one line per file that is damaged.
    """
    if settings["landing"] != "files":
        return
    folder = PROJECT / str(settings["landing_path"])
    problems = [
        f"{path} is damaged ({problem}): pack it again. See docs/landing_contract.md."
        for path in sorted(folder.rglob("*"))
        if path.name.lower().endswith(".csv.gz") and path.is_file() and not _is_hidden(path, folder)
        if (problem := _problem(path))
    ]
    if problems:
        raise UserError("\n".join(problems))


def _is_hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith((".", "_")) for part in path.relative_to(folder).parts)


def _problem(path: Path) -> str:
    """Why a file can't be unpacked; empty if it can."""
    try:
        with gzip.open(path) as content:
            while content.read(PIECE):
                pass
    except (OSError, EOFError, zlib.error) as error:
        return " ".join(str(error).split()).rstrip(".")
    return ""
