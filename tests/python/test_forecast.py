"""The Python model of forecasts: its methods, and what it does with series of every kind."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from conftest import python_model
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

EXAMPLE = [100.0, 110.0, 118.0, 130.0, 139.0, 150.0]


forecasts = python_model("intermediate/forecasts/int_forecasts__origins.py")


def series(values: list[float], kpi: str = "mrr", before: int = 0) -> pd.DataFrame:
    """Rows of int_forecasts__series from January 2020 on; the first `before` lie before a break."""
    points = [None] * before + list(range(1, len(values) - before + 1))
    return pd.DataFrame(
        {
            "kpi": kpi,
            "variant": kpi,
            "dimension": "total",
            "dimension_value": "all",
            "period_start": pd.date_range("2020-01-01", periods=len(values), freq="MS"),
            "value": values,
            "point": pd.array(points, dtype="Int64"),
        }
    )


def one_step(frame: pd.DataFrame, method: str) -> list[float]:
    chosen = frame[(frame["method"] == method) & (frame["horizon"] == 1)]
    return chosen.sort_values("trained_until")["forecast_value"].tolist()


def test_K26_drift_gives_160_next_and_127_140_148_75_before():
    made = forecasts.origins(series(EXAMPLE), min_points=3, horizons=12)
    assert one_step(made, "drift") == [127.0, 140.0, 148.75, 160.0]
    assert one_step(made, "naive") == [118.0, 130.0, 139.0, 150.0]
    errors = np.abs(np.array([130, 139, 150]) - one_step(made, "drift")[:3])
    naive_errors = np.abs(np.array([130, 139, 150]) - one_step(made, "naive")[:3])
    assert errors.mean() == 1.75
    assert round(naive_errors.mean(), 2) == 10.67
    assert round(errors.mean() / naive_errors.mean(), 3) == 0.164
    assert round(100 * (errors / [130, 139, 150]).mean(), 2) == 1.29


def test_each_row_says_what_it_knew_and_which_month_it_means():
    made = forecasts.origins(series(EXAMPLE), min_points=3, horizons=12)
    drift = made[made["method"] == "drift"]
    assert len(drift) == 4 * 12
    assert drift["trained_until"].min() == pd.Timestamp("2020-03-01")
    assert drift["trained_until"].max() == pd.Timestamp("2020-06-01")
    last = drift[drift["trained_until"] == "2020-06-01"].set_index("horizon")
    assert last.loc[1, "period_start"] == pd.Timestamp("2020-07-01")
    assert last.loc[12, "period_start"] == pd.Timestamp("2021-06-01")
    assert last["forecast_value"].tolist() == [150.0 + 10 * step for step in range(1, 13)]


def test_no_method_knows_what_came_after_its_origin():
    values = [float(value) for value in np.random.default_rng(7).normal(100, 10, 30)]
    whole = forecasts.origins(series(values), min_points=12, horizons=3)
    for known in (12, 20, 25):
        cut = forecasts.origins(series(values[:known]), min_points=12, horizons=3)
        same = whole[whole["trained_until"] <= cut["trained_until"].max()]
        pd.testing.assert_frame_equal(
            cut.reset_index(drop=True), same.reset_index(drop=True), check_exact=True
        )


def test_seasonal_naive_needs_two_years_and_repeats_the_last():
    values = [float(month) for month in range(1, 26)]
    made = forecasts.origins(series(values), min_points=12, horizons=14)
    seasonal = made[made["method"] == "seasonal_naive"]
    assert seasonal["trained_until"].min() == pd.Timestamp("2021-12-01")
    first = seasonal[seasonal["trained_until"] == "2021-12-01"].sort_values("horizon")
    assert first["forecast_value"].tolist() == [*range(13, 25), 13, 14]


def test_damped_holt_follows_its_recursion():
    """Level, trend and damping of the fit, put into the equations by hand, give its forecast."""
    from statsmodels.tsa.holtwinters import Holt

    values = np.array([30, 34, 33, 39, 41, 40, 46, 47, 52, 50, 55, 57], dtype=float)
    scaled = Holt(values / 57, damped_trend=True, initialization_method="estimated")
    fitted = scaled.fit(method="SLSQP")
    alpha, beta, phi, level, trend = (
        fitted.params[name]
        for name in (
            "smoothing_level",
            "smoothing_trend",
            "damping_trend",
            "initial_level",
            "initial_trend",
        )
    )
    for value in values / 57:
        before = level
        level = alpha * value + (1 - alpha) * (before + phi * trend)
        trend = beta * (level - before) + (1 - beta) * phi * trend
    fading = [sum(phi**power for power in range(1, step + 1)) for step in range(1, 13)]
    expected = [57 * (level + trend * share) for share in fading]
    assert forecasts.damped_holt(values, 12) == pytest.approx(expected, rel=1e-9)
    assert 0 < phi < 1 and 0 < alpha <= 1


def test_a_fit_that_fails_is_left_out_and_warns_nobody(monkeypatch, recwarn):
    def failing(*_, **__):
        raise ValueError("no minimum")

    monkeypatch.setattr(forecasts, "Holt", failing)
    made = forecasts.origins(series(EXAMPLE), min_points=3, horizons=2)
    assert set(made["method"]) == {"naive", "drift"}
    assert not recwarn.list


def test_a_fit_that_is_no_number_is_left_out(monkeypatch):
    class Endless:
        def __init__(self, *_, **__):
            pass

        def fit(self, **_):
            return self

        def forecast(self, horizons):
            return np.array([1.0, np.inf, np.nan])[:horizons]

    monkeypatch.setattr(forecasts, "Holt", Endless)
    made = forecasts.origins(series(EXAMPLE), min_points=6, horizons=3)
    assert made.loc[made["method"] == "damped_holt", "horizon"].tolist() == [1]


def test_without_rows_the_table_has_its_types():
    for empty in (series([]), series([1.0, 2.0]), series(EXAMPLE, before=6)):
        made = forecasts.origins(empty, min_points=3, horizons=12)
        assert made.empty
        assert {name: str(kind) for name, kind in made.dtypes.items()} == forecasts.COLUMNS
    full = forecasts.origins(series(EXAMPLE), min_points=3, horizons=12)
    assert {name: str(kind) for name, kind in full.dtypes.items()} == forecasts.COLUMNS


def test_a_series_of_one_month_is_forecast_by_naive_alone(recwarn):
    made = forecasts.origins(series([5.0]), min_points=1, horizons=2)
    assert made[["method", "forecast_value"]].values.tolist()[:2] == [["naive", 5.0]] * 2
    assert "drift" not in set(made["method"])
    assert not recwarn.list


@pytest.mark.parametrize("value", [0.0, 5.0, -3.5])
def test_a_flat_series_stays_flat(value, recwarn):
    made = forecasts.origins(series([value] * 26), min_points=12, horizons=12)
    assert set(made["method"]) == set(forecasts.METHODS)
    assert (made["forecast_value"] == value).all()
    assert not recwarn.list


def test_months_before_a_break_are_not_known():
    broken = forecasts.origins(series([900.0, 7.0, *EXAMPLE], before=2), min_points=3, horizons=1)
    whole = forecasts.origins(series(EXAMPLE), min_points=3, horizons=1)
    assert broken["forecast_value"].tolist() == whole["forecast_value"].tolist()
    assert broken["trained_until"].min() == pd.Timestamp("2020-05-01")


@settings(max_examples=5, deadline=None)
@given(st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=8), st.integers(0, 2**32 - 1))
def test_the_order_of_rows_changes_nothing(values, seed):
    rows = pd.concat([series(values, "leads"), series(values[::-1], "mrr")])
    shuffled = rows.sample(frac=1, random_state=seed)
    first = forecasts.origins(rows, min_points=3, horizons=4)
    pd.testing.assert_frame_equal(
        first, forecasts.origins(rows, min_points=3, horizons=4), check_exact=True
    )
    pd.testing.assert_frame_equal(
        first, forecasts.origins(shuffled, min_points=3, horizons=4), check_exact=True
    )
    assert np.isfinite(first["forecast_value"]).all()
    key = [*forecasts.SERIES, "method", "trained_until", "horizon"]
    assert not first.duplicated(key).any()


class Dbt:
    """What dbt hands to a Python model: relations, and the settings of its YAML as text."""

    def __init__(self, relation: object) -> None:
        self.relation = relation
        self.config = {"meta": {"settings": {"forecast_min_points": "3", "forecast_horizons": "1"}}}

    def ref(self, name: str) -> object:
        assert name == "int_forecasts__series"
        return self.relation


class Relation:
    """A relation of an engine, with that engine's way to pandas."""

    def __init__(self, way: str, frame: pd.DataFrame) -> None:
        setattr(self, way, lambda: frame)


@pytest.mark.parametrize("way", ["df", "toPandas", "to_pandas"])
def test_every_engine_hands_over_its_rows(way):
    """Spark gives dates as objects and Snowflake names in capitals."""
    frame = series(EXAMPLE)
    frame["period_start"] = frame["period_start"].dt.date
    frame = frame.rename(columns=str.upper)
    made = forecasts.model(Dbt(Relation(way, frame)), session=None)
    assert one_step(made, "drift") == [127.0, 140.0, 148.75, 160.0]
    assert one_step(forecasts.model(Dbt(frame), session=None), "drift")[-1] == 160.0


def test_spark_is_told_the_types():
    class Session:
        def createDataFrame(self, frame, schema):
            return len(frame), schema

    Session.__module__ = "pyspark.sql.session"
    rows, schema = forecasts.model(Dbt(series(EXAMPLE)), Session())
    assert rows == 12
    assert schema.startswith("kpi string, variant string, ")
    assert schema.endswith("horizon bigint, period_start timestamp, forecast_value double")


def test_threads_of_linear_algebra_move_no_digit():
    values = np.random.default_rng(1).integers(5, 60, 48).astype(float).tolist()
    made = []
    for threads in (1, 2):
        with threadpool_limits(threads, user_api="blas"):
            made.append(forecasts.origins(series(values), min_points=3, horizons=12))
    pd.testing.assert_frame_equal(*made, check_exact=True)


def test_damped_holt_does_not_depend_on_the_unit_of_money():
    values = np.array([30, 34, 33, 39, 41, 40, 46, 47, 52, 50, 55, 57], dtype=float)
    in_cents = forecasts.damped_holt(values * 1e6, 12) / 1e6
    assert forecasts.damped_holt(values, 12) == pytest.approx(in_cents, rel=1e-6)


def test_each_series_of_the_demo_company_says_how_its_forecast_did(published_file: Path) -> None:
    """One method is published one month ahead, by the rule, and says so; some beat naive."""
    with duckdb.connect(str(published_file), read_only=True) as connection:
        rows = connection.execute(
            """
            select (kpi, variant, dimension_value), method, relative_mae, is_published, note
            from kpi.kpi_forecast_backtest where horizon = 1
            """
        ).fetchall()
        forecast = connection.execute(
            """
            select (kpi, variant, dimension_value), method
            from kpi.kpi_forecast where horizon = 1 and is_published and value_status = 'ok'
            """
        ).fetchall()
    series = {row[0] for row in rows}
    published = {row[0]: row[1:] for row in rows if row[3]}
    assert published.keys() == series == {row[0] for row in forecast}
    assert {key: row[0] for key, row in published.items()} == dict(forecast)
    for key, (method, relative, _, note) in published.items():
        others = [row[2] for row in rows if row[0] == key and row[1] != "naive"]
        best = min(value for value in others if value is not None)
        if method == "naive":
            assert best >= 1, key
            assert "no method beats naive" in note
        else:
            assert relative == best < 1, key
            assert "beats naive" in note
    assert sum(method != "naive" for method, *_ in published.values()) >= 1
