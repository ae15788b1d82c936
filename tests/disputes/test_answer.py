"""The vendor answers, with a sample and files, late or not."""

from datetime import timedelta

import pytest

from contracting.audit.models import AuditEvent
from contracting.core.errors import NotAllowed
from contracting.disputes.operations.answer import answer_dispute
from contracting.disputes.refusals import AnswerIncomplete
from contracting.disputes.states import CaseState
from contracting.documents.checking.upload import check_upload
from contracting.notices.models import Notice
from tests.builders_disputes import ANSWERED_AT, OPENED_AT
from tests.cast import actor, nothing_happens

pytestmark = pytest.mark.django_db

OVERDUE_AT = OPENED_AT + timedelta(days=11)


def answered(case, *, by="vendor_a_member", at=ANSWERED_AT, **terms):
    said = {"stance": "CONTEST", "text": "The client called twice.", **terms}
    return answer_dispute(case_id=case.pk, **said, by=actor(by), at=at)


def test_an_answer_with_a_sample_and_a_file(case):
    file = check_upload("log.csv", b"request_id,tokens\nr-2,270001\n")
    answer = answered(case, calls=[("r-2", 2, 270_001)], attachments=[file])

    assert case.state == CaseState.ANSWERED
    assert answer.calls == [["r-2", 2, 270_001]]
    assert answer.files.get().name == "log.csv"
    officer = actor("contracting_officer").user_id
    assert Notice.objects.filter(
        recipient_user=officer, title__contains="answered"
    ).exists()


def test_a_late_answer_is_taken_and_marked(case):
    answered(case, at=OVERDUE_AT)

    event = AuditEvent.objects.get(event="disputes.case.answered")
    assert '"is_late":true' in event.payload


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": " "},
        {"stance": "MAYBE"},
        {"calls": [("r-2", 2, 1), ("r-2", 2, 2)]},
        {"calls": [(f"r-{n}", 1, 1) for n in range(2001)]},
    ],
)
def test_an_answer_is_whole(case, wrong):
    with nothing_happens(), pytest.raises(AnswerIncomplete):
        answered(case, **wrong)


@pytest.mark.parametrize("outsider", ["other_vendor_signer", "cor", "vendor_b_signer"])
def test_nobody_else_answers(case, outsider):
    with nothing_happens(), pytest.raises(NotAllowed):
        answered(case, by=outsider)
