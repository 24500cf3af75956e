"""Where visits come from, and the campaigns behind them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from .model import World
from .randomness import Draws


@dataclass(frozen=True)
class Source:
    """What a visit's first hit says about its origin."""

    channel: str
    utm_source: str = ""
    utm_medium: str = ""
    campaign: str = ""
    referrer: str = ""

    @property
    def utm(self) -> tuple[str, str, str]:
        """Source, medium, campaign."""
        return self.utm_source, self.utm_medium, self.campaign


@dataclass(frozen=True)
class Campaign:
    """A campaign; `weekly` is its ad spend in cents a week, 0 if it has none."""

    name: str
    channel: str
    program: str
    initiative: str
    tactic: str
    start: date
    end: date = date(2026, 12, 31)
    platform: str = ""
    account: str = ""
    utm: tuple[str, str] = ("", "")
    weekly: int = 0
    currency: str = "EUR"
    is_lead_generation: bool = True

    def runs_on(self, day: date) -> bool:
        """Whether the campaign runs on that day."""
        return self.start <= day < self.end


_GOOGLE = ("google", "cpc")
_BING = ("bing", "cpc")
_LINKEDIN = ("linkedin", "paid_social")
_EMAIL = ("newsletter", "email")
_OLD = date(2023, 1, 1)

CAMPAIGNS = (
    Campaign(
        "search-brand",
        "Paid Search",
        "always_on",
        "brand",
        "search_ads",
        _OLD,
        platform="google_ads",
        account="g-1",
        utm=_GOOGLE,
        weekly=3900,
        is_lead_generation=False,
    ),
    Campaign(
        "search-pumps",
        "Paid Search",
        "always_on",
        "pumps",
        "search_ads",
        _OLD,
        platform="google_ads",
        account="g-1",
        utm=_GOOGLE,
        weekly=7800,
    ),
    Campaign(
        "search-valves",
        "Paid Search",
        "always_on",
        "valves",
        "search_ads",
        date(2024, 2, 5),
        platform="google_ads",
        account="g-1",
        utm=_GOOGLE,
        weekly=5700,
    ),
    Campaign(
        "bing-generic",
        "Paid Search",
        "always_on",
        "generic",
        "search_ads",
        _OLD,
        date(2025, 6, 2),
        platform="microsoft_ads",
        account="m-1",
        utm=_BING,
        weekly=2900,
    ),
    Campaign(
        "search-uk",
        "Paid Search",
        "uk_entry",
        "uk_launch",
        "search_ads",
        date(2025, 9, 1),
        platform="google_ads",
        account="g-2",
        utm=_GOOGLE,
        weekly=4200,
        currency="GBP",
    ),
    Campaign(
        "li-engineers",
        "Paid Social",
        "demand_gen",
        "engineers",
        "sponsored_posts",
        date(2023, 10, 2),
        platform="linkedin_ads",
        account="li-1",
        utm=_LINKEDIN,
        weekly=5200,
    ),
    Campaign(
        "li-buyers",
        "Paid Social",
        "demand_gen",
        "buyers",
        "lead_ads",
        date(2025, 2, 3),
        platform="linkedin_ads",
        account="li-1",
        utm=_LINKEDIN,
        weekly=4100,
    ),
    Campaign(
        "newsletter",
        "Email",
        "always_on",
        "newsletter",
        "email",
        _OLD,
        utm=_EMAIL,
        is_lead_generation=False,
    ),
    Campaign(
        "spring-2024",
        "Email",
        "seasonal",
        "spring_offer",
        "email",
        date(2024, 3, 11),
        date(2024, 4, 29),
        utm=_EMAIL,
    ),
    Campaign(
        "spring-2025",
        "Email",
        "seasonal",
        "spring_offer",
        "email",
        date(2025, 3, 10),
        date(2025, 4, 28),
        utm=_EMAIL,
    ),
    Campaign(
        "spring-2026",
        "Email",
        "seasonal",
        "spring_offer",
        "email",
        date(2026, 3, 9),
        date(2026, 4, 27),
        utm=_EMAIL,
    ),
    Campaign(
        "webinar-leakage", "Webinar", "education", "leakage", "webinar", _OLD, date(2025, 1, 1)
    ),
    Campaign("webinar-energy", "Webinar", "education", "energy", "webinar", date(2025, 1, 1)),
    Campaign("fair-hannover", "Event", "events", "hannover", "booth", _OLD),
    Campaign(
        "partner-forum", "Referral", "partners", "forum", "content", _OLD, is_lead_generation=False
    ),
)

_MIX = (
    ("Organic Search", 33),
    ("Direct", 21),
    ("Paid Search", 20),
    ("Referral", 9),
    ("Paid Social", 9),
    ("Email", 8),
)
_KNOWN_MIX = (
    ("Direct", 42),
    ("Email", 17),
    ("Organic Search", 23),
    ("Paid Search", 13),
    ("Referral", 5),
)
_FORUM = "https://werkstattforum.example/"


def draw_source(draws: Draws, day: date, knows_us: bool = False) -> Source:
    """Draw the origin of a visit on that day; people who know the shop come directly more often."""
    channel = draws.weighted(_KNOWN_MIX if knows_us else _MIX)
    running = [c for c in CAMPAIGNS if c.channel == channel and c.utm[0] and c.runs_on(day)]
    if running:
        campaign = draws.weighted([(c, 12 if not c.weekly else c.weekly // 300) for c in running])
        return Source(channel, *campaign.utm, campaign.name)
    if channel == "Referral":
        if draws.chance(0.4):
            return Source(channel, "partner-forum", "referral", "partner-forum", _FORUM)
        return Source(channel, "katalog.example", "referral", "", "https://katalog.example/")
    if channel == "Organic Search":
        return Source(channel, draws.weighted((("google", 85), ("bing", 15))), "organic")
    return Source("Direct")


def add_campaigns(world: World) -> None:
    """Write `campaigns`."""
    for campaign in CAMPAIGNS:
        world.add(
            "campaigns",
            campaign=campaign.name,
            marketing_channel=campaign.channel,
            program=campaign.program,
            initiative=campaign.initiative,
            tactic=campaign.tactic,
            is_lead_generation=campaign.is_lead_generation,
        )
