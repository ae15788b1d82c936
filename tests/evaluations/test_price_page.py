"""The page of the prices: who is cheapest up to which use, and what is not priced."""

import pytest
from django.urls import reverse

from contracting.core.quantities import Tokens
from contracting.evaluations.calculations import prices_of
from contracting.evaluations.invariants import INVARIANTS
from contracting.evaluations.models import PriceAnalysis
from contracting.solicitations.calculations import LineDraft
from contracting.solicitations.operations.amend import amend_solicitation
from tests.builders import released_solicitation
from tests.builders_orders import awarded_contract
from tests.cast import actor, client_for, submit
from tests.offers import (
    after,
    before,
    offer_on,
    opened_offers,
    submitted_offer,
    submitted_offers,
)

pytestmark = pytest.mark.django_db

CROSSING = (
    "Meridian Models is cheapest up to 4 billion tokens a month, then Larkspur AI."
)


@pytest.fixture
def told_the_time(monkeypatch):
    """The door's clock: ``told_the_time(instant)``."""

    def tell(instant):
        monkeypatch.setattr("contracting.core.clock.now", lambda: instant)

    return tell


def with_images(solicitation, at):
    """The same solicitation, with a line of images that the estimate does not know."""
    lines = [
        LineDraft(
            clin=line.clin,
            slin=line.slin,
            description=line.description,
            token_class=line.token_class.code,
            workload=Tokens(line.workload_tokens),
        )
        for line in solicitation.lines.select_related("token_class").order_by("slin")
    ]
    extra = LineDraft("0002", "0002AA", "Images", "IN_IMAGE", Tokens(1_000_000_000))
    amend_solicitation(
        solicitation_id=solicitation.pk,
        summary="Images too.",
        lines=[*lines, extra],
        by=actor("contracting_officer"),
        at=at,
        seen_version=solicitation.version,
    )
    solicitation.refresh_from_db()
    return solicitation


def flat(solicitation, text, images):
    """An offer with one price for all text, and one for images."""
    slins = solicitation.lines.filter(is_removed=False).values_list("slin", flat=True)
    prices = {slin: images if slin == "0002AA" else text for slin in slins}
    return offer_on(solicitation, prices=prices)


def crossing_offers():
    """Meridian dear in text and cheap in images, Larkspur the other way round.

    At s times the published text, Meridian asks 5,800 s + 1,000 dollars and Larkspur
    2,900 s + 4,000: equal at 3 billion tokens of text and 1 billion of images.
    """
    solicitation = with_images(
        released_solicitation(), before(released_solicitation(), days=3)
    )
    submitted_offer(on=solicitation, offer=flat(solicitation, "2", "1"))
    submitted_offer(
        on=solicitation, by="vendor_b_signer", offer=flat(solicitation, "1", "4")
    )
    return opened_offers(on=solicitation)


def page_of(solicitation, part="contract_specialist", name="price"):
    reply = client_for(actor(part)).get(
        reverse(f"evaluations:{name}", args=[solicitation.public_id])
    )
    return reply, reply.content.decode()


def test_the_page_says_up_to_which_use_who_is_cheapest(told_the_time):
    # Given two offers whose order hangs on the volume
    solicitation = crossing_offers()
    told_the_time(after(solicitation, hours=3))

    # When the specialist opens the prices
    reply, page = page_of(solicitation)

    # Then the answer says it, the plot rings it, and the table tells the tokens
    assert reply.status_code == 200
    assert CROSSING in page.split("data-answer")[1].split("</p>")[0]
    assert CROSSING in page.split("<figcaption")[1]
    assert page.count("dd-slope__crossing") == 1
    assert "4,000,000,000" in page.split("Where offers change places")[1]
    assert "The estimate has no range for 0002AA" in page
    assert "P50 is the published workload and alone ranks the offers" in page
    # An outsider sees nothing of it
    for outsider in ("vendor_a_signer", "other_agency_officer"):
        assert page_of(solicitation, outsider)[0].status_code == 404


@pytest.mark.rule("R-EVL-05", case="allowed")
def test_what_the_page_says_is_kept_with_the_analysis(told_the_time):
    solicitation = crossing_offers()
    told_the_time(after(solicitation, hours=6))
    browser = client_for(actor("contract_specialist"))
    address = reverse("evaluations:analyse_price", args=[solicitation.public_id])
    assert CROSSING in browser.get(address).content.decode()

    reply = submit(
        browser,
        address,
        {
            "conclusion": "Both are fair at the published workload.",
            "unbalanced_memo": "Each asks one price for all text.",
            "reasonable": [each.public_id for each in solicitation.submissions.all()],
        },
    )

    assert reply.status_code == 303
    usage = PriceAnalysis.objects.get().usage
    assert usage["sentence"] == CROSSING
    assert usage["tokens"] == [2_450_000_000, 3_900_000_000, 6_800_000_000]
    assert [
        (row["vendor"], row["p10"], row["p50"], row["p90"]) for row in usage["totals"]
    ] == [
        ("Meridian Models", "3900", "6800", "12600"),
        ("Larkspur AI", "5450", "6900", "9800"),
    ]
    assert usage["changes"][0]["tokens"] == "4000000000"
    assert CROSSING in browser.get(reply.url).content.decode()
    assert [list(each.check()) for each in INVARIANTS] == [[]] * len(INVARIANTS)


def test_an_analysis_from_before_uses_were_kept_shows_none(told_the_time):
    solicitation = opened_offers()
    told_the_time(after(solicitation, hours=6))
    priced = prices_of(solicitation, after(solicitation).date())
    PriceAnalysis.objects.create(
        solicitation=solicitation,
        rows=priced["rows"],
        totals=priced["totals"],
        method="Comparison",
        conclusion="Fair.",
        content_sha256="0" * 64,
        analysed_by_id=actor("contract_specialist").own_membership_id,
        analysed_at=after(solicitation),
    )

    reply, page = page_of(solicitation)

    assert reply.status_code == 200
    assert "How far the ranks hang on the volume" not in page


def test_offers_that_all_grow_alike_keep_their_ranks(told_the_time):
    solicitation = opened_offers()
    told_the_time(after(solicitation, hours=3))

    page = page_of(solicitation)[1]

    assert "Meridian Models is cheapest at every volume between P10 and P90." in page
    assert "dd-slope__crossing" not in page


def test_an_offer_that_leaves_a_line_unpriced_is_not_ranked_and_the_page_says_why(
    told_the_time,
):
    # Given Larkspur's offer from before the amendment that adds images
    solicitation = released_solicitation()
    submitted_offer(on=solicitation, by="vendor_b_signer")
    with_images(solicitation, before(solicitation, minutes=50))
    submitted_offer(
        on=solicitation,
        offer=flat(solicitation, "2", "1"),
        at=before(solicitation, minutes=40),
    )
    opened_offers(on=solicitation)
    told_the_time(after(solicitation, hours=3))

    page = page_of(solicitation)[1]

    assert "Larkspur AI: 0002AA not priced" in page
    assert "not ranked: 0002AA not priced" in page
    assert "Meridian Models is the only offer that prices every line." in page


def test_equal_offers_are_shown_as_equal(told_the_time):
    solicitation = released_solicitation()
    for by in ("vendor_a_signer", "vendor_b_signer"):
        submitted_offer(on=solicitation, by=by, offer=flat(solicitation, "2", "2"))
    opened_offers(on=solicitation)
    told_the_time(after(solicitation, hours=3))

    page = page_of(solicitation)[1]

    assert "Larkspur AI are equal, and cheapest," in page
    assert page.count("1, equal") == 6


def test_a_line_without_a_list_price_is_left_out_and_counted(told_the_time):
    solicitation = crossing_offers()
    told_the_time(after(solicitation, hours=3))

    page = page_of(solicitation)[1]

    assert "1 of 5 lines not comparable, left out." in page


def test_a_price_stands_beside_the_last_award_of_the_agency():
    # Given a contract that the agency has awarded, and offers on another need
    earlier = awarded_contract().solicitation
    solicitation = released_solicitation()
    assert solicitation.pk != earlier.pk
    submitted_offers(on=solicitation)
    opened_offers(on=solicitation)

    rows = prices_of(solicitation, after(solicitation, days=1).date())["rows"]

    own = [row for row in rows if row["vendor"] == "Meridian Models"]
    assert {row["percent_of_past"] for row in own} == {"100.0"}
    assert {row["past_source"] for row in own} == {f"{earlier.piid}, Meridian Models"}
    assert {
        row["percent_of_past"] for row in rows if row["vendor"] == "Larkspur AI"
    } == {"112.5"}
