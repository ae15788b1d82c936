"""The page on which the options of a package are stated."""

from __future__ import annotations

from typing import Any

from contracting.solicitations.forms.options import EditOptionsForm
from contracting.solicitations.models import Solicitation
from contracting.solicitations.views import EditVerb


class EditOptions(EditVerb):
    """What may the Government add without asking again?"""

    form_class = EditOptionsForm
    takes = ("terms", "seen_version")
    heading = "Options"
    question = (
        "Which periods and quantities may the Government add later, in which window "
        "and at which prices?"
    )

    def initial(self, thing: Solicitation) -> dict[str, Any]:
        return {
            **super().initial(thing),
            "options_evaluated": thing.options_evaluated,
            "rows": thing.options,
        }
