"""The independent calculation gives the numbers that the specification prints for visits."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from oracle.calculation.attribution import Conversion, Touches, credit
from oracle.calculation.calculate import calculate
from oracle.calculation.cell import Cell
from oracle.calculation.facts import Touch
from oracle.calculation.world import World
from oracle.examples.test_sales_examples import business

June = date(2025, 6, 1)


def cell_of(given: dict[str, list[dict[str, object]]], kpi: str, grain: str, start: date):
    """Finds totals of a KPI in one period of a business."""
    cells = calculate(business("2025-12-01 00:00:00", **given), [kpi])

    def find(variant: str) -> Cell:
        return next(
            cell
            for key, cell in cells.items()
            if (key.variant, key.period_grain, key.period_start, key.dimension)
            == (variant, grain, start, "total")
        )

    return find


def hits(*moments: tuple[str, str], name: str = "page_view") -> list[dict[str, object]]:
    """Hits of visitors at moments."""
    return [
        {"event_id": f"{name}{at}", "event_name": name, "client_id": client, "event_at": moment}
        for at, (client, moment) in enumerate(moments)
    ]


def test_k03_visits_of_two_visitors() -> None:
    events = hits(
        ("V1", "2025-06-10 10:00:00"),
        ("V1", "2025-06-10 10:20:00"),
        ("V1", "2025-06-10 10:51:00"),
        ("V2", "2025-06-10 23:50:00"),
        ("V2", "2025-06-11 00:10:00"),
    )
    world = World(business("2025-12-01 00:00:00", web_events=events))
    assert [row.session_date.day for row in world.web.sessions] == [10, 10, 10]
    find = cell_of({"web_events": events}, "web_traffic", "month", June)
    assert find("visitors").value == 2
    assert find("sessions").value == 3
    assert find("pageviews").value == 5
    assert find("pages_per_session").value == pytest.approx(5 / 3)


def test_a_gap_of_exactly_the_timeout_does_not_split() -> None:
    events = hits(
        ("V1", "2025-06-10 10:00:00"), ("V1", "2025-06-10 10:30:00"), ("V1", "2025-06-10 11:00:01")
    )
    find = cell_of({"web_events": events}, "web_traffic", "month", June)
    assert find("sessions").value == 2


def test_k04_repeat_visits() -> None:
    days = [("V1", 1), ("V1", 2), ("V1", 3), ("V2", 5), ("V3", 6)]
    events = hits(
        ("V2", "2025-05-20 10:00:00"),
        *((client, f"2025-06-{day:02} 10:00:00") for client, day in days),
    )
    find = cell_of({"web_events": events}, "repeat_visits", "month", June)
    assert find("repeat_visit_rate").value == pytest.approx(0.6)
    assert find("first_ever_visits").value == 2
    assert find("returning_visitor_share").value == pytest.approx(2 / 3)


def test_k07_steps_count_in_order_only() -> None:
    moments = [("V1", "2025-06-10 10:00:00"), ("V2", "2025-06-10 10:00:00")]
    later = [(client, moment.replace("10:00:00", "10:06:00")) for client, moment in moments]
    events = [
        *hits(*moments, name="page_view"),
        *hits(moments[0], later[1], name="product_view"),
        *hits(later[0], moments[1], name="add_to_cart"),  # V2 fills the cart too early
    ]
    find = cell_of({"web_events": events}, "web_funnel", "month", June)
    assert find("sessions_with_product_view_step_rate").value == 1
    assert find("sessions_with_cart_step_rate").value == pytest.approx(0.5)
    assert find("sessions_with_cart_median_hours").value == pytest.approx(0.1)


def test_k08_opt_ins_over_visitors() -> None:
    """The example in small: 20 visitors, 4 subscribed before, 1 of the others is new."""
    events = hits(*((f"V{at}", "2025-06-10 10:00:00") for at in range(20)))
    old = [("2025-05-01 10:00:00", at) for at in range(4)]
    mails = [
        {
            "subscription_event_id": f"m{at}",
            "email": f"p{at}@example.com",
            "event_type": "subscribe",
            "event_at": moment,
            "client_id": f"V{at}",
        }
        for moment, at in [*old, ("2025-06-10 10:05:00", 4)]
    ]
    given = {"web_events": events, "email_subscriptions": mails}
    find = cell_of(given, "email_opt_in", "month", June)
    assert find("email_opt_in_rate").value == pytest.approx(0.05)
    assert find("email_opt_in_rate_eligible").value == pytest.approx(0.0625)
    assert find("email_subscribed_share").value == pytest.approx(0.25)


GOLDEN = {
    "first": (1000, 0, 0, 0),
    "last": (0, 0, 0, 1000),
    "last_non_direct": (0, 0, 1000, 0),
    "linear": (250, 250, 250, 250),
    "position_40_20_40": (400, 100, 100, 400),
    "w_30_30_30_10": (300, 300, 300, 100),
    "full_path_22_5": (250, 250, 250, 250),
    "time_decay_7d": (12.46, 90.29, 243.04, 654.21),
    "time_decay_30d": (140.70, 223.35, 281.40, 354.55),
}


def _credits(kind: str, days: dict[str, int], lead: int, deal: int | None) -> dict:
    """Credits by model and channel of a path whose touches are so many days old."""
    now = datetime(2025, 6, 1, 12)
    reading = World(business("2025-12-01 00:00:00")).reading
    ago = {name: now - timedelta(days=age) for name, age in days.items()}
    touches = Touches(
        Touch(name, "A", None, moment, name, name, is_marketing=True)
        for name, moment in ago.items()
    )
    asked = now - timedelta(days=lead)
    dealt = None if deal is None else now - timedelta(days=deal)
    conversion = Conversion(kind, "1", "A", now, asked, dealt)
    found = {}
    for one in credit([conversion], touches, 90, reading):
        found[one.model, one.channel] = float(one.credit)
    return found


@pytest.mark.parametrize("model", GOLDEN)
def test_the_golden_path(model: str) -> None:
    path = {"Paid Search": 40, "Webinar": 20, "Email": 10, "Direct": 0}
    found = _credits("order", path, lead=20, deal=10)
    values = [round(1000 * found.get((model, channel), 0), 2) for channel in path]
    assert values == pytest.approx(GOLDEN[model])


def test_a_lead_of_the_golden_path() -> None:
    found = _credits("lead", {"Paid Search": 20, "Webinar": 0}, lead=0, deal=None)
    halves = ("linear", "position_40_20_40", "w_30_30_30_10", "full_path_22_5")
    assert [found[model, "Webinar"] for model in halves] == [0.5] * 4
    assert found["last_non_direct", "Webinar"] == 1
