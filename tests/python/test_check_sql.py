"""SQL that one engine only understands is found, with its line and what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest
from commerce_kpis.check_sql import check_file, portable_functions, project_files
from conftest import run_module


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("select strptime(a, '%Y')", "`strptime` is no function that every engine has"),
        ("select summ(a)", "Do you mean `sum`?"),
        ("select a::integer", "`::` is not SQL"),
        ("select a // b", "call `integer_divide`"),
        ("select t.* exclude (a) from t", "call `columns_except`"),
        ("select *\n    replace (1 as a) from t", "call `columns_except`"),
        ("select lag(a ignore nulls) over w", "call `passing_over_nulls`"),
        ("select cast(a as varchar)", "the type is called `string`"),
        ("select a at time zone 'UTC'", "call `reporting_date`"),
        ("select d + n * interval 1 month", "call `months_after`"),
        ("select {{ safe_ratio('epoch(a)', 'b') }}", "`epoch` is no function"),
        ('select {{ date_series("a", "strptime(b)") }}', "`strptime` is no function"),
        ("{% set sql = 'epoch(a)' %}select {{ sql }}", "`epoch` is no function"),
        ("{% do rules.append({'breaks': 'epoch(a) < 0'}) %}", "`epoch` is no function"),
    ],
)
def test_what_one_engine_only_has_is_refused(tmp_path: Path, sql: str, said: str) -> None:
    file = tmp_path / "model.sql"
    file.write_text("-- One row per thing.\n" + sql + "\n", encoding="utf-8")
    findings = check_file(file)
    assert len(findings) == 1, findings
    assert said in findings[0].message
    assert findings[0].line == 2


def test_conditions_in_yaml_are_sql_and_unit_tests_are_not(tmp_path: Path) -> None:
    file = tmp_path / "model.yml"
    file.write_text(
        "models:\n"
        "  - name: things\n"
        "    description: Dates of a::b, as strptime(a) reads them.\n"
        "    data_tests:\n"
        "      - rules_hold:\n"
        "          arguments:\n"
        "            conditions:\n"
        "              a_is_whole: a::int = a\n"
        "              b_has_a_text: >-\n"
        "                b is not null\n"
        "                and cast(b as varchar) != ''\n"
        "    columns:\n"
        "      - name: a\n"
        "        constraints:\n"
        "          - {type: check, expression: epoch(a) > 0}\n"
        "unit_tests:\n"
        "  - name: things_are_there\n"
        "    given: [{input: this, format: sql, rows: 'select 1::int as a'}]\n"
        "    expect: {conditions: 'a::int'}\n",
        encoding="utf-8",
    )
    assert [(found.line, found.key) for found in check_file(file)] == [
        (8, "::"),
        (11, "varchar"),
        (15, "epoch"),
    ]


def test_what_is_no_sql_is_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "model.sql"
    file.write_text(
        "{# strptime(a), a::b #}\n"
        "-- epoch(a)\n"
        "/* a // b */\n"
        "select 'strptime(a)' as text, {{ kpi_rollup(['a']) }}, sum(a) as total\n"
        "from {{ ref('things') }}\n"
        "{%- do problems.append('Call strptime(a) instead.') %}\n"
        "{%- do exceptions.raise_compiler_error('call strptime(a)') %}\n",
        encoding="utf-8",
    )
    assert check_file(file) == []


def test_the_project_itself_is_clean_and_uses_what_it_lists() -> None:
    used = " ".join(file.read_text(encoding="utf-8") for file in project_files())
    assert [name for name in sorted(portable_functions()) if f"{name}(" not in used] == []
    done = run_module("check_sql")
    assert done.returncode == 0, done.stdout
    assert "no findings" in done.stdout


def test_a_finding_is_one_line_and_fails(tmp_path: Path) -> None:
    file = tmp_path / "model.sql"
    file.write_text("select a::integer\n", encoding="utf-8")
    done = run_module("check_sql", str(file))
    assert done.returncode == 1
    assert f"{file}:1: `::`" in done.stdout.replace("\n", "")
    assert "Traceback" not in done.stdout + done.stderr


def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    done = run_module("check_sql", str(tmp_path / "none.sql"))
    assert done.returncode == 1
    assert "cannot be read" in done.stderr
    assert "Traceback" not in done.stderr
