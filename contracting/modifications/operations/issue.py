"""The contracting officer's signature on a modification of a contract."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Literal

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from accounts.operations.rename_organization import rename_organization
from contracting.audit.operations.record import record_event
from contracting.contracts.calculations import content
from contracting.contracts.models import (
    BurnRate,
    Contract,
    ContractFunding,
    ContractLine,
    ContractOption,
    PriceStep,
    RateRow,
    ToleranceTerms,
    UnitRate,
    VolumeTerms,
)
from contracting.contracts.queries import representatives
from contracting.contracts.queries.guards import require_no_ban
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.errors import IllegalMove
from contracting.core.identifiers import modification_number
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.quantities import Dollars, Tokens
from contracting.documents.models import Approval
from contracting.documents.operations.record_signatures import record_signatures
from contracting.documents.operations.request import request_document
from contracting.ledger.operations.deobligate import deobligate_funds
from contracting.ledger.operations.set import set_contract_ceiling
from contracting.ledger.queries import lock_funds
from contracting.ledger.states import Obligation
from contracting.modifications import calculations, events, paperwork, permissions
from contracting.modifications.models import ContractModification
from contracting.modifications.operations.certify_minimum import (
    bind_minimum,
    require_minimum_certified,
)
from contracting.modifications.operations.confirm_ratchet import require_only_lower
from contracting.modifications.operations.draft import require_to_stand
from contracting.modifications.operations.draft_novation import require_novatable
from contracting.modifications.operations.draft_on_ramp import (
    record_memos,
    require_on_ramped,
)
from contracting.modifications.operations.sign import require_base
from contracting.modifications.operations.take_up import take_up_prices
from contracting.modifications.queries import Guard, guard_of, justification_of
from contracting.modifications.queries.novations import (
    do_what_follows,
    successor_signature,
    vendors_told,
)
from contracting.modifications.queries.prices import replaced_by
from contracting.modifications.refusals import (
    AlreadyIssued,
    NotSignedByVendor,
    OutOfScope,
)
from contracting.modifications.states import ModificationKind
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.orders.queries.numbering import numbered_on_schedule
from contracting.orders.states import ModificationState
from contracting.reference.models import AiModel, TokenClass
from contracting.solicitations.publishing.options import drafts_of
from contracting.solicitations.publishing.terms import TOLERANCES

ALSO_REQUIRED: Final[Mapping[str, Guard]] = {
    ModificationKind.ON_RAMP: require_on_ramped,
    ModificationKind.RATCHET: require_only_lower,
    ModificationKind.NOVATION: require_novatable,
}
"""What a kind asks for at its signature beside what every modification must hold.

A further kind adds its authority to ``states.AUTHORITIES``, its guard here or from its
own stage through :func:`.queries.also_require`, and is signed by the same verb.
"""


@transaction.atomic
def issue_contract_modification(
    *, modification_id: int, by: Actor, at: datetime, seen_version: int
) -> ContractModification:
    """Sign the modification: number it, conform the contract, print it.

    The number is the next one of its series on the contract and is assigned only here
    (R-MOD-01). The day of the signature is the system's (R-MOD-07). Before and after
    are compared and kept as signed (R-MOD-05).

    :raises NotAllowed: without a warrant for the absolute change (R-ROL-01, R-ROL-02),
        or if ``by`` drafted it (R-ROL-03)
    :raises AlreadyIssued: if another contracting officer was first (R-MOD-01)
    :raises Stale: if it is not what was read
    :raises BaseMoved: if the contract has been modified since it was drafted
    :raises NotSignedByVendor: if the vendor has not signed a change of terms (R-MOD-02)
    :raises OutOfScope: without an approved justification (R-MOD-04)
    :raises ContractCeilingExceeded: if the orders have taken more (R-TO-02)
    :raises Banned: if it adds to what is banned, without a waiver (R-AI-01)
    :raises AddedFundsNotCertified: if a higher minimum has no certified funds
        (R-MOD-03)
    :raises DeobligationExceeded: if a lower minimum gives back what is not bound
        (R-FND-09)
    :raises OrganizationExists: for a new name that another organization has
    :raises Refusal: whatever drafting it would refuse today
    """
    contract_id = ContractModification.objects.values_list(
        "contract_id", flat=True
    ).get(pk=modification_id)
    contract = Contract.objects.locked().get(pk=contract_id)
    modification = ContractModification.objects.locked().get(pk=modification_id)
    modification.contract = contract
    signed_on = accounting_day(at, contract.time_zone)
    require(permissions.can_issue_contract_modification(by, modification, signed_on))
    _guard(modification, seen_version)
    require_to_stand(modification, signed_on)
    guard = ALSO_REQUIRED.get(modification.kind) or guard_of(modification.kind)
    if guard is not None:
        guard(modification, at)
    if calculations.adds(modification):
        new = {rate["model"] for rate in modification.rates}
        coming = AiModel.objects.filter(snapshot__in=new)
        require_no_ban(contract, at, joined_by=coming)

    signed = contract.modifications.filter(
        state=ModificationState.ISSUED, series=modification.series
    )
    prefix: Literal["P", "A"] = "A" if modification.series == "A" else "P"
    taken = signed.count()
    if prefix == "P":
        taken += len(numbered_on_schedule(contract))
    modification.number = modification_number(prefix, taken + 1)
    modification.changes = [
        change.plain() for change in calculations.changes_of(modification)
    ]
    modification.issued_at = at
    modification.signed_by_id = by.membership_id
    modification.save(update_fields=["number", "changes", "issued_at", "signed_by"])
    record_memos(modification, by, at)
    modification.move_to(ModificationState.ISSUED)
    _conform(modification, by, at)
    _print_and_tell(modification, signed_on, by, at)
    do_what_follows(modification, by, at)
    record_event(
        events.CONTRACT_MODIFICATION_ISSUED,
        subject=modification.subject,
        by=by,
        at=at,
        data=paperwork.summary(modification),
    )
    return modification


def _guard(modification: ContractModification, seen_version: int) -> None:
    if modification.state == ModificationState.ISSUED:
        message = f"This modification is signed already: it is {modification.number}."
        raise AlreadyIssued(message, rule="R-MOD-01", number=modification.number)
    if modification.state != ModificationState.DRAFT:
        message = f"This modification is {modification.get_state_display()}."
        raise IllegalMove(message, state=modification.state)
    modification.require_version(seen_version)
    require_base(modification)
    if modification.is_bilateral and modification.vendor_signed_at is None:
        message = "A supplemental agreement is signed by the vendor first."
        raise NotSignedByVendor(message)
    require_minimum_certified(modification)
    if not modification.is_within_scope and justification_of(modification) is None:
        message = (
            "This lies outside of the scope of the contract. Have a justification for "
            "other than full and open competition approved on it, or compete it."
        )
        raise OutOfScope(message)


def _conform(modification: ContractModification, by: Actor, at: datetime) -> None:
    """The contract as it reads from now on, with its next version and hash."""
    contract = Contract.objects.get(pk=modification.contract_id)
    for name, value in modification.terms.items():
        setattr(contract, name, value)
    contract.save(update_fields=list(modification.terms))
    if "contractor_name" in modification.terms:
        rename_organization(
            organization_id=contract.vendor_id,
            name=contract.contractor_name,
            source=f"Modification {modification.number} of {contract.piid}",
            by=by,
            at=at,
        )
    if modification.successor_id is not None:
        contract.vendor_id = modification.successor_id
        contract.contractor_name = ""
        contract.save(update_fields=["vendor", "contractor_name"])
    _write_lines(contract, modification)
    _write_options(contract, modification, at)
    replaced: dict[int, list[RateRow]] = {}
    for rate in modification.rates:
        replaced |= _write_rate(contract, modification, rate, at)
    instead: dict[int, list[UnitRate]] = {}
    for rate in modification.unit_rates:
        instead |= _write_unit_rate(contract, modification, rate, at)
    if replaced or instead:
        take_up_prices(
            modification=modification,
            replaced=replaced,
            by_unit=instead,
            by=by,
            at=at,
        )
    contract.refresh_from_db()
    _follow_terms(contract, modification, by, at)
    contract.version += 1
    contract.content_sha256 = content_sha256(content(contract))
    contract.save(update_fields=["version", "content_sha256"])
    modification.contract = contract


def _follow_terms(
    contract: Contract, modification: ContractModification, by: Actor, at: datetime
) -> None:
    """What other rows have to say alike: tolerances, the minimum, the ceiling."""
    if set(TOLERANCES) & set(modification.terms):
        ToleranceTerms.state(
            contract, from_day=modification.effective_on, source=modification.number
        )
    if calculations.raised_minimum(modification):
        bind_minimum(contract, modification, by, at)
    elif "minimum_dollars" in modification.terms:
        _lower_minimum(contract, modification, by, at)
    if {"ceiling_dollars", "ceiling_tokens"} & set(modification.terms):
        set_contract_ceiling(
            contract_id=contract.pk,
            stream=contract.stream,
            agency_id=contract.agency_id,
            dollars=Dollars(contract.ceiling_dollars),
            tokens=Tokens(contract.ceiling_tokens),
            because=modification.subject,
            by=by,
            at=at,
        )


_DECIMALS = frozenset({"ceiling_dollars", "estimated_units"})


def _lower_minimum(
    contract: Contract, modification: ContractModification, by: Actor, at: datetime
) -> None:
    """Give back what the minimum no longer binds, from the last funds first.

    :raises DeobligationExceeded: if that much is not bound (R-FND-09)
    """
    before = Decimal(modification.base_content["minimum_dollars"])
    left, returned = before - contract.minimum_dollars, []
    parts = ContractFunding.objects.filter(line__contract=contract)
    for part in parts.order_by("-line__clin", "-acrn").select_related("line"):
        taken = min(left, part.dollars)
        if not taken:
            break
        left -= taken
        returned.append(
            Obligation(
                holder=part.line.holder,
                acrn=part.acrn,
                line_of_accounting_id=part.line_of_accounting_id,
                dollars=Dollars(taken),
            )
        )
        part.dollars -= taken
        if part.dollars:
            part.save(update_fields=["dollars"])
        else:
            part.delete()
    lock_funds(holders=[each.holder for each in returned])
    deobligate_funds(obligations=returned, because=modification.subject, by=by, at=at)


def _write_lines(contract: Contract, modification: ContractModification) -> None:
    for clin, ceiling in modification.line_ceilings.items():
        line = contract.lines.get(clin=clin)
        line.ceiling_dollars = Decimal(ceiling)
        line.save(update_fields=["ceiling_dollars"])
    until = calculations.orders_end(modification)
    if until is not None:
        contract.lines.filter(orders_until=None).update(orders_until=until)
    for row in modification.new_lines:
        volume = {name: row[name] for name in _OF_ITS_VOLUME if name in row}
        apart = {*volume, "option"}
        terms = {name: value for name, value in row.items() if name not in apart}
        line = ContractLine.objects.create(
            contract=contract,
            option_number=row.get("option"),
            **{
                name: Decimal(value) if name in _DECIMALS else value
                for name, value in terms.items()
            },
        )
        if volume:
            VolumeTerms.objects.create(line=line, source=modification.number, **volume)


_OF_ITS_VOLUME = ("counted_over", "counted_per")


def _write_options(
    contract: Contract, modification: ContractModification, at: datetime
) -> None:
    """Add the options that it adds; the one that it exercises is exercised once."""
    source = modification.number
    ContractOption.state(contract, drafts_of(modification.new_options), source=source)
    option, days = modification.option, modification.exercises
    if option is not None:
        option.exercised_at = at
        for name in ("first_day", "last_day"):
            given = days[name]
            setattr(option, name, date.fromisoformat(given) if given else None)
        option.save(update_fields=["exercised_at", "first_day", "last_day"])


def _write_rate(
    contract: Contract,
    modification: ContractModification,
    rate: dict[str, Any],
    at: datetime,
) -> dict[int, list[RateRow]]:
    """Add the price; what it replaces is superseded, and stands again until it begins.

    A rate row is never changed: one that ends earlier than it said is another row.

    :returns: by the row that was superseded, the rows that stand in its place
    """
    line = contract.lines.get(clin=rate["clin"])
    model = AiModel.objects.get(snapshot=rate["model"])
    start = datetime.fromisoformat(rate["from"])
    row = RateRow(
        line=line,
        slin=rate["slin"],
        model=model,
        tokenizer=model.tokenizer,
        token_class=TokenClass.objects.get(code=rate["class"]),
        tier=rate["tier"],
        context_band=rate["context_band"],
        boundary=rate["boundary"],
        usd_per_million_tokens=Decimal(rate["price"]),
        in_force=DateTimeTZRange(start, None, "[)"),
        source=modification.number,
    )
    instead: dict[int, list[RateRow]] = {}
    for old in replaced_by(row):
        old.superseded_at = at
        old.save(update_fields=["superseded_at"])
        instead[old.pk] = []
        if old.in_force.lower < start:
            ends = DateTimeTZRange(old.in_force.lower, start, "[)")
            instead[old.pk].append(_copy(old, in_force=ends))
    row.save()
    _write_volume_prices(row, rate)
    return {pk: [*rows, row] for pk, rows in instead.items()}


def _write_unit_rate(
    contract: Contract,
    modification: ContractModification,
    rate: dict[str, Any],
    at: datetime,
) -> dict[int, list[UnitRate]]:
    """The same for a price per unit."""
    line = contract.lines.get(clin=rate["clin"])
    start = datetime.fromisoformat(rate["from"])
    row = UnitRate(
        line=line,
        usd_per_unit=Decimal(rate["price"]),
        in_force=DateTimeTZRange(start, None, "[)"),
        source=modification.number,
    )
    instead: dict[int, list[UnitRate]] = {}
    known = line.unit_rates.filter(
        superseded_at__isnull=True, in_force__overlap=row.in_force
    )
    for old in list(known.order_by("pk")):
        old.superseded_at = at
        old.save(update_fields=["superseded_at"])
        instead[old.pk] = []
        if old.in_force.lower < start:
            until = UnitRate.objects.create(
                line=line,
                usd_per_unit=old.usd_per_unit,
                in_force=DateTimeTZRange(old.in_force.lower, start, "[)"),
                source=old.source,
            )
            instead[old.pk].append(until)
    row.save()
    return {pk: [*rows, row] for pk, rows in instead.items()}


def _copy(row: RateRow, *, in_force: DateTimeTZRange) -> RateRow:
    """The same price in another period."""
    same = (
        *("line_id", "slin", "model_id", "tokenizer_id", "token_class_id", "tier"),
        *("context_band", "boundary", "usd_per_million_tokens", "source"),
    )
    copy = RateRow(in_force=in_force, **{name: getattr(row, name) for name in same})
    copy.save()
    steps = [
        {"from_tokens": step.from_tokens, "price": step.usd_per_million_tokens}
        for step in row.steps.all()
    ]
    burn = BurnRate.objects.filter(rate_row=row).values(*_OF_A_BURN).first()
    _write_volume_prices(copy, {"steps": steps, **(burn or {})})
    return copy


_OF_A_BURN = ("acu_per_million_tokens", "usd_per_acu")


def _write_volume_prices(row: RateRow, rate: Mapping[str, Any]) -> None:
    """The steps of a price, or what it burns of a pool."""
    PriceStep.objects.bulk_create(
        PriceStep(
            rate_row=row,
            from_tokens=step["from_tokens"],
            usd_per_million_tokens=Decimal(step["price"]),
        )
        for step in rate.get("steps", ())
    )
    if "usd_per_acu" in rate:
        burn = {name: Decimal(rate[name]) for name in _OF_A_BURN}
        BurnRate.objects.create(rate_row=row, **burn)


def _approvals(
    modification: ContractModification, signed_on: date, by: Actor, at: datetime
) -> list[Approval]:
    """The records of the vendor, where it must sign, and of the contracting officer."""
    vendor = modification.vendor_signed_by if modification.is_bilateral else None
    return record_signatures(
        signing="sign_contract_modification",
        issuing="issue_contract_modification",
        vendor=vendor,
        vendor_signed_at=modification.vendor_signed_at,
        successor=successor_signature(modification),
        subject=modification.subject,
        version=modification.version,
        content_sha256=modification.content_sha256,
        by=by,
        at=at,
        on=signed_on,
    )


_ORDERS: Final = ("", "unilateral", "bilateral_modification", "novation")
"""By how many sign, in which order they do."""


def _print_and_tell(
    modification: ContractModification, signed_on: date, by: Actor, at: datetime
) -> None:
    contract = modification.contract
    approvals = _approvals(modification, signed_on, by, at)
    request_document(
        kind="modification",
        subject=modification.subject,
        title=f"Modification {modification.number} of contract {contract.piid}",
        number=f"{contract.piid} {modification.number}",
        agency_id=contract.agency_id,
        vendor_id=contract.vendor_id,
        context=paperwork.modification_sheet(modification, signer=by),
        content_sha256=modification.content_sha256,
        version=modification.version,
        by=by,
        at=at,
        order=_ORDERS[len(approvals)],
        approvals=approvals,
    )
    cors = representatives(contract, signed_on)
    post_notice(
        recipients=[
            *map(Recipient, vendors_told(modification)),
            *(
                Recipient(contract.agency_id, user_id=row.membership.user_id)
                for row in cors
            ),
        ],
        subject=modification.subject,
        title=f"Modification {modification.number} of contract {contract.piid} "
        "is issued",
        body=modification.description,
        url_path=modification.path,
        by=by,
        at=at,
    )
