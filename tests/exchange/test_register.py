"""A machine of ours is told what happens: where, of what, and signed with which key."""

import pytest

from contracting.audit.models import AuditEvent
from contracting.core.errors import NotAllowed
from contracting.exchange.models import Webhook
from contracting.exchange.outgoing.signature import unsealed
from contracting.exchange.refusals import (
    WebhookExists,
    WebhookIncomplete,
    WrongAddress,
)
from contracting.exchange.states import MessageKind
from tests.cast import actor, client_for, nothing_happens
from tests.exchange.conftest import PUBLIC, registered


def test_the_secret_is_shown_once_and_kept_encrypted(administrator, at, settings):
    # When a webhook is registered
    made = registered(at)

    # Then its secret has 256 bits, and neither table nor record shows it
    webhook = Webhook.objects.get(pk=made.webhook.pk)
    kept = unsealed(webhook.secrets_sealed)
    assert made.secret == kept.text
    assert (len(kept.shared), len(kept.private)) == (32, 32)
    assert kept.shared not in bytes(webhook.secrets_sealed)
    assert made.secret not in repr(made) + repr(kept)
    event = AuditEvent.objects.get(event="exchange.webhook.registered")
    assert made.secret not in event.payload
    assert PUBLIC in event.payload

    # And with a fresh key of the site it opens while the former one is named
    before, settings.SECRET_KEY = settings.SECRET_KEY, "another-" + "1" * 50
    with pytest.raises(ValueError, match="rotate the secret"):
        unsealed(webhook.secrets_sealed)
    settings.SECRET_KEY_FALLBACKS = [before]
    assert unsealed(webhook.secrets_sealed).text == made.secret


@pytest.mark.parametrize(
    "role", ["contracting_officer", "auditor", "vendor_a_administrator", "gateway"]
)
def test_nobody_else_registers_one_here(role, request, agency, at):
    by = request.getfixturevalue(role)

    with nothing_happens(), pytest.raises(NotAllowed):
        registered(at, by=by, organization_id=agency.pk)


@pytest.mark.parametrize(
    "change",
    [
        {"label": "  "},
        {"label": "x" * 121},
        {"kinds": []},
        {"kinds": [MessageKind.TEST]},
        {"kinds": ["everything"]},
    ],
    ids=str,
)
def test_a_webhook_has_a_name_and_something_to_tell(administrator, at, change):
    with nothing_happens(), pytest.raises(WebhookIncomplete):
        registered(at, **change)


def test_a_vendor_has_no_deny_list(vendor_a_administrator, at):
    with nothing_happens(), pytest.raises(WebhookIncomplete):
        registered(at, by=vendor_a_administrator, kinds=[MessageKind.DENY_LIST_CHANGED])
    assert registered(at, by=vendor_a_administrator).webhook.is_active


def test_an_address_is_registered_once(administrator, vendor_a_administrator, at):
    registered(at)
    with nothing_happens(), pytest.raises(WebhookExists):
        registered(at, label="the same")

    # Another organization may name the same one
    assert registered(at, by=vendor_a_administrator).webhook.pk


def test_nothing_is_registered_at_an_address_of_our_own(administrator, at):
    with nothing_happens(), pytest.raises(WrongAddress):
        registered(at, url="https://169.254.169.254/latest/meta-data")


def test_the_page_registers_and_shows_the_secret_in_one_answer(administrator):
    browser = client_for(administrator)
    page = browser.get("/webhooks/register_webhook")
    sent = {
        "label": "AI gateway",
        "url": "https://gateway.agency.example/told",
        "kinds": ["notice.posted", "deny_list.changed"],
        "form_token": page.context["form_token"],
    }

    wrong = browser.post("/webhooks/register_webhook", {**sent, "url": "http://a.b/"})
    assert wrong.status_code == 422
    assert "sent over https" in wrong.content.decode()

    shown = browser.post("/webhooks/register_webhook", sent)
    assert shown.status_code == 201
    webhook = Webhook.objects.get()
    assert unsealed(webhook.secrets_sealed).text in shown.content.decode()

    # Then its page shows the public key, never the secret
    after = browser.get(webhook.path).content.decode()
    assert unsealed(webhook.secrets_sealed).public_text in after
    assert unsealed(webhook.secrets_sealed).text not in after
    assert "Nothing was sent to it in the last seven days" in after
    listed = browser.get("/webhooks/").content.decode()
    assert webhook.path in listed
    assert "no try" in listed


def test_the_pages_are_for_administrators_of_the_organization(administrator, at):
    webhook = registered(at).webhook
    pages = [webhook.path] + [
        f"{webhook.path}/{verb}_webhook{rest}"
        for verb, rest in (
            ("rotate", "_secret"),
            ("disable", ""),
            ("enable", ""),
            ("probe", ""),
            ("replay", ""),
        )
    ]
    for page in pages:
        stranger = client_for(actor("vendor_a_administrator")).get(page)
        officer = client_for(actor("contracting_officer")).get(page)
        assert (stranger.status_code, officer.status_code) == (404, 404), page
    auditor = client_for(actor("auditor"))
    assert auditor.get(webhook.path).status_code == 200
    assert auditor.get(pages[1]).status_code == 403
    assert client_for(actor("contracting_officer")).get("/webhooks/").status_code == 404


def test_a_list_without_a_webhook_says_what_one_is_for(administrator):
    page = client_for(administrator).get("/webhooks/").content.decode()
    assert "No webhook yet" in page
