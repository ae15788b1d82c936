"""Propose a new model for a contract, with the checklist that brings it on."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.approvals.operations.override import override_rule
from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.modifications import calculations, events, permissions, queries
from contracting.modifications.models import ContractModification, OnRamp
from contracting.modifications.operations.draft import (
    _ask_vendor,
    _record,
    put_proposal,
)
from contracting.modifications.queries.prices import reaching_accepted
from contracting.modifications.refusals import NotOnRamped, TermInvalid
from contracting.modifications.states import ModificationKind, OnRampDraft, Proposal
from contracting.reference.models import AiModel


@transaction.atomic
def draft_on_ramp(
    *,
    contract_id: int,
    proposal: Proposal,
    on_ramp: OnRampDraft,
    by: Actor,
    at: datetime,
) -> ContractModification:
    """Draft the supplemental agreement that brings a new model on (R-MOD-08).

    Once it is signed its prices are the contract's and orders may take the model up.

    :param proposal: of the kind ``ON_RAMP``, with a price for each class
    :raises NotAllowed: if ``by`` is not of the contracting office (R-MOD-06)
    :raises NotOnRamped: with every point of the checklist that is missing, or a price
        above the list less the discount without the officer's memo (R-MOD-08)
    :raises TermInvalid: for a model that nobody has registered
    :raises Refusal: whatever drafting any modification refuses
    """
    contract = Contract.objects.locked().get(pk=contract_id)
    require(permissions.can_draft_on_ramp(by, contract))
    if proposal.kind != ModificationKind.ON_RAMP:
        message = "An on-ramp is a modification of its own."
        raise TermInvalid(message, term="kind")
    if on_ramp.model_tokens.count <= 0 or on_ramp.reference_tokens.count <= 0:
        message = (
            "The equivalence test is missing: count the published corpus with the "
            "model's tokenizer and with the reference tokenizer."
        )
        raise NotOnRamped(message, missing=["Equivalence test"])
    modification = ContractModification(
        contract=contract, drafted_by_id=by.own_membership_id
    )
    put_proposal(modification, proposal, at)
    made = _on_ramp(modification, on_ramp)
    require_on_ramped(modification, at)
    modification.content_sha256 = content_sha256(
        calculations.modification_content(modification)
    )
    modification.save(update_fields=["content_sha256"])
    _ask_vendor(modification, by, at)
    record_event(
        events.ON_RAMP_DRAFTED,
        subject=modification.subject,
        by=by,
        at=at,
        data={
            **_record(modification),
            "model": made.model.snapshot,
            "factor": str(made.factor),
            "counted_by": made.counted_by,
            "price_exception": made.price_exception,
        },
    )
    return modification


def _on_ramp(modification: ContractModification, draft: OnRampDraft) -> OnRamp:
    return OnRamp.objects.create(
        modification=modification,
        model=_model(draft.snapshot),
        predecessor=_model(draft.predecessor) if draft.predecessor else None,
        corpus=draft.corpus.strip(),
        corpus_sha256=draft.corpus_sha256.strip().lower(),
        model_tokens=draft.model_tokens.count,
        reference_tokens=draft.reference_tokens.count,
        predecessor_tokens=draft.predecessor_tokens.count,
        counted_by=draft.counted_by,
        security_evidence=draft.security_evidence.strip(),
        security_sha256=draft.security_sha256.strip().lower(),
        documents={
            code: sha256.strip().lower()
            for code, sha256 in draft.documents.items()
            if sha256.strip()
        },
        price_exception=draft.price_exception.strip(),
    )


def _model(snapshot: str) -> AiModel:
    found: AiModel | None = AiModel.objects.filter(snapshot=snapshot).first()
    if found is None:
        message = f"{snapshot!r} is no registered snapshot. Register the model first."
        raise TermInvalid(message, model=snapshot)
    return found


def require_on_ramped(modification: ContractModification, at: datetime) -> None:
    """Insist on the whole checklist of a new model, when drafted and when signed.

    :raises NotOnRamped: with what is missing (R-MOD-08)
    """
    on = accounting_day(at, modification.contract.time_zone)
    missing = [
        point for point in queries.checklist(modification, on) if not point.is_done
    ]
    if missing:
        message = " ".join(f"{point.what}: {point.why}" for point in missing)
        raise NotOnRamped(message, missing=[point.what for point in missing])


def record_memos(modification: ContractModification, by: Actor, at: datetime) -> None:
    """Put on record where the signer's memo lets a rule pass that holds else.

    A new price above the public list (R-MOD-08), and a lower one that reaches back over
    usage that is accepted, which is credited (R-MOD-07).
    """
    on = accounting_day(at, modification.contract.time_zone)
    memos = []
    if modification.kind == ModificationKind.ON_RAMP:
        exception = modification.on_ramp.price_exception
        if exception and queries.above_the_list(modification, on):
            memos.append(("R-MOD-08", "PRICE_ABOVE_LIST", exception))
    if modification.credit_memo and reaching_accepted(modification)[1]:
        memos.append(("R-MOD-07", "CREDITED", modification.credit_memo))
    for rule, code, words in memos:
        override_rule(
            rule=rule,
            subject=modification.subject,
            title=f"{modification.contract.name} {modification.number}",
            url_path=modification.path,
            reason_code=code,
            words=words,
            by=by,
            at=at,
        )
