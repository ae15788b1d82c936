"""Use beyond the funds is payable only after the head of the activity ratified it."""

from datetime import timedelta

import pytest

from contracting.approvals.models import Override
from contracting.approvals.states import Decided
from contracting.core.quantities import Dollars, Tokens
from contracting.desk.permissions import work_of
from contracting.determinations.models import Determination
from contracting.determinations.operations.make import make_determination
from contracting.determinations.operations.review import review_determination
from contracting.determinations.refusals import DeterminationIncomplete
from contracting.documents.models import Document
from contracting.ledger.queries import balances_of
from contracting.orders.invariants import INVARIANTS
from contracting.orders.operations.issue_modification import issue_modification
from contracting.orders.queries.ratified import beyond
from contracting.orders.refusals import NotRatified
from contracting.orders.states import EffectDraft
from tests.builders_metering import (
    CALLED_AT,
    DELIVERED_AT,
    event,
    folded,
    ingested,
    order_for,
)
from tests.builders_orders import drafted_modification, funded_modification
from tests.cast import actor, client_for, days, nothing_happens, submit
from tests.ratified import SAYS, head_of_activity, ratification_asked, ratified

pytestmark = pytest.mark.django_db

AFTER = DELIVERED_AT + days(1)
SIGNED_AT = AFTER + days(1)
LATER = timedelta(minutes=10)


@pytest.fixture
def overrun(contract):
    """An order of a cent, of which a cent more was used."""
    order = order_for("0.01", on=contract)
    ingested(
        event(1, order=order, tokens={"output": 1_250}),
        event(2, order=order, tokens={"output": 1_250}, at=CALLED_AT + LATER),
    )
    assert stands(order) == [(Dollars("0.01"), Dollars("0.01"))]
    return order


def stands(order):
    rows = balances_of(order.lines.get().holder)
    return [
        (Dollars(row.consumed_dollars), Dollars(row.unfunded_dollars)) for row in rows
    ]


def modification(order, **effect):
    given = {"add_dollars": Dollars("0.02"), **effect}
    make = funded_modification if given["add_dollars"] else drafted_modification
    return make(on=order, effects=[EffectDraft("0001", "AA", **given)], at=AFTER)


def sign(drafted, at=SIGNED_AT):
    return issue_modification(
        modification_id=drafted.pk,
        by=actor("contracting_officer"),
        at=at,
        seen_version=drafted.version,
    )


@pytest.mark.rule("R-FND-08", case="refused")
def test_no_modification_pays_what_nobody_has_ratified(overrun):
    # Given an overrun, and a modification that would fund it
    drafted = modification(overrun)

    # When the officer signs it
    with nothing_happens(), pytest.raises(NotRatified) as refusal:
        sign(drafted)

    # Then the rule is named, with what is missing
    assert refusal.value.rule == "R-FND-08"
    assert refusal.value.data["short_by"] == Dollars("0.01")

    # And a request that waits for the head of the activity changes nothing
    asked = ratification_asked(overrun, Dollars("0.01"), at=AFTER)
    head_of_activity()
    review_determination(
        determination_id=asked.pk,
        verdict=Decided.CONCUR,
        comment="",
        by=actor("legal_reviewer"),
        at=AFTER,
    )
    with nothing_happens(), pytest.raises(NotRatified):
        sign(drafted)


@pytest.mark.rule("R-FND-08", case="allowed")
def test_what_the_head_ratifies_is_paid_by_the_modification_that_funds_it(overrun):
    # Given an overrun that legal counsel and the head of the activity have ratified
    drafted = modification(overrun)
    ratified(overrun, Dollars("0.01"), at=AFTER)

    # When a modification funds it
    signed = sign(drafted)
    while folded():
        pass

    # Then it is payable, and every paper says by what
    assert stands(overrun) == [(Dollars("0.02"), Dollars())]
    assert signed.ratifies_dollars == Dollars("0.01").amount
    assert Override.objects.get(rule="R-FND-08").subject_id == overrun.pk
    printed = Document.objects.get(kind="modification").context["blocks"]["14"]
    assert "was ratified, becomes payable (FAR 1.602-3)" in str(printed)
    memo = Document.objects.get(kind="determination")
    said = {each["heading"]: each["text"] for each in memo.context["sections"]}
    assert said["Which funds are available, and were when it was used"] == SAYS["funds"]
    assert "up to the value above, is ratified" in said["Determination"]
    assert [each["signed_by"] for each in memo.context["signatures"]] == [
        actor("second_contracting_officer").name,
        actor("legal_reviewer").name,
        head_of_activity().name,
    ]
    assert beyond(overrun).ratified == Dollars()
    assert not any(each.exceptions() for each in INVARIANTS)


def test_a_ratification_is_spent_once(overrun):
    # Given an overrun that was ratified and funded
    ratified(overrun, Dollars("0.01"), at=AFTER)
    sign(modification(overrun))
    while folded():
        pass

    # When another one follows
    ingested(
        event(3, order=overrun, tokens={"output": 2_500}, at=CALLED_AT + 2 * LATER),
        at=AFTER + days(2),
    )
    assert stands(overrun) == [(Dollars("0.03"), Dollars("0.01"))]

    # Then it needs a ratification of its own
    overrun.refresh_from_db()
    with pytest.raises(NotRatified):
        sign(modification(overrun), at=AFTER + days(3))


def test_more_tokens_pay_no_overrun_either(contract):
    # Given an order whose tokens, not its dollars, are used up
    order = order_for("5.00", tokens=1_000, on=contract)
    ingested(event(1, order=order, tokens={"output": 2_250}))
    assert stands(order) == [(Dollars("0.008"), Dollars("0.010"))]
    more = {"add_dollars": Dollars(), "add_ceiling_tokens": Tokens(10_000)}

    # When its tokens are raised
    drafted = modification(order, **more)
    with nothing_happens(), pytest.raises(NotRatified):
        sign(drafted)
    ratified(order, Dollars("0.01"), at=AFTER)
    sign(drafted)

    while folded():
        pass
    assert stands(order) == [(Dollars("0.018"), Dollars())]


def test_what_pays_less_than_the_overrun_needs_no_more_than_that(overrun):
    ingested(
        event(3, order=overrun, tokens={"output": 12_500}, at=CALLED_AT + 2 * LATER),
        at=AFTER,
    )
    ratified(overrun, Dollars("0.02"), at=AFTER)

    assert sign(modification(overrun)).number == "P00001"
    assert beyond(overrun).ratified == Dollars()


def test_it_says_everything_that_the_regulation_asks(overrun):
    for part in SAYS:
        told = {**SAYS, part: " "}
        with nothing_happens(), pytest.raises(DeterminationIncomplete):
            _asked_with(overrun, told)


def _asked_with(order, told):
    return make_determination(
        kind="RATIFICATION",
        subject=order.subject,
        agency_id=order.contract.agency_id,
        title=order.name,
        path=order.path,
        value=Dollars("0.01"),
        text="A batch ran on.",
        parts=told,
        by=actor("contracting_officer"),
        at=AFTER,
    )


def test_an_officer_asks_on_the_page_and_sees_it_at_the_desk(overrun, monkeypatch):
    # Given an officer whose desk tells of the overrun
    monkeypatch.setattr("contracting.core.clock.now", lambda: AFTER)
    head, officer = head_of_activity(), actor("contracting_officer")
    ratification_asked(overrun, Dollars("0.01"), at=AFTER)  # which adopts the policy
    told = [each.asked for each in work_of(officer, AFTER, AFTER.date())]
    assert not any("ratified" in each for each in told)

    # When the head of the activity returns what was asked
    first = Determination.objects.get()
    for by, verdict in (
        (actor("legal_reviewer"), Decided.CONCUR),
        (head, Decided.RETURN),
    ):
        review_determination(
            determination_id=first.pk, verdict=verdict, comment="Why?", by=by, at=AFTER
        )
    told = [each.asked for each in work_of(officer, AFTER, AFTER.date())]
    assert "Have use beyond the funds ratified, or leave it unpaid" in told

    # Then the officer writes it anew on the page of the order
    browser = client_for(officer)
    page = browser.get(overrun.path).content.decode()
    address = f"/determinations/{overrun.public_id}/ratification/make"
    assert address in page
    assert "It covers" in browser.get(address).content.decode()
    words = {f"part_{code}": said for code, said in SAYS.items()}
    answer = submit(browser, address, {"text": "A batch ran on.", **words})
    assert answer.status_code == 303
    made = Determination.objects.latest("pk")
    assert made.value_dollars == Dollars("0.01").amount
    assert "waits for a decision" in browser.get(overrun.path).content.decode()

    # And nobody of another agency finds it
    outsider = client_for(actor("other_agency_officer"))
    assert outsider.get(address).status_code == 404
    assert outsider.get(made.path).status_code == 404


def test_nothing_is_ratified_where_nothing_is_beyond(contract):
    order = order_for("5.00", on=contract)
    browser = client_for(actor("contracting_officer"))

    address = f"/determinations/{order.public_id}/ratification/make"
    assert browser.get(address).status_code == 404
    assert "Use beyond the funds" not in browser.get(order.path).content.decode()
