"""A signature given after the print is shown in the room that the print left for it."""

import io
import subprocess

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields

from contracting.documents import rendering
from contracting.documents.signing import appearance, copies, signatures
from tests.documents import verapdf
from tests.documents.papers import context_of, sheet, squeezed
from tests.documents.signers import NOW, record, signed_by, vera
from tests.documents.test_signatures import statuses

ACCEPTED = "2026-12-01T15:04:00.000000Z"
LATER = {"designation": "REPRESENTATIVE", "contract": "VENDOR"}
NAMES = {
    "short": "Kim Park",
    "long": "Maximiliane-Theodora von und zu Hohenlohe-Schillingsfürst-Waldenburg",
    "one word": "W" * 200,
    "many signs": 'O\'Brien & Söhne <script> "x" \\n (7) \U0001f600',
}


@pytest.fixture(autouse=True)
def seal_file(settings, tmp_path):
    settings.SEAL_FILE = str(tmp_path / "seal.pem")
    settings.SEAL_IS_MADE = True


def waiting(kind: str):
    """The sheet of a paper that one party signs after it was printed."""
    context = context_of(kind)
    if kind == "designation":
        context["signatures"][1]["waits_for"] = "Kim Park"
    for block in ("30a", "30b", "30c"):
        context.get("blocks", {}).pop(block, None)
    return sheet(kind, context=context)


def signed(kind: str, name: str = "Kim Park", *, zone: str = "America/New_York"):
    later = record(
        LATER[kind],
        signer={"name": name, "title": "contracting officer's representative"},
        time=ACCEPTED,
    )
    return signatures.sign_print(
        rendering.render(waiting(kind)),
        parties=("OFFICER", LATER[kind]),
        records=[record("OFFICER"), later],
        zone=zone,
    )


def seen(pdf: bytes, tmp_path) -> str:
    """What a reader of the pages sees, signatures included."""
    file = tmp_path / "seen.pdf"
    file.write_bytes(pdf)
    done = subprocess.run(
        ["pdftotext", "-raw", file, "-"], capture_output=True, check=True
    )
    return squeezed(done.stdout.decode())


@pytest.mark.parametrize("kind", LATER)
def test_what_is_signed_later_is_read_in_its_box(kind, tmp_path):
    made = signed(kind)
    before, after = made.content[: made.revisions[2]], made.content

    told = squeezed("signed electronically 1 Dec 2026, 10:04 a.m. EST (15:04 UTC)")
    assert told not in seen(before, tmp_path)
    assert told in seen(after, tmp_path)
    assert squeezed("Kim Park") in seen(after, tmp_path)
    assert squeezed("Contracting officer's representative;") in seen(after, tmp_path)


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_every_name_is_in_the_box_whole(name, tmp_path):
    made = signed("designation", name)

    told = squeezed(rendering.printable(name))
    assert told in seen(made.content, tmp_path)
    assert squeezed("(15:04 UTC)") in seen(made.content, tmp_path)


def test_both_standards_hold_and_both_signatures(tmp_path):
    if verapdf.missing():
        pytest.skip(verapdf.missing())
    hung = []
    for kind in LATER:
        made = signed(kind)
        for number, end in enumerate(made.revisions):
            hung.append(tmp_path / f"{kind}-{number}.pdf")
            hung[-1].write_bytes(made.content[:end])
        for _, each in statuses(made.content):
            assert each.intact
            assert each.valid
            assert each.docmdp_ok
        subprocess.run(["qpdf", "--check", hung[-1]], capture_output=True, check=True)

    assert verapdf.failures(hung) == []


def test_a_print_without_a_room_shows_nothing():
    made = signatures.sign_print(
        rendering.render(sheet("modification")),
        parties=("VENDOR", "OFFICER"),
        records=[record("VENDOR"), record("OFFICER")],
    )

    assert boxes(made.content) == [[0, 0, 0, 0]] * 2


def boxes(pdf: bytes) -> list[list[float]]:
    reader = PdfFileReader(io.BytesIO(pdf))
    return [
        [float(each) for each in place.get_object()["/Rect"]]
        for _, _, place in enumerate_sig_fields(reader)
    ]


def test_the_room_belongs_to_who_signs_last():
    made = signed("designation")

    officer, representative = boxes(made.content)
    assert officer == [0, 0, 0, 0]
    left, low, right, high = representative
    assert right - left > 150
    assert high - low > 30


def test_a_print_with_a_room_has_the_same_bytes_each_time():
    assert len({rendering.render(waiting("designation")) for _ in range(2)}) == 1


def test_a_drawing_of_a_signature_has_the_same_bytes_each_time():
    words = appearance.words_of(record("VENDOR", time=ACCEPTED), "UTC")

    drawn = {rendering.appearance_of(words, width=200, height=37) for _ in range(2)}
    assert len(drawn) == 1


def test_a_key_of_ones_own_signs_in_the_room_too():
    made = signed("designation")
    issued = made.content[: made.revisions[2]]

    copy = signed_by(vera(), issued, "Representative")

    found = copies.look_at(
        copy, issued=issued, field="Representative", at=NOW.timestamp()
    )
    assert found.refused == ""
