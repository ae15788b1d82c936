"""The pages and the API of invoices as compared, comparisons and discrepancies."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.operations.issue_api_key import issue_api_key
from accounts.states import Scope
from contracting.billing.states import InvoiceState
from contracting.reconciliation.models import Acceptance, Finding, ReconciliationRun
from contracting.reconciliation.operations.accept import accept_usage
from tests.builders_billing import (
    ACCEPTED_AT,
    CALLS,
    COUNTS,
    compared,
    invoiced,
    lines_of,
    reported,
)
from tests.cast import actor, client_for, key_client, nothing_happens, submit

FINDINGS = reverse("reconciliation:findings")
RUNS = reverse("reconciliation:runs")
OUTSIDERS = ("other_agency_officer", "other_vendor_signer", "vendor_b_signer")
INSIDERS = ("cor", "contracting_officer", "auditor", "vendor_a_member")


@pytest.fixture
def differing(order):
    """An invoice of a duplicated call, compared: a finding, and money withheld."""
    reported(order, [*CALLS, CALLS[1]])
    counts = {**COUNTS, "IN_UNCACHED": 900_001, "OUT_TEXT": 90_005}
    invoice = invoiced(order, lines_of(counts))
    compared(order, invoice)
    return invoice


@pytest.fixture
def finding(differing):
    """The duplicate."""
    return Finding.objects.get(order=differing.order)


def page_for(name, thing):
    return reverse(f"reconciliation:{name}", args=[thing.public_id])


def text_of(page):
    return " ".join(page.content.decode().split())


def answer_of(page):
    return text_of(page).split("data-answer>")[1].split("</div>")[0]


# One invoice --------------------------------------------------------------------------


@pytest.mark.parametrize("part", INSIDERS)
def test_an_invoice_shows_its_three_counts_and_what_differs(
    differing, told_the_time, part
):
    page = client_for(actor(part)).get(page_for("invoice", differing))

    assert "asks for $2.75. Compared, it differs in 1 point." in answer_of(page)
    text = text_of(page)
    assert "650,001</td><td" in text
    assert "900,001</td><td" in text
    assert "DUPLICATE" in text
    assert text.count("dd-row--differs") == 2


def test_an_invoice_that_was_not_compared_says_so(invoice, told_the_time):
    page = client_for(actor("cor")).get(page_for("invoice", invoice))

    assert "It is not compared with meter and report yet." in answer_of(page)
    assert "Not compared yet" in text_of(page)


@pytest.mark.parametrize("part", OUTSIDERS)
def test_an_outsider_finds_no_invoice(differing, told_the_time, part):
    page = client_for(actor(part)).get(page_for("invoice", differing))

    assert page.status_code == 404


def test_each_side_is_offered_its_own_verbs(differing, told_the_time):
    agency = text_of(client_for(actor("cor")).get(page_for("invoice", differing)))
    vendor = text_of(
        client_for(actor("vendor_a_member")).get(page_for("invoice", differing))
    )

    accept = page_for("accept_usage", differing)
    withdraw = reverse("billing:withdraw_invoice", args=[differing.public_id])
    assert accept in agency
    assert withdraw not in agency
    assert withdraw in vendor
    assert accept not in vendor


def test_the_representative_accepts_what_agrees(differing, told_the_time):
    # When the representative signs
    browser = client_for(actor("cor"))
    page = submit(browser, page_for("accept_usage", differing), {"confirm": "on"})

    # Then the page says what is accepted and what is withheld
    assert (page.status_code, page.url) == (303, differing.path)
    differing.refresh_from_db()
    assert differing.state == InvoiceState.ACCEPTED
    shown = client_for(actor("vendor_a_member")).get(differing.path)
    assert "$2.09 of $2.75 is accepted, $0.66 is withheld" in answer_of(shown)
    assert "Receiving report" in text_of(shown)


def test_an_acceptance_needs_a_word(differing, told_the_time):
    with nothing_happens():
        page = submit(client_for(actor("cor")), page_for("accept_usage", differing))

    assert page.status_code == 422


def test_what_was_not_compared_is_refused_with_the_rule(invoice, told_the_time):
    with nothing_happens():
        page = submit(
            client_for(actor("cor")),
            page_for("accept_usage", invoice),
            {"confirm": "on"},
        )

    assert page.status_code == 409
    assert "R-REC-01" in text_of(page)


@pytest.mark.parametrize("part", ["vendor_a_signer", "contracting_officer"])
def test_nobody_else_is_let_to_accept(differing, told_the_time, part):
    page = client_for(actor(part)).get(page_for("accept_usage", differing))

    assert page.status_code == 403
    assert not Acceptance.objects.exists()


# Comparisons --------------------------------------------------------------------------


def test_the_representative_compares_an_invoice(order, invoice, told_the_time):
    browser = client_for(actor("cor"))
    address = page_for("reconcile_order", order)
    page = browser.get(f"{address}?invoice={invoice.public_id}")
    assert f'value="{invoice.public_id}"' in text_of(page)

    page = submit(browser, address, {"invoice": invoice.public_id})

    run = ReconciliationRun.objects.get()
    assert (page.status_code, page.url) == (303, run.path)
    assert run.invoice == invoice
    shown = browser.get(run.path)
    assert "agree in all 4 keys" in answer_of(shown)


def test_the_whole_order_is_compared(order, told_the_time):
    reported(order, CALLS[:2])
    browser = client_for(actor("contracting_officer"))

    submit(browser, page_for("reconcile_order", order), {"invoice": ""})

    run = ReconciliationRun.objects.get()
    assert run.invoice is None
    page = browser.get(run.path)
    assert "2 of 4 keys differ; 1 discrepancy is on record" in answer_of(page)
    assert run.result_sha256 in text_of(page)
    assert "MISSING_B" in text_of(page)


def test_a_stranger_invoice_is_no_choice(order, invoice, told_the_time):
    with nothing_happens():
        page = submit(
            client_for(actor("cor")),
            page_for("reconcile_order", order),
            {"invoice": "inv_00000000000000000000000000"},
        )

    assert page.status_code == 422


@pytest.mark.parametrize("part", INSIDERS)
def test_both_sides_read_comparisons(differing, told_the_time, part):
    browser = client_for(actor(part))
    run = ReconciliationRun.objects.get()

    assert run.path in text_of(browser.get(RUNS))
    page = browser.get(run.path)
    assert "2 of 4 keys differ" in answer_of(page)
    assert "less what is metered is $0.660008." in answer_of(page)
    assert "<svg" in text_of(page)


@pytest.mark.parametrize("part", OUTSIDERS)
def test_an_outsider_finds_no_comparison(differing, told_the_time, part):
    browser = client_for(actor(part))
    run = ReconciliationRun.objects.get()

    assert browser.get(run.path).status_code == 404
    assert "No comparison yet" in text_of(browser.get(RUNS))
    address = page_for("reconcile_order", differing.order)
    assert browser.get(address).status_code == 404


def test_the_vendor_does_not_start_a_comparison(order, told_the_time):
    page = client_for(actor("vendor_a_signer")).get(page_for("reconcile_order", order))

    assert page.status_code == 403


# Discrepancies ------------------------------------------------------------------------


@pytest.mark.parametrize("part", INSIDERS)
def test_both_sides_read_the_list(finding, told_the_time, part):
    page = client_for(actor(part)).get(FINDINGS)

    assert "1 of 1 discrepancies is not settled yet." in answer_of(page)
    assert "$0.660008" in text_of(page)
    assert "Lee Representative" in text_of(page)


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("", True),
        ("?state=OPEN&code=DUPLICATE", True),
        ("?state=RESOLVED", False),
        ("?state=DISPUTED", False),
        ("?code=RATE", False),
        ("?order=NOBODY", False),
        ("?state=WRONG", True),
    ],
)
def test_the_list_is_narrowed(finding, told_the_time, asked, shown):
    page = client_for(actor("cor")).get(f"{FINDINGS}{asked}")

    assert (finding.path in text_of(page)) is shown


def test_a_discrepancy_shows_the_calls_behind_it(finding, told_the_time):
    page = client_for(actor("vendor_a_member")).get(finding.path)

    assert "270,001 tokens, exactly $0.660008" in answer_of(page)
    assert "<code>r-2</code>" in text_of(page)
    assert "from 1 requests" in text_of(page)


@pytest.mark.parametrize("part", OUTSIDERS)
def test_an_outsider_finds_no_discrepancy(finding, told_the_time, part):
    browser = client_for(actor(part))

    assert browser.get(finding.path).status_code == 404
    assert finding.path not in text_of(browser.get(FINDINGS))
    for verb in ("dispute_finding", "resolve_finding"):
        assert browser.get(page_for(verb, finding)).status_code == 404


def test_a_discrepancy_is_disputed_and_resolved(finding, told_the_time):
    # When the representative disputes it
    page = submit(
        client_for(actor("cor")),
        page_for("dispute_finding", finding),
        {"reason": "Why is call r-2 listed twice?"},
    )
    assert (page.status_code, page.url) == (303, finding.path)

    # Then the vendor reads the question
    vendor = client_for(actor("vendor_a_signer"))
    assert "Why is call r-2 listed twice?" in text_of(vendor.get(finding.path))

    # And a contracting officer settles it
    page = submit(
        client_for(actor("contracting_officer")),
        page_for("resolve_finding", finding),
        {"code": "accept-A", "reason": "Our gateway saw it once."},
    )
    assert page.status_code == 303
    shown = answer_of(vendor.get(finding.path))
    assert "settled with accept-A: Our gateway saw it once." in shown


def test_a_page_that_was_read_earlier_resolves_nothing(finding, told_the_time):
    with nothing_happens():
        page = submit(
            client_for(actor("contracting_officer")),
            page_for("resolve_finding", finding),
            {"code": "accept-A", "reason": "Seen once.", "seen_sha256": "0" * 64},
        )

    assert page.status_code == 409
    assert "has changed since you read it" in text_of(page)


def test_a_resolution_needs_a_code(finding, told_the_time):
    with nothing_happens():
        page = submit(
            client_for(actor("contracting_officer")),
            page_for("resolve_finding", finding),
            {"code": "arrived", "reason": "It came."},
        )

    assert page.status_code == 422


def test_what_is_too_large_is_not_for_the_representative(finding, told_the_time):
    browser = client_for(actor("cor"))

    assert browser.get(page_for("resolve_finding", finding)).status_code == 403
    assert "Resolve it: not now." in text_of(browser.get(finding.path))


# The API ------------------------------------------------------------------------------


def key_of(part, *scopes):
    """A client with a new key of that administrator's organization."""
    by = actor(part)
    issued = issue_api_key(
        organization_id=by.own_organization_id,
        label="Reader",
        scopes=scopes,
        expires_at=ACCEPTED_AT + timedelta(days=30),
        by=by,
        at=ACCEPTED_AT,
    )
    return Client(headers={"Authorization": f"Bearer {issued.text}"})


def api(name, *args):
    return reverse(f"api:{name}", args=args)


@pytest.mark.parametrize("part", ["administrator", "vendor_a_administrator"])
def test_machines_of_both_sides_read_what_was_found(finding, told_the_time, part):
    client = key_of(part, Scope.RECONCILIATION_READ)
    run = ReconciliationRun.objects.get()

    (listed,) = client.get(api("findings")).json()["data"]
    one = client.get(api("finding", finding.public_id)).json()
    comparison = client.get(api("reconciliation", run.public_id)).json()

    assert listed["amount"] == {"amount": "0.660008", "currency": "USD"}
    assert (listed["code"], listed["state"]) == ("DUPLICATE", "OPEN")
    assert one["evidence"]["keys"][0] == ["r-2", 2, "IN_UNCACHED", 250_000]
    assert comparison["result_sha256"] == run.result_sha256
    assert [cell["agrees"] for cell in comparison["cells"]].count(False) == 2
    assert len(client.get(api("reconciliations")).json()["data"]) == 1


def test_a_settled_discrepancy_shows_how(differing, finding, told_the_time):
    accept_usage(invoice_id=differing.pk, by=actor("cor"), at=ACCEPTED_AT)
    browser = client_for(actor("contracting_officer"))
    submit(browser, page_for("dispute_finding", finding), {"reason": "Why?"})
    submit(
        browser,
        page_for("resolve_finding", finding),
        {"code": "credit", "reason": "Credited."},
    )

    client = key_of("vendor_a_administrator", Scope.RECONCILIATION_READ)
    body = client.get(api("finding", finding.public_id)).json()

    assert body["state"] == "RESOLVED"
    assert body["dispute"]["reason"] == "Why?"
    assert (body["resolution"]["code"], body["resolution"]["reason"]) == (
        "credit",
        "Credited.",
    )


def test_a_stranger_vendors_machine_finds_nothing(
    finding, told_the_time, vendor_b_administrator
):
    client = key_of("vendor_b_administrator", Scope.RECONCILIATION_READ)
    run = ReconciliationRun.objects.get()

    assert client.get(api("findings")).json()["data"] == []
    assert client.get(api("finding", finding.public_id)).status_code == 404
    assert client.get(api("reconciliation", run.public_id)).status_code == 404


def test_a_key_without_the_scope_is_told_so(finding, told_the_time, vendor_a_machine):
    client = key_client(vendor_a_machine)

    assert client.get(api("findings")).status_code == 403
    assert client.get(api("reconciliations")).status_code == 403
