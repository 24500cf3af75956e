"""What is ordered and when: orders of companies and guests, and the special kinds of order."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from .catalogue import FREE_GOODS, price
from .clock import LAST_DAY, SEASON, busy_day, clear_of_fx_gap, later, office_moment, progress
from .model import Company, Line, Order, World, rounded
from .randomness import Draws

_SIZES = {"small_business": 62, "mid_market": 100, "enterprise": 165}
_FREE_SHIPPING_FROM = 150000


def add_orders(world: World) -> None:
    """Create all orders of the shop, numbered by the time at which they were placed."""
    draws = world.draws("orders")
    for company in world.companies:
        for day in _order_days(draws, company):
            moment = clear_of_fx_gap(office_moment(draws, day), company.currency)
            if moment.date() <= LAST_DAY:
                add_order(world, draws, company, moment)
    _add_guests(world, world.draws("guests"))
    _add_special_kinds(world, world.draws("special orders"))
    world.orders.sort(key=lambda order: (order.placed_at, order.total, order.email or ""))
    for order in world.orders:
        order.order_id = world.next_id("o")
        for line in order.lines:
            line.line_id = world.next_id("l")
    for company in world.companies:
        company.orders.sort(key=lambda order: (order.placed_at, order.order_id))


def _order_days(draws: Draws, company: Company) -> list[date]:
    """Return the days on which the company orders: a steady pace, sometimes silence or the end."""
    days: list[date] = []
    day = company.first_day
    last = company.stop_day or LAST_DAY
    while day is not None and day < last:
        days.append(day)
        if draws.chance(0.034):
            if draws.chance(0.55):
                break
            gap = draws.between(190, 380)
        else:
            gap = int(company.pace * (0.45 + 1.1 * draws.unit()) * 100 / SEASON[day.month - 1])
        day += timedelta(days=max(gap, 2))
    return days


def add_order(world: World, draws: Draws, company: Company, moment: datetime) -> Order:
    """Create a plain sale of the company at that moment; it is numbered later."""
    from_habit = draws.chance(0.8)
    channel = company.channel if from_habit else draws.pick(("rep", "EDI", "phone", "phone", "web"))
    order = Order(moment, company.currency, channel, company=company, country=company.country)
    if channel == "web":
        order.contact = draws.pick(company.contacts)
        if order.contact.created_at > moment:
            order.contact = company.contacts[0]
    size = _SIZES[
        "small_business"
        if company.employees < 50
        else "mid_market"
        if company.employees < 250
        else "enterprise"
    ]
    _fill(world, draws, order, size)
    price_order(draws, order)
    company.orders.append(order)
    world.orders.append(order)
    return order


def _fill(world: World, draws: Draws, order: Order, size: int) -> None:
    """Put one to five lines into the order; `size` is percent of a usual quantity."""
    count = draws.weighted(((1, 36), (2, 31), (3, 19), (4, 9), (5, 5)))
    growth = 100 + int(25 * progress(order.placed_at.date()))
    offered = [(product, product.weight) for product in world.products]
    chosen: list[str] = []
    while len(order.lines) < count:
        product = draws.weighted(offered)
        if product.product_id in chosen:
            continue
        chosen.append(product.product_id)
        quantity = max(1, rounded(draws.between(*product.quantities) * size * growth, 10000))
        cents = price(product, order.placed_at.date(), order.currency)
        order.lines.append(Line(product, quantity * 10, cents))


def price_order(draws: Draws, order: Order) -> None:
    """Set discounts, shipping and tax. Only German orders carry tax (19 %): others are exports."""
    for line in order.lines:
        if draws.chance(0.12):
            line.discount = rounded(line.amount * draws.pick((3, 5, 8)), 100)
    by_line = order.country == "DE" and order.channel in ("web", "phone")
    if not by_line and draws.chance(0.13):
        order.discount = rounded(order.goods * draws.pick((2, 3, 5)), 100)
    if not by_line and order.goods - order.discount < _FREE_SHIPPING_FROM:
        order.shipping = 2490 if order.currency == "EUR" else 2150
    set_tax(order, by_line)


def set_tax(order: Order, by_line: bool) -> None:
    """Set the order's tax, and its lines' tax where the shop keeps it by line."""
    if order.country != "DE":
        order.tax = 0
    elif by_line:
        for line in order.lines:
            line.tax = rounded(line.amount * 19, 100)
        order.tax = sum(line.tax or 0 for line in order.lines)
    else:
        order.tax = rounded((order.goods - order.discount + order.shipping) * 19, 100)


def _guest_order(world: World, draws: Draws, moment: datetime, email: str | None) -> Order:
    """Create an order without a company, at prices that include tax."""
    order = Order(moment, "EUR", draws.pick(("web", "marketplace")), email=email)
    _fill(world, draws, order, 35)
    order.includes_tax = True
    how = draws.weighted((("line amounts", 4), ("line rates", 3), ("order amount", 3)))
    for line in order.lines:
        line.unit_price = rounded(line.unit_price * 119, 100)
        if how == "line amounts":
            line.tax = line.amount - rounded(line.amount * 100, 119)
        elif how == "line rates":
            line.tax_rate = "0.19"
    if how == "order amount":
        order.tax = order.goods - rounded(order.goods * 100, 119)
    world.orders.append(order)
    return order


def _add_guests(world: World, draws: Draws) -> None:
    """Plant every way in which an order without a company can be traced, or cannot."""
    grown = [company for company in world.companies if company.kind == "base" and company.contacts]
    corporate = draws.sample([c for c in grown if not c.changes], 13)
    ways = (
        ("guest_free_mail", 66, "free-mail addresses: person accounts, some with several orders"),
        ("guest_no_email", 18, "no e-mail at all: each order is its own account"),
        ("guest_known_contact", 15, "the e-mail of a known contact, so of its company"),
        ("guest_corporate_domain", 12, "an unknown person at the domain of exactly one company"),
        ("guest_shared_domain", 3, "an unknown person at a domain of two companies"),
    )
    domain = corporate[12].domain
    next(company for company in grown if company.changes).domain = domain
    addresses: list[str] = []
    for reason, count, text in ways:
        for number in range(count):
            # Well after the start, so that no known account begins with a guest's order.
            moment = office_moment(draws, busy_day(draws, 2.0, date(2023, 9, 15)))
            if reason == "guest_free_mail":
                if not addresses or draws.chance(0.72):
                    # Gmail allows no hyphen, so these addresses cannot be anybody's.
                    addresses.append(f"demo-guest-{len(addresses) + 1:03d}@gmail.com")
                email: str | None = draws.pick(addresses[-12:])
            elif reason == "guest_known_contact":
                email = draws.pick(draws.pick(grown).contacts).email.upper()
            elif reason == "guest_corporate_domain":
                email = f"office@{corporate[number].domain}"
            else:
                email = f"desk{number}@{domain}" if reason == "guest_shared_domain" else None
            _guest_order(world, draws, moment, email).mark = reason
        world.plant("special", "orders", reason, count, text)
    inclusive = [order for order in world.orders if order.includes_tax]
    world.plant(
        "special",
        "orders",
        "prices_include_tax",
        len(inclusive),
        "prices with 19 % tax in them: tax by line, by rate or for the order",
    )


def _add_special_kinds(world: World, draws: Draws) -> None:
    """Add samples, replacements, credits, drafts, test orders and the like."""
    buyers = [company for company in world.companies if len(company.orders) > 8]
    for kind, count, text in (
        ("sample", 14, "free samples at a price of zero"),
        ("replacement", 9, "replacements at a price of zero"),
        ("warranty", 7, "warranty deliveries at a price of zero"),
        ("internal", 5, "own use"),
        ("credit", 16, "credits: negative quantities, they count in revenue only"),
    ):
        made = []
        for _ in range(count):
            order = _copy_of_a_sale(world, draws, draws.pick(buyers))
            order.kind, order.mark = kind, kind
            order.discount = order.shipping = 0
            order.lines = order.lines[:1]
            for line in order.lines:
                line.discount, line.tax = 0, None
                if kind == "credit":
                    line.tenths = -max(10, line.tenths // 80 * 10)
                elif kind != "internal":
                    line.unit_price = 0
            set_tax(order, by_line=False)
            made.append(order)
        world.plant(
            "excluded",
            "orders",
            "not_a_sale",
            count,
            f"{kind}: {text}",
            sum(order.total for order in made),
        )
    for status, count in (("draft", 10), ("quote", 12)):
        for _ in range(count):
            order = _copy_of_a_sale(world, draws, draws.pick(buyers))
            order.status = order.mark = status
        world.plant("excluded", "orders", "not_placed", count, f"a {status} is not an order")
    tests = [_copy_of_a_sale(world, draws, draws.pick(buyers)) for _ in range(8)]
    for order in tests:
        order.mark, order.extra["is_test"] = "test_order", True
    world.plant(
        "excluded",
        "orders",
        "test_order",
        len(tests),
        "orders flagged as tests",
        sum(order.total for order in tests),
    )
    own = [order for order in world.orders if order.company and order.company.kind == "internal"]
    for order in own:
        order.mark = "internal_account"
    world.plant(
        "excluded",
        "orders",
        "internal_account",
        len(own),
        "orders of the own company",
        sum(order.total for order in own),
    )
    _add_gift_cards_and_free_goods(world, draws)


def _copy_of_a_sale(world: World, draws: Draws, company: Company) -> Order:
    """Create one more order of the company, a few hours after one of its sales.

    Never after the first one: what is no sale must not come before the account is known.
    """
    model = draws.pick([order for order in company.orders[1:] if order.is_plain_sale])
    moment = later(model.placed_at, seconds=draws.between(3000, 9000))
    return add_order(world, draws, company, moment)


def _add_gift_cards_and_free_goods(world: World, draws: Draws) -> None:
    """Sell gift cards; give goods away on some orders."""
    plain = [order for order in world.orders if order.is_plain_sale and order.company]
    card = next(product for product in world.products if product.is_gift_card)
    goods = next(product for product in world.products if product.name == FREE_GOODS)
    chosen = draws.sample(plain, 40)
    for number, order in enumerate(chosen):
        by_line = any(line.tax is not None for line in order.lines)
        if number < 10:
            cents = price(card, order.placed_at.date(), order.currency)
            order.lines.append(Line(card, draws.between(1, 4) * 10, cents))
            order.mark = "gift_card"
        else:
            order.lines.append(Line(goods, draws.between(1, 5) * 10, 0))
        set_tax(order, by_line)
    world.plant("special", "order_lines", "gift_card_sold", 10, "lines that sell gift cards")
    world.plant("special", "order_lines", "zero_value_line", 30, "free goods on a sale")
