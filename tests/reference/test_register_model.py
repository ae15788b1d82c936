"""A snapshot that the site does not know is registered by an administrator."""

from datetime import date
from typing import Any

import pytest

from contracting.audit.models import AuditEvent
from contracting.core.actors import SYSTEM
from contracting.core.errors import NotAllowed
from contracting.reference.models import AiModel, ModelAlias, Tokenizer
from contracting.reference.operations.map_model_alias import map_model_alias
from contracting.reference.operations.register_model import register_model
from contracting.reference.refusals import BadModel, ModelRegistered
from tests.builders import MODEL
from tests.cast import nothing_happens

TERMS: dict[str, Any] = {
    "snapshot": "granite-9-2026-02-01",
    "code": "granite-9",
    "provider": "Granite",
    "family": "granite",
    "tokenizer": "granite_9",
    "context_tokens": 128_000,
    "max_output_tokens": 8_000,
    "boundaries": ["US"],
    "valid_from": date(2026, 2, 1),
}


@pytest.fixture(autouse=True)
def _a_boundary(db):
    """Whatever the first boundary of the list is called."""
    from contracting.reference.states import Boundary

    TERMS["boundaries"] = [Boundary.values[0]]


def test_an_administrator_registers_a_snapshot_with_its_tokenizer(administrator, at):
    model = register_model(**TERMS, by=administrator, at=at)

    assert model.public_id.startswith("mdl_")
    assert AiModel.objects.in_force(date(2026, 3, 1)).filter(pk=model.pk).exists()
    assert Tokenizer.objects.get(code="granite_9").vendor_name == "Granite"
    event = AuditEvent.objects.get(event="reference.model.registered")
    assert event.stream == "system"


def test_a_tokenizer_that_is_known_is_not_registered_again(administrator, at):
    known = AiModel.objects.get(snapshot=MODEL).tokenizer

    model = register_model(
        **{**TERMS, "tokenizer": known.code}, by=administrator, at=at
    )

    assert model.tokenizer == known


def test_a_registered_snapshot_can_be_given_an_alias(administrator, at):
    model = register_model(**TERMS, by=administrator, at=at)

    alias = map_model_alias(
        source_name="granite-latest",
        model_id=model.pk,
        agency_id=administrator.organization_id,
        by=administrator,
        at=at,
    )

    assert alias.model == model


def test_nobody_else_registers_one(contracting_officer, vendor_a_signer, at):
    for by in (contracting_officer, vendor_a_signer):
        with nothing_happens(), pytest.raises(NotAllowed):
            register_model(**TERMS, by=by, at=at)


def test_a_snapshot_is_registered_once(administrator, at):
    with nothing_happens(), pytest.raises(ModelRegistered):
        register_model(**{**TERMS, "snapshot": MODEL}, by=administrator, at=at)


def test_a_name_that_stands_for_another_snapshot_is_none(administrator, at):
    ModelAlias.objects.create(
        source_name=TERMS["snapshot"],
        model=AiModel.objects.get(snapshot=MODEL),
        valid_from=date(2026, 1, 1),
        recorded_by="The operator",
    )

    with nothing_happens(), pytest.raises(ModelRegistered):
        register_model(**TERMS, by=administrator, at=at)


@pytest.mark.parametrize(
    "wrong",
    [
        {"snapshot": "  "},
        {"provider": ""},
        {"boundaries": ["MOON"]},
        {"max_output_tokens": 0},
        {"max_output_tokens": 128_001},
    ],
)
def test_particulars_that_do_not_go_together_are_refused(db, at, wrong):
    with nothing_happens(), pytest.raises(BadModel):
        register_model(**{**TERMS, **wrong}, by=SYSTEM, at=at)
