"""Numbers of the trade: their grammars, and how ours are composed.

Every ``check_…`` takes text as a person typed it and gives back its normal form, or
raises :class:`BadIdentifier` with a sentence that says the grammar.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from django.db.models import QuerySet
from django.urls.converters import StringConverter

from contracting.core.errors import Invalid
from contracting.core.models import PUBLIC_ID_LENGTH
from contracting.core.periods import fiscal_year

_PUBLIC_ID: Final = rf"[0-9a-hjkmnp-tv-z]{{{PUBLIC_ID_LENGTH}}}"


class BadIdentifier(Invalid):
    """A number that breaks its grammar."""

    code = "bad_identifier"


PIID_TYPES: Final[dict[str, str]] = {
    "A": "blanket purchase agreement",
    "B": "invitation for bids",
    "C": "contract, not of indefinite delivery",
    "D": "indefinite-delivery contract",
    "F": "task order, delivery order or call",
    "G": "basic ordering agreement",
    "H": "agreement",
    "K": "agency use",
    "L": "lease agreement",
    "M": "agency use",
    "N": "agency use",
    "P": "purchase order",
    "Q": "request for quotations",
    "R": "request for proposals",
    "S": "agency use",
    "T": "agency use",
    "U": "request for quotations, when Q is used up",
    "V": "purchase order, when P is used up",
    "Y": "imprest fund",
}
"""The ninth character of a PIID and what it stands for (FAR 4.1603)."""

SERIAL_LENGTH: Final = 5
MAX_SERIAL: Final = 10**SERIAL_LENGTH - 1

_LETTER: Final = "A-HJ-NP-Z"  # no I, no O
_PIID: Final = re.compile(
    rf"(?P<aac>[A-Z0-9]{{6}})(?P<fiscal_year>[0-9]{{2}})"
    rf"(?P<type>[{''.join(PIID_TYPES)}])(?P<serial>[A-Z0-9]{{4,8}})"
)
_AAC: Final = re.compile(r"[A-Z0-9]{6}")
_CLIN: Final = re.compile(r"(?!0000)[0-9]{4}")
_SLIN: Final = re.compile(rf"(?!0000)[0-9]{{4}}([{_LETTER}]{{2}}|(?!00)[0-9]{{2}})?")
_ELIN: Final = re.compile(rf"(?=.{{4}}$)[{_LETTER}]{{1,2}}[0-9{_LETTER}]{{2,3}}")
_ACRN: Final = re.compile(rf"(?![0-9]{{2}})[0-9{_LETTER}]{{2}}")
_CAGE: Final = re.compile(rf"[0-9][0-9{_LETTER}]{{3}}[0-9]")
_UEI: Final = re.compile(rf"(?!.*[0-9]{{9}})[1-9{_LETTER}][0-9{_LETTER}]{{11}}")
_NAICS: Final = re.compile(
    r"(11|2[1-3]|3[1-3]|42|4[4589]|5[1-6]|6[12]|7[12]|81|92)[0-9]{4}"
)
_PSC: Final = re.compile(r"[0-9][A-Z0-9][0-9]{2}|[A-Z][A-Z0-9]{3}")
_TAS: Final = re.compile(
    r"(?:[0-9]{2}-)?(?:[0-9]{3}-)?[0-9]{3}-"
    r"(?:(?P<begin>[0-9]{4})/(?P<end>[0-9]{4})|X)-[0-9]{4}-[0-9]{3}"
)
_EFT: Final = re.compile(r"[A-Z0-9]{4}")
_BETC: Final = re.compile(r"[A-Z0-9]{1,8}")
_OBJECT_CLASS: Final = re.compile(r"[1-9][0-9](\.[0-9])?")
_DOD_PIID: Final = re.compile(r"[A-HJ-NP-Z0-9]{13}")
_DOD_NEVER_WITH_ORDERS: Final = frozenset("CH")
_MODIFICATION: Final = re.compile(r"[PA][A-Z0-9]{5}")


@dataclass(frozen=True, slots=True)
class Piid:
    """A procurement instrument identifier in its four parts (FAR 4.1603).

    ``fiscal_year`` has two digits and is the year of the signature.
    """

    aac: str
    fiscal_year: int
    type: str
    serial: str

    @classmethod
    def parse(cls, text: str) -> Piid:
        """Take a PIID apart.

        :raises BadIdentifier: if it breaks the grammar
        """
        found = _PIID.fullmatch(_normal(text))
        if found is None:
            message = (
                f"{text!r} is not a PIID: 13 to 17 letters and digits without "
                "separators, six for the activity address code, two for the fiscal "
                "year, one for the type of instrument (never I or O) and four to "
                "eight for the serial number."
            )
            raise BadIdentifier(message, text=text)
        return cls(
            aac=found["aac"],
            fiscal_year=int(found["fiscal_year"]),
            type=found["type"],
            serial=found["serial"],
        )

    def __str__(self) -> str:
        return f"{self.aac}{self.fiscal_year:02d}{self.type}{self.serial}"


def check_piid(text: str) -> str:
    """The PIID in its normal form (FAR 4.1603).

    :raises BadIdentifier: if it breaks the grammar
    """
    return str(Piid.parse(text))


def check_dod_piid(text: str, *, has_orders: bool = False) -> str:
    """A PIID as the Department of Defense writes it: exactly 13, no I or O anywhere.

    :param has_orders: whether orders are placed under it; then its type is not C or H
    :raises BadIdentifier: if it breaks the grammar
    """
    piid = Piid.parse(text)
    if not _DOD_PIID.fullmatch(str(piid)):
        message = (
            f"{text!r} is not a PIID of the Department of Defense: exactly 13 letters "
            "and digits, never I or O."
        )
        raise BadIdentifier(message, text=text)
    if has_orders and piid.type in _DOD_NEVER_WITH_ORDERS:
        message = f"{text!r} cannot have orders under it: its type is {piid.type}."
        raise BadIdentifier(message, text=text)
    return str(piid)


def check_aac(text: str) -> str:
    """An activity address code: the first six characters of a PIID (FAR 4.1603).

    :raises BadIdentifier: if it breaks the grammar
    """
    return _check(_AAC, text, "an activity address code: six letters and digits")


def compose_piid(*, aac: str, fiscal_year: int, type: str, serial: int) -> str:
    """Compose a PIID with a serial of five digits.

    :param fiscal_year: of the signature, with two or four digits
    :raises BadIdentifier: if a part breaks the grammar or the serials are used up
    """
    code = check_aac(aac)
    if type not in PIID_TYPES:
        message = (
            f"{type!r} is not a type of instrument: one of {' '.join(PIID_TYPES)}."
        )
        raise BadIdentifier(message, text=type)
    if not 1 <= serial <= MAX_SERIAL:
        message = f"A serial number lies between 1 and {MAX_SERIAL}, not {serial}."
        raise BadIdentifier(message, serial=serial)
    return str(Piid(code, fiscal_year % 100, type, f"{serial:0{SERIAL_LENGTH}d}"))


def check_clin(text: str) -> str:
    """A contract line item number: four digits, 0001 to 9999 (FAR 4.1003).

    :raises BadIdentifier: if it breaks the grammar
    """
    return _check(_CLIN, text, "a line item number: four digits, 0001 to 9999")


def check_slin(text: str) -> str:
    """A line or subline number: a CLIN, with two letters or two digits (FAR 4.1004).

    Two letters (never I or O) make a priced subline, two digits an informational one.

    :raises BadIdentifier: if it breaks the grammar
    """
    return _check(
        _SLIN,
        text,
        "a subline number: four digits, then two letters without I and O "
        "or two digits, such as 0001AA or 000101",
    )


def check_elin(text: str) -> str:
    """An exhibit line item number: four characters, a letter first, no I or O.

    :raises BadIdentifier: if it breaks the grammar
    """
    return _check(
        _ELIN,
        text,
        "an exhibit line number: four characters, one or two letters first, "
        "never I or O, such as A001",
    )


def check_acrn(text: str) -> str:
    """An accounting classification reference number: two characters, no I or O.

    :raises BadIdentifier: if it breaks the grammar
    """
    return _check(
        _ACRN,
        text,
        "an accounting classification reference number: two characters, at least one "
        "of them a letter, never I or O, such as AA",
    )


def check_uei(text: str) -> str:
    """A unique entity identifier of SAM.gov, by its published grammar.

    The last character is a checksum whose algorithm is not published, so only the
    grammar is checked.

    :raises BadIdentifier: if it breaks the grammar
    """
    uei = _check(
        _UEI,
        text,
        "a unique entity identifier: twelve letters and digits without I and O, the "
        "first not zero, with no run of nine digits",
    )
    if _CAGE.fullmatch(uei[:5]):
        message = (
            f"{text!r} is not a unique entity identifier: its first five characters "
            "could be a CAGE code."
        )
        raise BadIdentifier(message, text=text)
    return uei


def check_cage(text: str) -> str:
    """A commercial and government entity code of the United States.

    :raises BadIdentifier: if it breaks the grammar
    """
    return _check(
        _CAGE,
        text,
        "a CAGE code: five characters, the first and the last a digit, never I or O",
    )


def check_naics(text: str) -> str:
    """An industry code of six digits in a sector that exists (FAR 19.102).

    :raises BadIdentifier: if it breaks the grammar
    """
    return _check(_NAICS, text, "a NAICS code: six digits that begin with a sector")


def check_psc(text: str) -> str:
    """A product and service code of four characters, such as DA10 (FAR 4.606).

    :raises BadIdentifier: if it breaks the grammar
    """
    return _check(
        _PSC,
        text,
        "a product and service code: four characters, four digits for a product, "
        "a letter first for a service",
    )


def check_tas(text: str) -> str:
    """A Treasury account symbol, such as 020-2026/2027-0101-000 or 020-X-4501-000.

    Agency, then the years of availability or X for no-year funds, main and sub account.

    :raises BadIdentifier: if it breaks the grammar, or ends before it begins
    """
    tas = _check(
        _TAS,
        text,
        "a Treasury account symbol: agency, years of availability or X, main account "
        "and sub-account, such as 020-2026/2027-0101-000 or 020-X-4501-000",
    )
    found = _TAS.fullmatch(tas)
    if found and found["begin"] and found["end"] < found["begin"]:
        message = f"The availability of {tas} ends before it begins."
        raise BadIdentifier(message, text=text)
    return tas


def check_eft_indicator(text: str) -> str:
    """The four characters that tell the bank accounts of one UEI apart.

    :raises BadIdentifier: if it breaks the grammar
    """
    return _check(_EFT, text, "an EFT indicator: four letters and digits")


def check_betc(text: str) -> str:
    """A business event type code of Treasury, such as DISB or COLL.

    Which codes go with which Treasury account is a table of Treasury's, not a grammar.

    :raises BadIdentifier: if it breaks the grammar
    """
    return _check(
        _BETC, text, "a business event type code: one to eight letters and digits"
    )


def check_object_class(text: str) -> str:
    """An object class of OMB Circular A-11, section 83: two digits and a subclass.

    :raises BadIdentifier: if it breaks the grammar
    """
    return _check(
        _OBJECT_CLASS, text, "an object class: two digits and a subclass, such as 25.7"
    )


def check_loa(text: str, segments: Mapping[str, str], *, separator: str = "/") -> str:
    """A line of accounting as an agency writes it, in the agency's own segments.

    :param segments: for each segment, in order, its name and the pattern of its text
    :raises BadIdentifier: naming the segment that is missing, too many or malformed
    """
    parts = [part.strip() for part in _normal(text).split(separator)]
    if len(parts) != len(segments):
        message = (
            f"{text!r} is not a line of accounting: it has {len(parts)} segments, not "
            f"{len(segments)} ({', '.join(segments)})."
        )
        raise BadIdentifier(message, text=text)
    for part, (name, pattern) in zip(parts, segments.items(), strict=True):
        if not re.fullmatch(pattern, part):
            message = f"{part!r} is not the segment {name} of a line of accounting."
            raise BadIdentifier(message, text=text, segment=name)
    return separator.join(parts)


def check_modification_number(text: str) -> str:
    """A modification number: P or A and five characters (FAR 4.1603(b)(2)).

    :raises BadIdentifier: if it breaks the grammar
    """
    return _check(
        _MODIFICATION,
        text,
        "a modification number: P or A and five letters or digits, such as P00001",
    )


def modification_number(prefix: Literal["P", "A"], n: int) -> str:
    """The n-th modification by the procuring (P) or administering (A) office.

    :raises BadIdentifier: if the prefix is another or the numbers are used up
    """
    if prefix not in {"P", "A"}:
        message = f"A modification number begins with P or A, not {prefix!r}."
        raise BadIdentifier(message, text=prefix)
    if not 1 <= n <= MAX_SERIAL:
        message = f"Modifications are numbered from 1 to {MAX_SERIAL}, not {n}."
        raise BadIdentifier(message, number=n)
    return f"{prefix}{n:05d}"


def amendment_number(n: int) -> str:
    """The n-th amendment of a solicitation, as four digits (FAR 4.1603(b)(1)).

    :raises BadIdentifier: if the numbers are used up
    """
    if not 1 <= n <= 9999:
        message = f"Amendments are numbered from 1 to 9999, not {n}."
        raise BadIdentifier(message, number=n)
    return f"{n:04d}"


def is_public_id(text: str, prefix: str) -> bool:
    """Whether it is of the form of an id of that kind, which addresses can hold."""
    return bool(re.fullmatch(rf"{prefix}_{_PUBLIC_ID}", text))


class PublicIdConverter(StringConverter):
    """An opaque public id in an address, such as ``ord_7k2m…``."""

    regex = rf"[a-z]{{2,8}}_{_PUBLIC_ID}"

    def to_python(self, value: str) -> str:
        """The id as it stands in the address."""
        return value

    def to_url(self, value: str) -> str:
        """The id as it stands in the address."""
        return value


class AlternateConverter:
    """Which alternate of an offer, such as ``alternates/2/``; nothing for the base."""

    regex = r"(?:alternates/[1-9][0-9]?/)?"

    def to_python(self, value: str) -> int:
        """Its number; 0 for the base offer."""
        return int(value.split("/")[1]) if value else 0

    def to_url(self, value: int) -> str:
        """As it stands in the address, before its last word."""
        return f"alternates/{value}/" if value else ""


def _normal(text: str) -> str:
    return text.strip().upper()


def _check(grammar: re.Pattern[str], text: str, words: str) -> str:
    normal = _normal(text)
    if not grammar.fullmatch(normal):
        message = f"{text!r} is not {words}."
        raise BadIdentifier(message, text=text)
    return normal


NUMBER_LENGTH: Final = 40
"""Of a PIID, a code and a counter of any size."""


def next_below(piid: str | None, code: str, numbered: QuerySet[Any]) -> str:
    """The next number below a contract or an order, such as ``75D30127F00001-CR1``.

    :param numbered: the rows that share the series, which are never deleted; hold the
        lock of what they are below
    """
    return f"{piid}-{code}{numbered.count() + 1}"


def next_in_fiscal_year(prefix: str, on: date, numbered: QuerySet[Any]) -> str:
    """The next number of a series without a gap, such as ``PR-26-00001``.

    :param numbered: the rows that share the series; hold the lock that they share
    """
    stem = f"{prefix}-{fiscal_year(on) % 100:02d}-"
    used = numbered.filter(number__startswith=stem).count()
    return f"{stem}{used + 1:05d}"
