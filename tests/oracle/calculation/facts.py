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
    acquisition_channel: str = "(unattributed)"


@dataclass
class OrderLine:
    """A line as placed, in the order's currency, without tax, after its share of the discount."""

    order_line_id: str
    product_id: str | None
    added_at: datetime | None
    added_date: date  # order date, or the day it was added
    is_added_later: bool
    quantity: Decimal
    gross: Decimal
    discount: Decimal
    tax: Decimal
    cost: Decimal | None  # in the reporting currency
    is_gift_card: bool
    members: Member = field(default_factory=dict)  # product, product_category
    cancelled_at: datetime | None = None
    cancelled_quantity: Decimal = Decimal(0)

    @property
    def net(self) -> Decimal:
        """Its value after discounts."""
        return self.gross - self.discount


@dataclass
class Order:
    """One accepted order; amounts are in its own currency."""

    order_id: str
    source_name: str
    account_id: str
    contact_id: str | None
    client_id: str | None  # as delivered
    session_id: str | None  # as delivered
    email: str | None
    placed_at: datetime
    order_date: date
    order_type: str
    currency_code: str
    rate: Decimal  # of the order's date
    is_placed: bool  # neither draft nor quote
    exclusion_reason: str | None
    cancelled_at: datetime | None  # of the whole order, as known at as_of
    cancelled_date: date | None
    invoiced_date: date | None
    paid_date: date | None
    is_valid: bool
    shipping: Decimal
    tax: Decimal
    lines: list[OrderLine]
    is_first_of_account: bool = False
    customer_type: str = "prospect"
    members: Member = field(default_factory=dict)  # sales_channel, country, sales_rep, ...

    @property
    def counts(self) -> bool:
        """Whether it counts in revenue."""
        return self.exclusion_reason is None and self.order_type in ("sale", "credit")

    @property
    def is_sale(self) -> bool:
        """Whether it counts as an order that was placed."""
        return self.exclusion_reason is None and self.order_type == "sale"


@dataclass
class Entry:
    """One movement of money of a sale at the date on which it happens, in the reporting currency.

    kind is gross, discount, return, cancellation, cost, shipping, tax or fx (what net sales change
    by at the rate of the movement's own date). Returns and cancellations are positive, costs,
    shipping and tax that are given back negative. Only movements that count are entries.
    """

    order: Order
    line: OrderLine | None  # None for what has no product: shipping and tax
    kind: str
    entry_date: date
    amount: Decimal
    quantity: Decimal = Decimal(0)  # units of a gross, return or cancellation
    members: Member = field(default_factory=dict)  # product, product_category
    refund_id: str | None = None
    reason_group: str | None = None
    is_goods_return: bool = False
    invoiced_date: date | None = None  # not before the day of the invoice; None without one


@dataclass
class Session:
    """One visit that counts."""

    session_id: str
    source_name: str
    client_id: str
    visitor_id: str  # browser, or the contact it was stitched to
    account_id: str | None
    started_at: datetime
    session_date: date
    pageviews: int
    bytes_sent: int | None
    parts_by_campaign: int | None  # visits that it would be if a change of campaign split it
    has_form: bool
    is_repeat: bool = False  # the visitor had an earlier one
    is_repeat_of_account: bool = False  # the visitor, or anybody of the account, had one
    orders: list[Order] = field(default_factory=list)  # valid ones placed in it
    steps: list[datetime | bool | None] = field(default_factory=list)  # see web.steps
    members: Member = field(default_factory=dict)  # marketing_channel, source, ...


@dataclass
class CookielessHit:
    """A hit, or a delivered visit, of somebody who refused consent."""

    hit_date: date
    pageviews: int
    bytes_sent: int | None
    members: Member = field(default_factory=dict)  # device_type, country


@dataclass
class Touch:
    """A visit or an offline touch on the path of an account."""

    touch_id: str
    account_id: str | None  # None of nobody known
    person_id: str | None  # contact or browser; None if it names a company only
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
class LeadRecord:
    """One record of a lead, as the CRM lists it."""

    lead_id: str
    record_date: date
    is_strict: bool
    is_spam: bool


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
    records: list[LeadRecord]
    client_id: str | None = None
    is_reachable: bool = False  # by an e-mail address or a phone number
    members: Member = field(default_factory=dict)  # lead_source, marketing_channel, ...

    @property
    def counts(self) -> bool:
        """Whether it is a lead at all: strict and not excluded."""
        return self.is_strict and self.exclusion_reason is None
