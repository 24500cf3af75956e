"""Raw rows as the facts see them: typed, judged, one per key, and cut at the data's clock.

Three fates: a row that breaks a rule is rejected, an older version is superseded, and a row that
is deleted or comes after the clock is excluded: it is kept with its `exclusion_reason`.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from oracle.calculation.business import Business
from oracle.calculation.contract import COMMON, TABLES, Column, RawTable
from oracle.calculation.rules import LARGEST, broken_rule
from oracle.calculation.values import UNREADABLE, WHITE_SPACE, read

Row = dict  # column -> typed value, with exclusion_reason

COMMON_COLUMNS = tuple(line.split()[0] for line in COMMON.split("\n") if line.strip())
FORBIDDEN_SOURCES = ("person", "guest", "contact")
CURRENCIES = ("currency_code", "from_currency", "to_currency")
UPPER = (*CURRENCIES, "country_code")
LOWER = ("email", "domain")
# What is added or recorded after the clock does not exist yet, instead of having been there before.
BEGINS_LATER = {"order_lines": "added_at", "subscription_changes": "recorded_at"}
EARLIEST = datetime(1, 1, 1)
MAILBOX = re.compile("[^@ ]+@[^@ ]+")


@dataclass
class Reading:
    """All raw tables after reading."""

    as_of: datetime
    zone: ZoneInfo
    columns: dict[str, set[str]]  # what was delivered
    tables: dict[str, list[Row]] = field(repr=False, default_factory=dict)
    rejected: dict[str, list[tuple[Row, str]]] = field(repr=False, default_factory=dict)
    plausible: tuple[datetime, datetime] = (datetime(2000, 1, 1), datetime(2100, 1, 1))

    def all(self, table: str) -> list[Row]:
        """Accepted rows, excluded ones too."""
        return self.tables.get(table, [])

    def live(self, table: str) -> list[Row]:
        """Accepted rows that are neither deleted nor after the clock."""
        return [row for row in self.all(table) if row["exclusion_reason"] is None]

    def has(self, need: str) -> bool:
        """Whether `table` or `table.column` was delivered; `a or b` needs one of them."""
        return any(self._has(one.strip()) for one in need.split(" or "))

    def _has(self, need: str) -> bool:
        table, _, column = need.partition(".")
        return table in self.columns and (not column or column in self.columns[table])

    def business_date(self, moment: datetime) -> date:
        """The date of a moment in the reporting time zone."""
        utc = moment.replace(tzinfo=ZoneInfo("UTC"))
        return utc.astimezone(self.zone).date()

    @property
    def today(self) -> date:
        """The business date of the clock."""
        return self.business_date(self.as_of)


def read_business(business: Business) -> Reading:
    """Read every table of a business."""
    parameters = business.parameters
    plausible = tuple(
        datetime.combine(date.fromisoformat(str(parameters[name])), time())
        for name in ("earliest_plausible_date", "latest_plausible_date")
    )
    judged = {
        table: judge(TABLES[table], table, rows, plausible)
        for table, rows in business.tables.items()
    }
    given = parameters.get("as_of")
    reading = Reading(
        as_of=_moment(given) if given else _latest(judged, plausible[0]),
        zone=ZoneInfo(str(parameters["reporting_timezone"])),
        columns={
            table: {name.lower() for name in names} for table, names in business.columns.items()
        },
        plausible=plausible,
    )
    for table, (good, rejected) in judged.items():
        reading.rejected[table] = rejected
        reading.tables[table] = [
            _at_the_clock(TABLES[table], table, row, reading) for row in newest(TABLES[table], good)
        ]
    return reading


def _moment(given: object) -> datetime:
    if isinstance(given, datetime):
        return given
    return datetime.fromisoformat(str(given).replace("Z", "")).replace(tzinfo=None)


def judge(
    table: RawTable, name: str, rows: list[dict], plausible: tuple[datetime, datetime]
) -> tuple[list[Row], list[tuple[Row, str]]]:
    """Good rows, and rejected ones with their reason."""
    good, rejected = [], []
    for raw in rows:
        row, reason = _typed(table, raw)
        reason = reason or broken_date(table, row, plausible) or broken_rule(name, row)
        if reason:
            rejected.append((row, reason))
        else:
            good.append(row)
    return good, rejected


def _typed(table: RawTable, raw: dict) -> tuple[Row, str | None]:
    """A row with typed values, and the first rule of types that it breaks."""
    raw = {name.lower(): value for name, value in raw.items()}
    row: Row = {"exclusion_reason": None}
    reason = None
    texts = []
    for column in table.columns:
        text = (raw.get(column.name) or "").strip(WHITE_SPACE)
        if column.name not in COMMON_COLUMNS:
            texts.append(text)
        row[column.name], broken = typed_value(column, text)
        reason = reason or broken
    source = row["source_name"]
    if source in FORBIDDEN_SOURCES or ":" in source:
        reason = reason or "invalid_source_name"
    row["row_hash"] = hashlib.md5("\x1f".join(texts).encode()).hexdigest()
    _qualify(row, source)
    return row, reason


def typed_value(column: Column, text: str) -> tuple[object, str | None]:
    """The value of a trimmed text in its column, and the rule of its type that it breaks."""
    text = text or column.default
    value = read(column, text) if text is not None else None
    broken = None
    if value is UNREADABLE:
        broken, value = f"unparsable_{column.name}", None
    elif value is None:
        broken = f"missing_{column.name}" if column.is_required else None
    elif column.accepted and value not in column.accepted:
        broken = f"unknown_{column.name}"
    elif column.name == "email" and column.is_required and not MAILBOX.fullmatch(value):
        broken = "invalid_email"
    elif column.name in CURRENCIES and not re.fullmatch("[A-Za-z]{3}", value):
        broken = f"invalid_{column.name}"
    elif column.kind in ("integer", "decimal", "rate") and abs(value) >= LARGEST:
        broken = f"implausible_{column.name}"
    if value is not None and column.name in UPPER:
        value = value.upper()
    if value is not None and column.name in LOWER:
        value = value.lower()
    return value, broken


def _qualify(row: Row, source: str) -> None:
    """Write ids with their source, so that two sources never meet in one id."""
    for column, value in row.items():
        if not column.endswith("_id") or value is None:
            continue
        if source != "default" or ":" in value:
            row[column] = f"{source}:{value}"


def as_moment(value: date | datetime) -> datetime:
    """A date as its first moment."""
    return value if isinstance(value, datetime) else datetime.combine(value, time())


def broken_date(table: RawTable, row: Row, plausible: tuple[datetime, datetime]) -> str | None:
    """The first rule of dates that a row breaks."""
    earliest, latest = plausible
    loaded = row["loaded_at"]
    if loaded is not None and not earliest <= loaded < latest:
        return "implausible_loaded_at"
    event = row[table.dated_by] if table.dated_by else None
    if event is not None:
        moment = as_moment(event)
        if not earliest <= moment < latest:
            return "implausible_date"
        is_moment = isinstance(event, datetime)  # a contract may well begin later
        if is_moment and loaded is not None and moment > loaded + timedelta(hours=24):
            return "future_event"
    for part in table.parts_dated_by:
        if row[part] is not None and as_moment(row[part]) < earliest:
            return f"implausible_{part}"
    return None


def newest(table: RawTable, rows: list[Row]) -> list[Row]:
    """One row per key: the newest version, then the newest load, then the smallest hash."""
    versions: dict[tuple, list[Row]] = {}
    for row in rows:
        versions.setdefault(tuple(row[column] for column in table.key), []).append(row)
    kept = []
    for same in versions.values():
        same.sort(key=lambda row: (row["row_hash"], row["is_deleted"]))
        same.sort(
            key=lambda row: (row["source_updated_at"] or EARLIEST, row["loaded_at"] or EARLIEST),
            reverse=True,
        )
        kept.append(same[0])
    return kept


def _latest(judged: dict[str, tuple[list[Row], list]], earliest: datetime) -> datetime:
    """The latest moment of loading, or without any the latest event that has a moment."""
    loaded = [row["loaded_at"] for good, _ in judged.values() for row in good if row["loaded_at"]]
    if loaded:
        return max(loaded)
    events = [
        row[TABLES[table].dated_by]
        for table, (good, _) in judged.items()
        if TABLES[table].dated_by
        for row in good
        if isinstance(row[TABLES[table].dated_by], datetime)
    ]
    return max(events, default=earliest)


def _at_the_clock(table: RawTable, name: str, row: Row, reading: Reading) -> Row:
    """Exclude what is deleted or later than the clock, and forget later moments of a state."""
    if row["is_deleted"]:
        row["exclusion_reason"] = "deleted_in_source"
    dated = (row[table.dated_by] if table.dated_by else None, row.get(BEGINS_LATER.get(name, "")))
    if any(_is_later(value, reading) for value in (*dated, row["loaded_at"])):
        row["exclusion_reason"] = row["exclusion_reason"] or "after_as_of"
    keep = (table.dated_by, "valid_from", "valid_to", *COMMON_COLUMNS)
    for column in table.columns:
        if column.kind == "timestamp" and column.name not in keep:
            value = row[column.name]
            if value is not None and value > reading.as_of:
                row[column.name] = None
    return row


def _is_later(value: date | datetime | None, reading: Reading) -> bool:
    if value is None:
        return False
    if isinstance(value, datetime):
        return value > reading.as_of
    return value > reading.today


def rejections(reading: Reading) -> Counter:
    """How often each reason rejected a row of each table."""
    return Counter(
        (table, reason) for table, rows in reading.rejected.items() for _, reason in rows
    )
