"""What "in force" means for each kind of paper.

A table of kinds: whoever adds a kind of paper says here how it stands, and how it is
listed. A test holds that no kind is left out. What is said of a paper is said only to
those who may read the paper.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from contracting.contracts.models import Contract, CorDesignation
from contracting.contracts.states import ContractState
from contracting.core.periods import accounting_day
from contracting.documents.models import Document
from contracting.documents.states import DocumentKind, DocumentState
from contracting.evaluations.models import PriceAnalysis
from contracting.modifications.models import ContractModification
from contracting.options.models import OptionDetermination
from contracting.orders.models import Modification, TaskOrder
from contracting.orders.states import ModificationState, TaskOrderState
from contracting.payments.models import PaymentCertification
from contracting.solicitations.models import Solicitation
from contracting.solicitations.states import SolicitationState
from contracting.terminations.models import Letter, Termination
from contracting.terminations.states import LetterKind, TerminationState
from contracting.verification.states import Listing, Status

_ENDS: Final = (TerminationState.SIGNED, TerminationState.SETTLED)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a paper stands, in a word and in a sentence, and since when.

    ``by`` is the number of what came after it: a modification, a later paper.
    """

    status: Status
    words: str
    since: date | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """How papers of a kind stand, and how they are listed.

    ``of`` has a reader for each kind of subject, ``""`` for all others.
    """

    listing: Listing
    of: Mapping[str, Callable[[Document, datetime], Standing]]


def standing_of(document: Document, at: datetime) -> Standing:
    """How the paper stands at that instant."""
    rule = RULES.get(document.kind)
    if rule is None:
        return _UNSAID
    if document.is_release_copy:
        return _RELEASED
    later = _issued_again(document)
    if later is not None:
        return Standing(
            Status.REPLACED,
            f"It was issued again as version {later.version}.",
            accounting_day(later.requested_at, _zone(document)),
            f"version {later.version}",
        )
    read = rule.of.get(document.subject_kind) or rule.of.get("")
    return read(document, at) if read else _UNSAID


def listing_of(document: Document) -> Listing:
    """How a paper is listed; one of a kind that says nothing is not listed.

    A copy for release is for everybody, of whatever kind the paper is.
    """
    if document.is_release_copy:
        return Listing.STATUS
    rule = RULES.get(document.kind)
    return rule.listing if rule else Listing.NEVER


def _issued_again(document: Document) -> Document | None:
    """A later paper of the same kind and number about the same thing, as widely read.

    A redacted copy for everybody takes nobody's place.
    """
    found: Document | None = (
        Document.objects.filter(
            kind=document.kind,
            number=document.number,
            subject_kind=document.subject_kind,
            subject_id=document.subject_id,
            vendor_id=document.vendor_id,
            is_public=document.is_public,
            state=DocumentState.RENDERED,
            pk__gt=document.pk,
        )
        .order_by("-pk")
        .first()
    )
    return found


# Solicitations -----------------------------------------------------------------------


def _solicitation(document: Document, at: datetime) -> Standing:
    found = Solicitation.objects.filter(pk=document.subject_id).first()
    if found is None:
        return _UNSAID
    ended = _solicitation_ended(found, at)
    amendments = found.amendments.filter(version__gt=document.version)
    later = amendments.order_by("-number").first()
    if ended or later is None:
        return ended or Standing(Status.IN_FORCE, "Offers are asked for by it.")
    day = accounting_day(later.issued_at, found.time_zone)
    words = (
        f"Amendment {later.number} of {day} changed it. It is read with all of them."
    )
    return Standing(Status.MODIFIED, words, day, later.number)


def _amendment(document: Document, at: datetime) -> Standing:
    found = Solicitation.objects.filter(pk=document.subject_id).first()
    if found is None:
        return _UNSAID
    later = found.amendments.filter(version__gt=document.version).order_by("-number")
    last = later.first()
    ended = _solicitation_ended(found, at)
    if ended or last is None:
        return ended or Standing(
            Status.IN_FORCE, "It is the last amendment of its solicitation."
        )
    day = accounting_day(last.issued_at, found.time_zone)
    words = f"It stands. Amendment {last.number} of {day} came after it."
    return Standing(Status.MODIFIED, words, day, last.number)


def _solicitation_ended(found: Solicitation, at: datetime) -> Standing | None:
    if found.state == SolicitationState.CANCELLED:
        return Standing(Status.CANCELLED, "The solicitation was cancelled.")
    if found.state == SolicitationState.NO_AWARD:
        return Standing(Status.ENDED, "The solicitation ended without an award.")
    if found.state == SolicitationState.AWARDED and found.awarded_at:
        day = accounting_day(found.awarded_at, found.time_zone)
        return Standing(Status.COMPLETED, f"It led to an award on {day}.", day)
    if found.deadline is not None and at > found.deadline:
        day = accounting_day(found.deadline, found.time_zone)
        return Standing(Status.ENDED, f"Offers were due on {day}.", day)
    return None


# Contracts, orders and what changes them ---------------------------------------------


def _contract(document: Document, at: datetime) -> Standing:
    found = Contract.objects.filter(pk=document.subject_id).first()
    if found is None:
        return _UNSAID
    if document.number != found.piid:
        return _offer_of_an_award(found)
    changes = ContractModification.objects.filter(
        contract=found, state=ModificationState.ISSUED
    )
    return (
        _terminated(Termination.objects.filter(contract=found, order=None))
        or _instrument_ended(found.state, "contract")
        or _changed(changes, document, found.time_zone)
        or Standing(Status.IN_FORCE, "The contract is in force as this paper reads.")
    )


def _offer_of_an_award(contract: Contract) -> Standing:
    if contract.state in {ContractState.OFFERED, ContractState.DRAFT}:
        return Standing(
            Status.NOT_YET, "It offers an award: it binds nobody until it is accepted."
        )
    if contract.state == ContractState.DISCARDED:
        return Standing(Status.CANCELLED, "The award that it offers was not made.")
    if contract.awarded_at is None:
        return _UNSAID
    day = accounting_day(contract.awarded_at, contract.time_zone)
    words = f"The award was made on {day} as contract {contract.piid}."
    return Standing(Status.REPLACED, words, day, contract.piid or "")


def _order(document: Document, at: datetime) -> Standing:
    found = TaskOrder.objects.filter(pk=document.subject_id)
    order = found.select_related("contract").first()
    if order is None:
        return _UNSAID
    changes = Modification.objects.filter(order=order, state=ModificationState.ISSUED)
    return (
        _terminated(Termination.objects.filter(order=order))
        or _terminated(Termination.objects.filter(contract=order.contract, order=None))
        or _instrument_ended(order.state, "order")
        or _changed(changes, document, order.contract.time_zone)
        or Standing(Status.IN_FORCE, "The order is in force as this paper reads.")
    )


def _contract_modification(document: Document, at: datetime) -> Standing:
    found = ContractModification.objects.filter(pk=document.subject_id)
    modification = found.select_related("contract").first()
    if modification is None:
        return _UNSAID
    contract = modification.contract
    later = ContractModification.objects.filter(
        contract=contract, state=ModificationState.ISSUED
    ).exclude(pk=modification.pk)
    return (
        _terminated(Termination.objects.filter(contract=contract, order=None))
        or _instrument_ended(contract.state, "contract that it modifies")
        or _followed(later, document, contract.time_zone)
    )


def _order_modification(document: Document, at: datetime) -> Standing:
    found = Modification.objects.filter(pk=document.subject_id)
    modification = found.select_related("order__contract").first()
    if modification is None:
        return _UNSAID
    order = modification.order
    later = Modification.objects.filter(
        order=order, state=ModificationState.ISSUED
    ).exclude(pk=modification.pk)
    return (
        _terminated(Termination.objects.filter(order=order))
        or _instrument_ended(order.state, "order that it modifies")
        or _followed(later, document, order.contract.time_zone)
    )


def _terminated(found: Any) -> Standing | None:
    termination = found.filter(state__in=_ENDS).order_by("-pk").first()
    if termination is None:
        return None
    day = termination.stop_on
    words = f"Performance was terminated: {day} is its last day."
    return Standing(Status.TERMINATED, words, day)


def _instrument_ended(state: str, noun: str) -> Standing | None:
    if state in {ContractState.CLOSED, TaskOrderState.CLOSED}:
        return Standing(Status.ENDED, f"The {noun} is closed out.")
    if state in {ContractState.COMPLETED, TaskOrderState.COMPLETED}:
        return Standing(Status.COMPLETED, f"The {noun} is physically complete.")
    return None


def _changed(changes: Any, document: Document, zone: str) -> Standing | None:
    """Modifications that were signed after the paper was made, the last one named."""
    later = changes.filter(issued_at__gt=document.requested_at)
    last = later.order_by("-issued_at", "-pk").first()
    if last is None:
        return None
    day = accounting_day(last.issued_at, zone)
    words = (
        f"Modification {last.number}, signed on {day} and effective "
        f"{last.effective_on}, is the last of {later.count()} that changed it. It is "
        "read with all of them."
    )
    return Standing(Status.MODIFIED, words, day, last.number)


def _followed(later: Any, document: Document, zone: str) -> Standing:
    last = (
        later.filter(issued_at__gt=document.requested_at)
        .order_by("-issued_at", "-pk")
        .first()
    )
    if last is None:
        return Standing(
            Status.IN_FORCE, "It is the last modification of what it changes."
        )
    day = accounting_day(last.issued_at, zone)
    words = f"It stands. Modification {last.number}, signed on {day}, came after it."
    return Standing(Status.MODIFIED, words, day, last.number)


# Papers beside the instruments -------------------------------------------------------


def _designation(document: Document, at: datetime) -> Standing:
    found = CorDesignation.objects.filter(pk=document.subject_id)
    made = found.select_related("contract", "acceptance").first()
    if made is None:
        return _UNSAID
    zone = made.contract.time_zone
    later = (
        CorDesignation.objects.filter(
            contract=made.contract, membership=made.membership, pk__gt=made.pk
        )
        .order_by("-pk")
        .first()
    )
    if later is not None:
        day = accounting_day(later.designated_at, zone)
        words = f"A later letter to the same person, of {day}, took its place."
        return Standing(Status.REPLACED, words, day)
    today = accounting_day(at, zone)
    last = min(made.valid_to, made.certified_until or made.valid_to)
    if today > last:
        return Standing(Status.ENDED, f"It ended on {last}.", last)
    gap = made.gap(today)
    if gap:
        return Standing(Status.NOT_YET, gap)
    return Standing(Status.IN_FORCE, f"It is in force until {last}.")


def _letter(document: Document, at: datetime) -> Standing:
    letter = (
        Letter.objects.filter(pk=document.subject_id)
        .select_related("contract", "lifted_by")
        .first()
    )
    if letter is None or letter.kind != LetterKind.STOP_WORK:
        return _RECORD
    lifted = getattr(letter, "lifted_by", None)
    if lifted is None:
        return Standing(Status.IN_FORCE, "Work is stopped by it.")
    day = accounting_day(lifted.sent_at, letter.contract.time_zone)
    return Standing(Status.CANCELLED, f"Work was resumed by an order of {day}.", day)


def _option_determination(document: Document, at: datetime) -> Standing:
    found = OptionDetermination.objects.filter(pk=document.subject_id)
    made = found.select_related("option__contract").first()
    if made is None:
        return _UNSAID
    later = made.option.determinations.filter(pk__gt=made.pk).order_by("-pk").first()
    if later is None:
        return _RECORD
    day = accounting_day(later.made_at, made.option.contract.time_zone)
    words = f"A later determination on the same option, of {day}, took its place."
    return Standing(Status.REPLACED, words, day)


def _voucher(document: Document, at: datetime) -> Standing:
    certification = (
        PaymentCertification.objects.filter(pk=document.subject_id)
        .select_related("payment", "payment_return", "invoice__order__contract")
        .first()
    )
    if certification is None:
        return _UNSAID
    returned = getattr(certification, "payment_return", None)
    if returned is not None:
        zone = certification.invoice.order.contract.time_zone
        day = accounting_day(returned.returned_at, zone)
        words = f"Finance returned the voucher on {day}."
        return Standing(Status.CANCELLED, words, day)
    paid = getattr(certification, "payment", None)
    if paid is not None:
        words = f"It was paid on {paid.paid_on}."
        return Standing(Status.COMPLETED, words, paid.paid_on)
    return Standing(Status.IN_FORCE, "It is certified and not paid yet.")


def _price_memo(document: Document, at: datetime) -> Standing:
    made = PriceAnalysis.objects.filter(pk=document.subject_id)
    analysis = made.select_related("solicitation").first()
    if analysis is None:
        return _UNSAID
    later = (
        PriceAnalysis.objects.filter(
            solicitation=analysis.solicitation, pk__gt=analysis.pk
        )
        .order_by("-pk")
        .first()
    )
    if later is None:
        return _RECORD
    day = accounting_day(later.analysed_at, analysis.solicitation.time_zone)
    words = f"A later analysis of the same offers, of {day}, took its place."
    return Standing(Status.REPLACED, words, day)


def _schedule(document: Document, at: datetime) -> Standing:
    """A schedule of its contract: a later one of the same kind is read with it."""
    later = (
        Document.objects.filter(
            kind=document.kind,
            subject_kind=document.subject_kind,
            subject_id=document.subject_id,
            pk__gt=document.pk,
        )
        .order_by("-pk")
        .first()
    )
    if later is None:
        return Standing(Status.IN_FORCE, "It is the last schedule of its contract.")
    day = accounting_day(later.requested_at, _zone(document))
    words = f"A later schedule, {later.number} of {day}, is read with it."
    return Standing(Status.MODIFIED, words, day, later.number)


def _record(document: Document, at: datetime) -> Standing:
    return _RECORD


def _zone(document: Document) -> str:
    return str(document.context.get("time_zone") or "UTC")


_UNSAID: Final = Standing(
    Status.UNSAID, "This system does not say whether a paper of this kind is in force."
)
_RECORD: Final = Standing(
    Status.RECORD, "It records what was done. Nothing that came later changes that."
)
_RELEASED: Final = Standing(
    Status.RECORD,
    "It is a copy for release of another paper. How that paper stands is said to those "
    "who may read it.",
)
_K = DocumentKind

RULES: Final[Mapping[str, Rule]] = {
    _K.SOLICITATION: Rule(Listing.STATUS, {"": _solicitation}),
    _K.REQUEST_FOR_QUOTATIONS: Rule(Listing.STATUS, {"": _solicitation}),
    _K.CONTRACT: Rule(Listing.HASH, {"": _contract}),
    _K.TASK_ORDER: Rule(Listing.HASH, {"": _order}),
    _K.MODIFICATION: Rule(
        Listing.STATUS,
        {
            "solicitations.solicitation": _amendment,
            "modifications.modification": _contract_modification,
            "orders.modification": _order_modification,
        },
    ),
    _K.RECONCILIATION: Rule(Listing.HASH, {"": _record}),
    _K.RECEIVING_REPORT: Rule(Listing.HASH, {"": _record}),
    _K.VOUCHER: Rule(Listing.HASH, {"": _voucher}),
    _K.DECISION: Rule(Listing.NEVER, {"": _record}),
    _K.PRICE_MEMO: Rule(Listing.NEVER, {"": _price_memo}),
    _K.RECEIPT: Rule(Listing.NEVER, {"": _record}),
    _K.DESIGNATION: Rule(Listing.HASH, {"": _designation}),
    _K.LETTER: Rule(Listing.HASH, {"terminations.letter": _letter, "": _record}),
    _K.OPTION_DETERMINATION: Rule(Listing.HASH, {"": _option_determination}),
    _K.COMPLETION_STATEMENT: Rule(Listing.HASH, {"": _record}),
    _K.AWARD_SYNOPSIS: Rule(Listing.STATUS, {"": _record}),
    _K.AWARD_NOTICE: Rule(Listing.NEVER, {"": _record}),
    _K.DETERMINATION: Rule(Listing.HASH, {"": _record}),
    _K.JUSTIFICATION: Rule(Listing.STATUS, {"": _record}),
    _K.CONFORMED_CONTRACT: Rule(Listing.HASH, {"": _contract}),
    _K.SERVICE_LEVELS: Rule(Listing.HASH, {"": _schedule}),
    _K.INVOICE: Rule(Listing.HASH, {"": _record}),
    _K.BURN_NOTICE: Rule(Listing.HASH, {"": _record}),
    _K.LIMITATION_OF_FUNDS: Rule(Listing.HASH, {"": _record}),
    _K.DISPUTE_DECISION: Rule(Listing.HASH, {"": _record}),
    _K.OPTION_INTENT: Rule(Listing.HASH, {"": _record}),
    _K.CLOSE_OUT_CHECKLIST: Rule(Listing.HASH, {"": _record}),
    _K.PERIOD_STATEMENT: Rule(Listing.HASH, {"": _record}),
    _K.SETTLEMENT: Rule(Listing.HASH, {"": _record}),
}
