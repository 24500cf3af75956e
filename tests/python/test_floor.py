"""The hand-written floor: equal to the build in every number, or the comparison says where not."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from benchmarking.floor_check import LEFT_OUT, compare
from benchmarking.floor_values import write_values
from commerce_kpis.kpi_yaml import kpi_models
from conftest import PROJECT, module_environment

TABLES = 40  # 39 of KPIs and the long one.


def run_floor(data: Path, file: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "benchmarking.floor_run", "--data", str(data), "--file", str(file)],
        env=module_environment(PROJECT),
        capture_output=True,
        text=True,
        timeout=1800,
        check=False,
    )


@pytest.fixture(scope="module")
def floor_file(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The floor of the demo company."""
    file = tmp_path_factory.mktemp("floor") / "floor.duckdb"
    done = run_floor(demo_folder, file)
    assert done.returncode == 0, done.stderr
    made = [json.loads(line) for line in done.stdout.splitlines()]
    assert {statement["room"] for statement in made} == {"staging", "core", "kpis"}
    return file


def test_the_floor_has_every_number_of_the_build(floor_file: Path, built_file: Path) -> None:
    agreement = compare(floor_file, built_file)
    assert agreement.differences == []
    assert agreement.tables == TABLES
    assert agreement.cells > 10_000_000


def test_every_difference_is_named(floor_file: Path, built_file: Path, tmp_path: Path) -> None:
    other = tmp_path / "floor.duckdb"
    shutil.copyfile(floor_file, other)
    cell = "dimension = 'marketing_channel' and period_grain = 'month'"
    with duckdb.connect(str(other)) as connection:
        for table, change in {
            "kpi_sales": "update kpi.{table} set net_sales = net_sales + 0.01 where rowid = {row}",
            "kpi_aov": "delete from kpi.{table} where rowid = {row}",
            "kpi_leads": "alter table kpi.{table} drop column lead_records",
            "kpi_values": "update kpi.{table} set previous_value = 0.5 where rowid = {row}",
        }.items():
            wanted = "previous_value > 1" if table == "kpi_values" else "true"
            row = connection.execute(
                f"select min(rowid) from kpi.{table} where {cell} and {wanted}"
            ).fetchone()[0]
            connection.execute(change.format(table=table, row=row))
    differences = compare(other, built_file).differences
    assert len(differences) == 4, differences
    assert differences[0].startswith("kpi_aov: 1 rows in the build only, such as month 20")
    assert differences[1] == "kpi_leads.lead_records: the floor has no such column"
    assert differences[2].startswith("kpi_sales.net_sales: 1 cells, such as month 20")
    assert differences[3] == "kpi_values: 1 previous_values that differ"


def test_a_kpi_that_the_floor_does_not_have_is_named_and_is_no_difference(
    floor_file: Path, built_file: Path, tmp_path: Path
) -> None:
    """Each KPI has a file of its own, so without one the floor is as without its table."""
    shutil.copyfile(floor_file, tmp_path / "floor.duckdb")
    with duckdb.connect(str(tmp_path / "floor.duckdb")) as connection:
        connection.execute("drop table kpi.kpi_nps_outcome; drop table kpi.kpi_values")
        write_values(connection)
    agreement = compare(tmp_path / "floor.duckdb", built_file)
    assert agreement.differences == []
    assert agreement.tables == TABLES - 1
    assert "the floor has no kpi_nps_outcome" in str(agreement)


def test_what_is_left_out_is_there_to_be_left_out(floor_file: Path) -> None:
    models = {model.name: model for model in kpi_models()}
    with duckdb.connect(str(floor_file), read_only=True) as connection:
        for table, columns in LEFT_OUT.items():
            meta = models[table].meta
            assert {*columns} <= {*meta["parts"], *meta["variants"]}
            assert {*columns}.isdisjoint(connection.sql(f"from kpi.{table}").columns)


def test_a_folder_without_orders_is_refused_by_name(tmp_path: Path) -> None:
    done = run_floor(tmp_path, tmp_path / "floor.duckdb")
    assert done.returncode == 1
    assert done.stderr.strip().splitlines() == [
        f"Error: {tmp_path} has no orders/*.parquet: write it with scripts/generate_data."
    ]
