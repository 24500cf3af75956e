"""What scripts/mutate changes: models and macros, in rooms, each change one mutant."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace

from commerce_kpis.mutable_project import DEMO, MutableProject
from commerce_kpis.mutations import Mutation, mutations
from commerce_kpis.project import PLANS
from commerce_kpis.rebuilt import Changed

MACROS = "macros"
# In the order of the report.
ROOMS = ("staging", "intermediate", "core", "kpis", PLANS, "trust", MACROS)


@dataclass(frozen=True)
class Mutant:
    """A mutation in its place: the text of a model, or of one macro."""

    subject: str
    mutation: Mutation
    macro: str | None = None

    @property
    def name(self) -> tuple[str, str, str]:
        """What it is called in the list of equivalent mutations."""
        return (self.subject, *self.mutation.name)

    def is_in(self, sample: float) -> bool:
        """Whether it is in a sample: chosen by its text, so that each run tries the same."""
        digest = hashlib.md5("|".join(self.name).encode(), usedforsecurity=False).digest()
        return int.from_bytes(digest[:4], "big") < sample * 2**32

    def applied(self, project: MutableProject) -> AbstractContextManager[None]:
        """The project while a macro is changed; that of a changed model is as it was."""
        if self.macro is None:
            return nullcontext()
        return project.changed_macro(self.macro, self.mutation.sql)

    def raw_sql(self, project: MutableProject, model: str) -> str:
        """The text of a model of the changed project."""
        return project.raw_sql(model) if self.macro else self.mutation.sql

    def changed_sql(
        self, project: MutableProject, models: list[str], setting: str = DEMO
    ) -> Changed:
        """Those of these models that now have other SQL."""
        found = {}
        for model in models:
            before = project.original(model, setting)
            after = project.compiled(model, self.raw_sql(project, model), setting)
            if before != after:
                found[model] = before, after
        return found


def subjects(project: MutableProject) -> dict[str, str]:
    """What can be changed, a model or a file of macros, and the room that it counts in."""
    found = {}
    for name, node in project.nodes.items():
        folders = ["marts", *node.fqn[2:]] if node.fqn[1] == "marts" else node.fqn[1:]
        room = PLANS if PLANS in folders else folders[folders[0] == "marts"]
        if node.language == "sql" and room in ROOMS:
            found[name] = room
    return found | {_file(project, macro): MACROS for macro in project.macros}


def mutants(project: MutableProject, subject: str) -> Iterator[Mutant]:
    """Every mutant of a model or of a file of macros."""
    if subject in project.nodes:
        for mutation in mutations(project.raw_sql(subject), project.neighbours(subject)):
            yield Mutant(subject, mutation)
        return
    for name, macro in project.macros.items():
        if _file(project, name) == subject:
            text = project.text(macro.original_file_path)
            above = text[: text.index(macro.macro_sql)].count("\n")
            for mutation in mutations(macro.macro_sql, {}):
                moved = replace(mutation, number=mutation.number + above)
                yield Mutant(subject, moved, name)


def _file(project: MutableProject, macro: str) -> str:
    """The name of the file of a macro, without `.sql`."""
    return project.macros[macro].original_file_path.rsplit("/", 1)[1].removesuffix(".sql")
