"""Which resolutions fit a discrepancy, and what each would do, before it is chosen."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from contracting.billing.models import Invoice
from contracting.billing.states import InvoiceState
from contracting.core.periods import accounting_day
from contracting.core.quantities import Dollars, total_dollars
from contracting.reconciliation.matching.allowances import (
    tolerance_on,
    written_off_total,
)
from contracting.reconciliation.matching.freed import FREES, freed_parts
from contracting.reconciliation.matching.moved import calls_to_move
from contracting.reconciliation.matching.tolerance import size
from contracting.reconciliation.models import Finding, ReconciliationRun
from contracting.reconciliation.states import (
    BY_RULE,
    BY_THE_JOB,
    LISTED,
    FindingCode,
    ResolutionCode,
)

_F, _R = FindingCode, ResolutionCode
BY_PEOPLE: Final = tuple(c for c in ResolutionCode if c not in BY_THE_JOB | BY_RULE)
_OF_CALLS = frozenset(
    {_F.QTY, _F.MISSING_A, _F.MISSING_B, _F.DUPLICATE, _F.RETRY, _F.SYSTEMATIC}
)
_OF_LINES = frozenset({_F.QTY, _F.EXTRA_C})
_OF_PERIODS = frozenset(
    {_F.TZ_CUTOFF, _F.LATE_REPORT, _F.MISSING_A, _F.MISSING_B, _F.EXTRA_C, _F.QTY}
)
_OF_PLACES = frozenset(
    {_F.MODEL_ALIAS, _F.ATTRIBUTION, _F.MISSING_A, _F.MISSING_B, _F.EXTRA_C, _F.QTY}
)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a resolution does in dollars; ``refused`` says why it cannot be chosen."""

    code: str
    payable: Dollars = Dollars()
    beyond: Dollars = Dollars()
    credit: Dollars = Dollars()
    capped: Dollars = Dollars()
    moved: int = 0
    waits: bool = False
    refused: str = ""

    @property
    def label(self) -> str:
        return ResolutionCode(self.code).label

    @property
    def words(self) -> str:
        """The effect in a sentence."""
        if self.refused:
            return self.refused
        said = []
        if self.payable:
            said.append(f"{self.payable} becomes payable")
        if self.beyond:
            said.append(f"{self.beyond} of it beyond our meter's count")
        if self.credit:
            said.append(f"the vendor owes a credit of {self.credit}")
        if self.capped:
            said.append(f"{self.capped} counts against the cap of write-offs")
        if self.moved:
            said.append(
                f"{self.moved:,} tokens of our meter move to the line that you name, "
                "at the price of that line"
            )
        if self.waits:
            said.append("what it frees becomes payable with the invoice's acceptance")
        return _sentence(", ".join(said) or "no money moves")


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


def does_not_fit(finding: Finding, code: str) -> str:
    """Why a resolution says nothing of such a difference; nothing where it fits."""
    found = FindingCode(finding.code)
    is_of_lines = finding.invoice_id is not None
    if code in {_R.ACCEPT_B, _R.ACCEPT_C, _R.WRITE_OFF} and found in LISTED:
        return "It is usage without funds or a late report, and nothing to be paid."
    if code == _R.ACCEPT_B and (is_of_lines or found not in _OF_CALLS):
        return "It is no count of calls in which the report could be right."
    if code == _R.ACCEPT_C:
        has_lines = bool(finding.evidence.get("invoice_lines"))
        if not is_of_lines or found not in _OF_LINES or not has_lines:
            return (
                "Only a count of tokens on an invoice is accepted so; a price is what "
                "the contract says, and changes by modification."
            )
    if code == _R.SHIFT_PERIOD and found not in _OF_PERIODS:
        return "It does not depend on the period."
    if code == _R.REASSIGN and found not in _OF_PLACES:
        return "It does not depend on the line."
    return ""


def is_of_accepted(finding: Finding) -> bool:
    """Whether it is of usage that is accepted already, and so may be paid."""
    keys = finding.evidence.get("keys") or [[""]]
    said = str(keys[0][0]) if keys[0] else ""
    return "rating_run" in finding.evidence or said.startswith("accepted at")


def credit_of(finding: Finding, code: str) -> Dollars:
    """What the vendor owes back: what was accepted too much, never what is withheld."""
    if code != ResolutionCode.CREDIT or not is_of_accepted(finding):
        return Dollars()
    return max(Dollars(finding.amount_dollars).to_cents(), Dollars())


def write_off_left(finding: Finding) -> Dollars | None:
    """What may still be written off on the order; none where nothing is stated."""
    contract = finding.order.contract
    given = finding.evidence.get("day")
    found_on = accounting_day(finding.found_at, contract.time_zone)
    day = date.fromisoformat(given) if given else found_on
    cap = tolerance_on(contract, day).write_off_cap
    return None if cap is None else cap - written_off_total(finding.order)


def effect_of(
    finding: Finding, code: str, invoices: Collection[Invoice], at: datetime
) -> Effect:
    """What a resolution would do now; nothing is written."""
    refused = does_not_fit(finding, code)
    if refused:
        return Effect(code, refused=refused)
    if code == ResolutionCode.WRITE_OFF:
        return _write_off(finding, code)
    if code == ResolutionCode.REASSIGN:
        return Effect(code, moved=sum(calls_to_move(finding).values()))
    payable = beyond = Dollars()
    for invoice in invoices:
        if code in FREES and invoice.state != InvoiceState.RECEIVED:
            runs = ReconciliationRun.objects.filter(invoice=invoice)
            run = runs.order_by("-pk").first()
            parts = freed_parts(finding, invoice, run, code, at) if run else []
            payable = total_dollars(part.cents for part in parts)
            beyond = total_dollars(part.beyond_dollars for part in parts)
            if payable:
                break
    waits = code in FREES and any(
        each.state == InvoiceState.RECEIVED for each in invoices
    )
    return Effect(code, payable, beyond, credit_of(finding, code), waits=waits)


def _write_off(finding: Finding, code: str) -> Effect:
    left, amount = write_off_left(finding), size(Dollars(finding.amount_dollars))
    if left is None:
        return Effect(code, refused="The contract states no cap of write-offs.")
    if amount > left:
        words = f"{left} of the cap of write-offs is left on this order."
        return Effect(code, refused=words)
    return Effect(code, capped=amount)
