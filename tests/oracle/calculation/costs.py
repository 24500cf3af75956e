"""Cost: ad spend and bookings, each day's part by channel, campaign and segment (K11, K14)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from oracle.calculation.channels import Campaigns, Channels
from oracle.calculation.facts import Member

UNALLOCATED = "(unallocated)"
MARKETING = ("marketing_program", "marketing_people")
SALES = ("sales_people", "sales_commission")
ACQUISITION = (*MARKETING, *SALES)
SCALE = Decimal("0.0001")
HUNDREDTH = Decimal("0.01")

Convert = Callable[[Decimal, str, date], Decimal | None]  # into the reporting currency


@dataclass(frozen=True)
class Cost:
    """The part of a booking that falls on one day."""

    cost_date: date
    scope: str
    amount: Decimal
    is_paid_media: bool
    is_lead_generation: bool
    is_ad_spend: bool = False
    platform_revenue: Decimal = Decimal(0)
    members: Member = field(default_factory=dict, hash=False)


@dataclass
class Costs:
    """All cost until the data's clock."""

    entries: list[Cost]
    today: date
    fx_missing: list[tuple[str, date, date]] = field(default_factory=list)  # scope, half-open days

    def booked(self, scopes: Iterable[str]) -> bool:
        """Whether anything was ever booked in one of some scopes."""
        scopes = set(scopes)
        return any(entry.scope in scopes for entry in self.entries)

    def gaps(self) -> dict[str, set[date]]:
        """Complete months of each scope without a booking, after its first one, by first day.

        A booking without a rate begins a scope, but no month has it.
        """
        booked: dict[str, set[date]] = defaultdict(set)
        for entry in self.entries:
            booked[entry.scope].add(entry.cost_date.replace(day=1))
        first = {scope: min(months) for scope, months in booked.items()}
        for scope, start, _ in self.fx_missing:
            month = start.replace(day=1)
            first[scope] = min(first.get(scope, month), month)
        return {
            scope: set(_complete_months(month, self.today)) - booked[scope]
            for scope, month in first.items()
        }

    def first_month(self, scopes: Iterable[str]) -> date | None:
        """The month of the first booking of some scopes."""
        scopes = set(scopes)
        days = [entry.cost_date for entry in self.entries if entry.scope in scopes]
        return min(days).replace(day=1) if days else None


def _complete_months(first: date, today: date) -> Iterator[date]:
    month = first
    while (following := _next_month(month)) <= today:
        yield month
        month = following


def _next_month(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def spread(amount: Decimal, start: date, end: date) -> Iterator[tuple[date, Decimal]]:
    """An amount over the days from start to the day before end, in hundredths.

    The first days take the units left over, and the first of all what is less than a unit.
    """
    days = (end - start).days
    sign = -1 if amount < 0 else 1
    units = int(abs(amount) / HUNDREDTH)
    rest = abs(amount) - units * HUNDREDTH
    each, more = divmod(units, days)
    for place in range(days):
        part = (each + (place < more)) * HUNDREDTH + (rest if place == 0 else 0)
        yield start + timedelta(days=place), sign * part


def ledger_costs(
    rows: Iterable[dict], convert: Convert, channels: Channels, campaigns: Campaigns, today: date
) -> tuple[list[Cost], list[tuple[str, date, date]]]:
    """Bookings by day, without those that repeat ad spend; and the days of those without a rate."""
    entries, missing = [], []
    for row in rows:
        if row["is_covered_by_ad_spend"]:
            continue
        start, end = row["service_start_date"], row["service_end_date"]
        if start is None or end is None:
            start, end = row["incurred_on"], row["incurred_on"] + timedelta(days=1)
        amount = convert(row["amount"], row["currency_code"], row["incurred_on"])
        if amount is None:
            missing.append((row["cost_scope"], start, end))
            continue
        whole = Cost(
            cost_date=start,
            scope=row["cost_scope"],
            amount=amount,
            is_paid_media=bool(row["is_paid_media"]),
            is_lead_generation=_is_lead_generation(row["campaign"], campaigns),
            members=_members(
                channels.named(row["marketing_channel"]) or campaigns.channel(row["campaign"]),
                row["campaign"],
                row["segment"],
                campaigns,
            ),
        )
        entries += [
            replace(whole, cost_date=day, amount=part)
            for day, part in spread(amount, start, end)
            if day <= today
        ]
    return entries, missing


def spend_costs(
    rows: Iterable[dict], convert: Convert, channels: Channels, campaigns: Campaigns
) -> tuple[list[Cost], list[tuple[str, date, date]]]:
    """Ad spend by day; all of it is paid media."""
    entries, missing = [], []
    for row in rows:
        day, currency = row["spend_date"], row["currency_code"]
        amount = convert(row["spend"], currency, day)
        if amount is None:
            missing.append(("marketing_program", day, day + timedelta(days=1)))
            continue
        channel = (
            channels.named(row["marketing_channel"])
            or campaigns.channel(row["campaign"])
            or channels.of(row["platform"], "ppc", row["campaign"])
        )
        entries.append(
            Cost(
                cost_date=day,
                scope="marketing_program",
                amount=amount,
                is_paid_media=True,
                is_lead_generation=_is_lead_generation(row["campaign"], campaigns),
                is_ad_spend=True,
                platform_revenue=convert(row["platform_revenue"] or Decimal(0), currency, day),
                members=_members(channel, row["campaign"], None, campaigns),
            )
        )
    return entries, missing


def _members(
    channel: str | None, campaign: str | None, segment: str | None, campaigns: Campaigns
) -> Member:
    return {
        "marketing_channel": channel or UNALLOCATED,
        "campaign": campaign or UNALLOCATED,
        **{
            dimension: campaigns.member(campaign, dimension) if campaign else UNALLOCATED
            for dimension in Campaigns.DIMENSIONS
        },
        "segment": segment or UNALLOCATED,
    }


def _is_lead_generation(campaign: str | None, campaigns: Campaigns) -> bool:
    """Whether a campaign bears the cost, and is not said to be meant for something else."""
    row = campaigns.rows.get(campaign)
    return campaign is not None and (row is None or row["is_lead_generation"])


def allocated(entries: Iterable[Cost], rules: list[dict]) -> list[Cost]:
    """Cost after the rules that spread a scope's cost of a channel once; the rest stays."""
    shares: dict[tuple[str, str], list[tuple[str, Decimal]]] = defaultdict(list)
    for rule in sorted(rules, key=lambda rule: rule["to_channel"]):
        key = rule["cost_scope"], rule["from_channel"]
        shares[key].append((rule["to_channel"], Decimal(rule["share"])))
    found = []
    for entry in entries:
        left = entry.amount
        for channel, share in shares.get((entry.scope, entry.members["marketing_channel"]), []):
            part = (entry.amount * share).quantize(SCALE, ROUND_HALF_UP)
            left -= part
            members = {**entry.members, "marketing_channel": channel}
            found.append(replace(entry, amount=part, members=members, platform_revenue=Decimal(0)))
        found.append(replace(entry, amount=left))
    return found


def all_costs(world) -> Costs:
    """Everything that was booked or spent, of a World."""
    reading, convert, today = world.reading, world.rates.convert, world.calendar.today
    ledger, ledger_missing = ledger_costs(
        reading.live("cost_ledger"), convert, world.channels, world.campaigns, today
    )
    spend, spend_missing = spend_costs(
        reading.live("ad_spend"), convert, world.channels, world.campaigns
    )
    entries = allocated([*ledger, *spend], world.configuration["cost_allocation_rules"])
    return Costs(entries, today, ledger_missing + spend_missing)
