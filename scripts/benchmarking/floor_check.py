"""Whether the floor and a build hold the same numbers, cell by cell.

python -m benchmarking.floor_check --floor FILE --build FILE
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path

import click
import duckdb
from commerce_kpis.console import UserError, make_console, run_command
from commerce_kpis.kpi_yaml import KpiModel, kpi_models
from commerce_kpis.sql import first_line, text

KEY = "period_grain, period_start, dimension, dimension_value"
# Parts and variants that the floor does not compute: predictions, and estimates of survival.
LEFT_OUT = {
    "kpi_clv": (
        *("customers_modelled", "predicted_order_value", "predicted_margin"),
        *("clv_predicted", "clv_predicted_margin"),
    ),
    "kpi_customer_churn": (
        *("customers_at_start_modelled", "expected_customers_lost", "churn_rate_p_alive"),
    ),
    "kpi_customer_equity": ("customers_modelled", "customer_equity_predicted"),
    "kpi_lead_conversion": ("lead_conversion_rate_km",),
    "kpi_sales_cycle": ("sales_cycle_days_km_median",),
}
# Ratios are floats, whose last digits depend on the order in which they were summed.
TOLERANCE = 1e-9

TABLES_OF_FLOOR = """
    select table_name from duckdb_tables() where database_name = 'floor' and schema_name = 'kpi'
"""


@dataclass
class Agreement:
    """What was compared, and what differs."""

    tables: int = 0
    columns: int = 0
    cells: int = 0
    differences: list[str] = field(default_factory=list)
    not_in_floor: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """What a user reads of it."""
        compared = f"{self.tables} tables, {self.columns} columns, {self.cells:,} numbers"
        if self.not_in_floor:
            compared += f"; the floor has no {', '.join(self.not_in_floor)}"
        if not self.differences:
            return f"The floor has the same numbers as the build: {compared}."
        return "\n".join(
            [f"The floor differs from the build ({compared} compared):", *self.differences]
        )


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--floor", type=Path, required=True, help="File that the floor wrote.")
@click.option("--build", type=Path, required=True, help="Build file of the project.")
def main(floor: Path, build: Path) -> None:
    """Compare every part and variant of every KPI table, in every grain and dimension."""
    agreement = compare(floor, build)
    make_console().print(str(agreement), markup=False)
    sys.exit(1 if agreement.differences else 0)


def compare(floor: Path, build: Path) -> Agreement:
    """Compare all KPI tables and the long table of values.

    Raises:
        UserError: a file cannot be read.
    """
    agreement = Agreement()
    try:
        with duckdb.connect() as connection:
            connection.execute(f"attach {text(floor)} as floor (read_only)")
            connection.execute(f"attach {text(build)} as build (read_only)")
            there = {name for (name,) in connection.execute(TABLES_OF_FLOOR).fetchall()}
            for model in kpi_models():
                if model.name in there:
                    _compare_table(connection, model, agreement)
                else:
                    agreement.not_in_floor.append(model.name)
            _compare_values(connection, agreement)
    except duckdb.Error as error:
        raise UserError(f"{floor} and {build} cannot be compared: {first_line(error)}") from None
    return agreement


def _compare_table(
    connection: duckdb.DuckDBPyConnection, model: KpiModel, agreement: Agreement
) -> None:
    """Every part and variant of a KPI table, where the floor has it or should have it."""
    name = model.name
    wanted = [*model.meta["parts"], *model.meta["variants"]]
    left_out = LEFT_OUT.get(name, ())
    columns = [column for column in dict.fromkeys(wanted) if column not in left_out]
    there = connection.sql(f"from floor.kpi.{name}").columns
    agreement.differences += [
        f"{name}.{column}: the floor has no such column"
        for column in columns
        if column not in there
    ]
    columns = [column for column in columns if column in there]
    for one, other in (("floor", "build"), ("build", "floor")):
        query = f"select {KEY} from {one}.kpi.{name} except select {KEY} from {other}.kpi.{name}"
        if rows := connection.execute(f"{query} order by all").fetchall():
            agreement.differences.append(
                f"{name}: {len(rows)} rows in the {one} only, such as {_shown(rows[0])}"
            )
    joined = f"floor.kpi.{name} as f inner join build.kpi.{name} as b using ({KEY})"
    counts = ", ".join(f"count(*) filter ({_differs(column)})" for column in columns)
    total, *wrong = connection.execute(f"select count(*), {counts} from {joined}").fetchone()
    agreement.tables += 1
    agreement.columns += len(columns)
    agreement.cells += total * len(columns)
    for column, count in zip(columns, wrong, strict=True):
        if count:
            *cell, ours, theirs = connection.execute(
                f"select {KEY}, f.{column}, b.{column} from {joined} where {_differs(column)} "
                "order by all limit 1"
            ).fetchone()
            agreement.differences.append(
                f"{name}.{column}: {count} cells, such as {_shown(cell)}: {ours}, not {theirs}"
            )


def _differs(column: str) -> str:
    """SQL that holds where two values are not the same: exactly, but for floats."""
    return (
        f"f.{column} is distinct from b.{column} and not coalesce(typeof(b.{column}) = 'DOUBLE' "
        f"and abs(f.{column} - b.{column}) <= {TOLERANCE} * greatest(1, abs(b.{column})), false)"
    )


def _compare_values(connection: duckdb.DuckDBPyConnection, agreement: Agreement) -> None:
    """The long table: values, those of the period before and of a year ago.

    The build has further rows of what cannot be estimated; a value of theirs is no number.
    """
    key = f"kpi, variant, {KEY}"
    columns = ("value", "previous_value", "year_ago_value")
    rows = connection.execute(
        f"""
        select
            count(*), count(*) filter (f.kpi is null), count(*) filter (b.kpi is null),
            {", ".join(f"count(*) filter (f.kpi = b.kpi and {_differs(name)})" for name in columns)}
        from floor.kpi.kpi_values as f
        full join (
            from build.kpi.kpi_values
            where
                value is not null
                and (kpi, variant) in (select (kpi, variant) from floor.kpi.kpi_values)
        ) as b using ({key})
        where f.value is not null or b.value is not null
        """
    ).fetchone()
    agreement.tables += 1
    agreement.columns += len(columns)
    agreement.cells += rows[0] * len(columns)
    names = ("rows in the build only", "rows in the floor only", *columns)
    agreement.differences += [
        f"kpi_values: {count} {name if name not in columns else name + 's that differ'}"
        for name, count in zip(names, rows[1:], strict=True)
        if count
    ]


def _shown(cell: tuple) -> str:
    return " ".join(map(str, cell))


if __name__ == "__main__":
    run_command(main, "benchmarking.floor_check")
