"""What a sealed offer leaves on the disk: write-ahead log, server logs, temp folder.

The tables and the stored files are searched in ``tests.submissions.test_sealed_box``.
Here an offer is handed in through its page and committed for real, and the folders of
the embedded servers are searched, before the opening and after it.
"""

import logging
import secrets
import tempfile
from pathlib import Path
from time import monotonic, sleep

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from contracting.embedded import places
from contracting.submissions.models import Submission
from tests.builders import released_solicitation
from tests.cast import actor, client_for, submit
from tests.offers import before, opened_offers
from tests.submissions.test_doors import filled_in
from tests.submissions.test_sealed_box import found

PATIENCE = 5
"""Seconds within which what was committed is in the write-ahead log on the disk."""


def on_the_disk(folder: Path) -> bytes:
    """Every file under a folder; one that goes away meanwhile had nothing to keep."""
    kept = []
    for path in folder.rglob("*"):
        try:
            kept.append(path.read_bytes())
        except OSError:
            continue
    return b"\n".join(kept)


def is_found_in_time(secret: bytes, folder: Path) -> bool:
    end = monotonic() + PATIENCE
    while not found(secret, on_the_disk(folder)):
        if monotonic() > end:
            return False
        sleep(0.5)
    return True


def test_a_sealed_offer_is_nowhere_on_the_disk(
    own_database, monkeypatch, tmp_path, caplog
):
    # Given the embedded servers, a temp folder of our own, and words nobody ever used
    wal = places.VAR / "postgres" / "pg_wal"
    if not wal.is_dir():
        pytest.skip("the folders of a server of yours are not looked into")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    caplog.set_level(logging.DEBUG)
    words = f"canary-{secrets.token_hex(12)}"
    body = f"canary-{secrets.token_hex(12)}"

    # When an offer with them is handed in through its page, and committed
    solicitation = released_solicitation()
    now = before(solicitation, minutes=5)
    monkeypatch.setattr("contracting.core.clock.now", lambda: now)
    vendor = client_for(actor("vendor_a_signer"))
    url = reverse("submissions:submit_submission", args=[solicitation.public_id])
    plan = SimpleUploadedFile("plan.txt", body.encode(), "text/plain")
    sent = filled_in(solicitation, technical=f"Ours. {words}", attachments=[plan])
    assert submit(vendor, url, sent).status_code == 303
    receipt = Submission.objects.get().versions.get().public_id.encode()

    # Then its receipt is in the write-ahead log, and not a word of it
    assert is_found_in_time(receipt, wal)
    folders = [wal, places.VAR / "log", places.VAR / "valkey", tmp_path]
    for secret in (words.encode(), body.encode()):
        for folder in folders:
            assert not found(secret, on_the_disk(folder)), folder
        assert not found(secret, caplog.text.encode())

    # And once a quorum has opened, the words are there: the search does find
    opened_offers(on=solicitation)
    assert is_found_in_time(words.encode(), wal)
