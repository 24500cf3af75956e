"""A PostgreSQL server of one's own: the real one, as a process on a socket in a temporary folder.

For tests, and for trying what needs a server without having one.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from commerce_kpis.console import UserError

AWKWARD_WORD = "it's a \\ secret"
USER = "loader"
SECONDS = 60


def server_binaries() -> Path | None:
    """The folder of initdb and pg_ctl: on the path, or where Debian puts them; None without."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    versions = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(versions, key=lambda path: int(path.parent.name), default=None)


@contextmanager
def running_server() -> Iterator[dict[str, str]]:
    """A server with an empty database, gone afterwards; yields the variables that lead to it.

    Raises:
        UserError: there is no PostgreSQL, or it does not start.
    """
    binaries = server_binaries()
    if binaries is None:
        raise UserError("There is no PostgreSQL server: install the package postgresql.")
    account = _unprivileged_account()
    folder = Path(tempfile.mkdtemp(prefix="kpi_postgres_"))
    try:
        word = folder / "word"
        word.write_text(AWKWARD_WORD + "\n", encoding="utf-8")
        if account:
            for path in (folder, word):
                shutil.chown(path, account["user"], account["group"])

        def run(*command: str) -> None:
            done = subprocess.run(
                [str(binaries / command[0]), "--pgdata", str(folder / "data"), *command[1:]],
                cwd=folder,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "Asia/Tokyo"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                timeout=SECONDS,
                check=False,
                **account,
            )
            if done.returncode != 0:
                reason = " ".join(done.stderr.split())
                raise UserError(f"PostgreSQL ({binaries / command[0]}) failed: {reason}")

        access = ("--username", USER, "--pwfile", str(word), "--auth", "scram-sha-256")
        run("initdb", *access, "--encoding", "UTF8", "--no-sync")
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        run("pg_ctl", "start", "--wait", "--log", str(folder / "log"), "--options", options)
        try:
            variables = {"PGHOST": str(folder), "PGUSER": USER, "PGDATABASE": "postgres"}
            variables["PGPASSWORD"] = AWKWARD_WORD
            yield variables
        finally:
            run("pg_ctl", "stop", "--wait", "--mode", "fast")
    finally:
        shutil.rmtree(folder)


def _unprivileged_account() -> dict:
    """Whom to run the server as: it refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    raise UserError("PostgreSQL does not run as root: make a user postgres or nobody.")
