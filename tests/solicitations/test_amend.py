"""A released solicitation changes by numbered amendments only."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from contracting.audit.models import AuditEvent
from contracting.core.errors import NotAllowed, Stale
from contracting.core.quantities import Tokens
from contracting.documents.queries import documents_of
from contracting.notices.models import Notice
from contracting.solicitations.calculations import LineDraft
from contracting.solicitations.models import Amendment, Solicitation
from contracting.solicitations.operations.amend import amend_solicitation
from contracting.solicitations.queries import lines_of
from contracting.solicitations.refusals import (
    DeadlineFixed,
    NotComplete,
    NothingChanged,
    NotInDictionary,
    TermInvalid,
)
from tests.builders import (
    DEADLINE,
    RELEASED_AT,
    approved_solicitation,
    released_solicitation,
)
from tests.cast import days, nothing_happens
from tests.worlds import once_per_file

world = once_per_file(released_solicitation)


@pytest.fixture
def released(world, db):
    return Solicitation.objects.get(pk=world)


@pytest.fixture
def amend(contracting_officer, at):
    def _amend(solicitation, by=None, when=None, seen_version=None, **changed):
        return amend_solicitation(
            solicitation_id=solicitation.pk,
            summary=changed.pop("summary", "Offers are due a week later."),
            by=by or contracting_officer,
            at=when or at + days(5),
            seen_version=seen_version or solicitation.version,
            **changed,
        )

    return _amend


@pytest.mark.rule("R-SOL-05", case="allowed")
def test_an_amendment_issued_in_time_moves_the_deadline(released, amend):
    later = DEADLINE + days(7)

    # When an amendment is issued at the last instant before the deadline
    last = DEADLINE - timedelta(microseconds=1)
    amendment = amend(released, when=last, terms={"deadline": later})

    # Then the deadline is moved, old and new are on record, and the version is new
    released.refresh_from_db()
    assert released.deadline == later
    assert (amendment.old_deadline, amendment.new_deadline) == (DEADLINE, later)
    assert (released.version, amendment.version) == (3, 3)
    assert amendment.content_sha256 == released.content_sha256
    assert amendment.changes == [
        {
            "term": "Deadline for offers",
            "old": "2026-03-20T21:00:00.000000Z",
            "new": "2026-03-27T21:00:00.000000Z",
        }
    ]


def test_a_form_never_says_extended_of_a_deadline_that_is_earlier(released, amend):
    # When a deadline is moved back, then on, then left alone
    for moved in (DEADLINE - days(2), DEADLINE, DEADLINE):
        released.refresh_from_db()
        is_moved = moved != released.deadline
        amend(
            released,
            terms={"deadline": moved} if is_moved else {"contact_name": "Pat Moved"},
        )

    # Then only the second form says that it is extended, and the first says why not
    papers = documents_of(released.subject).filter(kind="modification").order_by("pk")
    assert [paper.context["blocks"]["11"]["checked"] for paper in papers] == [
        "Is not extended.",
        "Is extended",
        "Is not extended.",
    ]
    told = ["earlier than it was" in str(paper.context["notes"]) for paper in papers]
    assert told == [True, False, False]


@pytest.mark.rule("R-SOL-05", case="refused")
@pytest.mark.parametrize(
    ("issued", "new_deadline"),
    [
        (DEADLINE, DEADLINE + days(7)),
        (DEADLINE + timedelta(microseconds=1), DEADLINE + days(7)),
        (RELEASED_AT + days(1), RELEASED_AT + days(1)),
        (RELEASED_AT + days(1), RELEASED_AT),
        (RELEASED_AT + days(1), None),
    ],
)
def test_a_deadline_moves_neither_after_it_nor_into_the_past(
    released, amend, issued, new_deadline
):
    with nothing_happens(), pytest.raises(DeadlineFixed) as refusal:
        amend(released, when=issued, terms={"deadline": new_deadline})
    assert refusal.value.rule == "R-SOL-05"


@pytest.mark.rule("R-SOL-06", case="allowed")
def test_amendments_are_numbered_without_a_gap_and_all_vendors_told_at_once(
    released, amend, vendor_a, vendor_b, at
):
    # When two amendments are issued, and one between them is refused
    first = amend(released, terms={"deadline": DEADLINE + days(7)})
    with nothing_happens(), pytest.raises(DeadlineFixed):
        amend(released, terms={"deadline": at}, seen_version=3)
    second = amend(released, terms={"deadline": DEADLINE + days(9)}, seen_version=3)

    # Then they are 0001 and 0002, each a public SF 30, each told to all at one instant
    assert (first.number, second.number) == ("0001", "0002")
    papers = documents_of(released.subject).filter(kind="modification")
    assert {paper.context["blocks"]["2"] for paper in papers} == {"0001", "0002"}
    assert all(paper.is_public for paper in papers)
    told = Notice.objects.filter(title__startswith="Amendment 0002")
    assert {vendor_a.pk, vendor_b.pk} <= set(
        told.values_list("recipient_organization_id", flat=True)
    )
    assert set(told.values_list("created_at", flat=True)) == {at + days(5)}
    event = AuditEvent.objects.filter(
        event="solicitations.solicitation.amended"
    ).latest("pk")
    assert '"amendment":"0002"' in event.payload


@pytest.mark.rule("R-SOL-06", case="refused", held_by="database")
def test_a_number_is_neither_reused_nor_changed_by_any_hand(released, amend, at):
    # Given amendment 0001
    amendment = amend(released, terms={"deadline": DEADLINE + days(7)})

    # When somebody writes a second 0001, or renumbers it, behind the verbs' back
    twin = Amendment(
        solicitation=released,
        number="0001",
        summary="Twin",
        changes=[],
        old_deadline=DEADLINE,
        new_deadline=DEADLINE,
        version=9,
        content_sha256="0" * 64,
        issued_by=amendment.issued_by,
        issued_at=at,
    )
    with nothing_happens():
        with pytest.raises(IntegrityError), transaction.atomic():
            twin.save()
        with pytest.raises(DatabaseError), transaction.atomic():
            Amendment.objects.update(number="0007")

    # Then the database has refused, and the verb refuses a stale second issue
    with nothing_happens(), pytest.raises(Stale):
        amend(released, terms={"deadline": DEADLINE + days(8)})
    assert list(Amendment.objects.values_list("number", flat=True)) == ["0001"]


def test_an_amendment_that_changes_lines_freezes_the_new_workload(released, amend):
    before = released.workload_sha256
    line = LineDraft("0001", "0001AA", "Input", "IN_UNCACHED", Tokens(7))

    amendment = amend(released, summary="One line.", lines=[line])

    released.refresh_from_db()
    assert released.workload_sha256 != before
    terms = [change["term"] for change in amendment.changes]
    assert terms == ["Line 0001AA", "Line 0001AB", "Line 0001AC", "Line 0001AD"]


def drafts(solicitation, **changed):
    """The lines as they stand, as somebody writes them; by number, with changes."""
    return [
        replace(
            LineDraft(
                clin=line.clin,
                slin=line.slin,
                description=line.description,
                token_class=line.class_code,
                workload=Tokens(line.workload_tokens),
            ),
            **changed.get(f"l{line.slin}", {}),
        )
        for line in lines_of(solicitation)
    ]


@pytest.mark.rule("R-SUB-05", case="allowed")
def test_a_line_that_changes_is_replaced_and_the_others_stay(released, amend):
    # Given the lines that vendors may have priced already
    before = {line.slin: line for line in lines_of(released)}

    # When the class of the first line is changed
    lines = drafts(released, l0001AA={"token_class": "IN_CACHE_WRITE_5M"})
    amend(released, summary="Another class.", lines=lines)

    # Then another row asks for it, and the old one means what it meant
    after = {line.slin: line for line in lines_of(released)}
    old = before["0001AA"]
    assert after["0001AA"].pk != old.pk
    assert after["0001AA"].since_version == 3
    assert {s: line.pk for s, line in after.items() if s != "0001AA"} == {
        s: line.pk for s, line in before.items() if s != "0001AA"
    }
    old.refresh_from_db()
    assert (old.class_code, old.is_removed, old.until_version) == (
        "IN_UNCACHED",
        True,
        2,
    )


@pytest.mark.rule("R-SUB-05", case="refused", held_by="database")
def test_no_hand_rewrites_what_an_offer_prices(released):
    line = lines_of(released)[0]
    other = lines_of(released)[1].token_class

    for change in ({"token_class": other}, {"workload_tokens": 1}, {"tier": "BATCH"}):
        with (
            nothing_happens(),
            pytest.raises(DatabaseError, match="never rewritten"),
            transaction.atomic(),
        ):
            released.lines.filter(pk=line.pk).update(**change)
    with (
        nothing_happens(),
        pytest.raises(DatabaseError, match="never rewritten"),
        transaction.atomic(),
    ):
        released.factors.update(name="Another")


@pytest.mark.rule("R-SOL-02", case="refused")
@pytest.mark.parametrize(
    ("changed", "gap"),
    [
        ({"terms": {"naics": ""}}, "naics"),
        ({"terms": {"ai_terms": " "}}, "ai_terms"),
        ({"terms": {"importance": ""}}, "importance"),
        ({"terms": {"minimum_dollars": 0, "maximum_dollars": 0}}, "maximum_dollars"),
        ({"terms": {"ordering_end": None}}, "ordering_period"),
        ({"lines": []}, "lines"),
        ({"factors": []}, "price_factor"),
        ({"clause_ids": []}, "clauses"),
    ],
)
def test_an_amendment_leaves_the_package_complete(released, amend, changed, gap):
    with nothing_happens(), pytest.raises(NotComplete) as refusal:
        amend(released, **changed)

    assert refusal.value.rule == "R-SOL-02"
    assert gap in refusal.value.data["missing"]


def test_a_shortened_deadline_is_not_called_extended(released, amend):
    amend(released, terms={"deadline": DEADLINE - days(2)})

    paper = documents_of(released.subject).get(kind="modification")
    assert paper.context["blocks"]["11"]["checked"] == "Is not extended."
    assert any("earlier" in note for note in paper.context["notes"])


def test_an_amendment_adds_no_class_outside_the_dictionary(released, amend):
    line = LineDraft("0001", "0001AA", "Words", "WORDS", Tokens(7))

    with nothing_happens(), pytest.raises(NotInDictionary):
        amend(released, lines=[line])


def test_an_amendment_changes_something_and_says_what(released, amend):
    with nothing_happens(), pytest.raises(NothingChanged):
        amend(released, terms={"title": released.title})
    with nothing_happens(), pytest.raises(TermInvalid):
        amend(released, summary=" ", terms={"title": "Other"})


def test_a_draft_is_edited_and_not_amended(db, at, amend):
    package = approved_solicitation(at)

    with nothing_happens(), pytest.raises(NotAllowed):
        amend(package, terms={"title": "Other"})


@pytest.mark.parametrize(
    "outsider", ["contract_specialist", "other_agency_officer", "vendor_a_signer"]
)
def test_nobody_else_amends_it(request, released, amend, outsider):
    by = request.getfixturevalue(outsider)

    with nothing_happens(), pytest.raises(NotAllowed):
        amend(released, by=by, terms={"deadline": DEADLINE + days(7)})
