"""The pages and the API of market research: seen, sent, refused, and by whom."""

import csv
import io
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import ApiKey
from accounts.states import Scope
from contracting.core import clock
from contracting.market_research.calculations import AnswerDraft
from contracting.market_research.models import RequestForInformation, Response
from contracting.market_research.states import RfiState
from tests.builders import DAY, drafted_requisition, list_prices
from tests.builders_market import (
    NOTICE,
    PRICE,
    TOKENS,
    drafted_rfi,
    priced,
    released_rfi,
    respond,
)
from tests.cast import actor, client_for, key_client, nothing_happens, submit

pytestmark = pytest.mark.django_db

OF_A_DRAFT = ("rfi", "edit_rfi", "release_rfi", "discard_rfi")
OF_THE_AGENCY = (*OF_A_DRAFT, "cancel_rfi", "comparison", "comparison_file")


def page(name, rfi):
    return reverse(f"market_research:{name}", args=[rfi.public_id])


def released_now(**other):
    """A request that is open while the test runs."""
    return released_rfi(clock.now() - DAY, **other)


def answered_now(**other):
    rfi = released_now()
    return respond(rfi, at=clock.now(), **other)


FILLED = {
    "question_1": "As o200k_base cuts it.",
    "question_2": "yes",
    "question_3": "Own API",
    "question_4": "90",
    "question_5": "8.25",
}


def test_a_request_goes_from_the_need_to_an_answer_in_the_browser(
    program_manager, contracting_officer, vendor_a_signer, at
):
    # Given a need, from whose page the market is asked first
    need = drafted_requisition(at)
    browser = client_for(program_manager)
    need_page = browser.get(reverse("requisitions:requisition", args=[need.public_id]))
    asking = f"{reverse('market_research:draft_rfi')}?requisition={need.public_id}"
    assert asking in need_page.content.decode()

    # When it is drafted with the usual questions, released, and answered
    drafted = submit(
        browser,
        asking,
        {
            "title": "Access to models",
            "purpose": "Learn.",
            "due_day": "2099-03-20",
            "due_time": "17:00",
            "time_zone": "America/New_York",
            "requisition": need.public_id,
            "with_usual_questions": "on",
        },
    )
    assert drafted.status_code == 303
    rfi = RequestForInformation.objects.get()
    officer = client_for(contracting_officer)
    assert submit(officer, page("release_rfi", rfi), {"seen_version": 1}).status_code
    filled = {"question_1": "A.", "question_2": "no", "question_3": "On premises"}
    filled |= {"question_4": "no", "question_5": "None.", "question_6": "2.5"}
    filled |= {"question_7": "10", "question_8": "90"}
    vendor = client_for(vendor_a_signer)
    sent = submit(vendor, page("respond_to_rfi", rfi), filled)

    # Then the vendor reads its receipt, and the agency the answer
    assert sent.status_code == 303
    response = Response.objects.get()
    assert response.content_sha256 in vendor.get(sent["Location"]).content.decode()
    shown = officer.get(page("comparison", rfi)).content.decode()
    assert "$2.50" in shown
    assert "On premises: 1" in shown


def test_a_need_links_to_what_the_market_said(program_manager, at):
    need = drafted_requisition(at)
    rfi = released_now(requisition_id=need.pk)

    url = reverse("requisitions:requisition", args=[need.public_id])
    shown = client_for(program_manager).get(url).content.decode()

    assert f'href="{page("comparison", rfi)}"' in shown


@pytest.mark.parametrize("name", OF_A_DRAFT)
def test_each_page_of_a_draft_renders(contract_specialist, name):
    answered = client_for(contract_specialist).get(page(name, drafted_rfi()))

    assert answered.status_code == 200
    assert b"data-answer" in answered.content


def test_the_questions_of_a_draft_are_edited_as_rows(contract_specialist):
    rfi = drafted_rfi()
    url = page("edit_rfi", rfi)
    browser = client_for(contract_specialist)
    rows = {
        "rows-TOTAL_FORMS": 4,
        "rows-INITIAL_FORMS": 1,
        "rows-0-text": "Notice?",
        "rows-0-kind": "NUMBER",
        "rows-0-unit": "days",
        "rows-1-text": "How?",
        "rows-1-kind": "CHOICE",
        "rows-1-options": "One\r\nTwo\r\n",
        "rows-2-text": "",
        "rows-2-kind": "TEXT",
        "rows-3-text": "Gone?",
        "rows-3-kind": "TEXT",
        "rows-3-DELETE": "on",
        "title": "Other",
        "purpose": "Less.",
        "due_day": "2026-03-20",
        "due_time": "17:00",
        "time_zone": "UTC",
        "seen_version": 1,
    }

    wrong = submit(browser, url, {**rows, "rows-0-unit": ""})
    assert wrong.status_code == 422
    assert b"Name the unit" in wrong.content
    assert submit(browser, url, rows).status_code == 303

    rfi.refresh_from_db()
    assert [each.text for each in rfi.questions.order_by("position")] == [
        "Notice?",
        "How?",
    ]
    assert rfi.questions.get(position=2).options == ["One", "Two"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"due_time": ""}, "a day, a time and a zone"),
        ({"due_time": "00:00"}, "Midnight is misread"),
        ({"due_day": "2026-03-08", "due_time": "02:30"}, "skip this time"),
    ],
)
def test_a_due_time_that_misleads_is_refused(contract_specialist, wrong, words):
    filled = {
        "title": "T",
        "due_day": "2026-03-20",
        "due_time": "17:00",
        "time_zone": "America/New_York",
    }
    url = reverse("market_research:draft_rfi")

    answered = submit(client_for(contract_specialist), url, filled | wrong)

    assert answered.status_code == 422
    assert words in answered.content.decode()
    assert not RequestForInformation.objects.exists()


def test_the_lists_are_helpful_when_they_are_empty(contract_specialist):
    inside = client_for(contract_specialist).get(reverse("market_research:rfis"))
    outside = Client().get(reverse("market_research:requests"))

    assert b"No requests for information yet" in inside.content
    assert b"Nothing is asked" in outside.content


def test_everybody_reads_what_is_released_and_that_it_is_no_solicitation():
    rfi = released_now()

    listed = Client().get(reverse("market_research:requests")).content.decode()
    shown = Client().get(rfi.public_path).content.decode()

    assert rfi.number in listed
    assert "This is no solicitation" in shown
    assert "Nobody is bound, nobody is paid" in shown
    assert "18 USC 1905" in shown
    assert "Log in" in shown


def test_nobody_outside_reads_a_draft(vendor_a_signer):
    rfi = drafted_rfi()

    for browser in (Client(), client_for(vendor_a_signer)):
        assert browser.get(rfi.public_path).status_code == 404


def test_what_is_past_stands_below_as_closed(at):
    rfi = released_rfi(at)

    listed = Client().get(reverse("market_research:requests")).content.decode()

    assert rfi.number in listed.split("<h2>Earlier</h2>")[1]
    assert "nothing is admitted late" in Client().get(rfi.public_path).content.decode()


def test_each_answer_that_does_not_fit_is_named_beside_its_question(vendor_a_signer):
    rfi = released_now()
    wrong = {**FILLED, "question_1": "", "question_5": "-1"}
    del wrong["question_2"]

    with nothing_happens():
        answered = submit(
            client_for(vendor_a_signer), page("respond_to_rfi", rfi), wrong
        )

    assert answered.status_code == 422
    shown = answered.content.decode()
    for field in ("question_1", "question_2", "question_5"):
        assert f'id="id_{field}_error"' in shown
    assert "id_question_3_error" not in shown


def test_a_response_is_replaced_from_what_stands(vendor_a_signer):
    first = answered_now()
    browser = client_for(vendor_a_signer)
    url = page("respond_to_rfi", first.rfi)

    form = browser.get(url).content.decode()
    assert "As o200k_base cuts it." in form
    assert 'value="90"' in form
    sent = submit(browser, url, {**FILLED, "question_4": "30"})

    assert sent.status_code == 303
    older = browser.get(first.path).content.decode()
    assert "Version 2 has replaced it" in older
    assert b"version that counts" in browser.get(sent["Location"]).content


def test_what_comes_late_is_told_why(vendor_a_signer, at):
    rfi = released_rfi(at)

    with nothing_happens():
        answered = submit(
            client_for(vendor_a_signer), page("respond_to_rfi", rfi), FILLED
        )

    assert answered.status_code == 409
    assert b"Responses were due 16 Mar 2026, 11:00 EDT" in answered.content


@pytest.mark.parametrize(
    "outsider", ["vendor_b_signer", "contracting_officer", "other_agency_officer"]
)
def test_a_response_is_there_for_its_vendor_alone(request, outsider, vendor_a_member):
    response = answered_now()

    assert client_for(vendor_a_member).get(response.path).status_code == 200
    stranger = client_for(request.getfixturevalue(outsider))
    assert stranger.get(response.path).status_code == 404
    assert (
        response.public_id
        not in stranger.get(response.rfi.public_path).content.decode()
    )


@pytest.mark.parametrize("outsider", ["other_agency_officer", "vendor_a_signer"])
@pytest.mark.parametrize("name", OF_THE_AGENCY)
def test_an_outsider_finds_nothing_of_the_agencys(request, outsider, name):
    rfi = answered_now().rfi
    browser = client_for(request.getfixturevalue(outsider))

    assert browser.get(page(name, rfi)).status_code == 404


def test_who_may_see_the_request_and_not_the_answers_is_told_why(cor):
    rfi = answered_now().rfi
    browser = client_for(cor)

    assert browser.get(page("rfi", rfi)).status_code == 200
    for name in ("comparison", "comparison_file"):
        refused = browser.get(page(name, rfi))
        assert refused.status_code == 403
        assert b"may read the answers" in refused.content


def test_the_comparison_says_who_answered_and_what_is_not_comparable(
    contracting_officer,
):
    # Given one price with a model that has a list price, one without, and a silent one
    rfi = released_now()
    list_prices(clock.now())
    respond(rfi, {PRICE: priced("8")}, at=clock.now())
    respond(
        rfi,
        {
            PRICE: priced("12", model="of our own"),
            NOTICE: AnswerDraft(),
            TOKENS: AnswerDraft(text="word " * 200),
        },
        by=actor("vendor_b_signer"),
        at=clock.now(),
        is_proprietary=True,
    )

    shown = client_for(contracting_officer).get(page("comparison", rfi))
    text = shown.content.decode()

    assert "2 of 3 vendors have answered so far" in text
    assert "Outsider Compute" in text.split("Not answered")[1]
    assert "From $8.00 to $12.00, median $10.00" in text
    assert "not comparable" in text
    assert "80.0%" in text
    assert "Yes: 2, No: 0" in text
    assert "<svg" in text
    assert "<details" in text


def test_the_file_holds_no_formula_and_every_answer(contracting_officer):
    rfi = released_now()
    respond(
        rfi,
        {
            TOKENS: AnswerDraft(text="=HYPERLINK(1)"),
            NOTICE: AnswerDraft(number=Decimal(-3)),
        },
        at=clock.now(),
    )

    file = client_for(contracting_officer).get(page("comparison_file", rfi))
    rows = list(csv.DictReader(io.StringIO(file.content.decode())))

    assert file["Content-Type"].startswith("text/csv")
    assert [row["answer"] for row in rows] == [
        "'=HYPERLINK(1)",
        "yes",
        "Own API",
        "-3",
        "8",
    ]
    assert rows[4]["list_price"] == "not comparable"


def test_nothing_that_was_answered_stands_on_a_public_page():
    rfi = released_now()
    respond(rfi, {TOKENS: AnswerDraft(text="Our secret.")}, at=clock.now())

    shown = Client().get(rfi.public_path).content.decode()

    assert "Our secret." not in shown
    assert "Meridian" not in shown


def test_a_machine_reads_what_its_side_may_see(vendor_a_machine, other_agency_gateway):
    rfi, draft = released_now(), drafted_rfi()
    vendor, agency = (
        _reads(vendor_a_machine),
        _reads(other_agency_gateway),
    )

    assert [each["id"] for each in vendor.get("/api/v1/rfis").json()["data"]] == [
        rfi.public_id
    ]
    whole = vendor.get(f"/api/v1/rfis/{rfi.public_id}").json()
    assert whole["is_open"] is True
    assert whole["state"] == RfiState.RELEASED
    assert [each["kind"] for each in whole["questions"]][-1] == "PRICE"
    assert agency.get("/api/v1/rfis").json()["data"] == []
    assert agency.get(f"/api/v1/rfis/{rfi.public_id}").status_code == 200
    for machine in (vendor, agency):
        assert machine.get(f"/api/v1/rfis/{draft.public_id}").status_code == 404


def _reads(machine):
    ApiKey.objects.filter(pk=machine.key_id).update(scopes=[Scope.SOLICITATIONS_READ])
    return key_client(machine)


def test_requests_are_found_by_words_and_state(
    contract_specialist, other_agency_officer, at
):
    # Given a draft and a released request
    draft = drafted_rfi(at)
    released = released_rfi(at, title="Models on our own premises")
    rfis = reverse("market_research:rfis")
    browser = client_for(contract_specialist)

    def listed(**asked):
        page = browser.get(rfis, asked).content.decode()
        return [each for each in (draft, released) if each.path in page]

    # Then words and state narrow the list down, and nothing is found as nothing
    assert listed() == [draft, released]
    assert listed(words="premises OUR") == [released]
    assert listed(words=draft.number, state="DRAFT") == [draft]
    assert listed(words="premises", state="DRAFT") == []
    nothing = browser.get(rfis, {"words": "zeppelin"}).content.decode()
    assert "None fits" in nothing
    assert listed(state="NO_STATE") == [draft, released]

    # And another agency finds none of them
    outside = client_for(other_agency_officer).get(rfis, {"words": "premises"})
    assert released.path not in outside.content.decode()
