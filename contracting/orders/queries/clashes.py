"""What a draft modification of an order meets on the order as it stands now."""

from __future__ import annotations

import json

from contracting.audit.queries import events_of
from contracting.orders.calculations import changes_of, content, in_words
from contracting.orders.models import Modification
from contracting.orders.states import Clash


def clashes_of(modification: Modification) -> list[Clash]:
    """What a draft of an order changes, as drafted, in force, and on what is in force.

    The text on which it was drafted is the one that its last event has kept.
    """
    kept = [
        event
        for event in events_of(modification.subject)
        if "changes" in json.loads(event.payload)["data"]
    ]
    drafted = json.loads(kept[-1].payload)["data"]["changes"] if kept else []
    now = dict(in_words(content(modification.order)))
    after = {change.term: change.new for change in changes_of(modification)}
    return [
        Clash(
            row["term"],
            row["old"],
            now.get(row["term"], ""),
            after.get(row["term"], row["new"]),
        )
        for row in drafted
    ]
