"""A contract with metered calls, of which a sample is drawn and recounted."""

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.operations.issue_api_key import issue_api_key
from accounts.queries import actor_of_key
from accounts.states import Scope
from contracting.recounts.calculations import commitment_of, proof_of
from contracting.recounts.operations.adopt_plan import adopt_recount_plan
from contracting.recounts.operations.record_recounts import record_recounts
from contracting.recounts.operations.set_allowance import set_recount_allowance
from contracting.recounts.states import Sampled
from contracting.reference.models import AiModel, TokenClass
from tests.builders_metering import (
    CALLED_AT,
    MODEL,
    event,
    ingested,
    order_for,
    usage_source,
)
from tests.cast import actor

KEY = bytes(range(32))
TOKENIZER = "a" * 64
PLANNED_AT = CALLED_AT - timedelta(hours=1)
NOW = CALLED_AT + timedelta(hours=2)
CALLS = 30
EXACT = [(100, 100)] * 2_000


@pytest.fixture
def order(db):
    """An order with thirty calls of a hundred tokens of answer each."""
    usage_source()
    order = order_for()
    ingested(*(event(n, order=order) for n in range(CALLS)))
    return order


@pytest.fixture
def recounter(order):
    """The machine beside the gateway, and the text of its key.

    Its key is a new one each time: whatever is remembered is built before it.
    """
    administrator = actor("administrator")
    issued = issue_api_key(
        organization_id=administrator.own_organization_id,
        label="Recount",
        expires_at=PLANNED_AT + timedelta(days=300),
        scopes=[Scope.RECOUNTS_WRITE, Scope.RECONCILIATION_READ],
        by=administrator,
        at=PLANNED_AT,
    )
    return actor_of_key(issued.key), issued.text


def model():
    return AiModel.objects.get(snapshot=MODEL)


def output():
    return TokenClass.objects.get(code="OUT_TEXT")


def adopted(order, by="contracting_officer", **changed):
    """A plan that draws every call, for the sake of short stories."""
    said = {
        "model_id": model().pk,
        "token_class_id": output().pk,
        "key_commitment": commitment_of(KEY),
        "rate": Decimal(1),
        "risk": Decimal("0.01"),
        "tokenizer_name": "gpt2",
        "tokenizer_sha256": TOKENIZER,
        "at": PLANNED_AT,
    }
    return adopt_recount_plan(
        contract_id=order.contract_id, by=actor(by), **{**said, **changed}
    )


def allowed(order, by="contracting_officer", **changed):
    """An allowance from a trusted run of exact counts."""
    said = {
        "model_id": model().pk,
        "token_class_id": output().pk,
        "tokenizer_sha256": TOKENIZER,
        "words": "A run of our own on the same weights.",
        "counts": EXACT,
    }
    return set_recount_allowance(
        contract_id=order.contract_id,
        by=actor(by),
        at=PLANNED_AT - timedelta(days=1),
        **{**said, **changed},
    )


def sample(n, reported=100, recounted=100, position=None, key=KEY):
    """The sample of call ``n``, which is the next in the order of drawing."""
    name = f"call-{n}"
    place = n + 1 if position is None else position
    return Sampled(place, name, reported, recounted, proof_of(key, name))


def sent(plan, samples, by, at=NOW, tokenizer=TOKENIZER):
    """What the client sends; the next place that is missing."""
    return record_recounts(
        plan_id=plan.pk, tokenizer_sha256=tokenizer, samples=samples, by=by, at=at
    )
