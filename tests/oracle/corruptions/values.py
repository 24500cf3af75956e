"""Cells of raw tables with something else in them than what belongs there.

A kind of corruption is a function of a seeded generator, the text that stood in the cell and the
table's other texts; it answers with the text that stands there now.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from oracle.calculation.business import Business

WRITTEN = Path(__file__).with_name("values.json")
Corrupt = Callable[[random.Random, str, list[str]], str]

BLANKS = ["", " ", "\t", "\u00a0", "\r\n", "\u2003", "\u3000", "\x0b\x0c", "\u2028", "\x1f", "\x85"]
DAYS = [
    "2024-02-29",
    "2024-02-30",
    "2023-02-29",
    "2024-12-31",
    "2024-13-01",
    "24-06-15",
    "20240615",
]
TIMES = ["24:00:00", "24:00", "24:00:01", "7:05"]
FRACTIONS = ["", "", ".5", ".123456", ".123456789", ".", ",5"]
OFFSETS = [
    *(
        "",
        "",
        "Z",
        "z",
        " Z",
        "UTC",
        " UTC",
        "+02:00",
        "-0530",
        "+14",
        "+14:59",
        "+15:00",
        "+02:75",
    ),
    *(" +02:00", "+25:00", "-00:00", " CET", "+2", "+02:00:30", "[Europe/Berlin]"),
]
ALPHABET = "abcXYZ019 .,:;-+/\\'\"|%&=<>()[]{}$€äßéИ中か한ก🙂\u0301\u00ad\u200d"
CONTROLS = [chr(code) for code in (*range(0, 32), 127, 0x80, 0x9F, 0xFEFF, 0xFFFD, 0xFFFE)]


def _huge(dice: random.Random, old: str, others: list[str]) -> str:
    piece = dice.choice(["9", "a", "0", "Ω", "🙂", "ab;,'", " x", '"', "\n", "<b>"])
    return piece * dice.choice([300, 4_000, 30_000])


def _controls(dice: random.Random, old: str, others: list[str]) -> str:
    at = dice.randint(0, len(old))
    return old[:at] + "".join(dice.choices(CONTROLS, k=dice.randint(1, 3))) + old[at:]


def _right_to_left(dice: random.Random, old: str, others: list[str]) -> str:
    mark = dice.choice(["\u202e", "\u200f", "\u2067", "שלום", "مرحبا ١٢٣", "\u061c"])
    return mark + old + dice.choice(["", "\u202c", "\u2069"])


def _quotes(dice: random.Random, old: str, others: list[str]) -> str:
    pieces = ['"', '""', "'", ";", ",", "\n", "\r\n", "\r", "\\", "\\N", "|", "\t", "`", "''", old]
    return "".join(dice.choices(pieces, k=dice.randint(1, 6)))


def _padded(dice: random.Random, old: str, others: list[str]) -> str:
    return dice.choice(BLANKS) + old + dice.choice(BLANKS)


def _mangled(dice: random.Random, old: str, others: list[str]) -> str:
    at = dice.randint(0, len(old))
    how = dice.choice(["insert", "delete", "replace", "double", "cut"])
    if how == "insert":
        return old[:at] + dice.choice(ALPHABET) + old[at:]
    if how == "delete":
        return old[:at] + old[at + 1 :]
    if how == "replace":
        return old[:at] + dice.choice(ALPHABET + "0123456789") + old[at + 1 :]
    return old + old if how == "double" else old[:at]


def _swapped(dice: random.Random, old: str, others: list[str]) -> str:
    return dice.choice(others)


def _noise(dice: random.Random, old: str, others: list[str]) -> str:
    return "".join(
        chr(
            dice.choice(
                [dice.randint(0, 0xFF), dice.randint(0, 0xD7FF), dice.randint(0xE000, 0x10FFFF)]
            )
        )
        for _ in range(dice.randint(1, 12))
    )


def _long_number(dice: random.Random, old: str, others: list[str]) -> str:
    digits = "".join(dice.choices("0123456789", k=dice.choice([13, 18, 19, 20, 38, 40, 400])))
    at = dice.choice([0, 1, 11, 12, len(digits), len(digits)])
    return dice.choice(["", "-", "+"]) + (
        digits if at == len(digits) else f"{digits[:at]}.{digits[at:]}"
    )


def _moment(dice: random.Random, old: str, others: list[str]) -> str:
    """A day and, mostly, a time and an offset; some of it is out of range, or has another form."""
    hour, minute, second = dice.randint(0, 25), dice.randint(0, 61), dice.randint(0, 61)
    time = f"{hour:02}:{minute:02}:{second:02}"
    day = dice.choice([*DAYS, old[:10]])
    time = dice.choice([time, time, time[:5], time[:2], *TIMES])
    fraction, offset, between = dice.choice(FRACTIONS), dice.choice(OFFSETS), dice.choice(" T T_t")
    return day if dice.random() < 0.15 else day + between + time + fraction + offset


def _written(texts: list[str]) -> Corrupt:
    return lambda dice, old, others: dice.choice(texts)


KINDS: dict[str, Corrupt] = {
    **{kind: _written(texts) for kind, texts in json.loads(WRITTEN.read_text("utf-8")).items()},
    "nothing": lambda dice, old, others: dice.choice(BLANKS) * dice.randint(1, 3),
    "long number": _long_number,
    "moment": _moment,
    "huge": _huge,
    "control characters": _controls,
    "right to left": _right_to_left,
    "quotes and delimiters": _quotes,
    "padded": _padded,
    "mangled": _mangled,
    "value of another cell": _swapped,
    "noise": _noise,
}


@dataclass(frozen=True)
class Corruption:
    """What was done to one cell: the `row` is its place in the table's rows."""

    kind: str
    table: str
    row: int
    column: str
    text: str


def corrupted(
    business: Business, seed: int, cells: int, kinds: tuple[str, ...] = tuple(KINDS)
) -> tuple[Business, list[Corruption]]:
    """A business with something else in many of its cells; a cell is hit once at most."""
    dice = random.Random(seed)
    tables = {table: [dict(row) for row in rows] for table, rows in business.tables.items()}
    places = [table for table, rows in tables.items() if rows]
    others = sorted(
        {text for rows in tables.values() for row in rows for text in row.values() if text}
    )
    done: dict[tuple[str, int, str], Corruption] = {}
    while places and len(done) < cells:
        table = dice.choice(places)
        row = dice.randrange(len(tables[table]))
        column = dice.choice(business.columns[table])
        if (table, row, column) in done:
            cells -= 1  # so that the smallest business comes to an end too
            continue
        kind = dice.choice(kinds)
        text = KINDS[kind](dice, tables[table][row][column] or "", others)
        tables[table][row][column] = text
        done[table, row, column] = Corruption(kind, table, row, column, text)
    return replace(business, tables=tables), list(done.values())
