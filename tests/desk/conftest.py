"""The desk's days: every door of these tests reads the clock of the story."""

from datetime import datetime

import pytest

from contracting.core import clock
from tests.cast import AT, PARTS, actor, client_for

ROLES = {
    "contracting_officer": "What needs my signature?",
    "contract_specialist": "What is still missing?",
    "program_manager": "Will it last?",
    "technical_reviewer": "What must I decide?",
    "evaluator": "Which offers wait for me?",
    "source_selection_authority": "What waits for my decision?",
    "cor": "Do meter, report and invoice agree?",
    "funds_certifier": "What waits for funds?",
    "payment_certifier": "What is payable, and when?",
    "auditor": "Can it be proved?",
    "administrator": "Is anything failing?",
    "vendor_a_member": "What is due, and when are we paid?",
    "vendor_a_signer": "What is due, and when are we paid?",
    "vendor_a_administrator": "What is due, and when are we paid?",
}
"""A part of each role, and the question of its desk."""

OUTSIDERS = ("other_agency_officer", "other_vendor_signer")
assert set(ROLES) | set(OUTSIDERS) <= set(PARTS)


@pytest.fixture
def told_the_time(monkeypatch):
    """``told_the_time(instant)``: what the clock says from then on."""

    def tell(instant: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: instant)

    tell(AT)
    return tell


@pytest.fixture
def desk(db, told_the_time):
    """``desk(part, at)``: the desk of that part at that instant."""

    def read(part: str, at: datetime = AT):
        told_the_time(at)
        return client_for(actor(part)).get("/").context["desk"]

    return read


def asked(desk) -> dict[str, str]:
    """What is asked on a desk, with why it is not open yet."""
    return {item.asked: item.why_not for group in desk.work for item in group.items}
