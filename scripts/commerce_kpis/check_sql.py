"""scripts/check_sql: refuse SQL that only one engine understands.

The functions that every engine has stand in CONTRIBUTING.md; all others belong behind a macro of
`macros/dialect/`. The templates are read as they are written: no engine and no dbt are needed. Of
YAML files the conditions of data tests and constraints are read.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import yaml

from commerce_kpis.console import UserError, run_command
from commerce_kpis.findings import Finding, report_findings, text_of
from commerce_kpis.project import PROJECT

FOLDERS = ("models", "macros", "seeds", "tests")
# Keys of YAML files below which SQL stands that runs on every target; unit tests run on one.
SQL_KEYS = ("conditions", "expression")
UNIT_TESTS = "unit_tests"
# The one place for what differs, and its data.
DIALECT = ("macros/dialect/", "macros/generated/")
LISTED = re.compile(r"^<!-- portable functions -->\n```text\n(.*?)\n```$", re.M | re.S)
# Types and clauses that stand before a parenthesis as a function does.
TYPES = frozenset({"cast", "decimal"})
REFUSED = {
    r"::": "write `cast(... as ...)`",
    r"//": "call `integer_divide`",
    r"\*\*": "write `power(...)`",
    r"\*\s+(?:exclude|except|replace|rename)\b": "call `columns_except`",
    r"\b(?:ignore|respect)\s+nulls\b": "call `passing_over_nulls`",
    r"\bat\s+time\s+zone\b": "call `reporting_date` or `reporting_midnight`",
    r"\bvarchar\b": "the type is called `string`",
    r"\bhugeint\b": "call `wide_integer`",
    r"\b(?:asof|positional|anti|semi)\s+join\b": "write a plain join or `exists`",
    r"\bdistinct\s+on\b": "write `qualify row_number() ...`",
    r"\border\s+by\s+all\b": "name the columns",
    r"\bby\s+name\b": "name the columns",
    r"\bi?like\s+any\b|\bilike\b|\bglob\b|\bsimilar\s+to\b": "call `matches_pattern`",
    r"\b(?:un)?pivot\b": "write `case` or `union all`",
    r"\*\s*interval\b": "call `months_after`",
}
JINJA = re.compile(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}", re.S)
JINJA_TEXT = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'", re.S)
MESSAGE = re.compile(r"\braise_compiler_error\(|\blog\(|\bproblems\.append\(")
SQL_TEXT = re.compile(r"'[^']*'")
SQL_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.S)
CALL = re.compile(r"(?<![\w.\"])([a-z_][a-z0-9_]*)\(", re.I)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("files", nargs=-1, type=Path)
def main(files: tuple[Path, ...]) -> None:
    """Check the SQL of FILES, by default of every model, macro and test, and of their YAML."""
    chosen = [file.absolute() for file in files] or project_files()
    report_findings(chosen, check_file, "SQL and YAML")


def project_files() -> list[Path]:
    """Every SQL file but the macros of what differs, and every YAML file."""
    found = [
        file
        for folder in FOLDERS
        for kind in ("*.sql", "*.yml")
        for file in sorted((PROJECT / folder).rglob(kind))
    ]
    return [file for file in found if not _is_dialect(file)]


@cache
def portable_functions() -> frozenset[str]:
    """The functions that CONTRIBUTING.md lists.

    Raises:
        UserError: the list is not there.
    """
    listed = LISTED.search((PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    if not listed:
        raise UserError("CONTRIBUTING.md has no list after `<!-- portable functions -->`.")
    return frozenset(listed.group(1).split())


def check_file(file: Path) -> list[Finding]:
    """Findings of one file, in the order of its lines.

    Raises:
        UserError: the file cannot be read.
    """
    text = text_of(file)
    sql = _sql_of(_sql_in_yaml(text) if file.suffix == ".yml" else text)
    return sorted(_findings(sql), key=lambda finding: finding.line)


def _sql_in_yaml(text: str) -> str:
    """A YAML file of which only the SQL is left, in the lines in which it stood."""
    lines = text.splitlines()
    kept = [""] * len(lines)
    for node in _sql_nodes(yaml.compose(text, Loader=yaml.CSafeLoader)):
        start, end = node.start_mark, node.end_mark
        for number in range(start.line, min(end.line + 1, len(lines))):
            first = start.column if number == start.line else 0
            last = end.column if number == end.line else None
            kept[number] = " " * first + lines[number][first:last]
    return "\n".join(kept)


def _sql_nodes(node: yaml.Node | None, is_sql: bool = False) -> Iterator[yaml.ScalarNode]:
    """The values that are SQL, in the order of the file."""
    if isinstance(node, yaml.ScalarNode) and is_sql:
        yield node
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _sql_nodes(item, is_sql)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value != UNIT_TESTS:
                yield from _sql_nodes(value, is_sql or key.value in SQL_KEYS)


def _findings(sql: str) -> Iterator[Finding]:
    allowed = portable_functions() | TYPES
    for match in CALL.finditer(sql):
        name = match.group(1).lower()
        if name not in allowed:
            near = difflib.get_close_matches(name, sorted(allowed), n=1, cutoff=0.8)
            hint = f" Do you mean `{near[0]}`?" if near else ""
            yield Finding(
                sql.count("\n", 0, match.start()) + 1,
                name,
                f"`{name}` is no function that every engine has: call a macro of macros/dialect/,"
                f" or add it to the list in CONTRIBUTING.md if they all do.{hint}",
            )
    for pattern, advice in REFUSED.items():
        for match in re.finditer(pattern, sql, re.I):
            found = " ".join(match.group(0).split())
            yield Finding(
                sql.count("\n", 0, match.start()) + 1,
                found,
                f"`{found}` is not SQL that every engine has: {advice}.",
            )


def _sql_of(text: str) -> str:
    """The SQL of a template, line by line as it stood: without comments and literals; of a Jinja
    expression only its texts, which are SQL if they are handed to a macro."""
    return SQL_TEXT.sub(_blank, SQL_COMMENT.sub(_blank, JINJA.sub(_texts_only, text)))


def _texts_only(match: re.Match[str]) -> str:
    whole = match.group(0)
    if whole.startswith("{#"):
        return _blank(match)
    # A message to a user is no SQL.
    if MESSAGE.search(whole):
        return _blank(match)
    kept, position = [], 0
    for text in JINJA_TEXT.finditer(whole):
        kept.append(re.sub(r"[^\n]", " ", whole[position : text.start()]))
        inner = SQL_TEXT.sub(_blank, text.group(0)[1:-1])
        kept.append(f" {inner} ")
        position = text.end()
    kept.append(re.sub(r"[^\n]", " ", whole[position:]))
    return "".join(kept)


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match.group(0))


def _is_dialect(file: Path) -> bool:
    return file.relative_to(PROJECT).as_posix().startswith(DIALECT)


if __name__ == "__main__":
    run_command(main, "scripts/check_sql")
