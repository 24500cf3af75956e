"""Small changes of the SQL of a model, one at a time: what a slip of the hand could have written.

Changed are operators, constants, joins, aggregates, filters, keys of partitions, orders and
columns, in the SQL and in what Jinja writes into it. A column is exchanged for its neighbour of the
same type, a condition is turned round. An id that is only listed, to say which row a row is, is
left alone: no number comes of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

SEGMENT = re.compile(
    r"(?P<comment>\{#.*?#\}|--[^\n]*)"
    # A string in Jinja may hold Jinja.
    r"|(?P<jinja>\{%.*?%\}|\{\{(?:'[^']*'|\"[^\"]*\"|.)*?\}\})",
    re.DOTALL,
)
STRING = re.compile(r"'[^']*'|\"[^\"]*\"")
TOKEN = re.compile(
    r"""
      (?P<text>'[^']*')
    | (?P<operator> (?<=\s) (?: <= | >= | != | < | > | = | \+ | - | \* | / ) (?=\s) )
    | (?P<word> (?<![\w.]) (?: left[ ]join | inner[ ]join | full[ ](?:outer[ ])?join | union[ ]all
        | union | where | having | qualify | and | or | not[ ]in | in | not | min | max | min_by
        | max_by | arg_min | arg_max | median | sum | lead | lag | is[ ]not[ ]distinct[ ]from
        | is[ ]distinct[ ]from | distinct | first_value | last_value | bool_or | bool_and
        | greatest | least | floor | ceil | desc | asc | nulls[ ]first | nulls[ ]last | true
        | false | is[ ]not[ ]null | is[ ]null ) (?!\w) )
    | (?P<number> (?<![\w.]) \d+ (?:\.\d+)? (?![\w.]) )
    | (?P<name> (?<!\w) [a-z_][a-z0-9_]* (?![\w(]) )
    """,
    re.VERBOSE,
)
# The keys of a partition, and the first of an order that says no direction.
PARTITION = re.compile(r"\bpartition by\s+(\w[\w.]*(?:,\s+\w[\w.]*)*)(?=\s*\)|\s+order by\b)")
ORDER = re.compile(r"\border by\s+(\w[\w.]*)(?=\s*[,)]|\s+rows\b|\s+range\b)")
KEY = re.compile(r"\w[\w.]*")
BETWEEN = re.compile(r"\bbetween\s+(?:unbounded preceding|\S+(?: preceding| following)?)\s+$")
DECIMAL = re.compile(r"(?P<nothing>\b(?:null|0) as )?\bdecimal\((?P<scale>\d+,\s*)?$")
DATE = re.compile(r"'(\d{4})(-\d\d-\d\d.*)'")
COMMENT = re.compile(r"\{#.*?#\}|--[^\n]*", re.DOTALL)
# A step of the SQL begins and ends at the edge of its line.
STEP = re.compile(r"(?:with )?(\S.*) as \(")
CLAUSE = re.compile(r"\s*(?:select|from|where|\w+ by)\b.*")
LISTED_ID = re.compile(r"\s*(?:\w+\.)?(\w+_id),?")
COMPARES_ROWS = re.compile(r"\b(?:distinct|group by all|union(?! all))\b")
OPERATORS = {
    "<=": "<", ">=": ">", "<": "<=", ">": ">=", "=": "!=", "!=": "=",
    "+": "-", "-": "+", "*": "/", "/": "*",
}  # fmt: skip
WORDS = {
    "left join": "inner join", "inner join": "left join", "full join": "left join",
    "full outer join": "left join", "union all": "union", "union": "union all",
    "where": "where true or", "having": "having true or", "qualify": "qualify true or",
    "and": "or", "or": "and", "not": "", "in": "not in", "not in": "in", "min": "max",
    "max": "min", "min_by": "max_by", "max_by": "min_by", "arg_min": "arg_max",
    "arg_max": "arg_min", "median": "max", "sum": "max", "lead": "lag", "lag": "lead",
    "distinct": "", "is distinct from": "is not distinct from",
    "is not distinct from": "is distinct from", "first_value": "last_value",
    "last_value": "first_value", "bool_or": "bool_and", "bool_and": "bool_or",
    "greatest": "least", "least": "greatest", "floor": "ceil", "ceil": "floor", "desc": "asc",
    "asc": "desc", "nulls first": "nulls last", "nulls last": "nulls first", "true": "false",
    "false": "true", "is not null": "is null", "is null": "is not null",
}  # fmt: skip


@dataclass(frozen=True)
class Mutation:
    """One change. `line` is the changed line's text as it was, `number` where it stands; the
    same change of an equal line elsewhere in the file has the same `name`."""

    sql: str
    line: str
    number: int
    change: str

    @property
    def name(self) -> tuple[str, str]:
        return self.line, self.change


def mutations(sql: str, neighbours: dict[str, str]) -> Iterator[Mutation]:
    """Every mutation of a model's raw SQL.

    Args:
        sql: the file, Jinja included.
        neighbours: column to another of the same type, to be taken for it.
    """
    listed_ids = _listed_ids(sql)
    for start, end, changed in _changes(sql, neighbours):
        line_start = sql.rfind("\n", 0, start) + 1
        line_end = sql.find("\n", end)
        line = sql[line_start : line_end if line_end >= 0 else len(sql)]
        before = sql[start:end]
        number = sql.count("\n", 0, start) + 1
        if before == changed or number in listed_ids:
            continue
        earlier = line[: start - line_start].count(before)
        ordinal = f" ({earlier + 1})" if earlier else ""
        yield Mutation(
            sql=sql[:start] + changed + sql[end:],
            line=" ".join(line.split()),
            number=number,
            change=f"{before}{ordinal} -> {changed or 'nothing'}",
        )


def _listed_ids(sql: str) -> set[int]:
    """Numbers of the lines of select lists that hold an id and nothing else, where no step that
    reads it, and those that read that step, do more than list it too."""
    listed: dict[int, tuple[str, str]] = {}
    rest: dict[str, str] = {"": ""}
    step, is_list = "", False
    without_comments = COMMENT.sub(lambda found: "\n" * found[0].count("\n"), sql)
    for number, line in enumerate(without_comments.splitlines(), start=1):
        if opened := STEP.fullmatch(line):
            step = opened[1]
            rest.setdefault(step, "")
        elif line.startswith(")"):
            step = ""
        if CLAUSE.fullmatch(line):
            is_list = line.strip() == "select"
        if is_list and (found := LISTED_ID.fullmatch(line)):
            listed[number] = (step, found[1])
        else:
            rest[step] += line + "\n"
    carried = set(listed.values())

    def is_used(step: str, name: str) -> bool:
        text = rest[step]
        is_there = (step, name) in carried or "*" in text
        return _names(text, name) or (is_there and COMPARES_ROWS.search(text) is not None)

    return {
        number
        for number, (step, name) in listed.items()
        if not any(is_used(reader, name) for reader in _readers(step, rest))
    }


def _readers(step: str, texts: dict[str, str]) -> set[str]:
    """A step, what reads it at any distance, and what stands outside of steps, where names are
    set. What reads a step whose name Jinja makes is not known: any may."""
    found, added = {"", step}, {step}
    while added:
        if not all(name.isidentifier() for name in added):
            return set(texts)
        added = {
            name
            for name, text in texts.items()
            if name not in found and any(_names(text, read) for read in added)
        }
        found |= added
    return found


def _names(text: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None


def _changes(sql: str, neighbours: dict[str, str]) -> Iterator[tuple[int, int, str]]:
    """Start, end and new text of each change. How a model is kept says nothing of its numbers."""
    position = 0
    for segment in SEGMENT.finditer(sql):
        yield from _sql_changes(sql, position, segment.start(), neighbours, is_literal=False)
        if segment["jinja"] and not segment["jinja"].startswith("{{ config("):
            yield from _jinja_changes(sql, segment.start(), segment.end(), neighbours)
        position = segment.end()
    yield from _sql_changes(sql, position, len(sql), neighbours, is_literal=False)


def _jinja_changes(
    sql: str, start: int, end: int, neighbours: dict[str, str]
) -> Iterator[tuple[int, int, str]]:
    """What Jinja writes into the SQL stands in its strings; its own code is left alone."""
    for string in STRING.finditer(sql, start, end):
        yield from _sql_changes(sql, string.start() + 1, string.end() - 1, neighbours, True)


def _sql_changes(
    sql: str, start: int, end: int, neighbours: dict[str, str], is_literal: bool
) -> Iterator[tuple[int, int, str]]:
    text = sql[start:end]
    for token in TOKEN.finditer(text):
        changed = _changed(token, text, neighbours, is_literal)
        if changed is not None:
            yield start + token.start(), start + token.end(), changed
    for keys in PARTITION.finditer(text):
        # A partition by something that is always true is one without that key.
        for key in KEY.finditer(text, keys.start(1), keys.end(1)):
            yield start + key.start(), start + key.end(), "true"
    for order in ORDER.finditer(text):
        yield start + order.start(1), start + order.end(1), f"{order[1]} desc"


def _changed(
    token: re.Match[str], text: str, neighbours: dict[str, str], is_literal: bool
) -> str | None:
    found = token.group()
    if token["text"]:
        # Of a date, another year: with more letters it would be the same date, or none.
        year = DATE.fullmatch(found)
        return f"'{int(year[1]) - 1}{year[2]}'" if year else f"'{found[1:-1]}_'"
    if token["operator"]:
        # `select *` and `* exclude` multiply nothing.
        is_star = found == "*" and re.search(r"(select|,)\s*$", text[: token.start()])
        return None if is_star else OPERATORS[found]
    if token["word"]:
        is_of_range = found == "and" and BETWEEN.search(text[: token.start()])
        return None if is_of_range else WORDS[found]
    if token["number"]:
        if decimal := DECIMAL.search(text[: token.start()]):
            # One place less is a slip; a decimal that is wider holds the same.
            is_narrowed = decimal["scale"] and int(found) and not decimal["nothing"]
            return str(int(found) - 1) if is_narrowed else None
        return str(int(found) + 1) if found.isdigit() else f"{found}1"
    if found not in neighbours:
        return None
    # An alias, or a name that Jinja writes as an alias, is no use of a column.
    if re.search(r"\bas\s+$", text[: token.start()]):
        return None
    is_listed = not is_literal and re.search(r"(?:^|\n)\s*$", text[: token.start()])
    if found.startswith(("is_", "has_")) and not is_listed:
        return f"not {found}"
    if is_listed and re.match(r"\s*(?:,|\n\s*from\b)", text[token.end() :]):
        return f"{neighbours[found]} as {found}"
    return neighbours[found]
