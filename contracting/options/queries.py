"""Options as one actor may see them, and what stands behind their exercise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from contracting.contracts.calculations import Window, windows
from contracting.contracts.models import Contract, ContractOption
from contracting.contracts.queries import not_responsible_because
from contracting.contracts.queries import visible_to as contracts_visible_to
from contracting.contracts.queries.stated import terms_of
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.periods import accounting_day, extended
from contracting.core.quantities import Dollars
from contracting.determinations.queries import approved
from contracting.determinations.states import Kind
from contracting.documents.calculations import instant_words
from contracting.evaluations.models import RegistrationImport
from contracting.ledger.queries import lines_of_accounting_of
from contracting.ledger.queries.positions import positions_of
from contracting.modifications.models import ContractModification
from contracting.options import calculations
from contracting.options.calculations.market import market_check
from contracting.options.models import (
    OptionDetermination,
    OptionIntent,
    SizeRepresentation,
    VendorSizeChange,
)
from contracting.options.states import (
    FINDINGS_DAYS,
    SIZE_CLAUSE,
    SIZE_EARLIEST,
    SIZE_LATEST,
    SIZE_YEARS,
    Standing,
)
from contracting.orders.states import ModificationState
from contracting.reference.queries import threshold
from contracting.solicitations.publishing.options import words_of
from contracting.solicitations.states import OptionKind, SetAside, SynopsisKind


def visible_to(actor: Actor) -> QuerySet[ContractOption]:
    """Those of visible contracts; to a vendor, of its own once they are signed."""
    return ContractOption.objects.filter(
        contract__in=contracts_visible_to(actor)
    ).select_related("contract__agency", "contract__vendor", "contract__solicitation")


def get_option_for(actor: Actor, public_id: str) -> ContractOption:
    """One option by its opaque id.

    :raises NotVisible: if it is not there for this actor
    """
    found = visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        message = "There is no such option."
        raise NotVisible(message, rule="R-ROL-07")
    return found


def get_told_option_for(actor: Actor, public_id: str) -> ContractOption:
    """An option of which the vendor was told.

    :raises NotVisible: if it is not there for this actor, or nobody was told
    """
    found = get_option_for(actor, public_id)
    if intent_of(found) is None:
        message = "No notice of intent was given on this option."
        raise NotVisible(message)
    return found


@dataclass(frozen=True, slots=True)
class Shown:
    """An option with its clock: where it stands and which day is next."""

    option: ContractOption
    window: Window | None
    standing: Standing
    next_step: str

    @property
    def words(self) -> str:
        """What it adds, when and at what price."""
        return words_of(terms_of(self.option))


def shown(option: ContractOption, on: date) -> Shown:
    """The option as its page shows it on a day of its contract."""
    window = calculations.window_of(option)
    told = intent_of(option) is not None
    standing = calculations.standing_of(option, window, is_told=told, on=on)
    return Shown(option, window, standing, _next(option, window, standing))


def shown_of(contract: Contract, on: date) -> list[Shown]:
    """Every option of the contract, by number."""
    return [shown(option, on) for option in contract.options.order_by("number")]


def _next(option: ContractOption, window: Window | None, standing: Standing) -> str:
    if window is None:
        return "Exercised; nothing is left to do."
    if standing == Standing.LAPSED:
        return (
            f"Its window closed on {window.closes_on}. What is still needed takes a "
            "new modification that both sign, with a justification."
        )
    if calculations.follows(option):
        return "It follows the option period before it."
    if standing == Standing.NOTICE_DUE:
        return f"Give the notice of intent by {window.intent_by}."
    if standing == Standing.EARLY:
        return f"It may be exercised from {window.opens_on} on."
    return f"Determine and exercise it by {window.closes_on}."


def intent_of(option: ContractOption) -> OptionIntent | None:
    """The notice of intent that was given, if one was."""
    return (
        OptionIntent.objects.filter(option=option)
        .select_related("signed_by__user", "receipt__received_by__user")
        .first()
    )


def intent_gap(option: ContractOption) -> str:
    """Why the notice of intent does not carry an exercise, if so (R-OPT-01).

    A late or missing one gives way to the contracting officer's memo.
    """
    if option.kind != OptionKind.PERIOD:
        return ""
    if approved(option.subject, Kind.LATE_INTENT) is not None:
        return ""
    intent, window = intent_of(option), calculations.window_of(option)
    if intent is None:
        by = window.intent_by if window else None
        return (
            f"The vendor was not told of the intent; it was due by {by}, "
            f"{option.notice_days} days before the ordering period ends."
        )
    if intent.is_late:
        return (
            f"The notice of intent went out on {intent.sent_on}; it was due by "
            f"{intent.due_on}."
        )
    return ""


def determination_of(option: ContractOption) -> OptionDetermination | None:
    """The last determination on an option."""
    found = option.determinations.select_related(
        "made_by__user", "line_of_accounting", "option__contract"
    )
    latest: OptionDetermination | None = found.order_by("-pk").first()
    return latest


def determination_gap(option: ContractOption, at: datetime) -> str:
    """Why no determination carries an exercise at an instant, if so (R-OPT-03)."""
    contract = option.contract
    on = accounting_day(at, contract.time_zone)
    made = determination_of(option)
    if made is None:
        return "No determination is made on it: funds, need, price, performance."
    days = int(threshold(FINDINGS_DAYS, on).value)
    if made.determined_on < on - timedelta(days=days):
        return (
            f"The determination of {made.determined_on} is older than {days} days; "
            "check the market and the other findings again."
        )
    return funds_gap(made, on) or not_responsible_because(contract, at)


def funds_gap(made: OptionDetermination, on: date) -> str:
    """Why the funds of a determination do not carry an exercise on a day, if so.

    Funds are available when the option is exercised, not only when it is found so
    (FAR 17.207(c)(1)): a fiscal year may end between the two.
    """
    named = made.line_of_accounting
    if not named.is_available(on):
        return (
            f"The determination of {made.determined_on} rests on funds that were "
            f"available until {named.funds_available_to}. Determine it again on funds "
            f"that are available on {on}."
        )
    lines = lines_of_accounting_of(made.option.contract.agency_id).filter(pk=named.pk)
    if any(each.free > Dollars() for each in positions_of(lines)):
        return ""
    return (
        f"The funds of the determination of {made.determined_on} are bound since: "
        f"nothing is left on {named.label}. Determine it again on other funds."
    )


def exclusion_checked(contract: Contract, at: datetime) -> str:
    """Which extract shows that the vendor is not excluded, in words."""
    latest = (
        RegistrationImport.objects.filter(
            agency_id=contract.agency_id, extracted_at__lte=at
        )
        .order_by("-extracted_at", "-pk")
        .first()
    )
    if latest is None:
        return ""
    return (
        f"{contract.vendor.name} is not excluded by the extract of "
        f"{instant_words(latest.extracted_at.isoformat())}."
    )


def synopsis_words(contract: Contract) -> str:
    """How the options were synopsized with the solicitation, as far as it says."""
    asked = contract.solicitation
    if asked.synopsis_kind == SynopsisKind.EXCEPTION:
        return f"Exception {asked.get_synopsis_exception_display()}."
    if asked.synopsis_id:
        return (
            f"Synopsized with the solicitation, {asked.get_synopsis_kind_display()}, "
            f"{asked.synopsis_id}."
        )
    return ""


def must_represent_size(contract: Contract) -> bool:
    """Whether the clause on stating its size anew binds the vendor (52.219-28)."""
    return (
        contract.solicitation.set_aside not in ("", SetAside.UNRESTRICTED)
        or contract.clauses.filter(clause__number=SIZE_CLAUSE).exists()
        or contract.size_representations.exists()
        or contract.size_changes.exists()
    )


def size_representations_of(contract: Contract) -> QuerySet[SizeRepresentation]:
    """What the vendor stated of its size, the latest first."""
    return contract.size_representations.select_related(
        "represented_by__user"
    ).order_by("-pk")


def size_changes_of(contract: Contract) -> QuerySet[VendorSizeChange]:
    """Its novations and mergers on record, the latest first."""
    return contract.size_changes.order_by("-happened_on", "-pk")


def size_gap(option: ContractOption, on: date) -> str:
    """Why the vendor's size stands in the way of an exercise, if so (R-OPT-06).

    After a novation or merger, and before an option that runs beyond the fifth year,
    the vendor states its size anew (FAR 52.219-28(b)).
    """
    contract = option.contract
    if not must_represent_size(contract):
        return ""
    stated = size_representations_of(contract).first()
    change = size_changes_of(contract).first()
    if change is not None and (
        stated is None or stated.represented_on < change.happened_on
    ):
        return (
            f"The vendor has not stated its size since the {change}; it was due by "
            f"{change.due_on}."
        )
    window = calculations.window_of(option)
    if option.kind != OptionKind.PERIOD or window is None or window.last_day is None:
        return ""
    years = int(threshold(SIZE_YEARS, on).value)
    fifth = extended(contract.ordering_start - timedelta(days=1), 12 * years)
    if window.last_day <= fifth:
        return ""
    first, last = size_days(window, on)
    if stated is None or stated.represented_on < first:
        return (
            f"The option runs beyond {fifth}, the end of year {years}. The vendor "
            f"states its size anew from {first} to {last}."
        )
    return ""


def size_days(window: Window, on: date) -> tuple[date, date]:
    """From when to when the vendor states its size before a late option."""
    earliest, latest = (
        int(threshold(code, on).value) for code in (SIZE_EARLIEST, SIZE_LATEST)
    )
    end = window.closes_on
    return end - timedelta(days=earliest), end - timedelta(days=latest)


def draft_of(option: ContractOption) -> ContractModification | None:
    """The draft that exercises the option, or the signed modification that did."""
    found = ContractModification.objects.filter(
        option=option, state__in=[ModificationState.DRAFT, ModificationState.ISSUED]
    )
    return found.select_related("contract").order_by("-pk").first()


def findings_before(option: ContractOption, at: datetime) -> dict[str, Any]:
    """What a determination begins with: the market check and what is on file."""
    contract = option.contract
    on = accounting_day(at, contract.time_zone)
    window = windows(contract).get(option.number)
    starts = calculations.first_day_of(option, window, on) if window else on
    market = market_check(option, starts, on)
    return {
        "market": market,
        "market_words": list(calculations.market_words(market.plain(on))),
        "exclusion": not_responsible_because(contract, at)
        or exclusion_checked(contract, at),
        "synopsis": synopsis_words(contract),
    }
