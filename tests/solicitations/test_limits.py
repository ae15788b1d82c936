"""How large an offer may be: set before the release, then moved by amendment only."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from contracting.core.errors import NotAllowed
from contracting.documents.checking.findings import MEGABYTE
from contracting.solicitations.models import Solicitation
from contracting.solicitations.operations.amend import amend_solicitation
from contracting.solicitations.operations.edit import edit_solicitation
from contracting.solicitations.publishing.limits import SizedFile, limits_of
from contracting.solicitations.refusals import TermInvalid
from tests.builders import complete_solicitation, released_solicitation
from tests.cast import client_for, days, nothing_happens, submit

pytestmark = pytest.mark.django_db

NARROW = {
    "most_characters": 30_000,
    "most_files": 2,
    "most_megabytes": 5,
    "most_pages": 40,
    "file_kinds": ["pdf", "xlsx"],
}


def edited(package, terms, by, at):
    return edit_solicitation(
        solicitation_id=package.pk,
        terms=terms,
        by=by,
        at=at,
        seen_version=package.version,
    )


def test_where_a_solicitation_is_silent_the_limits_are_those_of_the_site(at):
    limits = limits_of(complete_solicitation(at))

    assert (limits.characters, limits.files, limits.pages) == (200_000, 10, None)
    assert limits.bytes == 20 * MEGABYTE
    assert "docx" in limits.kinds


def test_what_is_over_a_limit_is_said_part_by_part(at):
    limits = limits_of(complete_solicitation(at, terms=NARROW))
    plan = SizedFile("plan.pdf", "pdf", 3 * MEGABYTE, pages=39)
    fits = [plan, SizedFile("prices.xlsx", "xlsx", 2 * MEGABYTE)]

    assert limits.over(fits, characters=30_000) == []
    over = limits.over(
        [
            plan,
            SizedFile("more.pdf", "pdf", 3 * MEGABYTE, pages=2),
            SizedFile("sheet.docx", "docx", 1),
        ],
        characters=30_001,
    )
    assert [sentence.split(";")[0] for sentence in over] == [
        "The technical proposal has 30,001 characters",
        "There are 3 files",
        "The files have 6.0 MB",
        "sheet.docx is of a kind that the solicitation does not take",
        "The PDF files have 41 pages",
    ]


def test_a_pdf_whose_pages_cannot_be_counted_is_not_within_a_limit_of_pages(at):
    limits = limits_of(complete_solicitation(at, terms=NARROW))

    (words,) = limits.over([SizedFile("odd.pdf", "pdf", 9, pages=None)])

    assert "cannot be counted" in words


@pytest.mark.parametrize(
    "terms",
    [
        {"most_files": 0},
        {"most_files": 11},
        {"most_megabytes": 21},
        {"most_pages": 0},
        {"most_characters": 200_001},
        {"file_kinds": ["exe"]},
    ],
)
def test_an_offer_is_never_limited_to_nothing_nor_above_the_site(
    terms, contract_specialist, at
):
    package = complete_solicitation(at)

    with nothing_happens(), pytest.raises(TermInvalid):
        edited(package, terms, contract_specialist, at + days(1))


def test_the_database_refuses_a_limit_of_nothing(at):
    package = complete_solicitation(at)

    with pytest.raises(IntegrityError, match="leaves_room"), transaction.atomic():
        Solicitation.objects.filter(pk=package.pk).update(most_pages=0)


def test_limits_are_frozen_at_release_and_moved_by_amendment(contracting_officer, at):
    # Given a released solicitation with limits
    package = released_solicitation(at, terms=NARROW)
    with nothing_happens(), pytest.raises(NotAllowed):
        edited(package, {"most_pages": 50}, contracting_officer, at + days(2))

    # When an amendment gives more room
    amend_solicitation(
        solicitation_id=package.pk,
        summary="Ten pages more.",
        terms={"most_pages": 50},
        by=contracting_officer,
        at=at + days(2),
        seen_version=package.version,
    )

    # Then everybody reads the change and the new limit
    package.refresh_from_db()
    (change,) = package.amendments.get().changes
    assert (change["old"], change["new"]) == ("40", "50")
    public = Client().get(package.public_path).content.decode()
    assert "50 pages of PDF in all" in public


def test_the_officer_sets_limits_on_their_page_and_everybody_reads_them(
    contract_specialist, at
):
    package = complete_solicitation(at)
    browser = client_for(contract_specialist)
    page = reverse("solicitations:edit_limits", args=[package.public_id])
    assert page in browser.get(package.path).content.decode()

    refused = submit(browser, page, {"most_files": "11", "seen_version": 2})
    assert refused.status_code == 422
    done = submit(browser, page, {**NARROW, "seen_version": package.version})

    assert done.status_code == 303
    shown = browser.get(package.path).content.decode()
    assert "at most 2, 5 MB in all, 40 pages of PDF in all" in shown
    assert "Kinds of file: .pdf, .xlsx." in shown


@pytest.mark.parametrize("outsider", ["other_agency_officer", "vendor_a_signer"])
def test_an_outsider_finds_no_page_of_limits(request, outsider, at):
    package = complete_solicitation(at)
    page = reverse("solicitations:edit_limits", args=[package.public_id])

    answered = client_for(request.getfixturevalue(outsider)).get(page)

    assert answered.status_code == 404
