"""Everybody is answered at one instant, and nobody is told who asked."""

import pytest
from django.test import Client

from contracting.audit.queries import events_of
from contracting.core.errors import NotAllowed, Stale
from contracting.notices.models import Notice
from contracting.solicitations.models import Solicitation
from contracting.solicitations.operations.amend import amend_solicitation
from contracting.solicitations.operations.answer import answer_question
from contracting.solicitations.operations.ask import ask_question
from contracting.solicitations.operations.release_answers import release_answers
from contracting.solicitations.queries import released_answers
from contracting.solicitations.refusals import AmendmentNeeded, NoAnswerDrafted
from tests.builders import released_solicitation
from tests.cast import client_for, days, nothing_happens
from tests.worlds import once_per_file

world = once_per_file(released_solicitation)


@pytest.fixture
def released(world, db):
    return Solicitation.objects.get(pk=world)


@pytest.fixture
def answered(released, vendor_a_member, contract_specialist, at):
    """Asks two questions as one vendor and drafts an answer to each."""

    def _answered(*, changes_terms=False):
        for text in ("Is batch included?", "Which region?"):
            question = ask_question(
                solicitation_id=released.pk, text=text, by=vendor_a_member, at=at
            )
            answer_question(
                question_id=question.pk,
                text=f"See below: {text}",
                changes_terms=changes_terms,
                by=contract_specialist,
                at=at + days(2),
            )
        return released

    return _answered


def release(solicitation, by, at):
    return release_answers(solicitation_id=solicitation.pk, by=by, at=at)


@pytest.mark.rule("R-SOL-10", case="allowed")
def test_all_drafted_answers_are_released_to_everybody_at_one_instant(
    answered, contracting_officer, vendor_a, vendor_b, at
):
    solicitation = answered()

    release(solicitation, contracting_officer, at + days(3))

    # Then both are public since the same instant, and each vendor was told then
    shown = released_answers(solicitation)
    assert [each.question for each in shown] == ["Is batch included?", "Which region?"]
    assert {each.released_at for each in shown} == {at + days(3)}
    told = Notice.objects.filter(title__startswith="Answers on")
    assert {vendor_a.pk, vendor_b.pk} <= set(
        told.values_list("recipient_organization_id", flat=True)
    )
    assert set(told.values_list("created_at", flat=True)) == {at + days(3)}


def test_nothing_anywhere_says_who_asked(
    answered, contracting_officer, vendor_a, vendor_a_member, vendor_b_member, at
):
    # Given released answers to questions of one vendor
    solicitation = answered()
    release(solicitation, contracting_officer, at + days(3))

    # When the public, a rival and the agency look at every page that shows them
    public = f"/opportunities/{solicitation.public_id}"
    own = f"/solicitations/{solicitation.public_id}"
    pages = [
        Client().get(public),
        client_for(vendor_b_member).get(public),
        client_for(contracting_officer).get(f"{own}/questions"),
        client_for(contracting_officer).get(own),
    ]

    # Then the question is there, and the asker is not
    for answer in pages:
        assert answer.status_code == 200
        assert vendor_a.name not in answer.content.decode()
        assert vendor_a_member.name not in answer.content.decode()
    assert b"Is batch included?" in pages[0].content
    for event in events_of(solicitation.subject):
        assert vendor_a.name not in f"{event.actor_name} {event.payload}"
        assert event.actor_user_id != vendor_a_member.user_id


@pytest.mark.rule("R-SOL-10", case="refused")
def test_an_answer_that_changes_terms_needs_an_amendment_first(
    answered, contracting_officer, at
):
    solicitation = answered(changes_terms=True)

    # When it is released without one
    with nothing_happens(), pytest.raises(AmendmentNeeded) as refusal:
        release(solicitation, contracting_officer, at + days(3))
    assert refusal.value.rule == "R-SOL-10"

    # Then an amendment at the same instant lifts it
    amend_solicitation(
        solicitation_id=solicitation.pk,
        summary="Batch is included.",
        terms={"ai_terms": "Batch is included."},
        by=contracting_officer,
        at=at + days(3),
        seen_version=solicitation.version,
    )
    assert release(solicitation, contracting_officer, at + days(3))


def test_only_the_answers_that_were_read_are_released(
    answered, contracting_officer, at
):
    solicitation = answered()

    with nothing_happens(), pytest.raises(Stale):
        release_answers(
            solicitation_id=solicitation.pk,
            by=contracting_officer,
            at=at + days(3),
            seen_sha256="0" * 64,
        )


def test_there_must_be_something_to_release(released, contracting_officer, at):
    with nothing_happens(), pytest.raises(NoAnswerDrafted):
        release(released, contracting_officer, at)


def test_what_was_released_is_not_released_again(answered, contracting_officer, at):
    solicitation = answered()
    release(solicitation, contracting_officer, at + days(3))

    with nothing_happens(), pytest.raises(NoAnswerDrafted):
        release(solicitation, contracting_officer, at + days(4))


@pytest.mark.parametrize("outsider", ["contract_specialist", "other_agency_officer"])
def test_nobody_else_releases_answers(request, answered, outsider, at):
    solicitation = answered()
    by = request.getfixturevalue(outsider)

    with nothing_happens(), pytest.raises(NotAllowed):
        release(solicitation, by, at + days(3))
