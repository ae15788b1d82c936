"""Which papers bear the seal, and who signs a paper in which order: as data."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

DATA: Final = Path(__file__).parent.parent / "data"

SEAL_ONLY: Final = "seal_only"
"""The order of a paper that nobody signs."""

FIELDS: Final = {
    "VENDOR": "Contractor",
    "OFFICER": "ContractingOfficer",
    "REPRESENTATIVE": "Representative",
    "CERTIFIER": "CertifyingOfficer",
    "AUTHORITY": "SelectionAuthority",
    "SUCCESSOR": "Successor",
}
"""By party, the name of its field in the PDF."""

_READABLE: Final = {
    "VENDOR": "contractor",
    "OFFICER": "contracting officer",
    "REPRESENTATIVE": "contracting officer's representative",
    "CERTIFIER": "certifying officer",
    "AUTHORITY": "source selection authority",
    "SUCCESSOR": "successor in interest",
}


@dataclass(frozen=True, slots=True)
class Paper:
    """A row of ``papers.csv``: whether a kind is sealed, and who signs it."""

    kind: str
    is_sealed: bool
    order: str
    why: str


@cache
def papers() -> dict[str, Paper]:
    """Every kind of paper, by its value."""
    with (DATA / "papers.csv").open(encoding="utf-8", newline="") as lines:
        return {
            row["kind"]: Paper(
                kind=row["kind"],
                is_sealed=row["sealed"] == "yes",
                order=row["order"],
                why=row["why"],
            )
            for row in csv.DictReader(lines)
        }


@cache
def orders() -> dict[str, tuple[str, ...]]:
    """By the name of an order, the parties that sign, the first one first."""
    with (DATA / "signature_orders.csv").open(encoding="utf-8", newline="") as lines:
        return {
            row["order"]: tuple(row["parties"].split()) for row in csv.DictReader(lines)
        }


def paper(kind: str) -> Paper:
    """The row of a kind; one without a row is sealed, for whoever issues it."""
    unknown = Paper(kind, is_sealed=True, order="unilateral", why="")
    return papers().get(kind, unknown)


def is_sealed(kind: str) -> bool:
    """Whether a paper of this kind bears the organization's seal or signatures."""
    return paper(kind).is_sealed


def readable(party: str) -> str:
    """What a PDF reader calls the field of a party."""
    return f"Signature of the {_READABLE[party]}"


@cache
def statements() -> dict[str, str]:
    """By act, what whoever does it is shown and states with it."""
    with (DATA / "statements.csv").open(encoding="utf-8", newline="") as lines:
        return {row["action"]: row["statement"] for row in csv.DictReader(lines)}


def statement(action: str, version: int) -> str:
    """The sentence on the page of the act and in its record; empty if it has none."""
    return statements().get(action, "").format(version=version)
