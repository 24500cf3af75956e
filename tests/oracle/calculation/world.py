"""One business with everything that was found out about it, each thing found out once."""

from __future__ import annotations

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

        return LeadSources(self.reading, self.identity, self.channels, self.campaigns)

    @cached_property
    def leads(self):
        """Leads after merges."""
        from oracle.calculation.leads import merged_leads

        return merged_leads(self.lead_sources)

    @cached_property
    def journeys(self):
        """What became of each lead."""
        from oracle.calculation.lead_facts import journeys

        return journeys(self.lead_sources, self.leads, self.sales.orders)

    @cached_property
    def lead_scores(self):
        """The score of each lead, by its id."""
        from oracle.calculation.lead_facts import scores

        return scores(self.lead_sources, self.leads, self.number("score_after_days"))

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
