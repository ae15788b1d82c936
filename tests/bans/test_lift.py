"""A second record ends a ban; the pages and the deny list follow at once."""

from datetime import timedelta

import pytest

from contracting.bans.operations.lift import lift_ban
from contracting.bans.refusals import BanIncomplete
from contracting.core import clock
from contracting.core.errors import NotAllowed, Refusal
from tests.bans.test_impose import AUTHORITY, BANNED_AT, of_vendor_a
from tests.builders_orders import issued_order
from tests.cast import actor, client_for, key_client, machine, nothing_happens, submit

pytestmark = pytest.mark.django_db

LATER = BANNED_AT + timedelta(days=2)


def deny_list(gateway, etag=""):
    known = {"If-None-Match": etag} if etag else {}
    return key_client(gateway).get("/api/v1/deny_list", headers=known)


def words(response):
    return " ".join(response.content.decode().split())


def test_a_ban_is_lifted_once_for_a_reason():
    ban = of_vendor_a()
    by = actor("contracting_officer")
    with nothing_happens(), pytest.raises(BanIncomplete):
        lift_ban(ban_id=ban.pk, reason=" ", by=by, at=LATER)
    with nothing_happens(), pytest.raises(NotAllowed):
        lift_ban(ban_id=ban.pk, reason="No.", by=actor("cor"), at=LATER)

    lifted = lift_ban(ban_id=ban.pk, reason="Withdrawn.", by=by, at=LATER)

    assert (lifted.ban, lifted.lifted_at) == (ban, LATER)
    with nothing_happens(), pytest.raises(Refusal):
        lift_ban(ban_id=ban.pk, reason="Again.", by=by, at=LATER)


def test_the_switch_is_thrown_and_released_in_the_browser(monkeypatch):
    # Given a signed order, and a gateway that knows an empty list
    order = issued_order()
    monkeypatch.setattr(clock, "now", lambda: LATER)
    officer, gateway = client_for(actor("contracting_officer")), machine("gateway")
    before = deny_list(gateway)
    assert (before.status_code, before.json()["orders"]) == (200, [])
    assert "No vendor and no model is banned today" in words(officer.get("/bans/"))

    # When the officer bans its vendor
    sent = submit(
        officer,
        "/bans/impose_ban",
        {
            **AUTHORITY,
            "vendor": order.contract.vendor_id,
            "valid_from": "2026-04-10",
            "confirm": "on",
        },
    )
    assert sent.status_code == 303, words(sent)

    # Then its page names what is touched, and the gateway's list is another one
    page = words(officer.get(sent["Location"]))
    assert "touches 1 signed order with $60.00 and 20,000,000 tokens left" in page
    assert "ban-waiver" in page
    etag = before["ETag"]
    after = key_client(gateway).get(
        "/api/v1/deny_list", headers={"If-None-Match": etag}
    )
    assert after.json()["orders"][0]["piid"] == order.piid
    etag = after["ETag"]
    same = deny_list(gateway, etag)
    assert (same.status_code, same.content) == (304, b"")

    # And nobody outside finds any of it
    for part in ("other_agency_officer", "vendor_a_signer"):
        stranger = client_for(actor(part))
        assert stranger.get(sent["Location"]).status_code == 404
    assert client_for(actor("vendor_a_signer")).get("/bans/").status_code == 404
    vendors = key_client(machine("vendor_a_machine")).get("/api/v1/deny_list")
    assert vendors.status_code == 404

    # When it is lifted, the list is the first one again
    reason = {"reason": "Withdrawn."}
    done = submit(officer, f"{sent['Location']}/lift_ban", reason)
    assert done.status_code == 303, words(done)
    last = deny_list(gateway)
    assert last["ETag"] == before["ETag"]
    assert "The ban was lifted on" in words(officer.get(sent["Location"]))
