"""All rules of a table are one test: each that is broken is named, and stops what reads it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import duckdb
import pytest
from conftest import PROJECT, run_dbt, run_module

MODEL = """\
select
    cast(answer_id as varchar) as answer_id,
    cast(survey_id as varchar) as survey_id,
    cast(contact_id as varchar) as contact_id,
    cast(kind as varchar) as kind,
    cast(score as integer) as score,
    cast(is_last as boolean) as is_last
from (
    values
    ('a', 's', 'c', 'mail', 9, true),
    ('b', 's', 'd', null, null, false)
) as answers (answer_id, survey_id, contact_id, kind, score, is_last)
"""
YAML = """\
models:
  - name: fct_answers
    description: One row per answer.
    config:
      contract: {enforced: true}
    constraints:
      - type: check
        expression: score >= 0
      - {type: check, name: scores_end_at_10, expression: score <= 10}
    data_tests:
      - rules_hold:
          name: rules_hold_fct_answers
          arguments:
            unique:
              - answer_id
              - [survey_id, contact_id]
              - name: a_survey_has_one_last_answer
                columns: [survey_id]
                where: is_last or false
            not_null: [answer_id]
            accepted_values:
              kind: [mail, "customer's own"]
            conditions:
              the_last_answer_has_a_score: score is not null or not is_last
              a_survey_has_at_most_9_answers: >-
                survey_id not in (
                    select answers.survey_id
                    from {{ ref('fct_answers') }} as answers
                    group by answers.survey_id
                    having count(*) > 9
                )
    columns:
      - {name: answer_id, data_type: varchar}
      - {name: survey_id, data_type: varchar, constraints: [{type: not_null}]}
      - {name: contact_id, data_type: varchar}
      - {name: kind, data_type: varchar}
      - {name: score, data_type: integer}
      - {name: is_last, data_type: boolean}
"""
BROKEN = re.compile(r"(\w+): (\d+) rows? breaks? (.+)\n +(select .+)")
# Rows that break rules, and the rules: how many rows the query shows that is printed.
CASES = [
    ("('a', 's', 'c', 'mail', 9, true), ('a', 's', 'd', null, 8, false)", {"unique answer_id": 1}),
    (
        "('a', 's', 'c', 'mail', 9, true), ('b', 's', 'c', null, 8, false)",
        {"unique survey_id, contact_id": 1},
    ),
    (
        "('a', 's', null, 'mail', 9, true), ('b', 's', null, null, 8, false)",
        {"unique survey_id, contact_id": 1},
    ),
    (
        "('a', 's', 'c', 'mail', 9, true), ('b', 's', 'd', null, 8, true)",
        {"a_survey_has_one_last_answer": 1},
    ),
    (
        "(null, 's', 'c', 'mail', 9, true), (null, 's', 'd', null, 8, false)",
        {"unique answer_id": 1, "not_null answer_id": 2},
    ),
    (
        "('a', 's', 'c', 'Mail', 9, true), ('b', 's', 'd', 'customer''s own', 8, false)",
        {"accepted_values kind": 1},
    ),
    (
        "('a', 's', 'c', 'mail', null, true), ('b', 's', 'd', null, null, null)",
        {"the_last_answer_has_a_score": 2},
    ),
    (
        ", ".join(f"('{n}', 's', '{n}', 'mail', 9, false)" for n in range(10)),
        {"a_survey_has_at_most_9_answers": 10},
    ),
    (
        "('a', null, 'c', 'mail', -1, true), ('b', 's', 'd', null, 11, false)",
        {"not_null survey_id": 1, "check score >= 0": 1, "scores_end_at_10": 1},
    ),
]


@pytest.fixture
def project(small_project: Path) -> Path:
    """The small project with a table that has a rule of each kind."""
    shutil.copytree(PROJECT / "tests" / "generic", small_project / "tests" / "generic")
    core = small_project / "models" / "marts" / "core"
    (core / "fct_answers.sql").write_text(MODEL, encoding="utf-8")
    (core / "fct_answers.yml").write_text(YAML, encoding="utf-8")
    shutil.copyfile(small_project / "profiles.example.yml", small_project / "profiles.yml")
    (small_project / "warehouse").mkdir(exist_ok=True)
    return small_project


def test_each_rule_is_named_when_it_is_broken_and_no_other(project: Path) -> None:
    """A table for each case, whole when it is built, and then replaced by rows that break rules."""
    core = project / "models" / "marts" / "core"
    expected = {f"fct_answers_{number}": case for number, case in enumerate(CASES)}
    for name in expected:
        (core / f"{name}.sql").write_text(MODEL, encoding="utf-8")
        (core / f"{name}.yml").write_text(YAML.replace("fct_answers", name), encoding="utf-8")
    built = run_dbt(project, "build", "--select", *expected)
    assert built.returncode == 0, built.stdout
    assert built.stdout.count("PASS rules_hold_fct_answers_") == len(CASES)
    assert not BROKEN.search(built.stdout)

    file = project / "warehouse" / "build.duckdb"
    with duckdb.connect(str(file)) as warehouse:
        for name, (rows, _) in expected.items():
            warehouse.execute(
                f"create or replace table core.{name} as select * from (values {rows}) "
                "as answers (answer_id, survey_id, contact_id, kind, score, is_last)"
            )
    tested = run_dbt(project, "test", "--select", *expected)
    assert tested.returncode == 1, tested.stdout
    said: dict[str, dict[str, int]] = {name: {} for name in expected}
    shown: dict[str, dict[str, int]] = {name: {} for name in expected}
    with duckdb.connect(str(file), read_only=True) as warehouse:
        for name, count, rule, query in BROKEN.findall(tested.stdout):
            said[name][rule] = int(count)
            shown[name][rule] = len(warehouse.execute(query).fetchall())
    assert said == shown == {name: rules for name, (_, rules) in expected.items()}


def test_a_broken_rule_stops_what_reads_the_table(project: Path) -> None:
    """As any test does; the command names the rule with the test."""
    core = project / "models" / "marts" / "core"
    assert "null, null, false" in MODEL
    broken = MODEL.replace("null, null, false", "null, null, true")
    (core / "fct_answers.sql").write_text(broken, encoding="utf-8")
    reader = "select answer_id from {{ ref('fct_answers') }}"
    (core / "fct_readers.sql").write_text(reader, encoding="utf-8")
    failed = run_module("build", project=project)
    assert failed.returncode == 1
    block = failed.stdout[failed.stdout.index("FAILED test rules_hold_fct_answers") :]
    shown = [line.split() for line in block.splitlines()]
    assert shown[1] == ["where", "models/marts/core/fct_answers.yml"]
    said = "message fct_answers: 1 row breaks a_survey_has_one_last_answer"
    assert " ".join(shown[2]) == said
    assert block.count("fct_answers: 1 row breaks the_last_answer_has_a_score") == 1
    assert "1 failed, 1 skipped because of them" in failed.stdout
    with duckdb.connect(str(project / "warehouse" / "build.duckdb"), read_only=True) as warehouse:
        names = warehouse.execute("select table_name from duckdb_tables()").fetchall()
    assert ("fct_answers",) in names
    assert ("fct_readers",) not in names


def test_a_rule_that_warns_is_named_and_stops_nothing(project: Path) -> None:
    path = project / "models" / "marts" / "core" / "fct_answers.yml"
    text = YAML.replace("not is_last\n", "is_last\n")
    text = text.replace("          arg", "          config: {severity: warn}\n          arg")
    path.write_text(text, encoding="utf-8")
    built = run_module("build", "--as-of", "2025-02-01", project=project)
    assert built.returncode == 0, built.stdout + built.stderr
    assert "fct_answers: 1 row breaks the_last_answer_has_a_score (warning)" in built.stdout


def test_a_test_without_a_rule_is_refused(project: Path) -> None:
    path = project / "models" / "marts" / "core" / "dim_answers.yml"
    path.write_text(
        path.read_text(encoding="utf-8").replace(
            "    columns:\n", "    data_tests: [rules_hold]\n    columns:\n"
        ),
        encoding="utf-8",
    )
    tested = run_dbt(project, "build", "--select", "dim_answers")
    assert tested.returncode == 1
    assert "A test without a rule cannot fail" in tested.stdout


def test_rules_of_every_kpi_are_named_for_a_table_of_the_demo_company(
    project_with_kpi: Path, tmp_path: Path
) -> None:
    assert run_module("generate_macros", project=project_with_kpi).returncode == 0
    file = tmp_path / "build.duckdb"
    shutil.copyfile(project_with_kpi / "warehouse" / "build.duckdb", file)
    with duckdb.connect(str(file)) as warehouse:
        warehouse.execute(
            """
            create table cells as
            select *, row_number() over (
                partition by dimension order by period_start, dimension_value
            ) as cell
            from kpi.kpi_sales
            where period_grain = 'month';
            create or replace table kpi.kpi_sales as select * exclude (cell) from cells;
            insert into kpi.kpi_sales
            select * exclude (cell) from cells where dimension = 'industry' and cell = 1;
            insert into kpi.kpi_sales
            select cells.* exclude (cell) replace ('member ' || members.range as dimension_value)
            from cells cross join range(200) as members
            where dimension = 'customer_type' and cell = 1;
            update kpi.kpi_sales set gross_sales = gross_sales + 1 where dimension = 'country';
            update kpi.kpi_sales set gross_margin_rate = 'nan' where dimension = 'sales_rep';
            update kpi.kpi_sales set net_sales_per_order = 1000000 where dimension = 'country';
            """
        )
    tested = run_dbt(
        project_with_kpi, "test", "--select", "kpi_rules_hold_kpi_sales_", KPI_BUILD_FILE=str(file)
    )
    assert tested.returncode == 1
    assert {
        ("kpi_sales", name)
        for name in (
            "kpi_grain_is_unique",
            "kpi_dense_dimensions_stay_small",
            "kpi_members_add_up gross_sales",
            "kpi_variants_match_their_parts net_sales_per_order",
            "kpi_values_in_bounds gross_margin_rate",
            "check net_sales = gross_sales - discounts - returns - cancellations",
        )
    } <= {(table, name) for table, _, name, _ in BROKEN.findall(tested.stdout)}, tested.stdout
