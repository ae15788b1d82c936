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


class NothingToCorrect(Invalid):
    """The event does not exist, was never rated, or has less than is taken back."""

    code = "nothing_to_correct"
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


class NothingToRerate(Refusal):
    """Every usage line stands at the price that is known now."""

    code = "nothing_to_rerate"
    rule = "R-MET-05"


class BadNoticeTerms(Invalid):
    """Shares or days at which nobody would be told in time, or no reason for them."""

    code = "bad_notice_terms"
    rule = "R-FND-07"


class AlreadyAcknowledged(Conflict):
    """This side has acknowledged the notice before."""

    code = "already_acknowledged"
    rule = "R-FND-07"
