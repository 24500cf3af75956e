"""A dbt-duckdb plugin that lets a profile attach PostgreSQL without fetching anything.

DuckDB would fetch its PostgreSQL extension from the network when a profile asks for it; the one
that requirements.lock installs is loaded from its package instead.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import duckdb_extension_postgres_scanner
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError

from commerce_kpis.sql import text


class Plugin(BasePlugin):
    """Named under `plugins` in profiles.yml; see docs/bring_your_own_data.md."""

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Load the extension, before dbt attaches the databases of the profile."""
        conn.execute(f"load {text(extension_file())}")
        # The binary protocol reads a numeric without precision with errors in its last digits
        # (3689.4621 as 3689.4620999999997), and NaN as 0.
        conn.execute("set global pg_use_text_protocol = true")


def extension_file() -> Path:
    """The extension for the installed version of DuckDB."""
    (folder,) = duckdb_extension_postgres_scanner.__path__
    path = Path(folder, "extensions", f"v{duckdb.__version__}", "postgres_scanner.duckdb_extension")
    if not path.is_file():
        raise DbtRuntimeError(
            f"There is no PostgreSQL extension for DuckDB {duckdb.__version__} ({path}): install "
            "the versions of requirements.lock."
        )
    return path
