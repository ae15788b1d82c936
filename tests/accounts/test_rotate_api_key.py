"""A machine's key is replaced without a moment in which none works."""

from datetime import timedelta

import pytest

from accounts.models import ApiKey
from accounts.operations.issue_api_key import issue_api_key
from accounts.operations.revoke_api_key import revoke_api_key
from accounts.operations.rotate_api_key import rotate_api_key
from accounts.refusals import AlreadyRotated, KeyEnded, WrongPeriod
from accounts.states import Scope
from contracting.audit.models import AuditEvent
from contracting.core import clock
from contracting.core.errors import NotAllowed
from tests.cast import actor, client_for, days, nothing_happens


@pytest.fixture
def key(administrator, at):
    return issue_api_key(
        organization_id=administrator.organization_id,
        label="night gateway",
        scopes=[Scope.ORDERS_READ],
        sources=["night"],
        networks=["127.0.0.0/8"],
        expires_at=at + days(90),
        by=administrator,
        at=at,
    )


def rotated(key, by, at, **change):
    terms = {"overlap": timedelta(hours=24), "expires_at": at + days(90)}
    return rotate_api_key(api_key_id=key.pk, **{**terms, **change}, by=by, at=at)


def answers(client, text):
    return client.get(
        "/api/v1/deny_list", headers={"Authorization": f"Bearer {text}"}
    ).status_code


def test_both_keys_work_until_the_old_one_ends(
    administrator, key, client, at, monkeypatch
):
    # When a key is rotated with a day to change the machine
    later = at + days(30)
    new = rotated(key.key, administrator, later)

    # Then the new one may do the same from the same networks, and is shown once
    assert (new.key.label, new.key.scopes) == ("night gateway", [Scope.ORDERS_READ])
    assert (new.key.sources, new.key.networks) == (["night"], ["127.0.0.0/8"])
    assert new.key.replaces == key.key
    assert new.text != key.text
    issued = AuditEvent.objects.filter(event="accounts.api_key.issued")
    assert issued.filter(subject_id=new.key.pk).count() == 1
    event = AuditEvent.objects.get(event="accounts.api_key.rotated")
    assert new.key.public_id in event.payload
    assert new.text.split("_", 2)[2] not in event.payload

    # And both work for that day, after which the old one is refused
    for hours, old_answer in ((0, 200), (23, 200), (24, 401)):
        monkeypatch.setattr(
            clock, "now", lambda hours=hours: later + timedelta(hours=hours)
        )
        assert answers(client, key.text) == old_answer
        assert answers(client, new.text) == 200


def test_a_key_that_leaked_ends_at_once_and_never_later_than_it_would(
    administrator, key, at
):
    soon = at + days(90) - timedelta(hours=1)
    rotated(key.key, administrator, soon, overlap=timedelta(days=7))
    key.key.refresh_from_db()
    assert key.key.expires_at == at + days(90)

    other = rotated(
        ApiKey.objects.latest("pk"), administrator, soon, overlap=timedelta()
    )
    leaked = other.key.replaces
    leaked.refresh_from_db()
    assert not leaked.is_in_force(soon)
    assert other.key.is_in_force(soon)


def test_what_is_over_hands_nothing_over(administrator, key, at):
    # Given a key that was rotated, and one that was revoked
    new = rotated(key.key, administrator, at).key
    with nothing_happens(), pytest.raises(AlreadyRotated):
        rotated(key.key, administrator, at)
    revoke_api_key(api_key_id=new.pk, by=administrator, at=at)

    with nothing_happens(), pytest.raises(KeyEnded):
        rotated(new, administrator, at)


@pytest.mark.parametrize(
    "change",
    [
        {"overlap": timedelta(seconds=-1)},
        {"overlap": timedelta(days=7, seconds=1)},
        {"expires_at": "now"},
        {"expires_at": "in 367 days"},
    ],
    ids=str,
)
def test_days_beyond_the_limits_are_refused(administrator, key, at, change):
    named = {"now": at, "in 367 days": at + days(367)}
    change = {name: named.get(value, value) for name, value in change.items()}

    with nothing_happens(), pytest.raises(WrongPeriod):
        rotated(key.key, administrator, at, **change)


@pytest.mark.parametrize(
    "role", ["contracting_officer", "auditor", "vendor_a_administrator", "gateway"]
)
def test_nobody_else_rotates_it(role, request, key, at):
    with nothing_happens(), pytest.raises(NotAllowed):
        rotated(key.key, request.getfixturevalue(role), at)


def test_the_page_shows_the_new_key_once(administrator, key, monkeypatch, at):
    monkeypatch.setattr(clock, "now", lambda: at)
    browser = client_for(administrator)
    address = f"/keys/{key.key.public_id}/rotate"
    token = browser.get(address).context["form_token"]
    sent = {"hours": "24", "days": "90", "form_token": token}

    shown = browser.post(address, sent)

    assert shown.status_code == 201
    new = ApiKey.objects.get(replaces=key.key)
    assert f"ddk_{new.lookup}_" in shown.content.decode()
    page = browser.get("/keys/").content.decode()
    assert f"in place of <code>ddk_{key.key.lookup}_" in page
    assert f"/keys/{new.public_id}/rotate" in page
    assert address not in page

    # A stranger's administrator does not find it
    other = client_for(actor("vendor_a_administrator"))
    assert other.get(address).status_code == 404
