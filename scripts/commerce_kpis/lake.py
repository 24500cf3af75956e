"""A dbt-duckdb plugin that lets a profile attach a lake without fetching anything.

DuckDB would fetch its extensions from the network when a profile asks for them; those that
requirements.lock installs are loaded from their packages instead.
"""

from __future__ import annotations

import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin

from commerce_kpis.extensions import load_extension
from commerce_kpis.sql import text

EXTENSIONS = ("postgres_scanner", "ducklake")


class Plugin(BasePlugin):
    """Named under `plugins` in profiles.yml; see docs/lake.md.

    Its `config` may name further `extensions`, such as httpfs, and how to reach an `object_store`.
    """

    def initialize(self, plugin_config: dict) -> None:
        """Keep what the profile says."""
        self.extensions = (*EXTENSIONS, *plugin_config.get("extensions", ()))
        self.object_store = plugin_config.get("object_store")

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Load the extensions, before dbt attaches the databases of the profile."""
        for name in self.extensions:
            load_extension(conn, name)
        if self.object_store:
            # dbt makes its own `secrets` before it asks plugins, when no extension is loaded.
            options = (f"{name} {text(value)}" for name, value in self.object_store.items())
            conn.execute(f"create secret object_store ({', '.join(options)})")

    def configure_cursor(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Let names without a database stand for the lake, as they do for a build file."""
        cursor.execute(f"use {self.creds.database}")
