"""A machine's key is bound to the networks of its machine."""

import pytest
from django.test import override_settings

from accounts.operations.issue_api_key import issue_api_key
from accounts.operations.restrict_api_key import restrict_api_key
from accounts.operations.revoke_api_key import revoke_api_key
from accounts.refusals import KeyEnded, WrongNetwork
from accounts.states import Scope
from contracting.audit.models import AuditEvent
from contracting.core import clock
from contracting.core.errors import NotAllowed
from contracting.core.origin import is_within, named_network
from contracting.metering.gate import work
from tests.cast import actor, client_for, days, nothing_happens


@pytest.fixture
def key(administrator, at):
    return issue_api_key(
        organization_id=administrator.organization_id,
        label="night gateway",
        scopes=[Scope.ORDERS_READ],
        expires_at=at + days(90),
        by=administrator,
        at=at,
    )


def restricted(key, by, at, *networks):
    return restrict_api_key(api_key_id=key.pk, networks=networks, by=by, at=at)


def answers(client, key, **headers):
    headers = {"Authorization": f"Bearer {key.text}", **headers}
    return client.get("/api/v1/deny_list", headers=headers).status_code


def test_a_key_is_refused_from_elsewhere(administrator, key, client, at, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: at)
    assert answers(client, key) == 200

    # When it is bound to the gateway's network, the same machine is elsewhere
    restricted(key.key, administrator, at, "192.0.2.77/24", "2001:db8::/32")
    assert answers(client, key) == 401
    key.key.refresh_from_db()
    assert key.key.networks == ["192.0.2.0/24", "2001:db8::/32"]

    # Then it counts where our own proxy says it came from, not what the sender wrote
    told = {"X-Forwarded-For": "192.0.2.9"}
    assert answers(client, key, **told) == 401
    with override_settings(TRUSTED_PROXIES=1):
        assert answers(client, key, **told) == 200
        assert answers(client, key, **{"X-Forwarded-For": "2001:db8::9"}) == 200
        forged = {"X-Forwarded-For": "192.0.2.9, 198.51.100.1"}
        assert answers(client, key, **forged) == 401

    # When it is freed, it works from anywhere
    restricted(key.key, administrator, at)
    assert answers(client, key) == 200
    events = AuditEvent.objects.filter(event="accounts.api_key.restricted")
    assert '"192.0.2.0/24"' in events.order_by("pk")[0].payload


def test_the_gate_keeps_no_caller_for_another_address(
    administrator, key, at, monkeypatch
):
    monkeypatch.setattr(clock, "now", lambda: at)
    restricted(key.key, administrator, at, "192.0.2.0/24")
    header = f"Bearer {key.text}"

    (elsewhere,) = work.find_caller(None, [(header, "night", "198.51.100.1")])
    assert elsewhere.status == 401
    (here,) = work.find_caller(None, [(header, "night", "192.0.2.1")])
    assert here.status == 404  # known, and the source is not
    assert work.kept_caller((header, "night", "198.51.100.1")) is None


@pytest.mark.parametrize(
    "network",
    ["", "everywhere", "0.0.0.0/0", "::/0", "192.0.2.0/33", "192.0.2.0/255.0.255.0"],
)
def test_what_is_no_network_is_refused(administrator, key, at, network):
    with nothing_happens(), pytest.raises(WrongNetwork):
        restricted(key.key, administrator, at, "192.0.2.0/24", network)


def test_twenty_networks_are_the_most(administrator, key, at):
    twenty = [f"10.{each}.0.0/16" for each in range(20)]
    restricted(key.key, administrator, at, *twenty, twenty[0])

    with nothing_happens(), pytest.raises(WrongNetwork):
        restricted(key.key, administrator, at, *twenty, "10.20.0.0/16")


def test_a_revoked_key_is_bound_to_nothing(administrator, key, at):
    revoke_api_key(api_key_id=key.key.pk, by=administrator, at=at)

    with nothing_happens(), pytest.raises(KeyEnded):
        restricted(key.key, administrator, at, "192.0.2.0/24")


@pytest.mark.parametrize(
    "role", ["contracting_officer", "auditor", "vendor_a_administrator", "gateway"]
)
def test_nobody_else_says_where_it_is_used(role, request, key, at):
    with nothing_happens(), pytest.raises(NotAllowed):
        restricted(key.key, request.getfixturevalue(role), at, "192.0.2.0/24")


@pytest.mark.parametrize(
    ("address", "lies"),
    [
        ("192.0.2.255", True),
        ("192.0.3.0", False),
        ("::ffff:192.0.2.1", True),
        ("", False),
        ("2001:db8::1", False),
    ],
)
def test_an_address_lies_in_a_network_or_not(address, lies):
    assert is_within(address, [named_network("192.0.2.7/24")]) is lies


def test_the_page_lists_and_changes_networks(administrator, key, monkeypatch, at):
    monkeypatch.setattr(clock, "now", lambda: at)
    browser, address = client_for(administrator), f"/keys/{key.key.public_id}/restrict"
    token = browser.get(address).context["form_token"]
    wrong = {"networks": "192.0.2.0/24, nowhere", "form_token": token}

    refused = browser.post(address, wrong)
    assert refused.status_code == 422
    assert "nowhere names no network" in refused.content.decode()

    done = browser.post(address, {**wrong, "networks": "192.0.2.0/24\n10.0.0.0/8"})
    assert done.status_code == 303
    page = browser.get("/keys/").content.decode()
    assert "10.0.0.0/8, 192.0.2.0/24" in page
    assert client_for(actor("vendor_a_administrator")).get(address).status_code == 404
