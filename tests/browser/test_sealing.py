"""Client mode in a real browser: what is typed never leaves it in the clear."""

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import reverse

from contracting.documents.models import Blob
from contracting.documents.queries import read_blob
from contracting.reference.models import AiModel
from contracting.solicitations.operations.release import release_solicitation
from contracting.submissions.models import OpenedOffer, Submission
from contracting.submissions.operations.rehearse import rehearse_opening
from contracting.submissions.queries import (
    given_shares,
    opening_of,
    rehearsal_of,
)
from contracting.submissions.sealing import keys
from contracting.submissions.sealing.offerors import pseudonym_of
from contracting.submissions.sealing.openers import opener_key_of
from contracting.submissions.states import OpeningPurpose
from tests.browser.conftest import Site, Visits
from tests.browser.wire import holds, spelled
from tests.builders import DAY
from tests.cast import AT, PARTS, actor
from tests.offer_keys import READING
from tests.offers import (
    OPENERS,
    PASSPHRASE,
    SNAPSHOT,
    opened_offers,
    the_box,
    the_private_half,
)

WORDS = "canary-of-the-technical-proposal"
NAME = "canary-plan.txt"
BODY = b"canary-in-the-body-of-a-file"
PRICE = "4321.987654"
SECRETS = (WORDS.encode(), NAME.encode(), BODY, PRICE.encode())


@pytest.fixture
def visit(sealing, wire, chromium) -> Iterator[Visits]:
    """Visits to that site."""
    visits = Visits(Site(wire.address), chromium)
    yield visits
    for visitor in visits.visitors:
        visitor.context.close()


def fill_in(page, *, with_file: bool = True) -> None:
    """The whole form, with a canary in each part."""
    page.get_by_label("Technical proposal").fill(f"Ours is the best. {WORDS}.")
    if with_file:
        page.locator("input[type=file]").set_input_files(
            {"name": NAME, "mimeType": "text/plain", "buffer": BODY}
        )
    for select in page.locator("select[name^=model_]").all():
        select.select_option(
            label=page.evaluate(_LABEL, [select.element_handle(), SNAPSHOT])
        )
    for number, price in enumerate(page.locator("input[name^=price_]").all()):
        price.fill("2.5" if number else PRICE)


_LABEL = "([s, n]) => [...s.options].find((o) => o.text.startsWith(n)).text"


def test_an_offer_leaves_the_browser_sealed_and_opens_to_what_was_typed(
    visit, wire, sealing
):
    # Given a vendor's browser on the page, which says what it will do
    visitor = visit().log_in("vendor_a_signer")
    page = visitor.page
    visitor.go(sealing.path)
    page.get_by_text("Client mode.", exact=True).wait_for()
    assert not page.get_by_text("Server mode.", exact=True).is_visible()

    # When prices are checked, and the offer is handed in
    fill_in(page)
    page.get_by_role("button", name="Check prices first").click()
    page.get_by_text("on the reference workload").first.wait_for()
    page.get_by_role("button", name="Submit this offer").click()
    page.wait_for_url("**/receipts/*")

    # Then the receipt says so, and nothing that was typed was sent or is in memory
    assert page.get_by_text("client mode", exact=True).is_visible()
    assert visitor.complaints == []
    assert len(wire.sent) > 4096
    assert b"password=" in wire.sent
    assert not any(secret in wire.sent for secret in SECRETS)
    for worker in sealing.workers():
        assert holds(worker, sealing.solicitation.public_id.encode())
        assert not any(holds(worker, secret) for secret in SECRETS)

    # And its openers read what was typed, to the byte
    with sealing.database_of_it():
        opened_offers(on=sealing.solicitation)
        offer = OpenedOffer.objects.get()
        assert offer.flaws == []
        assert offer.technical == f"Ours is the best. {WORDS}."
        assert [file["name"] for file in offer.files] == [NAME]
        blob = Blob.objects.get(sha256=offer.files[0]["blob_sha256"])
        assert read_blob(blob) == BODY
        model = AiModel.objects.get(snapshot=SNAPSHOT)
        rates = offer.rates.order_by("line__slin", "pk")
        assert {rate.model_id for rate in rates} == {model.pk}
        assert str(rates[0].usd_per_million_tokens) == PRICE


def test_a_browser_refuses_a_key_that_was_exchanged(visit, sealing):
    # Given somebody between the site and the browser who puts a key of their own
    visitor = visit().log_in("vendor_b_signer")
    page = visitor.page
    other = f'data-key="{b64encode(keys.new_pair().public).decode()}"'
    posted: list[str] = []

    def exchange(route):
        if route.request.method == "POST":
            posted.append(route.request.url)
        answer = route.fetch()
        text = answer.text()
        start = text.index('data-key="')
        end = text.index('"', start + 10) + 1
        route.fulfill(response=answer, body=text[:start] + other + text[end:])

    page.route(f"**{sealing.path}", exchange)
    visitor.go(sealing.path)

    # Then the browser says so at once, and whatever is pressed sends nothing
    refused = page.get_by_text("The key on this page is not the one")
    refused.wait_for()
    fill_in(page)
    page.get_by_role("button", name="Submit this offer").click()
    page.wait_for_timeout(500)
    assert refused.is_visible()
    assert posted == []
    with sealing.database_of_it():
        own = pseudonym_of(
            sealing.solicitation.public_id, actor("vendor_b_signer").own_organization_id
        )
        assert not Submission.objects.filter(pseudonym=own).exists()


def test_what_is_wrong_is_said_before_it_is_sealed_and_what_was_typed_stays(
    visit, sealing
):
    visitor = visit().log_in("other_vendor_signer")
    page = visitor.page
    visitor.go(sealing.path)
    page.get_by_label("Technical proposal").fill("Ours.")
    page.get_by_label("Fingerprint as you read it").fill("0123 4567 89ab cdef")

    page.get_by_role("button", name="Submit this offer").click()

    page.get_by_text("The fingerprint that you typed is not that").wait_for()
    page.get_by_label("Fingerprint as you read it").fill("")
    page.get_by_role("button", name="Submit this offer").click()
    page.get_by_text("Choose a model for each CLIN.").wait_for()
    assert page.get_by_label("Technical proposal").input_value() == "Ours."


def test_without_scripts_the_same_form_says_that_the_server_seals(visit, sealing):
    visitor = visit(javascript=False).log_in("other_vendor_signer")
    visitor.go(sealing.path)

    assert visitor.page.get_by_text("Server mode.", exact=True).is_visible()
    assert not visitor.page.get_by_text("Client mode.", exact=True).is_visible()


def test_an_opener_enrols_in_the_browser_and_the_passphrase_stays_there(
    visit, wire, sealing
):
    # Given an opener's browser on the page of enrolment
    visitor = visit().log_in("source_selection_authority")
    page = visitor.page
    visitor.go(reverse("submissions:enrol_opener"))
    page.get_by_text("Client mode.", exact=True).wait_for()

    # When the passphrase is typed twice
    page.get_by_label("Passphrase for opening offers").fill(PASSPHRASE)
    page.get_by_label("The same passphrase again").fill(PASSPHRASE)
    page.get_by_text("I understand that nobody can bring").click()
    page.get_by_role("button", name="Enrol").click()
    page.wait_for_url("**/openers")

    # Then the key opens with it, and it was never sent
    assert b"locked" in wire.sent
    assert not any(typed in wire.sent for typed in spelled(PASSPHRASE))
    with sealing.database_of_it():
        part = actor("source_selection_authority")
        key = opener_key_of(part.user_id)
        assert key is not None
        assert keys.public_of(keys.unlock(key.locked, PASSPHRASE)) == key.locked.public


def test_an_opener_rehearses_in_the_browser_and_the_passphrase_stays_there(
    visit, wire, sealing
):
    # Given an opener of a box that nobody has rehearsed
    package = sealing.to_rehearse
    visitor = visit().log_in("contract_specialist")
    page = visitor.page
    visitor.go(reverse("submissions:rehearse_opening", args=[package.public_id]))

    # When another passphrase is typed, and then the right one
    page.get_by_label("Your passphrase for opening offers").fill("not the right words")
    page.get_by_role("button", name="Give my share").click()
    page.get_by_text("This passphrase does not open your opener's key.").wait_for()
    page.get_by_label("Your passphrase for opening offers").fill(PASSPHRASE)
    page.get_by_role("button", name="Give my share").click()
    page.wait_for_url("**/box")

    # Then the share is given, and no passphrase was sent
    assert b"share=" in wire.sent
    assert not any(typed in wire.sent for typed in spelled(PASSPHRASE))
    with sealing.database_of_it():
        opening = opening_of(rehearsal_of(package), OpeningPurpose.REHEARSAL)
        assert given_shares(opening).count() == 1


def test_the_keys_of_a_box_are_made_in_the_browser_and_stay_there(visit, wire, sealing):
    # Given a contracting officer's browser on the page that names the openers
    package = sealing.to_name
    visitor = visit().log_in("contracting_officer")
    page = visitor.page
    visitor.go(reverse("submissions:name_openers", args=[package.public_id]))
    page.get_by_text("Client mode.", exact=True).wait_for()

    # When two of three are to open together
    for box in page.locator("[name=openers]").all():
        if box.is_checked() != (part_of(box) in OPENERS):
            box.evaluate("input => input.click()")
    page.get_by_label("How many of them open together").fill("2")
    page.get_by_role("button", name="Name these openers").click()
    page.wait_for_url("**/box")

    # Then they rehearse, it is released, and their shares give the key of the box
    with sealing.database_of_it():
        for part in OPENERS[:2]:
            rehearse_opening(
                solicitation_id=package.pk, passphrase=PASSPHRASE, by=actor(part), at=AT
            )
        package.refresh_from_db()
        released = release_solicitation(
            solicitation_id=package.pk,
            by=actor("contracting_officer"),
            at=AT + DAY,
            seen_version=package.version,
        )
        own = the_box(released)
        assert own.mode == "CLIENT"
        private = the_private_half(released)
        assert keys.public_of(private) == bytes(own.public_key)

    # And its private half was never sent
    assert own.public_id.encode() in wire.sent
    for secret in (private, private.hex().encode(), b64encode(private)[:-1]):
        assert secret not in wire.sent


def choose_passphrase(visitor) -> None:
    visitor.go(reverse("submissions:hold_offer_key"))
    page = visitor.page
    page.get_by_text("Client mode.", exact=True).wait_for()
    page.get_by_label("Passphrase for reading our offers again").fill(READING)
    page.get_by_label("The same passphrase again").fill(READING)
    page.get_by_text("I understand that nobody can bring").click()
    page.get_by_role("button", name="Choose this passphrase").click()
    page.wait_for_url("**/offer_key")


def hand_in(visitor, path: str, button: str) -> str:
    """Fill in the offer, hand it in, and come to its receipt."""
    visitor.go(path)
    fill_in(visitor.page)
    visitor.page.get_by_role("button", name=button).click()
    visitor.page.wait_for_url("**/receipts/*")
    return str(visitor.page.url).removeprefix(visitor.site.address)


def read_again(visitor, receipt: str) -> None:
    visitor.go(f"{receipt}/reread")
    visitor.page.get_by_label("Your passphrase for reading our offers").fill(READING)
    visitor.page.get_by_role("button", name="Read it").click()


def test_holders_read_their_offer_again_in_the_browser_and_it_stays_there(
    visit, wire, sealing
):
    # Given a signer and a member of a vendor, who choose passphrases in their browsers
    signer = visit().log_in("vendor_b_signer")
    choose_passphrase(signer)
    member = visit().log_in("vendor_b_member")
    choose_passphrase(member)

    # When the one shares the offer key with the other, and hands in an offer
    page = signer.page
    signer.go(reverse("submissions:share_offer_key"))
    page.locator("[name=holder]").first.evaluate("input => input.click()")
    page.get_by_label("Your passphrase for reading our offers").fill(READING)
    page.get_by_role("button", name="Share the offer key").click()
    page.wait_for_url("**/offer_key")
    path = reverse("submissions:submit_submission", args=[sealing.to_reread.public_id])
    receipt = hand_in(signer, path, "Submit this offer")

    # Then both read text, prices and file again, and a wrong passphrase shows nothing
    for visitor in (signer, member):
        read_again(visitor, receipt)
        visitor.page.get_by_text(f"Ours is the best. {WORDS}.").wait_for()
        assert visitor.page.get_by_role("cell", name=PRICE).is_visible()
        with visitor.page.expect_download() as fetched:
            visitor.page.get_by_role("link", name=NAME).click()
        assert Path(fetched.value.path()).read_bytes() == BODY
        assert visitor.complaints == []
    page.get_by_label("Your passphrase for reading our offers").fill("not these words")
    page.get_by_role("button", name="Read it").click()
    page.get_by_text("This passphrase does not open your key.").wait_for()
    assert not page.get_by_text(WORDS).is_visible()

    # And neither passphrase nor offer was ever sent, or is in the server's memory
    assert b"made" in wire.sent
    secrets = [*SECRETS, *spelled(READING)]
    assert not any(secret in wire.sent for secret in secrets)
    for worker in sealing.workers():
        assert not any(holds(worker, secret) for secret in SECRETS)

    # And what the server seals, without scripts, the browser opens as well
    offer = submission_of(sealing)
    path = reverse("submissions:replace_submission", args=[offer])
    plain = visit(javascript=False).log_in("vendor_b_signer")
    second = hand_in(plain, path, "Replace our offer")
    read_again(member, second)
    member.page.get_by_text(f"Ours is the best. {WORDS}.").wait_for()
    assert member.page.get_by_role("cell", name=PRICE).is_visible()

    # And when the member is taken off, the browser makes a key for the signer alone
    signer.go(reverse("submissions:rotate_offer_key"))
    page.locator("[name=leaving]").first.evaluate("input => input.click()")
    page.get_by_text("I understand that what was read was read").click()
    page.get_by_role("button", name="Replace the offer key").click()
    page.wait_for_url("**/offer_key")
    assert member.go(f"{second}/reread").status == 403
    read_again(signer, second)
    page.get_by_text(f"Ours is the best. {WORDS}.").wait_for()


def submission_of(sealing) -> str:
    """The public id of the one that is read again."""
    with sealing.database_of_it():
        own = Submission.objects.get(solicitation=sealing.to_reread)
        return str(own.public_id)


def part_of(box) -> str:
    """The part that an opener plays, by what stands beside the box."""
    label = box.evaluate("input => input.labels[0].textContent")
    return next((part for part in OPENERS if PARTS[part].name in label), "")
