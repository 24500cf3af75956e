"""How the text of a value is read, and what is not read."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal

from oracle.calculation.contract import Column

WHITE_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
INTEGER = re.compile(r"[+-]?[0-9]+(\.0*)?")
NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOMENT = re.compile(
    rf"(?P<day>{DATE.pattern})"
    r"([T ](?P<time>[0-9]{2}:[0-9]{2})"
    r"((:(?P<second>[0-9]{2})(\.(?P<fraction>[0-9]+))?)"
    r"(?P<offset>Z| UTC|[+-][0-9]{2}(:?[0-9]{2})?)?)?)?"
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
    return int(Decimal(text)) if INTEGER.fullmatch(text) else UNREADABLE


def _number(text: str, places: Decimal) -> object:
    if not NUMBER.fullmatch(text):
        return UNREADABLE
    number = Decimal(text)
    # What is larger has no places that anybody could ask for, and would not fit.
    return number if number.adjusted() > 15 else number.quantize(places, ROUND_HALF_UP)


def _decimal(text: str) -> object:
    return _number(text, PLACES["decimal"])


def _rate(text: str) -> object:
    return _number(text, PLACES["rate"])


def _boolean(text: str) -> object:
    return BOOLEANS.get(text.lower(), UNREADABLE)


def _date(text: str) -> object:
    """A day; of a moment the day as it is written."""
    moment = _timestamp(text)
    return moment if moment is UNREADABLE else date.fromisoformat(text[:10])


def _timestamp(text: str) -> object:
    """A moment as naive UTC; one without an offset is UTC already."""
    found = MOMENT.fullmatch(text)
    if not found:
        return UNREADABLE
    clock = f"{found['time'] or '00:00'}:{found['second'] or '00'}"
    is_end_of_day = clock == "24:00:00" and not (found["fraction"] or "").strip("0")
    fraction = (found["fraction"] or "0")[:6]
    offset = (found["offset"] or "Z").replace("Z", "+00").replace(" UTC", "+00").replace(":", "")
    if abs(int(offset[:3])) > 14:
        return UNREADABLE
    try:
        moment = datetime.strptime(
            f"{found['day']} {'00:00:00' if is_end_of_day else clock}.{fraction}"
            f" {offset if len(offset) == 5 else offset + '00'}",
            "%Y-%m-%d %H:%M:%S.%f %z",
        )
        moment = moment.astimezone(timezone.utc).replace(tzinfo=None)
        return moment + timedelta(days=is_end_of_day)
    except (ValueError, OverflowError):
        return UNREADABLE


READERS = {
    "text": _text,
    "integer": _integer,
    "decimal": _decimal,
    "rate": _rate,
    "boolean": _boolean,
    "date": _date,
    "timestamp": _timestamp,
}
