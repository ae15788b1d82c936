"""The box that was published with a solicitation, which alone is sealed to."""

from __future__ import annotations

from contracting.audit.queries import events_of
from contracting.solicitations.models import Solicitation
from contracting.submissions.events import BOX_SEALED
from contracting.submissions.refusals import KeySwapped, NotOpenForOffers
from contracting.submissions.sealing.models import Box
from contracting.submissions.sealing.openers import boxes_of


def published_fingerprint(solicitation: Solicitation) -> str:
    """The fingerprint that the audit recorded of the box in force; or empty."""
    box = next(iter(boxes_of(solicitation)), None)
    recorded = events_of(solicitation.subject).filter(event=BOX_SEALED.code)
    told = (each.read["data"] for each in recorded)
    of_it = (data for data in told if box and data["box"] == box.public_id)
    return next((str(data["fingerprint"]) for data in of_it), "")


def published_box(solicitation: Solicitation) -> Box:
    """The box of the solicitation, with the key that was published with it.

    :raises NotOpenForOffers: if it was released without one
    :raises KeySwapped: if another key was published
    """
    box = next(iter(boxes_of(solicitation)), None)
    if box is None:
        message = (
            "There is no box to seal your offer to: this solicitation was released "
            "without one. Nothing of your offer was kept."
        )
        raise NotOpenForOffers(message)
    if box.fingerprint != published_fingerprint(solicitation):
        message = (
            "The key of the box is not the one that was published with it. "
            "Your offer was not sealed to it and nothing of it was kept. Tell the "
            "contracting officer."
        )
        raise KeySwapped(message, fingerprint=box.fingerprint)
    return box
