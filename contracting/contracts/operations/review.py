"""Review a passage of the vendor's terms."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts import calculations, events, permissions, refusals
from contracting.contracts.models import Contract, ContractFunding, VendorTerm
from contracting.contracts.queries import unenforceable_terms
from contracting.contracts.states import ContractState
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.periods import accounting_day
from contracting.core.permissions import require


@transaction.atomic
def review_vendor_term(
    *,
    contract_id: int,
    passage: str,
    kind: str = "",
    is_accepted: bool,
    by: Actor,
    at: datetime,
) -> VendorTerm:
    """Take a passage into the contract, or strike it and print it as unenforceable.

    A term that indemnifies without limit, renews or changes by itself, or binds by a
    click is struck, whatever anybody wants (FAR 52.232-39, 52.212-4(u); R-AWD-10). The
    content of the draft changes, so its funds are certified afterwards.

    :param kind: the code of an unenforceable kind, or empty for any other term
    :raises NotAllowed: unless ``by`` is a contracting officer or specialist
    :raises TermUnenforceable: if an unenforceable term would be taken in
    :raises TermIncomplete: without its words or with a kind that is not known, or after
        the funds were certified or the award signed
    """
    contract = Contract.objects.locked().get(pk=contract_id)
    require(permissions.can_review_vendor_term(by, contract))
    certified = ContractFunding.objects.filter(
        line__contract=contract, certified_at__isnull=False
    )
    if contract.state != ContractState.DRAFT or certified.exists():
        message = (
            "The terms are reviewed while the award is a draft, before its funds are "
            "certified. Discard the draft and write another one."
        )
        raise refusals.TermIncomplete(message)
    today = accounting_day(at, contract.time_zone)
    found = unenforceable_terms(today).filter(code=kind).first() if kind else None
    if not passage.strip() or bool(kind) != (found is not None):
        message = "Quote the passage, and say of which kind it is."
        raise refusals.TermIncomplete(message)
    if is_accepted and found is not None:
        message = f"{found.words}: such a term never binds the Government. Strike it."
        raise refusals.TermUnenforceable(message, citation=found.citation)
    if not is_accepted and found is None:
        message = "Name the kind for which it is struck; any other term is left out."
        raise refusals.TermIncomplete(message)
    term = VendorTerm.objects.create(
        contract=contract,
        passage=passage.strip(),
        struck_as=found,
        reviewed_by_id=by.own_membership_id,
        reviewed_at=at,
    )
    contract.version += 1
    contract.content_sha256 = content_sha256(calculations.content(contract))
    contract.save(update_fields=["version", "content_sha256"])
    record_event(
        events.VENDOR_TERM_REVIEWED,
        subject=contract.subject,
        by=by,
        at=at,
        data={
            "rule": "R-AWD-10",
            "passage": term.passage,
            "struck_as": kind,
            "version": contract.version,
        },
    )
    return term
