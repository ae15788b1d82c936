"""What the box of sealed offers will not do."""

from typing import ClassVar

from contracting.core.errors import Conflict, Invalid, Refusal, Sealed


class OfferIncomplete(Invalid):
    """A price is missing, or a line is priced that is not asked for."""

    code = "offer_incomplete"


class ModelUnfit(Invalid):
    """A CLIN with two models, or a model that its data boundary does not allow."""

    code = "model_unfit"


class NotReceiptable(Invalid):
    """A file without content, or two files of one name: no receipt could list it."""

    code = "not_receiptable"
    rule = "R-SUB-07"


class OverLimits(Invalid):
    """The offer is larger than the solicitation takes, or has another kind of file."""

    code = "over_limits"
    rule = "R-SUB-12"


class AmendmentNotAcknowledged(Invalid):
    """The offer does not acknowledge exactly the amendments that were issued."""

    code = "amendment_not_acknowledged"
    rule = "R-SUB-05"


class DeadlinePassed(Refusal):
    """After the deadline an offer is neither replaced nor withdrawn."""

    code = "deadline_passed"
    rule = "R-SUB-04"


class NotConsidered(Refusal):
    """A late or withdrawn offer takes no part in the evaluation."""

    code = "not_considered"
    rule = "R-SUB-01"


class NotOpenForOffers(Conflict):
    """The solicitation takes no offers."""

    code = "not_open_for_offers"


class AlreadySubmitted(Conflict):
    """There is an offer already; it is replaced, not submitted a second time."""

    code = "already_submitted"


class AlternateNotTaken(Refusal):
    """An alternate that the solicitation does not take, or that skips a number."""

    code = "alternate_not_taken"
    rule = "R-SUB-10"


class StillSealed(Sealed):
    """The deadline has not passed: nobody opens anything."""

    code = "still_sealed"
    rule = "R-SUB-03"


class ReceiptsClosed(Conflict):
    """The root over the receipts in time is published: none is added or taken away."""

    code = "receipts_closed"
    rule = "R-SUB-01"


class NotClosed(Conflict):
    """No root is published yet, and so no receipt has a proof."""

    code = "not_closed"


class ExceptionUnfounded(Invalid):
    """No exception lets this late offer be considered, as far as is shown."""

    code = "exception_unfounded"
    rule = "R-SUB-02"


class LatenessBinds(Refusal):
    """The request for quotations says that late ones are not considered."""

    code = "lateness_binds"
    rule = "R-SUB-11"


class SealedElsewhere(Conflict):
    """Sealed bytes are bound to another version than the one they were sent as."""

    code = "sealed_elsewhere"


class NotScanned(Refusal):
    """The malware scanner is silent, and nothing is laid open unscanned."""

    code = "not_scanned"
    status = 503


class AlreadyOpened(Conflict):
    """The offers were opened; that happens once."""

    code = "already_opened"


class SealBroken(Conflict):
    """Sealed bytes do not fit their seal: nothing is opened."""

    code = "seal_broken"
    WORDS: ClassVar[str] = (
        "Sealed bytes do not fit their seal: they were altered, moved, or sealed under "
        "another key. Nothing was opened."
    )


class PassphraseUnfit(Invalid):
    """A passphrase that somebody else knows, or that could be guessed."""

    code = "passphrase_unfit"


class KeyUnfit(Invalid):
    """What a browser has made is no key, or not one that protects."""

    code = "key_unfit"


class WrongPassphrase(Refusal):
    """The passphrase does not give the opener's key back."""

    code = "wrong_passphrase"
    status = 403
    rule = "R-SUB-03"


class NotReadable(Refusal):
    """No offer key that this person holds opens this version."""

    code = "not_readable"


class HolderUnfit(Invalid):
    """This person cannot hold the offer key, or cannot be taken off it."""

    code = "holder_unfit"


class OpenersUnfit(Invalid):
    """These people cannot be the openers of a box, or not so many of them."""

    code = "openers_unfit"


class BoxUnfit(Invalid):
    """What a browser has made is no box for these openers."""

    code = "box_unfit"


class ShareAltered(Conflict):
    """A share is not the one to which the box was committed: nothing is opened."""

    code = "share_altered"
    rule = "R-SUB-03"


class KeySwapped(Conflict):
    """The public key of a box is not the one that was published with it."""

    code = "key_swapped"
    rule = "R-SUB-03"


class TooLarge(Refusal):
    """The request is larger than what is kept in memory; its files were not read."""

    code = "too_large"
    status = 413


class OutageNotShown(Refusal):
    """The health log shows no outage at the deadline that could be ruled on."""

    code = "outage_not_shown"
    rule = "R-SUB-08"


class OutageUnresolved(Conflict):
    """An outage at the deadline waits for the contracting officer's word."""

    code = "outage_unresolved"
    rule = "R-SUB-08"
