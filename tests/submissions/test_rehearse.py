"""Openers are named and rehearse before a package is released."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse

from accounts.models import Membership
from contracting.audit.models import AuditEvent
from contracting.core.errors import NotAllowed
from contracting.solicitations.operations.release import release_solicitation
from contracting.submissions.models import Box, BoxShare, GivenShare, HeldShare, Opening
from contracting.submissions.operations.enrol import enrol_opener
from contracting.submissions.operations.rehearse import rehearse_opening
from contracting.submissions.queries import missing_for_release
from contracting.submissions.refusals import (
    AlreadyOpened,
    KeySwapped,
    SealBroken,
    ShareAltered,
    WrongPassphrase,
)
from contracting.submissions.sealing import keys
from tests.builders import (
    approved_solicitation,
    complete_solicitation,
    released_solicitation,
    reviewed_solicitation,
)
from tests.cast import actor, client_for, days, nothing_happens, submit
from tests.offers import (
    OPENERS,
    PASSPHRASE,
    named_openers,
    rehearsed_box,
    the_box,
)

pytestmark = pytest.mark.django_db

ANOTHER = "eight blue kestrels at dawn"
UNCHANGED = "only ever added|permission denied"


def rehearse(solicitation, part, at, passphrase=PASSPHRASE):
    return rehearse_opening(
        solicitation_id=solicitation.pk, passphrase=passphrase, by=actor(part), at=at
    )


def release(package, at):
    return release_solicitation(
        solicitation_id=package.pk,
        by=actor("contracting_officer"),
        at=at + days(1),
        seen_version=package.version,
    )


def checked_at_once(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.check_constraints()


def saved_and_checked(row):
    row.save(force_insert=True)
    connection.check_constraints()


def test_two_of_three_openers_read_the_rehearsal_offer(at):
    # Given three openers who are named
    solicitation = named_openers(on=complete_solicitation(at))

    # When the first gives a share, it is kept, and only under a key of the settings
    rehearse(solicitation, "legal_reviewer", at)
    assert HeldShare.objects.count() == 1
    assert "1 of the 2" in missing_for_release(solicitation)

    # Then with the second one the offer is read, and no share is kept any longer
    opening = rehearse(solicitation, "contract_specialist", at)
    assert opening.completed_at == at
    assert HeldShare.objects.count() == 0
    assert GivenShare.objects.count() == 2
    assert missing_for_release(solicitation) == ""
    told = AuditEvent.objects.filter(stream=solicitation.stream).order_by("seq")
    assert [each.event for each in told][-3:] == [
        "submissions.share.given",
        "submissions.share.given",
        "submissions.rehearsal.opened",
    ]


def test_a_wrong_passphrase_gives_no_share(at):
    solicitation = named_openers(on=complete_solicitation(at))

    with nothing_happens(), pytest.raises(WrongPassphrase) as refusal:
        rehearse(solicitation, "legal_reviewer", at, passphrase=ANOTHER)

    assert refusal.value.status == 403


def test_one_person_is_one_share(at):
    solicitation = named_openers(on=complete_solicitation(at))
    rehearse(solicitation, "legal_reviewer", at)

    with nothing_happens(), pytest.raises(NotAllowed, match="somebody else"):
        rehearse(solicitation, "legal_reviewer", at)


def test_nobody_but_an_opener_rehearses(at):
    solicitation = named_openers(on=complete_solicitation(at))

    for part in ("administrator", "auditor", "evaluator", "other_agency_officer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            rehearse(solicitation, part, at)


def test_a_quorum_is_enough(at):
    solicitation = rehearsed_box(on=complete_solicitation(at))

    with nothing_happens(), pytest.raises(AlreadyOpened):
        rehearse(solicitation, "legal_reviewer", at)


@pytest.mark.rule("R-SOL-02", case="refused")
@pytest.mark.parametrize("prepare", ["nobody is named", "nobody has rehearsed"])
def test_nothing_is_released_before_its_openers_have_rehearsed(at, prepare):
    package = reviewed_solicitation(complete_solicitation(at), at)
    if prepare == "nobody has rehearsed":
        named_openers(on=package)

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        release(package, at)

    assert refusal.value.rule == "R-SOL-02"
    assert "peners" in refusal.value.message


def test_an_opener_who_enrols_again_must_be_named_again_before_the_release(at):
    package = approved_solicitation(at)
    enrol_opener(passphrase=ANOTHER, by=actor("legal_reviewer"), at=at)

    with nothing_happens(), pytest.raises(NotAllowed, match="Name the openers again"):
        release(package, at)

    rehearsed_again = rehearsed_box(on=package, at=at)
    assert missing_for_release(rehearsed_again) == ""


@pytest.mark.rule("R-SOL-02", case="allowed")
def test_the_release_makes_a_new_box_and_publishes_what_it_is_committed_to():
    solicitation = released_solicitation()

    # Then the box has a key of its own, a share for each opener, and a record
    box = the_box(solicitation)
    assert box.public_key != solicitation.boxes.get(purpose="REHEARSAL").public_key
    assert [share.user_id for share in box.shares.order_by("position")] == [
        actor(part).user_id for part in OPENERS
    ]
    event = AuditEvent.objects.get(event="submissions.box.sealed")
    assert box.fingerprint in event.payload
    for share in box.shares.all():
        assert share.commitment in event.payload


def test_no_share_alone_and_no_two_halves_give_the_key_away():
    # Given a released solicitation and every share of its box
    box = the_box(released_solicitation())
    shares = []
    for row in box.shares.select_related("opener_key", "box").order_by("position"):
        private = keys.unlock(row.opener_key.locked, PASSPHRASE)
        value = keys.decrypt_from(
            bytes(row.sealed_share), private=private, binding=row.binding
        )
        shares.append(value)

    # Then none of them is the private half, and no opener's key opens another's share
    publics = set()
    for value in shares:
        try:
            publics.add(keys.public_of(value))
        except SealBroken:
            continue
    assert bytes(box.public_key) not in publics
    first, second = box.shares.select_related("opener_key", "box").order_by("pk")[:2]
    private = keys.unlock(first.opener_key.locked, PASSPHRASE)
    with pytest.raises(SealBroken):
        keys.decrypt_from(
            bytes(second.sealed_share), private=private, binding=second.binding
        )


def test_an_altered_share_is_named_and_opens_nothing(at, monkeypatch):
    # Given that what lies under the second share is not what was committed to
    solicitation = named_openers(on=complete_solicitation(at))
    monkeypatch.setattr(
        keys, "decrypt_from", lambda wrapped, *, private, binding: bytes(32)
    )

    with nothing_happens(), pytest.raises(ShareAltered, match="Share 3") as refusal:
        rehearse(solicitation, "legal_reviewer", at)

    share = BoxShare.objects.get(position=3)
    assert refusal.value.data["commitment"] == share.commitment


def test_another_public_key_than_that_of_the_shares_is_found_out(at, monkeypatch):
    solicitation = named_openers(on=complete_solicitation(at))
    rehearse(solicitation, "legal_reviewer", at)
    monkeypatch.setattr(keys, "public_of", lambda private: keys.new_pair().public)

    with nothing_happens(), pytest.raises(KeySwapped):
        rehearse(solicitation, "contract_specialist", at)


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE submissions_box SET needed = 3", UNCHANGED),
        ("UPDATE submissions_opening SET completed_at = now()", "quorum"),
        ("UPDATE submissions_heldshare SET wrapped = 'x'", "never changes"),
        ("DELETE FROM submissions_givenshare", UNCHANGED),
    ],
)
def test_the_database_refuses_a_box_that_is_opened_otherwise(at, statement, sentence):
    solicitation = named_openers(on=complete_solicitation(at))
    rehearse(solicitation, "legal_reviewer", at)

    with pytest.raises(DatabaseError, match=sentence), transaction.atomic():
        checked_at_once(statement)


def test_the_database_takes_no_vendor_as_an_opener(at, vendor_b):
    solicitation = named_openers(on=complete_solicitation(at))
    share = BoxShare.objects.earliest("pk")
    Membership.objects.create(
        user_id=share.user_id, organization=vendor_b, role="VENDOR_MEMBER"
    )
    box = Box.objects.get(solicitation=solicitation)
    box.pk, box.public_id = None, ""
    box.save(force_insert=True)
    copy = BoxShare(
        box=box,
        position=share.position,
        opener_key=share.opener_key,
        user=share.user,
        membership=share.membership,
        sealed_share=share.sealed_share,
        commitment=share.commitment,
    )

    with pytest.raises(IntegrityError, match="no vendor"), transaction.atomic():
        saved_and_checked(copy)


def test_an_opener_rehearses_from_the_page_and_a_wrong_passphrase_leaves_a_record(at):
    solicitation = named_openers(on=complete_solicitation(at))
    browser = client_for(actor("legal_reviewer"))
    room = reverse("submissions:box", args=[solicitation.public_id])
    assert "Not ready" in browser.get(room).content.decode()
    url = reverse("submissions:rehearse_opening", args=[solicitation.public_id])

    # When a wrong passphrase is typed, it is said, and an event says who and why
    wrong = submit(browser, url, {"passphrase": ANOTHER})
    assert wrong.status_code == 403
    assert "does not open your opener" in wrong.content.decode()
    assert ANOTHER not in wrong.content.decode()
    event = AuditEvent.objects.get(event="submissions.opening.refused")
    assert "wrong_passphrase" in event.payload
    assert ANOTHER not in event.payload
    assert Opening.objects.count() == 0

    # Then the right one is taken
    assert submit(browser, url, {"passphrase": PASSPHRASE}).status_code == 303
    assert "1 of the 2 openers" in browser.get(room).content.decode()


def test_an_outsider_finds_no_box(at):
    solicitation = named_openers(on=complete_solicitation(at))
    room = reverse("submissions:box", args=[solicitation.public_id])

    for part in ("vendor_a_signer", "other_agency_officer", "evaluator"):
        assert client_for(actor(part)).get(room).status_code == 404
