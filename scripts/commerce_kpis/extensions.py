"""Extensions of DuckDB, loaded from their Python packages: nothing is fetched."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import duckdb
from dbt_common.exceptions import DbtRuntimeError

from commerce_kpis.sql import text


def load_extension(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Load an extension in the version of the installed DuckDB."""
    package = f"duckdb_extension_{name}"
    found = find_spec(package)
    folder = Path(next(iter(found.submodule_search_locations), "")) if found else Path(package)
    path = folder / "extensions" / f"v{duckdb.__version__}" / f"{name}.duckdb_extension"
    if not path.is_file():
        raise DbtRuntimeError(
            f"There is no extension {name} for DuckDB {duckdb.__version__} ({path}): install the "
            "versions of requirements.lock."
        )
    connection.execute(f"load {text(path)}")
