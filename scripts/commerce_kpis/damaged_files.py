"""Whether packed raw files are whole.

The engine looks at no check sum of gzip, and gives up damaged Parquet without saying its name.
What the first bytes show is left to the macros, which list it with all other problems.
"""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import duckdb

from commerce_kpis.console import UserError
from commerce_kpis.project import PROJECT
from commerce_kpis.sql import text as literal

PIECE = 1 << 20  # bytes that are unpacked at a time


def check_damaged_files(settings: dict) -> None:
    """Unpack each `.csv.gz` of the landing folder for its check sum, and read each Parquet schema.

    Args:
        settings: all dbt variables of the run.

    Raises:
        UserError: one line per file that is damaged.
    """
    if settings["landing"] != "files":
        return
    folder = PROJECT / str(settings["landing_path"])
    problems = [
        f"{path} is damaged ({problem}): write it again. See docs/landing_contract.md."
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not _is_hidden(path, folder) and (problem := _problem(path))
    ]
    if problems:
        raise UserError("\n".join(problems))


def _is_hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith((".", "_")) for part in path.relative_to(folder).parts)


def _problem(path: Path) -> str:
    """What is wrong with a file; empty if nothing is, or if it is no packed file at all."""
    name = path.name.lower()
    try:
        if name.endswith(".csv.gz") and _begins_with(path, b"\x1f\x8b"):
            with gzip.open(path) as content:
                while content.read(PIECE):
                    pass
        elif name.endswith(".parquet") and _begins_with(path, b"PAR1"):
            duckdb.execute(f"select count(*) from parquet_schema({literal(path)})")
    except (OSError, EOFError, zlib.error, duckdb.Error) as error:
        return " ".join(str(error).split()).rstrip(".: ") or "it can't be read"
    return ""


def _begins_with(path: Path, magic: bytes) -> bool:
    with path.open("rb") as content:
        return content.read(len(magic)) == magic
