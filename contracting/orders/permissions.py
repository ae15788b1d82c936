"""Who may do what with an order and its modifications."""

from __future__ import annotations

from datetime import date, datetime

from accounts.permissions import all_of, can_sign, role_in
from accounts.states import Role
from contracting.approvals.permissions import can_record_decision
from contracting.approvals.queries import open_route_of
from contracting.bans.models import Ban
from contracting.bans.queries import is_waived
from contracting.bans.states import Affected
from contracting.contracts.models import Contract
from contracting.contracts.states import ContractState
from contracting.core.actors import Actor
from contracting.core.permissions import Refused, Verdict
from contracting.core.quantities import Dollars
from contracting.determinations.models import Determination
from contracting.determinations.permissions import keeps_parts_apart
from contracting.determinations.queries import About, approved
from contracting.determinations.states import Kind
from contracting.orders import calculations
from contracting.orders.models import FundsCertification, Modification, TaskOrder
from contracting.orders.queries import (
    certification_of,
    certification_of_modification,
    get_modification_for,
    get_task_order_for,
    totals_of,
)
from contracting.orders.queries.ordering import can_sign_by_letter
from contracting.orders.queries.ratified import beyond
from contracting.orders.states import ModificationState
from contracting.orders.states import TaskOrderState as S

WRITERS = (Role.PROGRAM_MANAGER, Role.CONTRACT_SPECIALIST)


def can_draft_task_order(by: Actor, contract: Contract) -> Verdict:
    """A program manager of the agency orders on its awarded contract."""
    who = role_in(
        by, contract.agency_id, Role.PROGRAM_MANAGER, doing="draft a task order"
    )
    if not isinstance(who, Refused) and not contract.takes_orders:
        return Refused(
            "This is a definitive contract: its own lines are performed, and no order "
            "is placed under it. More is bought by a modification.",
            "R-TO-01",
        )
    if isinstance(who, Refused) or contract.state == ContractState.AWARDED:
        return who
    state = contract.get_state_display()
    if contract.state == ContractState.OFFERED:
        return Refused(
            "This award is offered and not accepted: a quotation is not an offer, and "
            "nothing is ordered before the vendor has accepted the award.",
            "R-SUB-11",
        )
    return Refused(
        f"This contract is {state}; orders are placed on an awarded one.", "R-TO-01"
    )


def can_edit_task_order(by: Actor, order: TaskOrder) -> Verdict:
    """The program or a contract specialist writes it until it is signed."""
    return _in_state(
        role_in(by, order.contract.agency_id, *WRITERS, doing="edit it"),
        order,
        (S.DRAFT, S.SUBMITTED, S.APPROVED),
        "once signed it changes by modification only",
    )


def can_submit_task_order(by: Actor, order: TaskOrder) -> Verdict:
    """The program or a contract specialist sends the draft into review."""
    return _in_state(
        role_in(by, order.contract.agency_id, *WRITERS, doing="submit it for review"),
        order,
        (S.DRAFT,),
        "only a draft is submitted for review",
    )


def can_review_task_order(by: Actor, order: TaskOrder, on: date) -> Verdict:
    """Whoever the route asks now, in their own seat or in a colleague's on that day.

    Nobody who wrote any part of the order decides on it (R-ROL-09).
    """
    if not by.is_person or not by.acts_for(order.contract.agency_id):
        return Refused("Only a person of this agency may review it.")
    if by.user_id in order.editor_user_ids:
        reason = "You wrote part of this order; somebody else must review it."
        return Refused(reason, "R-ROL-09")
    route = open_route_of(order.subject)
    if route is None:
        state = order.get_state_display()
        return Refused(f"This task order is {state}; nothing waits for a review.")
    return can_record_decision(by, route, on)


def can_dispose_nonconcurrence(by: Actor, order: TaskOrder) -> Verdict:
    """A contracting officer answers a reviewer who did not concur (R-TO-09)."""
    return _in_state(
        role_in(
            by,
            order.contract.agency_id,
            Role.CONTRACTING_OFFICER,
            doing="dispose of a non-concurrence",
            rule="R-TO-09",
        ),
        order,
        (S.SUBMITTED, S.APPROVED),
        "a non-concurrence is disposed of while it is in review or approved",
    )


def can_certify_task_order_funds(by: Actor, order: TaskOrder) -> Verdict:
    """A funds certifier who neither requested nor wrote the order (R-ROL-03)."""
    who = role_in(
        by, order.contract.agency_id, Role.FUNDS_CERTIFIER, doing="certify funds"
    )
    return _in_state(
        all_of(
            who,
            keeps_parts_apart(
                by,
                order.subject,
                (
                    _makers(order),
                    "You requested or wrote this; somebody else certifies its funds.",
                ),
            ),
        ),
        order,
        (S.ISSUED,) if order.funds_clause else (S.SUBMITTED, S.APPROVED),
        "funds are certified for an order in review or approved, or for one that was "
        "signed subject to their availability",
    )


def can_accept_order_limits(by: Actor, order: TaskOrder) -> Verdict:
    """A signer of the contract's vendor, once every reviewer has decided."""
    who = role_in(
        by,
        order.contract.vendor_id,
        Role.VENDOR_SIGNER,
        doing="accept an order outside the limits",
    )
    if not isinstance(who, Refused) and order.contract.is_agreement:
        return Refused(
            "The limit of a call binds those who call, and no acceptance lifts it.",
            "R-TO-03",
        )
    return _in_state(
        who,
        order,
        (S.APPROVED,),
        "it is accepted once it is reviewed and before it is signed",
    )


def can_issue_task_order(by: Actor, order: TaskOrder, on: date) -> Verdict:
    """The signature: a warrant for the whole order, three people on one action.

    FAR 1.602-1 (R-ROL-01, R-ROL-02); an ordering officer signs within the limits of a
    letter instead. Requester, certifier and signer are three different people, and
    nobody signs what they wrote any part of, in whatever role they wrote it (R-ROL-03).
    The state is the verb's to weigh, so that the slower of two officers learns of the
    conflict.
    """
    certified = certification_of(order)
    return all_of(
        _has_authority(by, order, on),
        keeps_parts_apart(
            by,
            order.subject,
            (_makers(order), "You requested or wrote this; somebody else signs it."),
            _certifier(certified),
        ),
    )


def has_warrant_for(by: Actor, order: TaskOrder, on: date) -> Verdict:
    """A contracting officer of the agency whose warrant covers the whole order."""
    return all_of(
        role_in(
            by,
            order.contract.agency_id,
            Role.CONTRACTING_OFFICER,
            doing="sign a task order",
            rule="R-ROL-01",
        ),
        can_sign(by, calculations.value_of(order), on),
    )


def _has_authority(by: Actor, order: TaskOrder, on: date) -> Verdict:
    """A warrant, or else a letter of appointment as ordering officer."""
    warrant = has_warrant_for(by, order, on)
    if not isinstance(warrant, Refused) or not by.acts_for(order.contract.agency_id):
        return warrant
    by_letter = can_sign_by_letter(by, order, on)
    return warrant if by_letter is None else by_letter


def _certifier(certified: FundsCertification | None) -> tuple[set[int], str]:
    """Who certified the funds, and what is said to them when they would sign."""
    users = {certified.certified_by.user_id} if certified else set()
    return users, "You certified its funds; somebody else signs it."


def can_record_availability(by: Actor, order: TaskOrder, on: date) -> Verdict:
    """The signature that funds an order that waited: the same as under the order."""
    return _in_state(
        can_issue_task_order(by, order, on),
        order,
        (S.ISSUED,),
        "availability is recorded for an order that was signed subject to it",
    )


def can_cancel_task_order(by: Actor, order: TaskOrder) -> Verdict:
    """The contracting office or the program gives it up before it is signed."""
    return _in_state(
        role_in(
            by,
            order.contract.agency_id,
            Role.CONTRACTING_OFFICER,
            *WRITERS,
            doing="cancel it",
        ),
        order,
        (S.SUBMITTED, S.APPROVED),
        "only an order in review or approved is cancelled",
    )


def can_discard_task_order(by: Actor, order: TaskOrder) -> Verdict:
    """The program or a contract specialist gives up a draft."""
    return _in_state(
        role_in(by, order.contract.agency_id, *WRITERS, doing="discard it"),
        order,
        (S.DRAFT,),
        "only a draft is discarded",
    )


def can_draft_modification(by: Actor, order: TaskOrder) -> Verdict:
    """The contracting office or the program proposes a change of a signed order.

    After physical completion only the close-out is left, which gives back what is
    bound and not owed (R-MOD-06).
    """
    if order.state in {S.COMPLETED, S.CLOSED}:
        state = order.get_state_display()
        return Refused(
            f"This task order is {state}: its close-out gives back what is left.",
            "R-MOD-06",
        )
    return _in_state(
        role_in(
            by,
            order.contract.agency_id,
            Role.CONTRACTING_OFFICER,
            *WRITERS,
            doing="draft a modification",
        ),
        order,
        (S.ISSUED,),
        "only an issued order is modified",
    )


def can_certify_modification_funds(by: Actor, modification: Modification) -> Verdict:
    """A funds certifier who did not draft the modification (R-ROL-03, R-MOD-03)."""
    order = modification.order
    return _on_draft(
        all_of(
            role_in(
                by,
                order.contract.agency_id,
                Role.FUNDS_CERTIFIER,
                doing="certify funds",
            ),
            keeps_parts_apart(
                by,
                modification.subject,
                (
                    {modification.drafted_by.user_id},
                    "You drafted this; somebody else certifies its funds.",
                ),
            ),
        ),
        modification,
    )


def can_sign_modification(by: Actor, modification: Modification) -> Verdict:
    """A signer of the contract's vendor, on a supplemental agreement."""
    who = role_in(
        by,
        modification.order.contract.vendor_id,
        Role.VENDOR_SIGNER,
        doing="sign a modification",
    )
    if not isinstance(who, Refused) and not modification.is_bilateral:
        who = Refused("This modification does not need the vendor's signature.")
    return _on_draft(who, modification)


def can_issue_modification(by: Actor, modification: Modification, on: date) -> Verdict:
    """The signature: a warrant for the absolute change, three people on one action.

    FAR 1.602-1, 43.102(a) (R-ROL-01, R-ROL-02, R-ROL-03).
    """
    certified = certification_of_modification(modification)
    return all_of(
        role_in(
            by,
            modification.order.contract.agency_id,
            Role.CONTRACTING_OFFICER,
            doing="sign a modification",
            rule="R-ROL-01",
        ),
        can_sign(by, calculations.absolute_change(modification), on),
        keeps_parts_apart(
            by,
            modification.subject,
            (
                {modification.drafted_by.user_id},
                "You drafted this; somebody else signs it.",
            ),
            _certifier(certified),
        ),
    )


def can_discard_modification(by: Actor, modification: Modification) -> Verdict:
    """The contracting office or the program gives up a draft."""
    return _on_draft(
        role_in(
            by,
            modification.order.contract.agency_id,
            Role.CONTRACTING_OFFICER,
            *WRITERS,
            doing="discard it",
        ),
        modification,
    )


def can_rebase_modification(by: Actor, modification: Modification) -> Verdict:
    """Whoever may draft one puts a draft onto the order that is in force."""
    return all_of(
        can_draft_modification(by, modification.order),
        can_discard_modification(by, modification),
    )


def about_task_order(actor: Actor, public_id: str) -> About:
    """What a determination on an order is about.

    :raises NotVisible: for everybody but its own agency
    """
    found = get_task_order_for(actor, public_id)
    left = beyond(found).left if found.is_issued else Dollars()
    may_ratify = (Kind.RATIFICATION,) if left else ()
    return About(
        subject=found.subject,
        agency_id=found.contract.agency_id,
        title=f"{found.name}, {found.title}",
        path=found.path,
        value=calculations.value_of(found),
        kinds=(Kind.BAN_WAIVER, Kind.SMALL_OFFICE, *may_ratify),
        values=dict.fromkeys(may_ratify, left),
    )


def affected_by_ban(ban: Ban, at: datetime) -> list[Affected]:
    """The orders that a ban touches, signed or on their way, and what is left of them.

    Of an order in preparation everything is left; it is not signed while it is banned.
    """
    orders = TaskOrder.objects.filter(
        contract__agency_id=ban.agency_id,
        state__in=[S.DRAFT, S.SUBMITTED, S.APPROVED, S.ISSUED],
    ).select_related("contract__vendor", "contract__agency")
    found = []
    for order in orders.order_by("pk"):
        hit = [m for m in calculations.models_of(order) if ban.hits_model(m)]
        if ban.vendor_id == order.contract.vendor_id:
            hit = calculations.models_of(order)
        if hit:
            found.append(_affected(order, ban, [model.snapshot for model in hit]))
    return found


def _affected(order: TaskOrder, ban: Ban, models: list[str]) -> Affected:
    totals = totals_of(order)
    return Affected(
        id=order.public_id,
        number=order.name,
        title=order.title,
        path=order.path,
        state=order.state,
        state_label=order.get_state_display(),
        vendor=order.contract.vendor.name,
        models=models,
        dollars_left=totals.ceiling_dollars - totals.consumed_dollars,
        tokens_left=totals.ceiling_tokens - totals.consumed_tokens,
        is_signed=order.state == S.ISSUED,
        is_waived=is_waived(ban, [order.subject, order.contract.subject]),
    )


def justification_of(modification: Modification) -> Determination | None:
    """The approved justification of what lies out of scope (R-MOD-04)."""
    return approved(modification.subject, Kind.OTHER_THAN_FULL)


def about_modification(actor: Actor, public_id: str) -> About:
    """What a justification of a change out of scope is about (R-MOD-04).

    :raises NotVisible: for everybody but its own agency
    """
    found = get_modification_for(actor, public_id)
    return About(
        subject=found.subject,
        agency_id=found.order.contract.agency_id,
        title=f"{found.name} of order {found.order.piid}",
        path=found.path,
        value=calculations.absolute_change(found),
        kinds=(Kind.OTHER_THAN_FULL, Kind.SMALL_OFFICE),
    )


def _makers(order: TaskOrder) -> set[int]:
    return {order.requester.user_id, *order.editor_user_ids}


def _in_state(
    who: Verdict, order: TaskOrder, states: tuple[str, ...], why_not: str
) -> Verdict:
    if isinstance(who, Refused) or order.state in states:
        return who
    state = order.get_state_display()
    return Refused(f"This task order is {state}; {why_not}.")


def _on_draft(who: Verdict, modification: Modification) -> Verdict:
    if isinstance(who, Refused) or modification.state == ModificationState.DRAFT:
        return who
    return Refused(f"This modification is {modification.get_state_display()}.")
