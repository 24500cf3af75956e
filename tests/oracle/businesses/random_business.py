"""From traits to the raw tables of a whole business."""

from __future__ import annotations

from oracle.businesses import contracts, people, pipeline, shop, visits
from oracle.businesses.damage import damaged
from oracle.businesses.dice import Dice, text
from oracle.businesses.traits import Traits

Tables = dict[str, list[dict[str, str | None]]]


def random_tables(traits: Traits, zone: str, columns: dict[str, list[str]]) -> Tables:
    """The rows of a business, as text, cut to the tables and columns that are delivered.

    Args:
        traits: what it is like.
        zone: the reporting time zone, on whose midnights things happen.
        columns: the columns that are delivered of each table.
    """
    dice = Dice(traits, zone)
    orders = shop.orders(dice)
    lines = shop.order_lines(dice, orders)
    refunds = shop.refunds(dice, orders)
    leads = pipeline.leads(dice)
    deals = pipeline.opportunities(dice, leads, orders)
    contract_lines = contracts.subscriptions(dice)
    rows = {
        "companies": people.companies(dice),
        "contacts": people.contacts(dice),
        "sales_reps": people.sales_reps(dice),
        "products": shop.products(dice),
        "product_costs": shop.product_costs(dice),
        "orders": orders,
        "order_lines": lines,
        "payments": shop.payments(dice, orders),
        "refunds": refunds,
        "refund_lines": shop.refund_lines(dice, refunds, lines),
        "fx_rates": shop.fx_rates(dice),
        "web_events": visits.web_events(dice, orders),
        "web_sessions": visits.web_sessions(dice),
        "touches": visits.touches(dice),
        "email_subscriptions": visits.email_subscriptions(dice),
        "campaigns": visits.campaigns(),
        "leads": leads,
        "lead_stage_history": pipeline.lead_stage_history(dice, leads),
        "lead_scores": pipeline.lead_scores(dice, leads),
        "lead_criteria": pipeline.lead_criteria(dice, leads),
        "opportunities": deals,
        "opportunity_splits": pipeline.opportunity_splits(dice, deals),
        "opportunity_stage_history": pipeline.opportunity_stage_history(dice, deals),
        "quotes": pipeline.quotes(dice, orders),
        "subscriptions": contract_lines,
        "subscription_changes": contracts.subscription_changes(dice, contract_lines),
        "usage_charges": contracts.usage_charges(dice, contract_lines),
        "surveys": contracts.surveys(),
        "survey_responses": contracts.survey_responses(dice, orders),
        "ad_spend": contracts.ad_spend(dice),
        "cost_ledger": contracts.cost_ledger(dice),
        "annotations": contracts.annotations(dice),
        "targets": [],
    }
    return {
        table: [
            {name: text(row.get(name)) for name in names}
            for row in damaged(dice, table, rows[table])
        ]
        for table, names in columns.items()
    }
