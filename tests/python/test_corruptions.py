"""A share of what `python -m oracle.corruptions` tries, and whether it would notice anything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from oracle.calculation.business import Business
from oracle.corruptions.files_check import Deliveries
from oracle.corruptions.run import (
    Tally,
    damage_files,
    damage_values,
    random_business,
)
from oracle.corruptions.values import KINDS, corrupted
from oracle.corruptions.values_check import failures
from oracle.replay import TRUST, Replay
from oracle.shapes import SHAPES
from oracle.workshop import compiled


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where raw files go."""
    return tmp_path_factory.mktemp("corruptions")


def test_damaged_values_are_read_as_they_say_or_rejected(businesses: Path) -> None:
    tally = Tally()
    damage_values(tally, businesses, 600, seed=11)
    assert tally.failures == []
    assert tally.tried.keys() == KINDS.keys()
    assert tally.tried.total() == 600


@pytest.fixture(scope="module")
def built(businesses: Path, folder: Path) -> Iterator[tuple[Business, duckdb.DuckDBPyConnection]]:
    """A damaged business, and what the project made of it."""
    shape = SHAPES[0]
    replay = Replay(shape, compiled(shape, businesses), folder / "built", TRUST)
    business, _ = corrupted(random_business(shape, 15), 15, 125)
    yield business, replay.build(business)
    replay.close()


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        ("update staging.base_contract__orders set tax_amount = 0.0001", "is to be accepted"),
        ("update staging.base_contract__leads set row_status = 'rejected'", "is to be accepted"),
        ("delete from trust.dq_rejected_rows where row_status = 'rejected'", "is to be rejected"),
        ("delete from trust.dq_rejected_rows where row_status != 'rejected'", "to be superseded"),
        ("update trust.dq_rejected_rows set reject_reason = 'missing_x'", "not missing_x"),
        ("update trust.dq_rejected_rows set raw_row = '{}'", "is to be rejected"),
        ("update trust.dq_conservation set amount_landed = amount_landed + 1", "landed"),
        ("update trust.dq_conservation set rows_residual = 1", "leaves rows"),
        ("update trust.dq_rules set rows_caught = rows_caught + 1", "dq_rules does not list"),
    ],
)
def test_a_wrong_row_is_noticed(
    built: tuple[Business, duckdb.DuckDBPyConnection], harm: str, words: str
) -> None:
    business, connection = built
    assert not list(failures(business, connection))
    connection.execute("begin")
    connection.execute(harm)
    found = [f"{failure.table} {failure.what}" for failure in failures(business, connection)]
    connection.execute("rollback")
    assert any(words in what for what in found), found


def test_damaged_files_are_read_whole_or_refused(folder: Path) -> None:
    tally = Tally()
    damage_files(tally, folder, 7, seed=3)
    assert tally.failures == []
    assert tally.tried.total() == 7


def test_a_file_whose_columns_change_their_places_while_it_is_read_fails_the_build(
    folder: Path,
) -> None:
    business = random_business(SHAPES[0], 5)
    kind = "columns shuffled while it is read"
    assert Deliveries(folder / "changes").failures_of_change(business, kind) == []
