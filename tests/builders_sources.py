"""What a gateway says of itself: heartbeats and control totals."""

from datetime import timedelta
from typing import Any

from contracting.metering.operations.record_control_total import record_control_total
from contracting.metering.operations.record_heartbeat import record_heartbeat
from tests.builders_metering import (
    CALLED_AT,
    DELIVERED_AT,
)
from tests.cast import machine

DAY = CALLED_AT.date()
NEXT_DAY = DELIVERED_AT + timedelta(days=1)
BOTH = {"IN_UNCACHED": 2_000, "OUT_TEXT": 200}


def stated(source, by="gateway", at=NEXT_DAY, **changed):
    said: dict[str, Any] = {"day": DAY, "calls": 2, "tokens": BOTH}
    return record_control_total(
        source_id=source.pk, by=machine(by), at=at, **(said | changed)
    )


def beaten(source, watermark, at=DELIVERED_AT, last_seq=None):
    return record_heartbeat(
        source_id=source.pk,
        watermark=watermark,
        last_seq=last_seq,
        by=machine("gateway"),
        at=at,
    )
