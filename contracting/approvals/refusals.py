"""Why a route or a decision is refused."""

from contracting.core.errors import Conflict, Invalid, Refusal


class NoPolicy(Refusal):
    """No policy of the agency says who reviews this."""

    code = "no_approval_policy"
    status = 409


class NobodyToDecide(Refusal):
    """A step has too few people left who did not make the thing themselves."""

    code = "nobody_to_decide"
    status = 409
    rule = "R-ROL-09"


class RouteOpen(Conflict):
    """The subject is under review already."""

    code = "route_open"


class RouteClosed(Conflict):
    """The route is complete, returned or void; nothing more is decided on it."""

    code = "route_closed"


class AlreadyDecided(Conflict):
    """The person, or the colleague in whose seat they would decide, has decided."""

    code = "already_decided"


class CommentMissing(Invalid):
    """Who does not concur, or returns it, says why."""

    code = "comment_missing"


class RemarkInvalid(Invalid):
    """A comment on a paragraph that is empty, too long, or one of two."""

    code = "remark_invalid"


class NothingToDispose(Conflict):
    """The decision concurs, or has been disposed of."""

    code = "nothing_to_dispose"
    rule = "R-TO-09"


class BadPolicy(Invalid):
    """The policy has no steps, or a step that nobody can satisfy."""

    code = "bad_policy"


class NothingToEscalate(Conflict):
    """The step is in time, waits for nobody, or was escalated before."""

    code = "nothing_to_escalate"


class NoOverride(Refusal):
    """The rule knows no override: the facts must change."""

    code = "no_override"
    status = 409


class OverrideUnfounded(Invalid):
    """An override without a reason in words."""

    code = "override_unfounded"
