"""The slips that scripts/mutate tries: which they are, and that each stands where one makes it."""

from __future__ import annotations

import csv

import pytest
from commerce_kpis.mutate import EQUIVALENT
from commerce_kpis.mutations import mutations

SQL = """\
{#- Comments hold no formula: 1 + 1. -#}
{%- set ratios = [('rate', 'lost', 'at_start - 2')] %}
with facts as (
    select
        lost,
        count(*) as things  -- and 3 more
    from {{ ref('fct_things') }}
    where is_lost and amount >= 10 or kind = 'gone'
)

select *, lost / at_start as rate
from facts
left join others on facts.id = others.id
"""
# The id of each row is listed, and listed again by the step that kpi_rollup reads.
LISTED = """\
with facts as (
    select
        thing_id,
        things
    from {{ ref('fct_things') }}
),

dated as (
    select
        facts.thing_id,
        things
    from facts
),

others as (
    select things
    from {{ ref('fct_others') }}
),

rollup as (
    {{ kpi_rollup([{'relation': 'dated', 'measures': ['things']}]) }}
)

select * from rollup
"""
NEIGHBOURS = {"lost": "kept", "kept": "lost", "is_lost": "is_kept", "thing_id": "kept_id"}


def changes(sql: str = SQL) -> set[tuple[int, str]]:
    """Line and change of every mutation."""
    return {(mutation.number, mutation.change) for mutation in mutations(sql, NEIGHBOURS)}


def test_every_kind_of_slip_is_tried() -> None:
    """A number in parentheses counts what reads the same earlier in the line."""
    assert changes() == {
        (2, "lost -> kept"),
        (2, "- (2) -> +"),
        (2, "2 -> 3"),
        (5, "lost -> kept as lost"),
        (8, "where -> where true or"),
        (8, "is_lost -> not is_lost"),
        (8, "and -> or"),
        (8, ">= -> >"),
        (8, "10 -> 11"),
        (8, "or -> and"),
        (8, "= (2) -> !="),
        (8, "'gone' -> 'gone_'"),
        (11, "lost -> kept"),
        (11, "/ -> *"),
        (13, "left join -> inner join"),
        (13, "= -> !="),
    }


@pytest.mark.parametrize(
    ("sql", "named"),
    [
        (
            "max(a) over (partition by one, two.key order by day)",
            {"one -> true", "two.key -> true", "day -> day desc"},
        ),
        ("lag(a) over (\n    order by e desc\n)", {"lag -> lead", "desc -> asc"}),
        ("select a from b union select c from d", {"union -> union all"}),
        ("b inner join c using (d)", {"inner join -> left join"}),
        ("a not in (1)", {"not in -> in", "1 -> 2"}),
        ("a is distinct from b", {"is distinct from -> is not distinct from"}),
        ("date '9999-12-31'", {"'9999-12-31' -> '9998-12-31'"}),
        ("cast(a as decimal(18, 4))", {"4 -> 3"}),
        ("cast(a as decimal(38, 0)), cast(null as decimal(18, 4))", set()),
        ("true or false", {"true -> false", "or -> and", "false -> true"}),
        # What would only be no SQL any more is no slip.
        ("a between b and c", set()),
        ("rows between unbounded preceding and current row", set()),
        ("rows between 2 preceding and current row", {"2 -> 3"}),
    ],
)
def test_keys_joins_and_comparisons_are_changed(sql: str, named: set[str]) -> None:
    found = {change for _, change in changes(f"select {sql}")}
    assert found - {"max -> min"} == named


def test_a_mutation_changes_one_place_only() -> None:
    for mutation in mutations(SQL, NEIGHBOURS):
        changed = [
            number
            for number, (old, new) in enumerate(
                zip(SQL.splitlines(), mutation.sql.splitlines(), strict=True), start=1
            )
            if old != new
        ]
        assert changed == [mutation.number]


def test_how_a_model_is_kept_is_left_alone() -> None:
    kept = "{{ config(\n    unique_key='lost',\n    pre_hook='{{ sum_what_changed() }}'\n) }}\n"
    assert len(changes(kept + SQL)) == len(changes())


def test_equal_changes_of_one_line_are_told_apart() -> None:
    assert changes("select one + two + three") == {(1, "+ -> -"), (1, "+ (2) -> -")}


@pytest.mark.parametrize(
    ("plain", "other"),
    [
        ("with facts", "with facts"),
        ("with facts", "-- thing_id = 1\nwith facts"),
        ("select things\n", "select thing_id + 1 as things\n"),
        ("select things\n", "select distinct things\n"),
    ],
)
def test_an_id_that_is_only_listed_is_left_alone(plain: str, other: str) -> None:
    """It says which row a row is, and no number comes of it. What is no reader does not count."""
    named = {change for _, change in changes(LISTED.replace(plain, other))}
    assert "thing_id -> kept_id as thing_id" not in named


@pytest.mark.parametrize(
    ("plain", "used"),
    [
        ("'measures'", "'conversion': 'thing_id', 'measures'"),
        # Nobody can tell what reads a step that Jinja names.
        ("dated as (", "more as (\n    select thing_id + 1 as one\n),\n\n{{ name }} as ("),
        ("    from facts\n", "    from facts\n    where facts.thing_id = 'one'\n"),
        ("        facts.thing_id,\n", "        facts.thing_id as thing,\n"),
        ("    from facts\n", "    from facts\n    group by all\n"),
        ("    from facts\n", "    from facts\n    union\n    select * from facts\n"),
        ("    from {{ ref('fct_others') }}", "    from dated where thing_id = 'one'"),
        ("select\n        thing_id", "select distinct\n        thing_id"),
        ("with facts", "{%- set unit = 'thing_id' %}\nwith facts"),
    ],
)
def test_an_id_that_a_reader_uses_is_exchanged(plain: str, used: str) -> None:
    assert plain in LISTED
    named = {change for _, change in changes(LISTED.replace(plain, used, 1))}
    assert "thing_id -> kept_id as thing_id" in named


def test_what_is_called_equivalent_has_a_reason() -> None:
    with EQUIVALENT.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert all(len(row["reason"]) > 10 for row in rows)
    assert len({(row["model"], row["line"], row["change"]) for row in rows}) == len(rows)
