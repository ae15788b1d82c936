"""Enter a rate of interest as it was published, for somebody else to confirm."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.reference import events, permissions
from contracting.reference.models import RateProposal, Threshold
from contracting.reference.queries.rates import term_of
from contracting.reference.refusals import RateInForce, RateWrong
from contracting.reference.states import RateCode

MOST_PERCENT = Decimal(25)
"""Above every rate that was ever published."""


@transaction.atomic
def propose_rate(
    *,
    code: str,
    first_day: date,
    percent: Decimal,
    source: str,
    by: Actor,
    at: datetime,
) -> RateProposal:
    """Enter what the Treasury has published; nothing is computed with it yet.

    It is in force once another person of finance confirms it (R-PAY-03).

    :param first_day: 1 January or 1 July for the Prompt Payment rate (31 U.S.C. 3902,
        41 U.S.C. 7109), 1 January for the current value of funds (31 U.S.C. 3717)
    :param percent: a year, with four decimals at most
    :param source: where it was published, such as its page of the Federal Register
    :raises NotAllowed: unless ``by`` certifies funds or payments
    :raises RateWrong: for an unknown rate, a day on which none begins, a percentage
        that was never published, or without a source
    :raises RateInForce: if a rate of these days is in force already
    """
    require(permissions.can_propose_rate(by))
    if code not in RateCode.values:
        message = f"A rate is one of {', '.join(RateCode.values)}."
        raise RateWrong(message, pointer="/code")
    last_day = term_of(code, first_day)
    if last_day is None:
        message = "A rate begins on the first day of its half-year, or year."
        raise RateWrong(message, pointer="/first_day")
    guard_percent(percent)
    guard_words(source=source)
    require_none(code, first_day, last_day)
    proposal = RateProposal.objects.create(
        code=code,
        first_day=first_day,
        last_day=last_day,
        percent=percent,
        source=source.strip(),
        proposed_by_id=by.own_membership_id,
        proposed_at=at,
    )
    record_event(
        events.RATE_PROPOSED,
        subject=proposal.subject,
        by=by,
        at=at,
        data={
            "rule": "R-PAY-03",
            "code": code,
            "first_day": first_day,
            "last_day": last_day,
            "percent": percent,
            "source": proposal.source,
        },
    )
    return proposal


def guard_percent(percent: Decimal) -> None:
    """:raises RateWrong: for a percentage that was never published"""
    if not Decimal(0) < percent <= MOST_PERCENT or percent != round(percent, 4):
        message = f"Give the percentage a year, above 0 and at most {MOST_PERCENT}."
        raise RateWrong(message, pointer="/percent")


def guard_words(**words: str) -> None:
    """:raises RateWrong: if one of them is empty, or too long to be kept"""
    longest = 300
    for name, said in words.items():
        if not 0 < len(said.strip()) <= longest:
            asked = "where it was published" if name == "source" else "why"
            message = f"Say {asked}, in at most {longest} characters."
            raise RateWrong(message, pointer=f"/{name}")


def require_none(code: str, first_day: date, last_day: date) -> None:
    """:raises RateInForce: if a rate is in force on one of these days"""
    rows = Threshold.objects.filter(
        code=code, valid_from__lte=last_day, superseded_at__isnull=True
    )
    found = rows.exclude(valid_to__lt=first_day).first()
    if found is not None:
        message = (
            f"{found.plain} percent is in force from {found.valid_from.isoformat()} "
            "already. If it was recorded wrong, correct it instead."
        )
        raise RateInForce(message)
