"""Propose a change of a signed contract: its authority, its words, its effects."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.contracts.calculations import content, months_in_all
from contracting.contracts.models import Contract
from contracting.contracts.queries import awarded_on
from contracting.contracts.queries.guards import require_total_length
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256, plain
from contracting.core.identifiers import check_clin, check_slin
from contracting.core.periods import accounting_day, extended
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.modifications import calculations, events, permissions, queries
from contracting.modifications.calculations.drafts import (
    line_of,
    require_amount,
    require_measured,
    require_orderable,
    require_structure,
)
from contracting.modifications.models import ContractModification
from contracting.modifications.operations.certify_minimum import (
    require_minimum_paid,
)
from contracting.modifications.queries.prices import reaching_accepted
from contracting.modifications.refusals import (
    ChangesNothing,
    EffectiveDateInvalid,
    NoAuthority,
    OrderingPeriodOver,
    PriceNotReasonable,
    PriceRise,
    ScopeNotDetermined,
    TermInvalid,
    UsageAccepted,
)
from contracting.modifications.states import (
    AUTHORITIES,
    LineDraft,
    Proposal,
    RateDraft,
    Series,
    UnitRateDraft,
)
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.orders.states import ModificationAuthority
from contracting.reference.models import AiModel, TokenClass
from contracting.solicitations.publishing.instruments import nominal_minimum
from contracting.solicitations.publishing.options import (
    checked_options,
    drafts_of,
    require_short_extensions,
)
from contracting.solicitations.states import OptionKind


@transaction.atomic
def draft_contract_modification(
    *, contract_id: int, proposal: Proposal, by: Actor, at: datetime
) -> ContractModification:
    """Draft an SF 30 against the contract as it stands; unnumbered until signed.

    Terms bind only with both signatures; what touches nobody's rights binds without the
    vendor (FAR 43.103, 52.212-4(c)). The scope determination is part of the draft.

    :raises NotAllowed: if ``by`` is not of the contracting office, or the contract is
        not in force (R-MOD-06)
    :raises NoAuthority: without exactly one authority that carries this (R-MOD-02)
    :raises ScopeNotDetermined: without the scope determination in words (R-MOD-04)
    :raises ChangesNothing: if before and after are the same (R-MOD-05)
    :raises OrderingPeriodOver: if it extends a period that has ended (R-MOD-06)
    :raises EffectiveDateInvalid: if a term would read differently later than the
        signature (R-MOD-07)
    :raises UsageAccepted: if it prices accepted usage anew (R-MOD-07)
    :raises PriceRise: for a dearer price without consideration (R-MOD-10)
    :raises PriceNotReasonable: for a new or dearer price without a memo (R-EVL-07)
    :raises TooLong: for options beyond the years of the whole (R-OPT-04)
    :raises ExtensionTooLong: for extensions of services beyond theirs (R-OPT-05)
    :raises TermInvalid: for a term, line, price or option that cannot stand
    """
    contract = Contract.objects.locked().get(pk=contract_id)
    require(permissions.can_draft_contract_modification(by, contract))
    modification = ContractModification(
        contract=contract, drafted_by_id=by.own_membership_id
    )
    put_proposal(modification, proposal, at)
    if modification.is_bilateral:
        _ask_vendor(modification, by, at)
    record_event(
        events.CONTRACT_MODIFICATION_DRAFTED,
        subject=modification.subject,
        by=by,
        at=at,
        data=_record(modification),
    )
    return modification


def put_proposal(
    modification: ContractModification, proposal: Proposal, at: datetime
) -> None:
    """Write what is proposed onto the contract as it stands, and see that it can be.

    What is written is judged as it would be signed today.
    """
    contract = modification.contract
    _require_authority(proposal)
    _require_words(proposal)
    office = proposal.administering_office.strip()
    modification.kind = proposal.kind
    modification.series = Series.ADMINISTERING if office else Series.PROCURING
    modification.administering_office = office
    modification.authority = proposal.authority
    modification.is_within_scope = proposal.is_within_scope
    modification.effective_on = proposal.effective_on
    for name in ("citation", "description", "scope", "consideration"):
        setattr(modification, name, getattr(proposal, name).strip())
    modification.price_memo = proposal.price_memo.strip()
    modification.credit_memo = proposal.credit_memo.strip()
    modification.base_version = contract.version
    modification.base_content = content(contract)
    modification.terms = _terms(contract, proposal)
    modification.new_lines = _new_lines(modification, proposal)
    modification.line_ceilings = _line_ceilings(modification, proposal)
    modification.rates = [_rate(modification, each) for each in proposal.rates]
    modification.unit_rates = [
        _unit_rate(modification, each) for each in proposal.unit_rates
    ]
    _put_options(modification, proposal)
    require_to_stand(modification, accounting_day(at, contract.time_zone))
    modification.content_sha256 = content_sha256(
        calculations.modification_content(modification)
    )
    modification.save()


def _put_options(modification: ContractModification, proposal: Proposal) -> None:
    modification.new_options = checked_options(proposal.new_options)
    known = {each["number"] for each in modification.base_content.get("options", ())}
    taken = sorted(known & {each["number"] for each in modification.new_options})
    if taken:
        message = f"The contract has an option {taken[0]} already."
        raise TermInvalid(message, option=taken[0])
    exercised = proposal.exercises
    modification.option_id = exercised.option_id if exercised else None
    modification.exercises = {}
    if exercised is not None:
        days = {"first_day": exercised.first_day, "last_day": exercised.last_day}
        modification.exercises = plain({"number": exercised.number, **days})


def require_to_stand(modification: ContractModification, on: date) -> None:
    """Insist on what must hold when it is drafted, and still when it is signed.

    :param on: the day of the signature, in the contract's time zone
    """
    if not calculations.changes_of(modification):
        message = "Nothing would be different after this modification."
        raise ChangesNothing(message)
    both = calculations.needs_both_signatures(modification)
    if both and not modification.is_bilateral:
        _refuse_one_sided_price(modification)
        message = (
            f"{', '.join(both)}: this changes only by supplemental agreement (13C), "
            "which the vendor signs too."
        )
        raise NoAuthority(message, terms=both, authority=modification.authority)
    _require_period(modification, on)
    _require_options(modification, on)
    require_minimum_paid(modification)
    _require_prices(modification)
    _require_effective_date(modification, on)
    _require_room(modification)


def _require_authority(proposal: Proposal) -> None:
    """Exactly one choice of block 13, with the citation it rests on."""
    if (
        proposal.authority not in ModificationAuthority.values
        or not proposal.citation.strip()
    ):
        message = "Choose exactly one authority of block 13 and cite it."
        raise NoAuthority(message)
    if proposal.authority not in AUTHORITIES[proposal.kind]:
        label = ModificationAuthority(proposal.authority).label
        message = (
            f"{label} does not carry this. A commercial contract has no unilateral "
            "change order; its terms change by supplemental agreement "
            "(FAR 52.212-4(c))."
        )
        raise NoAuthority(message, authority=proposal.authority)


def _require_words(proposal: Proposal) -> None:
    if not proposal.description.strip():
        message = "Describe what changes and why, as block 14 will print it."
        raise TermInvalid(message, term="description")
    if not proposal.scope.strip():
        message = (
            "Determine in words whether this lies within the scope of the contract: "
            "what was competed, and why this is or is not part of it."
        )
        raise ScopeNotDetermined(message)


def _terms(contract: Contract, proposal: Proposal) -> dict[str, Any]:
    """The terms that differ from the contract's, as its content has them."""
    unknown = sorted(set(proposal.terms) - set(calculations.TERMS))
    if unknown:
        message = f"A modification of a contract does not change {unknown[0]!r}."
        raise TermInvalid(message, term=unknown[0])
    changed = {}
    minimum = proposal.terms.get("minimum_dollars", contract.minimum_dollars)
    for name, given in proposal.terms.items():
        value = given.strip() if isinstance(given, str) else given
        _require_term(contract, name, value, minimum)
        now = calculations.plain_term(name, getattr(contract, name))
        new = calculations.plain_term(name, value)
        if new != now:
            changed[name] = new
    return changed


def _require_term(contract: Contract, name: str, value: Any, minimum: Decimal) -> None:
    require_amount(name, value)
    label = calculations.TERMS[name]
    if name in calculations.COUNTS:
        least, most = calculations.COUNTS[name]
        if not least <= value <= most:
            message = f"{label} lies between {least:,} and {most:,}."
            raise TermInvalid(message, term=name)
    elif name == "minimum_dollars" and value != contract.minimum_dollars:
        _require_minimum(contract, value)
    elif name == "ceiling_dollars" and value < minimum:
        message = f"The ceiling is at least the minimum of {minimum}."
        raise TermInvalid(message, term=name)
    elif name == "ordering_end" and value < contract.ordering_start:
        message = "The ordering period ends after it begins."
        raise TermInvalid(message, term=name)
    elif name in calculations.WORDS and not 0 < len(value) <= 200:
        message = f"{label} has words, at most 200 characters."
        raise TermInvalid(message, term=name)


def _require_minimum(contract: Contract, value: Decimal) -> None:
    """A minimum moves as both agree, of a contract that guarantees one (R-AWD-03).

    :raises TermInvalid: for a nominal one, or where none is guaranteed
    """
    if not contract.minimum_dollars:
        message = "This contract guarantees no minimum: order what is needed."
        raise TermInvalid(message, term="minimum_dollars")
    nominal = nominal_minimum(awarded_on(contract))
    if Dollars(value) <= nominal or Dollars(value) != Dollars(value).to_cents():
        message = (
            f"A guaranteed minimum is more than nominal, above {nominal}, in whole "
            "cents (FAR 16.504(a)(2))."
        )
        raise TermInvalid(message, rule="R-AWD-03", term="minimum_dollars")


def _new_lines(
    modification: ContractModification, proposal: Proposal
) -> list[dict[str, Any]]:
    known = {line["clin"] for line in modification.base_content["lines"]}
    made: list[dict[str, Any]] = []
    require_orderable(modification.contract, proposal.new_lines)
    for line in proposal.new_lines:
        _require_new_line(line, known)
        known.add(line.clin)
        made.append(calculations.plain_line(line))
    return made


def _require_new_line(line: LineDraft, known: set[str]) -> None:
    """What FAR 4.1005-1 asks of a line item."""
    check_clin(line.clin)
    if line.clin in known:
        message = f"The contract has a line {line.clin} already."
        raise TermInvalid(message, clin=line.clin)
    require_measured(line)
    tokens, units = line.estimated_tokens.count, line.estimated_units
    is_one = (
        (units > 0 and not tokens) if line.is_by_unit else (tokens > 0 and not units)
    )
    whole = line.description.strip() and line.psc and is_one
    if not whole or line.ceiling_dollars <= Dollars():
        message = (
            f"Line {line.clin} has a description, a service code, an estimated "
            "quantity and a ceiling above zero."
        )
        raise TermInvalid(message, clin=line.clin)


def _line_ceilings(
    modification: ContractModification, proposal: Proposal
) -> dict[str, str]:
    lines = {
        line["clin"]: line["ceiling_dollars"]
        for line in modification.base_content["lines"]
    }
    changed: dict[str, str] = {}
    for clin, ceiling in sorted(proposal.line_ceilings.items()):
        if clin not in lines or ceiling <= Dollars():
            message = f"Line {clin}: a line of the contract keeps a ceiling above zero."
            raise TermInvalid(message, clin=clin)
        new = plain(ceiling.amount)
        if new != lines[clin]:
            changed[clin] = new
    return changed


def _rate(modification: ContractModification, rate: RateDraft) -> dict[str, Any]:
    """A price as the content has it, of a model and class that are known."""
    check_slin(rate.slin)
    model = (
        AiModel.objects.filter(snapshot=rate.snapshot)
        .select_related("tokenizer")
        .first()
    )
    known = TokenClass.objects.filter(code=rate.token_class).exists()
    line = line_of(modification, rate.clin)
    if (
        model is None
        or not known
        or line is None
        or not rate.slin.startswith(rate.clin)
    ):
        message = (
            f"{rate.slin}: a price names a line of the contract, a model snapshot and "
            "a token class."
        )
        raise TermInvalid(message, slin=rate.slin)
    require_structure(rate, line)
    return calculations.plain_rate(rate, model, modification.contract.time_zone)


def _unit_rate(
    modification: ContractModification, rate: UnitRateDraft
) -> dict[str, Any]:
    """A price per unit, of a line of the contract that is bought by the unit."""
    line = line_of(modification, rate.clin)
    if line is None or not calculations.is_by_unit(line):
        message = f"Line {rate.clin} has no price per unit: it is not bought by it."
        raise TermInvalid(message, clin=rate.clin)
    if not rate.price.usd_per_unit:
        message = (
            f"Line {rate.clin}: what costs nothing is no line of its own. State a "
            "price above zero, or leave it out (31 U.S.C. 1342)."
        )
        raise TermInvalid(message, clin=rate.clin)
    return calculations.plain_unit_rate(rate, modification.contract.time_zone)


def _refuse_one_sided_price(modification: ContractModification) -> None:
    dearer = calculations.raised(modification)
    if dearer:
        message = (
            f"{'; '.join(dearer)}. A price rises only by supplemental agreement (13C) "
            "that both sign, never by a notice."
        )
        raise PriceRise(message, prices=dearer, authority=modification.authority)


def _require_prices(modification: ContractModification) -> None:
    """A dearer price has its consideration, and like a new one a memo: it is fair."""
    dearer = calculations.raised(modification)
    if dearer and not modification.consideration:
        message = (
            f"{'; '.join(dearer)}. State the consideration: what the Government gets "
            "for the dearer price."
        )
        raise PriceRise(message, prices=dearer)
    unproved = [*dearer, *calculations.added(modification)]
    if unproved and not modification.price_memo:
        message = (
            f"{'; '.join(unproved)}. The award's price analysis does not cover this: "
            "write why it is fair and reasonable."
        )
        raise PriceNotReasonable(message, prices=unproved)


def _require_period(modification: ContractModification, on: date) -> None:
    """A period that has ended is over (FAR 43.1)."""
    end = modification.contract.ordering_end
    longer = modification.terms.get("ordering_end", "") > end.isoformat()
    if longer and on > end:
        message = (
            f"The ordering period ended on {end}; today is {on}. A period that is over "
            "is not extended: what is still needed is competed, or justified, anew."
        )
        raise OrderingPeriodOver(message, ended_on=end, on=on)


def _require_options(modification: ContractModification, on: date) -> None:
    """Options that it adds stay within the months and years that they may last."""
    if not modification.new_options:
        return
    contract = modification.contract
    after = drafts_of(calculations.content_after(modification)["options"])
    require_short_extensions(after, on)
    months = sum(
        each.months
        for each in drafts_of(modification.new_options)
        if each.kind == OptionKind.PERIOD
    )
    _start, last = months_in_all(contract)
    require_total_length(contract, on, last=extended(last, months))


def _require_effective_date(modification: ContractModification, on: date) -> None:
    """The signature's day is the system's; another effective date reprices nothing."""
    read = ("terms", "line_ceilings", "new_options")
    is_only_prices = not any(getattr(modification, name) for name in read)
    if modification.effective_on > on and not is_only_prices:
        message = (
            f"A term reads as it is signed, from the day of the signature on; the "
            f"effective date of {modification.effective_on} is later than {on}. Sign "
            "it on that day. Prices may begin later: each names its first day."
        )
        raise EffectiveDateInvalid(message, effective_on=modification.effective_on)
    _require_unaccepted(modification)


def _require_unaccepted(modification: ContractModification) -> None:
    """Accepted usage keeps its price; a lower one reaches back by credit alone."""
    end, reaching = reaching_accepted(modification)
    if end is None or not reaching:
        return
    last = accounting_day(end, modification.contract.time_zone)
    dearer = any(calculations.is_dearer(rate, olds) for rate, olds in reaching)
    if dearer or not modification.credit_memo:
        slins = sorted(rate.get("slin", rate["clin"]) for rate, _ in reaching)
        message = (
            f"Usage up to {last} is accepted, and {', '.join(slins)} would begin "
            "before. Accepted usage keeps its price: let the new one begin later, or, "
            "if it is lower, write why the difference is credited."
        )
        raise UsageAccepted(message, accepted_through=end, slins=slins)


def _require_room(modification: ContractModification) -> None:
    """No line is capped below what its orders may cost already."""
    ordered = queries.ordered_on(modification.contract)
    for clin, ceiling in modification.line_ceilings.items():
        taken = ordered.get(clin, Dollars())
        if Dollars(Decimal(ceiling)) < taken:
            message = (
                f"The orders on line {clin} may cost {taken} already; its ceiling "
                f"cannot become {Dollars(Decimal(ceiling))}."
            )
            raise TermInvalid(message, clin=clin, ordered=taken)


def _record(modification: ContractModification) -> dict[str, Any]:
    """What the audit trail keeps of a draft."""
    return {
        "contract": modification.contract.piid,
        "kind": modification.kind,
        "authority": modification.authority,
        "citation": modification.citation,
        "is_within_scope": modification.is_within_scope,
        "scope": modification.scope,
        "credit_memo": modification.credit_memo,
        "base_version": modification.base_version,
        "version": modification.version,
        "content_sha256": modification.content_sha256,
        "changes": [each.plain() for each in calculations.changes_of(modification)],
    }


def _ask_vendor(modification: ContractModification, by: Actor, at: datetime) -> None:
    """Tell the vendor's signers that a supplemental agreement waits for them."""
    contract = modification.contract
    post_notice(
        recipients=[Recipient(contract.vendor_id, Role.VENDOR_SIGNER)],
        subject=modification.subject,
        title=f"To sign: a modification of contract {contract.piid}",
        body=modification.description,
        url_path=modification.path,
        by=by,
        at=at,
    )
