"""A gateway that begins anew fences its former self off."""

from datetime import timedelta

import pytest

from contracting.core.errors import NotAllowed, Refusal
from contracting.metering.operations.fence import fence_gateway
from tests.builders_funds import answers, asking, granted
from tests.builders_metering import CALLED_AT, usage_source
from tests.cast import machine, nothing_happens

pytestmark = pytest.mark.django_db


def fenced(gateway="", by="gateway"):
    return fence_gateway(
        source_id=usage_source().pk,
        gateway=gateway,
        by=machine(by),
        at=CALLED_AT + timedelta(seconds=1),
    ).epoch


@pytest.mark.rule("R-MET-10", case="refused")
def test_the_old_self_gets_no_more_room(order):
    # Given a gateway in its first epoch, and another of the same source
    assert granted(1, order=order, epoch=fenced("a"), gateway="a")

    # When it begins anew
    assert fenced("a") == 2

    # Then its old epoch is refused, and the new one and the other gateway are not
    with nothing_happens(), pytest.raises(Refusal) as refusal:
        granted(2, order=order, epoch=1, gateway="a")
    assert (refusal.value.code, refusal.value.data["epoch"]) == ("stale_epoch", 2)
    assert granted(3, order=order, epoch=2, gateway="a")
    assert granted(4, order=order, gateway="b")


def test_a_gateway_without_an_epoch_is_stale_once_there_is_one(order):
    fenced()

    (answer,) = answers(asking(order=order))

    assert answer.code == "stale_epoch"


def test_another_agency_fences_nothing_here(order):
    usage_source()

    with nothing_happens(), pytest.raises(NotAllowed):
        fenced(by="other_agency_gateway")
