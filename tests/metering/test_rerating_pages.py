"""Usage is rated anew on its pages, and what was known is read, by whom it may be."""

import csv
import io
from datetime import timedelta

import pytest
from django.utils.html import strip_tags

from contracting.core import clock
from contracting.documents.models import Operation
from contracting.documents.operations.work_operation import work_operation
from contracting.metering.models import RatingRun
from contracting.metering.states import RatingRunState
from tests.builders_metering import CALLED_AT, event, ingested
from tests.builders_reratings import APPROVED_AT, approved, prepared, price_fell
from tests.cast import client_for, key_client, machine, nothing_happens, submit

AFTER = CALLED_AT + timedelta(days=3)


@pytest.fixture(autouse=True)
def today(monkeypatch):
    """The doors read the clock after the price is known."""
    monkeypatch.setattr(clock, "now", lambda: APPROVED_AT)


@pytest.fixture
def fell(order, contract):
    """A call before the day and one after it; then it is known that a price fell."""
    ingested(event(1, order=order))
    ingested(event(2, order=order, at=AFTER), at=AFTER)
    price_fell(contract)
    return contract


def text(response):
    """What a person reads on the page."""
    spaced = response.content.decode().replace("</t", " </t")
    return " ".join(strip_tags(spaced).split())


def table(response):
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(response.content.decode())))


def test_usage_is_rated_anew_on_its_pages(
    fell, contract_specialist, contracting_officer
):
    # Given a specialist on the list, which is empty and says what it is for
    browser = client_for(contract_specialist)
    assert "No usage was ever rated anew" in text(browser.get("/usage/rating_runs"))

    # When they ask for days in the wrong order, and then for the right ones
    form = {
        "contract": fell.pk,
        "order": "",
        "first_day": "2026-05-03",
        "last_day": "2026-04-13",
        "reason": "The price fell by P00001.",
    }
    wrong = submit(browser, "/usage/rerate_usage", form)
    assert "The last day is not before the first" in text(wrong)
    right = {**form, "first_day": "2026-04-13", "last_day": "2026-05-03"}
    asked = submit(browser, "/usage/rerate_usage", right)
    assert asked.status_code == 303
    operation = Operation.objects.get()
    assert asked["Location"] == operation.path
    assert "0 of 4 lines" in text(browser.get(operation.path))

    # And a worker has worked it out
    work_operation(operation_id=operation.pk)
    operation.refresh_from_db()
    assert (operation.state, operation.done) == ("SUCCEEDED", 4)

    # Then the page of the run says what would change, with both price rows
    run = RatingRun.objects.get()
    assert operation.result_path == run.path
    page = text(browser.get(run.path))
    assert "1,000 tokens cost $0.002 as they were rated, and $0.0015" in page
    assert "0001AA, P00001" in page
    assert "changes most: -$0.0005." in page
    (row,) = table(browser.get(f"{run.path}?format=csv"))
    assert row["Change in US dollars"] == "-0.000500000000"
    assert (row["Old price row"], row["New price row"]) == ("award", "P00001")
    assert browser.get(f"{run.path}/approve_rerating").status_code == 403
    assert "1 run waits" in text(browser.get("/usage/rating_runs"))

    # And an officer approves the report that they have read
    officer = client_for(contracting_officer)
    address = f"{run.path}/approve_rerating"
    assert "changes by -$0.0005" in text(officer.get(address))
    seen = {"content_sha256": run.content_sha256}
    assert submit(officer, address, seen).status_code == 303
    run.refresh_from_db()
    assert run.state == RatingRunState.POSTED
    assert "It was posted as it stands here" in text(officer.get(run.path))


def test_a_run_is_given_up_on_its_page(fell, contract_specialist):
    run = prepared(fell)
    browser = client_for(contract_specialist)

    assert submit(browser, f"{run.path}/discard_rerating", {}).status_code == 303

    assert "It was given up" in text(browser.get(run.path))


def test_nobody_outside_finds_a_run(fell, vendor_a_signer, other_agency_officer):
    run = prepared(fell)

    for outsider in (vendor_a_signer, other_agency_officer):
        browser = client_for(outsider)
        assert browser.get(run.path).status_code == 404
        for verb in ("approve_rerating", "discard_rerating"):
            with nothing_happens():
                assert submit(browser, f"{run.path}/{verb}", {}).status_code == 404
    assert client_for(vendor_a_signer).get("/usage/rating_runs").status_code == 404
    other = text(client_for(other_agency_officer).get("/usage/rating_runs"))
    assert "No usage was ever rated anew" in other


def test_what_was_known_is_read_on_a_page_in_a_file_and_by_a_machine(
    fell, order, cor, other_agency_officer
):
    # Given usage that was rated anew on 5 May
    approved(prepared(fell))
    browser, page = client_for(cor), f"{order.path}/known_usage"

    # Then the page says what it costs now, and what was known the day before
    assert "As known now, 2,200 tokens had cost $0.0051" in text(browser.get(page))
    before = text(browser.get(f"{page}?known_on=2026-05-04"))
    assert "2,200 tokens had cost $0.0056" in before
    long_ago = text(browser.get(f"{page}?known_on=2026-04-01"))
    assert "Nothing was known by then" in long_ago
    for no_instant in ("soon", "9999-12-31", "0001-01-01T00:00:00+14:00"):
        wrong = browser.get(page, {"known_on": no_instant})
        assert (wrong.status_code, "Give a day" in text(wrong)) == (422, True)

    # And the file and the endpoint say the same
    rows = table(browser.get(f"{page}?known_on=2026-05-04&format=csv"))
    assert rows[-1]["US dollars"] == "0.005600000000"
    reader = key_client(machine("gateway"))
    address = f"/api/v1/orders/{order.public_id}/usage"
    answer = reader.get(address, {"known_on": "2026-05-04T14:00:00Z"}).json()
    assert (answer["tokens"], answer["amount_usd"]) == (2_200, "0.0056")
    assert reader.get(address).json()["amount_usd"] == "0.0051"
    refused = reader.get(address, {"known_on": "2026-05-04T14:00:00"})
    assert (refused.status_code, refused.json()["code"]) == (422, "bad_instant")
    assert client_for(other_agency_officer).get(page).status_code == 404


@pytest.mark.parametrize("asked", ["9999-12-31", "0001-01-01T00:00:00+14:00"])
def test_an_instant_beyond_the_calendar_is_asked_for_again(order, cor, asked):
    page = client_for(cor).get(f"{order.path}/known_usage", {"known_on": asked})
    address = f"/api/v1/orders/{order.public_id}/usage"
    answer = key_client(machine("gateway")).get(address, {"known_on": asked})

    assert (page.status_code, "Give a day" in text(page)) == (422, True)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_instant")
