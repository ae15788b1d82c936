"""Record what one person decides on the exact version they have seen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import Membership
from contracting.approvals import events, permissions, queries
from contracting.approvals.models import Decision, ParagraphComment, Route
from contracting.approvals.queries import Progress, Seat
from contracting.approvals.refusals import (
    AlreadyDecided,
    CommentMissing,
    RemarkInvalid,
    RouteClosed,
)
from contracting.approvals.states import (
    LONGEST_REMARK,
    MOST_REMARKS,
    Decided,
    Remark,
    RouteState,
)
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible, Stale
from contracting.core.permissions import require


@transaction.atomic
def record_decision(
    *,
    route_id: int,
    by: Actor,
    at: datetime,
    verdict: str,
    comment: str,
    seen_version: int,
    content_sha256: str,
    remarks: Sequence[Remark] = (),
) -> Progress:
    """Concur, do not concur, return or abstain; the first two are final and both count.

    The last decision that a position needs opens the next one, or completes the route;
    a return closes it at once. What either means is for the calling verb to say. Who
    abstains for a conflict of interest fills no seat: it is another's of the role, and
    neither they nor a delegate of theirs decides. The caller holds the lock of the
    subject.

    :param verdict: one of :class:`contracting.approvals.states.Decided`
    :param content_sha256: the hash of the content in force, as the person saw it
    :param remarks: what the person says on single paragraphs of it
    :raises NotVisible: if the route is another organization's
    :raises NotAllowed: if the person made it (R-ROL-09) or is not asked now
    :raises RouteClosed: if the route is complete, returned or void (R-ROL-08)
    :raises Stale: if the decision was taken on another version
    :raises AlreadyDecided: if the person, or whose seat they take, has decided
    :raises CommentMissing: if a verdict other than to concur has no words
    :raises RemarkInvalid: if a comment on a paragraph is empty, too long or a second
    """
    route: Route = Route.objects.locked().select_related("agency").get(pk=route_id)
    if not by.acts_for(route.agency_id):
        message = "There is nothing here for you."
        raise NotVisible(message)
    on = route.agency.local_day(at)
    _refuse_closed(route)
    _refuse_second_decision(route, by)
    require(permissions.can_record_decision(by, route, on))
    _refuse_other_version(route, seen_version, content_sha256)
    words = comment.strip()
    if verdict != Decided.CONCUR and not words:
        message = "Say why you do not concur, return it or abstain."
        raise CommentMissing(message)
    _refuse_remarks(remarks)
    seat = queries.free_seats(by, route, on)[0]
    decision = _decide(route, seat, by, at, Decided(verdict), words)
    ParagraphComment.objects.bulk_create(
        ParagraphComment(decision=decision, **_stored(each)) for each in remarks
    )
    progress = _move_on(route, decision, at)
    record_event(
        events.DECISION_RECORDED,
        subject=decision.as_subject,
        by=by,
        at=at,
        data={
            "route": route.pk,
            "step": seat.step.label,
            "verdict": verdict,
            "comment": words,
            "on_behalf_of": decision.on_behalf_of_id,
            "in_seat_of": _name_of(decision.on_behalf_of),
            "version": route.version,
            "content_sha256": route.content_sha256,
            "route_state": route.state,
            "steps_left": progress.steps_left,
            **(
                {"on_paragraphs": [_stored(each) for each in remarks]}
                if remarks
                else {}
            ),
        },
    )
    return progress


def _stored(remark: Remark) -> dict[str, str]:
    return {
        "place": remark.place,
        "passage": remark.passage,
        "words": remark.words.strip(),
    }


def _refuse_remarks(remarks: Sequence[Remark]) -> None:
    places = [each.place for each in remarks]
    if len(remarks) > MOST_REMARKS or len(set(places)) < len(places):
        message = f"One comment a paragraph, and at most {MOST_REMARKS} of them."
        raise RemarkInvalid(message)
    for each in remarks:
        if not 0 < len(each.words.strip()) <= LONGEST_REMARK or not each.place:
            message = (
                f"{each.place or 'A paragraph'}: a comment has words, at most "
                f"{LONGEST_REMARK:,} characters."
            )
            raise RemarkInvalid(message)


def _name_of(colleague: Membership | None) -> str:
    return colleague.user.name if colleague else ""


def _refuse_closed(route: Route) -> None:
    if route.state != RouteState.OPEN:
        words = RouteState(route.state).label
        message = f"This route is {words}; nothing more is decided on it."
        rule = "R-ROL-08" if route.state == RouteState.VOIDED else ""
        raise RouteClosed(message, rule=rule, state=route.state)


def _refuse_second_decision(route: Route, by: Actor) -> None:
    if by.user_id in queries.people_who_decided(route):
        message = "You have decided on this already, or a colleague did in your seat."
        raise AlreadyDecided(message)


def _refuse_other_version(route: Route, seen_version: int, content_sha256: str) -> None:
    if (seen_version, content_sha256) != (route.version, route.content_sha256):
        message = (
            f"This has changed since you read it: you saw version {seen_version}, the "
            f"route is about version {route.version}. Read it again, then decide."
        )
        raise Stale(message, seen=seen_version, current=route.version)


def _decide(
    route: Route, seat: Seat, by: Actor, at: datetime, verdict: Decided, words: str
) -> Decision:
    is_own = verdict == Decided.ABSTAIN
    return Decision.objects.create(
        step=seat.step,
        route=route,
        membership_id=seat.membership_id,
        by_user_id=by.own_user_id,
        on_behalf_of=None if is_own else seat.on_behalf_of,
        seat_membership_id=seat.membership_id if is_own else seat.seat_membership_id,
        verdict=verdict,
        comment=words,
        version=route.version,
        content_sha256=route.content_sha256,
        at=at,
    )


def _move_on(route: Route, decision: Decision, at: datetime) -> Progress:
    left = queries.progress(route).steps_left
    if decision.verdict == Decided.RETURN:
        _close(route, RouteState.RETURNED, at)
    elif not left:
        _close(route, RouteState.COMPLETE, at)
    return queries.progress(route)


def _close(route: Route, state: RouteState, at: datetime) -> None:
    route.move_to(state)
    route.closed_at = at
    route.save(update_fields=["closed_at"])
