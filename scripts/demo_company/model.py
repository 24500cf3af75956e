"""The things the demo company is made of, before they become rows. Money is in integer cents."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from .randomness import Draws

Row = dict[str, object]


def money(cents: int | None) -> Decimal | None:
    """Return cents as a decimal amount with two places; keep None."""
    return None if cents is None else Decimal(cents).scaleb(-2)


def rounded(numerator: int, denominator: int) -> int:
    """Return numerator / denominator as an integer, halves away from zero."""
    sign = -1 if numerator < 0 else 1
    return sign * ((2 * abs(numerator) + denominator) // (2 * denominator))


@dataclass(eq=False)
class Product:
    """A product of the shop. `price` and `cost` are cents per unit in the first year."""

    product_id: str
    name: str
    category: str
    price: int
    cost: int
    quantities: tuple[int, int]
    weight: int
    is_gift_card: bool = False


@dataclass(eq=False)
class Contact:
    """A person. `client_id` is the visitor this person is, whether or not the CRM knows it."""

    email: str
    role: str
    created_at: datetime
    company: Company | None = None
    client_id: str | None = None
    contact_id: str = ""
    extra: Row = field(default_factory=dict)


@dataclass(eq=False)
class Company:
    """An account of the shop. `pace` is the mean number of days between its orders."""

    name: str
    domain: str
    industry: str
    country: str
    employees: int
    created_at: datetime
    kind: str
    rep_id: str
    pace: int
    first_day: date | None = None
    stop_day: date | None = None
    channel: str = "rep"
    company_id: str = ""
    contacts: list[Contact] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    extra: Row = field(default_factory=dict)
    changes: list[tuple[datetime, Row]] = field(default_factory=list)

    @property
    def currency(self) -> str:
        """Currency of all its transactions."""
        return "GBP" if self.country == "GB" else "EUR"

    @property
    def first_sale(self) -> Order | None:
        """Its first order that is a valid sale."""
        return next((order for order in self.orders if order.is_valid), None)


@dataclass(eq=False)
class Line:
    """An order line. `tenths` is the quantity in tenths of a unit; amounts are cents."""

    product: Product
    tenths: int
    unit_price: int
    discount: int = 0
    tax: int | None = None
    tax_rate: str | None = None
    unit_cost: int | None = None
    added_at: datetime | None = None
    cancelled_at: datetime | None = None
    cancelled_tenths: int | None = None
    line_id: str = ""

    @property
    def amount(self) -> int:
        """Quantity times price, less the line's discount, in cents (with tax if prices have it)."""
        return self.tenths * self.unit_price // 10 - self.discount


@dataclass(eq=False)
class Order:
    """An order with its lines, as the shop keeps it. Amounts are cents of `currency`."""

    placed_at: datetime
    currency: str
    channel: str
    company: Company | None = None
    contact: Contact | None = None
    email: str | None = None
    country: str = "DE"
    lines: list[Line] = field(default_factory=list)
    kind: str = "sale"
    status: str = "placed"
    discount: int = 0
    shipping: int = 0
    tax: int | None = None
    includes_tax: bool = False
    cancelled_at: datetime | None = None
    paid_at: datetime | None = None
    refunded: int = 0
    session_id: str | None = None
    client_id: str | None = None
    order_id: str = ""
    mark: str = ""
    extra: Row = field(default_factory=dict)

    @property
    def goods(self) -> int:
        """Value of all lines after line discounts, in cents."""
        return sum(line.amount for line in self.lines)

    @property
    def total(self) -> int:
        """Lines less discounts plus shipping and tax, in cents; cancellations are not taken off."""
        tax = 0 if self.includes_tax else self.tax or 0
        return self.goods - self.discount + self.shipping + tax

    @property
    def is_valid(self) -> bool:
        """Whether it is a placed sale: no test, not rejected, not cancelled as a whole."""
        return (self.kind, self.status) == ("sale", "placed") and self.mark not in (
            "test_order",
            "internal_account",
            "fx_missing",
        )

    @property
    def is_plain_sale(self) -> bool:
        """Whether nothing special was planted on this sale yet."""
        return self.kind == "sale" and self.status == "placed" and not self.mark


@dataclass(eq=False)
class Lead:
    """A lead record. `wins` is the order that its company first placed, if it came to that."""

    created_at: datetime
    lead_type: str
    source: str
    channel: str
    contact: Contact | None = None
    company: Company | None = None
    email: str | None = None
    client_id: str | None = None
    utm: tuple[str, str, str] = ("", "", "")
    country: str = "DE"
    industry: str | None = None
    rep_id: str | None = None
    wins: Order | None = None
    first_seen_at: datetime | None = None
    is_spam: bool = False
    merged_into: Lead | None = None
    lead_id: str = ""
    opportunity_at: datetime | None = None
    extra: Row = field(default_factory=dict)


@dataclass
class Hit:
    """One web event. A session id is only set by the shop's server: cart, login, forms."""

    at: datetime
    name: str
    client_id: str | None
    device: str
    country: str
    contact: Contact | None = None
    session_id: str | None = None
    page: str = ""
    referrer: str = ""
    utm: tuple[str, str, str] = ("", "", "")
    order: Order | None = None
    is_bot: bool = False
    extra: Row = field(default_factory=dict)


@dataclass
class Planted:
    """One kind of dirt or special case and how many rows of a table carry it."""

    what: str
    table_name: str
    reason: str
    rows: int
    amount: Decimal | None
    description: str


class World:
    """Everything generated so far: objects that later steps refer to, rows, and what is planted."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.tables: dict[str, list[Row]] = {}
        self.planted: list[Planted] = []
        self.products: list[Product] = []
        self.companies: list[Company] = []
        self.contacts: list[Contact] = []
        self.orders: list[Order] = []
        self.leads: list[Lead] = []
        self.hits: list[Hit] = []
        self.visitors: dict[str, tuple[str, str]] = {}
        self._counters: dict[str, int] = {}

    def draws(self, stream: str) -> Draws:
        """Return the stream of draws of that name."""
        return Draws(self.seed, stream)

    def add(self, table: str, **values: object) -> Row:
        """Append one row to a raw table and return it."""
        self.tables.setdefault(table, []).append(values)
        return values

    def next_id(self, prefix: str) -> str:
        """Return the next free id of a prefix: s1, s2, ..."""
        self._counters[prefix] = self._counters.get(prefix, 0) + 1
        return f"{prefix}{self._counters[prefix]}"

    def plant(
        self,
        what: str,
        table: str,
        reason: str,
        rows: int,
        description: str,
        cents: int | None = None,
    ) -> None:
        """Write down what was planted; `cents` is its amount in the rows' own currency."""
        amount = money(cents)
        for one in self.planted:
            if (one.what, one.table_name, one.reason, one.description) == (
                what,
                table,
                reason,
                description,
            ):
                one.rows += rows
                one.amount = None if one.amount is None or amount is None else one.amount + amount
                return
        self.planted.append(Planted(what, table, reason, rows, amount, description))
