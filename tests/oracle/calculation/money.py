"""Exact money: four places half up, allocation by largest remainder, exchange rates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from oracle.calculation.business import Row as ConfigurationRow
from oracle.calculation.reading import Reading

ZERO = Decimal(0)
ONE = Decimal(1)
PLACES_4 = Decimal("0.0001")
PLACES_8 = Decimal("0.00000001")


def money(amount: Decimal) -> Decimal:
    """An amount at four places, half up."""
    return amount.quantize(PLACES_4, ROUND_HALF_UP)


def minor_unit_digits(rows: Sequence[ConfigurationRow]) -> dict[str, int]:
    """Digits of the currencies whose minor unit is not a hundredth."""
    return {row["currency_code"]: int(row["minor_unit_digits"]) for row in rows}


def allocate(
    amount: Decimal, weights: Sequence[tuple[str, Decimal]], digits: int = 2
) -> dict[str, Decimal]:
    """Spread an amount by weight in minor units: largest remainder, ties by id.

    Nothing goes to negative weights; without any positive one all have the same. An amount that is
    no whole number of minor units is spread in the smallest unit of money.
    """
    if not weights:
        return {}
    positive = {name: max(weight, ZERO) for name, weight in weights}
    if not any(positive.values()):
        positive = dict.fromkeys(positive, ONE)
    whole = sum(positive.values(), ZERO)
    sign = -ONE if amount < 0 else ONE
    unit = ONE.scaleb(-digits)
    if amount % unit:
        unit = PLACES_4
    exact = {name: abs(amount) * weight / whole for name, weight in positive.items()}
    shares = {name: (share // unit) * unit for name, share in exact.items()}
    left = abs(amount) - sum(shares.values(), ZERO)
    for name in sorted(exact, key=lambda name: (shares[name] - exact[name], name)):
        if not left:
            break
        shares[name] += unit
        left -= unit
    return {name: sign * share for name, share in shares.items()}


class Rates:
    """Rates to the reporting currency, carried forward for a few days, never taken as 1."""

    def __init__(self, reading: Reading, reporting_currency: str, carry_days: int) -> None:
        self.reporting_currency = reporting_currency
        self.carry_days = carry_days
        self.quotes: dict[str, dict[date, Decimal]] = {}
        inverted: dict[str, dict[date, Decimal]] = {}
        for row in sorted(reading.live("fx_rates"), key=lambda row: row["source_name"]):
            if row["to_currency"] == reporting_currency:
                quotes = self.quotes.setdefault(row["from_currency"], {})
                quotes.setdefault(row["rate_date"], row["rate"])
            elif row["from_currency"] == reporting_currency:
                rate = (ONE / row["rate"]).quantize(PLACES_8, ROUND_HALF_UP)
                inverted.setdefault(row["to_currency"], {}).setdefault(row["rate_date"], rate)
        for currency, quotes in inverted.items():
            for day, rate in quotes.items():
                self.quotes.setdefault(currency, {}).setdefault(day, rate)

    def rate(self, currency: str, day: date) -> Decimal | None:
        """The rate of a day, or the last one within the days it is carried forward."""
        if currency == self.reporting_currency:
            return ONE
        quotes = self.quotes.get(currency, {})
        for age in range(self.carry_days + 1):
            rate = quotes.get(day - timedelta(days=age))
            if rate is not None:
                return rate
        return None

    def convert(self, amount: Decimal, currency: str, day: date) -> Decimal | None:
        """An amount in the reporting currency, or None without a rate."""
        rate = self.rate(currency, day)
        return None if rate is None else money(amount * rate)
