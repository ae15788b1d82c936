"""The vendor answers to a dispute."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.disputes import events, permissions
from contracting.disputes.models import AnswerFile, CaseAnswer
from contracting.disputes.operations.open import _lock_case, _tell_agency
from contracting.disputes.refusals import AnswerIncomplete
from contracting.disputes.states import MOST_CALLS, Stance
from contracting.documents.checking.findings import FileVerdict
from contracting.documents.operations.store import store_blob

Call = tuple[str, int, int]
"""Request id, attempt and tokens."""


@transaction.atomic
def answer_dispute(
    *,
    case_id: int,
    stance: str,
    text: str,
    calls: Sequence[Call] = (),
    attachments: Sequence[FileVerdict] = (),
    by: Actor,
    at: datetime,
) -> CaseAnswer:
    """Accept the agency's count or contest it, with words, files and a sample of calls.

    A late answer is taken and marked. A later answer stands beside the earlier one. The
    words and files never hold content of a call (R-AI-04).

    :param calls: request id, attempt and tokens as the vendor counts them
    :param attachments: what the check of each upload said; an unfit one is not kept
    :raises NotAllowed: unless ``by`` is of the contract's vendor and it is open
    :raises AnswerIncomplete: without a stance and words, for too many calls, for a
        count below zero, and for a file that the check has not taken
    """
    case = _lock_case(case_id)
    require(permissions.can_answer_dispute(by, case))
    _require_answer(stance, text, calls, attachments)
    answer = CaseAnswer.objects.create(
        case=case,
        stance=stance,
        text=text.strip(),
        calls=[list(call) for call in calls],
        answered_by_id=by.own_membership_id,
        answered_at=at,
    )
    for position, file in enumerate(attachments, start=1):
        blob = store_blob(content=file.content, media_type=file.media_type)
        AnswerFile.objects.create(
            answer=answer, position=position, name=file.name[:200], blob=blob
        )
    contract = case.order.contract
    is_late = accounting_day(at, contract.time_zone) > case.answer_due_on
    _tell_agency(
        contract,
        case.subject,
        f"{contract.vendor.name} answered to the dispute on {case.order.piid}",
        f"{'Late. ' if is_late else ''}"
        f"{answer.get_stance_display().capitalize()}. {answer.text}",
        case.path,
        by,
        at,
    )
    record_event(
        events.DISPUTE_ANSWERED,
        subject=case.subject,
        by=by,
        at=at,
        data={
            "stance": stance,
            "text": answer.text,
            "calls": len(calls),
            "files": [file.sha256 for file in attachments],
            "is_late": is_late,
        },
    )
    return answer


def _require_answer(
    stance: str,
    text: str,
    calls: Sequence[Call],
    attachments: Sequence[FileVerdict],
) -> None:
    if stance not in Stance.values or not text.strip():
        message = "Say whether you accept the agency's count, and why."
        raise AnswerIncomplete(message, pointer="/text")
    if len(calls) > MOST_CALLS:
        message = f"Name at most {MOST_CALLS:,} calls as your sample."
        raise AnswerIncomplete(message, pointer="/calls")
    if len({call[:2] for call in calls}) < len(calls):
        message = "The sample names a call twice."
        raise AnswerIncomplete(message, pointer="/calls")
    unfit = [file.name for file in attachments if not file.is_fit]
    if unfit:
        message = f"{', '.join(unfit)} was not taken by the check of files."
        raise AnswerIncomplete(message, pointer="/attachments")
