"""Names and values of users as SQL."""

from __future__ import annotations


def quoted(identifier: str) -> str:
    """A name as a quoted identifier."""
    return '"' + identifier.replace('"', '""') + '"'


def text(value: object) -> str:
    """A value as a text literal."""
    return "'" + str(value).replace("'", "''") + "'"


def first_line(error: BaseException) -> str:
    """The first line of an error's message."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
