"""Usage rated anew: a price that fell after the fact, a run, and its approval."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.db import transaction

from contracting.contracts.models import Contract
from contracting.core.quantities import UnitPrice
from contracting.metering.models import RatingRun
from contracting.metering.operations.approve import approve_rerating
from contracting.metering.operations.prepare_rerating import prepare_rerating
from contracting.metering.operations.rerate import rerate_usage
from contracting.modifications.states import RateDraft
from tests.builders_metering import MODEL
from tests.builders_modifications import issued_contract_modification
from tests.cast import actor
from tests.remembered import remembered

SLINS = {"IN_UNCACHED": "0001AA", "IN_CACHE_READ": "0001AB", "OUT_TEXT": "0001AC"}
FALLS_ON = date(2026, 4, 22)
"""Wednesday: the tenth day of the order, from which the lower price holds."""

KNOWN_AT = datetime(2026, 5, 3, 14, 0, tzinfo=UTC)
"""When the modification is signed, eleven days later."""

PREPARED_AT = datetime(2026, 5, 4, 14, 0, tzinfo=UTC)
APPROVED_AT = datetime(2026, 5, 5, 14, 0, tzinfo=UTC)
WHOLE_TIME = (date(2026, 4, 13), date(2026, 5, 3))


@remembered
def price_fell(
    on: Contract,
    price: str = "1.5",
    *,
    code: str = "IN_UNCACHED",
    first_day: date = FALLS_ON,
    at: datetime = KNOWN_AT,
) -> None:
    """Both sign that a price was lower from a day in the past on."""
    rate = RateDraft(
        clin="0001",
        slin=SLINS[code],
        snapshot=MODEL,
        token_class=code,
        price=UnitPrice(price),
        first_day=first_day,
        boundary="FEDRAMP_MOD",
    )
    issued_contract_modification(
        on=on,
        at=at,
        terms={},
        rates=[rate],
        effective_on=first_day,
        credit_memo="The difference of accepted usage is credited.",
    )


def prepared(
    on: Contract,
    *,
    by: str = "contract_specialist",
    at: datetime = PREPARED_AT,
    **more: Any,
) -> RatingRun:
    """A run over all days until the price was known, as a specialist prepares it.

    The operation takes its steps at ``at``; where nothing changes, nothing is asked.
    """
    asked: dict[str, Any] = {
        "contract_id": on.pk,
        "first_day": WHOLE_TIME[0],
        "last_day": WHOLE_TIME[1],
        "reason": "The price fell by modification P00001.",
        **more,
    }
    with transaction.atomic():
        request = rerate_usage(**asked, by=actor(by), at=at)
        operation, has_ended = request.operation, False
        while not has_ended:
            step = prepare_rerating(operation=operation, by=actor(by), at=at)
            operation.done += step.done
            has_ended = step.is_last
    return RatingRun.objects.get(request=request)


def approved(
    run: RatingRun, *, by: str = "contracting_officer", at: datetime = APPROVED_AT
) -> RatingRun:
    """The same run, read and posted by an officer."""
    return approve_rerating(
        run_id=run.pk, content_sha256=run.content_sha256, by=actor(by), at=at
    )
