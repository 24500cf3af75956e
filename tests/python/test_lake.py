"""A lake as the target: the numbers of one file, several builds at once, and what was before."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from commerce_kpis.cell_comparison import compare_tables, tables_of
from commerce_kpis.dbt_run import DBT
from commerce_kpis.lake import Plugin
from conftest import build_environment, module_environment, run_module

pytestmark = pytest.mark.lake

# A build in another process waits here, until the test sends a word through the pipe.
FIRST_MODEL = """
select '{{ invocation_id }}' as run_id, numbers.range as row_number
from range(100) as numbers
cross join read_csv(
    '{{ env_var("PIPE") }}',
    header = false, columns = {'word': 'varchar'}, auto_detect = false, delim = ','
) as started
"""
NEXT_MODEL = "select run_id, row_number from {{ ref('before') }}"
MODELS = 8


@pytest.fixture(scope="module")
def lake(postgres: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a lake with the demo company, built and published."""
    folder = tmp_path_factory.mktemp("lake")
    environment = {
        **build_environment(folder),
        **postgres,
        "KPI_LAKE_DATA": str(folder / "data"),
        "KPI_LAKE_SCHEMA": "demo",
        "HOME": str(folder),  # no extension but the packaged ones can be found
    }
    done = run_module("build", "--target", "lake", "--out", folder / "kpis.duckdb", **environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"Published {folder / 'kpis.duckdb'}" in done.stdout
    return {**environment, "folder": str(folder)}


def test_the_lake_has_the_numbers_of_the_file(lake: dict[str, str], built_file: Path) -> None:
    done = run_module(
        "compare_targets",
        *("duckdb", "lake", "--take", "duckdb", "--take", "lake"),
        **{**lake, "KPI_BUILD_FILE": str(built_file)},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    last = done.stdout.splitlines()[-1]
    assert last.startswith("duckdb and lake:") and last.endswith(" 0 differences."), last
    listed = {line.split()[0] for line in done.stdout.splitlines() if line.startswith("kpi.")}
    assert {"kpi.kpi_sales", "kpi.kpi_values", "kpi.kpi_forecast"} <= listed


def test_what_is_published_from_the_lake_is_what_is_published_from_the_file(
    lake: dict[str, str], published_file: Path
) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"attach '{published_file}' as file (read_only)")
        connection.execute(f"attach '{Path(lake['folder']) / 'kpis.duckdb'}' as lake (read_only)")
        tables = (tables_of(connection, "file"), tables_of(connection, "lake"))
        assert tables[0] == tables[1]
        compared = compare_tables(connection, "file", "lake", tables)
        assert [found for found in compared if found.differences] == []
        for relation in ("views() where not internal and", "tables() where", "columns() where"):
            kind = relation.split("(")[0].removesuffix("s")
            names = "column_name, data_type, table_name" if kind == "column" else f"{kind}_name"
            described = [
                connection.execute(
                    f"select schema_name, {names}, comment from duckdb_{relation} "
                    f"database_name = '{database}' order by all"
                ).fetchall()
                for database in ("file", "lake")
            ]
            assert described[0] == described[1]
            assert described[0]


def test_no_word_of_the_password_is_kept(lake: dict[str, str]) -> None:
    word = lake["PGPASSWORD"]
    looked_at = [
        path
        for path in Path(lake["folder"]).rglob("*")
        if path.suffix in (".log", ".json", ".yml") and path.is_file()
    ]
    assert {"dbt.log", "manifest.json"} <= {path.name for path in looked_at}
    for path in looked_at:
        text = path.read_text(encoding="utf-8")
        assert word not in text and json.dumps(word)[1:-1] not in text, path


def test_increments_are_refused(lake: dict[str, str]) -> None:
    done = run_module("build", "--target", "lake", "--vars", "{append_or_update: all}", **lake)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "append_or_update is set" in line and "docs/lake.md" in line


class SmallLake:
    """A small project whose target is a lake of its own."""

    def __init__(self, project: Path, variables: dict[str, str]) -> None:
        self.project = project
        self.variables = variables
        shutil.copyfile(project / "profiles.example.yml", project / "profiles.yml")

    def add_models(self, group: str) -> None:
        """Add models of which each reads the one before, the first one what is sent to a pipe."""
        folder = self.project / "models" / "marts" / "core" / group
        folder.mkdir()
        for number in range(MODELS):
            model = NEXT_MODEL.replace("before", f"{group}_{number - 1}")
            text = FIRST_MODEL if number == 0 else model
            (folder / f"{group}_{number}.sql").write_text(text, encoding="utf-8")

    def pipe(self, run: str) -> Path:
        """What a run of dbt waits for."""
        path = self.project / f"{run}.pipe"
        if not path.exists():
            os.mkfifo(path)
        return path

    def start(self, run: str, *arguments: str) -> subprocess.Popen[str]:
        """dbt in a process of its own."""
        variables = {
            **self.variables,
            "PIPE": str(self.pipe(run)),
            "DBT_TARGET_PATH": f"target_{run}",
            "DBT_LOG_PATH": f"logs_{run}",
        }
        process = subprocess.Popen(
            [*DBT, "--no-use-colors", "build", "--target", "lake", *arguments],
            cwd=self.project,
            env=module_environment(self.project, **variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        # Nobody waits for the reader of a pipe whose process has ended.
        threading.Thread(
            target=lambda: (
                process.wait() is None or os.open(self.pipe(run), os.O_RDONLY | os.O_NONBLOCK)
            ),
            daemon=True,
        ).start()
        return process

    def run(self, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command of the project, with the lake as its target."""
        return run_module(
            module, "--target", "lake", *arguments, project=self.project, **self.variables
        )

    def connect(self, *options: str) -> duckdb.DuckDBPyConnection:
        """A connection with the lake in use."""
        connection = duckdb.connect()
        Plugin("lake", {}).configure_connection(connection)
        schema = f"metadata_schema '{self.variables['KPI_LAKE_SCHEMA']}'"
        connection.execute(
            f"attach 'ducklake:postgres:' as lake ({', '.join([schema, *options])}); use lake"
        )
        return connection

    def query(self, sql: str) -> list[tuple]:
        """Rows of the lake."""
        with self.connect("read_only") as connection:
            return connection.execute(sql).fetchall()

    def assert_whole(self, group: str) -> None:
        """See that every model of a group is there once, with the rows of one run."""
        for number in range(1, MODELS):
            found = self.query(
                f"select count(*), count(distinct row_number), count(distinct run_id) "
                f"from core.{group}_{number}"
            )
            assert found == [(100, 100, 1)], number


@pytest.fixture
def small_lake(
    small_project: Path, postgres: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> SmallLake:
    for name, value in postgres.items():
        monkeypatch.setenv(name, value)
    variables = {
        "KPI_LAKE_DATA": str(small_project / "data"),
        # Each test has a lake of its own on the one server.
        "KPI_LAKE_SCHEMA": f"lake_{small_project.parents[1].name}".replace("-", "_"),
    }
    lake = SmallLake(small_project, variables)
    # The first build makes the lake and its schemas, and is alone.
    with lake.connect(f"data_path '{variables['KPI_LAKE_DATA']}'") as connection:
        connection.execute("create schema core; create schema trust")
    return lake


def _release(*pipes: Path) -> None:
    """Wait until each pipe is read, then let all their readers go on at once."""
    opened = [path.open("w", encoding="utf-8") for path in pipes]
    for pipe in opened:
        pipe.write("go\n")
    for pipe in opened:
        pipe.close()


def _ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    output, _ = process.communicate(timeout=1800)
    return process.returncode, output


def test_two_builds_of_different_models_at_once_both_end_right(small_lake: SmallLake) -> None:
    groups = ("ours", "theirs")
    for group in groups:
        small_lake.add_models(group)
    processes = [small_lake.start(group, "--select", f"{group}_*") for group in groups]
    _release(*map(small_lake.pipe, groups))
    for code, output in map(_ended, processes):
        assert code == 0, output
    for group in groups:
        small_lake.assert_whole(group)
    # Each wrote down what it changed, and no table stands elsewhere: none that both would write.
    authors = small_lake.query("select author, count(*) from snapshots() group by all")
    assert sorted(count for author, count in authors if author) == [MODELS, MODELS]
    places = small_lake.query(
        "select schema_name, count(*) from duckdb_tables() "
        "where database_name = 'lake' group by schema_name"
    )
    assert places == [("core", 2 * MODELS)]


def test_two_builds_of_the_same_models_at_once_spoil_nothing(small_lake: SmallLake) -> None:
    small_lake.add_models("ours")
    runs = ("first", "second")
    processes = [small_lake.start(run, "--select", "ours_*") for run in runs]
    _release(*map(small_lake.pipe, runs))
    ended = [_ended(process) for process in processes]
    assert 0 in {code for code, _ in ended}, ended
    for code, output in ended:
        assert code == 0 or "Transaction conflict" in output, output
    after = small_lake.start("after", "--select", "ours_*")
    _release(small_lake.pipe("after"))
    code, output = _ended(after)
    assert code == 0, output
    small_lake.assert_whole("ours")


def test_what_was_reported_earlier_is_still_there(small_lake: SmallLake) -> None:
    clocks = ("2025-01-31 00:00:00", "2025-02-28 00:00:00")
    for clock in clocks:
        done = small_lake.run("build", "--as-of", clock)
        assert done.returncode == 0, done.stdout + done.stderr
    builds = small_lake.query(
        "select author, max(snapshot_id) from snapshots() where author is not null "
        "group by author order by 2"
    )
    for clock, (_, snapshot) in zip(clocks, builds, strict=True):
        (row,) = small_lake.query(
            f"select cast(as_of as varchar) from core.dim_answers at (version => {snapshot})"
        )
        assert row == (clock,)
    with duckdb.connect(str(small_lake.project / "warehouse" / "kpis.duckdb")) as connection:
        (build_id,) = connection.execute("select build_id from trust.build_info").fetchone()
    assert build_id == builds[-1][0]


def test_a_build_that_others_disturbed_is_not_published(small_lake: SmallLake) -> None:
    small_lake.add_models("ours")
    whole = small_lake.start("whole")
    pipe = small_lake.pipe("whole").open("w", encoding="utf-8")
    # The whole build has made its first models, and waits in this one.
    code, output = _ended(small_lake.start("other", "--select", "dim_answers"))
    assert code == 0, output
    pipe.write("go\n")
    pipe.close()
    code, output = _ended(whole)
    assert code == 0, output
    refused = small_lake.run("publish_command")
    assert refused.returncode == 1
    (line,) = refused.stderr.splitlines()
    assert "holds no finished build of the whole project" in line


def test_a_lake_that_another_run_changed_after_a_build_is_not_published(
    small_lake: SmallLake,
) -> None:
    done = small_lake.run("build")
    assert done.returncode == 0, done.stdout + done.stderr
    with small_lake.connect() as connection:
        connection.execute(
            "begin; call lake.set_commit_message('killed', 'dim_answers'); "
            "insert into core.dim_answers values (2, null); commit"
        )
    refused = small_lake.run("publish_command")
    assert refused.returncode == 1
    (line,) = refused.stderr.splitlines()
    assert "Another run of dbt has changed the lake" in line


def test_several_models_at_a_time_are_refused(small_lake: SmallLake) -> None:
    code, output = _ended(small_lake.start("wide", "--threads", "2"))
    assert code != 0
    (line,) = re.findall(r".*has threads: 2.*", output)
    assert "set threads: 1" in line


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PGHOST", "/nowhere", "/nowhere"),
        ("KPI_LAKE_SCHEMA", "never_made", "does not exist"),
        ("KPI_LAKE_CATALOG", "host=/nowhere password='a b'", "password=***"),
    ],
)
def test_a_lake_that_cannot_be_read_is_one_line(
    small_lake: SmallLake, name: str, value: str, said: str
) -> None:
    small_lake.variables[name] = value
    refused = small_lake.run("publish_command")
    assert refused.returncode == 1
    (line,) = refused.stderr.splitlines()
    assert line.startswith("Error: The lake ") and said in line
    assert "a b" not in line


# The comparison itself.


@pytest.fixture
def two_files(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Two databases with the same table, whose rows lie in another order."""
    with duckdb.connect() as connection:
        for name, order in (("one", "asc"), ("other", "desc")):
            connection.execute(f"attach '{tmp_path / name}.duckdb' as {name}")
            connection.execute(
                f"create schema {name}.kpi; create table {name}.kpi.kpi_sales as "
                "select date '2025-01-01' + cast(range as integer) as period_start, 'all' as "
                "dimension, range as orders, cast(range as decimal(18, 4)) / 3 as net_sales, "
                "cast(range / 7 as decimal(38, 12)) as share, "
                f"range / 7 as rate, '{name}' as build_id from range(10) order by range {order}"
            )
        yield connection


@pytest.mark.parametrize(
    ("change", "differences"),
    [
        ("select 1", 0),
        ("update other.kpi.kpi_sales set rate = rate * (1 + 1e-12)", 0),
        ("update other.kpi.kpi_sales set rate = rate + 1e-6 where orders = 3", 1),
        ("update other.kpi.kpi_sales set share = share + 0.000000000001", 0),
        ("update other.kpi.kpi_sales set share = share + 0.000001 where orders = 3", 1),
        ("update other.kpi.kpi_sales set rate = null where orders = 3", 1),
        ("update other.kpi.kpi_sales set rate = 'nan' where orders = 3", 1),
        ("update other.kpi.kpi_sales set rate = 'inf' where orders = 3", 1),
        ("update other.kpi.kpi_sales set orders = orders + 1 where orders < 2", 2),
        ("update other.kpi.kpi_sales set net_sales = net_sales + 0.0001 where orders = 9", 1),
        ("update other.kpi.kpi_sales set dimension = 'none' where orders = 9", 2 * 6),
        ("delete from other.kpi.kpi_sales where orders = 9", 6),
        ("insert into other.kpi.kpi_sales select * from other.kpi.kpi_sales where orders = 1", 6),
        ("drop table other.kpi.kpi_sales", 1),
        ("alter table other.kpi.kpi_sales add column more integer", 1),
    ],
)
def test_a_difference_is_found(
    two_files: duckdb.DuckDBPyConnection, change: str, differences: int
) -> None:
    two_files.execute(change)
    tables = (tables_of(two_files, "one"), tables_of(two_files, "other"))
    (found,) = compare_tables(two_files, "one", "other", tables)
    assert found.differences == differences
    assert bool(found.notes) == bool(differences)


def test_a_build_that_is_taken_must_be_there_before_anything_is_built(tmp_path: Path) -> None:
    arguments = ("duckdb", "lake", "--take", "duckdb")
    # Without a lake that could be built, too.
    done = run_module("compare_targets", *arguments, KPI_BUILD_FILE=str(tmp_path / "build.duckdb"))
    assert done.returncode == 1
    assert "Building" not in done.stdout
    (line,) = done.stderr.splitlines()
    assert f"{tmp_path / 'build.duckdb'}" in line


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["duckdb", "duckdb"], "name two"),
        (["duckdb", "lake", "--serve", "--take", "lake"], "--serve is for a lake or a cluster"),
        (["duckdb", "lake", "--landing-path", "/nowhere"], "There is no folder /nowhere"),
        (["duckdb", "oracle"], "'oracle' is not one of"),
    ],
)
def test_a_comparison_that_makes_no_sense_is_one_line(arguments: list[str], said: str) -> None:
    done = run_module("compare_targets", *arguments)
    assert done.returncode != 0
    assert said in done.stderr.splitlines()[-1]
