"""Who notices a mutant: unit tests, the demo company's build, or random businesses."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
from dbt_common.exceptions import DbtBaseException
from jinja2 import TemplateError
from oracle.rebuilt import RebuiltBusiness

from commerce_kpis.mutable_project import MutableProject
from commerce_kpis.mutants import Mutant
from commerce_kpis.rebuilt import Changed
from commerce_kpis.rebuilt_demo import RebuiltDemo, differ

NOTICED = ("broken", "unit tests", "demo", "businesses")
UNREAD, UNNOTICED = "unread", "unnoticed"
# A model that takes longer than this is broken.
SECONDS = 120
BROKEN = (duckdb.Error, DbtBaseException, TemplateError, MemoryError)
# Of the models that call a macro, so many are asked for their unit tests.
CALLERS = 4


class Bench:
    """The project with what it gives when nothing is changed."""

    def __init__(
        self, project: MutableProject, demo: RebuiltDemo, businesses: list[RebuiltBusiness]
    ) -> None:
        """Make a bench.

        Args:
            project: the project, with a setting for the shape of each business.
            demo: the demo company.
            businesses: those that scripts/verify could draw.
        """
        self.project, self.demo, self.businesses = project, demo, businesses
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
        project = self.project
        changed = mutant.changed_sql(project, [name for name in models if name in self.demo.models])
        read = mutant.changed_sql(project, asked)
        with self._alarm():
            if any(self._breaks_contract(model, *read[model]) for model in read):
                return "broken"
        # A KPI table is sooner built than its unit tests are run; of others it is the reverse.
        is_kpi = mutant.subject in project.kpi_models
        if is_kpi and self._demo_notices(changed):
            return "demo"
        with self._alarm():
            for model in asked:
                if self._fails_unit_tests(model, mutant.raw_sql(project, model)):
                    return "unit tests"
        if not is_kpi and self._demo_notices(changed):
            return "demo"
        is_read = bool(read or changed)
        for business in self.businesses:
            built = [model for model in models if model in business.models]
            changed = mutant.changed_sql(project, built, business.setting)
            is_read |= bool(changed)
            with self._alarm():
                if changed and business.notices(changed):
                    return "businesses"
        return UNNOTICED if is_read else UNREAD

    def _demo_notices(self, changed: Changed) -> bool:
        with self._alarm():
            return bool(changed) and self.demo.notices(changed)

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
        """Whether a model has other columns than it promises. Those that cannot be made raise."""
        columns = self.demo.columns(after)
        contract = self.project.nodes[model].config.contract.enforced
        return contract and columns != self.demo.columns(before)

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
        return self.demo.connection.execute(sql).fetchall()

    @contextmanager
    def _alarm(self) -> Iterator[None]:
        """Stop what runs too long."""
        running = [one.connection for one in (self.demo, *self.businesses)]
        alarm = threading.Timer(SECONDS, lambda: [one.interrupt() for one in running])
        alarm.start()
        try:
            yield
        finally:
            alarm.cancel()
