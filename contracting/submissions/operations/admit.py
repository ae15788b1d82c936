"""Admit a late offer under one of the regulation's exceptions."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.approvals.operations.override import override_rule
from contracting.audit.operations.record import record_event
from contracting.core.actors import SYSTEM, Actor
from contracting.core.permissions import require
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.solicitations.models import Solicitation
from contracting.submissions import events, permissions
from contracting.submissions.models import LateAdmission, OpenedOffer, Submission
from contracting.submissions.queries import admission_of
from contracting.submissions.refusals import ExceptionUnfounded, LatenessBinds
from contracting.submissions.states import LateException, SubmissionState


@transaction.atomic
def admit_late_submission(
    *, submission_id: int, code: str = "", evidence: str = "", by: Actor, at: datetime
) -> LateAdmission:
    """Let one late offer be considered; a new quorum of the openers must open it.

    A late quotation needs no exception where its request does not exclude it, and no
    award is made or offered: what stands in the request is then the evidence.

    :param code: of the exception, a ``LateException`` (FAR 52.212-1(f)(2)(i))
    :param evidence: what shows that the exception applies
    :raises LatenessBinds: for a quotation without an exception, where its request says
        that late ones are not considered (R-SUB-11)
    :raises NotAllowed: unless ``by`` is a contracting officer and the offers in time
        are open and not awarded (R-SUB-02)
    :raises ExceptionUnfounded: without evidence, or if the exception does not apply
        (R-SUB-02)
    """
    found = Submission.objects.get(pk=submission_id)
    solicitation = Solicitation.objects.locked().get(pk=found.solicitation_id)
    submission = Submission.objects.locked().get(pk=submission_id)
    require(permissions.can_admit_late_submission(by, submission))
    if solicitation.considers_late:
        code = code or LateException.NOT_EXCLUDED
        evidence = evidence.strip() or "The request does not exclude late quotations."
    _require_ground(solicitation, submission, code, evidence)
    version = submission.versions.filter(is_late=True).order_by("-number")[0]
    admission = LateAdmission.objects.create(
        version=version,
        code=code,
        evidence=evidence.strip(),
        admitted_by_id=by.own_membership_id,
        admitted_at=at,
    )
    if admission.code != LateException.NOT_EXCLUDED:
        override_rule(
            rule="R-SUB-02",
            subject=solicitation.subject,
            title=str(solicitation),
            url_path=solicitation.path,
            reason_code=admission.code,
            words=admission.evidence,
            by=by,
            at=at,
        )
    post_notice(
        recipients=[Recipient(organization_id=submission.vendor_id)],
        subject=submission.subject,
        title=f"Your late {submission.offer_words} on {solicitation.piid} is admitted",
        body=f"{_ground(admission)}. It is opened by a quorum.",
        url_path=f"/submissions/{submission.public_id}",
        by=SYSTEM,
        at=at,
    )
    record_event(
        events.LATE_SUBMISSION_ADMITTED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={
            "submission": submission.public_id,
            "receipt": version.public_id,
            "code": admission.code,
            "evidence": admission.evidence,
        },
    )
    return admission


def _require_ground(
    solicitation: Solicitation, submission: Submission, code: str, evidence: str
) -> None:
    if submission.state != SubmissionState.LATE:
        message = "Only what lies sealed as late is admitted."
        raise ExceptionUnfounded(message, state=submission.state)
    if admission_of(submission) is not None:
        message = f"This late {solicitation.response} is admitted already."
        raise ExceptionUnfounded(message)
    is_by_request = code == LateException.NOT_EXCLUDED
    if solicitation.late_rule and (is_by_request or not code):
        message = (
            "This request says that late quotations are not considered. Only an "
            "exception that you can show lets one in."
        )
        raise LatenessBinds(message)
    if is_by_request and not solicitation.considers_late:
        message = "Only a quotation is considered late without an exception."
        raise ExceptionUnfounded(message, code=code)
    if code not in LateException.values:
        message = "Name the exception of FAR 52.212-1(f)(2) that applies."
        raise ExceptionUnfounded(message, code=code)
    if not evidence.strip():
        message = "Write down the evidence that the exception applies."
        raise ExceptionUnfounded(message)
    others = OpenedOffer.objects.filter(submission__solicitation=solicitation)
    if code == LateException.ONLY_PROPOSAL and others.exists():
        message = "Other proposals were received: this is not the only one."
        raise ExceptionUnfounded(message, code=code)


def _ground(admission: LateAdmission) -> str:
    words = admission.get_code_display()
    if admission.code == LateException.NOT_EXCLUDED:
        return f"It is {words}"
    return f"Exception: {words}"
