"""The doors through which the script of a page sends a file in pieces."""

import json
from base64 import b64encode
from hashlib import sha256

import pytest
from django.urls import reverse

from contracting.proposals.models import DraftUpload
from contracting.proposals.pieces import HeaderUnreadable, piece_of, sha256_told
from contracting.proposals.queries import draft_of, files_of
from tests.builders import released_solicitation
from tests.cast import actor, client_for, nothing_happens
from tests.offers import before
from tests.proposals.drafts import sealed_file
from tests.proposals.test_attach_sealed import with_a_draft

pytestmark = pytest.mark.django_db

PLAN = b"Our plan. " * 100


def digest(content):
    return f"sha-256=:{b64encode(sha256(content).digest()).decode()}:"


def begun(browser, solicitation, content, **told):
    url = reverse("proposals:begin_upload", args=[solicitation.public_id])
    told.setdefault("name", "plan.txt")
    return browser.post(url, {"size_bytes": len(content), **told})


def put(browser, upload, content, start, end, **headers):
    headers.setdefault("Content-Range", f"bytes {start}-{end - 1}/{len(content)}")
    return browser.put(
        upload["append"],
        content[start:end],
        content_type="application/octet-stream",
        headers=headers,
    )


@pytest.fixture
def released(monkeypatch):
    solicitation = released_solicitation()
    instant = before(solicitation, minutes=5)
    monkeypatch.setattr("contracting.core.clock.now", lambda: instant)
    return solicitation


def test_a_script_sends_a_file_asks_where_it_is_and_completes_it(released):
    # Given a file that was begun
    browser = client_for(actor("vendor_a_member"))
    upload = begun(browser, released, PLAN).json()
    assert (upload["offset"], upload["size_bytes"]) == (0, 1000)

    # When pieces come, one of them damaged and one of them with a gap
    right = put(browser, upload, PLAN, 0, 400, **{"Content-Digest": digest(PLAN[:400])})
    assert right.json()["offset"] == 400
    with nothing_happens():
        wrong = put(browser, upload, PLAN, 400, 500, **{"Content-Digest": digest(b"")})
        gap = put(browser, upload, PLAN, 500, 600)
        bad = put(browser, upload, PLAN, 400, 500, **{"Content-Range": "bytes=0-1"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "upload_damaged")
    assert (gap.status_code, gap.json()["offset"]) == (409, 400)
    assert (bad.status_code, bad.json()["code"]) == (422, "header_unreadable")

    # Then the script is told where it goes on, and completes it with the whole's hash
    assert browser.get(upload["at"]).json()["offset"] == 400
    early = browser.post(upload["complete"], headers={"Repr-Digest": digest(PLAN)})
    assert (early.status_code, early.json()["code"]) == (409, "upload_misplaced")
    put(browser, upload, PLAN, 400, 1000)
    for _each in range(2):
        done = browser.post(upload["complete"], headers={"Repr-Digest": digest(PLAN)})
        assert done.json()["is_complete"]
    (facts,) = files_of(draft_of(actor("vendor_a_member"), released))
    assert (facts.public_id, facts.size_bytes) == (done.json()["file"], 1000)
    assert browser.get(upload["complete"]).status_code == 302


def test_nobody_else_finds_it_and_it_can_be_abandoned(released):
    browser = client_for(actor("vendor_a_member"))
    upload = begun(browser, released, PLAN).json()
    put(browser, upload, PLAN, 0, 400)

    for part, status in {"vendor_b_member": 404, "contracting_officer": 404}.items():
        other = client_for(actor(part))
        with nothing_happens():
            assert other.get(upload["at"]).status_code == status
            assert put(other, upload, PLAN, 400, 500).status_code == status
            assert other.post(upload["complete"]).status_code == status
            assert other.post(upload["abandon"]).status_code == status
    idle = client_for(actor("vendor_a_administrator"))
    with nothing_happens():
        assert begun(idle, released, PLAN).status_code == 403
        assert put(idle, upload, PLAN, 400, 500).status_code == 403
        assert idle.post(upload["complete"]).status_code == 403

    assert browser.post(upload["abandon"]).json() == {"message": "Abandoned"}
    assert browser.get(upload["at"]).status_code == 404
    assert not DraftUpload.objects.exists()


def test_what_cannot_be_read_is_refused(released):
    browser = client_for(actor("vendor_a_member"))

    with nothing_happens():
        assert begun(browser, released, b"").status_code == 422
        assert begun(browser, released, PLAN, name="").status_code == 422
        assert begun(browser, released, PLAN, sha256="x").status_code == 422
    upload = begun(browser, released, PLAN).json()
    browser.defaults["CONTENT_LENGTH"] = str(7 * 1024 * 1024)
    with nothing_happens():
        reply = browser.put(upload["append"], b"", "application/octet-stream")
    assert reply.status_code == 413


@pytest.mark.parametrize(
    ("content_range", "sent"),
    [
        ("", ""),
        ("bytes 0-3/*", ""),
        ("bytes 0-4/10", ""),
        ("bytes 3-0/10", ""),
        ("bytes 0-3/10", "sha-256=:AAAA:"),
        ("bytes 0-3/10", "sha-256=:=:"),
    ],
)
def test_headers_of_another_form_are_refused(content_range, sent):
    with pytest.raises(HeaderUnreadable):
        piece_of(b"four", content_range=content_range, digest=sent)


def test_a_digest_is_found_among_others():
    sent = f"sha-512=:AAAA:, {digest(b'four')}"
    piece = piece_of(b"four", content_range="bytes 6-9/10", digest=sent)

    assert (piece.start, piece.end, piece.whole) == (6, 10, 10)
    assert piece.sha256 == sha256(b"four").hexdigest()
    assert sha256_told("sha-512=:AAAA:") == ""


def test_a_sealed_file_comes_through_the_same_doors(settings, monkeypatch):
    # Given a sealed draft of somebody who holds the offer key
    settings.OPENER_KEY_ITERATIONS = 100
    by = "vendor_a_signer"
    solicitation = with_a_draft(by)
    instant = before(solicitation, minutes=5)
    monkeypatch.setattr("contracting.core.clock.now", lambda: instant)
    browser, file = client_for(actor(by)), sealed_file(by=by)
    made = {
        "name": file.name,
        "facts": b64encode(file.facts).decode(),
        "wrapped_key": b64encode(file.wrapped_key).decode(),
        "offer_key": file.offer_key,
    }

    # When what the browser has sealed comes in pieces
    told = {"made": json.dumps(made), "sha256": sha256(file.sealed).hexdigest()}
    for damaged in ({"made": "{"}, {"made": '{"name": 7}'}):
        assert begun(browser, solicitation, PLAN, **damaged).status_code == 422
    upload = begun(browser, solicitation, file.sealed, **told).json()
    put(browser, upload, file.sealed, 0, 1000)
    put(browser, upload, file.sealed, 1000, len(file.sealed))
    done = browser.post(upload["complete"]).json()

    # Then it is kept under its name, and the script is given a place for the next one
    assert done["file"] == file.name
    assert done["next_file"] != file.name
    assert client_for(actor("vendor_a_member")).get(upload["at"]).status_code == 200
