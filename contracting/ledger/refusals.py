"""Why the ledger will not move value."""

from __future__ import annotations

from contracting.core.errors import Conflict, Invalid, Refusal


class FundsExceeded(Refusal):
    """More than the line of accounting has free (31 U.S.C. 1341)."""

    code = "funds_exceeded"
    rule = "R-FND-01"


class CommitmentExceeded(FundsExceeded):
    """More than has been certified for the line."""

    code = "commitment_exceeded"


class PeriodOfAvailabilityEnded(Refusal):
    """The signature lies outside the days on which the funds may be obligated."""

    code = "period_of_availability_ended"
    rule = "R-FND-03"


class SeverableServiceTooLong(Refusal):
    """Annual funds would buy a severable service of another year, or a longer one."""

    code = "severable_service_too_long"
    rule = "R-FND-04"


class AccountCancelled(Refusal):
    """The account was closed in the fifth year after its availability ended."""

    code = "account_cancelled"
    rule = "R-FND-05"


class CeilingExceeded(Refusal):
    """More than the line's ceiling, or a ceiling below what is bound already."""

    code = "ceiling_exceeded"


class ContractCeilingExceeded(Refusal):
    """More than the contract's maximum leaves, in dollars or in tokens."""

    code = "contract_ceiling_exceeded"
    rule = "R-TO-02"


class DeobligationExceeded(Refusal):
    """More than is obligated and neither used nor owed."""

    code = "deobligation_exceeded"
    rule = "R-FND-09"


class AcceptanceExceeded(Refusal):
    """More than was used and funded: unfunded usage is not payable."""

    code = "acceptance_exceeded"
    rule = "R-FND-08"


class ObligationExceeded(Refusal):
    """Rounded to the cent, the accepted amount passes the ACRN's obligation."""

    code = "obligation_exceeded"
    rule = "R-INV-05"


class GivenUpExceeded(Refusal):
    """More than was used, funded and not accepted: what is accepted is owed."""

    code = "given_up_exceeded"
    rule = "R-CLO-04"


class PaymentExceeded(Refusal):
    """More than the value of accepted usage (31 U.S.C. 3324)."""

    code = "payment_exceeded"
    rule = "R-FND-10"


class CrossCharged(Refusal):
    """An ACRN would pay what was used on another one of its line."""

    code = "cross_charged"
    rule = "R-FND-12"


class CreditExceeded(Refusal):
    """More than was paid from the ACRN: a credit returns what was paid."""

    code = "credit_exceeded"
    rule = "R-PAY-06"


class BalanceNotOpen(Invalid):
    """The line has no balance for this ACRN."""

    code = "balance_not_open"


class AmountNotPositive(Invalid):
    """A verb moves more than nothing; the other direction is another verb."""

    code = "amount_not_positive"


class LinesDisagree(Invalid):
    """The lines given contradict each other or what is on the books."""

    code = "lines_disagree"


class AlreadyReversed(Conflict):
    """The transfer has been reversed before."""

    code = "already_reversed"


class NotReversible(Refusal):
    """What was built on the transfer would no longer hold."""

    code = "not_reversible"


class DeltaBroken(Invalid):
    """What was written down of usage contradicts itself."""

    code = "delta_broken"
