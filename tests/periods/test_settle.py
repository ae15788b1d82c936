"""What was rated anew after its acceptance is settled by a credit or by a charge."""

from datetime import date, timedelta

import pytest

from contracting.billing.models import CreditDue
from contracting.charges.models import Charge
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from contracting.ledger.queries import balances_of
from contracting.periods.operations.settle import settle_adjustment
from contracting.periods.refusals import NotAnAdjustment, ReasonMissing
from contracting.reconciliation.models import Finding
from tests.builders_billing import Call, compared, used
from tests.builders_metering import assert_the_books_balance
from tests.builders_reratings import APPROVED_AT, approved, prepared, price_fell
from tests.cast import actor, client_for, nothing_happens, submit

THAT_DAY = date(2026, 4, 20)
SETTLED_AT = APPROVED_AT + timedelta(hours=2)


def settling(finding, by="contracting_officer", reason="As the run has found."):
    return settle_adjustment(
        finding_id=finding.pk, reason=reason, by=actor(by), at=SETTLED_AT
    )


def found(order, price):
    """The adjustment of uncached input whose price was another one on that day."""
    price_fell(order.contract, price, first_day=THAT_DAY)
    approved(prepared(order.contract))
    compared(order, at=APPROVED_AT)
    return Finding.objects.get(order=order, evidence__has_key="rating_run")


@pytest.mark.rule("R-MET-05", case="allowed")
def test_what_fell_is_a_credit_that_is_due(accepted):
    finding = found(accepted, "1.5")

    (credit,) = settling(finding).credits

    # Then the vendor owes it to the cent, for this very difference, and once
    assert Dollars(finding.amount_dollars) == Dollars("0.3250005")
    assert (Dollars(credit.dollars), credit.acrn) == (Dollars("0.33"), "AA")
    assert (credit.because_kind, credit.because_id) == (
        "reconciliation.finding",
        finding.pk,
    )
    assert Finding.objects.get(pk=finding.pk).resolution.code == "credit"
    assert not Charge.objects.exists()
    with nothing_happens(), pytest.raises(NotAnAdjustment):
        settling(finding)
    assert_the_books_balance()


@pytest.mark.rule("R-MET-05", case="allowed")
def test_what_rose_is_charged_on_its_line(accepted):
    # Given the mirror of what a run finds: no modification raises an accepted price,
    # but usage may have been moved to a dearer model or line
    finding = found(accepted, "1.5")
    finding.pk, finding.public_id, finding.fingerprint = None, "", "f" * 64
    finding.amount_dollars = -finding.amount_dollars
    finding._state.adding = True
    finding.save(force_insert=True)

    charge = settling(finding).charge

    # Then it is drawn on the funds; how it is invoiced is told of the charge itself
    assert charge is not None
    assert Dollars(charge.dollars) == Dollars("0.33")
    assert Finding.objects.get(pk=finding.pk).resolution.code == "accept-A"
    (balance,) = balances_of(accepted.lines.get().holder)
    assert balance.unaccepted == Dollars("0.33")
    assert not CreditDue.objects.exists()
    assert_the_books_balance()


@pytest.mark.rule("R-MET-05", case="refused")
def test_another_discrepancy_is_no_adjustment(accepted):
    used(accepted, [Call("r-x", {"OUT_TEXT": 10}, minute=30)], at=APPROVED_AT)
    compared(accepted, at=APPROVED_AT)
    finding = Finding.objects.get(order=accepted, resolution__isnull=True)

    with nothing_happens(), pytest.raises(NotAnAdjustment):
        settling(finding)


def test_it_is_settled_for_a_reason_by_those_who_may(accepted, other_agency_officer):
    finding = found(accepted, "1.5")

    with nothing_happens(), pytest.raises(ReasonMissing):
        settling(finding, reason=" ")
    for by in ("auditor", "payment_certifier", "vendor_a_signer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            settling(finding, by=by)
    with nothing_happens(), pytest.raises(NotAllowed):
        settle_adjustment(
            finding_id=finding.pk,
            reason="Ours.",
            by=other_agency_officer,
            at=SETTLED_AT,
        )


def test_it_is_settled_on_its_page(
    accepted, told_the_time, other_agency_officer, other_vendor_signer
):
    finding = found(accepted, "1.5")
    told_the_time(SETTLED_AT)
    url = f"{finding.path}/settle_adjustment"
    browser = client_for(actor("contracting_officer"))
    assert url.encode() in browser.get(finding.path).content
    assert b"the vendor owes a credit" in browser.get(url).content

    for outsider in (other_agency_officer, other_vendor_signer):
        assert client_for(outsider).get(url).status_code == 404
    assert client_for(actor("auditor")).get(url).status_code == 403
    answered = submit(browser, url, {"reason": "As the run has found."})

    assert answered.status_code == 303
    assert b"It is settled already" in browser.get(url).content
