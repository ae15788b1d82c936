"""What was sent is sent again on demand, with the id that it had."""

from datetime import timedelta

import pytest

from contracting.core import clock
from contracting.core.errors import NotAllowed
from contracting.exchange.operations.disable import disable_webhook
from contracting.exchange.operations.probe import probe_webhook
from contracting.exchange.operations.replay import replay_webhook
from contracting.exchange.refusals import TooManyMessages, WebhookDisabled
from tests.cast import client_for, days, nothing_happens
from tests.exchange.conftest import Post, delivered, registered


@pytest.fixture
def webhook(administrator, at):
    """Three tests were sent to it an hour apart, and taken."""
    made = registered(at).webhook
    for hours in range(3):
        then = at + timedelta(hours=hours)
        probe_webhook(webhook_id=made.pk, by=administrator, at=then)
        assert delivered(made, then, Post()) == 1
    return made


def replayed(webhook, by, at, since, until):
    return replay_webhook(webhook_id=webhook.pk, since=since, until=until, by=by, at=at)


def test_a_range_goes_out_again_with_the_ids_that_it_had(administrator, webhook, at):
    names = list(webhook.messages.order_by("pk").values_list("public_id", flat=True))
    later = at + days(1)

    count = replayed(webhook, administrator, later, at, at + timedelta(hours=1))

    assert count == 2
    post = Post()
    assert delivered(webhook, later, post) == 2
    assert [sent[2]["webhook-id"] for sent in post.sent] == names[:2]
    assert webhook.messages.filter(state="DELIVERED").count() == 3
    assert sum(m.attempts.count() for m in webhook.messages.all()) == 5


def test_only_thirty_days_and_never_nothing(administrator, webhook, at):
    later = at + days(30)
    assert replayed(webhook, administrator, later, at, at) == 1
    for since, until in (
        (at, at + days(1)),
        (at + days(3), at + days(4)),
    ):
        with nothing_happens(), pytest.raises(TooManyMessages):
            replayed(webhook, administrator, later + timedelta(seconds=1), since, until)


def test_nothing_goes_to_a_disabled_webhook(administrator, webhook, at):
    disable_webhook(webhook_id=webhook.pk, reason="Down.", by=administrator, at=at)
    with nothing_happens(), pytest.raises(WebhookDisabled):
        replayed(webhook, administrator, at, at, at + days(1))


@pytest.mark.parametrize("role", ["contracting_officer", "vendor_a_administrator"])
def test_nobody_else_sends_them_again(role, request, webhook, at):
    with nothing_happens(), pytest.raises(NotAllowed):
        replayed(webhook, request.getfixturevalue(role), at, at, at + days(1))


def test_the_page_of_one_message_sends_that_one_again(
    administrator, webhook, at, monkeypatch
):
    monkeypatch.setattr(clock, "now", lambda: at + days(1))
    message = webhook.messages.order_by("pk")[1]
    browser = client_for(administrator)
    address = f"{webhook.path}/replay_webhook?message={message.public_id}"
    assert address in browser.get(webhook.path).content.decode()
    page = browser.get(address)
    form = page.context["form"]
    range_ = {name: form[name].value() for name in ("since", "until")}

    sent = {**range_, "form_token": page.context["form_token"]}
    done = browser.post(address, sent)

    assert done.status_code == 303
    waiting = webhook.messages.filter(state="PENDING")
    assert [each.pk for each in waiting] == [message.pk]
    turned = {**sent, "until": "2026-01-01 00:00"}
    refused = browser.post(address, turned)
    assert refused.status_code == 422
    assert "ends before it begins" in refused.content.decode()
