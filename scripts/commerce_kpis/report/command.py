"""scripts/report: writes a published file as one HTML page that opens offline and can be mailed."""

from __future__ import annotations

from pathlib import Path

import click
from altair.utils.schemapi import debug_mode

from commerce_kpis.console import UserError, make_console, run_command
from commerce_kpis.display.formatting import DEFAULT_LOCALE, Numbers, checked_locale
from commerce_kpis.display.published import check_published, opened
from commerce_kpis.files import write_whole
from commerce_kpis.project import GRAINS, PUBLISHED_FILE
from commerce_kpis.report.contents import read_contents
from commerce_kpis.report.page import report_html

REPORT = PUBLISHED_FILE.with_name("report.html")


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--file", type=Path, default=PUBLISHED_FILE, help="Published file to report on.")
@click.option("--out", type=Path, default=REPORT, help="Where to write. Default: beside the file.")
@click.option("--by", "grain", type=click.Choice(GRAINS), default="month", show_default=True)
@click.option("--locale", default=DEFAULT_LOCALE, show_default=True, help="How numbers look.")
def main(file: Path, out: Path, grain: str, locale: str) -> None:
    """Write one HTML file with every KPI: values, charts, tables, statuses, definitions.

    It holds all it needs, and asks nobody for anything.
    """
    numbers = Numbers(checked_locale(locale))
    check_published(file)
    with opened(file) as connection:
        contents = read_contents(connection, grain)
    if contents.start is None:
        raise UserError(f"{file} holds no {grain} yet: choose another with --by.")
    # Our own charts need no check against the schema of Vega: it takes as long as drawing them.
    with debug_mode(False):
        page = report_html(contents, numbers)
    write_whole(out, page)
    size = out.stat().st_size / 1e6
    make_console().print(f"{out}: {len(contents.catalog.kpis)} KPIs, {size:.1f} MB")


if __name__ == "__main__":
    run_command(main, "scripts/report")
