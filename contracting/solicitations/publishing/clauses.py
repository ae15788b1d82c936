"""Why a clause is required in a package, may be chosen, or does not apply."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from contracting.solicitations.publishing.facts import Facts, Prescription
from contracting.solicitations.publishing.options import (
    CLAUSES,
    EVALUATION,
    clauses_of,
    drafts_of,
)
from contracting.solicitations.states import Procedure, SetAside

REQUIRED: Final = "REQUIRED"
FREE: Final = "FREE"
NOT_APPLICABLE: Final = "NOT_APPLICABLE"

OF_OPTIONS: Final = (*CLAUSES.values(), EVALUATION)
"""The clauses that a package carries for its options (FAR 17.208)."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One clause in one package: whether it is required, and the reason."""

    number: str
    state: str
    reason: str

    @property
    def words(self) -> str:
        """What the editor says beside the clause."""
        if self.state == REQUIRED:
            return f"required because {self.reason}"
        if self.state == NOT_APPLICABLE:
            return f"not applicable: only where {self.reason}"
        return self.reason


def standing(number: str, facts: Facts) -> Standing:
    """How a clause stands; without a prescription it may be chosen freely."""
    if number in OF_OPTIONS:
        return _of_options(number, facts)
    prescribed = [
        each
        for each in (facts.day.prescriptions if facts.day else ())
        if each.number == number
    ]
    applying = [each for each in prescribed if applies(each, facts)]
    if applying:
        reasons = "; ".join(_because(each) for each in applying)
        return Standing(number, REQUIRED, reasons)
    if prescribed:
        reasons = "; ".join(_because(each) for each in prescribed)
        return Standing(number, NOT_APPLICABLE, reasons)
    return Standing(number, FREE, "may be chosen; no prescription asks for it")


def _of_options(number: str, facts: Facts) -> Standing:
    """How a clause of options stands: required where an option rests on it."""
    found = clauses_of(
        drafts_of(facts.options), are_evaluated=facts.terms["options_evaluated"]
    )
    if number in found:
        return Standing(number, REQUIRED, "it states such an option (FAR 17.208; FAR)")
    return Standing(number, NOT_APPLICABLE, "it states such an option")


def required(facts: Facts) -> list[Standing]:
    """Every clause that the package must carry, by number."""
    prescribed = facts.day.prescriptions if facts.day else ()
    numbers = sorted({*(each.number for each in prescribed), *OF_OPTIONS})
    return [
        found
        for found in (standing(number, facts) for number in numbers)
        if found.state == REQUIRED
    ]


def applies(prescription: Prescription, facts: Facts) -> bool:
    """Whether every condition of a prescription holds of the package."""
    over = prescription.above is None or facts.value > prescription.above
    procedure = prescription.procedure in ("", facts.terms["procedure"])
    set_aside = facts.terms["set_aside"] not in ("", SetAside.UNRESTRICTED)
    several = facts.terms["most_awards"] > 1
    kind = facts.instrument
    return (
        (kind is None or prescription.number not in kind.without_clauses)
        and over
        and procedure
        and prescription.is_set_aside in (None, set_aside)
        and prescription.is_multiple_award in (None, several)
    )


def _because(prescription: Prescription) -> str:
    conditions = [prescription.reason]
    if prescription.above is not None:
        conditions.append(f"its value is above {_money(prescription.above)}")
    if prescription.procedure:
        conditions.append(f"it buys {Procedure(prescription.procedure).label}")
    basis = f"{prescription.citation}; {prescription.regime}"
    return f"{' and '.join(each for each in conditions if each)} ({basis})"


def _money(amount: Decimal) -> str:
    return f"${amount:,.0f}"


def lacking(facts: Facts, carried: Iterable[str]) -> list[Standing]:
    """The required clauses that the package does not carry."""
    numbers = set(carried)
    return [each for each in required(facts) if each.number not in numbers]
