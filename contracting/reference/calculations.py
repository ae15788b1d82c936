"""Short names of token classes, and prices as the catalogue states them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from importlib import metadata
from itertools import islice
from typing import TYPE_CHECKING, Final

from contracting.core.quantities import UnitPrice
from contracting.reference.states import Tier

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, ModelPrice

CATALOGUE: Final = "genai-prices"

CODES: Final = frozenset(
    {
        "IN_UNCACHED",
        "IN_CACHE_READ",
        "IN_CACHE_WRITE_5M",
        "IN_CACHE_WRITE_30M",
        "IN_CACHE_WRITE_1H",
        "IN_CACHE_WRITE_12H",
        "IN_CACHE_WRITE_UNSPEC",
        "OUT_TEXT",
        "OUT_REASONING",
        "OUT_REJECTED",
        "IN_IMAGE",
        "IN_AUDIO",
        "IN_VIDEO",
        "OUT_IMAGE",
        "OUT_AUDIO",
        "EMBED",
        "FT_TRAIN",
        "TOOL_IN",
    }
)
"""Every class of the closed list."""

_SHORT_NAMES: Final = {
    "input": "IN_UNCACHED",
    "cached_input": "IN_CACHE_READ",
    "cache_write": "IN_CACHE_WRITE_UNSPEC",
    "cache_write_5m": "IN_CACHE_WRITE_5M",
    "cache_write_30m": "IN_CACHE_WRITE_30M",
    "cache_write_1h": "IN_CACHE_WRITE_1H",
    "cache_write_12h": "IN_CACHE_WRITE_12H",
    "output": "OUT_TEXT",
    "reasoning": "OUT_REASONING",
    "rejected_output": "OUT_REJECTED",
    "image_input": "IN_IMAGE",
    "audio_input": "IN_AUDIO",
    "video_input": "IN_VIDEO",
    "image_output": "OUT_IMAGE",
    "audio_output": "OUT_AUDIO",
    "embedding": "EMBED",
    "fine_tuning": "FT_TRAIN",
    "tool_input": "TOOL_IN",
}
_BATCH: Final = "batch_"


def short_names() -> dict[str, list[str]]:
    """The short names of each class, by code; ``batch_`` may stand before each."""
    named: dict[str, list[str]] = {}
    for name, code in _SHORT_NAMES.items():
        named.setdefault(code, []).append(name)
    return named


def token_class_code(name: str) -> str | None:
    """The class that a usage source means by ``name``, or ``None``: never a guess.

    A code stands for itself. ``batch_input`` is the class of ``input``; its tier is
    another dimension and comes from :func:`tier_of`.
    """
    if name in CODES:
        return name
    return _SHORT_NAMES.get(name.removeprefix(_BATCH))


def tier_of(name: str) -> str:
    """The tier that a short name of a class implies: batch, else standard."""
    return Tier.BATCH if name.startswith(_BATCH) else Tier.STANDARD


@dataclass(frozen=True, slots=True)
class PublishedPrice:
    """One list price of one model: class, tier, and the size of request it needs."""

    token_class_code: str
    tier: str
    above_input_tokens: int
    price: UnitPrice


LIST_COLUMNS: Final = (
    "snapshot",
    "token_class",
    "tier",
    "above_input_tokens",
    "usd_per_million_tokens",
)
MOST_ROWS_OF_A_LIST: Final = 5_000
MOST_DOLLARS_OF_A_PRICE: Final = 1_000_000
MOST_INPUT_TOKENS: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class CarriedList:
    """A list of public prices that somebody carries in, pinned by its release."""

    release: str
    prices: Mapping[str, Sequence[PublishedPrice]]


def read_list(release: str, text: str) -> CarriedList:
    """Read a carried list: CSV with the columns ``LIST_COLUMNS``, US dollars per MTOK.

    :param release: what the list calls itself, of at most 40 characters
    :raises ValueError: with the line, for anything that is no price list
    """
    if not release.strip() or len(release) > 40:
        message = "Name the release of the list in at most 40 characters."
        raise ValueError(message)
    rows = csv.DictReader(io.StringIO(text))
    try:
        said = list(islice(rows, MOST_ROWS_OF_A_LIST + 1))
    except csv.Error as error:
        message = f"Line {rows.line_num + 1}: {error}."
        raise ValueError(message) from error
    if tuple(rows.fieldnames or ()) != LIST_COLUMNS:
        message = f"Line 1: the columns are {', '.join(LIST_COLUMNS)}."
        raise ValueError(message)
    if len(said) > MOST_ROWS_OF_A_LIST:
        message = f"A list has at most {MOST_ROWS_OF_A_LIST:,} rows."
        raise ValueError(message)
    prices: dict[str, list[PublishedPrice]] = {}
    places: set[tuple[str, str, str, int]] = set()
    for number, row in enumerate(said, start=2):
        try:
            price = _carried(row)
        except (ArithmeticError, TypeError, ValueError) as error:
            message = f"Line {number}: {error or 'it is no price'}."
            raise ValueError(message) from error
        place = row["snapshot"], price.token_class_code, price.tier
        if (*place, price.above_input_tokens) in places:
            message = f"Line {number}: this price stands in the list twice."
            raise ValueError(message)
        places.add((*place, price.above_input_tokens))
        prices.setdefault(row["snapshot"], []).append(price)
    if not prices:
        message = "The list holds no price."
        raise ValueError(message)
    return CarriedList(release.strip(), prices)


def _carried(row: Mapping[str, str]) -> PublishedPrice:
    above = int(row["above_input_tokens"])
    is_whole = None not in row and None not in row.values()
    if not is_whole or row["tier"] not in Tier.values:
        message = "it has another number of columns, or no tier that we know"
        raise ValueError(message)
    if not 0 <= above <= MOST_INPUT_TOKENS:
        message = "no request is of so many tokens"
        raise ValueError(message)
    price = UnitPrice(row["usd_per_million_tokens"])
    if price.usd_per_million_tokens >= MOST_DOLLARS_OF_A_PRICE:
        message = "no model costs so much"
        raise ValueError(message)
    return PublishedPrice(row["token_class"], row["tier"], above, price)


_PRICE_KEYS: Final = {
    "input_mtok": ("IN_UNCACHED",),
    "cache_read_mtok": ("IN_CACHE_READ",),
    "cache_write_1h_mtok": ("IN_CACHE_WRITE_1H",),
    "output_mtok": ("OUT_TEXT", "OUT_REASONING"),
    "input_audio_mtok": ("IN_AUDIO",),
    "output_audio_mtok": ("OUT_AUDIO",),
}
_CACHE_WRITE: Final = "cache_write_mtok"
_EMBEDDING: Final = "text-embedding"
_TIERS: Final = {
    Tier.BATCH: {"processing": "batch"},
    Tier.PRIORITY: {"service_tier": "priority"},
    Tier.FLEX: {"service_tier": "flex"},
}


def catalogue_version() -> str:
    """The release of the price catalogue that is installed."""
    return metadata.version(CATALOGUE)


def published_prices(
    *, provider: str, snapshot: str, at: datetime
) -> list[PublishedPrice]:
    """The list prices of a snapshot at an instant, from the release that is installed.

    Nothing is fetched. A class without a stated price is left out, never priced at
    zero; a model that the catalogue does not know has none. Reasoning is priced as the
    output that it is part of. A further tier is listed only where its prices differ.
    """
    model = _find(provider, snapshot)
    if model is None:
        return []
    standard = model.get_prices(at)
    found = list(_prices(standard, snapshot, provider, Tier.STANDARD))
    for tier, context in _TIERS.items():
        prices = model.get_prices(at, context)
        if prices != standard:
            found += _prices(prices, snapshot, provider, tier)
    return found


def _prices(
    prices: ModelPrice, snapshot: str, provider: str, tier: str
) -> Iterator[PublishedPrice]:
    for key, codes in _codes_of_keys(snapshot, provider).items():
        value = getattr(prices, key, None)
        if value is None:
            continue
        steps: list[tuple[int, Decimal]]
        if isinstance(value, Decimal):
            steps = [(0, value)]
        else:
            steps = [(0, value.base)]
            steps += [(step.start, step.price) for step in value.tiers]
        for above, price in steps:
            for code in codes:
                yield PublishedPrice(code, tier, above, UnitPrice(price))


def _codes_of_keys(snapshot: str, provider: str) -> dict[str, tuple[str, ...]]:
    if snapshot.startswith(_EMBEDDING):
        return {"input_mtok": ("EMBED",)}
    kept = "5M" if provider == "anthropic" else "UNSPEC"
    return {**_PRICE_KEYS, _CACHE_WRITE: (f"IN_CACHE_WRITE_{kept}",)}


@lru_cache(maxsize=200)
def varies_by_the_hour(*, provider: str, snapshot: str) -> bool:
    """Whether the installed release lists other prices at other times of the day."""
    from genai_prices.types import ModelPrice, TimeOfDateConstraint

    model = _find(provider, snapshot)
    if model is None or isinstance(model.prices, ModelPrice):
        return False
    return any(
        isinstance(each.constraint, TimeOfDateConstraint) for each in model.prices
    )


def _find(provider: str, snapshot: str) -> ModelInfo | None:
    from genai_prices.data_snapshot import get_snapshot

    try:
        _, model = get_snapshot().find_provider_model(snapshot, None, provider, None)
    except LookupError:
        return None
    return model
