"""The signed list: what it says, that nobody counts by it, that it never changes."""

import base64
import json

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from contracting.audit.queries import events_of
from contracting.celery import app as celery
from contracting.core.actors import SYSTEM
from contracting.core.errors import NotAllowed
from contracting.documents.models import Document
from contracting.documents.states import DocumentKind
from contracting.verification.models import StatusList
from contracting.verification.operations.publish_status_list import (
    publish_status_list,
)
from contracting.verification.queries import LEAST_OTHERS, salted
from contracting.verification.standing import RULES, listing_of
from contracting.verification.states import Listing
from contracting.verification.tasks import publish_status_list as task
from tests.cast import AT, actor, days, nothing_happens
from tests.documents.papers import request
from tests.verification.printing import print_all, print_of, without_a_press


@pytest.fixture(autouse=True)
def no_press(monkeypatch):
    without_a_press(monkeypatch)


def issued(officer, kind, count=1, **more):
    """That many papers of a kind, printed; even receipts, without their seal."""
    from contracting.documents.signing import files

    made = [request(officer, AT, kind=kind, **more) for _ in range(count)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "is_sealed", lambda kind: False)
        from contracting.documents.operations.render import render_document

        for document in made:
            render_document(document_id=document.pk)
    return [Document.objects.get(pk=each.pk) for each in made]


def said_by(made):
    return json.loads(Client().get(_address(made)).json()["list"])


def _address(made):
    return reverse("verification:status_list", args=[made.number])


def test_the_list_is_signed_by_the_seal_over_its_very_text(contracting_officer):
    issued(contracting_officer, "letter")

    made = publish_status_list(by=SYSTEM, at=AT)

    shown = Client().get(reverse("verification:statuses")).json()
    certificate = x509.load_der_x509_certificate(base64.b64decode(made.certificate))
    key = certificate.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    signature = base64.b64decode(shown["signature"])
    key.verify(signature, shown["list"].encode(), ec.ECDSA(hashes.SHA256()))
    trust = Client().get(reverse("verification:trust")).json()
    assert trust["certificates"] == [made.certificate]
    (event,) = events_of(made.subject)
    assert event.event == "verification.status_list.published"


def test_public_papers_stand_with_their_status_and_others_as_salted_hashes(
    contracting_officer,
):
    (open_to_all,) = issued(contracting_officer, "solicitation", is_public=True)
    (closed,) = issued(contracting_officer, "letter")

    said = said_by(publish_status_list(by=SYSTEM, at=AT))

    (paper,) = said["papers"]
    assert paper["sha256"] == print_of(open_to_all)[0].blob.sha256
    assert paper["number"] == open_to_all.number
    named = salted(
        bytes.fromhex(said["salt"]), bytes.fromhex(print_of(closed)[0].blob.sha256)
    )
    assert named in said["others"]
    assert print_of(closed)[0].blob.sha256 not in json.dumps(said)
    assert closed.number not in json.dumps(said)


def test_nobody_counts_papers_by_it(contracting_officer):
    def shape(made):
        said = said_by(made)
        fixed = {key: said[key] for key in ("format", "site", "papers")}
        return fixed, len(said["others"]), len(json.dumps(said))

    none = shape(publish_status_list(by=SYSTEM, at=AT))
    issued(contracting_officer, "receipt", count=50)
    for kind in ("decision", "price_memo", "letter"):
        issued(contracting_officer, kind)
    fifty = shape(publish_status_list(by=SYSTEM, at=AT + days(1)))

    assert none[:2] == fifty[:2] == (none[0], LEAST_OTHERS)
    assert abs(none[2] - fifty[2]) <= 64  # the hash of the list before


def test_two_lists_do_not_tell_that_they_name_the_same_paper(contracting_officer):
    issued(contracting_officer, "letter", count=3)

    one = said_by(publish_status_list(by=SYSTEM, at=AT))
    other = said_by(publish_status_list(by=SYSTEM, at=AT + days(1)))

    assert one["others"] != other["others"]
    assert set(one["others"]) & set(other["others"]) == set()


def test_more_papers_than_the_least_are_filled_up_to_a_power_of_two(
    contracting_officer, monkeypatch
):
    from contracting.verification import queries

    monkeypatch.setattr(queries, "LEAST_OTHERS", 4)
    issued(contracting_officer, "letter", count=2)

    assert len(said_by(publish_status_list(by=SYSTEM, at=AT))["others"]) == 8


def test_each_list_names_the_one_before_and_a_day_has_one(contracting_officer):
    one = publish_status_list(by=SYSTEM, at=AT)
    again = publish_status_list(by=SYSTEM, at=AT + days(1) / 4)
    other = publish_status_list(by=SYSTEM, at=AT + days(1))

    assert again == one
    assert (one.number, other.number) == (1, 2)
    assert said_by(other)["previous_sha256"] == one.blob.sha256
    assert said_by(one)["previous_sha256"] == ""


def test_a_list_is_never_changed_or_removed(contracting_officer):
    made = publish_status_list(by=SYSTEM, at=AT)

    for change in (
        lambda: StatusList.objects.filter(pk=made.pk).update(number=9),
        lambda: StatusList.objects.filter(pk=made.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_the_system_alone_publishes_one(contracting_officer):
    with nothing_happens(), pytest.raises(NotAllowed):
        publish_status_list(by=actor("contracting_officer"), at=AT)


def test_without_a_seal_nothing_is_published(contracting_officer, settings):
    settings.SEAL_FILE = ""

    with nothing_happens():
        assert task() == 0


def test_before_the_first_list_there_is_none(db):
    for name in ("verification:statuses", "verification:trust"):
        assert Client().get(reverse(name)).status_code == 404


def test_every_kind_of_paper_says_how_it_stands_and_how_it_is_listed():
    said = set(RULES)

    assert set(DocumentKind.values) - said == set()
    assert said - set(DocumentKind.values) == set()
    for sealed_kind in ("receipt", "decision", "price_memo"):
        assert listing_of(Document(kind=sealed_kind)) == Listing.NEVER


def test_the_task_publishes_the_list_of_the_day(contracting_officer):
    assert task() == 1
    assert StatusList.objects.count() == 1
    print_all()


def test_the_worker_with_the_key_of_the_seal_publishes():
    named = "contracting.verification.tasks.publish_status_list"

    route = celery.amqp.router.route({}, named)

    assert route["queue"].name == "paper"
