"""What the watch refuses."""

from contracting.core.errors import Invalid


class NothingFound(Invalid):
    """An alarm is closed with what was found."""

    code = "nothing_found"
