"""What the raw rows say, once they are read, judged and resolved: the facts that KPIs count.

Moments are naive UTC datetimes, dates are dates in the reporting time zone, money is Decimal in
the reporting currency. Ids are qualified by their source wherever they leave their own row.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

Member = dict[str, str]  # dimension -> member, unknown members included


@dataclass
class Account:
    """A customer to be: a company after merges, a person, or a guest order."""

    account_id: str
    members: Member = field(default_factory=dict)  # segment, industry, account_size_band, ...
    is_internal: bool = False
    created_at: datetime | None = None
    original_source: str | None = None
    first_order_date: date | None = None  # of the first valid order
    acquisition_channel: str = "(unattributed)"


@dataclass
class OrderLine:
    """A line as placed, without tax, after its share of the order's discount."""

    order_line_id: str
    product_id: str | None
    added_date: date  # order date, or the day it was added
    is_added_later: bool
    quantity: Decimal
    gross: Decimal
    discount: Decimal
    tax: Decimal
    cost: Decimal | None
    is_gift_card: bool
    members: Member = field(default_factory=dict)  # product, product_category
    cancelled_date: date | None = None
    cancelled_share: Decimal = Decimal(0)


@dataclass
class Order:
    """One accepted order."""

    order_id: str
    source_name: str
    account_id: str
    contact_id: str | None
    client_id: str | None  # as delivered
    session_id: str | None  # as delivered
    placed_at: datetime
    order_date: date
    order_type: str
    is_placed: bool  # neither draft nor quote
    exclusion_reason: str | None
    cancelled_date: date | None  # of the whole order, as known at as_of
    invoiced_date: date | None
    paid_date: date | None
    is_valid: bool
    is_first_of_account: bool
    customer_type: str
    shipping: Decimal
    tax: Decimal
    lines: list[OrderLine]
    members: Member = field(default_factory=dict)  # sales_channel, country, sales_rep, ...


@dataclass
class Entry:
    """One movement of money of a sale at the date on which it happens."""

    order: Order
    line: OrderLine | None  # None for what has no product: shipping, tax, payments
    kind: str  # gross, discount, return, cancellation, shipping, tax, cost, ...
    entry_date: date
    amount: Decimal
    quantity: Decimal = Decimal(0)
    members: Member = field(default_factory=dict)


@dataclass
class Session:
    """One visit that counts."""

    session_id: str
    visitor_id: str  # browser, or the contact it was stitched to
    account_id: str | None
    started_at: datetime
    session_date: date
    pageviews: int
    bytes_sent: int | None
    order_ids: list[str] = field(default_factory=list)
    members: Member = field(
        default_factory=dict
    )  # marketing_channel, source, medium, campaign, ...


@dataclass
class Touch:
    """A visit or an offline touch on the path of an account."""

    touch_id: str
    account_id: str
    touched_at: datetime
    channel: str
    campaign: str
    is_marketing: bool


@dataclass
class Credit:
    """The share of one conversion that one model gives to one touch, or to none."""

    conversion_kind: str  # order or lead
    conversion_id: str
    model: str
    channel: str
    campaign: str
    touched_at: datetime | None
    credit: Decimal


@dataclass
class Lead:
    """One lead after merges."""

    lead_id: str
    account_id: str | None
    contact_id: str | None
    created_at: datetime
    created_date: date
    lead_type: str
    is_strict: bool
    exclusion_reason: str | None
    records: int
    members: Member = field(default_factory=dict)  # lead_source, marketing_channel, ...


@dataclass
class Spell:
    """Days on which something is so: an account is active, a subscription runs."""

    unit_id: str
    valid_from: date
    valid_to: date | None  # first day on which it is no longer so; None while it lasts
