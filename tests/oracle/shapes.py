"""The ways in which businesses deliver, each with parameters of its own.

What is delivered and what the parameters are is compiled into the project's SQL, so each shape is
compiled once; the businesses of a shape differ in their rows only.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import yaml

PROJECT = Path(__file__).resolve().parents[2]
REQUIRED = ("companies", "orders", "order_lines")
COMMON = ("source_name", "source_updated_at", "loaded_at", "is_deleted")
SHORT_WINDOWS = {
    "left_censor_days": 10,
    "attribution_lookback_days": 20,
    "cac_lag_days": 15,
    "inactivity_days": 30,
    "dunning_days": 10,
    "resurvey_days": 20,
    "lead_window_days": 25,
    "mql_window_days": 20,
    "score_after_days": 3,
    "return_window_days": 20,
    "clawback_days": 20,
    "low_n_threshold": 3,
    "bulk_change_leads": 2,
}


@dataclass(frozen=True)
class Shape:
    """What is delivered, and the variables that are not the default."""

    name: str
    variables: dict[str, object] = field(default_factory=dict)
    without_tables: tuple[str, ...] = ()
    only_tables: tuple[str, ...] = ()
    without_columns: tuple[str, ...] = ()  # table.column
    parts: int = 1  # files that each table comes in

    @property
    def parameters(self) -> dict[str, object]:
        """All variables of the build."""
        return default_variables() | self.variables

    @property
    def columns(self) -> dict[str, list[str]]:
        """The columns of each table that is delivered."""
        return {
            table: [name for name in names if f"{table}.{name}" not in self.without_columns]
            for table, names in contract_columns().items()
            if table not in self.without_tables
            and (not self.only_tables or table in self.only_tables)
        }


EVERYTHING = Shape("everything", {"reporting_timezone": "UTC"}, without_tables=("web_sessions",))
# What both calculations are compared on.
SHAPES = (
    EVERYTHING,
    Shape(
        "berlin",
        {"reporting_timezone": "Europe/Berlin", "fiscal_year_start_month": 4, **SHORT_WINDOWS},
        without_tables=("web_sessions", "lead_scores"),
        without_columns=("email_subscriptions.client_id",),
    ),
    Shape(
        "new_york",
        {
            "reporting_timezone": "America/New_York",
            "reporting_currency": "USD",
            "attribution_model": "linear",
            **SHORT_WINDOWS,
        },
        without_tables=("web_events", "product_costs", "lead_criteria", "cost_ledger", "quotes"),
        without_columns=("web_sessions.bytes_sent", "order_lines.unit_cost"),
    ),
    Shape(
        "bare",
        {"reporting_timezone": "Asia/Kolkata", "inactivity_days": 45, "low_n_threshold": 2},
        only_tables=(*REQUIRED, "refunds", "fx_rates"),
    ),
)
# The first one delivered, placed and read in other ways, for relations between builds.
IN_PARTS = replace(EVERYTHING, name="in_parts", parts=3)
IN_KOLKATA = replace(
    EVERYTHING, name="in_kolkata", variables={"reporting_timezone": "Asia/Kolkata"}
)
KOLKATA_OFFSET = timedelta(hours=5, minutes=30)
AS_OF = datetime(2024, 4, 1, 12)
AS_OF_THEN = replace(
    EVERYTHING,
    name="as_of_then",
    variables={**EVERYTHING.variables, "as_of": AS_OF.isoformat(sep=" ")},
)


@cache
def contract_columns() -> dict[str, list[str]]:
    """Every raw table of the landing contract with its columns."""
    found = {}
    for path in sorted((PROJECT / "models" / "landing").glob("landing__*.yml")):
        model = yaml.safe_load(path.read_text(encoding="utf-8"))["models"][0]
        table = model["config"]["meta"]["table"]
        found[table] = [*(column["name"] for column in model["columns"]), *COMMON]
    return found


@cache
def default_variables() -> dict[str, object]:
    """The variables of dbt_project.yml."""
    text = (PROJECT / "dbt_project.yml").read_text(encoding="utf-8")
    return yaml.safe_load(text)["vars"]


@cache
def configuration() -> dict[str, list[dict[str, str | None]]]:
    """The rows of the configuration seeds; an empty value is None."""
    found = {}
    for path in sorted((PROJECT / "seeds" / "config").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            found[path.stem] = [
                {name: value or None for name, value in row.items()} for row in csv.DictReader(file)
            ]
    return found
