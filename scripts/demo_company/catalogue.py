"""What the shop sells: products, their versions and their costs."""

from __future__ import annotations

from datetime import date, datetime

from .model import Product, World, money, rounded

# name, category, price and cost in cents, usual quantity per line, weight
_GOODS = (
    ("Centrifugal pump CP 40", "Pumps", 128000, 79400, (1, 3), 6),
    ("Centrifugal pump CP 80", "Pumps", 214000, 134800, (1, 2), 4),
    ("Diaphragm pump DP 12", "Pumps", 69000, 41400, (1, 4), 5),
    ("Dosing pump DX 5", "Pumps", 94500, 54800, (1, 3), 3),
    ("Pump service kit", "Pumps", 14800, 7100, (2, 10), 6),
    ("Ball valve DN 25", "Valves", 3850, 2350, (10, 60), 9),
    ("Ball valve DN 50", "Valves", 8900, 5520, (6, 30), 7),
    ("Butterfly valve DN 100", "Valves", 16400, 10300, (3, 14), 5),
    ("Solenoid valve 24 V", "Valves", 5600, 3420, (6, 36), 6),
    ("Check valve DN 40", "Valves", 6700, 4350, (5, 30), 4),
    ("Shaft seal 40 mm", "Seals", 2990, 1580, (10, 80), 7),
    ("O-ring set, 200 pieces", "Seals", 2450, 1130, (5, 60), 8),
    ("Flat gasket DN 50", "Seals", 320, 140, (100, 800), 6),
    ("Hex bolts M12, box of 100", "Fasteners", 2780, 1860, (10, 70), 8),
    ("Stud bolts M16, box of 50", "Fasteners", 4120, 2840, (8, 50), 6),
    ("Anchor bolts, box of 25", "Fasteners", 3350, 2240, (6, 50), 5),
    ("Safety helmet", "Safety", 2190, 1310, (10, 90), 5),
    ("Nitrile gloves, carton", "Safety", 4980, 3290, (8, 50), 8),
    ("Safety goggles", "Safety", 890, 410, (30, 200), 5),
    ("Hearing protection", "Safety", 1690, 890, (20, 100), 4),
    ("Gas detector G4", "Safety", 38900, 22900, (1, 8), 3),
    ("Torque wrench 200 Nm", "Tools", 18900, 11500, (1, 9), 4),
    ("Impact driver 18 V", "Tools", 22900, 15800, (1, 8), 5),
    ("Pipe cutter set", "Tools", 15600, 9600, (1, 10), 4),
    ("Control cable 7 x 1.5, metre", "Electrical", 320, 190, (100, 900), 6),
    ("Frequency converter 4 kW", "Electrical", 61500, 40600, (1, 5), 4),
    ("Motor 5.5 kW", "Electrical", 73800, 49900, (1, 4), 4),
    ("Level sensor", "Electrical", 17400, 9700, (2, 14), 5),
    ("Pressure transmitter", "Electrical", 15900, 8500, (2, 16), 5),
    ("Hydraulic oil HLP 46, 20 l", "Fluids", 9450, 6620, (4, 26), 8),
    ("Cutting fluid, 10 l", "Fluids", 7860, 5110, (4, 24), 5),
    ("Cleaner concentrate, 5 l", "Fluids", 3240, 1690, (6, 50), 5),
    ("Absorbent granulate, 40 l", "Fluids", 2150, 1240, (8, 60), 3),
    ("On-site calibration, day", "Services", 89000, 51600, (1, 2), 3),
    ("Pump inspection", "Services", 34500, 17900, (1, 5), 3),
)
_GIFT_CARD = ("Gift card 250", "Gift cards", 25000, 25000, (1, 4), 0)

FREE_GOODS = "Safety goggles"
BY_THE_METRE = "Control cable 7 x 1.5, metre"

# price_rises: from this day prices are that many per mille of the first year's
_PRICE_RISES = ((date(2026, 1, 1), 1056), (date(2025, 1, 1), 1030))
_COST_STEPS = (
    (date(2023, 1, 1), date(2024, 7, 1), 1000),
    (date(2024, 7, 1), date(2025, 7, 1), 1024),
    (date(2025, 7, 1), None, 1049),
)
_GBP_PER_MILLE = 860


def price(product: Product, day: date, currency: str) -> int:
    """Return the list price in cents of the currency; a multiple of ten by the metre."""
    per_mille = next((rise for start, rise in _PRICE_RISES if day >= start), 1000)
    cents = rounded(product.price * per_mille, 1000)
    if currency == "GBP":
        cents = rounded(cents * _GBP_PER_MILLE, 1000)
    return rounded(cents, 10) * 10 if product.name == BY_THE_METRE else cents


def add_products(world: World) -> None:
    """Write `products` (five of them in two versions) and `product_costs`."""
    for number, goods in enumerate((*_GOODS, _GIFT_CARD), start=1):
        name, category, cents, cost, quantities, weight = goods
        world.products.append(
            Product(
                product_id=f"P{number:02d}",
                name=name,
                category=category,
                price=cents,
                cost=cost,
                quantities=quantities,
                weight=weight,
                is_gift_card=goods is _GIFT_CARD,
            )
        )
    began = datetime(2023, 1, 1)
    changes = {
        "P05": (datetime(2025, 1, 1), "Pump service kit 2", "Pumps"),
        "P20": (datetime(2024, 9, 1), "Hearing protection Pro", "Safety"),
        "P28": (datetime(2025, 4, 1), "Level sensor", "Sensors"),
        "P29": (datetime(2025, 4, 1), "Pressure transmitter", "Sensors"),
        "P33": (datetime(2024, 3, 1), "Absorbent granulate, 40 l", "Safety"),
    }
    for product in world.products:
        changed_at, name, category = changes.get(product.product_id, (None, "", ""))
        row = {
            "product_id": product.product_id,
            "valid_from": began,
            "valid_to": changed_at,
            "product_name": product.name,
            "product_category": product.category,
            "is_gift_card": product.is_gift_card,
        }
        world.add("products", **row)
        if changed_at:
            row |= {"valid_from": changed_at, "valid_to": None}
            row |= {"product_name": name, "product_category": category}
            world.add("products", **row)
        for start, end, per_mille in () if product.is_gift_card else _COST_STEPS:
            world.add(
                "product_costs",
                product_id=product.product_id,
                valid_from=start,
                valid_to=end,
                unit_cost=money(rounded(product.cost * per_mille, 1000)),
                currency_code="EUR",
            )
    world.plant(
        "special",
        "products",
        "product_version",
        len(changes),
        "products whose name or category changed: a second version with its own dates",
    )
    world.plant("special", "products", "gift_card", 1, "a product that is a gift card")
