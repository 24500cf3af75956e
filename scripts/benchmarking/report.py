"""What a user reads of a benchmark."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from benchmarking.floor_run import LEFT_OUT
from benchmarking.results import FLOOR, PARSE, Bar, Benchmark, Measured

MEGABYTE = 1024 * 1024


def print_report(benchmark: Benchmark, bars: list[Bar], console: Console) -> None:
    """Print the runs, where their time went, and the bars."""
    console.print(_runs(benchmark))
    if benchmark.load_before > benchmark.machine["processors"] / 2:
        console.print(
            f"[yellow]The machine was busy (load {benchmark.load_before:.1f} before all): seconds "
            "and ratios of them say little, CPU more.[/]"
        )
    if FLOOR in benchmark.measured:
        console.print(f"\n[bold]{FLOOR}[/]: hand-written SQL. It leaves out {LEFT_OUT}.")
    if benchmark.agreement:
        colour = "green" if benchmark.is_agreed else "red"
        console.print(f"[{colour}]{benchmark.agreement}[/]")
    for one in benchmark.measured.values():
        if one.is_good and one.figures:
            _print_rooms(one, console)
    if benchmark.waits:
        waits = benchmark.waits
        same = "the same numbers" if waits.is_equal else "[red]other numbers[/]"
        console.print(
            f"\nA KPI by month and channel: median {waits.median_ms:.1f} ms, p95 "
            f"{waits.p95_ms:.1f} ms over {waits.queries} queries; from the facts "
            f"{waits.from_facts_ms:,.0f} ms ({waits.ratio:,.0f} x, {same})."
        )
    if bars:
        console.print()
        console.print(_bars(bars))
    for problem in benchmark.problems:
        console.print(f"\n[bold red]FAILED[/] {escape(problem)}")


def _runs(benchmark: Benchmark) -> Table:
    table = Table(box=None, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("run")
    table.add_column("result")
    for name in (
        "nodes passed",
        "wall s",
        "CPU s",
        "peak MB",
        "spilled MB",
        "file MB",
        "x floor",
        "CPU x",
    ):
        table.add_column(name, justify="right")
    for name, one in benchmark.measured.items():
        run = one.median
        ratios = (benchmark.ratio(name, FLOOR), benchmark.cpu_ratio(name, FLOOR))
        figures = one.figures
        table.add_row(
            name + (f" ({len(one.runs)} rounds)" if len(one.runs) > 1 else ""),
            "[green]passed[/]" if one.is_good else "[bold red]FAILED[/]",
            f"{figures.passed} of {figures.nodes}" if figures else "",
            f"{run.wall_seconds:,.1f}" if one.is_good else "-",
            f"{run.cpu_seconds:,.1f}",
            f"{run.peak_bytes / MEGABYTE:,.0f}",
            f"{run.spilled_bytes / MEGABYTE:,.0f}",
            f"{one.file_bytes / MEGABYTE:,.0f}" if one.file_bytes else "",
            *(f"{ratio:.2f}" if ratio and name not in (FLOOR, PARSE) else "" for ratio in ratios),
        )
    return table


def _print_rooms(one: Measured, console: Console) -> None:
    rooms = sorted(one.figures.rooms.items(), key=lambda room: -room[1])
    console.print(f"\n[bold]{one.name}[/], seconds of threads")
    console.print("  rooms    " + ", ".join(f"{room} {seconds:,.1f}" for room, seconds in rooms))
    slowest = ", ".join(f"{name} {seconds:,.1f}" for name, seconds in one.figures.slowest)
    console.print("  slowest  " + slowest)


def _bars(bars: list[Bar]) -> Table:
    table = Table(box=None, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("bar")
    table.add_column("measured", justify="right")
    table.add_column("at most", justify="right")
    table.add_column("")
    words = {True: "[green]met[/]", False: "[red]not met[/]", None: "[dim]not measured[/]"}
    for bar in bars:
        measured = "" if bar.figure is None else _shown(bar.figure, bar.unit)
        table.add_row(bar.name, measured, _shown(bar.at_most, bar.unit), words[bar.is_met])
    return table


def _shown(figure: float, unit: str) -> str:
    return f"{figure:.1%}" if unit == "share" else f"{figure:,.2f} {unit}"
