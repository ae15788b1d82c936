"""What the watch refuses."""

from contracting.core.errors import Invalid


class NothingFound(Invalid):
    """An alarm is closed with what was found."""

    code = "nothing_found"


class BadRule(Invalid):
    """A rule has a name, a figure, somebody who is told, and a reason."""

    code = "bad_alert_rule"


class BadPlan(Invalid):
    """Planned use is of coming days of an order, and above nothing."""

    code = "bad_plan"
