"""Python models on Spark, run where dbt runs.

dbt imports every module it finds whose name begins with `dbt_`. dbt-spark hands a Python model to a
service of Databricks, which a Spark of one's own has not. Here a model reads its tables through
the session or the thrift server that dbt itself uses, and its table goes back the same way.
"""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal
from typing import Any

try:
    from dbt.adapters.base import PythonJobHelper
    from dbt.adapters.spark.impl import SparkAdapter
except ImportError:  # Spark is not installed: there is nothing to do.
    PythonJobHelper, SparkAdapter = object, None

ROWS_AT_A_TIME = 2_000
TYPES = {"int64": "bigint", "float64": "double", "bool": "boolean", "boolean": "boolean"}


class PythonModel(PythonJobHelper):
    """One Python model, which leaves its table aside, as its materialization expects."""

    def __init__(self, parsed_model: dict, credential: Any) -> None:
        self.relation = f"{parsed_model['schema']}.{parsed_model['alias']}__dbt_tmp"
        self.credential = credential

    def submit(self, compiled_code: str) -> None:
        """Run the model."""
        names: dict[str, Any] = {"__name__": self.relation}
        exec(compile(compiled_code, self.relation, "exec"), names)
        if self.credential.method == "session":
            from pyspark.sql import SparkSession

            session = SparkSession.builder.getOrCreate()
            frame = names["model"](names["dbtObj"](session.table), session)
            frame.write.format("parquet").saveAsTable(self.relation)
        else:
            from pyhive import hive

            place = {"host": self.credential.host, "port": self.credential.port}
            with hive.connect(**place) as connection, connection.cursor() as cursor:
                frame = names["model"](names["dbtObj"](lambda name: _read(cursor, name)), None)
                _write(cursor, frame, self.relation)


def _read(cursor: Any, relation: str) -> Any:
    """A table as a pandas DataFrame."""
    import pandas as pd

    cursor.execute(f"select * from {relation}")
    columns = [column[0].rsplit(".", 1)[-1] for column in cursor.description]
    return pd.DataFrame(cursor.fetchall(), columns=columns)


def _write(cursor: Any, frame: Any, relation: str) -> None:
    """A pandas DataFrame as a table."""
    columns = [(name, _sql_type(str(kind))) for name, kind in frame.dtypes.items()]
    declared = ", ".join(f"`{name}` {kind}" for name, kind in columns)
    cursor.execute(f"create table {relation} ({declared}) using parquet")
    rows = list(frame.astype(object).where(frame.notna(), None).itertuples(index=False))
    for first in range(0, len(rows), ROWS_AT_A_TIME):
        values = ", ".join(
            f"({', '.join(map(_literal, row))})" for row in rows[first : first + ROWS_AT_A_TIME]
        )
        casts = ", ".join(
            f"cast(col{number} as {kind})" for number, (_, kind) in enumerate(columns, start=1)
        )
        cursor.execute(f"insert into {relation} select {casts} from values {values}")


def _sql_type(kind: str) -> str:
    return "timestamp" if kind.startswith("datetime64") else TYPES.get(kind.lower(), "string")


def _literal(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value!r}D"
    if isinstance(value, (int, Decimal)):
        return str(value)
    if isinstance(value, date):  # moments too
        return f"timestamp '{value}'"
    escaped = str(value).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


if SparkAdapter is not None:
    SparkAdapter.default_python_submission_method = property(lambda adapter: "beside_dbt")
    SparkAdapter.python_submission_helpers = property(lambda adapter: {"beside_dbt": PythonModel})
