"""Create a line of accounting."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.identifiers import check_acrn, check_object_class, check_tas
from contracting.core.permissions import require
from contracting.ledger import events, permissions
from contracting.ledger.models import FundsBalance, LineOfAccounting
from contracting.ledger.operations.post import _open_accounts


@transaction.atomic
def create_line_of_accounting(
    *,
    agency_id: int,
    label: str,
    treasury_account_symbol: str,
    appropriation: str,
    funds_available_from: date,
    funds_available_to: date | None = None,
    fund_year: int | None = None,
    object_class: str = "",
    acrn_hint: str = "",
    by: Actor,
    at: datetime,
) -> LineOfAccounting:
    """Create a line of accounting with its accounts and nothing in them.

    :param funds_available_to: last day of availability; ``None`` for no-year funds
    :raises NotAllowed: if ``by`` is no funds certifier of the agency
    :raises BadIdentifier: if the symbol, object class or ACRN breaks its grammar
    """
    require(permissions.can_create_line_of_accounting(by, agency_id))
    treasury_account_symbol = check_tas(treasury_account_symbol)
    object_class = check_object_class(object_class) if object_class else ""
    acrn_hint = check_acrn(acrn_hint) if acrn_hint else ""
    line = LineOfAccounting.objects.create(
        agency_id=agency_id,
        label=label,
        treasury_account_symbol=treasury_account_symbol,
        appropriation=appropriation,
        funds_available_from=funds_available_from,
        funds_available_to=funds_available_to,
        fund_year=fund_year,
        object_class=object_class,
        acrn_hint=acrn_hint,
    )
    FundsBalance.objects.create(line_of_accounting=line)
    _open_accounts(line_of_accounting_id=line.pk)
    record_event(
        events.LINE_OF_ACCOUNTING_CREATED,
        subject=line.subject,
        by=by,
        at=at,
        data={
            "label": label,
            "treasury_account_symbol": treasury_account_symbol,
            "available_from": funds_available_from,
            "available_to": funds_available_to,
        },
    )
    return line
