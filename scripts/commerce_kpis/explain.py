"""scripts/explain: why a number is this number, down to its rows, from a published file."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

import click
import duckdb

from commerce_kpis.console import UserError, make_console, run_command
from commerce_kpis.evidence import (
    FLAGS,
    Cell,
    KpiQuery,
    Period,
    find_period,
    kpi_query,
    make_evidence,
)
from commerce_kpis.explain_pages import print_explanation, write_csv
from commerce_kpis.explain_plans import Plans, plans_of
from commerce_kpis.explain_question import asked_member, asked_variant, known_kpi, period_start
from commerce_kpis.ledger import reported
from commerce_kpis.project import GRAINS, PUBLISHED_FILE
from commerce_kpis.sql import first_line, quoted, row_of, rows_of, text

AXIS = ("row_id", "period_grain", "from_index", "to_index", "dimension", "dimension_value")


@dataclass(frozen=True)
class Rows:
    """Rows of one step of a KPI's SQL: the header and the rows, what each brings last.

    The first `described` columns say which row it is.
    """

    relation: str
    columns: list[str]
    rows: list[tuple]
    described: int

    def identity(self, row: tuple) -> tuple:
        return row[: self.described]


@dataclass(frozen=True)
class Explanation:
    """Everything that is said of a value. Mappings are rows of the tables named like them."""

    cell: Cell
    period: Period
    value: dict
    catalog: dict
    parts: list[str]
    stored_parts: dict
    rows: list[Rows]
    excluded: list[Rows]
    rejected: list[tuple]
    siblings: list[dict]
    plans: Plans
    reported: list[tuple]


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("kpi")
@click.option("--grain", type=click.Choice(GRAINS), default="month", show_default=True)
@click.option(
    "--period",
    "period_text",
    help="2026-03, 2026-Q1, 2026, or a day in it; r12m: its last month. Default: latest complete.",
)
@click.option("--dimension", help="One member, such as sales_channel=online. Default: the total.")
@click.option("--variant", help="A variant of the KPI, if not its default.")
@click.option("--rows", "shown", default=10, show_default=True, help="Rows to print of each step.")
@click.option("--csv", "csv_file", type=Path, help="Write all rows to this file.")
@click.option("--file", type=Path, default=PUBLISHED_FILE, help="Published file to read.")
def main(
    kpi: str,
    grain: str,
    period_text: str | None,
    dimension: str | None,
    variant: str | None,
    shown: int,
    csv_file: Path | None,
    file: Path,
) -> None:
    """Explain a value of KPI: what it means, its parts, the rows behind it and those left out.

    KPI is the name of a table without `kpi_`, such as sales, cac, customer_churn.
    """
    with connect(file) as connection:
        kpi = known_kpi(connection, kpi.removeprefix("kpi_"))
        catalog = asked_variant(connection, kpi, variant)
        start = period_start(connection, kpi, grain, period_text)
        name, value = asked_member(dimension)
        cell = Cell(kpi, grain, start, name, value)
        explanation = explain(connection, cell, catalog["variant"])
    if csv_file:
        write_csv(csv_file, explanation)
    print_explanation(make_console(), explanation, shown, csv_file)


def connect(file: Path) -> duckdb.DuckDBPyConnection:
    """A connection with a published file attached as `published`, and in use.

    Raises:
        UserError: no such file, or no published file.
    """
    if not file.is_file():
        raise UserError(f"There is no file {file}: run scripts/build, or name one with --file.")
    connection = duckdb.connect(":memory:")
    try:
        connection.execute(f"attach {text(file)} as published (read_only); use published")
        connection.execute("select count(*) from trust.kpi_queries")
        connection.execute("select count(*) from kpi.kpi_values")
        connection.execute("select n, scale, reported_dimensions from kpi.kpi_catalog limit 0")
        connection.execute("select count(*) from kpi.kpi_drivers")
    except duckdb.Error as error:
        raise UserError(
            f"{file} cannot be explained ({first_line(error)}): publish it with scripts/build."
        ) from None
    return connection


def explain(connection: duckdb.DuckDBPyConnection, cell: Cell, variant: str) -> Explanation:
    """All that is known of a value.

    Raises:
        UserError: there is no such cell, or its rows are not there.
    """
    key = {**vars(cell), "variant": variant}
    value = row_of(connection, "kpi.kpi_values", key)
    catalog = row_of(connection, "kpi.kpi_catalog", {"kpi": cell.kpi, "variant": variant})
    wide = row_of(
        connection,
        f"kpi.kpi_{cell.kpi}",
        {name: part for name, part in vars(cell).items() if name != "kpi"},
    )
    if wide is None:
        raise UserError(f"There is no {cell}: {_near_members(connection, cell)}")
    parts = parts_of(connection, catalog)
    query, period = _query(connection, cell)
    is_statistic = not catalog["denominator"] and not _is_sum(catalog)
    rows = _rows(connection, query, cell, period, parts, is_statistic)
    return Explanation(
        cell=cell,
        period=period,
        value=value or _empty_value(catalog),
        catalog=catalog,
        parts=parts,
        stored_parts={name: wide[name] for name in parts},
        rows=rows,
        excluded=_excluded(connection, query, cell, period, parts, rows),
        rejected=_rejected(connection, catalog, period),
        siblings=_siblings(connection, cell),
        plans=plans_of(connection, cell, variant),
        reported=reported(connection, "published", key),
    )


def parts_of(connection: duckdb.DuckDBPyConnection, catalog: dict) -> list[str]:
    """The sums of a KPI table that a variant is made of, the number of its units last.

    A statistic names none as numerator: they are those that its formula names, and those of other
    statistics in it. Sums are exact; what is divided is a float.

    Args:
        connection: the published file is in use.
        catalog: the variant's row of the catalog.
    """
    columns = connection.execute(f"describe kpi.kpi_{catalog['kpi']}").fetchall()
    sums = [name for name, kind, *_ in columns if kind != "DOUBLE"]
    siblings = rows_of(connection, "kpi.kpi_catalog", {"kpi": catalog["kpi"]})
    variants = {row["variant"]: row for row in siblings}
    named = [catalog["numerator"], catalog["denominator"]]
    if not any(named):
        named = [catalog["variant"]] if _is_sum(catalog) else _parts_in(catalog, variants)
    return list(dict.fromkeys(name for name in (*named, catalog["n"]) if name in sums))


def _is_sum(catalog: dict) -> bool:
    """Whether a variant is a part itself; a statistic says of how many units it is."""
    return not catalog["denominator"] and not catalog["n"]


def _parts_in(catalog: dict, variants: dict[str, dict]) -> list[str]:
    """What the formula of a statistic names."""
    found = []
    for word in re.findall(r"\w+", catalog["formula"]):
        inner = variants.get(word)
        if inner is None or _is_sum(inner):
            found.append(word)
        elif inner["variant"] != catalog["variant"]:
            ratio = [inner["numerator"], inner["denominator"]]
            found += ratio if any(ratio) else _parts_in(inner, variants)
    return found


def _query(connection: duckdb.DuckDBPyConnection, cell: Cell) -> tuple[KpiQuery, Period]:
    """The SQL of the cell's KPI, and its period."""
    query = kpi_query(connection, "published", cell.kpi)
    period = find_period(connection, "published", cell.period_grain, cell.period_start)
    if query is None or period is None:
        raise UserError(f"There is no {cell}: the published file holds no such period.")
    return query, period


def _rows(
    connection: duckdb.DuckDBPyConnection,
    query: KpiQuery,
    cell: Cell,
    period: Period,
    parts: list[str],
    is_statistic: bool,
    reason: str | None = None,
) -> list[Rows]:
    """The rows behind a cell that bring something to one of the parts."""
    try:
        relations = make_evidence(connection, query, cell, period)
    except duckdb.CatalogException as error:
        raise UserError(
            f"The rows behind {cell} are not all in the published file ({first_line(error)}): "
            "name a file of a build that publishes them."
        ) from None
    found = []
    some = " or ".join(f"coalesce(evidence.{quoted(name)}, 0) != 0" for name in parts)
    for relation in relations:
        table = quoted(f"evidence_{relation.name}")
        # What a statistic is taken of is no part of it: it is shown with the row.
        measures = {name for names in relation.measures.values() for name in names}
        measures = measures & set(parts) if is_statistic else measures
        shown = [
            row[0]
            for row in connection.execute(f"describe {table}").fetchall()
            if row[0] not in (*AXIS, *measures)
        ]
        shown = sorted(shown, key=lambda name: (not name.endswith("_id"), name != "event_date"))
        why, joins = _reason(connection, query, relation.name, shown, reason)
        columns = [*(f"behind.{quoted(name)}" for name in shown), *why]
        brought = [f"evidence.{quoted(name)}" for name in parts]
        order = [f"abs({brought[0]}) desc nulls last", *map(str, range(1, len(columns) + 1))]
        result = connection.execute(
            f"""
            select {", ".join(columns + brought)}
            from {table} as behind
            inner join evidence on behind.row_id = evidence.row_id
            {joins}
            where {some}
            order by {", ".join(order)}
            """
        )
        names = [column[0] for column in result.description]
        if rows := result.fetchall():
            found.append(Rows(relation.name, names, rows, len(shown)))
    return found


def _reason(
    connection: duckdb.DuckDBPyConnection,
    query: KpiQuery,
    relation: str,
    columns: list[str],
    reason: str | None,
) -> tuple[list[str], str]:
    """The column, and the join that finds it, of the reason for which a row does not count."""
    if reason is None:
        return [], ""
    for fact in re.findall(r'"core"\."(fct_\w+)"', query.before):
        there = {
            row[0]
            for row in connection.execute(f"describe published.core.{quoted(fact)}").fetchall()
        }
        ids = [name for name in columns if name.endswith("_id") and name in there]
        if ids and "exclusion_reason" in there:
            keys = ", ".join(quoted(name) for name in ids)
            same = " and ".join(
                f"behind.{quoted(name)} is not distinct from excluded_there.{quoted(name)}"
                for name in ids
            )
            return (
                [f"coalesce(excluded_there.exclusion_reason, {text(reason)}) as exclusion_reason"],
                f"left join (select {keys}, min(exclusion_reason) as exclusion_reason "
                f"from published.core.{quoted(fact)} group by {keys}) as excluded_there on {same}",
            )
    return [f"{text(reason)} as exclusion_reason"], ""


def _excluded(
    connection: duckdb.DuckDBPyConnection,
    query: KpiQuery,
    cell: Cell,
    period: Period,
    parts: list[str],
    behind: list[Rows],
) -> list[Rows]:
    """The rows that would be behind the cell if they counted, with what they would bring."""
    counted = {step.relation: {step.identity(row) for row in step.rows} for step in behind}
    found = []
    for flag in FLAGS:
        if turned := query.turned(flag):
            for step in _rows(connection, turned, cell, period, parts, False, f"not {flag}"):
                known = counted.setdefault(step.relation, set())
                rows = [row for row in step.rows if step.identity(row) not in known]
                known.update(step.identity(row) for row in rows)
                if rows:
                    found.append(replace(step, rows=rows))
    return found


def _rejected(connection: duckdb.DuckDBPyConnection, catalog: dict, period: Period) -> list[tuple]:
    """Rejected rows of the raw tables that it needs, of the period or of a date that nobody knows:
    (table, whether it is dated, reason, rows, money)."""
    needs = re.split(r"[,|]\s*", catalog["raw_tables_needed"] or "")
    tables = sorted({need.strip().split(".")[0] for need in needs if need.strip()})
    return connection.execute(
        """
        select table_name, event_date is not null, reject_reason, count(*), sum(amount)
        from trust.dq_rejected_rows
        where
            row_status = 'rejected'
            and list_contains(?, table_name)
            and coalesce(event_date >= ? and event_date < ?, true)
        group by all
        order by all
        """,
        [tables, period.start, period.end],
    ).fetchall()


def _siblings(connection: duckdb.DuckDBPyConnection, cell: Cell) -> list[dict]:
    """All variants of the cell, each with the scale of its definition."""
    variants = rows_of(connection, "kpi.kpi_catalog", {"kpi": cell.kpi})
    scales = {row["variant"]: row["scale"] for row in variants}
    return [
        {**row, "scale": scales[row["variant"]]}
        for row in rows_of(connection, "kpi.kpi_values", vars(cell))
    ]


def _empty_value(catalog: dict) -> dict:
    """The value of a cell that kpi_values leaves out: nothing happened in it."""
    return {
        **dict.fromkeys(("numerator", "denominator", "n", "ci_low", "ci_high", "previous_value")),
        **dict.fromkeys(("year_ago_value", "as_of", "matures_on", "currency_code")),
        "value": None if catalog["denominator"] else 0,
        "unit": catalog["unit"],
        "value_status": "no_activity",
    }


def _near_members(connection: duckdb.DuckDBPyConnection, cell: Cell) -> str:
    """What there is instead of a cell that is not there."""
    table = f"kpi.kpi_{cell.kpi}"
    dimensions = [
        row[0]
        for row in connection.execute(
            f"select distinct dimension from {table} order by 1"
        ).fetchall()
    ]
    if cell.dimension not in dimensions:
        return f"its dimensions are {', '.join(dimensions)}."
    members = connection.execute(
        f"""
        select distinct dimension_value
        from {table}
        where dimension = ? and period_grain = ? and period_start = ?
        order by 1 limit 20
        """,
        [cell.dimension, cell.period_grain, cell.period_start],
    ).fetchall()
    if not members:
        return "there is no such period."
    return f"the members are {', '.join(row[0] for row in members)}."


if __name__ == "__main__":
    run_command(main, "scripts/explain")
