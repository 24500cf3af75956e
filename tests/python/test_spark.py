"""What the project already does on Spark: its macros keep their word there, in a real session."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml
from conftest import PROJECT, run_dbt, skip_unless_ci

DIALECT = "macros_of_the_dialect_keep_their_word"


@pytest.fixture
def spark(tmp_path: Path) -> dict[str, str]:
    """The environment variables that make dbt build into a Spark session of its own."""
    pytest.importorskip("pyspark", reason="Spark needs Python 3.11 or newer.")
    if shutil.which("java") is None:
        skip_unless_ci("There is no Java: install the package openjdk-17-jre-headless.")
    return write_profile(tmp_path, "UTC")


def test_macros_of_the_dialect_keep_their_word(spark: dict[str, str]) -> None:
    done = run_dbt(PROJECT, "--no-use-colors", "test", "--select", DIALECT, **spark)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"PASS {DIALECT}" in done.stdout


def test_a_session_of_another_time_zone_is_refused_in_one_line(
    spark: dict[str, str], tmp_path: Path
) -> None:
    elsewhere = write_profile(tmp_path, "Asia/Tokyo")
    done = run_dbt(PROJECT, "--no-use-colors", "test", "--select", DIALECT, **elsewhere)
    assert done.returncode != 0
    assert "The session's time zone is Asia/Tokyo: add `server_side_parameters:" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def write_profile(folder: Path, time_zone: str) -> dict[str, str]:
    """A profile of a session whose catalog ends with it; the environment that leads there."""
    parameters = {
        "spark.master": "local[1]",
        "spark.sql.session.timeZone": time_zone,
        "spark.sql.ansi.enabled": "true",
        "spark.sql.shuffle.partitions": "1",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.hadoop.javax.jdo.option.ConnectionURL": "jdbc:derby:memory:catalog;create=true",
        "spark.driver.extraJavaOptions": f"-Dderby.system.home={folder}",
        "spark.ui.enabled": "false",
        "spark.log.level": "ERROR",
    }
    session = {"type": "spark", "method": "session", "host": "none", "schema": "dev", "threads": 1}
    target = {**session, "server_side_parameters": parameters}
    profile = {"commerce_kpis": {"target": "spark", "outputs": {"spark": target}}}
    (folder / "profiles.yml").write_text(yaml.safe_dump(profile), encoding="utf-8")
    return {
        "DBT_PROFILES_DIR": str(folder),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
        # The loopback: a machine without a network has no other address that its name leads to.
        "SPARK_LOCAL_IP": "127.0.0.1",
    }
