"""Papers as nobody would write them: of many rows, of huge figures, or almost empty."""

import io

import pikepdf
import pytest

from contracting.documents import rendering
from tests.documents.odd import bare, of_many_rows
from tests.documents.papers import KINDS, sheet
from tests.journeys.gallery import missing_glyphs, words_of, words_on_each_other

WIDEST = ("reconciliation", "voucher", "solicitation", "task_order", "invoice")


def sound(pdf: bytes, place) -> None:
    place.write_bytes(pdf)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert missing_glyphs(opened) == 0
    assert [word.text for word in words_of(place) if word.is_outside] == []
    assert words_on_each_other(place) == []


@pytest.mark.parametrize("kind", WIDEST)
def test_300_lines_of_the_largest_figures_stay_on_their_pages(kind, tmp_path):
    printed = rendering.render(sheet(kind, context=of_many_rows(kind)))

    sound(printed, tmp_path / "many.pdf")


@pytest.mark.parametrize("kind", KINDS)
def test_a_paper_whose_every_optional_part_is_empty_is_printed(kind, tmp_path):
    printed = rendering.render(sheet(kind, context=bare(kind)))

    sound(printed, tmp_path / "bare.pdf")
