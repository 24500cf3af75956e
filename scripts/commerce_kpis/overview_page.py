"""The first page of `dbt docs`, models/overview.md: its list of KPI tables, with links to them."""

from __future__ import annotations

import re

from commerce_kpis.kpi_pages import THEMES
from commerce_kpis.kpi_yaml import kpi_models
from commerce_kpis.project import PROJECT

OVERVIEW = PROJECT / "models" / "overview.md"
# Comments that Markdown does not show; dbt's page would show those of HTML.
LIST = re.compile(
    r"(\[//\]: # \(KPI tables[^)]*\)\n).*?(\[//\]: # \(end of KPI tables\)\n)", re.DOTALL
)


def overview_page() -> str:
    """The page as it is, with the list of today's KPI tables in its place."""
    rows = ["| theme | tables | made of |", "|---|---|---|"]
    for theme, title in THEMES.items():
        models = [model for model in kpi_models() if model.theme == theme]
        if models:
            pages = [
                f"[{model.meta['kpi']['title']}](#!/model/model.commerce_kpis.{model.name})"
                for model in models
            ]
            parents = "%20".join(f"1%2B{model.name}" for model in models)
            lineage = f"[lineage](#!/overview?g_v=1&g_i={parents})"
            rows.append(f"| {title} | {', '.join(pages)} | {lineage} |")
    table = "\n".join(rows) + "\n"
    text = OVERVIEW.read_text(encoding="utf-8")
    return LIST.sub(lambda found: f"{found[1]}\n{table}\n{found[2]}", text)
