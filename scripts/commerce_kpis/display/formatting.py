"""Numbers as people of a locale write them, by the unit that the file says."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

import pandas as pd
from babel import Locale, UnknownLocaleError
from babel import dates as babel_dates
from babel import numbers as babel_numbers
from babel import units as babel_units

from commerce_kpis.console import UserError

DEFAULT_LOCALE = "en"
NOTHING = "\N{EN DASH}"
DURATIONS = {
    "hours": "duration-hour",
    "days": "duration-day",
    "months": "duration-month",
    "years": "duration-year",
}
# How far two values of a unit are apart: in points, or as a share of the earlier one.
POINTS = {"fraction": "pp", "score": "pt"}


@lru_cache(maxsize=64)
def locale_of(name: str | None) -> Locale:
    """The locale of a name such as `de-DE` or `en_GB`; the default for one that is unknown."""
    try:
        return Locale.parse((name or DEFAULT_LOCALE).split(".")[0].replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale.parse(DEFAULT_LOCALE)


def checked_locale(name: str) -> str:
    """The name, if it is a locale.

    Raises:
        UserError: it is none.
    """
    try:
        Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        raise UserError(f"{name} is no locale: write it like en, de or pt-BR.") from None
    return name


def is_missing(value: object) -> bool:
    """Whether the file has no value here."""
    return value is None or value is pd.NaT or bool(pd.isna(value))


def is_number(value: object) -> bool:
    """Whether this can be drawn."""
    return not is_missing(value) and math.isfinite(float(value))


@dataclass(frozen=True)
class Numbers:
    """Formats values of any unit for one locale.

    >>> english = Numbers("en")
    >>> english.value(0.0829, "fraction"), english.value(272012.8, "currency", "EUR")
    ('8.3%', '€272,013')
    >>> english.value(None, "count") == NOTHING, english.value(-9.6, "score")
    (True, '-9.6')
    >>> english.change(0.093, 0.021, "fraction"), english.change(110, 100, "count")
    ('+7.2 pp', '+10.0%')
    """

    locale_name: str = DEFAULT_LOCALE

    @property
    def locale(self) -> Locale:
        return locale_of(self.locale_name)

    def value(self, value: float | None, unit: str, currency: str | None = None) -> str:
        """A value with its unit, short enough for a card."""
        if not is_number(value):
            return NOTHING
        value = float(value)
        if unit == "fraction":
            return self.percent(value)
        if unit == "currency":
            return self._money(value, currency if isinstance(currency, str) else None)
        if unit == "score":
            return babel_numbers.format_decimal(value, "0.0", locale=self.locale)
        if unit == "ratio":
            return self.decimal(value, 2)
        if unit in DURATIONS:
            return babel_units.format_unit(
                value, DURATIONS[unit], "short", format=_pattern(value), locale=self.locale
            )
        if unit == "bytes":
            return self._bytes(value)
        text = self.plain(value)
        return text if unit in ("count", "") else f"{text} {unit}"

    def change(self, value: float | None, previous: float | None, unit: str) -> str:
        """The way from one value to another; empty where there is none.

        Fractions and scores differ by points, everything else by a share of the earlier value.
        """
        if not (is_number(value) and is_number(previous)):
            return ""
        value, previous = float(value), float(previous)
        if unit in POINTS:
            points = (value - previous) * (100 if unit == "fraction" else 1)
            return f"{self._signed(points)} {POINTS[unit]}"
        if previous == 0:
            return "" if value == 0 else "new"
        share = (value - previous) / abs(previous)
        return babel_numbers.format_percent(share, "+#,##0.0%;-#,##0.0%", locale=self.locale)

    def percent(self, fraction: float | None) -> str:
        """Percent with one decimal, two below one percent."""
        if not is_number(fraction):
            return NOTHING
        fraction = float(fraction)
        places = "00" if 0 < abs(fraction) < 0.01 else "0"
        pattern = self.locale.percent_formats[None].pattern.replace("#,##0", f"#,##0.{places}")
        return babel_numbers.format_percent(fraction, pattern, locale=self.locale)

    def decimal(self, value: float | None, places: int) -> str:
        """A number with that many decimals."""
        if not is_number(value):
            return NOTHING
        pattern = "#,##0" + ("." + "0" * places if places else "")
        return babel_numbers.format_decimal(float(value), pattern, locale=self.locale)

    def plain(self, value: float | None) -> str:
        """A number with as many decimals as it needs; millions are said in a word."""
        if not is_number(value):
            return NOTHING
        value = float(value)
        if abs(value) >= 1e6:
            return babel_numbers.format_compact_decimal(
                value, locale=self.locale, fraction_digits=2
            )
        return babel_numbers.format_decimal(value, _pattern(value), locale=self.locale)

    def day(self, value: date | datetime | None) -> str:
        """A date."""
        if is_missing(value):
            return NOTHING
        return babel_dates.format_date(_date(value), "medium", locale=self.locale)

    def moment(self, value: datetime | None) -> str:
        """A moment of the file, in UTC."""
        if is_missing(value):
            return NOTHING
        return f"{babel_dates.format_datetime(value, 'medium', locale=self.locale)} UTC"

    def period(self, start: date | datetime | None, grain: str) -> str:
        """A period by its first day, as people name it: `Jun 2026`, `Q2 2026`, `2026`.

        A rolling year is named by its last month, as in `12 months to Jun 2026`.
        """
        if is_missing(start):
            return NOTHING
        day = _date(start)
        if grain == "year":
            return f"{day:%Y}"
        if grain in ("month", "quarter"):
            skeleton = {"month": "yMMM", "quarter": "yQQQ"}[grain]
            return babel_dates.format_skeleton(skeleton, day, locale=self.locale)
        if grain == "r12m":
            year, month = divmod(day.year * 12 + day.month - 1 + 11, 12)
            last = date(year, month + 1, 1)
            return f"12 months to {self.period(last, 'month')}"
        return self.day(day)

    def _signed(self, value: float) -> str:
        return babel_numbers.format_decimal(value, "+#,##0.0;-#,##0.0", locale=self.locale)

    def _money(self, value: float, currency: str | None) -> str:
        if not currency:
            return self.plain(value)
        if abs(value) >= 1e6:
            return babel_numbers.format_compact_currency(
                value, currency, locale=self.locale, fraction_digits=2
            )
        pattern = self.locale.currency_formats["standard"].pattern
        if abs(value) >= 1000:
            pattern = pattern.replace(".00", "")
        return babel_numbers.format_currency(
            value, currency, pattern, locale=self.locale, currency_digits=False
        )

    def _bytes(self, value: float) -> str:
        for size, unit in ((1e9, "gigabyte"), (1e6, "megabyte"), (1e3, "kilobyte")):
            if abs(value) >= size:
                return babel_units.format_unit(
                    value / size, f"digital-{unit}", "short", format="0.0", locale=self.locale
                )
        return babel_units.format_unit(value, "digital-byte", "short", locale=self.locale)


def _pattern(value: float) -> str:
    if abs(value) >= 1000 or value == int(value):
        return "#,##0"
    return "#,##0.0" if abs(value) >= 10 else "#,##0.00"


def _date(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value
