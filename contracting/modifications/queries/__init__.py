"""Reads of modifications of contracts, and of the contract as they conform it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum

from contracting.audit.models import AuditEvent
from contracting.audit.queries import events_of
from contracting.contracts.calculations import content
from contracting.contracts.models import Contract, RateRow
from contracting.contracts.queries import visible_to as contracts_visible_to
from contracting.contracts.queries.administration import Task
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.errors import NotVisible
from contracting.core.periods import accounting_day
from contracting.core.quantities import Dollars
from contracting.core.templatetags.drawdown import dollars as money
from contracting.determinations.models import Determination
from contracting.determinations.queries import approved
from contracting.determinations.states import Kind
from contracting.modifications import calculations, events
from contracting.modifications.calculations import successors
from contracting.modifications.models import (
    ContractModification,
    ModelRetirement,
    ModelTerms,
    RatchetFinding,
)
from contracting.modifications.states import Point, RatchetState, Series
from contracting.orders.models import OrderLine, TaskOrder
from contracting.orders.states import (
    SIGNED,
    Clash,
    ModificationAuthority,
    ModificationState,
    TaskOrderState,
)
from contracting.reference.calculations import varies_by_the_hour
from contracting.reference.models import AiModel, ListPrice, TokenClass
from contracting.reference.queries import attachments_on, last_import, list_price
from contracting.reference.states import PriceStructure

LIVE = (*SIGNED, TaskOrderState.SUBMITTED, TaskOrderState.APPROVED)
"""The states of an order that takes room on its lines, or is about to."""


def visible_to(actor: Actor) -> QuerySet[ContractModification]:
    """Those of visible contracts; to a vendor, what is signed or names it."""
    reads = Q(contract__in=contracts_visible_to(actor))
    if actor.is_vendor and (actor.role or actor.is_key):
        own = actor.organization_id
        reads |= Q(successor=own) | Q(novation__transferor=own)
    found = ContractModification.objects.filter(reads).select_related(
        "contract__agency",
        "contract__vendor",
        "contract__solicitation",
        "successor",
        "drafted_by__user",
        "signed_by__user",
        "vendor_signed_by__user",
    )
    if actor.is_agency:
        return found.exclude(state=ModificationState.DISCARDED)
    for_signature = Q(
        state=ModificationState.DRAFT,
        authority=ModificationAuthority.SUPPLEMENTAL_AGREEMENT,
    )
    return found.filter(Q(state=ModificationState.ISSUED) | for_signature)


def get_modification_for(actor: Actor, public_id: str) -> ContractModification:
    """One modification by its opaque id.

    :raises NotVisible: if it is not there for this actor
    """
    found = visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        message = "There is no such modification."
        raise NotVisible(message, rule="R-ROL-07")
    return found


def signed_of(contract: Contract) -> list[ContractModification]:
    """Every signed modification of the contract, in the order of the signatures."""
    signed = ContractModification.objects.filter(
        contract=contract, state=ModificationState.ISSUED
    )
    return list(
        signed.select_related("contract", "signed_by__user").order_by("base_version")
    )


def numbered_on(contract: Contract) -> int:
    """How many numbers of the awarding office's series the contract has given out."""
    signed = ContractModification.objects.filter(
        contract=contract, state=ModificationState.ISSUED, series=Series.PROCURING
    )
    return signed.count()


def justification_of(modification: ContractModification) -> Determination | None:
    """The approved justification of what lies out of scope (R-MOD-04)."""
    return approved(modification.subject, Kind.OTHER_THAN_FULL)


@dataclass(frozen=True, slots=True)
class Conformed:
    """The contract as it reads on a day, and what brought it about."""

    contract: Contract
    on: date
    content: dict[str, Any]
    modifications: list[ContractModification]

    @property
    def content_sha256(self) -> str:
        """The hash by which papers and decisions name this text."""
        return content_sha256(self.content)

    @property
    def version(self) -> int:
        """The version that the last of its modifications made; 1 is the award."""
        if not self.modifications:
            return self.first_version
        return max(each.base_version for each in self.modifications) + 1

    @property
    def first_version(self) -> int:
        """The version that was awarded."""
        signed = signed_of(self.contract)
        return signed[0].base_version if signed else self.contract.version

    def words(self) -> list[tuple[str, str]]:
        """Every term in words."""
        return list(calculations.in_words(self.content))


def conformed(contract: Contract, on: date) -> Conformed:
    """The contract as it reads on a day, as known now (FAR 43.301)."""
    found, told = calculations.conformed_on(contract, signed_of(contract), on)
    return Conformed(contract, on, found, told)


def clashes(modification: ContractModification) -> list[Clash]:
    """What a draft changes, against what it was drafted on and what is in force."""
    found = content(modification.contract)
    holder = calculations.contractor_in_words(found["vendor"])
    now = {calculations.CONTRACTOR: holder, **dict(calculations.in_words(found))}
    return [
        Clash(change.term, change.old, now.get(change.term, ""), change.new)
        for change in calculations.changes_of(modification)
    ]


def signed_since(modification: ContractModification) -> list[ContractModification]:
    """What was signed on the contract after the text on which this was drafted."""
    return [
        each
        for each in signed_of(modification.contract)
        if each.base_version >= modification.base_version
    ]


def ordered_on(contract: Contract) -> dict[str, Dollars]:
    """What the live orders of a contract may cost, by contract line."""
    rows = (
        OrderLine.objects.filter(
            order__contract=contract,
            order__state__in=LIVE,
            is_removed=False,
        )
        .values("contract_line__clin")
        .annotate(sum=Sum("ceiling_dollars"))
    )
    return {row["contract_line__clin"]: Dollars(row["sum"]) for row in rows}


def orders_priced_by(modification: ContractModification) -> QuerySet[TaskOrder]:
    """The signed orders with a price whose place one of its prices takes."""
    wanted = Q(pk__in=[])
    for rate in modification.rates:
        wanted |= Q(
            lines__is_removed=False,
            lines__contract_line__clin=rate["clin"],
            lines__rates__rate_row__model__snapshot=rate["model"],
            lines__rates__rate_row__token_class__code=rate["class"],
            lines__rates__rate_row__tier=rate["tier"],
            lines__rates__rate_row__context_band=rate["context_band"],
            lines__rates__rate_row__boundary=rate["boundary"],
        )
    by_unit = [rate["clin"] for rate in modification.unit_rates]
    wanted |= Q(lines__is_removed=False, lines__contract_line__clin__in=by_unit)
    touched = TaskOrder.objects.filter(
        wanted, contract_id=modification.contract_id, state__in=SIGNED
    )
    return TaskOrder.objects.filter(pk__in=touched.values("pk")).order_by("pk")


def models_of(contract: Contract) -> list[AiModel]:
    """The models that the contract prices until further notice, by snapshot."""
    priced = RateRow.objects.filter(
        line__contract=contract, superseded_at__isnull=True, in_force__endswith=None
    )
    found = AiModel.objects.filter(pk__in=priced.values("model"))
    return list(found.select_related("tokenizer").order_by("snapshot"))


def terms_on_models(contract: Contract) -> ModelTerms | None:
    """What the contract says of its models, as recorded last."""
    return ModelTerms.objects.filter(contract=contract).order_by("-pk").first()


def checklist(modification: ContractModification, on: date) -> list[Point]:
    """What R-MOD-08 asks of a new model, point by point, and how each stands."""
    ramp = modification.on_ramp
    attached = attachments_on(on)
    lacking = [name for code, name in attached.items() if code not in ramp.documents]
    strange = sorted(
        rate["slin"] for rate in modification.rates if rate["model"] != str(ramp.model)
    )
    unfit = sorted(
        {
            rate["boundary"]
            for rate in modification.rates
            if rate["boundary"] not in ramp.model.boundaries
        }
    )
    dearer = successors.dearer_than_predecessor(modification)
    above = above_the_list(modification, on)
    return [
        Point(
            "Rate rows",
            bool(modification.rates) and not strange,
            f"every price is of {ramp.model}, and there is one.",
        ),
        Point(
            "Tokenizer",
            all(
                rate["tokenizer"] == ramp.model.tokenizer.code
                for rate in modification.rates
            ),
            f"each price names {ramp.model.tokenizer}.",
        ),
        Point(
            "Equivalence test",
            bool(ramp.corpus and is_sha256(ramp.corpus_sha256)),
            "name the published corpus and the SHA-256 of its file.",
        ),
        Point(
            "Same work, same cost",
            not dearer,
            "the tokenizer needs more tokens for the same work, and "
            f"{'; '.join(dearer)} does not fall in proportion.",
        ),
        Point(
            "Security evidence",
            bool(ramp.security_evidence and is_sha256(ramp.security_sha256))
            and not unfit,
            f"name the authorization and the SHA-256 of its evidence, for "
            f"{', '.join(unfit) or 'the data boundary'}.",
        ),
        Point(
            "Required documents",
            not lacking and all(map(is_sha256, ramp.documents.values())),
            f"give the SHA-256 of each: {', '.join(lacking)}.",
        ),
        Point(
            "Price memo", bool(modification.price_memo), "write why the price is fair."
        ),
        Point(
            "Not above the public list less the discount",
            not above or bool(ramp.price_exception),
            f"{'; '.join(above)}. The contracting officer's memo would lift it.",
        ),
    ]


def above_the_list(modification: ContractModification, on: date) -> list[str]:
    """The prices above the public list less the contract's discount, or unlisted."""
    terms = terms_on_models(modification.contract)
    percent = terms.list_discount_percent if terms else Decimal(0)
    found = []
    for rate in modification.rates:
        public = list_price(
            AiModel.objects.get(snapshot=rate["model"]),
            TokenClass.objects.get(code=rate["class"]),
            on,
            tier=rate["tier"],
        )
        if public is None:
            found.append(f"{rate['slin']} has no public list price to compare with")
            continue
        most = public.usd_per_million_tokens * (100 - percent) / 100
        if Decimal(rate["price"]) > most:
            price, less = money(Decimal(rate["price"])), f"{percent.normalize():f} %"
            words = f"{price} is above {money(most)}, the list less {less}"
            found.append(f"{rate['slin']}: {words}")
    return found


def is_sha256(text: str) -> bool:
    """Whether it could name a file by its hash."""
    return re.fullmatch(r"[0-9a-f]{64}", text) is not None


@dataclass(frozen=True, slots=True)
class Fall:
    """A public list price that fell below a contract's price, by the clause."""

    row: RateRow
    before: ListPrice
    after: ListPrice
    price: Decimal
    effective_on: date


def falls(contract: Contract, on: date) -> list[Fall]:
    """Which prices of a contract the public list has fallen below (R-MOD-09).

    Two imports are compared, of the same model, class and tier. A list that rose, that
    no longer has the price, that charges long requests otherwise or changes by the hour
    lowers nothing; nor does a contract without the clause.
    """
    terms = terms_on_models(contract)
    if terms is None or terms.ratchet_days is None:
        return []
    rows = RateRow.objects.filter(
        line__contract=contract,
        line__structure=PriceStructure.UNIT_PRICE,
        superseded_at__isnull=True,
        in_force__endswith=None,
        context_band="ALL",
    ).select_related("model", "token_class", "line")
    found = []
    for row in rows.order_by("slin"):
        fall = _fall(row, terms, on)
        if fall is not None:
            found.append(fall)
    return found


def _fall(row: RateRow, terms: ModelTerms, on: date) -> Fall | None:
    listed = list(
        ListPrice.objects.filter(
            model=row.model,
            token_class=row.token_class,
            tier=row.tier,
            imported_on__lte=on,
        ).order_by("-imported_on", "-pk")
    )
    last = last_import()
    if not listed or last is None or terms.ratchet_days is None:
        return None
    newest = [each for each in listed if each.package_version == last.package_version]
    older = [each for each in listed if each.package_version != last.package_version]
    is_flat = [each.above_input_tokens for each in newest] == [0]
    if not is_flat or not older or older[0].above_input_tokens:
        return None
    before, after = older[0], newest[0]
    price = successors.less(after.usd_per_million_tokens, terms.list_discount_percent)
    fell = after.usd_per_million_tokens < before.usd_per_million_tokens
    if not fell or price >= row.usd_per_million_tokens:
        return None
    if varies_by_the_hour(provider=row.model.provider, snapshot=row.model.snapshot):
        return None
    due = after.imported_on + timedelta(days=terms.ratchet_days)
    return Fall(row, before, after, price, due)


def ratchet_findings_visible_to(actor: Actor) -> QuerySet[RatchetFinding]:
    """Those of contracts of the agency; a vendor reads what becomes a modification."""
    if not actor.is_agency:
        return RatchetFinding.objects.none()
    return RatchetFinding.objects.filter(
        contract__in=contracts_visible_to(actor)
    ).select_related(
        "contract__agency",
        "rate_row__model",
        "rate_row__token_class",
        "list_before",
        "list_after",
        "modification",
        "decided_by__user",
    )


def get_ratchet_finding_for(actor: Actor, public_id: str) -> RatchetFinding:
    """One finding by its opaque id.

    :raises NotVisible: if it is not there for this actor
    """
    found = ratchet_findings_visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        message = "There is no such finding."
        raise NotVisible(message, rule="R-ROL-07")
    return found


def orders_on(contract: Contract, model: AiModel) -> QuerySet[TaskOrder]:
    """The signed orders that are open and price a model, by number."""
    priced = TaskOrder.objects.filter(
        contract=contract,
        state=TaskOrderState.ISSUED,
        lines__is_removed=False,
        lines__rates__rate_row__model=model,
    )
    return TaskOrder.objects.filter(pk__in=priced.values("pk")).order_by("piid")


def retirements_of(contract: Contract) -> list[tuple[ModelRetirement, list[TaskOrder]]]:
    """Every notice of a retirement with the open orders that it touches."""
    found = contract.retirements.select_related("model", "substitute")
    return [(each, orders_retired(each)) for each in found.order_by("retires_on")]


def orders_retired(retirement: ModelRetirement) -> list[TaskOrder]:
    """The open orders that would use a model after its last day."""
    orders = orders_on(retirement.contract, retirement.model)
    return list(orders.filter(period_end__gt=retirement.retires_on))


Guard = Callable[[ContractModification, datetime], None]
_GUARDS: dict[str, Guard] = {}


def also_require(kind: str, guard: Guard) -> None:
    """Let a later stage, which this one does not know, guard a kind of its own.

    :param guard: refuses at the signature what must not be signed
    """
    _GUARDS[kind] = guard


def guard_of(kind: str) -> Guard | None:
    """The guard of a kind that a later stage knows."""
    return _GUARDS.get(kind)


_ACCEPTED: list[Callable[[Collection[int]], datetime | None]] = []


def tell_accepted(through: Callable[[Collection[int]], datetime | None]) -> None:
    """Let a later stage, which this one does not know, say what is accepted.

    :param through: gives the end of the last period of which usage is accepted on any
        of these orders
    """
    if through not in _ACCEPTED:
        _ACCEPTED.append(through)


def accepted_through(order_ids: Collection[int]) -> datetime | None:
    """The end of the last period of which usage is accepted on any of the orders."""
    ends = [through(order_ids) for through in _ACCEPTED]
    return max((end for end in ends if end is not None), default=None)


def history_of(
    actor: Actor, modification: ContractModification
) -> QuerySet[AuditEvent]:
    """What happened to it, oldest first; a vendor reads what was signed."""
    found = events_of(modification.subject)
    if actor.is_vendor:
        return found.filter(event__in=[each.code for each in events.SIGNED_EVENTS])
    return found


def tasks_on(contract: Contract, actor: Actor, at: datetime) -> Iterable[Task]:
    """Drafts, findings of the price list and announced ends of models."""
    drafts = visible_to(actor).filter(contract=contract, state=ModificationState.DRAFT)
    for draft in drafts.order_by("pk"):
        unsigned = draft.is_bilateral and draft.vendor_signed_at is None
        who = contract.vendor.name if unsigned else "Contracting officer"
        asked = draft.change_requests.filter(version=draft.version).exists()
        what = f"A modification of {contract.piid} is drafted"
        if asked:
            what, who = f"{what}; the vendor wants changes", "Contracting officer"
        yield Task("Modifications", what, draft.path, None, who, "R-MOD-02")
    for found in ratchet_findings_visible_to(actor).filter(
        contract=contract, state=RatchetState.OPEN
    ):
        what = f"The public list fell below the price of {found.rate_row.slin}"
        who, due = "Contracting officer", found.effective_on
        yield Task("Prices", what, found.path, due, who, "R-MOD-09")
    on = accounting_day(at, contract.time_zone)
    for retired in contract.retirements.filter(retires_on__gte=on).select_related(
        "model"
    ):
        what = f"{retired.model.snapshot} is retired by its vendor"
        path = f"{contract.path}/models"
        yield Task("Models", what, path, retired.retires_on, "", "R-MOD-11")
