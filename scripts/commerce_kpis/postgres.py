"""A dbt-duckdb plugin that lets a profile attach PostgreSQL without fetching anything.

DuckDB would fetch its PostgreSQL extension from the network when a profile asks for it; the one
that requirements.lock installs is loaded from its package instead.
"""

from __future__ import annotations

import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin

from commerce_kpis.extensions import load_extension


class Plugin(BasePlugin):
    """Named under `plugins` in profiles.yml; see docs/how_to/bring_your_own_data.md."""

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Load the extension, before dbt attaches the databases of the profile."""
        load_extension(conn, "postgres_scanner")
        # The binary protocol reads a numeric without precision with errors in its last digits
        # (3689.4621 as 3689.4620999999997), and NaN as 0.
        conn.execute("set global pg_use_text_protocol = true")
