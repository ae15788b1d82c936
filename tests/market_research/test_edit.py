"""A draft is rewritten; what was released stays as it is."""

import pytest
from django.db import IntegrityError, transaction

from contracting.core.errors import NotAllowed, Stale
from contracting.market_research.calculations import QuestionDraft
from contracting.market_research.operations.edit import edit_rfi
from contracting.market_research.refusals import NothingChanged, QuestionInvalid
from contracting.market_research.states import QuestionKind
from tests.builders_market import QUESTIONS, drafted_rfi, released_rfi
from tests.cast import nothing_happens

pytestmark = pytest.mark.django_db
ONE = [QuestionDraft("What is your notice?", QuestionKind.NUMBER, unit="days")]


def edit(rfi, by, at, **other):
    usual = {
        "title": rfi.title,
        "purpose": rfi.purpose,
        "due_at": rfi.due_at,
        "time_zone": rfi.time_zone,
        "questions": QUESTIONS,
        "seen_version": rfi.version,
    }
    return edit_rfi(rfi_id=rfi.pk, **(usual | other), by=by, at=at)


def test_an_edited_draft_is_the_next_version_with_another_hash(program_manager, at):
    before = drafted_rfi(at)

    after = edit(before, program_manager, at, questions=ONE, purpose="Less.")

    assert (after.version, after.purpose) == (2, "Less.")
    assert after.content_sha256 != before.content_sha256
    assert [each.text for each in after.questions.all()] == ["What is your notice?"]


def test_what_stands_already_makes_no_version(program_manager, at):
    rfi = drafted_rfi(at)

    with nothing_happens(), pytest.raises(NothingChanged):
        edit(rfi, program_manager, at)


def test_nobody_writes_over_what_they_have_not_read(program_manager, at):
    rfi = drafted_rfi(at)

    with nothing_happens(), pytest.raises(Stale):
        edit(rfi, program_manager, at, purpose="Less.", seen_version=0)


def test_a_question_that_cannot_stand_changes_nothing(program_manager, at):
    rfi = drafted_rfi(at)

    with nothing_happens(), pytest.raises(QuestionInvalid):
        edit(rfi, program_manager, at, questions=[QuestionDraft(" ", "TEXT")])


def test_a_released_request_is_not_edited(program_manager, at):
    rfi = released_rfi(at)

    with nothing_happens(), pytest.raises(NotAllowed):
        edit(rfi, program_manager, at, purpose="Less.")


def test_the_database_keeps_what_was_released():
    rfi = released_rfi()
    question = rfi.questions.get(position=1)

    changes = [
        lambda: type(rfi).objects.filter(pk=rfi.pk).update(purpose="Other."),
        lambda: rfi.questions.update(text="Other?"),
        lambda: rfi.questions.filter(pk=question.pk).delete(),
        lambda: rfi.questions.create(position=9, text="More?", kind="TEXT"),
        lambda: type(rfi).objects.filter(pk=rfi.pk).update(state="DRAFT"),
    ]
    for change in changes:
        with nothing_happens(), pytest.raises(IntegrityError), transaction.atomic():
            change()


@pytest.mark.parametrize("outsider", ["cor", "other_agency_officer", "vendor_a_signer"])
def test_nobody_else_edits_it(request, outsider, at):
    rfi = drafted_rfi(at)
    by = request.getfixturevalue(outsider)

    with nothing_happens(), pytest.raises(NotAllowed):
        edit(rfi, by, at, purpose="Less.")
