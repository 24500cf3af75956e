"""Each rule about models finds what breaks it, and nothing in a project that keeps them all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from commerce_kpis.check_graph import Exemption, findings, read_exceptions
from commerce_kpis.console import UserError
from commerce_kpis.graph import Graph
from commerce_kpis.graph_rules import RULES
from conftest import PROJECT

Change = Callable[["Manifest"], None]


class Manifest(dict):
    """A manifest of a few models, one a room, in which a test plants what breaks a rule."""

    def __init__(self) -> None:
        super().__init__(
            nodes={}, unit_tests={}, exposures={}, sources={}, disabled={}, selectors={"sales": {}}
        )
        self.add_seed("raw_orders")
        self.add_source("orders")
        landing = self.add_model("landing/landing__orders", "raw_orders")
        landing["config"] |= {"materialized": "view", "meta": {"table": "orders", "event": "at"}}
        self.add_model("staging/shop/base/base_shop__orders", "landing__orders")
        self.add_model("staging/shop/stg_shop__orders", "base_shop__orders")
        self.add_model("intermediate/orders/int_orders__priced", "stg_shop__orders")
        self.add_model("marts/core/fct_orders", "int_orders__priced", access="public")
        self.add_model("marts/kpis/sales/kpi_sales", "fct_orders", access="public", tags=["sales"])
        self.add_model("trust/dq_orders", "stg_shop__orders", "kpi_sales")
        self["exposures"]["exposure.a_page"] = {
            **self._node("exposure", "a_page", "models/exposures.yml"),
            "depends_on": {"nodes": ["model.kpi_sales"]},
        }

    def add_model(self, path: str, *reads: str, access: str = "private", tags=()) -> dict:
        name = path.rpartition("/")[2]
        self["nodes"][f"model.{name}"] = {
            **self._node("model", name, f"models/{path}.sql"),
            "path": f"{path}.sql",
            "patch_path": f"commerce_kpis://models/{path}.yml",
            "schema": "core",
            "language": "sql",
            "raw_code": "select * from {{ ref('core.orders') }} -- from core.orders",
            "config": {"materialized": "table", "meta": {}},
            "contract": {"enforced": access == "public"},
            "columns": {"order_id": {"description": "An id."}},
            "access": access,
            "tags": list(tags),
        }
        for read in reads:
            self.read(name, read)
        self["nodes"][f"test.{name}"] = {
            **self._node("test", f"rules_hold_{name}", f"models/{path}.yml"),
            "attached_node": f"model.{name}",
            "depends_on": {"nodes": [f"model.{name}"]},
            "language": "sql",
            "raw_code": "{{ test_rules_hold() }}",
            "test_metadata": {"name": "rules_hold", "kwargs": {"unique": ["order_id"]}},
        }
        return self["nodes"][f"model.{name}"]

    def add_seed(self, name: str) -> None:
        self["nodes"][f"seed.{name}"] = {
            **self._node("seed", name, f"seeds/raw/{name}.csv"),
            "schema": "demo_raw",
        }

    def add_source(self, name: str) -> dict:
        source = {
            **self._node("source", name, "models/landing/_landing__sources.yml"),
            "source_description": "Raw tables.",
            "database": "build",
            "schema": "raw",
            "identifier": name,
            "freshness": {"warn_after": {"count": 3, "period": "day"}},
        }
        self["disabled"][f"source.{name}"] = [source]
        return source

    def read(self, name: str, *reads: str) -> None:
        for read in reads:
            kind = "seed" if read.startswith("raw_") else "model"
            self.model(name)["depends_on"]["nodes"].append(f"{kind}.{read}")

    def model(self, name: str) -> dict:
        return self["nodes"][f"model.{name}"]

    def _node(self, resource_type: str, name: str, file: str) -> dict:
        return {
            "resource_type": resource_type,
            "unique_id": f"{resource_type}.{name}",
            "name": name,
            "original_file_path": file,
            "description": "One row per order.",
            "depends_on": {"nodes": []},
        }


def add_raw_table(manifest: Manifest) -> None:
    manifest.add_seed("raw_lines")


def add_twin(manifest: Manifest) -> None:
    manifest.add_source("the_same_orders")["identifier"] = "orders"


def add_parents(manifest: Manifest) -> None:
    for number in range(12):
        manifest.add_model(f"intermediate/orders/int_orders__{number}", "stg_shop__orders")
        manifest.read("fct_orders", f"int_orders__{number}")
        manifest["unit_tests"][f"unit_test.{number}"] = {"model": f"int_orders__{number}"}


def add_leaves(manifest: Manifest) -> None:
    for number in range(4):
        manifest.add_model(f"trust/dq_{number}", "fct_orders")


def add_views(manifest: Manifest) -> None:
    below = "int_orders__priced"
    for number in range(5):
        name = f"int_orders__{number}"
        model = manifest.add_model(f"intermediate/orders/{name}", below)
        model["config"]["materialized"] = "view"
        below = name


def key_of(**metadata: object) -> Change:
    def change(manifest: Manifest) -> None:
        manifest["nodes"]["test.kpi_sales"]["test_metadata"] = metadata

    return change


def set_in(name: str, **values: object) -> Change:
    return lambda manifest: manifest.model(name).update(values)


def code_of(name: str, code: str) -> Change:
    return set_in(name, raw_code=code)


PLANTED: list[tuple[str, str, Change]] = [
    (
        "raw_tables_are_read_by_landing",
        "fct_orders",
        lambda it: it.read("fct_orders", "raw_orders"),
    ),
    ("raw_tables_have_one_reader", "fct_orders", lambda it: it.read("fct_orders", "raw_orders")),
    (
        "landing_reads_one_raw_table",
        "landing__orders",
        lambda it: (add_raw_table(it), it.read("landing__orders", "raw_lines")),
    ),
    (
        "landing_reads_one_raw_table",
        "landing__orders",
        lambda it: (
            it.add_model("landing/landing__lines", "raw_orders"),
            it.read("landing__orders", "landing__lines"),
        ),
    ),
    ("raw_tables_are_used", "raw_lines", add_raw_table),
    ("raw_tables_are_declared_once", "the_same_orders", add_twin),
    ("tables_are_named_by_ref", "fct_orders", code_of("fct_orders", "select 1 from core.orders")),
    ("tables_are_named_by_ref", "kpi_sales", code_of("kpi_sales", 'a left join "raw"."orders"')),
    ("models_read_something", "dim_days", lambda it: it.add_model("marts/core/dim_days")),
    (
        "models_read_no_later_room",
        "int_orders__priced",
        lambda it: it.read("int_orders__priced", "kpi_sales"),
    ),
    (
        "models_read_no_later_room",
        "fct_orders",
        lambda it: (
            it.add_model("fixtures/fixture_orders", "stg_shop__orders"),
            it.read("fct_orders", "fixture_orders"),
        ),
    ),
    (
        "staging_reads_no_other_staging",
        "stg_shop__lines",
        lambda it: it.add_model("staging/shop/stg_shop__lines", "stg_shop__orders"),
    ),
    ("models_have_few_parents", "fct_orders", add_parents),
    ("models_have_few_leaves", "fct_orders", add_leaves),
    (
        "steps_of_one_reader_are_tested",
        "int_orders__priced",
        lambda it: it.read("fct_orders", "stg_shop__orders"),
    ),
    (
        "models_have_a_tested_key",
        "kpi_sales",
        key_of(name="rules_hold", kwargs={"not_null": ["order_id"]}),
    ),
    (
        "models_have_a_tested_key",
        "kpi_sales",
        key_of(name="kpi_rules_hold", kwargs={"leave_out": ["kpi_grain_is_unique"]}),
    ),
    ("models_are_tested", "kpi_sales", lambda it: it["nodes"].pop("test.kpi_sales")),
    (
        "sources_say_when_they_are_stale",
        "orders",
        lambda it: it["disabled"]["source.orders"][0].update(freshness=None),
    ),
    ("models_are_described", "fct_orders", set_in("fct_orders", description=" ")),
    (
        "sources_are_described",
        "orders",
        lambda it: it["disabled"]["source.orders"][0].update(description=""),
    ),
    (
        "names_say_the_room",
        "stg_crm__orders",
        lambda it: it.add_model("staging/shop/stg_crm__orders", "landing__orders"),
    ),
    (
        "names_say_the_room",
        "int_orders",
        lambda it: it.add_model("marts/core/int_orders", "stg_shop__orders"),
    ),
    (
        "yaml_stands_beside_the_model",
        "fct_orders",
        set_in("fct_orders", patch_path="commerce_kpis://models/trust/fct_orders.yml"),
    ),
    (
        "sources_stand_in_landing",
        "orders",
        lambda it: it["disabled"]["source.orders"][0].update(original_file_path="models/s.yml"),
    ),
    ("views_are_not_piled_up", "int_orders__4", add_views),
    ("exposures_read_public_tables", "a_page", set_in("kpi_sales", access="protected")),
    (
        "exposures_read_public_tables",
        "a_page",
        set_in("kpi_sales", config={"materialized": "view", "meta": {}}),
    ),
    (
        "public_models_have_a_contract",
        "kpi_sales",
        set_in("kpi_sales", contract={"enforced": False}),
    ),
    (
        "public_models_are_described_whole",
        "kpi_sales",
        set_in("kpi_sales", columns={"orders": {"description": ""}}),
    ),
    ("public_models_are_described_whole", "kpi_sales", set_in("kpi_sales", columns={})),
    ("themes_have_a_tag_and_a_selector", "kpi_sales", set_in("kpi_sales", tags=["leads"])),
    ("themes_have_a_tag_and_a_selector", "kpi_sales", lambda it: it["selectors"].clear()),
]


def test_a_project_that_keeps_the_rules_has_no_findings() -> None:
    assert list(findings(Graph(Manifest()), [])) == []


def test_every_rule_has_a_planted_case_and_a_line_on_the_page() -> None:
    rules = {rule.__name__ for rule in RULES}
    assert {rule for rule, _, _ in PLANTED} == rules
    page = (PROJECT / "docs" / "project_rules.md").read_text(encoding="utf-8")
    assert [rule for rule in rules if f"`{rule}`" not in page] == []


@pytest.mark.parametrize(("rule", "node", "change"), PLANTED)
def test_what_breaks_a_rule_is_found(rule: str, node: str, change: Change) -> None:
    manifest = Manifest()
    change(manifest)
    found = [line for line in findings(Graph(manifest), []) if line.endswith(f"({rule})")]
    assert any(f" {node} " in line for line in found), found
    exempt = list(findings(Graph(manifest), [Exemption(rule, "*", "a reason")]))
    assert not set(found) & set(exempt)


def test_an_exemption_holds_for_its_rule_and_model_only() -> None:
    manifest = Manifest()
    manifest.model("fct_orders")["description"] = ""
    exempt = Exemption("models_are_described", "fct_*", "a reason")
    assert list(findings(Graph(manifest), [exempt])) == []
    manifest.model("kpi_sales")["description"] = ""
    (line,) = findings(Graph(manifest), [exempt])
    assert line.startswith("models/marts/kpis/sales/kpi_sales.sql: kpi_sales has no description")


def test_an_exemption_that_nothing_needs_is_found() -> None:
    (line,) = findings(Graph(Manifest()), [Exemption("models_are_tested", "dim_*", "a reason")])
    assert line.startswith("tests/graph_exceptions.csv: dim_* breaks no rule models_are_tested")


@pytest.mark.parametrize(
    "line", ["no_rule,kpi_sales,a reason", "models_are_tested,kpi_sales,", "models_are_tested,,why"]
)
def test_an_exemption_names_a_rule_a_model_and_a_reason(tmp_path: Path, line: str) -> None:
    file = tmp_path / "exceptions.csv"
    file.write_text(f"rule,node,reason\n{line}\n", encoding="utf-8")
    with pytest.raises(UserError, match="line 2"):
        read_exceptions(file)
