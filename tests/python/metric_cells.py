"""Numbers of metrics and of KPI tables, cell by cell: what test_semantic_layer.py compares.

A cell is (month, member). Three rules say when cells are the same:
- Where nothing happened a KPI table has a row with 0, or null for a ratio; MetricFlow has no row.
- A row without a member takes no part in a dimension of a KPI table; MetricFlow has it with null.
- Counts and money are equal to the last place, everything else to nine places.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from commerce_kpis.kpi_yaml import kpi_models
from commerce_kpis.semantic.metrics import metrics
from commerce_kpis.semantic.sources import not_expressed
from commerce_kpis.sql import quoted

CHANNELS = ("sales_channel", "marketing_channel", "acquisition_channel")
# The total of a KPI table, as its dimension and only member.
TOTAL = ("total", "all")
METRICS_AT_ONCE = 20
Cells = dict[tuple[str, str], float | None]


@dataclass(frozen=True)
class Pair:
    """A metric, and the column of a KPI table that it has to equal by a dimension."""

    metric: str
    table: str
    column: str
    dimension: str
    is_sum: bool

    def differences(self, metric: Cells, kpi: Cells) -> list[str]:
        """The cells that differ."""
        found = []
        for cell in sorted(metric.keys() | kpi.keys()):
            ours, theirs = metric.get(cell), kpi.get(cell)
            if self.is_sum:
                is_same = (ours or 0) == (theirs or 0)
            elif ours is None or theirs is None:
                is_same = ours is theirs
            else:
                is_same = math.isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-9)
            if not is_same:
                where = f"{self.metric} of {cell[0][:7]}, {self.dimension} {cell[1]}"
                found.append(f"{where}: {ours}, {self.table}.{self.column}: {theirs}")
        return found


def pairs_of(dimension: str) -> list[Pair]:
    """Every metric with each column that it equals and that has this dimension."""
    kpis = {kpi.name: kpi for kpi in kpi_models()}
    left_out = {(row.kpi, row.variant) for row in not_expressed() if row.dimension == dimension}
    found = []
    for metric in metrics():
        for table, column in metric.equals:
            meta = kpis[table].meta
            if dimension != TOTAL[0] and dimension not in meta["dimensions"]:
                continue
            if {(table, ""), (table, column)} & left_out:
                continue
            variant = meta["variants"].get(column, {})
            is_sum = not (variant.get("denominator") or variant.get("is_statistic"))
            found.append(Pair(metric.name, table, column, dimension, is_sum))
    return found


class MetricFlow:
    """MetricFlow's engine in this process, over a workspace; see make_workspace."""

    def __init__(self, workspace: Path) -> None:
        from dbt_metricflow.cli.cli_configuration import CLIConfiguration

        configuration = CLIConfiguration()
        configuration.setup(workspace, workspace, configure_file_logging=False)
        self.engine = configuration.mf
        self.client = configuration.sql_client
        models = configuration.semantic_manifest.semantic_models
        self.database = quoted(models[0].node_relation.database)

    def rows(self, names: list[str], group_by: list[str], **arguments: object) -> list[dict]:
        """What `mf query` says."""
        from metricflow.engine.metricflow_engine import MetricFlowQueryRequest

        request = MetricFlowQueryRequest.create(
            metric_names=names, group_by_names=group_by, **arguments
        )
        table = self.engine.query(request).result_df
        return [dict(zip(table.column_names, row, strict=True)) for row in table.rows]

    def metric_cells(self, names: list[str], dimension: str) -> dict[str, Cells]:
        """Cells of each metric by month and member."""
        group_by = ["metric_time__month", *([dimension] if dimension != TOTAL[0] else [])]
        cells: dict[str, Cells] = {name: {} for name in names}
        for start in range(0, len(names), METRICS_AT_ONCE):
            chosen = names[start : start + METRICS_AT_ONCE]
            for row in self.rows(chosen, group_by):
                month, member = row["metric_time__month"], row.get(dimension, TOTAL[1])
                if month is not None and member is not None:
                    for name in chosen:
                        cells[name][str(month), member] = row[name]
        return cells

    def kpi_cells(self, pairs: list[Pair]) -> dict[tuple[str, str], Cells]:
        """Cells of the columns by month and member."""
        columns: dict[tuple[str, str], set[str]] = defaultdict(set)
        for pair in pairs:
            columns[pair.table, pair.dimension].add(pair.column)
        cells: dict[tuple[str, str], Cells] = {}
        for (table, dimension), names in columns.items():
            chosen = ", ".join(f"cast({name} as double)" for name in sorted(names))
            found = self.client.query(
                f"select cast(period_start as timestamp), dimension_value, {chosen} "
                f"from {self.database}.kpi.{table} "
                f"where period_grain = 'month' and dimension = '{dimension}'"
            )
            for number, name in enumerate(sorted(names), 2):
                cells[table, name] = {(str(row[0]), row[1]): row[number] for row in found.rows}
        return cells
