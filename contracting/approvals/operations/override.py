"""Record that a rule was overridden where the regulation lets somebody do so."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import Membership
from accounts.queries import active_warrant, actor_of
from contracting.approvals import events
from contracting.approvals.models import Override
from contracting.approvals.refusals import NoOverride, OverrideUnfounded
from contracting.approvals.states import OVERRIDABLE
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.subjects import Subject


@transaction.atomic
def override_rule(
    *,
    rule: str,
    subject: Subject,
    title: str,
    url_path: str,
    reason_code: str,
    words: str,
    citation: str = "",
    document_sha256: str = "",
    asked_by: Membership | None = None,
    by: Actor,
    at: datetime,
) -> Override:
    """Record an override; the verb that lets it pass has asked whether ``by`` may.

    The number of the warrant in force that day is kept with it. What is written is
    never changed; facts that change later are another record.

    :param rule: one of ``OVERRIDABLE``; of every other rule there is no override
    :param reason_code: the exception that applies, in the regulation's own code if any
    :param asked_by: who asked for it, where somebody else approved it: ``by`` is then
        the second approver
    :raises NoOverride: for a rule without an override: change the facts instead
    :raises OverrideUnfounded: without a reason in words
    """
    if rule not in OVERRIDABLE:
        message = f"Nobody can override {rule}. Change the facts instead."
        raise NoOverride(message, rule=rule)
    if not words.strip():
        message = "Say why the rule is overridden."
        raise OverrideUnfounded(message, rule=rule)
    own = Membership.objects.select_related("organization", "user")
    approver = own.get(pk=by.own_membership_id)
    actor = asked_by or approver
    day = actor.organization.local_day(at)
    warrant = active_warrant(actor_of(actor), day)
    override = Override.objects.create(
        rule=rule,
        agency=actor.organization,
        subject_kind=subject.kind,
        subject_id=subject.id,
        stream=subject.stream,
        title=title[:200],
        url_path=url_path,
        membership=actor,
        role=actor.role,
        warrant_number=warrant.number if warrant else "",
        reason_code=reason_code[:60],
        words=words.strip(),
        citation=citation[:200] or OVERRIDABLE[rule].citation,
        document_sha256=document_sha256,
        second_approver=approver if asked_by else None,
        at=at,
    )
    record_event(
        events.RULE_OVERRIDDEN,
        subject=subject,
        by=by,
        at=at,
        data={
            "override": override.pk,
            "rule": rule,
            "reason_code": override.reason_code,
            "words": override.words,
            "citation": override.citation,
            "warrant": override.warrant_number,
            "document_sha256": document_sha256,
            "asked_by": asked_by.pk if asked_by else None,
        },
    )
    return override
