"""Buy up to the micro-purchase threshold, on one quotation that is no secret."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from accounts.queries import known_vendors
from contracting.audit.operations.record import record_event
from contracting.contracts import events, permissions
from contracting.contracts.models import Contract
from contracting.contracts.operations.draft import MinimumFunding, draft_contract
from contracting.contracts.refusals import QuotationUnfit
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.core.quantities import Dollars, Tokens, UnitPrice, total_dollars
from contracting.evaluations.models import SelectedOffer, SelectionDecision
from contracting.evaluations.operations.analyse import analyse_price
from contracting.requisitions.models import Requisition
from contracting.solicitations.models import Solicitation
from contracting.solicitations.operations.request import CLIN, request_quotation
from contracting.solicitations.publishing.openly import classes_of
from contracting.solicitations.queries import lines_of
from contracting.submissions.calculations import Offer, OfferedFile, OfferedPrice
from contracting.submissions.models import Submission
from contracting.submissions.operations.take import take_quotation


@dataclass(frozen=True, slots=True)
class Quotation:
    """What one vendor quoted: a model, and a price for each class of the estimate.

    :param prices: by code of the token class
    :param reference: how it came and when: a number, a page, a call
    """

    vendor_id: int
    model_id: int
    boundary: str
    prices: dict[str, UnitPrice]
    reference: str
    files: tuple[OfferedFile, ...] = ()


@transaction.atomic
def buy_tokens(
    *,
    requisition_id: int,
    quotation: Quotation,
    start: date,
    end: date,
    line_of_accounting_id: int,
    reason: str,
    by: Actor,
    at: datetime,
) -> Contract:
    """Draft a purchase from one quotation, without publication, box or panel.

    Up to the micro-purchase threshold it is enough that the contracting officer finds
    the price reasonable (FAR 13.203(a)(2)). What binds is as ever: funds are certified
    by somebody else, the officer signs the Government's offer, and the vendor accepts.

    :param start: the first day of performance
    :param reason: why the price is fair and reasonable
    :raises NotAllowed: unless ``by`` is a contracting officer of the agency, of no
        vendor, and the requisition is submitted
    :raises RequisitionTaken: if it is solicited or bought already
    :raises QuotationUnfit: for a vendor or a period that cannot be, or a class unpriced
    :raises AboveMicroPurchase: if it comes to more than the threshold of the day
    :raises OfferIncomplete: for a price or a model that cannot be
    :raises ModelUnfit: if the model is not authorized for the boundary
    :raises PriceNotComparable: for a price of zero, which nobody has confirmed
        (R-EVL-05)
    :raises ReasonablenessMissing: without a reason in words (R-EVL-07)
    :raises FundingDoesNotSum: for funds that are not the agency's (R-FND-02)
    """
    requisition = (
        Requisition.objects.locked().select_related("agency").get(pk=requisition_id)
    )
    require(permissions.can_buy_tokens(by, requisition))
    on = requisition.agency.local_day(at)
    _require_fit(requisition, quotation, start, end, on)
    value = _value(requisition, quotation)
    solicitation = request_quotation(
        requisition_id=requisition.pk,
        start=start,
        end=end,
        boundary=quotation.boundary,
        dollars=value,
        by=by,
        at=at,
    )
    submission = take_quotation(
        solicitation_id=solicitation.pk,
        vendor_id=quotation.vendor_id,
        offer=_offer(solicitation, quotation),
        by=by,
        at=at,
    )
    _select(solicitation, submission, reason, by, at)
    contract = draft_contract(
        solicitation_id=solicitation.pk,
        funding=[MinimumFunding(CLIN, "AA", line_of_accounting_id, value)],
        by=by,
        at=at,
    )
    record_event(
        events.TOKENS_BOUGHT,
        subject=contract.subject,
        by=by,
        at=at,
        data={
            "requisition": requisition.number,
            "quotation": solicitation.piid,
            "reference": quotation.reference.strip(),
            "vendor": contract.vendor.name,
            "dollars": value,
            "reason": reason.strip(),
        },
    )
    return contract


def _require_fit(
    requisition: Requisition, quotation: Quotation, start: date, end: date, on: date
) -> None:
    if not known_vendors().filter(pk=quotation.vendor_id).exists():
        message = "The quotation is of a vendor that this site knows."
        raise QuotationUnfit(message)
    if not quotation.reference.strip():
        message = "Say how the quotation came, and when: a number, a page, a call."
        raise QuotationUnfit(message)
    if end < start or end < on:
        message = "The period of performance ends after it begins, and not in the past."
        raise QuotationUnfit(message, start=start, end=end)
    wanted = set(classes_of(requisition))
    if not wanted or set(quotation.prices) != wanted:
        message = "The quotation has a price for each class of the estimate, no other."
        raise QuotationUnfit(message, classes=sorted(wanted))


def _value(requisition: Requisition, quotation: Quotation) -> Dollars:
    """The expected tokens at the quoted prices, each class to the cent.

    :raises QuotationUnfit: if that is nothing
    """
    value = total_dollars(
        quotation.prices[code].of(Tokens(count)).to_cents()
        for code, count in classes_of(requisition).items()
    )
    if value <= Dollars():
        message = "The quotation comes to nothing: there would be nothing to pay."
        raise QuotationUnfit(message)
    return value


def _offer(solicitation: Solicitation, quotation: Quotation) -> Offer:
    return Offer(
        technical=quotation.reference.strip(),
        prices=tuple(
            OfferedPrice(
                line_id=line.pk,
                model_id=quotation.model_id,
                price=quotation.prices[line.token_class.code],
            )
            for line in lines_of(solicitation)
            if line.token_class is not None
        ),
        files=quotation.files,
    )


def _select(
    solicitation: Solicitation,
    submission: Submission,
    reason: str,
    by: Actor,
    at: datetime,
) -> None:
    """Its price is on record as reasonable, and the officer takes it (FAR 13.106-2)."""
    analysis = analyse_price(
        solicitation_id=solicitation.pk,
        conclusion=reason,
        unbalanced_memo=reason,
        reasonable_submission_ids=[submission.pk],
        by=by,
        at=at,
    )
    decision = SelectionDecision.objects.create(
        solicitation=solicitation,
        price_analysis=analysis,
        rationale=reason.strip(),
        decided_by_id=by.own_membership_id,
        decided_at=at,
    )
    SelectedOffer.objects.create(
        decision=decision, position=1, submission=submission, reason=reason.strip()
    )
