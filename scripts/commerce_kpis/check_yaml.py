"""scripts/check_yaml: refuse keys that dbt would ignore without a word.

Beside the keys themselves it checks what a KPI's `config.meta` points to: columns, parameters
and raw tables.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import yaml

from commerce_kpis.console import run_command
from commerce_kpis.findings import Finding, report_findings, text_of
from commerce_kpis.project import PROJECT
from commerce_kpis.yaml_grammar import Keys
from commerce_kpis.yaml_rules import (
    MAPPING_FILE,
    MODEL_CONFIG,
    PROJECT_FILE,
    RULE_TESTS,
    SEED_CONFIG,
    TEST_CONFIG,
    property_file,
)

FOLDERS = ("models", "seeds", "tests", "macros", "analyses", "snapshots")
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
KPI_COLUMN_KEYS = ("numerator", "denominator", "n")


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("files", nargs=-1, type=Path)
def main(files: tuple[Path, ...]) -> None:
    """Check the keys of FILES, by default of every YAML file that dbt reads."""
    chosen = [file.absolute() for file in files] or project_files()
    report_findings(chosen, check_file, "YAML")


def project_files() -> list[Path]:
    """Every YAML file that dbt reads."""
    found = [PROJECT / "dbt_project.yml"]
    for folder in FOLDERS:
        for pattern in ("*.yml", "*.yaml"):
            found += sorted((PROJECT / folder).rglob(pattern))
    return found


def check_file(file: Path) -> list[Finding]:
    """Findings of one file, in the order of its lines.

    Raises:
        UserError: the file cannot be read.
    """
    text = text_of(file)
    try:
        node = yaml.compose(text, Loader=LOADER)
        content = yaml.load(text, Loader=LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        return [Finding(mark.line + 1 if mark else 1, "", f"Not valid YAML: {problem}.")]
    if node is None:
        return []
    if file.name == "dbt_project.yml":
        found = [*PROJECT_FILE.check(node, ""), *_folder_configs(node)]
    elif file.name == "mapping.yml":
        found = list(MAPPING_FILE.check(node, ""))
    else:
        kind = _kind(file)
        found = list(property_file(kind, tuple(_variables())).check(node, ""))
        if not found:
            found = list(_tests_of_rules(node, content))
        if kind == "kpi" and not found:
            found = list(_references(node, content))
    return sorted(found, key=lambda finding: finding.line)


def _kind(file: Path) -> str:
    """Which `meta` the models of a file have. Long tables over all KPIs have no variants, but those
    that their unit tests make up."""
    if file.parent.name == "landing":
        return "landing"
    sql = file.with_suffix(".sql")
    rolls_up = sql.exists() and "kpi_rollup(" in sql.read_text(encoding="utf-8")
    described = file.read_text(encoding="utf-8").partition("\nunit_tests:")[0]
    if not rolls_up and "variants:" not in described:
        return "other"
    return "kpi" if file.stem.startswith("kpi_") else "fixture"


@cache
def _variables() -> dict:
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    return project["vars"]


@cache
def _raw_tables() -> dict[str, set[str]]:
    """Raw tables and their columns, from the landing contract."""
    tables = {}
    for path in (PROJECT / "models" / "landing").glob("landing__*.yml"):
        landing = yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER)["models"][0]
        columns = {column["name"] for column in landing["columns"]}
        tables[landing["config"]["meta"]["table"]] = columns
    return tables


def _folder_configs(node: yaml.Node) -> Iterator[Finding]:
    """Configurations by folder: a `+key` is known, every other key is a folder or a node."""
    rules = {
        "models": MODEL_CONFIG,
        "seeds": SEED_CONFIG,
        "data_tests": TEST_CONFIG,
    }
    for key, value in node.value:
        if key.value in rules:
            known = Keys({f"+{name}": rule for name, rule in rules[key.value].items()})
            folder = PROJECT / ("tests" if key.value == "data_tests" else key.value)
            for project, tree in value.value:
                yield from _folder(tree, folder, known, f"{key.value}.{project.value}")


def _folder(node: yaml.Node, folder: Path, known: Keys, path: str) -> Iterator[Finding]:
    for key, value in node.value if isinstance(node, yaml.MappingNode) else []:
        line, where = key.start_mark.line + 1, f"{path}.{key.value}"
        if key.value == "+meta":
            continue
        if key.value.startswith("+"):
            single = yaml.MappingNode(node.tag, [(key, value)], key.start_mark, value.end_mark)
            yield from known.check(single, path)
        elif (folder / key.value).is_dir():
            yield from _folder(value, folder / key.value, known, where)
        elif not any(folder.glob(f"{key.value}.*")):
            hint = f"`+{key.value}`?" if f"+{key.value}" in known.known else "a folder?"
            yield Finding(line, where, f"`{where}` is no folder or file there: {hint}")


def _tests_of_rules(node: yaml.Node, content: dict) -> Iterator[Finding]:
    """Tests of a table's rules without its name, and constraints that no test checks."""
    for item in [*content.get("models", []), *content.get("seeds", [])]:
        tests: dict[str, dict] = {}
        for test in item.get("data_tests", []):
            tests |= {test: {}} if isinstance(test, str) else test
        for test in RULE_TESTS.keys() & tests:
            expected = f"{test}_{item['name']}"
            if (body := tests[test] or {}) and body.get("name") != expected:
                line = _line_of(node, body.get("name") or test)
                message = f"dbt would make a name of the rules: write `name: {expected}`."
                yield Finding(line or 1, test, message)
        places = [item, *item.get("columns", [])]
        if any(place.get("constraints") for place in places) and not RULE_TESTS.keys() & tests:
            line = _line_of(node, "constraints")
            message = f"No test checks the constraints of `{item['name']}`: add `rules_hold`."
            yield Finding(line or 1, "constraints", message)


def _references(node: yaml.Node, content: dict) -> Iterator[Finding]:
    """What the meta of a KPI names and its file or the project doesn't have."""
    for model in content.get("models", []):
        columns = {column["name"] for column in model.get("columns", [])}
        meta = model["config"]["meta"]
        defaults = [name for name, it in meta["variants"].items() if it.get("is_default")]
        if len(defaults) != 1:
            line = _line_of(node, "variants") or 1
            yield Finding(line, "variants", f"{len(defaults)} variants are the default, not one.")
        for name in (*meta["parts"], *meta["variants"]):
            if name not in columns:
                yield _missing(node, name, name, columns, "column")
        for name, variant in meta["variants"].items():
            interval = variant.get("interval")
            named = [variant.get(key) for key in KPI_COLUMN_KEYS]
            named += [*variant.get("flags", {}).values()]
            named += [interval["low"], interval["high"]] if isinstance(interval, dict) else []
            for column in named:
                if column is not None and column not in columns:
                    yield _missing(node, name, column, columns, "column")
            parameters = [*variant.get("parameters", []), *variant.get("left_censor_days", [])]
            for parameter in parameters:
                if isinstance(parameter, str) and parameter not in _variables():
                    yield _missing(node, name, parameter, set(_variables()), "parameter")
        for name, it in [*meta["parts"].items(), *meta["variants"].items()]:
            for need in it.get("needs", []):
                for choice in str(need).split("|"):
                    table, _, column = choice.partition(".")
                    tables = _raw_tables()
                    if table not in tables:
                        yield _missing(node, name, need, set(tables), "raw table")
                    elif column and column not in tables[table]:
                        known = {f"{table}.{name}" for name in tables[table]}
                        yield _missing(node, name, need, known, "raw column")


def _missing(node: yaml.Node, owner: str, name: str, known: set[str], what: str) -> Finding:
    near = difflib.get_close_matches(str(name), sorted(known), n=1)
    hint = f" Do you mean `{near[0]}`?" if near else ""
    line = _line_of(node, str(name)) or _line_of(node, owner)
    return Finding(line or 1, owner, f"`{owner}` names `{name}`, which is no {what}.{hint}")


def _line_of(node: yaml.Node, name: str) -> int | None:
    """The first line where a name stands as a key or value; None if it stands nowhere."""
    stack, lines = [node], []
    while stack:
        current = stack.pop()
        if isinstance(current, yaml.ScalarNode):
            if current.value == name:
                lines.append(current.start_mark.line + 1)
        elif isinstance(current, yaml.MappingNode):
            stack += [child for pair in current.value for child in pair]
        else:
            stack += current.value
    return min(lines, default=None)


if __name__ == "__main__":
    run_command(main, "scripts/check_yaml")
