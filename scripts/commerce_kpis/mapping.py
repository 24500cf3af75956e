"""Bring tables that are not in the shape of the landing contract to it, by SQL kept in the project.

A mapping is a folder of analyses/mappings: `mapping.yml` (what it reads, which parameters it
sets) and one `<table>.sql` per landing table, over a view `delivered` of the delivered file.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb
import yaml

from commerce_kpis.console import UserError
from commerce_kpis.project import PROJECT
from commerce_kpis.sql import first_line, text

MAPPINGS = PROJECT / "analyses" / "mappings"
READERS = {".parquet": "read_parquet", ".csv": "read_csv", ".gz": "read_csv"}


@dataclass(frozen=True)
class Mapping:
    """A mapping as its folder describes it."""

    folder: Path
    columns: list[str]
    variables: dict


def load_mapping(name: str) -> Mapping:
    """The mapping of that name. Raises UserError if there is none."""
    known = sorted(path.parent.name for path in MAPPINGS.glob("*/mapping.yml"))
    # A path instead of a name would lead to a folder that is emptied for the mapped tables.
    if name not in known:
        raise UserError(
            f"There is no mapping `{name}` in {MAPPINGS}: known are {', '.join(known)}."
        )
    folder = MAPPINGS / name
    described = yaml.safe_load((folder / "mapping.yml").read_text(encoding="utf-8"))
    return Mapping(folder, described["columns"], described.get("vars", {}))


def map_delivery(mapping: Mapping, delivery: Path, landing: Path) -> dict[str, int]:
    """Write the landing tables of a delivered file to a folder; returns rows by table.

    The folder is made anew. Raises UserError for a file that is missing, unreadable or without a
    column that the mapping reads.
    """
    reader = READERS.get(delivery.suffix.lower())
    if reader is None:
        raise UserError(f"{delivery} is neither a Parquet nor a CSV file: --input takes these.")
    if not delivery.is_file():
        raise UserError(f"There is no file {delivery}: --input names the delivered file.")
    shutil.rmtree(landing, ignore_errors=True)
    landing.mkdir(parents=True)
    rows = {}
    with duckdb.connect() as connection:
        source = _pattern(delivery)
        try:
            connection.execute(f"create view delivered as select * from {reader}({source})")
            found = [row[0] for row in connection.execute("describe delivered").fetchall()]
        except duckdb.Error as error:
            raise UserError(f"Cannot read {delivery}: {first_line(error)}") from None
        missing = [column for column in mapping.columns if column not in found]
        if missing:
            raise UserError(
                f"{delivery} has no column {', '.join(missing)}: see {mapping.folder}/mapping.yml."
            )
        for script in sorted(mapping.folder.glob("*.sql")):
            written = landing / f"{script.stem}.parquet"
            query = script.read_text(encoding="utf-8")
            try:
                connection.execute(f"copy ({query}\n) to {text(written)} (format parquet)")
            except duckdb.Error as error:
                raise UserError(f"{script}: {first_line(error)}") from None
            counted = connection.execute(f"select count(*) from read_parquet({_pattern(written)})")
            rows[script.stem] = counted.fetchall()[0][0]
    return rows


def _pattern(path: Path) -> str:
    """A path as a literal that DuckDB reads as a pattern: `*`, `?` and `[` are themselves."""
    return text(re.sub(r"([*?\[])", r"[\1]", str(path)))
