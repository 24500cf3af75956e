"""A PostgreSQL server for tests: the real one, as a process of its own on a socket of its own."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from commerce_kpis.postgres import Plugin
from commerce_kpis.project import PROJECT

AWKWARD_WORD = "it's a \\ secret"
USER = "loader"


def server_binaries() -> Path | None:
    """The folder of initdb and pg_ctl: on the path, or where Debian puts them; None without."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    versions = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(versions, key=lambda path: int(path.parent.name), default=None)


@contextmanager
def running_server(binaries: Path) -> Iterator[dict[str, str]]:
    """A server with an empty database, gone afterwards; yields the variables that lead to it."""
    folder = Path(tempfile.mkdtemp(prefix="kpi_postgres_"))
    account = _unprivileged_account()
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
                timeout=60,
                check=False,
                **account,
            )
            assert done.returncode == 0, done.stderr

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
    raise LookupError("There is neither a user postgres nor a user nobody.")


def shown_profile() -> str:
    """What docs/bring_your_own_data.md adds to the profile for PostgreSQL."""
    page = (PROJECT / "docs" / "bring_your_own_data.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"^```yaml\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    return text


def connect_postgres(connection: duckdb.DuckDBPyConnection) -> None:
    """Attach the server that the environment variables lead to, as the plugin would."""
    Plugin("postgres", {}).configure_connection(connection)
    connection.execute("attach or replace '' as shop (type postgres)")
