"""Small changes of the SQL of a model, one at a time: what a slip of the hand could have written.

Changed are operators, constants, joins, aggregates and columns, in the SQL and in what Jinja
writes into it. A column is exchanged for its neighbour of the same type, a condition is turned
round. An id that a file only lists is left alone: it says which row a row is, and no number comes
of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

SEGMENT = re.compile(r"(?P<comment>\{#.*?#\}|--[^\n]*)|(?P<jinja>\{%.*?%\}|\{\{.*?\}\})", re.DOTALL)
STRING = re.compile(r"'[^']*'|\"[^\"]*\"")
TOKEN = re.compile(
    r"""
      (?P<text>'[^']*')
    | (?P<operator> (?<=\s) (?: <= | >= | != | < | > | = | \+ | - | \* | / ) (?=\s) )
    | (?P<word> (?<![\w.]) (?: left[ ]join | union[ ]all | and | or | not | min | max | sum | lead
        | lag | distinct | first_value | last_value | bool_or | bool_and | greatest | least
        | desc | asc | is[ ]not[ ]null | is[ ]null ) (?!\w) )
    | (?P<number> (?<![\w.]) \d+ (?:\.\d+)? (?![\w.]) )
    | (?P<name> (?<!\w) [a-z_][a-z0-9_]* (?![\w(]) )
    """,
    re.VERBOSE,
)
COMMENT = re.compile(r"\{#.*?#\}|--[^\n]*", re.DOTALL)
ID = re.compile(r"(?<!\w)[a-z0-9_]+_id(?!\w)")
ID_ON_ITS_LINE = re.compile(r"\s*(?:\w+\.)?([a-z0-9_]+_id),?")
CLAUSE = re.compile(r"\s*(?:(?P<list>select)|(?:select|from|where|\w+ by)\b.*)")
# These tell rows apart by all that their select lists.
COMPARING = re.compile(r"\s*(?:group by all|union)")
OPERATORS = {
    "<=": "<", ">=": ">", "<": "<=", ">": ">=", "=": "!=", "!=": "=",
    "+": "-", "-": "+", "*": "/", "/": "*",
}  # fmt: skip
WORDS = {
    "left join": "inner join", "union all": "union", "and": "or", "or": "and", "not": "",
    "min": "max", "max": "min", "sum": "max", "lead": "lag", "lag": "lead", "distinct": "",
    "first_value": "last_value", "last_value": "first_value", "bool_or": "bool_and",
    "bool_and": "bool_or", "greatest": "least", "least": "greatest", "desc": "asc", "asc": "desc",
    "is not null": "is null", "is null": "is not null",
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
    listed = _listed_ids(sql)
    neighbours = {name: other for name, other in neighbours.items() if name not in listed}
    for start, end, changed in _changes(sql, neighbours):
        line_start = sql.rfind("\n", 0, start) + 1
        line_end = sql.find("\n", end)
        line = sql[line_start : line_end if line_end >= 0 else len(sql)]
        before = sql[start:end]
        if before == changed:
            continue
        earlier = line[: start - line_start].count(before)
        ordinal = f" ({earlier + 1})" if earlier else ""
        yield Mutation(
            sql=sql[:start] + changed + sql[end:],
            line=" ".join(line.split()),
            number=sql.count("\n", 0, start) + 1,
            change=f"{before}{ordinal} -> {changed or 'nothing'}",
        )


def _listed_ids(sql: str) -> set[str]:
    """Ids that the file does nothing with but list them, each on a line of a select list."""
    listed: set[str] = set()
    used: set[str] = set()
    of_this_select: set[str] = set()
    is_list = is_compared = False
    for line in COMMENT.sub("", sql).splitlines():
        if clause := CLAUSE.fullmatch(line):
            is_list = bool(clause["list"]) and not is_compared
            of_this_select = set() if clause["list"] else of_this_select
        if is_list and (found := ID_ON_ITS_LINE.fullmatch(line)):
            of_this_select.add(found[1])
        else:
            used.update(ID.findall(line))
        is_compared = bool(COMPARING.fullmatch(line))
        if is_compared:
            used |= of_this_select
        listed |= of_this_select
    return listed - used


def _changes(sql: str, neighbours: dict[str, str]) -> Iterator[tuple[int, int, str]]:
    """Start, end and new text of each change."""
    position = 0
    for segment in SEGMENT.finditer(sql):
        yield from _sql_changes(sql, position, segment.start(), neighbours, is_literal=False)
        if segment["jinja"]:
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


def _changed(
    token: re.Match[str], text: str, neighbours: dict[str, str], is_literal: bool
) -> str | None:
    found = token.group()
    if token["text"]:
        return f"'{found[1:-1]}_'"
    if token["operator"]:
        # `select *` and `* exclude` multiply nothing.
        is_star = found == "*" and re.search(r"(select|,)\s*$", text[: token.start()])
        return None if is_star else OPERATORS[found]
    if token["word"]:
        return WORDS[found]
    if token["number"]:
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
