"""The page on which a draft is put onto the order as it stands."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from contracting.core.actors import Actor
from contracting.core.permissions import Verdict
from contracting.core.views import VerbView
from contracting.orders import permissions
from contracting.orders.calculations import TERMS
from contracting.orders.forms.modifications import RebaseModificationForm
from contracting.orders.models import Modification
from contracting.orders.operations.rebase import rebase_modification
from contracting.orders.queries import get_modification_for
from contracting.orders.queries.clashes import clashes_of


class RebaseModification(VerbView):
    """What shall a draft of an order say, on the order as it stands now?"""

    template_name = "orders/rebase_modification.html"
    form_class = RebaseModificationForm
    submit_label = "Put the draft onto the order as it stands"
    done_message = "The draft is compared with the order that is in force."

    def thing(self, *_: Any, **ids: Any) -> Modification:
        return get_modification_for(self.actor, ids["public_id"])

    def verdict(self, thing: Modification) -> Verdict:
        return permissions.can_rebase_modification(self.actor, thing)

    def initial(self, thing: Modification) -> dict[str, Any]:
        return {"seen_version": thing.version}

    def form_options(self, thing: Modification) -> dict[str, Any]:
        return {"terms": [(name, TERMS[name]) for name in thing.terms]}

    def extra(self, thing: Modification) -> dict[str, Any]:
        return {
            "modification": thing,
            "order": thing.order,
            "clashes": clashes_of(thing),
            "cancel_url": thing.path,
        }

    def perform(
        self, *, thing: Modification, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        rebase_modification(
            modification_id=thing.pk,
            dropped_terms=data.get("dropped_terms", ()),
            seen_version=data["seen_version"],
            by=by,
            at=at,
        )
        return thing.path
