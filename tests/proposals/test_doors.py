"""The pages of a draft: what is left, each part, the answers."""

import logging
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from contracting.proposals.models import Draft
from contracting.reference.models import AiModel
from contracting.solicitations.queries import lines_of
from contracting.submissions.models import Submission, SubmissionVersion
from tests.builders import released_solicitation
from tests.cast import actor, client_for, nothing_happens, submit
from tests.documents import files
from tests.offers import SNAPSHOT, after, amended_solicitation, before
from tests.proposals.drafts import WORDS, saved, whole_draft
from tests.submissions.test_sealed_box import everything_stored, found

pytestmark = pytest.mark.django_db

PAGES = (
    "draft",
    "save_technical",
    "save_prices",
    "save_amendments",
    "attach_draft_files",
    "discard_draft",
    "submit_draft",
    "price_template",
)


@pytest.fixture
def told_the_time(monkeypatch):
    """The door's clock: ``told_the_time(instant)``."""

    def tell(instant):
        monkeypatch.setattr("contracting.core.clock.now", lambda: instant)

    return tell


@pytest.fixture
def released(told_the_time):
    """A solicitation, 72 minutes and 40 seconds before its deadline."""
    solicitation = released_solicitation()
    told_the_time(before(solicitation, seconds=4360))
    return solicitation


def page_of(solicitation, name="draft"):
    return reverse(f"proposals:{name}", args=[solicitation.public_id])


def read(browser, solicitation, name="draft"):
    return browser.get(page_of(solicitation, name)).content.decode()


def answer_of(page):
    found_ = re.search(r"data-answer>(.*?)</div>", page, re.S)
    return found_.group(1).strip() if found_ else ""


def cells(solicitation, *typed, **more):
    model = AiModel.objects.get(snapshot=SNAPSHOT).public_id
    lines = list(lines_of(solicitation))
    return {
        **{f"model_{line.clin}": model for line in lines},
        **{
            f"price_{line.public_id}": text
            for line, text in zip(lines, typed, strict=False)
        },
        **more,
    }


def test_the_workspace_says_what_is_left_and_each_page_leads_to_the_click(
    vendor_a_member, released
):
    # Given a draft that has not been begun
    browser = client_for(vendor_a_member)
    with nothing_happens():
        page = read(browser, released)

    # Then it says what is left, and that nothing is submitted
    assert "technical proposal, token price sheet" in answer_of(page)
    assert "<strong>Not submitted.</strong> 3 of 5 parts ready." in page
    assert ">01:12:40</span> left" in page

    # And each of its pages leads to the answers by one click
    for name in PAGES[1:5]:
        assert f'href="{page_of(released, "submit_draft")}"' in read(
            browser, released, name
        )


def test_a_member_writes_and_a_signer_checks_and_submits(
    vendor_a_member, vendor_a_signer, told_the_time
):
    # Given a member who writes every part without JavaScript
    solicitation = amended_solicitation()
    told_the_time(before(solicitation))
    browser = client_for(vendor_a_member)
    submit(browser, page_of(solicitation, "save_technical"), {"text": WORDS})
    submit(
        browser,
        page_of(solicitation, "save_prices"),
        cells(solicitation, *["$2.50"] * lines_of(solicitation).count()),
    )
    submit(browser, page_of(solicitation, "save_amendments"), {"acknowledged": "0001"})
    plan = SimpleUploadedFile("our plan.pdf", files.pdf(), "application/pdf")
    reply = submit(
        browser, page_of(solicitation, "attach_draft_files"), {"attachments": [plan]}
    )
    assert reply.status_code == 303

    # When the member checks the answers, nothing but the signature is missing
    page = read(browser, solicitation, "submit_draft")
    assert "This is exactly what we offer" in answer_of(page)
    assert WORDS in page
    assert "our plan.pdf" in page
    assert '<td class="dd-num">1</td>' in page
    assert vendor_a_signer.name in page
    assert "not now" in page
    with nothing_happens():
        reply = browser.post(
            page_of(solicitation, "submit_draft"), {"seen": "x", "form_token": "token"}
        )
    assert reply.status_code == 403

    # And a signer submits with one click, to the receipt
    signer = client_for(vendor_a_signer)
    check = signer.get(page_of(solicitation, "submit_draft"))
    seen = check.context["workspace"].fingerprint
    reply = submit(signer, page_of(solicitation, "submit_draft"), {"seen": seen})
    version = SubmissionVersion.objects.get()
    assert reply.url == reverse("submissions:receipt", args=[version.public_id])
    assert "Our offer is submitted." in read(browser, solicitation)
    assert Draft.objects.count() == 0


def test_wrong_cells_are_named_and_nothing_typed_is_lost(vendor_a_member, released):
    browser, url = client_for(vendor_a_member), page_of(released, "save_prices")

    reply = submit(browser, url, cells(released, "two fifty", "0", "-1"))

    assert (reply.status_code, reply.url) == (303, url)
    page = read(browser, released, "save_prices")
    assert "There is a problem" in page
    for line, problem in zip(
        lines_of(released),
        ("This is no number.", "0 means free of charge.", "never negative"),
        strict=False,
    ):
        assert re.search(
            rf'href="#price_{line.public_id}">{line.slin}: [^<]*{problem}', page
        )
        assert f'aria-describedby="price_{line.public_id}_error"' in page
    assert 'value="two fifty"' in page
    assert "0 is meant" in page
    assert "needs changes" in read(browser, released).lower()


def test_the_total_is_that_of_the_evaluation(vendor_a_member, released):
    browser = client_for(vendor_a_member)
    count = lines_of(released).count()

    submit(browser, page_of(released, "save_prices"), cells(released, *["2.5"] * count))

    # 2.9 billion tokens at $2.50 per million
    assert "compare $7,250.00" in answer_of(read(browser, released, "save_prices"))


def test_a_pasted_column_is_put_in_place(vendor_a_member, released):
    browser, url = client_for(vendor_a_member), page_of(released, "save_prices")
    template = read(browser, released, "price_template")
    assert template.startswith("Line,Asked for,Tier,Workload tokens,Workload units,")
    rows = [f"{row}3.5" if row else row for row in template.splitlines()]

    submit(browser, url, cells(released, paste="\n".join(rows)))

    page = read(browser, released, "save_prices")
    assert page.count('value="3.5"') == lines_of(released).count()
    assert "put in place" in page or "pasted prices were" in page

    # And what has no place is kept where it was pasted
    with nothing_happens():
        reply = submit(browser, url, cells(released, paste="1\t2\t3\t4\t5\t6\t7\t8\t9"))
    assert reply.status_code == 422
    assert "1\t2\t3\t4" in reply.content.decode()


def test_two_colleagues_see_both_texts(vendor_a_member, vendor_a_signer, released):
    saved(released, "TECHNICAL", {"text": "Our words of before."})
    saved(released, "TECHNICAL", {"text": "Her words."}, seen=1, by="vendor_a_signer")
    browser, url = client_for(vendor_a_member), page_of(released, "save_technical")

    with nothing_happens():
        reply = browser.post(url, {"text": "His words.", "seen_version": "1"})

    page = reply.content.decode()
    assert reply.status_code == 409
    assert "Her " in page
    assert "His words." in page
    assert vendor_a_signer.name in page
    assert 'name="seen_version" value="2"' in page
    reply = browser.post(url, {"text": "His words.", "seen_version": "2"})
    assert reply.status_code == 303


def test_the_page_saves_itself_and_is_told_how_it_went(
    vendor_a_member, released, told_the_time
):
    browser, url = client_for(vendor_a_member), page_of(released, "save_technical")

    def save(text, seen):
        return browser.post(
            url,
            {"text": text, "seen_version": seen},
            headers={"Accept": "application/json"},
        )

    first = save("Words.", 0)
    assert first.status_code == 200
    assert first.json()["version"] == 1
    assert re.match(r"Saved \d\d:\d\d:\d\d E[SD]T$", first.json()["message"])

    saved(released, "TECHNICAL", {"text": "Hers."}, seen=1, by="vendor_a_signer")
    conflict = save("More words.", 1)
    assert conflict.status_code == 409
    assert conflict.json()["code"] == "draft_changed"

    told_the_time(after(released))
    late = save("Late words.", 2)
    assert late.status_code == 409
    assert "The deadline has passed" in late.json()["message"]


def test_after_the_deadline_the_pages_say_so(vendor_a_signer, released, told_the_time):
    whole_draft(on=released)
    told_the_time(after(released))
    browser = client_for(vendor_a_signer)

    assert "is no longer changed" in answer_of(read(browser, released))
    assert "considered (FAR 52.212-1(f))" in read(browser, released, "submit_draft")


def test_a_draft_is_discarded_after_a_warning(vendor_a_member, released):
    whole_draft(on=released)
    browser, url = client_for(vendor_a_member), page_of(released, "discard_draft")

    assert "nobody can bring it back" in answer_of(browser.get(url).content.decode())
    assert submit(browser, url).url == released.public_path

    assert Draft.objects.count() == 0
    assert "There is no draft" in answer_of(browser.get(url).content.decode())


def test_a_file_is_removed_by_its_vendor_and_is_not_there_for_a_rival(
    vendor_a_member, vendor_b_member, released
):
    draft = whole_draft(on=released)
    whole_draft(on=released, by="vendor_b_member")
    ids = [released.public_id, draft.files.get().public_id]
    url = reverse("proposals:detach_draft_file", args=ids)

    with nothing_happens():
        assert client_for(vendor_b_member).get(url).status_code == 404
        assert client_for(vendor_b_member).post(url).status_code == 404
    reply = submit(client_for(vendor_a_member), url)
    assert reply.url == page_of(released, "attach_draft_files")
    assert draft.files.count() == 0


def test_a_rival_sees_nothing_and_nobody_of_the_agency_finds_the_page(
    vendor_b_signer, vendor_a_administrator, released
):
    whole_draft(on=released)
    rival = client_for(vendor_b_signer)
    assert "<strong>Not submitted.</strong> 3 of 5 parts ready." in read(
        rival, released
    )
    for name in PAGES:
        page = read(rival, released, name)
        assert WORDS not in page
        assert "plan.txt" not in page

    for part in ("contracting_officer", "auditor", "administrator"):
        for name in PAGES:
            reply = client_for(actor(part)).get(page_of(released, name))
            assert reply.status_code == 404

    # Whose role in the vendor is another one is told so
    reply = client_for(vendor_a_administrator).get(page_of(released))
    assert reply.status_code == 403
    assert "Only a member or signer" in reply.content.decode()


def test_what_is_typed_into_a_draft_is_in_no_table_no_file_and_no_log(
    vendor_a_signer, released, settings, tmp_path, caplog
):
    # Given storage of its own, and everything that is logged
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path, "base_url": None},
        },
    }
    caplog.set_level(logging.DEBUG)
    secrets = {
        "text": b"canary-of-the-draft",
        "price": b"4321.987654",
        "name": b"canary-in-a-name",
        "body": b"canary-in-a-body",
    }

    # When a draft is written on its pages, wrong cells and conflicts included
    browser = client_for(vendor_a_signer)
    words = secrets["text"].decode()
    submit(browser, page_of(released, "save_technical"), {"text": words})
    browser.post(
        page_of(released, "save_technical"), {"text": f"{words} 2", "seen_version": "9"}
    )
    typed = cells(released, secrets["price"].decode(), f"{words} 3")
    submit(browser, page_of(released, "save_prices"), typed)
    name = f"{secrets['name'].decode()}.txt"
    plan = SimpleUploadedFile(name, secrets["body"], "text/plain")
    submit(browser, page_of(released, "attach_draft_files"), {"attachments": [plan]})
    submit(browser, page_of(released, "submit_draft"), {"seen": "stale"})

    # Then nothing of it is anywhere outside of the draft
    assert Draft.objects.count() == 1
    assert Submission.objects.count() == 0
    stored = everything_stored() + caplog.text.encode()
    for secret in secrets.values():
        assert not found(secret, stored)

    # And no row of the draft names vendor or solicitation
    for row in Draft.objects.values():
        assert released.public_id not in str(row)


def test_the_search_finds_a_draft_that_is_not_sealed(
    vendor_a_signer, released, monkeypatch
):
    # Given the same pages with the encryption of drafts switched off
    monkeypatch.setattr(
        "contracting.proposals.calculations.encrypt", lambda raw, *, key, binding: raw
    )

    words = {"text": "canary-of-the-draft"}
    client_for(vendor_a_signer).post(page_of(released, "save_technical"), words)

    assert found(b"canary-of-the-draft", everything_stored())
