"""What the paper room will not do."""

from contracting.core.errors import Invalid, Refusal


class UnknownKind(Invalid):
    """There is no template for this kind of paper."""

    code = "unknown_kind"


class FileNotTaken(Invalid):
    """The check of a file has found something; it was not kept."""

    code = "file_not_taken"
    rule = "R-SUB-12"


class OutOfOrder(Refusal):
    """It is another party's turn to sign the paper."""

    code = "out_of_order"


class NothingToSign(Refusal):
    """The paper has no field that this party could sign."""

    code = "nothing_to_sign"


class NotReady(Refusal):
    """The paper is requested and not printed yet, or could not be printed."""

    code = "not_ready"
    status = 409
    retryable = True


class Damaged(Refusal):
    """The stored bytes are not the bytes that were hashed; they are not shown."""

    code = "damaged"
    status = 500


class NotCancelable(Refusal):
    """The operation has ended already."""

    code = "not_cancelable"
