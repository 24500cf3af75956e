"""The order in which the demo company comes into being."""

from __future__ import annotations

from .accounts import finish_contacts, relate_companies, write_accounts
from .catalogue import add_products
from .deals import add_deals
from .dirt import add_dirt
from .journeys import add_visits
from .leads import add_leads, write_leads
from .marketing import add_ad_spend, add_costs, add_email_list, add_touches
from .model import World
from .order_changes import change_orders, write_orders
from .orders import add_orders
from .outlet import add_outlet
from .payments import add_payments
from .people import add_people
from .pipeline import add_pipeline
from .plans import add_annotations, add_fx_rates, add_targets
from .quarantine import add_quarantine
from .returns import add_refunds
from .sources import add_campaigns
from .subscriptions import add_subscriptions
from .surveys import add_surveys
from .web_specials import add_events, add_special_visits


def build_company(seed: int, has_every_rule: bool = False) -> World:
    """Return the whole demo company for a seed: objects first, then rows, then dirt.

    With `has_every_rule`, every rule of rejection catches a row in every column that has it.
    """
    world = World(seed)
    add_products(world)
    add_people(world)
    relate_companies(world)

    add_orders(world)
    change_orders(world)
    add_refunds(world)
    add_payments(world)

    add_leads(world)
    add_visits(world)
    add_special_visits(world)
    finish_contacts(world)

    write_accounts(world)
    write_orders(world)
    write_leads(world)
    add_events(world)
    add_pipeline(world)
    add_deals(world)
    add_subscriptions(world)
    add_surveys(world)

    add_campaigns(world)
    add_costs(world, add_ad_spend(world))
    add_touches(world)
    add_email_list(world)
    add_fx_rates(world)
    add_targets(world)
    add_annotations(world)

    add_outlet(world)
    add_dirt(world)
    add_quarantine(world, has_every_rule)
    return world
