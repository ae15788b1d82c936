"""Who may do what with a modification of a contract."""

from __future__ import annotations

from datetime import date

from accounts.permissions import all_of, can_sign, role_in
from accounts.states import Role
from contracting.contracts.models import Contract
from contracting.contracts.states import ContractState
from contracting.core.actors import Actor
from contracting.core.permissions import Allowed, Refused, Verdict
from contracting.determinations.permissions import keeps_parts_apart
from contracting.determinations.queries import About
from contracting.determinations.states import Kind
from contracting.modifications import calculations
from contracting.modifications.models import ContractModification, RatchetFinding
from contracting.modifications.queries import get_modification_for
from contracting.modifications.queries.minimum import certifiers_of
from contracting.modifications.states import ModificationKind, RatchetState
from contracting.orders.states import ModificationState

OFFICE = (Role.CONTRACTING_OFFICER, Role.CONTRACT_SPECIALIST)
OVER = (ContractState.COMPLETED, ContractState.CLOSED)


def can_draft_contract_modification(by: Actor, contract: Contract) -> Verdict:
    """The contracting office proposes a change of a contract in force (R-MOD-06)."""
    who = role_in(by, contract.agency_id, *OFFICE, doing="draft a modification")
    return all_of(who, _in_force(contract))


def can_conform_contract(by: Actor, contract: Contract) -> Verdict:
    """The contracting office prints how a contract that was awarded reads."""
    who = role_in(by, contract.agency_id, *OFFICE, doing="print the conformed contract")
    if who and contract.awarded_at is None:
        return Refused("The contract is not awarded; its draft has a preview.")
    return who


def _in_force(contract: Contract) -> Verdict:
    """After physical completion nothing but the close-out is left (R-MOD-06)."""
    if contract.state == ContractState.AWARDED:
        return Allowed()
    state = contract.get_state_display()
    if contract.state in OVER:
        return Refused(
            f"This contract is {state}: only its close-out is left.", "R-MOD-06"
        )
    return Refused(f"This contract is {state}; only an awarded one is modified.")


def can_record_model_terms(by: Actor, contract: Contract) -> Verdict:
    """The contracting office records what the signed contract says."""
    return can_draft_contract_modification(by, contract)


def can_record_model_retirement(by: Actor, contract: Contract) -> Verdict:
    """The vendor's signer gives notice, or the contracting office files it."""
    if by.is_vendor:
        doing = "give notice of a retirement"
        who = role_in(by, contract.vendor_id, Role.VENDOR_SIGNER, doing=doing)
    else:
        doing = "record a retirement"
        who = role_in(by, contract.agency_id, *OFFICE, doing=doing)
    return all_of(who, _in_force(contract))


def can_draft_on_ramp(by: Actor, contract: Contract) -> Verdict:
    """The contracting office proposes a new model, as it does any change."""
    return can_draft_contract_modification(by, contract)


def can_draft_novation(by: Actor, contract: Contract) -> Verdict:
    """The contracting office proposes that a successor is recognized (FAR 42.1203)."""
    return can_draft_contract_modification(by, contract)


def can_assume_contract(by: Actor, modification: ContractModification) -> Verdict:
    """A signer of the successor that a novation names."""
    if modification.successor_id is None:
        return Refused("Only a novation has a successor that signs it.")
    signer, doing = Role.VENDOR_SIGNER, "assume a contract"
    who = role_in(by, modification.successor_id, signer, doing=doing)
    return _on_draft(who, modification)


def can_open_ratchet_findings(by: Actor) -> Verdict:
    """The machinery compares the public list with the contracts."""
    if by.is_system:
        return Allowed()
    return Refused("Only the system compares the public list with contracts.")


def can_confirm_ratchet_finding(by: Actor, finding: RatchetFinding) -> Verdict:
    """A contracting officer of the agency (R-MOD-09)."""
    return _on_finding(by, finding, "confirm a lower price")


def can_hold_ratchet_finding(by: Actor, finding: RatchetFinding) -> Verdict:
    """A contracting officer of the agency, with a reason (R-MOD-09)."""
    return _on_finding(by, finding, "hold a lower price")


def _on_finding(by: Actor, finding: RatchetFinding, doing: str) -> Verdict:
    officer, agency_id = Role.CONTRACTING_OFFICER, finding.contract.agency_id
    who = role_in(by, agency_id, officer, doing=doing)
    if not isinstance(who, Refused) and finding.state != RatchetState.OPEN:
        who = Refused(f"This finding is {finding.get_state_display()}.")
    return who


def _is_on_one_page(modification: ContractModification) -> bool:
    """Whether the form of a draft shows all of it: one line by the unit at most.

    A price that depends on volume has steps or a multiplier, which it cannot show.
    """
    lines = modification.new_lines
    return (
        not modification.new_options
        and len(lines) < 2
        and all(map(calculations.is_by_unit, lines))
        and not any("steps" in r or "usd_per_acu" in r for r in modification.rates)
    )


def can_revise_contract_modification(
    by: Actor, modification: ContractModification
) -> Verdict:
    """The contracting office writes a draft anew, on the contract as it stands."""
    who = can_draft_contract_modification(by, modification.contract)
    if not isinstance(who, Refused) and modification.kind != ModificationKind.TERMS:
        kind = modification.get_kind_display()
        who = Refused(f"This is an {kind}: discard it and draft it again.")
    if not isinstance(who, Refused) and not _is_on_one_page(modification):
        who = Refused(
            "It has lines, options or prices by volume that the page of a draft cannot "
            "show: discard it and draft it again."
        )
    return _on_draft(who, modification)


def can_certify_minimum_funds(by: Actor, modification: ContractModification) -> Verdict:
    """A funds certifier who did not draft it, for a higher minimum (R-ROL-03)."""
    who = all_of(
        role_in(
            by,
            modification.contract.agency_id,
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
    )
    if not isinstance(who, Refused) and not calculations.raised_minimum(modification):
        who = Refused("This modification raises no minimum.")
    return _on_draft(who, modification)


def can_sign_contract_modification(
    by: Actor, modification: ContractModification
) -> Verdict:
    """A signer of the vendor, on a supplemental agreement that it has not signed."""
    return _can_answer(by, modification, "sign a modification")


def can_request_modification_changes(
    by: Actor, modification: ContractModification
) -> Verdict:
    """A signer of the vendor, instead of signing."""
    return _can_answer(by, modification, "ask for changes of a modification")


def _can_answer(by: Actor, modification: ContractModification, doing: str) -> Verdict:
    vendor_id, signer = modification.contract.vendor_id, Role.VENDOR_SIGNER
    who = role_in(by, vendor_id, signer, doing=doing)
    if not isinstance(who, Refused) and not modification.is_bilateral:
        who = Refused("This modification does not need the vendor's signature.")
    return _on_draft(who, modification)


def can_issue_contract_modification(
    by: Actor, modification: ContractModification, on: date
) -> Verdict:
    """The signature: a warrant for the absolute change, by somebody else than drafted.

    FAR 1.602-1, 43.102(a) (R-ROL-01, R-ROL-02, R-ROL-03).
    """
    return all_of(
        role_in(
            by,
            modification.contract.agency_id,
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
            (
                certifiers_of(modification),
                "You certified its funds; somebody else signs it.",
            ),
        ),
        _in_force(modification.contract),
    )


def can_discard_contract_modification(
    by: Actor, modification: ContractModification
) -> Verdict:
    """The contracting office gives up a draft."""
    agency_id = modification.contract.agency_id
    who = role_in(by, agency_id, *OFFICE, doing="discard it")
    return _on_draft(who, modification)


def about_modification(actor: Actor, public_id: str) -> About:
    """What a justification of a change out of scope is about (R-MOD-04).

    :raises NotVisible: for everybody but its own agency
    """
    found = get_modification_for(actor, public_id)
    return About(
        subject=found.subject,
        agency_id=found.contract.agency_id,
        title=f"{found.name} of contract {found.contract.piid}",
        path=found.path,
        value=calculations.absolute_change(found),
        kinds=(Kind.OTHER_THAN_FULL, Kind.SMALL_OFFICE),
    )


def _on_draft(who: Verdict, modification: ContractModification) -> Verdict:
    if isinstance(who, Refused) or modification.state == ModificationState.DRAFT:
        return who
    return Refused(f"This modification is {modification.get_state_display()}.")
