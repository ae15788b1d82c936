"""The page of an amendment holds the whole package and shows what would change."""

import pytest

from contracting.core import clock
from contracting.documents import rendering
from contracting.documents.models import Document
from tests.builders import released_solicitation
from tests.cast import client_for, days, nothing_happens, submit
from tests.solicitations.test_doors import page, terms_form


@pytest.fixture
def today(db):
    """The pages read the real clock, so these stories begin now."""
    return clock.now()


@pytest.fixture
def soon(today):
    """A deadline and an ordering period that lie ahead for the pages."""
    return {
        "deadline": (today + days(14)).replace(second=0, microsecond=0),
        "ordering_start": (today + days(30)).date(),
        "ordering_end": (today + days(394)).date(),
    }


def amendment_form(package, shown, **changed):
    """Everything that the page of an amendment shows, as a browser posts it."""
    form = shown.context["form"]
    fields = {**terms_form(package), "clauses_shown": "True"}
    fields["clause_ids"] = form.initial["clause_ids"]
    for grid in (form.line_grid, form.factor_grid):
        count = len(grid.initial_forms)
        fields |= {
            f"{grid.prefix}-TOTAL_FORMS": count,
            f"{grid.prefix}-INITIAL_FORMS": count,
        }
        for row in grid.initial_forms:
            fields |= {
                row.add_prefix(name): value
                for name, value in row.initial.items()
                if name in row.fields and value is not False
            }
    return fields | changed


def test_lines_workload_factors_and_clauses_are_amended_on_the_page(
    contracting_officer, today, soon, monkeypatch
):
    # Given a released solicitation and the page of its amendment
    package = released_solicitation(today - days(2), terms=soon)
    officer = client_for(contracting_officer)
    url = page("amend_solicitation", package)
    fields = amendment_form(
        package,
        officer.get(url),
        **{
            "summary": "Less input, without the last line; another factor.",
            "lines-0-workload_tokens": 7,
            "lines-3-DELETE": "on",
            "factors-0-name": "Approach and boundary",
        },
    )
    free = package.clauses.get(clause__number="52.232-18").clause_id
    fields["clause_ids"] = [pk for pk in fields["clause_ids"] if pk != free]

    # When it is checked first, old and new are shown and nothing has happened
    with nothing_happens():
        checked = submit(officer, url, {**fields, "check": "1"})
    assert checked.status_code == 200
    said = checked.content.decode()
    assert "Not issued yet" in said
    assert "7 tokens of reference workload" in said
    assert "2,000,000,000 tokens of reference workload" in said

    # And it is printed as it would be issued, as a draft that nobody has signed
    printed: list[rendering.Sheet] = []

    def print_apart(sheet: rendering.Sheet) -> bytes:
        printed.append(sheet)
        return b"%PDF-1.7"

    monkeypatch.setattr(rendering, "render_apart", print_apart)
    with nothing_happens():
        draft = submit(officer, url, {**fields, "draft": "1"})
    assert (draft.status_code, draft["Content-Type"]) == (200, "application/pdf")
    assert "draft-" in draft["Content-Disposition"]
    (sheet,) = printed
    assert sheet.context["blocks"]["2"] == "0001"
    assert not {"3", "16A", "16C"} & set(sheet.context["blocks"])
    assert "It binds nobody" in sheet.context["draft"]

    # Then it is issued, and the amendment and its paper say the same
    assert submit(officer, url, fields).status_code == 303
    amendment = package.amendments.get()
    paper = Document.objects.filter(kind="modification").latest("pk")
    assert paper.context["changes"] == sheet.context["changes"]
    assert paper.context["blocks"]["14"] == sheet.context["blocks"]["14"]
    terms = [change["term"] for change in amendment.changes]
    rows = [term for term in terms if term.startswith(("Line", "Factor"))]
    assert rows == ["Line 0001AA", "Line 0001AD", "Factor 1"]
    assert sum(term.startswith("Clause") for term in terms) == 1
    assert package.lines.filter(is_removed=False).count() == 3


def test_a_deadline_that_is_moved_onto_a_day_of_rest_is_warned_about(
    contracting_officer, today, soon
):
    package = released_solicitation(today - days(2), terms=soon)
    officer = client_for(contracting_officer)
    url = page("amend_solicitation", package)
    form = amendment_form(package, officer.get(url), summary="Later.", check="1")
    saturday = today.date() + days(20)
    saturday += days((5 - saturday.weekday()) % 7)

    for day, is_warned in ((saturday, True), (saturday + days(3), False)):
        fields = form | {"deadline_day": day.isoformat(), "deadline_time": "14:00"}
        with nothing_happens():
            said = submit(officer, url, fields).content.decode()
        assert "Not issued yet" in said
        assert ("hardly anybody is at work" in said) == is_warned


def test_an_amendment_page_refuses_what_the_verb_refuses(
    contracting_officer, contract_specialist, today, soon
):
    package = released_solicitation(today - days(2), terms=soon)
    officer = client_for(contracting_officer)
    url = page("amend_solicitation", package)
    fields = amendment_form(
        package, officer.get(url), summary="No clauses.", clause_ids=[]
    )

    for more in ({}, {"check": "1"}, {"draft": "1"}):
        with nothing_happens():
            refused = submit(officer, url, {**fields, **more})
        assert refused.status_code == 422
        assert b"R-SOL-02" in refused.content
    with nothing_happens():
        asked = submit(client_for(contract_specialist), url, {**fields, "check": "1"})
    assert asked.status_code == 403
