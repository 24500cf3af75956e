"""Increments on Spark: the months that a load changed are overwritten, and no others."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from commerce_kpis import cell_comparison
from commerce_kpis.own_spark import running_cluster
from conftest import PROJECT
from incremental_project import CLOCKS, IncrementalProject
from landing_history import History
from landing_project import LandingProject
from spark_tables import differences, known_models, need_spark, replaced, table_folder

pytestmark = pytest.mark.spark

HISTORY = ("orders", "web_events", "web_sessions")
WEB = ("int_web__sessions", "int_web__user_agents", "int_web__referrers")
SEEDS = ("bot_user_agents", "referral_exclusions")
ATTRIBUTION = ("fct_attributed_sales",)
MODELS = ("base_contract__orders", "int_orders", "int_companies")
NO_BOTS = "intermediate.int_web__user_agents"
CLOCK = "select max(loaded_at) as as_of from {{ ref('stg_contract__orders') }}\n"
# By difference: of a company's orders only those that changed are written, and named further down.
ORDERS = """\
{{ config(
    materialized=table_or_increments(),
    incremental_strategy='replace_differences',
    unique_key=['source_name', 'order_id'],
    meta={'changes_of': 'company_id', 'event_time': 'placed_at'},
    post_hook='{{ remember_whole_build() }}'
) }}
select source_name, order_id, company_id, placed_at, order_status
from {{ ref('stg_contract__orders') }}
where not is_deleted
"""
# By unit: a company's row is of all its orders, and leaves the month of its first one if that does.
COMPANIES = """\
{{ config(
    materialized=table_or_increments(),
    incremental_strategy='replace_units',
    unique_key='company_id',
    meta={'event_time': 'first_order_at'},
    pre_hook='{{ find_changed_units() }}',
    post_hook='{{ remember_whole_build() }}'
) }}
select company_id, count(*) as orders, min(placed_at) as first_order_at
from {{ rows_of_changed_units(ref('int_orders')) }}
where company_id is not null
group by company_id
"""
# Without a row until the last load: a table of months would have no file till then.
LATE = COMPANIES + "having min(placed_at) >= cast('2025-05-01' as timestamp)\n"
CONTRACT = """models:
  - name: int_companies
    config: {contract: {enforced: true}}
    columns:
      - {name: first_order_at, data_type: timestamp}
      - {name: company_id, data_type: varchar}
      - {name: orders, data_type: bigint}
"""
# Of January, February, March; what comes in May adds to March and takes February's only order away.
LOADS = (
    "a1,A,2025-01-10,2025-04-01,\nb1,B,2025-02-10,2025-04-01,\nc1,C,2025-03-10,2025-04-01,\n",
    "a2,A,2025-03-20,2025-05-01,\nb1,B,2025-02-10,2025-05-01,true\n",
    "d1,D,2025-05-20,2025-06-01,\n",
)
# Where the months of a model have been overwritten.
OVERWRITTEN = "        {%- do leave_a_file(relation) -%}\n"
ENDED = "        {{ exceptions.raise_compiler_error('ended halfway') }}\n"
COLUMNS = "order_id,company_id,placed_at,loaded_at,is_deleted,total_amount,currency_code\n"


class SparkProject(LandingProject):
    """Landing and two models of orders, or of sessions too, built on Spark and in a file."""

    def __init__(self, folder: Path, *tables: str) -> None:
        super().__init__(folder / "project")
        self.keep_tables(*tables)
        self.landing = folder / "landing"
        models = self.folder / "models" / "intermediate"
        files = [f"models/intermediate/web/{name}.sql" for name in WEB if "web_events" in tables]
        files += [f"seeds/config/{seed}.{kind}" for seed in SEEDS for kind in ("csv", "yml")]
        for name in files:
            (self.folder / name).parent.mkdir(exist_ok=True)
            shutil.copyfile(PROJECT / name, self.folder / name)
        written = {"build__clock": CLOCK, "orders": ORDERS, "companies": COMPANIES, "late": LATE}
        for name, sql in written.items():
            (models / f"int_{name}.sql").write_text(sql, encoding="utf-8")
        (models / "int_companies.yml").write_text(CONTRACT, encoding="utf-8")

    def land_orders(self, number: int) -> None:
        """Deliver one of the loads."""
        folder = self.landing / "orders"
        folder.mkdir(parents=True, exist_ok=True)
        rows = LOADS[number].replace("\n", ",100,EUR\n")
        (folder / f"{number}.csv").write_text(COLUMNS + rows, encoding="utf-8")

    def assert_as_in_a_file(self, *may_be_empty: str) -> None:
        """Build all that has landed into a file: its cells are those on Spark."""
        self.build_on("dev")
        assert differences(str(self.warehouse), self.build_file("dev"), *may_be_empty) == {
            "intermediate.int_companies": 0,
            "intermediate.int_late": 0,
            "intermediate.int_orders": 0,
            "staging.base_contract__orders": 0,
        }

    @property
    def warehouse(self) -> Path:
        """Where a session keeps its tables, and a cluster in the folder `on_spark`."""
        return self.folder / "on_spark" / "warehouse"

    def build_on(self, target: str, **environment: str) -> None:
        """Build what the landing folder holds, and see it succeed."""
        done = self.try_on(target, **environment)
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]

    def try_on(self, target: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """The same, whatever becomes of it."""
        return self.build(
            target,
            *("+int_companies", "+int_late", "+int_web__sessions"),
            environment={
                "DBT_TARGET": target,
                "KPI_SPARK_WAREHOUSE": str(self.warehouse),
                "SPARK_LOCAL_IP": "127.0.0.1",
                "PYTHONPATH": str(PROJECT / "scripts"),
                **environment,
            },
            landing="files",
            landing_path=str(self.landing),
            append_or_update="all",
        )

    def months(self, model: str) -> dict[str, int]:
        """The months of a model on Spark, each with the moment in which it was last written."""
        return {
            month.name.removeprefix("event_month="): max(
                file.stat().st_mtime_ns for file in month.iterdir()
            )
            for month in self.table(model).glob("event_month=*")
        }

    def table(self, name: str) -> Path:
        """The folder of a table on Spark."""
        return table_folder(self.warehouse, name)


@pytest.fixture(autouse=True)
def _compared(monkeypatch: pytest.MonkeyPatch) -> None:
    need_spark()
    monkeypatch.setattr(cell_comparison, "SCHEMAS", ("staging", "intermediate"))


def changed(before: dict[str, int], after: dict[str, int]) -> set[str]:
    """The months that are new, were written again, or are gone."""
    return {month for month in before | after if before.get(month) != after.get(month)}


def test_months_that_did_not_change_are_not_written(tmp_path: Path) -> None:
    project = SparkProject(tmp_path, "orders")

    def months_built() -> dict[str, set[str]]:
        """Build; the months that this changed."""
        before = {model: project.months(model) for model in MODELS}
        project.build_on("spark_session")
        return {model: changed(before[model], project.months(model)) for model in MODELS}

    project.land_orders(0)
    assert months_built()["int_orders"] == {"2025-01", "2025-02", "2025-03"}
    project.land_orders(1)
    assert months_built() == {
        "base_contract__orders": {"2025-04", "2025-05"},
        "int_orders": {"2025-02", "2025-03"},
        "int_companies": {"2025-01", "2025-02"},
    }
    assert "2025-02" not in project.months("int_orders")
    assert replaced(project.warehouse) == set(MODELS)
    assert list(project.table("int_late").glob("*.parquet"))
    # Of queries that share a folder of a table, one takes away what another has written.
    shared = [project.table(name) / "_SUCCESS" for name in ("models", "changed_units")]
    assert [path for path in shared if path.exists()] == []
    project.assert_as_in_a_file("intermediate.int_late")


@pytest.mark.thorough
def test_a_build_that_ended_halfway_leaves_nothing_wrong_behind(tmp_path: Path) -> None:
    project = SparkProject(tmp_path, "orders")
    for number in range(2):
        project.land_orders(number)
        project.build_on("spark_session")

    # A build that ends between the months and what is remembered of them leaves a model unknown.
    project.land_orders(2)
    macro = project.folder / "macros" / "dialect" / "spark" / "incremental.sql"
    text = macro.read_text(encoding="utf-8")
    macro.write_text(text.replace(OVERWRITTEN, ENDED + OVERWRITTEN), encoding="utf-8")
    assert "ended halfway" in project.try_on("spark_session").stdout
    macro.write_text(text, encoding="utf-8")
    assert known_models(project.warehouse) == {"int_orders", "int_companies"}
    # As one that is killed while Spark writes may leave it.
    orders = project.table("base_contract__orders")
    staged = project.table("int_companies") / ".spark-staging-1"
    shutil.copytree(orders / "event_month=2025-06", staged / "event_month=2025-06")
    shutil.rmtree(orders / "event_month=2025-04")

    project.build_on("spark_session")
    assert replaced(project.warehouse) == {"int_orders", "int_companies"}
    assert set(project.months("int_late")) == {"2025-05"}
    project.assert_as_in_a_file()


@pytest.mark.thorough
def test_a_history_of_loads_ends_as_a_file_made_whole(tmp_path: Path) -> None:
    """On a cluster, where two models are built at a time."""
    history = History(tmp_path / "landing", 0, 3, HISTORY)
    project = SparkProject(tmp_path, *HISTORY)
    with running_cluster(project.warehouse.parent) as cluster:
        for number in range(3):
            history.load(number)
            project.build_on("spark", **cluster)
            if number:
                assert {"int_web__sessions", "int_orders"} <= replaced(project.warehouse)
    project.build_on("dev")
    found = differences(str(project.warehouse), project.build_file("dev"), NO_BOTS)
    assert {"intermediate.int_web__sessions", "staging.base_contract__web_events"} <= set(found)
    assert {table: count for table, count in found.items() if count} == {}


@pytest.mark.thorough
def test_attribution_in_increments_ends_as_a_file_made_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All raw tables, and every model that the project keeps in increments, in sessions."""
    monkeypatch.setattr(cell_comparison, "SCHEMAS", ("staging", "intermediate", "core"))
    # Of a rejected row the text of a typed moment is the engine's own.
    monkeypatch.setattr(cell_comparison, "OF_THE_BUILD", ("build_id", "raw_row"))
    landing, warehouse = tmp_path / "landing", tmp_path / "on_spark" / "warehouse"
    history = History(landing, 0, len(CLOCKS))
    on_spark = IncrementalProject(
        tmp_path / "on_spark",
        landing,
        ATTRIBUTION,
        DBT_TARGET="spark_session",
        KPI_SPARK_WAREHOUSE=str(warehouse),
        SPARK_LOCAL_IP="127.0.0.1",
    )
    for number, clock in enumerate(CLOCKS):
        history.load(number)
        on_spark.build(clock)
    assert {"int_web__sessions", "fct_attributed_sales"} <= replaced(warehouse)
    in_a_file = IncrementalProject(tmp_path / "in_a_file", landing, ATTRIBUTION)
    in_a_file.build()
    found = differences(str(warehouse), in_a_file.file, NO_BOTS)
    assert "core.fct_attributed_sales" in found
    assert {table: count for table, count in found.items() if count} == {}
