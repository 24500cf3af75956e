"""Comments of BI views: what the table says, under the names that its columns have in the view."""

from __future__ import annotations

from pathlib import Path

import duckdb
from commerce_kpis.view_comments import comment_views

MADE = """
create schema kpi;
create schema bi;
create table kpi.kpi_visits as
select
    'week' as period_grain, 'country' as dimension, 'DE' as dimension_value,
    1 as visitors, 2 as sessions, 3 as bare;
comment on table kpi.kpi_visits is 'One row per cell: who''s there.';
comment on column kpi.kpi_visits.visitors is 'Distinct visitors.';
comment on column kpi.kpi_visits.sessions is 'Sessions.';
create table kpi.kpi_silent as select 'month' as period_grain, 'total' as dimension, 1 as one;
create view bi.visits_by_country_week as
select dimension_value as country, visitors as distinct_visitors, sessions, bare
from kpi.kpi_visits
where period_grain = 'week' and dimension = 'country';
create view bi.silent as
select one from kpi.kpi_silent where period_grain = 'month' and dimension = 'total';
create view bi.own as select sessions from bi.visits_by_country_week;
create view bi.commented as select sessions from kpi.kpi_visits;
comment on view bi.commented is 'By hand.';
"""


def test_a_view_says_what_it_lists_and_its_columns_what_they_mean(tmp_path: Path):
    with duckdb.connect(str(tmp_path / "kpis.duckdb")) as connection:
        connection.execute(MADE)
        assert comment_views(connection) == 4
        assert comment_views(connection) == 0
    with duckdb.connect(str(tmp_path / "kpis.duckdb"), read_only=True) as connection:
        views = connection.execute(
            "select view_name, comment from duckdb_views() where schema_name = 'bi'"
        ).fetchall()
        columns = connection.execute(
            "select table_name || '.' || column_name, comment from duckdb_columns() "
            "where schema_name = 'bi' and comment is not null"
        ).fetchall()
    assert dict(views) == {
        "visits_by_country_week": "The rows of kpi.kpi_visits of grain week and dimension country. "
        "One row per cell: who's there.",
        "silent": None,
        "own": None,
        "commented": "By hand.",
    }
    assert dict(columns) == {
        "visits_by_country_week.country": "Member of the dimension country.",
        "visits_by_country_week.distinct_visitors": "Distinct visitors. Does not add up over the "
        "rows of this view.",
        "visits_by_country_week.sessions": "Sessions.",
    }
