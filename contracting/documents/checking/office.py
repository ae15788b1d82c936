"""Word, Excel and PowerPoint: no macros, no foreign objects, nothing from afar."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from contracting.documents.checking.archives import Entry
from contracting.documents.checking.findings import Limits, Unfit
from contracting.documents.checking.images import check_image
from contracting.documents.checking.kinds import (
    OFFICE_KINDS,
    foreign_kind_of,
    kind_of,
)
from contracting.documents.checking.names import suffix_of

CONTENT_TYPES: Final = "[content_types].xml"
_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
_MAIN: Final = {
    f"{_OFFICE}wordprocessingml.document.main+xml": "docx",
    f"{_OFFICE}spreadsheetml.sheet.main+xml": "xlsx",
    f"{_OFFICE}presentationml.presentation.main+xml": "pptx",
}
_MACROS: Final = ("macroenabled", "vbaproject", "macrosheet", "ms-office.vba")
_OBJECTS: Final = ("oleobject", "activex", "-officedocument.control")
_FOLLOWED: Final = {"http", "https", "mailto"}
_DOCTYPES: Final = tuple(
    mark.encode(code)
    for mark in ("<!DOCTYPE", "<!ENTITY")
    for code in ("utf-8", "utf-16-le", "utf-16-be")
)
_DDE: Final = re.compile(rb"<w:instrText[^>]*>\s*\"?DDE(?:AUTO)?\s", re.IGNORECASE)
_DDE_LINK: Final = re.compile(rb"<(?:\w+:)?(?:ddeLink|oleLink)\b")
_EMBEDDED: Final = "/embeddings/"
_ANEW: Final = "Save it anew as an ordinary document without them."

Look = Callable[[str, bytes], object]


def check_office(
    parts: Iterable[tuple[Entry, bytes]], limits: Limits, look_inside: Look
) -> str:
    """Read every part of the file, one at a time, and say what it is.

    :param look_inside: checks a document that lies in this one, as any other file
    :returns: ``docx``, ``xlsx`` or ``pptx``
    :raises Unfit: naming the part, for what no offer needs and a reader must fear
    """
    kind = ""
    for entry, content in parts:
        try:
            kind = _check_part(entry.name, content, limits, look_inside) or kind
        except Unfit as unfit:
            raise unfit.within(entry.name) from None
    if not kind:
        raise Unfit(
            "office_kind",
            "It is no plain Word, Excel or PowerPoint document.",
            "Templates, add-ins and files of other programs are not opened.",
            "Save it as .docx, .xlsx or .pptx, or as PDF.",
        )
    return kind


def _check_part(
    name: str, content: bytes, limits: Limits, look_inside: Look
) -> str | None:
    place, suffix = name.casefold(), suffix_of(name)
    if place == CONTENT_TYPES:
        return _kind_by(_parsed(content, limits))
    if suffix == "rels":
        _check_relationships(_parsed(content, limits))
    elif suffix in {"xml", "vml", "svg"}:
        _check_xml(content)
    elif _EMBEDDED in place and suffix in OFFICE_KINDS:
        look_inside(name.rpartition("/")[2], content)
    else:
        _check_binary(place, suffix, content, limits)
    return None


def _parsed(content: bytes, limits: Limits) -> Element:
    if len(content) > limits.xml_bytes:
        raise _damaged()
    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        raise _doctype() from None
    except (ParseError, ValueError, LookupError):
        raise _damaged() from None
    return root


def _kind_by(types: Element) -> str:
    """The kind that the content types declare; they declare macros as well."""
    kind = ""
    for each in types.iter():
        declared = each.get("ContentType", "").casefold()
        if any(word in declared for word in _MACROS):
            raise _macros()
        if any(word in declared for word in _OBJECTS):
            raise _objects()
        kind = kind or _MAIN.get(declared, "")
    return kind


def _check_relationships(relationships: Element) -> None:
    for each in relationships.iter():
        kind = each.get("Type", "").rpartition("/")[2]
        if kind.casefold() in {"vbaproject", "wordvbadata", "xlmacrosheet"}:
            raise _macros()
        if kind.casefold() in {"oleobject", "control", "activexcontrolbinary"}:
            raise _objects()
        if each.get("TargetMode", "").casefold() == "external":
            _require_plain_link(kind, each.get("Target", ""))


def _require_plain_link(kind: str, target: str) -> None:
    """A link that somebody clicks may lead to the web; nothing else is fetched."""
    try:
        scheme = urlsplit(target.strip()).scheme.casefold()
    except ValueError:
        scheme = ""
    if kind == "hyperlink" and (scheme in _FOLLOWED or target.startswith("#")):
        return
    what = kind if kind.isalnum() else "part"
    raise Unfit(
        "office_external",
        f"It takes a part ({what}) from another place.",
        "Opened, it would call that place and show what lies there then.",
        "Put the part into the document, or remove it.",
    )


def _check_xml(content: bytes) -> None:
    if any(mark in content for mark in _DOCTYPES):
        raise _doctype()
    if _DDE.search(content) or _DDE_LINK.search(content):
        raise Unfit(
            "office_dde",
            "It has a field that starts another program.",
            "Opened, it could run something on a reader's computer.",
            "Remove the field.",
        )


def _check_binary(place: str, suffix: str, content: bytes, limits: Limits) -> None:
    if "vbaproject" in place or "/macrosheets/" in place:
        raise _macros()
    kind = kind_of(content)
    if kind in {"png", "jpg"}:
        check_image(content, kind, limits)
    foreign = foreign_kind_of(content)
    is_settings = "/printersettings/" in place
    if foreign.startswith("an old") or (suffix == "bin" and not is_settings):
        raise _objects()
    if foreign == "a program" and not kind:
        raise _objects()


def _macros() -> Unfit:
    return Unfit(
        "office_macros",
        "It has macros.",
        "Opened, they could run on a reader's computer.",
        _ANEW,
    )


def _objects() -> Unfit:
    return Unfit(
        "office_objects",
        "It has embedded objects or controls.",
        "They can run on a reader's computer and cannot be checked.",
        "Remove them, or put a picture in their place.",
    )


def _doctype() -> Unfit:
    return Unfit(
        "office_entities",
        "Its XML declares entities.",
        "No Office program writes them; they unfold without end.",
        "Save it anew from the program that made it.",
    )


def _damaged() -> Unfit:
    return Unfit(
        "office_damaged",
        "A part of it cannot be read.",
        "Nobody could open it.",
        "Save it anew from the program that made it.",
    )
