"""Discrepancies that are alike are settled by one word, within one's own permission."""

from __future__ import annotations

import pytest
from django.urls import reverse

from contracting.core.errors import NotAllowed
from contracting.reconciliation.models import Finding
from contracting.reconciliation.operations.resolve_alike import resolve_alike_findings
from contracting.reconciliation.refusals import ResolutionMissing
from tests.builders_billing import ACCEPTED_AT, Call, compared, reported, used
from tests.cast import actor, client_for, nothing_happens, submit


def alike(findings, *, code="accept-A", by="cor"):
    return resolve_alike_findings(
        order_id=findings[0].order_id,
        finding_ids=[each.pk for each in findings],
        code=code,
        reason="Seen by nobody here.",
        by=actor(by),
        at=ACCEPTED_AT,
    )


def left():
    return Finding.objects.filter(resolution__isnull=True).count()


def test_discrepancies_that_are_alike_are_resolved_by_one_word(strangers):
    assert len(alike(strangers)) == 3

    assert left() == 0


@pytest.mark.parametrize("outsider", ["other_agency_officer", "vendor_a_signer"])
def test_an_outsider_resolves_none(strangers, outsider):
    with nothing_happens(), pytest.raises(NotAllowed):
        alike(strangers, by=outsider)


@pytest.mark.rule("R-REC-02", case="refused")
def test_many_are_settled_only_within_ones_own_permission(order, strangers):
    # Given one of the officer's size among them
    big = Call("r-99", {"OUT_TEXT": 90_000}, minute=50)
    reported(order, [big], label="More of that day", at=ACCEPTED_AT)
    compared(order, at=ACCEPTED_AT)
    found = Finding.objects.get(tolerance_tier=3)

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        alike([*strangers[:1], found])

    assert refusal.value.rule == "R-REC-02"


def test_what_is_not_alike_is_not_settled_together(order, strangers):
    used(order, [Call("r-5", {"OUT_TEXT": 10}, minute=45)], at=ACCEPTED_AT)
    compared(order, at=ACCEPTED_AT)
    other = Finding.objects.get(code="MISSING_B")

    for wrong in ([*strangers, other], []):
        with nothing_happens(), pytest.raises(ResolutionMissing):
            resolve_alike_findings(
                order_id=order.pk,
                finding_ids=[each.pk for each in wrong],
                code="accept-A",
                reason="All the same.",
                by=actor("contracting_officer"),
                at=ACCEPTED_AT,
            )


def test_to_pay_beyond_our_meter_is_said_one_by_one(strangers):
    with nothing_happens(), pytest.raises(ResolutionMissing):
        alike(strangers, code="accept-B", by="contracting_officer")


def test_those_alike_are_resolved_in_the_browser(strangers, told_the_time):
    browser = client_for(actor("cor"))
    page = reverse(
        "reconciliation:resolve_alike_findings", args=[strangers[0].public_id]
    )
    assert strangers[2].public_id in browser.get(page).content.decode()

    done = submit(
        browser,
        page,
        {
            "findings": [each.public_id for each in strangers[:2]],
            "code": "accept-A",
            "reason": "Seen by nobody here.",
        },
    )

    assert done.status_code == 303
    assert left() == 1
    assert client_for(actor("other_agency_officer")).get(page).status_code == 404
