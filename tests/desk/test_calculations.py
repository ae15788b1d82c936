"""How long an order lasts, what comes first, and how a desk says it."""

from datetime import UTC, date, datetime

import pytest

from contracting.core.quantities import Dollars
from contracting.desk.calculations import (
    Item,
    answer_of,
    count,
    forecast,
    grouped,
    in_order,
    listed,
    money,
)

TODAY = date(2026, 5, 20)


def lasts(used="10", left="30", since=date(2026, 5, 11), until=date(2026, 9, 30)):
    return forecast(
        used=Dollars(used), left=Dollars(left), since=since, until=until, today=TODAY
    )


def test_an_order_lasts_as_long_as_its_average_lets_it():
    # Ten dollars in ten days: thirty more days
    words, ends_early = lasts()

    assert ends_early
    assert words == (
        "At the average of $1.00 a day since 11 May 2026 it lasts until 19 Jun 2026, "
        "103 days before its period ends."
    )


def test_an_order_that_reaches_its_last_day_lasts():
    words, ends_early = lasts(until=date(2026, 6, 19))

    assert not ends_early
    assert words.endswith("it lasts to the end of its period on 19 Jun 2026.")


@pytest.mark.parametrize(
    ("told", "said", "ends_early"),
    [
        ({"used": "0"}, "No use yet.", False),
        ({"since": None}, "No use yet.", False),
        ({"left": "0"}, "Nothing is left: further use is recorded as unfunded", True),
        ({"since": date(2026, 5, 15)}, "In use since 15 May 2026: a forecast", False),
        ({"until": date(2026, 5, 1)}, "Its period ended on 1 May 2026 with", False),
    ],
)
def test_a_forecast_says_when_there_is_none(told, said, ends_early):
    words, early = lasts(**told)

    assert words.startswith(said)
    assert early is ends_early


def test_what_can_be_done_now_comes_first_then_what_is_due_first():
    early, late = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 5, 9, tzinfo=UTC)
    items = [
        Item("blocked", "/", due=date(2026, 5, 1), why_not="Not yet."),
        Item("young", "/", since=late),
        Item("old", "/", since=early),
        Item("due later", "/", due=date(2026, 6, 1)),
        Item("due", "/", due=TODAY),
    ]

    assert [item.text for item in in_order(items)] == [
        *("due", "due later", "old", "young", "blocked"),
    ]


def test_items_are_grouped_by_their_deadline():
    days = (date(2026, 5, 19), TODAY, date(2026, 5, 27), date(2026, 5, 28), None)
    items = [Item(f"{day}", "/", due=day) for day in days]

    assert [group.label for group in grouped(items, TODAY)] == [
        "Overdue",
        "Due today",
        "Due within a week",
        "Due later",
        "Without a deadline",
    ]
    assert grouped([], TODAY) == []


@pytest.mark.parametrize(
    ("open_", "blocked", "said"),
    [
        (0, 0, "None."),
        (1, 0, "1 paper waits."),
        (2, 0, "2 papers wait."),
        (1, 1, "1 paper waits; 1 waits for somebody else first."),
        (0, 2, "Nothing can be done yet: 2 wait for somebody else first."),
    ],
)
def test_an_answer_counts_what_is_open_and_what_is_not(open_, blocked, said):
    work = [Item("a", "/")] * open_ + [Item("b", "/", why_not="No.")] * blocked

    assert answer_of(work, one="paper waits", many="papers wait", none="None.") == said


def test_words_inside_sentences():
    assert money(Dollars("-1234.565")) == "-$1,234.57"
    assert count(1, "finding") == "1 finding"
    assert count(2, "discrepancy", "discrepancies") == "2 discrepancies"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert (listed([]), listed(["a"])) == ("", "a")
