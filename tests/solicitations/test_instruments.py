"""The kind of contract is chosen in the solicitation, and refused where it is unfit."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from contracting.reference.models import Instrument
from contracting.solicitations.models import Solicitation
from contracting.solicitations.operations.amend import amend_solicitation
from contracting.solicitations.operations.copy import copy_solicitation
from contracting.solicitations.operations.edit import edit_solicitation
from contracting.solicitations.operations.release import release_solicitation
from contracting.solicitations.publishing import clauses
from contracting.solicitations.publishing.options import OptionDraft
from contracting.solicitations.queries import facts_of
from contracting.solicitations.refusals import NotComplete, TermInvalid
from tests.builders import (
    approved_solicitation,
    complete_solicitation,
    released_solicitation,
    submitted_requisition,
)
from tests.builders_instruments import AGREEMENT, DEFINITIVE
from tests.builders_options import PERIOD
from tests.cast import AT, actor, client_for, days, nothing_happens, submit

pytestmark = pytest.mark.django_db


def release(package):
    return release_solicitation(
        solicitation_id=package.pk,
        by=actor("contracting_officer"),
        at=AT + days(1),
        seen_version=package.version,
    )


@pytest.mark.rule("R-SOL-02", case="allowed")
@pytest.mark.parametrize("terms", [DEFINITIVE, AGREEMENT], ids=["definitive", "BPA"])
def test_each_kind_is_released_with_what_it_asks_for(terms):
    released = released_solicitation(terms=terms)

    assert released.instrument == terms["instrument"]
    carried = set(released.clauses.values_list("clause__number", flat=True))
    assert not carried & {"52.216-18", "52.216-19", "52.216-22"}


@pytest.mark.rule("R-SOL-02", case="refused")
@pytest.mark.parametrize(
    ("terms", "missing"),
    [
        ({**AGREEMENT, "minimum_dollars": Decimal("1000.00")}, ["minimum_dollars"]),
        ({**AGREEMENT, "largest_order_dollars": None}, ["largest_order_dollars"]),
        ({**DEFINITIVE, "minimum_dollars": Decimal("1000.00")}, ["minimum_dollars"]),
        ({**DEFINITIVE, "most_awards": 2}, ["single"]),
        (
            {**DEFINITIVE, "options": [OptionDraft(**PERIOD)]},
            ["clause", "clause", "options"],
        ),
        (
            {**DEFINITIVE, "largest_order_dollars": Decimal("10.00")},
            ["order_limits"],
        ),
        ({**DEFINITIVE, "maximum_tokens": 2_899_999_999}, ["maximum_tokens"]),
        ({"minimum_dollars": Decimal(0)}, ["minimum_dollars"]),
    ],
)
def test_what_does_not_fit_its_kind_is_not_released(terms, missing):
    package = approved_solicitation(AT, terms=terms)

    with nothing_happens(), pytest.raises(NotComplete) as refusal:
        release(package)

    assert refusal.value.data["missing"] == missing


def test_clauses_of_another_kind_are_neither_asked_for_nor_carried():
    # Given a package for an indefinite quantity that becomes an agreement
    package = complete_solicitation()
    changed = edit_solicitation(
        solicitation_id=package.pk,
        terms=AGREEMENT,
        by=actor("contract_specialist"),
        at=AT + timedelta(hours=3),
        seen_version=package.version,
    )

    # Then its clauses for orders are named, to be taken out
    facts = facts_of(changed, at=AT + days(1))
    assert clauses.standing("52.216-22", facts).state == clauses.NOT_APPLICABLE
    officer = client_for(actor("contracting_officer"))
    page = officer.get(changed.path).content.decode()
    assert "52.216-18, 52.216-19, 52.216-22" in page


def test_a_kind_that_is_not_awarded_today_is_not_released():
    package = approved_solicitation(AT, terms=AGREEMENT)
    Instrument.objects.filter(code="BPA").update(valid_to=AT.date())

    with nothing_happens(), pytest.raises(NotComplete) as refusal:
        release(package)

    assert "instrument" in refusal.value.data["missing"]


def test_the_kind_stands_from_the_release_on():
    released = released_solicitation()

    with nothing_happens(), pytest.raises(TermInvalid) as refusal:
        amend_solicitation(
            solicitation_id=released.pk,
            summary="An agreement instead.",
            terms={"instrument": "BPA"},
            by=actor("contracting_officer"),
            at=AT + days(2),
            seen_version=released.version,
        )

    assert refusal.value.data["term"] == "instrument"


def test_it_is_chosen_on_the_page(contract_specialist):
    package = complete_solicitation()
    url = reverse("solicitations:edit_publication", args=[package.public_id])
    browser = client_for(contract_specialist)
    assert "Kind of contract" in browser.get(url).content.decode()

    answer = submit(
        browser,
        url,
        {
            "kind": "RFP",
            "instrument": "BPA",
            "procedure": "COMMERCIAL",
            "extent_competed": "FULL",
            "synopsis_kind": "COMBINED",
            "synopsis_id": "75D301-26-TOKENS",
            "seen_version": package.version,
        },
    )

    assert answer.status_code == 303
    assert Solicitation.objects.get(pk=package.pk).instrument == "BPA"
    page = browser.get(package.path).content.decode()
    assert "blanket purchase agreement" in page


def test_a_copy_leads_to_the_same_kind_of_contract():
    # Given a released package for an agreement, and another need
    pattern = released_solicitation(terms=AGREEMENT)
    need = submitted_requisition(AT)

    copied = copy_solicitation(
        solicitation_id=pattern.pk,
        requisition_id=need.pk,
        by=actor("contract_specialist"),
        at=AT + days(2),
    )

    assert copied.instrument == "BPA"
