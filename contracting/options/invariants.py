"""What must hold of options at every moment."""

from __future__ import annotations

from collections.abc import Iterator

from contracting.contracts.models import ContractOption
from contracting.core.invariants import Invariant
from contracting.modifications.models import ContractModification
from contracting.orders.states import ModificationState


def _an_option_is_exercised_by_one_modification() -> Iterator[str]:
    for option in ContractOption.objects.select_related("contract").order_by("pk"):
        signed = ContractModification.objects.filter(
            option=option, state=ModificationState.ISSUED
        )
        numbers = [each.number for each in signed]
        if len(numbers) != int(option.is_exercised):
            yield f"{option.contract}, {option}: signed by {numbers}."


def _an_exercise_rests_on_a_determination() -> Iterator[str]:
    signed = ContractModification.objects.filter(
        option__isnull=False, state=ModificationState.ISSUED
    ).select_related("option__contract")
    for each in signed:
        option = each.option
        if option is not None and not option.determinations.filter(
            made_at__lte=each.issued_at
        ):
            yield f"{option.contract}, {option}: {each.number} has no determination."


INVARIANTS = [
    Invariant(
        "OPT-1",
        "An exercised option has exactly one signed modification; another has none.",
        _an_option_is_exercised_by_one_modification,
    ),
    Invariant(
        "OPT-2",
        "Behind every exercise stands a determination that was made before it.",
        _an_exercise_rests_on_a_determination,
    ),
]
