"""One reader of scripts/soak: opens the published file, asks, closes, again and again.

Says `ready` after its first read, and when its input ends what it saw, as one line of JSON.
"""

from __future__ import annotations

import json
import select
import sys
from pathlib import Path

import duckdb

from commerce_kpis.soak_project import NotWhole, held_mark
from commerce_kpis.sql import first_line

PAUSE = 0.02  # seconds, so that two cores are left for the builds too
ASKED_AGAIN = 4  # every how many reads a connection is kept and asked a second time


def main() -> None:
    """Read the file of the first argument until the input ends."""
    file = Path(sys.argv[1])
    seen: dict[str, list] = {"reads": [], "marks": [], "errors": [], "mixtures": []}
    reads, latest = 0, 0
    while not select.select([sys.stdin], [], [], PAUSE)[0]:
        reads += 1
        if reads == 2:
            print("ready", flush=True)
        try:
            mark = _read(file, is_asked_again=reads % ASKED_AGAIN == 0)
        except NotWhole as mixture:
            seen["mixtures"].append(str(mixture))
            continue
        except duckdb.Error as error:
            seen["errors"].append(first_line(error))
            continue
        if mark < latest:
            seen["mixtures"].append(f"build {mark} came after build {latest}")
        latest = max(latest, mark)
        if mark not in seen["marks"]:
            seen["marks"].append(mark)
    print(json.dumps({**seen, "reads": reads}), flush=True)


def _read(file: Path, is_asked_again: bool) -> int:
    """The mark of the build in the file; the same for as long as the connection is open."""
    with duckdb.connect(str(file), read_only=True, config={"threads": 1}) as connection:
        mark = held_mark(connection)
        if is_asked_again:
            select.select([sys.stdin], [], [], PAUSE)
            again = held_mark(connection)
            if again != mark:
                raise NotWhole(f"one connection saw build {mark}, then build {again}")
    return mark


if __name__ == "__main__":
    main()
