"""Pages of modifications: who gets in, what is shown, how both signatures come."""

import pytest

from contracting.modifications.models import ContractModification
from tests.builders_modifications import (
    drafted_contract_modification,
    issued_contract_modification,
)
from tests.cast import client_for, submit

pytestmark = pytest.mark.usefixtures("now")


def words(response):
    return " ".join(response.content.decode().split())


def form_of(contract, **changed):
    """The form of a draft as a browser sends it, everything else as it stands."""
    return {
        "authority": "C",
        "citation": "FAR 43.103(a)",
        "description": "Both agree to a longer period.",
        "effective_on": "2026-04-15",
        "is_within_scope": "True",
        "scope": "The same tokens for the same assistant.",
        "title": contract.title,
        "ordering_end": contract.ordering_end.isoformat(),
        "ceiling_dollars": contract.ceiling_dollars,
        "ceiling_tokens": contract.ceiling_tokens,
        "notice_percent": contract.notice_percent,
        "tolerance_tokens": contract.tolerance_tokens,
        "tolerance_dollars": contract.tolerance_dollars,
        "report_due_days": contract.report_due_days,
        "payment_days": contract.payment_days,
        "line_0001": "400000.00",
        "rows-TOTAL_FORMS": "1",
        "rows-INITIAL_FORMS": "0",
        **changed,
    }


def test_a_modification_goes_from_draft_to_both_signatures_in_the_browser(
    contract, order, contract_specialist, vendor_a_signer, contracting_officer
):
    # Given a specialist who drafts a longer period and a lower price
    office = client_for(contract_specialist)
    path = contract.path
    assert "reads as it was awarded" in words(office.get(f"{path}/modifications"))
    drafted = submit(
        office,
        f"{path}/draft_contract_modification",
        form_of(
            contract,
            ordering_end="2027-09-30",
            **{
                "rows-0-slin": "0001AA",
                "rows-0-price": "1.5",
                "rows-0-first_day": "2026-06-01",
            },
        ),
    )
    assert drafted.status_code == 303, words(drafted)
    modification = ContractModification.objects.get()
    page = words(office.get(modification.path))
    assert "It waits for the vendor's signature." in page
    assert "+183 days" in page
    assert "−$0.50" in page
    assert order.name in page

    # When the vendor asks for changes, the office revises and both sign
    vendor = client_for(vendor_a_signer)
    assert f"{modification.path}/sign_contract_modification" in words(vendor.get("/"))
    officer = client_for(contracting_officer)
    assert f"{modification.path}/issue_contract_modification" in words(officer.get("/"))
    assert "The same tokens for the same" not in words(vendor.get(modification.path))
    asked = submit(
        vendor,
        f"{modification.path}/request_modification_changes",
        {"seen_version": 1, "words": "Let it end in June."},
    )
    assert asked.status_code == 303, words(asked)
    assert "Let it end in June." in words(office.get(modification.path))
    revised = submit(
        office,
        f"{modification.path}/revise_contract_modification",
        form_of(contract, ordering_end="2027-06-30", seen_version=1),
    )
    assert revised.status_code == 303, words(revised)
    seen = {"seen_version": 2, "confirm": "on"}
    assert submit(
        vendor, f"{modification.path}/sign_contract_modification", seen
    ).status_code == (303)
    issued = submit(
        officer,
        f"{modification.path}/issue_contract_modification",
        seen,
    )
    assert issued.status_code == 303, words(issued)

    # Then the conformed contract reads so from that day on, and not before
    conformed = words(vendor.get(f"{path}/conformed?on=2026-04-15"))
    assert "with 1 modification, P00001, in it" in conformed
    assert "2027-06-30" in conformed
    before = words(office.get(f"{path}/conformed?on=2026-04-14"))
    assert "as it was awarded" in before
    assert "P00001" in words(vendor.get(f"{path}/modifications"))


def test_a_draft_that_was_overtaken_shows_both_texts(
    contract, contract_specialist, vendor_a_signer
):
    draft = drafted_contract_modification(on=contract, terms={"notice_percent": 60})
    issued_contract_modification(on=contract, terms={"notice_percent": 80})
    office = client_for(contract_specialist)

    page = words(office.get(draft.path))
    assert "was signed since this was drafted on version 1" in page
    assert "changed meanwhile" in page
    form = words(office.get(f"{draft.path}/revise_contract_modification"))
    assert 'name="notice_percent" value="60"' in form
    assert "Both texts are below" not in words(
        client_for(vendor_a_signer).get(draft.path)
    )
    discarded = submit(office, f"{draft.path}/discard_contract_modification", {})
    assert discarded.status_code == 303


@pytest.mark.parametrize(
    "outsider", ["other_agency_officer", "other_vendor_signer", "vendor_b_signer"]
)
def test_an_outsider_finds_nothing(contract, request, outsider):
    draft = drafted_contract_modification(on=contract)
    client = client_for(request.getfixturevalue(outsider))

    for page in (
        draft.path,
        f"{draft.path}/sign_contract_modification",
        f"{contract.path}/modifications",
        f"{contract.path}/conformed",
        f"{contract.path}/draft_contract_modification",
    ):
        assert client.get(page).status_code == 404
