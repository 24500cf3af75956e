"""One business with everything that was found out about it, each thing found out once."""

from __future__ import annotations

from datetime import date
from functools import cached_property

from oracle.calculation.business import Business
from oracle.calculation.calendar import Calendar
from oracle.calculation.identity import Identity
from oracle.calculation.money import Rates
from oracle.calculation.reading import Reading, read_business
from oracle.calculation.statuses import Maker


class World:
    """What the functions of `kpis/` are given: `cells(world)` returns (CellKey, Cell) pairs.

    Facts of other modules are read through properties here, which import the module when asked.
    """

    def __init__(self, business: Business) -> None:
        self.business = business
        self.parameters = business.parameters
        self.configuration = business.configuration

    def number(self, parameter: str) -> int:
        """A parameter that is a whole number."""
        return int(self.parameters[parameter])

    @cached_property
    def reading(self) -> Reading:
        """The raw rows."""
        return read_business(self.business)

    @cached_property
    def rates(self) -> Rates:
        """Exchange rates."""
        return Rates(
            self.reading,
            str(self.parameters["reporting_currency"]),
            self.number("fx_carry_forward_days"),
        )

    @cached_property
    def identity(self) -> Identity:
        """Who is who."""
        return Identity(self.reading, self.business)

    @cached_property
    def contract_book(self):
        """Contracts that count (`contract_book.ContractBook`)."""
        from oracle.calculation.contract_book import contract_book

        return contract_book(self.reading, self.identity, self.rates, self.parameters)

    @cached_property
    def account_members(self):
        """What an account is on a day (`members.AccountMembers`)."""
        from oracle.calculation.members import account_members

        return account_members(self)

    @cached_property
    def activity(self):
        """When accounts are customers (`activity.AccountActivity`)."""
        from oracle.calculation.activity import AccountActivity

        return AccountActivity(
            self.order_dates,
            self.contract_book,
            self.number("inactivity_days"),
            self.reading.today,
        )

    @cached_property
    def subscriptions(self):
        """When contracts are in service (`activity.SubscriptionActivity`)."""
        from oracle.calculation.activity import SubscriptionActivity

        return SubscriptionActivity(
            self.contract_book.contracts, self.account_members, self.reading.today
        )

    @cached_property
    def order_dates(self) -> dict:
        """The days of the valid orders of each account, in order."""
        from oracle.calculation.customers import valid_order_dates

        return valid_order_dates(self.sales.valid)

    @cached_property
    def brought(self) -> list:
        """Account, day, net sales and margin of each movement."""
        from oracle.calculation.customers import brought

        return brought(self.sales.entries)

    @cached_property
    def answers(self) -> list:
        """Answers and invitations of surveys (`surveys.Answer`)."""
        from oracle.calculation.surveys import answers

        orders = self.sales.orders
        return answers(
            self.reading,
            self.identity,
            lambda order_id: orders[order_id].account_id if order_id in orders else None,
        )

    def net_sales(self, account_id: str, start: date, end: date):
        """Net sales of an account in [start, end)."""
        from oracle.calculation.customers import net_sales

        return net_sales(self._brought_by.get(account_id, ()), start, end)

    @cached_property
    def _brought_by(self) -> dict:
        found: dict = {}
        for account_id, day, net, _ in self.brought:
            found.setdefault(account_id, []).append((day, net))
        return found

    @cached_property
    def sales_without_rate(self) -> list:
        """Days of orders that were rejected for lack of a rate."""
        return list(self.sales.fx_missing)

    @cached_property
    def calendar(self) -> Calendar:
        """Periods; they begin with the first event, or the first day that bears a cost."""
        return Calendar(self.reading, self.parameters, self._cost_days())

    def _cost_days(self) -> list:
        """First days of service of bookings, since cost is spread from there."""
        return [
            row["service_start_date"]
            for row in self.reading.live("cost_ledger")
            if row["service_start_date"] and row["service_end_date"]
        ]

    @cached_property
    def maker(self) -> Maker:
        """What makes cells."""
        return Maker(self.reading, self.calendar, self.number("low_n_threshold"))

    @cached_property
    def sales(self):
        """Orders, lines, refunds and their movements (`orders.Sales`)."""
        from oracle.calculation.orders import Sales

        return Sales(self)

    @cached_property
    def closed_deals(self):
        """Deals that are won or lost."""
        from oracle.calculation.deals import closed_deals

        return closed_deals(self)

    @cached_property
    def payments(self):
        """Payments of orders."""
        from oracle.calculation.payments import all_payments

        return all_payments(self)

    @cached_property
    def channels(self):
        """The rules that make channels."""
        from oracle.calculation.channels import Channels

        return Channels(self.configuration["channel_rules"])

    @cached_property
    def campaigns(self):
        """What is known of campaigns."""
        from oracle.calculation.channels import Campaigns

        return Campaigns(self.reading.live("campaigns"), self.channels)

    @cached_property
    def lead_sources(self):
        """What leads are made with."""
        from oracle.calculation.leads import LeadSources

        return LeadSources(
            self.reading,
            self.identity,
            self.channels,
            self.campaigns,
            self.web.visitors,
            self.rates,
        )

    @cached_property
    def leads(self):
        """Leads after merges."""
        from oracle.calculation.leads import merged_leads

        return merged_leads(self.lead_sources)

    @cached_property
    def journeys(self):
        """What became of each lead."""
        from oracle.calculation.lead_facts import journeys

        return journeys(self.lead_sources, self.leads, self.sales.orders.values())

    @cached_property
    def lead_scores(self):
        """The score of each lead, by its id."""
        from oracle.calculation.lead_facts import scores

        return scores(self.lead_sources, self.leads, self.number("score_after_days"))

    @cached_property
    def quotes(self):
        """Quotes that count."""
        from oracle.calculation.lead_facts import quotes

        return quotes(self.lead_sources, self.leads, self.sales.orders.values())

    @cached_property
    def costs(self):
        """Cost by day."""
        from oracle.calculation.costs import all_costs

        return all_costs(self)

    @cached_property
    def web(self):
        """Visits, touches and credits (`web_facts.WebFacts`)."""
        from oracle.calculation.web_facts import WebFacts

        return WebFacts(self)
