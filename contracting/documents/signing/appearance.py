"""What a signature shows on the page, in the room that the print has left for it.

A print names its rooms by two destinations each, ``room-N`` and ``room-N-end``, the
upper left and the lower right corner. Whoever signs after the print is the last in the
order of its signatures, so that the last room is the last party's. A print without
rooms has signatures that its pages do not show.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from contracting.documents.calculations import instant_words

_ROOM: Final = re.compile(r"room-(\d+)")
_LEAST: Final = 20
"""Points: a smaller room shows nothing that could be read."""


@dataclass(frozen=True, slots=True)
class Room:
    """Where a signature is shown: a page, and its box in points from the lower left."""

    page: int
    box: tuple[int, int, int, int]

    @property
    def width(self) -> int:
        return self.box[2] - self.box[0]

    @property
    def height(self) -> int:
        return self.box[3] - self.box[1]


def rooms_of(reader: Any, parties: Sequence[str]) -> dict[str, Room]:
    """By party, the room of each that signs after the print; empty if it has none.

    :param reader: pyHanko's reader of the print
    :param parties: who signs, in their order
    """
    corners = _destinations(reader)
    found = []
    for name in sorted(filter(_ROOM.fullmatch, corners), key=_number):
        end = corners.get(f"{name}-end")
        page, left, top = corners[name]
        if end is None or end[0] != page:
            continue
        room = Room(page, (round(left), round(end[2]), round(end[1]), round(top)))
        if min(room.width, room.height) >= _LEAST:
            found.append(room)
    last = parties[len(parties) - len(found) :] if len(found) <= len(parties) else ()
    return dict(zip(last, found, strict=False))


def _number(name: str) -> int:
    return int(name.removeprefix("room-"))


def _destinations(reader: Any) -> dict[str, tuple[int, float, float]]:
    """Every named place of the print: its page, and its distance from left and foot."""
    try:
        listed = reader.root["/Names"]["/Dests"]["/Names"]
    except KeyError:
        return {}
    kids = _pages(reader)
    found = {}
    for at in range(0, len(listed), 2):
        place = listed[at + 1]
        page = kids.get(place.raw_get(0).idnum)
        if page is not None:
            found[str(listed[at])] = (page, float(place[2]), float(place[3]))
    return found


def _pages(reader: Any) -> dict[int, int]:
    """By the number of its object, the place of each page."""
    count = int(reader.root["/Pages"]["/Count"])
    return {
        reader.find_page_for_modification(place)[0].idnum: place
        for place in range(count)
    }


def tag_field(writer: Any, fields: Any, page: int) -> None:
    """Put the last of the fields into the structure tree (ISO 14289-1, 7.18.4).

    :param fields: the form's list; a field that is shown is its own widget
    """
    from pyhanko.pdf_utils import generic as untyped

    generic: Any = untyped
    widget = fields.raw_get(len(fields) - 1)

    name, number = generic.NameObject, generic.NumberObject
    tree = writer.root["/StructTreeRoot"]
    page_ref = writer.find_page_for_modification(page)[0]
    top = tree["/K"]
    top = top[0] if isinstance(top, generic.ArrayObject) else top
    parents = tree["/ParentTree"]["/Nums"]
    key = 1 + max((int(each) for each in list(parents)[::2]), default=-1)
    parent = top.container_ref if top.container_ref else tree.raw_get("/K")
    element = writer.add_object(
        generic.DictionaryObject(
            {
                name("/Type"): name("/StructElem"),
                name("/S"): name("/Form"),
                name("/P"): generic.IndirectObject(
                    parent.idnum, parent.generation, writer
                ),
                name("/Pg"): page_ref,
                name("/K"): generic.DictionaryObject(
                    {
                        name("/Type"): name("/OBJR"),
                        name("/Obj"): widget,
                        name("/Pg"): page_ref,
                    }
                ),
            }
        )
    )
    children = top["/K"]
    children.append(element)
    parents.append(number(key))
    parents.append(element)
    tree[name("/ParentTreeNextKey")] = number(key + 1)
    for changed in (top, children, parents, tree, tree["/ParentTree"]):
        if changed.container_ref is not None:
            writer.update_container(changed)
    widget.get_object()[name("/StructParent")] = number(key)
    shown_on = page_ref.get_object()
    shown_on[name("/Tabs")] = name("/S")
    writer.update_container(shown_on)


def style_of(writer: Any, field: str, record: str, zone: str) -> Any:
    """The style in which pyHanko shows a signature; ``None`` where nothing is shown.

    The press sets it in the faces of the print.

    :param writer: pyHanko's writer of the file, which has the field if it shows any
    :param record: of the approval; empty for a seal, which shows nothing
    :param zone: IANA name of the contract's zone; empty for UTC alone
    """
    from pyhanko.pdf_utils import layout
    from pyhanko.stamp import StaticStampStyle

    from contracting.documents.rendering import appearance_of

    left, low, right, high = _box_of(writer, field) if record else [0.0] * 4
    if min(right - left, high - low) < _LEAST:
        return None
    drawn = appearance_of(words_of(record, zone), width=right - left, height=high - low)
    fit = layout.SimpleBoxLayoutRule(
        x_align=layout.AxisAlignment.ALIGN_MIN, y_align=layout.AxisAlignment.ALIGN_MAX
    )
    return StaticStampStyle(
        background=_page_of(drawn), border_width=0, background_layout=fit
    )


def _box_of(writer: Any, field: str) -> list[float]:
    from pyhanko.sign.fields import enumerate_sig_fields

    for _, _, place in enumerate_sig_fields(writer, with_name=field):
        return [float(each) for each in place.get_object().get("/Rect", [0] * 4)]
    return [0.0] * 4


def words_of(record: str, zone: str) -> dict[str, str]:
    """Who has signed, in which capacity and when, as the box of a print says it."""
    said: Mapping[str, Any] = json.loads(record)
    signer = said["signer"]
    at = instant_words(said["time"], zone) if said.get("time") else ""
    title = str(signer["title"])
    return {
        "signed_by": str(signer["name"]),
        "signer_title": title[:1].upper() + title[1:],
        "signed_at": at,
    }


def _page_of(pdf: bytes) -> Any:
    """The one page of a drawing, as pyHanko puts it into an appearance."""
    from pyhanko.pdf_utils import content, layout
    from pyhanko.pdf_utils.reader import PdfFileReader

    class Drawn(content.PdfContent):
        def render(self) -> bytes:
            reader = PdfFileReader(io.BytesIO(pdf))
            drawn = self._ensure_writer.import_page_as_xobject(reader)
            self.resources.xobject["/Shown"] = drawn
            left, low, right, high = drawn.get_object()["/BBox"]
            self.box = layout.BoxConstraints(width=right - left, height=high - low)
            return b"/Shown Do"

    return Drawn()
