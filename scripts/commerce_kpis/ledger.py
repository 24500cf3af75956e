"""What was reported: a ledger inside the published file that only ever grows.

Each publishing adds a row for every value of a complete period that is new, has changed or is gone
since it was last reported, with the reason. The ledger cannot be built anew: it is carried from the
published file into the next one, and from its backup beside it if that file is gone.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import duckdb

from commerce_kpis.console import UserError
from commerce_kpis.files import fsync
from commerce_kpis.ledger_tables import CONTENT, DEFINITION, KEY, TABLES, create_tables
from commerce_kpis.restatements import give_reasons
from commerce_kpis.sql import first_line, quoted, text


@dataclass(frozen=True)
class Ledger:
    """What a publishing did to the ledger. `note` says what a user should know, if anything."""

    publishing_number: int
    rows: int
    rows_added: int
    restated: dict[str, int]
    note: str | None = None


def backup_file(out: Path) -> Path:
    """Where the ledger of a published file is kept beside it."""
    return out.with_name(f"{out.stem}.reported.duckdb")


def carry_ledger(connection: duckdb.DuckDBPyConnection, out: Path, landing: str) -> Ledger | None:
    """Put the old ledger and what this build reports into the new file.

    Args:
        connection: the new file is attached as `published`, in use, with its tables but for these.
        out: the published file that it will replace, if there is one.
        landing: where the raw tables of the build came from.

    Returns:
        None if the build has no KPI values.

    Raises:
        UserError: the ledger is damaged, or another one than that of the backup.
    """
    if not _has_table(connection, "published", "kpi", "kpi_values"):
        return None
    source, note = _find_ledger(connection, out, landing)
    create_tables(connection)
    if source:
        for name in TABLES:
            connection.execute(f"insert into trust.{name} by name from {source}.trust.{name}")
    number, known_from = _next_publishing(connection)
    _find_changes(connection)
    is_file = source == "before"
    if source:
        give_reasons(connection, "before" if is_file else None, "published")
    _append(connection, number)
    added = connection.execute(
        "select count(*) from trust.kpi_reported_values where publishing_number = ?", [number]
    ).fetchone()[0]
    connection.execute(
        f"""
        insert into trust.kpi_publishings
        select ?, ?, as_of, build_id, code_version, ?, ?, {_rows_hash(f"= {number}")}
        from trust.build_info
        """,
        [number, known_from, landing, added],
    )
    rows = connection.execute("select count(*) from trust.kpi_reported_values").fetchone()[0]
    restated = dict(
        connection.execute(
            "select reason, count(*) from trust.kpi_reported_values "
            "where publishing_number = ? and reason != 'first_report' group by reason "
            "order by count(*) desc, reason",
            [number],
        ).fetchall()
    )
    return Ledger(number, rows, added, restated, note)


def back_up(out: Path) -> None:
    """Write the ledger of a published file beside it, in one step."""
    backup = backup_file(out)
    temporary = backup.with_name(f".{out.name}.{os.getpid()}.backup.publishing")
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"attach {text(out)} as published (read_only)")
        if not _has_table(connection, "published", "trust", "kpi_publishings"):
            return
        connection.execute(f"attach {text(temporary)} as backup")
        connection.execute("create schema backup.trust; use backup")
        create_tables(connection)
        for name in TABLES:
            connection.execute(f"insert into trust.{name} from published.trust.{name}")
        connection.execute("checkpoint backup; use memory; detach backup")
    fsync(temporary)
    temporary.replace(backup)
    fsync(backup.parent)


def _find_ledger(
    connection: duckdb.DuckDBPyConnection, out: Path, landing: str
) -> tuple[str | None, str | None]:
    """Attach the ledger to go on from; its name, and what to tell the user.

    The published file is `before`; `backup` is read only if that is gone, or is older.
    """
    backup = backup_file(out)
    last = {}
    for name, file in (("before", out), ("backup", backup)):
        if not file.exists():
            continue
        try:
            connection.execute(f"attach {text(file)} as {name} (read_only)")
            if not _has_table(connection, name, "trust", "kpi_publishings"):
                continue
            _check(connection, name)
            last[name] = connection.execute(
                f"select publishing_number, landing from {name}.trust.kpi_publishings "
                "order by publishing_number desc limit 1"
            ).fetchone()
        except (duckdb.Error, _DamagedError) as error:
            remedy = (
                f"move it away, and the reported values come from {backup.name}"
                if name == "before"
                else "put a good copy of it in its place, or move it away to do without"
            )
            if name == "backup" and "before" in last:
                return "before", f"{file} is damaged and was written anew."
            raise UserError(
                f"What was reported cannot be read from {file} ({first_line(error)}): {remedy}."
            ) from None
    if not last:
        return None, None
    if "before" in last and "backup" in last and last["backup"][0] > last["before"][0]:
        raise UserError(
            f"{out} holds publishing {last['before'][0]}, but its backup {backup.name} holds "
            f"{last['backup'][0]}: an older file was put there. Move {out.name} away to go on from "
            "the backup, or move the backup away to go on without the later ones."
        )
    source = "before" if "before" in last else "backup"
    if last[source][1] == "seeds" and landing != "seeds":
        kept = backup.with_name(f"{out.stem}.reported-demo.duckdb")
        _set_aside(out if source == "before" else backup, kept, out)
        return None, f"What was reported of the demo company was set aside in {kept.name}."
    if last[source][1] != "seeds" and landing == "seeds":
        raise UserError(
            f"{out} keeps what was reported of your own data: publish the demo company to another "
            "file with --out."
        )
    note = f"What was reported was restored from {backup.name}." if source == "backup" else None
    return source, note


def _set_aside(file: Path, kept: Path, out: Path) -> None:
    """Keep the ledger of a file under another name; what a kill leaves is a leftover of `out`."""
    temporary = kept.with_name(f".{out.name}.{os.getpid()}.aside.publishing")
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"attach {text(file)} as old (read_only)")
        connection.execute(f"attach {text(temporary)} as kept; create schema kept.trust")
        for name in TABLES:
            connection.execute(f"create table kept.trust.{name} as from old.trust.{name}")
        connection.execute("detach kept")
    fsync(temporary)
    temporary.replace(kept)


class _DamagedError(Exception):
    """The rows of a ledger are not those that its publishings say they added."""


def _check(connection: duckdb.DuckDBPyConnection, catalog: str) -> None:
    """Compare the rows of a ledger with what each publishing wrote down about its own."""
    wrong = connection.execute(
        f"""
        with counted as (
            select publishing_number, count(*) as rows_found, {_ROW_HASHES} as hash_found
            from {catalog}.trust.kpi_reported_values
            group by publishing_number
        )
        select
            coalesce(publishings.publishing_number, counted.publishing_number),
            coalesce(counted.rows_found, 0),
            coalesce(publishings.rows_added, 0)
        from {catalog}.trust.kpi_publishings as publishings
        full join counted on publishings.publishing_number = counted.publishing_number
        where
            coalesce(counted.rows_found, 0) is distinct from publishings.rows_added
            or (publishings.rows_added > 0 and counted.hash_found != publishings.rows_hash)
        order by all
        """
    ).fetchone()
    if wrong:
        raise _DamagedError(
            f"publishing {wrong[0]} has {wrong[1]} rows and added {wrong[2]}"
            if wrong[1] != wrong[2]
            else f"rows of publishing {wrong[0]} are not as they were written"
        )


_ROW_HASHES = (
    "cast(bit_xor(md5_number_lower(concat_ws('|', "
    + ", ".join(
        f"coalesce(cast({name} as varchar), '')"
        for name in (*KEY, *CONTENT, *DEFINITION, "reason", "is_removed")
    )
    + "))) as varchar)"
)


def _rows_hash(condition: str) -> str:
    return (
        f"coalesce((select {_ROW_HASHES} from trust.kpi_reported_values "
        f"where publishing_number {condition}), '')"
    )


def _next_publishing(connection: duckdb.DuckDBPyConnection) -> tuple[int, datetime]:
    """The number and moment of this publishing, later than any before."""
    number, latest = connection.execute(
        "select coalesce(max(publishing_number), 0) + 1, max(known_from) from trust.kpi_publishings"
    ).fetchone()
    now = datetime.now(timezone.utc).replace(tzinfo=None)
    return number, now if latest is None or now > latest else latest + timedelta(microseconds=1)


def _find_changes(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the temporary table `changes`: what is new, changed or gone since it was reported.

    Parts are compared exactly, a statistic to nine digits: the order in which floats are added up
    is no restatement.
    """
    key = ", ".join(KEY)
    same_key = " and ".join(f"now_there.{name} = open_rows.{name}" for name in KEY)
    either = ", ".join(f"coalesce(now_there.{name}, open_rows.{name}) as {name}" for name in KEY)
    connection.execute(
        f"""
        create or replace temp table changes as
        with now_there as (
            select cells.*
            from published.kpi.kpi_values as cells
            inner join published.kpi.kpi_catalog as catalog
                on cells.kpi = catalog.kpi and cells.variant = catalog.variant
            where
                cells.is_complete_period
                and (
                    cells.dimension = 'total'
                    or list_contains(
                        string_split(coalesce(catalog.reported_dimensions, ''), ', '),
                        cells.dimension
                    )
                )
        ),

        open_rows as (
            select *
            from trust.kpi_reported_values
            qualify row_number() over (partition by {key} order by publishing_number desc) = 1
        ),

        -- Two hashes of one version: the SQL was written in another way.
        same_meaning as (
            select distinct
                is_now.kpi,
                is_now.variant,
                is_now.definition_hash as hash_now,
                was.definition_hash as hash_before
            from published.kpi.kpi_catalog_changes as is_now
            inner join published.kpi.kpi_catalog_changes as was
                on
                    is_now.kpi = was.kpi
                    and is_now.variant = was.variant
                    and is_now.definition_version = was.definition_version
        )

        select
            {either},
            coalesce(now_there.period_end, open_rows.period_end) as period_end,
            now_there.numerator,
            now_there.denominator,
            now_there.value,
            now_there.value_status,
            now_there.is_mature,
            coalesce(now_there.definition_version, open_rows.definition_version)
                as definition_version,
            coalesce(now_there.definition_hash, open_rows.definition_hash) as definition_hash,
            now_there.kpi is null as is_removed,
            coalesce(open_rows.is_mature, true) as is_mature_before,
            case
                when open_rows.kpi is null then 'first_report'
                when open_rows.definition_hash != now_there.definition_hash
                    and same_meaning.kpi is null
                    then 'definition_change'
            end as reason
        from now_there
        full join open_rows on {same_key}
        left join same_meaning
            on
                now_there.kpi = same_meaning.kpi
                and now_there.variant = same_meaning.variant
                and now_there.definition_hash = same_meaning.hash_now
                and open_rows.definition_hash = same_meaning.hash_before
        where
            open_rows.kpi is null
            or (now_there.kpi is null and not open_rows.is_removed)
            or (now_there.kpi is not null and (
                open_rows.is_removed
                or (now_there.value is null) != (open_rows.value is null)
                or (now_there.value is not null and (
                    now_there.numerator is distinct from open_rows.numerator
                    or now_there.denominator is distinct from open_rows.denominator
                ))
                or abs(now_there.value - open_rows.value)
                > 1e-9 * greatest(1, abs(open_rows.value))
            ))
        """
    )


def _append(connection: duckdb.DuckDBPyConnection, number: int) -> None:
    """Add the changes as rows of a publishing."""
    columns = ", ".join((*KEY, *CONTENT, *DEFINITION, "is_removed"))
    connection.execute(
        f"""
        insert into trust.kpi_reported_values by name
        select
            cast({number} as integer) as publishing_number,
            {columns},
            coalesce(reason, 'source_correction') as reason
        from changes
        order by {", ".join(KEY)}
        """
    )


def _has_table(connection: duckdb.DuckDBPyConnection, catalog: str, schema: str, name: str) -> bool:
    found = connection.execute(
        "select count(*) from duckdb_tables() "
        "where database_name = ? and schema_name = ? and table_name = ?",
        [catalog, schema, name],
    ).fetchone()
    return found[0] > 0


def reported(
    connection: duckdb.DuckDBPyConnection, catalog: str, key: dict[str, object]
) -> list[tuple]:
    """What was reported of one value, the earliest first: (known_from, value, reason)."""
    if not _has_table(connection, catalog, "trust", "kpi_reported_values"):
        return []
    where = " and ".join(f"{quoted(name)} = ?" for name in key)
    return connection.execute(
        f"select known_from, value, reason from {quoted(catalog)}.trust.kpi_reported "
        f"where {where} order by known_from",
        list(key.values()),
    ).fetchall()
