"""An own rule ends: it tells nobody any more, and stays to be read."""

from datetime import timedelta

import pytest

from contracting.core.errors import NotAllowed
from contracting.watch.operations.end_alert_rule import end_alert_rule
from contracting.watch.queries.rules import version_on
from contracting.watch.refusals import BadRule
from tests.cast import actor, client_for, nothing_happens, submit
from tests.watch.conftest import DAYS, NOW
from tests.watch.test_set_alert_rule import own, rule, text


def test_a_rule_that_has_ended_tells_nobody(used, cor):
    order = used([0.2] * DAYS)
    made = rule(order).rule

    end_alert_rule(rule_id=made.pk, reason="Told enough.", by=cor, at=NOW)

    assert own(order) == []
    shown = text("cor", made.path)
    assert "The rule has ended" in shown
    assert "Told enough." in shown
    with nothing_happens(), pytest.raises(BadRule):
        end_alert_rule(rule_id=made.pk, reason="Again.", by=cor, at=NOW)


def test_a_rule_that_was_to_change_later_ends_today_and_does_not_come_back(used, cor):
    # Given a rule that says something else from next week on, and from the week after
    order = used([0.2] * DAYS)
    made = rule(order).rule
    today = NOW.date()
    for weeks in (1, 2):
        starts = today + timedelta(weeks=weeks)
        rule(order, rule_id=made.pk, valid_from=starts)

    # When it is ended
    end_alert_rule(rule_id=made.pk, reason="Told enough.", by=cor, at=NOW)

    # Then no version of it holds today, nor later
    for days in (0, 7, 14, 30):
        held = version_on(made, today + timedelta(days=days))
        assert held is not None
        assert not held.is_on
    assert own(order) == []


def test_a_rule_is_ended_on_its_page(order, cor):
    made = rule(order).rule

    done = submit(client_for(cor), f"{made.path}/end_alert_rule", {"reason": "Enough."})

    assert done.status_code == 303
    assert made.versions.filter(is_on=False).count() == 1


def test_an_end_says_why_and_is_for_those_who_set_rules(order):
    made = rule(order).rule

    with nothing_happens(), pytest.raises(BadRule):
        end_alert_rule(rule_id=made.pk, reason=" ", by=actor("cor"), at=NOW)
    for part_name in ("vendor_a_signer", "evaluator", "other_agency_officer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            end_alert_rule(rule_id=made.pk, reason="No.", by=actor(part_name), at=NOW)
