"""Own rules: what they say, when they fire, and whom they tell."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from django.utils.html import strip_tags

from contracting.core.errors import NotAllowed
from contracting.metering.operations.map_key import MappedTo, map_key
from contracting.metering.tasks import sort_usage_by_key
from contracting.notices.models import Notice
from contracting.watch.calculations import DayUse
from contracting.watch.calculations.rules import RuleTerms, Watched, fired
from contracting.watch.models import AlertRule, AlertRuleVersion
from contracting.watch.operations.set_alert_rule import set_alert_rule
from contracting.watch.queries.rules import would_have_fired
from contracting.watch.refusals import BadRule
from contracting.watch.states import AlarmKind
from tests.builders_metering import CALLED_AT, event, ingested
from tests.cast import actor, client_for, nothing_happens, submit
from tests.watch.conftest import DAYS, NOW, raised

TODAY = NOW.date()
DAILY = RuleTerms("A day", "COST", Decimal(1), ("COR",), "DAY")


def rule(order, by="program_manager", *, at=NOW, rule_id=None, reason="So.", **changed):
    said = {
        "name": "Funds of the year",
        "measure": "COST",
        "threshold": Decimal(5),
        "told": ("REQUESTER", "COR"),
        "span": "WHOLE",
    }
    return set_alert_rule(
        order_id=order.pk,
        rule_id=rule_id,
        valid_from=changed.pop("valid_from", at.date()),
        terms=RuleTerms(**{**said, **changed}),
        reason=reason,
        by=actor(by),
        at=at,
    )


def own(order, at=NOW):
    return [each for each in raised(order, at) if each.kind == AlarmKind.OWN_RULE]


def text(part_name, url):
    page = client_for(actor(part_name)).get(url)
    return " ".join(strip_tags(page.content.decode()).split())


def test_a_rule_on_the_cost_fires_once_and_tells_those_it_names(used):
    # Given thirty days of twenty cents, and a rule at five dollars
    order = used([0.2] * DAYS)
    made = rule(order)

    # When the hour looks at it twice
    (alarm,) = own(order)
    assert own(order, NOW + timedelta(hours=1)) == []

    # Then it says what was reached, and tells the requester and the representative
    assert f"Rule “Funds of the year” of order {order.name}: $6.0" in alarm.words
    assert (alarm.rule, alarm.occasion) == (made.rule, "version 1")
    told = {
        notice.recipient_user_id
        for notice in Notice.objects.filter(title="Alarm: own rule")
    }
    assert told == {order.requester.user_id, actor("cor").user_id}

    # And a new version is a new occasion, the earlier one stays
    rule(order, rule_id=made.rule_id, threshold=Decimal(6), told=("COR",))
    assert [each.occasion for each in own(order)] == ["version 2"]
    assert AlertRuleVersion.objects.count() == 2


def test_a_rule_below_its_figure_or_before_its_first_day_tells_nobody(used):
    order = used([0.2] * DAYS)
    rule(order, threshold=Decimal(60))
    rule(order, valid_from=TODAY + timedelta(days=3))

    assert own(order) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"measure": "TOKENS", "threshold": Decimal(700_000)}, "780,000 tokens"),
        ({"span": "DAY", "threshold": Decimal("0.2")}, "$0.20 in a day"),
        ({"span": "MONTH", "threshold": Decimal(3)}, "in a calendar month"),
        ({"scope": "CLIN", "scope_name": "0001"}, "contract line 0001: $6.0"),
        ({"scope": "MODEL", "scope_name": "gpt-4o-2024-08-06"}, "$6.06"),
        ({"measure": "FORECAST", "span": "", "threshold": Decimal(20)}, "expected by"),
    ],
)
def test_a_rule_looks_at_what_it_says(used, changed, said):
    order = used([0.2] * DAYS)
    rule(order, **changed)

    (alarm,) = own(order)
    assert said in alarm.words


def test_silence_is_told_once_for_each_stretch(used):
    order = used([0.2] * 3)
    rule(order, measure="SILENCE", span="", threshold=Decimal(2))
    last = CALLED_AT + timedelta(days=2)
    rule_from = NOW

    assert rule_from.date() > last.date()
    (alarm,) = own(order, NOW)
    assert "no use for" in alarm.words
    assert alarm.occasion == f"since {last.date()}"
    assert own(order, NOW + timedelta(days=2)) == []


@pytest.mark.parametrize(("scope", "name"), [("KEY", "key_a"), ("PROJECT", "Claims")])
def test_a_key_and_its_project_have_rules_of_their_own(order, scope, name):
    # Given two keys, one of them mapped to a project
    map_key(
        agency_id=order.contract.agency_id,
        key_ref="key_a",
        to=MappedTo(order.pk, None, "Claims"),
        source_id=None,
        first_day=CALLED_AT.date(),
        last_day=None,
        reason="The team's key.",
        by=actor("cor"),
        at=CALLED_AT,
    )
    at = CALLED_AT + timedelta(minutes=30)
    for n, key in enumerate(("key_a", "key_b")):
        called = event(n, order=order, tokens={"output": 25_000}, key_ref=key)
        ingested(called, at=at)
    sort_usage_by_key(every_day=True)

    # Then a rule on the one is reached by its own use alone
    rule(order, at=at, threshold=Decimal("0.2"), scope=scope, scope_name=name)
    rule(order, at=at, threshold=Decimal("0.3"), scope=scope, scope_name=name)
    (alarm,) = own(order, at)
    assert f"{scope.lower()} {name}: $0.20" in alarm.words


def test_days_gone_by_say_when_a_rule_would_have_fired(used):
    order = used([0.2, 1.5, 0.2, 1.2, *[0.2] * (DAYS - 4)])

    found = would_have_fired(order, DAILY, NOW)

    assert [each.day for each in found] == [
        (CALLED_AT + timedelta(days=3)).date(),
        (CALLED_AT + timedelta(days=1)).date(),
    ]


def test_sums_fire_as_a_plain_count_says():
    """Held against a loop that knows nothing of occasions."""
    dice = Random(7)  # noqa: S311 (a test)
    for _ in range(60):
        start = date(2026, 1, 20)
        use = {
            start + timedelta(days=n): dice.choice([0, 1, 2, 5, -1]) for n in range(40)
        }
        days = [DayUse(day, n, Decimal(n)) for day, n in use.items() if n]
        figure = dice.randint(1, 25)
        first, last = date(2026, 1, 25), date(2026, 2, 25)
        for span in ("DAY", "MONTH", "WHOLE"):
            terms = RuleTerms("r", "COST", Decimal(figure), (), span)
            plain, seen = [], set()
            for n in range((last - first).days + 1):
                day = first + timedelta(days=n)
                of = [
                    amount
                    for each, amount in use.items()
                    if each <= day
                    and (span != "DAY" or each == day)
                    and (span != "MONTH" or each.month == day.month)
                ]
                occasion = {"DAY": day, "MONTH": day.month}.get(span)
                if sum(of) >= figure and occasion not in seen:
                    seen.add(occasion)
                    plain.append((day, sum(of)))
            found = fired(terms, Watched(days, last), first=first, last=last)
            assert [(each.day, each.figure) for each in found] == [
                (each, Decimal(total)) for each, total in plain
            ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"measure": "LUCK"},
        {"threshold": Decimal(0)},
        {"threshold": Decimal("NaN")},
        {"threshold": Decimal("1.001")},
        {"measure": "TOKENS", "threshold": Decimal("1.5")},
        {"measure": "SILENCE"},
        {"span": ""},
        {"scope": "CLIN", "scope_name": "0009"},
        {"scope": "MODEL", "scope_name": "gpt-9"},
        {"scope": "KEY", "scope_name": ""},
        {"scope_name": "0001"},
        {"told": ()},
        {"told": ("VENDOR_SIGNER",)},
        {"valid_from": TODAY - timedelta(days=1)},
        {"reason": " "},
    ],
)
def test_a_rule_that_says_nothing_right_is_refused(order, wrong):
    with nothing_happens(), pytest.raises(BadRule):
        rule(order, **wrong)


@pytest.mark.parametrize(
    "part_name", ["vendor_a_signer", "evaluator", "other_agency_officer"]
)
def test_nobody_else_sets_rules(order, part_name):
    with nothing_happens(), pytest.raises(NotAllowed):
        rule(order, part_name)


def test_a_rule_is_tried_set_and_read_on_its_pages(used, program_manager):
    # Given a contract without own rules
    order = used([0.2] * DAYS)
    alerts = f"/contracts/{order.contract.public_id}/alerts"
    shown = text("program_manager", alerts)
    assert "No own rule yet" in shown
    assert "Tells when the whole order costs $32.00 or more" in shown

    # When the program manager tries one, and sets it
    asked = "measure=COST&span=WHOLE&threshold=5&scope=ORDER"
    tried = text("program_manager", f"{order.path}/try_alert_rule?{asked}")
    assert "It would have fired once in the last 90 days" in tried
    said = {
        "name": "Five dollars",
        "measure": "COST",
        "span": "WHOLE",
        "threshold": "5",
        "scope": "ORDER",
        "told": ["COR"],
        "valid_from": "2089-01-01",
        "reason": "The pilot is small.",
    }
    browser = client_for(program_manager)
    wrong = submit(browser, f"{order.path}/set_alert_rule", {**said, "span": ""})
    assert "Choose over which days" in wrong.content.decode()
    assert not AlertRule.objects.exists()
    done = submit(
        browser, f"{order.path}/set_alert_rule", {**said, "valid_from": "2090-01-01"}
    )
    assert done.status_code == 303

    # Then it is listed, read and changed, and nobody outside finds it
    made = AlertRule.objects.get()
    assert "Five dollars" in text("cor", alerts)
    assert "Five dollars" not in text("vendor_a_signer", alerts)
    assert "It would have fired once" in text("cor", made.path)
    for url in (made.path, f"{order.path}/try_alert_rule"):
        for part_name in ("vendor_a_signer", "other_agency_officer"):
            assert client_for(actor(part_name)).get(url).status_code == 404
    changed = {**said, "threshold": "9", "valid_from": "2090-01-02"}
    assert submit(browser, f"{made.path}/set_alert_rule", changed).status_code == 303
    assert "$9.00" in text("cor", made.path)


def test_a_trial_that_is_wrong_is_named(order):
    url = f"{order.path}/try_alert_rule?measure=COST&threshold=1&scope=ORDER"
    page = client_for(actor("cor")).get(url)

    assert page.status_code == 422
    assert "Choose over which days" in page.content.decode()
