"""A clause stands in a package because something prescribes it, and why is said."""

from datetime import date
from decimal import Decimal

import pytest

from contracting.reference.models import Prescription
from contracting.reference.queries import prescriptions_on
from contracting.solicitations.operations.edit import edit_solicitation
from contracting.solicitations.publishing.clauses import (
    FREE,
    NOT_APPLICABLE,
    REQUIRED,
    standing,
)
from contracting.solicitations.queries import clauses_offered, facts_of, publish_gaps
from tests.builders import complete_solicitation
from tests.cast import actor, client_for

pytestmark = pytest.mark.django_db

SET_ASIDE = {"maximum_dollars": Decimal("350000.00"), "set_aside": "SMALL_BUSINESS"}


@pytest.mark.parametrize(
    ("terms", "number", "state"),
    [
        ({}, "52.212-4", REQUIRED),
        ({"procedure": "NEGOTIATED"}, "52.212-4", NOT_APPLICABLE),
        ({"maximum_dollars": Decimal("900000.00")}, "52.219-9", NOT_APPLICABLE),
        ({"maximum_dollars": Decimal("900000.01")}, "52.219-9", REQUIRED),
        (SET_ASIDE, "52.219-6", REQUIRED),
        ({}, "52.219-6", NOT_APPLICABLE),
        ({"most_awards": 2}, "52.216-27", REQUIRED),
        ({}, "52.216-27", NOT_APPLICABLE),
        ({}, "52.232-18", FREE),
        ({}, "TOK-1", REQUIRED),
    ],
)
def test_value_procedure_and_set_aside_prescribe_it(at, terms, number, state):
    facts = facts_of(complete_solicitation(at, terms=terms), at=at)

    assert standing(number, facts).state == state


def test_the_reason_is_told_beside_the_clause(at):
    terms = {"maximum_dollars": Decimal("1000000.00")}
    package = complete_solicitation(at, terms=terms)

    (words,) = (w for _pk, w in clauses_offered(package, at) if "52.219-9" in w)

    assert "required because everybody may compete and its value is above" in words
    assert "$900,000 (FAR 19.708(b)(1); Federal Acquisition Regulation)" in words
    page = client_for(actor("contract_specialist")).get(f"{package.path}/clauses")
    assert "its value is above $900,000" in page.content.decode()


def test_what_is_prescribed_and_lacking_stops_the_release(at):
    terms = {"maximum_dollars": Decimal("1000000.00")}
    package = complete_solicitation(at, terms=terms)

    (gap,) = publish_gaps(package, at=at)
    assert (gap.code, gap.page) == ("clause", "clauses")
    assert "52.219-9" in gap.missing

    with_it = [pk for pk, words in clauses_offered(package, at) if "requir" in words]
    done = edit_solicitation(
        solicitation_id=package.pk,
        clause_ids=with_it,
        by=actor("contract_specialist"),
        at=at,
        seen_version=package.version,
    )
    assert publish_gaps(done, at=at) == []


def test_a_prescription_holds_from_its_first_to_its_last_day(at):
    package = complete_solicitation(at)
    rows = Prescription.objects.filter(clause_number="TOK-5")
    rows.update(valid_to=at.date())

    facts = facts_of(package, at=at.replace(day=at.day + 1))

    assert standing("TOK-5", facts).state == FREE


def test_before_the_amounts_rose_the_earlier_ones_decide():
    amounts = {
        row.clause_number: above for row, above in prescriptions_on(date(2025, 9, 9))
    }

    assert amounts["52.219-9"] == Decimal(750_000)
    assert amounts["52.204-10"] == Decimal(30_000)
