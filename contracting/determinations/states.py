"""What is determined in writing, and how a determination goes."""

from typing import Final

from django.db.models import TextChoices

from contracting.core.states import moves


class Kind(TextChoices):
    """What a contracting office determines, and cannot do without determining."""

    RESPONSE_WINDOW = "RESPONSE_WINDOW", "memo on a short response time"
    RULE_OF_TWO = "RULE_OF_TWO", "finding on the rule of two"
    BRAND_NAME = "BRAND_NAME", "brand-name justification"
    OTHER_THAN_FULL = (
        "OTHER_THAN_FULL",
        "justification for other than full and open competition",
    )
    CIO_WAIVER = "CIO_WAIVER", "waiver of the chief information officer"
    CANCELLATION = "CANCELLATION", "memo on a cancellation"
    SINGLE_AWARD = "SINGLE_AWARD", "determination for a single award"
    COMPELLING_REASON = (
        "COMPELLING_REASON",
        "compelling reason to award to an excluded vendor",
    )
    BAN_WAIVER = "BAN_WAIVER", "waiver of a ban by the agency's head"
    LONG_TERM = "LONG_TERM", "approval of a period of more than five years"
    LATE_INTENT = "LATE_INTENT", "memo on a late notice of intent"
    SMALL_OFFICE = "SMALL_OFFICE", "waiver for a small office"
    FAIR_OPPORTUNITY = (
        "FAIR_OPPORTUNITY",
        "justification for an exception to fair opportunity",
    )
    RATIFICATION = "RATIFICATION", "ratification of use beyond the funds"


class DeterminationState(TextChoices):
    """A memo stands at once; what others must approve is in review first."""

    IN_REVIEW = "IN_REVIEW", "in review"
    APPROVED = "APPROVED", "approved"
    RETURNED = "RETURNED", "returned"


MOVES: Final = moves(
    {
        DeterminationState.IN_REVIEW: (
            DeterminationState.APPROVED,
            DeterminationState.RETURNED,
        ),
    }
)

RULES: Final = {
    Kind.RESPONSE_WINDOW: "R-SOL-04",
    Kind.RULE_OF_TWO: "R-SOL-07",
    Kind.BRAND_NAME: "R-SOL-08",
    Kind.OTHER_THAN_FULL: "R-SOL-09",
    Kind.CIO_WAIVER: "R-SOL-12",
    Kind.CANCELLATION: "R-SOL-11",
    Kind.SINGLE_AWARD: "R-AWD-04",
    Kind.COMPELLING_REASON: "R-EVL-08",
    Kind.BAN_WAIVER: "R-AI-01",
    Kind.LONG_TERM: "R-OPT-04",
    Kind.LATE_INTENT: "R-OPT-01",
    Kind.SMALL_OFFICE: "R-ROL-03",
    Kind.FAIR_OPPORTUNITY: "R-TO-06",
    Kind.RATIFICATION: "R-FND-08",
}
"""The rule to which each is the exception, or which asks for it."""

RULES_ON: Final = {
    (Kind.OTHER_THAN_FULL, "orders.modification"): "R-MOD-04",
    (Kind.OTHER_THAN_FULL, "modifications.modification"): "R-MOD-04",
}
"""The rule where it is another for what the determination is about."""

ROUTES: Final = {
    Kind.RULE_OF_TWO: "rule_of_two",
    Kind.BRAND_NAME: "justification",
    Kind.OTHER_THAN_FULL: "justification",
    Kind.FAIR_OPPORTUNITY: "justification",
    Kind.RATIFICATION: "ratification",
}
"""The kind of policy that says who approves it; the others stand at once."""

POSTED: Final = (Kind.BRAND_NAME, Kind.OTHER_THAN_FULL, Kind.FAIR_OPPORTUNITY)
"""What is made public."""

NEEDS_EVIDENCE: Final = (
    Kind.CIO_WAIVER,
    Kind.SINGLE_AWARD,
    Kind.COMPELLING_REASON,
    Kind.BAN_WAIVER,
    Kind.LONG_TERM,
    Kind.SMALL_OFFICE,
)
"""What somebody else has signed: its document is named by its hash."""

VERSION: Final = 1
"""What it says never changes: whoever wants other words makes another one."""

JUSTIFICATIONS: Final = POSTED
"""What is a justification; its paper has the parts that the regulation names."""

_COMMON: Final = {
    "need": "Supplies or services that are required",
    "price": "Why the anticipated price will be fair and reasonable",
    "steps": "What will be done to remove the barrier before another acquisition",
    "technical": "Who certifies the supporting data, and in which words",
    "other": "Other facts that support it",
}
_SOURCES: Final = {
    "efforts": "Efforts to solicit offers from as many sources as practicable",
    "research": "Market research, or why none was conducted",
    "sources": "Sources that expressed an interest in writing",
}
PARTS: Final[dict[Kind, dict[str, str]]] = {
    Kind.FAIR_OPPORTUNITY: _COMMON,
    Kind.OTHER_THAN_FULL: {**_COMMON, **_SOURCES},
    Kind.BRAND_NAME: {**_COMMON, **_SOURCES},
    Kind.RATIFICATION: {
        "benefit": "What the Government received and benefits from",
        "power": "Why the commitment could have been made by somebody with authority",
        "price": "Why the price is fair and reasonable",
        "funds": "Which funds are available, and were when it was used",
        "cause": "Who let it happen, and what keeps it from happening again",
    },
}
"""What each says beside its reason.

FAR 16.505(b)(2)(ii)(B), 6.303-2, 11.105; of a ratification FAR 1.602-3(c), with the
review that 31 U.S.C. 1341 asks for in the part on funds.
"""

OPTIONAL_PARTS: Final = frozenset({"other"})
"""What is left empty where there is nothing to say."""
