"""A file is verified by anybody, with a script that keeps it at home and without."""

from django.urls import reverse

from contracting.documents.operations.render import render_document
from tests.browser.conftest import apart
from tests.browser.pages import look
from tests.cast import AT, actor
from tests.documents.papers import request
from tests.verification.printing import print_of

VERIFY = reverse("verification:verify")


def test_a_file_is_verified_without_a_script_and_with_one(stage, axe, tmp_path):
    officer = actor("contracting_officer")
    document = request(officer, AT, kind="option_determination", is_public=True)
    apart(lambda: render_document(document_id=document.pk))
    content = print_of(document)[1]
    file, changed = tmp_path / "paper.pdf", tmp_path / "changed.pdf"
    place = content.index(b"stream") + 40
    file.write_bytes(content)
    changed.write_bytes(
        content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
    )
    longer = tmp_path / "longer.pdf"
    longer.write_bytes(content + b"99 0 obj\n<<>>\nendobj\n%%EOF\n")

    for script in (False, True):
        visitor = stage.visits(javascript=script)
        page = visitor.page
        sent: list[str] = []
        page.on("request", lambda asked, sent=sent: sent.append(asked.method))
        told = {}
        for each in (file, changed, longer):
            visitor.go(VERIFY)
            page.locator('[name="file"]').set_input_files(each)
            with page.expect_navigation(url=lambda url: url.rstrip("/") != VERIFY):
                page.get_by_role("button", name="Verify the file").click()
            page.locator("h1").wait_for()
            told[each.name] = page.locator("[data-answer]").inner_text()
        assert "the paper of record, unchanged" in told["paper.pdf"]
        assert "at least one byte differs" in told["changed.pdf"]
        assert "something was added behind it" in told["longer.pdf"]
        assert ("POST" in sent) is not script

    assert look(visitor, axe) == []
    visitor.go(VERIFY)
    assert look(visitor, axe) == []
