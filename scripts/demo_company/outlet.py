"""A second, small shop in a system of its own. Its ids collide with the first shop's on purpose."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from .clock import LAST_MOMENT, busy_day, later, loaded, office_moment
from .model import World, money, rounded
from .randomness import Draws

SOURCE = "outlet"
_OPENED = date(2024, 10, 1)
_COMPANIES = 24
_PRODUCTS = (
    ("Refurbished pump", "Refurbished", 42000),
    ("Valve, second choice", "Remnants", 2900),
    ("Bolt assortment", "Remnants", 1450),
    ("Demo converter", "Refurbished", 31000),
)


def add_outlet(world: World) -> None:
    """Write the outlet's companies, contacts, products, orders, refunds and `web_sessions`."""
    draws = world.draws("outlet")
    for number, (name, category, _) in enumerate(_PRODUCTS, start=1):
        world.add(
            "products",
            product_id=f"P{number:02d}",
            product_name=name,
            product_category=category,
            is_gift_card=False,
            source_name=SOURCE,
        )
    placed = _orders(world, draws)
    placed.sort()
    lines = 0
    for number, (moment, company, visitor) in enumerate(placed, start=1):
        session = f"s{number}" if visitor else None
        lines += _order(world, draws, number, moment, company, session, visitor)
        if visitor:
            _session(world, draws, f"s{number}", later(moment, seconds=-700), visitor, True)
    for number in range(len(placed) + 1, len(placed) + 170):
        moment = office_moment(draws, busy_day(draws, 1.3, _OPENED))
        if moment < LAST_MOMENT:
            _session(world, draws, f"s{number}", moment, f"v{draws.between(40, 170)}", False)
    for table, rows in (("companies", _COMPANIES), ("orders", len(placed)), ("order_lines", lines)):
        world.plant(
            "special",
            table,
            "id_collision",
            rows,
            "rows of the outlet whose ids the first shop uses too",
        )


def _orders(world: World, draws: Draws) -> list[tuple[datetime, str, str | None]]:
    """Write companies with a contact each; return (moment, company id, client id) of orders."""
    placed: list[tuple[datetime, str, str | None]] = []
    for number in range(1, _COMPANIES + 1):
        company = f"c{number:03d}"
        day = busy_day(draws, 1.0, _OPENED)
        created = later(office_moment(draws, day), days=-3)
        size = draws.between(6, 140)
        domain = f"outlet-kunde-{number:02d}.example"
        world.add(
            "companies",
            company_id=company,
            valid_from=created,
            company_name=f"Outlet customer {number}",
            domain=domain,
            industry=draws.pick(("construction", "machinery", "food")),
            segment="small_business" if size < 50 else "mid_market",
            country_code="DE",
            employee_count=size,
            original_source="Organic Search",
            created_at=created,
            source_name=SOURCE,
        )
        visitor = f"v{number}" if draws.chance(0.6) else None
        world.add(
            "contacts",
            contact_id=f"p{number:03d}",
            company_id=company,
            email=f"einkauf@{domain}",
            job_role="purchasing",
            client_id=visitor,
            created_at=created,
            has_marketing_consent=draws.chance(0.5),
            source_name=SOURCE,
        )
        while True:
            moment = office_moment(draws, day)
            if moment > LAST_MOMENT:
                break
            placed.append((moment, company, visitor if draws.chance(0.7) else None))
            if draws.chance(0.16):
                break
            day += timedelta(days=draws.between(20, 130))
    return placed


def _order(
    world: World,
    draws: Draws,
    number: int,
    moment: datetime,
    company: str,
    session: str | None,
    visitor: str | None,
) -> int:
    """Write one order with its lines and sometimes a refund; return the number of lines."""
    order_id, goods, count = f"o{number}", 0, draws.between(1, 3)
    for position, kind in enumerate(draws.sample(range(len(_PRODUCTS)), count), start=1):
        price = _PRODUCTS[kind][2]
        quantity = draws.between(1, 3) if price > 10000 else draws.between(10, 40)
        goods += price * quantity
        world.add(
            "order_lines",
            order_line_id=f"l{number * 3 - 3 + position}",
            order_id=order_id,
            quantity=quantity,
            unit_price=money(price),
            product_id=f"P{kind + 1:02d}",
            unit_cost=money(rounded(price * 71, 100)),
            loaded_at=loaded(moment),
            source_name=SOURCE,
        )
    tax = rounded(goods * 19, 100)
    world.add(
        "orders",
        order_id=order_id,
        placed_at=moment,
        currency_code="EUR",
        company_id=company,
        order_type="sale",
        order_status="placed",
        invoiced_at=later(moment, seconds=600),
        paid_at=later(moment, seconds=60),
        tax_amount=money(tax),
        total_amount=money(goods + tax),
        sales_channel="web",
        country_code="DE",
        session_id=session,
        client_id=visitor,
        loaded_at=loaded(moment),
        source_name=SOURCE,
    )
    world.add(
        "payments",
        payment_id=f"y{number}",
        paid_at=later(moment, seconds=60),
        amount=money(goods + tax),
        currency_code="EUR",
        order_id=order_id,
        payment_status="succeeded",
        payment_method="card",
        loaded_at=loaded(moment),
        source_name=SOURCE,
    )
    back = later(moment, days=9)
    if number % 17 == 0 and back <= LAST_MOMENT:
        amount = rounded(goods, 4)
        world.add(
            "refunds",
            refund_id=f"R{number}",
            order_id=order_id,
            refunded_at=back,
            refund_kind="return",
            amount_excl_tax=money(amount),
            tax_amount=money(rounded(amount * 19, 100)),
            reason="damaged_in_transit",
            loaded_at=loaded(back),
            source_name=SOURCE,
        )
    return count


def _session(
    world: World, draws: Draws, session_id: str, start: datetime, visitor: str, has_order: bool
) -> None:
    """Write one visit that the outlet's own system has already put together."""
    source, medium = draws.weighted(
        ((("google", "organic"), 5), (("", ""), 4), (("newsletter", "email"), 2))
    )
    goes_on = has_order or draws.chance(0.4)
    world.add(
        "web_sessions",
        session_id=session_id,
        started_at=start,
        client_id=visitor,
        ended_at=later(start, seconds=720 if has_order else draws.between(5, 900)),
        pageviews=draws.between(3, 9) if goes_on else 1,
        utm_source=source,
        utm_medium=medium,
        landing_page=draws.pick(("/outlet", "/outlet/pumps", "/outlet/remnants")),
        device_type=draws.pick(("desktop", "desktop", "mobile")),
        country_code="DE",
        has_product_view=goes_on,
        has_cart=has_order or (goes_on and draws.chance(0.2)),
        has_checkout=has_order,
        has_form_submit=not has_order and draws.chance(0.05),
        is_bot=False,
        loaded_at=loaded(start),
        source_name=SOURCE,
    )
