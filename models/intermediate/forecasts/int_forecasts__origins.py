"""Forecasts of every series from every month since it was long enough, by methods that know only
the series itself.

Pandas in, pandas out, and nothing imported from the project: dbt runs this file by itself on
whatever engine it builds with.
"""

import warnings

import numpy as np
import pandas as pd
from statsmodels.tsa.holtwinters import Holt
from threadpoolctl import threadpool_limits

SERIES = ["kpi", "variant", "dimension", "dimension_value"]
SEASON = 12
# What an optimiser finds differs in the last digits from machine to machine.
DECIMALS = 6
# Typed, so that a table without rows has its types too.
COLUMNS = {
    "kpi": "string",
    "variant": "string",
    "dimension": "string",
    "dimension_value": "string",
    "method": "string",
    "trained_until": "datetime64[us]",
    "horizon": "int64",
    "period_start": "datetime64[us]",
    "forecast_value": "float64",
}
SPARK_TYPES = {
    "string": "string",
    "datetime64[us]": "timestamp",
    "int64": "bigint",
    "float64": "double",
}


def naive(values: np.ndarray, horizons: int) -> np.ndarray:
    """The last value, again and again."""
    return np.repeat(values[-1], horizons)


def seasonal_naive(values: np.ndarray, horizons: int) -> np.ndarray:
    """The value of the same month a year ago. Needs two years, else it has nothing to say."""
    if len(values) < 2 * SEASON:
        return np.full(horizons, np.nan)
    return np.resize(values[-SEASON:], horizons)


def drift(values: np.ndarray, horizons: int) -> np.ndarray:
    """On from the last value along the line from the first value to it."""
    if len(values) < 2:
        return np.full(horizons, np.nan)
    step = (values[-1] - values[0]) / (len(values) - 1)
    return values[-1] + step * np.arange(1, horizons + 1)


def damped_holt(values: np.ndarray, horizons: int) -> np.ndarray:
    """Exponential smoothing of level and trend, where the trend fades (Gardner and McKenzie 1985).

    Fitted to values of at most 1: on amounts of money the search stops far from the best fit. A
    series on which the fit fails has no forecast.
    """
    # A flat series has no error to minimise; the fit would divide by it.
    if np.ptp(values) == 0:
        return naive(values, horizons)
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            scale = np.abs(values).max()
            model = Holt(values / scale, damped_trend=True, initialization_method="estimated")
            return np.asarray(model.fit(method="SLSQP").forecast(horizons), dtype=float) * scale
    except (ValueError, ArithmeticError, RuntimeError):
        return np.full(horizons, np.nan)


METHODS = {
    "naive": naive,
    "seasonal_naive": seasonal_naive,
    "drift": drift,
    "damped_holt": damped_holt,
}


# Two threads add up in another order, which moves the last digits of a fit.
@threadpool_limits.wrap(limits=1, user_api="blas")
def origins(series: pd.DataFrame, min_points: int, horizons: int) -> pd.DataFrame:
    """Forecasts of all methods from each month that has `min_points` months up to it.

    Args:
        series: rows of int_forecasts__series in any order; those without a `point` lie before a
            break and are left out.
        min_points: months that a series needs, at least 1.
        horizons: months to look ahead.

    Returns:
        a row per series, method, last month trained on and month ahead, with the types of COLUMNS.
    """
    known = series[series["point"].notna()].sort_values([*SERIES, "period_start"])
    rows = []
    for key, one in known.groupby(SERIES, sort=True):
        months = pd.DatetimeIndex(pd.to_datetime(one["period_start"]))
        values = one["value"].to_numpy(dtype=float)
        for trained in range(max(min_points, 1), len(values) + 1):
            last = months[trained - 1]
            for method, forecast in METHODS.items():
                ahead = np.round(forecast(values[:trained], horizons), DECIMALS)
                rows += [
                    (*key, method, last, horizon, last + pd.DateOffset(months=horizon), value)
                    for horizon, value in enumerate(ahead, start=1)
                    if np.isfinite(value)
                ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def to_pandas(relation) -> pd.DataFrame:
    """A relation of DuckDB, Spark or Snowpark as pandas, its columns in lower case."""
    for name in ("df", "toPandas", "to_pandas"):
        if hasattr(relation, name):
            relation = getattr(relation, name)()
            break
    return relation.rename(columns=str.lower)


def to_engine(frame: pd.DataFrame, session):
    """What the engine can keep. Spark knows no types of a table without rows, and keeps nan."""
    if not type(session).__module__.startswith("pyspark"):
        return frame
    schema = ", ".join(f"{name} {SPARK_TYPES[kind]}" for name, kind in COLUMNS.items())
    rows = frame.astype(object).where(frame.notna(), None)
    return session.createDataFrame(rows, schema=schema)


def model(dbt, session):
    """What dbt calls; `session` is the engine's."""
    settings = dbt.config.get("meta")["settings"]
    frame = origins(
        to_pandas(dbt.ref("int_forecasts__series")),
        min_points=int(settings["forecast_min_points"]),
        horizons=int(settings["forecast_horizons"]),
    )
    return to_engine(frame, session)
