"""Record the vendor's notice that it retires a model."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from accounts.states import Role
from contracting.approvals.operations.override import override_rule
from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.contracts.queries import representatives
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.documents.operations.request import request_document
from contracting.documents.states import DocumentKind
from contracting.modifications import events, paperwork, permissions, queries
from contracting.modifications.models import ModelRetirement
from contracting.modifications.refusals import (
    AlreadyIssued,
    NoticeTooShort,
    SubstituteNotOnRamped,
    TermInvalid,
)
from contracting.notices.operations.post_notice import Recipient, post_notice

RETIREMENT_DAYS = 180
"""The notice where nobody has recorded what the contract says."""


@transaction.atomic
def record_model_retirement(
    *,
    contract_id: int,
    snapshot: str,
    noticed_on: date,
    retires_on: date,
    words: str,
    substitute: str = "",
    short_notice_accepted: str = "",
    by: Actor,
    at: datetime,
) -> ModelRetirement:
    """Keep the notice against the days of the contract, and tell whom it concerns.

    :param noticed_on: the day of the notice; a vendor gives it today
    :param substitute: a model that is on the contract already (R-MOD-08)
    :param short_notice_accepted: why a contracting officer accepts fewer days
    :raises NotAllowed: if ``by`` is neither the vendor's signer nor of the office
    :raises NoticeTooShort: for fewer days than the contract's, unaccepted (R-MOD-11)
    :raises SubstituteNotOnRamped: for a substitute that is not on the contract
    :raises AlreadyIssued: if this very notice is on record
    :raises TermInvalid: for another model, without words, or a notice of tomorrow
    """
    contract = Contract.objects.locked().get(pk=contract_id)
    require(permissions.can_record_model_retirement(by, contract))
    today = accounting_day(at, contract.time_zone)
    noticed = today if by.is_vendor else noticed_on
    models = {model.snapshot: model for model in queries.models_of(contract)}
    if snapshot not in models or not words.strip() or not noticed <= today:
        message = (
            "Name a model of the contract and the words of the notice; it was given "
            "today or earlier."
        )
        raise TermInvalid(message, model=snapshot)
    if substitute and (substitute not in models or substitute == snapshot):
        message = f"{substitute} is not on the contract: bring it on first (R-MOD-08)."
        raise SubstituteNotOnRamped(message, substitute=substitute)
    if contract.retirements.filter(model=models[snapshot], retires_on=retires_on):
        message = f"The retirement of {snapshot} on {retires_on} is on record."
        raise AlreadyIssued(message)
    terms = queries.terms_on_models(contract)
    retirement = ModelRetirement(
        contract=contract,
        model=models[snapshot],
        substitute=models.get(substitute),
        noticed_on=noticed,
        retires_on=retires_on,
        required_days=terms.retirement_days if terms else RETIREMENT_DAYS,
        words=words.strip(),
        short_notice_accepted=short_notice_accepted.strip(),
        recorded_by_id=by.own_membership_id,
        retirement_recorded_at=at,
    )
    _require_notice(retirement, by)
    retirement.save()
    if retirement.is_short:
        override_rule(
            rule="R-MOD-11",
            subject=contract.subject,
            title=f"Retirement of {snapshot} after {retirement.days} days",
            url_path=f"{contract.path}/models",
            reason_code="SHORTER_NOTICE",
            words=retirement.short_notice_accepted,
            by=by,
            at=at,
        )
    _print(retirement, by, at)
    _tell(retirement, today, by, at)
    record_event(
        events.MODEL_RETIREMENT_RECORDED,
        subject=contract.subject,
        by=by,
        at=at,
        data={
            "model": snapshot,
            "substitute": substitute,
            "noticed_on": noticed,
            "retires_on": retires_on,
            "days": retirement.days,
            "required_days": retirement.required_days,
            "short_notice_accepted": retirement.short_notice_accepted,
            "orders": [each.piid for each in queries.orders_retired(retirement)],
        },
    )
    return retirement


def _require_notice(retirement: ModelRetirement, by: Actor) -> None:
    accepted = retirement.short_notice_accepted and by.has_role(
        Role.CONTRACTING_OFFICER
    )
    if retirement.is_short and not accepted:
        message = (
            f"The notice is {retirement.days} days before the model's last day; the "
            f"contract says {retirement.required_days}. Move that day, or let the "
            "contracting officer accept the shorter notice in writing."
        )
        raise NoticeTooShort(
            message, days=retirement.days, required=retirement.required_days
        )


def _print(retirement: ModelRetirement, by: Actor, at: datetime) -> None:
    contract = retirement.contract
    content = paperwork.retirement_sheet(
        retirement, list(queries.orders_retired(retirement)), signer=by
    )
    request_document(
        kind=DocumentKind.LETTER,
        subject=contract.subject,
        title=f"Retirement of {retirement.model} on {retirement.retires_on}",
        number=contract.piid or "",
        agency_id=contract.agency_id,
        vendor_id=contract.vendor_id,
        context=content,
        content_sha256=content_sha256(content),
        version=1,
        by=by,
        at=at,
    )


def _tell(retirement: ModelRetirement, today: date, by: Actor, at: datetime) -> None:
    contract = retirement.contract
    orders = queries.orders_retired(retirement)
    people = {
        *(row.membership.user_id for row in representatives(contract, today)),
        *(order.requester.user_id for order in orders),
    }
    numbers = ", ".join(order.name for order in orders) or "none"
    post_notice(
        recipients=[
            Recipient(contract.agency_id, Role.CONTRACTING_OFFICER),
            *(Recipient(contract.agency_id, user_id=each) for each in sorted(people)),
        ],
        subject=contract.subject,
        title=f"{retirement.model} of contract {contract.piid} is retired on "
        f"{retirement.retires_on}",
        body=f"{retirement.words}\nOrders that run longer: {numbers}.",
        url_path=f"{contract.path}/models",
        by=by,
        at=at,
    )
