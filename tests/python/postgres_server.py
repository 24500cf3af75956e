"""How the tests of the landing reach PostgreSQL."""

from __future__ import annotations

import re

import duckdb
from commerce_kpis.postgres import Plugin
from commerce_kpis.project import PROJECT


def shown_profile() -> str:
    """What docs/how_to/bring_your_own_data.md adds to the profile for PostgreSQL."""
    page = (PROJECT / "docs" / "how_to" / "bring_your_own_data.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"^```yaml\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    return text


def connect_postgres(connection: duckdb.DuckDBPyConnection) -> None:
    """Attach the server that the environment variables lead to, as the plugin would."""
    Plugin("postgres", {}).configure_connection(connection)
    connection.execute("attach or replace '' as shop (type postgres)")
