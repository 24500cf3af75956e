"""How leads move on: stages, scores and the criteria behind the scores."""

from __future__ import annotations

from datetime import datetime

from .clock import LAST_MOMENT, later, loaded
from .model import Lead, World
from .randomness import Draws

_STRICT = ("form", "quote", "demo", "account_request")
_CRITERIA = (
    ("industry", 55),
    ("employees_50_plus", 45),
    ("deciding_role", 35),
    ("quote_request", 30),
    ("three_visits_14_days", 20),
)
_NEW_SCORES = datetime(2025, 1, 1)
_CRITERIA_FROM = datetime(2026, 1, 1)
_BULK_MOMENT = datetime(2025, 11, 3, 3, 0, 0)
_BULK_SIZE = 56


def is_working_lead(lead: Lead) -> bool:
    """Whether sales works on this lead: strict type, no spam, no double, not our own."""
    return (
        lead.lead_type in _STRICT
        and not lead.is_spam
        and lead.merged_into is None
        and not (lead.company and lead.company.kind == "internal")
    )


def add_pipeline(world: World) -> None:
    """Write `lead_stage_history`, `lead_scores` and `lead_criteria`."""
    draws = world.draws("stages")
    counts = dict.fromkeys(("stage_skip", "stage_reentry", "stage_rejected", "stage_recycled"), 0)
    quiet: list[Lead] = []
    for lead in world.leads:
        if not is_working_lead(lead):
            continue
        _enter(world, lead, "lead", lead.created_at, "system")
        if lead.wins is not None:
            _win(world, draws, lead, counts)
        elif not _lose(world, draws, lead, counts):
            quiet.append(lead)
    for reason, count in counts.items():
        world.plant(
            "special",
            "lead_stage_history",
            reason,
            count,
            "leads that "
            + {
                "stage_skip": "jump from lead to SQL",
                "stage_reentry": "become MQL a second time",
                "stage_rejected": "sales rejects",
                "stage_recycled": "are recycled",
            }[reason],
        )
    stale = [lead for lead in quiet if later(lead.created_at, days=120) < _BULK_MOMENT]
    for lead in stale[-_BULK_SIZE:]:
        _enter(world, lead, "disqualified", _BULK_MOMENT, "admin")
    world.plant(
        "special",
        "lead_stage_history",
        "bulk_change",
        len(stale[-_BULK_SIZE:]),
        "one user disqualifies old leads in one second; is_bulk_change is not given",
    )
    _score(world, world.draws("scores"))


def _enter(world: World, lead: Lead, stage: str, moment: datetime, by: str) -> None:
    """Write that the lead entered a stage, unless that is after the data's end."""
    if moment <= LAST_MOMENT:
        version = "" if stage != "mql" else "v1" if moment < _NEW_SCORES else "v2"
        world.add(
            "lead_stage_history",
            lead_id=lead.lead_id,
            stage=stage,
            entered_at=moment,
            changed_by=by,
            criteria_version=version,
            loaded_at=loaded(moment),
        )


def _between(lead: Lead, end: datetime, percent: int) -> datetime:
    """Return the moment at that percentage of the way from the lead's creation to the end."""
    return (lead.created_at + (end - lead.created_at) * percent // 100).replace(microsecond=0)


def _win(world: World, draws: Draws, lead: Lead, counts: dict[str, int]) -> None:
    """Lead the lead through the stages to its first order."""
    assert lead.wins is not None
    end, rep = lead.wins.placed_at, lead.rep_id or "r1"
    skips, never_worked = draws.chance(0.12), draws.chance(0.12)
    if not never_worked:
        if skips:
            counts["stage_skip"] += 1
        else:
            _enter(world, lead, "mql", _between(lead, end, draws.between(5, 20)), "marketing")
        if draws.chance(0.3):
            _enter(world, lead, "sal", _between(lead, end, draws.between(22, 30)), rep)
        _enter(world, lead, "sql", _between(lead, end, draws.between(32, 45)), rep)
        if draws.chance(0.75):
            lead.opportunity_at = _between(lead, end, draws.between(46, 60))
            _enter(world, lead, "opportunity", lead.opportunity_at, rep)
    _enter(world, lead, "customer", end, "system")


def _lose(world: World, draws: Draws, lead: Lead, counts: dict[str, int]) -> bool:
    """Lead the lead to where it ends without an order; return false if it just goes quiet."""
    rep, moment = lead.rep_id or "r1", lead.created_at
    if not draws.chance(0.46):
        return False
    moment = later(moment, days=draws.between(0, 9), seconds=draws.between(600, 20000))
    _enter(world, lead, "mql", moment, "marketing")
    fate = draws.weighted((("open", 14), ("rejected", 34), ("recycled", 12), ("sql", 40)))
    step = later(moment, days=draws.between(1, 12), seconds=draws.between(600, 9000))
    if fate == "rejected":
        _enter(world, lead, "rejected", step, rep)
        counts["stage_rejected"] += step <= LAST_MOMENT
    elif fate == "recycled":
        _enter(world, lead, "recycled", step, rep)
        counts["stage_recycled"] += step <= LAST_MOMENT
        again = later(step, days=draws.between(30, 80))
        _enter(world, lead, "mql", again, "marketing")
        counts["stage_reentry"] += again <= LAST_MOMENT
    elif fate == "sql":
        _enter(world, lead, "sql", step, rep)
        if draws.chance(0.6):
            lead.opportunity_at = later(step, days=draws.between(2, 15))
            _enter(world, lead, "opportunity", lead.opportunity_at, rep)
        else:
            _enter(world, lead, "disqualified", later(step, days=draws.between(10, 40)), rep)
    return True


def _score(world: World, draws: Draws) -> None:
    """Score leads: by a delivered score until 2025, by criteria from 2026 on."""
    second = 0
    for lead in world.leads:
        if not is_working_lead(lead) or draws.chance(0.1):
            continue
        if lead.created_at >= _CRITERIA_FROM:
            _criteria(world, draws, lead)
            continue
        version = "v1" if lead.created_at < _NEW_SCORES else "v2"
        score = _points(draws, 66 if lead.wins else 41)
        at = later(lead.created_at, days=draws.between(0, 3), seconds=1800)
        world.add(
            "lead_scores", lead_id=lead.lead_id, scored_at=at, score=score, score_version=version
        )
        if draws.chance(0.18):
            # Weeks later the outcome shows in the score: it must not be read as the first one.
            world.add(
                "lead_scores",
                lead_id=lead.lead_id,
                scored_at=later(at, days=30),
                score=_points(draws, 82 if lead.wins else 28),
                score_version=version,
            )
            second += 1
    world.plant("special", "lead_scores", "rescored", second, "scored again after 30 days")


def _points(draws: Draws, mean: int) -> int:
    """Return a score from 0 to 100 around the mean."""
    return min(100, max(0, int(draws.normal(mean, 17))))


def _criteria(world: World, draws: Draws, lead: Lead) -> None:
    """Write which criteria the lead meets; what nobody looked at is missing."""
    for criterion, percent in _CRITERIA:
        if draws.chance(0.25):
            continue
        if criterion == "quote_request":
            is_met = lead.lead_type == "quote"
        else:
            is_met = draws.chance(percent / 100 * (1.5 if lead.wins else 0.8))
        at = later(lead.created_at, days=draws.between(0, 4), seconds=3600)
        if at <= LAST_MOMENT:
            world.add(
                "lead_criteria",
                lead_id=lead.lead_id,
                criterion=criterion,
                observed_at=at,
                is_met=is_met,
            )
