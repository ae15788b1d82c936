"""A draft of each alternate, beside the draft of the base offer (R-SUB-10)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from contracting.core.actors import SYSTEM
from contracting.proposals.models import Draft
from contracting.proposals.operations.expire import expire_drafts
from contracting.proposals.operations.save import save_draft
from contracting.proposals.operations.submit import submit_draft
from contracting.proposals.queries import draft_of, drafted, next_to_draft, workspace_of
from contracting.submissions.models import Submission
from contracting.submissions.refusals import AlternateNotTaken
from tests.builders import released_solicitation
from tests.cast import actor, client_for, nothing_happens, submit
from tests.offers import before, deadline, submitted_offer
from tests.proposals.drafts import WORDS, prices_on, saved, whole_draft

pytestmark = pytest.mark.django_db


def test_each_alternate_has_a_draft_of_its_own_and_is_submitted_by_itself(
    vendor_a_signer, vendor_b_signer
):
    # Given a draft of the base offer, and one of alternate 1 with other words
    solicitation = released_solicitation()
    whole_draft(on=solicitation)
    for part, content in (
        ("TECHNICAL", {"text": "Another model, and cheaper."}),
        ("PRICES", prices_on(solicitation, "1.5")),
    ):
        saved(solicitation, part, content, alternate=1)
    assert drafted(vendor_a_signer, solicitation) == [0, 1]
    assert next_to_draft(vendor_a_signer, solicitation) == 2
    assert drafted(vendor_b_signer, solicitation) == []

    # When the alternate is submitted
    now = before(solicitation)
    seen = workspace_of(vendor_a_signer, solicitation, now, 1).fingerprint
    submission = submit_draft(
        solicitation_id=solicitation.pk,
        seen=seen,
        by=vendor_a_signer,
        at=now,
        alternate=1,
    )

    # Then it is alternate 1, and the draft of the base offer is still there
    assert submission.alternate == 1
    assert drafted(vendor_a_signer, solicitation) == [0]
    assert workspace_of(vendor_a_signer, solicitation, now).technical == WORDS
    assert not workspace_of(vendor_a_signer, solicitation, now).is_submitted
    assert workspace_of(vendor_a_signer, solicitation, now, 1).is_submitted
    assert next_to_draft(vendor_a_signer, solicitation) == 2


@pytest.mark.rule("R-SUB-10", case="refused")
def test_no_draft_is_begun_of_an_alternate_that_is_not_taken(vendor_a_member):
    solicitation = released_solicitation(terms={"alternates_taken": 1})

    with nothing_happens(), pytest.raises(AlternateNotTaken) as refusal:
        save_draft(
            solicitation_id=solicitation.pk,
            part="TECHNICAL",
            content={"text": WORDS},
            seen_version=0,
            by=vendor_a_member,
            at=before(solicitation),
            alternate=2,
        )

    assert refusal.value.rule == "R-SUB-10"


def test_drafts_of_alternates_expire_too():
    solicitation = released_solicitation()
    saved(solicitation, "TECHNICAL", {"text": WORDS}, alternate=2)
    assert draft_of(actor("vendor_a_member"), solicitation, 2) is not None

    expired = expire_drafts(by=SYSTEM, at=deadline(solicitation) + timedelta(days=31))

    assert expired == 1
    assert Draft.objects.count() == 0


def test_the_pages_of_a_draft_lead_to_the_next_alternate(vendor_a_signer, monkeypatch):
    # Given a vendor whose base offer is submitted
    solicitation = released_solicitation()
    submitted_offer(on=solicitation)
    now = before(solicitation)
    monkeypatch.setattr("contracting.core.clock.now", lambda: now)
    browser = client_for(vendor_a_signer)

    def address(name, number):
        return reverse(f"proposals:{name}", args=[solicitation.public_id, number])

    # When it reads its draft, Then that leads to alternate 1
    page = browser.get(address("draft", 0)).content.decode()
    assert f'href="{address("draft", 1)}"' in page
    assert "Add an alternate" in page

    # When every part of it is saved there
    text = {"text": WORDS, "seen_version": "0"}
    reply = submit(browser, address("save_technical", 1), text)
    assert reply.url == address("save_technical", 1)
    saved(solicitation, "PRICES", prices_on(solicitation), alternate=1)
    page = browser.get(address("draft", 1)).content.decode()
    assert "Our draft of alternate 1 on" in page
    assert address("save_prices", 1) in page

    # Then a signer submits it as an alternate
    seen = workspace_of(vendor_a_signer, solicitation, now, 1).fingerprint
    submit(browser, address("submit_draft", 1), {"seen": seen})
    assert [each.alternate for each in Submission.objects.order_by("pk")] == [0, 1]
