"""How a gateway is connected: keys, ways to send, a test that counts nothing."""

import json

import pytest
from django.utils.html import strip_tags

from accounts.models import ApiKey
from tests.builders_metering import event, ingested, ndjson
from tests.cast import actor, client_for, key_client, nothing_happens, submit
from tests.metering.traces import CANARY

pytestmark = pytest.mark.usefixtures("now", "source")

PAGE = "/usage/integrations"


def text(response):
    return " ".join(strip_tags(response.content.decode()).split())


def test_the_page_says_which_machines_may_send_and_how(order, source, administrator):
    shown = text(client_for(administrator).get(PAGE))

    assert "1 of 1 source has never been heard of." in shown
    assert "AI gateway, never used" in shown
    assert "/api/v1/usage/events:batch" in shown
    assert "OTEL_EXPORTER_OTLP_ENDPOINT=http://testserver/otlp" in shown
    assert order.public_id in shown

    ingested(event(1, order=order))
    shown = text(client_for(actor("cor")).get(PAGE))
    assert "Every source has been heard of." in shown
    assert "an administrator sees them" in shown


def test_the_example_of_the_page_is_accepted_as_it_stands(order, gateway, cor):
    page = client_for(cor).get("/usage/check_usage")
    rows = page.context["form"].initial["rows"]

    with nothing_happens():
        answer = key_client(gateway).post(
            "/api/v1/usage/events:check", rows, "application/x-ndjson"
        )

    assert answer.status_code == 200
    assert [v["status"] for v in answer.json()["verdicts"]] == ["accepted"]
    assert answer.json()["stored"] is False


def test_an_event_is_tested_and_nothing_of_it_is_counted(order, source, cor):
    ingested(event(1, order=order))
    browser = client_for(cor)
    rows = ndjson(
        event(1, order=order),
        event(2, order=order),
        event(3, order="ord_unknown"),
        event(4, order=order, prompt=CANARY),
    ).decode()

    with nothing_happens():
        answer = submit(
            browser,
            "/usage/check_usage",
            {"source": source.public_id, "format": "cloudevents", "rows": rows},
        )

    shown = text(answer)
    assert answer.status_code == 200
    assert "1 of 4 rows would be accepted. Nothing was counted." in shown
    assert "it is counted already" in shown
    assert "No such order UNKNOWN_ORDER" in shown
    assert "Only counts and ids are taken in" in shown


def test_what_cannot_be_read_is_said(source, cor):
    form = {"source": source.public_id, "format": "csv", "rows": "a,b\n1,2\n"}

    answer = submit(client_for(cor), "/usage/check_usage", form)

    assert answer.status_code == 422
    assert "Nobody has said yet which column" in text(answer)


def test_a_key_is_replaced_by_one_like_it(administrator):
    browser = client_for(administrator)
    old = ApiKey.objects.get(label="AI gateway")
    assert f"/keys/{old.public_id}/rotate" in browser.get("/keys/").content.decode()

    form = browser.get(f"/keys/issue?like={old.public_id}").context["form"]

    assert form.initial == {
        "label": "AI gateway",
        "scopes": old.scopes,
        "sources": "gateway",
        "networks": "",
    }
    fresh = browser.get("/keys/issue?scope=usage:write&source=east").context["form"]
    assert fresh.initial == {"scopes": ["usage:write"], "sources": "east"}


def test_an_outsider_connects_nothing(source, program_manager, vendor_a_member):
    with nothing_happens():
        browser = client_for(program_manager)
        assert browser.get("/usage/check_usage").status_code == 403
        assert browser.post("/usage/check_usage", {}).status_code == 403
        for address in (PAGE, "/usage/check_usage"):
            assert client_for(vendor_a_member).get(address).status_code == 404
    other = actor("other_agency_officer")
    assert "register a source first" in text(client_for(other).get(PAGE))


def test_a_key_checks_only_its_own_source(order, gateway):
    rows = json.dumps(event(1, order=order, source="other"))

    with nothing_happens():
        answer = key_client(gateway).post(
            "/api/v1/usage/events:check", rows, "application/x-ndjson"
        )

    assert answer.status_code == 404
