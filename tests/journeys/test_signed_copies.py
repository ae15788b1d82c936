"""A signed copy: one party's signature in its own field, and nothing else."""

import base64
import shutil
import subprocess
from datetime import timedelta
from functools import cache

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name

from contracting.documents.signing import copies, read_copy
from tests.documents import files
from tests.documents.papers import printed
from tests.documents.signers import (
    NOW,
    authority,
    changed,
    issued,
    person,
    revoked,
    signed_by,
    vera,
)


@pytest.fixture(autouse=True, scope="module")
def seal_of_this_module(tmp_path_factory):
    """A key for all that this module issues."""
    from django.test import override_settings

    place = tmp_path_factory.mktemp("keys") / "seal.pem"
    with override_settings(SEAL_FILE=str(place), SEAL_IS_MADE=True):
        yield


def page(made):
    """A page with a form XObject, so that there is something to hide and to replace."""
    import pikepdf

    face = pikepdf.Stream(made, b"BT /F1 9 Tf (Forty dollars) Tj ET")
    face.Type, face.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
    face.BBox = [0, 0, 99, 99]
    drawn = made.make_indirect(face)
    made.pages[0].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Face=drawn))
    made.pages[0].Contents = pikepdf.Stream(made, b"/Face Do")


@cache
def unsigned() -> bytes:
    """What the vendor downloads to sign first."""
    return issued(files.pdf(page), 0)


@cache
def half() -> bytes:
    """What the officer downloads to sign second."""
    return issued(files.pdf(page), 1)


def look(copy, base=None, field="Contractor", *, at=NOW, crls=()):
    asked = {
        "base": len(base or unsigned()),
        "field": field,
        "anchors": [base64.b64encode(authority().public()).decode()],
        "crls": [base64.b64encode(each).decode() for each in crls],
        "at": at.timestamp(),
    }
    return read_copy.look(copy, asked)


@pytest.mark.parametrize(
    ("base", "field"), [(unsigned, "Contractor"), (half, "ContractingOfficer")]
)
def test_the_one_field_that_was_left_may_be_signed(base, field):
    found = look(signed_by(vera(), base(), field), base(), field)

    assert found["refused"] == ""
    assert found["signature"]["is_trusted"]
    assert found["signature"]["signer"] == "Vera Vendor"
    assert found["signature"]["issuer"] == "Authority of the tests"
    assert found["signature"]["field"] == field


def test_a_copy_that_nobody_has_signed_is_refused():
    assert look(unsigned()) == {"refused": "unsigned"}


def test_another_partys_field_is_refused():
    copy = signed_by(vera(), unsigned(), "ContractingOfficer")

    assert look(copy) == {"refused": "wrong_field"}


def test_a_field_that_we_did_not_make_is_refused():
    copy = signed_by(vera(), unsigned(), "Elsewhere")

    assert look(copy)["refused"] in {"wrong_field", "changed"}


def test_both_fields_signed_by_one_party_are_refused():
    copy = signed_by(vera(), unsigned(), "Contractor")

    assert look(signed_by(vera(), copy, "ContractingOfficer"))["refused"]


@pytest.mark.parametrize(
    "behind", [b"words", b"\n%%EOF\n", b"9 0 obj\n<<>>\nendobj\n%%EOF\n"]
)
def test_what_stands_behind_the_signature_and_is_no_revision_is_refused(behind):
    copy = signed_by(vera(), unsigned(), "Contractor")

    assert look(copy + b"\r\n")["refused"] == ""
    assert look(copy + behind)["refused"] in {"changed", "unreadable"}


def add_page(writer):
    from pyhanko.pdf_utils.writer import PageObject

    empty = writer.add_object(generic.StreamObject(stream_data=b""))
    writer.insert_page(PageObject(contents=empty, media_box=(0, 0, 99, 99)))


def lay_over(writer):
    """An annotation with a face of its own over the text."""
    face = generic.StreamObject(
        dict_data={
            pdf_name("/Type"): pdf_name("/XObject"),
            pdf_name("/Subtype"): pdf_name("/Form"),
            pdf_name("/BBox"): generic.ArrayObject(
                [generic.NumberObject(each) for each in (0, 0, 99, 99)]
            ),
        },
        stream_data=b"1 g 0 0 99 99 re f",
    )
    made = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/Stamp"),
            pdf_name("/Rect"): generic.ArrayObject(
                [generic.NumberObject(each) for each in (0, 0, 99, 99)]
            ),
            pdf_name("/AP"): generic.DictionaryObject(
                {pdf_name("/N"): writer.add_object(face)}
            ),
        }
    )
    found, _resources = writer.find_page_for_modification(0)
    annotations = found.get_object().setdefault("/Annots", generic.ArrayObject())
    if isinstance(annotations, generic.IndirectObject):
        annotations = annotations.get_object()
        writer.update_container(annotations)
    annotations.append(writer.add_object(made))
    writer.update_container(found.get_object())


def _face(writer):
    found, _resources = writer.find_page_for_modification(0)
    return found.get_object()["/Resources"]["/XObject"]


def hide(writer):
    """Shadow attack 'hide': what was drawn over the text is drawn no more."""
    face = _face(writer)["/Face"]
    face._data = b""
    face._encoded_data = None
    writer.mark_update(face.container_ref)


def replace(writer):
    """Shadow attack 'replace': the same object says something else."""
    found, _resources = writer.find_page_for_modification(0)
    other = generic.StreamObject(
        dict_data=dict(_face(writer)["/Face"].items()),
        stream_data=b"BT /F1 9 Tf (Forty thousand dollars) Tj ET",
    )
    names = _face(writer)
    names[pdf_name("/Face")] = writer.add_object(other)
    writer.update_container(names)


def hide_and_replace(writer):
    """Shadow attack 'hide-and-replace': the catalog leads to other pages."""
    root = writer.root
    tree = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Pages"),
            pdf_name("/Count"): generic.NumberObject(0),
            pdf_name("/Kids"): generic.ArrayObject(),
        }
    )
    root[pdf_name("/Pages")] = writer.add_object(tree)
    writer.update_root()


def attach(writer):
    """A file that nobody has issued."""
    from pyhanko.pdf_utils import embed

    made = embed.EmbeddedFileObject.from_file_data(writer, data=b"more")
    embed.embed_file(writer, embed.FileSpec("more.txt", embedded_data=made))


ATTACKS = [add_page, lay_over, hide, replace, hide_and_replace, attach]


@pytest.mark.parametrize("base", [unsigned, half])
@pytest.mark.parametrize("attack", ATTACKS)
def test_what_was_changed_before_the_signing_is_refused(attack, base):
    """The signature would be whole: it covers what was changed."""
    field = "Contractor" if base is unsigned else "ContractingOfficer"
    copy = signed_by(vera(), changed(base(), attack), field)

    assert look(copy, base(), field) == {"refused": "changed"}


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_was_changed_after_the_signing_is_refused(attack):
    copy = changed(signed_by(vera(), unsigned(), "Contractor"), attack)

    assert look(copy) == {"refused": "changed"}


def test_a_flipped_byte_behind_our_bytes_is_refused():
    copy = bytearray(signed_by(vera(), unsigned(), "Contractor"))
    copy[len(unsigned()) + 40] ^= 1

    assert look(bytes(copy))["refused"] in {"broken", "unreadable", "changed"}


def test_a_signature_cut_off_is_refused():
    copy = signed_by(vera(), unsigned(), "Contractor")

    assert look(copy[:-200])["refused"] in {"broken", "unreadable", "unsigned"}


@pytest.mark.parametrize("at", range(20, 2000, 390))
def test_a_flipped_byte_of_ours_makes_it_another_paper(at):
    copy = bytearray(signed_by(vera(), unsigned(), "Contractor"))
    copy[at % len(unsigned())] ^= 1

    found = copies.look_at(
        bytes(copy), issued=unsigned(), field="Contractor", at=NOW.timestamp()
    )
    assert found.refused == "other_paper"
    assert "another version" in found.sentence


def test_a_signed_copy_of_another_paper_is_refused():
    other = signed_by(vera(), issued(files.pdf(), 0), "Contractor")

    found = copies.look_at(
        other, issued=unsigned(), field="Contractor", at=NOW.timestamp()
    )
    assert found.refused == "other_paper"


@pytest.mark.parametrize(
    ("who", "doubt"),
    [
        (lambda: person("Vera herself"), "self_made"),
        (
            lambda: person("Vera of old", authority(), last=NOW - timedelta(days=1)),
            "expired",
        ),
        (
            lambda: person("Vera of late", authority(), first=NOW + timedelta(days=1)),
            "not_yet_valid",
        ),
        (
            lambda: person("Vera", person("Nobody knows", is_authority=True)),
            "unknown_issuer",
        ),
    ],
)
def test_a_certificate_that_nobody_trusts_is_valid_but_not_trusted(who, doubt):
    found = look(signed_by(who(), unsigned(), "Contractor"))

    assert found["refused"] == ""
    assert (found["signature"]["is_trusted"], found["signature"]["doubt"]) == (
        False,
        doubt,
    )
    said = copies.Look("", found["signature"]).sentence
    assert said.startswith("Valid, but not trusted: signed by Vera")


def test_a_revoked_certificate_is_not_trusted():
    copy = signed_by(vera(), unsigned(), "Contractor")

    assert look(copy, crls=[revoked()])["signature"]["is_trusted"]
    assert look(copy, crls=[revoked(vera())])["signature"]["doubt"] == "revoked"


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n", b"\x00" * 99])
def test_what_is_no_pdf_is_refused_and_raises_nothing(content):
    assert look(unsigned() + content)["refused"] in {"unsigned", "unreadable"}


def test_the_look_is_taken_in_a_process_of_its_own(settings, tmp_path):
    (tmp_path / "anchor.pem").write_bytes(authority().public())
    settings.SIGNATURE_TRUST = str(tmp_path)
    copy = signed_by(vera(), unsigned(), "Contractor")

    found = copies.look_at(
        copy, issued=unsigned(), field="Contractor", at=NOW.timestamp()
    )

    assert (found.refused, found.is_trusted) == ("", True)
    assert found.sentence == "Valid, and trusted: signed by Vera Vendor."


def test_a_look_that_ends_early_is_an_answer(monkeypatch):
    monkeypatch.setattr(copies, "SECONDS", 0.01)

    found = copies.look_at(
        unsigned() + b" ", issued=unsigned(), field="Contractor", at=NOW.timestamp()
    )
    assert found.refused == "too_heavy"


@pytest.mark.parametrize("code", copies.SENTENCES)
def test_every_refusal_has_its_sentence(code):
    assert copies.Look(code, {}).sentence.endswith(".")


def test_a_real_paper_is_signed_by_us_and_by_a_partys_own_key(settings, tmp_path):
    """The tagged print, signed by us for the vendor, and by the officer's own key."""
    (tmp_path / "anchor.pem").write_bytes(authority().public())
    settings.SIGNATURE_TRUST = str(tmp_path)
    base = issued(printed("modification"), 1)

    copy = signed_by(vera(), base, "ContractingOfficer")
    found = copies.look_at(
        copy, issued=base, field="ContractingOfficer", at=NOW.timestamp()
    )

    assert (found.refused, found.is_trusted) == ("", True)
    if shutil.which("pdfsig"):
        (tmp_path / "copy.pdf").write_bytes(copy)
        said = subprocess.run(
            ["pdfsig", "-nocert", str(tmp_path / "copy.pdf")],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert said.count("Signature is Valid.") == 2
