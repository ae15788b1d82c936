"""The papers that exist, and the states of a paper between request and print."""

from __future__ import annotations

from typing import Final

from django.db.models import TextChoices

from contracting.core.states import moves


class DocumentKind(TextChoices):
    """A kind of paper; its value is the name of its template."""

    SOLICITATION = "solicitation", "solicitation"
    REQUEST_FOR_QUOTATIONS = "request_for_quotations", "request for quotations"
    CONTRACT = "contract", "contract"
    TASK_ORDER = "task_order", "task order"
    MODIFICATION = "modification", "amendment or modification"
    RECONCILIATION = "reconciliation", "reconciliation statement"
    RECEIVING_REPORT = "receiving_report", "receiving report"
    VOUCHER = "voucher", "payment voucher"
    DECISION = "decision", "source selection decision"
    PRICE_MEMO = "price_memo", "price reasonableness memorandum"
    RECEIPT = "receipt", "submission receipt"
    DESIGNATION = "designation", "designation of a representative"
    LETTER = "letter", "letter to the vendor"
    OPTION_DETERMINATION = "option_determination", "determination on an option"
    COMPLETION_STATEMENT = "completion_statement", "contract completion statement"
    AWARD_SYNOPSIS = "award_synopsis", "synopsis of an award"
    AWARD_NOTICE = "award_notice", "notice to an unsuccessful offeror"
    DETERMINATION = "determination", "determination and findings"
    JUSTIFICATION = "justification", "justification"
    CONFORMED_CONTRACT = "conformed_contract", "conformed contract"
    SERVICE_LEVELS = "service_levels", "schedule of service levels"
    INVOICE = "invoice", "invoice as received"
    BURN_NOTICE = "burn_notice", "burn notice"
    LIMITATION_OF_FUNDS = "limitation_of_funds", "limitation-of-funds notice"
    DISPUTE_DECISION = "dispute_decision", "decision on a dispute or claim"
    OPTION_INTENT = "option_intent", "notice of intent to exercise an option"
    CLOSE_OUT_CHECKLIST = "close_out_checklist", "close-out checklist"
    PERIOD_STATEMENT = "period_statement", "statement of a closed month"
    SETTLEMENT = "settlement", "settlement of a termination"


class DocumentState(TextChoices):
    """Requested with what it documents, rendered later, failed when it would not."""

    REQUESTED = "REQUESTED", "being prepared"
    RENDERED = "RENDERED", "ready"
    FAILED = "FAILED", "failed"


MOVES = moves(
    {
        DocumentState.REQUESTED: (DocumentState.RENDERED, DocumentState.FAILED),
        DocumentState.FAILED: (DocumentState.REQUESTED,),
        DocumentState.RENDERED: (DocumentState.REQUESTED,),
    }
)
"""A paper that is ready is asked for again when somebody has signed it since."""


class Party(TextChoices):
    """For whom, or as what, somebody signs a paper."""

    VENDOR = "VENDOR", "contractor"
    OFFICER = "OFFICER", "contracting officer"
    REPRESENTATIVE = "REPRESENTATIVE", "contracting officer's representative"
    CERTIFIER = "CERTIFIER", "certifying officer"
    AUTHORITY = "AUTHORITY", "source selection authority"
    SUCCESSOR = "SUCCESSOR", "successor in interest"


class CopyResult(TextChoices):
    """What came of the check of an uploaded signed copy."""

    TRUSTED = "TRUSTED", "valid and trusted"
    NOT_TRUSTED = "NOT_TRUSTED", "valid, but not trusted"
    REFUSED = "REFUSED", "refused"


class OperationState(TextChoices):
    """Where work that takes longer than a request stands."""

    QUEUED = "QUEUED", "waiting"
    RUNNING = "RUNNING", "running"
    SUCCEEDED = "SUCCEEDED", "done"
    FAILED = "FAILED", "failed"
    CANCELLED = "CANCELLED", "cancelled"


OPERATION_MOVES = moves(
    {
        OperationState.QUEUED: (
            OperationState.RUNNING,
            OperationState.FAILED,
            OperationState.CANCELLED,
        ),
        OperationState.RUNNING: (
            OperationState.SUCCEEDED,
            OperationState.FAILED,
            OperationState.CANCELLED,
        ),
        OperationState.SUCCEEDED: (),
        OperationState.FAILED: (),
        OperationState.CANCELLED: (),
    }
)
ENDED = (
    OperationState.SUCCEEDED,
    OperationState.FAILED,
    OperationState.CANCELLED,
)

DRAFT_CODE: Final = "draft000000000000000000000"
"""The verification code on everything that is printed before it is issued."""
