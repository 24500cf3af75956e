"""docs/data_model.md: the facts and dimensions as diagrams, a theme at a time."""

from __future__ import annotations

from commerce_kpis.console import UserError
from commerce_kpis.core_tables import CoreTable, Reference, core_tables, references
from commerce_kpis.project import PROJECT

DATA_MODEL = PROJECT / "docs" / "data_model.md"
MEASURES_SHOWN = 8
# Heading to what it says, and the tables of models/marts/core/ that it shows.
THEMES = {
    "Accounts and customers": (
        "Who buys, and how they were won. What an account was on a day stands in `dim_accounts`, "
        "what it is today in `fct_account_values`.",
        "dim_accounts fct_customers fct_new_customers fct_account_values",
    ),
    "Customers over time": (
        "Since when and until when an account is a customer, and what it is expected to order.",
        "fct_account_spells fct_account_periods fct_account_tenure_months fct_trailing_years "
        "fct_account_predictions fct_prediction_fits",
    ),
    "Orders and sales": (
        "What was ordered, and what became of it. Money that moves later than its order (a refund, "
        "a cancellation, an added line) is a row of `fct_sales_entries` on its own day.",
        "fct_orders fct_order_lines fct_sales_entries fct_payments dim_products",
    ),
    "Leads, quotes and deals": (
        "The way from a lead to an order, as the CRM and the shop tell it.",
        "fct_leads fct_lead_stage_entries fct_quotes fct_opportunities fct_opportunity_splits "
        "dim_sales_reps",
    ),
    "Web and marketing": (
        "Visits, what led to them, what they are credited with, and what they cost.",
        "fct_sessions fct_touches fct_attribution_credits fct_attributed_sales fct_costs "
        "fct_ad_spend dim_campaigns fct_cookieless_hits",
    ),
    "E-mail lists": (
        "Who joined a list, who left it, and who is on it.",
        "fct_email_subscription_events fct_email_list_spells fct_email_list_periods",
    ),
    "Recurring revenue": (
        "What contracts come to in a month, what changed it, and use that is billed beside them.",
        "fct_mrr_spells fct_mrr_movements fct_mrr_account_periods fct_subscription_periods "
        "fct_usage_charges fct_usage_spells",
    ),
    "Surveys": (
        "Who was asked, what they said, what they did afterwards, and what an account weighs.",
        "fct_survey_responses fct_survey_outcomes fct_nps_account_weights",
    ),
    "Calendar, targets and annotations": (
        "The periods that every KPI table has, and what is planned or noted for them.",
        "dim_dates dim_periods fct_targets fct_annotations",
    ),
}
HEART = (
    "dim_accounts fct_leads fct_opportunities fct_order_lines fct_orders fct_quotes "
    "fct_sales_entries fct_sessions fct_survey_responses fct_touches"
)
INTRODUCTION = """\
# The data model

<!-- Written by scripts/generate_docs from models/marts/core/: change that, not this. -->

The facts (`fct_...`) and dimensions (`dim_...`) of schema `core`, which every KPI is made of. They
stand in the published file. For a chart of a KPI you need none of them: begin with schema `bi`
([bi/README.md](bi/README.md)). You need them to see single orders, leads or visits, or to
[add a KPI](how_to/add_a_kpi.md).

How to read a diagram: a line from `fct_orders` to `dim_accounts` that ends in a fork at
`fct_orders` says that an account has any number of orders. A circle at the other end says that an
order may have none. `PK` is what makes a row unique, `FK` names a row of another table. A dotted
line goes by a name (a campaign, a sales rep) that the other table need not know. A box without
columns has them in the diagram of its own theme. A test follows every unbroken line for the rows of
the demo company that count.

- Rows that don't count are there, with `is_eligible` false and an `exclusion_reason`.
- A dimension with `valid_from_date` has a row per version: join on its id and
  `<date> >= valid_from_date and <date> < valid_to_date`. Facts carry the members of their own day
  already (`segment`, `industry`, ...), so most questions need no join.
- Money is in the reporting currency. `..._date` is a day of the reporting time zone, `..._at` a
  moment in UTC.

## The heart of it
"""


def data_model_page() -> str:
    """The page.

    Raises:
        UserError: a table stands in no theme, or a theme names one that does not exist.
    """
    themed = [name for _, names in THEMES.values() for name in names.split()]
    if odd := sorted({*themed} ^ {*core_tables()}):
        raise UserError(
            f"THEMES in scripts/commerce_kpis/data_model_page.py and models/marts/core/ differ in "
            f"{', '.join(odd)}: name each table in one theme."
        )
    page = INTRODUCTION + "\n" + _diagram(HEART.split(), has_columns=False)
    for title, (text, names) in THEMES.items():
        page += f"\n## {title}\n\n{text}\n\n{_diagram(names.split(), has_columns=True)}"
        page += "\n| table | one row per | measures |\n|---|---|---|\n"
        page += "".join(_row(core_tables()[name]) for name in names.split())
    return page


def _diagram(names: list[str], has_columns: bool) -> str:
    """Mermaid's picture of tables and of those that they refer to."""
    drawn = [it for it in references() if it.table in names and _is_drawn(it, names, has_columns)]
    lines = ["```mermaid", "erDiagram"]
    lines += [f"    {_line(it)}" for it in drawn]
    for name in names:
        table = core_tables()[name]
        if has_columns:
            lines += [f"    {name} {{", *_columns(table, drawn), "    }"]
        elif all(name not in (it.table, it.to_table) for it in drawn):
            lines.append(f"    {name}")
    return "\n".join([*lines, "```"]) + "\n"


def _is_drawn(reference: Reference, names: list[str], has_columns: bool) -> bool:
    """Whether a line says more than it hides: to tables that are not shown only by their ids."""
    if not has_columns and reference.table == reference.to_table:
        return False
    goes_by_id = not reference.is_by_name and reference.to_table != "dim_periods"
    return reference.to_table in names or (has_columns and goes_by_id)


def _line(reference: Reference) -> str:
    one = "|o" if reference.is_optional or reference.is_by_name else "||"
    is_whole_key = core_tables()[reference.table].key == reference.columns
    many = "o|" if is_whole_key else "o{"
    way = ".." if reference.is_by_name else "--"
    label = ", ".join(reference.columns)
    return f'{reference.to_table} {one}{way}{many} {reference.table} : "{label}"'


def _columns(table: CoreTable, drawn: list[Reference]) -> list[str]:
    """Key, references, dates and whether a row counts; measures stand in the table below."""
    named = {column for it in drawn if it.table == table.name for column in it.columns}
    lines = []
    for column, kind in table.columns.items():
        marks = ["PK"] * (column in table.key) + ["FK"] * (column in named)
        if marks or kind == "date" or column == "is_eligible":
            lines.append(f"        {kind.partition('(')[0]} {column} {', '.join(marks)}".rstrip())
    return lines


def _row(table: CoreTable) -> str:
    grain = table.description.removeprefix("One row per ").split(". ")[0].rstrip(".")
    measures = [
        f"`{column}`"
        for column, kind in table.columns.items()
        if kind.partition("(")[0] in ("decimal", "double", "bigint", "integer")
        and column not in table.key
    ]
    shown = ", ".join(measures[:MEASURES_SHOWN])
    if len(measures) > MEASURES_SHOWN:
        shown += f" and {len(measures) - MEASURES_SHOWN} more"
    return f"| `{table.name}` | {grain} | {shown} |\n"
