"""A vendor answers a request for information."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import SYSTEM, Actor
from contracting.core.canonical import content_sha256
from contracting.core.periods import zone_of
from contracting.core.permissions import require
from contracting.market_research import calculations, events, permissions, queries
from contracting.market_research.calculations import AnswerDraft
from contracting.market_research.models import (
    MarketAnswer,
    RequestForInformation,
    Response,
)
from contracting.market_research.refusals import (
    AnswersInvalid,
    NothingChanged,
    ResponseLate,
)
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.reference.models import AiModel


@transaction.atomic
def respond_to_rfi(
    *,
    rfi_id: int,
    answers: Mapping[int, AnswerDraft],
    is_proprietary: bool,
    by: Actor,
    at: datetime,
) -> Response:
    """Answer, or answer again: each version is kept and the last one counts.

    A response is not an offer and binds nobody (FAR 15.201(e)); the due instant itself
    is in time, and nothing is admitted after it. The vendor is told of the receipt.

    :param answers: answers by the key of their question
    :param is_proprietary: whether the vendor marks the response as its secret
    :raises NotAllowed: if ``by`` is no member or signer of a vendor, or not released
    :raises ResponseLate: after the due time
    :raises AnswersInvalid: naming each question whose answer is missing or does not fit
    :raises NothingChanged: if it is what the vendor's last version says
    """
    rfi = RequestForInformation.objects.locked().get(pk=rfi_id)
    require(permissions.can_respond_to_rfi(by, rfi))
    _require_in_time(rfi, at)
    questions = queries.questions_of(rfi)
    rows = calculations.checked_answers(questions, answers)
    _require_known_models(rows)
    sha256 = content_sha256(
        calculations.response_content(
            rfi,
            vendor=queries.get_vendor(by.own_organization_id).public_id,
            is_proprietary=is_proprietary,
            rows=rows,
            asked={each.pk: each.public_id for each in questions},
        )
    )
    last = next(iter(queries.own_responses(by, rfi)), None)
    if last is not None and last.content_sha256 == sha256:
        message = f"This is what version {last.version} of your response says already."
        raise NothingChanged(message)
    response = Response.objects.create(
        rfi=rfi,
        vendor_id=by.own_organization_id,
        version=last.version + 1 if last is not None else 1,
        is_proprietary=is_proprietary,
        responded_by_id=by.own_membership_id,
        received_at=at,
        rfi_sha256=rfi.content_sha256,
        content_sha256=sha256,
    )
    for row in rows:
        MarketAnswer.objects.create(response=response, **row)
    _tell_of_the_receipt(rfi, response, at)
    record_event(
        events.RESPONSE_RECEIVED,
        subject=rfi.subject,
        by=by,
        at=at,
        data={
            "response": response.public_id,
            "version": response.version,
            "content_sha256": sha256,
        },
    )
    return response


def _require_in_time(rfi: RequestForInformation, at: datetime) -> None:
    if not rfi.is_open(at):
        due = queries.due_words(rfi)
        message = (
            f"Responses were due {due}. A request for information admits nothing late: "
            "it is no solicitation, and you lose no right to an award by it."
        )
        raise ResponseLate(message, due_at=rfi.due_at)


def _require_known_models(rows: Sequence[Mapping[str, Any]]) -> None:
    named = {row["model_id"] for row in rows} - {None}
    if len(AiModel.objects.in_bulk(named)) < len(named):
        message = "An answer names a model that the dictionary lacks."
        raise AnswersInvalid(message)


def _tell_of_the_receipt(
    rfi: RequestForInformation, response: Response, at: datetime
) -> None:
    """By the system, so that whoever sent the response is told as well."""
    local = at.astimezone(zone_of(rfi.time_zone))
    post_notice(
        recipients=[Recipient(response.vendor_id)],
        subject=rfi.subject,
        title=f"Response to {rfi.number} received, version {response.version}",
        body=(
            f"Received {local:%d %b %Y, %H:%M:%S %Z}. SHA-256 of its content: "
            f"{response.content_sha256}."
        ),
        url_path=response.path,
        by=SYSTEM,
        at=at,
    )
