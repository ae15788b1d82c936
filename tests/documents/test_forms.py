"""Fields that take files."""

import tracemalloc

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile

from contracting.documents.forms import SECONDS, TextFileField, taken_file
from contracting.documents.refusals import FileNotTaken
from tests.documents import files


@pytest.mark.parametrize("content", [b"[{}]", "a;ü\n".encode("utf-16"), b"a,\xe9\n"])
def test_text_is_taken_by_its_content(content):
    upload = SimpleUploadedFile("usage.ndjson", content, "image/png")

    assert TextFileField().clean(upload).read() == content


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (files.pdf(), "a PDF file, not text"),
        (b"MZ\x90\0", "a program, not text"),
        (b"a,b\n\0", "of no kind that is taken, not text"),
    ],
)
def test_what_is_no_text_is_refused_by_its_content(content, said):
    with pytest.raises(forms.ValidationError) as refusal:
        TextFileField().clean(SimpleUploadedFile("usage.csv", content, "text/csv"))

    assert said in str(refusal.value)


def test_the_files_of_one_upload_share_their_time():
    with pytest.raises(FileNotTaken) as refusal:
        taken_file(SimpleUploadedFile("plan.txt", b"plan"), late=SECONDS + 1)

    assert refusal.value.rule == "R-SUB-12"
    assert "plan.txt: it was not checked" in str(refusal.value)


class Counted(SimpleUploadedFile):
    """A file whose bytes nobody may read."""

    def read(self, *_args):
        raise AssertionError


def test_what_is_too_large_is_refused_before_a_byte_is_read(settings):
    settings.TEXT_UPLOAD_MAX_BYTES = 1_000
    assert TextFileField().clean(SimpleUploadedFile("rows.csv", b"a" * 1_000))
    upload = Counted("rows.csv", b"a" * 4_000_000, "text/csv")
    tracemalloc.start()

    with pytest.raises(forms.ValidationError) as refusal:
        TextFileField().clean(upload)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "rows.csv has 4,000,000 bytes; at most 1,000" in str(refusal.value)
    assert peak < 200_000
