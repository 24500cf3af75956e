"""One build at a time: a lock on each folder that a command writes to."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import time
from collections.abc import Iterable, Iterator
from datetime import datetime, timezone
from pathlib import Path

from commerce_kpis.console import UserError, make_console

LOCK_NAME = ".build.lock"
# Seconds in which a process that has just begun, or that ends with a killed one, can be waited for.
GRACE = 5


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
            f"Cannot write {path} ({error.strerror}): its folder must be writable and have room."
        ) from None
    try:
        _lock(descriptor, path, wait)
    except BaseException:
        os.close(descriptor)
        raise
    started = datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC")
    # The name is for people and the lock the kernel's, so a full disk is no reason to fail here.
    with contextlib.suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{command}, PID {os.getpid()}, started {started}\n".encode(), 0)
    return descriptor


def _lock(descriptor: int, path: Path, wait: bool) -> None:
    """Lock the file, or say who has. A name that is gone is that of an earlier holder."""
    until = time.monotonic() + GRACE
    while not _is_locked(descriptor):
        holder = os.pread(descriptor, 200, 0).decode(errors="replace").strip()
        if not _is_running(holder) and time.monotonic() < until:
            time.sleep(0.05)
            continue
        holder = holder or "another process"
        if not wait:
            raise UserError(
                f"{path.parent} is in use by {holder}: wait until it has ended, or use --wait."
            )
        make_console(stderr=True).print(f"Waiting for {holder} in {path.parent} ...", markup=False)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        return


def _is_locked(descriptor: int) -> bool:
    """Whether the lock could be taken at once."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_running(holder: str) -> bool:
    """Whether the process that a lock file names is there."""
    named = re.search(r"PID (\d+)", holder)
    try:
        os.kill(int(named[1]), 0) if named else None
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return named is not None
