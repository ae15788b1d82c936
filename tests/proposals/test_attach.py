"""Attaching files to a draft."""

import pytest

from contracting.core.errors import NotAllowed
from contracting.proposals.operations.attach import CountedFile, attach_draft_files
from contracting.proposals.queries import content_of, draft_of, files_of, key_of
from contracting.proposals.refusals import (
    DraftClosed,
    DraftFileUnfit,
    DraftTooLarge,
)
from contracting.submissions.calculations import OfferedFile
from tests.builders import released_solicitation
from tests.cast import nothing_happens
from tests.offers import after, before

pytestmark = pytest.mark.django_db


def attach(solicitation, by, *contents, name="plan.txt", at=None):
    files = [
        CountedFile(OfferedFile(name, "text/plain", content), pages=3)
        for content in contents
    ]
    return attach_draft_files(
        solicitation_id=solicitation.pk,
        files=files,
        by=by,
        at=at or before(solicitation),
    )


def test_a_file_is_kept_with_size_pages_and_hash(vendor_a_member, vendor_b_member):
    solicitation = released_solicitation()

    draft = attach(solicitation, vendor_a_member, b"Our plan.")

    (facts,) = files_of(draft)
    assert (facts.name, facts.size_bytes, facts.pages) == ("plan.txt", 9, 3)
    assert len(facts.sha256) == 64
    assert content_of(draft.files.get(), key_of(draft)) == b"Our plan."
    assert files_of(draft_of(vendor_b_member, solicitation)) == []


def test_the_same_file_twice_is_one(vendor_a_member, vendor_a_signer):
    solicitation = released_solicitation()
    attach(solicitation, vendor_a_member, b"Our plan.")

    with nothing_happens():
        attach(solicitation, vendor_a_signer, b"Our plan.")


def test_another_file_of_the_same_name_is_refused(vendor_a_member):
    solicitation = released_solicitation()
    attach(solicitation, vendor_a_member, b"Our plan.")

    for name, content in (("plan.txt", b"Other."), ("Price schedule", b"Other.")):
        with nothing_happens(), pytest.raises(DraftFileUnfit) as refusal:
            attach(solicitation, vendor_a_member, content, name=name)
        assert refusal.value.rule == "R-SUB-12"


@pytest.mark.rule("R-SUB-12", case="refused")
def test_files_and_bytes_are_counted_over_the_whole_draft(vendor_a_member):
    # Given a solicitation that takes two files and a megabyte
    solicitation = released_solicitation(terms={"most_files": 2, "most_megabytes": 1})
    attach(solicitation, vendor_a_member, b"1" * 600_000)

    with nothing_happens(), pytest.raises(DraftTooLarge) as refusal:
        attach(solicitation, vendor_a_member, b"2" * 600_000, name="more.txt")
    assert "1.1 of 1 MB" in str(refusal.value)

    attach(solicitation, vendor_a_member, b"12", name="more.txt")
    with nothing_happens(), pytest.raises(DraftTooLarge) as refusal:
        attach(solicitation, vendor_a_member, b"1", name="third.txt")
    assert "3 of 2 files" in str(refusal.value)


@pytest.mark.rule("R-SUB-12", case="refused")
@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({"most_pages": 2}, "The PDF files have 3 pages"),
        ({"file_kinds": ["pdf"]}, "of a kind that the solicitation does not take"),
    ],
)
def test_pages_and_kinds_are_counted_at_upload(vendor_a_member, terms, words):
    solicitation = released_solicitation(terms=terms)

    with nothing_happens(), pytest.raises(DraftTooLarge, match=words):
        attach(solicitation, vendor_a_member, b"Our plan.")


def test_nothing_is_attached_after_the_deadline_or_by_others(
    vendor_a_member, contracting_officer
):
    solicitation = released_solicitation()

    with nothing_happens(), pytest.raises(DraftClosed):
        attach(solicitation, vendor_a_member, b"Late.", at=after(solicitation))
    with nothing_happens(), pytest.raises(NotAllowed):
        attach(solicitation, contracting_officer, b"Ours.")
