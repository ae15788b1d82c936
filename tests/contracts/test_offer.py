"""An award on a quotation: the Government offers it, the vendor's answer decides."""

import json
import re
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils.html import strip_tags

from contracting.audit.queries import events_of
from contracting.contracts.invariants import INVARIANTS
from contracting.contracts.models import Contract
from contracting.contracts.operations.award import award_contract
from contracting.contracts.operations.discard import discard_contract
from contracting.contracts.queries import clocks_of, public_awards, visible_to
from contracting.contracts.refusals import (
    AcceptanceIncomplete,
    FundsNotCertified,
    NotAccepted,
)
from contracting.contracts.states import ContractState
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from contracting.documents.models import Document
from contracting.evaluations.operations.import_registrations import (
    import_registrations,
)
from contracting.ledger.queries import contract_balance, funds_of
from contracting.notices.models import Notice
from contracting.solicitations.operations.cancel import cancel_solicitation
from contracting.solicitations.states import SolicitationState
from tests.builders_orders import (
    AWARDED_AT,
    certified_contract,
    drafted_contract,
    drafted_order,
)
from tests.cast import actor, client_for, nothing_happens, submit
from tests.contracts.quotations import ACCEPT_BY, LATER, accepted, offered


@pytest.mark.rule("R-SUB-11", case="allowed")
def test_an_award_on_a_quotation_is_in_force_once_it_is_accepted(quoted):
    # Given a complete draft award on a quotation
    contract = certified_contract(on=quoted)

    # When an officer signs it
    contract = offered(contract)

    # Then it is offered: no number, no obligation, not public, and no day runs
    contract.refresh_from_db()
    assert (contract.state, contract.piid) == (ContractState.OFFERED, None)
    assert contract.solicitation.state == SolicitationState.OPENED
    (funds,) = funds_of(contract.agency_id)
    assert (funds.committed, funds.obligated) == (Dollars("1000.00"), Dollars())
    assert contract_balance(contract.pk) is None
    assert not public_awards()
    assert clocks_of(contract) == []
    assert not visible_to(actor("program_manager"))
    assert list(visible_to(actor("vendor_a_signer"))) == [contract]
    assert not visible_to(actor("vendor_b_signer"))

    # And its vendor is told until when it may accept, and reads the paper
    told = Notice.objects.filter(
        recipient_user_id=actor("vendor_a_signer").user_id,
        title="An award on 75D30126Q00001 is offered to you",
    ).get()
    assert told.due_on == ACCEPT_BY.date()
    paper = Document.objects.get(kind="contract")
    assert paper.context["blocks"]["2"] == "OFFERED, NOT IN FORCE"
    assert paper.context["blocks"]["14"] == "Request for quote (RFQ)"

    # When the vendor's signer accepts
    contract = accepted(contract)

    # Then it is numbered, binds the minimum, and the days begin with the acceptance
    contract.refresh_from_db()
    assert (contract.state, contract.piid) == (ContractState.AWARDED, "75D30126D00001")
    assert contract.awarded_at == LATER
    assert contract.signed_by is not None
    assert contract.signed_by.user.name == "Ada Officer"
    assert contract.solicitation.state == SolicitationState.AWARDED
    (funds,) = funds_of(contract.agency_id)
    assert (funds.committed, funds.obligated) == (Dollars(), Dollars("1000.00"))
    assert list(public_awards()) == [contract]
    assert clocks_of(contract)
    signed = Document.objects.filter(kind="contract").latest("pk").context["blocks"]
    assert signed["30a"]["signed_by"] == actor("vendor_a_signer").name
    assert signed["31a"]["signed_by"] == "Ada Officer"

    # And an order can be drafted, and every invariant holds
    assert drafted_order(on=contract).contract_id == contract.pk
    assert [each for check in INVARIANTS for each in check.exceptions()] == []


@pytest.mark.rule("R-SUB-11", case="refused")
def test_no_signature_alone_binds_a_vendor_that_has_quoted(quoted):
    # Given a draft award on a quotation
    contract = certified_contract(on=quoted)

    # Then signing it as if it were an offer is refused, and the database refuses too
    with nothing_happens(), pytest.raises(NotAccepted):
        award_contract(
            contract_id=contract.pk,
            by=actor("contracting_officer"),
            at=AWARDED_AT,
            seen_version=contract.version,
        )
    rows = Contract.objects.filter(pk=contract.pk)
    with nothing_happens(), pytest.raises(DatabaseError), transaction.atomic():
        rows.update(
            state="AWARDED",
            piid="75D30126D00009",
            awarded_at=AWARDED_AT,
            signed_by=actor("contracting_officer").membership_id,
        )


@pytest.mark.rule("R-SUB-11", case="refused")
def test_nothing_is_ordered_before_the_vendor_has_accepted(quoted):
    contract = offered(certified_contract(on=quoted))

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        drafted_order(on=contract)

    assert refusal.value.rule == "R-SUB-11"


def test_an_offered_award_is_withdrawn_by_an_officer_before_it_is_accepted(quoted):
    contract = offered(certified_contract(on=quoted))

    # Given an offer that stands, the solicitation is not cancelled under it
    with nothing_happens(), pytest.raises(NotAllowed, match="offered to its vendor"):
        cancel_solicitation(
            solicitation_id=contract.solicitation_id,
            reason="The need has gone.",
            memo="The funds were withdrawn.",
            by=actor("contracting_officer"),
            at=LATER,
        )
    with nothing_happens(), pytest.raises(NotAllowed):
        discard_contract(
            contract_id=contract.pk, by=actor("contract_specialist"), at=LATER
        )

    # When the officer withdraws it
    discard_contract(contract_id=contract.pk, by=actor("contracting_officer"), at=LATER)

    # Then the vendor is told, and can accept no more
    assert Notice.objects.filter(
        recipient_user_id=actor("vendor_a_signer").user_id,
        title="The award on 75D30126Q00001 is withdrawn",
    ).exists()
    with nothing_happens(), pytest.raises(NotAccepted):
        accepted(contract)


def test_prices_no_longer_stated_to_be_good_are_warned_about(quoted):
    # Given a quotation whose prices were good until 19 April, and funds of that year
    contract = certified_contract(on=quoted)
    late = AWARDED_AT + timedelta(days=25)
    specialist = actor("contract_specialist")
    assert specialist.organization_id is not None
    import_registrations(
        agency_id=specialist.organization_id,
        name="extract.csv",
        content=(
            b"uei,legal_name,registered_until,exclusion\n"
            b"MERD1ANMDLS5,Meridian Models,2026-12-31,\n"
        ),
        extracted_at=late - timedelta(hours=3),
        by=specialist,
        at=late - timedelta(hours=2),
    )

    # When it is offered after that day, as no option has expired
    contract = offered(contract, at=late, accept_by=late + timedelta(days=1))

    # Then the warning is on record, and it can be accepted
    last = events_of(contract.subject).last()
    assert last is not None
    ((rule, words),) = json.loads(last.payload)["data"]["warned"]
    assert rule == "R-SUB-09"
    assert "good until 2026-04-19" in words
    assert accepted(contract, at=late).state == ContractState.AWARDED


@pytest.mark.parametrize("hours", [0, -1, 24 * 400])
def test_a_vendor_has_time_to_accept(quoted, hours):
    contract = certified_contract(on=quoted)

    with nothing_happens(), pytest.raises(AcceptanceIncomplete):
        offered(contract, accept_by=AWARDED_AT + timedelta(hours=hours))


def test_an_uncertified_draft_is_not_offered(quoted):
    contract = drafted_contract(on=quoted)

    with nothing_happens(), pytest.raises(FundsNotCertified):
        offered(contract)
    with nothing_happens(), pytest.raises(NotAllowed):
        offered(contract, by="contract_specialist")


@pytest.mark.usefixtures("now")
def test_an_award_is_offered_and_accepted_in_the_browser(quoted, monkeypatch):
    # Given a draft award on a quotation
    contract = certified_contract(on=quoted)
    officer = client_for(actor("contracting_officer"))
    page = officer.get(contract.path).content.decode()
    assert "Offer the award" in page
    assert "Sign the award" not in page

    # When the officer offers it
    address = f"{contract.path}/offer_award"
    answer = submit(
        officer,
        address,
        {
            "seen_version": contract.version,
            "accept_day": "2026-04-02",
            "accept_time": "17:00",
            "confirm": "on",
        },
    )
    assert answer.status_code == 303

    # Then its page and both desks say whom it waits for
    assert (
        "waits for the acceptance of Meridian"
        in officer.get(contract.path).content.decode()
    )
    signer = client_for(actor("vendor_a_signer"))
    assert "Accept the award" in signer.get("/").content.decode()
    assert "Wait for the vendor" in officer.get("/").content.decode()
    outsider = client_for(actor("vendor_b_signer"))
    assert outsider.get(f"{contract.path}/accept_award").status_code == 404

    # And the vendor accepts it
    read = signer.get(f"{contract.path}/accept_award").content.decode()
    assert "in force at once" in read
    answer = submit(
        signer,
        f"{contract.path}/accept_award",
        {"seen_version": contract.version, "confirm": "on"},
    )
    assert answer.status_code == 303
    contract.refresh_from_db()
    assert contract.state == ContractState.AWARDED
    assert "Accepted" in signer.get(contract.path).content.decode()


def test_the_pages_of_the_evaluation_speak_of_quotations(quoted, monkeypatch):
    # Given an officer who reads the evaluation of quotations
    monkeypatch.setattr("contracting.core.clock.now", lambda: AWARDED_AT)
    officer = client_for(actor("contracting_officer"))
    concluded = quoted.price_analysis.conclusion

    # Then no page calls one of them an offer, which binds and a quotation does not
    for name, thing in (
        ("decision", quoted),
        ("offers", quoted.solicitation),
        ("price", quoted.solicitation),
        ("panel", quoted.solicitation),
    ):
        page = officer.get(reverse(f"evaluations:{name}", args=[thing.public_id]))
        words = strip_tags(page.content.decode().split("<main")[1])
        assert "uotation" in words, name
        assert not re.findall(r"[Oo]ffers?\b", words.replace(concluded, "")), name
