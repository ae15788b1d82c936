"""A sample is fixed before any call of it is made."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from contracting.audit.queries import events_of
from contracting.core.errors import NotAllowed
from contracting.recounts.calculations import commitment_of
from contracting.recounts.refusals import AlreadyPlanned, BadPlan
from contracting.reference.models import AiModel, TokenClass
from tests.cast import nothing_happens
from tests.recounts.conftest import adopted, allowed


def test_the_officer_commits_to_a_key_and_takes_the_allowance_that_holds(order):
    allowance = allowed(order)

    plan = adopted(order, rate=Decimal("0.05"))

    assert plan.is_running
    assert plan.allowance == allowance
    assert [each.event for each in events_of(plan.subject)] == ["recounts.plan.adopted"]
    with transaction.atomic(), pytest.raises(DatabaseError):
        type(plan).objects.filter(pk=plan.pk).update(rate=1)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"rate": Decimal(0)}, "/rate"),
        ({"rate": Decimal("0.0000001")}, "/rate"),
        ({"risk": Decimal("0.2")}, "/risk"),
        ({"tokenizer_sha256": "none"}, "/tokenizer_sha256"),
        ({"key_commitment": "A" * 64}, "/key_commitment"),
        ({"tokenizer_name": " "}, "/tokenizer_name"),
    ],
)
def test_what_is_no_plan_is_refused(order, changed, code):
    with nothing_happens(), pytest.raises(BadPlan) as refused:
        adopted(order, **changed)

    assert refused.value.data["pointer"] == code


def test_nobody_recounts_what_only_the_vendor_has(order):
    hidden = TokenClass.objects.get(code="OUT_REASONING")
    asked = TokenClass.objects.get(code="IN_UNCACHED")
    unpriced = AiModel.objects.exclude(snapshot="gpt-4o-2024-08-06").first()
    assert unpriced is not None

    for changed in (
        {"token_class_id": hidden.pk},
        {"token_class_id": asked.pk},
        {"model_id": unpriced.pk},
    ):
        with nothing_happens(), pytest.raises(BadPlan):
            adopted(order, **changed)

    published = adopted(order, token_class_id=asked.pk, template="docs, chat template")
    assert published.template == "docs, chat template"


def test_one_sample_at_a_time_and_each_key_once(order):
    adopted(order)
    with nothing_happens(), pytest.raises(AlreadyPlanned):
        adopted(order, key_commitment=commitment_of(b"another"))
    asked = TokenClass.objects.get(code="IN_UNCACHED")
    with nothing_happens(), pytest.raises(AlreadyPlanned):
        adopted(order, token_class_id=asked.pk, template="published")


@pytest.mark.parametrize("who", ["cor", "vendor_a_signer", "other_agency_officer"])
def test_nobody_else_plans_a_recount(order, who):
    with nothing_happens(), pytest.raises(NotAllowed):
        adopted(order, by=who)
