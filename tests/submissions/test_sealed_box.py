"""Before the opening nobody can tell what was offered, by whom, or how often.

A canary in the text, in a file and in a price is searched in every row of every table
and in every stored file. What pages tell is walked in ``tests/journeys``.
"""

import base64
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import connection

from contracting.submissions import calculations
from contracting.submissions.calculations import OfferedFile
from contracting.submissions.operations.submit import submit_submission
from tests.builders import released_solicitation
from tests.cast import actor
from tests.offers import before, offer_on, opened_offers, submitted_offer

pytestmark = pytest.mark.django_db

WORDS = "canary-of-the-technical-proposal"
BODY = b"canary-in-the-body-of-a-file"
PRICE = "4321.987654"


def canary_offer(solicitation):
    slin = solicitation.lines.order_by("slin")[0].slin
    return offer_on(
        solicitation,
        technical=f"Ours is the best. {WORDS}.",
        prices={slin: PRICE},
        files=[OfferedFile("plan.txt", "text/plain", BODY)],
    )


def everything_stored() -> bytes:
    """Every row as text, bytes as hexadecimal, and every file of the storage."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') "
            "AND NOT relispartition AND relnamespace = current_schema()::regnamespace"
        )
        tables = [row[0] for row in cursor.fetchall()]
        rows = []
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            rows += [row[0].encode() for row in cursor.fetchall()]
    kept = Path(default_storage.path("")).rglob("*")
    files = [path.read_bytes() for path in kept if path.is_file()]
    return b"\n".join(rows + files)


def spellings(secret: bytes) -> list[bytes]:
    """The secret as it is, in other encodings, and as a dump writes those."""
    wide = [secret.decode().encode(f"utf-16-{order}") for order in ("le", "be")]
    raw = [secret, *wide]
    return [
        *raw,
        *(each.hex().encode() for each in raw),
        *(base64.b64encode(each)[:-4] for each in raw),
    ]


def found(secret: bytes, stored: bytes) -> bool:
    return any(spelling in stored for spelling in spellings(secret))


@pytest.mark.rule("R-SUB-03", case="allowed")
def test_a_canary_is_nowhere_before_the_opening_and_there_after_it(settings, tmp_path):
    # Given storage of its own, and an offer with a canary in text, file and price
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path, "base_url": None},
        },
    }
    solicitation = released_solicitation()
    submitted_offer(on=solicitation, offer=canary_offer(solicitation))

    # Then no row and no file has any of the three
    sealed = everything_stored()
    for secret in (WORDS.encode(), BODY, PRICE.encode()):
        assert not found(secret, sealed)

    # And once a quorum has opened, all of them are there: the search does find
    opened_offers(on=solicitation)
    opened = everything_stored()
    for secret in (WORDS.encode(), BODY, PRICE.encode()):
        assert found(secret, opened)


def test_the_search_finds_an_offer_that_is_not_sealed(settings, tmp_path, monkeypatch):
    # Given the same world with the encryption of offers switched off
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path, "base_url": None},
        },
    }
    monkeypatch.setattr(calculations, "encrypt", lambda raw, *, key, binding: raw)
    solicitation = released_solicitation()

    submit_submission(  # not a builder, which may remember an offer that was sealed
        solicitation_id=solicitation.pk,
        offer=canary_offer(solicitation),
        acknowledged=[],
        by=actor("vendor_a_signer"),
        at=before(solicitation, hours=2),
    )

    stored = everything_stored()
    for secret in (WORDS.encode(), BODY, PRICE.encode()):
        assert found(secret, stored)
