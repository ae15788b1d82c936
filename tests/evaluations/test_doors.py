"""The pages of an evaluation."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Membership
from contracting.evaluations.models import Rating, SelectionDecision
from contracting.evaluations.queries import missing_consensus, rated_factors
from contracting.evaluations.states import NO_CONFLICT
from contracting.submissions.calculations import OfferedFile
from tests.builders import released_solicitation
from tests.cast import actor, client_for, nothing_happens, submit
from tests.offers import (
    after,
    agreed_offers,
    analysed_prices,
    decided_solicitation,
    declared_panel,
    offer_on,
    opened_offers,
    rated_offers,
    submitted_offer,
    submitted_offers,
)

pytestmark = pytest.mark.django_db

PAGES = ["offers", "price", "panel", "analyse_price", "decide_selection"]


@pytest.fixture
def told_the_time(monkeypatch):
    """The door's clock: ``told_the_time(instant)``."""

    def tell(instant):
        monkeypatch.setattr("contracting.core.clock.now", lambda: instant)

    return tell


def public_id_of(by):
    return Membership.objects.get(pk=by.membership_id).public_id


def address(name, solicitation):
    return reverse(f"evaluations:{name}", args=[solicitation.public_id])


def test_the_officer_names_the_panel_and_an_evaluator_declares(
    contracting_officer, evaluator, told_the_time
):
    # Given opened offers
    solicitation = opened_offers()
    told_the_time(after(solicitation, hours=3))
    officer, panelist = client_for(contracting_officer), client_for(evaluator)
    led = officer.get(address("offers", solicitation)).content.decode()
    assert "nobody is designated yet to evaluate them" in led
    assert address("designate_panel_member", solicitation) in led

    # When the officer designates the evaluator, who declares
    designated = submit(
        officer,
        address("designate_panel_member", solicitation),
        {"membership": public_id_of(evaluator)},
    )
    sealed = panelist.get(address("offers", solicitation))
    declared = submit(
        panelist,
        address("declare_interest", solicitation),
        {"keeps_confidence": "on", **dict.fromkeys(NO_CONFLICT, "no")},
    )

    # Then the offers, closed before, lie open
    assert designated.status_code == 303
    assert sealed.status_code == 403
    assert "before you read an offer" in sealed.content.decode()
    assert declared.url == address("offers", solicitation)
    assert "Meridian Models" in panelist.get(declared.url).content.decode()
    panel = officer.get(address("panel", solicitation)).content.decode()
    assert "1 person is designated" in panel
    assert "1 of them has declared" in panel


def test_whoever_has_a_conflict_reads_nothing(evaluator, told_the_time):
    solicitation = opened_offers()
    told_the_time(after(solicitation, hours=3))
    from contracting.evaluations.operations.designate import designate_panel_member

    designate_panel_member(
        solicitation_id=solicitation.pk,
        membership_id=evaluator.own_membership_id,
        role="EVALUATOR",
        by=actor("contracting_officer"),
        at=after(solicitation),
    )
    browser = client_for(evaluator)

    with nothing_happens():
        reply = submit(
            browser,
            address("declare_interest", solicitation),
            {"keeps_confidence": "on"},
        )

    assert reply.status_code == 422
    offer = solicitation.submissions.all()[0]
    page = reverse("evaluations:offer", args=[offer.public_id])
    assert browser.get(page).status_code == 403


def test_an_evaluator_reads_rates_and_agrees(
    evaluator, second_evaluator, told_the_time
):
    # Given a panel that has declared
    solicitation = declared_panel()
    told_the_time(after(solicitation, hours=4))
    offer = solicitation.submissions.order_by("pk")[0]
    factor = rated_factors(solicitation)[0]
    rate = reverse(
        "evaluations:rate_submission", args=[offer.public_id, factor.public_id]
    )
    agree = reverse(
        "evaluations:agree_consensus", args=[offer.public_id, factor.public_id]
    )
    words = {"rating": "GOOD", "strengths": "The boundary.", "weaknesses": "None."}
    first, second = client_for(evaluator), client_for(second_evaluator)

    # When both rate, the other's words stay hidden until one's own are locked
    lock = reverse("evaluations:lock_ratings", args=[offer.public_id])
    assert submit(first, rate, words).status_code == 303
    assert submit(first, lock, {}).status_code == 303
    assert submit(second, rate, words).status_code == 303
    hidden = second.get(agree).content.decode()
    assert "The ratings of others are shown once yours are locked" in hidden
    assert "The boundary." not in hidden
    assert "Not yet: Jon Evaluator" in first.get(agree).content.decode()
    matrix = first.get(address("offers", solicitation)).content.decode()
    assert "Jon Evaluator" in matrix
    assert submit(second, lock, {}).status_code == 303
    shown = second.get(agree).content.decode()
    assert "The boundary." in shown
    assert "the ratings are all good" in shown

    # Then they agree, and no rating changes any more
    agreed = submit(second, agree, {"rating": "GOOD", "narrative": "Boundary met."})
    assert agreed.status_code == 303
    matrix = first.get(agreed.url).content.decode()
    assert "agreed by the panel" in matrix
    with nothing_happens():
        assert submit(first, rate, words).status_code == 422
        late = submit(first, rate, {**words, "reason": "I read it again."})
        assert late.status_code == 409
    assert Rating.objects.count() == 2


def test_a_rating_without_words_is_refused_and_kept_in_the_form(
    evaluator, told_the_time
):
    solicitation = declared_panel()
    told_the_time(after(solicitation, hours=4))
    offer = solicitation.submissions.all()[0]
    factor = rated_factors(solicitation)[0]
    url = reverse(
        "evaluations:rate_submission", args=[offer.public_id, factor.public_id]
    )

    with nothing_happens():
        reply = submit(
            client_for(evaluator), url, {"rating": "GOOD", "strengths": "The boundary."}
        )

    assert reply.status_code == 422
    assert "The boundary." in reply.content.decode()


def test_evaluators_see_prices_once_they_have_agreed(evaluator, told_the_time):
    solicitation = rated_offers()
    told_the_time(after(solicitation, hours=5))
    browser = client_for(evaluator)
    offer = solicitation.submissions.all()[0]
    offers, price = address("offers", solicitation), address("price", solicitation)
    one = reverse("evaluations:offer", args=[offer.public_id])

    for page in (offers, one):
        said = browser.get(page).content.decode()
        assert "Evaluators see the prices once" in said
        assert "$" not in said.split("<main")[1]
    assert browser.get(price).status_code == 403

    agreed_offers(on=solicitation)

    assert "at public list" in browser.get(offers).content.decode()
    assert browser.get(price).status_code == 200


def test_the_specialist_sees_the_arithmetic_and_concludes(
    contract_specialist, told_the_time
):
    # Given ratings that are agreed
    solicitation = agreed_offers()
    told_the_time(after(solicitation, hours=6))
    browser = client_for(contract_specialist)

    # When the specialist concludes on the price page
    before_it = browser.get(address("price", solicitation)).content.decode()
    reply = submit(
        browser,
        address("analyse_price", solicitation),
        {
            "conclusion": "Both stand below public list.",
            "reasonable": [s.public_id for s in solicitation.submissions.all()],
        },
    )

    # Then the page shows each line, both totals against list, a plot and the conclusion
    assert "Not concluded yet" in before_it
    assert reply.status_code == 303
    page = browser.get(reply.url).content.decode()
    assert "2 of 2 offers found fair and reasonable" in page
    assert "Meridian Models is lowest at" in page
    assert "80.0%" in page
    assert "90.0%" in page
    assert "2,000,000,000" in page
    assert "<svg" in page
    assert "Both stand below public list." in page


def test_a_flag_without_a_memo_is_refused_with_its_rule(
    contract_specialist, told_the_time
):
    solicitation = released_solicitation()
    slin = solicitation.lines.get(token_class__code="OUT_TEXT").slin
    submitted_offer(on=solicitation, offer=offer_on(solicitation, prices={slin: "99"}))
    opened_offers(on=solicitation)
    told_the_time(after(solicitation, hours=6))
    browser = client_for(contract_specialist)
    url = address("analyse_price", solicitation)
    assert "Out of balance" in browser.get(url).content.decode()

    with nothing_happens():
        reply = submit(
            browser,
            url,
            {
                "conclusion": "Fine.",
                "reasonable": [solicitation.submissions.all()[0].public_id],
            },
        )

    assert reply.status_code == 422
    assert "R-EVL-05" in reply.content.decode()
    assert "Fine." in reply.content.decode()


def test_the_authority_compares_and_decides(
    source_selection_authority, contracting_officer, told_the_time
):
    # Given ratings and prices that are complete
    solicitation = analysed_prices().solicitation
    told_the_time(after(solicitation, hours=7))
    browser = client_for(source_selection_authority)
    url = address("decide_selection", solicitation)
    page = browser.get(url)
    seen = page.context["form"].initial["seen_analysis"]
    chosen = solicitation.submissions.order_by("pk")[0]

    # When the authority decides, first with the panel's words, then with its own
    copied = submit(
        browser,
        url,
        {
            "selected": chosen.public_id,
            "rationale": "Both of us find the boundary met and the support plan thin.",
            "seen_analysis": seen,
        },
    )
    own = submit(
        browser,
        url,
        {
            "selected": chosen.public_id,
            "rationale": "Equal ratings; the lower price decides.",
            "seen_analysis": seen,
        },
    )

    # Then the copy is refused with its rule, and the decision stands on its page
    assert copied.status_code == 422
    assert "R-EVL-06" in copied.content.decode()
    assert own.status_code == 303
    assert own.url == reverse(
        "evaluations:decision", args=[SelectionDecision.objects.get().public_id]
    )
    read = client_for(contracting_officer).get(own.url).content.decode()
    assert "Meridian Models is selected" in read
    assert "Equal ratings; the lower price decides." in read


def test_a_file_of_an_offer_is_an_attachment(contracting_officer, told_the_time):
    solicitation = released_solicitation()
    file = OfferedFile("plan.pdf", "text/html", b"<script>alert(1)</script>")
    submission = submitted_offer(
        on=solicitation, offer=offer_on(solicitation, files=[file])
    )
    opened_offers(on=solicitation)
    told_the_time(after(solicitation, hours=3))
    browser = client_for(contracting_officer)

    reply = browser.get(
        reverse("evaluations:offer_file", args=[submission.public_id, 0])
    )
    none = browser.get(
        reverse("evaluations:offer_file", args=[submission.public_id, 1])
    )

    assert reply.content == b"<script>alert(1)</script>"
    assert reply["Content-Type"] == "application/octet-stream"
    assert reply["Content-Disposition"] == 'attachment; filename="plan.pdf"'
    assert none.status_code == 404


def test_before_the_opening_the_pages_know_nothing(contracting_officer, told_the_time):
    submission = submitted_offers()[0]
    solicitation = submission.solicitation
    told_the_time(after(solicitation))
    browser = client_for(contracting_officer)

    offers = browser.get(address("offers", solicitation)).content.decode()
    price = browser.get(address("price", solicitation)).content.decode()

    assert "nobody knows how many there are" in offers
    assert "The prices are sealed" in price
    assert "Meridian Models" not in offers + price
    one = reverse("evaluations:offer", args=[submission.public_id])
    assert browser.get(one).status_code == 404


def test_an_evaluation_does_not_exist_for_outsiders(told_the_time):
    decision = decided_solicitation()
    solicitation = decision.solicitation
    told_the_time(after(solicitation, hours=8))
    for part in (
        "vendor_a_signer",
        "other_vendor_signer",
        "other_agency_officer",
        "program_manager",
        "administrator",
        "cor",
    ):
        browser = client_for(actor(part))
        offer = solicitation.submissions.all()[0]
        factor = rated_factors(solicitation)[0]
        both = [offer.public_id, factor.public_id]
        pages = [address(name, solicitation) for name in PAGES] + [
            address("declare_interest", solicitation),
            address("designate_panel_member", solicitation),
            reverse("evaluations:offer", args=[offer.public_id]),
            reverse("evaluations:offer_file", args=[offer.public_id, 0]),
            reverse("evaluations:rate_submission", args=both),
            reverse("evaluations:agree_consensus", args=both),
            reverse("evaluations:lock_ratings", args=[offer.public_id]),
            reverse("evaluations:note_dissent", args=both),
            address("release_prices", solicitation),
            address("reads", solicitation),
            reverse(
                "evaluations:resolve_conflict",
                args=[solicitation.public_id, public_id_of(actor("evaluator"))],
            ),
            reverse("evaluations:decision", args=[decision.public_id]),
        ]

        with nothing_happens():
            for page in pages:
                assert browser.get(page).status_code == 404, page
                assert browser.post(page, {"form_token": "x" * 20}).status_code in {
                    404,
                    405,
                }


def test_an_evaluator_who_is_not_designated_is_an_outsider(evaluator, told_the_time):
    solicitation = opened_offers()
    told_the_time(after(solicitation, hours=3))
    browser = client_for(evaluator)

    for name in PAGES:
        assert browser.get(address(name, solicitation)).status_code == 404


def test_the_auditor_reads_and_changes_nothing(auditor, told_the_time):
    solicitation = analysed_prices().solicitation
    told_the_time(after(solicitation, hours=8))
    browser = client_for(auditor)

    for name in ("offers", "price", "panel"):
        assert browser.get(address(name, solicitation)).status_code == 200
    for name in ("analyse_price", "decide_selection", "designate_panel_member"):
        assert browser.get(address(name, solicitation)).status_code == 403


def test_nobody_reads_an_evaluation_without_a_login():
    solicitation = opened_offers()

    for name in PAGES:
        reply = Client().get(address(name, solicitation))
        assert reply.status_code == 302
        assert reverse("account_login") in reply["Location"]


def test_the_decision_on_paper_is_for_those_who_take_part(
    contracting_officer, program_manager, told_the_time
):
    from contracting.documents.models import Document

    solicitation = decided_solicitation().solicitation
    told_the_time(after(solicitation, hours=8))
    paper = Document.objects.get(kind="decision")
    page = reverse("documents:document", args=[paper.public_id])

    assert missing_consensus(solicitation) == []
    assert client_for(contracting_officer).get(page).status_code == 200
    assert client_for(program_manager).get(page).status_code == 404
