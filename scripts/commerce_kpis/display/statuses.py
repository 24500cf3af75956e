"""What a value's status tells its reader: a mark, a word, and the reason.

The statuses and their order are those of kpi_values. One that is not known here is shown by its
own name, so that a new one is never hidden.
"""

from __future__ import annotations

from dataclasses import dataclass

from commerce_kpis.scorecard import REQUIRED_TABLES

GOOD, CAUTION, MISSING = "good", "caution", "missing"


@dataclass(frozen=True)
class Status:
    """How far a value may be trusted: `level` is good, caution or missing."""

    level: str
    mark: str
    label: str
    reason: str


KNOWN = {
    "ok": Status(GOOD, "✓", "ok", ""),
    "missing_source": Status(MISSING, "∅", "no source", "The raw tables it needs are missing"),
    "missing_cost": Status(MISSING, "∅", "no costs", "A month of its costs was not booked"),
    "no_activity": Status(MISSING, "∅", "no activity", "Nothing happened that it could measure"),
    "zero_denominator": Status(MISSING, "∅", "nothing to divide by", "Its denominator is 0"),
    "not_estimable": Status(MISSING, "∅", "not estimable", "The data do not suffice to tell it"),
    "fx_missing": Status(CAUTION, "!", "rate missing", "Some money has no exchange rate"),
    "left_censored": Status(CAUTION, "!", "short history", "The data begin too late for all of it"),
    "partial_period": Status(CAUTION, "◔", "period running", "The period is not over"),
    "immature": Status(CAUTION, "◔", "immature", "It can still move by itself"),
    "low_n": Status(CAUTION, "!", "few cases", "Few cases stand behind it"),
}


def status_of(name: str | None) -> Status:
    """What is known of a status."""
    if not name:
        return Status(MISSING, "∅", "no value", "The file has no row for this period")
    label = name.replace("_", " ")
    return KNOWN.get(name, Status(CAUTION, "!", label, label))


def needed_tables(raw_tables_needed: str | None) -> str:
    """What a KPI needs beyond the tables that everybody has, for people."""
    needs = [
        need.replace("|", " or ")
        for need in (raw_tables_needed or "").split(", ")
        if need and need not in REQUIRED_TABLES
    ]
    return ", ".join(needs)
