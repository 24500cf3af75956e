"""Names and values of users as SQL."""

from __future__ import annotations


def quoted(identifier: str) -> str:
    """A name as a quoted identifier."""
    return '"' + identifier.replace('"', '""') + '"'


def text(value: object) -> str:
    """A value as a text literal."""
    return "'" + str(value).replace("'", "''") + "'"
