"""Each kind of misspelt key is found, with its line and what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest
from commerce_kpis.check_yaml import check_file, project_files
from conftest import run_module

MODEL = """\
models:
  - name: fct_things
    description: One row per thing.
    config:
      contract: {enforced: true}
      meta: {publish: false}
    columns:
      - name: thing_id
        data_type: varchar
        description: Identity.
        constraints: [{type: not_null}]
        data_tests:
          - relationships:
              arguments: {to: ref('fct_others'), field: thing_id}
              config: {severity: warn}
    data_tests:
      - rules_hold:
          name: rules_hold_fct_things
          arguments:
            unique: [thing_id, [kind, number], {name: one_is_last, columns: [kind], where: is_last}]
            not_null: [kind]
            accepted_values: {kind: [a, b]}
            conditions: {things_are_counted: number > 0}
    latest_version: 2
    versions: [{v: 1, defined_in: fct_old_things, deprecation_date: "2027-01-31"}, {v: 2}]
groups:
  - name: team
    owner: {name: Team}
unit_tests:
  - name: a_thing_is_a_thing
    model: fct_things
    overrides: {vars: {inactivity_days: 90}}
    given:
      - input: ref('stg_things')
        rows: [{thing_id: a}]
    expect:
      rows: [{thing_id: a}]
"""
KPI = """\
models:
  - name: kpi_things
    description: One row per period.
    config:
      meta:
        kpi: {code: K99, title: Things, owner: Analytics, priority: P0}
        grains: [month, r12m]
        dimensions:
          segment: {path: own}
          product: {path: own, is_sparse: true}
        parts:
          things_lost: {unit: count, over_members: additive, over_time: additive, needs: [orders]}
          things: {unit: count, over_members: distinct, over_time: snapshot, needs: [orders.email]}
        variants:
          loss_rate:
            is_default: true
            numerator: things_lost
            denominator: things
            n: things
            unit: fraction
            direction: down
            interval: wilson
            formula: things_lost / things
            needs: []
            parameters: [inactivity_days]
            left_censor_days: [left_censor_days]
            flags: {not_estimable: is_odd}
            bounds: [0, 1]
            source: S0
            example: 100 and 10 make 10 %
    columns:
      - {name: things_lost, description: Lost.}
      - {name: things, description: All.}
      - {name: loss_rate, description: Share lost.}
      - {name: is_odd, description: Odd.}
    data_tests:
      - kpi_rules_hold:
          name: kpi_rules_hold_kpi_things
          arguments: {leave_out: [kpi_members_add_up]}
"""
LANDING = """\
models:
  - name: landing__things
    description: One row per thing.
    config:
      meta: {table: things, is_required: true, used_by: [K01], event: made_at, money: price}
    columns:
      - name: thing_id
        config:
          meta: {type: text, need: key}
      - name: kind
        config:
          meta: {type: text, need: optional, default: a, accepted: [a, b]}
"""
SEMANTIC = """\
semantic_models:
  - name: things
    description: Things.
    model: ref('fct_things')
    entities:
      - {name: thing, type: primary, expr: thing_id}
    dimensions:
      - name: made_on
        type: time
        type_params: {time_granularity: day}
    measures:
      - name: things
        agg: sum
        expr: case when is_eligible then 1 else 0 end
        config: {meta: {equals: [kpi_things.things], is_cumulative: true}}
metrics:
  - name: things
    label: Things
    description: Things.
    type: simple
    type_params: {measure: {name: things}}
saved_queries:
  - name: things_by_month
    description: How many?
    query_params: {metrics: [things]}
"""
CASES = [
    (SEMANTIC, "    model: ref", "    modle: ref", "model"),
    (SEMANTIC, "type: primary", "type: primry", "primary"),
    (SEMANTIC, "type_params: {time", "type_param: {time", "type_params"),
    (SEMANTIC, "agg: sum", "agg: average", "count_distinct"),
    (SEMANTIC, "expr: case", "sql: case", "expr"),
    (SEMANTIC, "is_cumulative: true", "cumulative: true", "is_cumulative"),
    (SEMANTIC, "type: simple", "type: ratios", "ratio"),
    (SEMANTIC, "    label: Things", "    lable: Things", "label"),
    (SEMANTIC, "{metrics: [things]}", "{metric: [things]}", "metrics"),
    (MODEL, "    description: One", "    descriptoin: One", "description"),
    (MODEL, "    data_tests:\n      - rules", "    data_test:\n      - rules", "data_tests"),
    (
        MODEL,
        "        data_tests:\n          - rel",
        "        tests:\n          - rel",
        "data_tests",
    ),
    (MODEL, "        data_type:", "        datatype:", "data_type"),
    (MODEL, "constraints:", "constraint:", "constraints"),
    (MODEL, "{type: not_null}", "{typ: not_null}", "type"),
    (MODEL, "{type: not_null}", "{type: not-null}", "not_null"),
    (MODEL, "contract: {enforced", "contracts: {enforced", "contract"),
    (MODEL, "enforced: true", "enforce: true", "enforced"),
    (MODEL, "meta: {publish", "meta: {published", "publish"),
    (MODEL, "severity: warn", "severty: warn", "severity"),
    (MODEL, "severity: warn", "severity: warning", "warn"),
    (MODEL, "arguments: {to", "argument: {to", "arguments"),
    (MODEL, "arguments: {to: ref('fct_others'), field: t", "to: t", "arguments: {to: ...}"),
    (MODEL, "unique: [", "uniqe: [", "unique"),
    (MODEL, "columns: [kind]", "column: [kind]", "columns"),
    (MODEL, "{name: one_is_last, columns", "{columns", "name"),
    (MODEL, "not_null: [kind]", "not_nul: [kind]", "not_null"),
    (MODEL, "accepted_values: {kind: [a, b]}", "accepted_values: [kind]", "mapping"),
    (MODEL, "conditions: {things", "condition: {things", "conditions"),
    (MODEL, "name: rules_hold_fct_things", "name: rules_hold_things", "rules_hold_fct_things"),
    (
        MODEL,
        "rules_hold:\n          name: rules_hold_fct_things\n",
        "rules_hold:\n",
        "rules_hold_fct_things",
    ),
    (MODEL, "- relationships:", "- unique:", "rules_hold: {arguments: {unique: ...}}"),
    (MODEL, "      - rules_hold:", "      - not_null\n      - rules_hold:", "rules_hold: {arg"),
    (
        MODEL,
        "        data_type: varchar\n",
        "        data_type: varchar\n        data_tests: [not_null]\n",
        "rules_hold: {arguments: {not_null: ...}}",
    ),
    (MODEL, "latest_version", "last_version", "latest_version"),
    (MODEL, "defined_in", "define_in", "defined_in"),
    (MODEL, "owner:", "owners:", "owner"),
    (MODEL, "unit_tests:", "unit_test:", "unit_tests"),
    (MODEL, "    given:", "    givens:", "given"),
    (MODEL, "    expect:", "    expected:", "expect"),
    (MODEL, "overrides:", "override:", "overrides"),
    (MODEL, "inactivity_days: 90", "inactivty_days: 90", "inactivity_days"),
    (MODEL, "- input:", "- inputs:", "input"),
    (MODEL, "    columns:\n", "    colums:\n", "columns"),
    (MODEL, "models:", "model:", "models"),
    (MODEL, "    config:", "    materialized: table\n    config:", "config: {materialized: ...}"),
    (MODEL, "        description: Id", "        name: b\n        description: Id", "twice"),
    (
        MODEL,
        "    data_tests:\n      - rules_hold:\n",
        "    data_tests:\n      rules_hold:\n",
        "list",
    ),
    (KPI, "numerator:", "numerater:", "numerator"),
    (KPI, "is_default: true", "default: true", "is_default"),
    (KPI, "is_sparse", "sparse", "is_sparse"),
    (KPI, "path: own, is", "path: owned, is", "own"),
    (KPI, "over_members: distinct", "over_member: distinct", "over_members"),
    (KPI, "over_members: distinct", "over_members: distinkt", "distinct"),
    (KPI, "direction: down", "direction: dwn", "down"),
    (KPI, "interval: wilson", "interval: {low: things, hi: things, method: x}", "high"),
    (KPI, "unit: fraction", "unit: percent", "fraction"),
    (KPI, "not_estimable", "not_estimatable", "not_estimable"),
    (KPI, "variants:", "variant:", "variants"),
    (KPI, "grains: [month", "grains: [monthly", "month"),
    (KPI, "owner:", "owners:", "owner"),
    (KPI, "            example:", "            exmaple:", "example"),
    (KPI, "left_censor_days: [l", "left_censored_days: [l", "left_censor_days"),
    (KPI, "numerator: things_lost", "numerator: thing_lost", "things_lost"),
    (KPI, "is_odd}", "is_od}", "is_odd"),
    (KPI, "[inactivity_days]", "[inactive_days]", "inactivity_days"),
    (KPI, "needs: [orders]", "needs: [order]", "orders"),
    (KPI, "[orders.email]", "[orders.e_mail]", "email"),
    (KPI, "leave_out: [kpi_m", "leave_out: [m", "kpi_members_add_up"),
    (LANDING, "is_required:", "required:", "is_required"),
    (LANDING, "used_by:", "use_by:", "used_by"),
    (LANDING, "need: key", "needs: key", "need"),
    (LANDING, "type: text, need: optional", "type: string, need: optional", "type"),
    (LANDING, "accepted:", "accept:", "accepted"),
    (LANDING, "default: a", "defualt: a", "default"),
]


def _write(folder: Path, text: str) -> Path:
    """The file where the project would keep it."""
    kind, name = "marts/core", "fct_things"
    if "kpi_things" in text:
        kind, name = "marts/kpis/sales", "kpi_things"
    elif "landing__things" in text:
        kind, name = "landing", "landing__things"
    file = folder / "models" / kind / f"{name}.yml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    if name.startswith("kpi_"):
        file.with_suffix(".sql").write_text("{{ kpi_rollup([]) }}", encoding="utf-8")
    return file


@pytest.mark.parametrize(
    "text", [MODEL, KPI, LANDING, SEMANTIC], ids=["model", "kpi", "landing", "semantic"]
)
def test_a_file_without_a_mistake_has_no_finding(tmp_path: Path, text: str) -> None:
    assert check_file(_write(tmp_path, text)) == []


@pytest.mark.parametrize(
    ("text", "right", "wrong", "said"), CASES, ids=[c[2].strip() for c in CASES]
)
def test_a_mistake_is_found_at_its_line(
    tmp_path: Path, text: str, right: str, wrong: str, said: str
) -> None:
    assert right in text
    findings = check_file(_write(tmp_path, text.replace(right, wrong, 1)))
    assert any(said in finding.message for finding in findings), findings
    first = text[: text.index(right)].count("\n") + 1
    lines = range(first, first + wrong.count("\n") + 1)
    assert any(finding.line in lines for finding in findings), findings


def test_a_variant_has_a_column_and_one_of_them_is_the_default(tmp_path: Path) -> None:
    (finding,) = check_file(_write(tmp_path, KPI.replace("{name: loss_rate", "{name: lost_rate")))
    assert "`loss_rate`, which is no column. Do you mean `lost_rate`?" in finding.message
    (finding,) = check_file(_write(tmp_path, KPI.replace("is_default: true", "is_default: false")))
    assert finding.message == "0 variants are the default, not one."


def test_constraints_are_checked_by_a_test_too(tmp_path: Path) -> None:
    text = (
        MODEL[: MODEL.index("    data_tests:\n      - rules")] + MODEL[MODEL.index("unit_tests:") :]
    )
    (finding,) = check_file(_write(tmp_path, text))
    assert "No test checks the constraints of `fct_things`: add `rules_hold`" in finding.message
    assert "constraints" in text.splitlines()[finding.line - 1]


def test_a_file_that_is_no_yaml_is_a_finding(tmp_path: Path) -> None:
    findings = check_file(_write(tmp_path, "models:\n  - name: [fct_things\n"))
    assert "Not valid YAML" in findings[0].message


def test_configurations_of_folders_are_checked(small_project: Path) -> None:
    file = small_project / "dbt_project.yml"
    text = file.read_text(encoding="utf-8")
    for right, wrong in (("+schema: landing", "+shema: landing"), ("    landing:", "    landng:")):
        assert right in text
        file.write_text(text.replace(right, wrong, 1), encoding="utf-8")
        done = run_module("check_yaml", file, project=small_project)
        assert done.returncode == 1
        assert wrong.strip(" :").split(":")[0] in done.stdout


def test_the_command_names_file_line_and_key(tmp_path: Path) -> None:
    file = _write(tmp_path, MODEL.replace("severity", "severty"))
    done = run_module("check_yaml", file)
    assert done.returncode == 1
    assert done.stdout.startswith(f"{file}:15: `models.columns.data_tests.relationships.config.")
    assert "do you mean `severity`?" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_the_command_reads_every_yaml_file_of_dbt() -> None:
    files = {file.name for file in project_files()}
    assert {"dbt_project.yml", "landing__orders.yml", "dim_periods.yml"} <= files
    assert run_module("check_yaml", "--help").stdout.startswith("Usage: scripts/check_yaml")
