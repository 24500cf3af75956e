"""What becomes of damaged files: each is read whole, or refused in one line that names it."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import random
import re
import shutil
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
from commerce_kpis.sql import text as literal
from conftest import run_module
from landing_project import LandingProject

from oracle.calculation.business import Business
from oracle.corruptions.files import DAMAGES, LONGEST_LINE, RawFile

TABLES = ("companies", "orders", "order_lines", "contacts", "payments", "products", "web_events")
GOOD = (
    "none",
    "byte order mark",
    "all quoted",
    "no line end",
    "shuffled columns",
    "upper-case name",
)
CLEAR = "See docs/landing_contract.md"
Rows = Counter  # of the values of a row by the names of their columns


def _shuffled(file: RawFile) -> None:
    file.csv.write_text(file.text(file.columns[::-1]), encoding="utf-8")


def _longer(file: RawFile) -> None:
    with file.csv.open("a", encoding="utf-8") as lines:
        lines.write(file.text().partition("\n")[2])


def _in_place_of_it(file: RawFile) -> None:
    """Another file of the same size and an older date takes its place."""
    other = file.csv.with_suffix(".new")
    other.write_text(file.text().replace("EUR", "USD"), encoding="utf-8")
    os.utime(other, (0, 0))
    other.rename(file.csv)


CHANGES: dict[str, Callable[[RawFile], None]] = {
    "removed while it is read": lambda file: file.csv.unlink(),
    "cut off while it is read": lambda file: os.truncate(file.csv, file.csv.stat().st_size // 2),
    "columns shuffled while it is read": _shuffled,
    "longer while it is read": _longer,
    "replaced while it is read": _in_place_of_it,
}


class Unreadable(Exception):
    """A file is no table as the contract wants it."""


class Deliveries:
    """A small project that builds landing and staging of one folder after another."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.project = LandingProject(folder / "project")
        self.project.keep_tables(*TABLES)

    def failures(
        self, business: Business, damages: dict[str, str], seed: int
    ) -> list[tuple[str, str]]:
        """What is wrong with how a delivery was taken, as pairs of table and words.

        Args:
            business: whose rows they are.
            damages: the kind of damage of each table that is damaged.
            seed: of everything that is drawn.
        """
        landing = self._landing()
        dice = random.Random(seed)
        files = {
            table: RawFile(table, landing, business.columns[table], business.tables[table])
            for table in TABLES
        }
        for table, file in files.items():
            DAMAGES[damages.get(table, "none")](dice, file)
        found = []
        self.refused: dict[str, str] = {}
        while True:
            done = self.project.build(
                "damaged", "path:models", landing="files", landing_path=str(landing)
            )
            output = done.stdout + done.stderr
            if done.returncode == 0:
                for table in files.keys() - self.refused.keys():
                    found += [(table, what) for what in self._differences(files[table])]
                # A check sum is looked at by the commands only.
                said = self._said_by_the_command(landing) if found else []
                return [
                    (table, what)
                    for table, what in found
                    if not any(f"/{table}.csv.gz is damaged" in line for line in said)
                ]
            if "Traceback" in output:
                return found + [(table, f"Traceback: {output[-2000:]}") for table in damages]
            lines = {
                table: line
                for line in _lines(output) or self._said_by_the_command(landing)
                for table in damages.keys() - self.refused.keys()
                if re.search(rf"/landing/{table}[ ._/]|\btable {table}\b| {table}\.", line)
            }
            if not lines:
                return found + [(table, f"no clear line: {output[-700:]}") for table in damages]
            for table, line in lines.items():
                if CLEAR not in line:
                    found.append((table, f"no clear line: {line}"))
                elif damages[table] in GOOD:
                    found.append((table, f"was refused: {line}"))
                remove(landing, table)
                files[table].csv.write_text(files[table].text(), encoding="utf-8")
            self.refused |= lines

    def failures_of_change(self, business: Business, kind: str) -> list[str]:
        """What is wrong with how a change of `orders` was taken that came while a build read it."""
        landing = self._landing()
        files = [
            RawFile(table, landing, business.columns[table], business.tables[table])
            for table in TABLES
        ]
        for file in files:
            file.csv.write_text(file.text(), encoding="utf-8")
        orders = next(file for file in files if file.table == "orders")
        # dbt writes the SQL of a landing view when it makes it: the delivery is checked then.
        made = self.project.folder / "target_changed/run/commerce_kpis/models/landing"
        shutil.rmtree(made, ignore_errors=True)
        with ThreadPoolExecutor() as pool:
            running = pool.submit(
                self.project.build,
                *("changed", "path:models"),
                landing="files",
                landing_path=str(landing),
            )
            while not running.done() and not (made / "landing__orders.sql").exists():
                time.sleep(0.01)
            CHANGES[kind](orders)
            done = running.result()
        output = done.stdout + done.stderr
        if "Traceback" in output:
            return [f"Traceback: {output[-2000:]}"]
        if done.returncode == 0:
            return ["the build did not notice"]
        line = f"{orders.csv} was changed or removed while it was read"
        return [] if line in output else [f"no clear line: {output[-2000:]}"]

    def _said_by_the_command(self, landing: Path) -> list[str]:
        """The lines with which scripts/check_landing stops; dbt alone says what the engine says."""
        done = run_module(
            "check_landing",
            *("--landing-path", landing),
            DBT_PROFILES_DIR=str(self.project.folder),
            KPI_BUILD_FILE=str(self.folder / "none.duckdb"),
            DBT_LOG_PATH=str(self.folder / "logs"),
        )
        return done.stderr.removeprefix("Error: ").splitlines()

    def _landing(self) -> Path:
        """An empty folder for raw files."""
        landing = self.folder / "landing"
        shutil.rmtree(landing, ignore_errors=True)
        landing.mkdir()
        return landing

    def _differences(self, file: RawFile) -> list[str]:
        """In which the rows that landed are not those of the file."""
        table = file.table
        query = f"select raw_row from landing.landing__{table}"
        landed = Counter(
            _row(json.loads(raw).items()) for (raw,) in self.project.query("damaged", query)
        )
        ((kept,),) = self.project.query(
            "damaged", f"select count(*) from staging.base_contract__{table}"
        )
        try:
            expected = delivered_rows(file)
        except Unreadable as error:
            return [f"was read, although it {error}: {list(landed)[:2]}"]
        found = []
        if kept != expected.total():
            found.append(f"holds {expected.total()} rows, {kept} were kept")
        if landed != expected:
            found.append(
                f"reads otherwise: {list((expected - landed).elements())[:2]} "
                f"is {list((landed - expected).elements())[:2]}"
            )
        return found


def remove(landing: Path, table: str) -> None:
    """Take everything out of a folder that bears the name of a table."""
    for path in landing.glob(f"{table}[ ._]*"):
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    shutil.rmtree(landing / table, ignore_errors=True)


def _lines(output: str) -> list[str]:
    """The lines in which a build says what is wrong with a delivery."""
    _, _, said = output.partition("(./dbt_project.yml)\n")
    lines = said.split("\n  \n", 1)[0].splitlines()
    return [line.strip() for line in lines if CLEAR in line]


def delivered_rows(file: RawFile) -> Rows:
    """The rows in a folder, read strictly and in another way than the project does.

    Raises:
        Unreadable: there is something that is no table.
    """
    found: Rows = Counter()
    for path in sorted(
        (*file.folder.glob(f"{file.table}.*"), *file.folder.glob(f"{file.table}/*"))
    ):
        inside = [path] if path.is_file() else sorted(path.glob("*"))
        for part in inside:
            name = part.name.lower()
            if name.endswith(".parquet"):
                found += _parquet_rows(part)
            elif name.endswith(".csv.gz"):
                found += _csv_rows(_unpacked(part), file.columns)
            elif name.endswith(".csv"):
                found += _csv_rows(part.read_bytes(), file.columns)
            else:
                raise Unreadable(f"has a name of no kind, {part.name}")
    return found


def _unpacked(path: Path) -> bytes:
    try:
        return gzip.decompress(path.read_bytes())
    except (OSError, EOFError, ValueError) as error:
        raise Unreadable(f"can't be unpacked ({error})") from None
    except Exception as error:  # zlib.error is no OSError
        raise Unreadable(f"can't be unpacked ({error})") from None


def _parquet_rows(path: Path) -> Rows:
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        try:
            rows = connection.execute(
                f"select cast(to_json(raw) as varchar) from read_parquet({literal(path)}) as raw"
            ).fetchall()
        except duckdb.Error as error:
            raise Unreadable(f"is no Parquet ({error})") from None
    return Counter(_row(json.loads(raw).items()) for (raw,) in rows)


def _csv_rows(content: bytes, columns: list[str]) -> Rows:
    try:
        text = content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise Unreadable(f"is no UTF-8 ({error})") from None
    try:
        lines = [line for line in csv.reader(io.StringIO(text, newline=""), strict=True) if line]
    except csv.Error as error:
        raise Unreadable(f"is no CSV ({error})") from None
    if not lines:
        raise Unreadable("is empty")
    header = [name.strip() for name in lines[0]]
    if not {name.lower() for name in header} & set(columns):
        raise Unreadable("has no header")
    if len({name.lower() for name in header}) < len(header):
        raise Unreadable("names a column twice")
    if any(len(line) != len(header) for line in lines):
        raise Unreadable("has lines of other lengths")
    if any(len(",".join(line).encode()) > LONGEST_LINE for line in lines):
        raise Unreadable("has a line that is too long")
    return Counter(_row(zip(header, line, strict=True)) for line in lines[1:])


def _row(items: object) -> frozenset:
    """A row by the names of its columns; a value that is a structure counts as its text."""
    return frozenset(
        (name.strip(), value if isinstance(value, str) else json.dumps(value))
        for name, value in items
        if value not in ("", None)
    )
