"""Record what a contract's clause says of usage that is reported very late."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.billing import events, permissions
from contracting.billing.models import ReportingTerms
from contracting.billing.refusals import ReportingTermsIncomplete
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.modifications.queries.earlier import (
    NotOfThePresent,
    behind_an_earlier_day,
)


@transaction.atomic
def record_reporting_terms(
    *,
    contract_id: int,
    valid_from: date,
    forfeits_after_days: int | None,
    clause: str,
    modification: str = "",
    by: Actor,
    at: datetime,
) -> ReportingTerms:
    """Record the terms from a day on; what is in force then is read, never changed.

    :param forfeits_after_days: after so many days unreported usage is forfeited; with
        ``None`` nothing ever is
    :param clause: the clause that says so, as the contract numbers it
    :param modification: by whose number they hold from a day of an earlier month on
    :raises NotAllowed: if ``by`` is no contracting officer of the agency
    :raises ReportingTermsIncomplete: without a clause, for no day at all, or from a day
        of an earlier month without the modification that says so
    """
    contract = Contract.objects.locked().get(pk=contract_id)
    require(permissions.can_record_reporting_terms(by, contract))
    if not clause.strip() or (
        forfeits_after_days is not None and forfeits_after_days < 1
    ):
        message = "Name the clause, and the days after which it forfeits usage."
        raise ReportingTermsIncomplete(message)
    try:
        behind = behind_an_earlier_day(contract, valid_from, modification, at)
    except NotOfThePresent as error:
        raise ReportingTermsIncomplete(str(error), pointer="/valid_from") from None
    terms, is_new = ReportingTerms.objects.get_or_create(
        contract=contract,
        valid_from=valid_from,
        defaults={
            "forfeits_after_days": forfeits_after_days,
            "clause": clause.strip()[:200],
            "modification": behind,
            "recorded_by_id": by.own_membership_id,
            "stated_at": at,
        },
    )
    if not is_new:
        message = "Terms are recorded from this day already. Begin with another day."
        raise ReportingTermsIncomplete(message)
    record_event(
        events.REPORTING_TERMS_RECORDED,
        subject=terms.subject,
        by=by,
        at=at,
        data={
            "valid_from": valid_from,
            "forfeits_after_days": forfeits_after_days,
            "clause": terms.clause,
            "modification": behind.number if behind else "",
        },
    )
    return terms
