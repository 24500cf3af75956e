"""Metrics of the semantic layer: all there, described as in the catalog, equal to KPI tables."""

from __future__ import annotations

import csv
import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from commerce_kpis.console import UserError
from commerce_kpis.kpi_yaml import kpi_models
from commerce_kpis.project import target_folder
from commerce_kpis.semantic import metrics as made
from commerce_kpis.semantic.formulas import Formula
from commerce_kpis.semantic.metrics import metrics
from commerce_kpis.semantic.sources import NotExpressed, not_expressed, semantic_models
from commerce_kpis.semantic.workspace import environment_of, make_workspace, newest_source
from conftest import PROJECT, run_dbt, run_module, skip_unless_ci
from metric_cells import CHANNELS, TOTAL, MetricFlow, Pair, pairs_of


@pytest.fixture(scope="session")
def manifest_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What dbt has read of the semantic layer: in scripts/test by its build, else here."""
    given = target_folder() / "semantic_manifest.json"
    if given.exists() and given.stat().st_mtime > newest_source():
        return given
    folder = tmp_path_factory.mktemp("parsed")
    (folder / "profiles.yml").write_text(
        (PROJECT / "profiles.example.yml").read_text(encoding="utf-8"), encoding="utf-8"
    )
    done = run_dbt(
        PROJECT,
        *("parse", "--profiles-dir", str(folder), "--target-path", str(folder)),
        DBT_LOG_PATH=str(folder),
    )
    assert done.returncode == 0, done.stdout
    return folder / "semantic_manifest.json"


@pytest.fixture(scope="session")
def manifest(manifest_file: Path) -> dict:
    """The same, read."""
    return json.loads(manifest_file.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def workspace(
    manifest_file: Path, built_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A folder in which `mf` asks the finished build."""
    if importlib.util.find_spec("dbt_metricflow") is None:
        skip_unless_ci("MetricFlow is not installed: pip install -r requirements-test.lock.")
    return make_workspace(tmp_path_factory.mktemp("semantic"), manifest_file, built_file)


@pytest.fixture(scope="session")
def metric_flow(workspace: Path) -> MetricFlow:
    """MetricFlow over the finished build."""
    return MetricFlow(workspace)


def test_dbt_has_read_every_metric(manifest: dict) -> None:
    """Of YAML for another version dbt would read nothing, without a word."""
    assert {one["name"] for one in manifest["metrics"]} == {one.name for one in metrics()}
    assert len(manifest["metrics"]) > 400
    names = {one["name"] for one in semantic_models()}
    assert {one["name"] for one in manifest["semantic_models"]} == names
    assert len(names) > 20
    assert len(manifest["saved_queries"]) >= 10
    assert manifest["project_configuration"]["time_spines"]


def test_every_kind_of_metric_is_there(manifest: dict) -> None:
    """Whatever MetricFlow can say is said with it."""
    kinds = {one["type"] for one in manifest["metrics"]}
    assert kinds == {"simple", "ratio", "derived", "cumulative", "conversion"}


def test_every_variant_is_a_metric_or_says_why_not(manifest: dict) -> None:
    """None is forgotten, none is both; a dimension that is left out is one of the KPI."""
    said = {
        tuple(column.split("."))
        for one in manifest["metrics"]
        for column in (one["config"] or {"meta": {}})["meta"].get("equals", [])
    }
    variants = {(kpi.name, name) for kpi in kpi_models() for name in kpi.meta["variants"]}
    listed = [(row.kpi, row.variant) for row in not_expressed() if not row.dimension]
    assert set(listed) == variants - said
    assert len(listed) == len(set(listed))
    dimensions = {(kpi.name, name) for kpi in kpi_models() for name in kpi.meta["dimensions"]}
    assert {(row.kpi, row.dimension) for row in not_expressed() if row.dimension} <= dimensions
    assert all(len(row.reason.split()) > 4 for row in not_expressed())


def test_a_variant_that_nobody_thought_of_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named, and what to do; so is one that is listed and a metric all the same."""
    rows = not_expressed()
    try:
        for changed, expected in [
            (rows[1:], f"No metric of the semantic layer: {rows[0].kpi}.{rows[0].variant}. Add"),
            ((*rows, NotExpressed("kpi_aov", "aov", "", "no reason")), "lists kpi_aov.aov, which"),
            ((*rows, NotExpressed("kpi_aov", "gone", "", "no reason")), "lists kpi_aov.gone, wh"),
        ]:
            monkeypatch.setattr(made, "not_expressed", lambda changed=changed: changed)
            metrics.cache_clear()
            with pytest.raises(UserError, match=expected):
                metrics()
    finally:
        metrics.cache_clear()


def test_metrics_are_described_as_in_the_catalog(manifest: dict, built_file: Path) -> None:
    """A metric that is a variant means what kpi_catalog says, word by word."""
    with duckdb.connect(str(built_file), read_only=True) as connection:
        rows = connection.execute("select kpi, variant, meaning from kpi.kpi_catalog").fetchall()
    catalog = {(f"kpi_{kpi}", variant): " ".join(meaning.split()) for kpi, variant, meaning in rows}
    texts = {one["name"]: " ".join(one["description"].split()) for one in manifest["metrics"]}
    described = 0
    for metric in metrics():
        named = [column for column in metric.equals if column in catalog]
        if metric.name in {name for _, name in named}:
            (column,) = [column for column in named if column[1] == metric.name]
            assert texts[metric.name] == catalog[column]
            described += 1
    assert described == len(catalog) - sum(not row.dimension for row in not_expressed())
    assert all(texts.values())


@pytest.mark.parametrize("dimension", [TOTAL[0], *CHANNELS])
def test_metrics_equal_the_kpi_tables(metric_flow: MetricFlow, dimension: str) -> None:
    """Every metric has the numbers of its KPI tables, by month, in total and by channel."""
    pairs = pairs_of(dimension)
    kpis = metric_flow.kpi_cells(pairs)
    # A dimension that a number does not have is null in the KPI table, and unknown to MetricFlow.
    pairs = [
        pair
        for pair in pairs
        if any(value is not None for value in kpis[pair.table, pair.column].values())
    ]
    # In the order of their semantic models, so that those asked for at once read few.
    names = list(dict.fromkeys(pair.metric for pair in pairs))
    cells = metric_flow.metric_cells(names, dimension)
    assert len(names) > {"total": 400, "sales_channel": 30}.get(dimension, 70)
    assert sum(map(len, cells.values())) > 1000
    found = [
        difference
        for pair in pairs
        for difference in pair.differences(cells[pair.metric], kpis[pair.table, pair.column])
    ]
    assert not found, "\n".join([f"{len(found)} cells differ:", *found[:20]])


@pytest.mark.parametrize(
    ("metric", "kpi", "is_sum", "differ"),
    [
        (5.0, 5.0, True, 0),
        (5.0001, 5.0, True, 1),
        (5.0, None, True, 1),
        (None, 5.0, True, 1),
        (None, 0.0, True, 0),
        (0.5, 0.5 + 1e-12, False, 0),
        (0.5, 0.5 + 1e-8, False, 1),
        (0.0, None, False, 1),
        (None, 0.0, False, 1),
        (None, None, False, 0),
    ],
)
def test_a_difference_is_seen(
    metric: float | None, kpi: float | None, is_sum: bool, differ: int
) -> None:
    """On either side, and also where the other side has no row."""
    pair = Pair("leads", "kpi_leads", "leads", "total", is_sum)
    cell = ("2025-01-01", "all")
    cells = [{cell: value} if value is not None else {} for value in (metric, kpi)]
    assert len(pair.differences(*cells)) == differ


def test_the_command_says_the_same(
    manifest_file: Path, built_file: Path, workspace: Path, tmp_path: Path
) -> None:
    """`mf query` in a process of its own, by scripts/mf, from another folder; nothing is locked."""
    assert workspace.is_dir()
    with duckdb.connect(str(built_file), read_only=True) as reader:
        done = run_module(
            "semantic.command",
            *("--file", built_file, "query", "--metrics", "net_sales,orders_valid"),
            *("--group-by", "metric_time__month,sales_channel", "--csv", "sales.csv"),
            cwd=tmp_path,
            DBT_TARGET_PATH=str(manifest_file.parent),
        )
        assert done.returncode == 0, done.stdout + done.stderr
        expected = reader.execute(
            "select period_start, dimension_value, net_sales, orders_valid from kpi.kpi_sales "
            "where period_grain = 'month' and dimension = 'sales_channel' "
            "and (orders_valid != 0 or net_sales != 0) order by all"
        ).fetchall()
    with (tmp_path / "sales.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            (
                row["metric_time__month"][:10],
                row["sales_channel"],
                *map(float, list(row.values())[2:]),
            )
            for row in csv.DictReader(file)
        ]
    rows = sorted(row for row in rows if any(row[2:]))
    assert rows == [(str(day), member, float(net), float(n)) for day, member, net, n in expected]


@pytest.mark.parametrize(
    "tries",
    # Every element tried in the warehouse, which the numbers above do too.
    ["--skip-dw", pytest.param("--show-all", marks=pytest.mark.thorough)],
)
def test_the_configurations_are_valid(workspace: Path, tries: str) -> None:
    """What `mf validate-configs` says."""
    done = subprocess.run(
        [
            *(sys.executable, "-c"),
            "from dbt_metricflow.cli import main; "
            "main.UpdateChecker.check = lambda *_: None; main.cli()",
            *("validate-configs", tries),
        ],
        env=environment_of(workspace) | {"PATH": "", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = re.findall(r"ERRORS: (\d+), FUTURE_ERRORS: (\d+)", done.stdout)
    assert found == [("0", "0")] * (1 if tries == "--skip-dw" else 6)


def test_saved_queries_answer(metric_flow: MetricFlow, manifest: dict) -> None:
    """Each gives rows, with a number in every metric."""
    for query in manifest["saved_queries"]:
        rows = metric_flow.rows(None, None, saved_query_name=query["name"])
        for metric in query["query_params"]["metrics"]:
            assert any(row[metric] is not None for row in rows), (query["name"], metric)


def test_a_rate_of_one_month_is_null_of_several(metric_flow: MetricFlow) -> None:
    """A quarter is no sum of its months; a whole quarter has no number rather than another one."""
    months = metric_flow.rows(["churn_rate", "mrr"], ["metric_time__month"])
    quarters = metric_flow.rows(["churn_rate", "mrr"], ["metric_time__quarter"])
    assert any(row["churn_rate"] for row in months)
    whole = [row for row in quarters if row["metric_time__quarter"].year == 2025]
    assert [row["churn_rate"] for row in whole] == [None] * 4
    assert all(row["mrr"] for row in whole)


def test_a_ratio_is_null_where_cost_is_missing(
    manifest_file: Path, built_file: Path, tmp_path: Path
) -> None:
    """As in the KPI tables: in that month, and for each channel of it."""
    file = tmp_path / "build.duckdb"
    tables = ("core.dim_dates", "core.fct_costs", "core.fct_new_customers", "core.fct_leads")
    with duckdb.connect(str(file)) as connection:
        connection.execute(f"attach '{built_file}' as built (read_only)")
        connection.execute("create schema core; create schema intermediate")
        for table in tables:
            connection.execute(f"create table {table} as from built.{table}")
        connection.execute(
            "create table intermediate.int_costs__coverage as select * replace "
            "(is_cost_missing or (month_start = '2025-03-01' and cost_scope = 'sales_people') "
            "as is_cost_missing) from built.intermediate.int_costs__coverage"
        )
    script = (
        "import sys; from metric_cells import MetricFlow; from pathlib import Path; "
        "flow = MetricFlow(Path(sys.argv[1])); "
        "print([row['cac'] for row in flow.rows(['cac'], ['metric_time__month'], "
        "where_constraints=['''{{ TimeDimension('metric_time', 'month') }} "
        "between '2025-02-01' and '2025-04-01' '''], order_by_names=['metric_time__month'])], "
        "[row['cac_marketing_only'] for row in flow.rows(['cac_marketing_only'], "
        "['metric_time__month'], where_constraints=['''{{ TimeDimension('metric_time', 'month') }} "
        "between '2025-03-01' and '2025-03-01' '''])])"
    )
    folder = make_workspace(tmp_path / "semantic", manifest_file, file)
    # dbt holds one profile in a process.
    done = subprocess.run(
        [sys.executable, "-c", script, str(folder)],
        env={**environment_of(folder), "PYTHONPATH": f"{PROJECT}/scripts:{PROJECT}/tests/python"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    last = done.stdout.strip().splitlines()[-1]
    assert re.fullmatch(r"\[\d[\d.]+, None, \d[\d.]+\] \[\d[\d.]+\]", last), last


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a / b", "cast(a as double) / nullif(known_b, 0)"),
        ("12 x a", "(12 * a)"),
        ("(a - b) / b", "cast((a - b) as double) / nullif(known_b, 0)"),
        ("1 - (1 - a) ^ 12", "(1 - power((1 - a), 12))"),
        ("a - b - c", "((a - b) - c)"),
    ],
)
def test_a_formula_is_sql(text: str, expected: str) -> None:
    """What is divided by may be another number, and never 0."""
    formula = Formula(text)
    divisors = {name: f"known_{name}" for name in formula.divisors}
    assert formula.sql({name: name for name in formula.names}, divisors) == expected


@pytest.mark.parametrize("text", ["distinct accounts of leads", "a, at most b", "max(a)", "-a"])
def test_words_are_no_formula(text: str) -> None:
    """They say what arithmetic can't."""
    with pytest.raises(ValueError, match=re.escape(text)):
        Formula(text)


def test_the_command_says_what_is_missing(tmp_path: Path) -> None:
    """One line each, and no traceback."""
    done = run_module("semantic.command", "--file", tmp_path / "no.duckdb", "list", "metrics")
    assert done.returncode == 1
    assert "run scripts/build, or name a file with --file" in done.stderr
    assert "Traceback" not in done.stderr
