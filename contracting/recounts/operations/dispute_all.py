"""The sweep: a flagged count is put to its vendor by itself."""

from __future__ import annotations

import logging
from datetime import datetime

from contracting.core.actors import SYSTEM
from contracting.core.errors import Refusal
from contracting.recounts import queries
from contracting.recounts.models import RecountPlan
from contracting.recounts.operations.dispute_count import dispute_count
from contracting.recounts.queries.plots import question_of
from contracting.recounts.refusals import NotFlagged

_log = logging.getLogger(__name__)


def dispute_all(*, at: datetime) -> int:
    """Open a dispute of each flagged count that nobody has put to its vendor yet.

    A flag opens a dispute and never changes a payment. It is opened on the order of
    which most calls were recounted; one transaction each, a failure stops nothing else.

    :returns: how many were opened
    """
    opened = 0
    waiting = RecountPlan.objects.filter(flag__isnull=False, flag__dispute__isnull=True)
    for plan in waiting.select_related("contract", "model", "token_class", "allowance"):
        order = queries.order_most_sampled(plan)
        if order is None:
            continue
        try:
            dispute_count(
                plan_id=plan.pk,
                order_id=order.pk,
                question=question_of(plan),
                by=SYSTEM,
                at=at,
            )
        except NotFlagged:
            continue  # a person was faster
        except Refusal:
            _log.exception("The flagged count %s was not disputed.", plan.public_id)
            continue
        opened += 1
    return opened
