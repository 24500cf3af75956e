"""What both calculations say of one number: a row of kpi_values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

Number = int | float | Decimal | None


@dataclass(frozen=True)
class CellKey:
    """Which number: the key of kpi_values."""

    kpi: str  # table name without kpi_
    variant: str
    period_grain: str
    period_start: date
    dimension: str  # total, or the name of a dimension
    dimension_value: str  # all, or a member


@dataclass(frozen=True)
class Cell:
    """The number itself, its parts, its uncertainty and its status."""

    value: Number
    numerator: Number
    denominator: Number
    n: Number
    ci_low: float | None
    ci_high: float | None
    value_status: str
    is_complete_period: bool
    is_mature: bool
