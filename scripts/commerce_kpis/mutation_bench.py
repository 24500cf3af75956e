"""Who notices a mutant: the demo company's build, unit tests, or random businesses."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
from dbt_common.exceptions import DbtBaseException
from jinja2 import TemplateError
from oracle.rebuilt import RightBusiness

from commerce_kpis.mutable_project import MutableProject
from commerce_kpis.mutants import Mutant

# In the order in which they are asked.
NOTICED = ("broken", "totals", "unit tests", "businesses")
UNREAD, UNNOTICED = "unread", "unnoticed"
# As the golden test does.
ABSOLUTE, RELATIVE = 0.001, 1e-9
SUMMED = ("BIGINT", "HUGEINT", "INTEGER", "DOUBLE", "DECIMAL")
# A model that takes longer than this is broken.
SECONDS = 120
BROKEN = (duckdb.Error, DbtBaseException, TemplateError, MemoryError)
# Of the models that call a macro, so many are asked for their unit tests.
CALLERS = 4


class Bench:
    """The project with what it gives when nothing is changed."""

    def __init__(
        self,
        project: MutableProject,
        connection: duckdb.DuckDBPyConnection,
        businesses: list[RightBusiness],
    ) -> None:
        """Make a bench.

        Args:
            project: the project.
            connection: to a build of the demo company, to read from.
            businesses: those that were built right; what they are built with is compiled in a
                setting of the name of their shape.
        """
        self.project, self.connection, self.businesses = project, connection, businesses
        self.totals: dict[str, list[tuple]] = {}
        self.rows: dict[str, list[tuple]] = {}

    def judge(self, mutant: Mutant) -> str:
        """Who notices first: one of NOTICED, or nobody (unnoticed). Unread is what changes the SQL
        of no model: it stands in a branch for another engine, or for a later build."""
        project = self.project
        models = project.callers(mutant.macro) if mutant.macro else [mutant.subject]
        asked = self._asked(models, mutant.macro)
        for model in asked:
            self._see_unit_tests(model)
        try:
            with mutant.applied(project):
                return self._judge(mutant, models, asked)
        except BROKEN:
            return "broken"

    def _judge(self, mutant: Mutant, models: list[str], asked: list[str]) -> str:
        project, subject = self.project, mutant.subject
        changed = mutant.changed_sql(project, asked)
        with self._alarm():
            if any(self._breaks_contract(model, *changed[model]) for model in changed):
                return "broken"
        with self._alarm():
            if subject in changed and subject in project.kpi_models:
                before, after = changed[subject]
                if differ(self._right_totals(subject, before), self._totals(after)):
                    return "totals"
        with self._alarm():
            for model in asked:
                if self._fails_unit_tests(model, mutant.raw_sql(project, model)):
                    return "unit tests"
        is_read = bool(changed)
        for business in self.businesses:
            built = [model for model in models if model in business.models]
            changed = mutant.changed_sql(project, built, business.setting)
            is_read |= bool(changed)
            with self._alarm():
                if changed and business.notices(changed):
                    return "businesses"
        return UNNOTICED if is_read else UNREAD

    def _asked(self, models: list[str], macro: str | None) -> list[str]:
        """The models whose unit tests are asked: of those that call a macro, first the ones that
        stand for it (models/fixtures/), then those that call it themselves."""
        project = self.project

        def distance(model: str) -> tuple[bool, bool, int]:
            node = project.nodes[model]
            is_fixture = node.fqn[1] == "fixtures"
            is_direct = macro in node.depends_on.macros
            return not is_fixture, not is_direct, len(project.original(model))

        return sorted(models, key=distance)[:CALLERS] if macro else models

    def _breaks_contract(self, model: str, before: str, after: str) -> bool:
        """Whether a model has other columns than it promises, or columns that cannot be made."""
        columns = self._columns(after)
        contract = self.project.nodes[model].config.contract.enforced
        return contract and columns != self._columns(before)

    def _columns(self, sql: str) -> list[tuple]:
        return [row[:2] for row in self.connection.execute(f"describe ({sql})").fetchall()]

    def _right_totals(self, model: str, sql: str) -> list[tuple]:
        if model not in self.totals:
            self.totals[model] = self._totals(sql)
        return self.totals[model]

    def _totals(self, sql: str) -> list[tuple]:
        """The columns of a KPI table, then cells and sum of each number by dimension."""
        self.connection.execute(f"create or replace temp table cells as {sql}")
        columns = [row[:2] for row in self.connection.execute("describe cells").fetchall()]
        numbers = [name for name, kind in columns if kind.startswith(SUMMED)]
        sums = ", ".join(f"count({name}), cast(sum({name}) as double)" for name in numbers)
        rows = self.connection.execute(
            "select dimension, count(*), count(distinct dimension_value), "
            "max(period_grain), sum(period_end - period_start), count(distinct period_start), "
            "count(*) filter (where is_mature), count(*) filter (where is_complete_period), "
            f"{sums} from cells group by dimension order by dimension"
        ).fetchall()
        return [*columns, *rows]

    def _see_unit_tests(self, model: str) -> None:
        """Keep the rows of the unit tests of a model as it is."""
        for test in self.project.unit_tests(model):
            if test not in self.rows:
                self.rows[test] = self._rows(test, self.project.raw_sql(model))

    def _fails_unit_tests(self, model: str, raw: str) -> bool:
        """Whether a unit test sees other rows than it does in the project as it is."""
        tests = self.project.unit_tests(model)
        return any(differ(self.rows[test], self._rows(test, raw)) for test in tests)

    def _rows(self, test: str, raw: str) -> list[tuple]:
        sql = self.project.compiled_unit_test(test, raw)
        return self.connection.execute(sql).fetchall()

    @contextmanager
    def _alarm(self) -> Iterator[None]:
        """Stop what runs too long."""
        running = [self.connection, *(business.connection for business in self.businesses)]
        alarm = threading.Timer(SECONDS, lambda: [one.interrupt() for one in running])
        alarm.start()
        try:
            yield
        finally:
            alarm.cancel()


def differ(before: list[tuple], after: list[tuple]) -> bool:
    """Whether two lists of rows are told apart."""
    if len(before) != len(after):
        return True
    return any(
        old != new and not _is_close(old, new)
        for old_row, new_row in zip(before, after, strict=True)
        for old, new in zip(old_row, new_row, strict=False)
    )


def _is_close(old: object, new: object) -> bool:
    if not (isinstance(old, float) and isinstance(new, float)):
        return False
    return abs(old - new) <= ABSOLUTE + RELATIVE * abs(old)
