"""The folder of generated tables, and what it remembers of how it was made."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

import click

# The landing reader ignores names that start with an underscore.
STATE = "_generated.json"


@dataclass(frozen=True)
class State:
    """How a folder was made. `days` were appended; `is_whole` is false while it is written."""

    seed: int
    scale: float
    days: int = 0
    is_whole: bool = False

    def write(self, folder: Path) -> None:
        """Remember it in the folder."""
        text = json.dumps(asdict(self), indent=2) + "\n"
        (folder / STATE).write_text(text, encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> State:
        """What a folder remembers.

        Raises:
            click.ClickException: the folder was not made by this command, or not finished.
        """
        try:
            state = cls(**json.loads((folder / STATE).read_text(encoding="utf-8")))
        except FileNotFoundError:
            raise click.ClickException(
                f"{folder} has no {STATE}: make the tables with --scale first."
            ) from None
        except (ValueError, TypeError):
            raise click.ClickException(
                f"{folder / STATE} is damaged: make the tables again with --scale."
            ) from None
        if not state.is_whole:
            raise click.ClickException(
                f"{folder} was not written to its end: make the tables again with --scale."
            )
        return state


def empty_folder(folder: Path) -> None:
    """Make a folder, or empty one that this command made.

    Raises:
        click.ClickException: it holds files that this command did not write.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / STATE).exists():
        raise click.ClickException(
            f"{folder} holds files that this command did not write: name an empty folder."
        )
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
