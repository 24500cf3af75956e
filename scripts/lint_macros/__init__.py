"""What sqlfluff puts in place of macros that make a whole query.

Models are linted as they are written, not as they expand: a call of any other macro stands for
its own name, as a column would. A macro that returns a query needs a query in its place, one that
returns a window function a function, one that may return a join nothing.
"""

from __future__ import annotations

QUERY = "select one.one_id from one"


def _query(*_arguments: object, **_named: object) -> str:
    return QUERY


acting_units = _query
active_spells = _query
active_unit_periods = _query
cell_quantiles = _query
churn_variants = _query
credited_rows = _query
forecast_months = _query
kpi_rollup = _query
kpi_value_rows = _query
landing_availability = _query
lifetime_rollup = _query
member_sets = _query
merged_spells = _query
period_end_spells = _query
rollup_members = _query
stacked_spells = _query
unit_counts = _query
unit_measures = _query
unit_members = _query
unit_member_spells = _query
unit_period_spells = _query
unit_periods = _query
unit_spells = _query


def passing_over_nulls(function: str, argument: str) -> str:
    """A window function; the window follows."""
    return f"{function}({argument})"


def join_changed_units(*_arguments: object, **_named: object) -> str:
    """A join that is only there when a build replaces units."""
    return ""
