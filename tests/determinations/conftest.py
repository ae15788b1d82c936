"""The people of the ladder, who are no part of the cast, and a need to determine on."""

import pytest

from accounts.models import Membership, User
from accounts.queries import actor_of
from accounts.states import ReviewField, Role
from contracting.core.actors import SYSTEM
from contracting.core.quantities import Dollars
from contracting.core.subjects import Subject
from contracting.determinations.operations.adopt_ladder import (
    adopt_justification_ladder,
)
from contracting.determinations.operations.make import make_determination
from contracting.determinations.states import JUSTIFICATIONS, Kind
from tests.cast import PASSWORD, days
from tests.justified import PARTS

SUBJECT = Subject("solicitations.solicitation", 7, "solicitation:7")


@pytest.fixture
def ladder(agency, at):
    """The ladder of the amounts in force, and somebody on each rung of it."""
    adopt_justification_ladder(
        agency_id=agency.pk, valid_from=at.date(), by=SYSTEM, at=at - days(1)
    )
    return {
        field: _reviewer(agency, field)
        for field in (
            ReviewField.SMALL_BUSINESS,
            ReviewField.COMPETITION,
            ReviewField.ACTIVITY_HEAD,
            ReviewField.EXECUTIVE,
        )
    }


def _reviewer(agency, field):
    user = User.objects.create_user(
        f"{field.lower()}@example.test", PASSWORD, name=f"{field.label} reviewer"
    )
    return actor_of(
        Membership.objects.create(
            user=user, organization=agency, role=Role.REVIEWER, review_field=field
        )
    )


@pytest.fixture
def make(agency, contracting_officer, at):
    """Make a determination on a solicitation of $400,000 unless told."""

    def make_it(**change):
        terms = {
            "kind": Kind.OTHER_THAN_FULL,
            "subject": SUBJECT,
            "agency_id": agency.pk,
            "title": "Tokens for the claims assistant",
            "path": "/solicitations/sol_x",
            "value": Dollars("400000.00"),
            "text": "Only one source can furnish the model.",
            "authority": "FAR 6.302-1",
            "by": contracting_officer,
            "at": at,
        }
        made = {**terms, **change}
        if made["kind"] in JUSTIFICATIONS:
            made.setdefault("parts", PARTS)
        return make_determination(**made)

    return make_it
