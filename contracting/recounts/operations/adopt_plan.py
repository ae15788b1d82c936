"""Fix a sample before any of its calls is made."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.recounts import events, permissions, queries
from contracting.recounts.models import RecountPlan
from contracting.recounts.refusals import AlreadyPlanned, BadPlan
from contracting.recounts.states import SHA256
from contracting.reference.models import AiModel, TokenClass
from contracting.reference.states import Direction

_MILLIONTH = Decimal("0.000001")
_MOST_RISK = Decimal("0.1")


@transaction.atomic
def adopt_recount_plan(
    *,
    contract_id: int,
    model_id: int,
    token_class_id: int,
    key_commitment: str,
    rate: Decimal,
    risk: Decimal,
    tokenizer_name: str,
    tokenizer_sha256: str,
    template: str = "",
    by: Actor,
    at: datetime,
) -> RecountPlan:
    """Commit to a key that draws calls from now on, and to how they are judged.

    The allowance that holds now is the plan's for its whole life; without one the plan
    estimates and gives no verdict.

    :param key_commitment: SHA-256 of the key, which itself stays with the agency
    :param rate: share of the calls, above 0 and at most 1, in millionths
    :param risk: α, above 0 and at most 0.1
    :param template: where the vendor publishes how input is put together
    :raises NotAllowed: if ``by`` is no contracting officer of the agency
    :raises BadPlan: if the agency cannot hold the class's whole text, or a figure or a
        hash is none
    :raises AlreadyPlanned: if one runs of the model and class, or the key was used
    """
    contract = Contract.objects.locked().get(pk=contract_id)
    require(permissions.can_adopt_recount_plan(by, contract))
    model = AiModel.objects.get(pk=model_id)
    token_class = TokenClass.objects.get(pk=token_class_id)
    _guard_scope(contract, model, token_class, template.strip())
    _guard_figures(rate, risk)
    for name, value in (
        ("key_commitment", key_commitment),
        ("tokenizer_sha256", tokenizer_sha256),
    ):
        if not SHA256.fullmatch(value):
            message = "A SHA-256 is 64 small hexadecimal digits."
            raise BadPlan(message, pointer=f"/{name}")
    if not tokenizer_name.strip():
        message = "Name the tokenizer that recounts."
        raise BadPlan(message, pointer="/tokenizer_name")
    _guard_alone(contract, model, token_class, key_commitment)
    plan = RecountPlan.objects.create(
        contract=contract,
        model=model,
        token_class=token_class,
        allowance=queries.allowance_in_force(contract, model, token_class),
        key_commitment=key_commitment,
        rate=rate,
        risk=risk,
        tokenizer_name=tokenizer_name.strip()[:80],
        tokenizer_sha256=tokenizer_sha256,
        template=template.strip()[:300],
        adopted_by_id=by.own_membership_id,
        adopted_at=at,
    )
    record_event(
        events.RECOUNT_PLAN_ADOPTED,
        subject=plan.subject,
        by=by,
        at=at,
        data={
            "model": model.snapshot,
            "token_class": token_class.code,
            "key_commitment": key_commitment,
            "rate": f"{rate:f}",
            "risk": f"{risk:f}",
            "tokenizer_sha256": tokenizer_sha256,
            "allowance": f"{plan.allowance.share:f}" if plan.allowance else None,
        },
    )
    return plan


def _guard_scope(
    contract: Contract, model: AiModel, token_class: TokenClass, template: str
) -> None:
    if not queries.models_of(contract).filter(pk=model.pk).exists():
        message = f"The contract has no price of {model.snapshot}."
        raise BadPlan(message, pointer="/model")
    if not queries.is_recountable(token_class):
        message = (
            f"{token_class.label} cannot be recounted: nobody but the vendor has its "
            "whole text."
        )
        raise BadPlan(message, pointer="/token_class")
    if token_class.direction == Direction.INPUT and not template:
        message = "Input is recounted only where the vendor publishes its template."
        raise BadPlan(message, pointer="/template")


def _guard_figures(rate: Decimal, risk: Decimal) -> None:
    if not 0 < rate <= 1 or rate % _MILLIONTH:
        message = "The rate is a share above 0, at most 1, in millionths."
        raise BadPlan(message, pointer="/rate")
    if not 0 < risk <= _MOST_RISK or risk % (_MILLIONTH * 10):
        message = "The risk of a false flag is above 0 and at most 0.1."
        raise BadPlan(message, pointer="/risk")


def _guard_alone(
    contract: Contract, model: AiModel, token_class: TokenClass, key_commitment: str
) -> None:
    running = RecountPlan.objects.filter(
        contract=contract, model=model, token_class=token_class, ended_at__isnull=True
    )
    if running.exists():
        message = "A sample of this model and class is drawn already. End it first."
        raise AlreadyPlanned(message)
    if RecountPlan.objects.filter(key_commitment=key_commitment).exists():
        message = "This key has drawn a sample before. Make a new one."
        raise AlreadyPlanned(message)
