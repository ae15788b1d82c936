"""One text for one content, so that a hash means something."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracting.core.canonical import canonical_json, content_sha256, plain
from contracting.core.quantities import Dollars, Tokens, UnitPrice

contents = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.decimals(allow_nan=False, allow_infinity=False, places=6)
    | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4)
    ),
    max_leaves=12,
)


def test_keys_are_sorted_and_nothing_is_padded():
    assert canonical_json({"b": [1, 2], "a": "é"}) == '{"a":"é","b":[1,2]}'


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("1.50"), '"1.5"'),
        (Decimal("100"), '"100"'),
        (Decimal("1E+2"), '"100"'),
        (Decimal("-0"), '"0"'),
        (Tokens(5), "5"),
        (Dollars("2.50"), '"2.5"'),
        (UnitPrice("0.150000"), '"0.15"'),
        (date(2026, 11, 1), '"2026-11-01"'),
        (datetime(2026, 11, 1, 12, tzinfo=UTC), '"2026-11-01T12:00:00.000000Z"'),
        (UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
        ({"b", "a"}, '["a","b"]'),
    ],
)
def test_a_value_has_one_text(value, text):
    assert canonical_json(value) == text


def test_an_instant_has_one_text_in_every_zone():
    instant = datetime(2026, 11, 1, 12, tzinfo=UTC)
    elsewhere = instant.astimezone(timezone(timedelta(hours=-5)))

    assert canonical_json(instant) == canonical_json(elsewhere)


@pytest.mark.parametrize(
    "value",
    [
        0.1,
        [1.0],
        {"a": {"b": 1.5}},
        {1: "a"},
        datetime(2026, 11, 1),  # noqa: DTZ001
        object(),
        float("nan"),
    ],
)
def test_what_has_no_single_text_is_refused(value):
    with pytest.raises(TypeError):
        canonical_json(value)


@given(contents)
def test_what_is_read_back_has_the_same_hash(content):
    assert content_sha256(plain(content)) == content_sha256(content)


@given(st.dictionaries(st.text(), st.integers(), min_size=2))
def test_the_order_of_keys_does_not_matter(content):
    turned = dict(reversed(content.items()))

    assert content_sha256(turned) == content_sha256(content)


def test_a_change_of_one_digit_changes_the_hash():
    one = {"price": Decimal("2.500000")}
    two = {"price": Decimal("2.500001")}

    assert content_sha256(one) != content_sha256(two)
    assert len(content_sha256(one)) == 64
