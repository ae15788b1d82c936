"""A vendor answers, as often as it likes until the due time."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from contracting.core.errors import NotAllowed
from contracting.core.quantities import UnitPrice
from contracting.market_research.calculations import AnswerDraft
from contracting.market_research.operations.cancel import cancel_rfi
from contracting.market_research.operations.respond import respond_to_rfi
from contracting.market_research.queries import latest_responses
from contracting.market_research.refusals import (
    AnswersInvalid,
    NothingChanged,
    ResponseLate,
)
from contracting.notices.models import Notice
from tests.builders import HOUR
from tests.builders_market import (
    ACCESS,
    DUE,
    NOTICE,
    PRICE,
    REPORTED,
    TOKENS,
    drafted_rfi,
    priced,
    released_rfi,
    respond,
)
from tests.cast import days, nothing_happens, person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("part", ["vendor_a_signer", "vendor_a_member"])
def test_a_response_is_receipted_with_time_and_hash(request, part, at):
    by = request.getfixturevalue(part)
    rfi = released_rfi(at)

    response = respond(rfi, by=by, is_proprietary=True)

    # Then it is version 1 of what was released
    assert (response.version, response.vendor_id) == (1, by.organization_id)
    assert response.is_proprietary
    assert response.rfi_sha256 == rfi.content_sha256
    assert response.answers.count() == 5
    # And whoever sent it is told, as their colleagues are
    notice = Notice.objects.get(url_path=response.path, recipient_user=person(by))
    assert response.content_sha256 in notice.body
    assert "03 Mar 2026, 10:00:00 EST" in notice.body


def test_each_version_is_kept_and_the_last_one_counts(vendor_a_signer, at):
    rfi = released_rfi(at)
    first = respond(rfi)

    second = respond(rfi, {NOTICE: AnswerDraft(number=Decimal(30))}, at=DUE)

    assert [each.pk for each in latest_responses(rfi)] == [second.pk]
    assert second.version == 2
    assert rfi.responses.get(version=1) == first
    assert first.answers.filter(number=90).exists()


def test_the_same_answers_again_make_no_version(at):
    rfi = released_rfi(at)
    respond(rfi)

    with nothing_happens(), pytest.raises(NothingChanged):
        respond(rfi, at=at + days(2))


def test_the_due_instant_is_in_time_and_the_next_one_is_late(at):
    rfi = released_rfi(at)
    late = DUE + timedelta(microseconds=1)

    with nothing_happens(), pytest.raises(ResponseLate, match="16 Mar 2026, 11:00 EDT"):
        respond(rfi, at=late)

    assert respond(rfi, at=DUE).received_at == DUE


@pytest.mark.parametrize(
    ("position", "wrong", "words"),
    [
        (TOKENS, AnswerDraft(), "Answer this question"),
        (TOKENS, AnswerDraft(text="x" * 20_001), "20,000 characters"),
        (REPORTED, AnswerDraft(text="perhaps"), "yes or no"),
        (ACCESS, AnswerDraft(text="By post"), "one of several options"),
        (NOTICE, AnswerDraft(number=Decimal("0.0000001")), "6 decimals"),
        (NOTICE, AnswerDraft(number=Decimal("1e12")), "12 digits"),
        (NOTICE, AnswerDraft(number=Decimal("NaN")), "12 digits"),
        (PRICE, AnswerDraft(number=Decimal(2)), "price per million"),
        (PRICE, AnswerDraft(price=UnitPrice("1000000")), "below $1,000,000"),
    ],
)
def test_an_answer_that_does_not_fit_is_named(at, position, wrong, words):
    rfi = released_rfi(at)
    question = rfi.questions.get(position=position)

    with nothing_happens(), pytest.raises(AnswersInvalid) as refusal:
        respond(rfi, {position: wrong})

    assert words in refusal.value.data["questions"][question.public_id]


def test_what_need_not_be_answered_may_stay_open(at):
    response = respond(released_rfi(at), {NOTICE: AnswerDraft(), PRICE: AnswerDraft()})

    assert response.answers.count() == 3


def test_a_question_of_another_request_is_not_answered(vendor_a_signer, at):
    rfi, other = released_rfi(at), released_rfi(at, title="Another one")
    strange = {other.questions.get(position=TOKENS).pk: AnswerDraft(text="Here.")}

    with nothing_happens(), pytest.raises(AnswersInvalid):
        respond_to_rfi(
            rfi_id=rfi.pk,
            answers=strange,
            is_proprietary=False,
            by=vendor_a_signer,
            at=at + days(1),
        )


def test_a_model_that_nobody_knows_has_no_price(at):
    rfi = released_rfi(at)
    unknown = AnswerDraft(price=priced("2").price, model_id=0)

    with nothing_happens(), pytest.raises(AnswersInvalid):
        respond(rfi, {PRICE: unknown})


def test_drafts_and_cancelled_requests_are_not_answered(contracting_officer, at):
    draft, rfi = drafted_rfi(at), released_rfi(at)
    cancel_rfi(rfi_id=rfi.pk, reason="Gone.", by=contracting_officer, at=at + HOUR)

    for closed in (draft, rfi):
        with nothing_happens(), pytest.raises(NotAllowed):
            respond(closed)


def test_the_database_keeps_each_version_and_admits_none_late(at):
    rfi = released_rfi(at)
    response = respond(rfi)
    like = {
        name: getattr(response, name)
        for name in ("rfi", "vendor", "is_proprietary", "responded_by", "rfi_sha256")
    }

    changes = [
        lambda: rfi.responses.update(is_proprietary=True),
        lambda: response.answers.update(number=1),
        lambda: response.answers.all().delete(),
        lambda: rfi.responses.create(
            **like, version=2, received_at=DUE + HOUR, public_id="rsp_late"
        ),
    ]
    for change in changes:
        with nothing_happens(), pytest.raises(DatabaseError), transaction.atomic():
            change()


@pytest.mark.parametrize(
    "outsider",
    ["vendor_a_administrator", "contracting_officer", "other_agency_officer"],
)
def test_nobody_else_responds(request, outsider, at):
    rfi = released_rfi(at)
    by = request.getfixturevalue(outsider)

    with nothing_happens(), pytest.raises(NotAllowed):
        respond(rfi, by=by)
