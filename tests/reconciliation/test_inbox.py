"""The inbox: what waits for whom, how long already, and what would settle it."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse

from tests.builders_billing import ACCEPTED_AT
from tests.cast import actor, client_for

FINDINGS = reverse("reconciliation:findings")
LATE_AT = ACCEPTED_AT + timedelta(days=30)


def test_the_inbox_shows_what_waits_for_whom_and_what_is_overdue(
    strangers, told_the_time
):
    told_the_time(LATE_AT)
    owner = client_for(actor("cor"))

    page = owner.get(FINDINGS, {"whose": "mine"}).content.decode()
    assert (
        "3 of 3 discrepancies are not settled yet. 3 are overdue. 3 wait for you."
        in page
    )
    assert page.count(strangers[0].path) == 1
    assert (
        owner.get(FINDINGS, {"tier": "3"}).content.decode().count("/findings/fnd") == 0
    )
    other = client_for(actor("contracting_officer")).get(FINDINGS, {"whose": "mine"})
    assert strangers[0].path not in other.content.decode()


def test_the_effect_of_each_resolution_stands_before_the_click(
    strangers, told_the_time
):
    page = client_for(actor("cor")).get(
        reverse("reconciliation:resolve_finding", args=[strangers[0].public_id])
    )

    text = " ".join(page.content.decode().split())
    assert "What each resolution would do now" in text
    assert "Not here: The contract states no cap of write-offs." in text
    assert "Only a contracting officer of this agency may resolve" in text
    assert 'value="accept-C"' not in text
