"""The pieces of a file on its way to a draft."""

from hashlib import sha256

import pytest

from contracting.core.errors import NotAllowed, NotVisible
from contracting.proposals import pieces
from contracting.proposals.models import UploadPiece
from contracting.proposals.queries import content_of, draft_of, key_of
from contracting.proposals.refusals import (
    DraftTooLarge,
    UploadDamaged,
    UploadMisplaced,
)
from tests.builders import released_solicitation
from tests.cast import actor, nothing_happens
from tests.proposals.drafts import appended, begun_upload, completed
from tests.submissions.test_sealed_box import everything_stored, found

pytestmark = pytest.mark.django_db

SECRET = b"canary-of-a-piece"
PLAN = SECRET + bytes(range(32, 127)) * 40
CUTS = range(1, len(PLAN), len(PLAN) // 20)


@pytest.fixture
def on_its_way():
    solicitation = released_solicitation()
    return solicitation, begun_upload(solicitation, PLAN)


def test_it_is_whole_wherever_the_connection_was_cut(on_its_way):
    # Given a file that is sent twenty times, cut at another byte each time
    solicitation, _first = on_its_way
    for number, cut in enumerate(list(CUTS)[:20]):
        upload = begun_upload(solicitation, PLAN, name=f"plan-{number}.txt")
        appended(solicitation, upload, PLAN, end=cut)

        # When it is begun anew, and goes on from the offset that it is told
        again = begun_upload(solicitation, PLAN, name=f"plan-{number}.txt")
        assert (again.pk, again.offset) == (upload.pk, cut)
        appended(solicitation, again, PLAN, start=again.offset)

        # Then the draft has it, byte for byte
        whole = completed(solicitation, again)
        draft = draft_of(actor("vendor_a_member"), solicitation)
        assert draft is not None
        row = draft.files.get(public_id=whole.file)
        assert content_of(row, key_of(draft)) == PLAN
        draft.files.all().delete()


def test_what_has_come_is_in_no_row_in_the_clear(on_its_way):
    solicitation, upload = on_its_way

    appended(solicitation, upload, PLAN, end=1000)

    assert not found(SECRET, everything_stored())


def test_a_piece_that_comes_twice_is_kept_once(on_its_way):
    solicitation, upload = on_its_way
    appended(solicitation, upload, PLAN, end=1000)
    appended(solicitation, upload, PLAN, start=1000, end=2000)

    with nothing_happens():
        again = appended(solicitation, upload, PLAN, end=1000)
    assert again.offset == 2000


@pytest.mark.parametrize(
    ("start", "end", "other"),
    [
        (1001, 1500, {}),
        (999, 1500, {}),
        (0, 500, {}),
        (0, 1000, {"content": b"x" * 1000}),
    ],
    ids=["a gap", "an overlap", "another cut", "another content"],
)
def test_a_piece_that_does_not_go_on_is_refused_with_the_offset(
    on_its_way, start, end, other
):
    solicitation, upload = on_its_way
    appended(solicitation, upload, PLAN, end=1000)

    with nothing_happens(), pytest.raises(UploadMisplaced) as refusal:
        appended(solicitation, upload, PLAN, start=start, end=end, **other)

    assert refusal.value.data["offset"] == 1000


def test_a_damaged_piece_and_another_size_are_refused(on_its_way, monkeypatch):
    solicitation, upload = on_its_way

    right = sha256(PLAN[:500]).hexdigest()
    for wrong in (
        {"sha256": sha256(b"other").hexdigest()},
        {"whole": len(PLAN) + 1},
        {"content": PLAN + b"more"},
    ):
        with nothing_happens(), pytest.raises(UploadDamaged) as refusal:
            appended(solicitation, upload, PLAN, end=500, **wrong)
        assert refusal.value.data["offset"] == 0
    monkeypatch.setattr(pieces, "MOST_PIECES", 1)
    assert appended(solicitation, upload, PLAN, end=500, sha256=right).offset == 500
    with nothing_happens(), pytest.raises(DraftTooLarge, match="larger ones"):
        appended(solicitation, upload, PLAN, start=500)
    monkeypatch.setattr(pieces, "MOST_PIECE_BYTES", 10)
    for content in (b"", b"1" * 11):
        with nothing_happens(), pytest.raises(DraftTooLarge):
            appended(solicitation, upload, PLAN, content=content)


def test_nobody_else_finds_it(on_its_way):
    solicitation, upload = on_its_way

    for part in ("vendor_b_member", "contracting_officer"):
        with nothing_happens(), pytest.raises(NotVisible):
            appended(solicitation, upload, PLAN, by=part)
    with nothing_happens(), pytest.raises(NotAllowed):
        appended(solicitation, upload, PLAN, by="vendor_a_administrator")


def test_a_worker_that_dies_within_a_piece_leaves_those_before(on_its_way, monkeypatch):
    # Given a piece that is here
    solicitation, upload = on_its_way
    appended(solicitation, upload, PLAN, end=1000)

    # When the worker dies while it keeps the next one
    def dies(*_args, **_more):
        raise SystemExit

    with monkeypatch.context() as dying:
        dying.setattr(type(upload), "save", dies)
        with pytest.raises(SystemExit):
            appended(solicitation, upload, PLAN, start=1000, end=2000)

    # Then nothing of that is here, and the next worker goes on
    assert UploadPiece.objects.get().size_bytes == 1000
    assert appended(solicitation, upload, PLAN, start=1000).offset == len(PLAN)
