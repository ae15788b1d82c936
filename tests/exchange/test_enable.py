"""A webhook that is enabled again is told what happened meanwhile."""

from datetime import timedelta

import pytest

from contracting.core.errors import IllegalMove, NotAllowed
from contracting.exchange.operations.disable import disable_webhook
from contracting.exchange.operations.enable import enable_webhook
from contracting.exchange.operations.gather import gather_messages
from contracting.exchange.operations.probe import probe_webhook
from tests.cast import client_for, days, nothing_happens
from tests.exchange.conftest import Post, delivered, registered
from tests.exchange.test_gather import posted


def enabled(webhook, at, by):
    return enable_webhook(webhook_id=webhook.pk, by=by, at=at)


def test_nothing_that_happened_meanwhile_is_lost(administrator, at):
    # Given a webhook that failed for days, was disabled, and missed a notice
    webhook = registered(at).webhook
    probe_webhook(webhook_id=webhook.pk, by=administrator, at=at)
    assert delivered(webhook, at, Post(500)) == 0
    disable_webhook(webhook_id=webhook.pk, reason="Down.", by=administrator, at=at)
    posted(at + timedelta(minutes=5))
    assert gather_messages(at=at + timedelta(minutes=10)) == 0

    # When it is enabled two days later
    later = at + days(2)
    enabled(webhook, later, administrator)

    # Then what waited goes out at once, and the notice after it
    assert gather_messages(at=later) == 1
    post = Post()
    assert delivered(webhook, later, post) == 2
    webhook.refresh_from_db()
    assert (webhook.failing_since, webhook.disabled_because) == (None, "")


def test_an_active_webhook_is_not_enabled(administrator, at):
    webhook = registered(at).webhook
    with nothing_happens(), pytest.raises(IllegalMove):
        enabled(webhook, at, administrator)


@pytest.mark.parametrize("role", ["contracting_officer", "vendor_a_administrator"])
def test_nobody_else_enables_it(role, request, administrator, at):
    webhook = registered(at).webhook
    disable_webhook(webhook_id=webhook.pk, reason="Down.", by=administrator, at=at)
    with nothing_happens(), pytest.raises(NotAllowed):
        enabled(webhook, at, request.getfixturevalue(role))


def test_the_page_enables_it(administrator, at):
    webhook = registered(at).webhook
    disable_webhook(webhook_id=webhook.pk, reason="Down.", by=administrator, at=at)
    browser, address = client_for(administrator), f"{webhook.path}/enable_webhook"
    page = browser.get(address)
    assert "It was disabled: Down." in page.content.decode()

    done = browser.post(address, {"form_token": page.context["form_token"]})

    assert done.status_code == 303
    webhook.refresh_from_db()
    assert webhook.is_active
