"""Reads of reference data, always as of a day."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime
from decimal import Decimal

from django.db.models import F, Q, QuerySet

from contracting.core.actors import Actor
from contracting.core.doors import RuleWords
from contracting.core.errors import NotVisible
from contracting.reference.models import (
    AiModel,
    AttachmentKind,
    Clause,
    Holiday,
    Instrument,
    ListPrice,
    ModelAlias,
    Prescription,
    Rule,
    Threshold,
    TokenClass,
    Tokenizer,
)
from contracting.reference.refusals import (
    NoInstrument,
    NoThreshold,
    UnknownKind,
    UnknownTokenClass,
)
from contracting.reference.states import ClauseKind, Tier


def token_class(code: str) -> TokenClass:
    """The token class of that code.

    :raises UnknownTokenClass: if the closed list has no such class
    """
    found = TokenClass.objects.filter(code=code).first()
    if found is None:
        message = f"There is no token class {code!r}."
        raise UnknownTokenClass(message, token_class=code)
    return found


def token_classes() -> QuerySet[TokenClass]:
    """Every token class: input first, in the order of the list."""
    return TokenClass.objects.order_by("direction", "pk")


def tokenizers() -> QuerySet[Tokenizer]:
    """Every tokenizer, by code."""
    return Tokenizer.objects.order_by("code")


def threshold(code: str, on: date) -> Threshold:
    """The value of a number that is in force on a day.

    :raises NoThreshold: if none is; a number is never guessed
    """
    found: Threshold | None = Threshold.objects.in_force(on).filter(code=code).first()
    if found is None:
        message = f"No value of {code} is in force on {on}."
        raise NoThreshold(message, threshold=code, on=on)
    return found


def instrument(code: str, on: date) -> Instrument:
    """What a kind of contract is on a day, by its code.

    :raises NoInstrument: if no such kind is awarded on that day
    """
    found: Instrument | None = Instrument.objects.in_force(on).filter(code=code).first()
    if found is None:
        message = f"No contract of the kind {code} is awarded on {on}."
        raise NoInstrument(message, instrument=code, on=on)
    return found


def instruments_on(on: date) -> QuerySet[Instrument]:
    """Every kind of contract that may be awarded on a day, in the order of the list."""
    return Instrument.objects.in_force(on).order_by("pk")


def amounts_on(codes: Collection[str], on: date) -> dict[str, Decimal]:
    """The values of several numbers that are in force on a day, by code.

    :raises NoThreshold: if one of them is not
    """
    found = dict(
        Threshold.objects.in_force(on)
        .filter(code__in=codes)
        .values_list("code", "value")
    )
    for code in codes:
        if code not in found:
            message = f"No value of {code} is in force on {on}."
            raise NoThreshold(message, threshold=code, on=on)
    return found


def prescriptions_on(on: date) -> list[tuple[Prescription, Decimal | None]]:
    """What prescribes clauses on a day, with the amount above which it does.

    :raises NoThreshold: if such an amount is not in force
    """
    rows = list(Prescription.objects.in_force(on).order_by("clause_number", "pk"))
    amounts = amounts_on({row.above for row in rows if row.above}, on)
    return [(row, amounts.get(row.above)) for row in rows]


def attachments_on(on: date) -> dict[str, str]:
    """The papers that an offer for AI brings along on a day: labels by code."""
    kinds = AttachmentKind.objects.in_force(on).order_by("pk")
    return dict(kinds.values_list("code", "label"))


def attachment_labels(codes: Collection[str]) -> list[str]:
    """The papers of these codes in words, whenever they were asked for."""
    kinds = AttachmentKind.objects.filter(code__in=codes).order_by("valid_from")
    labels = dict(kinds.values_list("code", "label"))
    return [labels.get(code, code) for code in codes]


def thresholds_on(on: date) -> QuerySet[Threshold]:
    """Every number in force on a day, by label."""
    return Threshold.objects.in_force(on).order_by("label")


def clauses_for(kind: str, on: date) -> QuerySet[Clause]:
    """The clauses and provisions that a paper carries when it is made on a day.

    :param kind: a :class:`~contracting.reference.states.ClauseKind`
    :raises UnknownKind: if there is no paper of that kind
    """
    if kind.upper() not in ClauseKind.values:
        message = f"{kind!r} is no kind of paper that carries clauses."
        raise UnknownKind(message, kind=kind)
    return clauses_on(on).filter(required_for__contains=[kind.upper()])


def clauses_on(on: date) -> QuerySet[Clause]:
    """Every clause and provision in force on a day, by number."""
    return Clause.objects.in_force(on).order_by("number")


def rules_on(on: date) -> QuerySet[Rule]:
    """Every enforced rule in force on a day, by id."""
    return Rule.objects.in_force(on).order_by("rule_id")


def rule_words(rule_id: str, at: datetime) -> RuleWords | None:
    """The words of a rule in force at an instant, for whoever shows a refusal."""
    found: Rule | None = (
        Rule.objects.in_force(at.astimezone(UTC).date()).filter(rule_id=rule_id).first()
    )
    if found is None:
        return None
    return RuleWords(
        rule=found.rule_id,
        sentence=found.sentence,
        citation=found.citation,
        lift=found.lift,
    )


def holidays_of(year: int) -> QuerySet[Holiday]:
    """The federal holidays of a calendar year as observed, in order."""
    return Holiday.objects.filter(day__year=year).order_by("day")


def models_on(on: date) -> QuerySet[AiModel]:
    """The snapshots in force on a day, by provider and name."""
    return (
        AiModel.objects.in_force(on)
        .select_related("tokenizer")
        .order_by("provider", "snapshot")
    )


def get_model(public_id: str) -> AiModel:
    """The model of that public id; reference data is the same for everybody.

    :raises NotVisible: if there is none
    """
    models = AiModel.objects.select_related("tokenizer")
    model: AiModel | None = models.filter(public_id=public_id).first()
    if model is None:
        message = "There is no such model."
        raise NotVisible(message)
    return model


def resolve_model(name: str, on: date, agency_id: int | None) -> AiModel | None:
    """The snapshot that a name in usage stands for on a day, or ``None``.

    A snapshot stands for itself; any other name needs an alias in force, the agency's
    own before the general one. Nothing is guessed from a part of a name.
    """
    models: QuerySet[AiModel] = AiModel.objects.in_force(on)
    snapshot = models.filter(snapshot=name).first()
    if snapshot is not None:
        return snapshot
    alias = (
        ModelAlias.objects.in_force(on)
        .filter(Q(agency_id=agency_id) | Q(agency_id__isnull=True), source_name=name)
        .order_by(F("agency_id").asc(nulls_last=True))
        .first()
    )
    return models.filter(pk=alias.model_id).first() if alias is not None else None


def aliases_visible_to(actor: Actor) -> QuerySet[ModelAlias]:
    """The general aliases and those of the actor's own agency, newest first."""
    return (
        ModelAlias.objects.filter(
            Q(agency_id__isnull=True) | Q(agency_id=actor.organization_id)
        )
        .select_related("model", "agency")
        .order_by("source_name", "-valid_from")
    )


def list_price(
    model: AiModel,
    token_class: TokenClass,
    on: date,
    *,
    tier: str = Tier.STANDARD,
    input_tokens: int = 0,
) -> ListPrice | None:
    """The public list price that we knew on a day, or ``None`` if we knew none.

    :param input_tokens: size of the request, for lists that charge long ones more
    """
    return (
        ListPrice.objects.filter(
            Q(above_input_tokens=0) | Q(above_input_tokens__lt=input_tokens),
            model=model,
            token_class=token_class,
            tier=tier,
            imported_on__lte=on,
        )
        .order_by("-imported_on", "-above_input_tokens", "-pk")
        .first()
    )


def list_prices_on(
    on: date, models: Iterable[AiModel] | None = None
) -> QuerySet[ListPrice]:
    """Every list price as we knew it on a day: per model, class, tier and size."""
    known = ListPrice.objects.filter(imported_on__lte=on)
    if models is not None:
        known = known.filter(model__in=list(models))
    latest = known.order_by(
        "model_id",
        "token_class_id",
        "tier",
        "above_input_tokens",
        "-imported_on",
        "-pk",
    ).distinct("model_id", "token_class_id", "tier", "above_input_tokens")
    return ListPrice.objects.filter(pk__in=latest.values("pk")).select_related(
        "model", "token_class"
    )


def last_import() -> ListPrice | None:
    """The newest list price row, which names the release and the day of its import."""
    return ListPrice.objects.order_by("-imported_on", "-pk").first()
