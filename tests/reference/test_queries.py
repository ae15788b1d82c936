"""Reference data is read as of a day, and the database keeps one answer a day."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from contracting.core import doors
from contracting.core.actors import SYSTEM
from contracting.core.errors import NotVisible, Refusal
from contracting.core.periods import federal_holidays, is_business_day
from contracting.reference import queries
from contracting.reference.calculations import CODES
from contracting.reference.models import (
    AiModel,
    Clause,
    Holiday,
    Rule,
    Threshold,
    TokenClass,
)
from contracting.reference.operations.import_list_prices import import_list_prices
from contracting.reference.refusals import (
    NoThreshold,
    UnknownKind,
    UnknownTokenClass,
)

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)


def test_the_list_of_token_classes_is_closed_and_known():
    assert {row.code for row in queries.token_classes()} == CODES
    assert queries.token_class("IN_CACHE_READ").cache_action == "READ"

    with pytest.raises(UnknownTokenClass):
        queries.token_class("IN_GUESSED")


def test_no_two_classes_share_their_dimensions():
    one = TokenClass.objects.get(code="IN_UNCACHED")

    one.pk, one.code = None, "IN_AGAIN"
    with pytest.raises(IntegrityError, match="exactly_one_class"), transaction.atomic():
        one.save()


@pytest.mark.parametrize(
    ("dimensions", "constraint"),
    [
        ({"direction": "OUTPUT", "cache_action": "READ"}, "only_input_is_cached"),
        ({"direction": "INPUT", "cache_action": ""}, "only_input_is_cached"),
        ({"cache_action": "READ", "cache_ttl": "5M"}, "has_a_lifetime"),
        ({"cache_action": "WRITE", "cache_ttl": ""}, "has_a_lifetime"),
    ],
)
def test_a_class_makes_sense(dimensions, constraint):
    sensible = {
        "direction": "INPUT",
        "cache_action": "UNCACHED",
        "cache_ttl": "",
        "modality": "VIDEO",
        "phase": "TRAINING",
    }

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        TokenClass.objects.create(code="X", label="x", **(sensible | dimensions))


@pytest.mark.parametrize(
    ("code", "on", "value"),
    [
        ("MPT", date(2025, 9, 30), "10000"),
        ("MPT", date(2025, 10, 1), "15000"),
        ("SAT", date(2025, 9, 30), "250000"),
        ("SAT", TODAY, "350000"),
        ("COST_OR_PRICING_DATA", date(2026, 6, 30), "2500000"),
        ("COST_OR_PRICING_DATA", date(2026, 7, 1), "10000000"),
        ("PROMPT_PAYMENT_RATE", date(2025, 1, 1), "4.625"),
        ("PROMPT_PAYMENT_RATE", date(2026, 6, 30), "4.125"),
        ("PAYMENT_DUE", TODAY, "30"),
    ],
)
def test_a_number_is_the_one_in_force_on_the_day(code, on, value):
    assert queries.threshold(code, on).value == Decimal(value)


@pytest.mark.parametrize(
    ("code", "on"),
    [
        ("PROMPT_PAYMENT_RATE", date(2026, 7, 1)),
        ("SAT", date(2010, 1, 1)),
        ("NO_SUCH_NUMBER", TODAY),
    ],
)
def test_a_number_that_is_not_known_is_not_guessed(code, on):
    with pytest.raises(NoThreshold) as refusal:
        queries.threshold(code, on)

    assert refusal.value.data == {"threshold": code, "on": on}


def test_the_database_keeps_one_value_a_day():
    now = queries.threshold("MPT", TODAY)

    now.pk, now.value, now.valid_from = None, Decimal(20_000), date(2030, 1, 1)
    with (
        pytest.raises(IntegrityError, match="one_value_at_a_time"),
        transaction.atomic(),
    ):
        now.save()


def test_a_row_in_force_ends_once_and_is_never_rewritten():
    now = queries.threshold("MPT", TODAY)
    row = Threshold.objects.filter(pk=now.pk)

    row.update(valid_to=date(2030, 9, 30))

    for change in (
        lambda: row.update(valid_to=date(2031, 9, 30)),
        lambda: row.update(value=1),
        lambda: row.delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_contract_carries_its_clauses_and_no_provision():
    numbers = [clause.number for clause in queries.clauses_for("CONTRACT", TODAY)]

    assert numbers == sorted(numbers)
    assert {"52.212-4", "52.216-18", "52.232-18", "TOK-1", "TOK-3"} <= set(numbers)
    assert not {"52.212-1", "52.212-2", "52.212-3"} & set(numbers)


def test_a_solicitation_carries_provisions_as_well():
    clauses = queries.clauses_for("solicitation", TODAY)
    numbers = {clause.number for clause in clauses}

    assert {
        "52.212-1",
        "52.212-2",
        "52.212-3",
        "52.212-4",
        "52.212-5",
        "52.216-18",
        "52.216-19",
        "52.216-22",
        "52.232-18",
        "52.232-33",
        "52.232-39",
        "52.232-40",
    } <= numbers
    assert {clause.number for clause in clauses if clause.is_provision} == {
        "52.212-1",
        "52.212-2",
        "52.212-3",
    }


def test_a_kind_of_paper_that_does_not_exist_has_no_clauses():
    with pytest.raises(UnknownKind):
        queries.clauses_for("NAPKIN", TODAY)


def test_a_clause_that_has_ended_is_carried_no_more():
    Clause.objects.filter(number="TOK-5").update(valid_to=TODAY)

    def carried(on):
        return {clause.number for clause in queries.clauses_for("ORDER", on)}

    assert "TOK-5" in carried(TODAY)
    assert "TOK-5" not in carried(TODAY + timedelta(days=1))


def test_a_refusal_gets_the_words_of_its_rule():
    at = datetime(2026, 3, 2, 15, tzinfo=UTC)

    words = doors.describe(Refusal("Too late.", rule="R-SOL-05"), at=at)

    assert words["message"] == "Too late."
    assert words["sentence"].startswith("A deadline moves only by an amendment")
    assert words["citation"] == "FAR 15.206"
    assert words["lift"]


def test_the_words_of_a_rule_are_those_of_the_day():
    # Given a rule that is worded anew from a day on
    Rule.objects.filter(rule_id="R-SOL-05").update(valid_to=date(2026, 5, 31))
    Rule.objects.create(
        rule_id="R-SOL-05",
        sentence="Deadlines never move.",
        lift="None.",
        citation="none",
        regime="AGENCY",
        valid_from=date(2026, 6, 1),
    )

    def sentence(month, day):
        at = datetime(2026, month, day, 23, 59, tzinfo=UTC)
        words = queries.rule_words("R-SOL-05", at)
        return words and words.sentence

    assert sentence(5, 31) != "Deadlines never move."
    assert sentence(6, 1) == "Deadlines never move."
    assert queries.rule_words("R-NONE-01", datetime(2026, 6, 1, tzinfo=UTC)) is None


def test_a_snapshot_stands_for_itself_while_it_is_in_force(agency):
    snapshot = "gpt-4o-2024-08-06"
    AiModel.objects.filter(snapshot=snapshot).update(valid_to=TODAY)

    def resolved(name, on):
        return queries.resolve_model(name, on, agency.pk)

    assert resolved(snapshot, TODAY).snapshot == snapshot
    assert resolved(snapshot, TODAY + timedelta(days=1)) is None
    assert resolved(snapshot, date(2024, 8, 5)) is None


@pytest.mark.parametrize(
    "name", ["gpt-4o", "gpt-4o-2024-08", "GPT-4O-2024-08-06", "gpt-4o-2024-08-06 ", ""]
)
def test_no_model_is_guessed_from_a_part_of_its_name(name, agency):
    assert queries.resolve_model(name, TODAY, agency.pk) is None


def test_a_model_is_found_by_its_public_id():
    model = AiModel.objects.get(snapshot="gpt-4.1-2025-04-14")

    assert queries.get_model(model.public_id) == model
    with pytest.raises(NotVisible):
        queries.get_model("mdl_" + "0" * 26)


def test_a_long_request_is_compared_with_the_price_of_long_requests():
    at = datetime(2026, 11, 1, tzinfo=UTC)
    import_list_prices(by=SYSTEM, at=at)
    sonnet = AiModel.objects.get(snapshot="claude-sonnet-4-5-20250929")
    token_class = queries.token_class("IN_UNCACHED")

    def price(**more):
        found = queries.list_price(sonnet, token_class, at.date(), **more)
        return found and found.usd_per_million_tokens

    assert price() == price(input_tokens=200_000) == Decimal(3)
    assert price(input_tokens=200_001) == Decimal(6)
    assert price(tier="BATCH") == Decimal("1.5")


def test_the_prices_of_a_day_name_each_class_once():
    at = datetime(2026, 11, 1, tzinfo=UTC)
    import_list_prices(by=SYSTEM, at=at)

    listed = [
        (p.model_id, p.token_class_id, p.tier, p.above_input_tokens)
        for p in queries.list_prices_on(at.date())
    ]
    assert len(listed) == len(set(listed)) > 0
    assert not queries.list_prices_on(date(2026, 10, 31)).exists()


def test_the_table_of_holidays_is_the_calendar_that_due_dates_use():
    for year in (2026, 2027, 2028):
        kept = {holiday.day: holiday.name for holiday in queries.holidays_of(year)}
        assert kept == federal_holidays(year)
    assert not any(is_business_day(row.day) for row in Holiday.objects.all())
