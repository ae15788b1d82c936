"""A holder answers the notice: in words, at its rates or below, with files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import SYSTEM, Actor
from contracting.core.canonical import content_sha256
from contracting.core.permissions import require
from contracting.core.templatetags.drawdown import instant_in
from contracting.documents.checking.findings import FileVerdict
from contracting.documents.operations.store import store_blob
from contracting.fair_opportunity import calculations, events, permissions, queries
from contracting.fair_opportunity.models import (
    HolderResponse,
    Opportunity,
    ResponseFile,
    ResponseRate,
)
from contracting.fair_opportunity.refusals import (
    PriceAboveContract,
    ResponseInvalid,
    ResponseLate,
)
from contracting.notices.operations.post_notice import Recipient, post_notice


@transaction.atomic
def respond_to_opportunity(
    *,
    opportunity_id: int,
    words: str,
    discount_percent: Decimal = Decimal(0),
    prices: Mapping[str, Decimal] | None = None,
    attachments: Sequence[FileVerdict] = (),
    by: Actor,
    at: datetime,
) -> HolderResponse:
    """Answer, or answer again: each version is kept and the last one counts.

    :param discount_percent: off every contract rate, cut after a millionth of a dollar
    :param prices: US dollars per million tokens by subline, in place of the discounted
    :param attachments: what the check of each upload said; an unfit one is not kept
    :raises NotAllowed: if ``by`` is no signer of a holder who was given notice
    :raises ResponseLate: after the instant that the holders were told
    :raises ResponseInvalid: without words, or for a discount that is no part of a price
    :raises PriceAboveContract: for a price above the holder's rate (R-TO-10)
    """
    opportunity: Opportunity = Opportunity.objects.locked().get(pk=opportunity_id)
    require(permissions.can_respond_to_opportunity(by, opportunity))
    contract = queries.own_contract(by, opportunity)
    assert contract is not None  # noqa: S101 (typing)
    _require_in_time(opportunity, at)
    _require_words(words, discount_percent, attachments)
    asked = _prices(contract, discount_percent, prices or {}, at)
    content = {
        "words": words.strip(),
        "discount_percent": discount_percent,
        "prices": asked,
        "files": [file.sha256 for file in attachments],
    }
    version = opportunity.responses.filter(contract=contract).count() + 1
    response = HolderResponse.objects.create(
        opportunity=opportunity,
        contract=contract,
        version=version,
        words=words.strip(),
        discount_percent=discount_percent,
        content_sha256=content_sha256(content),
        responded_by_id=by.own_membership_id,
        received_at=at,
    )
    for slin, price in asked.items():
        ResponseRate.objects.create(
            response=response, slin=slin, usd_per_million_tokens=price
        )
    for file in attachments:
        blob = store_blob(content=file.content, media_type=file.media_type)
        ResponseFile.objects.create(response=response, name=file.name, blob=blob)
    post_notice(
        recipients=[Recipient(contract.vendor_id, user_id=by.user_id)],
        subject=opportunity.subject,
        title=f"Your response was received: {opportunity.title}",
        body=f"Version {version}, SHA-256 {response.content_sha256}.",
        url_path=opportunity.path,
        by=SYSTEM,
        at=at,
    )
    record_event(
        events.RESPONSE_RECEIVED,
        subject=opportunity.subject,
        by=by,
        at=at,
        data={
            "contract": contract.piid,
            "version": version,
            "content_sha256": response.content_sha256,
            "files": len(attachments),
        },
    )
    return response


def _require_in_time(opportunity: Opportunity, at: datetime) -> None:
    due = opportunity.respond_by
    if due is not None and at > due:
        message = (
            f"Responses were due {instant_in(due, opportunity.time_zone)}. None is "
            "taken after that, so that all holders had the same time."
        )
        raise ResponseLate(message, respond_by=due)


def _require_words(
    words: str, discount_percent: Decimal, attachments: Sequence[FileVerdict]
) -> None:
    if not words.strip():
        message = "Say in words what you offer for this order."
        raise ResponseInvalid(message, term="words")
    if not 0 <= discount_percent <= 100:  # noqa: PLR2004
        message = "A discount is 0 to 100 percent of the contract's rates."
        raise ResponseInvalid(message, term="discount_percent")
    unfit = [file.name for file in attachments if not file.is_fit]
    if unfit:
        message = f"{', '.join(unfit)} was not taken by the check of files."
        raise ResponseInvalid(message, term="attachments")


def _prices(
    contract: Contract,
    discount_percent: Decimal,
    prices: Mapping[str, Decimal],
    at: datetime,
) -> dict[str, Decimal]:
    """What is asked for each subline of the holder's contract."""
    rates = queries.rates_of(contract, at)
    gaps = calculations.above_contract(prices, rates)
    if gaps:
        message = f"{' '.join(gaps)} A response may ask less, never more."
        raise PriceAboveContract(message, gaps=gaps)
    return {
        slin: prices.get(slin, calculations.discounted(rate, discount_percent))
        for slin, rate in rates.items()
    }
