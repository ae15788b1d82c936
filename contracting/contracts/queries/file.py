"""The index of a contract's file: what belongs in it, where it is, or why it is not.

Every paper in the streams of the case is on it, also one that no item asks for, so that
the index is complete whatever is printed later (FAR 4.803).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from django.db.models import Q

from contracting.contracts.models import Contract, FileItem
from contracting.contracts.states import ContractState, FileStage
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.quantities import Dollars
from contracting.determinations.queries import determinations_of
from contracting.determinations.states import DeterminationState, Kind
from contracting.documents.models import Document
from contracting.documents.states import DocumentKind
from contracting.evaluations.queries import evaluations_visible_to
from contracting.market_research.queries import visible_to as rfis_visible_to
from contracting.reference.queries import threshold
from contracting.requisitions.queries import visible_to as requisitions_visible_to
from contracting.solicitations.states import ExtentCompeted, SynopsisKind


@dataclass(frozen=True, slots=True)
class Filed:
    """One thing in the file: what it is and where; or why there is none of its kind.

    ``code`` names an item of the file. Without a ``path`` it says why not; with one,
    ``may_open`` says whether its reader finds anything there.
    """

    code: str
    title: str
    path: str = ""
    on: date | None = None
    may_open: bool = True

    @property
    def is_there(self) -> bool:
        return bool(self.path)


@dataclass(slots=True)
class Entry:
    """An item of the index with what is filed under it."""

    item: FileItem | None
    title: str
    is_required: bool
    filed: list[Filed] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    @property
    def state(self) -> str:
        """There, missing, or not there for a reason or because nothing asks for it."""
        if self.filed:
            return "THERE"
        if self.reasons:
            return "EXPLAINED"
        return "MISSING" if self.is_required else "NONE"


OTHER: Final = "OTHER"
_BY_KIND: Final = {
    DocumentKind.SOLICITATION: "SOLICITATION",
    DocumentKind.REQUEST_FOR_QUOTATIONS: "SOLICITATION",
    DocumentKind.RECEIPT: "OFFERS",
    DocumentKind.PRICE_MEMO: "PRICE",
    DocumentKind.DECISION: "SELECTION",
    DocumentKind.CONTRACT: "CONTRACT",
    DocumentKind.DESIGNATION: "REPRESENTATIVE",
    DocumentKind.TASK_ORDER: "ORDERS",
    DocumentKind.MODIFICATION: "MODIFICATIONS",
    DocumentKind.LETTER: "LETTERS",
    DocumentKind.RECONCILIATION: "ACCEPTANCE",
    DocumentKind.RECEIVING_REPORT: "ACCEPTANCE",
    DocumentKind.VOUCHER: "PAYMENTS",
    DocumentKind.COMPLETION_STATEMENT: "CLOSE_OUT",
    DocumentKind.AWARD_SYNOPSIS: "NOTICES",
    DocumentKind.AWARD_NOTICE: "NOTICES",
    DocumentKind.DETERMINATION: "DETERMINATIONS",
    DocumentKind.JUSTIFICATION: "JUSTIFICATION",
    DocumentKind.CONFORMED_CONTRACT: "CONTRACT",
    DocumentKind.SERVICE_LEVELS: "CONTRACT",
    DocumentKind.INVOICE: "INVOICES",
    DocumentKind.BURN_NOTICE: "LETTERS",
    DocumentKind.LIMITATION_OF_FUNDS: "LETTERS",
    DocumentKind.DISPUTE_DECISION: "DISPUTES",
    DocumentKind.OPTION_INTENT: "LETTERS",
    DocumentKind.CLOSE_OUT_CHECKLIST: "CLOSE_OUT",
    DocumentKind.PERIOD_STATEMENT: "ACCEPTANCE",
    DocumentKind.SETTLEMENT: "LETTERS",
}
"""Under which item a paper is filed; one of another kind stands at the end."""

Tell = Callable[[Contract, Actor], Iterable[Filed]]
_tells: list[Tell] = []


def tell_file(tell: Tell) -> None:
    """Let a later stage, which this one does not know, put its records into the index.

    :param tell: what the file of a contract has of that stage, as this actor reads it
    """
    if tell not in _tells:
        _tells.append(tell)


def index_of(
    contract: Contract, actor: Actor, at: datetime
) -> list[tuple[str, list[Entry]]]:
    """Every entry by the stage that it belongs to, in the order of the file.

    The items are those in force on the day of the award; of a draft, on this day.

    :raises NoThreshold: if an amount that decides is not in force on that day
    """
    on = accounting_day(contract.awarded_at or at, contract.time_zone)
    entries = {item.code: _entry(item, contract, on) for item in _items(contract, on)}
    for each in [
        *_own(contract, actor),
        *_told(contract, actor),
        *_papers(contract, actor),
    ]:
        entry = entries.get(each.code)
        if entry is None:
            rest = Entry(None, "Other papers and records", is_required=False)
            entry = entries.setdefault(OTHER, rest)
        if each.is_there:
            entry.filed.append(each)
        else:
            entry.reasons.append(each.title)
    stages: dict[str, list[Entry]] = {str(label): [] for label in FileStage.labels}
    for entry in entries.values():
        stage = FileStage(entry.item.stage) if entry.item else FileStage.OTHER
        stages[str(stage.label)].append(entry)
    return [(label, found) for label, found in stages.items() if found]


def _items(contract: Contract, on: date) -> list[FileItem]:
    kinds = Q(instruments=[]) | Q(instruments__contains=[contract.instrument])
    return list(FileItem.objects.in_force(on).filter(kinds).order_by("position", "pk"))


def _entry(item: FileItem, contract: Contract, on: date) -> Entry:
    required, reasons = item.is_required, []
    if required and item.above:
        amount = Dollars(threshold(item.above, on).value)
        if Dollars(contract.whole_dollars) <= amount:
            required = False
            reasons = [f"Not required: its value is not above {amount}."]
    if item.stage in _AFTER_AWARD and contract.awarded_at is None:
        required, reasons = False, ["Not yet: the award is not signed."]
    if item.stage == FileStage.CLOSING and contract.state != ContractState.CLOSED:
        required, reasons = False, ["Not yet: the contract is not closed out."]
    return Entry(item, item.title, required, reasons=reasons)


_AFTER_AWARD: Final = (FileStage.AWARD, FileStage.ADMINISTRATION)


def _told(contract: Contract, actor: Actor) -> Iterable[Filed]:
    for tell in _tells:
        yield from tell(contract, actor)


def _papers(contract: Contract, actor: Actor) -> Iterable[Filed]:
    """Every paper of the case: of its solicitation, of the contract and its orders."""
    solicitation = contract.solicitation
    papers = Document.objects.visible_to(actor).filter(
        stream__in=[solicitation.stream, contract.stream]
    )
    for paper in papers.order_by("pk"):
        code = _BY_KIND.get(DocumentKind(paper.kind), OTHER)
        if paper.stream == solicitation.stream and code == "MODIFICATIONS":
            code = "SOLICITATION"
        day = accounting_day(paper.recorded_at, contract.time_zone)
        yield Filed(code, paper.title, f"/documents/{paper.public_id}", day)


def _own(contract: Contract, actor: Actor) -> Iterable[Filed]:
    """What was recorded from the need to the award, and on the contract itself."""
    solicitation, zone = contract.solicitation, contract.time_zone
    need = solicitation.requisition
    where = f"/requisitions/{need.public_id}"
    sees_need = requisitions_visible_to(actor).filter(pk=need.pk).exists()
    named = f"{need.number} {need.title}"
    yield Filed("REQUISITION", named, where, may_open=sees_need)
    for estimate in need.independent_estimates.order_by("pk"):
        what = f"Estimate at public list, version {estimate.version}"
        yield Filed("ESTIMATE", what, where, estimate.priced_on, sees_need)
    seen = set(rfis_visible_to(actor).values_list("pk", flat=True))
    for rfi in need.rfis.order_by("pk"):
        yield Filed("MARKET", f"{rfi}", rfi.path, may_open=rfi.pk in seen)
    yield from _publication(contract)
    evaluates = evaluations_visible_to(actor).filter(pk=solicitation.pk).exists()
    for made in determinations_of(solicitation.subject).filter(
        state=DeterminationState.APPROVED
    ):
        code = _DETERMINED.get(made.kind, "DETERMINATIONS")
        day = accounting_day(made.made_at, zone)
        yield Filed(code, made.get_kind_display().capitalize(), made.path, day)
    for code, what, path in (
        ("OFFERS", "Offers and their ratings", f"{solicitation.path}/offers"),
        ("PRICE", "Price analysis", f"{solicitation.path}/price"),
        (
            "RESPONSIBILITY",
            "Responsibility of the vendor",
            f"/offers/{contract.offer.public_id}/responsibility",
        ),
    ):
        yield Filed(code, what, path, may_open=evaluates)
    yield from _funds(contract)
    for notice in contract.unsuccessful_notices.order_by("pk"):
        day, path = accounting_day(notice.sent_at, zone), contract.path
        yield Filed("NOTICES", f"Notice to {notice.submission.vendor.name}", path, day)
    report = getattr(contract, "action_report", None)
    if report is not None:
        what, path = "Contract action report", contract.path
        yield Filed("ACTION_REPORT", what, path, report.reported_on)
    for protest in contract.protests.order_by("pk"):
        what, day = f"Protest {protest.number}", protest.notified_on
        yield Filed("PROTESTS", what, contract.path, day)
    for review in contract.agreement_reviews.order_by("pk"):
        day = accounting_day(review.reviewed_at, zone)
        yield Filed("AGREEMENT_REVIEW", "Yearly review", contract.path, day)


_DETERMINED: Final[Mapping[str, str]] = {
    Kind.RULE_OF_TWO: "SET_ASIDE",
    Kind.OTHER_THAN_FULL: "JUSTIFICATION",
    Kind.BRAND_NAME: "JUSTIFICATION",
}


def _publication(contract: Contract) -> Iterable[Filed]:
    solicitation = contract.solicitation
    path = solicitation.path
    if solicitation.synopsis_kind == SynopsisKind.EXCEPTION:
        words = solicitation.get_synopsis_exception_display()
        yield Filed("SYNOPSIS", f"No synopsis: {words}.")
    elif solicitation.synopsis_id:
        day = solicitation.synopsis_posted_on
        yield Filed("SYNOPSIS", f"Synopsis {solicitation.synopsis_id}", path, day)
    words = solicitation.get_set_aside_display()
    yield Filed("SET_ASIDE", f"Decided: {words}", solicitation.path)
    if solicitation.in_the_open:
        yield Filed("SOLICITATION", f"{solicitation.piid}, in the open", path)
        yield Filed("SELECTION", "With the price: one quotation was taken.")
        yield Filed("JUSTIFICATION", f"Not needed: {solicitation.competition}.")
    elif solicitation.extent_competed == ExtentCompeted.FULL:
        yield Filed("JUSTIFICATION", "Not needed: full and open competition.")


def _funds(contract: Contract) -> Iterable[Filed]:
    certified = {
        (part.certified_by.user.name, part.certified_at)
        for line in contract.lines.all()
        for part in line.funding.select_related("certified_by__user")
        if part.certified_by is not None and part.certified_at is not None
    }
    for name, instant in sorted(certified, key=lambda each: each[1]):
        day = accounting_day(instant, contract.time_zone)
        yield Filed("FUNDS", f"Certified by {name}", contract.path, day)
    if contract.is_agreement:
        yield Filed("FUNDS", "Not needed: an agreement binds no funds.")
