"""No offers and fifty offers look the same to whoever has no need to know.

Every page, endpoint, feed and map of the site is read by an outsider, a rival and
people of the Government, with its headers, and every e-mail that is waiting: first
while nobody has offered, then when fifty vendors have. Not a byte may differ. Openers
were replaced meanwhile: half of the fifty lie under the former key, and some of those
are sealed anew; that tells nothing either. How long pages take is measured side by side
and reported: a slow machine fails nothing. With FULL=1, on a quiet one, the medians of
200 requests a side have to be within 5 % of each other.
"""

import os
import sys
import time
from statistics import median

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import Membership, Organization, User
from accounts.queries import actor_of
from contracting.notices.operations.sweep_notices import sweep_notices
from contracting.submissions.models import Submission, SubmissionVersion
from contracting.submissions.operations import receive
from contracting.submissions.operations.hold import hold_offer_key
from contracting.submissions.operations.reseal import reseal_version
from contracting.submissions.operations.submit import submit_submission
from contracting.submissions.queries import amendment_numbers, submission_of
from contracting.submissions.sealing.openers import boxes_of
from tests.builders import released_solicitation
from tests.cast import actor, client_for
from tests.journeys.test_nobody_sees_an_offer_arrive import addresses, everything_shown
from tests.offer_keys import READING
from tests.offers import before, latest_version, offer_on, replaced_openers

pytestmark = pytest.mark.django_db

CLOCK = "contracting.core.clock.now"
OFFERS = 50
FULL = bool(os.environ.get("FULL"))
ASKED = 200 if FULL else 25
"""How often each page is asked for on either side; more wants a machine of its own."""
CLOSE = 0.05 if FULL else 0.5
WARMING = 5
LOOKING = [
    "contracting_officer",
    "legal_reviewer",  # who opens what lies under the former key
    "administrator",
    "auditor",
    "vendor_b_signer",
]


def signers():
    """Fifty vendors, each with somebody who signs."""
    found = []
    for number in range(OFFERS):
        house = Organization.objects.create(name=f"Vendor {number:02}", kind="VENDOR")
        user = User.objects.create_user(f"signer.{number}@example.test", name="Signer")
        held = Membership.objects.create(
            user=user, organization=house, role="VENDOR_SIGNER"
        )
        found.append(actor_of(held))
    return found


def all_offer(solicitation, everybody):
    offer = offer_on(solicitation)
    for by in everybody:
        submit_submission(
            solicitation_id=solicitation.pk,
            offer=offer,
            acknowledged=amendment_numbers(solicitation),
            by=by,
            at=before(solicitation, minutes=30),
        )


def mailed(solicitation) -> list[tuple[str, str, list[str]]]:
    """Everything that waits to be sent, as it leaves."""
    mail.outbox.clear()
    sweep_notices(at=before(solicitation, minutes=5), limit=10_000)
    return [(str(each.subject), str(each.body), each.to) for each in mail.outbox]


@pytest.mark.rule("R-SUB-03", case="allowed")
def test_no_offer_and_fifty_offers_show_the_same(monkeypatch):
    # Given fifty vendors, none of whom has offered, and all that others can look at
    solicitation = replaced_openers(on=released_solicitation())
    everybody, former = signers(), boxes_of(solicitation)[1]
    monkeypatch.setattr(CLOCK, lambda: before(solicitation, minutes=5))
    mailed(solicitation)
    paths = addresses(solicitation)
    browsers = {part: client_for(actor(part)) for part in LOOKING}
    browsers["an outsider"] = Client()
    for browser in browsers.values():
        browser.raise_request_exception = False
    first = {who: everything_shown(each, paths) for who, each in browsers.items()}
    assert len(paths) > 30

    # When all of them offer, every second one with an offer key of its own
    for by in everybody[::2]:
        hold_offer_key(passphrase=READING, by=by, at=before(solicitation, hours=1))
    with monkeypatch.context() as earlier:
        earlier.setattr(receive, "published_box", lambda _solicitation: former)
        all_offer(solicitation, everybody[::2])
    all_offer(solicitation, everybody[1::2])
    for by in everybody[:10:2]:
        own = submission_of(by, solicitation)
        assert own is not None
        reseal_version(
            version_id=latest_version(own).pk,
            passphrase=READING,
            by=by,
            at=before(solicitation, minutes=20),
        )
    assert former.key_wraps.count() == OFFERS // 2 - 5

    # Then each of them is shown the same, header by header, and nobody is written to
    for who, browser in browsers.items():
        shown = everything_shown(browser, paths)
        differing = [path for path in paths if shown[path] != first[who][path]]
        assert differing == [], who
    assert mailed(solicitation) == []

    # And no address tells which came first, or how many there are
    for model in (Submission, SubmissionVersion):
        given = list(model.objects.order_by("pk").values_list("public_id", flat=True))
        assert len(given) == OFFERS
        assert given not in (sorted(given), sorted(given, reverse=True))
        assert {len(each) for each in given} == {len(given[0])}


def test_how_long_a_page_takes_is_told_beside_each_other(
    monkeypatch, record_property, capsys
):
    # Given a solicitation with fifty offers beside one that has none
    full, empty = released_solicitation(), released_solicitation()
    monkeypatch.setattr(CLOCK, lambda: before(full, minutes=5))
    all_offer(full, signers())
    pages = {
        ("solicitations:solicitation", "contracting_officer"),
        ("submissions:opening", "contracting_officer"),
        ("opportunities:opportunity", "vendor_b_signer"),
        ("opportunities:opportunity", "administrator"),
        ("submissions:published_box", "vendor_b_signer"),
        ("submissions:submit_submission", "vendor_b_signer"),
    }

    # When each page is asked for, by turns
    for name, part in sorted(pages):
        browser = client_for(actor(part))
        paths = [reverse(name, args=[each.public_id]) for each in (full, empty)]
        taken: dict[str, list[float]] = {path: [] for path in paths}
        for turn in range(2 * (ASKED + WARMING)):
            path = paths[turn % 2]
            began = time.perf_counter()
            assert browser.get(path).status_code == 200
            taken[path].append(time.perf_counter() - began)
        of_full, of_empty = (median(taken[path][WARMING:]) for path in paths)

        # Then both medians are reported, and are as close as can be asked for
        ratio = of_full / of_empty
        record_property(name, round(ratio, 3))
        with capsys.disabled():
            times = f"{of_full * 1e3:.2f} ms against {of_empty * 1e3:.2f} ms"
            sys.stdout.write(f"\n{name}: {times}, ratio {ratio:.3f}\n")
        assert 1 - CLOSE < ratio < 1 / (1 - CLOSE), name
