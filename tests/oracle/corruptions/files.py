"""Files of raw tables that are damaged, or written in another way than the contract asks for.

A damage is a function of a seeded generator and a `RawFile`; it writes what lies there then.
"""

from __future__ import annotations

import csv
import gzip
import io
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

LONGEST_LINE = 2_097_152  # of the engine; a longer one is refused


@dataclass
class RawFile:
    """One raw table and where it lies; `columns` and `rows` as they were before any damage."""

    table: str
    folder: Path
    columns: list[str]
    rows: list[dict[str, str | None]]

    @property
    def csv(self) -> Path:
        """Where its CSV file lies."""
        return self.folder / f"{self.table}.csv"

    @property
    def gzip(self) -> Path:
        """Where its packed CSV file lies."""
        return self.folder / f"{self.table}.csv.gz"

    @property
    def parquet(self) -> Path:
        """Where its Parquet file lies."""
        return self.folder / f"{self.table}.parquet"

    def text(self, columns: list[str] | None = None, **options: object) -> str:
        """The table as a CSV text."""
        target = io.StringIO()
        names = columns or self.columns
        writer = csv.writer(target, **{"lineterminator": "\n", **options})
        writer.writerow(names)
        writer.writerows([row.get(name) for name in names] for row in self.rows)
        return target.getvalue()

    def relation(self, connection: duckdb.DuckDBPyConnection) -> str:
        """The table as a relation of text columns."""
        names = ", ".join(f'"{name}" varchar' for name in self.columns)
        connection.execute(f"create or replace table rows ({names})")
        marks = ", ".join("?" * len(self.columns))
        for row in self.rows:
            values = [row[name] or None for name in self.columns]
            connection.execute(f"insert into rows values ({marks})", values)
        return "rows"


Damage = Callable[[random.Random, RawFile], None]


def _encoded(encoding: str, before: bytes = b"", addition: str = "é ü") -> Damage:
    """Written in another encoding, with letters in which it differs."""

    def damage(dice: random.Random, file: RawFile) -> None:
        text = file.text().replace("\n", f"\n{addition}"[: len(addition) + 1], 1)
        file.csv.write_bytes(before + text.encode(encoding))

    return damage


def _text(change: Callable[[random.Random, RawFile], str]) -> Damage:
    """A CSV text that is another one."""

    def damage(dice: random.Random, file: RawFile) -> None:
        file.csv.write_bytes(change(dice, file).encode())

    return damage


def _bytes(change: Callable[[random.Random, bytes], bytes]) -> Damage:
    """CSV bytes that are other ones."""

    def damage(dice: random.Random, file: RawFile) -> None:
        file.csv.write_bytes(change(dice, file.text().encode()))

    return damage


def _inserted(dice: random.Random, content: bytes, piece: bytes) -> bytes:
    at = dice.randint(0, len(content))
    return content[:at] + piece + content[at:]


def _flipped(dice: random.Random, content: bytes, first: int = 0) -> bytes:
    found = bytearray(content)
    for _ in range(dice.choice([1, 2, 20])):
        found[dice.randrange(first, len(found))] = dice.randrange(256)
    return bytes(found)


def _header(change: Callable[[random.Random, list[str]], list[str]]) -> Damage:
    """Another header over the same rows."""

    def damage(dice: random.Random, file: RawFile) -> None:
        _, rest = file.text().split("\n", 1)
        names = change(dice, list(file.columns))
        file.csv.write_text(",".join(names) + "\n" + rest, encoding="utf-8")

    return damage


def _replaced(dice: random.Random, names: list[str], new: str) -> list[str]:
    names[dice.randrange(len(names))] = new
    return names


def _without_column(dice: random.Random, file: RawFile) -> str:
    names = list(file.columns)
    names.remove(dice.choice(names))
    return file.text(names)


def _line(dice: random.Random, file: RawFile, change: Callable[[str], str]) -> str:
    """One line that is another one."""
    lines = file.text().split("\n")
    at = dice.randrange(len(lines))
    lines[at] = change(lines[at])
    return "\n".join(lines)


def _parts(second: Callable[[random.Random, RawFile], bytes]) -> Damage:
    """A folder with a good file and another one."""

    def damage(dice: random.Random, file: RawFile) -> None:
        folder = file.folder / file.table
        folder.mkdir()
        half = len(file.rows) // 2
        parts = [file.rows[:half], file.rows[half:]]
        one, other = (RawFile(file.table, folder, file.columns, rows) for rows in parts)
        (folder / "1.csv").write_text(one.text(), encoding="utf-8")
        (folder / "2.csv").write_bytes(second(dice, other))

    return damage


def _packed(change: Callable[[random.Random, bytes, bytes], bytes]) -> Damage:
    """A packed CSV file that is damaged: from the text and its packed bytes."""

    def damage(dice: random.Random, file: RawFile) -> None:
        text = file.text().encode()
        file.gzip.write_bytes(change(dice, text, gzip.compress(text, mtime=0)))

    return damage


def _parquet(change: Callable[[random.Random, bytes], bytes]) -> Damage:
    """A Parquet file whose bytes are damaged."""

    def damage(dice: random.Random, file: RawFile) -> None:
        write_parquet(file)
        file.parquet.write_bytes(change(dice, file.parquet.read_bytes()))

    return damage


def write_parquet(file: RawFile, columns: str = "*", options: str = "") -> None:
    """The table as Parquet, every column text unless `columns` says otherwise."""
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'Asia/Tokyo'")
        query = f"select {columns} from {file.relation(connection)}"
        connection.execute(f"copy ({query}) to '{file.parquet}' (format parquet {options})")


def _typed(types: tuple[str, ...]) -> Damage:
    """Some columns have a type, the same text in other columns stays as it is."""

    def damage(dice: random.Random, file: RawFile) -> None:
        names = dice.sample(file.columns, k=min(4, len(file.columns)))
        casts = ", ".join(f'{dice.choice(types).format(name)} as "{name}"' for name in names)
        write_parquet(file, f"* replace ({casts})", dice.choice(["", ", compression zstd"]))

    return damage


def _link(target: str) -> Damage:
    def damage(dice: random.Random, file: RawFile) -> None:
        file.csv.symlink_to(target.format(table=file.table))

    return damage


def _directory(name: str, inside: str | None) -> Damage:
    def damage(dice: random.Random, file: RawFile) -> None:
        folder = file.folder / name.format(table=file.table)
        folder.mkdir()
        if inside:
            (folder / inside.format(table=file.table)).write_text(file.text(), encoding="utf-8")

    return damage


def _named(name: str, content: Callable[[RawFile], bytes] | None = None) -> Damage:
    """A file under another name, or with another content than its name says."""

    def damage(dice: random.Random, file: RawFile) -> None:
        written = content(file) if content else file.text().encode()
        (file.folder / name.format(table=file.table)).write_bytes(written)

    return damage


def _zipped(file: RawFile) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(f"{file.table}.csv", file.text())
    return target.getvalue()


def _as_parquet(file: RawFile) -> bytes:
    write_parquet(file)
    content = file.parquet.read_bytes()
    file.parquet.unlink()
    return content


TYPES = (
    "try_cast({0} as double)", "try_cast({0} as float)", "try_cast({0} as decimal(18, 4))",
    "try_cast({0} as decimal(38, 10))", "try_cast({0} as integer)", "try_cast({0} as hugeint)",
    "try_cast({0} as boolean)", "try_cast({0} as date)", "try_cast({0} as timestamp)",
    "try_cast({0} as timestamp_ns)", "try_cast({0} as timestamp_ms)",
    "try_cast({0} as timestamptz)", "try_cast({0} as utinyint)",
)  # fmt: skip
NESTED = (
    "[{0}]", "{{'value': {0}}}", "map([{0}], [1])", "[[{0}], []]", "{0}::blob", "{0}::json",
    "interval 3 hour", "time '12:00:00'", "uuid()", "'nan'::double", "'-inf'::double",
    "'a'::enum ('a', 'b')", "null", "1e300", "12345678901234567.0",
)  # fmt: skip
TITLES = ["Export", "# v1, x", ""]
END_MARKS = ["\x1a", "\\.\n", "(3 rows)\n"]
ODD_NAMES = ['"a"";b"', "'; drop", "{{ x }}", "\u202ename", '"x\ny"', "a\\"]

DAMAGES: dict[str, Damage] = {
    "none": _text(lambda dice, file: file.text()),
    "Latin-1": _encoded("latin-1"),
    "Windows-1252": _encoded("cp1252", addition="5 € “x” "),
    "UTF-16": _encoded("utf-16"),
    "UTF-16 without mark": _encoded("utf-16-le"),
    "UTF-32": _encoded("utf-32"),
    "byte order mark": _encoded("utf-8", b"\xef\xbb\xbf"),
    "two byte order marks": _encoded("utf-8", b"\xef\xbb\xbf" * 2),
    "UTF-7": _encoded("utf-7"),
    "EBCDIC": _encoded("cp500"),
    "broken UTF-8": _bytes(
        lambda dice, content: _inserted(
            dice, content, dice.choice([b"\xff", b"\x80", b"\xc3", b"\xed\xa0\x80", b"\xf0\x9f"])
        )
    ),
    "NUL": _bytes(lambda dice, content: _inserted(dice, content, b"\0" * dice.choice([1, 1, 512]))),
    "NULs at the end": _bytes(lambda dice, content: content + b"\0" * 4096),
    "cut off": _bytes(lambda dice, content: content[: dice.randrange(len(content))]),
    "begins late": _bytes(lambda dice, content: content[dice.randrange(len(content)) :]),
    "flipped bytes": _bytes(_flipped),
    "stray quote": _bytes(lambda dice, content: _inserted(dice, content, b'"')),
    "stray quotes": _bytes(
        lambda dice, content: _inserted(dice, _inserted(dice, content, b'"'), b'"')
    ),
    "backslash before a quote": _text(
        lambda dice, file: file.text(quoting=csv.QUOTE_ALL, escapechar="\\", doublequote=False)
    ),
    "all quoted": _text(lambda dice, file: file.text(quoting=csv.QUOTE_ALL)),
    "single quotes": _text(lambda dice, file: file.text(quotechar="'", quoting=csv.QUOTE_ALL)),
    "another delimiter": _text(lambda dice, file: file.text(delimiter=dice.choice(";\t|^"))),
    "sep= line": _text(lambda dice, file: "sep=,\n" + file.text()),
    "title line": _text(lambda dice, file: dice.choice(TITLES) + "\n" + file.text()),
    "line ends": _text(
        lambda dice, file: file.text(
            lineterminator=dice.choice(["\r\n", "\r", "\n\n", "\n\r", "\r\r\n", "\u2028", "\x85"])
        )
    ),
    "mixed line ends": _text(lambda dice, file: _line(dice, file, lambda line: line + "\r")),
    "blank line": _text(
        lambda dice, file: _line(
            dice, file, lambda line: dice.choice(["", " ", ",,,"]) + "\n" + line
        )
    ),
    "blank lines at the end": _text(lambda dice, file: file.text() + "\n" * dice.randint(1, 5)),
    "no line end": _text(lambda dice, file: file.text().rstrip("\n")),
    "end mark": _text(lambda dice, file: file.text() + dice.choice(END_MARKS)),
    "one value more": _text(lambda dice, file: _line(dice, file, lambda line: line + ",7")),
    "one value less": _text(
        lambda dice, file: _line(dice, file, lambda line: line.rpartition(",")[0])
    ),
    "delimiter at every end": _text(lambda dice, file: file.text().replace("\n", ",\n")),
    "unquoted delimiter": _text(
        lambda dice, file: _line(dice, file, lambda line: line.replace(",", ",1,5,", 1))
    ),
    "doubled line": _text(lambda dice, file: _line(dice, file, lambda line: line + "\n" + line)),
    "huge value": _text(
        lambda dice, file: _line(
            dice, file, lambda line: "x" * dice.choice([100_000, LONGEST_LINE, 3_000_000]) + line
        )
    ),
    "duplicate header": _header(lambda dice, names: _replaced(dice, names, dice.choice(names))),
    "duplicate header in other letters": _header(
        lambda dice, names: _replaced(dice, names, dice.choice(names).upper() + " ")
    ),
    "renamed column": _header(lambda dice, names: _replaced(dice, names, "renamed")),
    "nameless column": _header(lambda dice, names: _replaced(dice, names, "")),
    "header of another table": _header(lambda dice, names: [f"field_{name}" for name in names]),
    "header in other letters": _header(
        lambda dice, names: [f" {name.upper()}\t" for name in names]
    ),
    "header with quotes": _header(lambda dice, names: [f'"{name}"' for name in names]),
    "header with odd names": _header(
        lambda dice, names: _replaced(dice, names, dice.choice(ODD_NAMES))
    ),
    "shuffled columns": _text(
        lambda dice, file: file.text(dice.sample(file.columns, k=len(file.columns)))
    ),
    "missing column": _text(_without_column),
    "no header": _text(lambda dice, file: file.text().split("\n", 1)[1]),
    "no rows": _text(lambda dice, file: file.text().split("\n", 1)[0] + dice.choice(["", "\n"])),
    "empty": _bytes(lambda dice, content: b""),
    "nothing but white space": _bytes(
        lambda dice, content: dice.choice([b" ", b"\n\n", b"\xef\xbb\xbf"])
    ),
    "web page": _bytes(lambda dice, content: b"<!doctype html>\n<html><body>502</body></html>\n"),
    "JSON": _bytes(lambda dice, content: b'[{"company_id": "c1"}]\n'),
    "zip as CSV": _named("{table}.csv", _zipped),
    "gzip as CSV": _named("{table}.csv", lambda file: gzip.compress(file.text().encode())),
    "Parquet as CSV": _named("{table}.csv", _as_parquet),
    "CSV as Parquet": _named("{table}.parquet"),
    "CSV as gzip": _named("{table}.csv.gz"),
    "upper-case name": _named("{table}.CSV"),
    "blank in the name": _named("{table} .csv"),
    "name with a date": _named("{table}_2025-06.csv"),
    "name with two ends": _named("{table}.csv.csv"),
    "part with other columns": _parts(
        lambda dice, file: file.text(dice.sample(file.columns, k=len(file.columns) - 1)).encode()
    ),
    "part without header": _parts(lambda dice, file: file.text().split("\n", 1)[1].encode()),
    "part in UTF-16": _parts(lambda dice, file: file.text().encode("utf-16")),
    "part with other line ends": _parts(
        lambda dice, file: file.text(lineterminator="\r\n").encode("utf-8-sig")
    ),
    "empty part": _parts(lambda dice, file: b""),
    "packed": _packed(lambda dice, text, packed: packed),
    "packed in pieces": _packed(
        lambda dice, text, packed: gzip.compress(text[:99]) + gzip.compress(text[99:])
    ),
    "packed twice": _packed(lambda dice, text, packed: gzip.compress(packed)),
    "packed and cut off": _packed(lambda dice, text, packed: packed[: dice.randrange(len(packed))]),
    "packed and flipped": _packed(lambda dice, text, packed: _flipped(dice, packed)),
    "packed with more behind": _packed(lambda dice, text, packed: packed + b"\0\0more"),
    "packed UTF-16": _packed(
        lambda dice, text, packed: gzip.compress(text.decode().encode("utf-16"))
    ),
    "packed nothing": _packed(lambda dice, text, packed: gzip.compress(b"")),
    "Parquet": _parquet(lambda dice, content: content),
    "Parquet cut off": _parquet(lambda dice, content: content[: dice.randrange(len(content))]),
    "Parquet with flipped bytes": _parquet(_flipped),
    "Parquet with another middle": _parquet(
        lambda dice, content: content[:4] + dice.randbytes(len(content) - 8) + content[-4:]
    ),
    "Parquet typed": _typed(TYPES),
    "Parquet nested": _typed(NESTED),
    "dangling link": _link("nowhere.csv"),
    "link to itself": _link("{table}.csv"),
    "link to a device": _link("/dev/null"),
    "directory named as a file": _directory("{table}.csv", None),
    "directory named as a file, with a file": _directory("{table}.csv", "{table}.csv"),
    "empty directory": _directory("{table}", None),
    "directory with another file": _directory("{table}", "notes.txt"),
    "directory in a directory": _directory("{table}", "part.csv.d"),
}  # fmt: skip
