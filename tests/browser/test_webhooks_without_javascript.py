"""Machines are told, and keys bound and rotated, without a script and a barrier."""

from accounts.models import ApiKey
from contracting.exchange.models import Webhook, WebhookMessage
from contracting.exchange.operations.disable import disable_webhook
from contracting.exchange.operations.probe import probe_webhook
from tests.browser.pages import look
from tests.cast import AT, actor, days
from tests.exchange.conftest import Post, delivered, registered


def test_a_webhook_is_registered_tried_and_disabled(stage):
    # Given an administrator who looks at a list without a webhook
    stage.at(AT)
    screen = stage.see("administrator", "accounts:api_keys")
    screen.follow("Webhooks: machines of yours that are told without asking")
    assert "No machine is told anything" in screen.answer()

    # When one is registered, its secret is shown once
    screen.follow("Register a webhook")
    screen.fill(label="AI gateway", url="https://gateway.agency.example/told")
    screen.check("kinds", "deny_list.changed")
    screen.check("kinds", "notice.posted")
    screen.press("Register the webhook")
    assert "whsec_" in screen.main.inner_text()
    screen.follow("I have copied it")
    assert "Nothing was sent to it" in screen.answer()
    assert "whsec_" not in screen.main.inner_text()

    # And a test waits for the worker, until the webhook is disabled
    screen.follow("Send a test")
    screen.press("Send a test")
    assert WebhookMessage.objects.get().kind == "test"
    screen.follow("Disable")
    screen.fill(reason="The machine moves.")
    screen.press("Disable the webhook")
    assert "Disabled: nothing is sent" in screen.answer()
    assert not Webhook.objects.get().is_active


def test_a_key_is_bound_to_networks_and_rotated(stage):
    stage.at(AT)
    screen = stage.see("administrator", "accounts:api_keys")
    key = ApiKey.objects.get(label="AI gateway")
    screen.follow("Networks of the key AI gateway")
    screen.fill(networks="192.0.2.0/24")
    screen.press("Bind it to these networks")
    key.refresh_from_db()
    assert key.networks == ["192.0.2.0/24"]

    screen.follow("Rotate the key AI gateway")
    screen.press("Rotate the key")

    new = ApiKey.objects.get(replaces=key)
    assert f"ddk_{new.lookup}_" in screen.main.inner_text()
    assert new.networks == ["192.0.2.0/24"]


def test_the_pages_of_webhooks_have_no_barriers(stage, axe):
    # Given a webhook that took a message and not another, and one that is disabled
    told = registered(AT, url="https://one.agency.example/told").webhook
    other = registered(
        AT, url="https://other.agency.example/told", label="Billing"
    ).webhook
    by = actor("administrator")
    disable_webhook(webhook_id=other.pk, reason="It moves.", by=by, at=AT)
    for status in (200, 500):
        probe_webhook(webhook_id=told.pk, by=by, at=AT)
        delivered(told, AT + days(1) / 24, Post(status))
    stage.at(AT + days(1) / 12)

    for route, *ids in (
        ("exchange:webhooks",),
        ("exchange:webhook", told.public_id),
        ("exchange:webhook", other.public_id),
        ("exchange:rotate_webhook_secret", told.public_id),
        ("exchange:replay_webhook", told.public_id),
        ("exchange:probe_webhook", told.public_id),
        ("exchange:disable_webhook", told.public_id),
        ("exchange:enable_webhook", other.public_id),
    ):
        screen = stage.see("administrator", route, *ids, script=True)
        assert look(screen.visitor, axe) == [], route
