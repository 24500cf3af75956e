"""Shared files of the Python tests: one real build, small projects, made-up build files."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import NoReturn

import duckdb
import pytest
from commerce_kpis.dbt_run import DBT
from commerce_kpis.own_postgres import running_server, server_binaries
from commerce_kpis.project import GROUPS
from commerce_kpis.publish import publish

PROJECT = Path(__file__).resolve().parent.parent.parent
SHOWN = re.compile(
    r"^`(?P<path>models/\S+\.(?:sql|yml))`[^\n]*\n```(?:sql|yaml)\n(?P<text>.*?)^```",
    re.DOTALL | re.MULTILINE,
)
SMALL_MODEL = """\
select
    1 as answer_id,
    cast('{{ var("as_of") or "2025-01-31" }}' as timestamp) as as_of
"""
SMALL_YAML = """\
models:
  - name: int_build__clock
    description: The clock of a small project.
  - name: dim_answers
    description: One row per answer.
    columns:
      - name: answer_id
        description: Which answer.
        data_tests: [not_null, unique]
"""

# The files that take longest, by how long: what begins first does not run alone in the end.
LONGEST = (
    *("test_spark", "test_incremental", "test_lake", "test_worked_examples", "test_ledger"),
    "test_quarantine",
    *("test_known_mistakes", "test_landing", "test_whole_delivery", "test_build_command"),
    *("test_floor", "test_mapping", "test_predictions", "test_corruptions", "test_check_landing"),
    *("test_spark_increments", "test_add_a_kpi", "test_security", "test_soak"),
    *("test_dashboard", "test_docs", "test_rules", "test_drivers", "test_replacing", "test_oracle"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of the longest files first; the others stay in their order."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(LONGEST)))


def run_module(
    module: str,
    *arguments: object,
    project: Path = PROJECT,
    cwd: Path | None = None,
    **environment: str,
) -> subprocess.CompletedProcess[str]:
    """Run a command of a project in a process of its own, as the shell scripts do."""
    return subprocess.run(
        [sys.executable, "-m", f"commerce_kpis.{module}", *map(str, arguments)],
        cwd=cwd or project,
        env=module_environment(project, **environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=1800,
        check=False,
    )


def module_environment(project: Path, **environment: str) -> dict[str, str]:
    """The environment of a command: this one, without what names the files of another project."""
    ours = ("DBT_PROFILES_DIR", "DBT_TARGET_PATH", "DBT_LOG_PATH", "KPI_BUILD_FILE")
    inherited = {name: value for name, value in os.environ.items() if name not in ours}
    return {**inherited, "PYTHONPATH": str(project / "scripts"), **environment}


def run_dbt(project: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Plain dbt in a project."""
    return subprocess.run(
        [*DBT, *arguments],
        cwd=project,
        env=module_environment(project, **environment),
        capture_output=True,
        text=True,
        timeout=1800,
        check=False,
    )


@pytest.fixture(scope="session")
def built_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build file of the whole project: the one of scripts/test, or one made here."""
    given = os.environ.get("KPI_BUILD_FILE")
    if given and Path(given).exists():
        return Path(given)
    folder = tmp_path_factory.mktemp("built")
    return build_project(folder)


@pytest.fixture(scope="session")
def businesses(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the project is compiled for random businesses: by scripts/test, or when needed here."""
    return Path(os.environ.get("KPI_BUSINESSES") or tmp_path_factory.mktemp("businesses"))


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The raw tables of the demo company as a folder of `<table>/*.parquet`, every column text."""
    folder = tmp_path_factory.mktemp("demo")
    for file in sorted((PROJECT / "seeds" / "raw").glob("raw_*.csv")):
        table = folder / file.stem.removeprefix("raw_")
        table.mkdir()
        duckdb.execute(
            f"copy (from read_csv('{file}', all_varchar = true)) "
            f"to '{table}/0000.parquet' (format parquet)"
        )
    return folder


@pytest.fixture(scope="session")
def published_file(built_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo company as BI reads it."""
    out = tmp_path_factory.mktemp("published") / "kpis.duckdb"
    publish(built_file, out)
    return out


def build_project(folder: Path, *arguments: object) -> Path:
    """Build the whole project into a folder; the build file. Published beside it."""
    done = try_build(folder, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "build.duckdb"


def try_build(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """The same, whatever becomes of it."""
    return run_module(
        "build", *("--out", folder / "kpis.duckdb"), *arguments, **build_environment(folder)
    )


def build_environment(folder: Path) -> dict[str, str]:
    """What makes the project build into a folder of its own, by the shipped profile."""
    (folder / "profiles").mkdir(exist_ok=True)
    shutil.copyfile(PROJECT / "profiles.example.yml", folder / "profiles" / "profiles.yml")
    return {
        "KPI_BUILD_FILE": str(folder / "build.duckdb"),
        "DBT_PROFILES_DIR": str(folder / "profiles"),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
    }


def copied_project(copy: Path) -> Path:
    """A copy of the project as git would commit it, to be changed."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listed.stdout.splitlines():
        if (PROJECT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(PROJECT / name, copy / name)
    return copy


def skip_unless_ci(message: str) -> NoReturn:
    """A program is missing that a test needs: a failure where everything has to be tried."""
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


def python_model(path: str) -> ModuleType:
    """A Python model as a module; its path below models/, as dbt runs it."""
    spec = importlib.util.spec_from_file_location(Path(path).stem, PROJECT / "models" / path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def postgres() -> Iterator[dict[str, str]]:
    """The environment variables that lead to a PostgreSQL server, run for these tests."""
    if server_binaries() is None:
        skip_unless_ci("There is no PostgreSQL server: install the package postgresql.")
    with running_server() as variables:
        yield variables


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """A headless browser for these tests."""
    from browser import chromium, running_browser

    if chromium() is None:
        skip_unless_ci("There is no Chromium: install the package chromium.")
    with running_browser() as started:
        yield started


@pytest.fixture(scope="session")
def project_with_kpi(built_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with the shown files, its warehouse built but for them."""
    project = copied_project(tmp_path_factory.mktemp("copy") / "my kpis")
    shown = dict(SHOWN.findall((PROJECT / "docs" / "how_to" / "add_a_kpi.md").read_text("utf-8")))
    assert [Path(name).suffix for name in shown] == [".sql", ".yml"]
    for name, text in shown.items():
        (project / name).write_text(text, encoding="utf-8")
    (project / "warehouse").mkdir()
    shutil.copyfile(built_file, project / "warehouse" / "build.duckdb")
    shutil.copyfile(project / "profiles.example.yml", project / "profiles.yml")
    return project


@pytest.fixture
def small_project(tmp_path: Path) -> Path:
    """A project of its own in a folder with spaces; quick to build: two models, no raw tables."""
    project = tmp_path / "a folder with spaces" / "my kpis"
    for name in ("macros", "scripts"):
        shutil.copytree(
            PROJECT / name, project / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    intermediate = project / "models" / "intermediate"
    core = project / "models" / "marts" / "core"
    for folder in (intermediate, core, project / "models" / "landing"):
        folder.mkdir(parents=True)
    for name in ("dbt_project.yml", GROUPS, "profiles.example.yml", "requirements.lock"):
        shutil.copyfile(PROJECT / name, project / name)
    (intermediate / "int_build__clock.sql").write_text(SMALL_MODEL, encoding="utf-8")
    (core / "dim_answers.sql").write_text(SMALL_MODEL, encoding="utf-8")
    (core / "dim_answers.yml").write_text(SMALL_YAML, encoding="utf-8")
    return project


@pytest.fixture
def make_build(tmp_path: Path) -> Callable[..., Path]:
    """Make build files by hand, as a finished dbt run would leave them."""

    def make(
        build_id: str,
        as_of: str = "2025-01-31",
        is_passed: bool = True,
        is_complete: bool = True,
        rows: int = 10,
    ) -> Path:
        file = tmp_path / "build.duckdb"
        file.unlink(missing_ok=True)
        with duckdb.connect(str(file)) as connection:
            connection.execute(
                f"""
                create schema core; create schema kpi; create schema trust;
                create schema bi; create schema intermediate; create schema staging;
                create table intermediate.int_build__clock as
                    select timestamp '{as_of}' as as_of;
                create table staging.base_contract__orders as select 1 as order_id;
                create table core.fct_orders (
                    order_id integer primary key,
                    amount decimal(18, 4) not null check (amount >= 0),
                    build_id varchar not null
                );
                insert into core.fct_orders select range, range, '{build_id}' from range({rows});
                comment on table core.fct_orders is 'One row per ''order''';
                comment on column core.fct_orders.amount is 'Reporting currency';
                create table core.fct_sessions as select 1 as session_id;
                create table core.dim_gone as select 1 as gone_id;
                create table kpi.kpi_sales as
                    select '{build_id}' as build_id, count(*) as orders from core.fct_orders;
                create view kpi.kpi_catalog as
                    select 'sales' as kpi from staging.base_contract__orders;
                """
            )
            connection.execute(
                f"""
                create view bi.sales as select build_id, orders from build.kpi.kpi_sales;
                create view bi.a_sales as select * from bi.sales;
                create table trust.build_info as
                select
                    '{build_id}' as build_id, now()::timestamp as started_at,
                    now()::timestamp as finished_at, 1.5::double as seconds,
                    '{{"inactivity_days": 90}}' as parameters, false as has_email_addresses,
                    'seeds' as landing,
                    '1.11' as dbt_version, 3 as nodes,
                    {0 if is_passed else 2} as failed_nodes, 0 as missing_nodes,
                    {is_complete} as is_complete, {is_passed} as is_passed;
                create table trust.build_models as
                select
                    *, 'model' as resource_type, 'table' as materialization, 0.1 as seconds
                from (values
                    ('core', 'fct_orders', true),
                    ('core', 'fct_sessions', false),
                    ('kpi', 'kpi_sales', true),
                    ('kpi', 'kpi_catalog', true),
                    ('staging', 'base_contract__orders', false),
                    ('intermediate', 'int_build__clock', false)
                ) as models (schema_name, model_name, is_published);
                create table trust.kpi_queries
                    (kpi varchar, database_name varchar, sql varchar);
                """
            )
        return file

    return make
