"""Who notices what scripts/mutate changes: only what is reached is built again, and undone."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace

import duckdb
import pytest
from commerce_kpis.mutants import Mutant, mutants
from commerce_kpis.mutate import are_noticed, score
from commerce_kpis.mutations import Mutation
from commerce_kpis.rebuilt import Rebuilt, Table
from commerce_kpis.rebuilt_demo import differ

ORDERS = "select * from (values (1, 10.0), (2, 20.0)) as rows (id, amount)"
PAID = "select id, amount from orders where amount > 5"
SALES = "select sum(amount) as amount from paid"
PLACED = "select count(*) as orders from orders"


class Watched(Rebuilt):
    """Watches the rows of a KPI table, and remembers what was built."""

    def __init__(self) -> None:
        self.built: list[str] = []
        tables = [
            _table("kpi_sales", SALES, "paid"),
            _table("kpi_placed", PLACED, "orders"),
            _table("paid", PAID, "orders"),
            _table("orders", ORDERS),
        ]
        connection = duckdb.connect()
        for table in reversed(tables):
            connection.execute(table.sql)
        super().__init__(connection, tables)

    def _make(self, table: Table, sql: str) -> None:
        self.built.append(table.model)
        super()._make(table, sql)

    def _is_noticed(self, table: Table, _: object) -> bool:
        return table.model.startswith("kpi_")


def _table(name: str, sql: str, *inputs: str) -> Table:
    return Table(name, name, f"create or replace table {name} as {sql}", frozenset(inputs))


def test_a_change_that_reaches_a_watched_table_is_noticed_and_undone() -> None:
    watched = Watched()
    assert watched.notices({"paid": (PAID, PAID.replace("> 5", "> 10"))})
    assert watched.built == ["paid", "kpi_sales"]
    assert watched.connection.execute("from kpi_sales").fetchall() == [(30,)]
    assert not watched.notices({})


def test_nothing_is_built_behind_equal_rows() -> None:
    watched = Watched()
    assert not watched.notices({"paid": (PAID, PAID.replace("> 5", ">= 5"))})
    assert watched.built == ["paid"]


def test_a_model_that_cannot_be_built_raises_and_leaves_what_was_right() -> None:
    watched = Watched()
    with pytest.raises(duckdb.Error):
        watched.notices({"paid": (PAID, PAID.replace("amount >", "amounts >"))})
    assert watched.connection.execute("from kpi_sales").fetchall() == [(30,)]
    assert watched.notices({"orders": (ORDERS, ORDERS.replace("20.0", "21.0"))})


def test_sums_may_differ_in_their_last_digits_only() -> None:
    assert not differ([("total", 0.1 + 0.2)], [("total", 0.3)])
    assert differ([("total", 1.0)], [("total", 1.01)])
    assert differ([("total", 1.0)], [])


def test_macros_of_one_file_are_changed_one_at_a_time() -> None:
    path = "macros/statistics/wilson_bound.sql"
    first = "{% macro wilson_bound(n) %}{{ n }} + 1{% endmacro %}"
    project = SimpleNamespace(
        nodes={}, macros={"wilson_bound": SimpleNamespace(original_file_path=path, macro_sql=first)}
    )
    project.text = lambda _: f"{{#- A bound. -#}}\n\n{first}\n"
    found = list(mutants(project, "wilson_bound"))
    assert {(mutant.macro, mutant.mutation.number) for mutant in found} == {("wilson_bound", 3)}
    assert {mutant.mutation.change for mutant in found} == {"+ -> -", "1 -> 2"}
    assert all(mutant.mutation.sql.startswith("{% macro") for mutant in found)


def test_a_sample_is_always_the_same_and_part_of_a_larger_one() -> None:
    all_ = [Mutant("model", Mutation("", f"line {n}", n, "1 -> 2")) for n in range(200)]
    few, more = ({m for m in all_ if m.is_in(share)} for share in (0.1, 0.3))
    assert few < more < set(all_)


@pytest.mark.parametrize(
    ("counts", "share"),
    [
        ({"broken": 2, "demo": 3, "unit tests": 3, "businesses": 1, "unnoticed": 1}, 0.9),
        ({"unit tests": 1, "equivalent": 5, "unread": 3, "unnoticed": 1}, 0.5),
        ({"equivalent": 5}, None),
    ],
)
def test_what_changes_nothing_does_not_count(counts: dict[str, int], share: float | None) -> None:
    assert score(Counter(counts)) == share


def test_many_mutants_of_kpis_do_not_hide_those_of_other_rooms() -> None:
    kpis = Counter(demo=1000)
    assert are_noticed(Counter(demo=19, unnoticed=1), kpis)
    assert not are_noticed(Counter(demo=18, unnoticed=1), kpis)
    assert not are_noticed(kpis, Counter(demo=18, unnoticed=1))
    assert are_noticed(Counter(), Counter(equivalent=3))
