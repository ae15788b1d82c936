"""Opening the final revisions: a quorum, after the one cutoff, once and for good."""

from datetime import timedelta

import pytest
from django.urls import reverse

from contracting.core.errors import NotAllowed
from contracting.evaluations.calculations import prices_of
from contracting.evaluations.invariants import INVARIANTS
from contracting.evaluations.models import RevisedOffer
from contracting.evaluations.operations.agree import agree_consensus
from contracting.evaluations.operations.analyse import analyse_price
from contracting.evaluations.operations.decide import decide_selection
from contracting.evaluations.queries import missing_consensus, rated_factors
from contracting.evaluations.refusals import DiscussionsOpen
from contracting.submissions.queries import offers_of
from contracting.submissions.refusals import WrongPassphrase
from tests.builders_orders import drafted_contract
from tests.cast import actor, client_for, nothing_happens, submit
from tests.evaluations.exchanges import (
    cutoff_of,
    offer_of,
    opened_revisions,
    revised,
    revisions_due,
    revisions_opened_by,
)
from tests.offers import PASSPHRASE, after

pytestmark = pytest.mark.django_db


@pytest.mark.rule("R-EVL-04", case="allowed")
def test_the_last_revision_counts_once_a_quorum_has_opened_it():
    # Given two final revisions of Larkspur, the last at 70 % of list
    solicitation = revisions_due()
    revised(solicitation, percent_of_list=99)
    revised(solicitation)

    # When the first of two openers gives a share, nothing is open
    assert revisions_opened_by(solicitation, "contract_specialist") == []
    assert not RevisedOffer.objects.exists()

    # Then with the second the revision counts, and Meridian's first offer stands
    opened = revisions_opened_by(solicitation, "contracting_officer")
    assert [each.technical for each in opened] == ["We add a named engineer."]
    prices = prices_of(solicitation, after(solicitation).date())
    assert prices["lowest"]["vendors"] == ["Larkspur AI"]
    assert {
        row["percent_of_list"]
        for row in prices["rows"]
        if row["vendor"] == "Larkspur AI"
    } == {"70.0"}
    assert {
        row["percent_of_list"]
        for row in prices["rows"]
        if row["vendor"] == "Meridian Models"
    } == {"80.0"}


@pytest.mark.rule("R-EVL-04", case="refused")
def test_nobody_opens_a_final_revision_up_to_the_cutoff():
    solicitation = revisions_due()
    revised(solicitation)

    with nothing_happens(), pytest.raises(DiscussionsOpen) as refusal:
        revisions_opened_by(
            solicitation, "contract_specialist", at=cutoff_of(solicitation)
        )

    assert refusal.value.rule == "R-EVL-04"


@pytest.mark.rule("R-EVL-04", case="refused")
def test_the_panel_agrees_on_nothing_while_final_revisions_are_sealed(evaluator):
    solicitation = revisions_due()
    revised(solicitation)

    with nothing_happens(), pytest.raises(DiscussionsOpen) as refusal:
        agree_consensus(
            submission_id=offer_of(solicitation, "vendor_a_signer").pk,
            factor_id=rated_factors(solicitation)[0].pk,
            rating="GOOD",
            narrative="Both of us find the boundary met.",
            by=evaluator,
            at=cutoff_of(solicitation) + timedelta(hours=1),
        )

    assert refusal.value.rule == "R-EVL-04"


def test_whoever_is_no_opener_or_has_another_passphrase_opens_nothing():
    solicitation = revisions_due()
    revised(solicitation)

    for part in ("evaluator", "administrator", "vendor_b_signer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            revisions_opened_by(solicitation, part)
    with nothing_happens(), pytest.raises(WrongPassphrase):
        revisions_opened_by(
            solicitation, "contract_specialist", passphrase="another one"
        )


def test_an_opener_gives_one_share():
    solicitation = revisions_due()
    revisions_opened_by(solicitation, "contract_specialist")

    with nothing_happens(), pytest.raises(NotAllowed):
        revisions_opened_by(solicitation, "contract_specialist")


def test_the_revised_price_is_selected_and_drafted():
    # Given Larkspur's final revision at 70 % of list, open
    solicitation = opened_revisions()
    at = cutoff_of(solicitation) + timedelta(hours=2)
    larkspur = offer_of(solicitation, "vendor_b_signer")

    # When the panel agrees, the prices are analysed and Larkspur is selected
    for offer, factor in missing_consensus(solicitation):
        agree_consensus(
            submission_id=offer.submission_id,
            factor_id=factor.pk,
            rating="GOOD",
            narrative="Both of us find the boundary met and support named.",
            by=actor("evaluator"),
            at=at,
        )
    analysis = analyse_price(
        solicitation_id=solicitation.pk,
        conclusion="Two offers compete below public list.",
        reasonable_submission_ids=[
            offer.submission_id for offer in offers_of(solicitation)
        ],
        by=actor("contract_specialist"),
        at=at,
    )
    decision = decide_selection(
        solicitation_id=solicitation.pk,
        selected={larkspur.pk: ""},
        rationale="Larkspur asks least for what is rated alike; that decides.",
        seen_analysis_id=analysis.pk,
        by=actor("source_selection_authority"),
        at=at,
    )
    contract = drafted_contract(on=decision)

    # Then the rate card bears the revised prices
    assert decision.selections.get().submission == larkspur
    offered = {
        rate.line.slin: rate.usd_per_million_tokens
        for rate in larkspur.revised_offer.rates.select_related("line")
    }
    drafted = {
        row.slin: row.usd_per_million_tokens
        for line in contract.lines.all()
        for row in line.rate_rows.all()
    }
    assert drafted == offered
    assert [list(each.check()) for each in INVARIANTS] == [[]] * len(INVARIANTS)


def test_an_opener_opens_them_on_a_page(monkeypatch):
    solicitation = revisions_due()
    revised(solicitation)
    monkeypatch.setattr(
        "contracting.core.clock.now",
        lambda: cutoff_of(solicitation) + timedelta(hours=1),
    )
    address = reverse("evaluations:open_revisions", args=[solicitation.public_id])
    for part in ("contract_specialist", "contracting_officer"):
        reply = submit(
            client_for(actor(part)),
            address,
            {"understood": "on", "passphrase": PASSPHRASE},
        )
        assert reply.status_code == 303

    exchanges = reverse("evaluations:exchanges", args=[solicitation.public_id])
    page = client_for(actor("contracting_officer")).get(exchanges).content.decode()
    assert "The final revisions are open and count." in page
    offer = reverse(
        "evaluations:offer", args=[offer_of(solicitation, "vendor_b_signer").public_id]
    )
    assert "We add a named engineer." in (
        client_for(actor("contracting_officer")).get(offer).content.decode()
    )
    assert client_for(actor("vendor_a_signer")).get(address).status_code == 404
