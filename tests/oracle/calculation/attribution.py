"""Touches of accounts, the paths to their conversions, and who is credited with them (2.6)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from oracle.calculation.channels import UNKNOWN, Channels
from oracle.calculation.credit_models import MODELS, Path, credits
from oracle.calculation.facts import Account, Credit, Touch
from oracle.calculation.reading import Reading

UNATTRIBUTED = "(unattributed)"


@dataclass(frozen=True)
class Conversion:
    """An order that was placed, or a lead, with the moments that give roles to touches."""

    kind: str  # order or lead
    conversion_id: str
    account_id: str | None
    converted_at: datetime
    lead_at: datetime | None
    opportunity_at: datetime | None


class Touches:
    """All touches of each account, oldest first."""

    def __init__(self, touches: Iterable[Touch]) -> None:
        self.by_account: dict[str, list[Touch]] = defaultdict(list)
        for touch in sorted(touches, key=lambda touch: (touch.touched_at, touch.touch_id)):
            if touch.account_id is not None:
                self.by_account[touch.account_id].append(touch)
        self.moments = {
            account: [touch.touched_at for touch in touches]
            for account, touches in self.by_account.items()
        }

    def between(self, account_id: str | None, start: datetime, end: datetime) -> list[Touch]:
        """Touches of an account from start to end, both included."""
        if account_id not in self.moments:
            return []
        moments = self.moments[account_id]
        first, last = bisect_left(moments, start), bisect_right(moments, end)
        return self.by_account[account_id][first:last]

    def first(self, account_id: str, until: datetime) -> Touch | None:
        """The first touch ever of an account, if it was made by then."""
        touches = self.by_account.get(account_id)
        return touches[0] if touches and touches[0].touched_at <= until else None

    def any_marketing(self, account_id: str, until: datetime) -> bool:
        """Whether marketing touched the account by then, however long ago."""
        touches = self.between(account_id, datetime.min, until)
        return any(touch.is_marketing for touch in touches)


def credit(
    conversions: Iterable[Conversion], touches: Touches, lookback_days: int, reading: Reading
) -> list[Credit]:
    """The credits of every conversion by every model; without a touch all goes to nobody."""
    found = []
    for conversion in conversions:
        start = conversion.converted_at - timedelta(days=lookback_days)
        path = Path(
            touches.between(conversion.account_id, start, conversion.converted_at),
            conversion.converted_at,
            reading.business_date,
        )
        path.give_role("lead", conversion.lead_at)
        path.give_role("opportunity", conversion.opportunity_at)
        if conversion.kind == "order":
            path.give_role("close", conversion.converted_at)
        for model in MODELS:
            found.extend(_credits_of(conversion, path, model))
    return found


def _credits_of(conversion: Conversion, path: Path, model: str) -> list[Credit]:
    if not path.touches:
        return [_credit(conversion, model, None, Decimal(1))]
    shares = zip(path.touches, credits(path, model), strict=True)
    return [_credit(conversion, model, touch, share) for touch, share in shares if share]


def _credit(conversion: Conversion, model: str, touch: Touch | None, share: Decimal) -> Credit:
    return Credit(
        conversion_kind=conversion.kind,
        conversion_id=conversion.conversion_id,
        model=model,
        channel=touch.channel if touch else UNATTRIBUTED,
        campaign=touch.campaign if touch else UNATTRIBUTED,
        touched_at=touch.touched_at if touch else None,
        credit=share,
    )


@dataclass(frozen=True)
class Beginning:
    """How an account came: its first touch up to its first order, or what the CRM says (A6)."""

    channel: str
    campaign: str
    is_known: bool
    is_marketing: bool
    is_influenced: bool


def beginning(account: Account, until: datetime, touches: Touches, channels: Channels) -> Beginning:
    """The origin of an account as of a moment, its first order or the data's clock."""
    first = touches.first(account.account_id, until)
    if first is not None:
        channel, campaign = first.channel, first.campaign
    else:
        channel = channels.named(account.original_source) or UNATTRIBUTED
        campaign = UNATTRIBUTED if channel == UNATTRIBUTED else UNKNOWN
    is_marketing = channels.is_marketing(channel)
    return Beginning(
        channel=channel,
        campaign=campaign,
        is_known=first is not None or account.original_source is not None,
        is_marketing=is_marketing,
        is_influenced=is_marketing or touches.any_marketing(account.account_id, until),
    )
