"""Answers to surveys, and what became of those who answered (K24)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from oracle.calculation.identity import Identity
from oracle.calculation.reading import Reading

PROMOTER, PASSIVE, DETRACTOR = "promoter", "passive", "detractor"


@dataclass(frozen=True)
class Answer:
    """One invitation, or one answer, of somebody outside."""

    response_id: str
    survey_type: str
    contact_id: str | None  # after merges, None if unknown
    account_id: str | None
    invited_date: date | None
    responded_at: datetime | None
    responded_date: date | None
    score: int | None
    product_id: str | None = None

    @property
    def is_answered(self) -> bool:
        return self.responded_date is not None

    @property
    def day(self) -> date | None:
        """The day whose members it has: that of the answer, without one that of the invitation."""
        return self.responded_date or self.invited_date

    @property
    def is_anonymous(self) -> bool:
        return self.contact_id is None and self.account_id is None

    @property
    def respondent(self) -> str:
        """Whoever answered: the contact; nobody known is a person of its own each time."""
        return f"contact {self.contact_id}" if self.contact_id else f"answer {self.response_id}"

    @property
    def group(self) -> str:
        """9 and 10 promote, 7 and 8 are passive, 0 to 6 detract."""
        if self.score >= 9:
            return PROMOTER
        return PASSIVE if self.score >= 7 else DETRACTOR

    @property
    def order(self) -> tuple[datetime, str]:
        """Which of two answers is the later one."""
        return self.responded_at, self.response_id


def last_of_each(answers: Iterable[Answer]) -> list[Answer]:
    """The last answer of each respondent."""
    last: dict[str, Answer] = {}
    for answer in sorted(answers, key=lambda answer: answer.order):
        last[answer.respondent] = answer
    return list(last.values())


def resurveys(answers: Iterable[Answer], resurvey_days: int) -> set[str]:
    """Answers that came so many days or less after the contact's one before, type by type."""
    by_contact: dict[tuple[str, str], list[Answer]] = defaultdict(list)
    for answer in answers:
        if answer.is_answered and answer.contact_id is not None:
            by_contact[answer.contact_id, answer.survey_type].append(answer)
    found = set()
    for own in by_contact.values():
        own.sort(key=lambda answer: answer.order)
        for earlier, later in pairwise(own):
            if later.responded_date - earlier.responded_date <= timedelta(days=resurvey_days):
                found.add(later.response_id)
    return found


def score_of(answers: Iterable[Answer]) -> float:
    """The net promoter score of some answers."""
    groups = [answer.group for answer in answers]
    return 100 * (groups.count(PROMOTER) - groups.count(DETRACTOR)) / len(groups)


def answers(
    reading: Reading, identity: Identity, account_of_order: Callable[[str], str | None]
) -> list[Answer]:
    """Invitations and answers of outside people on a scale of 0 to 10."""
    # A survey that was deleted since still says what was asked; one loaded later says nothing yet.
    surveys = {row["survey_id"]: row for row in reading.all("surveys") if _is_loaded(row, reading)}
    found = []
    for row in (*reading.live("survey_responses"), *_not_yet_answered(reading)):
        survey = surveys.get(row["survey_id"])
        if survey is None or not _is_from_0_to_10(survey):
            continue
        if row["responded_at"] and not 0 <= row["score"] <= 10:
            continue
        contact = identity.contact_row(row["contact_id"])
        account_id = (
            identity.company(row["company_id"])
            if row["company_id"]
            else identity.account_of_contact(row["contact_id"])
        )
        if account_id is None and row["order_id"]:
            account_id = account_of_order(row["order_id"])
        if identity.is_internal(account_id, [contact["email"] if contact else None]):
            continue
        found.append(
            Answer(
                response_id=row["response_id"],
                survey_type=survey["survey_type"],
                contact_id=identity.contact(row["contact_id"]) if row["contact_id"] else None,
                account_id=account_id,
                invited_date=row["invited_at"] and reading.business_date(row["invited_at"]),
                responded_at=row["responded_at"],
                responded_date=row["responded_at"] and reading.business_date(row["responded_at"]),
                score=row["score"],
                product_id=row["product_id"],
            )
        )
    return found


def _is_from_0_to_10(survey: dict) -> bool:
    """Whether it has the scale of the score; others are not mixed in, nor their invitations."""
    return (survey["scale_min"], survey["scale_max"]) == (0, 10)


def _not_yet_answered(reading: Reading) -> Iterator[dict]:
    """Invitations whose answer is later than the clock: they are known, the answer is not."""
    for row in reading.all("survey_responses"):
        is_late = row["exclusion_reason"] == "after_as_of"
        if is_late and _is_loaded(row, reading) and row["invited_at"]:
            yield row | {"responded_at": None, "score": None}


def _is_loaded(row: dict, reading: Reading) -> bool:
    """Whether the loader had written it at the clock."""
    return row["loaded_at"] is None or row["loaded_at"] <= reading.as_of
