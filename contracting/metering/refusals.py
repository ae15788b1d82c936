"""What metering refuses as a whole; single rows are answered with a verdict instead."""

from __future__ import annotations

from contracting.core.errors import Conflict, Invalid, Refusal


class UnreadableBatch(Invalid):
    """The payload is not NDJSON or a JSON array of CloudEvents, or is too large."""

    code = "unreadable_batch"
    rule = "R-MET-02"


class TooManyRows(UnreadableBatch):
    """More rows than one batch may have; a file upload takes more."""

    code = "too_many_rows"
    status = 413


class PackedTooLarge(UnreadableBatch):
    """More bytes than a packed body may have."""

    code = "packed_too_large"
    status = 413


class BodyTooLarge(UnreadableBatch):
    """More bytes than a body may have once it is unpacked."""

    code = "batch_too_large"
    status = 413


class RatioTooHigh(UnreadableBatch):
    """It unpacks to far more than any real usage does: a bomb."""

    code = "ratio_too_high"
    status = 413


class NotPacked(UnreadableBatch):
    """The body is not packed as its header says, or was cut off."""

    code = "not_packed"


class EncodingUnknown(UnreadableBatch):
    """A Content-Encoding that is not read here."""

    code = "encoding_unknown"
    status = 415


class FormatUnknown(UnreadableBatch):
    """A content type or a format that no adapter reads."""

    code = "format_unknown"
    status = 415


class FormatNotTaken(UnreadableBatch):
    """The source is not registered for what this format reports."""

    code = "format_not_taken"


class MappingMissing(FormatNotTaken):
    """Nobody has said yet which column of the source's files is what."""

    code = "mapping_missing"


class MappingIncomplete(Invalid):
    """A mapping of columns lacks something, contradicts itself, or changes nothing."""

    code = "mapping_incomplete"
    rule = "R-MET-02"


class SpansNotMetered(Invalid):
    """Traces were exported: they are no meter."""

    code = "spans_not_metered"
    rule = "R-MET-02"


class LengthMissing(Refusal):
    """The request does not say how long its body is."""

    code = "length_required"
    status = 411


class SourceClosed(Refusal):
    """The source no longer reports."""

    code = "source_closed"


class SourceTaken(Invalid):
    """A source of this name is registered already, or no source can be called so."""

    code = "source_taken"


class BadSuccession(Invalid):
    """A source cannot report that fiscal year, or cannot follow that other source."""

    code = "bad_succession"


class NothingToCorrect(Invalid):
    """The event does not exist, was never rated, or has less than is taken back."""

    code = "nothing_to_correct"
    rule = "R-MET-05"


class NothingToMove(Refusal):
    """None of these calls can be moved to another line."""

    code = "nothing_to_move"
    rule = "R-MET-05"


class StillHeld(Refusal):
    """What was chosen would be held all the same after it is assigned."""

    code = "still_held"
    rule = "R-MET-08"


class ReasonMissing(Invalid):
    """Held usage is assigned or disposed of with a reason."""

    code = "reason_missing"
    rule = "R-MET-08"


class NothingHeld(Refusal):
    """There is nothing in suspense that can be assigned now."""

    code = "nothing_held"


class NothingToRate(Refusal):
    """The price of the line does not depend on its volume: step one was exact."""

    code = "nothing_to_rate"


class TermIncomplete(Invalid):
    """A term of usage says what holds, from when, and where it stands."""

    code = "term_incomplete"


class NotModified(Refusal):
    """What is charged changes by a signed modification of the contract only."""

    code = "not_modified"
    rule = "R-MET-07"


class NoSuchKey(Invalid):
    """The key, order or line of a mapping is not there, or its days are wrong."""

    code = "no_such_key"
    rule = "R-MET-08"


class NoSuchRecord(Invalid):
    """The source cannot be of record for this order."""

    code = "no_such_record"
    rule = "R-MET-01"


class BadControl(Invalid):
    """A heartbeat or control total that cannot be right."""

    code = "bad_control"
    rule = "R-MET-02"


class BadNoticeTerms(Invalid):
    """Shares or days at which nobody would be told in time, or no reason for them."""

    code = "bad_notice_terms"
    rule = "R-FND-07"


class AlreadyAcknowledged(Conflict):
    """This side has acknowledged the notice before."""

    code = "already_acknowledged"
    rule = "R-FND-07"


class NotAuthorized(Refusal):
    """A call may not be made: there is no room for it, or nobody can tell (R-MET-10).

    Whatever cannot be decided is refused: the gate fails closed.
    """

    code = "not_authorized"
    rule = "R-MET-10"


class LiveLimitReached(NotAuthorized):
    """The worst case of the call is more than a limit leaves."""

    code = "live_limit_reached"


class UnknownOrder(NotAuthorized):
    """There is no such signed order for this key."""

    code = "unknown_order"
    status = 404


class OrderClosed(NotAuthorized):
    """The order is complete or closed out."""

    code = "order_closed"


class OrderStopped(NotAuthorized):
    """Work under the order is stopped."""

    code = "order_stopped"


class OutsidePeriod(NotAuthorized):
    """The order does not perform now."""

    code = "outside_period"


class FundsNotAvailable(NotAuthorized):
    """The order was signed before its funds are there, and they are not there yet."""

    code = "funds_not_available"


class UnknownModel(NotAuthorized):
    """No model of the order goes by this name."""

    code = "unknown_model"


class NoPrice(NotAuthorized):
    """The order has no price in force for what the call may use; it is never free."""

    code = "no_price"


class RollerStopped(NotAuthorized):
    """Usage has not been put on the balances for too long to know what is left."""

    code = "roller_stopped"
    status = 503
    retryable = True


class SourceSilent(NotAuthorized):
    """The source has not told of its usage for too long to know what is left."""

    code = "source_silent"


class DatabaseDown(NotAuthorized):
    """The records cannot be reached."""

    code = "database_down"
    status = 503
    retryable = True


class StaleEpoch(NotAuthorized):
    """The gateway has begun anew since: its former self gets nothing more."""

    code = "stale_epoch"


class ReservationReused(Invalid):
    """The id of a reservation was used for another request."""

    code = "reservation_reused"
    rule = "R-MET-10"


class ReservationEnded(NotAuthorized):
    """The reservation was granted, and has been settled, released or has expired."""

    code = "reservation_ended"


class UnknownReservation(Refusal):
    """There is no such reservation for this key."""

    code = "unknown_reservation"
    status = 404


class WrongEvent(Invalid):
    """The event settles another call than the one it is sent for."""

    code = "wrong_event"
    rule = "R-MET-10"


class BadLimit(Invalid):
    """A limit is on something of the order, from today or later, with a reason."""

    code = "bad_limit"


class UsageUnannounced(Refusal):
    """Usage of the order comes without authorization, so nothing can be held back."""

    code = "usage_unannounced"
    rule = "R-MET-10"


class NothingParked(Refusal):
    """What was to be tried again is not parked any more."""

    code = "nothing_parked"


class NothingToRerate(Refusal):
    """Everything in these days costs what it was rated at, or cannot be rated anew."""

    code = "nothing_to_rerate"
    rule = "R-MET-05"


class TooMuchToRerate(Invalid):
    """More usage than one run looks at, or days that are none of the contract's."""

    code = "too_much_to_rerate"


class BadInstant(Invalid):
    """What is asked for is neither a day nor an instant with its zone."""

    code = "bad_instant"


class BadView(Invalid):
    """A saved view has a name, and a question that fits."""

    code = "bad_view"


class NotDetachable(Refusal):
    """The calls of a source cannot be put away now."""

    code = "not_detachable"
