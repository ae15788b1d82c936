"""The publish check: one list that the editor, the release page and the guard share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final

from contracting.determinations.states import Kind
from contracting.solicitations.publishing.clauses import lacking
from contracting.solicitations.publishing.dates import days_weighed
from contracting.solicitations.publishing.facts import Day, Facts
from contracting.solicitations.publishing.instruments import fits, guarantees_minimum
from contracting.solicitations.publishing.limits import limits_from
from contracting.solicitations.states import (
    ExtentCompeted,
    Procedure,
    SetAside,
    SolicitationKind,
    SynopsisException,
    SynopsisKind,
)

MISSING: Final = "MISSING"
WARNED: Final = "WARNED"
DONE: Final = "DONE"

COMPLETE: Final = "R-SOL-02"


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that is weighed before publication.

    ``missing`` says what is not there yet and stops the release; ``warning`` is told,
    recorded and stops nothing; without either ``done`` says what is in order. ``page``
    is the part of the address where it is changed.
    """

    code: str
    done: str
    page: str
    missing: str = ""
    warning: str = ""
    rule: str = COMPLETE

    @property
    def determination(self) -> str:
        """The kind of determination that is made instead of a change, if any."""
        return self.page.partition("determinations/")[2]

    @property
    def state(self) -> str:
        if self.missing:
            return MISSING
        return WARNED if self.warning else DONE


def money(amount: Decimal) -> str:
    """US dollars as a sentence tells them: ``$25,000``, with cents if there are any."""
    whole = amount == amount.to_integral_value()
    return f"${amount:,.0f}" if whole else f"${amount:,.2f}"


def points(facts: Facts) -> list[Point]:
    """Everything that is weighed, in the order of the editor's tasks.

    FAR 12.602, 15.203 and 15.304 (R-SOL-02), for quotations 13.106-1; without a day,
    neither thresholds nor instants are judged.
    """
    found = [
        *_terms(facts),
        *_amounts(facts),
        *_dates(facts),
        *_rows(facts),
        Point("limits", " ".join(limits_from(facts.terms).sentences), "limits"),
        Point("options", _options(facts), "options"),
    ]
    if facts.day is not None:
        found += [
            *(
                Point(each.code, each.done, each.page, each.missing)
                for each in fits(facts)
            ),
            *_synopsis(facts, facts.day),
            *_window(facts, facts.day),
            *_set_aside(facts, facts.day),
            *_competition(facts, facts.day),
            *_awards(facts, facts.day),
            *_attachments(facts, facts.day),
        ]
    return found


@dataclass(frozen=True, slots=True)
class Task:
    """One section of the editor with its points, and how far it is."""

    title: str
    page: str
    points: tuple[Point, ...]

    @property
    def state(self) -> str:
        states = {point.state for point in self.points}
        return next(each for each in (MISSING, WARNED, DONE) if each in states)

    @property
    def lacking(self) -> int:
        return sum(point.state == MISSING for point in self.points)


TASKS: Final = {
    "terms": "Terms",
    "publication": "Publication and competition",
    "lines": "Lines and reference workload",
    "factors": "Evaluation factors",
    "clauses": "Clauses and provisions",
    "limits": "Limits of offers",
    "options": "Options",
    "determinations": "Determinations",
}
"""The sections of the editor by the first word of their address."""


def tasks(found: Iterable[Point]) -> list[Task]:
    """The points by section, in the order of the editor; sections without are left."""
    listed = list(found)
    return [
        Task(title, page, points)
        for page, title in TASKS.items()
        if (points := tuple(p for p in listed if p.page.split("/")[0] == page))
    ]


def missing(facts: Facts) -> list[Point]:
    """What stops the release."""
    return [point for point in points(facts) if point.state == MISSING]


def warnings(facts: Facts) -> list[Point]:
    """What is told and recorded, and stops nothing."""
    return [point for point in points(facts) if point.state == WARNED]


_TERMS: Final = (
    (
        "statement_of_objectives",
        "It says what the tokens are for.",
        "A statement of objectives or work statement.",
    ),
    ("naics", "It has a NAICS code.", "The NAICS code."),
    (
        "size_standard",
        "It states the size standard.",
        "The size standard of the NAICS code.",
    ),
    ("psc", "It has a product service code.", "The product service code."),
    (
        "set_aside",
        "It says who may compete.",
        "Whether competition is unrestricted or set aside.",
    ),
    (
        "importance",
        "It says how the factors weigh.",
        "The relative importance of the evaluation factors.",
    ),
    ("ai_terms", "It has its AI term pack.", "The AI term pack."),
    ("contact_name", "It names whom to ask.", "The point of contact."),
    (
        "contact_email",
        "It says where to write to.",
        "The e-mail address of the point of contact.",
    ),
)


def _terms(facts: Facts) -> Iterator[Point]:
    is_quoted = facts.terms["kind"] == SolicitationKind.RFQ
    if is_quoted:
        yield from _quotations(facts)
    for name, done, words in _TERMS:
        given = str(facts.terms[name]).strip()
        if name == "importance" and is_quoted and not given:
            continue
        yield Point(name, done, "terms", missing="" if given else words)


def _quotations(facts: Facts) -> Iterator[Point]:
    """FAR 13.003, 13.106-1: simplified, and how lateness is treated is said."""
    is_simple = facts.terms["procedure"] == Procedure.COMMERCIAL
    words = "The commercial procedure: quotations are not asked for under FAR part 15."
    yield Point(
        "quotations",
        "It asks for quotations, by a simplified procedure.",
        "publication",
        missing="" if is_simple else words,
    )
    yield Point(
        "late_rule",
        "It says that late quotations are not considered."
        if facts.terms["late_rule"]
        else "Late quotations may be considered until an award is made.",
        "publication",
        rule="R-SUB-11",
    )


def _amounts(facts: Facts) -> Iterator[Point]:
    for name, done, words in (
        (
            "minimum_dollars",
            "It guarantees a minimum.",
            "The guaranteed minimum in dollars.",
        ),
        ("maximum_dollars", "It has a ceiling in dollars.", "The maximum in dollars."),
        ("maximum_tokens", "It has a ceiling in tokens.", "The maximum in tokens."),
    ):
        if name == "minimum_dollars" and not guarantees_minimum(facts):
            continue
        lacks = "" if facts.terms[name] > 0 else words
        if name == "minimum_dollars" and not lacks:
            lacks = _nominal(facts)
        yield Point(name, done, "terms", missing=lacks)


def _nominal(facts: Facts) -> str:
    """What is missing where the minimum is only nominal (FAR 16.504(a)(2))."""
    if facts.day is None:
        return ""
    nominal = facts.day.amounts["NOMINAL_MINIMUM"]
    if facts.terms["minimum_dollars"] > nominal:
        return ""
    return f"A guaranteed minimum that is more than nominal, above {money(nominal)}."


def _dates(facts: Facts) -> Iterator[Point]:
    lacks = "" if facts.zone_exists else "A time zone that exists."
    yield Point("time_zone", "Its time zone exists.", "terms", missing=lacks)
    is_quoted = facts.terms["kind"] == SolicitationKind.RFQ
    done = f"{'Quotations' if is_quoted else 'Offers'} have a deadline."
    yield Point("deadline", done, "terms", missing=_due(facts))
    for each in days_weighed(facts):
        words, warned = each.done, each.warning
        yield Point(each.code, words, "terms", warning=warned, rule=each.rule)
    yield Point(
        "ordering_period", "Orders have a period.", "terms", missing=_period(facts)
    )


def _due(facts: Facts) -> str:
    deadline = facts.terms["deadline"]
    if deadline is None:
        return "The deadline for offers, with its zone."
    if facts.day is not None and deadline <= facts.day.at:
        return "A deadline that has not passed."
    return ""


def _period(facts: Facts) -> str:
    start, end = facts.terms["ordering_start"], facts.terms["ordering_end"]
    if start is None or end is None:
        return "The ordering period, or the period of performance."
    if facts.day is not None and end < facts.day.on:
        return "A period that is not over already."
    return ""


def _rows(facts: Facts) -> Iterator[Point]:
    lacks = "" if facts.lines else "The line-item template: at least one line."
    yield Point("lines", "It has a price schedule.", "lines", missing=lacks)
    worked = {x.clin for x in facts.lines if x.workload_tokens or x.quantity}
    for clin in sorted({line.clin for line in facts.lines}):
        words = f"A reference workload above zero for CLIN {clin}."
        done = f"CLIN {clin} has a reference workload."
        lacks = "" if clin in worked else words
        yield Point("workload", done, "lines", missing=lacks)
    is_price = facts.factors_are_price
    lacks = "" if any(is_price) else "Price as an evaluation factor."
    yield Point("price_factor", "Price is a factor.", "factors", missing=lacks)
    may_be_alone = facts.terms["kind"] == SolicitationKind.RFQ
    lacks = "" if may_be_alone or not all(is_price) else "A factor beside the price."
    done = "The factors are named." if all(is_price) else "A factor stands beside it."
    yield Point("factors", done, "factors", missing=lacks)
    lacks = "" if facts.clauses else "The clauses and provisions."
    yield Point("clauses", "It carries clauses.", "clauses", missing=lacks)
    if facts.day is not None and facts.clauses:
        yield from _prescribed(facts)


def _options(facts: Facts) -> str:
    """What its options come to, in a sentence."""
    if not facts.options:
        return "It states no option."
    count = len(facts.options)
    words = "One option is" if count == 1 else f"{count} options are"
    return f"{words} stated; with all exercised it may cost {money(facts.value)}."


def _prescribed(facts: Facts) -> Iterator[Point]:
    """Every clause that a prescription asks for, with the reason."""
    without = lacking(facts, facts.clauses)
    for each in without:
        words = f"Clause {each.number}, {each.words}."
        yield Point("clause", "", "clauses", missing=words)
    if not without:
        done = "Every clause that a prescription asks for is in it."
        yield Point("clause", done, "clauses")


def _synopsis(facts: Facts, day: Day) -> Iterator[Point]:
    """FAR 5.101, 5.203, 12.603 (R-SOL-03)."""
    limit = day.amounts["SYNOPSIS"]
    if facts.value <= limit:
        return
    yield Point(
        "synopsis",
        _synopsis_words(facts),
        "publication",
        missing=_no_synopsis(facts, day),
        rule="R-SOL-03",
    )


def _synopsis_words(facts: Facts) -> str:
    kind, number = facts.terms["synopsis_kind"], facts.terms["synopsis_id"]
    if kind == SynopsisKind.COMBINED:
        return f"A combined synopsis and solicitation, {number}, is published."
    if kind == SynopsisKind.SEPARATE:
        return f"Synopsis {number} came before it."
    code = facts.terms["synopsis_exception"]
    return f"No synopsis: {SynopsisException(code).label if code else ''}."


def _no_synopsis(facts: Facts, day: Day) -> str:
    terms, kind = facts.terms, facts.terms["synopsis_kind"]
    limit = money(day.amounts["SYNOPSIS"])
    if not kind:
        return f"A synopsis, or the exception: its value is above {limit}."
    if kind == SynopsisKind.EXCEPTION:
        code = terms["synopsis_exception"]
        return "" if code else "The code of the exception from a synopsis."
    if not terms["synopsis_id"].strip():
        return "The id of the synopsis."
    if kind == SynopsisKind.COMBINED:
        is_commercial = terms["procedure"] == Procedure.COMMERCIAL
        words = "A synopsis of its own: only commercial buys combine the two."
        return "" if is_commercial else words
    posted, wait = terms["synopsis_posted_on"], int(day.amounts["SYNOPSIS_WAIT"])
    if posted is None:
        return "The day on which the synopsis was posted."
    first = posted + timedelta(days=wait)
    if day.released_on < first:
        return f"{wait} days after the synopsis: release it from {first:%d %b %Y} on."
    return ""


def _window(facts: Facts, day: Day) -> Iterator[Point]:
    """FAR 5.203(b), (c): warned about, and explained in a memo (R-SOL-04)."""
    if day.deadline_on is None or _due(facts):
        return
    days = (day.deadline_on - day.released_on).days
    is_long = (
        facts.terms["procedure"] != Procedure.COMMERCIAL
        and facts.value > day.amounts["SAT"]
    )
    code = "RESPONSE_WINDOW" if is_long else "RESPONSE_WINDOW_COMMERCIAL"
    policy = int(day.amounts[code])
    if days >= policy:
        yield Point(
            "response_window",
            f"Vendors have {days} days to respond; the policy asks for {policy}.",
            "terms",
            rule="R-SOL-04",
        )
        return
    words = f"Vendors have {days} days to respond, fewer than the policy's {policy}"
    is_explained = Kind.RESPONSE_WINDOW in facts.determined
    yield Point(
        "response_window",
        "",
        "determinations/response-window",
        missing="" if is_explained else f"{words}: a memo that says why.",
        warning=f"{words}; a memo says why." if is_explained else "",
        rule="R-SOL-04",
    )


def _set_aside(facts: Facts, day: Day) -> Iterator[Point]:
    """FAR 19.502-2: between the thresholds it is set aside (R-SOL-07)."""
    low, high = day.amounts["MPT"], day.amounts["SAT"]
    if not low < facts.value <= high or not facts.terms["set_aside"]:
        return
    is_open = facts.terms["set_aside"] == SetAside.UNRESTRICTED
    is_found = Kind.RULE_OF_TWO in facts.determined
    lacks = (
        f"A finding on the rule of two: between {money(low)} and {money(high)} a "
        "need is set aside for small business."
    )
    yield Point(
        "rule_of_two",
        "An approved finding opens it to everybody."
        if is_open
        else "It is set aside for small business.",
        "determinations/rule-of-two",
        missing=lacks if is_open and not is_found else "",
        rule="R-SOL-07",
    )


def _competition(facts: Facts, day: Day) -> Iterator[Point]:
    """FAR 11.105 (R-SOL-08), and what an award will ask for (R-SOL-09)."""
    is_justified = Kind.OTHER_THAN_FULL in facts.determined
    if facts.brand:
        is_fine = is_justified or Kind.BRAND_NAME in facts.determined
        is_posted = facts.value > day.amounts["BRAND_NAME_POSTING"]
        yield Point(
            "brand_name",
            f"Naming {facts.brand} is justified"
            + (", which the release publishes." if is_posted else "."),
            "determinations/brand-name",
            missing=""
            if is_fine
            else f"An approved justification for naming {facts.brand}.",
            rule="R-SOL-08",
        )
    extent = facts.terms["extent_competed"]
    if extent != ExtentCompeted.FULL:
        words = "It may be released, and is not awarded before"
        yield Point(
            "justification",
            "An approved justification says why not all may compete.",
            "determinations/other-than-full",
            warning=""
            if is_justified
            else f"{words} a justification for less than full competition is approved.",
            rule="R-SOL-09",
        )


def _awards(facts: Facts, day: Day) -> Iterator[Point]:
    """Several awards are preferred, and one above its amount needs a determination.

    FAR 16.504(c)(1)(i), (ii)(D) (R-AWD-04). The determination is made on the award, so
    the release is warned and not stopped.
    """
    if day.instrument is None or not day.instrument.may_be_several:
        return
    most, amount = facts.terms["most_awards"], day.amounts["SINGLE_AWARD_IDIQ"]
    is_single = most == 1
    yield Point(
        "awards_intended",
        "A single award is intended." if is_single else f"Up to {most} awards.",
        "terms",
        warning=(
            f"One award above {money(amount)} is not signed without a determination of "
            "the agency's head; several awards are preferred."
        )
        if is_single and facts.value > amount
        else "",
        rule="R-AWD-04",
    )


def _attachments(facts: Facts, day: Day) -> Iterator[Point]:
    """OMB M-25-22, M-26-04 (R-SOL-12): every line of tokens is a line of AI."""
    asked = set(facts.terms["required_attachments"])
    lacking = [label for code, label in day.attachments.items() if code not in asked]
    if not facts.lines:
        return
    is_waived = Kind.CIO_WAIVER in facts.determined
    listed = "; ".join(lacking)
    yield Point(
        "required_attachments",
        "Offers bring every paper that offers for AI bring.",
        "terms",
        missing=f"Papers that offers for AI bring along: {listed}."
        if lacking and not is_waived
        else "",
        warning=f"Waived by the chief information officer: {listed}."
        if lacking and is_waived
        else "",
        rule="R-SOL-12",
    )
