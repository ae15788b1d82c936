"""What a modification of a contract refuses."""

from __future__ import annotations

from contracting.core.errors import Conflict, Invalid, Refusal, Stale


class NoAuthority(Invalid):
    """Not exactly one authority with its citation, or one that does not carry this."""

    code = "no_authority"
    rule = "R-MOD-02"


class AlreadyCertified(Conflict):
    """The funds of this version are certified."""

    code = "already_certified"


class NotSignedByVendor(Refusal):
    """Terms change only with the vendor's signature (FAR 43.103(a))."""

    code = "not_signed_by_vendor"
    rule = "R-MOD-02"


class NotAssumed(Refusal):
    """The successor has not signed the novation by which it assumes the contract."""

    code = "not_assumed"
    rule = "R-MOD-02"


class NovationIncomplete(Invalid):
    """No successor that may be recognized, or not what shows it (FAR 42.1204)."""

    code = "novation_incomplete"
    rule = "R-MOD-02"


class HalfSigned(Refusal):
    """The transferor's signature still waits for the officer's on something else."""

    code = "half_signed"
    rule = "R-MOD-02"


class ScopeNotDetermined(Invalid):
    """Nobody has determined in words whether this lies within the contract's scope."""

    code = "scope_not_determined"
    rule = "R-MOD-04"


class OutOfScope(Refusal):
    """A change outside of the contract's scope without an approved justification."""

    code = "out_of_scope"
    rule = "R-MOD-04"


class ChangesNothing(Invalid):
    """A modification without a difference between before and after (FAR 43.301)."""

    code = "changes_nothing"
    rule = "R-MOD-05"


class OrderingPeriodOver(Refusal):
    """A period that has ended is not extended; what follows it is a new contract."""

    code = "ordering_period_over"
    rule = "R-MOD-06"


class EffectiveDateInvalid(Invalid):
    """A term reads differently from the signature on, or from a day before it."""

    code = "effective_date_invalid"
    rule = "R-MOD-07"


class UsageAccepted(Refusal):
    """Usage from that day on is accepted; a new price never changes what it costs."""

    code = "usage_accepted"
    rule = "R-MOD-07"


class PriceRise(Invalid):
    """A dearer price without both signatures or without its consideration."""

    code = "price_rise"
    rule = "R-MOD-10"


class PriceNotReasonable(Invalid):
    """A new or dearer price without a memo that finds it fair (FAR 15.404-1)."""

    code = "price_not_reasonable"
    rule = "R-EVL-07"


class TermInvalid(Invalid):
    """A term, line or price of a contract that cannot stand."""

    code = "term_invalid"


class AlreadyIssued(Conflict):
    """Somebody has signed this modification already."""

    code = "already_issued"


class BaseMoved(Stale):
    """Another modification was signed since this one was drafted."""

    code = "base_moved"
    rule = "R-MOD-05"


class NotOnRamped(Refusal):
    """A new model without the whole of its checklist, or dearer than the list bears."""

    code = "not_on_ramped"
    rule = "R-MOD-08"


class NotBelow(Refusal):
    """The public list does not stand below the contract's price, or no more."""

    code = "not_below"
    rule = "R-MOD-09"


class ReasonMissing(Invalid):
    """A finding that is held without a word of why."""

    code = "reason_missing"
    rule = "R-MOD-09"


class NoticeTooShort(Refusal):
    """A model is retired earlier after its notice than the contract says."""

    code = "notice_too_short"
    rule = "R-MOD-11"


class SubstituteNotOnRamped(Refusal):
    """A model takes another's place that is not on the contract (R-MOD-08)."""

    code = "substitute_not_on_ramped"
    rule = "R-MOD-11"


class DayBeforeAward(Invalid):
    """A day on which the contract did not exist."""

    code = "day_before_award"
