"""Who may report, assign and correct usage."""

from __future__ import annotations

from datetime import date

from accounts.permissions import role_in, scope_in
from accounts.states import VENDOR_ROLES, ReviewField, Role, Scope
from contracting.contracts.models import Contract
from contracting.contracts.permissions import as_representative
from contracting.core.actors import Actor
from contracting.core.permissions import Allowed, Refused, Verdict
from contracting.metering.models import FundsNotice, RatingRun, SavedView, UsageSource
from contracting.metering.states import RELEASABLE, HoldReason, RatingRunState
from contracting.orders.models import OrderLine, TaskOrder


def can_register_source(by: Actor, agency_id: int | None) -> Verdict:
    """An administrator of the agency."""
    if by.is_system:
        return Allowed()
    return role_in(by, agency_id, Role.ADMINISTRATOR, doing="register a usage source")


def can_ingest_usage(by: Actor, agency_id: int, source: str = "") -> Verdict:
    """The gateway's own key, or the COR or CO of the agency with a file.

    :param source: the code of the source, where one is named
    """
    if not by.is_key:
        roles = (Role.COR, Role.CONTRACTING_OFFICER, Role.ADMINISTRATOR)
        return role_in(by, agency_id, *roles, doing="import usage")
    verdict = scope_in(by, agency_id, Scope.USAGE_WRITE)
    if isinstance(verdict, Refused):
        return verdict
    if by.sources and source not in by.sources:
        return Refused("This key may not write for this source.")
    return verdict


def can_receive_buckets(by: Actor, source: UsageSource) -> Verdict:
    """Whoever may import usage of the source, while it reports."""
    if source.closed_at is not None:
        return Refused("This source is closed; its reports go to its successor.")
    return can_ingest_usage(by, source.agency_id, source.code)


def can_map_columns(by: Actor, agency_id: int) -> Verdict:
    """Whoever may import a file for the agency says how it is read; no machine does."""
    roles = (Role.COR, Role.CONTRACTING_OFFICER, Role.ADMINISTRATOR)
    return role_in(by, agency_id, *roles, doing="map the columns of usage files")


def can_assign_usage(by: Actor, agency_id: int) -> Verdict:
    """The representative or the contracting officer of the agency (R-MET-08)."""
    return role_in(
        by, agency_id, Role.COR, Role.CONTRACTING_OFFICER, doing="assign held usage"
    )


def can_assign_usage_to_order(by: Actor, order: TaskOrder, on: date) -> Verdict:
    """The contract's designated representative, or a contracting officer (R-MET-08).

    :param on: the day on which the designation must be in force (R-ROL-05)
    """
    verdict = can_assign_usage(by, order.contract.agency_id)
    return as_representative(verdict, by, order.contract, on)


def can_dispose_usage(by: Actor, agency_id: int) -> Verdict:
    """The representative or the contracting officer of the agency (R-MET-08)."""
    return role_in(
        by,
        agency_id,
        Role.COR,
        Role.CONTRACTING_OFFICER,
        doing="dispose of held usage",
    )


def can_release_usage(by: Actor, agency_id: int, held_for: str) -> Verdict:
    """Whoever answers for what held the calls.

    The representative for a limit (R-MET-06), the contracting officer for an estimate
    (R-MET-03), the authorizing official, who is the security reviewer, for a boundary
    (R-AI-02). For any other reason a call is assigned or disposed of.
    """
    officer = (Role.CONTRACTING_OFFICER,)
    if held_for == HoldReason.BEYOND_LIMITS:
        doing = "release usage beyond a limit"
        return role_in(by, agency_id, Role.COR, *officer, doing=doing, rule="R-MET-06")
    if held_for == HoldReason.NOT_MEASURED:
        doing = "have an estimate charged"
        return role_in(by, agency_id, *officer, doing=doing, rule="R-MET-03")
    if held_for == HoldReason.AUTHORIZATION_LAPSED:
        return role_in(
            by,
            agency_id,
            Role.REVIEWER,
            review_field=ReviewField.SECURITY,
            doing="release usage of a boundary that was not authorized",
            rule="R-AI-02",
        )
    return Refused("Calls held for this reason are assigned or disposed of.")


def can_release_any_usage(by: Actor, agency_id: int) -> Verdict:
    """Whoever may release calls that are held for one reason at least."""
    verdicts = [can_release_usage(by, agency_id, each) for each in RELEASABLE]
    return next((each for each in verdicts if each), verdicts[0])


def can_map_key(by: Actor, agency_id: int) -> Verdict:
    """Who answers for the agency's contracts, or its administrator of gateways."""
    return role_in(
        by,
        agency_id,
        Role.COR,
        Role.CONTRACTING_OFFICER,
        Role.ADMINISTRATOR,
        doing="say whose a key of the gateway is",
    )


def can_declare_source_of_record(by: Actor, order: TaskOrder) -> Verdict:
    """The representative or the contracting officer of the agency."""
    return role_in(
        by,
        order.contract.agency_id,
        Role.COR,
        Role.CONTRACTING_OFFICER,
        doing="say which source is of record",
    )


def can_set_usage_limit(by: Actor, contract: Contract) -> Verdict:
    """A contracting officer of the agency; it is a term of the contract (R-MET-06)."""
    return role_in(
        by,
        contract.agency_id,
        Role.CONTRACTING_OFFICER,
        doing="say what a call can have at most",
        rule="R-MET-06",
    )


def can_change_outcome_policy(by: Actor, contract: Contract) -> Verdict:
    """A contracting officer of the agency, by a modification (R-MET-07)."""
    return role_in(
        by,
        contract.agency_id,
        Role.CONTRACTING_OFFICER,
        doing="say which outcomes are charged",
        rule="R-MET-07",
    )


def can_close_source(by: Actor, source: UsageSource) -> Verdict:
    """An administrator of the agency, while the source is open."""
    verdict = role_in(
        by, source.agency_id, Role.ADMINISTRATOR, doing="close a usage source"
    )
    if verdict and source.closed_at is not None:
        return Refused("This source is closed already.")
    return verdict


def can_detach_source(by: Actor, source: UsageSource) -> Verdict:
    """An administrator of the agency, once it is closed; once only."""
    verdict = role_in(
        by, source.agency_id, Role.ADMINISTRATOR, doing="put a usage source away"
    )
    if verdict and source.closed_at is None:
        return Refused("Close the source first: it may still report.")
    if verdict and hasattr(source, "archive"):
        return Refused("The calls of this source are put away already.")
    return verdict


def can_report_completeness(by: Actor, source: UsageSource) -> Verdict:
    """The gateway's own key, or whoever may import its usage."""
    return can_ingest_usage(by, source.agency_id, source.code)


def can_alarm_of_sources(by: Actor) -> Verdict:
    """The schedule; nobody else raises alarms in its name."""
    if by.is_system:
        return Allowed()
    return Refused("Alarms are raised by the schedule.")


def can_remind_suspense(by: Actor) -> Verdict:
    """The schedule; nobody else sends reminders in its name."""
    if by.is_system:
        return Allowed()
    return Refused("Reminders are sent by the schedule.")


def can_correct_usage(by: Actor, agency_id: int) -> Verdict:
    """The representative of the agency, with a reason."""
    return role_in(by, agency_id, Role.COR, doing="correct metered usage")


def can_move_usage(by: Actor, agency_id: int) -> Verdict:
    """Whoever settles what was counted on the wrong order."""
    return role_in(
        by,
        agency_id,
        Role.COR,
        Role.CONTRACTING_OFFICER,
        doing="move metered usage",
    )


def can_rate_order_line(by: Actor, line: OrderLine) -> Verdict:
    """The same, of an order line; only what is priced by volume is rated."""
    if not line.contract_line.is_by_volume:
        return Refused(f"Line {line.clin} has the same price at every volume.")
    return can_rate_period(by, line.order.contract.agency_id)


def can_rate_period(by: Actor, agency_id: int) -> Verdict:
    """The schedule, or the representative or contracting officer of the agency."""
    if by.is_system:
        return Allowed()
    return role_in(
        by, agency_id, Role.COR, Role.CONTRACTING_OFFICER, doing="rate a period"
    )


def can_rerate_usage(by: Actor, contract: Contract) -> Verdict:
    """Whoever answers for the contract may prepare it; nothing is changed by it."""
    return can_rerate_any_usage(by, contract.agency_id)


def can_rerate_any_usage(by: Actor, agency_id: int) -> Verdict:
    """The same, before a contract is chosen."""
    return role_in(
        by,
        agency_id,
        Role.COR,
        Role.CONTRACT_SPECIALIST,
        Role.CONTRACTING_OFFICER,
        doing="prepare a re-rating",
    )


def can_approve_rerating(by: Actor, run: RatingRun) -> Verdict:
    """A contracting officer of the agency, who did not prepare it (R-ROL-03)."""
    verdict = role_in(
        by,
        run.contract.agency_id,
        Role.CONTRACTING_OFFICER,
        doing="approve a re-rating",
    )
    if verdict and by.user_id == run.prepared_by.user_id:
        return Refused("You prepared this; somebody else approves it.", "R-ROL-03")
    return _on_draft_run(verdict, run)


def can_discard_rerating(by: Actor, run: RatingRun) -> Verdict:
    """Whoever may prepare one gives a draft up."""
    return _on_draft_run(can_rerate_usage(by, run.contract), run)


def _on_draft_run(verdict: Verdict, run: RatingRun) -> Verdict:
    if verdict and run.state != RatingRunState.DRAFT:
        return Refused(f"This run is {run.get_state_display()}.")
    return verdict


def can_set_notice_terms(by: Actor, contract: Contract) -> Verdict:
    """A contracting officer of the agency (R-FND-07)."""
    return role_in(
        by,
        contract.agency_id,
        Role.CONTRACTING_OFFICER,
        doing="set the shares at which notice is given",
        rule="R-FND-07",
    )


def can_acknowledge_notice(by: Actor, notice: FundsNotice) -> Verdict:
    """One of those who are told: of the agency or of the vendor (R-FND-07)."""
    contract = notice.order.contract
    if by.acts_for(contract.vendor_id):
        return role_in(
            by,
            contract.vendor_id,
            *VENDOR_ROLES,
            doing="acknowledge this notice",
            rule="R-FND-07",
        )
    return role_in(
        by,
        contract.agency_id,
        Role.COR,
        Role.CONTRACTING_OFFICER,
        Role.PROGRAM_MANAGER,
        doing="acknowledge this notice",
        rule="R-FND-07",
    )


def can_remind_notices(by: Actor) -> Verdict:
    """The schedule; nobody else sends notices of funds in its name."""
    if by.is_system:
        return Allowed()
    return Refused("Notices of funds are given by the schedule.", "R-FND-07")


def can_authorize_usage(by: Actor, agency_id: int, source: str) -> Verdict:
    """The gateway's own key, for its own source; no person spends for it."""
    verdict = scope_in(by, agency_id, Scope.USAGE_WRITE)
    if isinstance(verdict, Refused):
        return verdict
    if by.sources and source not in by.sources:
        return Refused("This key may not reserve for this source.")
    return verdict


def can_release_reservation(by: Actor, agency_id: int, source: str) -> Verdict:
    """The gateway's own key; a representative or contracting officer with a reason."""
    if by.is_key:
        return can_authorize_usage(by, agency_id, source)
    return role_in(
        by,
        agency_id,
        Role.COR,
        Role.CONTRACTING_OFFICER,
        doing="release what is reserved",
    )


def can_sweep_reservations(by: Actor) -> Verdict:
    """The schedule; nobody else ends leases."""
    if by.is_system:
        return Allowed()
    return Refused("Leases are ended by the schedule.")


def can_limit_spending(by: Actor, order: TaskOrder, on: date) -> Verdict:
    """The contract's designated representative, or a contracting officer."""
    verdict = role_in(
        by,
        order.contract.agency_id,
        Role.COR,
        Role.CONTRACTING_OFFICER,
        doing="limit what is spent",
    )
    return as_representative(verdict, by, order.contract, on)


def can_choose_control(by: Actor, order: TaskOrder) -> Verdict:
    """The contracting officer of the agency (R-MET-10)."""
    return role_in(
        by,
        order.contract.agency_id,
        Role.CONTRACTING_OFFICER,
        doing="choose between hard and soft control",
        rule="R-MET-10",
    )


def can_unpark_usage(by: Actor, agency_id: int) -> Verdict:
    """The representative, the contracting officer or the administrator."""
    roles = (Role.COR, Role.CONTRACTING_OFFICER, Role.ADMINISTRATOR)
    return role_in(by, agency_id, *roles, doing="try parked usage again")


def can_rebuild_rollups(by: Actor) -> Verdict:
    """The machinery, and who operates the site."""
    if by.is_system:
        return Allowed()
    return Refused("Roll-ups are rebuilt by the machinery.")


def can_save_view(by: Actor, agency_id: int) -> Verdict:
    """Any person of the agency, for themselves."""
    is_one = by.own_membership_id is not None and by.is_agency and bool(by.role)
    if is_one and by.acts_for(agency_id):
        return Allowed()
    return Refused("Only a person of this agency may save a view.")


def can_discard_view(by: Actor, view: SavedView) -> Verdict:
    """Whoever has saved it."""
    if by.own_membership_id is not None and by.own_membership_id == view.owner_id:
        return Allowed()
    return Refused("Only the person who saved the view may discard it.")
