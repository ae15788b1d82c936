"""A small need, bought on one quotation: no box, no panel, nothing published."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from contracting.audit.queries import events_of
from contracting.contracts.invariants import INVARIANTS as OF_CONTRACTS
from contracting.contracts.models import Contract
from contracting.contracts.operations.buy import Quotation, buy_tokens
from contracting.contracts.operations.certify import certify_contract_funds
from contracting.contracts.queries.file import index_of
from contracting.contracts.refusals import QuotationUnfit
from contracting.contracts.states import ContractState
from contracting.core.errors import NotAllowed
from contracting.core.quantities import UnitPrice
from contracting.evaluations.invariants import INVARIANTS as OF_EVALUATIONS
from contracting.evaluations.models import RegistrationSnapshot
from contracting.evaluations.refusals import PriceNotComparable, ReasonablenessMissing
from contracting.reference.models import AiModel
from contracting.solicitations.invariants import INVARIANTS as OF_SOLICITATIONS
from contracting.solicitations.models import Solicitation
from contracting.solicitations.refusals import AboveMicroPurchase, RequisitionTaken
from contracting.submissions.invariants import INVARIANTS as OF_SUBMISSIONS
from contracting.submissions.models import Box, OpenedOffer
from tests.builders import submitted_requisition
from tests.builders_orders import AWARDED_AT, line_of_accounting, registrations
from tests.cast import actor, client_for, nothing_happens, organization, submit
from tests.contracts.quotations import LATER, accepted, offered
from tests.documents import files
from tests.offers import SNAPSHOT

pytestmark = pytest.mark.django_db

TOKENS = {"IN_UNCACHED": 100_000_000, "OUT_TEXT": 20_000_000}
REASON = "Both prices are below public list, which others pay."


@pytest.fixture
def need():
    """A submitted need of 120 million tokens, with funds and a checked vendor."""
    registrations()
    line_of_accounting()
    return submitted_requisition(tokens=TOKENS)


def quotation(**other):
    usual = Quotation(
        vendor_id=organization(actor("vendor_a_signer")).pk,
        model_id=AiModel.objects.get(snapshot=SNAPSHOT).pk,
        boundary="FEDRAMP_MOD",
        prices={"IN_UNCACHED": UnitPrice("2.4"), "OUT_TEXT": UnitPrice("9.900001")},
        reference="Quotation 4711 of 30 March 2026, by e-mail",
    )
    return replace(usual, **other)


def bought(need, by="contracting_officer", **other):
    given = {
        "quotation": quotation(),
        "start": date(2026, 4, 6),
        "end": date(2026, 6, 30),
        "line_of_accounting_id": line_of_accounting().pk,
        "reason": REASON,
        **other,
    }
    return buy_tokens(requisition_id=need.pk, **given, by=actor(by), at=AWARDED_AT)


def test_one_quotation_becomes_a_purchase_order(need, client):
    # When an officer buys on one quotation
    contract = bought(need)

    # Then the purchase is drafted at its prices, and nothing was sealed or published
    assert contract.state == ContractState.DRAFT
    assert contract.ceiling_dollars == Decimal("438.00")
    assert contract.ceiling_tokens == 120_000_000
    request = contract.solicitation
    assert (request.in_the_open, request.state) == (True, "OPENED")
    assert not Box.objects.exists()
    version = OpenedOffer.objects.get().version
    assert version.mode == "OPEN"
    assert RegistrationSnapshot.objects.get().status == "ACTIVE"

    # And it binds as any other: certified, offered and accepted by three people
    contract = certify_contract_funds(
        contract_id=contract.pk,
        by=actor("funds_certifier"),
        at=AWARDED_AT,
        seen_version=contract.version,
    )
    accepted(offered(contract))
    contract.refresh_from_db()
    assert contract.state == ContractState.AWARDED
    assert str(contract.piid)[8] == "P"
    missing = [
        entry.title
        for _stage, entries in index_of(contract, actor("contracting_officer"), LATER)
        for entry in entries
        if entry.state == "MISSING"
    ]
    assert missing == ["Designation of a representative"]  # as under any contract
    award = client.get(reverse("contracts:award", args=[contract.public_id]))
    assert "One quotation, up to the micro-purchase" in award.content.decode()
    assert "full and open" not in award.content.decode()
    kinds = [each.event for each in events_of(contract.subject)]
    assert "contracts.tokens.bought" in kinds
    every = [*OF_CONTRACTS, *OF_EVALUATIONS, *OF_SOLICITATIONS, *OF_SUBMISSIONS]
    assert {each.code: list(each.check()) for each in every} == {
        each.code: [] for each in every
    }


def test_nobody_else_sees_that_anything_was_asked(
    need, vendor_a_signer, vendor_b_signer, client
):
    request = bought(need).solicitation
    public = reverse("opportunities:opportunity", args=[request.public_id])
    own = reverse("submissions:submissions")
    for browser in (client, client_for(vendor_b_signer), client_for(vendor_a_signer)):
        assert browser.get(public).status_code == 404
        listed = browser.get(reverse("opportunities:opportunities"))
        assert request.piid not in listed.content.decode()
    assert request.piid not in client_for(vendor_a_signer).get(own).content.decode()


@pytest.mark.parametrize(
    ("other", "refusal"),
    [
        ({"reason": " 1. "}, ReasonablenessMissing),
        ({"end": date(2026, 4, 5)}, QuotationUnfit),
        ({"start": date(2026, 1, 1), "end": date(2026, 2, 1)}, QuotationUnfit),
        ({"quotation": {"reference": " "}}, QuotationUnfit),
        ({"quotation": {"vendor_id": 0}}, QuotationUnfit),
        ({"quotation": {"prices": {"OUT_TEXT": UnitPrice(1)}}}, QuotationUnfit),
        (
            {"quotation": {"prices": dict.fromkeys(TOKENS, UnitPrice(0))}},
            QuotationUnfit,
        ),
        (
            {
                "quotation": {
                    "prices": {"IN_UNCACHED": UnitPrice(0), "OUT_TEXT": UnitPrice(9)}
                }
            },
            PriceNotComparable,
        ),
        (
            {"quotation": {"prices": dict.fromkeys(TOKENS, UnitPrice("125.01"))}},
            AboveMicroPurchase,
        ),
    ],
)
def test_what_one_quotation_is_not_enough_for_leaves_no_trace(need, other, refusal):
    given = dict(other)
    if "quotation" in given:
        given["quotation"] = quotation(**given["quotation"])
    with nothing_happens(), pytest.raises(refusal):
        bought(need, **given)
    assert not Solicitation.objects.exists()


def test_the_threshold_itself_is_not_above_it(need):
    prices = dict.fromkeys(TOKENS, UnitPrice("125"))
    contract = bought(need, quotation=quotation(prices=prices))
    assert contract.ceiling_dollars == Decimal("15000.00")


@pytest.mark.parametrize("who", ["contract_specialist", "program_manager"])
def test_only_a_contracting_officer_buys(need, who):
    with nothing_happens(), pytest.raises(NotAllowed):
        bought(need, by=who)


def test_a_need_is_bought_once(need):
    bought(need)
    with nothing_happens(), pytest.raises(RequisitionTaken):
        bought(need)


def test_one_page_asks_for_no_more_than_twelve_things(
    need, contracting_officer, contract_specialist, other_agency_officer, monkeypatch
):
    # Given the page of a need with two classes
    monkeypatch.setattr("contracting.core.clock.now", lambda: AWARDED_AT)
    page = reverse("contracts:buy_tokens", args=[need.public_id])
    browser = client_for(contracting_officer)
    shown = browser.get(page)
    assert len(shown.context["form"].fields) <= 12
    assert b"data-answer" in shown.content
    hint = shown.context["form"].fields["price_IN_UNCACHED"].help_text
    assert hint.startswith("$")
    assert "on the public list of" in hint
    listed = browser.get(reverse("requisitions:requisition", args=[need.public_id]))
    assert page in listed.content.decode()

    # When it is filled in, with the quotation as it came
    reply = submit(
        browser,
        page,
        {
            "vendor": organization(actor("vendor_a_signer")).public_id,
            "model": AiModel.objects.get(snapshot=SNAPSHOT).public_id,
            "boundary": "FEDRAMP_MOD",
            "reference": "By e-mail",
            "attachments": [SimpleUploadedFile("Angebot №7.pdf", files.pdf())],
            "start": "2026-04-06",
            "end": "2026-06-30",
            "line_of_accounting": line_of_accounting().public_id,
            "reason": REASON,
            "price_IN_UNCACHED": "2.4",
            "price_OUT_TEXT": "9.9",
        },
    )

    # Then the draft is there, and everybody else is refused
    assert reply.status_code == 303
    contract = Contract.objects.get()
    offer = OpenedOffer.objects.get()
    assert [each["name"] for each in offer.files] == ["Angebot №7.pdf"]
    for path in (
        f"/contracts/{contract.public_id}",
        f"/solicitations/{contract.solicitation.public_id}",
        reverse("evaluations:price", args=[contract.solicitation.public_id]),
        reverse("evaluations:offers", args=[contract.solicitation.public_id]),
    ):
        assert browser.get(path).status_code == 200, path
    assert client_for(contract_specialist).get(page).status_code == 403
    assert client_for(other_agency_officer).get(page).status_code == 404
