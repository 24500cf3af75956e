"""What scripts/check_landing prints of a landing place: its tables, the KPIs, the problems."""

from __future__ import annotations

import textwrap
from pathlib import Path

from rich.console import Console
from rich.text import Text

from commerce_kpis.kpi_yaml import KpiModel, kpi_models

WIDTH = 100
NAME, FOUND, ROWS = 27, 34, 10
STATUS = 16


def kpi_availability(delivered: dict[str, bool]) -> list[dict]:
    """Whether each KPI can be computed from what was delivered.

    Args:
        delivered: each need of a variant (`refunds`, `quotes.sent_at`, `web_events|web_sessions`)
            to whether it was delivered.

    Returns:
        One mapping per KPI table: `kpi`, `title`, `status` (`available`, `partly`: some variants,
        `missing_source`: none) and `lacking`, the variants of each set of needs that is missing.
    """
    found = []
    for model in kpi_models():
        variants = model.meta["variants"]
        lacking: dict[tuple[str, ...], list[str]] = {}
        for name, variant in variants.items():
            missing = tuple(need for need in variant.get("needs", []) if not delivered[need])
            if missing:
                lacking.setdefault(missing, []).append(name)
        lost = sum(map(len, lacking.values()))
        status = "partly" if lost else "available"
        found.append(
            {
                "kpi": model.name,
                "title": model.meta["kpi"]["title"],
                "status": "missing_source" if lost == len(variants) else status,
                "lacking": [
                    {"needs": list(needs), "variants": names} for needs, names in lacking.items()
                ],
            }
        )
    return sorted(found, key=lambda kpi: kpi["title"])


def print_report(report: dict, console: Console) -> None:
    """Print the findings at most 100 columns wide; only the lines of problems may be longer."""
    if report["tables"]:
        _print(console, f"Raw tables in {report['place']}", "bold")
        heading = f"{'':{NAME}}{'found':{FOUND}}{'rows':>{ROWS}}  don't parse, most in"
        _print(console, heading, "dim")
        for is_required, heading in ((True, "required"), (False, "optional")):
            _print(console, heading, "bold cyan")
            for table in report["tables"]:
                if table["is_required"] == is_required:
                    _print_table(table, report["place"], console)
    if report["kpis"]:
        _print_kpis(report["kpis"], console)
    if report["problems"]:
        _print(console, "\nA build would stop:", "bold red")
        for problem in report["problems"]:
            _print(console, problem)
    else:
        _print(console, "\nA build can run.", "bold green")


def _print_table(table: dict, place: str, console: Console) -> None:
    name = f" {table['table']:{NAME - 1}}"
    if not table["found"]:
        is_required = table["is_required"]
        _print(console, name + "missing", "red" if is_required else "dim")
        return
    rows = "unreadable" if table["rows"] is None else f"{table['rows']:,}"
    found = _found(table["found"], place)
    _print(console, f"{name}{found:{FOUND}}{rows:>{ROWS}}  {_unparsable(table['values'])}".rstrip())
    required = [f"{column} (required)" for column in table["missing_required"]]
    rejected = [f"{reason} {count:,}" for reason, count in table["rejected"].items()]
    for heading, words in (
        ("missing columns", required + table["missing"]),
        ("unknown columns", table["unknown"]),
        ("rows to be rejected", rejected),
    ):
        if words:
            _print_wrapped(console, f"{heading}: {', '.join(words)}", 3)


def _found(places: list[str], landing_place: str) -> str:
    """Where a table was found, within the landing place."""
    within = [place.removeprefix(landing_place).lstrip("/.") for place in places]
    return within[0] if len(within) == 1 else f"{Path(within[0]).parent}/ ({len(within)} files)"


def _unparsable(values: dict[str, list[int]]) -> str:
    """Share of the typed values that are not of their type; the column with most, and its share."""
    bad = {column: share for column, share in values.items() if share[1]}
    if not bad:
        return ""
    total = sum(count for count, _ in values.values())
    worst = max(bad, key=lambda column: bad[column][1])
    return (
        f"{_percent(sum(count for _, count in bad.values()) / total)}, "
        f"{worst} {_percent(bad[worst][1] / bad[worst][0])}"
    )


def _percent(share: float) -> str:
    """A share in percent; what is not nothing is not 0.0."""
    return f"{share:.1%}".replace("%", " %") if share >= 0.0005 else "< 0.1 %"


def _print_kpis(kpis: list[dict], console: Console) -> None:
    counts = [
        f"{sum(kpi['status'] == status for kpi in kpis)} {status}"
        for status in ("available", "partly", "missing_source")
    ]
    _print(console, f"\nKPIs: {', '.join(counts)}", "bold")
    defaults = {model.name: _default(model) for model in kpi_models()}
    complete = [kpi["title"] for kpi in kpis if kpi["status"] == "available"]
    if complete:
        _print_wrapped(console, ", ".join(complete), STATUS, "available", hang=0)
    for status in ("partly", "missing_source"):
        label = status
        for kpi in kpis:
            if kpi["status"] != status:
                continue
            default = defaults[kpi["kpi"]]
            _print_wrapped(console, _kpi_line(kpi, default), STATUS, label)
            if status == "partly":
                for lack in kpi["lacking"]:
                    _print_wrapped(console, _lack_line(lack, default), STATUS + 2)
            label = ""


def _kpi_line(kpi: dict, default: str) -> str:
    if kpi["status"] == "partly":
        return kpi["title"]
    needs = next(lack["needs"] for lack in kpi["lacking"] if default in lack["variants"])
    return f"{kpi['title']}: needs {_words(needs)}"


def _lack_line(lack: dict, default: str) -> str:
    names = [f"{name} (default)" if name == default else name for name in lack["variants"]]
    return f"without {', '.join(names)}: needs {_words(lack['needs'])}"


def _words(needs: list[str]) -> str:
    return ", ".join(need.replace("|", " or ") for need in needs)


def _default(model: KpiModel) -> str:
    return next(
        name for name, variant in model.meta["variants"].items() if variant.get("is_default")
    )


def _print_wrapped(
    console: Console, text: str, indent: int, label: str = "", hang: int = 2
) -> None:
    """Text that goes on below itself and further in, after a label in its margin."""
    lines = textwrap.wrap(
        text,
        WIDTH,
        initial_indent=f"{label:{indent}}",
        subsequent_indent=" " * (indent + hang),
        break_long_words=False,
        break_on_hyphens=False,
    )
    _print(console, "\n".join(lines))


def _print(console: Console, line: str, style: str = "") -> None:
    console.print(Text(line, style=style), soft_wrap=True)
