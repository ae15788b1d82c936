"""Importing registrations and exclusions."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.html import strip_tags

from contracting.core.errors import NotAllowed
from contracting.evaluations.models import RegistrationImport
from contracting.evaluations.operations.import_registrations import (
    import_registrations,
)
from contracting.evaluations.refusals import AlreadyImported, BadExtract
from tests.cast import AT, actor, client_for, nothing_happens, organization, submit

pytestmark = pytest.mark.django_db
FIRST = "uei,legal_name,registered_until,exclusion\n"
GOOD = (
    FIRST
    + "MERD1ANMDLS5,Meridian Models,2026-12-31,\n"
    + "LRKSPR2ABCD6,Larkspur AI,2026-06-30,Proposed debarment\n"
)


def imported(text=GOOD, *, by="contract_specialist", old=timedelta(hours=1)):
    return import_registrations(
        agency_id=organization(actor("contracting_officer")).pk,
        name="extract.csv",
        content=text.encode(),
        extracted_at=AT - old,
        by=actor(by),
        at=AT,
    )


def test_every_vendor_of_the_extract_is_on_record():
    made = imported()

    meridian, larkspur = made.records.order_by("pk")
    assert (meridian.uei, meridian.exclusion) == ("MERD1ANMDLS5", "")
    assert larkspur.exclusion == "Proposed debarment"
    with nothing_happens(), pytest.raises(AlreadyImported):
        imported()


@pytest.mark.parametrize(
    "text",
    [
        "",
        FIRST,
        "uei,legal_name\nMERD1ANMDLS5,Meridian Models\n",
        FIRST + "SHORT,Meridian Models,2026-12-31,\n",
        FIRST + "MERD1ANMDLS5,,2026-12-31,\n",
        FIRST + "MERD1ANMDLS5,Meridian Models,31.12.2026,\n",
        FIRST + "MERD1ANMDLS5,Meridian Models\n",
        FIRST + "MERD1ANMDLS5,Meridian Models,2026-12-31,,more\n",
        GOOD + "MERD1ANMDLS5,Meridian again,2026-12-31,\n",
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(text):
    with nothing_happens(), pytest.raises(BadExtract):
        imported(text)


def test_an_extract_is_not_from_the_future():
    with nothing_happens(), pytest.raises(BadExtract):
        imported(old=-timedelta(minutes=1))


def test_only_the_contracting_office_imports():
    for part in ("program_manager", "other_agency_officer", "vendor_a_signer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            imported(by=part)


def test_an_extract_is_imported_on_its_page(contract_specialist, monkeypatch):
    monkeypatch.setattr("contracting.core.clock.now", lambda: AT)
    browser = client_for(contract_specialist)
    assert "No extract is on record" in read(browser.get("/registrations/"))

    reply = submit(
        browser,
        "/registrations/import",
        {
            "file": SimpleUploadedFile("extract.csv", GOOD.encode()),
            "extracted_at": "2026-03-02 09:15",
        },
    )

    assert reply.url == "/registrations/"
    assert RegistrationImport.objects.get().extracted_at < AT
    said = read(browser.get("/registrations/"))
    assert "names 1 excluded vendor." in said
    assert "Larkspur AI, LRKSPR2ABCD6: Proposed debarment" in said
    assert (
        client_for(actor("vendor_a_signer")).get("/registrations/").status_code == 404
    )


def read(response):
    """What a person reads on the page."""
    return " ".join(strip_tags(response.content.decode()).split())
