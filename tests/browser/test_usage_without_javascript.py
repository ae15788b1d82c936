"""What the pages of usage are for is done on them, without a script."""

from contracting.metering.models import UsageSource
from tests.browser.pages import look
from tests.builders_metering import CALLED_AT, DELIVERED_AT, event, ingested
from tests.builders_orders import issued_order
from tests.cast import days

HOUR = days(1) / 24


def used():
    """An order with calls on two days, and a feed with a gap."""
    order = issued_order()
    ingested(
        event(f"{order.pk}-1", order=order, at=CALLED_AT - days(2)),
        at=DELIVERED_AT - days(2),
    )
    ingested(
        event(
            f"{order.pk}-2",
            order=order,
            tokens={
                "input": 400_000,
                "cached_input": 90_000,
                "output": 70_000,
                "reasoning": 30_000,
            },
        )
    )
    return order


def test_the_pages_of_usage_have_no_barriers(stage, axe):
    order = used()
    stage.at(DELIVERED_AT + 3 * HOUR)

    for part, route, *ids in (
        ("program_manager", "metering:usage_explorer"),
        ("program_manager", "metering:feed_health"),
        ("program_manager", "desk:order_burn_down", order.public_id),
        ("program_manager", "desk:contract_burn_down", order.contract.public_id),
        ("program_manager", "contracts:contract", order.contract.public_id),
    ):
        screen = stage.see(part, route, *ids, script=True)
        assert look(screen.visitor, axe) == [], route


def test_usage_is_grouped_narrowed_and_turned_into_cost(stage):
    # Given usage of an order
    order = used()
    stage.at(DELIVERED_AT + HOUR)

    # When a program manager groups it by token class
    screen = stage.see("program_manager", "metering:usage_explorer")
    assert "tokens for $" in screen.answer()
    screen.main.locator("summary").first.click()
    screen.choose(group="class", order=order.public_id)
    screen.press("Show")

    # Then it is drawn, and turned from tokens into cost by a link
    assert "By token class" in screen.main.inner_text()
    screen.follow("Cost")
    assert "Cost by kind" in screen.main.inner_text()

    # And a class leads to itself alone
    screen.follow("Output")
    assert "100.0% of cost" in screen.main.inner_text()


def test_a_gap_of_a_feed_is_seen(stage):
    used()
    stage.at(DELIVERED_AT + 3 * HOUR)

    screen = stage.see("program_manager", "metering:usage")
    screen.follow("How the feeds are")

    source = UsageSource.objects.get()
    assert f"{source.label} sent nothing for" in screen.answer()
    screen.fill(last="2026-04-19")
    screen.press("Show these seven days")
    assert "sent nothing for" in screen.answer()


def test_the_burn_down_leads_to_what_can_be_done(stage):
    # Given an order that is used
    order = used()
    stage.at(DELIVERED_AT + days(1))

    # When a program manager asks when it runs out
    screen = stage.see("program_manager", "orders:order", order.public_id)
    screen.follow("When its funds and tokens run out")
    assert "a forecast" in screen.answer() or "forecast from" in screen.answer()
    assert "Funds left, in US dollars" in screen.main.inner_text()

    # Then it leads to what uses it, and to a modification
    screen.follow("See what uses it")
    assert order.piid in screen.main.inner_text()
    screen.page.go_back()
    screen.follow("Draft a modification")
    assert "odification" in screen.heading()


def test_a_rule_is_tried_and_set(stage):
    # Given an order that is used
    order = used()
    stage.at(DELIVERED_AT + HOUR)

    # When a program manager asks who is told, and tries a rule
    screen = stage.see("program_manager", "watch:alerts", order.contract.public_id)
    screen.follow(f"Try a rule on order {order.name}")
    screen.choose(measure="COST", span="WHOLE", scope="ORDER")
    screen.fill(threshold="1")
    screen.press("Try it")
    assert "It would have fired once" in screen.answer()

    # Then it is set from there with a name and a reason
    screen.follow("Set this rule")
    screen.fill(name="One dollar", reason="A pilot.")
    screen.press("Set the rule")
    assert "One dollar" in screen.heading()
    assert "It would have fired once" in screen.answer()


def test_what_is_in_force_is_read_on_a_day(stage):
    stage.at(DELIVERED_AT)

    screen = stage.see("auditor", "reference:index")
    screen.follow("What is in force on a day")
    screen.choose(kind="thresholds")
    screen.fill(on="2025-09-30", find="simplified")
    screen.press("Show")

    assert "Thresholds: " in screen.answer()
    assert "250,000" in screen.main.inner_text()
    screen.follow("Every version, earlier and later ones too")
    assert "350,000" in screen.main.inner_text()
