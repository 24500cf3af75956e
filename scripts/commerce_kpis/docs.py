"""scripts/docs: dbt's documentation of a published file, as one HTML page that opens offline.

It is the page of `dbt docs generate --static`. Column types come from the published file, which is
only read, so that no build is in the way; and the page is mended where dbt leaves it wanting.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import click
import yaml

from commerce_kpis.console import UserError, make_console, run_command
from commerce_kpis.dbt_run import run_quietly
from commerce_kpis.display.published import check_published
from commerce_kpis.files import write_whole
from commerce_kpis.locks import locked
from commerce_kpis.project import PROFILE, PROJECT, PUBLISHED_FILE, target_folder

PAGE = PUBLISHED_FILE.with_name("docs.html")
# What dbt's page leaves for a browser to stumble over: pictures that it asks for before their names
# are known, and an icon whose name is never known.
MENDED = {
    'xlink:href="{{ getIcon': 'ng-attr-href="{{ getIcon',
    "${require('./assets/favicons/favicon.ico')}": "data:,",
}


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--file", type=Path, default=PUBLISHED_FILE, help="Published file to document.")
@click.option("--out", type=Path, default=PAGE, help="Where to write. Default: beside the file.")
def main(file: Path, out: Path) -> None:
    """Write one HTML page with every model, column and lineage of the project.

    It holds all it needs, and asks nobody for anything.
    """
    console = make_console()
    check_published(file)
    folder = target_folder() / "docs"
    folder.mkdir(parents=True, exist_ok=True)
    with locked([folder], wait=True, command="scripts/docs"):
        with tempfile.TemporaryDirectory() as profiles:
            _write_profile(Path(profiles), file.absolute())
            where = (
                *("--target-path", str(folder)),
                *("--project-dir", str(PROJECT), "--profiles-dir", profiles),
            )
            # Without compiling, which needs tables that are not published, dbt keeps no manifest.
            run_quietly(["parse", *where], console)
            run_quietly(["docs", "generate", "--static", "--no-compile", *where], console)
        manifest = (folder / "manifest.json").read_text(encoding="utf-8")
        page = (folder / "static_index.html").read_text(encoding="utf-8")
    if manifest not in page:
        raise UserError(f"{folder / 'static_index.html'} does not hold the manifest: dbt changed.")
    page = page.replace(manifest, _mended(manifest))
    for wanting, mended in MENDED.items():
        page = page.replace(wanting, mended)
    write_whole(out, page)
    console.print(f"{out}: {out.stat().st_size / 1e6:.1f} MB", markup=False)


def _write_profile(folder: Path, file: Path) -> None:
    """A profile by which dbt reads a published file as if it were the build."""
    target = {
        "type": "duckdb",
        "path": ":memory:",
        "database": "kpis",
        "attach": [{"path": str(file), "alias": "kpis", "read_only": True}],
        "settings": {"TimeZone": "UTC"},
    }
    profile = {PROFILE: {"target": "docs", "outputs": {"docs": target}}}
    (folder / "profiles.yml").write_text(yaml.safe_dump(profile), encoding="utf-8")


def _mended(manifest: str) -> str:
    """The manifest with a lineage of what is shown: without tests, and without arrows from and to
    models that `docs` in dbt_project.yml hides. No text in it can end the script it stands in."""
    content = json.loads(manifest)
    nodes = content["nodes"]
    for node in nodes.values():
        if node["resource_type"] == "test":
            node["docs"]["show"] = False
    hidden = {name for name, node in nodes.items() if not node["docs"]["show"]}
    for arrows in (content["parent_map"], content["child_map"]):
        for name, others in arrows.items():
            arrows[name] = [it for it in others if name not in hidden and it not in hidden]
    return json.dumps(content).replace("</", "<\\/")


if __name__ == "__main__":
    run_command(main, "scripts/docs")
