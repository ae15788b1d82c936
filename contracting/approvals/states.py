"""How a route goes, how much a step needs, and what a reviewer can say."""

from dataclasses import dataclass
from typing import Final

from django.db.models import TextChoices

from contracting.core.states import moves


class RouteState(TextChoices):
    """Where a route stands."""

    OPEN = "OPEN", "open"
    COMPLETE = "COMPLETE", "complete"
    RETURNED = "RETURNED", "returned"
    VOIDED = "VOIDED", "void"


MOVES: Final = moves(
    {
        RouteState.OPEN: (
            RouteState.COMPLETE,
            RouteState.RETURNED,
            RouteState.VOIDED,
        ),
        RouteState.COMPLETE: (RouteState.VOIDED,),
        RouteState.RETURNED: (),
        RouteState.VOIDED: (),
    }
)


class Need(TextChoices):
    """How many of a step's people must decide."""

    ALL = "ALL", "all"
    ANY = "ANY", "any one"
    N = "N", "a number"


class Decided(TextChoices):
    """What a reviewer says; to concur and not to concur are both final.

    Who abstains for a conflict of interest decides nothing: the seat is another's.
    """

    CONCUR = "CONCUR", "concurs"
    NONCONCUR = "NONCONCUR", "does not concur"
    RETURN = "RETURN", "returns it"
    ABSTAIN = "ABSTAIN", "abstains"


FINAL: Final = (Decided.CONCUR, Decided.NONCONCUR)
"""What fills a seat."""


class Overdue(TextChoices):
    """Why somebody above is told of a step."""

    DAYS = "DAYS", "its working days are over"
    NOBODY = "NOBODY", "nobody is left who may decide"


LONGEST_REMARK: Final = 4_000
MOST_REMARKS: Final = 200


@dataclass(frozen=True, slots=True)
class Remark:
    """What a reviewer says on one paragraph: its place, how it read, the words."""

    place: str
    passage: str
    words: str


@dataclass(frozen=True, slots=True)
class Overridable:
    """Who may override a rule, and where the regulation says so."""

    who: str
    citation: str


_CO = "the contracting officer"
_HCA = "the head of the contracting activity"

OVERRIDABLE: Final = {
    "R-ROL-03": Overridable(_HCA, "OMB Circular A-123"),
    "R-SOL-03": Overridable(_CO, "FAR 5.202"),
    "R-SOL-04": Overridable(_CO, "FAR 5.203(b)"),
    "R-SOL-07": Overridable("the small business specialist", "FAR 19.502-2"),
    "R-SOL-08": Overridable("whom the ladder names", "FAR 16.505(a)(4)"),
    "R-SOL-09": Overridable("whom the ladder names", "FAR 6.304"),
    "R-SOL-11": Overridable(_CO, "FAR 15.206(e)"),
    "R-SOL-12": Overridable("the chief information officer", "OMB M-26-04"),
    "R-SUB-02": Overridable(_CO, "FAR 52.212-1(f)(2)"),
    "R-SUB-05": Overridable(_CO, "FAR 14.405(d)"),
    "R-SUB-06": Overridable(_CO, "FAR 4.1102(a)"),
    "R-SUB-08": Overridable(_CO, "FAR 52.212-1(f)(4)"),
    "R-EVL-02": Overridable(_CO, "agency policy"),
    "R-EVL-05": Overridable(_CO, "FAR 15.404-1(g)"),
    "R-EVL-08": Overridable("the head of the agency", "FAR 9.405(a)"),
    "R-EVL-09": Overridable("the Small Business Administration", "FAR 19.602"),
    "R-AWD-04": Overridable("the head of the agency", "FAR 16.504(c)(1)(ii)(D)"),
    "R-AWD-05": Overridable(_CO, "FAR 15.503(b)"),
    "R-AWD-06": Overridable(_CO, "FAR 15.506"),
    "R-AWD-07": Overridable(_HCA, "FAR 33.104(c)(2)"),
    "R-FND-03": Overridable("the funds certifier", "31 USC 1553"),
    "R-FND-05": Overridable("the chief financial officer", "31 USC 1553"),
    "R-FND-06": Overridable(_CO, "FAR 32.703-2"),
    "R-FND-07": Overridable(_CO, "FAR 52.232-22"),
    "R-FND-08": Overridable(_HCA, "FAR 1.602-3"),
    "R-FND-10": Overridable("legal counsel", "31 USC 3324"),
    "R-FND-11": Overridable("legal counsel", "31 USC 1342"),
    "R-FND-12": Overridable(_CO, "DFARS PGI 204.7108"),
    "R-TO-03": Overridable("the vendor, in writing", "FAR 52.216-19"),
    "R-TO-06": Overridable("whom the ladder names", "FAR 16.505(b)(2)"),
    "R-TO-09": Overridable(_CO, "agency policy"),
    "R-TO-11": Overridable(_CO, "agency policy"),
    "R-TO-12": Overridable("the authorizing official", "FAR 39.1"),
    "R-MOD-04": Overridable("whom the ladder names", "FAR 6.303"),
    "R-MOD-07": Overridable(_CO, "FAR 43.101"),
    "R-MOD-08": Overridable(_CO, "FAR 12.209"),
    "R-MOD-09": Overridable(_CO, "the contract's own clause"),
    "R-MOD-11": Overridable(_CO, "agency policy"),
    "R-OPT-01": Overridable(_CO, "FAR 17.207(a)"),
    "R-OPT-04": Overridable(_HCA, "FAR 17.204(e)"),
    "R-REC-01": Overridable(_CO, "FAR 46.5"),
    "R-REC-03": Overridable(_CO, "FAR 32.905"),
    "R-PAY-04": Overridable("the chief financial officer", "5 CFR 1315.4(j)"),
    "R-AI-01": Overridable("the head of the agency", "FAR 9.405"),
    "R-AI-02": Overridable("the authorizing official", "FAR 39.1"),
}
"""Every rule that somebody may override; of all others there is no override."""
