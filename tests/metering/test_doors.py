"""The pages of usage: files, suspense, corrections, sources, an order's usage."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.html import strip_tags

from contracting.metering.models import UsageBatch, UsageSource, UsageUpload
from contracting.reference.models import AiModel
from tests.builders_metering import MODEL, event, ingested, ndjson
from tests.cast import actor, client_for, nothing_happens, submit
from tests.metering.files import counted

pytestmark = pytest.mark.usefixtures("now", "source")


def text(response):
    """What a person reads on the page."""
    return " ".join(strip_tags(response.content.decode()).split())


def test_a_representative_imports_a_file_and_reads_its_verdicts(order, cor):
    # Given a file with a call, one of an unknown model, and one with a prompt
    content = ndjson(
        event(1, order=order),
        event(2, order=order, model="assistant-latest"),
        event(3, order=order, prompt="hello"),
    )
    browser = client_for(cor)
    assert "Importing a file twice counts it once" in text(
        browser.get("/usage/upload_usage")
    )

    # When the representative imports it
    source = UsageSource.objects.get(code="gateway")
    done = submit(
        browser,
        "/usage/upload_usage",
        {
            "source": source.pk,
            "format": "cloudevents",
            "file": SimpleUploadedFile("usage.ndjson", content),
        },
    )
    counted(UsageUpload.objects.get())

    # Then the batch's page says what happened to each row, and why
    batch = UsageBatch.objects.get()
    assert done.status_code == 303
    assert batch.public_id in text(browser.get(done["Location"]))
    shown = text(browser.get(f"/usage/batches/{batch.public_id}"))
    assert "3 rows: 1 accepted, 1 held, 0 duplicate, 0 conflict, 1 rejected" in shown
    assert "No such model on the order" in shown
    assert "Only counts and ids are taken in, no other field" in shown
    assert "/data/prompt" in shown
    assert "no content of any call" in shown

    # And the page of usage leads there, and to what is held
    shown = text(browser.get("/usage/"))
    assert "Some usage is held in suspense and needs a decision" in shown
    assert batch.public_id in shown
    assert "assistant-latest" in text(browser.get("/usage/suspense"))


def test_a_name_is_mapped_and_usage_assigned_in_the_browser(order, cor):
    ingested(event(1, order=order, model="assistant-latest"))
    browser = client_for(cor)

    # When nothing can be assigned yet, the page says why
    answer = submit(browser, "/usage/assign_usage")
    assert answer.status_code == 409
    assert "1 × no such model on the order" in text(answer)
    assert "R-MET-09" in text(answer)

    # And when the name is mapped, it is assigned
    address = f"{reverse('reference:map_model_alias')}?source_name=assistant-latest"
    assert address in browser.get("/usage/suspense").content.decode()
    model = AiModel.objects.get(snapshot=MODEL)
    mapped = submit(
        browser,
        address,
        {"source_name": "assistant-latest", "model": model.public_id},
    )
    assert mapped.status_code == 303
    assert submit(browser, "/usage/assign_usage").status_code == 303
    assert "Nothing is held: every call received is attributed and rated." in text(
        browser.get("/usage/suspense")
    )


def test_a_correction_is_added_in_the_browser(order, cor):
    ingested(event(1, order=order))
    source = UsageSource.objects.get(code="gateway")
    form = {
        "source": source.pk,
        "event_id": "call-1",
        "correction_id": "correction-1",
        "token_class": "IN_UNCACHED",
        "change": "-250",
        "reason": "Counted twice by the gateway.",
    }
    browser = client_for(cor)

    refused = submit(browser, "/usage/correct_usage", {**form, "change": "-1001"})
    assert refused.status_code == 422
    assert "Only 1000 tokens of class IN_UNCACHED can be taken back" in text(refused)
    assert submit(browser, "/usage/correct_usage", form).status_code == 303
    shown = text(browser.get(f"/orders/{order.public_id}/usage"))
    assert "has metered 850 tokens" in shown


def test_an_administrator_registers_a_gateway_in_the_browser(administrator):
    browser = client_for(administrator)

    done = submit(
        browser,
        "/usage/register_source",
        {"code": "urn:east", "label": "East", "kind": "PROVIDER"},
    )

    assert done.status_code == 303
    assert "East urn:east" in text(browser.get("/usage/"))


def test_the_usage_of_an_order_is_shown_by_class_and_day(order, vendor_a_member):
    # Given a call, and one that is held for the order
    ingested(event(1, order=order), event(2, order=order, model="assistant-latest"))
    address = f"/orders/{order.public_id}/usage"

    # Then the agency and the vendor read tokens and exact dollars
    for reader, held in ((actor("program_manager"), True), (vendor_a_member, False)):
        shown = text(client_for(reader).get(address))
        assert "has metered 1,100 tokens on this order" in shown
        assert "they cost $0.0028" in shown
        assert "20 Apr 2026" in shown
        assert "Input, not cached" in shown
        assert ("held in suspense" in shown) is held


def test_an_order_without_usage_says_so(order, program_manager):
    shown = text(client_for(program_manager).get(f"/orders/{order.public_id}/usage"))

    assert "The gateway has metered nothing on this order yet." in shown


@pytest.mark.parametrize(
    "part_name", ["vendor_a_signer", "other_vendor_signer", "other_agency_officer"]
)
def test_an_outsider_finds_no_usage_of_ours(order, part_name):
    batch = ingested(event(1, order="ord_unknown")).batch
    browser = client_for(actor(part_name))

    assert browser.get(f"/usage/batches/{batch.public_id}").status_code == 404
    page = browser.get("/usage/")
    if part_name == "other_agency_officer":
        assert "No usage has been received yet" in text(page)
        assert "ord_unknown" not in text(browser.get("/usage/suspense"))
    else:
        assert page.status_code == 404
        assert browser.get("/usage/suspense").status_code == 404
    if part_name != "vendor_a_signer":
        assert browser.get(f"/orders/{order.public_id}/usage").status_code == 404


@pytest.mark.parametrize(
    ("verb", "part_name"),
    [
        ("upload_usage", "program_manager"),
        ("assign_usage", "administrator"),
        ("correct_usage", "contracting_officer"),
        ("register_source", "cor"),
    ],
)
def test_who_may_not_is_told_why(order, verb, part_name):
    browser = client_for(actor(part_name))

    with nothing_happens():
        assert browser.get(f"/usage/{verb}").status_code == 403
        assert browser.post(f"/usage/{verb}").status_code == 403
