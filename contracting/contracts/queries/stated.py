"""The options of a contract as they are stated."""

from __future__ import annotations

from typing import Any, Final

from contracting.contracts.models import Contract, ContractOption
from contracting.solicitations.publishing.options import words_of

_STATED: Final = (
    *("number", "kind", "months", "notice_days", "opens_days", "closes_days"),
    *("ceiling_dollars", "ceiling_tokens", "price_percent"),
)


def terms_of(option: ContractOption) -> dict[str, Any]:
    """What an option says, by name."""
    return {name: getattr(option, name) for name in _STATED}


def options_of(contract: Contract) -> list[tuple[ContractOption, str]]:
    """Every option of the contract by number, each in words."""
    rows = contract.options.order_by("number")
    return [(option, words_of(terms_of(option))) for option in rows]
