"""The grammars of the trade's numbers, with their vectors (FAR 4.16)."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracting.core import identifiers
from contracting.core.identifiers import (
    PIID_TYPES,
    BadIdentifier,
    Piid,
    PublicIdConverter,
    amendment_number,
    check_dod_piid,
    check_loa,
    check_piid,
    compose_piid,
    modification_number,
)
from contracting.core.models import new_public_id

GOOD = {
    "check_dod_piid": ["W9128Z25C5002", "N0002309R0009"],
    "check_aac": ["7571TE", "75D301"],
    "check_eft_indicator": ["0000", "AB12"],
    "check_betc": ["DISB", "COLL", "DISNGF"],
    "check_object_class": ["25.7", "31", "31.0"],
    "check_piid": [
        "7571TE26R00004",
        "47QTCC26DV034",
        "75D30122F15723",
        "W9128Z25C5002",
        "N0002309R0009",
    ],
    "check_clin": ["0001", "1001", "9999"],
    "check_slin": ["0001AA", "000101", "0001ZZ", "0001"],
    "check_acrn": ["AA", "ZZ", "A1", "9A"],
    "check_uei": ["RM9GACFMSLG7", "L58JZMKRCLM5"],
    "check_cage": ["6LDB2", "203C1"],
    "check_elin": ["A001", "AA01", "BZZ9"],
    "check_naics": ["518210", "541519"],
    "check_psc": ["DA10", "7030", "R499", "7A21"],
    "check_tas": [
        "020-2026/2027-0101-000",
        "020-X-4501-000",
        "01-020-2026/2026-0101-000",
        "01-019-020-X-4501-000",
    ],
    "check_modification_number": ["P00001", "A00012", "P0000A"],
}
BAD = {
    "check_dod_piid": ["7571TE26R00004", "75D30122F15723", "W9I28Z25C5002"],
    "check_aac": ["7571T", "7571TEE", "75-1TE"],
    "check_eft_indicator": ["000", "00000", "AB-1"],
    "check_betc": ["", "DISB COLL", "ABCDEFGHI"],
    "check_object_class": ["2", "25.", "25.77", "AB", "05"],
    "check_piid": [
        "2032H526I00012",  # type I is never used
        "2032H526O00012",  # nor is O
        "2032H526E00012",  # reserved for the Government as a whole
        "2032H526R001",  # twelve characters
        "2032H526R123456789",  # eighteen
        "7571TE-26-R-00004",
        "7571TE26R 00004",
        "7571TEAAR00004",
        "",
    ],
    "check_clin": ["0000", "001", "00001", "000A", "٠٠٠١"],
    "check_slin": ["0001IO", "0001AI", "0001A", "0001A1", "000100", "0000AA"],
    "check_acrn": ["IA", "AO", "A", "AAA", "11"],
    "check_uei": [
        "0M9GACFMSLG7",  # begins with zero
        "RM9GACFMSLI7",  # I
        "RM9GACFMSLO7",  # O
        "A123456789BC",  # a run of nine digits
        "6LDB2CFMSLG7",  # begins like a CAGE code
        "RM9GACFMSLG",
        "RM9GACFMSLG77",
    ],
    "check_cage": ["6LDBA", "ALDB2", "6LIB2", "6LOB2", "6LDB", "6LDB22"],
    "check_elin": ["I001", "AO01", "A00", "A0001", "1A01"],
    "check_naics": ["51821", "5182100", "101010", "51821A"],
    "check_psc": ["DA1", "DA100", "70A0", "D-10"],
    "check_tas": [
        "20-2026/2027-0101-000",
        "020-2027/2026-0101-000",
        "020-2026-0101-000",
        "020-X-4501",
    ],
    "check_modification_number": ["P0001", "B00001", "P000001", "00001P"],
}


def _pairs(vectors):
    return [(check, text) for check, texts in vectors.items() for text in texts]


@pytest.mark.parametrize(("check", "text"), _pairs(GOOD))
def test_a_good_number_comes_back_as_it_is(check, text):
    assert getattr(identifiers, check)(text) == text


@pytest.mark.parametrize(("check", "text"), _pairs(GOOD))
def test_case_and_blanks_around_a_number_do_not_matter(check, text):
    assert getattr(identifiers, check)(f"  {text.lower()} ") == text


@pytest.mark.parametrize(("check", "text"), _pairs(BAD))
def test_a_bad_number_is_refused_with_its_grammar(check, text):
    with pytest.raises(BadIdentifier) as refusal:
        getattr(identifiers, check)(text)

    assert refusal.value.code == "bad_identifier"
    assert refusal.value.status == 422
    assert refusal.value.message.endswith(".")


def test_a_piid_is_taken_apart_and_put_together():
    piid = Piid.parse("7571TE26R00004")

    assert piid == Piid("7571TE", 26, "R", "00004")
    assert str(piid) == "7571TE26R00004"


def test_a_fiscal_year_before_ten_keeps_its_zero():
    assert str(Piid.parse("N0002309R0009")) == "N0002309R0009"


def test_a_piid_is_composed_with_a_serial_of_five_digits():
    composed = compose_piid(aac="7571te", fiscal_year=2027, type="D", serial=12)

    assert composed == "7571TE27D00012"


@given(
    aac=st.from_regex(r"[A-Z0-9]{6}", fullmatch=True),
    year=st.integers(min_value=2000, max_value=2099),
    kind=st.sampled_from(sorted(PIID_TYPES)),
    serial=st.integers(min_value=1, max_value=99_999),
)
def test_what_is_composed_can_be_taken_apart(aac, year, kind, serial):
    text = compose_piid(aac=aac, fiscal_year=year, type=kind, serial=serial)
    piid = Piid.parse(text)

    assert check_piid(text) == text
    assert (piid.aac, piid.fiscal_year, piid.type) == (aac, year % 100, kind)
    assert int(piid.serial) == serial


@pytest.mark.parametrize(
    "part", [{"aac": "7571T"}, {"type": "I"}, {"type": "O"}, {"serial": 0}]
)
def test_a_piid_is_not_composed_from_a_bad_part(part):
    good = {"aac": "7571TE", "fiscal_year": 27, "type": "D", "serial": 1}

    with pytest.raises(BadIdentifier):
        compose_piid(**(good | part))


def test_serials_are_not_reused_when_they_are_used_up():
    with pytest.raises(BadIdentifier, match="between 1 and 99999"):
        compose_piid(aac="7571TE", fiscal_year=27, type="D", serial=100_000)


def test_no_type_is_i_or_o():
    assert not {"I", "O", "E", "J", "W", "X", "Z"} & set(PIID_TYPES)


def test_modifications_and_amendments_are_numbered_from_one():
    assert modification_number("P", 1) == "P00001"
    assert modification_number("A", 99_999) == "A99999"
    assert amendment_number(1) == "0001"
    assert amendment_number(9999) == "9999"


@pytest.mark.parametrize(
    "number",
    [
        lambda: modification_number("P", 0),
        lambda: modification_number("P", 100_000),
        lambda: modification_number("B", 1),  # type: ignore[arg-type]
        lambda: amendment_number(0),
        lambda: amendment_number(10_000),
    ],
)
def test_a_number_outside_its_range_is_refused(number):
    with pytest.raises(BadIdentifier):
        number()


def test_an_address_takes_the_public_ids_that_are_made():
    made = new_public_id("ord")
    converter = PublicIdConverter()

    assert re.fullmatch(converter.regex, made)
    assert converter.to_python(made) == converter.to_url(made) == made


@pytest.mark.parametrize("text", ["42", "ord_42", "ord_" + "u" * 26, "import"])
def test_an_address_takes_nothing_else(text):
    assert not re.fullmatch(PublicIdConverter.regex, text)


LOA = {"fund": r"[0-9]{4}", "BFY": r"20[0-9]{2}", "object class": r"[0-9]{2}\.[0-9]"}


def test_a_line_of_accounting_has_the_segments_of_its_agency():
    assert check_loa("0101/2026/25.7", LOA) == "0101/2026/25.7"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0101/2026", "it has 2 segments, not 3"),
        ("0101/2026/25.7/x", "it has 4 segments, not 3"),
        ("0101/1926/25.7", "is not the segment BFY"),
        ("0101/2026/257", "is not the segment object class"),
    ],
)
def test_a_segment_that_is_wrong_is_named(text, words):
    with pytest.raises(BadIdentifier, match=words):
        check_loa(text, LOA)


def test_an_instrument_of_defense_with_orders_is_no_definitive_contract():
    assert check_dod_piid("W9128Z25D5002", has_orders=True)
    with pytest.raises(BadIdentifier, match="its type is C"):
        check_dod_piid("W9128Z25C5002", has_orders=True)
