"""What loaders and people do to rows: repeats, versions, deletions, nonsense, other sources."""

from __future__ import annotations

from datetime import timedelta

from oracle.businesses.dice import Dice

NONSENSE = ["", "  ", "n/a", "31.02.2024", "0000-00-00", "nan", "1e308", "ten", "=1+1", "\u202e7"]


def damaged(dice: Dice, table: str, rows: list[dict]) -> list[dict]:
    """The rows of a table as they arrive."""
    found = []
    for row in rows:
        row = {**row, **_loading(dice)}
        if dice.chance(0.04, "unreadable"):
            row[dice.one_of(sorted(row))] = dice.one_of(NONSENSE)
        if dice.chance(0.05, "deletions"):
            row["is_deleted"] = True
        if dice.chance(0.05, "future") and "placed_at" in row:
            row["placed_at"] = dice.opens + timedelta(days=dice.traits.days + 400)
        found.append(row)
        if dice.chance(0.1, "repeats"):
            found.append(dict(row))
        if dice.chance(0.08, "conflicts") and not table.startswith("surveys"):
            found.append(_other_version(dice, row))
    dice.random.shuffle(found)
    return found


def _loading(dice: Dice) -> dict:
    loaded = {}
    if dice.traits.has_loaded_at:
        last = dice.opens + timedelta(days=dice.traits.days - 1, hours=30)
        loaded["loaded_at"] = dice.one_of([last, min(dice.moment(), last)])
    if dice.chance(0.1, "two_sources"):
        loaded["source_name"] = "second"
    return loaded


def _other_version(dice: Dice, row: dict) -> dict:
    """The same key with something changed, sometimes newer, sometimes not to be told apart."""
    other = dict(row)
    numbers = [name for name in row if name in ("quantity", "amount", "spend", "score", "industry")]
    for name in numbers:
        other[name] = dice.one_of(["1", "3"]) if name != "industry" else "retail"
    if dice.chance(0.6):
        other["source_updated_at"] = dice.moment()
    return other
