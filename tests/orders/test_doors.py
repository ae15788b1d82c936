"""Pages and endpoints of orders: who gets in, what is shown, what a machine reads."""

from datetime import date

import pytest

from contracting.approvals.states import Decided
from contracting.orders.models import Modification, TaskOrder
from contracting.orders.operations.review import review_task_order
from contracting.orders.states import ModificationState, TaskOrderState
from tests.builders_orders import (
    ORDERED_AT,
    certified_order,
    concurred,
    drafted_modification,
    drafted_order,
    funded_modification,
    issued_modification,
    issued_order,
    line_of_accounting,
    submitted_order,
)
from tests.cast import actor, client_for, key_client, submit

pytestmark = pytest.mark.usefixtures("now")


def grid(*rows):
    """The rows of a page's table as a browser sends them."""
    data = {"rows-TOTAL_FORMS": str(len(rows)), "rows-INITIAL_FORMS": "0"}
    for place, row in enumerate(rows):
        data |= {f"rows-{place}-{name}": str(value) for name, value in row.items()}
    return data


def order_form(**changed):
    return {
        "title": "Pilot of the claims assistant",
        "description": "Summaries of claims.",
        "period_start": "2026-04-13",
        "period_end": "2026-09-30",
        "boundary": "FEDRAMP_MOD",
        "risk": "LOW",
        "place": "Agency AI gateway",
        "payment_office": "Examples Finance Center",
        "fair_opportunity": "single award",
        "price_0001AC": "7.5",
        **grid(
            {
                "clin": "0001",
                "acrn": "AA",
                "line_of_accounting": line_of_accounting().pk,
                "ceiling_tokens": "20000000",
                "ceiling_dollars": "60.00",
                "dollars": "40.00",
            }
        ),
        **changed,
    }


def words(response):
    return " ".join(response.content.decode().split())


def test_an_order_goes_from_draft_to_signature_in_the_browser(
    contract,
    program_manager,
    technical_reviewer,
    finance_reviewer,
    funds_certifier,
    contracting_officer,
):
    # Given a program manager who drafts an order on a contract
    writer = client_for(program_manager)
    assert contract.piid in words(writer.get("/orders/"))
    drafted = submit(
        writer, f"/contracts/{contract.public_id}/draft_task_order", order_form()
    )
    assert drafted.status_code == 303, words(drafted)
    order = TaskOrder.objects.get()
    assert drafted.headers["Location"] == order.path
    (line,) = order.current_lines()
    assert [str(rate.usd_per_million_tokens) for rate in line.current_rates()][2] == (
        "7.500000"
    )

    # When it is edited, submitted, reviewed, certified and signed
    seen = {"seen_version": 1}
    edited = submit(
        writer,
        f"{order.path}/edit_task_order",
        order_form(title="Pilot", **seen),
    )
    assert edited.status_code == 303, words(edited)
    seen = {"seen_version": 2}
    assert submit(writer, f"{order.path}/submit_task_order", seen).status_code == 303
    for reviewer in (technical_reviewer, finance_reviewer):
        reviewed = submit(
            client_for(reviewer),
            f"{order.path}/review_task_order",
            {**seen, "verdict": "CONCUR", "comment": ""},
        )
        assert reviewed.status_code == 303
    confirmed = {**seen, "confirm": "on"}
    certified = submit(
        client_for(funds_certifier),
        f"{order.path}/certify_task_order_funds",
        confirmed,
    )
    assert certified.status_code == 303
    issued = submit(
        client_for(contracting_officer), f"{order.path}/issue_task_order", confirmed
    )
    assert issued.status_code == 303

    # Then the page says what is left, in three units, and what ends first
    order.refresh_from_db()
    assert order.state == TaskOrderState.ISSUED
    page = words(writer.get(order.path))
    assert "$0.00 of $40.00 funded and 0 of 20,000,000 tokens are used" in page
    assert "the <strong>funds</strong> end first" in page
    assert "Line 0001, ACRN AA" in page
    assert "/ledger/hld_" in page


def test_a_modification_is_drafted_certified_and_signed_in_the_browser(
    contract, contract_specialist, funds_certifier, contracting_officer
):
    order = issued_order(on=contract)
    drafted = submit(
        client_for(contract_specialist),
        f"{order.path}/draft_modification",
        {
            "authority": "B",
            "citation": "FAR 43.103(b)",
            "description": "Funds are added.",
            "effective_on": "2026-04-15",
            "is_within_scope": "True",
            "scope": "The same tokens for the same pilot.",
            **grid({"clin": "0001", "acrn": "aa", "add_dollars": "20.00"}),
        },
    )
    assert drafted.status_code == 303, words(drafted)
    modification = Modification.objects.get()
    confirmed = {"seen_version": 1, "confirm": "on"}
    for by, verb in (
        (funds_certifier, "certify_modification_funds"),
        (contracting_officer, "issue_modification"),
    ):
        done = submit(client_for(by), f"{modification.path}/{verb}", confirmed)
        assert done.status_code == 303, words(done)

    modification.refresh_from_db()
    assert modification.number == "P00001"
    page = words(client_for(contract_specialist).get(modification.path))
    assert '<td class="dd-preline">$40.00</td>' in page
    assert '<td class="dd-preline">$60.00</td>' in page


def test_the_vendor_signs_a_supplemental_agreement_in_the_browser(
    contract, vendor_a_signer, contracting_officer
):
    ends = {"period_end": date(2026, 12, 31)}
    modification = drafted_modification(
        on=issued_order(on=contract), effects=[], authority="C", terms=ends
    )
    confirmed = {"seen_version": 1, "confirm": "on"}
    vendor = client_for(vendor_a_signer)
    assert "Sign for the vendor" in words(vendor.get(modification.path))

    signed = submit(vendor, f"{modification.path}/sign_modification", confirmed)
    issued = submit(
        client_for(contracting_officer),
        f"{modification.path}/issue_modification",
        confirmed,
    )

    assert (signed.status_code, issued.status_code) == (303, 303)
    modification.refresh_from_db()
    assert modification.state == ModificationState.ISSUED


def test_an_officer_disposes_of_a_nonconcurrence_in_the_browser(
    contract, technical_reviewer, contracting_officer
):
    order = submitted_order(on=contract)
    order = review_task_order(
        order_id=order.pk,
        verdict=Decided.NONCONCUR,
        comment="The workload is a guess.",
        by=technical_reviewer,
        at=ORDERED_AT,
        seen_version=order.version,
    )
    order = concurred(order, ["finance_reviewer"])
    officer = client_for(contracting_officer)
    assert "Answer a non-concurrence" in words(officer.get(order.path))
    decision = order_decision(officer, order)

    done = submit(
        officer,
        f"{order.path}/dispose_nonconcurrence",
        {"decision_id": decision, "text": "It is a pilot."},
    )

    assert done.status_code == 303
    assert "It is a pilot." in words(officer.get(order.path))


def order_decision(officer, order):
    form = officer.get(f"{order.path}/dispose_nonconcurrence").context["form"]
    return form.fields["decision_id"].choices[0][0]


@pytest.mark.parametrize(
    ("verb", "data", "part"),
    [
        ("cancel_task_order", {"reason": "The need has gone."}, "contracting_officer"),
        ("discard_task_order", {}, "program_manager"),
    ],
)
def test_an_order_is_given_up_in_the_browser(contract, verb, data, part):
    state = submitted_order if verb == "cancel_task_order" else drafted_order
    order = state(on=contract)

    done = submit(client_for(actor(part)), f"{order.path}/{verb}", data)

    assert done.status_code == 303


def test_a_draft_modification_is_given_up_in_the_browser(contract, contract_specialist):
    modification = funded_modification(on=issued_order(on=contract))

    done = submit(
        client_for(contract_specialist), f"{modification.path}/discard_modification"
    )

    assert done.status_code == 303
    assert done.headers["Location"] == modification.order.path


def test_what_is_missing_is_said_before_the_review(contract, program_manager):
    order = drafted_order(on=contract, payment_office="")
    writer = client_for(program_manager)

    page = words(writer.get(f"{order.path}/submit_task_order"))

    assert "1 thing is missing" in page
    assert "The order lacks a payment office." in page


def test_a_row_that_cannot_stand_is_marked_in_the_form(contract, program_manager):
    wrong = {
        **order_form(),
        "rows-0-acrn": "IO",
        "rows-0-ceiling_dollars": "-1",
    }

    page = submit(
        client_for(program_manager),
        f"/contracts/{contract.public_id}/draft_task_order",
        wrong,
    )

    assert page.status_code == 422
    assert "Some rows need your attention" in words(page)
    assert not TaskOrder.objects.exists()


def test_the_signing_page_lists_what_is_still_open(contract, contracting_officer):
    order = submitted_order(on=contract)

    page = words(client_for(contracting_officer).get(f"{order.path}/issue_task_order"))

    assert "A review is open, or was of another version." in page
    assert "No funds certifier has certified this version." in page


def test_the_slower_of_two_officers_is_told_of_the_conflict(
    contract, contracting_officer, second_contracting_officer
):
    # Given two officers who both have the signing page open
    order = certified_order(on=contract)
    confirmed = {"seen_version": order.version, "confirm": "on"}
    first, second = (
        client_for(by) for by in (contracting_officer, second_contracting_officer)
    )
    url = f"{order.path}/issue_task_order"
    token = second.get(url).context["form_token"]
    assert submit(first, url, confirmed).status_code == 303

    # When the second signs too
    late = second.post(url, {**confirmed, "form_token": token})

    # Then it is a conflict that names the number
    assert late.status_code == 409
    assert "75D30126F00001" in words(late)


VERBS = [
    "edit_task_order",
    "submit_task_order",
    "review_task_order",
    "dispose_nonconcurrence",
    "certify_task_order_funds",
    "issue_task_order",
    "cancel_task_order",
    "discard_task_order",
    "draft_modification",
]
MODIFICATION_VERBS = [
    "certify_modification_funds",
    "sign_modification",
    "issue_modification",
    "discard_modification",
]


@pytest.mark.parametrize(
    "outsider",
    ["other_agency_officer", "vendor_b_signer", "other_vendor_signer"],
)
def test_for_an_outsider_no_page_exists(contract, outsider):
    modification = issued_modification(on=issued_order(on=contract))
    browser = client_for(actor(outsider))
    order = modification.order
    pages = [order.path, modification.path]
    pages += [f"{order.path}/{verb}" for verb in VERBS]
    pages += [f"{modification.path}/{verb}" for verb in MODIFICATION_VERBS]
    pages += [f"/contracts/{contract.public_id}/draft_task_order"]

    assert {page: browser.get(page).status_code for page in pages} == dict.fromkeys(
        pages, 404
    )
    assert order.piid not in words(browser.get("/orders/"))


@pytest.mark.parametrize("verb", VERBS)
def test_who_may_see_and_may_not_do_is_told_why(contract, auditor, verb):
    order = issued_order(on=contract)

    refused = client_for(auditor).get(f"{order.path}/{verb}")

    assert refused.status_code == 403
    assert refused.context["refusal"]["message"] in words(refused)


def test_the_vendor_sees_its_order_and_nothing_of_how_it_was_made(
    contract, vendor_a_member
):
    modification = issued_modification(on=issued_order(on=contract))
    vendor = client_for(vendor_a_member)

    page = words(vendor.get(modification.order.path))

    assert "P00001" in page
    assert "The contracting officer signed the task order" in page
    for inner in ("Reviews", "Funds certification", "Eli Technical", "/ledger/"):
        assert inner not in page
    assert modification.order.piid in words(vendor.get("/orders/"))


def test_a_machine_of_the_agency_reads_an_order_with_its_live_limit(contract, gateway):
    order = issued_order(on=contract)
    drafted_order(on=contract)
    machine = key_client(gateway)

    listed = machine.get("/api/v1/orders").json()
    body = machine.get(f"/api/v1/orders/{order.public_id}").json()

    assert [row["state"] for row in listed["data"]] == ["DRAFT", "ISSUED"]
    assert body["piid"] == order.piid
    assert body["period_start"] == "2026-04-13T04:00:00.000000Z"
    assert body["period_end"] == "2026-10-01T04:00:00.000000Z"
    (line,) = body["lines"]
    assert line["ceiling"] == {"amount": "60.00", "currency": "USD"}
    assert [rate["slin"] for rate in line["rates"]] == [
        "0001AA",
        "0001AB",
        "0001AC",
        "0001AD",
    ]
    assert line["rates"][2]["usd_per_million_tokens"] == "8.000000"
    assert line["live_limit"]["binding"] == "funds"
    assert line["live_limit"]["tokens_left"] == 20_000_000
    assert line["live_limit"]["tokens_at_dearest_class"] == 5_000_000


def test_a_machine_of_the_vendor_reads_its_signed_orders(contract, vendor_a_machine):
    modification = issued_modification(on=issued_order(on=contract))
    draft = drafted_order(on=contract)
    machine = key_client(vendor_a_machine)

    listed = machine.get("/api/v1/orders").json()
    body = machine.get(f"/api/v1/orders/{modification.order.public_id}").json()

    assert [row["id"] for row in listed["data"]] == [modification.order.public_id]
    assert [row["number"] for row in body["modifications"]] == ["P00001"]
    assert machine.get(f"/api/v1/orders/{draft.public_id}").status_code == 404


@pytest.mark.parametrize("outsider", ["other_agency_gateway", "other_vendor_machine"])
def test_for_an_outsiders_machine_an_order_does_not_exist(request, contract, outsider):
    order = issued_order(on=contract)
    machine = key_client(request.getfixturevalue(outsider))

    assert machine.get("/api/v1/orders").json()["data"] == []
    assert machine.get(f"/api/v1/orders/{order.public_id}").status_code == 404


def test_without_a_key_nothing_is_read(contract, client):
    order = issued_order(on=contract)

    assert client.get(f"/api/v1/orders/{order.public_id}").status_code == 401
    assert client.get(order.path).status_code == 302
