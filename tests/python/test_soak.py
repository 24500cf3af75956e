"""The short form of scripts/soak: publishing cannot hurt its readers."""

from __future__ import annotations

from conftest import run_module


def test_no_reader_is_hurt_by_kills_full_disks_or_missing_rights() -> None:
    done = run_module("soak", "--publishes", 20, "--kills", 10, "--builds", 3, "--seed", 5)
    assert done.returncode == 0, done.stdout + done.stderr
    counts = dict(line.rsplit(maxsplit=1) for line in done.stdout.splitlines() if line[-1:] != ".")
    counted = {name.strip(): int(count) for name, count in counts.items()}
    for name in ("errors", "mixtures", "leftovers", "violations"):
        assert counted[name] == 0
    assert counted["killed"] == 10
    assert counted["reads"] > 20
    assert counted["builds seen by readers"] > 2
    happened = {name for name, count in counted.items() if count}
    for phase in ("starting", "publishing", "published"):
        assert any(f"killed while {phase}" in name for name in happened)
    for name in ("full disk", "without permission", "refused", "waited"):
        assert any(name in count for count in happened)
