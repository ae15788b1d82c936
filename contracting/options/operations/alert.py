"""Tell the contracting office which options are near their days."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract, ContractOption
from contracting.contracts.queries import representatives
from contracting.contracts.states import ContractState
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.options import calculations, events, permissions, queries
from contracting.options.models import OptionAlert
from contracting.options.states import ALERTS, Standing
from contracting.reference.queries import amounts_on


@transaction.atomic
def alert_options(*, by: Actor, at: datetime) -> list[OptionAlert]:
    """Post one notice for each option that has passed a number of days (R-OPT-01).

    It may run at any time and twice. After an outage the days that were missed are
    marked as told, and people get one notice, of the days that are left.

    :returns: the alerts that are new
    :raises NotAllowed: if ``by`` is not the system
    """
    contracts = Contract.objects.locked().filter(
        state=ContractState.AWARDED,
        pk__in=ContractOption.objects.filter(exercised_at=None).values("contract"),
    )
    require(permissions.can_alert_options(by))
    return [each for found in list(contracts) for each in _alert(found, by, at)]


def _alert(contract: Contract, by: Actor, at: datetime) -> list[OptionAlert]:
    on = accounting_day(at, contract.time_zone)
    steps = sorted(int(days) for days in amounts_on(ALERTS, on).values())
    made: list[OptionAlert] = []
    for shown in queries.shown_of(contract, on):
        if shown.window is None or shown.standing == Standing.LAPSED:
            continue
        if calculations.follows(shown.option):
            continue
        ends_on = calculations.counted_back_from(shown.option, shown.window)
        new = _new(shown.option, steps, ends_on, on, at)
        if new:
            _tell(shown, ends_on, on, by, at)
        made += new
    if made:
        record_event(
            events.OPTIONS_ALERTED,
            subject=contract.subject,
            by=by,
            at=at,
            data={
                "alerts": [
                    {"option": each.option.number, "days": each.days} for each in made
                ]
            },
        )
    return made


def _new(
    option: ContractOption, steps: list[int], ends_on: date, on: date, at: datetime
) -> list[OptionAlert]:
    left = (ends_on - on).days
    told = set(
        OptionAlert.objects.filter(option=option, ends_on=ends_on).values_list(
            "days", flat=True
        )
    )
    return [
        OptionAlert.objects.create(
            option=option, days=days, ends_on=ends_on, alerted_at=at
        )
        for days in steps
        if left <= days and days not in told
    ]


def _tell(
    shown: queries.Shown, ends_on: date, on: date, by: Actor, at: datetime
) -> None:
    option, contract = shown.option, shown.option.contract
    days = (ends_on - on).days
    post_notice(
        recipients=[
            Recipient(contract.agency_id, Role.CONTRACTING_OFFICER),
            *(
                Recipient(contract.agency_id, user_id=row.membership.user_id)
                for row in representatives(contract, on)
            ),
        ],
        subject=option.subject,
        title=f"{days} days: {option.name} of contract {contract.piid}",
        body=f"Counted to {ends_on}. {shown.next_step}",
        url_path=option.path,
        due_on=shown.window.intent_by
        if shown.window and shown.standing == Standing.NOTICE_DUE
        else ends_on,
        by=by,
        at=at,
    )
