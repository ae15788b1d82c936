"""Forms keep their blocks, in sequence, with their captions, filled or not."""

import csv
import re
from datetime import datetime
from pathlib import Path

import pytest

from contracting.documents import paperwork
from contracting.documents.calculations import period_words
from contracting.documents.calculations import printed as words
from contracting.documents.states import DocumentKind
from tests.documents import public_forms
from tests.documents.papers import (
    KINDS,
    PAPERS,
    context_of,
    printed,
    sheet,
    squeezed,
    text_of,
)

ROOT = Path(__file__).resolve().parent.parent.parent
ON_A_FORM = sorted(paperwork.FORM_OF)
EDITION = {
    "SF1449": "Standard form 1449 (REV. 11/2021)",
    "SF18": "Standard form 18 (REV. 6/1995)",
    "OF347": "Optional form 347 (REV. 2/2012)",
    "SF30": "Standard form 30 (REV. 11/2016)",
    "RECEIVING": "Agency form",
    "VOUCHER": "Agency form",
    "INVOICE": "Agency form",
}
PUBLIC = {
    "SF1449": public_forms.SF1449,
    "SF18": public_forms.SF18,
    "OF347": public_forms.OF347,
    "SF30": public_forms.SF30,
}
FOLLOWED = {"RECEIVING": public_forms.DD250, "VOUCHER": public_forms.SF1034}
"""Agency forms, and the public form whose blocks each of them has."""
FORMS = (*PUBLIC, *FOLLOWED, "INVOICE")
DEPARTING = {"RECEIVING", "VOUCHER", "INVOICE"}
COPIES = {"conformed_contract"}
"""What has the blocks of a form and is a copy for reading, no such form."""
PROPER_INVOICE = (
    "Invoice number",
    "Invoice date",
    "Received",
    "Name and address of the contractor",
    "Designated agency office invoiced",
    "Contract number",
    "Order number",
    "Period of performance",
    "Name and address of the official to whom payment is to be sent",
    "Name, title, phone number and address of the person to notify in the event of a "
    "defective invoice",
    "Terms of any discount for prompt payment offered",
    "Taxpayer identification number (TIN)",
    "Electronic funds transfer (EFT) banking information",
    "Extended prices of the lines",
    "Credits taken off",
    "Total of the invoice",
    "Certification",
)
"""What FAR 32.905(b)(1) and 52.212-4(g) ask of a proper invoice (R-INV-01)."""


def test_there_is_a_sample_and_a_template_for_every_kind():
    assert set(KINDS) == set(DocumentKind.values)
    for kind in KINDS:
        assert (ROOT / "templates" / "documents" / f"{kind}.html").exists()


@pytest.mark.parametrize("form", sorted(PUBLIC))
def test_a_form_has_every_block_of_the_public_one_word_for_word(form):
    """Number, caption and boxes to tick, in the sequence of the form itself."""
    ours = [
        (_number(block), _letters(block.caption, *block.options))
        for block in paperwork.form_blocks(form)
    ]

    assert ours == [
        (number, _letters(said)) for number, said in public_forms.listed(PUBLIC[form])
    ]


@pytest.mark.parametrize("form", sorted(FOLLOWED))
def test_an_agency_form_has_every_block_of_the_form_that_it_follows(form):
    """In sequence; a caption may say more, and there may be more blocks."""
    ours = [
        (_number(block), _letters(block.caption, *block.options))
        for block in paperwork.form_blocks(form)
    ]
    left = iter(ours)
    for number, caption in public_forms.listed(FOLLOWED[form]):
        asked = re.findall("[a-z0-9$]+", caption.lower())
        assert any(
            number == of and all(word in said for word in asked) for of, said in left
        ), caption


def test_the_sheet_of_an_invoice_has_what_makes_it_proper():
    captions = [block.caption for block in paperwork.form_blocks("INVOICE")]

    assert tuple(captions) == PROPER_INVOICE


def test_a_waterfall_is_drawn_only_where_it_adds_up():
    rows = context_of("reconciliation")["waterfall"]
    drawn = paperwork.laid_out("reconciliation", {"waterfall": rows})["drawing"]
    wrong = [*rows[:-1], {**rows[-1], "amount": "56.13"}]

    assert "Bar chart: from invoiced $56.26 to metered $56.13" in drawn["svg"]
    for undrawable in (wrong, rows[:1], [{"step": "?"}, {"step": "!"}]):
        context = {"waterfall": undrawable}
        assert paperwork.laid_out("reconciliation", context)["drawing"] == {}


def test_a_drawing_obeys_no_words():
    rows = context_of("reconciliation")["waterfall"]
    rows[1]["step"] = "<script>alert(1)</script>"

    drawn = paperwork.laid_out("reconciliation", {"waterfall": rows})["drawing"]

    assert "<script" not in drawn["svg"]
    assert "&lt;script" in drawn["svg"]


@pytest.mark.parametrize("kind", ON_A_FORM)
def test_every_block_is_printed_in_sequence_with_its_caption(kind):
    page = squeezed(text_of(printed(kind)))
    place = 0
    for block in paperwork.form_blocks(paperwork.FORM_OF[kind]):
        number = "" if "unnumbered" in block.shape else f"{block.block}."
        caption = squeezed(f"{number}{block.caption}")
        assert caption in page[place:], f"block {block.block} is missing or misplaced"
        place = page.index(caption, place)


@pytest.mark.parametrize("kind", ON_A_FORM)
def test_an_empty_form_has_the_same_blocks(kind):
    from contracting.documents import rendering

    page = squeezed(text_of(rendering.render(sheet(kind, context={"blocks": {}}))))

    for block in paperwork.form_blocks(paperwork.FORM_OF[kind]):
        assert squeezed(block.caption) in page


@pytest.mark.parametrize("kind", ON_A_FORM)
def test_a_form_names_itself_and_its_edition(kind):
    first = squeezed(text_of(printed(kind)))

    named = "Agency form" if kind in COPIES else EDITION[paperwork.FORM_OF[kind]]
    assert squeezed(named) in first


def test_a_sheet_that_departs_from_a_form_calls_itself_an_agency_form():
    departing = {kind for kind, form in paperwork.FORM_OF.items() if form in DEPARTING}
    for kind in departing | COPIES | (set(KINDS) - set(paperwork.FORM_OF)):
        words_of_it = squeezed(text_of(printed(kind)))
        assert "agencyform" in words_of_it
        assert "standardform" not in words_of_it
        assert "optionalform" not in words_of_it


@pytest.mark.parametrize("kind", KINDS)
def test_every_value_of_the_context_is_printed(kind):
    page = squeezed(text_of(printed(kind)))
    zone = context_of(kind)["time_zone"]

    missing = [
        value
        for value in _leaves(context_of(kind))
        if not any(
            squeezed(words(value, shape, zone)) in page
            for shape in ("text", "tokens", "dollars", "percent")
        )
    ]
    assert missing == []


def test_a_sample_fills_only_blocks_that_exist():
    for kind in ON_A_FORM:
        known = {
            block.block for block in paperwork.form_blocks(paperwork.FORM_OF[kind])
        }
        assert set(PAPERS[kind]["blocks"]) <= known


def test_required_blocks_of_the_samples_are_filled():
    for kind in ("task_order", "contract", "receiving_report", "voucher"):
        filled = PAPERS[kind]["blocks"]
        empty = [
            block.block
            for block in paperwork.form_blocks(paperwork.FORM_OF[kind])
            if block.required == "yes"
            and block.section != "schedule"
            and not filled.get(block.block)
        ]
        assert empty == []


def test_a_long_schedule_goes_to_the_continuation_sheet():
    lines = [{"item": f"{n:04}", "description": f"Line {n}"} for n in range(1, 10)]

    laid = paperwork.laid_out("contract", {"lines": lines})

    assert len(laid["schedule"]["rows"]) == paperwork.FIRST_PAGE_LINES
    assert laid["schedule"]["continued"]
    assert laid["tables"][0]["key"] == "lines"
    assert len(laid["tables"][0]["rows"]) == 9


def test_words_that_do_not_fit_a_block_stand_in_full_on_the_continuation():
    words = "What changes, and why. " * 200

    laid = paperwork.laid_out("modification", {"blocks": {"14": words}})

    face = _block(laid, "14")["value"]
    assert len(face) < 1_000
    assert face.endswith("(in full on the continuation sheet)")
    (section,) = laid["sections"]
    assert section["heading"] == "Block 14, in full"
    assert section["paragraphs"] == [words]


def test_many_lines_of_a_block_do_not_push_the_signatures_off_its_form():
    words = "\n".join(f"Line {number}" for number in range(1, 31))

    laid = paperwork.laid_out("modification", {"blocks": {"14": words, "6": words}})

    for number, lines in (("14", 9), ("6", 9)):
        face = _block(laid, number)["value"]
        assert face.splitlines()[-1].startswith(f"Line {lines} … (in full")
    assert [section["heading"] for section in laid["sections"]] == [
        "Block 6, in full",
        "Block 14, in full",
    ]


def test_a_narrow_block_shows_less_of_a_long_line():
    words = "What changes, and why. " * 30

    laid = paperwork.laid_out("modification", {"blocks": {"6": words, "14": words}})

    assert len(_block(laid, "6")["value"]) < 550
    assert _block(laid, "14")["value"] == words


def test_long_words_of_a_block_without_a_number_are_found_by_its_caption():
    laid = paperwork.laid_out("voucher", {"blocks": {"classification": "AA $1 " * 200}})

    (section,) = laid["sections"]
    assert section["heading"] == "Block “Accounting classification”, in full"


def test_a_table_prints_no_column_that_no_row_fills():
    rows = [{"item": "0001", "model": "m", "token_class": "Input", "unit_price": "2.5"}]

    (table,) = paperwork.laid_out("reconciliation", {"rates": rows})["tables"]

    assert [column["label"] for column in table["columns"]] == [
        "Item",
        "Model",
        "Token class",
        "Price",
    ]


def test_a_table_that_the_house_does_not_know_is_printed_as_it_is_described():
    extra = {
        "caption": "Service levels",
        "columns": [
            {"key": "measure", "label": "Measure"},
            {"key": "credit", "label": "Credit", "shape": "dollars"},
        ],
        "rows": [{"measure": "Availability", "credit": "1250.5"}],
    }

    (table,) = paperwork.laid_out("task_order", {"tables": [extra]})["tables"]

    assert table["rows"][0][1]["text"] == "$1,250.50"


def test_an_unknown_choice_is_printed_as_words_and_ticks_nothing():
    laid = paperwork.laid_out("solicitation", {"blocks": {"14": "By telephone"}})
    block = _block(laid, "14")

    assert block["value"] == "By telephone"
    assert not any(choice["checked"] for choice in block["choices"])


def test_a_choice_named_in_words_is_ticked():
    chosen = "Request for proposal (RFP)"
    block = _block(paperwork.laid_out("solicitation", {"blocks": {"14": chosen}}), "14")

    assert [c["label"] for c in block["choices"] if c["checked"]] == [chosen]
    assert block["value"] == ""


@pytest.mark.parametrize(
    ("value", "shape", "shown"),
    [
        (18_059_974, "tokens", "18,059,974"),
        ("245896", "tokens", "245,896"),
        ("18059.974000", "tokens", "18,059.974"),
        ("2", "mtok", "2.000000"),
        ("0.085979", "dollars", "$0.085979"),
        ("60", "dollars", "$60.00"),
        ("-3.1", "dollars", "-$3.10"),
        ("see schedule", "dollars", "see schedule"),
        ("11.20", "percent", "11.2%"),
        ("2026-11-27", "text", "27 Nov 2026"),
        ("2026-11-27T22:00:00.000000Z", "text", "27 Nov 2026, 22:00 UTC"),
        (None, "dollars", ""),
        (True, "text", "yes"),
        (["AA", "AB"], "text", "AA\nAB"),
    ],
)
def test_a_value_is_printed_in_the_words_of_its_column(value, shape, shown):
    assert words(value, shape) == shown


def test_an_instant_is_shown_in_the_contract_zone_and_in_utc():
    text = "2026-11-28T03:30:05.000000Z"

    assert words(text, zone="America/New_York") == (
        "27 Nov 2026, 10:30:05 p.m. EST (28 Nov 2026, 03:30:05 UTC)"
    )


@pytest.mark.parametrize(
    ("start", "end", "shown"),
    [
        # Within a local day, though UTC has begun another one
        (
            "2026-11-28T03:30:00Z",
            "2026-11-28T03:40:05Z",
            "27 Nov 2026, 10:30 p.m. to 10:40:05 p.m. EST",
        ),
        # Over midnight, each end with its day
        (
            "2026-11-28T04:50:00Z",
            "2026-11-28T05:10:00Z",
            "27 Nov 2026, 11:50 p.m. EST to 28 Nov 2026, 12:10 a.m. EST",
        ),
        # Whole local days, the last one included
        ("2026-11-27T05:00:00Z", "2026-11-28T05:00:00Z", "27 Nov 2026"),
        ("2026-11-01T04:00:00Z", "2026-12-01T05:00:00Z", "1 Nov 2026 to 30 Nov 2026"),
        # The hour that the clocks repeat
        (
            "2026-11-01T05:30:00Z",
            "2026-11-01T06:30:00Z",
            "1 Nov 2026, 1:30 a.m. EDT to 1 Nov 2026, 1:30 a.m. EST",
        ),
    ],
)
def test_a_period_is_printed_in_the_contracts_zone_with_its_days(start, end, shown):
    first, last = datetime.fromisoformat(start), datetime.fromisoformat(end)

    assert period_words(first, last, "America/New_York") == shown


def test_the_reference_page_lists_every_table_and_every_block():
    page = (ROOT / "docs" / "reference" / "papers.md").read_text(encoding="utf-8")

    for table in paperwork.tables().values():
        keys = ", ".join(f"`{column.key}`" for column in table.columns)
        assert f"| `{table.key}` | {table.caption} | {keys} |" in page
    for form in FORMS:
        for block in paperwork.form_blocks(form):
            assert f"| `{block.block}` | {block.caption}" in page


def test_the_list_of_blocks_is_a_plain_table():
    with (paperwork.DATA / "blocks.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))

    assert {row["form"] for row in rows} == set(FORMS)
    assert all(row["caption"] and 1 <= int(row["span"]) <= 12 for row in rows)
    keys = [(row["form"], row["block"]) for row in rows]
    assert len(keys) == len(set(keys))


def _number(block):
    return "-" if "unnumbered" in block.shape else block.block


def _letters(*words):
    """Letters and digits alone: how a form sets its words is left to the setter."""
    return re.sub(r"[^a-z0-9%$]", "", "".join(words).lower())


def _block(laid, number):
    for rows in laid["form"].values():
        for row in rows:
            for column in row:
                for block in column["blocks"]:
                    if block["number"] == number:
                        return block
    raise AssertionError(number)


def _leaves(value, key=""):
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _leaves(item, name)
    elif isinstance(value, list):
        for item in value[:2] if key == "fact" else value:
            yield from _leaves(item, "fact" if key == "facts" else key)
    elif value is not None and value != "" and key != "time_zone":
        yield value
