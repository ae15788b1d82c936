"""Compare the public list with contracts that follow it down."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.contracts.states import ContractState
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.modifications import events, permissions, queries
from contracting.modifications.models import ModelTerms, RatchetFinding
from contracting.notices.operations.post_notice import Recipient, post_notice


@transaction.atomic
def open_ratchet_findings(*, by: Actor, at: datetime) -> list[RatchetFinding]:
    """Open a finding for each price that the public list has fallen below (R-MOD-09).

    It may run at any time and twice: a fall is found once for a price.

    :returns: the findings that are new
    :raises NotAllowed: if ``by`` is not the system
    """
    contracts = Contract.objects.locked().filter(
        state=ContractState.AWARDED, pk__in=ModelTerms.objects.values("contract")
    )
    require(permissions.can_open_ratchet_findings(by))
    return [
        finding for contract in list(contracts) for finding in _open(contract, by, at)
    ]


def _open(contract: Contract, by: Actor, at: datetime) -> list[RatchetFinding]:
    on = accounting_day(at, contract.time_zone)
    made = []
    for fall in queries.falls(contract, on):
        finding, is_new = RatchetFinding.objects.get_or_create(
            rate_row=fall.row,
            list_after=fall.after,
            defaults={
                "contract": contract,
                "list_before": fall.before,
                "usd_per_million_tokens": fall.price,
                "effective_on": fall.effective_on,
                "opened_at": at,
            },
        )
        if is_new:
            made.append(finding)
    if not made:
        return []
    post_notice(
        recipients=[Recipient(contract.agency_id, Role.CONTRACTING_OFFICER)],
        subject=contract.subject,
        title=f"The public list fell below {len(made)} of the prices of "
        f"{contract.piid}",
        body="Confirm the lower price, which drafts the modification, or hold it.",
        url_path=f"{contract.path}/models",
        by=by,
        at=at,
    )
    record_event(
        events.RATCHET_FOUND,
        subject=contract.subject,
        by=by,
        at=at,
        data={
            "findings": [
                {
                    "slin": each.rate_row.slin,
                    "list_before": each.list_before.usd_per_million_tokens,
                    "list_after": each.list_after.usd_per_million_tokens,
                    "price": each.usd_per_million_tokens,
                    "effective_on": each.effective_on,
                }
                for each in made
            ]
        },
    )
    return made
