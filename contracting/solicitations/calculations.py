"""The content of a package, what differs between two, and what can stand in one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from contracting.core.canonical import content_sha256
from contracting.core.identifiers import (
    check_naics,
    check_psc,
)
from contracting.core.periods import is_plausible, zone_of
from contracting.core.quantities import Dollars
from contracting.reference.states import InstrumentKind
from contracting.solicitations.models import Answer, Solicitation
from contracting.solicitations.publishing import schedule
from contracting.solicitations.publishing.changes import spoken
from contracting.solicitations.publishing.limits import MOST, check_limits
from contracting.solicitations.publishing.options import checked_options
from contracting.solicitations.publishing.terms import (
    ALWAYS_STATED,
    ORDER_LIMITS,
    TERMS,
    TOLERANCES,
)
from contracting.solicitations.refusals import TermInvalid
from contracting.solicitations.states import (
    ExtentCompeted,
    Procedure,
    SetAside,
    SolicitationKind,
    SynopsisException,
    SynopsisKind,
)

LineDraft = schedule.LineDraft
checked_lines = schedule.checked_lines

MOST_AWARDS: Final = 20
"""More awards on one solicitation are a schedule, and no choice of a few."""

MOST_VALID_DAYS: Final = 730
"""Nobody holds prices of tokens open for longer than two years."""

MOST_CLOSING_DAYS: Final = 90
"""Before the deadline; no package stands open for much longer."""

MOST_TOLERATED: Final = Decimal(9 * 10**15)
"""In tokens or in dollars; far more than anybody tolerates."""

MOST_ALTERNATES: Final = 20
"""More alternates of one vendor nobody evaluates each by itself."""

FROZEN: Final = ("kind", "instrument", "late_rule")
"""Terms that stand from the release on: no amendment changes them."""

_OFFERED: Final = {
    "kind": SolicitationKind.values,
    "instrument": InstrumentKind.values,
    "set_aside": SetAside.values,
    "procedure": Procedure.values,
    "extent_competed": ExtentCompeted.values,
    "synopsis_kind": SynopsisKind.values,
    "synopsis_exception": SynopsisException.values,
}
_MAY_BE_NULL: Final = frozenset(
    {
        "deadline",
        "offer_valid_days",
        "ordering_start",
        "questions_close_days",
        "ordering_end",
        "synopsis_posted_on",
        *MOST,
        *ORDER_LIMITS,
        *(name for name in TOLERANCES if name not in ALWAYS_STATED),
    }
)
_NEVER_NULL: Final = frozenset(TERMS) - _MAY_BE_NULL


@dataclass(frozen=True, slots=True)
class FactorDraft:
    """An evaluation factor as somebody writes it."""

    name: str
    description: str
    is_price: bool = False


def content(solicitation: Solicitation) -> dict[str, Any]:
    """Every term of the package, for its hash; neither state, number nor comments."""
    return {
        "agency": solicitation.agency_id,
        "requisition": solicitation.requisition_id,
        "terms": {name: getattr(solicitation, name) for name in TERMS},
        "lines": [
            schedule.plain_line(line)
            for line in solicitation.lines.filter(is_removed=False)
            .select_related("token_class")
            .order_by("slin")
        ],
        "factors": [
            {
                "position": factor.position,
                "name": factor.name,
                "description": factor.description,
                "is_price": factor.is_price,
            }
            for factor in solicitation.factors.filter(is_removed=False).order_by(
                "position"
            )
        ],
        "clauses": [
            {
                "number": row.clause.number,
                "title": row.clause.title,
                "valid_from": row.clause.valid_from,
            }
            for row in solicitation.clauses.select_related("clause").order_by(
                "clause__number"
            )
        ],
    }


def terms_read(solicitation: Solicitation) -> list[tuple[str, str]]:
    """Each term of a package by its name, as its reviewers read it."""
    return list(spoken(content(solicitation)).items())


def workload_sha256(content_of_it: Mapping[str, Any]) -> str:
    """The hash of the reference workload on which every offer is priced."""
    return content_sha256(schedule.workload_of(content_of_it["lines"]))


def answers_sha256(answers: Iterable[Answer]) -> str:
    """The hash of drafted answers: who releases them has read exactly these."""
    return content_sha256(
        [[answer.question.public_id, answer.pk] for answer in answers]
    )


def checked_terms(terms: Mapping[str, Any]) -> dict[str, Any]:
    """The terms, tidied; a draft may leave them empty but never malformed.

    :raises TermInvalid: naming the first term that cannot be what was given
    :raises BadIdentifier: for a NAICS or product service code that breaks its grammar
    :raises BadPeriod: for a time zone that does not exist
    """
    tidy: dict[str, Any] = {}
    for name, value in terms.items():
        if name not in TERMS:
            message = f"A solicitation has no term {name!r}."
            raise TermInvalid(message, term=name)
        if value is None and name in _NEVER_NULL:
            message = f"{TERMS[name]} cannot be nothing; leave it empty or zero."
            raise TermInvalid(message, term=name)
        tidy[name] = value.strip() if isinstance(value, str) else value
    if "options" in tidy:
        tidy["options"] = checked_options(tidy["options"])
    _check_words(tidy)
    _check_amounts(tidy)
    check_limits(tidy)
    return tidy


def _check_words(terms: Mapping[str, Any]) -> None:
    if terms.get("naics"):
        check_naics(terms["naics"])
    if terms.get("psc"):
        check_psc(terms["psc"])
    if "time_zone" in terms:
        zone_of(terms["time_zone"])
    _check_choices(terms)
    if terms.get("title") == "":
        message = "A solicitation has a title."
        raise TermInvalid(message, term="title")
    deadline = terms.get("deadline")
    if isinstance(deadline, datetime) and deadline.tzinfo is None:
        message = "A deadline is an instant with a time zone."
        raise TermInvalid(message, term="deadline")
    for name in sorted(_MAY_BE_NULL):
        day = terms.get(name)
        if isinstance(day, date) and not is_plausible(day):
            message = f"{TERMS[name]} lies in the years 2000 to 2100."
            raise TermInvalid(message, term=name)


def _check_choices(terms: Mapping[str, Any]) -> None:
    for name, offered in _OFFERED.items():
        if terms.get(name) and terms[name] not in offered:
            message = f"{TERMS[name]} cannot be {terms[name]!r}."
            raise TermInvalid(message, term=name)
    for name in ("kind", "instrument", "procedure", "extent_competed"):
        if terms.get(name) == "":
            message = f"{TERMS[name]} is chosen from its list."
            raise TermInvalid(message, term=name)


def _check_amounts(terms: Mapping[str, Any]) -> None:
    for name in ("minimum_dollars", "maximum_dollars", "maximum_tokens"):
        if terms.get(name, 0) < 0:
            message = f"{TERMS[name]} is never negative."
            raise TermInvalid(message, term=name)
    valid_days = terms.get("offer_valid_days")
    if valid_days is not None and not 1 <= valid_days <= MOST_VALID_DAYS:
        message = f"An offer stays open for 1 to {MOST_VALID_DAYS} days."
        raise TermInvalid(message, term="offer_valid_days")
    closing_days = terms.get("questions_close_days")
    if closing_days is not None and not 1 <= closing_days <= MOST_CLOSING_DAYS:
        message = f"Questions close 1 to {MOST_CLOSING_DAYS} days before the deadline."
        raise TermInvalid(message, term="questions_close_days")
    if not 0 <= terms.get("alternates_taken", 0) <= MOST_ALTERNATES:
        message = f"0 to {MOST_ALTERNATES} alternates are taken from each vendor."
        raise TermInvalid(message, term="alternates_taken")
    if not 1 <= terms.get("most_awards", 1) <= MOST_AWARDS:
        message = f"A solicitation leads to 1 to {MOST_AWARDS} contracts."
        raise TermInvalid(message, term="most_awards")
    _check_order_limits(terms)
    check_tolerances(terms)
    for name in ("minimum_dollars", "maximum_dollars"):
        amount = Dollars(terms.get(name, 0))
        if amount != amount.to_cents():
            message = f"{TERMS[name]} is in whole cents."
            raise TermInvalid(message, term=name)


def _check_order_limits(terms: Mapping[str, Any]) -> None:
    """Each limit of orders leaves room for one, in whole cents."""
    for name in ORDER_LIMITS:
        value = terms.get(name)
        if value is None or isinstance(value, date):
            continue
        if value <= 0:
            message = f"{ORDER_LIMITS[name]} is more than nothing, or left empty."
            raise TermInvalid(message, term=name)
        if name.endswith("_dollars") and Dollars(value) != Dollars(value).to_cents():
            message = f"{ORDER_LIMITS[name]} is in whole cents."
            raise TermInvalid(message, term=name)


def check_tolerances(terms: Mapping[str, Any]) -> None:
    """No tolerance is negative, no share is above all, dollars are in whole cents.

    :raises TermInvalid: naming the first that cannot stand
    """
    for name, label in TOLERANCES.items():
        value = terms.get(name)
        if value is None:
            continue
        most = Decimal(100) if name.endswith("_percent") else MOST_TOLERATED
        if not 0 <= value <= most:
            message = f"{label}: from 0 to {most:,f}."
            raise TermInvalid(message, term=name)
        if name.endswith("_dollars") and Dollars(value) != Dollars(value).to_cents():
            message = f"{label} is in whole cents."
            raise TermInvalid(message, term=name)
        if name.endswith("_percent") and Decimal(value) != round(Decimal(value), 4):
            message = f"{label} has at most four decimals."
            raise TermInvalid(message, term=name)


def require_in_step(solicitation: Solicitation, terms: Mapping[str, Any]) -> None:
    """Terms that only make sense together, as they would stand with ``terms``.

    :raises TermInvalid: if the period ends before it begins, the minimum is above the
        maximum, limits of orders contradict each other, or a request for proposals
        says how late quotations are treated
    """
    would = {name: terms.get(name, getattr(solicitation, name)) for name in TERMS}
    start, end = would["ordering_start"], would["ordering_end"]
    if isinstance(start, date) and isinstance(end, date) and end < start:
        message = "The last day for orders is before the first."
        raise TermInvalid(message, term="ordering_end")
    last = would["performance_end"]
    if isinstance(last, date) and isinstance(end, date) and last < end:
        message = "Performance would end before the last day for orders."
        raise TermInvalid(message, term="performance_end")
    smallest, largest = would["smallest_order_dollars"], would["largest_order_dollars"]
    if smallest is not None and largest is not None and smallest > largest:
        message = "The smallest order is above the largest."
        raise TermInvalid(message, term="smallest_order_dollars")
    if would["order_series_days"] is not None and largest is None:
        message = "Orders of some days count as one where the largest order is stated."
        raise TermInvalid(message, term="order_series_days")
    if would["late_rule"] and would["kind"] != SolicitationKind.RFQ:
        message = "Whether late ones are considered is said of quotations only."
        raise TermInvalid(message, term="late_rule")
    if would["minimum_dollars"] > would["maximum_dollars"]:
        message = "The guaranteed minimum is above the maximum."
        raise TermInvalid(message, term="minimum_dollars")


def checked_factors(factors: Sequence[FactorDraft]) -> list[dict[str, Any]]:
    """The evaluation factors as they are stored, in their order.

    :raises TermInvalid: if one has no words, a name stands twice, or two are the price
    """
    names = [factor.name.strip().lower() for factor in factors]
    if len(set(names)) != len(names):
        message = "Each factor has its own name."
        raise TermInvalid(message)
    if sum(factor.is_price for factor in factors) > 1:
        message = "Only one factor is the price."
        raise TermInvalid(message)
    for factor in factors:
        if not factor.name.strip() or not factor.description.strip():
            message = "A factor has a name, and says how it is judged."
            raise TermInvalid(message)
    return [
        {
            "position": position,
            "name": factor.name.strip(),
            "description": factor.description.strip(),
            "is_price": factor.is_price,
        }
        for position, factor in enumerate(factors, start=1)
    ]


_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"


def slin_letters(number: int) -> str:
    """The letters of the n-th sub-line, AA to ZZ without I and O (from 0)."""
    first, second = divmod(number, len(_LETTERS))
    return f"{_LETTERS[first]}{_LETTERS[second]}"
