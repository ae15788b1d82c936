"""Names and words in any script: drawn by a font of the package, or named."""

import io
import unicodedata

import pikepdf
import pytest

from contracting.documents import rendering
from tests.documents import verapdf
from tests.documents.odd import LONG, SCRIPTS, WORD
from tests.documents.papers import context_of, sheet, squeezed, text_of
from tests.journeys.gallery import missing_glyphs, words_of, words_on_each_other


def printed_with(words: str) -> bytes:
    """A letter in which those are the subject, a fact, a section and who signs."""
    context = context_of("letter")
    context["sections"] = [{"heading": "Reason", "text": words}]
    context["facts"] = [["Vendor", words]]
    context["signatures"] = [{"capacity": "Contracting officer", "signed_by": words}]
    return rendering.render(sheet("letter", context=context, title=f"Letter: {words}"))


@pytest.fixture(scope="module")
def letter() -> bytes:
    return printed_with(f"{SCRIPTS} {WORD}")


def test_other_scripts_are_drawn_by_fonts_of_the_package(letter):
    with pikepdf.open(io.BytesIO(letter)) as pdf:
        assert missing_glyphs(pdf) == 0
        fonts = {
            str(font.BaseFont).partition("+")[2]
            for page in pdf.pages
            for font in page.Resources.Font.values()
        }
    assert all(name.startswith(("Public-Sans", "Paper-", "Roboto")) for name in fonts)
    assert {
        *("Paper-Noto-Sans-Arabic", "Paper-Noto-Sans-Hebrew"),
        *("Paper-Noto-Sans-Devanagari", "Paper-Droid-Sans-Fallback"),
    } <= fonts
    told = unicodedata.normalize("NFKC", squeezed(text_of(letter)))
    for words in ("云雀推理有限公司", "ларкспур", "λάρκσπερ"):
        assert words in told


def test_what_no_font_draws_is_named_by_its_number(letter):
    told = squeezed(text_of(letter))

    for named in ("[U+0E44]", "[U+D55C]", "[U+1F600]"):
        assert squeezed(named) in told


def test_a_word_without_a_space_stays_on_its_page(letter, tmp_path):
    file = tmp_path / "letter.pdf"
    file.write_bytes(letter)

    assert [word.text for word in words_of(file) if word.is_outside] == []
    assert words_on_each_other(file) == []


def test_both_standards_hold(letter, tmp_path):
    if verapdf.missing():
        pytest.skip(verapdf.missing())
    file = tmp_path / "letter.pdf"
    file.write_bytes(letter)

    assert verapdf.failures([file]) == []


def test_marks_of_direction_and_places_to_break_are_kept():
    kept = "a\u00adb\u200bc\u200ed\u200fe\u00a0f"
    assert rendering.printable(kept) == kept
    assert rendering.printable("\u202e1\u0000") == "[U+202E]1[U+0000]"
    assert rendering.printable("plain") == "plain"


def test_a_fact_of_5000_letters_stands_whole_below_its_box():
    context = context_of("burn_notice")
    context["facts"] = [{"label": "Of", "value": LONG}, *context["facts"]]

    printed = text_of(rendering.render(sheet("burn_notice", context=context)))

    told = squeezed(printed)
    assert squeezed("(in full on the continuation sheet)") in told
    assert squeezed("Of, in full") in told
    # A sentence may lie on two pages, with the foot of one between its words.
    sentence, _, _ = LONG.partition(".")
    assert told.count(squeezed(sentence)) >= LONG.count(sentence) - 2
