"""Short names of classes, and prices as the catalogue states them. No database."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from contracting.core.quantities import UnitPrice
from contracting.reference.calculations import (
    CODES,
    catalogue_version,
    published_prices,
    short_names,
    tier_of,
    token_class_code,
)

AT = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "code", "tier"),
    [
        ("input", "IN_UNCACHED", "STANDARD"),
        ("cached_input", "IN_CACHE_READ", "STANDARD"),
        ("output", "OUT_TEXT", "STANDARD"),
        ("reasoning", "OUT_REASONING", "STANDARD"),
        ("batch_input", "IN_UNCACHED", "BATCH"),
        ("batch_output", "OUT_TEXT", "BATCH"),
        ("cache_write_1h", "IN_CACHE_WRITE_1H", "STANDARD"),
        ("embedding", "EMBED", "STANDARD"),
        ("IN_UNCACHED", "IN_UNCACHED", "STANDARD"),
    ],
)
def test_a_short_name_means_one_class_and_tier(name, code, tier):
    assert token_class_code(name) == code
    assert tier_of(name) == tier


@pytest.mark.parametrize(
    "name", ["", "Input", "INPUT", "inputs", "tokens", "batch_", "batch_IN_UNCACHED"]
)
def test_no_class_is_guessed(name):
    assert token_class_code(name) is None


def test_every_class_has_a_short_name():
    assert set(short_names()) == CODES


def prices_of(snapshot, provider="openai", tier="STANDARD", above=0):
    return {
        price.token_class_code: price.price
        for price in published_prices(provider=provider, snapshot=snapshot, at=AT)
        if price.tier == tier and price.above_input_tokens == above
    }


def test_list_prices_are_those_that_everybody_can_look_up():
    assert prices_of("gpt-4o-2024-08-06") == {
        "IN_UNCACHED": UnitPrice("2.5"),
        "IN_CACHE_READ": UnitPrice("1.25"),
        "OUT_TEXT": UnitPrice("10"),
        "OUT_REASONING": UnitPrice("10"),
    }


def test_each_lifetime_in_the_cache_has_its_price():
    prices = prices_of("claude-haiku-4-5-20251001", "anthropic")

    assert prices["IN_CACHE_WRITE_5M"] == UnitPrice("1.25")
    assert prices["IN_CACHE_WRITE_1H"] == UnitPrice("2")


def test_an_embedding_is_priced_as_one():
    assert prices_of("text-embedding-3-small") == {"EMBED": UnitPrice("0.02")}


def test_a_long_request_has_its_own_price_where_the_list_has_one():
    short = prices_of("claude-sonnet-4-5-20250929", "anthropic")
    long = prices_of("claude-sonnet-4-5-20250929", "anthropic", above=200_000)

    assert short["IN_UNCACHED"] == UnitPrice("3")
    assert long["IN_UNCACHED"] == UnitPrice("6")


def test_a_tier_is_listed_where_its_prices_differ():
    batch = prices_of("gpt-4o-2024-08-06", tier="BATCH")

    assert batch["IN_UNCACHED"] == UnitPrice("1.25")
    assert batch["IN_CACHE_READ"] == UnitPrice("1.25"), "keeps the standard rate"
    assert prices_of("gpt-4o-2024-08-06", tier="FLEX") == {}


def test_a_tier_is_not_listed_before_the_catalogue_knows_it():
    before = datetime(2026, 3, 2, tzinfo=UTC)
    prices = published_prices(
        provider="openai", snapshot="gpt-4o-2024-08-06", at=before
    )

    assert {price.tier for price in prices} == {"STANDARD"}


@pytest.mark.parametrize(
    ("provider", "snapshot"),
    [("openai", "no-such-model"), ("no-such-provider", "gpt-4o")],
)
def test_an_unknown_model_has_no_price_and_not_a_zero(provider, snapshot):
    assert published_prices(provider=provider, snapshot=snapshot, at=AT) == []


def test_no_price_is_zero_or_unknown_to_the_list_of_classes():
    for provider, snapshot in (
        ("openai", "gpt-4.1-2025-04-14"),
        ("anthropic", "claude-sonnet-4-5-20250929"),
    ):
        for price in published_prices(provider=provider, snapshot=snapshot, at=AT):
            assert price.price.usd_per_million_tokens > Decimal(0)
            assert price.token_class_code in CODES


def test_the_release_names_itself():
    assert catalogue_version()[0].isdigit()
