"""K24: net promoter scores, and what became of those who answered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from oracle.calculation.calendar import Period, add_months
from oracle.calculation.spells import ONE_DAY, Track
from oracle.calculation.surveys import DETRACTOR, PROMOTER, Answer, last_of_each, score_of

Parts = dict[tuple[Period, str, str], dict]
NetSales = Callable[[str, date, date], Decimal]  # of an account in [start, end)
MemberOf = Callable[[Answer, str, date], str | None]  # None where an answer has no member


def nps_parts(
    answers: Iterable[Answer],
    resurveyed: set[str],
    periods: Iterable[Period],
    dimensions: Iterable[str],
    member_of: MemberOf,
    net_sales: NetSales,
) -> Parts:
    """The parts of kpi_nps: answers and invitations of the period, by member."""
    answers, cells = list(answers), {}
    for period in periods:
        answered = [row for row in answers if row.is_answered and row.responded_date in period]
        relations = [row for row in answered if row.survey_type == "relationship"]
        fresh = [row for row in relations if row.response_id not in resurveyed]
        groups = {
            "": last_of_each(relations),
            "_transactional": last_of_each(
                row for row in answered if row.survey_type == "transactional"
            ),
            "_all": relations,
            "_without_resurveys": last_of_each(fresh),
        }
        invited = [
            row
            for row in answers
            if row.survey_type == "relationship"
            and row.invited_date is not None
            and row.invited_date in period
        ]
        for dimension in ("total", *dimensions):
            found = _by_member(groups, invited, dimension, member_of)
            if dimension == "total":
                found.setdefault("all", {})
            for member, own in found.items():
                cells[period, dimension, member] = _counts(own, period, resurveyed, net_sales)
    return cells


def _by_member(
    groups: dict[str, list[Answer]],
    invited: list[Answer],
    dimension: str,
    member_of: MemberOf,
) -> dict[str, dict[str, list[Answer]]]:
    """The answers of each group, and the invitations, by member."""
    found: dict[str, dict[str, list[Answer]]] = defaultdict(lambda: defaultdict(list))
    for name, rows in groups.items():
        for row in rows:
            member = member_of(row, dimension, row.day)
            if member is not None:
                found[member][name].append(row)
    for row in invited:
        member = member_of(row, dimension, row.day)
        if member is not None:
            found[member]["invited"].append(row)
    return found


def _counts(
    own: dict[str, list[Answer]], period: Period, resurveyed: set[str], net_sales: NetSales
) -> dict:
    """The parts of one cell."""
    parts: dict = {}
    for name in ("", "_transactional", "_all", "_without_resurveys"):
        groups = [row.group for row in own.get(name, [])]
        promoters, detractors = groups.count(PROMOTER), groups.count(DETRACTOR)
        parts[f"promoters{name}"] = promoters
        parts[f"detractors{name}"] = detractors
        parts[f"net_promoters{name}"] = promoters - detractors
        parts[f"responses{name}"] = len(groups)
    parts["responses_resurveyed"] = sum(
        row.response_id in resurveyed for row in own.get("_all", [])
    )
    invited = own.get("invited", [])
    parts["invited"] = len(invited)
    parts["invited_answered"] = sum(row.is_answered for row in invited)
    return parts | _accounts(own.get("", []), period, net_sales)


def _accounts(responses: list[Answer], period: Period, net_sales: NetSales) -> dict:
    """One voice for each account, and one weighted by what it bought."""
    answers_of: dict[str, list[Answer]] = defaultdict(list)
    for row in responses:
        if row.account_id is not None:
            answers_of[row.account_id].append(row)
    scores = {account_id: score_of(rows) for account_id, rows in answers_of.items()}
    weights = {
        account_id: max(Decimal(0), net_sales(account_id, add_months(period.end, -12), period.end))
        for account_id in scores
    }
    return {
        "accounts": len(scores),
        "account_score_sum": sum(scores.values()),
        "account_net_sales": sum(weights.values(), Decimal(0)),
        "account_score_net_sales": sum(scores[one] * float(weights[one]) for one in scores),
    }


@dataclass(frozen=True)
class Outcome:
    """An answer whose window is over, and what its account did around it."""

    answer: Answer
    is_active: bool  # on the day of the answer
    is_retained: bool  # at the end of the window
    net_sales_before: Decimal
    net_sales_after: Decimal


def outcomes(
    answers: Iterable[Answer],
    tracks: dict[str, Track],
    net_sales: NetSales,
    window_days: int,
    today: date,
) -> list[Outcome]:
    """What became of the accounts of answers that are old enough."""
    window = timedelta(days=window_days)
    found = []
    for answer in answers:
        counts = answer.is_answered and answer.survey_type == "relationship"
        if not counts or answer.account_id is None or answer.responded_date + window > today:
            continue
        day, account_id = answer.responded_date, answer.account_id
        track = tracks.get(account_id)
        found.append(
            Outcome(
                answer=answer,
                is_active=track is not None and track.is_active(day),
                is_retained=track is not None and track.is_active(day + window - ONE_DAY),
                net_sales_before=net_sales(account_id, day - window, day),
                net_sales_after=net_sales(account_id, day, day + window),
            )
        )
    return found


def outcome_parts(found: Iterable[Outcome], periods: Iterable[Period]) -> tuple[Parts, dict]:
    """The parts of kpi_nps_outcome, and the sales of each account of a cell for the interval."""
    found = sorted(found, key=lambda outcome: outcome.answer.order)
    parts: Parts = defaultdict(_no_outcome)
    sales: dict[tuple, list[tuple[Decimal, Decimal]]] = defaultdict(list)
    for period in periods:
        parts[period, "total", "all"].update({})
        own = [outcome for outcome in found if outcome.answer.responded_date in period]
        last_of_account = {outcome.answer.account_id: outcome for outcome in own}
        last_of_contact = {outcome.answer.respondent: outcome for outcome in own}
        for outcome in last_of_contact.values():
            for cell in _cells(period, outcome):
                parts[cell]["respondents"] += 1
        for outcome in last_of_account.values():
            for cell in _cells(period, outcome):
                sums = parts[cell]
                sums["accounts"] += 1
                sums["accounts_active"] += outcome.is_active
                sums["accounts_retained"] += outcome.is_active and outcome.is_retained
                sums["net_sales_before"] += outcome.net_sales_before
                sums["net_sales_after"] += outcome.net_sales_after
                sales[cell].append((outcome.net_sales_after, outcome.net_sales_before))
    return dict(parts), dict(sales)


def _cells(period: Period, outcome: Outcome) -> list[tuple[Period, str, str]]:
    return [(period, "total", "all"), (period, "nps_group", outcome.answer.group)]


def _no_outcome() -> dict:
    return {
        "respondents": 0,
        "accounts": 0,
        "accounts_active": 0,
        "accounts_retained": 0,
        "net_sales_before": Decimal(0),
        "net_sales_after": Decimal(0),
    }
