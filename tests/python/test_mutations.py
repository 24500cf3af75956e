"""The slips that scripts/mutate tries: which they are, and that each stands where one makes it."""

from __future__ import annotations

import csv

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
# Ids of one letter each: a is only listed. The others are used in a join, in Jinja, as a measure,
# and by steps that compare rows by all they list.
IDS = """\
{%- set unit = 'b_id' %}
with facts as (
    select
        -- a_id = 1
        a_id,
        b_id,
        c_id,
        d_id + 1 as d,
        e_id
    from {{ ref('fct_things') }}
    left join others on facts.c_id = others.c_id
),

known as (
    select distinct
        f_id
    from facts
),

grouped as (
    select
        g_id,
        count(*) as things
    from facts
    group by all
),

stacked as (
    select
        h_id
    from facts
    union
    select
        i_id
    from facts
    order by
        e_id
)

select
    facts.a_id,
    stacked.things
from stacked
"""
NEIGHBOURS = {"lost": "kept", "kept": "lost", "is_lost": "is_kept"}


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


def test_equal_changes_of_one_line_are_told_apart() -> None:
    assert changes("select one + two + three") == {(1, "+ -> -"), (1, "+ (2) -> -")}


def test_an_id_that_is_only_listed_is_left_alone() -> None:
    """It says which row a row is: no number comes of it."""
    neighbours = {f"{letter}_id": "other_id" for letter in "abcdefghi"}
    exchanged = {mutation.change.split()[0] for mutation in mutations(IDS, neighbours)}
    assert {name for name in neighbours if name not in exchanged} == {"a_id"}


def test_what_is_called_equivalent_has_a_reason() -> None:
    with EQUIVALENT.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert all(len(row["reason"]) > 10 for row in rows)
    assert len({(row["model"], row["line"], row["change"]) for row in rows}) == len(rows)
