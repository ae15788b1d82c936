"""A cure notice gives the vendor its days; only an officer with a warrant signs it."""

from datetime import timedelta

import pytest

from contracting.core.errors import NotAllowed
from contracting.documents.models import Document
from contracting.terminations.operations.issue_cure import issue_cure_notice
from contracting.terminations.refusals import NotRunning, WordsMissing
from tests.builders_metering import CALLED_AT
from tests.builders_orders import certified_order, issued_order
from tests.cast import actor, nothing_happens

pytestmark = pytest.mark.django_db

CURE_AT = CALLED_AT + timedelta(hours=2)
CURE_BY = CURE_AT.date() + timedelta(days=10)


def cured(order, due_on=CURE_BY, by="contracting_officer", text="Answers are late."):
    return issue_cure_notice(
        contract_id=order.contract_id,
        order_id=order.pk,
        text=text,
        due_on=due_on,
        by=actor(by),
        at=CURE_AT,
    )


@pytest.mark.rule("R-ROL-01", case="refused")
def test_the_vendor_has_at_least_ten_days():
    order, soon = issued_order(), CURE_BY - timedelta(days=1)
    for wrong in ({"due_on": soon}, {"text": " "}):
        with nothing_happens(), pytest.raises(WordsMissing):
            cured(order, **wrong)
    for part in ("cor", "other_agency_officer"):
        with nothing_happens(), pytest.raises(NotAllowed) as refusal:
            cured(order, by=part)
        assert refusal.value.rule == "R-ROL-01"

    letter = cured(order)

    assert (letter.due_on, letter.about) == (CURE_BY, order.piid)
    paper = Document.objects.get(kind="letter")
    assert paper.context["sections"][0]["text"] == "Answers are late."


def test_nothing_is_cured_before_the_signature():
    order = certified_order()

    with nothing_happens(), pytest.raises(NotRunning):
        cured(order)
