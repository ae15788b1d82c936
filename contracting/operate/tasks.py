"""Celery tasks of the operator."""

from __future__ import annotations

import logging

from celery import shared_task

from accounts.states import Role
from contracting.core import clock
from contracting.core.actors import SYSTEM
from contracting.ledger.queries import imbalanced_lines
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.operate.queries import broken_invariants

log = logging.getLogger(__name__)


@shared_task
def check_invariants_nightly() -> int:
    """Check what must hold at every moment; what does not is logged as an error."""
    broken = broken_invariants()
    for sentence, exceptions in broken.items():
        log.error("Broken invariant: %s: %s", sentence, "; ".join(exceptions[:20]))
    tell_of_imbalances()
    return len(broken)


def tell_of_imbalances() -> None:
    """Tell the administrators of each line of accounting that does not add up."""
    at = clock.now()
    for line, sentences in imbalanced_lines():
        post_notice(
            recipients=[Recipient(line.agency_id, role=Role.ADMINISTRATOR)],
            subject=line.subject,
            title=f"The books of {line.label} do not add up",
            body=" ".join(sentences) + " Its page can only be read until they do.",
            url_path=f"/funds/{line.public_id}",
            by=SYSTEM,
            at=at,
        )
