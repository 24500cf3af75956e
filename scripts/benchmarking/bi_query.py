"""How long a BI tool waits: a KPI by month and channel from the published file, connection open."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb
from commerce_kpis.console import UserError
from commerce_kpis.sql import text

# A KPI of each view, as a chart asks for it. Reading every part beside it would for the most part
# measure how long Python takes to make objects of decimals.
VIEWS = {
    "sales_by_marketing_channel": "net_sales",
    "cac_by_marketing_channel": "cac",
    "romi_by_marketing_channel": "romi",
    "web_traffic_by_marketing_channel": "sessions",
    "leads_by_marketing_channel": "leads",
}
ROUNDS = 100
FROM_A_VIEW = "select period_start, marketing_channel, {kpi} from bi.{view} order by period_start"
FROM_VIEW = """
select period_start, marketing_channel, net_sales
from bi.sales_by_marketing_channel
where net_sales != 0
order by all
"""
# The same numbers from the facts: net sales by the channel of the default attribution model.
FROM_FACTS = """
select
    cast(date_trunc('month', entries.entry_date) as date) as period_start,
    coalesce(credits.marketing_channel, '(unattributed)') as marketing_channel,
    cast(sum(
        (entries.gross_sales - entries.discounts - entries.returns - entries.cancellations)
        * coalesce(cast(credits.credit as decimal(19, 8)), 1)
    ) as decimal(18, 4)) as net_sales
from build.core.fct_sales_entries as entries
left join build.core.fct_attribution_credits as credits
    on
        entries.order_id = credits.conversion_id
        and credits.conversion_type = 'order'
        and credits.attribution_model = 'last_non_direct'
where entries.is_eligible
group by all
having net_sales != 0
order by all
"""


@dataclass
class Waits:
    """Milliseconds of a KPI by month and channel, over `queries` queries, and from the facts."""

    queries: int
    median_ms: float
    p95_ms: float
    from_facts_ms: float
    is_equal: bool

    @property
    def ratio(self) -> float:
        """How many times as long the facts take."""
        return self.from_facts_ms / self.median_ms


def measure_waits(published: Path, build: Path, rounds: int = ROUNDS) -> Waits:
    """Ask the published file `rounds` times for each of some KPIs, and the build file's facts once.

    Raises:
        UserError: a file cannot be read.
    """
    try:
        with duckdb.connect(str(published), read_only=True) as connection:
            connection.execute(f"attach {text(build)} as build (read_only)")
            waits = [
                _milliseconds(connection, FROM_A_VIEW.format(view=view, kpi=kpi))[0]
                for _ in range(rounds)
                for view, kpi in VIEWS.items()
            ]
            sales = [_milliseconds(connection, FROM_VIEW) for _ in range(rounds)]
            facts = [_milliseconds(connection, FROM_FACTS) for _ in range(3)]
    except duckdb.Error as error:
        raise UserError(f"{published} cannot be asked: {error}") from None
    waits += [wait for wait, _ in sales]
    return Waits(
        queries=len(waits),
        median_ms=statistics.median(waits),
        p95_ms=statistics.quantiles(waits, n=20)[-1],
        from_facts_ms=statistics.median(wait for wait, _ in facts),
        is_equal=sales[0][1] == facts[0][1],
    )


def _milliseconds(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[float, list]:
    """How long a query took with all its rows, and the rows."""
    started = time.perf_counter()
    rows = connection.execute(query).fetchall()
    return (time.perf_counter() - started) * 1000, rows
