"""What the pages of an offer do for a program that seals it away from any browser."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse

from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.permissions import Refused
from contracting.core.views import VerbView
from contracting.reference.models import AiModel
from contracting.solicitations.models import Solicitation
from contracting.solicitations.queries import lines_of
from contracting.submissions import client, queries
from contracting.submissions.forms.packets import PacketForm

FORM_FORMAT: Final = "drawdown/v1/offer-form"
HAND_IN: Final = "as"
"""The word of the query by which another form than the page's is asked for."""
PACKET: Final = "packet"
FORM: Final = "form"


class TakesPackets(VerbView):
    """A page that takes a sealed file too, and gives what it is sealed by."""

    takes_packet = False

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if request.GET.get(HAND_IN) == PACKET:
            self.takes_packet = True
            self.form_class = PacketForm  # type: ignore[misc]
            self.template_name = "submissions/packet.html"  # type: ignore[misc]

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        if request.GET.get(HAND_IN) != FORM:
            return super().get(request, **ids)
        thing = self.thing(**ids)
        verdict = self.verdict(thing)
        if isinstance(verdict, Refused):
            return self._not_allowed(thing, verdict)
        told = self.extra(thing)  # noqa: S610
        return JsonResponse(
            offer_form(
                self.actor, told["solicitation"], told["alternate"], clock.now()
            ),
            json_dumps_params={"indent": 2, "ensure_ascii": False},
            headers={
                "Content-Disposition": 'attachment; filename="offer-form.json"',
                "Cache-Control": "private, no-store",
            },
        )


def offer_form(
    by: Actor, solicitation: Solicitation, alternate: int, at: datetime
) -> dict[str, Any]:
    """Everything that an offer of the acting vendor is sealed by, as plain JSON.

    :param alternate: which one; 0 for the base offer
    """
    place = client.next_place(by, solicitation, alternate)
    box = queries.box_of(solicitation)
    models = AiModel.objects.in_force(at.date()).order_by("provider", "snapshot")
    deadline = solicitation.deadline
    return {
        "format": FORM_FORMAT,
        "title": f"{solicitation.name} {solicitation.title}",
        "deadline": deadline.isoformat() if deadline else "",
        "place": {
            "solicitation": place.solicitation,
            "submission": place.submission,
            "version": place.version,
        },
        "key": client.key_text(box),
        "offer_key": client.offer_key_facts(by)["offer_key_text"],
        "limits": client.limits(solicitation),
        "lines": [
            {
                "id": line.public_id,
                "slin": line.slin,
                "asked_for": str(line.asked_for),
                "figure": str(line.quote_words),
                "names_a_model": line.names_a_model,
                "boundary": line.boundary if line.asks_boundary else "",
            }
            for line in lines_of(solicitation)
        ],
        "models": [
            {
                "id": model.public_id,
                "name": model.snapshot,
                "provider": str(model.provider),
                "boundaries": list(model.boundaries),
            }
            for model in models
        ],
    }
