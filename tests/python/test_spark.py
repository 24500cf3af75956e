"""Spark as the target: a real session builds what a DuckDB file holds, cell by cell."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest
from commerce_kpis import cell_comparison
from conftest import PROJECT, run_dbt, run_module
from spark_tables import differences, need_spark, tables_of_file

pytestmark = pytest.mark.spark

DIALECT = "macros_of_the_dialect_keep_their_word"
# All KPIs, what reads them and all data tests take over twenty minutes there. Here: the whole core,
# a KPI of each kind, and the data tests of one with money, cost and sessions.
CORE = PROJECT / "models" / "marts" / "core"
KPIS = (
    *("kpi_cac", "kpi_clv", "kpi_cohort_retention", "kpi_cost_per_lead", "kpi_customer_churn"),
    *("kpi_customer_retention", "kpi_email_list_churn", "kpi_mrr_retention", "kpi_nps_outcome"),
    *("kpi_refunds", "kpi_romi"),
)
TESTED = "kpi_cac"


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment variables that make dbt build into a Spark session of its own."""
    need_spark()
    folder = tmp_path_factory.mktemp("spark")
    shutil.copyfile(PROJECT / "profiles.example.yml", folder / "profiles.yml")
    return {
        "DBT_PROFILES_DIR": str(folder),
        "DBT_TARGET": "spark_session",
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
        "KPI_SPARK_WAREHOUSE": str(folder / "warehouse"),
        # The loopback: a machine without a network has no other address that its name leads to.
        "SPARK_LOCAL_IP": "127.0.0.1",
    }


@pytest.fixture(scope="module")
def printed(spark: dict[str, str]) -> str:
    """What dbt prints when it builds core and KPIs of the demo company, and tries the macros."""
    core = [model.stem for model in CORE.rglob("*.sql")]
    built = [f"+{model}" for model in (*core, *KPIS)]
    selection = (*built, f"kpi_rules_hold_{TESTED}", DIALECT)
    options = ("--indirect-selection", "empty", "--exclude-resource-type", "unit_test")
    done = run_dbt(PROJECT, "--no-use-colors", "build", "--select", *selection, *options, **spark)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_macros_of_the_dialect_keep_their_word(printed: str) -> None:
    assert f"PASS {DIALECT}" in printed


def test_the_core_and_kpis_of_each_kind_are_those_of_the_file(
    printed: str, spark: dict[str, str], built_file: Path
) -> None:
    assert f"PASS kpi_rules_hold_{TESTED}" in printed
    found = differences(spark["KPI_SPARK_WAREHOUSE"], built_file)
    core = {table for table in tables_of_file(built_file) if table.startswith("core.")}
    assert core | {f"kpi.{kpi}" for kpi in KPIS} <= set(found)
    assert {table: count for table, count in found.items() if count} == {}


def test_a_whole_build_is_published_with_its_clock_and_its_comments(
    spark: dict[str, str], small_project: Path
) -> None:
    shutil.copyfile(small_project / "profiles.example.yml", small_project / "profiles.yml")
    environment = {name: spark[name] for name in ("DBT_TARGET", "SPARK_LOCAL_IP")}
    environment["KPI_SPARK_WAREHOUSE"] = str(small_project / "on_spark")
    refused = run_module("publish_command", project=small_project, **environment)
    assert "holds no finished build" in refused.stderr
    done = run_module("build", project=small_project, **environment)
    assert done.returncode == 0, done.stdout + done.stderr
    published = str(small_project / "warehouse" / "kpis.duckdb")
    with duckdb.connect(published, read_only=True) as connection:
        asked = "select answer_id, cast(as_of as varchar) from core.dim_answers"
        assert connection.execute(asked).fetchall() == [(1, "2025-01-31 00:00:00")]
        asked = "select cast(as_of as varchar) from trust.build_info"
        assert connection.execute(asked).fetchall() == [("2025-01-31 00:00:00",)]
        asked = "select comment from duckdb_tables() where table_name = 'dim_answers'"
        assert connection.execute(asked).fetchall() == [("One row per answer.",)]
        asked = "select comment from duckdb_columns() where column_name = 'answer_id'"
        assert connection.execute(asked).fetchall() == [("Which answer.",)]


@pytest.mark.thorough
def test_raw_files_are_read_as_they_are_by_duckdb(
    spark: dict[str, str], built_file: Path, demo_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cell_comparison, "SCHEMAS", ("staging",))
    elsewhere = {**spark, "KPI_SPARK_WAREHOUSE": spark["KPI_SPARK_WAREHOUSE"] + "_of_files"}
    variables = f"{{landing: files, landing_path: {demo_folder}}}"
    selection = ("--select", "landing__orders", "base_contract__orders")
    done = run_dbt(PROJECT, "--no-use-colors", "run", *selection, "--vars", variables, **elsewhere)
    assert done.returncode == 0, done.stdout + done.stderr
    assert differences(elsewhere["KPI_SPARK_WAREHOUSE"], built_file) == {
        "staging.base_contract__orders": 0
    }


def test_a_session_of_another_time_zone_is_refused_in_one_line(spark: dict[str, str]) -> None:
    profile = Path(spark["DBT_PROFILES_DIR"]) / "profiles.yml"
    elsewhere = profile.with_name("elsewhere")
    elsewhere.mkdir()
    text = profile.read_text(encoding="utf-8")
    words = "spark.sql.session.timeZone: UTC"
    assert words in text
    (elsewhere / "profiles.yml").write_text(
        text.replace(words, "spark.sql.session.timeZone: Asia/Tokyo"), encoding="utf-8"
    )
    spark = {**spark, "DBT_PROFILES_DIR": str(elsewhere)}
    done = run_dbt(PROJECT, "--no-use-colors", "test", "--select", DIALECT, **spark)
    assert done.returncode != 0
    assert "The session's time zone is Asia/Tokyo: add `server_side_parameters:" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.thorough
@pytest.mark.parametrize("target", [["spark_session"], ["spark", "--serve"]])
def test_the_whole_demo_company_is_that_of_the_file_and_passes_its_data_tests(
    spark: dict[str, str], built_file: Path, target: list[str]
) -> None:
    done = run_module(
        "compare_targets",
        *("duckdb", *target, "--take", "duckdb"),
        KPI_BUILD_FILE=str(built_file),
        SPARK_LOCAL_IP=spark["SPARK_LOCAL_IP"],
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].endswith(" 0 differences."), done.stdout
