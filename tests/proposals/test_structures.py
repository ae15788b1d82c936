"""The vendor's sheet has a cell for each figure that a structured schedule asks for."""

import csv
import io

import pytest
from django.urls import reverse

from contracting.core.quantities import Dollars
from contracting.proposals.queries import workspace_of
from contracting.reference.models import AiModel
from contracting.solicitations.queries import lines_of
from contracting.submissions.models import Submission
from tests.builders_structures import FIGURES, structured_solicitation
from tests.cast import client_for, submit
from tests.offers import SNAPSHOT, before

pytestmark = pytest.mark.django_db
BESIDE = {"0001AA": "2", "0001AB": "1", "0001AC": "8", "0001AD": "8"}
BESIDE_COST = Dollars("7700.00")
"""2,000 and 500 and 300 and 100 million tokens at these prices."""

STRUCTURES = {
    # Each month 4.5 million tokens, seven in nine of them in: on the steps of a
    # million, two and the rest, 5.0556 dollars in and 6.6667 out
    "0002": Dollars("23.444463"),
    # 10.751024 units: 2.083334 + 2.083333 in, 3.292181 + 3.292176 out
    "0003": Dollars("17.2016384"),
    "0004": Dollars("9000.00"),
    "0005": Dollars("2500.00"),
    "0006": Dollars("6000.00"),
    "0007": Dollars("3.80"),
}


def page_of(solicitation, name):
    return reverse(f"proposals:{name}", args=[solicitation.public_id])


def test_a_sheet_filled_in_a_spreadsheet_is_priced_by_the_structure(
    vendor_a_member, vendor_a_signer, monkeypatch
):
    # Given a released schedule with every structure
    solicitation = structured_solicitation()
    now = before(solicitation)
    monkeypatch.setattr("contracting.core.clock.now", lambda: now)
    browser = client_for(vendor_a_member)
    sheet = page_of(solicitation, "save_prices")

    # Then the sheet asks for each figure in its own unit, and for no model of seats
    page = browser.get(sheet).content.decode()
    assert "CLIN 0002: committed-use tiers, marginal; each order by itself" in page
    assert "from 3,000,000 tokens on" in page
    assert "ACU burnt per million tokens" in page
    assert "US dollars per month" in page
    assert 'name="model_0003"' in page
    assert 'name="model_0004"' not in page

    # When the template is filled in a spreadsheet, to which 0003 is a 3, and pasted
    template = browser.get(page_of(solicitation, "price_template")).content.decode()
    rows = list(csv.reader(io.StringIO(template)))
    figures = {**FIGURES, **BESIDE}
    out = io.StringIO()
    csv.writer(out, delimiter="\t").writerows(
        [row[0] if "A" in row[0] else int(row[0]), *row[1:-1], figures[row[0]]]
        for row in rows[1:]
    )
    model = AiModel.objects.get(snapshot=SNAPSHOT).public_id
    served = {line.clin for line in lines_of(solicitation) if line.names_a_model}
    typed = {f"model_{clin}": model for clin in served}
    submit(browser, sheet, {**typed, "paste": out.getvalue()})

    # Then each CLIN costs what its structure makes of the workload
    workspace = workspace_of(vendor_a_member, solicitation, now)
    costs: dict[str, Dollars] = {}
    for cell in workspace.cells:
        assert not cell.problem
        assert cell.priced is not None
        clin = cell.line.clin
        costs[clin] = costs.get(clin, Dollars()) + cell.priced.amount
    assert costs == {"0001": BESIDE_COST, **STRUCTURES}
    page = browser.get(sheet).content.decode()
    assert "25 × 12 months" in page
    assert "5.333333 ACU" in page

    # And the offer goes into the box as it stands, without a model for seats
    submit(browser, page_of(solicitation, "save_technical"), {"text": "We serve it."})
    signer = client_for(vendor_a_signer)
    check = signer.get(page_of(solicitation, "submit_draft"))
    seen = check.context["workspace"].fingerprint
    reply = submit(signer, page_of(solicitation, "submit_draft"), {"seen": seen})
    assert reply.status_code == 303
    assert Submission.objects.get().latest_version is not None


def test_an_offer_handed_in_at_once_is_checked_on_the_workload(
    vendor_a_signer, monkeypatch
):
    solicitation = structured_solicitation()
    now = before(solicitation)
    monkeypatch.setattr("contracting.core.clock.now", lambda: now)
    model = AiModel.objects.get(snapshot=SNAPSHOT).public_id
    figures = {**FIGURES, **BESIDE}
    lines = list(lines_of(solicitation))
    data = {
        "technical": "We serve it.",
        "check": "1",
        **{f"model_{line.clin}": model for line in lines if line.names_a_model},
        **{f"price_{line.public_id}": figures[line.slin] for line in lines},
    }
    url = reverse("submissions:submit_submission", args=[solicitation.public_id])
    browser = client_for(vendor_a_signer)

    page = browser.get(url).content.decode()
    assert 'data-quote="ACU_PER_MTOK"' in page
    # A browser that seals multiplies these: tokens by month, or millionths of units
    assert 'data-months="4000000 4000000"' in page
    assert 'data-units="300000000"' in page

    answer = submit(browser, url, data).content.decode()

    whole = sum((each.amount for each in STRUCTURES.values()), BESIDE_COST.amount)
    assert "Not handed in yet" in answer
    assert f"${whole:,.2f}" in answer
    assert Submission.objects.count() == 0
