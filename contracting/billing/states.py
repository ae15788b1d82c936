"""The states of an invoice."""

from django.db.models import TextChoices

from contracting.core.states import moves


class InvoiceState(TextChoices):
    """From receipt to payment or return."""

    RECEIVED = "RECEIVED", "received"
    DEFECTIVE = "DEFECTIVE", "received with defects"
    RETURNED = "RETURNED", "returned as improper"
    WITHDRAWN = "WITHDRAWN", "withdrawn by the vendor"
    ACCEPTED = "ACCEPTED", "accepted"
    CERTIFIED = "CERTIFIED", "certified for payment"
    PAID = "PAID", "paid"


class AnswerKind(TextChoices):
    """What is known of a report that is not there."""

    NONE = "NONE", "asked, and there was no usage"
    COULD_NOT_ASK = "COULD_NOT_ASK", "could not ask"


class ReportStanding(TextChoices):
    """How the report of a month stands; only the first three need nothing more."""

    REPORTED = "REPORTED", "reported"
    NONE_STATED = "NONE_STATED", "asked, and there was no usage"
    CLOSED_OUT = "CLOSED_OUT", "not asked any more: the order is closed out"
    COULD_NOT_ASK = "COULD_NOT_ASK", "could not ask"
    PARTLY_MISSING = "PARTLY_MISSING", "partly missing"
    MISSING = "MISSING", "missing"
    ASKED = "ASKED", "asked"
    NOT_ASKED = "NOT_ASKED", "not asked yet"
    RUNNING = "RUNNING", "the month is running"


class LineKind(TextChoices):
    """What an invoice line of tokens asks payment for."""

    USAGE = "USAGE", "usage of its period"
    ADJUSTMENT = "ADJUSTMENT", "usage that came late for a period that is accepted"


class CameBy(TextChoices):
    """How an invoice came in."""

    HERE = "HERE", "sent here by the vendor"
    POST = "POST", "by post"
    EMAIL = "EMAIL", "by e-mail"
    PORTAL = "PORTAL", "through another system of the Government"


class ChargeKind(TextChoices):
    """What an invoice line of units asks payment for."""

    CHARGE = "CHARGE", "months, hours or pieces"
    SETTLEMENT = "SETTLEMENT", "settlement of a termination"
    ADJUSTMENT = "ADJUSTMENT", "adjustment of a price after acceptance"
    CLAIM = "CLAIM", "what is allowed on a claim"


class CreditKind(TextChoices):
    """Why the vendor owes something back."""

    DISPUTE = "DISPUTE", "decided in a dispute"
    SLA = "SLA", "service level missed"
    OVERPAYMENT = "OVERPAYMENT", "paid too much"
    RATCHET = "RATCHET", "price lowered for what was paid"
    OTHER = "OTHER", "other"


class SettlementKind(TextChoices):
    """What else can become of a credit than a line on an invoice."""

    SET_OFF = "SET_OFF", "set off against a payment"
    REFUND = "REFUND", "paid back by the vendor"
    CANCEL = "CANCEL", "cancelled"
    WAIVE = "WAIVE", "waived"


GIVEN_UP = (SettlementKind.CANCEL, SettlementKind.WAIVE)
"""No money comes back by these, and each says why."""


class ReminderKind(TextChoices):
    """Of what the agency is reminded while an invoice waits."""

    REVIEW = "REVIEW", "reviewed by the representative"
    MATCH = "MATCH", "compared with meter and report"


_S = InvoiceState
WAITING = (_S.RECEIVED, _S.DEFECTIVE)
"""Neither accepted nor returned yet."""

ACCEPTED = (_S.ACCEPTED, _S.CERTIFIED, _S.PAID)
"""From here on what an invoice asks for is decided."""

MOVES = moves(
    {
        _S.RECEIVED: (_S.DEFECTIVE, _S.RETURNED, _S.WITHDRAWN, _S.ACCEPTED),
        _S.DEFECTIVE: (_S.RETURNED, _S.WITHDRAWN),
        _S.ACCEPTED: (_S.CERTIFIED,),
        _S.CERTIFIED: (_S.PAID, _S.ACCEPTED),
        _S.PAID: (_S.ACCEPTED,),
    }
)
