"""Drivers and bridges over random businesses: exact sums, and each effect worked out anew.

The SQL of the models, as dbt compiles it, runs in process over made-up rows of kpi_values.
"""

from __future__ import annotations

import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import duckdb
import pytest
from commerce_kpis.dbt_run import DBT
from commerce_kpis.sql import text
from conftest import PROJECT, module_environment
from hypothesis import given, settings
from hypothesis import strategies as st

MODELS = {"kpi_drivers": "models/marts/kpis/plans", "kpi_variant_bridge": "models/trust"}
MONTHS = (date(2025, 5, 1), date(2025, 6, 1))
# What two variants of a KPI are made of: (kpi, variant, numerator, denominator, scale, default).
VARIANTS = (
    ("sales", "amount", None, None, 1, True),
    ("sales", "amount_paid", None, None, 1, False),
    ("sales", "amount_per_unit", "amount", "units", 1, False),
    ("scores", "score", "amount", "units", 100, True),
    ("scores", "score_paid", "amount_paid", "units_paid", 1, False),
)
PARTS = ("amount", "units", "amount_paid", "units_paid")
PLACES = Decimal(10) ** -4
CLOSE = 1e-9

# Nothing, few, thousandths and tens of millions, given back as well as sold.
PART = st.one_of(
    st.just(0),
    st.integers(-5, 50),
    st.integers(-(10**11), 10**11).map(lambda value: Decimal(value) * PLACES),
    st.integers(1, 99).map(lambda value: Decimal(value) * PLACES * 10),
)
MEMBER = st.one_of(st.none(), st.tuples(PART, PART, PART, PART))
BUSINESS = st.lists(st.tuples(MEMBER, MEMBER), min_size=3, max_size=50)


@dataclass(frozen=True)
class Moment:
    """A variant in one month: its parts (Decimal), and its value as kpi_values holds it."""

    numerator: Decimal
    denominator: Decimal | None
    value: float | None

    def rate(self, scale: int) -> Fraction | None:
        return (
            scale * Fraction(self.numerator) / Fraction(self.denominator)
            if self.denominator
            else None
        )


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The SQL of the models, by name, over a database named `plans`."""
    folder = tmp_path_factory.mktemp("compiled")
    shutil.copyfile(PROJECT / "profiles.example.yml", folder / "profiles.yml")
    done = subprocess.run(
        [*DBT, "compile", "--quiet", "--select", *MODELS],
        cwd=PROJECT,
        env=module_environment(
            PROJECT,
            KPI_BUILD_FILE=str(folder / "plans.duckdb"),
            DBT_PROFILES_DIR=str(folder),
            DBT_TARGET_PATH=str(folder / "target"),
            DBT_LOG_PATH=str(folder / "logs"),
        ),
        capture_output=True,
        text=True,
        timeout=1800,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    root = folder / "target" / "compiled" / "commerce_kpis"
    return {
        name: Path(root, path, f"{name}.sql").read_text(encoding="utf-8")
        for name, path in MODELS.items()
    }


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """The tables that the models read, without rows of kpi_values."""
    with duckdb.connect(":memory:") as opened:
        opened.execute(
            """
            attach ':memory:' as plans;
            create schema plans.kpi;
            create schema plans.core;
            create table plans.core.dim_periods as select
                'month' as period_grain, date '2025-06-01' as period_start,
                date '2025-07-01' as period_end, date '2025-05-01' as previous_period_start,
                date '2024-06-01' as year_ago_period_start;
            create table plans.kpi.kpi_catalog (
                kpi varchar, variant varchar, numerator varchar, denominator varchar,
                scale integer, unit varchar, additive_dimensions varchar
            );
            create table plans.kpi.kpi_values (
                kpi varchar, variant varchar, is_default boolean, period_grain varchar,
                period_start date, dimension varchar, dimension_value varchar,
                numerator decimal(38, 12), denominator decimal(38, 12), value double,
                unit varchar, currency_code varchar, value_status varchar
            );
            """
        )
        for kpi, variant, numerator, denominator, scale, _ in VARIANTS:
            opened.execute(
                "insert into plans.kpi.kpi_catalog values (?, ?, ?, ?, ?, ?, 'colour, member')",
                [kpi, variant, numerator, denominator, scale, unit(kpi)],
            )
        yield opened


def unit(kpi: str) -> str:
    return "currency" if kpi == "sales" else "score"


def moment(parts: tuple | None, variant: tuple) -> Moment:
    """A variant of a member or a total with these parts; None: it is absent."""
    _, name, numerator, denominator, scale, _ = variant
    by_name = dict(zip(PARTS, parts or (0,) * len(PARTS), strict=True))
    top = Decimal(by_name[numerator or name])
    if denominator is None:
        return Moment(top, None, float(top))
    bottom = Decimal(by_name[denominator])
    return Moment(top, bottom, scale * (float(top) / float(bottom)) if bottom else None)


def total(parts: list[tuple | None]) -> tuple:
    return tuple(
        sum(values) for values in zip((0,) * len(PARTS), *filter(None, parts), strict=True)
    )


def fill(connection: duckdb.DuckDBPyConnection, business: list[tuple]) -> None:
    """kpi_values of a business: totals, and the members whose parts are not all 0."""
    rows = []
    for index, start in enumerate(MONTHS):
        parts = [member[index] for member in business]
        cells = {("total", "all"): total(parts)} | {
            ("member", f"m{number:02}"): part for number, part in enumerate(parts) if part
        }
        for variant in VARIANTS:
            for (dimension, member), cell in cells.items():
                found = moment(cell, variant)
                if dimension == "total" or found.numerator or found.denominator:
                    kpi, name, *_, is_default = variant
                    cell_of = (kpi, name, is_default, "month", start, dimension, member)
                    rows.append((*cell_of, *vars(found).values(), unit(kpi), None, "ok"))
    values = ", ".join(f"({', '.join(map(literal, row))})" for row in rows)
    connection.execute("truncate plans.kpi.kpi_values")
    connection.execute(f"insert into plans.kpi.kpi_values values {values}")


def literal(value: object) -> str:
    """A value as text, which the type of its column reads: a bare 0.1 would be a decimal."""
    return "null" if value is None else text(str(value))


def rounded(connection: duckdb.DuckDBPyConnection, difference: float) -> Decimal:
    return connection.execute("select cast(? as decimal(38, 12))", [difference]).fetchone()[0]


def difference(connection: duckdb.DuckDBPyConnection, now: Moment, then: Moment) -> Decimal | None:
    """What a number changed by: sums exactly, ratios to twelve places."""
    if now.value is None or then.value is None:
        return None
    if now.denominator is None:
        return now.numerator - then.numerator
    return rounded(connection, now.value - then.value)


def expected_effects(
    then: Moment, now: Moment, total_then: Moment, total_now: Moment, scale: int
) -> dict[str, Fraction]:
    """What a member brings to the change of a ratio, by effect, in exact arithmetic."""
    weight_then, weight_now = (
        Fraction(part.denominator) / Fraction(whole.denominator)
        for part, whole in ((then, total_then), (now, total_now))
    )
    rate_then, rate_now = then.rate(scale), now.rate(scale)
    mean = (total_then.rate(scale) + total_now.rate(scale)) / 2
    found = {"numerator_only": Fraction(0)}
    if rate_now is None:
        found["numerator_only"] += scale * Fraction(now.numerator) / Fraction(total_now.denominator)
    if rate_then is None:
        found["numerator_only"] -= (
            scale * Fraction(then.numerator) / Fraction(total_then.denominator)
        )
    if rate_now is not None and rate_then is not None:
        found["mix"] = (weight_now - weight_then) * ((rate_now + rate_then) / 2 - mean)
        found["rate"] = (rate_now - rate_then) * (weight_now + weight_then) / 2
    elif rate_now is not None:
        found["entry_exit"] = weight_now * (rate_now - mean)
    elif rate_then is not None:
        found["entry_exit"] = -weight_then * (rate_then - mean)
    return found


def expected_steps(one: Moment, other: Moment, origin: tuple, target: tuple) -> list[Fraction]:
    """What the exchange of the numerator does, and of the denominator, in exact arithmetic."""
    if one.denominator is None:
        return [Fraction(other.numerator - one.numerator)]
    between = target[4] * Fraction(other.numerator) / Fraction(one.denominator)
    return [between - one.rate(origin[4]), other.rate(target[4]) - between]


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(business=BUSINESS)
def test_contributions_are_what_they_are_called_and_add_up(
    connection: duckdb.DuckDBPyConnection, compiled: dict[str, str], business: list[tuple]
) -> None:
    fill(connection, business)
    rows = connection.execute(
        "select variant, dimension, dimension_value, effect, change, contribution, rounding, "
        f"driver_status from ({compiled['kpi_drivers']}) where comparison = 'previous'"
    ).fetchall()
    groups = defaultdict(dict)
    for name, dimension, member, effect, *numbers in rows:
        assert (member, effect) not in groups[name, dimension]
        groups[name, dimension][member, effect] = numbers
    for variant in VARIANTS:
        _, name, _, denominator, scale, _ = variant
        then, now = (moment(total([member[i] for member in business]), variant) for i in (0, 1))
        change = difference(connection, now, then)
        if change is None:
            assert groups.pop((name, "total")) == {
                ("all", "none"): [None, None, 0, "not_estimable"]
            }
            continue
        found = groups.pop((name, "member"), {})
        assert sum(contribution for _, contribution, *_ in found.values()) == change
        assert all(numbers[0] == change for numbers in found.values())
        # What floats cannot know: digits beyond the fifteenth of the largest term.
        size = sum(abs(float(contribution)) for _, contribution, *_ in found.values())
        expected = {}
        for number, member in enumerate(business):
            one, other = (moment(parts, variant) for parts in member)
            if denominator is None:
                effects = {"amount": Fraction(other.numerator - one.numerator)}
            else:
                effects = expected_effects(one, other, then, now, scale)
                weight = max(
                    abs(part.denominator / whole.denominator)
                    for part, whole in ((one, then), (other, now))
                )
                rates = (rate for part in (one, other, then, now) if (rate := part.rate(scale)))
                size += float(weight) * max((abs(float(rate)) for rate in rates), default=0)
            expected |= {(f"m{number:02}", effect): value for effect, value in effects.items()}
        for key in expected.keys() | found.keys():
            _, contribution, rounding, _ = found.get(key, (None, 0, 0, None))
            unrounded = Fraction(contribution) - Fraction(rounding)
            assert abs(float(unrounded - expected[key])) <= CLOSE * (1 + size), key
            assert abs(float(rounding)) <= CLOSE * (1 + size)
            assert denominator or rounding == 0
    for name, dimension in [*groups]:
        # Volume and value, of the sum that a ratio divides.
        assert (name, dimension) == ("amount", "total")
        found = groups[name, dimension]
        assert (
            sum(contribution for _, contribution, *_ in found.values())
            == (next(iter(found.values()))[0])
        )
        assert {effect for _, effect in found} <= {"volume", "value"}


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(business=BUSINESS)
def test_steps_between_variants_add_up(
    connection: duckdb.DuckDBPyConnection, compiled: dict[str, str], business: list[tuple]
) -> None:
    fill(connection, business)
    steps = defaultdict(dict)
    for *cell, step, delta, rounding in connection.execute(
        "select from_variant, to_variant, period_start, dimension_value, step, delta, rounding "
        f"from ({compiled['kpi_variant_bridge']})"
    ).fetchall():
        steps[tuple(cell)][step] = (delta, rounding)
    pairs = [
        (origin, target)
        for origin in VARIANTS
        for target in VARIANTS
        if origin[0] == target[0]
        and origin[-1]
        and not target[-1]
        and (origin[3] is None) == (target[3] is None)
    ]
    for index, start in enumerate(MONTHS):
        parts = [member[index] for member in business]
        cells = {"all": total(parts)} | {f"m{i:02}": part for i, part in enumerate(parts) if part}
        for name, cell in cells.items():
            for origin, target in pairs:
                one, other = moment(cell, origin), moment(cell, target)
                whole = difference(connection, other, one)
                is_there = name == "all" or all(
                    found.numerator or found.denominator for found in (one, other)
                )
                found = steps.pop((origin[1], target[1], start, name), {})
                if whole is None or not is_there:
                    assert not found
                else:
                    assert sorted(found) == ([1] if origin[3] is None else [1, 2])
                    assert sum(delta for delta, _ in found.values()) == whole
                    size = sum(abs(float(delta)) for delta, _ in found.values())
                    for step, between in enumerate(expected_steps(one, other, origin, target), 1):
                        delta, rounding = found[step]
                        assert abs(float(delta - rounding) - float(between)) <= CLOSE * (1 + size)
                        assert abs(float(rounding)) <= CLOSE * (1 + size)
    assert not steps
