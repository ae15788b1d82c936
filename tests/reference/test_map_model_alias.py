"""A name in usage stands for nothing until somebody says so."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from contracting.audit.models import AuditEvent
from contracting.core.actors import SYSTEM
from contracting.core.errors import Invalid, NotAllowed
from contracting.reference.models import AiModel, ModelAlias
from contracting.reference.operations.map_model_alias import map_model_alias
from contracting.reference.queries import aliases_visible_to, resolve_model
from contracting.reference.refusals import (
    AliasInForce,
    ModelNotInForce,
    NameIsASnapshot,
)
from tests.cast import nothing_happens


@pytest.fixture
def august(db):
    return AiModel.objects.get(snapshot="gpt-4o-2024-08-06")


@pytest.fixture
def november(db):
    return AiModel.objects.get(snapshot="gpt-4o-2024-11-20")


@pytest.fixture
def map_name(agency, august, cor, at):
    def mapped(**changed):
        asked = {
            "source_name": "gpt-4o-latest",
            "model_id": august.pk,
            "agency_id": agency.pk,
            "by": cor,
            "at": at,
        }
        return map_model_alias(**(asked | changed))

    return mapped


@pytest.mark.parametrize(
    "role", ["cor", "contracting_officer", "contract_specialist", "administrator"]
)
def test_who_answers_for_the_contract_says_what_a_name_stands_for(
    role, request, map_name, agency, august, at
):
    by = request.getfixturevalue(role)
    assert resolve_model("gpt-4o-latest", at.date(), agency.pk) is None

    # When the name is mapped
    alias = map_name(by=by)

    # Then usage under it is found from the first day of the snapshot
    assert alias.valid_from == august.valid_from
    assert resolve_model("gpt-4o-latest", at.date(), agency.pk) == august
    assert resolve_model("gpt-4o-latest", august.valid_from, agency.pk) == august

    # And it is recorded who said so
    assert alias.recorded_by == by.name
    event = AuditEvent.objects.get(event="reference.model_alias.mapped")
    assert event.stream == f"organization:{agency.pk}"
    assert '"model":"gpt-4o-2024-08-06"' in event.payload


def test_a_name_that_is_pointed_elsewhere_keeps_its_past(
    map_name, agency, august, november, at
):
    old = map_name()

    new = map_name(model_id=november.pk)

    today, yesterday = at.date(), at.date() - timedelta(days=1)
    old.refresh_from_db()
    assert (old.valid_to, new.valid_from) == (yesterday, today)
    assert resolve_model("gpt-4o-latest", yesterday, agency.pk) == august
    assert resolve_model("gpt-4o-latest", today, agency.pk) == november


def test_an_alias_of_one_agency_means_nothing_to_an_outsider(
    map_name, other_agency_officer, vendor_a_member, cor, at
):
    alias = map_name()

    elsewhere = other_agency_officer.organization_id
    assert resolve_model("gpt-4o-latest", at.date(), elsewhere) is None
    assert alias in aliases_visible_to(cor)
    assert alias not in aliases_visible_to(other_agency_officer)
    assert alias not in aliases_visible_to(vendor_a_member)


def test_the_agencys_own_alias_goes_before_the_general_one(
    map_name, agency, august, november, other_agency_officer, at
):
    map_name(agency_id=None, model_id=november.pk, by=SYSTEM)
    map_name()

    elsewhere = other_agency_officer.organization_id
    assert resolve_model("gpt-4o-latest", at.date(), agency.pk) == august
    assert resolve_model("gpt-4o-latest", at.date(), elsewhere) == november
    assert resolve_model("gpt-4o-latest", at.date(), None) == november


@pytest.mark.parametrize(
    "role",
    [
        "program_manager",
        "auditor",
        "vendor_a_administrator",
        "other_agency_officer",
        "gateway",
    ],
)
def test_nobody_else_maps_a_name(role, request, map_name):
    by = request.getfixturevalue(role)

    with nothing_happens(), pytest.raises(NotAllowed):
        map_name(by=by)


def test_nobody_maps_a_name_for_every_agency(map_name, administrator):
    with nothing_happens(), pytest.raises(NotAllowed):
        map_name(agency_id=None, by=administrator)


def test_a_snapshot_stands_for_itself_alone(map_name, november):
    with nothing_happens(), pytest.raises(NameIsASnapshot):
        map_name(source_name="gpt-4o-2024-08-06", model_id=november.pk)


def test_a_name_is_not_empty(map_name):
    with nothing_happens(), pytest.raises(Invalid):
        map_name(source_name="  ")


def test_a_name_does_not_stand_for_a_snapshot_before_it_existed(map_name):
    with nothing_happens(), pytest.raises(ModelNotInForce):
        map_name(valid_from=date(2024, 1, 1))


def test_a_name_is_not_pointed_elsewhere_in_the_past(map_name, november):
    map_name(valid_from=date(2026, 1, 1))

    with nothing_happens(), pytest.raises(AliasInForce):
        map_name(model_id=november.pk, valid_from=date(2025, 12, 1))


def test_saying_the_same_twice_is_refused(map_name):
    map_name()

    with nothing_happens(), pytest.raises(AliasInForce):
        map_name()


def test_the_database_refuses_two_meanings_on_one_day(map_name, agency, november):
    map_name()

    again = ModelAlias(
        source_name="gpt-4o-latest",
        model=november,
        agency=agency,
        valid_from=date(2026, 6, 1),
        recorded_by="nobody",
    )
    with (
        pytest.raises(IntegrityError, match="one_model_at_a_time"),
        transaction.atomic(),
    ):
        again.save()
