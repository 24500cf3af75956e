"""Maximum likelihood fits of the two models behind predicted value (see the YAML beside this).

BG/NBD (Fader, Hardie and Lee 2005): while alive, an account orders at a rate that is gamma
distributed over accounts (r, alpha); after each order it drops out with a probability that is beta
distributed (a, b). Gamma-Gamma (Fader and Hardie 2013): the value of an order varies around the
account's mean, and the means over accounts (p, q, v). Time is in weeks.

Everything is in this file, in pandas, so that any engine that runs Python models runs it.
"""

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import betaincinv, digamma, gammaln
from threadpoolctl import threadpool_limits

ALL = "(all)"
YEAR_IN_WEEKS = 365 / 7
# Nodes and weights of Gauss and Legendre on [-1, 1]; to find them takes longer than a fit.
NODES, NODE_WEIGHTS = np.polynomial.legendre.leggauss(1000)
# Logarithms of the shapes that are tried. Beyond their ends, differences between accounts no longer
# show in any number, and the search would never end.
LOWEST, HIGHEST = np.log(1e-3), np.log(1e3)
HIGHEST_R = np.log(1e2)
COLUMNS = {
    "snapshot_date": "datetime64[us]",
    "fit_group": "string",
    "accounts": "int64",
    "repeaters": "int64",
    "repeat_orders": "int64",
    "r": "float64",
    "alpha": "float64",
    "a": "float64",
    "b": "float64",
    "log_likelihood": "float64",
    "value_accounts": "int64",
    "p": "float64",
    "q": "float64",
    "v": "float64",
    "value_log_likelihood": "float64",
    "frequency_value_correlation": "float64",
    "new_customer_orders_12m": "float64",
    "value_per_order": "float64",
    "fit_status": "string",
    "fit_note": "string",
}
SPARK_TYPES = {
    "string": "string",
    "datetime64[us]": "timestamp",
    "int64": "bigint",
    "float64": "double",
}


class NoFit(Exception):
    """Why there is no estimate, in words for a reader."""


def model(dbt, session):
    """One row per snapshot and group of accounts; the columns are those of COLUMNS."""
    patterns = to_pandas(dbt.ref("int_predictions__patterns"))
    values = to_pandas(dbt.ref("int_predictions__repeat_values"))
    settings = dbt.config.get("meta")["settings"]
    fitted = fit_snapshots(patterns, values, int(settings["clv_min_repeaters"]))
    return to_engine(fitted, session)


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


# Two threads wait for each other most of the time: a fit is a few numbers.
@threadpool_limits.wrap(limits=1, user_api="blas")
def fit_snapshots(patterns, values, min_repeaters):
    """Fit all accounts of each snapshot together, and each segment with enough repeaters.

    Args:
        patterns: snapshot_date, segment, repeat_orders, recency_days, age_days and the number of
            accounts that share them.
        values: snapshot_date, segment, repeat_orders, mean_repeat_value and the number of accounts.
        min_repeaters: accounts that ordered again, without which nothing is estimated.
    """
    rows = []
    values_at = dict(tuple(values.groupby("snapshot_date"))) if len(values) else {}
    for snapshot, orders in patterns.groupby("snapshot_date"):
        worth = values_at.get(snapshot, values.iloc[:0])
        rows.append(fit_group(snapshot, ALL, orders, worth, min_repeaters))
        for segment, of_segment in orders.groupby("segment"):
            if segment != ALL and repeaters_of(of_segment) >= min_repeaters:
                worth_of_segment = worth[worth["segment"] == segment]
                rows.append(fit_group(snapshot, segment, of_segment, worth_of_segment, 1))
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def fit_group(snapshot, group, orders, worth, min_repeaters):
    """Both fits of a group as a row; what cannot be estimated is null, and the row says why."""
    orders = orders.sort_values(["repeat_orders", "recency_days", "age_days"])
    worth = worth[(worth["repeat_orders"] > 0) & (worth["mean_repeat_value"] > 0)]
    worth = worth.sort_values(["repeat_orders", "mean_repeat_value"])
    row = {
        "snapshot_date": snapshot,
        "fit_group": group,
        "accounts": orders["accounts"].sum(),
        "repeaters": repeaters_of(orders),
        "repeat_orders": (orders["accounts"] * orders["repeat_orders"]).sum(),
        "value_accounts": worth["accounts"].sum(),
        "fit_status": "ok",
        "fit_note": None,
    }
    try:
        if row["repeaters"] < min_repeaters:
            raise NoFit(f"{row['repeaters']} accounts ordered again, {min_repeaters} are needed")
        x = orders["repeat_orders"].to_numpy(float)
        recency = orders["recency_days"].to_numpy(float) / 7
        age = orders["age_days"].to_numpy(float) / 7
        counts = orders["accounts"].to_numpy(float)
        r, alpha, a, b, likelihood, note = fit_orders(x, recency, age, counts)
        row.update(r=r, alpha=alpha, a=a, b=b, log_likelihood=likelihood)
        row["new_customer_orders_12m"] = orders_of_a_new_customer(r, alpha, a, b, YEAR_IN_WEEKS)
        x = worth["repeat_orders"].to_numpy(float)
        mean = worth["mean_repeat_value"].to_numpy(float)
        counts = worth["accounts"].to_numpy(float)
        row["frequency_value_correlation"] = correlation(x, mean, counts)
        p, q, v, likelihood, value_note = fit_values(x, mean, counts)
        row.update(p=p, q=q, v=v, value_log_likelihood=likelihood, value_per_order=p * v / (q - 1))
        row["fit_note"] = "; ".join(filter(None, (note, value_note))) or None
    except NoFit as problem:
        row.update(fit_status="not_estimable", fit_note=str(problem))
    return row


def repeaters_of(orders):
    """Accounts that ordered on a second day."""
    return int(orders.loc[orders["repeat_orders"] > 0, "accounts"].sum())


def fit_orders(x, recency, age, counts):
    """r, alpha, a, b, the log-likelihood and a note on the fit of BG/NBD.

    The search goes over r, the mean time between orders alpha / r, the mean drop-out a / (a + b),
    and a + b, which says how alike accounts are in it.

    Args:
        x: days with an order after the first one.
        recency: weeks from the first order to the last.
        age: weeks from the first order to the snapshot.
        counts: accounts with this history.
    """
    again = x > 0
    after_first = np.where(again, x - 1, 0)
    # Most of the formula depends on the number of orders only, which takes few values.
    orders, at_orders = totals(x, counts)

    def log_likelihood(logs):
        r, interval, size = np.exp(logs[[0, 1, 3]])
        drop_out = 1 / (1 + np.exp(-logs[2]))
        alpha, a, b = r * interval, size * drop_out, size * (1 - drop_out)
        alive = -(r + x) * np.log(alpha + age)
        gone = np.log(a) - np.log(b + after_first) - (r + x) * np.log(alpha + recency)
        gone = np.where(again, gone, -np.inf)
        either = np.logaddexp(alive, gone)
        is_alive, is_gone = np.exp(alive - either), np.exp(gone - either)
        by_orders = gammaln(r + orders) - gammaln(r) + r * np.log(alpha)
        by_orders += gammaln(a + b) + gammaln(b + orders) - gammaln(b) - gammaln(a + b + orders)
        log_rates = is_alive * np.log(alpha + age) + is_gone * np.log(alpha + recency)
        rates = is_alive / (alpha + age) + is_gone / (alpha + recency)
        by_r = at_orders @ (digamma(r + orders) - digamma(r) + np.log(alpha)) - counts @ log_rates
        by_alpha = counts.sum() * r / alpha - counts @ ((r + x) * rates)
        both = at_orders @ (digamma(a + b) - digamma(a + b + orders))
        by_a = both + counts @ is_gone / a
        by_b = both + at_orders @ (digamma(b + orders) - digamma(b))
        by_b -= counts @ (is_gone / (b + after_first))
        slopes = (
            r * by_r + alpha * by_alpha,
            alpha * by_alpha,
            size * drop_out * (1 - drop_out) * (by_a - by_b),
            a * by_a + b * by_b,
        )
        return counts @ either + at_orders @ by_orders, np.array(slopes)

    interval = np.average(age, weights=counts) / max(np.average(x, weights=counts), 0.1) + 0.1
    ranges = {
        "r": (LOWEST, HIGHEST_R, "all accounts order at the same rate"),
        "the time between orders": (-14, 14, None),
        "drop-out": (-9, 9, "no sign of accounts that drop out"),
        "a + b": (LOWEST, HIGHEST, "all accounts drop out alike"),
    }
    start = [0.0, np.log(interval), -1.0, 1.0]
    logs, likelihood, note = maximum(log_likelihood, start, ranges, counts.sum(), "orders")
    if note and "no sign" in note:
        # Nothing says how alike accounts are in what none of them does.
        logs[3], note = 0, note.removesuffix("; all accounts drop out alike")
    r, interval, size = np.exp(logs[[0, 1, 3]])
    drop_out = 1 / (1 + np.exp(-logs[2]))
    found = (r, r * interval, size * drop_out, size * (1 - drop_out))
    return *map(significant, found), likelihood, note


def fit_values(x, mean, counts):
    """p, q, v, the log-likelihood and a note on the fit of Gamma-Gamma.

    The search goes over p, q and v x p / q, which is about the mean value of an order.

    Args:
        x: days with an order after the first one.
        mean: mean value of those days, above 0.
        counts: accounts with these.
    """
    if counts.sum() < 2:
        raise NoFit("no two accounts ordered again for money")
    # Money in units of its mean, to be of the size of the other parameters.
    unit = np.average(mean, weights=counts)
    scaled = mean / unit
    log_scaled = np.log(scaled)
    orders, at_orders = totals(x, counts)

    def log_likelihood(logs):
        p, q, level = np.exp(logs)
        v = level * q / p
        total = np.log(v + x * scaled)
        by_orders = gammaln(p * orders + q) - gammaln(p * orders) - gammaln(q)
        by_orders += q * np.log(v) + p * orders * np.log(orders)
        each = (p * x - 1) * log_scaled - (p * x + q) * total
        digammas = digamma(p * orders + q)
        by_p = at_orders @ (orders * (digammas - digamma(p * orders) + np.log(orders)))
        by_p += counts @ (x * (log_scaled - total))
        by_q = at_orders @ (digammas - digamma(q) + np.log(v)) - counts @ total
        by_v = counts.sum() * q / v - counts @ ((p * x + q) / (v + x * scaled))
        slopes = (p * by_p - v * by_v, q * by_q + v * by_v, v * by_v)
        return counts @ each + at_orders @ by_orders, np.array(slopes)

    ranges = {
        "p": (LOWEST, HIGHEST, "an account's orders are all of one value"),
        "q": (LOWEST, HIGHEST, "the accounts' mean values are all alike"),
        "the mean value": (-14, 14, None),
    }
    start = [1.0, 1.0, 0.0]
    logs, likelihood, note = maximum(log_likelihood, start, ranges, counts.sum(), "values")
    p, q, level = np.exp(logs)
    if q <= 1:
        raise NoFit("the mean value of an order is infinite under the fit: q is not above 1")
    likelihood -= (counts * np.log(unit)).sum()
    return *map(significant, (p, q, level * q / p * unit)), likelihood, note


def totals(x, counts):
    """The different numbers of orders, and the accounts with each."""
    orders, which = np.unique(x, return_inverse=True)
    return orders, np.bincount(which, weights=counts)


def maximum(log_likelihood, start, ranges, accounts, what):
    """Where the log-likelihood is highest, its value there, and a note if that is at an end.

    Args:
        log_likelihood: value and slopes at an array of (logarithms of) parameters.
        start: where the search begins.
        ranges: name of each parameter to its lowest and highest logarithm, and what it means to
            be at an end; None if that is no answer.
        accounts: number of accounts, to make steps independent of it.
        what: what is fitted, for the message.
    """

    def objective(logs):
        value, slopes = log_likelihood(np.asarray(logs))
        return -value / accounts, -slopes / accounts

    low, high = (np.array([ends[side] for ends in ranges.values()], float) for side in (0, 1))
    found = minimize(
        objective,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=list(zip(low, high, strict=True)),
        options={"maxiter": 2000, "maxfun": 4000, "ftol": 1e-12, "gtol": 1e-6},
    )
    logs = found.x
    inside = (logs > low + 1e-6) & (logs < high - 1e-6)
    notes = []
    for (name, (*_, note)), is_inside in zip(ranges.items(), inside, strict=True):
        if not is_inside and note is None:
            raise NoFit(f"the fit of {what} did not converge: {name} has no maximum")
        if not is_inside:
            notes.append(note)
    for _ in range(5):
        step = newton_step(objective, logs, inside)
        logs = logs + step
        if np.abs(step).max() < 1e-9:
            break
    value, slopes = objective(logs)
    if not np.isfinite(value) or not np.abs(slopes[inside]).max(initial=0) < 1e-6:
        raise NoFit(f"the fit of {what} did not converge: {found.message}")
    # The last bits of a sum of products differ from run to run.
    return logs, round(-value * accounts, 6), "; ".join(notes) or None


def newton_step(objective, logs, inside):
    """The step to where the slopes vanish, of parameters inside their range; 0 where there is none.

    With it the digits do not depend on where the search stopped.
    """
    width = 1e-5
    units = np.eye(len(logs))[inside]
    step = np.zeros(len(logs))
    slopes = objective(logs)[1][inside]
    curvature = np.array(
        [
            (objective(logs + width * unit)[1] - objective(logs - width * unit)[1])[inside]
            for unit in units
        ]
    ) / (2 * width)
    try:
        np.linalg.cholesky((curvature + curvature.T) / 2)
        step[inside] = -np.linalg.solve((curvature + curvature.T) / 2, slopes)
    except np.linalg.LinAlgError:
        return step
    return step if np.abs(step).max(initial=0) < 0.1 else np.zeros(len(logs))


def orders_of_a_new_customer(r, alpha, a, b, weeks):
    """Orders expected in the weeks after the first one, before anything else is known.

    The mean over drop-out probabilities, at their quantiles (Gauss and Legendre): unlike the closed
    form it has a value wherever the parameters do.
    """
    drop_out = np.maximum(betaincinv(a, b, (NODES + 1) / 2), 1e-12)
    orders = -np.expm1(-r * np.log1p(weeks * drop_out / alpha)) / drop_out
    return significant(orders @ NODE_WEIGHTS / 2)


def correlation(x, mean, counts):
    """Pearson's correlation of how often and how much; null where one of them does not vary."""
    total = counts.sum()
    if total < 2:
        return None
    from_x = x - (x * counts).sum() / total
    from_mean = mean - (mean * counts).sum() / total
    spread = (from_x**2 * counts).sum() * (from_mean**2 * counts).sum()
    return (from_x * from_mean * counts).sum() / np.sqrt(spread) if spread > 0 else None


def significant(value):
    """Six significant digits: the last bits of a search differ between machines."""
    return float(f"{value:.6g}")
