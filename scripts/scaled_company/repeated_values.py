"""What becomes of a column when the last year repeats itself."""

from __future__ import annotations

from datetime import date

from commerce_kpis.sql import quoted, text

from .births import date_of, named_key
from .day_clock import Round
from .prepare import ADDRESSES
from .roles import Contract

# What is not known before a moment is known.
WITH_MOMENT = {
    "orders": {"order_status": ("cancelled_at", "'placed'")},
    "order_lines": {"cancelled_quantity": ("cancelled_at", "null")},
    "opportunities": {
        "opportunity_status": ("closed_at", "'open'"),
        "loss_reason": ("closed_at", "null"),
        "order_id": ("closed_at", "null"),
    },
    "quotes": {"order_id": ("accepted_at", "null")},
    "survey_responses": {"score": ("responded_at", "null")},
}


def repeated_value(
    contract: Contract, table: str, column: str, repetition: Round, now: date
) -> str:
    """A column of a repeated row, as known at the end of the day `now` of the demo.

    The row has the births of what its columns name, as `<column>_born`.
    """
    value = _value(contract, table, column, repetition, now)
    if column in WITH_MOMENT.get(table, {}):
        moment, before = WITH_MOMENT[table][column]
        value = f"case when {date_of(moment)} > date '{now}' then {before} else {value} end"
    return value


def _value(contract: Contract, table: str, column: str, repetition: Round, now: date) -> str:
    """The column, if everything were known."""
    name, mark = quoted(column), text(repetition.mark)
    column_type = contract.tables[table]["columns"].get(column, {}).get("type")
    if named_key(contract, table, column):
        born = quoted(f"{column}_born")
        return (
            f"case when {born} > date '{now}' then null"
            f" when {born} >= date '{repetition.first_source}' then {name} || {mark}"
            f" else {name} end"
        )
    if column == "client_id":
        # Half of the visitors were here before.
        return _every_other(name, f"{name} || {mark}")
    if column in ADDRESSES:
        # So were half of the people of no account.
        return _every_other(
            name,
            f"case when {_is_of_account(name)} then {name} else"
            f" regexp_replace({name}, '^([^@]+)@', '\\1' || {mark} || '@') end",
        )
    if _is_new_id(contract, table, column):
        return f"{name} || {mark}"
    if column_type == "date":
        return _moved(column, repetition.days)
    if column_type == "timestamp":
        moved = _moved(column, repetition.days)
        return f"case when {date_of(column)} > date '{now}' then null else {moved} end"
    return name


def _is_new_id(contract: Contract, table: str, column: str) -> bool:
    """Whether a repeated row has a new id in the column: its own, or that of its visit."""
    if contract.owners.get(column) == table and column.endswith("_id"):
        return True
    return contract.is_id(table, column) and not contract.is_account_id(column)


def _is_of_account(name: str) -> str:
    """Whether an address, or its domain, belongs to an account."""
    known = "(select address from account_addresses)"
    address = f"lower(trim({name}))"
    return f"{address} in {known} or split_part({address}, '@', 2) in {known}"


def _every_other(name: str, other: str) -> str:
    """The value itself or the other one, half of the values each."""
    return f"case when hash({name}) % 2 = 0 then {name} else {other} end"


def _moved(column: str, days: int) -> str:
    """A moment or date in text, so many days later; what is neither stays."""
    name = quoted(column)
    return f"coalesce(cast({date_of(column)} + {days} as varchar) || substr({name}, 11), {name})"
