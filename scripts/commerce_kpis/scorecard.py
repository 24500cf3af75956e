"""scripts/scorecard: one month of every KPI, as a table to read in a terminal.

Reads kpi.kpi_values and kpi.kpi_catalog of a published file (grain month, dimension total), and
kpi.kpi_budget_vs_actual for targets by month, if it is there.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import click
import duckdb
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from commerce_kpis.console import UserError, make_console, run_command, speaks_unicode
from commerce_kpis.project import PUBLISHED_FILE
from commerce_kpis.sql import first_line

THEMES = (
    *("sales", "traffic", "leads", "acquisition", "customers", "recurring"),
    *("satisfaction", "plans"),
)
WIDTH_WHEN_PIPED = 120
REQUIRED_TABLES = ("companies", "orders", "order_lines")
UNIT_NAMES = {"days": "d", "hours": "h", "years": "y", "months": "mo", "bytes": "B"}


@dataclass(frozen=True)
class Row:
    """A variant of a KPI in one month. Fractions are 0 to 1, `score` is in points."""

    theme: str
    title: str
    kpi: str
    variant: str
    is_default: bool
    unit: str
    direction: str
    currency_code: str | None
    value: float | None
    previous_value: float | None
    year_ago_value: float | None
    n: float | None
    ci_low: float | None
    ci_high: float | None
    value_status: str
    is_change_significant: bool | None
    raw_tables_needed: str | None
    attainment: float | None = None
    is_favourable: bool | None = None


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("file", type=Path, default=PUBLISHED_FILE, required=False)
@click.option("--month", help="Month to show, such as 2025-06. Default: the latest complete one.")
@click.option("--all-variants", is_flag=True, help="Every named variant, not only the defaults.")
def main(file: Path, month: str | None, all_variants: bool) -> None:
    """Print the latest complete month of every KPI in a published FILE."""
    print_scorecard(file, month=month, all_variants=all_variants)


def print_scorecard(
    file: Path,
    month: str | None = None,
    all_variants: bool = False,
    console: Console | None = None,
    is_optional: bool = False,
) -> None:
    """Print the scorecard of a file.

    Args:
        file: a published DuckDB file.
        month: `YYYY-MM`; default is the latest complete month.
        all_variants: named variants too, below their default.
        console: where to print.
        is_optional: say nothing if the file has no KPI tables, instead of failing.

    Raises:
        UserError: no such file or month, or no file of ours.
    """
    console = console or make_console()
    if not file.is_file():
        raise UserError(f"There is no file {file}: run scripts/build, or name another file.")
    try:
        with duckdb.connect(str(file), read_only=True) as connection:
            if not _has_tables(connection, "kpi_values", "kpi_catalog"):
                if is_optional:
                    return
                raise UserError(f"{file} has no kpi.kpi_values: it is no published KPI file.")
            start = _month(connection, month, file)
            rows = _rows(connection, start, all_variants)
            rows = _with_targets(connection, start, rows)
            as_of, currency = connection.execute(
                "select max(as_of), max(currency_code) from kpi.kpi_values"
            ).fetchone()
    except duckdb.Error as error:
        reason = first_line(error)
        raise UserError(f"{file} cannot be read ({reason}): is it a published file?") from None
    _print(console, file, start, as_of, currency, rows)


def _has_tables(connection: duckdb.DuckDBPyConnection, *names: str) -> bool:
    found = connection.execute(
        "select count(*) from duckdb_tables() where schema_name = 'kpi' "
        "and list_contains(?, table_name)",
        [list(names)],
    ).fetchone()
    return found[0] == len(names)


def _month(connection: duckdb.DuckDBPyConnection, month: str | None, file: Path) -> date | None:
    """First day of the month to show; None if no month is complete yet."""
    wanted = None
    if month is not None:
        if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month):
            raise UserError(f"--month {month} is no month: write it like 2025-06.")
        wanted = date.fromisoformat(f"{month}-01")
    first, last, complete, is_there = connection.execute(
        """
        select
            min(period_start), max(period_start),
            max(period_start) filter (where is_complete_period),
            bool_or(period_start = ?)
        from kpi.kpi_values
        where period_grain = 'month' and dimension = 'total'
        """,
        [wanted],
    ).fetchone()
    if wanted and not is_there:
        held = f"{first:%Y-%m} to {last:%Y-%m}" if first else "no month"
        raise UserError(f"{file} has nothing for {month}: it holds {held}.")
    return wanted or complete


def _rows(
    connection: duckdb.DuckDBPyConnection, start: date | None, all_variants: bool
) -> list[Row]:
    found = connection.execute(
        """
        select
            catalog.theme, catalog.title, cells.kpi, cells.variant, cells.is_default, cells.unit,
            catalog.direction, cells.currency_code, cells.value, cells.previous_value,
            cells.year_ago_value, cells.n, cells.ci_low, cells.ci_high, cells.value_status,
            cells.is_change_significant, catalog.raw_tables_needed
        from kpi.kpi_values as cells
        left join kpi.kpi_catalog as catalog
            on cells.kpi = catalog.kpi and cells.variant = catalog.variant
        where cells.period_grain = 'month'
            and cells.dimension = 'total'
            and cells.period_start = ?
            and (cells.is_default or ?)
        order by cells.kpi, cells.is_default desc, cells.variant
        """,
        [start, all_variants],
    ).fetchall()
    rows = [Row(str(row[0] or "other"), str(row[1] or row[2]), *row[2:]) for row in found]
    order = {theme: index for index, theme in enumerate(THEMES)}
    return sorted(rows, key=lambda row: (order.get(row.theme, len(order)), row.theme, row.title))


def _with_targets(
    connection: duckdb.DuckDBPyConnection, start: date | None, rows: list[Row]
) -> list[Row]:
    """Add how far the month's target of each variant is attained, in its current version."""
    if not _has_tables(connection, "kpi_budget_vs_actual"):
        return rows
    found = connection.execute(
        """
        select kpi, variant, attainment, is_favourable
        from kpi.kpi_budget_vs_actual
        where period_grain = 'month'
            and dimension = 'total'
            and period_start = ?
            and is_current_version
        """,
        [start],
    ).fetchall()
    targets = {(kpi, variant): target for kpi, variant, *target in found}
    return [
        replace(row, attainment=target[0], is_favourable=target[1])
        if (target := targets.get((row.kpi, row.variant)))
        else row
        for row in rows
    ]


def _print(
    console: Console,
    file: Path,
    start: date | None,
    as_of: datetime | None,
    currency: str | None,
    rows: list[Row],
) -> None:
    if start is None or not rows:
        console.print(f"{escape(str(file))} holds no complete month yet.")
        return
    known = f"{as_of:%Y-%m-%d %H:%M} UTC" if as_of else "unknown"
    console.print()
    console.print(
        f"[bold]KPIs of {start:%B %Y}[/]   data as of {known}   money in {currency or '?'}   "
        f"[dim]{escape(file.name)}[/]"
    )
    table = Table(box=None, padding=(0, 1, 0, 0), header_style="dim")
    names = 34 if any(not row.is_default for row in rows) else 20
    table.add_column("", min_width=names, overflow="fold")
    before = start - timedelta(days=1)
    year_ago = start.replace(year=start.year - 1)
    headings = [f"{month:%b %Y}" for month in (start, before, year_ago)]
    has_targets = any(row.attainment is not None for row in rows)
    targets = ["target"] if has_targets else []
    for heading in (*headings[:2], "change", headings[2], *targets, "n", "95 %"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("status", no_wrap=True)
    theme = None
    for row in rows:
        if row.theme != theme:
            theme = row.theme
            table.add_row(Text(theme.upper(), style="bold cyan"))
        table.add_row(*_cells(row, names, has_targets))
    _print_stripped(console, table)
    notes = ["change: relative; pp: percentage points; pt: points"]
    if has_targets:
        notes.append("target: actual as a share of it")
    if any(row.is_change_significant for row in rows):
        notes.append("*: larger than chance explains")
    console.print(f"[dim]{'   '.join(notes)}[/]")
    for row in rows:
        if row.value_status == "missing_source" and row.is_default:
            console.print(f"[dim]missing_source: {escape(row.title)} needs {_needs(row)}[/]")


def _needs(row: Row) -> str:
    """What a KPI needs beyond the required tables, for people."""
    needs = [
        need.replace("|", " or ")
        for need in (row.raw_tables_needed or "").split(", ")
        if need not in REQUIRED_TABLES
    ]
    return ", ".join(needs) or "more than was delivered"


def _print_stripped(console: Console, table: Table) -> None:
    """Print a table without blanks at the ends of its lines."""
    if not console.is_terminal:
        console.width = WIDTH_WHEN_PIPED
    with console.capture() as capture:
        console.print(table, soft_wrap=False)
    for line in capture.get().rstrip().splitlines():
        console.file.write(line.rstrip() + "\n")


def _cells(row: Row, width: int, has_targets: bool) -> list[Text]:
    """A row of the table; a name that is too long goes on below, further in."""
    unicode = speaks_unicode()
    label, indent = (row.title, " ") if row.is_default else (row.variant, "   ")
    name = Text(textwrap.fill(label, width, initial_indent=indent, subsequent_indent=indent + "  "))
    change, is_up = _change(row)
    style = ""
    if is_up is not None and row.direction in ("up", "down"):
        style = "green" if is_up == (row.direction == "up") else "red"
    if change and is_up is not None:
        change = f"{('▲' if is_up else '▼') + ' ' if unicode else ''}{change}"
    return [
        name if unicode else Text(name.plain.encode("ascii", "replace").decode()),
        Text(format_value(row.value, row.unit, row.currency_code), style="bold"),
        Text(format_value(row.previous_value, row.unit, row.currency_code)),
        Text(change + ("*" if row.is_change_significant else ""), style=style),
        Text(format_value(row.year_ago_value, row.unit, row.currency_code)),
        *([_target(row)] if has_targets else []),
        Text(_short(row.n) if row.n is not None else ""),
        Text(_interval(row)),
        Text(row.value_status, style="dim" if row.value_status == "ok" else "yellow"),
    ]


def _change(row: Row) -> tuple[str, bool | None]:
    """The change against the month before, as text, and whether it went up."""
    if row.value is None or row.previous_value is None:
        return "", None
    value, previous = float(row.value), float(row.previous_value)
    is_up = None if value == previous else value > previous
    if row.unit == "fraction":
        return f"{(value - previous) * 100:+.1f} pp", is_up
    if row.unit == "score":
        return f"{value - previous:+.1f} pt", is_up
    if previous == 0:
        return "" if value == 0 else "new", is_up
    change = (value - previous) / abs(previous) * 100
    return (f"{change:+.1f} %" if abs(change) < 1000 else "> 10 x"), is_up


def _target(row: Row) -> Text:
    """Actual over target; green where that is favourable, also below 100 % of a cost."""
    if row.attainment is None:
        return Text("")
    style = {True: "green", False: "red", None: ""}[row.is_favourable]
    return Text(f"{_short(round(row.attainment * 100))} %", style=style)


def _interval(row: Row) -> str:
    if row.ci_low is None or row.ci_high is None:
        return ""
    low, high = float(row.ci_low), float(row.ci_high)
    if row.unit == "fraction":
        return f"{_percent(low)} to {_percent(high)}"
    if row.unit == "score":
        return f"{low:.1f} to {high:.1f}"
    if row.unit == "ratio":
        return f"{low:.2f} to {high:.2f}"
    return f"{_short(low)} to {_short(high)}"


def format_value(value: float | Decimal | None, unit: str, currency: str | None = None) -> str:
    """A value with its unit, at most 12 characters for values below a trillion.

    >>> format_value(0.0829, "fraction"), format_value(1234567.8, "currency", "EUR")
    ('8.3 %', '1.23 M EUR')
    >>> format_value(None, "count"), format_value(-9.6, "score")
    ('-', '-9.6')
    """
    if value is None:
        return "-"
    value = float(value)
    if unit == "fraction":
        return f"{_percent(value)} %"
    if unit == "currency":
        amount = f"{value:.2f}" if abs(value) < 1000 else _short(value)
        return f"{amount} {currency or ''}".rstrip()
    if unit == "score":
        return f"{value:+.1f}" if value else "0.0"
    if unit == "ratio":
        return f"{value:.2f}" if abs(value) < 1000 else _short(value)
    text = _short(value)
    return f"{text} {UNIT_NAMES[unit]}" if unit in UNIT_NAMES else text


def _percent(fraction: float) -> str:
    """Percent with one decimal, two below one percent."""
    percent = fraction * 100
    return f"{percent:.2f}" if 0 < abs(percent) < 1 else f"{percent:.1f}"


def _short(value: float) -> str:
    """A number in at most 9 characters: 12.5, 1,234, 123,456, 1.23 M."""
    value = float(value)
    for size, letter in ((1e9, "G"), (1e6, "M")):
        if abs(value) >= size:
            return f"{value / size:,.2f} {letter}"
    if abs(value) >= 1000 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


if __name__ == "__main__":
    run_command(main, "scripts/scorecard")
