"""Reads of contracts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Organization
from accounts.states import SOURCE_SELECTION_ROLES, Role
from contracting.contracts import refusals
from contracting.contracts.calculations import last_day
from contracting.contracts.models import (
    Contract,
    CorDesignation,
    DebriefingRequest,
    Protest,
    RateRow,
    UnenforceableTerm,
    UnsuccessfulNotice,
)
from contracting.contracts.states import ContractState
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.periods import accounting_day, add_business_days
from contracting.core.quantities import Dollars
from contracting.determinations.models import Determination
from contracting.determinations.queries import approved
from contracting.determinations.states import Kind
from contracting.evaluations.models import (
    RegistrationImport,
    RegistrationRecord,
    SelectedOffer,
)
from contracting.evaluations.queries import require_open, unsuccessful
from contracting.reference.queries import threshold
from contracting.solicitations.models import Solicitation
from contracting.solicitations.states import SolicitationState
from contracting.submissions.models import Submission

UNSIGNED = (ContractState.DRAFT, ContractState.DISCARDED)
NOT_IN_FORCE = (*UNSIGNED, ContractState.OFFERED)
DRAFT_ROLES = SOURCE_SELECTION_ROLES | {Role.FUNDS_CERTIFIER}
"""Who reads a draft award: it says who was selected, and at which prices."""
OFFICE_ROLES = (Role.CONTRACTING_OFFICER, Role.CONTRACT_SPECIALIST, Role.AUDITOR)
"""Who reads what unsuccessful offerors were told, and what is due after an award."""


def visible_to(actor: Actor) -> QuerySet[Contract]:
    """The agency's own contracts; to a vendor, its own once awarded or offered.

    A draft or offered award is source selection information (FAR 3.104): of the agency
    only who takes part in the selection, certifies its funds or audits it reads one.
    """
    contracts = Contract.objects.select_related("agency", "vendor", "solicitation")
    if actor.is_agency and (actor.role or actor.is_key):
        own = contracts.filter(agency_id=actor.organization_id)
        if actor.has_role(*DRAFT_ROLES):
            return own.exclude(state=ContractState.DISCARDED)
        return own.exclude(state__in=NOT_IN_FORCE)
    if actor.is_vendor and (actor.role or actor.is_key):
        own = contracts.filter(vendor_id=actor.organization_id)
        return own.exclude(state__in=UNSIGNED)
    return contracts.none()


def get_contract_for(actor: Actor, public_id: str) -> Contract:
    """One contract by its opaque id.

    :raises NotVisible: if it is not there for this actor
    """
    contract = visible_to(actor).filter(public_id=public_id).first()
    if contract is None:
        message = "There is no such contract."
        raise NotVisible(message, rule="R-ROL-07")
    return contract


def public_awards() -> QuerySet[Contract]:
    """Awards as the public sees them (FAR 5.301), newest first."""
    return (
        Contract.objects.select_related("agency", "vendor", "solicitation")
        .exclude(state__in=NOT_IN_FORCE)
        .order_by("-awarded_at")
    )


def rates_in_force(contract: Contract, at: datetime) -> QuerySet[RateRow]:
    """The rate card at an instant, as known now."""
    return (
        RateRow.objects.filter(
            line__contract=contract, superseded_at__isnull=True, in_force__contains=at
        )
        .select_related("line", "model", "tokenizer", "token_class")
        .order_by("slin")
    )


def has_reasonable_price(contract: Contract) -> bool:
    """Whether the price analysis of its award found its prices reasonable (R-EVL-07).

    The record covers what is ordered at these prices or below; another price needs a
    record of its own.
    """
    reasonable = contract.decision.price_analysis.reasonable_submission_ids
    return contract.selection.submission_id in reasonable


def representatives(contract: Contract, on: date) -> QuerySet[CorDesignation]:
    """Who represents the contracting officer on that day, by a letter in force."""
    found = designations_in_force(on).filter(contract=contract)
    return found.select_related("membership__user")


def free_sublines(contract: Contract, slins: Iterable[str]) -> list[str]:
    """Those of these sublines that no agreement marks as no cost (R-FND-11)."""
    agreed = set(contract.gratuitous_services.values_list("slin", flat=True))
    return sorted(set(slins) - agreed)


def designations_in_force(on: date) -> QuerySet[CorDesignation]:
    """The letters that bind on that day: accepted, certified, between their dates.

    Of several to one person on a contract the last one counts (R-ROL-05).
    """
    later = CorDesignation.objects.filter(
        contract=OuterRef("contract"),
        membership=OuterRef("membership"),
        pk__gt=OuterRef("pk"),
    )
    return CorDesignation.objects.filter(
        ~Exists(later),
        acceptance__isnull=False,
        valid_from__lte=on,
        valid_to__gte=on,
        certified_until__gte=on,
    ).exclude(level="")


def designation_of(actor: Actor, contract: Contract) -> CorDesignation | None:
    """The last letter to this person on this contract, in force or not."""
    found = CorDesignation.objects.filter(
        contract=contract, membership_id=actor.own_membership_id
    )
    return found.select_related("acceptance").order_by("-pk").first()


def letters_of(contract: Contract) -> QuerySet[CorDesignation]:
    """Every letter of designation on the contract, the newest first."""
    found = contract.cor_designations.select_related(
        "membership__user", "acceptance", "designated_by__user"
    )
    return found.order_by("-pk")


def live() -> QuerySet[Contract]:
    """Every contract that is drafted or signed, and not discarded."""
    return Contract.objects.exclude(state=ContractState.DISCARDED)


def undrafted() -> QuerySet[SelectedOffer]:
    """The selected offers of which no award is drafted, signed or forgone, in order."""
    taken = live().filter(selection=OuterRef("pk"))
    found = SelectedOffer.objects.filter(~Exists(taken), forgone__isnull=True)
    return found.select_related("submission__vendor").order_by("decision", "position")


def require_awardable(solicitation: Solicitation) -> None:
    """Insist on a solicitation on which an offer can still be awarded.

    With the first signature it is awarded; the other offers that were selected are
    awarded after it, each by its own contract.

    :raises NotOpened: before the opening, and once it is cancelled or over
    """
    if solicitation.state != SolicitationState.AWARDED:
        require_open(solicitation)


def search(actor: Actor, text: str) -> QuerySet[Contract]:
    """Contracts whose number is exactly this text, or whose title contains it."""
    return visible_to(actor).filter(
        Q(piid__iexact=text.strip()) | Q(title__icontains=text.strip())
    )


def suspending_protest(contract: Contract) -> Protest | None:
    """The protest that suspends performance and ordering now (R-AWD-07)."""
    found = Protest.objects.filter(
        contract=contract, suspends=True, finding__isnull=True
    )
    return found.order_by("pk").first()


def protests_of(contract: Contract) -> QuerySet[Protest]:
    """Every protest against the award, with what lifted its suspension."""
    return Protest.objects.filter(contract=contract).select_related("finding")


def single_award_above(contract: Contract, on: date) -> Dollars | None:
    """The amount above which a single award is determined, if this one lies above it.

    FAR 16.504(c)(1)(ii)(D) (R-AWD-04). One of several selected is a single award as
    long as no other award of the decision is drafted or signed.

    :raises NoThreshold: if no amount is in force on that day
    """
    if not contract.takes_orders:
        return None
    beside = live().filter(decision_id=contract.decision_id).exclude(pk=contract.pk)
    if beside.exists():
        return None
    amount = Dollars(threshold("SINGLE_AWARD_IDIQ", on).value)
    return amount if Dollars(contract.whole_dollars) > amount else None


def single_award_determination(contract: Contract) -> Determination | None:
    """The determination of the agency's head that stands on this award."""
    return approved(contract.subject, Kind.SINGLE_AWARD)


def require_still_eligible(contract: Contract, at: datetime) -> None:
    """Insist on what can have changed since a signed offer: no exclusion is known.

    The check of the day stands behind the signature; the vendor, who can import no
    extract, is judged by the latest one.

    :raises NotResponsible: if the latest extract excludes the vendor (R-EVL-08)
    """
    because = _exclusion(contract, _latest_extract(contract, at), contract.vendor)
    if because:
        raise refusals.NotResponsible(because)


def not_responsible_because(
    contract: Contract, at: datetime, *, successor: Organization | None = None
) -> str:
    """Why the vendor is not awarded now, by the latest extract, if so (R-EVL-08).

    FAR 9.104-1, 9.405(d): not excluded, in an extract of less than a day. An exclusion
    gives way to a compelling reason of the agency's head. Registration is a rule of its
    own (R-SUB-06).

    :param successor: another vendor, that shall take the contract over
    """
    latest = _latest_extract(contract, at)
    on = accounting_day(at, contract.time_zone)
    days = int(threshold("EXCLUSION_CHECK", on).value)
    if latest is None or latest.extracted_at < at - timedelta(days=days):
        return (
            "Registration and exclusions of the vendor were not checked within the "
            "last day. Import an extract of today."
        )
    return _exclusion(contract, latest, successor or contract.vendor)


def not_registered_because(
    contract: Contract, vendor: Organization, at: datetime
) -> str:
    """Why a vendor may not take the contract over for want of a registration, if so."""
    record = RegistrationRecord.objects.filter(
        registration_import=_latest_extract(contract, at), uei=vendor.uei
    ).first()
    on = accounting_day(at, contract.time_zone)
    if record is None or record.registered_until < on:
        return f"{vendor.name} is not registered in the latest extract."
    return ""


def _latest_extract(contract: Contract, at: datetime) -> RegistrationImport | None:
    extracts = RegistrationImport.objects.filter(
        agency_id=contract.agency_id, extracted_at__lte=at
    )
    return extracts.order_by("-extracted_at", "-pk").first()


def _exclusion(
    contract: Contract, extract: RegistrationImport | None, vendor: Organization
) -> str:
    record = RegistrationRecord.objects.filter(
        registration_import=extract, uei=vendor.uei
    ).first()
    exclusion = record.exclusion if record else ""
    if exclusion and approved(contract.subject, Kind.COMPELLING_REASON) is None:
        return f"{vendor.name} is excluded: {exclusion}."
    return ""


@dataclass(frozen=True, slots=True)
class Clock:
    """What is due after an award, by which day, and when it was done if it was."""

    contract: Contract
    what: str
    rule: str
    path: str
    due_on: date
    done_on: date | None = None

    def is_overdue(self, on: date) -> bool:
        """Whether its day has passed and it is not done."""
        return self.done_on is None and on > self.due_on

    @property
    def was_late(self) -> bool:
        """Whether it was done after its day."""
        return self.done_on is not None and self.done_on > self.due_on


def keeps_the_days(actor: Actor) -> bool:
    """Whether the actor belongs to the office that sees to what is due after awards."""
    return actor.is_agency and actor.has_role(*OFFICE_ROLES)


def clocks_of(contract: Contract) -> list[Clock]:
    """What is due after the award: notice, report and debriefings.

    R-AWD-05, R-AWD-08, R-AWD-06.
    """
    if contract.awarded_at is None:
        return []
    return [
        *_notice_clock(contract),
        _report_clock(contract),
        *_debriefing_clocks(contract),
    ]


def running_clocks(actor: Actor) -> list[Clock]:
    """What the actor's agency has not done yet after its awards, the oldest first."""
    signed = visible_to(actor).filter(awarded_at__isnull=False)
    clocks = [clock for each in signed for clock in clocks_of(each)]
    left = [clock for clock in clocks if clock.done_on is None]
    return sorted(left, key=lambda clock: (clock.due_on, clock.contract.pk))


def _notice_clock(contract: Contract) -> list[Clock]:
    assert contract.awarded_at is not None  # noqa: S101 (typing)
    zone = contract.time_zone
    if first_award(contract.solicitation) != contract:
        return []
    sent = contract.unsuccessful_notices.order_by("pk").first()
    if sent is None and not unsuccessful(contract.solicitation).exists():
        return []
    return [
        Clock(
            contract,
            "Notice to the unsuccessful offerors",
            "R-AWD-05",
            f"{contract.path}/notify_unsuccessful",
            notice_due_on(contract),
            accounting_day(sent.sent_at, zone) if sent else None,
        )
    ]


def _report_clock(contract: Contract) -> Clock:
    report = getattr(contract, "action_report", None)
    return Clock(
        contract,
        "Contract action report",
        "R-AWD-08",
        f"{contract.path}/report_contract_action",
        report_due_on(contract),
        report.reported_on if report else None,
    )


def _debriefing_clocks(contract: Contract) -> list[Clock]:
    asked = DebriefingRequest.objects.filter(
        notice__contract=contract, due_on__isnull=False
    ).select_related("notice__submission__vendor", "debriefing")
    return [
        Clock(
            contract,
            f"Debriefing of {each.notice.submission.called}",
            "R-AWD-06",
            f"/debriefings/{each.public_id}/hold_debriefing",
            each.due_on,
            each.debriefing.held_on if hasattr(each, "debriefing") else None,
        )
        for each in asked.order_by("pk")
        if each.due_on is not None
    ]


def notice_due_on(contract: Contract) -> date:
    """The last day for the notice to unsuccessful offerors (FAR 15.503(b)(1)).

    :raises NotVisible: if nothing is awarded
    """
    return last_day("AWARD_NOTICE", awarded_on(contract))


def report_due_on(contract: Contract) -> date:
    """The last day for the contract action report, in business days (FAR 4.604(b)).

    :raises NotVisible: if nothing is awarded
    """
    on = awarded_on(contract)
    return add_business_days(on, int(threshold("ACTION_REPORT", on).value))


def awarded_on(contract: Contract) -> date:
    """The day of the signature, in the contract's zone.

    :raises NotVisible: if nothing is awarded
    """
    if contract.awarded_at is None:
        message = "Nothing is awarded yet."
        raise NotVisible(message)
    return accounting_day(contract.awarded_at, contract.time_zone)


def first_award(solicitation: Solicitation) -> Contract | None:
    """The contract that was signed first: the clock of its notices runs from it."""
    found = public_awards().filter(solicitation=solicitation)
    return found.order_by("awarded_at", "pk").first()


def award_on(submission: Submission) -> Contract | None:
    """The signed contract of an offer; of another one of its solicitation, if none."""
    own = public_awards().filter(selection__submission=submission).first()
    return own or first_award(submission.solicitation)


def notice_to(submission: Submission) -> UnsuccessfulNotice | None:
    """What the vendor of this offer was told, with its debriefing."""
    return (
        UnsuccessfulNotice.objects.filter(submission=submission)
        .select_related("debriefing_request__debriefing", "contract")
        .first()
    )


def debriefing_asked_until(notice: UnsuccessfulNotice) -> date:
    """The last day on which a request makes the debriefing required (FAR 15.506(a))."""
    told_on = accounting_day(notice.sent_at, notice.contract.time_zone)
    return last_day("DEBRIEF_REQUEST", told_on)


def get_debriefing_for(actor: Actor, public_id: str) -> DebriefingRequest:
    """A request on one of the agency's contracts.

    :raises NotVisible: for everybody else
    """
    found = None
    if keeps_the_days(actor):
        found = (
            DebriefingRequest.objects.filter(
                public_id=public_id, notice__contract__in=visible_to(actor)
            )
            .select_related(
                "notice__contract__agency",
                "notice__submission__vendor",
                "requested_by__user",
            )
            .first()
        )
    if found is None:
        message = "There is no such request for a debriefing."
        raise NotVisible(message)
    return found


def day_offered(contract: Contract) -> date | None:
    """The last day offered for a debriefing that was required, as is on file."""
    asked = DebriefingRequest.objects.filter(
        notice__contract__solicitation=contract.solicitation_id,
        is_required=True,
        debriefing__isnull=False,
    )
    return (
        asked.order_by("-debriefing__offered_on")
        .values_list("debriefing__offered_on", flat=True)
        .first()
    )


def unenforceable_terms(on: date) -> QuerySet[UnenforceableTerm]:
    """The kinds of vendor terms that bind nobody on that day (R-AWD-10)."""
    return UnenforceableTerm.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=on), valid_from__lte=on
    ).order_by("pk")
