"""Analysing the prices."""

from decimal import Decimal

import pytest

from contracting.approvals.models import Override
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Tokens
from contracting.evaluations.operations.analyse import analyse_price
from contracting.evaluations.queries import latest_analysis
from contracting.evaluations.refusals import (
    AlreadyDecided,
    NotOpened,
    PriceNotComparable,
    ReasonablenessMissing,
    UnbalancedUnexplained,
)
from contracting.solicitations.calculations import LineDraft
from contracting.solicitations.operations.amend import amend_solicitation
from tests.builders import released_solicitation
from tests.cast import actor, nothing_happens
from tests.offers import (
    after,
    before,
    decided_solicitation,
    offer_on,
    opened_offers,
    submitted_offer,
    submitted_offers,
)

pytestmark = pytest.mark.django_db


def analysed(solicitation, *, by, reasonable=None, conclusion="Fair.", memo=""):
    everybody = solicitation.submissions.filter(opened_offer__isnull=False)
    chosen = everybody if reasonable is None else reasonable
    return analyse_price(
        solicitation_id=solicitation.pk,
        conclusion=conclusion,
        reasonable_submission_ids=[submission.pk for submission in chosen],
        unbalanced_memo=memo,
        by=by,
        at=after(solicitation, hours=6),
    )


@pytest.mark.rule("R-EVL-05", case="allowed")
def test_every_line_is_priced_on_the_published_workload_beside_list(
    contract_specialist,
):
    # Given two offers at round prices on the workload of four classes
    solicitation = released_solicitation()
    slins = dict(
        solicitation.lines.values_list("token_class__code", "slin").order_by("slin")
    )
    cheap = {
        "IN_UNCACHED": "2",
        "IN_CACHE_READ": "1",
        "OUT_TEXT": "8",
        "OUT_REASONING": "8.000001",
    }
    prices = {slins[code]: price for code, price in cheap.items()}
    first = submitted_offer(
        on=solicitation, offer=offer_on(solicitation, prices=prices)
    )
    submitted_offer(
        on=solicitation,
        by="vendor_b_signer",
        offer=offer_on(solicitation, percent_of_list=100),
    )
    opened_offers(on=solicitation)

    # When the prices are analysed
    analysis = analysed(solicitation, by=contract_specialist, memo="Explained.")

    # Then each line shows tokens, price, list price and exact amounts
    own = {
        row["token_class"]: row
        for row in analysis.rows
        if row["submission"] == first.pk
    }
    assert own["IN_UNCACHED"]["workload_tokens"] == 2_000_000_000
    assert own["IN_UNCACHED"]["amount"] == "4000"
    assert own["IN_UNCACHED"]["list_usd_per_million_tokens"] == "2.5"
    assert own["IN_UNCACHED"]["list_amount"] == "5000"
    assert own["IN_UNCACHED"]["percent_of_list"] == "80.0"
    assert own["IN_CACHE_READ"]["amount"] == "500"
    assert own["OUT_TEXT"]["amount"] == "2400"
    assert own["OUT_REASONING"]["amount"] == "800.0001"
    totals = {row["submission"]: row for row in analysis.totals}
    assert totals[first.pk]["evaluated"] == "7700.0001"
    assert [Decimal(row["evaluated"]) for row in analysis.totals] == sorted(
        Decimal(row["evaluated"]) for row in analysis.totals
    )
    assert analysis.content_sha256
    assert "Competition" in analysis.method


@pytest.mark.rule("R-EVL-07", case="allowed")
def test_the_conclusion_names_the_offers_whose_price_is_reasonable(
    contracting_officer,
):
    solicitation = opened_offers()
    one = solicitation.submissions.order_by("pk")[0]

    analysis = analysed(solicitation, by=contracting_officer, reasonable=[one])

    assert analysis.reasonable_submission_ids == [one.pk]
    assert latest_analysis(solicitation) == analysis


@pytest.mark.rule("R-EVL-07", case="refused")
def test_an_analysis_without_a_conclusion_is_refused(contract_specialist):
    solicitation = opened_offers()

    with nothing_happens(), pytest.raises(ReasonablenessMissing) as refusal:
        analysed(solicitation, by=contract_specialist, conclusion="  ")

    assert refusal.value.rule == "R-EVL-07"


@pytest.mark.rule("R-EVL-05", case="refused")
def test_a_price_out_of_balance_needs_a_reason(contract_specialist):
    # Given an offer with one class at ten times its share of list
    solicitation = released_solicitation()
    slin = solicitation.lines.get(token_class__code="OUT_TEXT").slin
    submission = submitted_offer(
        on=solicitation, offer=offer_on(solicitation, prices={slin: "80"})
    )
    opened_offers(on=solicitation)

    # When it is found reasonable without a word on that class
    with nothing_happens(), pytest.raises(UnbalancedUnexplained) as refusal:
        analysed(solicitation, by=contract_specialist)

    # Then the rule says no; with a memo the flag stays and is explained
    assert refusal.value.rule == "R-EVL-05"
    assert slin in refusal.value.message
    analysis = analysed(solicitation, by=contract_specialist, memo="New hardware.")
    assert [row["slin"] for row in analysis.unbalanced] == [slin]
    assert analysis.unbalanced[0]["submission"] == submission.pk
    assert analysis.unbalanced_memo == "New hardware."
    override = Override.objects.get(rule="R-EVL-05")
    assert override.words.endswith(f"{slin}. New hardware.")


@pytest.mark.rule("R-EVL-05", case="refused")
def test_an_offer_that_misses_a_line_of_the_workload_is_not_reasonable(
    contracting_officer, contract_specialist
):
    # Given offers on a schedule to which an amendment adds a line
    solicitation = released_solicitation()
    submission = submitted_offers(on=solicitation)[0]
    lines = [
        LineDraft(
            clin=line.clin,
            slin=line.slin,
            description=line.description,
            token_class=line.class_code,
            workload=Tokens(line.workload_tokens),
        )
        for line in solicitation.lines.select_related("token_class").order_by("slin")
    ]
    extra = LineDraft("0002", "0002AA", "Images", "IN_IMAGE", Tokens(1_000_000))
    amend_solicitation(
        solicitation_id=solicitation.pk,
        summary="Images too.",
        lines=[*lines, extra],
        by=contracting_officer,
        at=before(solicitation, minutes=1),
        seen_version=solicitation.version,
    )
    opened_offers(on=solicitation)

    # When one that was not replaced is found reasonable
    with nothing_happens(), pytest.raises(PriceNotComparable) as refusal:
        analysed(solicitation, by=contract_specialist, reasonable=[submission])

    # Then it is refused, naming the line
    assert refusal.value.rule == "R-EVL-05"
    assert refusal.value.data["missing"] == ["0002AA"]


def test_prices_are_not_analysed_while_they_are_sealed(contract_specialist):
    solicitation = submitted_offers()[0].solicitation

    with nothing_happens(), pytest.raises(NotOpened):
        analysed(solicitation, by=contract_specialist)


def test_after_the_decision_the_analysis_stands(contract_specialist):
    solicitation = decided_solicitation().solicitation

    with nothing_happens(), pytest.raises(AlreadyDecided):
        analysed(solicitation, by=contract_specialist)


def test_nobody_else_analyses():
    solicitation = opened_offers()

    for part in (
        "evaluator",
        "source_selection_authority",
        "auditor",
        "other_agency_officer",
    ):
        with nothing_happens(), pytest.raises(NotAllowed):
            analysed(solicitation, by=actor(part))
