"""The price schedule asks for every structure whole, or for none of it."""

import re
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from contracting.solicitations.models import SolicitationLine
from contracting.solicitations.operations.edit import edit_solicitation
from contracting.solicitations.publishing.changes import differences
from contracting.solicitations.publishing.instruments import fits
from contracting.solicitations.publishing.schedule import plain_line
from contracting.solicitations.queries import facts_of, lines_of
from contracting.solicitations.refusals import NotInDictionary, TermInvalid
from tests.builders import complete_solicitation
from tests.builders_structures import (
    SCHEDULE,
    asked,
    structured_draft,
    structured_solicitation,
)
from tests.cast import actor, client_for, nothing_happens, submit

pytestmark = pytest.mark.django_db


def edited(package, *lines, at):
    return edit_solicitation(
        solicitation_id=package.pk,
        lines=lines,
        by=actor("contract_specialist"),
        at=at,
        seen_version=package.version,
    )


TIERED: dict[str, Any] = {"structure": "TIERS"}
POOLED: dict[str, Any] = {"structure": "POOL", "unit": "ACU"}


@pytest.mark.parametrize(
    "rows",
    [
        # A class of tiers begins at 0 tokens
        [asked("0002AA", "OUT_TEXT", from_tokens=5, **TIERED)],
        # A step is asked for once, and holds no workload of its own
        [asked(s, "OUT_TEXT", **TIERED) for s in ("0002AA", "0002AB")],
        [
            asked("0002AA", "OUT_TEXT", 1, **TIERED),
            asked("0002AB", "OUT_TEXT", 1, from_tokens=5, **TIERED),
        ],
        # Only tiers have steps, and none so late that no token is there
        [asked("0002AA", "OUT_TEXT", from_tokens=5)],
        [
            asked("0002AA", "OUT_TEXT", **TIERED),
            asked("0002AB", "OUT_TEXT", from_tokens=10**16, **TIERED),
        ],
        # A pool has a price of its unit and classes that burn it
        [asked("0002", **POOLED)],
        [asked("0002AA", "OUT_TEXT", **POOLED)],
        [asked("0002", workload=5, **POOLED), asked("0002AA", "OUT_TEXT", **POOLED)],
        # What is bought by the unit is one row
        [asked(s, structure="SEATS", unit="MO") for s in ("0002AA", "0002AB")],
        # Quantities belong to what is bought by the unit, periods to what lasts
        [asked("0002AA", "OUT_TEXT", quantity=5)],
        [asked("0002AA", "OUT_TEXT", periods=2)],
        [asked("0002", structure="SERVICE", unit="EA", quantity=5, periods=2)],
        [asked("0002", structure="SEATS", unit="MO", quantity=-1)],
        # And a contract can hold the whole of it
        [asked("0002", structure="SEATS", unit="MO", quantity=10**11, periods=10)],
        # One CLIN is priced and counted in one way
        [asked("0002AA", "OUT_TEXT", **TIERED), asked("0002AB", "IN_UNCACHED")],
        [
            asked("0002AA", "OUT_TEXT", **TIERED),
            asked("0002AB", "IN_UNCACHED", counted_per="WHOLE", **TIERED),
        ],
    ],
)
def test_rows_that_make_no_structure_are_refused(rows, at):
    package = complete_solicitation(at)

    with nothing_happens(), pytest.raises(TermInvalid):
        edited(package, *rows, at=at)


@pytest.mark.rule("R-SOL-13", case="refused")
@pytest.mark.parametrize(
    "row",
    [
        asked("0002AA", **TIERED),
        asked("0002AA", "OUT_TEXT", structure="SEATS", unit="MO"),
        asked("0002", structure="SEATS", unit="HR"),
        asked("0002", structure="FLAT", unit="MO"),
        asked("0002AA", "OUT_TEXT", counted_per="YEAR", **TIERED),
    ],
)
def test_a_unit_or_class_that_the_structure_does_not_know_is_refused(row, at):
    package = complete_solicitation(at)

    with nothing_happens(), pytest.raises(NotInDictionary):
        edited(package, row, at=at)


def test_a_definitive_contract_is_priced_per_million_tokens(at):
    draft = structured_draft(at)
    draft.instrument = "DEFINITIVE"

    found = {fit.code: fit.missing for fit in fits(facts_of(draft, at=at))}

    assert "CLIN 0003, 0004, 0005, 0006" in found["structures"]


def test_everybody_reads_what_is_asked(at):
    solicitation = structured_solicitation(at)

    page = client_for(actor("vendor_a_member")).get(solicitation.public_path)
    text = " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())
    assert (
        "CLIN 0002: committed-use tiers, marginal; each order by itself, per calendar "
        "month; evaluated over 2 equal months." in text
    )
    assert "CLIN 0004: seats per month; each day is its part of the month." in text
    assert "US dollars per month" in text
    assert "25 × 12 months" in text
    assert "from 3,000,000 tokens on" in text


def said(line):
    package = {"terms": {}, "lines": [plain_line(line)], "factors": [], "clauses": []}
    changes = differences({**package, "lines": []}, package)
    return [change.new for change in changes]


@pytest.mark.parametrize(
    ("unit", "part_months", "words"),
    [
        ("MO", "IN_FULL", "Seats; price per month; seats per month; a month "),
        ("HR", "BY_DAY", "Seats; price per hour; reserved capacity"),
    ],
)
def test_an_amendment_says_of_seats_what_was_changed(unit, part_months, words):
    structure = "SEATS" if unit == "MO" else "RESERVED"
    terms = {"structure": structure, "unit": unit, "part_months": part_months}
    line = SolicitationLine(slin="0004", clin="0004", description="Seats", **terms)
    line.workload_tokens = 0

    (found,) = said(line)

    # What a part of a month is worth is told, and nothing of tiers and boundaries
    assert found.startswith(words)
    assert "FEDRAMP" not in found


def test_a_pattern_names_steps_and_quantities_and_no_tokens_of_seats(at):
    package = structured_draft(at)
    lines = [plain_line(line) for line in lines_of(package)]
    shown = render_to_string(
        "solicitations/_pattern.html",
        {"pattern": {"terms": {}, "lines": lines, "factors": [], "clauses": []}},
    )

    assert "0004 What line 0004 buys: 25 × 12 MO of reference workload" in shown
    assert "IN_UNCACHED, from 1,000,000 tokens on</li>" in shown
    assert " 0 tokens" not in shown


def test_the_grid_gives_every_structure_back_as_it_stands(contract_specialist, at):
    package = structured_draft(at)
    browser = client_for(contract_specialist)
    url = reverse("solicitations:edit_lines", args=[package.public_id])
    grid = browser.get(url).context["form"].grid
    rows = {
        "rows-TOTAL_FORMS": len(grid.initial_forms),
        "seen_version": package.version,
    }
    rows["rows-INITIAL_FORMS"] = len(grid.initial_forms)
    for number, row in enumerate(grid.initial_forms):
        for name in row.fields:
            value = row[name].value()
            if name != "DELETE" and value is not None:
                rows[f"rows-{number}-{name}"] = value

    # As it stands nothing changes; with more seats one line does
    answered = submit(browser, url, rows)
    assert answered.status_code == 409 or "Nothing was changed" in str(answered.content)
    seats = next(
        number
        for number, row in enumerate(grid.initial_forms)
        if row["slin"].value() == "0004"
    )
    answered = submit(browser, url, {**rows, f"rows-{seats}-workload_quantity": 30})
    assert answered.status_code == 303
    found = {line.slin: line for line in lines_of(package)}
    assert found["0004"].workload_units == 360
    assert len(found) == 4 + len(SCHEDULE)
