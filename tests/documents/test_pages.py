"""Counting the pages of a PDF."""

from contracting.documents.checking import pdf
from contracting.documents.checking.pdf import count_pages
from tests.documents import files


def test_pages_are_counted_and_what_is_no_pdf_has_none():
    longer = files.pdf(lambda made: made.add_blank_page())

    assert count_pages(files.pdf()) == 1
    assert count_pages(longer) == 2
    assert count_pages(b"%PDF-1.7 and no more") is None
    assert count_pages(files.encrypted_pdf("secret")) is None


def test_a_reader_that_takes_too_long_counts_nothing(tmp_path, monkeypatch):
    slow = tmp_path / "reader.py"
    slow.write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(pdf, "READER", slow)

    assert count_pages(files.pdf(), seconds=0) is None
