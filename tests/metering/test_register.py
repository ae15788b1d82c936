"""A gateway is registered before it reports; its name is its agency's own."""

import pytest

from contracting.audit.queries import events_of
from contracting.core.actors import SYSTEM
from contracting.core.errors import NotAllowed, NotVisible
from contracting.core.subjects import Subject
from contracting.metering.models import UsageSource
from contracting.metering.operations.register import register_source
from contracting.metering.queries import get_source_for
from contracting.metering.refusals import SourceTaken
from tests.cast import actor, nothing_happens


def registered(by, code="urn:gateway:east", label="East", at=None):
    return register_source(
        agency_id=actor("administrator").own_organization_id,
        code=code,
        label=label,
        by=by,
        at=at,
    )


def test_an_administrator_registers_a_gateway(administrator, cor, at):
    source = registered(administrator, code=" urn:gateway:east ", at=at)

    assert (source.code, source.label) == ("urn:gateway:east", "East")
    assert get_source_for(cor, code="urn:gateway:east") == source
    (event,) = events_of(Subject("metering.source", source.pk, ""))
    assert event.event == "metering.source.registered"
    assert event.stream == f"organization:{source.agency_id}"


def test_the_operator_may_too_and_a_name_is_its_own_label(db, at):
    assert registered(SYSTEM, label=" ", at=at).label == "urn:gateway:east"


def test_an_outsider_finds_no_source_of_ours(
    administrator, other_agency_officer, vendor_a_signer, other_agency_gateway, at
):
    registered(administrator, at=at)

    for stranger in (other_agency_officer, vendor_a_signer, other_agency_gateway):
        with pytest.raises(NotVisible):
            get_source_for(stranger, code="urn:gateway:east")


@pytest.mark.parametrize("code", ["", " ", "two words", "x" * 121, "naïve", "a\nb"])
def test_a_name_that_no_event_can_carry_is_refused(administrator, at, code):
    with nothing_happens(), pytest.raises(SourceTaken):
        registered(administrator, code=code, at=at)


def test_a_name_is_registered_once_in_an_agency(administrator, at):
    registered(administrator, at=at)

    with nothing_happens(), pytest.raises(SourceTaken):
        registered(SYSTEM, label="", at=at)


def test_and_no_agency_learns_what_another_calls_its_own(
    administrator, other_agency_officer, other_agency_gateway, gateway, at
):
    """Were names unique among all, trying them would tell which ones are taken."""
    ours = registered(administrator, at=at)

    theirs = register_source(
        agency_id=other_agency_officer.own_organization_id,
        code="urn:gateway:east",
        label="",
        by=SYSTEM,
        at=at,
    )

    assert theirs.pk != ours.pk
    assert get_source_for(gateway, code="urn:gateway:east") == ours
    assert get_source_for(other_agency_gateway, code="urn:gateway:east") == theirs


@pytest.mark.parametrize(
    "part_name", ["cor", "contracting_officer", "vendor_a_administrator"]
)
def test_nobody_else_registers_one(db, at, part_name):
    with nothing_happens(), pytest.raises(NotAllowed):
        registered(actor(part_name), at=at)

    assert not UsageSource.objects.exists()
