"""The pages and endpoints of offers."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from contracting.documents.checking.names import clean_name
from contracting.submissions.calculations import OfferedFile
from contracting.submissions.models import Submission, SubmissionVersion
from contracting.submissions.operations.withdraw import withdraw_submission
from contracting.submissions.states import SubmissionState
from tests.builders import released_solicitation
from tests.cast import actor, client_for, key_client, nothing_happens, submit
from tests.documents import files
from tests.offers import (
    PASSPHRASE,
    SNAPSHOT,
    after,
    amended_solicitation,
    before,
    deadline,
    latest_version,
    offer_on,
    opened_offers,
    submitted_offer,
    submitted_offers,
)

pytestmark = pytest.mark.django_db

CONSENT = {"understood": "on", "passphrase": PASSPHRASE}


@pytest.fixture
def told_the_time(monkeypatch):
    """The door's clock: ``told_the_time(instant)``."""

    def tell(instant):
        monkeypatch.setattr("contracting.core.clock.now", lambda: instant)

    return tell


def filled_in(solicitation, **more):
    from contracting.reference.models import AiModel

    model = AiModel.objects.get(snapshot=SNAPSHOT)
    lines = list(solicitation.lines.filter(is_removed=False))
    return {
        "technical": "We serve the snapshot that is asked for.",
        "acknowledged": [a.number for a in solicitation.amendments.all()],
        **{f"model_{line.clin}": model.public_id for line in lines},
        **{f"price_{line.public_id}": "2.5" for line in lines},
        **more,
    }


def test_a_vendor_hands_in_an_offer_and_gets_its_receipt(
    vendor_a_signer, told_the_time
):
    # Given a solicitation with an amendment, an hour before its deadline
    solicitation = amended_solicitation()
    told_the_time(before(solicitation))
    browser = client_for(vendor_a_signer)
    url = reverse("submissions:submit_submission", args=[solicitation.public_id])
    page = browser.get(url)
    assert b"Not submitted yet" in page.content
    assert b"Amendment 0001" in page.content

    # When the form is sent with a file
    plan = SimpleUploadedFile("our plan.pdf", files.pdf(), "application/pdf")
    reply = submit(browser, url, filled_in(solicitation, attachments=[plan]))

    # Then the receipt says when, in UTC and local time, and names every part
    assert reply.status_code == 303
    version = SubmissionVersion.objects.get()
    assert reply.url == reverse("submissions:receipt", args=[version.public_id])
    receipt = browser.get(reply.url).content.decode()
    assert "arrived in time" in receipt
    assert f"{version.received_at:%Y-%m-%dT%H:%M:%S.%f}Z</code>" in receipt
    assert "EDT" in receipt
    assert "File 1" in receipt
    assert "our plan.pdf" not in receipt
    for part in version.files:
        assert part["sha256"] in receipt
    assert version.acknowledged == ["0001"]


def test_prices_are_checked_by_the_evaluators_arithmetic_and_nothing_is_kept(
    vendor_a_signer, told_the_time
):
    solicitation = released_solicitation()
    told_the_time(before(solicitation))
    browser = client_for(vendor_a_signer)
    url = reverse("submissions:submit_submission", args=[solicitation.public_id])
    plan = SimpleUploadedFile("plan.pdf", files.pdf(), "application/pdf")
    data = filled_in(solicitation, attachments=[plan], check="1")

    with nothing_happens():
        reply = submit(browser, url, data)

    # 2.9 billion tokens at $2.50 per million
    assert reply.status_code == 200
    assert "$7,250.00 on the reference workload" in reply.content.decode()
    assert "Choose your files again" in reply.content.decode()
    assert Submission.objects.count() == 0


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"technical": ""}, "Technical proposal"),
        ({"attachments": SimpleUploadedFile("run.exe", b"MZ")}, "run.exe"),
        ({"attachments": SimpleUploadedFile("a.pdf", b"")}, "a.pdf: It is empty."),
    ],
)
def test_a_broken_form_says_why_and_keeps_what_was_typed(
    vendor_a_signer, told_the_time, more, said
):
    solicitation = released_solicitation()
    told_the_time(before(solicitation))
    browser = client_for(vendor_a_signer)
    url = reverse("submissions:submit_submission", args=[solicitation.public_id])

    with nothing_happens():
        reply = submit(browser, url, filled_in(solicitation, **more))

    assert reply.status_code == 422
    assert said in reply.content.decode()
    assert b'value="2.5"' in reply.content


def test_more_than_is_kept_in_memory_is_refused_unread(
    vendor_a_signer, told_the_time, settings
):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10_000
    solicitation = released_solicitation()
    told_the_time(before(solicitation))
    browser = client_for(vendor_a_signer)
    url = reverse("submissions:submit_submission", args=[solicitation.public_id])
    plan = SimpleUploadedFile("plan.pdf", b"x" * 20_000, "application/pdf")

    with nothing_happens():
        reply = submit(browser, url, filled_in(solicitation, attachments=[plan]))

    assert reply.status_code == 413


def test_a_late_offer_is_received_and_its_vendor_told_at_once(
    vendor_a_signer, told_the_time
):
    solicitation = released_solicitation()
    told_the_time(after(solicitation, seconds=1))
    browser = client_for(vendor_a_signer)
    url = reverse("submissions:submit_submission", args=[solicitation.public_id])
    assert b"The deadline has passed" in browser.get(url).content

    reply = submit(browser, url, filled_in(solicitation))

    assert reply.status_code == 303
    assert Submission.objects.get().state == SubmissionState.LATE
    assert b"arrived late" in browser.get(reply.url).content


def test_a_form_sent_twice_hands_in_once(vendor_a_signer, told_the_time):
    solicitation = released_solicitation()
    told_the_time(before(solicitation))
    browser = client_for(vendor_a_signer)
    url = reverse("submissions:submit_submission", args=[solicitation.public_id])
    token = browser.get(url).context["form_token"]
    data = {**filled_in(solicitation), "form_token": token}

    first, second = browser.post(url, data), browser.post(url, data)

    assert first["Location"] == second["Location"]
    assert SubmissionVersion.objects.count() == 1


def test_an_offer_is_replaced_and_withdrawn_from_its_page(
    vendor_a_signer, told_the_time
):
    solicitation = released_solicitation()
    submission = submitted_offer(on=solicitation)
    told_the_time(before(solicitation, minutes=5))
    browser = client_for(vendor_a_signer)
    replace = reverse("submissions:replace_submission", args=[submission.public_id])
    withdraw = reverse("submissions:withdraw_submission", args=[submission.public_id])

    replaced = submit(browser, replace, filled_in(solicitation))
    withdrawn = submit(browser, withdraw, {"understood": "on"})

    assert (replaced.status_code, withdrawn.status_code) == (303, 303)
    page = browser.get(withdrawn.url).content.decode()
    assert "We have withdrawn our offer" in page
    assert "Version 2" in page
    assert "Submit again" in page


def test_after_the_deadline_the_page_says_why_nothing_can_be_changed(
    vendor_a_signer, told_the_time
):
    solicitation = released_solicitation()
    submission = submitted_offer(on=solicitation)
    told_the_time(after(solicitation))
    browser = client_for(vendor_a_signer)

    page = browser.get(reverse("submissions:submission", args=[submission.public_id]))
    withdraw = reverse("submissions:withdraw_submission", args=[submission.public_id])
    with nothing_happens():
        reply = submit(browser, withdraw, {"understood": "on"})

    assert "Replace our offer: not now." in page.content.decode()
    assert "R-SUB-04" in page.content.decode()
    assert reply.status_code == 409


def test_an_amendment_after_the_offer_is_shown_as_not_acknowledged(
    vendor_a_signer, contracting_officer, told_the_time
):
    from contracting.solicitations.operations.amend import amend_solicitation

    solicitation = released_solicitation()
    submission = submitted_offer(on=solicitation)
    amend_solicitation(
        solicitation_id=solicitation.pk,
        summary="Fewer words.",
        terms={"title": "Tokens"},
        by=contracting_officer,
        at=before(solicitation, minutes=30),
        seen_version=solicitation.version,
    )
    told_the_time(before(solicitation, minutes=5))

    page = client_for(vendor_a_signer).get(
        reverse("submissions:submission", args=[submission.public_id])
    )

    assert "Amendment 0001 is not acknowledged" in page.content.decode()


@pytest.mark.rule("R-ROL-07", case="refused")
def test_a_vendors_offers_and_receipts_do_not_exist_for_anybody_else(told_the_time):
    # Given a vendor's sealed offer
    solicitation = released_solicitation()
    submission = submitted_offer(on=solicitation)
    told_the_time(before(solicitation, minutes=5))
    for part in (
        "vendor_b_signer",
        "vendor_b_administrator",
        "contracting_officer",
        "administrator",
        "auditor",
    ):
        browser = client_for(actor(part))
        own = [submission.public_id]
        pages = [
            reverse("submissions:submission", args=own),
            reverse("submissions:replace_submission", args=own),
            reverse("submissions:withdraw_submission", args=own),
            reverse("submissions:receipt", args=[latest_version(submission).public_id]),
        ]

        # Then every page of it answers 404, to reading and to writing
        with nothing_happens():
            for page in pages:
                assert browser.get(page).status_code == 404
                assert browser.post(page, {"form_token": "x" * 20}).status_code in {
                    404,
                    405,
                }
        listed = browser.get(reverse("submissions:submissions")).content.decode()
        assert submission.public_id not in listed


@pytest.mark.rule("R-ROL-07", case="allowed")
def test_a_colleague_of_the_same_vendor_reads_the_receipt(
    vendor_a_administrator, told_the_time
):
    solicitation = released_solicitation()
    submission = submitted_offer(on=solicitation)
    told_the_time(before(solicitation, minutes=5))
    browser = client_for(vendor_a_administrator)
    receipt = latest_version(submission)

    page = browser.get(reverse("submissions:receipt", args=[receipt.public_id]))
    listed = browser.get(reverse("submissions:submissions"))

    assert receipt.plain_sha256 in page.content.decode()
    assert submission.public_id in listed.content.decode()


def test_nobody_reads_anything_without_a_login():
    solicitation = released_solicitation()
    submission = submitted_offer(on=solicitation)

    for name, number in (
        ("submissions:submission", submission.public_id),
        ("submissions:submit_submission", solicitation.public_id),
        ("submissions:open_submissions", solicitation.public_id),
    ):
        reply = Client().get(reverse(name, args=[number]))
        assert reply.status_code == 302
        assert reverse("account_login") in reply["Location"]


def test_two_people_open_from_their_pages(
    contract_specialist, contracting_officer, told_the_time
):
    # Given two sealed offers after the deadline
    solicitation = submitted_offers()[0].solicitation
    told_the_time(after(solicitation))
    room = reverse("submissions:opening", args=[solicitation.public_id])
    url = reverse("submissions:open_submissions", args=[solicitation.public_id])
    first, second = client_for(contract_specialist), client_for(contracting_officer)

    # When one consents, nothing shows; when the other does, the offers lie open
    assert submit(first, url, CONSENT).status_code == 303
    waiting = second.get(room).content.decode()
    assert "1 of 2 openers has given a share" in waiting
    assert "Meridian Models" not in waiting
    assert first.get(url).status_code == 403
    assert submit(second, url, CONSENT).status_code == 303

    opened = second.get(room).content.decode()
    assert "2 offers received in time were opened" in opened
    assert "Meridian Models" in opened


def test_before_the_deadline_the_opening_is_refused_with_its_rule(
    contracting_officer, told_the_time
):
    solicitation = submitted_offers()[0].solicitation
    told_the_time(deadline(solicitation))
    browser = client_for(contracting_officer)
    url = reverse("submissions:open_submissions", args=[solicitation.public_id])

    reply = submit(browser, url, CONSENT)

    assert reply.status_code == 423
    assert "R-SUB-03" in reply.content.decode()
    assert "FAR 14.401" in reply.content.decode()


def test_the_opening_does_not_exist_for_outsiders(told_the_time):
    solicitation = opened_offers()
    told_the_time(after(solicitation, hours=3))
    for part in (
        "program_manager",
        "administrator",
        "vendor_a_signer",
        "other_agency_officer",
    ):
        browser = client_for(actor(part))

        for name in ("submissions:opening", "submissions:open_submissions"):
            url = reverse(name, args=[solicitation.public_id])
            assert browser.get(url).status_code == 404


def test_after_the_opening_late_offers_are_named_and_withdrawn_ones_counted(
    auditor, vendor_b_signer, told_the_time
):
    solicitation = released_solicitation()
    submissions = submitted_offers(on=solicitation)
    withdraw_submission(
        submission_id=submissions[1].pk, by=vendor_b_signer, at=before(solicitation)
    )
    submitted_offer(
        on=solicitation, by="other_vendor_signer", at=after(solicitation, seconds=1)
    )
    opened_offers(on=solicitation)
    told_the_time(after(solicitation, hours=3))

    page = client_for(auditor).get(
        reverse("submissions:opening", args=[solicitation.public_id])
    )

    said = page.content.decode()
    assert "1 offer received in time was opened" in said
    assert "An offeror who is not named: withdrawn" in said
    assert "Larkspur AI" not in said
    assert "Outsider Compute: received late, in quarantine" in said


def test_a_vendors_machine_reads_its_own_receipts_and_nothing_else(
    vendor_a_machine, other_vendor_machine, gateway
):
    # Given a sealed offer of one vendor
    solicitation = released_solicitation()
    file = OfferedFile("plan.pdf", "application/pdf", b"%PDF-1.7")
    submission = submitted_offer(
        on=solicitation, offer=offer_on(solicitation, files=[file])
    )
    one = f"/api/v1/submissions/{submission.public_id}"

    # Then its machine reads the receipt, without a word of the content
    own = key_client(vendor_a_machine).get("/api/v1/submissions").json()
    assert [row["id"] for row in own["data"]] == [submission.public_id]
    assert own["data"][0]["receipts"][0]["files"][2]["name"] == "File 1"
    assert set(own["data"][0]["receipts"][0]) == {
        "id",
        "version",
        "first_byte_at",
        "received_at",
        "is_late",
        "mode",
        "content_sha256",
        "sealed_sha256",
        "acknowledged",
        "files",
    }
    assert key_client(vendor_a_machine).get(one).json()["state"] == "SUBMITTED"

    # And another vendor's machine finds nothing, an agency's may not ask
    theirs = key_client(other_vendor_machine)
    assert theirs.get("/api/v1/submissions").json()["data"] == []
    assert theirs.get(one).status_code == 404
    assert key_client(gateway).get("/api/v1/submissions").status_code == 403
    assert Client().get(one).status_code == 401


def test_no_machine_opens(vendor_a_machine, gateway):
    solicitation = submitted_offers()[0].solicitation

    for machine in (vendor_a_machine, gateway):
        url = f"/solicitations/{solicitation.public_id}/open"
        with nothing_happens():
            assert key_client(machine).post(url).status_code == 302


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("plan.pdf", "plan.pdf"),
        ("../../etc/plan.pdf", "plan.pdf"),
        ("C:\\offers\\plan.pdf", "plan.pdf"),
        ("pl\u202ean.pdf", "plan.pdf"),
        ("a" * 300 + ".pdf", "a" * 116 + ".pdf"),
    ],
)
def test_a_file_keeps_only_its_name(given, kept):
    assert clean_name(given) == kept


@pytest.mark.parametrize(
    ("proxies", "told", "seconds"),
    [(0, "", 0), (1, "", None), (1, "{} 45.000", 45)],
    ids=["no proxy", "a proxy that says nothing", "a proxy of ours"],
)
def test_a_receipt_has_the_first_byte_where_it_is_known(
    settings, vendor_a_signer, monkeypatch, proxies, told, seconds
):
    # Given what stands in front of the site, and a minute before the deadline
    settings.TRUSTED_PROXIES = proxies
    solicitation = released_solicitation()
    instant = before(solicitation, minutes=1)
    monkeypatch.setattr("contracting.core.clock.now", lambda: instant)
    browser = client_for(vendor_a_signer)
    began = told.format(f"{instant.timestamp():.3f}")
    browser.defaults["HTTP_X_REQUEST_BEGAN"] = began

    # When an offer is handed in
    url = reverse("submissions:submit_submission", args=[solicitation.public_id])
    assert submit(browser, url, filled_in(solicitation)).status_code == 303

    # Then its receipt says when its first byte came, or that nobody knows
    version = SubmissionVersion.objects.get()
    if seconds is None:
        assert version.first_byte_at is None
        return
    assert version.first_byte_at is not None
    ago = (version.received_at - version.first_byte_at).total_seconds()
    assert seconds <= ago < seconds + 30
