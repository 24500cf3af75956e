"""A business as it is delivered, and what both calculations are told beside it."""

from __future__ import annotations

from dataclasses import dataclass, field

Row = dict[str, str | None]


@dataclass(frozen=True)
class Business:
    """Raw tables as a loader delivers them, and the parameters of the build.

    tables: rows of every table that was delivered, values as text, None where there is nothing.
    columns: the columns that were delivered of each of those tables; a table that is not in it was
        not delivered, one with no rows was.
    parameters: the variables of dbt_project.yml that hold for this build.
    configuration: the rows of each seed in seeds/config, as text.
    """

    tables: dict[str, list[Row]]
    columns: dict[str, list[str]]
    parameters: dict[str, object]
    configuration: dict[str, list[Row]] = field(repr=False, default_factory=dict)
