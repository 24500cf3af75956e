"""One build at a time: a lock on each folder that a command writes to."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterable, Iterator
from datetime import datetime, timezone
from pathlib import Path

from commerce_kpis.console import UserError

LOCK_NAME = ".build.lock"


@contextlib.contextmanager
def locked(
    folders: Iterable[Path], wait: bool = False, command: str = "build"
) -> Iterator[list[int]]:
    """Hold the lock of every folder; the kernel lets go when the process and its heirs end.

    Args:
        folders: folders that exist; taken in one order by everybody, so nobody waits in a circle.
        wait: wait for another holder instead of failing.
        command: what the holder says it is doing.

    Yields:
        The open descriptors, for a child process that must outlive a killed parent with them.

    Raises:
        UserError: another process holds one of them.
    """
    descriptors: list[int] = []
    try:
        for folder in sorted({folder.resolve() for folder in folders}):
            descriptors.append(_take(folder / LOCK_NAME, wait, command))
        yield descriptors
    finally:
        for descriptor in descriptors:
            os.close(descriptor)


def _take(path: Path, wait: bool, command: str) -> int:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise UserError(
            f"Cannot write {path} ({error.strerror}): make its folder writable."
        ) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        holder = os.read(descriptor, 200).decode(errors="replace").strip() or "another process"
        os.close(descriptor)
        raise UserError(
            f"{path.parent} is in use by {holder}: wait until it has ended, or use --wait."
        ) from None
    started = datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC")
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{command}, PID {os.getpid()}, started {started}\n".encode(), 0)
    return descriptor
