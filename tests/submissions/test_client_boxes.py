"""Boxes that a contracting officer's browser has made: their outside is checked."""

import base64
import hashlib
import json
from dataclasses import asdict, replace

import pytest
from django.test import Client
from django.urls import reverse

from contracting.core.models import new_public_id
from contracting.solicitations.operations.release import release_solicitation
from contracting.submissions.models import Box
from contracting.submissions.operations.name import name_openers
from contracting.submissions.operations.rehearse import rehearse_opening
from contracting.submissions.queries import rehearsal_of
from contracting.submissions.refusals import BoxUnfit
from contracting.submissions.sealing import keys
from contracting.submissions.sealing.boxes import (
    MadeBox,
    MadeBoxes,
    MadeShare,
)
from contracting.submissions.sealing.boxes import made_box as made_again
from contracting.submissions.sealing.openers import opener_key_of
from contracting.submissions.sealing.shares import commitment, share_binding, split
from tests.builders import DAY, approved_solicitation
from tests.cast import AT, actor, client_for, nothing_happens, submit
from tests.offers import (
    OPENERS,
    PASSPHRASE,
    enrolled_openers,
    opened_offers,
    submitted_offers,
    the_box,
)

pytestmark = pytest.mark.django_db


def made_box():
    """A box as a browser makes it for the three openers, and its private half."""
    pair, public_id = keys.new_pair(), new_public_id(Box.PREFIX)
    shares = []
    for share, part in zip(
        split(pair.private, needed=2, people=3), OPENERS, strict=True
    ):
        key = opener_key_of(actor(part).user_id)
        assert key is not None
        place = share_binding(public_id, share.position)
        sealed = keys.encrypt_to(bytes(key.public_key), share.value, binding=place)
        told = commitment(share, box=public_id)
        shares.append(MadeShare(key.fingerprint, sealed, told))
    return MadeBox(public_id, pair.public, shares)


def made_boxes():
    rehearsal, words, key = made_box(), b"random words", keys.new_key()
    place = f"drawdown/v1/rehearsal/{rehearsal.public_id}"
    return MadeBoxes(
        rehearsal=rehearsal,
        offers=made_box(),
        sample=keys.encrypt(words, key=key, binding=place),
        sample_key=keys.encrypt_to(rehearsal.public_key, key, binding=place),
        sample_sha256=hashlib.sha256(words).hexdigest(),
    )


def name(package, made):
    return name_openers(
        solicitation_id=package.pk,
        membership_ids=enrolled_openers(),
        needed=2,
        made=made,
        by=actor("contracting_officer"),
        at=AT,
    )


def test_a_box_that_a_browser_has_made_is_rehearsed_released_and_opened():
    # Given a package whose boxes were made in a browser
    package = approved_solicitation()
    made = made_boxes()
    box = name(package, made)
    assert (box.mode, bytes(box.public_key)) == ("CLIENT", made.rehearsal.public_key)
    assert made_again(box.sample.prepared) == made.offers

    # When its openers rehearse, it is released, and two offers come
    for part in OPENERS[:2]:
        rehearse_opening(
            solicitation_id=package.pk, passphrase=PASSPHRASE, by=actor(part), at=AT
        )
    package.refresh_from_db()
    released = release_solicitation(
        solicitation_id=package.pk,
        by=actor("contracting_officer"),
        at=AT + DAY,
        seen_version=package.version,
    )

    # Then they are sealed to the key that was made there, and open with its shares
    own = the_box(released)
    assert (own.mode, own.public_id) == ("CLIENT", made.offers.public_id)
    assert bytes(own.public_key) == made.offers.public_key
    page = Client().get(reverse("submissions:published_box", args=[released.public_id]))
    assert "Client mode: in the contracting officer" in page.content.decode()
    submitted_offers(on=released)
    assert opened_offers(on=released).state == "OPENED"


def _rehearsal(made, **more):
    return replace(made, rehearsal=replace(made.rehearsal, **more))


def _offers(made, **more):
    return replace(made, offers=replace(made.offers, **more))


def _first(box, **more):
    return [replace(box.shares[0], **more), *box.shares[1:]]


@pytest.mark.parametrize(
    "altered",
    [
        lambda made: _rehearsal(made, public_id="box_x"),
        lambda made: _rehearsal(made, public_id=f"box_{'l' * 26}"),
        lambda made: _rehearsal(made, public_key=b"\x04" + bytes(64)),
        lambda made: _rehearsal(made, shares=made.rehearsal.shares[:2]),
        lambda made: _rehearsal(made, shares=made.rehearsal.shares[::-1]),
        lambda made: _rehearsal(made, shares=[made.rehearsal.shares[0]] * 3),
        lambda made: _rehearsal(made, shares=_first(made.rehearsal, sealed=bytes(125))),
        lambda made: _rehearsal(made, shares=_first(made.rehearsal, commitment="x")),
        lambda made: _offers(made, public_key=b""),
        lambda made: _offers(made, public_key=made.rehearsal.public_key),
        lambda made: replace(made, sample=b""),
        lambda made: replace(made, sample_key=b""),
        lambda made: replace(made, sample_sha256=""),
    ],
    ids=[
        "no id",
        "a name for no address",
        "no point",
        "too few shares",
        "another order",
        "one opener",
        "no share",
        "no commitment",
        "no box of offers",
        "one key for both",
        "no sample",
        "no key of it",
        "no hash of it",
    ],
)
def test_what_is_no_box_for_its_openers_is_refused(altered):
    package = approved_solicitation()
    enrolled_openers()
    made = altered(made_boxes())

    with nothing_happens(), pytest.raises(BoxUnfit):
        name(package, made)


def test_a_rehearsal_box_without_one_for_the_offers_leads_to_server_mode():
    package = approved_solicitation()

    box = name(package, None)

    assert box.mode == "SERVER"
    assert box.sample.prepared is None


def test_the_page_takes_the_boxes_that_a_browser_has_made(contracting_officer):
    # Given the page, which tells the keys of the openers
    package = approved_solicitation()
    enrolled_openers()
    browser = client_for(contracting_officer)
    url = reverse("submissions:name_openers", args=[package.public_id])
    assert browser.get(url).content.decode().count("data-opener=") == 3
    made = made_boxes()
    named = [str(pk) for pk in enrolled_openers()]

    # When something else is sent it is refused, and the boxes are taken
    sent = {"openers": named, "needed": "2", "made": "{}"}
    with nothing_happens():
        assert submit(browser, url, sent).status_code == 422
    told = json.dumps(asdict(made), default=lambda raw: base64.b64encode(raw).decode())
    assert submit(browser, url, {**sent, "made": told}).status_code == 303
    box = rehearsal_of(package)
    assert box is not None
    assert box.mode == "CLIENT"
