"""Open the balances of a line: one for each ACRN that will pay for it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.subjects import Subject
from contracting.ledger import events
from contracting.ledger.models import Balance, HolderBalance
from contracting.ledger.operations.post import _lock_book, _open_accounts
from contracting.ledger.refusals import CeilingExceeded, LinesDisagree
from contracting.ledger.states import BalanceLine, Holder


@transaction.atomic
def open_balances(
    *,
    holder: Holder,
    contract_id: int,
    lines: list[BalanceLine],
    label: str = "",
    because: Subject,
    by: Actor,
    at: datetime,
) -> list[Balance]:
    """Open a balance for each ACRN named, or restate its ceiling if it is open already.

    An ACRN that is not named stays as it is; one that is dropped from a draft is named
    with a ceiling of zero. The token ceiling is the line's and the same in each.

    :param label: how people call the line; pages show it
    :raises LinesDisagree: if the token ceilings differ, two ACRNs share a place, or an
        ACRN with funds bound to it would change its line of accounting
    :raises CeilingExceeded: if a ceiling falls below what is bound or used already
    """
    line = HolderBalance.objects.locked().get_or_create(
        holder_kind=holder.kind,
        holder_id=holder.id,
        defaults={"contract_id": contract_id},
    )[0]
    known = _lock_book(because=because, by=by, at=at, holders=[holder]).balances
    _guard(line, lines, known=list(known.values()))
    line.ceiling_tokens = lines[0].ceiling_tokens.count
    line.ceiling_micro_acu = lines[0].ceiling_micro_acu
    line.label = label or line.label
    line.save(update_fields=["ceiling_tokens", "ceiling_micro_acu", "label"])
    rows = [_open(line, each, known.get((holder, each.acrn))) for each in lines]
    record_event(
        events.BALANCES_OPENED,
        subject=because,
        by=by,
        at=at,
        data={
            "holder": {"kind": holder.kind, "id": holder.id},
            "ceiling_tokens": line.ceiling_tokens,
            "ceiling_micro_acu": line.ceiling_micro_acu,
            "acrns": [
                {
                    "acrn": each.acrn,
                    "line_of_accounting": each.line_of_accounting_id,
                    "ceiling_dollars": each.ceiling_dollars,
                }
                for each in lines
            ],
        },
    )
    return rows


def _guard(line: HolderBalance, lines: list[BalanceLine], known: list[Balance]) -> None:
    if len({(each.ceiling_tokens, each.ceiling_micro_acu) for each in lines}) != 1:
        message = (
            "The ACRNs of a line state one ceiling in tokens and units: the line's."
        )
        raise LinesDisagree(message)
    named = {each.acrn: each for each in lines}
    places = [each.sequence for each in lines]
    places += [row.sequence for row in known if row.acrn not in named]
    if len(named) != len(lines) or len(set(places)) != len(places):
        message = "Each ACRN of a line is named once and has its own place in payment."
        raise LinesDisagree(message)
    used = line.consumed_tokens + line.tolerated_tokens
    if lines[0].ceiling_tokens.count < used:
        message = (
            f"{used:,} tokens are used already; the token ceiling "
            f"cannot become {lines[0].ceiling_tokens}."
        )
        raise CeilingExceeded(message)
    units = lines[0].ceiling_micro_acu
    if units is not None and units < line.consumed_micro_acu:
        message = (
            f"{line.consumed_micro_acu:,} millionths of a unit are used already; the "
            f"ceiling of the pool cannot become {units:,}."
        )
        raise CeilingExceeded(message)
    for row in known:
        if row.acrn in named:
            _guard_row(row, named[row.acrn])


def _guard_row(row: Balance, stated: BalanceLine) -> None:
    bound = row.committed_dollars + row.obligated_dollars
    if stated.ceiling_dollars.amount < bound:
        message = (
            f"ACRN {row.acrn} has ${bound:,.2f} bound to it; its ceiling cannot become "
            f"{stated.ceiling_dollars}."
        )
        raise CeilingExceeded(message, acrn=row.acrn)
    if row.line_of_accounting_id != stated.line_of_accounting_id and bound:
        message = (
            f"ACRN {row.acrn} has funds bound to it and keeps its line of accounting."
        )
        raise LinesDisagree(message, acrn=row.acrn)


def _open(line: HolderBalance, stated: BalanceLine, row: Balance | None) -> Balance:
    terms = {
        "sequence": stated.sequence,
        "line_of_accounting_id": stated.line_of_accounting_id,
        "ceiling_dollars": stated.ceiling_dollars.amount,
    }
    if row is None:
        row = Balance.objects.create(line=line, acrn=stated.acrn, **terms)
        _open_accounts(balance_id=row.pk)
        return row
    row.line = line
    for name, value in terms.items():
        setattr(row, name, value)
    row.save(update_fields=["sequence", "line_of_accounting", "ceiling_dollars"])
    return row
