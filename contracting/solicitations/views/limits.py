"""The page on which the limits of offers are set."""

from __future__ import annotations

from typing import Any

from contracting.solicitations import queries
from contracting.solicitations.forms.limits import EditLimitsForm
from contracting.solicitations.models import Solicitation
from contracting.solicitations.views import EditVerb


class EditLimits(EditVerb):
    """How large may an offer be?"""

    form_class = EditLimitsForm
    takes = ("terms", "seen_version")
    heading = "Limits of offers"
    question = "How long may an offer be, and which files may it bring?"

    def initial(self, thing: Solicitation) -> dict[str, Any]:
        return queries.terms_of(thing)
