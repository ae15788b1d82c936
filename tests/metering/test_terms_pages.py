"""The pages on which terms of usage are read and set, by whom, and by whom not."""

import pytest
from django.utils.html import strip_tags

from contracting.metering.models import KeyMapping, OutcomePolicy, UsageLimit
from contracting.metering.queries import suspense
from contracting.reference.models import AiModel
from tests.builders_metering import MODEL, event, ingested
from tests.builders_modifications import issued_contract_modification
from tests.cast import actor, client_for, key_client, machine, nothing_happens, submit

pytestmark = pytest.mark.usefixtures("now", "source")


def text(response):
    """What a person reads on the page."""
    spaced = response.content.decode().replace("</t", " </t")
    return " ".join(strip_tags(spaced).split())


def ours():
    return actor("cor").own_organization_id


def test_limits_are_read_and_set(order, contract, contracting_officer, cor):
    browser = client_for(contracting_officer)
    page = f"{contract.path}/usage_terms"
    shown = text(browser.get(page))
    assert "what a model can have at most is the limit" in shown
    assert f"{MODEL} 16,384 128,000" in shown

    address = f"{contract.path}/set_usage_limit"
    form = {
        "model": AiModel.objects.get(snapshot=MODEL).pk,
        "calls_per_minute": 60,
        "first_day": "2026-04-01",
        "says_so": "Clause TOK-12",
    }
    assert client_for(cor).get(address).status_code == 403
    wrong = submit(browser, address, {**form, "calls_per_minute": ""})
    assert "at least one limit" in text(wrong)
    assert submit(browser, address, form).status_code == 303

    assert UsageLimit.objects.get().calls_per_minute == 60
    assert "The contract sets 1 limit of its own" in text(browser.get(page))


def test_the_table_of_outcomes_is_changed_by_a_modification(
    order, contract, contracting_officer
):
    browser = client_for(contracting_officer)
    page = f"{contract.path}/usage_terms"
    assert "Ended by a fault of the vendor free free" in text(browser.get(page))
    address = f"{contract.path}/change_outcome_policy"
    form = {
        "outcome": "VENDOR_FAULT",
        "charges_input": "on",
        "first_day": "2026-04-16",
        "modification": "",
    }
    refused = submit(browser, address, form)
    assert refused.status_code == 409
    assert "R-MET-07" in text(refused)

    signed = issued_contract_modification(on=contract)
    assert (
        submit(browser, address, {**form, "modification": signed.pk}).status_code == 303
    )

    assert OutcomePolicy.objects.get().modification == signed
    shown = text(browser.get(page))
    assert f"fault of the vendor charged free Modification {signed.number}" in shown


def test_a_key_is_mapped_and_ended(order, cor):
    browser = client_for(cor)
    held = event(1, order="", key_ref="key_3f9a")
    del held["data"]["order_id"]
    ingested(held)
    assert "No key is mapped" in text(browser.get("/usage/keys"))
    assert (
        "/usage/map_key?key_ref=key_3f9a"
        in browser.get("/usage/suspense").content.decode()
    )

    form = {
        "key_ref": "key_3f9a",
        "order": order.lines.get().public_id,
        "first_day": "2026-04-13",
        "reason": "The assistant's team.",
    }
    assert submit(browser, "/usage/map_key", {**form, "order": ""}).status_code == 422
    assert submit(browser, "/usage/map_key", form).status_code == 303
    assert "1 key is mapped today" in text(browser.get("/usage/keys"))
    assert submit(browser, "/usage/assign_usage").status_code == 303
    assert suspense(ours()) == []

    (mapping,) = KeyMapping.objects.known()
    address = f"/usage/keys/{mapping.public_id}/unmap_key"
    ended = {"last_day": "2026-04-19", "reason": "A new key."}
    assert submit(browser, address, {**ended, "reason": ""}).status_code == 422
    assert submit(browser, address, ended).status_code == 303
    assert "0 keys are mapped today" in text(browser.get("/usage/keys"))

    # And a machine of the agency reads it too
    answer = key_client(machine("gateway")).get("/api/v1/usage/keys").json()
    (row,) = answer["data"]
    assert (row["key_ref"], row["order"]) == ("key_3f9a", order.public_id)
    assert row["ends_at"] == "2026-04-20T04:00:00.000000Z"


def test_a_call_is_let_pass_by_whoever_answers_for_it(order, cor, program_manager):
    ingested(event(1, order=order, tokens={"output": 16_385}, requests=1))
    browser = client_for(cor)
    (group,) = suspense(ours())
    address = f"/usage/release_usage?group={group.key}"
    shown = text(browser.get("/usage/suspense"))
    assert "output 16,385 of 16,384" in shown
    assert "R-MET-06" in shown
    assert "At the highest price that can apply they come to" in shown
    assert "Held: 1 up to three days" in shown

    form = {"group": group.key, "reason": "The vendor's report has the same."}
    assert client_for(program_manager).get(address).status_code == 403
    assert submit(browser, address, {**form, "reason": ""}).status_code == 422
    assert submit(browser, address, form).status_code == 303
    assert suspense(ours()) == []


def test_the_source_of_record_is_declared_on_the_page_of_the_usage(
    order, source, cor, vendor_a_signer
):
    ingested(
        event(1, order=order),
        event(2, order=order, outcome="VENDOR_FAULT"),
        event(3, order=order, basis="estimated"),
    )
    browser, page = client_for(cor), f"{order.path}/usage"
    shown = text(browser.get(page))
    assert "It was the first to report on the order" in shown
    assert "Ended by a fault of the vendor IN_UNCACHED 1 1,000" in shown
    assert "they may still come to" in shown

    address = f"{order.path}/declare_source_of_record"
    form = {"source": source.pk, "first_day": "2026-04-13", "reason": "It sees all."}
    assert submit(browser, address, {**form, "reason": ""}).status_code == 422
    assert submit(browser, address, form).status_code == 303
    assert "It sees all." in text(browser.get(page))

    # And the vendor reads what is free, and nothing of our sources
    theirs = text(client_for(vendor_a_signer).get(page))
    assert "Counted and not charged" in theirs
    assert "It sees all." not in theirs
    assert client_for(vendor_a_signer).get(address).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "{contract}/usage_terms",
        "{contract}/set_usage_limit",
        "{contract}/change_outcome_policy",
        "{contract}/authorizations",
        "{contract}/authorize_boundary",
        "{order}/declare_source_of_record",
    ],
)
def test_an_outsider_finds_nothing(order, contract, other_agency_officer, path):
    address = path.format(contract=contract.path, order=order.path)

    with nothing_happens():
        assert client_for(other_agency_officer).get(address).status_code == 404
        sent = client_for(other_agency_officer).post(address)
        assert sent.status_code in {404, 405}


def test_an_authorization_is_recorded_withdrawn_and_flags_the_order(
    order, contract, security_reviewer, cor, other_agency_officer
):
    # Given a boundary that is authorized until the end of June
    browser = client_for(security_reviewer)
    page = f"{contract.path}/authorizations"
    assert "No authorization is recorded, so none can lapse" in text(browser.get(page))
    address = f"{contract.path}/authorize_boundary"
    form = {
        "boundary": "FEDRAMP_MOD",
        "number": "FedRAMP package FR26",
        "first_day": "2026-01-01",
        "last_day": "2026-06-30",
    }
    assert client_for(cor).get(address).status_code == 403
    assert (
        submit(browser, address, {**form, "last_day": "2025-06-30"}).status_code == 422
    )
    assert submit(browser, address, form).status_code == 303
    assert "No authorization has lapsed" in text(browser.get(page))
    assert "Authorization lapsed" not in text(client_for(cor).get(order.path))

    # When it is withdrawn with the day before
    (row,) = contract.authorizations.known()
    withdraw = f"/authorizations/{row.public_id}/withdraw_authorization"
    ended = {"last_day": "2026-04-19", "reason": "Finding of the assessor."}
    assert client_for(other_agency_officer).get(withdraw).status_code == 404
    assert submit(browser, withdraw, {**ended, "reason": ""}).status_code == 422
    assert submit(browser, withdraw, ended).status_code == 303

    # Then the page and the order say so
    assert "FedRAMP Moderate has lapsed" in text(browser.get(page))
    assert "Authorization lapsed. FedRAMP package FR26" in text(
        client_for(cor).get(order.path)
    )
