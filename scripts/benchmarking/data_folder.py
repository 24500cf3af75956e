"""The raw tables that a benchmark builds from."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from commerce_kpis.console import UserError
from commerce_kpis.project import PROJECT
from rich.console import Console


def data_folder(
    scale: float | None, data: Path | None, work: Path, days: int | None, console: Console
) -> Path:
    """The folder of the raw tables, generated if it is not there; where days follow, a copy.

    Raises:
        UserError: there is no such folder, and no scale to generate it at.
    """
    folder = (data or work / f"data_{scale:g}").absolute()
    if not folder.is_dir():
        if scale is None:
            raise UserError(f"There is no folder {folder}: name the one of the raw tables.")
        console.print(f"Generating data of scale {scale:g} in {folder} ...", markup=False)
        generate("--scale", f"{scale:g}", "--out", folder)
    if not days:
        return folder
    copy = work / "data_with_days"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy)
    return copy


def scale_of(folder: Path) -> float | None:
    """The scale that raw tables were generated at; None of tables of other origin."""
    generated = folder / "_generated.json"
    if not generated.exists():
        return None
    return json.loads(generated.read_text(encoding="utf-8"))["scale"]


def generate(*arguments: object) -> None:
    """scripts/generate_data.

    Raises:
        UserError: it failed; the message is its own.
    """
    done = subprocess.run(
        [sys.executable, "-m", "demo_company", *map(str, arguments)],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT / "scripts")},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or ["no message"]
        raise UserError(f"scripts/generate_data failed: {lines[-1].removeprefix('Error: ')}")
