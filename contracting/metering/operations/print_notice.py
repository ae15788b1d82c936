"""Ask for the paper of a notice of funds."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.documents.operations.request import request_document
from contracting.documents.states import DocumentKind
from contracting.metering.models import FundsNotice
from contracting.metering.paperwork import funds_notice_sheet
from contracting.metering.queries.funds_notices import title_of
from contracting.metering.states import FundsNoticeKind


@transaction.atomic
def print_notice(*, notice: FundsNotice, by: Actor, at: datetime) -> None:
    """Ask for the paper of a notice that is given: of use, or of a forecast."""
    order, contract = notice.order, notice.order.contract
    is_forecast = notice.kind == FundsNoticeKind.EXPECTED
    content = funds_notice_sheet(notice)
    title = title_of(notice)
    line = f"-{notice.line.clin}" if notice.line else ""
    request_document(
        kind=DocumentKind.LIMITATION_OF_FUNDS
        if is_forecast
        else DocumentKind.BURN_NOTICE,
        subject=notice.subject,
        title=title[:1].upper() + title[1:],
        number=f"{order.piid}{line}-{'LOF' if is_forecast else 'BURN'}-"
        f"{notice.percent}-{notice.epoch}",
        agency_id=contract.agency_id,
        vendor_id=contract.vendor_id,
        context=content,
        content_sha256=content_sha256(content),
        version=1,
        by=by,
        at=at,
    )
