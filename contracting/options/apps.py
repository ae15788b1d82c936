"""Registers the app with Django, its guard with modifications, and memos on options."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from contracting.core.actors import Actor
    from contracting.modifications.models import Novation


class OptionsConfig(AppConfig):
    name = "contracting.options"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What exercises an option is signed only as the option states.

        After a novation the vendor states its size anew.
        """
        from contracting.determinations.queries import offer_determinations
        from contracting.modifications.queries import also_require
        from contracting.modifications.queries.novations import let_follow
        from contracting.modifications.states import ModificationKind
        from contracting.options.operations.draft import require_exercisable
        from contracting.options.permissions import about_option

        also_require(ModificationKind.OPTION, require_exercisable)
        let_follow(_ask_for_size)
        offer_determinations("opt", about_option)


def _ask_for_size(novation: Novation, by: Actor, at: datetime) -> None:
    """After a novation the successor states its size anew (FAR 52.219-28(b)(1))."""
    from contracting.core.periods import accounting_day
    from contracting.options.operations.record import record_size_change
    from contracting.options.states import SizeChange

    modification = novation.modification
    record_size_change(
        contract_id=modification.contract_id,
        what=SizeChange.NOVATION,
        happened_on=accounting_day(at, modification.contract.time_zone),
        source=f"Modification {modification.number}: {novation.agreement}"[:200],
        by=by,
        at=at,
    )
