"""What must always hold of solicitations."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet

from contracting.core.identifiers import amendment_number
from contracting.core.invariants import Invariant
from contracting.solicitations.models import Answer, Solicitation
from contracting.solicitations.queries import PUBLIC_STATES


def _amended() -> QuerySet[Solicitation]:
    return Solicitation.objects.filter(amendments__isnull=False).distinct()


def _numbers_with_gaps() -> Iterator[str]:
    for solicitation in _amended():
        numbers = list(
            solicitation.amendments.order_by("number").values_list("number", flat=True)
        )
        expected = [amendment_number(n) for n in range(1, len(numbers) + 1)]
        if numbers != expected:
            yield f"{solicitation}: {', '.join(numbers)}"


def _deadlines_that_moved_alone() -> Iterator[str]:
    for solicitation in _amended():
        last = solicitation.amendments.order_by("-number").first()
        moved = solicitation.outage_rulings.filter(is_confirmed=True).last()
        expected = last.new_deadline if last is not None else None
        if moved is not None and (last is None or moved.ruled_at > last.issued_at):
            expected = moved.new_deadline
        if expected != solicitation.deadline:
            yield f"{solicitation}: {solicitation.deadline} and not {expected}"


def _released_twice() -> Iterator[str]:
    seen: set[int] = set()
    released = Answer.objects.filter(releases__isnull=False).order_by("pk")
    for answer in released.select_related("question"):
        if answer.question_id in seen:
            yield f"question {answer.question.public_id}"
        seen.add(answer.question_id)


def _public_without_number() -> Iterator[str]:
    for solicitation in Solicitation.objects.filter(state__in=PUBLIC_STATES):
        if not solicitation.piid or solicitation.released_at is None:
            yield f"{solicitation.public_id}"


INVARIANTS = [
    Invariant(
        code="SOL-1",
        sentence="Amendments are numbered from 0001 without a gap.",
        check=_numbers_with_gaps,
    ),
    Invariant(
        code="SOL-2",
        sentence="The deadline in force is the one of the last amendment or outage.",
        check=_deadlines_that_moved_alone,
    ),
    Invariant(
        code="SOL-3",
        sentence="A question is answered to everybody once.",
        check=_released_twice,
    ),
    Invariant(
        code="SOL-4",
        sentence="What is public has a number and an instant of release.",
        check=_public_without_number,
    ),
]
