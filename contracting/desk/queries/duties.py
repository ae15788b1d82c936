"""Who did what in a case, read from its events."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from django.db.models import Q

from contracting.approvals.models import Override
from contracting.audit.models import AuditEvent
from contracting.contracts.models import Contract
from contracting.core.actors import PERSON
from contracting.desk.states import APART, EVENTS_OF_DUTY, Apart, Duty


@dataclass(frozen=True, slots=True)
class Did:
    """One person has done one duty on one thing of a case."""

    person: int
    name: str
    duty: Duty
    thing: tuple[str, int]


@dataclass(frozen=True, slots=True)
class Separation:
    """Whether two duties were kept apart; who held both on one thing, or in the case.

    ``beside`` names who held both, on different things, where that is allowed;
    ``waived`` who held both on one thing by an override that is on record.
    """

    apart: Apart
    broken_by: list[str]
    beside: list[str]
    waived: list[str] = field(default_factory=list)


def done_in(contract: Contract) -> list[Did]:
    """What each person did from the need to the payment, by one query.

    The case is the contract with its orders and payments, its solicitation, and the
    requisition that asked for it. The award is one action with what asked for it.
    """
    solicitation = contract.solicitation
    need = ("requisitions.requisition", solicitation.requisition_id)
    own = ("contracts.contract", contract.pk)
    in_case = Q(stream__in=[contract.stream, solicitation.stream])
    in_case |= Q(subject_kind=need[0], subject_id=need[1])
    duties: dict[str, list[str]] = {}
    for duty, events in EVENTS_OF_DUTY.items():
        for event in events:
            duties.setdefault(event, []).append(duty)
    rows = (
        AuditEvent.objects.filter(in_case, actor_kind=PERSON, event__in=duties)
        .order_by("pk")
        .values_list(
            *("event", "subject_kind", "subject_id", "actor_user_id", "actor_name")
        )
    )
    return [
        Did(person, name, Duty(duty), own if (kind, key) == need else (kind, key))
        for event, kind, key, person, name in rows
        if person is not None
        for duty in duties[event]
    ]


def every_case() -> Iterator[Contract]:
    """Every contract with what its case begins with."""
    found = Contract.objects.select_related("solicitation")
    yield from found.order_by("pk").iterator(chunk_size=200)


def waived_in(contract: Contract) -> set[tuple[str, tuple[str, int]]]:
    """By rule, the things of a case on which it was overridden."""
    rows = Override.objects.filter(
        stream__in=[contract.stream, contract.solicitation.stream]
    ).values_list("rule", "subject_kind", "subject_id")
    return {(rule, (kind, key)) for rule, kind, key in rows}


def separations(
    done: Iterable[Did], waived: Collection[tuple[str, tuple[str, int]]] = ()
) -> list[Separation]:
    """The matrix of separation over a case, in its order.

    :param waived: the rules that were overridden, each with the thing
    """
    rows = list(done)
    names = {row.person: row.name for row in rows}
    found = []
    for apart in APART:
        one = {(r.person, r.thing) for r in rows if r.duty == apart.one}
        other = {(r.person, r.thing) for r in rows if r.duty == apart.other}
        in_case = {person for person, _ in one} & {person for person, _ in other}
        both = one & other
        passed = {each for each in both if (apart.rule, each[1]) in waived}
        on_one = {person for person, _ in both - passed}
        broken = in_case if apart.in_the_whole_case else on_one
        found.append(
            Separation(
                apart,
                sorted(names[person] for person in broken),
                sorted(names[person] for person in in_case - broken),
                sorted({names[person] for person, _ in passed}),
            )
        )
    return found
