"""Tell the vendor that an option is meant to be exercised."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract, ContractOption
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.documents.operations.request import request_document
from contracting.documents.states import DocumentKind
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.options import calculations, events, paperwork, permissions
from contracting.options.models import OptionIntent
from contracting.options.refusals import IntentGiven, NotInWindow
from contracting.solicitations.states import OptionKind


@transaction.atomic
def give_option_intent(
    *, option_id: int, text: str = "", by: Actor, at: datetime
) -> OptionIntent:
    """Give the preliminary notice of FAR 52.217-9(a): a letter, recorded as delivered.

    It commits nobody. One that is late is sent all the same and says so: an exercise
    then needs the contracting officer's memo (R-OPT-01).

    :param text: the officer's own words; empty for those of the clause
    :raises NotAllowed: unless ``by`` is a contracting officer with a warrant
    :raises IntentGiven: if it was given before
    :raises NotInWindow: for an option that has no notice, or whose window has closed
        (R-OPT-02)
    """
    option = _lock_option(option_id)
    contract = option.contract
    on = accounting_day(at, contract.time_zone)
    require(permissions.can_give_option_intent(by, option, on))
    due_on = _due_on(option, on)
    if OptionIntent.objects.filter(option=option).exists():
        message = "The vendor was told of this option already."
        raise IntentGiven(message)
    intent = OptionIntent.objects.create(
        option=option,
        text=text.strip() or _words(option),
        due_on=due_on,
        sent_on=on,
        signed_by_id=by.own_membership_id,
        sent_at=at,
    )
    _print_and_tell(intent, by, at)
    record_event(
        events.INTENT_GIVEN,
        subject=option.subject,
        by=by,
        at=at,
        data={
            "option": option.number,
            "text": intent.text,
            "due_on": due_on,
            "is_late": intent.is_late,
        },
    )
    return intent


def _lock_option(option_id: int) -> ContractOption:
    """Lock contract and option, in this order."""
    contract_id = ContractOption.objects.values_list("contract_id", flat=True).get(
        pk=option_id
    )
    contract = (
        Contract.objects.locked()
        .select_related("agency", "vendor", "solicitation")
        .get(pk=contract_id)
    )
    option = ContractOption.objects.locked().get(pk=option_id)
    option.contract = contract
    return option


def _due_on(option: ContractOption, on: date) -> date:
    """The last day of the notice, of an option that has one and is still open."""
    window = calculations.window_of(option)
    if option.kind != OptionKind.PERIOD or window is None or window.intent_by is None:
        message = f"{option.name}: its clause asks for no notice of intent."
        raise NotInWindow(message)
    if on > window.closes_on:
        message = f"{option.name}: its window closed on {window.closes_on}."
        raise NotInWindow(message, closed_on=window.closes_on)
    if calculations.follows(option):
        message = "An option period before it is not exercised yet."
        raise NotInWindow(message)
    return window.intent_by


def _words(option: ContractOption) -> str:
    contract, window = option.contract, calculations.window_of(option)
    period = calculations.period_of(window) if window else ""
    return (
        f"The Government intends to exercise option {option.number} of contract "
        f"{contract.piid}, which extends the ordering period: {period}. This "
        "preliminary notice does not commit the Government to an extension "
        "(FAR 52.217-9(a))."
    )


def _print_and_tell(intent: OptionIntent, by: Actor, at: datetime) -> None:
    option, contract = intent.option, intent.option.contract
    title = f"Notice of intent: {option.name} of contract {contract.piid}"
    request_document(
        kind=DocumentKind.OPTION_INTENT,
        subject=intent.subject,
        title=title,
        number=f"{contract.piid}-OPT{option.number}-INTENT",
        agency_id=contract.agency_id,
        vendor_id=contract.vendor_id,
        context=paperwork.intent_sheet(intent, signer=by),
        content_sha256=paperwork.sha256_of(intent),
        version=1,
        by=by,
        at=at,
    )
    post_notice(
        recipients=[
            Recipient(organization_id=contract.vendor_id),
            Recipient(contract.agency_id, Role.CONTRACTING_OFFICER),
        ],
        subject=intent.subject,
        title=title,
        body=intent.text,
        url_path=option.path,
        by=by,
        at=at,
    )
