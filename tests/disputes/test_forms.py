"""Files of counts are read as they were handed out, from any spreadsheet."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import ValidationError

from contracting.core.plots.tables import rows_as_csv
from contracting.disputes.forms import EnterRecountForm, read_counts

SAMPLED = ("-Zx81", "=r", "@7", "r-1", "'quoted")


def entered(text: str) -> EnterRecountForm:
    file = SimpleUploadedFile("counts.csv", text.encode())
    return EnterRecountForm({}, {"file": file}, sampled=set(SAMPLED))


@pytest.mark.parametrize("request_id", SAMPLED)
def test_the_file_of_the_sample_comes_back_with_its_own_ids(request_id):
    head = ("request_id", "attempt", "tokens")
    form = entered("".join(rows_as_csv(head, [(request_id, 1, 12)])))

    assert form.is_valid(), form.errors
    assert form.cleaned_data["counts"] == {(request_id, 1): 12}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_any_machine_ends_them(end):
    text = end.join(["request_id,attempt,tokens", "r-1,1,2", "r-2,1,3", ""])

    assert read_counts(text, 2) == [("r-1", 1, 2), ("r-2", 1, 3)]


@pytest.mark.parametrize("line", ["r-2," + "9" * 140_000, "r-2,1"])
def test_a_line_that_is_none_is_named(line):
    with pytest.raises(ValidationError, match="Line 2"):
        read_counts(f"r-1,1,2\n{line}\n", 5)
