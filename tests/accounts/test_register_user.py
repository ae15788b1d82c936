"""People are registered by an administrator, who never knows their password."""

import pytest

from accounts.operations.register_user import register_user
from accounts.refusals import PersonExists
from contracting.core.errors import NotAllowed
from tests.cast import nothing_happens


def test_a_registered_person_has_no_password_yet(administrator, at):
    user = register_user(
        email="Nia@Example.test", name="Nia Newcomer", by=administrator, at=at
    )

    assert user.email == "nia@example.test"
    assert not user.has_usable_password()


def test_nobody_else_registers_people(contracting_officer, at):
    with nothing_happens(), pytest.raises(NotAllowed):
        register_user(
            email="nia@example.test", name="Nia", by=contracting_officer, at=at
        )


def test_an_address_is_registered_once_whatever_its_case(administrator, at):
    with nothing_happens(), pytest.raises(PersonExists):
        register_user(
            email="ADA.OFFICER@example.test", name="Ada", by=administrator, at=at
        )
