"""The prices that an offer leaves open, and what became of them.

A line without a price is not priced, and $0 is a price only once the offeror has said
that it is meant. Either leaves the offer without a rank until the contracting officer
asks, or puts in a price by a stated rule to compare it by.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from contracting.core.errors import NotVisible
from contracting.evaluations.models import (
    CountedRate,
    PriceAnswer,
    PriceNormalisation,
    PriceQuestion,
    rates_of,
)
from contracting.evaluations.refusals import NothingToClarify
from contracting.solicitations.models import Solicitation, SolicitationLine
from contracting.solicitations.queries import lines_of
from contracting.solicitations.states import Quote
from contracting.submissions.models import OpenedOffer, Submission
from contracting.submissions.queries import offers_of

Normalised: TypeAlias = Mapping[tuple[int, int], PriceNormalisation]
Confirmed: TypeAlias = frozenset[tuple[int, int]]
"""By submission and line."""


@dataclass(frozen=True, slots=True)
class Gap:
    """One price that an offer leaves open, with what was asked and answered last."""

    submission: Submission
    line: SolicitationLine
    is_zero: bool
    question: PriceQuestion | None
    answer: PriceAnswer | None
    normalisation: PriceNormalisation | None

    @property
    def words(self) -> str:
        """Why the offer is not ranked by this line."""
        if not self.is_zero:
            return "not priced"
        if self.line.quote == Quote.ACU_PER_MTOK:
            return "said to burn 0 ACU, not confirmed"
        return "priced at $0, not confirmed"

    @property
    def waits(self) -> bool:
        """Whether the offeror has yet to answer."""
        return self.question is not None and self.answer is None


def normalised_in(
    solicitation: Solicitation,
) -> dict[tuple[int, int], PriceNormalisation]:
    """The prices that the officer put in, by submission and line."""
    found = PriceNormalisation.objects.filter(submission__solicitation=solicitation)
    return {
        (each.submission_id, each.line_id): each
        for each in found.select_related("normalised_by__user", "line")
    }


def confirmed_in(solicitation: Solicitation) -> Confirmed:
    """The prices of zero that their offerors have confirmed, by submission and line."""
    found = PriceAnswer.objects.filter(
        question__submission__solicitation=solicitation, is_meant=True
    )
    return frozenset(found.values_list("question__submission_id", "question__line_id"))


def is_confirmed(rate: CountedRate, submission_id: int, confirmed: Confirmed) -> bool:
    """Whether a price counts: it is above zero, or its offeror meant zero."""
    is_free = not rate.usd_per_million_tokens
    return not is_free or (submission_id, rate.line_id) in confirmed


def gaps(
    solicitation: Solicitation,
    offers: Iterable[OpenedOffer],
    lines: Iterable[SolicitationLine],
) -> list[Gap]:
    """Every price that an offer leaves or left open, offer by offer."""
    confirmed, normalised = confirmed_in(solicitation), normalised_in(solicitation)
    asked = _last_questions(solicitation)
    asked_lines = list(lines)
    found = []
    for offer in offers:
        rates = {rate.line_id: rate for rate in rates_of(offer)}
        for line in asked_lines:
            rate, key = rates.get(line.pk), (offer.submission_id, line.pk)
            if rate is not None and is_confirmed(rate, key[0], confirmed):
                continue
            question = asked.get(key)
            found.append(
                Gap(
                    submission=offer.submission,
                    line=line,
                    is_zero=rate is not None,
                    question=question,
                    answer=getattr(question, "answer", None),
                    normalisation=normalised.get(key),
                )
            )
    return found


def gaps_of(solicitation: Solicitation) -> list[Gap]:
    """Every price that an opened offer leaves open, or left open when it was opened."""
    return gaps(solicitation, offers_of(solicitation), lines_of(solicitation))


def open_gap(submission: Submission, line_id: int) -> Gap:
    """The open price of an offer on one line.

    :raises NothingToClarify: if the line has a price that counts
    """
    offers = offers_of(submission.solicitation).filter(submission=submission)
    lines = lines_of(submission.solicitation).filter(pk=line_id)
    found = gaps(submission.solicitation, offers, lines)
    if not found:
        message = "This line has a price that counts; there is nothing to clarify."
        raise NothingToClarify(message)
    return found[0]


def _last_questions(solicitation: Solicitation) -> dict[tuple[int, int], PriceQuestion]:
    found = PriceQuestion.objects.filter(submission__solicitation=solicitation)
    return {
        (each.submission_id, each.line_id): each
        for each in found.select_related("answer").order_by("pk")
    }


def get_question(vendor_id: int | None, public_id: str) -> PriceQuestion:
    """A question that was put to this vendor.

    :raises NotVisible: for everybody else (R-ROL-07)
    """
    found = (
        PriceQuestion.objects.filter(
            public_id=public_id, submission__vendor_id=vendor_id
        )
        .select_related("submission__solicitation__agency", "line__token_class")
        .first()
    )
    if found is None or vendor_id is None:
        message = "There is no such question."
        raise NotVisible(message, rule="R-ROL-07")
    return found
