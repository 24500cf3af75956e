"""Tables that exist once: as in the demo, but for money and counts, which grow."""

from __future__ import annotations

from commerce_kpis.sql import quoted, text

from .roles import GROWING
from .size import Size


def reference_rows(table: str, names: list[str], relation: str, size: Size) -> str:
    """A query of a reference table, its rows in their order; `relation` holds the demo's."""
    growing = {name: str(size.activity) for name in GROWING.get(table, ())}
    if table == "targets":
        growing["target_value"] = (
            f"case kpi when {text('sales')} then {size.activity}"
            f" when {text('mrr')} then {size.accounts} else 1 end"
        )
    values = [
        f"{times(name, growing[name])} as {quoted(name)}" if name in growing else quoted(name)
        for name in names
    ]
    return f"select {', '.join(values)} from {relation} order by row_number"


def times(column: str, factor: str) -> str:
    """A number in text times a factor, with as many places; what is no number stays as it is."""
    name = quoted(column)
    return f"""case
        when regexp_full_match({name}, '-?[0-9]+')
            then cast(cast({name} as decimal(30, 0)) * {factor} as varchar)
        when regexp_full_match({name}, '-?[0-9]+[.][0-9]{{2}}')
            then cast(cast({name} as decimal(30, 2)) * {factor} as varchar)
        else {name}
    end"""
