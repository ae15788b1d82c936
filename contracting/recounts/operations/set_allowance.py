"""Measure what may honestly be counted in excess."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.permissions import require
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.recounts import events, permissions, queries
from contracting.recounts.calculations import allowance_of
from contracting.recounts.models import RecountAllowance, RecountPlan
from contracting.recounts.refusals import BadAllowance
from contracting.recounts.states import CALIBRATION_SAMPLES, SHA256, Basis

_MOST_TOKENS = 10**12
_MOST_COUNTS = 20_000


@transaction.atomic
def set_recount_allowance(
    *,
    contract_id: int,
    model_id: int,
    token_class_id: int,
    tokenizer_sha256: str,
    words: str,
    counts: Sequence[tuple[int, int]] = (),
    plan_id: int | None = None,
    by: Actor,
    at: datetime,
) -> RecountAllowance:
    """Take the one-sided 99 % upper bound of a calibration as the allowance.

    With ``counts`` it is of a trusted run and holds at once, for plans adopted from now
    on. With ``plan_id`` it is of the first samples that a plan without an allowance has
    drawn, and holds when the vendor agrees; those samples are in no test.

    :param counts: (reported, recounted) of a trusted run, in its order
    :raises NotAllowed: if ``by`` is no contracting officer of the agency
    :raises BadAllowance: if there are too few counts, or they are no counts
    """
    contract = Contract.objects.locked().get(pk=contract_id)
    require(permissions.can_set_recount_allowance(by, contract))
    plan = None
    if plan_id is not None:
        plan = RecountPlan.objects.get(pk=plan_id, contract=contract)
        counts = _first_samples(plan)
        model_id, token_class_id = plan.model_id, plan.token_class_id
        tokenizer_sha256 = plan.tokenizer_sha256
    _guard(counts, tokenizer_sha256, words)
    allowance = RecountAllowance.objects.create(
        contract=contract,
        model_id=model_id,
        token_class_id=token_class_id,
        basis=Basis.TRUSTED_RUN if plan is None else Basis.FIRST_SAMPLES,
        plan=plan,
        tokenizer_sha256=tokenizer_sha256,
        counts=[list(each) for each in counts],
        counts_sha256=content_sha256([list(each) for each in counts]),
        share=allowance_of(counts),
        words=words.strip()[:400],
        set_by_id=by.own_membership_id,
        set_at=at,
    )
    if not allowance.holds:
        _ask_vendor(allowance, by, at)
    record_event(
        events.RECOUNT_ALLOWANCE_SET,
        subject=allowance.subject,
        by=by,
        at=at,
        data={
            "basis": allowance.basis,
            "share": f"{allowance.share:f}",
            "samples": allowance.samples,
            "counts_sha256": allowance.counts_sha256,
        },
    )
    return allowance


def _first_samples(plan: RecountPlan) -> list[tuple[int, int]]:
    if plan.allowance_id is not None:
        message = "These samples are tested already: they calibrate nothing."
        raise BadAllowance(message, pointer="/plan")
    known = (
        each for each in queries.samples_in_order(plan) if each.recounted is not None
    )
    return [each.counts for each in known][:CALIBRATION_SAMPLES]


def _guard(
    counts: Sequence[tuple[int, int]], tokenizer_sha256: str, words: str
) -> None:
    if not CALIBRATION_SAMPLES <= len(counts) <= _MOST_COUNTS:
        message = (
            f"A calibration has {CALIBRATION_SAMPLES:,} to {_MOST_COUNTS:,} counts; "
            f"these are {len(counts):,}."
        )
        raise BadAllowance(message, pointer="/counts")
    if not all(0 <= count <= _MOST_TOKENS for each in counts for count in each):
        message = "A count is a whole number of tokens, not below 0."
        raise BadAllowance(message, pointer="/counts")
    if not SHA256.fullmatch(tokenizer_sha256):
        message = "A SHA-256 is 64 small hexadecimal digits."
        raise BadAllowance(message, pointer="/tokenizer_sha256")
    if not words.strip():
        message = "Say what was run, when and by whom."
        raise BadAllowance(message, pointer="/words")


def _ask_vendor(allowance: RecountAllowance, by: Actor, at: datetime) -> None:
    post_notice(
        recipients=[Recipient(organization_id=allowance.contract.vendor_id)],
        subject=allowance.subject,
        title="Please agree to an allowance of the count",
        body=(
            f"Of {allowance.model.snapshot}, {allowance.token_class.label}, the first "
            f"{allowance.samples:,} samples give {allowance.share:.4%}."
        ),
        url_path=allowance.path,
        by=by,
        at=at,
    )
