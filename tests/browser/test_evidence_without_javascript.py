"""The evidence of a contract is gathered without a script, and without a barrier."""

import hashlib
from pathlib import Path

from contracting.evidence.models import Archive
from tests.browser.pages import look
from tests.builders_settlement import PAID_AT
from tests.evidence.packs import file_of, gathered, paid_contract


def test_an_auditor_gathers_the_evidence_of_a_contract(stage, axe):
    # Given a contract with a paid invoice
    contract = paid_contract()
    stage.at(PAID_AT)

    # When an auditor asks for everything on it
    screen = stage.see("auditor", "contracts:contract", contract.public_id)
    screen.follow("Evidence, and papers in one file")
    assert "Nothing was gathered" in screen.answer()
    screen.follow("Gather the evidence")
    screen.press("Gather the evidence")

    # Then the page says how far it is, and offers the file once it is whole
    assert "It is being gathered" in screen.answer()
    assert screen.main.get_by_role("link", name="Download ZIP").count() == 0
    archive = gathered(Archive.objects.get())
    screen.follow("Look again")
    assert "It is whole" in screen.answer()
    with screen.page.expect_download() as coming:
        screen.main.get_by_role("link", name="Download ZIP").click()
    whole = Path(coming.value.path()).read_bytes()
    assert hashlib.sha256(whole).hexdigest() == file_of(archive).blob.sha256

    # And the page of it has no barriers; a walk of all pages looks at the others
    screen = stage.see("auditor", "evidence:archive", archive.public_id, script=True)
    assert look(screen.visitor, axe) == []
