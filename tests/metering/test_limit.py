"""An officer limits an order, a contract line, a project or a key."""

from datetime import date, timedelta

import pytest

from contracting.core.errors import NotAllowed, Refusal
from contracting.core.quantities import Dollars, Tokens
from contracting.metering.operations.limit import limit_spending
from contracting.metering.queries.control import limits_left
from contracting.metering.refusals import BadLimit
from tests.builders_funds import DOLLAR, answers, asking, granted, settled, spent
from tests.builders_metering import (
    CALLED_AT,
    assert_the_books_balance,
    event,
    ingested,
    usage_source,
)
from tests.cast import actor, nothing_happens

pytestmark = pytest.mark.django_db

TODAY = date(2026, 4, 20)


def limited(order, scope="PROJECT", name="claims", by="contracting_officer", **more):
    return limit_spending(
        order_id=order.pk,
        scope=scope,
        name=name,
        **{
            "tokens": None,
            "dollars": Dollars(2),
            "valid_from": TODAY,
            "reason": "A pilot of two dollars.",
            **more,
        },
        by=actor(by),
        at=CALLED_AT,
    )


def refused(answer):
    assert isinstance(answer, Refusal)
    return answer.data["limit"], answer.data["scope"], answer.data["name"]


@pytest.mark.parametrize(
    ("scope", "name", "asked"),
    [
        ("ORDER", "", {}),
        ("CLIN", "0001", {}),
        ("PROJECT", "claims", {"project": "claims"}),
        ("KEY", "team-7", {"key_ref": "team-7"}),
    ],
)
@pytest.mark.rule("R-MET-10", case="refused")
def test_a_limit_stops_what_it_is_set_on(order, scope, name, asked):
    # Given a limit of two dollars, and two dollars reserved
    limited(order, scope, name)
    answers(asking(1, order=order, **asked), asking(2, order=order, **asked))

    # When another token is asked
    with nothing_happens(), pytest.raises(Refusal) as refusal:
        granted(3, order=order, output_tokens_max=1, **asked)

    # Then the limit is named
    assert refused(refusal.value) == ("limit_in_dollars", scope, name)
    assert refusal.value.rule == "R-MET-10"
    assert_the_books_balance()


def test_another_project_is_not_stopped(order):
    limited(order)
    answers(*(asking(n, order=order, project="claims") for n in range(2)))

    assert granted("other", order=order, project="appeals")
    assert granted("none", order=order)


def test_tokens_may_be_limited_too(order):
    limited(order, tokens=Tokens(DOLLAR), dollars=None)

    found = answers(*(asking(n, order=order, project="claims") for n in range(2)))

    assert refused(found[1])[0] == "limit_in_tokens"


def test_what_was_before_the_limit_counts(order):
    # Given a dollar that was used for a project, and one that is reserved
    granted(1, order=order, project="claims")
    settled(spent(1, order=order))
    granted(2, order=order, project="claims")

    # When the project is limited to three
    limited(order, dollars=Dollars(3))

    # Then one is left
    found = answers(*(asking(n, order=order, project="claims") for n in (3, 4)))
    assert [isinstance(each, Refusal) for each in found] == [False, True]
    assert_the_books_balance()


def test_of_an_order_all_usage_counts_however_it_came(order):
    ingested(event("x", order=order, tokens={"output": DOLLAR}))
    limited(order, "ORDER", "")

    found = answers(*(asking(n, order=order) for n in range(2)))

    assert [isinstance(each, Refusal) for each in found] == [False, True]


def test_a_limit_holds_from_its_first_day(order):
    limited(order, dollars=Dollars(0), valid_from=TODAY + timedelta(days=1))
    ask = {"order": order, "project": "claims"}

    assert granted(1, **ask)
    (answer,) = answers(asking(2, **ask), at=CALLED_AT + timedelta(days=1))
    assert refused(answer)[2] == "claims"


def test_the_last_word_of_a_day_holds_and_lifts(order):
    limited(order, dollars=Dollars(0))
    limited(order, dollars=None, reason="The pilot is over.")

    assert granted(1, order=order, project="claims")
    assert [limit.code for limit in limits_left(order, TODAY)] == [
        "funded_dollars",
        "dollar_ceiling",
        "token_ceiling",
    ]
    assert_the_books_balance()


def test_the_page_knows_what_is_left(order):
    limited(order)
    granted(order=order, project="claims")
    settled(spent(order=order))

    found = {limit.says: limit.left for limit in limits_left(order, TODAY)}

    assert found["the limit of project claims"] == 10**12
    assert found["the funds of line 0001 (ACRN AA)"] == 39 * 10**12


@pytest.mark.parametrize(
    "changed",
    [
        {"scope": "LINE"},
        {"name": ""},
        {"scope": "ORDER"},
        {"scope": "CLIN", "name": "9999"},
        {"dollars": Dollars(-1)},
        {"tokens": Tokens(-1)},
        {"valid_from": TODAY - timedelta(days=1)},
        {"reason": " "},
    ],
)
def test_a_limit_that_says_nothing_is_refused(order, changed):
    with nothing_happens(), pytest.raises(BadLimit):
        limited(order, **changed)


@pytest.mark.parametrize("who", ["cor", "contracting_officer"])
def test_the_representative_and_the_officer_set_limits(order, who):
    assert limited(order, by=who).set_by == actor(who).name


@pytest.mark.parametrize(
    "who", ["program_manager", "vendor_a_signer", "other_agency_officer"]
)
def test_nobody_else_does(order, who):
    usage_source()
    with nothing_happens(), pytest.raises(NotAllowed):
        limited(order, by=who)
