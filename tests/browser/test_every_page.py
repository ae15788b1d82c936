"""Every page that a role reaches: no barrier, no complaint, an answer, no overflow."""

import pytest

from tests.browser.pages import look, walk

DEMO = (
    "contracting_officer",
    "cor",
    "payment_certifier",
    "auditor",
    "northlight_signer",
)
CAST = (
    "contracting_officer",
    "contract_specialist",
    "program_manager",
    "technical_reviewer",
    "evaluator",
    "source_selection_authority",
    "cor",
    "funds_certifier",
    "payment_certifier",
    "auditor",
    "administrator",
    "vendor_a_member",
    "vendor_a_signer",
    "vendor_a_administrator",
)
FEWEST_KINDS = 8
"""Of pages: a walk that finds fewer has lost its way."""


def test_every_public_page(visit, axe):
    visitor = visit()

    wrong = [
        f"{path}: {each}" for _, path in walk(visitor) for each in look(visitor, axe)
    ]

    assert wrong == []


@pytest.mark.parametrize("part", [*(f"demo:{part}" for part in DEMO), *CAST])
def test_every_page_of_a_role(visit, axe, part):
    visitor = visit().log_in(part)

    wrong, kinds = [], 0
    for name, path in walk(visitor):
        kinds += 1
        wrong += [f"{name} {path}: {each}" for each in look(visitor, axe)]

    assert wrong == []
    assert kinds >= FEWEST_KINDS
