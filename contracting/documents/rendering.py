"""The printing press: a frozen context in, a PDF out. WeasyPrint lives here only.

The PDF is tagged PDF/A-3a that also says PDF/UA-1, carries its context as an
attachment, and has the same bytes whenever it is printed on the same machine image: its
dates come from the record, its identifier from its content, its fonts from the package.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import logging
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from contracting.core.canonical import canonical_json
from contracting.documents import enclosures, paperwork
from contracting.documents.calculations import instant_words
from contracting.documents.paperwork.metadata import claim_universal_accessibility
from contracting.documents.paperwork.quick_code import quick_code

if TYPE_CHECKING:
    from weasyprint import CSS
    from weasyprint import Document as Layout
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcherResponse

_log = logging.getLogger(__name__)

TEMPLATES: Final = Path(settings.BASE_DIR) / "templates" / "documents"
VARIANT: Final = "pdf/a-3a"
ADDRESS: Final = "https://paper.invalid/"
"""The only address that is served; it names files of the package and nothing else."""

INSTALL: Final = (
    "Papers wait for three system libraries. On Debian or Ubuntu: apt-get install "
    "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0. "
    "On macOS: brew install pango."
)
_MEDIA_TYPES: Final = {".css": "text/css", ".ttf": "font/ttf"}


class LibrariesMissing(RuntimeError):
    """Nothing can be printed now: papers wait, everything else works."""


class TooLarge(ValueError):
    """The paper has more pages or content than its kind may; trying again is vain."""


class ForbiddenAddress(ValueError):
    """A paper names something outside the package; it is not fetched."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the press needs to know of a paper."""

    kind: str
    title: str
    number: str
    version: int
    content_sha256: str
    context: Mapping[str, Any]
    author: str
    created_at: datetime
    verify_at: str = ""

    @property
    def enclosures(self) -> list[enclosures.Enclosure]:
        """The files within the PDF: its record, and each table too long for pages."""
        return list(
            enclosures.enclosed(
                self.kind,
                self.context,
                number=self.number,
                version=self.version,
                content_sha256=self.content_sha256,
                issuer=self.author,
                made_at=self.created_at,
            )
        )

    @property
    def identifier(self) -> bytes:
        """Sixteen bytes that name this content, for the PDF's ``/ID``."""
        named = [
            self.kind,
            self.number,
            self.version,
            self.content_sha256,
            self.context,
            self.verify_at,
        ]
        return hashlib.sha256(canonical_json(named).encode()).digest()[:16]


def missing_libraries() -> str:
    """The one line that says what to install, or nothing when papers can be printed."""
    try:
        import weasyprint  # noqa: F401
    except OSError:
        return INSTALL
    return ""


def render(sheet: Sheet) -> bytes:
    """Print the sheet.

    :raises LibrariesMissing: when the machine has no Pango
    :raises TooLarge: saying how many pages or bytes there are, and what to do
    """
    message = missing_libraries()
    if message:
        raise LibrariesMissing(message)
    _insist_on_size(sheet)
    with _type_case() as case:
        return _printed(sheet, case)


def _printed(sheet: Sheet, case: _TypeCase) -> bytes:
    from weasyprint import HTML, Attachment

    for face in range(len(paperwork.FACES)):
        html, styles = case.without_links(html_of(sheet, face))
        layout = HTML(string=html, base_url=ADDRESS, url_fetcher=_fetcher()).render(
            font_config=case.fonts,
            stylesheets=styles,
            pdf_tags=True,
            pdf_variant=VARIANT,
        )
        if not _leaves_its_page(layout):
            break
    _insist_on_pages(sheet, len(layout.pages))
    made = sheet.created_at.astimezone(UTC).replace(microsecond=0)
    layout.metadata.attachments = [
        Attachment(
            string=each.content,
            name=each.name,
            description=each.description,
            created=made,
            modified=made,
            relationship="Data",
        )
        for each in sheet.enclosures
    ]
    claim_universal_accessibility(layout)
    pdf: bytes = layout.write_pdf(
        pdf_variant=VARIANT, pdf_tags=True, pdf_identifier=sheet.identifier
    )
    return pdf


def appearance_of(words: Mapping[str, str], *, width: float, height: float) -> bytes:
    """A signature as its box on the page shows it: one page of that size, in points.

    Its letters are set smaller until all of them are in the box.

    :raises LibrariesMissing: when the machine has no Pango
    """
    message = missing_libraries()
    if message:
        raise LibrariesMissing(message)
    from weasyprint import CSS, HTML

    page = printable(render_to_string("documents/_appearance.html", {**words}))
    with _type_case() as case:
        html, styles = case.without_links(page)
        for letters in _LETTERS:
            size = {"width": width, "height": height, "letters": letters}
            rules = render_to_string("documents/appearance.css", size)
            own = CSS(string=rules, font_config=case.fonts)
            layout = HTML(string=html, base_url=ADDRESS, url_fetcher=_fetcher()).render(
                font_config=case.fonts, stylesheets=[*styles, own]
            )
            if len(layout.pages) == 1:
                break
        pdf: bytes = layout.copy(layout.pages[:1]).write_pdf(
            pdf_identifier=hashlib.sha256((html + rules).encode()).digest()[:16]
        )
        return pdf


_LETTERS: Final = (10, 9, 8, 7, 6, 5, 4, 3)  # in points; 10 as on every print


def _leaves_its_page(layout: Layout) -> bool:
    """Whether the face of a form, with its signatures, does not end on page one."""
    return any(FACE_END in page.anchors for page in layout.pages[1:])


FACE_END: Final = "face-end"
"""The anchor behind the last block of a form's face."""

NOT_PRINTED: Final = 3
"""The exit code of a press of its own that says why it has not printed."""

_APART_SECONDS: Final = 60
_turn = threading.Semaphore()


def render_apart(sheet: Sheet) -> bytes:
    """Print the sheet in a process of its own, which ends with it.

    For the web, which never loads the press: what a long sheet takes of memory and time
    is taken from no other request. One sheet at a time.

    :raises LibrariesMissing: with words, when it cannot be printed now
    """
    if not _turn.acquire(timeout=_APART_SECONDS):
        message = "Another sheet is being printed. Ask for it again in a minute."
        raise LibrariesMissing(message)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "django", "print_sheet"],
            input=json.dumps(_as_words(sheet)).encode(),
            capture_output=True,
            cwd=settings.BASE_DIR,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE},
            timeout=_APART_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as too_long:
        message = f"It takes more than {_APART_SECONDS} seconds to print."
        raise LibrariesMissing(message) from too_long
    finally:
        _turn.release()
    if done.returncode == NOT_PRINTED:
        raise LibrariesMissing(done.stderr.decode(errors="replace"))
    if done.returncode or not done.stdout.startswith(b"%PDF-"):
        _log.error("A sheet was not printed: %s", done.stderr[-2000:])
        message = "It could not be printed: the log of the site says why."
        raise LibrariesMissing(message)
    return done.stdout


def _as_words(sheet: Sheet) -> dict[str, Any]:
    words = {each.name: getattr(sheet, each.name) for each in fields(sheet)}
    made = sheet.created_at.isoformat()
    return words | {"created_at": made, "context": dict(sheet.context)}


def _insist_on_size(sheet: Sheet) -> None:
    size = len(canonical_json(dict(sheet.context)).encode())
    if size > paperwork.MOST_CONTEXT_BYTES:
        message = (
            f"Its content has {size:,} bytes; a paper prints "
            f"{paperwork.MOST_CONTEXT_BYTES:,} at the most. {_INSTEAD}"
        )
        raise TooLarge(message)


def _insist_on_pages(sheet: Sheet, pages: int) -> None:
    most = paperwork.most_pages(sheet.kind)
    if pages > most:
        noun = sheet.kind.replace("_", " ")
        message = (
            f"It would have {pages:,} pages; a {noun} has {most:,} at the most. "
            f"{_INSTEAD}"
        )
        raise TooLarge(message)


_INSTEAD: Final = (
    "Nothing is lost: what it was to print is kept. Put the long schedule into an "
    "attachment, or issue it for a shorter period or for fewer lines."
)


def html_of(sheet: Sheet, face: int = 0) -> str:
    """The sheet as HTML, laid out by its kind's template.

    :param face: a place in ``paperwork.FACES``
    """
    context = dict(sheet.context)
    words = {
        **context,
        **paperwork.laid_out(sheet.kind, context, face),
        "title": sheet.title,
        "number": sheet.number,
        "version": sheet.version,
        "content_sha256": sheet.content_sha256,
        "author": sheet.author,
        "created_at": sheet.created_at.astimezone(UTC).replace(microsecond=0),
        "made_words": instant_words(enclosures.instant_of(sheet.created_at)),
        "language": "en",
        "marking": paperwork.marking_of(sheet.kind, context),
        "verify_at": sheet.verify_at,
        "verify_code": quick_code(sheet.verify_at) if sheet.verify_at else "",
    }
    with timezone.override(UTC):
        html = render_to_string(f"documents/{sheet.kind}.html", words)
    return printable(html)


def printable(words: str) -> str:
    """The words, with each character that no paper prints named by its number.

    These are controls, what would make a line read otherwise than it was written, and
    what no font of the package draws; the record that a paper encloses keeps them.
    """
    if words.isascii() and not _UNPRINTABLE.search(words):
        return words
    known = _letters()
    return "".join(
        each if _is_printed(each, known) else f"[U+{ord(each):04X}]" for each in words
    )


def _is_printed(letter: str, known: frozenset[int]) -> bool:
    if ord(letter) < _END_OF_ASCII or ord(letter) in known or letter in _WITHOUT_INK:
        return not _UNPRINTABLE.match(letter)
    return False


_END_OF_ASCII: Final = 0x80
_WITHOUT_INK: Final = (
    "\u00a0\u00ad\u2000\u2002\u2003\u2009\u200b\u200c\u200e\u200f\u202f\u2060"
)
"""Spaces, places to break a word, and marks of direction."""

_UNPRINTABLE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # controls
    "\u202a-\u202e\u2066-\u2069"  # what reorders the words around it
    "\u200d\ufe0f\ufeff\ufff9-\uffff"  # joiners, selectors, no characters at all
    "\ud800-\udfff\U0001f000-\U0001faff\U000e0000-\U000e01ef]"  # halves, pictures
)


@cache
def _letters() -> frozenset[int]:
    """The number of each character that the fonts of running text draw."""
    from fontTools.ttLib import TTFont

    found: set[int] = set()
    for name, file in _package_files().items():
        if name.endswith("-Regular.ttf"):
            with TTFont(file, lazy=True) as font:
                found.update(font.getBestCmap())
    return frozenset(found)


def renderer() -> str:
    """The program that prints, and the version of each part that shapes the bytes."""
    from weasyprint import __version__
    from weasyprint.text.ffi import pango

    number = pango.pango_version()
    return (
        f"WeasyPrint {__version__}, "
        f"Pango {number // 10000}.{number // 100 % 100}.{number % 100}"
    )


@cache
def template_sha256(kind: str) -> str:
    """SHA-256 over the template and every file that the print is made of."""
    files = [TEMPLATES / f"{kind}.html", *sorted(TEMPLATES.glob("_*.html"))]
    files += [*_package_files().values(), *sorted(paperwork.DATA.glob("*.csv"))]
    digest = hashlib.sha256()
    for file in files:
        content = file.read_bytes()
        digest.update(f"{file.name} {len(content)}\n".encode() + content)
    return digest.hexdigest()


@cache
def _package_files() -> dict[str, Path]:
    """What a paper may name: style sheets and fonts, by their address below ours."""
    found = [*TEMPLATES.glob("*.css"), *TEMPLATES.glob("fonts/*.ttf")]
    return {file.relative_to(TEMPLATES).as_posix(): file for file in sorted(found)}


def fetch_package_file(url: str) -> tuple[bytes, str]:
    """The bytes and the media type of a package file that a paper names.

    :raises ForbiddenAddress: for every other address, of whatever kind
    """
    name = url.removeprefix(ADDRESS)
    file = _package_files().get(name) if url.startswith(ADDRESS) else None
    if file is None:
        message = f"A paper may not name {urlsplit(url).scheme or 'a bare'} address."
        raise ForbiddenAddress(message)
    return file.read_bytes(), _MEDIA_TYPES[file.suffix]


@dataclass(frozen=True, slots=True)
class _TypeCase:
    """The fonts and style sheets of the package, read and parsed."""

    fonts: FontConfiguration
    styles: Mapping[str, CSS]
    files: tuple[Path, ...]

    def without_links(self, html: str) -> tuple[str, list[CSS]]:
        """The page without its links to our style sheets, and these, in their order."""
        used: list[CSS] = []

        def take(link: re.Match[str]) -> str:
            style = self.styles.get(link[1])
            if style is None:
                return link[0]
            used.append(style)
            return ""

        return _LINK.sub(take, html), used

    @property
    def is_whole(self) -> bool:
        """Whether the files of its fonts are there yet: Pango opens them again."""
        return all(file.exists() for file in self.files)


_LINK: Final = re.compile(r'<link rel="stylesheet" href="([\w.]+)">')
_kept: Final[list[_TypeCase]] = []


@contextmanager
def _type_case() -> Iterator[_TypeCase]:
    """The type case of this process, for one paper; one that is jammed is not kept.

    Who prints at the same time in another thread sets up a case of its own.
    """
    case = None
    with suppress(IndexError):
        case = _kept.pop()
    if case is None or not case.is_whole:
        case = _set_up()
    yield case
    _kept[:] = [case]


def _set_up() -> _TypeCase:
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    styles = {
        name: CSS(url=ADDRESS + name, url_fetcher=_fetcher(), font_config=fonts)
        for name in _package_files()
        if name.endswith(".css")
    }
    files = tuple(sorted(fonts._folder.iterdir())) if fonts._folder else ()
    missing = sum(name.endswith(".ttf") for name in _package_files()) - len(files)
    if missing:
        message = f"{missing} of the fonts that papers are set in could not be read."
        raise OSError(message)
    return _TypeCase(fonts, styles, files)


def put_away() -> None:
    """Remove what this process keeps for its next paper: it ends."""
    _kept.clear()


def _leave_to_the_parent() -> None:
    """In a fork: forget the type case, and leave its files, which are the parent's."""
    for case in _kept:
        case.fonts._folder = None
    _kept.clear()


atexit.register(put_away)
os.register_at_fork(after_in_child=_leave_to_the_parent)


def _fetcher() -> Any:
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class PackageFetcher(URLFetcher):  # type: ignore[misc]
        """Serves ``data:`` and package files by name; refuses everything else."""

        def __init__(self) -> None:
            super().__init__(allowed_protocols=["data"], allow_redirects=False)

        def fetch(
            self, url: str, headers: dict[str, str] | None = None
        ) -> URLFetcherResponse:
            if url.lower().startswith("data:"):
                return super().fetch(url, headers)
            content, media_type = fetch_package_file(url)
            return URLFetcherResponse(url, content, {"Content-Type": media_type})

    return PackageFetcher()
