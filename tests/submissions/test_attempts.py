"""Before the opening every way in fails; what was tried through a page is recorded."""

import json

import pytest
from django.db import connection
from django.urls import reverse

from contracting.audit.models import AuditEvent
from contracting.submissions.models import (
    Box,
    BoxShare,
    ContentKeyWrap,
    HeldShare,
    OpenedOffer,
)
from contracting.submissions.refusals import SealBroken
from contracting.submissions.sealing import keys
from contracting.submissions.sealing.shares import Share, combine
from tests.builders import released_solicitation
from tests.cast import actor, client_for, submit
from tests.offers import PASSPHRASE, after, before, deadline, submitted_offers
from tests.submissions.test_doors import filled_in

pytestmark = pytest.mark.django_db

CLOCK = "contracting.core.clock.now"


@pytest.fixture
def solicitation():
    """Two sealed offers."""
    return submitted_offers(on=released_solicitation())[0].solicitation


@pytest.fixture
def it_is(monkeypatch):
    def told(instant):
        monkeypatch.setattr(CLOCK, lambda: instant)

    return told


def tries(solicitation, part, *, passphrase=PASSPHRASE):
    """Give a share on the page of the opening."""
    url = reverse("submissions:open_submissions", args=[solicitation.public_id])
    sent = {
        "passphrase": passphrase,
        "understood": "on",
        "form_token": f"of-{part}-and-nobody-else",
    }
    return client_for(actor(part)).post(url, sent)


def recorded() -> list[str]:
    """The codes of what was refused, oldest first."""
    refused = AuditEvent.objects.filter(event="submissions.opening.refused")
    return [
        json.loads(each.payload)["data"]["code"] for each in refused.order_by("seq")
    ]


@pytest.mark.parametrize(
    ("part", "status"),
    [("administrator", 404), ("evaluator", 404), ("second_contracting_officer", 403)],
)
def test_whoever_is_no_opener_opens_nothing_and_is_recorded(
    solicitation, it_is, part, status
):
    it_is(after(solicitation))

    assert tries(solicitation, part).status_code == status

    assert not OpenedOffer.objects.exists()
    (told,) = AuditEvent.objects.filter(event="submissions.opening.refused")
    assert told.actor_membership_id == actor(part).membership_id
    assert told.stream == solicitation.stream


def test_all_openers_a_second_before_the_deadline_open_nothing(solicitation, it_is):
    it_is(before(solicitation, seconds=1))

    for part in ("contract_specialist", "contracting_officer", "legal_reviewer"):
        assert tries(solicitation, part).status_code == 423

    assert recorded() == ["still_sealed"] * 3
    assert not HeldShare.objects.exists()
    assert not OpenedOffer.objects.exists()


def test_one_opener_fewer_than_it_takes_opens_nothing_even_with_every_secret(
    solicitation, it_is, settings
):
    # Given that all openers but one have given their shares
    it_is(after(solicitation))
    assert tries(solicitation, "contract_specialist").status_code == 303
    assert tries(solicitation, "contract_specialist").status_code == 403
    assert not OpenedOffer.objects.exists()

    # When somebody has the database, the files and every secret of the settings
    held = HeldShare.objects.select_related("given__opening", "given__share").get()
    given = held.given
    binding = f"drawdown/v1/held-share/{given.opening.public_id}/{given.share.position}"
    value = keys.decrypt(bytes(held.wrapped), key=settings.SEALING_KEY, binding=binding)

    # Then what they can put together is not the key of the box, and opens nothing
    box = Box.objects.get(purpose="OFFERS")
    wraps = list(ContentKeyWrap.objects.all())
    guessed = combine([Share(given.share.position, value)])
    for private in (guessed, settings.SEALING_KEY, settings.SECRET_KEY.encode()[:32]):
        assert keys.public_of(private) != bytes(box.public_key)
        for sealed in (wraps[0].wrapped_key, wraps[0].sealed_offeror):
            with pytest.raises(SealBroken):
                keys.decrypt_from(bytes(sealed), private=private, binding="any")


def altered(table: str, column: str, row: int) -> None:
    """What only a superuser does: change a row in spite of every guard."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP TABLE {table} (LIKE public.{table}) ON COMMIT DROP"
        )
        cursor.execute(f"INSERT INTO pg_temp.{table} SELECT * FROM public.{table}")
        cursor.execute(
            f"UPDATE pg_temp.{table} SET {column} = set_byte({column}, 64, "
            f"get_byte({column}, 64) # 1) WHERE id = %s",
            [row],
        )


def test_an_altered_share_is_named_by_its_commitment(solicitation, it_is):
    # Given that one byte of a share was changed in the database
    it_is(after(solicitation))
    person = actor("contract_specialist")
    share = BoxShare.objects.get(box__purpose="OFFERS", user_id=person.own_user_id)
    altered("submissions_boxshare", "sealed_share", share.pk)

    # When its opener gives it
    reply = tries(solicitation, "contract_specialist")

    # Then it is refused by the hash that was published, and another opener can still
    assert reply.status_code == 409
    assert share.commitment[:12] in reply.content.decode()
    assert recorded() == ["share_altered"]
    assert tries(solicitation, "contracting_officer").status_code == 303


def test_nothing_is_sealed_to_a_swapped_key_and_nothing_opened_with_it(it_is):
    # Given a box whose public key was exchanged in the database
    solicitation = released_solicitation()
    box = Box.objects.get(purpose="OFFERS")
    altered("submissions_box", "public_key", box.pk)
    it_is(before(solicitation))

    # Then an offer is not sealed to it
    vendor = client_for(actor("vendor_a_signer"))
    url = reverse("submissions:submit_submission", args=[solicitation.public_id])
    reply = submit(vendor, url, filled_in(solicitation))
    assert reply.status_code == 409
    assert "not the one that was published" in reply.content.decode()
    assert not ContentKeyWrap.objects.exists()

    # And its openers find it out
    it_is(after(solicitation))
    assert deadline(solicitation) < after(solicitation)
    assert tries(solicitation, "contract_specialist").status_code == 303
    assert tries(solicitation, "contracting_officer").status_code == 409
    assert recorded() == ["key_swapped"]
