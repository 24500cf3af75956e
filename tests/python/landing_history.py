"""Random histories of loads of the demo company's raw tables.

Each row comes with a load drawn at random, so most come long after they happened. Every load also
brings rows again: unchanged, with values of other rows in some columns (an order of another
company, a hit of another browser, a lead that was merged), deleted, or without a moment of loading.
Rows once landed stay as they are.
"""

from __future__ import annotations

import random
from pathlib import Path

import duckdb
from conftest import PROJECT

FIRST_LOAD = "2026-07-10 02:00:00"
LINKS = ("company_id", "contact_id", "client_id", "order_id", "lead_id", "merged_into_", "parent_")


class History:
    """The loads of one history, written to a folder of `<table>/<load>.parquet` one by one: of all
    raw tables, or of those named."""

    def __init__(self, folder: Path, seed: int, loads: int, tables: tuple[str, ...] = ()) -> None:
        self.folder = folder
        self.draw = random.Random(seed)
        self.seed = seed
        self.loads = loads
        self.connection = duckdb.connect()
        self.tables = {}
        for file in sorted((PROJECT / "seeds" / "raw").glob("raw_*.csv")):
            name = file.stem.removeprefix("raw_")
            if tables and name not in tables:
                continue
            self.tables[name] = self._read(name, file)
            (folder / name).mkdir(parents=True)

    def load(self, number: int) -> None:
        """Write one more load of every table."""
        moment = f"cast(timestamp '{FIRST_LOAD}' + interval {number} day as varchar)"
        for name, columns in self.tables.items():
            # Of some tables the moment of loading is a timestamp, of others a text.
            kind = "timestamp" if (len(name) + self.seed) % 2 else "varchar"
            first = f"select * exclude (load), false as is_again from {name} where load = {number}"
            again = self._again(name, columns, number)
            self.connection.execute(
                f"""
                copy (
                    select * exclude (line, is_again) replace (
                        cast(
                            case
                                when {number} = 0 and loaded_at is not null then loaded_at
                                when not is_again or {self._random(name, number)} > 0.02
                                    then {moment}
                            end as {kind}
                        ) as loaded_at
                    )
                    from ({first} union all by name {again})
                ) to '{self.folder}/{name}/{number:04}.parquet' (format parquet)
                """
            )

    def _read(self, name: str, file: Path) -> list[str]:
        """A raw table with the load of each row: two thirds come with the first."""
        self.connection.execute(
            f"create table {name} as select *, greatest(0, cast(floor("
            f"{self._random(name, 'load')} * {3 * self.loads}) as integer)"
            f" - {2 * self.loads}) as load from (select *, row_number() over () as line"
            f" from read_csv('{file}', all_varchar = true))"
        )
        columns = [row[0] for row in self.connection.execute(f"describe {name}").fetchall()]
        columns = [column for column in columns if column not in ("line", "load")]
        for common in ("loaded_at", "is_deleted"):
            if common not in columns:
                self.connection.execute(f"alter table {name} add column {common} varchar")
        return columns

    def _again(self, name: str, columns: list[str], number: int) -> str:
        """Rows of earlier loads that come again, some of them changed."""
        links = [column for column in columns if column.startswith(LINKS)]
        own_key = columns[0]
        kept = (own_key, "source_name", "source_updated_at", "loaded_at", "is_deleted")
        changeable = [column for column in columns if column not in kept]
        chosen = self.draw.sample(changeable, min(2, len(changeable)))
        chosen += [c for c in self.draw.sample(links, min(1, len(links))) if c != own_key]
        changes = [
            f"case when change_draw < 0.6 then lead({column}) over (order by shuffle)"
            f" else {column} end as {column}"
            for column in dict.fromkeys(chosen)
        ]
        changes.append("case when change_draw > 0.9 then 'true' else is_deleted end as is_deleted")
        if "source_updated_at" in columns:
            changes.append(f"'{FIRST_LOAD[:11]}0{number}:00:00' as source_updated_at")
        return f"""
            select * exclude (load, shuffle, change_draw) replace ({", ".join(changes)}),
                true as is_again
            from (
                select
                    *,
                    {self._random(name, "shuffle", number)} as shuffle,
                    {self._random(name, "change", number)} as change_draw
                from {name}
                where load < {number} and {self._random(name, "again", number)} < 0.01
            )
        """

    def _random(self, *names: object) -> str:
        """A number from 0 to below 1, of each row and what it is drawn for."""
        words = " ".join(map(str, (self.seed, *names)))
        return f"((hash(line, '{words}') % 1000003) / 1000003.0)"
