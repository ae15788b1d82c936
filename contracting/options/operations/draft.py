"""Draft the exercise of an option, and hold its signature to what the option states."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts.calculations import Window
from contracting.contracts.models import ContractOption
from contracting.contracts.queries.guards import require_no_ban, require_total_length
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.modifications.models import ContractModification
from contracting.modifications.operations.draft import draft_contract_modification
from contracting.options import calculations, events, permissions, queries
from contracting.options.operations.give import _lock_option
from contracting.options.refusals import (
    AlreadyExercised,
    IntentMissing,
    NotAsStated,
    NotDetermined,
    NotInWindow,
    SizeNotRepresented,
)
from contracting.orders.states import ModificationState
from contracting.solicitations.publishing.options import (
    drafts_of,
    require_short_extensions,
)
from contracting.solicitations.states import OptionKind


@transaction.atomic
def draft_option_exercise(
    *, option_id: int, by: Actor, at: datetime
) -> ContractModification:
    """Draft the unilateral modification that exercises the option (FAR 17.207(g)).

    Everything in it is as the option states; nothing is added and nothing left out. A
    contracting officer who did not draft it signs it in the window.

    :raises NotAllowed: if ``by`` is not of the contracting office
    :raises AlreadyExercised: if a draft or a signed exercise of it stands (R-OPT-02)
    :raises NotInWindow: before its window opens or after it closes (R-OPT-02)
    :raises IntentMissing: without a notice of intent in time (R-OPT-01)
    :raises NotDetermined: without a determination of these days (R-OPT-03)
    :raises TooLong: beyond the years of base and options (R-OPT-04)
    :raises ExtensionTooLong: beyond the months of extensions (R-OPT-05)
    :raises SizeNotRepresented: without the vendor's statement of size (R-OPT-06)
    :raises Banned: if vendor or model is banned, without a waiver (R-AI-01)
    """
    option = _lock_option(option_id)
    contract = option.contract
    on = accounting_day(at, contract.time_zone)
    require(permissions.can_draft_option_exercise(by, option))
    standing = queries.draft_of(option)
    if standing is not None:
        message = f"{option.name}: {standing.name} exercises it already."
        raise AlreadyExercised(message)
    window = require_open(option, at)
    require_no_ban(contract, at)
    modification = draft_contract_modification(
        contract_id=contract.pk,
        proposal=calculations.proposal(option, window, on),
        by=by,
        at=at,
    )
    record_event(
        events.OPTION_EXERCISE_DRAFTED,
        subject=option.subject,
        by=by,
        at=at,
        data={
            "option": option.number,
            "content_sha256": modification.content_sha256,
            "base_version": modification.base_version,
        },
    )
    return modification


def require_open(option: ContractOption, at: datetime) -> Window:
    """Insist on everything that an exercise rests on, on the day of ``at``.

    :raises Refusal: the refusals of :func:`draft_option_exercise`
    """
    contract = option.contract
    on = accounting_day(at, contract.time_zone)
    window = calculations.window_of(option)
    if window is None:
        message = f"{option.name} is exercised already."
        raise AlreadyExercised(message)
    if calculations.follows(option) or not window.opens_on <= on <= window.closes_on:
        message = (
            f"{option.name} is exercised from {window.opens_on} to "
            f"{window.closes_on}; today is {on}. Nobody can move that window: later, "
            "what is needed takes a new modification that both sign, with a "
            "justification."
        )
        raise NotInWindow(message, opens=window.opens_on, closes=window.closes_on)
    gap = queries.intent_gap(option)
    if gap:
        raise IntentMissing(gap)
    gap = queries.determination_gap(option, at)
    if gap:
        raise NotDetermined(gap)
    if option.kind == OptionKind.PERIOD and window.last_day is not None:
        require_total_length(contract, on, last=window.last_day)
    if option.kind == OptionKind.EXTENSION:
        every = contract.options.values()
        require_short_extensions(drafts_of(every), on)
    gap = queries.size_gap(option, on)
    if gap:
        raise SizeNotRepresented(gap)
    return window


def require_exercisable(modification: ContractModification, at: datetime) -> None:
    """Insist, at the signature, that the option is exercised as it is stated.

    :raises NotAsStated: if the draft says more, less or something else (R-OPT-02)
    :raises Refusal: the refusals of :func:`draft_option_exercise`
    """
    option = modification.option
    if option is None:
        message = "A modification that exercises an option names it."
        raise NotAsStated(message)
    option.contract = modification.contract
    signed = option.exercises.filter(state=ModificationState.ISSUED)
    if signed.exists():
        message = f"{option.name} is exercised already."
        raise AlreadyExercised(message)
    window = require_open(option, at)
    stated = calculations.proposal(option, window, modification.effective_on)
    other = calculations.differs_from(modification, stated)
    if other:
        message = (
            "An option is exercised unconditionally and as it is stated. The draft "
            f"differs in: {', '.join(other)}. Discard it and draft it again."
        )
        raise NotAsStated(message, differs=other)
