"""The seal: what is kept, and where it opens."""

from dataclasses import replace

import pytest
from django.db import DatabaseError, connection, transaction

from contracting.core.canonical import content_sha256
from contracting.documents.queries import read_blob
from contracting.reference.models import AiModel
from contracting.submissions import calculations
from contracting.submissions.calculations import Place
from contracting.submissions.models import Box, ContentKeyWrap
from contracting.submissions.operations.receive import receive_version
from contracting.submissions.operations.submit import submit_submission
from contracting.submissions.refusals import (
    KeySwapped,
    ModelUnfit,
    OfferIncomplete,
    SealBroken,
)
from contracting.submissions.sealing import keys
from tests.builders import released_solicitation
from tests.cast import nothing_happens
from tests.offers import (
    SNAPSHOT,
    before,
    latest_version,
    offer_on,
    submitted_offer,
    the_box,
    the_private_half,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def sealed():
    """A sealed version, its bytes, its key and its place."""
    solicitation = released_solicitation()
    submission = submitted_offer(on=solicitation)
    version = latest_version(submission)
    place = Place(solicitation.public_id, submission.public_id, 1)
    key = keys.decrypt_from(
        bytes(version.key_wrap.wrapped_key),
        private=the_private_half(solicitation),
        binding=place.key_binding,
    )
    return version, read_blob(version.sealed_blob), key, place


def test_sealed_bytes_open_in_their_place_to_what_was_handed_in(sealed):
    version, raw, key, place = sealed

    plain = calculations.unseal(raw, key=key, place=place, sha256=version.plain_sha256)

    offer = calculations.offer_of(plain)
    assert offer.technical == "We serve the snapshot in the boundary that is asked for."
    assert content_sha256(plain) == version.plain_sha256
    assert calculations.parts(plain) == version.files


@pytest.mark.parametrize(
    "place",
    [
        lambda p: Place("sol_other", p.submission, p.version),
        lambda p: Place(p.solicitation, "sub_other", p.version),
        lambda p: Place(p.solicitation, p.submission, p.version + 1),
    ],
    ids=["another solicitation", "another submission", "another version"],
)
def test_sealed_bytes_open_nowhere_else(sealed, place):
    version, raw, key, own = sealed

    with pytest.raises(SealBroken):
        calculations.unseal(raw, key=key, place=place(own), sha256=version.plain_sha256)


def test_altered_bytes_and_another_key_open_nothing(sealed):
    version, raw, key, place = sealed
    altered = raw[:-1] + bytes([raw[-1] ^ 1])

    for bytes_, key_ in ((altered, key), (raw, keys.new_key()), (b"", key)):
        with pytest.raises(SealBroken):
            calculations.unseal(
                bytes_, key=key_, place=place, sha256=version.plain_sha256
            )


def test_content_that_differs_from_its_receipt_is_not_opened(sealed):
    _version, raw, key, place = sealed

    with pytest.raises(SealBroken):
        calculations.unseal(raw, key=key, place=place, sha256="0" * 64)


def test_the_key_of_a_version_opens_with_no_other_box(sealed):
    wrapped = bytes(ContentKeyWrap.objects.get().wrapped_key)

    with pytest.raises(SealBroken):
        keys.decrypt_from(
            wrapped, private=keys.new_pair().private, binding=sealed[3].key_binding
        )


def test_the_same_offer_twice_gives_other_bytes_and_other_hashes():
    # Given the same prices on the same solicitation
    solicitation = released_solicitation()
    offer = offer_on(solicitation)

    # When two vendors hand them in
    one = latest_version(submitted_offer(on=solicitation, offer=offer))
    two = latest_version(
        submitted_offer(on=solicitation, by="vendor_b_signer", offer=offer)
    )

    # Then nobody can tell from the hashes that the prices are the same
    assert one.plain_sha256 != two.plain_sha256
    assert one.files[1]["name"] == "Price schedule"
    assert one.files[1]["sha256"] != two.files[1]["sha256"]
    assert one.sealed_blob.sha256 != two.sealed_blob.sha256


def test_the_length_of_a_sealed_offer_does_not_tell_the_price():
    solicitation = released_solicitation()
    slins = [line.slin for line in solicitation.lines.all()]
    cheap = offer_on(solicitation, prices=dict.fromkeys(slins, "1"))
    dear = offer_on(solicitation, prices=dict.fromkeys(slins, "123456.654321"))

    one = latest_version(submitted_offer(on=solicitation, offer=cheap))
    two = latest_version(
        submitted_offer(on=solicitation, by="vendor_b_signer", offer=dear)
    )

    assert one.sealed_blob.size_bytes == two.sealed_blob.size_bytes
    assert one.files[1]["size_bytes"] == two.files[1]["size_bytes"]


def test_each_version_has_a_key_of_its_own():
    solicitation = released_solicitation()

    submitted_offer(on=solicitation)
    submitted_offer(on=solicitation, by="vendor_b_signer")

    wraps = ContentKeyWrap.objects.all()
    assert len({bytes(wrap.wrapped_key) for wrap in wraps}) == 2
    assert {wrap.box for wrap in wraps} == {the_box(solicitation)}


def test_an_offer_is_not_sealed_to_a_key_that_was_exchanged(
    vendor_a_signer, monkeypatch
):
    # Given that the database shows another public key than was published
    solicitation = released_solicitation()
    monkeypatch.setattr(Box, "fingerprint", keys.fingerprint(keys.new_pair().public))

    with nothing_happens(), pytest.raises(KeySwapped, match="not the one"):
        submit_submission(
            solicitation_id=solicitation.pk,
            offer=offer_on(solicitation),
            acknowledged=[],
            by=vendor_a_signer,
            at=before(solicitation),
        )


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM submissions_contentkeywrap",
        "UPDATE submissions_contentkeywrap SET wrapped_key = 'x'",
    ],
)
def test_the_database_keeps_the_key_of_what_was_not_withdrawn(sealed, statement):
    with (
        pytest.raises(DatabaseError, match="only a withdrawal"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_a_model_that_nobody_knows_is_refused(vendor_a_signer):
    solicitation = released_solicitation()
    submission = submitted_offer(on=solicitation)
    whole = offer_on(solicitation)
    first = whole.prices[0]
    strange = calculations.OfferedPrice(first.line_id, 0, first.price)

    with nothing_happens(), pytest.raises(OfferIncomplete):
        receive_version(
            submission_id=submission.pk,
            offer=calculations.Offer(
                whole.technical, [strange, *whole.prices[1:]], whole.files
            ),
            acknowledged=[],
            by=vendor_a_signer,
            at=before(solicitation),
        )


def test_one_model_serves_all_lines_of_a_clin():
    # Given an offer that names another model on the last line of CLIN 0001
    solicitation = released_solicitation()
    offer = offer_on(solicitation)
    other = AiModel.objects.get(snapshot="claude-sonnet-4-5-20250929")
    mixed = [*offer.prices[:-1], replace(offer.prices[-1], model_id=other.pk)]

    # When it is handed in, it is refused with both names, and nothing is kept
    with nothing_happens(), pytest.raises(ModelUnfit, match="one model") as refusal:
        submitted_offer(on=solicitation, offer=replace(offer, prices=mixed))
    assert "claude-sonnet-4-5-20250929" in refusal.value.message
    assert refusal.value.data["clin"] == "0001"


def test_a_model_is_authorized_for_the_boundary_of_its_lines():
    solicitation = released_solicitation()
    model = AiModel.objects.get(snapshot=SNAPSHOT)
    model.boundaries = ["COMMERCIAL"]
    model.save(update_fields=["boundaries"])

    with nothing_happens(), pytest.raises(ModelUnfit, match="not authorized"):
        submitted_offer(on=solicitation)
