"""What machines are told of the copies that everybody reads, and how they fetch one."""

import hashlib

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import ApiKey
from contracting.core import clock
from contracting.documents.models import Document
from contracting.documents.operations.render import render_document
from contracting.documents.paperwork.redaction import Withheld
from contracting.evidence.operations.release_copy import release_copy
from tests.cast import actor, key_client
from tests.evidence.packs import paid_contract
from tests.worlds import once_per_file

COPIES = "/api/v1/release_copies"


def build():
    """A contract with an order that was used and paid, every paper printed."""
    return paid_contract()


world = once_per_file(build)


@pytest.fixture
def order(world, db):
    """The paper of the order, which the agency and the vendor may read."""
    return Document.objects.get(kind="task_order")


@pytest.fixture
def keys(order, gateway, vendor_a_machine, other_vendor_machine):
    """A key of the agency, of the vendor and of a vendor beside them."""
    found = {
        "agency": gateway,
        "vendor": vendor_a_machine,
        "stranger": other_vendor_machine,
    }
    for key in found.values():
        ApiKey.objects.filter(pk=key.key_id).update(scopes=["documents:read"])
    return {name: key_client(key) for name, key in found.items()}


def released(document, *withheld):
    copy = release_copy(
        document_id=document.pk,
        answers="FOIA 2027-00042",
        withheld=[Withheld(*each) for each in withheld],
        by=actor("contracting_officer"),
        at=clock.now(),
    ).document
    render_document(document_id=copy.pk)
    return copy


def test_a_machine_lists_and_fetches_what_was_released(order, keys):
    # Given a copy of an order without the name of its vendor
    copy = released(order, (order.vendor.name, "(b)(6)"))

    # When a vendor that has nothing to do with it asks
    (listed,) = keys["stranger"].get(COPIES).json()["data"]
    alone = keys["stranger"].get(f"{COPIES}/{copy.public_id}").json()
    file = keys["stranger"].get(listed["download"])

    # Then it fetches the copy, and is not told what was cut nor from which paper
    assert listed == alone
    assert (listed["id"], listed["kind"]) == (copy.public_id, "task_order")
    assert listed["answers"] == "FOIA 2027-00042"
    assert (listed["withheld"], listed["original"]) == (None, None)
    assert hashlib.sha256(file.content).hexdigest() == listed["sha256"]
    assert len(file.content) == listed["size_bytes"]
    assert order.vendor.name not in str(listed)

    # And the agency is told both, but the vendor, who reads the paper, is not
    (ours,) = keys["agency"].get(COPIES).json()["data"]
    assert ours["original"] == order.public_id
    assert ours["withheld"] == [
        {"passage": order.vendor.name, "exemption": "(b)(6)", "is_heading": False}
    ]
    (theirs,) = keys["vendor"].get(COPIES).json()["data"]
    assert (theirs["withheld"], theirs["original"]) == (None, None)


def test_what_a_key_may_not_read_it_is_not_told_from_its_copy(order, keys):
    decision = Document.objects.get(kind="decision")
    released(decision, (order.vendor.name, "(b)(4)"))

    (listed,) = keys["agency"].get(COPIES, {"kind": "decision"}).json()["data"]

    assert (listed["withheld"], listed["original"]) == (None, None)
    assert (
        keys["agency"].get(f"/api/v1/documents/{decision.public_id}").status_code == 404
    )


def test_a_copy_that_waits_for_its_print_is_not_listed(order, keys):
    waiting = release_copy(
        document_id=order.pk,
        answers="FOIA 2027-00042",
        by=actor("contracting_officer"),
        at=clock.now(),
    ).document

    assert keys["agency"].get(COPIES).json()["data"] == []
    assert keys["agency"].get(f"{COPIES}/{waiting.public_id}").status_code == 404
    assert keys["agency"].get(f"{COPIES}/{order.public_id}").status_code == 404


def test_the_list_is_narrowed_and_costs_the_same_however_long_it_is(order, keys):
    released(order)
    asked = {"kind": "task_order", "number": order.number}
    with CaptureQueriesContext(connection) as few:
        assert len(keys["agency"].get(COPIES, asked).json()["data"]) == 1
    for _ in range(3):
        released(order)
    with CaptureQueriesContext(connection) as many:
        assert len(keys["agency"].get(COPIES, asked).json()["data"]) == 4
    assert len(many) <= len(few)
    for nothing in ({"kind": "voucher"}, {"number": "no such"}, {"kind": "\0"}):
        said = keys["agency"].get(COPIES, nothing)
        assert said.status_code in {200, 400, 422}
        assert not said.json().get("data")


@pytest.mark.parametrize("scopes", [[], ["contracts:read"]])
def test_a_key_without_the_scope_for_papers_lists_none(order, keys, gateway, scopes):
    released(order)
    ApiKey.objects.filter(pk=gateway.key_id).update(scopes=scopes)

    assert keys["agency"].get(COPIES).status_code == 403


def test_a_person_releases_a_copy_and_no_machine(order, keys):
    for name in keys:
        sent = keys[name].post(
            COPIES,
            {"document": order.public_id},
            content_type="application/json",
            headers={"Idempotency-Key": f"release-a-copy-{name}"},
        )
        assert sent.status_code == 405
