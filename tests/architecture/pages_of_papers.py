"""The page of the reference that shows every paper: picture, blocks, sources, law."""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from tests.architecture.tree import ROOT, apps, syntax
from tests.documents import papers, pictures

ABOUT = (
    "Each paper as it is printed from a filled sample: the blocks of its form, where\n"
    "each value comes from, what else it holds, who signs it, and the regulation\n"
    "behind it. What may be put into one: [papers](papers.md). The shape of the\n"
    "record in each: [document.schema.json](document.schema.json)."
)
_ORDER = {
    "": "as it is asked for",
    "seal_only": "nobody: the organization's seal",
    "acceptance": "representative",
    "bilateral_award": "vendor, then contracting officer",
    "certification": "certifying officer",
    "designation": "contracting officer, then representative",
    "selection": "source selection authority",
    "unilateral": "contracting officer",
}


def lines() -> Iterator[str]:
    """The table of all papers, then each of them."""
    from contracting.documents.states import DocumentKind

    yield from ("", "| Paper | Form | Signed by | Regulation |", "|---|---|---|---|")
    for kind in DocumentKind:
        yield (
            f"| [{kind.label}](#{kind.value}) | {_form(kind)} | {_signed_by(kind)} | "
            f"{_regulation().get(kind, '')} |"
        )
    for kind in DocumentKind:
        yield from ("", f"## {kind.value}", "", *_paper(kind, kind.label))


def _paper(kind: str, label: str) -> Iterator[str]:
    from contracting.documents import paperwork

    heading = label[:1].upper() + label[1:]
    made = pictures.made_of().get(kind)
    is_current = made == pictures.mark(kind)
    yield f"![Page one of a sample: {label}](papers/{kind}.webp)"
    if not is_current:
        yield "\nThe picture is older than the paper: `make pictures` draws it again."
    yield from ("", f"**{heading}.** {_form(kind)}. Signed by: {_signed_by(kind)}.")
    yield f"Regulation: {_regulation().get(kind, 'none of its own')}."
    if marking := paperwork.markings().get(kind):
        yield f"Marked: {marking}."
    yield f"Asked for by: {', '.join(_askers().get(kind, [])) or 'nobody yet'}."
    yield from ("", *_blocks(kind), *_besides(kind))


def _form(kind: str) -> str:
    """What the sheet calls itself, as its template says."""
    text = (ROOT / "templates" / "documents" / f"{kind}.html").read_text()
    said = [
        text.split(f"{{% block {block} %}}")[1].split("{% endblock %}")[0]
        for block in ("form_number", "edition")
        if f"{{% block {block} %}}" in text
    ]
    return _DEFAULT.sub(r"\1", "".join(said))


_DEFAULT = re.compile(r"{{[^}]*\|default:\"([^\"]*)\"[^}]*}}")


def _signed_by(kind: str) -> str:
    from contracting.documents.signing import orders

    paper = orders.paper(kind)
    named = _ORDER.get(paper.order, paper.order.replace("_", " "))
    return named if paper.is_sealed else f"{named}, as a record only; read inside"


@cache
def _regulation() -> dict[str, str]:
    from contracting.documents import paperwork

    file = paperwork.DATA / "regulations.csv"
    with file.open(encoding="utf-8", newline="") as rows:
        return {row["kind"]: row["regulation"] for row in csv.DictReader(rows)}


def _blocks(kind: str) -> Iterator[str]:
    """Every block of its form in sequence, its source, and which must be filled."""
    from contracting.documents import paperwork

    blocks = paperwork.form_blocks(paperwork.FORM_OF.get(kind, ""))
    if not blocks:
        return
    yield from ("| Block | Caption | Filled from | Required |", "|---|---|---|---|")
    for each in blocks:
        number = "" if "unnumbered" in each.shape else each.block
        required = {"yes": "yes", "no": ""}.get(each.required, f"on {each.required}")
        caption = each.caption.replace("|", "/")
        yield f"| {number} | {caption} | {each.source or '(left blank)'} | {required} |"
    yield ""


def _besides(kind: str) -> Iterator[str]:
    """What the sample holds beside blocks, with the key under which it lies."""
    from contracting.documents import paperwork

    context = papers.context_of(kind)
    found = [
        ("facts", ", ".join(_labels(context.get("facts") or []))),
        ("sections", ", ".join(_headings(context.get("sections") or []))),
        ("signatures", ", ".join(_capacities(context.get("signatures") or []))),
    ]
    tables = paperwork.tables()
    for key in sorted(set(context) & set(tables)):
        columns = ", ".join(column.label for column in tables[key].columns)
        found.append((key, f"{tables[key].caption}: {columns}"))
    shown = [(key, words) for key, words in found if words]
    if not shown:
        return
    yield from ("| Also holds | Such as |", "|---|---|")
    for key, words in shown:
        yield f"| `{key}` | {words.replace('|', '/')} |"
    yield ""


def _labels(facts: list[Any]) -> list[str]:
    return [str(f["label"] if isinstance(f, dict) else f[0]) for f in facts]


def _headings(sections: list[Any]) -> list[str]:
    return [str(each["heading"]) for each in sections if each.get("heading")]


def _capacities(signatures: list[Any]) -> list[str]:
    return [str(each.get("capacity", "")) for each in signatures]


@cache
def _askers() -> dict[str, list[str]]:
    """By kind, links to the files of the verbs that ask for such a paper.

    A verb says ``kind=`` in its call. Where the sheet decides, the kind stands in the
    paperwork of its app, or elsewhere in the verb.
    """
    from contracting.documents.states import DocumentKind

    asking = [
        (app, file)
        for app in apps().values()
        for file in sorted(app.glob("operations/*.py"))
        if "request_document(" in file.read_text() and app.name != "documents"
    ]
    found: dict[str, list[str]] = {kind: [] for kind in DocumentKind.values}
    for how in (_given, _named_in_paperwork, _named):
        missing = {kind for kind, files in found.items() if not files}
        for app, file in asking:
            if how is not _given and _kinds(_given(app, file)):
                continue
            link = f"[{app.name}/{file.name}](../../{file.relative_to(ROOT)})"
            for kind in missing & set(how(app, file)):
                found[kind].append(link)
    return found


def _kinds(words: Iterator[str]) -> set[str]:
    from contracting.documents.states import DocumentKind

    return set(words) & set(DocumentKind.values)


def _given(app: Path, file: Path) -> Iterator[str]:
    for node in ast.walk(syntax(file)):
        if isinstance(node, ast.Call) and "request_document" in ast.unparse(node.func):
            for keyword in node.keywords:
                if keyword.arg == "kind":
                    yield from _words(keyword.value)


def _named(app: Path, file: Path) -> Iterator[str]:
    return _words(syntax(file))


def _named_in_paperwork(app: Path, file: Path) -> Iterator[str]:
    for sheet in (*app.glob("paperwork.py"), *app.glob("paperwork/*.py")):
        yield from _words(syntax(sheet))


def _words(tree: ast.AST) -> Iterator[str]:
    """What is named as text, or as a member of an enumeration."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.Attribute) and node.attr.isupper():
            yield node.attr.lower()
