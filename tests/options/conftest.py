"""One contract with an option period for all stories of a file."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.db import transaction
from django.test import Client

from contracting.contracts.models import Contract, ContractOption
from contracting.core import clock
from contracting.core.actors import Actor
from tests.builders_options import (
    EXERCISED_AT,
    PERIOD,
    added_options,
    contract_under,
    represented_size,
)
from tests.builders_orders import MODIFIED_AT
from tests.cast import client_for


@pytest.fixture(scope="module")
def added(django_db_setup, django_db_blocker) -> Iterator[int]:
    """The contract and its option are agreed once, around all tests of the file."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield added_options()[0].pk
        transaction.set_rollback(True)


@pytest.fixture
def option(added: int, db: None) -> ContractOption:
    """Option 1: twelve months from 1 April 2027, $250,000 and 25 billion tokens."""
    return ContractOption.objects.select_related("contract").get(pk=added)


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """The doors read the clock on the day of the exercise."""
    monkeypatch.setattr(clock, "now", lambda: EXERCISED_AT)
    return EXERCISED_AT


@pytest.fixture
def late_option(db: None) -> ContractOption:
    """An option of 60 months; the vendor has stated in 2026 that it is small."""
    option = added_options({**PERIOD, "months": 60})[0]
    represented_size(option.contract, at=MODIFIED_AT)
    return option


@pytest.fixture
def other_services_contract(db: None) -> Contract:
    """A contract whose service code is no information technology."""
    return contract_under({"psc": "R408"})


@pytest.fixture
def client_for_officer(contracting_officer: Actor) -> Client:
    """The contracting officer's browser."""
    return client_for(contracting_officer)
