"""Vendors ask until the deadline, and nothing says which of them did."""

from datetime import timedelta

import pytest

from contracting.audit.models import AuditEvent
from contracting.core.errors import NotAllowed
from contracting.notices.models import Notice
from contracting.solicitations.calculations import checked_terms
from contracting.solicitations.models import Question, Solicitation
from contracting.solicitations.operations.amend import amend_solicitation
from contracting.solicitations.operations.ask import ask_question
from contracting.solicitations.refusals import TermInvalid, TooLateToAsk
from tests.builders import DEADLINE, approved_solicitation, released_solicitation
from tests.cast import actor, days, nothing_happens
from tests.offers import deadline
from tests.worlds import once_per_file

world = once_per_file(released_solicitation)


@pytest.fixture
def released(world, db):
    return Solicitation.objects.get(pk=world)


def ask(solicitation, by, at, text="Is batch included?"):
    return ask_question(solicitation_id=solicitation.pk, text=text, by=by, at=at)


def test_a_vendor_asks_and_the_contracting_office_is_told(
    released, vendor_a_member, contracting_officer, at
):
    question = ask(released, vendor_a_member, at + days(2))

    assert question.vendor_id == vendor_a_member.organization_id
    notice = Notice.objects.get(
        title__startswith="A question on", recipient_user=contracting_officer.user_id
    )
    assert notice.url_path == f"/solicitations/{released.public_id}/questions"


def test_event_and_notice_do_not_say_who_asked(released, vendor_a_member, vendor_a, at):
    ask(released, vendor_a_member, at + days(2))

    # Then neither the person nor the vendor is in any of their columns
    event = AuditEvent.objects.get(event="solicitations.question.asked")
    assert event.actor_user_id is None
    assert event.actor_organization_id is None
    told = [
        event.actor_name,
        event.payload,
        *Notice.objects.filter(title__startswith="A question").values_list(
            "body", flat=True
        ),
    ]
    for text in told:
        assert vendor_a.name not in text
        assert vendor_a_member.name not in text


def test_the_deadline_itself_is_in_time(released, vendor_a_member):
    assert ask(released, vendor_a_member, DEADLINE)


def test_a_question_after_the_deadline_is_refused(released, vendor_a_member):
    late = DEADLINE.replace(microsecond=1)

    with nothing_happens(), pytest.raises(TooLateToAsk):
        ask(released, vendor_a_member, late)


def test_a_question_has_words(released, vendor_a_member, at):
    with nothing_happens(), pytest.raises(TermInvalid):
        ask(released, vendor_a_member, at, text="  ")


def test_nobody_asks_about_what_is_not_released(vendor_a_member, at):
    package = approved_solicitation(at)

    with nothing_happens(), pytest.raises(NotAllowed):
        ask(package, vendor_a_member, at)


def test_only_vendors_ask(released, contracting_officer, at):
    with nothing_happens(), pytest.raises(NotAllowed):
        ask(released, contracting_officer, at)
    assert not Question.objects.exists()


def test_questions_close_so_many_days_before_the_deadline(vendor_a_member, client):
    # Given a package whose questions close a week before its deadline
    package = released_solicitation(terms={"questions_close_days": 7})
    until = package.questions_until
    assert until == deadline(package) - timedelta(days=7)
    shown = client.get(package.public_path).content.decode()
    assert "Questions until" in shown

    # When somebody asks at that very instant, and a microsecond later
    ask(package, vendor_a_member, until)
    with nothing_happens(), pytest.raises(TooLateToAsk) as refusal:
        ask(package, vendor_a_member, until + timedelta(microseconds=1))
    assert "closed 7 days before the deadline" in refusal.value.message

    # Then an amendment that moves the deadline opens them again
    amend_solicitation(
        solicitation_id=package.pk,
        summary="Two days more.",
        terms={"deadline": deadline(package) + timedelta(days=2)},
        by=actor("contracting_officer"),
        at=until + timedelta(hours=1),
        seen_version=package.version,
    )
    ask(package, vendor_a_member, until + timedelta(hours=2))


@pytest.mark.parametrize("days", [0, -1, 91, 10**9])
def test_days_that_no_package_has_are_refused(days):
    with pytest.raises(TermInvalid):
        checked_terms({"questions_close_days": days})
