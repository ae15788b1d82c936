"""Propose a change of a signed order: its authority, its words, its effects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256, plain
from contracting.core.identifiers import check_acrn
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.ledger.queries import funds_of
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.orders import calculations, events, permissions
from contracting.orders.calculations import units
from contracting.orders.models import (
    Modification,
    ModificationEffect,
    OrderFunding,
    OrderLine,
    TaskOrder,
)
from contracting.orders.operations.draft import _require_end
from contracting.orders.refusals import (
    ChangesNothing,
    FundingDoesNotSum,
    FundsAboveCeiling,
    FundsNotAvailable,
    NoAuthority,
    PeriodOver,
    ScopeNotDetermined,
    TermInvalid,
)
from contracting.orders.states import EffectDraft, ModificationAuthority
from contracting.solicitations.publishing.changes import Change


@transaction.atomic
def draft_modification(
    *,
    order_id: int,
    authority: str,
    citation: str,
    description: str,
    effective_on: date,
    scope: str,
    is_within_scope: bool = True,
    effects: Sequence[EffectDraft] = (),
    terms: Mapping[str, Any] | None = None,
    by: Actor,
    at: datetime,
) -> Modification:
    """Draft an SF 30 against the order as it stands; it has no number until signed.

    Administrative changes, funding, and ordering more of the same at the same price
    bind without the vendor; every other term needs a supplemental agreement (FAR
    43.103, 52.212-4(c)).

    :param authority: the one choice of block 13, with its ``citation``
    :param scope: the scope determination in words, of the contract as competed
    :param terms: new values by the names of ``calculations.MODIFIABLE``
    :raises NotAllowed: if ``by`` is of neither the program nor the contracting office,
        or the order is not in force
    :raises NoAuthority: without exactly one authority that carries this (R-MOD-02)
    :raises ScopeNotDetermined: without the scope determination in words (R-MOD-04)
    :raises PeriodOver: if it extends a period that has ended (R-MOD-06)
    :raises PerformsTooLong: beyond the contract's outer date (R-TO-04)
    :raises ChangesNothing: if before and after are the same (R-MOD-05)
    :raises FundingDoesNotSum: if an effect contradicts the order's funds (R-FND-02)
    :raises FundsNotAvailable: if it changes funds that are not available (R-FND-06)
    :raises FundsAboveCeiling: if more would be funded than may be used (R-TO-11)
    """
    order = TaskOrder.objects.locked().get(pk=order_id)
    require(permissions.can_draft_modification(by, order))
    _require_authority(authority, citation)
    if order.is_locked and any(effect.add_dollars for effect in effects):
        message = (
            f"This order waits for funds under FAR {order.funds_clause}. Record their "
            "availability first; a modification adds to funds that are there."
        )
        raise FundsNotAvailable(message, clause=order.funds_clause)
    if not description.strip():
        message = "Describe what changes and why, as block 14 will print it."
        raise TermInvalid(message, term="description")
    if not scope.strip():
        message = (
            "Determine in words whether this lies within the scope of the contract, "
            "and why."
        )
        raise ScopeNotDetermined(message)
    modification = Modification.objects.create(
        order=order,
        authority=authority,
        citation=citation.strip(),
        description=description.strip(),
        effective_on=effective_on,
        scope=scope.strip(),
        is_within_scope=is_within_scope,
        terms=_checked_terms(order, terms or {}),
        base_version=order.version,
        drafted_by_id=by.own_membership_id,
    )
    _write_effects(modification, effects)
    on = accounting_day(at, order.contract.time_zone)
    changes = require_to_stand(modification, on)
    modification.content_sha256 = content_sha256(
        calculations.modification_content(modification)
    )
    modification.save(update_fields=["content_sha256"])
    if modification.is_bilateral and not modification.funds_added:
        _ask_vendor(modification, by, at)
    record_event(
        events.MODIFICATION_DRAFTED,
        subject=modification.subject,
        by=by,
        at=at,
        data={
            "order": order.piid,
            "authority": authority,
            "citation": modification.citation,
            "is_within_scope": is_within_scope,
            "scope": modification.scope,
            "base_version": order.version,
            "content_sha256": modification.content_sha256,
            "changes": [change.plain() for change in changes],
        },
    )
    return modification


def require_to_stand(modification: Modification, on: date) -> list[Change]:
    """Insist on what holds of a draft, on the order as it stands; what it changes.

    :param on: the day in the contract's time zone
    :raises ChangesNothing: if before and after are the same (R-MOD-05)
    :raises NoAuthority: if its authority does not carry it (R-MOD-02)
    :raises PeriodOver: if it extends a period that has ended (R-MOD-06)
    :raises FundingDoesNotSum: if an effect contradicts the order's funds (R-FND-02)
    :raises FundsAboveCeiling: if more would be funded than may be used (R-TO-11)
    """
    parts = {
        (line.pk, part.acrn): part
        for line in modification.order.current_lines()
        for part in line.current_funding()
    }
    for effect in calculations.effects_of(modification):
        _guard_result(effect, parts.get((effect.line_id, effect.acrn)))
    _guard_lines(modification)
    changes = calculations.changes_of(modification)
    if not changes:
        message = "Nothing would be different after this modification."
        raise ChangesNothing(message)
    _require_authority_for(modification)
    _require_period(modification, on)
    return changes


def _require_authority(authority: str, citation: str) -> None:
    """Exactly one choice of block 13, with the citation it rests on."""
    if authority not in ModificationAuthority.values or not citation.strip():
        message = "Choose exactly one authority of block 13 and cite it."
        raise NoAuthority(message)
    if authority == ModificationAuthority.CHANGE_ORDER:
        message = (
            "A commercial contract has no unilateral change order; its terms change by "
            "supplemental agreement (FAR 52.212-4(c))."
        )
        raise NoAuthority(message, authority=authority)


def _require_authority_for(modification: Modification) -> None:
    """Terms change only by an authority under which the vendor signs too."""
    terms = calculations.needs_both_signatures(modification)
    if terms and not modification.is_bilateral:
        message = (
            f"{', '.join(terms)}: this changes only by supplemental agreement (13C), "
            "which the vendor signs too."
        )
        raise NoAuthority(message, terms=terms, authority=modification.authority)


def _require_period(modification: Modification, on: date) -> None:
    """A period that has ended is over: nothing extends it (FAR 43.1)."""
    end = modification.order.period_end
    if modification.terms.get("period_end", "") > end.isoformat() and on > end:
        message = (
            f"The period of performance ended on {end}; today is {on}. A period that "
            "is over is not extended: order what is still needed anew."
        )
        raise PeriodOver(message, ended_on=end, on=on)


def _checked_terms(order: TaskOrder, terms: Mapping[str, Any]) -> dict[str, Any]:
    """The terms that differ from the order's, as plain values."""
    unknown = sorted(set(terms) - set(calculations.MODIFIABLE))
    if unknown:
        message = f"A modification of an order does not change {unknown[0]!r}."
        raise TermInvalid(message, term=unknown[0])
    ends = terms.get("period_end")
    if ends is not None and ends < order.period_start:
        message = "The period of performance ends after it begins."
        raise TermInvalid(message, term="period_end")
    _require_end(order.contract, ends or order.period_end)
    tidy = {
        name: value.strip() if isinstance(value, str) else value
        for name, value in terms.items()
    }
    changed: dict[str, Any] = plain(
        {
            name: value
            for name, value in tidy.items()
            if value and value != getattr(order, name)
        }
    )
    return changed


def _write_effects(modification: Modification, drafts: Sequence[EffectDraft]) -> None:
    order = modification.order
    lines = {line.clin: line for line in order.current_lines()}
    parts = {
        (line.clin, part.acrn): part
        for line in lines.values()
        for part in line.current_funding()
    }
    accounts = {acrn: part.line_of_accounting_id for (_, acrn), part in parts.items()}
    own = {position.line.pk for position in funds_of(order.contract.agency_id)}
    named: set[tuple[str, str]] = set()
    for draft in drafts:
        key = draft.clin, check_acrn(draft.acrn)
        account = accounts.get(key[1]) or draft.line_of_accounting_id or 0
        _guard_effect(draft, key, lines, own, account, named)
        named.add(key)
        accounts[key[1]] = account
        line = lines[draft.clin]
        part = parts.get(key)
        ModificationEffect.objects.create(
            modification=modification,
            line=line,
            acrn=key[1],
            sequence=part.sequence if part else _next_sequence(line, named),
            line_of_accounting_id=account,
            add_dollars=draft.add_dollars.amount,
            add_ceiling_dollars=draft.add_ceiling_dollars.amount,
            add_ceiling_tokens=draft.add_ceiling_tokens.count,
            add_units=draft.add_units,
        )


def _guard_effect(
    draft: EffectDraft,
    key: tuple[str, str],
    lines: Mapping[str, OrderLine],
    own: set[int],
    account: int,
    named: set[tuple[str, str]],
) -> None:
    clin, acrn = key
    if clin not in lines or key in named:
        message = f"Line {clin}, ACRN {acrn}: name each line of the order once by ACRN."
        raise FundingDoesNotSum(message, clin=clin, acrn=acrn)
    if account not in own or draft.line_of_accounting_id not in {None, account}:
        message = (
            f"ACRN {acrn} stands for one line of accounting of this agency in an order."
        )
        raise FundingDoesNotSum(message, acrn=acrn)


def _next_sequence(line: OrderLine, named: set[tuple[str, str]]) -> int:
    """After every ACRN of the line, those this modification has added included."""
    known = {part.acrn for part in line.current_funding()}
    added = {acrn for clin, acrn in named if clin == line.clin} - known
    last = max((part.sequence for part in line.current_funding()), default=0)
    return last + max(len(added), 1)


def _guard_result(effect: ModificationEffect, part: OrderFunding | None) -> None:
    dollars = Decimal(part.dollars if part else 0) + effect.add_dollars
    ceiling = Decimal(part.ceiling_dollars if part else 0) + effect.add_ceiling_dollars
    if dollars < 0 or ceiling < 0:
        message = f"ACRN {effect.acrn} would lose more than it has."
        raise FundingDoesNotSum(message, acrn=effect.acrn)
    if dollars > ceiling:
        message = (
            f"ACRN {effect.acrn} would fund {Dollars(dollars)} under a ceiling of "
            f"{Dollars(ceiling)}: raise the ceiling by the same modification."
        )
        short_by = Dollars(dollars - ceiling)
        raise FundsAboveCeiling(message, acrn=effect.acrn, short_by=short_by)


def _guard_lines(modification: Modification) -> None:
    """No line loses its whole ceiling: that is a termination, not a modification.

    Nor does it order more than can be counted.
    """
    after = calculations.content_after(
        calculations.content(modification.order), modification
    )
    for line in after["lines"]:
        if not units.has_quantity(line) or Decimal(line["ceiling_dollars"]) <= 0:
            message = (
                f"Line {line['clin']} keeps a quantity and a ceiling above zero, in "
                "tokens or in units as it is ordered."
            )
            raise TermInvalid(message, clin=line["clin"])
        if not units.can_be_kept(line):
            message = f"Line {line['clin']} would order more than can be counted."
            raise TermInvalid(message, clin=line["clin"])


def _ask_vendor(modification: Modification, by: Actor, at: datetime) -> None:
    """Tell the vendor's signers that a supplemental agreement waits for them."""
    order = modification.order
    post_notice(
        recipients=[
            Recipient(organization_id=order.contract.vendor_id, role=Role.VENDOR_SIGNER)
        ],
        subject=modification.subject,
        title=f"To sign: a modification of order {order.piid}",
        body=modification.description,
        url_path=modification.path,
        by=by,
        at=at,
    )
