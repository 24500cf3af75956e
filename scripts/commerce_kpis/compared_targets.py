"""The targets that scripts/compare_targets knows: how each is built, and how it is read.

Another engine is another class here, and a target of its name in profiles.example.yml.
"""

from __future__ import annotations

import json
import os
from abc import ABC, abstractmethod
from pathlib import Path

import duckdb
from rich.console import Console

from commerce_kpis.console import UserError
from commerce_kpis.dbt_run import run_dbt
from commerce_kpis.profile import build_of_target
from commerce_kpis.sql import quoted


class ComparedTarget(ABC):
    """A target. `dbt_target` is its name in profiles.example.yml; dbt writes below `folder`."""

    name: str
    dbt_target: str

    def __init__(self, folder: Path) -> None:
        self.folder = folder / self.name

    def build(self, parameters: dict[str, str], console: Console) -> None:
        """Build a business, without unit tests.

        Args:
            parameters: dbt variables that say where its raw tables are.
            console: where progress and failures go.

        Raises:
            UserError: it did not pass.
        """
        self._choose()
        console.print(f"Building on {self.name}:")
        arguments = ["build", "--vars", json.dumps(parameters)]
        outcome = run_dbt(arguments, inherit=[], console=console)
        if outcome.return_code != 0:
            raise UserError(f"The build on {self.name} did not pass: there is nothing to compare.")
        console.print(f"Built and tested on {self.name} in {outcome.seconds:.0f} s.")

    @abstractmethod
    def attach(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Make its schemas core and kpi readable in a database of its name.

        Raises:
            UserError: there is none.
        """

    def _choose(self) -> None:
        """Let dbt and what reads the profile use this target."""
        os.environ["DBT_TARGET"] = self.dbt_target
        os.environ["DBT_TARGET_PATH"] = str(self.folder / "target")
        os.environ["DBT_LOG_PATH"] = str(self.folder / "logs")


class _AttachedTarget(ComparedTarget):
    """A target whose tables DuckDB reads where they are."""

    def attach(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._choose()
        build_of_target().attach(connection, self.name)


class DuckdbTarget(_AttachedTarget):
    """One DuckDB file."""

    name = "duckdb"
    dbt_target = "dev"

    def build(self, parameters: dict[str, str], console: Console) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        os.environ["KPI_BUILD_FILE"] = str(self.folder / "build.duckdb")
        super().build(parameters, console)


class LakeTarget(_AttachedTarget):
    """Parquet, with its catalog in PostgreSQL."""

    name = "lake"
    dbt_target = "lake"

    def build(self, parameters: dict[str, str], console: Console) -> None:
        self._refuse_own_data()
        super().build(parameters, console)

    def _refuse_own_data(self) -> None:
        """What is compared must not take the place of somebody's own data."""
        self._choose()
        with duckdb.connect() as connection:
            try:
                build_of_target().attach(connection, self.name)
                (landing,) = connection.execute(
                    f"select landing from {quoted(self.name)}.trust.build_info"
                ).fetchone()
            except (UserError, duckdb.Error):
                return  # there is no lake yet, or no finished build in it
        if landing != "seeds":
            raise UserError(
                "The lake holds your own data, which this would replace: name another "
                "KPI_LAKE_SCHEMA and KPI_LAKE_DATA, or use --serve."
            )


class SparkTarget(_AttachedTarget):
    """A Spark cluster; its tables are Parquet files in a folder or an object store."""

    name = "spark"
    dbt_target = "spark"


class SparkSessionTarget(_AttachedTarget):
    """Spark in the process of dbt, with a folder of its own."""

    name = "spark_session"
    dbt_target = "spark_session"

    def _choose(self) -> None:
        super()._choose()
        os.environ["KPI_SPARK_WAREHOUSE"] = str(self.folder / "warehouse")


TARGETS: dict[str, type[ComparedTarget]] = {
    target.name: target for target in (DuckdbTarget, LakeTarget, SparkTarget, SparkSessionTarget)
}
