"""scripts/check_graph: refuse models that read what they should not, or lack what they should have.

Its rules are in graph_rules.py, what is excepted from one, and why, in tests/graph_exceptions.csv.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import click

from commerce_kpis.console import UserError, run_command
from commerce_kpis.dbt_run import parse_project
from commerce_kpis.graph import Graph, file_of
from commerce_kpis.graph_rules import RULES
from commerce_kpis.project import PROJECT, target_folder

EXCEPTIONS = PROJECT / "tests" / "graph_exceptions.csv"


@dataclass(frozen=True)
class Exemption:
    """Nodes that a rule does not hold for; `node` may have wildcards."""

    rule: str
    node: str
    reason: str


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Check the project as dbt reads it, by the rules of docs/project_rules.md."""
    graph = Graph(read_manifest())
    found = list(findings(graph, read_exceptions()))
    for finding in found:
        click.echo(finding)
    if found:
        click.echo(f"{len(found)} findings in {len(graph.models)} models.", err=True)
        sys.exit(1)
    click.echo(f"{len(graph.models)} models by {len(RULES)} rules, no findings.")


def findings(graph: Graph, exceptions: Iterable[Exemption]) -> Iterator[str]:
    """A line for each node that breaks a rule, and for each exception that nothing needs."""
    unused = {exception: None for exception in exceptions}
    for rule in RULES:
        name = rule.__name__
        for node, problem in rule(graph):
            held = [
                exception
                for exception in exceptions
                if exception.rule == name and fnmatchcase(node["name"], exception.node)
            ]
            for exception in held:
                unused.pop(exception, None)
            if not held:
                yield f"{file_of(node)}: {node['name']} {problem} ({name})"
    for exception in unused:
        yield (
            f"{EXCEPTIONS.relative_to(PROJECT)}: {exception.node} breaks no rule "
            f"{exception.rule}: remove the line."
        )


def read_manifest() -> dict:
    """What dbt knows of the project, read anew where something changed.

    Raises:
        UserError: dbt cannot read the project.
    """
    parse_project()
    return json.loads((target_folder() / "manifest.json").read_text(encoding="utf-8"))


def read_exceptions(file: Path = EXCEPTIONS) -> list[Exemption]:
    """The exceptions from rules.

    Raises:
        UserError: a line has no reason, or names no rule.
    """
    with file.open(encoding="utf-8", newline="") as lines:
        exceptions = [Exemption(**row) for row in csv.DictReader(lines)]
    rules = {rule.__name__ for rule in RULES}
    for number, exception in enumerate(exceptions, start=2):
        if exception.rule not in rules or not exception.node or not exception.reason:
            raise UserError(
                f"{file.name}, line {number}: write a rule of docs/project_rules.md, a model and "
                "the reason."
            )
    return exceptions


if __name__ == "__main__":
    run_command(main, "scripts/check_graph")
