"""What every page's shell shows, what a search finds, and the lists of a desk."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.db import DatabaseError
from django.db.models import (
    DateField,
    DateTimeField,
    F,
    Func,
    Q,
    QuerySet,
)
from django.db.models.functions import Cast, Now

from accounts.models import Membership
from accounts.queries import DEMO_PASSWORD, delegators_of, demo_accounts
from contracting.approvals.models import Decision, Step
from contracting.approvals.states import FINAL, Decided, Need, RouteState
from contracting.contracts.models import Contract
from contracting.contracts.queries import designations_in_force
from contracting.contracts.queries import visible_to as contracts_visible_to
from contracting.contracts.states import ContractState
from contracting.core.actors import ANONYMOUS, Actor
from contracting.core.periods import accounting_day
from contracting.core.quantities import Dollars
from contracting.desk.calculations import (
    Item,
    Rows,
    address,
    contract_item,
    count,
    day,
    money,
)
from contracting.desk.states import (
    FOR_ANYBODY,
    NAVIGATION,
    NOTICES,
    REVIEWS,
    RIBBON,
    WITHOUT_A_ROLE,
    Entry,
)
from contracting.documents.models import Document
from contracting.documents.queries import has_failed_receipts
from contracting.documents.states import DocumentState
from contracting.ledger.queries import room_of_contracts
from contracting.notices.models import Notice
from contracting.notices.queries import unread_count
from contracting.notices.states import EmailState
from contracting.solicitations.queries import visible_to as solicitations_visible_to
from contracting.solicitations.states import SolicitationState

LIMIT: Final = 20
"""How many rows of a list a desk shows; the list itself has all of them."""

NEARLY: Final = Decimal("0.8")
DAYS_BEFORE_THE_END: Final = 90

log = logging.getLogger(__name__)


# The shell ---------------------------------------------------------------------------


def shell(request: Any) -> dict[str, Any]:
    """Context processor: navigation, ribbon, and on the login page the demo accounts.

    Asks the database nothing for a visitor, and at most three things for anybody else.
    It never fails: a count that cannot be read is left out.
    """
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    shown: dict[str, Any] = {
        "navigation": navigation(actor, getattr(request, "path", "")),
        "ribbon": RIBBON if settings.DEMO else "",
    }
    match = getattr(request, "resolver_match", None)
    if settings.DEMO and match is not None and match.view_name == "account_login":
        shown["demo_accounts"] = demo_accounts()
        shown["demo_password"] = DEMO_PASSWORD
    return shown


def navigation(actor: Actor, path: str) -> list[dict[str, Any]]:
    """The entries of the actor's role; the one above ``path`` is the current one."""
    entries = NAVIGATION.get(actor.role, FOR_ANYBODY)
    if not actor.role and actor.user_id is not None:
        entries = WITHOUT_A_ROLE
    counts = _counts(actor, entries)
    shown: list[dict[str, Any]] = [
        {"label": entry.label, "url": url, "count": counts.get(entry.count, 0)}
        for entry in entries
        if (url := address(entry.route))
    ]
    current = _current([each["url"] for each in shown], path)
    return [{**each, "current": each["url"] == current} for each in shown]


def _current(urls: Sequence[str], path: str) -> str:
    """The longest address above ``path``; the first page is above itself only."""
    above = [
        url
        for url in urls
        if path == url or (url != "/" and f"{path}/".startswith(f"{url.rstrip('/')}/"))
    ]
    return max(above, key=len, default="")


def _counts(actor: Actor, entries: Iterable[Entry]) -> dict[str, int]:
    wanted = {entry.count for entry in entries}
    counts = {}
    try:
        if NOTICES in wanted:
            counts[NOTICES] = unread_count(actor)
        if REVIEWS in wanted:
            counts[REVIEWS] = reviews_waiting(actor)
    except DatabaseError:
        log.exception("the counts of the navigation could not be read")
    return counts


_DAY_THERE = Cast(
    Func(
        F("route__agency__time_zone"),
        Now(),
        function="timezone",
        output_field=DateTimeField(),
    ),
    DateField(),
)
"""The day it is now where the agency is: on it ``record_decision`` weighs."""


def reviews_waiting(actor: Actor) -> int:
    """How many routes wait for this reviewer: ``approvals.waiting_for``, counted.

    One query reads every step of the agency's open routes with its decisions; a second
    one the colleagues who have delegated, if anything is open at all.
    """
    rows = list(
        Step.objects.filter(
            route__agency_id=actor.organization_id, route__state=RouteState.OPEN
        )
        .exclude(route__submitted_by_user_id=actor.user_id)
        .exclude(route__excluded_user_ids__contains=[actor.user_id])
        .order_by("route", "position", "pk")
        .values(
            *("pk", "route", "position", "role", "review_field", "need", "needed"),
            *("member_ids", "route__submitted_by_user_id", "route__excluded_user_ids"),
            *("decisions__verdict", "decisions__by_user_id"),
            person=F("decisions__on_behalf_of__user_id"),
            today=_DAY_THERE,
        )
    )
    if not rows:
        return 0
    lenders = delegators_of(actor, rows[0]["today"])
    by_route: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        by_route.setdefault(row["route"], []).append(row)
    return sum(1 for steps in by_route.values() if _is_asked(actor, steps, lenders))


def _is_asked(
    actor: Actor, rows: list[dict[str, Any]], lenders: Sequence[Membership]
) -> bool:
    """Whether a route, given as its steps × decisions, has a seat for the actor."""
    closed = {row["decisions__by_user_id"] for row in rows}
    closed |= {row["person"] for row in rows}
    if actor.user_id in closed:
        return False
    closed |= {rows[0]["route__submitted_by_user_id"]}
    closed |= set(rows[0]["route__excluded_user_ids"])
    said: dict[int, int] = {}
    for row in rows:
        counts = row["decisions__verdict"] in FINAL or (
            row["need"] == Need.ALL and row["decisions__verdict"] == Decided.ABSTAIN
        )
        said[row["pk"]] = said.get(row["pk"], 0) + counts
    open_rows = [row for row in rows if said[row["pk"]] < row["needed"]]
    seats = [(actor.membership_id, actor.role, actor.review_field)] + [
        (lender.pk, lender.role, lender.review_field)
        for lender in lenders
        if lender.organization_id == actor.organization_id
        and lender.user_id not in closed
    ]
    return any(
        (row["role"], row["review_field"]) == (role, field)
        and (row["need"] != Need.ALL or membership_id in row["member_ids"])
        for row in open_rows
        if row["position"] == open_rows[0]["position"]
        for membership_id, role, field in seats
    )


# The lists of a desk -----------------------------------------------------------------


def first_of(
    rows: QuerySet[Any],
    item: Callable[[Any], Any],
    limit: int = LIMIT,
    counted: int | None = None,
) -> Rows:
    """The first rows of a list, each as ``item`` shows it.

    :param counted: count no further; ``total`` is then one more than this
    """
    first = list(rows[: limit + 1])
    if len(first) <= limit:
        return Rows([item(row) for row in first], len(first))
    all_of_them = rows if counted is None else rows.order_by()[: counted + 1]
    return Rows([item(row) for row in first[:limit]], all_of_them.count())


# What is near its end ----------------------------------------------------------------


def near_their_end(actor: Actor, today: date) -> list[Item]:
    """Awarded contracts that are nearly ordered out, or close to their last day."""
    contracts = contracts_visible_to(actor).filter(state=ContractState.AWARDED)
    room = room_of_contracts(contracts.values("pk"), from_share=NEARLY)
    soon = today + timedelta(days=DAYS_BEFORE_THE_END)
    near = contracts.filter(
        Q(pk__in=list(room)) | Q(ordering_end__range=(today, soon))
    ).order_by("ordering_end", "pk")
    return [_near(contract, room.get(contract.pk), today) for contract in near[:LIMIT]]


def _near(contract: Contract, left: Dollars | None, today: date) -> Item:
    notes = []
    if left is not None:
        notes.append(f"{money(left)} of its ceiling can still be ordered.")
    days = (contract.ordering_end - today).days
    if days <= DAYS_BEFORE_THE_END:
        notes.append(f"Orders can be placed for {count(days, 'more day')}.")
    return replace(contract_item(contract), note=" ".join(notes))


def next_known_date(actor: Actor, at: datetime) -> str:
    """The next deadline for offers, for a desk on which nothing waits."""
    coming = (
        solicitations_visible_to(actor)
        .filter(state=SolicitationState.RELEASED, deadline__gte=at)
        .order_by("deadline")
        .first()
    )
    if coming is None or coming.deadline is None:
        return ""
    on = accounting_day(coming.deadline, coming.time_zone)
    return f"The next known date: offers for {coming.name} are due on {day(on)}."


def represented(actor: Actor, on: date) -> QuerySet[Contract]:
    """The contracts whose designated representative the actor is on that day."""
    named = designations_in_force(on).filter(membership_id=actor.membership_id or 0)
    return contracts_visible_to(actor).filter(pk__in=named.values("contract_id"))


def last_decisions(actor: Actor) -> list[Decision]:
    """What the person decided last, newest first."""
    made = Decision.objects.filter(by_user_id=actor.user_id or 0)
    return list(made.select_related("route").order_by("-pk")[:5])


def failing(actor: Actor) -> list[Item]:
    """The agency's papers that would not print, and e-mails that did not arrive."""
    papers = Document.objects.visible_to(actor).filter(
        agency_id=actor.organization_id, state=DocumentState.FAILED
    )
    mails = Notice.objects.filter(
        recipient_organization_id=actor.organization_id, email_state=EmailState.FAILED
    ).select_related("recipient_user")
    return (
        [
            Item(
                text=paper.title,
                url=address("documents:document", paper.public_id),
                asked="Print the paper again",
                note=paper.last_error,
                since=paper.requested_at,
            )
            for paper in papers.order_by("pk")[:LIMIT]
        ]
        + [
            Item(
                text=f"E-mail to {mail.recipient_user}",
                url=address("accounts:people"),
                asked="Check the address",
                note=mail.last_error,
                since=mail.created_at,
            )
            for mail in mails.order_by("-pk")[:LIMIT]
        ]
        + _failing_receipts(actor)
    )


def _failing_receipts(actor: Actor) -> list[Item]:
    """That there are any: who has offered is sealed, how many, and why one failed."""
    if not has_failed_receipts(actor.organization_id or 0):
        return []
    return [
        Item(
            text="Receipts for offers that would not print",
            url="",
            asked="See that the paper worker runs",
            note="Whose they are is sealed; each vendor can request its own again.",
        )
    ]
