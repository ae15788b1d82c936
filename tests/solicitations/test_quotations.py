"""A request for quotations: its number, what it needs, and what stands from then on."""

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from contracting.solicitations.calculations import FactorDraft
from contracting.solicitations.operations.amend import amend_solicitation
from contracting.solicitations.operations.edit import edit_solicitation
from contracting.solicitations.queries import publish_gaps
from contracting.solicitations.refusals import TermInvalid
from tests.builders import (
    RELEASED_AT,
    complete_solicitation,
    released_solicitation,
)
from tests.cast import AT, actor, client_for, nothing_happens, submit

QUOTATIONS = {"kind": "RFQ"}
PRICE = (FactorDraft("Price", "Evaluated on the workload.", is_price=True),)


def edited(solicitation, **terms):
    return edit_solicitation(
        solicitation_id=solicitation.pk,
        terms=terms,
        by=actor("contract_specialist"),
        at=AT,
        seen_version=solicitation.version,
    )


@pytest.mark.django_db
def test_a_request_for_quotations_has_a_number_of_its_own_type():
    # Given and when a package that asks for quotations is released
    solicitation = released_solicitation(terms=QUOTATIONS)

    # Then the ninth character of its number is Q, and people read of quotations
    assert solicitation.piid == "75D30126Q00001"
    assert (solicitation.response, solicitation.a_response) == (
        "quotation",
        "a quotation",
    )
    assert solicitation.considers_late

    # And a request for proposals stays what it was
    assert released_solicitation().piid == "75D30126R00001"


@pytest.mark.django_db
def test_quotations_may_be_compared_on_price_alone():
    # Given a request for quotations on price alone, which weighs no factors
    terms = {**QUOTATIONS, "importance": ""}
    solicitation = complete_solicitation(terms=terms, factors=PRICE)

    # Then nothing is missing (FAR 13.106-1), and one for proposals lacks both
    assert publish_gaps(solicitation, at=RELEASED_AT) == []
    proposals = edited(solicitation, kind="RFP")
    lacking = {gap.code for gap in publish_gaps(proposals, at=RELEASED_AT)}
    assert lacking == {"importance", "factors"}


@pytest.mark.django_db
def test_quotations_are_not_asked_for_by_negotiation():
    solicitation = complete_solicitation(
        terms={**QUOTATIONS, "procedure": "NEGOTIATED"}
    )

    gaps = publish_gaps(solicitation, at=RELEASED_AT)
    assert "quotations" in {gap.code for gap in gaps}


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"kind": "RFP"}, {"late_rule": True}])
def test_what_is_asked_for_stands_from_the_release_on(change, contracting_officer):
    # Given a released request for quotations
    solicitation = released_solicitation(terms=QUOTATIONS)

    # Then no amendment changes that, and neither does the database
    with nothing_happens(), pytest.raises(TermInvalid, match="since the release"):
        amend_solicitation(
            solicitation_id=solicitation.pk,
            summary="Something else.",
            terms=change,
            by=contracting_officer,
            at=RELEASED_AT,
            seen_version=solicitation.version,
        )
    rows = type(solicitation).objects.filter(pk=solicitation.pk)
    with nothing_happens(), pytest.raises(DatabaseError), transaction.atomic():
        rows.update(**change)


@pytest.mark.django_db
def test_proposals_never_say_how_late_quotations_are_treated():
    solicitation = complete_solicitation()

    with nothing_happens(), pytest.raises(TermInvalid, match="quotations only"):
        edited(solicitation, late_rule=True)
    rows = type(solicitation).objects.filter(pk=solicitation.pk)
    with nothing_happens(), pytest.raises(DatabaseError), transaction.atomic():
        rows.update(late_rule=True)


@pytest.mark.django_db
def test_the_kind_is_chosen_in_the_browser(contract_specialist):
    # Given a draft for proposals
    solicitation = complete_solicitation()
    address = reverse("solicitations:edit_publication", args=[solicitation.public_id])
    browser = client_for(contract_specialist)

    # When a specialist chooses quotations, of which late ones are not considered
    page = browser.get(address)
    asked = {
        **{
            name: page.context["form"].initial.get(name) or ""
            for name in page.context["form"].fields
        },
        "kind": "RFQ",
        "late_rule": "on",
    }
    answer = submit(browser, address, asked)

    # Then the package says so
    assert answer.status_code == 303
    solicitation.refresh_from_db()
    assert (solicitation.kind, solicitation.late_rule) == ("RFQ", True)
    assert not solicitation.considers_late
    shown = browser.get(solicitation.path).content.decode()
    assert "request for quotations" in shown
    assert "Late quotations are not considered" in shown
