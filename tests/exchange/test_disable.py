"""Nothing is sent to a webhook that is disabled, and what happens is kept."""

import pytest

from contracting.audit.models import AuditEvent
from contracting.core.errors import IllegalMove, NotAllowed
from contracting.exchange.operations.disable import disable_webhook
from contracting.exchange.operations.probe import probe_webhook
from contracting.exchange.refusals import WebhookDisabled, WebhookIncomplete
from contracting.notices.models import Notice
from tests.cast import actor, client_for, nothing_happens
from tests.exchange.conftest import Post, delivered, registered


def disabled(webhook, at, by, reason="The machine moves."):
    return disable_webhook(webhook_id=webhook.pk, reason=reason, by=by, at=at)


def test_what_waits_is_kept_and_nothing_is_sent(administrator, at):
    # Given a webhook with a message that waits
    webhook = registered(at).webhook
    message = probe_webhook(webhook_id=webhook.pk, by=administrator, at=at)

    # When it is disabled
    disabled(webhook, at, administrator)

    # Then the worker sends nothing, and the message waits on
    post = Post()
    assert delivered(webhook, at, post) == 0
    assert post.sent == []
    message.refresh_from_db()
    assert message.state == "PENDING"
    event = AuditEvent.objects.get(event="exchange.webhook.disabled")
    assert "The machine moves." in event.payload

    # And nothing is probed or disabled twice
    with nothing_happens(), pytest.raises(WebhookDisabled):
        probe_webhook(webhook_id=webhook.pk, by=administrator, at=at)
    with nothing_happens(), pytest.raises(IllegalMove):
        disabled(webhook, at, administrator)


def test_the_other_administrators_are_told(administrator, at):
    webhook = registered(at).webhook
    disabled(webhook, at, administrator)

    told = Notice.objects.filter(title="Webhook disabled: AI gateway")
    assert administrator.user_id not in {each.recipient_user_id for each in told}


def test_a_reason_is_given(administrator, at):
    webhook = registered(at).webhook
    with nothing_happens(), pytest.raises(WebhookIncomplete):
        disabled(webhook, at, administrator, reason=" ")


@pytest.mark.parametrize("role", ["contracting_officer", "vendor_a_administrator"])
def test_nobody_else_disables_it(role, request, administrator, at):
    webhook = registered(at).webhook
    with nothing_happens(), pytest.raises(NotAllowed):
        disabled(webhook, at, request.getfixturevalue(role))


def test_the_page_says_why_it_is_disabled(administrator, at):
    webhook = registered(at).webhook
    browser, address = client_for(administrator), f"{webhook.path}/disable_webhook"
    token = browser.get(address).context["form_token"]

    done = browser.post(address, {"reason": "It moves.", "form_token": token})

    assert done.status_code == 303
    page = browser.get(webhook.path).content.decode()
    assert "Disabled: nothing is sent. It moves." in page
    assert "enable_webhook" in page
    listed = browser.get("/webhooks/").content.decode()
    assert "1 of 1 webhook is disabled" in listed
    assert client_for(actor("other_vendor_signer")).get(address).status_code == 404
