"""scripts/check_examples: every number of a definition has a unit test that proves it.

It lists KPI x variant x worked example x unit test, and finds what is not proven:

- a variant whose worked example no unit test of its model, named after the KPI's code (`K18_...`),
  expects with the number that the example prints;
- a ratio that no unit test expects to be null, which is what it is over a zero denominator;
- a label of a `case` that no unit test of its model expects;
- a known mistake of other projects (D1 to D13) without a test that bears its number.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table

from commerce_kpis.console import make_console, run_command
from commerce_kpis.kpi_yaml import EMPTY, KpiModel, UnitTest, kpi_models, unit_tests
from commerce_kpis.project import PROJECT

NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?(?:/\d+)?")
# Words; what begins or ends with a separator is put together into a key.
LABEL = re.compile(r"\b(?:then|else)\s+'([\w(][^':{}]*)'(?!\s*\|\|)")
NOT_SQL = re.compile(r"--[^\n]*|\{#.*?#\}|\{%.*?%\}", re.DOTALL)
EXPRESSION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
# Typing and rejection of raw rows come from the contract; the tests of its rules stand there.
UNLABELLED_FOLDERS = ("landing", "staging", "fixtures")
MISTAKES = tuple(f"D{number}" for number in range(1, 14))


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--gaps", "only_gaps", is_flag=True, help="List only what is not proven.")
def main(only_gaps: bool) -> None:
    """List each variant with its worked example and unit test; exit 1 if one is missing."""
    console = make_console()
    table = Table(box=None, header_style="dim", padding=(0, 1, 0, 0))
    for heading in ("KPI", "variant", "worked example", "unit test"):
        table.add_column(heading, overflow="fold")
    gaps = []
    variants = 0
    for model in kpi_models():
        for variant, settings in model.meta["variants"].items():
            variants += 1
            proofs = proofs_of(model, variant)
            if not proofs:
                gaps.append(f"{model.name}.{variant}: no unit test {model.meta['kpi']['code']}_...")
            if not (only_gaps and proofs):
                table.add_row(
                    model.meta["kpi"]["code"],
                    variant,
                    escape(settings["example"]),
                    ", ".join(proofs) or "[bold red]missing[/]",
                )
    gaps += [*null_gaps(), *label_gaps(), *mistake_gaps()]
    if table.row_count:
        console.print(table, soft_wrap=False)
    for gap in gaps:
        console.print(f"[bold red]gap[/] {escape(gap)}")
    console.print(
        f"{len(kpi_models())} KPI tables, {variants} variants, {len(unit_tests())} unit tests, "
        f"{len(gaps)} gaps."
    )
    if gaps:
        sys.exit(1)


def proofs_of(model: KpiModel, variant: str) -> list[str]:
    """Names of the unit tests that expect the variant with a number of its worked example."""
    settings = model.meta["variants"][variant]
    printed = list(_numbers(settings["example"]))
    factor = 100 if settings["unit"] == "fraction" else 1
    found = []
    for test in _tests_of(model.name):
        if not test.name.startswith(f"{model.meta['kpi']['code']}_"):
            continue
        values = [_decimal(value) for value in test.expects(variant) if value not in EMPTY]
        if any(
            _is_printed(value * scale, number)
            for value in values
            if value is not None
            for scale in (1, factor)
            for number in printed
        ):
            found.append(test.name)
    return found


def null_gaps() -> Iterator[str]:
    """Ratios that are null in no expected row."""
    for model in kpi_models():
        for variant, settings in model.meta["variants"].items():
            if settings.get("denominator") and not any(
                value in EMPTY for test in _tests_of(model.name) for value in test.expects(variant)
            ):
                yield f"{model.name}.{variant}: no unit test with a zero denominator"


def label_gaps() -> Iterator[str]:
    """Labels of a `case` that no expected row holds."""
    models = PROJECT / "models"
    for path in sorted(models.rglob("*.sql")):
        if path.relative_to(models).parts[0] in UNLABELLED_FOLDERS:
            continue
        expected = {str(value) for test in _tests_of(path.stem) for value in _values(test)}
        for label in labels_in(path):
            if label not in expected:
                yield f"{path.stem}: no unit test expects the label '{label}'"
    everywhere = {str(value) for test in unit_tests() for value in _values(test)}
    for path in sorted((PROJECT / "macros").rglob("*.sql")):
        for label in labels_in(path):
            if label not in everywhere:
                yield f"macro {path.stem}: no unit test expects the label '{label}'"


def mistake_gaps() -> Iterator[str]:
    """Known mistakes of other projects that no test is named after."""
    names = {test.name.split("_")[0] for test in unit_tests()}
    for path in (PROJECT / "tests").rglob("*"):
        if path.suffix == ".sql":
            names.add(path.stem.split("_")[0])
        elif path.suffix == ".py":
            names.update(re.findall(r"def test_(D\d+)_", path.read_text(encoding="utf-8")))
    for mistake in MISTAKES:
        if mistake not in names:
            yield f"{mistake}: no test named {mistake}_..."


def labels_in(path: Path) -> list[str]:
    """The labels that the `case`s of a file give out, in order."""
    code = EXPRESSION.sub("{}", NOT_SQL.sub(" ", path.read_text(encoding="utf-8")))
    return list(dict.fromkeys(LABEL.findall(code)))


def _tests_of(model: str) -> list[UnitTest]:
    return [test for test in unit_tests() if test.model == model]


def _values(test: UnitTest) -> Iterator[object]:
    for row in test.rows:
        yield from row.values()


def _numbers(text: str) -> Iterator[tuple[Decimal, int]]:
    """Numbers in a text, with their decimal places; `14/15` is one with four places."""
    for found in NUMBER.findall(text):
        if "/" in found:
            fraction = Fraction(found.replace(",", ""))
            yield Decimal(fraction.numerator) / Decimal(fraction.denominator), 4
        written = found.split("/")[0].replace(",", "")
        yield Decimal(written), len(written.partition(".")[2])


def _is_printed(value: Decimal, number: tuple[Decimal, int]) -> bool:
    printed, places = number
    unit = Decimal(1).scaleb(-places)
    return value.quantize(unit, ROUND_HALF_UP) == printed.quantize(unit, ROUND_HALF_UP)


def _decimal(value: object) -> Decimal | None:
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


if __name__ == "__main__":
    run_command(main, "scripts/check_examples")
