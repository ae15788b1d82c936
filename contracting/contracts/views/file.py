"""The page that shows the index of a contract's file."""

from __future__ import annotations

from typing import Any

from contracting.contracts.queries import get_contract_for
from contracting.contracts.queries.file import index_of
from contracting.core import clock
from contracting.core.errors import NotVisible
from contracting.core.views import PageView


class FilePage(PageView):
    """Is the file of this contract complete?"""

    template_name = "contracts/file.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        contract = get_contract_for(self.actor, ids["public_id"])
        if not self.actor.is_agency:
            message = "There is no such file."
            raise NotVisible(message)
        stages = index_of(contract, self.actor, clock.now())
        entries = [entry for _, found in stages for entry in found]
        return {
            "contract": contract,
            "stages": stages,
            "there": sum(len(entry.filed) for entry in entries),
            "missing": [entry for entry in entries if entry.state == "MISSING"],
        }
