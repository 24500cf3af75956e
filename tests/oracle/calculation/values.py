"""How the text of a value is read, and what is not read."""

from __future__ import annotations

import re
from datetime import date, datetime, timezone
from decimal import ROUND_HALF_UP, Decimal

from oracle.calculation.contract import Column

NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
MOMENT = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})"
    r"([T ](?P<time>\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?) ?(?P<offset>Z|[+-]\d{2}(:?\d{2})?)?)?"
)
BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
PLACES = {"decimal": Decimal("0.0001"), "rate": Decimal("0.00000001")}
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]+", re.IGNORECASE)

UNREADABLE = object()


def is_address(text: str) -> bool:
    """Whether a text is an e-mail address: its domain has a dot and ends in letters."""
    return ADDRESS.fullmatch(text) is not None


def read(column: Column, text: str) -> object:
    """The value that a text stands for, or UNREADABLE."""
    return READERS[column.kind](text)


def _text(text: str) -> object:
    return text


def _integer(text: str) -> object:
    if not NUMBER.fullmatch(text):
        return UNREADABLE
    number = Decimal(text)
    return int(number) if number == number.to_integral_value() else UNREADABLE


def _decimal(text: str) -> object:
    if not NUMBER.fullmatch(text):
        return UNREADABLE
    return Decimal(text).quantize(PLACES["decimal"], ROUND_HALF_UP)


def _rate(text: str) -> object:
    if not NUMBER.fullmatch(text):
        return UNREADABLE
    return Decimal(text).quantize(PLACES["rate"], ROUND_HALF_UP)


def _boolean(text: str) -> object:
    return BOOLEANS.get(text.lower(), UNREADABLE)


def _date(text: str) -> object:
    try:
        return date.fromisoformat(text) if DATE.fullmatch(text) else UNREADABLE
    except ValueError:
        return UNREADABLE


def _timestamp(text: str) -> object:
    """A moment as naive UTC; one without an offset is UTC already."""
    found = MOMENT.fullmatch(text)
    if not found:
        return UNREADABLE
    time = found["time"] or "00:00:00"
    time = time if len(time) > 5 else time + ":00"
    whole, _, fraction = time.partition(".")
    offset = (found["offset"] or "+00:00").replace("Z", "+00:00").replace(":", "")
    offset = offset if len(offset) == 5 else offset + "00"
    try:
        moment = datetime.strptime(
            f"{found['day']} {whole}.{fraction or '0'} {offset}", "%Y-%m-%d %H:%M:%S.%f %z"
        )
    except ValueError:
        return UNREADABLE
    return moment.astimezone(timezone.utc).replace(tzinfo=None)


READERS = {
    "text": _text,
    "integer": _integer,
    "decimal": _decimal,
    "rate": _rate,
    "boolean": _boolean,
    "date": _date,
    "timestamp": _timestamp,
}
