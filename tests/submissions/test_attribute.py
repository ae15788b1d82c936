"""Until the opening records bear a pseudonym; then what is sealed names the vendor."""

import json

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from accounts.models import IdempotencyKey
from contracting.audit.models import AuditEvent
from contracting.core import origin
from contracting.core.errors import NotAllowed
from contracting.documents.models import Document
from contracting.documents.queries import documents_of
from contracting.documents.states import DocumentState
from contracting.notices.models import Notice
from contracting.submissions.invariants import INVARIANTS
from contracting.submissions.models import Attribution, ContentKeyWrap, Submission
from contracting.submissions.operations.attribute import attribute_submission
from contracting.submissions.operations.withdraw import withdraw_submission
from contracting.submissions.refusals import SealBroken
from contracting.submissions.sealing.offerors import Offeror, pseudonym_of
from tests.builders import released_solicitation
from tests.cast import actor, client_for, nothing_happens, submit
from tests.offers import (
    after,
    before,
    latest_version,
    opened_offers,
    submitted_offer,
)
from tests.submissions.test_doors import filled_in

pytestmark = pytest.mark.django_db

CLOCK = "contracting.core.clock.now"
PEOPLE = "('accounts_organization', 'accounts_membership', 'accounts_user')"


def people_columns() -> dict[tuple[str, str], str]:
    """Every column that points to an organization or a person, and to which table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text "
            "FROM pg_constraint c JOIN pg_attribute a "
            "ON a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey) "
            f"WHERE c.contype = 'f' AND c.confrelid::regclass::text IN {PEOPLE}"
        )
        return {(table, column): to for table, column, to in cursor.fetchall()}


def every_row() -> set[tuple[str, str]]:
    """Every row of every table, as JSON."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') "
            "AND NOT relispartition AND relnamespace = current_schema()::regnamespace"
        )
        rows = set()
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" t')
            rows |= {(table, text) for (text,) in cursor.fetchall()}
        return rows


def _named_now() -> None:
    """What is looked at on commit is looked at now."""
    connection.check_constraints()


def ids_of(by) -> dict[str, int]:
    return {
        "accounts_organization": by.organization_id,
        "accounts_membership": by.membership_id,
        "accounts_user": by.user_id,
    }


@pytest.mark.rule("R-SUB-03", case="allowed")
def test_no_row_that_an_offer_leaves_says_whose_it_is(vendor_a_signer, monkeypatch):
    # Given everything there is, an hour before the deadline
    solicitation = released_solicitation()
    monkeypatch.setattr(CLOCK, lambda: before(solicitation))
    browser = client_for(vendor_a_signer)
    pages = {
        "submit": reverse(
            "submissions:submit_submission", args=[solicitation.public_id]
        )
    }
    known, columns, ids = every_row(), people_columns(), ids_of(vendor_a_signer)
    assert len(columns) > 20

    # When a vendor hands in, replaces and withdraws an offer on its pages
    assert submit(browser, pages["submit"], filled_in(solicitation)).status_code == 303
    submission = Submission.objects.get()
    own = [submission.public_id]
    for name in ("replace_submission", "withdraw_submission"):
        page = reverse(f"submissions:{name}", args=own)
        data = filled_in(solicitation) if name.startswith("replace") else {}
        assert submit(browser, page, {**data, "understood": "on"}).status_code == 303

    # Then no new row points to the vendor or its people, or names them
    written = every_row() - known
    assert {table for table, _text in written} >= {
        "accounts_idempotencykey",
        "audit_auditevent",
        "documents_document",
        "submissions_submission",
        "submissions_submissionversion",
    }
    person = {vendor_a_signer.name, vendor_a_signer.organization_name}
    for table, text in written:
        assert not any(name in text for name in person), table
        for column, value in json.loads(text).items():
            to = columns.get((table, column))
            assert to is None or value != ids[to], (table, column)


def test_its_events_and_its_one_use_token_have_no_account_and_no_address(
    vendor_a_signer, monkeypatch
):
    solicitation = released_solicitation()
    monkeypatch.setattr(CLOCK, lambda: before(solicitation))
    browser = client_for(vendor_a_signer)
    url = reverse("submissions:submit_submission", args=[solicitation.public_id])
    tokens = IdempotencyKey.objects.count()

    submit(browser, url, filled_in(solicitation))

    submission = Submission.objects.get()
    events = AuditEvent.objects.filter(stream=submission.stream)
    assert events.count() == 2
    for event in events:
        payload = json.loads(event.payload)
        assert payload["by"] | {"name": "", "role": ""} == {
            "kind": "PSEUDONYM",
            "user": None,
            "membership": None,
            "key": None,
            "organization": None,
            "name": "",
            "role": "",
        }
        assert payload["from"] == {"door": "page", "request": "", "ip": ""}
        assert event.actor_name == f"offeror {submission.pseudonym[:16]}"
    assert IdempotencyKey.objects.count() == tokens + 1
    key = IdempotencyKey.objects.latest("pk")
    assert key.principal == f"pseudonym:offeror {submission.pseudonym[:16]}"
    assert not Notice.objects.filter(title__startswith="Your offer").exists()


def test_the_opening_names_the_vendor_and_who_sent_the_offer(vendor_a_signer):
    # Given a sealed offer, which names nobody
    solicitation = released_solicitation()
    submission = submitted_offer(on=solicitation)
    assert not Submission.objects.filter(vendor__isnull=False).exists()
    assert not Attribution.objects.exists()

    # When its openers open it
    opened_offers(on=solicitation)

    # Then it names its vendor, in the row and in the record
    submission.refresh_from_db()
    named = latest_version(submission).attribution
    assert submission.vendor_id == named.vendor_id == vendor_a_signer.organization_id
    assert named.submitted_by_id == vendor_a_signer.membership_id
    assert named.registration["uei"] == named.vendor.uei
    told = AuditEvent.objects.get(event="submissions.submission.attributed")
    assert named.vendor.public_id in told.payload
    assert submission.pseudonym in told.payload


def test_a_late_offer_is_named_and_stays_sealed_and_a_withdrawn_one_never_is(
    other_vendor_signer, vendor_b_signer, contracting_officer, monkeypatch
):
    # Given an offer in time, one that was withdrawn, and one that came late
    solicitation = released_solicitation()
    submitted_offer(on=solicitation)
    taken_back = submitted_offer(on=solicitation, by="vendor_b_signer")
    withdraw_submission(
        submission_id=taken_back.pk, by=vendor_b_signer, at=before(solicitation)
    )
    late = submitted_offer(
        on=solicitation, by="other_vendor_signer", at=after(solicitation, minutes=1)
    )

    # When the offers are opened
    opened_offers(on=solicitation)

    # Then the agency knows who was late, and never who has withdrawn
    late.refresh_from_db()
    taken_back.refresh_from_db()
    assert late.vendor_id == other_vendor_signer.organization_id
    assert not hasattr(late, "opened_offer")
    assert taken_back.vendor_id is None
    assert not ContentKeyWrap.objects.filter(version__submission=taken_back).exists()
    monkeypatch.setattr(CLOCK, lambda: after(solicitation, hours=3))
    url = reverse("submissions:opening", args=[solicitation.public_id])
    room = client_for(contracting_officer).get(url).content.decode()
    assert f"{other_vendor_signer.organization_name}: received late" in room
    assert "An offeror who is not named: withdrawn" in room
    assert vendor_b_signer.organization_name not in room

    # And its vendor still finds it
    page = reverse("submissions:submission", args=[taken_back.public_id])
    assert client_for(vendor_b_signer).get(page).status_code == 200


def test_nobody_is_named_before_the_opening(contracting_officer, vendor_a_signer):
    submission = submitted_offer(on=released_solicitation())
    offeror = Offeror(
        vendor_a_signer.organization_id, vendor_a_signer.membership_id, {}
    )

    with nothing_happens(), pytest.raises(NotAllowed, match="nobody names"):
        attribute_submission(
            submission_id=submission.pk,
            version_id=latest_version(submission).pk,
            offeror=offeror,
            by=contracting_officer,
            at=after(submission.solicitation),
        )


def test_another_name_than_the_pseudonym_s_names_nobody(vendor_b_signer):
    solicitation = released_solicitation()
    submission = submitted_offer(on=solicitation)
    late = submitted_offer(
        on=solicitation, by="vendor_b_signer", at=after(solicitation, minutes=1)
    )
    opened_offers(on=solicitation)
    offeror = Offeror(
        vendor_b_signer.organization_id, vendor_b_signer.membership_id, {}
    )

    with nothing_happens(), pytest.raises(SealBroken, match="bears its pseudonym"):
        attribute_submission(
            submission_id=submission.pk,
            version_id=latest_version(late).pk,
            offeror=offeror,
            by=actor("contracting_officer"),
            at=after(solicitation),
        )


def test_the_database_lets_only_an_opening_name_a_vendor(vendor_a):
    submission = submitted_offer(on=released_solicitation())

    Submission.objects.filter(pk=submission.pk).update(vendor=vendor_a)

    with pytest.raises(IntegrityError, match="only an opening"):
        _named_now()


def test_the_database_never_lets_an_offer_change_hands(vendor_b):
    solicitation = released_solicitation()
    submission = submitted_offer(on=solicitation)
    opened_offers(on=solicitation)

    for change in ({"vendor": vendor_b}, {"pseudonym": "0" * 64}):
        with pytest.raises(IntegrityError, match="hands"), transaction.atomic():
            Submission.objects.filter(pk=submission.pk).update(**change)


def test_a_pseudonym_tells_nothing_without_the_key_and_nothing_twice(settings):
    here = pseudonym_of("sol_a", 7)

    assert here == pseudonym_of("sol_a", 7)
    others = {pseudonym_of("sol_b", 7), pseudonym_of("sol_a", 8)}
    settings.SEALING_KEY = bytes(32)
    assert len({here, *others, pseudonym_of("sol_a", 7)}) == 4


def test_a_receipt_names_nobody_and_is_its_vendor_s_alone(
    vendor_a_member, vendor_b_signer, monkeypatch
):
    # Given a sealed offer, whose receipt could not be printed
    solicitation = released_solicitation()
    submission = submitted_offer(on=solicitation)
    monkeypatch.setattr(CLOCK, lambda: before(solicitation, minutes=5))
    paper = documents_of(latest_version(submission).subject).get()
    assert paper.vendor_id is None
    assert "Meridian" not in json.dumps(paper.context) + paper.requested_by_name
    Document.objects.filter(pk=paper.pk).update(
        state=DocumentState.FAILED, last_error="No paper."
    )
    page = reverse("documents:document", args=[paper.public_id])
    again = reverse("documents:retry_document", args=[paper.public_id])

    # Then a rival and the agency find no such paper
    for by in (vendor_b_signer, actor("contracting_officer"), actor("administrator")):
        with nothing_happens():
            assert client_for(by).get(page).status_code == 404
            assert submit(client_for(by), again, {}).status_code == 404

    # And its vendor asks for it again, under its pseudonym
    browser = client_for(vendor_a_member)
    assert browser.get(page).status_code == 200
    assert submit(browser, again, {}).status_code == 303
    asked = AuditEvent.objects.get(event="documents.document.retried")
    assert asked.actor_name == submission.offeror
    assert asked.actor_user_id is None
    assert IdempotencyKey.objects.latest("pk").principal.startswith("pseudonym:")


def test_a_known_origin_is_left_out_of_what_is_recorded_under_a_pseudonym():
    solicitation = released_solicitation()
    here = origin.Origin(door="page", request_id="req_0123456789", ip="192.0.2.7")

    with origin.coming_from(here):
        submission = submitted_offer(on=solicitation)

    for event in AuditEvent.objects.filter(stream=submission.stream):
        assert "192.0.2.7" not in event.payload
        assert "req_0123456789" not in event.payload


def test_the_invariant_finds_a_name_before_the_opening(vendor_a):
    (check,) = [each.check for each in INVARIANTS if each.code == "SUB-10"]
    submission = submitted_offer(on=released_solicitation())
    assert list(check()) == []

    Submission.objects.filter(pk=submission.pk).update(vendor=vendor_a)

    assert list(check()) == [str(submission)]
    with pytest.raises(IntegrityError, match="only an opening"):
        _named_now()
