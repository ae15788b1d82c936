"""Postal addresses as forms ask for them: street, city, State and ZIP code."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from accounts.models import Organization

_CODES = """
AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV
NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY
AS GU MP PR VI FM MH PW AA AE AP
"""
STATES: Final = frozenset(_CODES.split())
"""States, territories, freely associated states and the armed forces (USPS Publication
28, appendix B)."""

_LAST_LINE = re.compile(
    r"(?P<city>[^\d,][^,]*?),?\s+(?P<state>[A-Z]{2})\s+(?P<zip>\d{5}(?:-\d{4})?)"
)


def in_boxes(address: str, boxes: Sequence[str]) -> dict[str, str]:
    """The address in the four boxes of a form, by their numbers.

    What does not end with a city, a State and a ZIP code, such as an address abroad, is
    not taken apart: it stands whole in the first box.

    :param boxes: of the street, the city, the State and the ZIP code
    """
    street, city, state, code = boxes
    lines = [line.strip() for line in address.splitlines() if line.strip()]
    last = _LAST_LINE.fullmatch(lines[-1]) if len(lines) > 1 else None
    if last is None or last["state"] not in STATES:
        return {street: "\n".join(lines)}
    return {
        street: "\n".join(lines[:-1]),
        city: last["city"],
        state: last["state"],
        code: last["zip"],
    }


def in_lines(*parts: str) -> str:
    """Each part on lines of its own; what is empty leaves no line."""
    lines = [line.strip() for part in parts for line in part.splitlines()]
    return "\n".join(line for line in lines if line)


def office_in_lines(agency: Organization) -> str:
    """Name, address and activity address code of an office."""
    return in_lines(
        agency.name, agency.address, f"Code {agency.aac}" if agency.aac else ""
    )


def vendor_in_lines(vendor: Organization) -> str:
    """Name, address, UEI and CAGE code of a vendor, as far as they are known."""
    codes = (("UEI", vendor.uei), ("CAGE", vendor.cage))
    known = " ".join(f"{name} {code}" for name, code in codes if code)
    return in_lines(vendor.name, vendor.address, known)
