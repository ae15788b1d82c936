"""A vendor's machine sends a file to a draft, in pieces."""

from base64 import b64encode
from hashlib import sha256

import pytest

from accounts.models import ApiKey
from contracting.audit.models import AuditEvent
from contracting.proposals.models import DraftUpload
from contracting.proposals.queries import draft_of, files_of
from tests.builders import released_solicitation
from tests.cast import actor, key_client, nothing_happens
from tests.offers import after, before

pytestmark = pytest.mark.django_db

PLAN = b"Our plan. " * 100


def digest(content):
    return f"sha-256=:{b64encode(sha256(content).digest()).decode()}:"


def begun(machine, solicitation, query="", **other):
    url = f"/api/v1/opportunities/{solicitation.public_id}/draft/uploads{query}"
    told = {"name": "plan.txt", "size_bytes": len(PLAN), **other}
    return machine.post(url, told, content_type="application/json")


def put(machine, where, start, end, *, whole=1000, said=None):
    return machine.put(
        where,
        PLAN[start:end],
        content_type="application/octet-stream",
        headers={
            "Content-Range": f"bytes {start}-{end - 1}/{whole}",
            "Content-Digest": digest(PLAN[start:end] if said is None else said),
        },
    )


@pytest.fixture
def released(monkeypatch):
    solicitation = released_solicitation()
    instant = before(solicitation, minutes=5)
    monkeypatch.setattr("contracting.core.clock.now", lambda: instant)
    return solicitation


def test_a_machine_sends_a_file_that_its_people_find_in_the_draft(
    released, vendor_a_machine
):
    # Given a file that the vendor's machine has begun
    machine = key_client(vendor_a_machine)
    reply = begun(machine, released)
    where, sent = reply["Location"], reply.json()
    assert (reply.status_code, sent["offset"], sent["completed_at"]) == (201, 0, None)

    # When it sends pieces, damaged, with a gap, of another whole, and right ones
    assert put(machine, where, 0, 400).json()["offset"] == 400
    with nothing_happens():
        damaged = put(machine, where, 400, 600, said=b"")
        gap = put(machine, where, 500, 600)
        other = put(machine, where, 400, 600, whole=2000)
        again = put(machine, where, 0, 400)
    assert (damaged.status_code, damaged.json()["code"]) == (422, "upload_damaged")
    assert (gap.status_code, gap.json()["data"]["offset"]) == (409, 400)
    assert (other.status_code, again.json()["offset"]) == (422, 400)
    early = machine.post(f"{where}:complete", headers={"Repr-Digest": digest(PLAN)})
    assert (early.status_code, early.json()["code"]) == (409, "upload_misplaced")
    put(machine, where, machine.get(where).json()["offset"], len(PLAN))

    # Then the file is in the draft once its hash was said
    assert machine.post(f"{where}:complete").status_code == 422
    for _each in range(2):
        done = machine.post(f"{where}:complete", headers={"Repr-Digest": digest(PLAN)})
        assert done.json()["completed_at"]
    (facts,) = files_of(draft_of(actor("vendor_a_member"), released))
    assert (facts.size_bytes, facts.by) == (1000, vendor_a_machine.name)

    # And no key of a request was kept, which would tell that there is a draft
    assert not AuditEvent.objects.filter(payload__contains=released.public_id).filter(
        event__startswith="proposals."
    )


def test_a_machine_gives_a_file_up(released, vendor_a_machine):
    machine = key_client(vendor_a_machine)
    base = begun(machine, released)["Location"]
    where, query = begun(machine, released, "?alternate=1")["Location"].split("?")
    assert machine.get(where).status_code == 404
    assert machine.get(f"{where}?{query}").json()["offset"] == 0

    assert machine.post(f"{where}:abandon?{query}").status_code == 204
    assert machine.post(f"{base}:abandon").status_code == 204

    assert machine.get(base).status_code == 404
    assert not DraftUpload.objects.exists()


def test_what_is_not_so_is_refused(released, vendor_a_machine, monkeypatch):
    machine = key_client(vendor_a_machine)
    for wrong in (
        {"size_bytes": 0},
        {"name": ""},
        {"sha256": "x"},
        {"kind": "pdf"},
        {"size_bytes": 2**40},
        {"size_bytes": 21 * 1024 * 1024},
    ):
        with nothing_happens():
            assert begun(machine, released, **wrong).status_code == 422
    beyond = f"?alternate={released.alternates_taken + 1}"
    with nothing_happens():
        assert begun(machine, released, beyond).json()["rule"] == "R-SUB-10"
        assert begun(machine, released, "?alternate=one").status_code == 422
    monkeypatch.setattr("contracting.core.clock.now", lambda: after(released))
    with nothing_happens():
        late = begun(machine, released)
    assert (late.status_code, late.json()["rule"]) == (409, "R-SUB-01")


def test_other_machines_find_nothing_and_a_key_needs_the_scope(
    released, vendor_a_machine, other_vendor_machine, gateway
):
    machine = key_client(vendor_a_machine)
    where = begun(machine, released)["Location"]

    others = key_client(other_vendor_machine)
    with nothing_happens():
        assert begun(others, released).status_code == 403
        assert put(others, where, 0, 400).status_code == 403
    key = ApiKey.objects.get(pk=other_vendor_machine.key_id)
    key.scopes = [*key.scopes, "drafts:write"]
    key.save()
    with nothing_happens():
        for reply in (
            others.get(where),
            put(others, where, 0, 400),
            others.post(f"{where}:complete"),
            others.post(f"{where}:abandon"),
        ):
            assert reply.status_code == 404
        assert begun(key_client(gateway), released).status_code == 403
