"""Two people give their word for the figures of a month."""

import pytest

from accounts.operations.grant_membership import grant_membership
from accounts.queries import actor_of
from accounts.states import Role
from contracting.core.errors import NotAllowed, Stale
from contracting.periods.models import SignOff
from contracting.periods.operations.sign_off import sign_off_period
from contracting.periods.refusals import PeriodClosed, PeriodNotReady
from contracting.periods.states import SignOffPart
from tests.builders_periods import APRIL, CLOSED_AT, closed_month, seen, signed_off
from tests.cast import actor, nothing_happens


def signing(order, by, sha256=""):
    return sign_off_period(
        order_id=order.pk,
        month=APRIL,
        seen_sha256=sha256 or seen(order),
        by=by,
        at=CLOSED_AT,
    )


@pytest.mark.rule("R-ROL-04", case="allowed")
@pytest.mark.parametrize(
    ("part", "side"),
    [
        ("cor", SignOffPart.REPRESENTATIVE),
        ("payment_certifier", SignOffPart.FINANCE),
        ("finance_reviewer", SignOffPart.FINANCE),
    ],
)
def test_each_side_gives_its_word_for_what_it_has_read(order, part, side):
    word = signed_off(order, part)

    assert (word.part, word.content_sha256) == (side, seen(order))
    assert signed_off(order, part) == word, "a word that holds is not given twice"
    assert SignOff.objects.count() == 1


@pytest.mark.rule("R-ROL-04", case="refused")
def test_nobody_gives_both_words(order):
    signed_off(order, "cor")
    one = actor("cor")
    member = grant_membership(
        organization_id=one.own_organization_id,
        user_id=one.own_user_id,
        role=Role.PAYMENT_CERTIFIER,
        by=actor("administrator"),
        at=CLOSED_AT,
    )

    with nothing_happens(), pytest.raises(NotAllowed, match="somebody else"):
        signing(order, actor_of(member))


def test_who_read_other_figures_reads_them_again(order):
    with nothing_happens(), pytest.raises(Stale):
        signing(order, actor("cor"), "0" * 64)


def test_a_month_that_is_not_whole_is_not_signed_off(accepted):
    with nothing_happens(), pytest.raises(PeriodNotReady):
        signing(accepted, actor("cor"))


def test_a_closed_month_is_not_signed_off_again(order):
    closed_month(order)

    with nothing_happens(), pytest.raises(PeriodClosed):
        signing(order, actor("cor"))


def test_others_sign_nothing(order, other_agency_officer):
    for by in (
        actor("legal_reviewer"),
        actor("contracting_officer"),
        actor("vendor_a_signer"),
        other_agency_officer,
    ):
        with nothing_happens(), pytest.raises(NotAllowed):
            signing(order, by)
