"""What the fitted models expect of each history of orders (see the YAML beside this).

Everything is in this file, in pandas, so that any engine that runs Python models runs it.
"""

import numpy as np
import pandas as pd
from scipy.special import betaincinv, hyp2f1

ALL = "(all)"
HORIZONS = {"3m": 91 / 7, "6m": 182 / 7, "12m": 365 / 7}
PATTERN = ["snapshot_date", "segment", "repeat_orders", "recency_days", "age_days"]
COLUMNS = {
    "snapshot_date": "datetime64[us]",
    "segment": "string",
    "repeat_orders": "int64",
    "recency_days": "int64",
    "age_days": "int64",
    "fit_group": "string",
    "p_alive": "float64",
    **{f"expected_orders_{horizon}": "float64" for horizon in HORIZONS},
}
SPARK_TYPES = {
    "string": "string",
    "datetime64[us]": "timestamp",
    "int64": "bigint",
    "float64": "double",
}


def model(dbt, session):
    """One row per snapshot and history; the columns are those of COLUMNS."""
    patterns = to_pandas(dbt.ref("int_predictions__patterns"))
    fits = to_pandas(dbt.ref("int_predictions__fits"))
    return to_engine(expect(patterns, fits), session)


def to_pandas(relation):
    """A relation of DuckDB, Spark or Snowpark as pandas, its columns in lower case."""
    for name in ("df", "toPandas", "to_pandas"):
        if hasattr(relation, name):
            relation = getattr(relation, name)()
            break
    return relation.rename(columns=str.lower)


def to_engine(frame, session):
    """What the engine can keep. Spark knows no types of a table without rows, and keeps nan."""
    if not type(session).__module__.startswith("pyspark"):
        return frame
    schema = ", ".join(f"{name} {SPARK_TYPES[kind]}" for name, kind in COLUMNS.items())
    rows = frame.astype(object).where(frame.notna(), None)
    return session.createDataFrame(rows, schema=schema)


def expect(patterns, fits):
    """Expectations by the fit of the segment, or by that of all where it has none.

    Args:
        patterns: see PATTERN.
        fits: snapshot_date, fit_group, r, alpha, a, b and fit_status.
    """
    # Spark hands dates on as Python's own.
    patterns, fits = (
        frame.assign(snapshot_date=pd.to_datetime(frame["snapshot_date"]))
        for frame in (patterns, fits)
    )
    good = fits.loc[
        fits["fit_status"] == "ok", ["snapshot_date", "fit_group", "r", "alpha", "a", "b"]
    ]
    rows = patterns[PATTERN].sort_values(PATTERN)
    own = rows.merge(
        good,
        how="left",
        left_on=["snapshot_date", "segment"],
        right_on=["snapshot_date", "fit_group"],
    )
    overall = rows.merge(good[good["fit_group"] == ALL], how="left", on="snapshot_date")
    fitted = own.where(own["fit_group"].notna(), overall)
    columns = ["repeat_orders", "recency_days", "age_days", "r", "alpha", "a", "b"]
    x, recency, age, r, alpha, a, b = (fitted[name].to_numpy(float) for name in columns)
    history = (x, recency / 7, age / 7, r, alpha, a, b)
    fitted["p_alive"] = p_alive(*history)
    for horizon, weeks in HORIZONS.items():
        fitted[f"expected_orders_{horizon}"] = expected_orders(weeks, *history)
    numbers = [name for name in COLUMNS if name.startswith(("p_alive", "expected"))]
    fitted[numbers] = fitted[numbers].round(6)
    return fitted[list(COLUMNS)].astype(COLUMNS)


def p_alive(x, recency, age, r, alpha, a, b):
    """Probability that an account still buys; 1 for one that has not ordered again."""
    return 1 / (1 + odds_of_being_gone(x, recency, age, r, alpha, a, b))


def expected_orders(weeks, x, recency, age, r, alpha, a, b):
    """Orders expected in the weeks after the snapshot.

    The hypergeometric function of the paper overflows with many orders; after Euler's
    transformation only in corners, for which there is the mean over drop-out probabilities.
    """
    a = np.where(np.abs(a - 1) < 1e-6, a + 1e-6, a)
    share = weeks / (alpha + age + weeks)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        series = (1 - share) ** (a - 1) * hyp2f1(a + b - 1 - r, a - 1, a + b + x - 1, share)
    if_alive = (a + b + x - 1) / (a - 1) * (1 - series)
    corners = ~np.isfinite(if_alive) & np.isfinite(r)
    if_alive[corners] = mean_orders(
        weeks, *(column[corners] for column in (x, age, r, alpha, a, b))
    )
    return if_alive * p_alive(x, recency, age, r, alpha, a, b)


def mean_orders(weeks, x, age, r, alpha, a, b):
    """Orders of an account that is alive, as the mean over the drop-out probabilities that it may
    have, at their quantiles (Gauss and Legendre)."""
    nodes, weights = np.polynomial.legendre.leggauss(200)
    drop_out = betaincinv(a[:, None], (b + x)[:, None], (nodes + 1) / 2)
    drop_out = np.maximum(drop_out, 1e-12)
    growth = np.log1p(weeks * drop_out / (alpha + age)[:, None])
    return -np.expm1(-(r + x)[:, None] * growth) / drop_out @ weights / 2


def odds_of_being_gone(x, recency, age, r, alpha, a, b):
    """Odds that the last order was the last of all."""
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        odds = a / (b + x - 1) * np.exp((r + x) * np.log((alpha + age) / (alpha + recency)))
    # Nothing is known without a fit; 0 x r is then no number either.
    return np.where(x > 0, odds, 0 * r)
