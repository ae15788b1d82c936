"""Each planted fault stands beside what was found for it, and nothing counts twice."""

from datetime import date
from types import SimpleNamespace

from contracting.core.quantities import Dollars
from contracting.operate.story import burn, times, truth, verdict
from contracting.operate.story.times import Calendar
from contracting.reference.models import AiModel


def row(code, tokens=10, amount="0.5"):
    return {"code": code, "tokens": tokens, "amount_usd": amount}


def telling(planted, found):
    return SimpleNamespace(
        planted=planted,
        found=found,
        stop=SimpleNamespace(wrong=[]),
        truth=SimpleNamespace(calls=(), price_of=None),
    )


def figures(**others):
    return {
        "input_tokens": 18_059_974,
        "output_tokens": 245_896,
        "amount_usd": "0",
        "unexplained_usd": Dollars().plain(),
        "credited_usd": "0.25",
        "invariants": "ok",
        "audit": "ok",
        **others,
    }


def test_equal_rows_stand_beside_each_other_in_any_order():
    first, second = row("DUPLICATE"), row("CACHE")

    assert list(verdict.beside([first, second], [second, first])) == [
        (first, first),
        (second, second),
    ]


def test_a_near_miss_stands_beside_its_fault():
    planted, found = row("RATE", tokens=10), row("RATE", tokens=11)

    assert list(verdict.beside([planted], [found])) == [(planted, found)]
    assert verdict.wrong(telling([planted], [found]), figures()) == [
        "The planted RATE was found with other figures."
    ]


def test_the_same_fault_found_twice_is_once_too_often():
    fault = row("RETRY")

    assert verdict.wrong(telling([fault], [fault, fault]), figures()) == [
        "A RETRY was found that was not planted."
    ]


def test_a_fault_that_was_not_found_is_named():
    assert verdict.wrong(telling([row("RATE")], []), figures()) == [
        "A planted RATE was not found."
    ]


def test_other_totals_than_those_of_the_calls_are_wrong():
    off_by_one = figures(input_tokens=18_059_975, output_tokens=245_895)

    assert verdict.wrong(telling([], []), off_by_one) == [
        "input_tokens is 18059975, not 18059974.",
        "output_tokens is 245895, not 245896.",
    ]


def test_the_constants_are_those_of_the_trace():
    told = burn.tell_truth(Calendar(date(2026, 11, 20)))
    total = {
        name: sum(call.tokens[name] for call in told.calls) for name in truth.CLASSES
    }

    assert len(told.calls) == truth.CALLS
    assert total[truth.UNCACHED] + total[truth.CACHED] == truth.INPUT_TOKENS
    assert total[truth.TEXT] + total[truth.REASONING] == truth.OUTPUT_TOKENS


def test_the_summary_takes_its_figures_from_the_meter(told):
    # When the story that the run shares is summed up
    summary = verdict.summary(told, seconds=1, invariants="ok", audit="ok")

    # Then there are twelve figures, and nothing is wrong with them
    assert list(summary) == [
        "input_tokens",
        "output_tokens",
        "amount_usd",
        "planted",
        "found",
        "unexplained_usd",
        "credited_usd",
        "hard_stop",
        "documents",
        "invariants",
        "audit",
        "seconds",
    ]
    assert verdict.wrong(told, summary) == []


def test_the_story_may_end_only_where_its_model_is_in_force(db):
    in_force_from = AiModel.objects.get(snapshot="claude-sonnet-4-5-20250929")
    first_deadline = Calendar(times.EARLIEST).day(times.PILOT.deadline)

    assert first_deadline == in_force_from.valid_from
    assert times.why_not(times.EARLIEST) == times.why_not(times.LATEST) == ""
    assert "between 2025-12-28 and 2099-12-31" in times.why_not(date(2025, 12, 27))
    assert times.why_not(date(2100, 1, 1))
