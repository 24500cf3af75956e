"""What scripts/explain prints and writes."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from commerce_kpis.console import UserError
from commerce_kpis.explain_plans import print_plans
from commerce_kpis.explain_text import (
    LABEL,
    UNITS,
    WIDTH,
    added,
    field,
    heading,
    number,
    period_name,
)

if TYPE_CHECKING:
    from commerce_kpis.explain import Explanation, Rows


def print_explanation(
    console: Console, explanation: Explanation, shown: int, csv_file: Path | None
) -> None:
    """Print all sections of an explanation, the first `shown` rows of each step."""
    _print_definition(console, explanation)
    _print_value(console, explanation)
    heading(console, "The rows behind it")
    for step in explanation.rows:
        _print_rows(console, step, explanation.parts, shown)
    if not explanation.rows:
        console.print("  none")
    heading(console, "Left out, and why")
    _print_excluded(console, explanation)
    _print_rejected(console, explanation)
    heading(console, "Its variants, and what lies between")
    _print_siblings(console, explanation)
    print_plans(console, explanation.plans, explanation.catalog["unit"])
    heading(console, "What was reported")
    for known_from, value, reason in explanation.reported:
        amount = number(value, explanation.catalog["unit"])
        console.print(f"  {known_from:%Y-%m-%d %H:%M} UTC  {amount:>16}  {reason}")
    if not explanation.reported:
        console.print(
            "  nothing: complete periods only, totals and the dimensions "
            f"{explanation.catalog['reported_dimensions'] or '(none)'}"
        )
    if csv_file:
        console.print(f"\nAll rows are in {escape(str(csv_file))}.")


def _print_definition(console: Console, explanation: Explanation) -> None:
    cell, catalog = explanation.cell, explanation.catalog
    where = period_name(cell.period_grain, cell.period_start, explanation.period.end)
    if cell.dimension != "total":
        where += f", {cell.dimension} = {cell.dimension_value}"
    console.print(
        f"\n[bold]{escape(catalog['title'])}[/]: {catalog['variant']} of {escape(where)}\n"
    )
    field(console, "meaning", catalog["meaning"])
    field(console, "formula", catalog["formula"])
    field(console, "parameters", catalog["parameters"])
    field(console, "source", catalog["source_of_definition"])
    field(
        console,
        "definition",
        f"version {catalog['definition_version']}, hash {catalog['definition_hash'][:12]}",
    )


def _print_value(console: Console, explanation: Explanation) -> None:
    value, unit = explanation.value, explanation.catalog["unit"]
    console.print()
    amount = number(value["value"], unit)
    if value["value"] is not None:
        amount += f" {value['currency_code']}" if value["currency_code"] else UNITS.get(unit, "")
    exact = ""
    if unit == "fraction" and value["value"] is not None:
        exact = f"  ({value['value']:.10g})"
    console.print(f"  {'value':<{LABEL - 2}}[bold]{amount}[/]{exact}")
    field(console, "status", _status(value))
    if value["ci_low"] is not None:
        low, high = number(value["ci_low"], unit), number(value["ci_high"], unit)
        field(console, "95 %", f"{low} to {high} ({value['ci_method']})")
    for name, part in explanation.stored_parts.items():
        field(console, "parts" if name == explanation.parts[0] else "", f"{name} {number(part)}")
    before = [
        f"{label} {number(value[name], unit)}"
        for label, name in (("before", "previous_value"), ("a year ago", "year_ago_value"))
        if value[name] is not None
    ]
    field(console, "compare", ", ".join(before))
    if isinstance(value["as_of"], datetime):
        field(console, "as of", f"{value['as_of']:%Y-%m-%d %H:%M} UTC")


def _status(value: dict) -> str:
    matures = value["matures_on"]
    if value["value_status"] == "immature" and matures:
        return f"immature: it can still move by itself until {matures}"
    return value["value_status"]


def _print_rows(console: Console, step: Rows, parts: list[str], shown: int) -> None:
    """A table of rows of one step, with the sums of all of them."""
    brought = [name for name in parts if any(_values(step, name))]
    rows = step.rows[:shown]
    names = _fitting(step, rows, brought) + brought
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    for name in names:
        table.add_column(name, justify="right" if name in parts else "left", no_wrap=True)
    indexes = [step.columns.index(name) for name in names]
    for row in rows:
        table.add_row(*(Text(_shown(row[index])) for index in indexes))
    totals = [number(sum(_values(step, name))) if name in parts else "" for name in names]
    label = f"{len(step.rows):,} rows" if len(step.rows) != 1 else "1 row"
    if len(step.rows) > shown:
        label = f"{shown} of {label}"
    totals[0] = f"= {label}" if names[0] not in parts else totals[0]
    table.add_row(*(Text(total, style="bold") for total in totals))
    console.print(f"  [dim]{escape(step.relation)}[/]")
    _print_indented(console, table)


def _fitting(step: Rows, rows: list[tuple], brought: list[str]) -> list[str]:
    """The columns, in their order, that fit beside what the rows bring; the first one always."""

    def width(name: str) -> int:
        index = step.columns.index(name)
        return max(len(name), *(len(_shown(row[index])) for row in rows), 0) + 2

    left = WIDTH + 15 - sum(max(width(name), 14) for name in brought)
    fitting: list[str] = []
    for name in step.columns:
        if name in brought or _is_empty(step, name):
            continue
        left -= width(name)
        if left < 0 and fitting:
            break
        fitting.append(name)
    return fitting


def _is_empty(step: Rows, name: str) -> bool:
    index = step.columns.index(name)
    return all(row[index] is None for row in step.rows)


def _print_indented(console: Console, table: Table) -> None:
    if not console.is_terminal:
        console.width = 120
    with console.capture() as capture:
        console.print(table, soft_wrap=False)
    for line in capture.get().rstrip().splitlines():
        console.file.write(f"    {line.rstrip()}\n")


def _values(step: Rows, name: str) -> Iterator[Decimal]:
    index = step.columns.index(name)
    return (row[index] for row in step.rows if row[index])


def _shown(value: object) -> str:
    if isinstance(value, Decimal | float) and not isinstance(value, bool):
        return number(value)
    return "" if value is None else " ".join(str(value).split())


def _print_excluded(console: Console, explanation: Explanation) -> None:
    """How many rows do not count, and what they would bring, by reason."""
    for step in explanation.excluded:
        reason = step.columns.index("exclusion_reason")
        by_reason: dict[str, list[tuple]] = {}
        for row in step.rows:
            by_reason.setdefault(row[reason], []).append(row)
        for name, rows in sorted(by_reason.items()):
            sums = [
                f"{part} {number(total)}"
                for part in explanation.parts
                if (total := sum(row[step.columns.index(part)] or 0 for row in rows))
            ]
            label = f"{len(rows)} row{'s' if len(rows) != 1 else ''}"
            console.print(
                f"  {label:>10} of {escape(step.relation)}: {escape(name)} "
                f"({', '.join(sums) or 'nothing'})"
            )
    if not explanation.excluded:
        console.print("  no row that would be in this cell")


def _print_rejected(console: Console, explanation: Explanation) -> None:
    """Raw rows that were rejected, by table; the date of some is not known."""
    groups: dict[tuple[str, bool], list[tuple]] = {}
    for table, is_dated, *rejected in explanation.rejected:
        groups.setdefault((table, is_dated), []).append(rejected)
    for (table, is_dated), found in groups.items():
        rows = sum(count for _, count, _ in found)
        amount = sum(money or 0 for _, _, money in found)
        money = f", {number(amount)} in their own currencies" if amount else ""
        when = "of the period" if is_dated else "without a date of their own"
        reasons = ", ".join(f"{reason} {count}" for reason, count, _ in found)
        label = f"{rows} raw row{'s' if rows != 1 else ''} of {table} {when}"
        field(console, "rejected", f"{label}{money}: {reasons}")


def _print_siblings(console: Console, explanation: Explanation) -> None:
    """The other variants of the cell: first the numerator is exchanged, then the denominator."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    table.add_column("variant")
    for name in ("value", "by numerator", "by denominator"):
        table.add_column(name, justify="right")
    table.add_column("status", style="dim")
    this = {**explanation.value, "scale": explanation.catalog["scale"]}
    for row in sorted(
        explanation.siblings, key=lambda row: (not row["is_default"], row["variant"])
    ):
        steps = ("", "")
        if row["variant"] != explanation.catalog["variant"]:
            steps = tuple(added(by, row["unit"]) for by in bridge(this, row))
        style = "bold" if row["variant"] == explanation.catalog["variant"] else ""
        table.add_row(
            Text(row["variant"], style=style),
            number(row["value"], row["unit"]),
            *steps,
            row["value_status"],
        )
    _print_indented(console, table)


def bridge(this: dict, other: dict) -> tuple[float | None, float | None]:
    """From one variant of a cell to another: what the numerator does, then the denominator.

    As in trust.kpi_variant_bridge, which holds the steps from the default: a scale belongs to the
    numerator. None where there is no such step: another unit, a statistic, or no value.
    """
    if this["unit"] != other["unit"] or this["value"] is None or other["value"] is None:
        return None, None
    if this["numerator"] is None or other["numerator"] is None:
        return None, None
    whole = other["value"] - this["value"]
    if this["denominator"] is None or other["denominator"] is None:
        return (whole, None) if this["denominator"] == other["denominator"] else (None, None)
    if not this["denominator"] or not other["denominator"]:
        return None, None
    difference = other["scale"] * other["numerator"] - this["scale"] * this["numerator"]
    by_numerator = float(difference / this["denominator"])
    return by_numerator, whole - by_numerator


def write_csv(file: Path, explanation: Explanation) -> None:
    """Every row, behind the number and left out, with the step it comes from."""
    listed = [
        *((True, step) for step in explanation.rows),
        *((False, step) for step in explanation.excluded),
    ]
    columns = list(dict.fromkeys(name for _, step in listed for name in step.columns))
    try:
        with file.open("w", encoding="utf-8", newline="") as target:
            writer = csv.writer(target)
            writer.writerow(["counts", "step", *columns])
            for counts, step in listed:
                for row in step.rows:
                    values = dict(zip(step.columns, row, strict=True))
                    cells = [values.get(name) for name in columns]
                    writer.writerow([str(counts).lower(), step.relation, *map(_plain, cells)])
    except OSError as error:
        raise UserError(f"{file} cannot be written ({error.strerror}): name another.") from None


def _plain(value: object) -> object:
    """A value as CSV holds it: a decimal without zeros at its end."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value
