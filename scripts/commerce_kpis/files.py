"""Files that outlive a loss of power, and files that are there whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from commerce_kpis.console import UserError


def fsync(path: Path) -> None:
    """Bring a file, or the names in a folder, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_whole(out: Path, text: str) -> None:
    """Write a file in one step: a reader sees the old one or the new one.

    Raises:
        UserError: it cannot be written.
    """
    beside = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(out)
    except OSError as error:
        raise UserError(f"Cannot write {out} ({error.strerror}): name another --out.") from None
    finally:
        beside.unlink(missing_ok=True)
