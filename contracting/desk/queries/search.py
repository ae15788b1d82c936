"""What a search finds: the one thing of a number, or what has the words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from django.db.models import (
    Q,
    QuerySet,
)

from contracting.billing.queries import invoices_visible_to
from contracting.contracts.queries import public_awards
from contracting.contracts.queries import visible_to as contracts_visible_to
from contracting.core.actors import Actor
from contracting.desk.calculations import (
    OPPORTUNITY,
    Rows,
    address,
    award_item,
    contract_item,
    invoice_item,
    opportunity_item,
    order_item,
    requisition_item,
    solicitation_item,
)
from contracting.desk.queries import first_of
from contracting.modifications.queries import (
    visible_to as contract_modifications_visible_to,
)
from contracting.orders.queries import modifications_visible_to
from contracting.orders.queries import visible_to as orders_visible_to
from contracting.payments.queries import certifications_visible_to
from contracting.requisitions.queries import visible_to as requisitions_visible_to
from contracting.solicitations.models import Solicitation
from contracting.solicitations.queries import PUBLISHED
from contracting.solicitations.queries import visible_to as solicitations_visible_to

LONGEST_SEARCH: Final = 100
COUNTED: Final = 1_000
"""What is found is counted up to this; more of a kind are "more than"."""


def exact(actor: Actor, text: str) -> str:
    """The page of the one thing that has this number, or nothing.

    Numbers are matched as people type them: in any case, with or without hyphens.
    """
    word = text.strip()[:LONGEST_SEARCH]
    number = re.sub(r"[\s-]", "", word).upper()
    if not word:
        return ""
    for found, page in _by_number(actor, word, number):
        thing = found.first()
        if thing is not None:
            return page(thing)
    return ""


def _by_number(
    actor: Actor, word: str, number: str
) -> Iterator[tuple[QuerySet[Any], Callable[[Any], str]]]:
    named = Q(piid=number) | Q(public_id=word.lower())
    inside = bool(actor.role)
    own_lines = Q(is_schedule=True, piid=number)
    orders = orders_visible_to(actor).filter(named).exclude(own_lines)
    yield orders, _page("orders:order")
    yield contracts_visible_to(actor).filter(named), _page("contracts:contract")
    yield public_awards().filter(named), _page("contracts:award")
    tenders = solicitations_visible_to(actor).filter(named)
    own = _page("solicitations:solicitation" if actor.is_agency else OPPORTUNITY)
    yield tenders, own
    yield (
        Solicitation.objects.filter(PUBLISHED, named),
        _page(OPPORTUNITY),
    )
    if not inside:
        return
    yield (
        invoices_visible_to(actor).filter(
            Q(number__iexact=word) | Q(public_id=word.lower())
        ),
        _page("reconciliation:invoice"),
    )
    yield (
        requisitions_visible_to(actor).filter(
            Q(number__iexact=word) | Q(public_id=word.lower())
        ),
        _page("requisitions:requisition"),
    )
    yield (
        certifications_visible_to(actor).filter(
            Q(voucher_number__iexact=word) | Q(public_id=word.lower())
        ),
        _page("payments:payment"),
    )
    yield (
        modifications_visible_to(actor).filter(public_id=word.lower()),
        _page("orders:modification"),
    )
    yield (
        contract_modifications_visible_to(actor).filter(public_id=word.lower()),
        _page("modifications:modification"),
    )


def _page(route: str) -> Callable[[Any], str]:
    return lambda thing: address(route, thing.public_id)


def found(actor: Actor, text: str) -> dict[str, Rows]:
    """What the actor may see that has these words in its title or number, by kind."""
    word = text.strip()[:LONGEST_SEARCH]
    if not word:
        return {}
    title = Q(title__icontains=word) | Q(piid__icontains=word)
    with_vendor = title | Q(vendor__name__icontains=word)
    numbered = Q(title__icontains=word) | Q(number__icontains=word)
    tenders = solicitations_visible_to(actor).filter(title)
    awards = public_awards().none() if actor.role else public_awards()
    groups = {
        "Orders": _first(orders_visible_to(actor).filter(title), order_item),
        "Contracts": _first(
            contracts_visible_to(actor).filter(with_vendor), contract_item
        ),
        "Awards": _first(awards.filter(with_vendor), award_item),
        "Solicitations": _first(
            tenders, solicitation_item if actor.is_agency else opportunity_item
        ),
        "Needs": _first(
            requisitions_visible_to(actor).filter(numbered), requisition_item
        ),
        "Invoices": _first(
            invoices_visible_to(actor).filter(number__icontains=word).order_by("-pk"),
            invoice_item,
        ),
    }
    return {kind: rows for kind, rows in groups.items() if rows.total}


def _first(rows: QuerySet[Any], item: Callable[[Any], Any]) -> Rows:
    return first_of(rows, item, counted=COUNTED)
