"""How a page is looked at: for barriers, complaints, its answer and its width."""

from collections import deque
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve

from tests.browser.conftest import NARROW, WIDE, Visitor

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
NOT_PAGES = {
    "account_logout",
    "api_schema",
    "documents:download_document",
    "evaluations:offer_file",
}
_RUN_AXE = """async (tags) => {
  const found = await axe.run(document, {
    runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]
  });
  return found.violations.map(each => `${each.id}: ${each.help} – ` +
    each.nodes.slice(0, 3).map(node => node.target.join(" ")).join(" | "));
}"""


def walk(visitor: Visitor, start: str = "/") -> Iterator[tuple[str, str]]:
    """Open one page of each kind that links lead to: its route's name and its path."""
    waiting, seen = deque([start]), set()
    while waiting:
        path = waiting.popleft()
        name = route_of(path)
        if name is None or name in seen or name in NOT_PAGES:
            continue
        seen.add(name)
        answer = visitor.go(path)
        assert answer is not None, path
        assert answer.status in {200, 403}, f"{path} answers {answer.status}"
        yield name, path
        hrefs = visitor.page.eval_on_selector_all(
            "a[href]", "links => links.map(link => link.getAttribute('href'))"
        )
        waiting.extend(href for href in hrefs if href.startswith("/"))


def route_of(path: str) -> str | None:
    """The name of the page's route; nothing for what is not a page of ours."""
    try:
        match = resolve(urlsplit(path).path)
    except Resolver404:
        return None
    if match.app_name == "admin" or match.namespaces[:1] == ["api"]:
        return None
    return match.view_name


def look(visitor: Visitor, axe: str) -> list[str]:
    """Everything that is wrong with the page that is open."""
    page = visitor.page
    wrong = [f"console: {text}" for text in visitor.complaints if "403" not in text]
    answer = page.locator("[data-answer]")
    box = answer.bounding_box() if answer.count() == 1 else None
    if box is None or not answer.inner_text().strip():
        wrong.append("the page gives no answer")
    elif box["y"] + min(box["height"], 60) > WIDE["height"]:
        wrong.append("the answer is below the fold")
    page.evaluate(axe)
    wrong += page.evaluate(_RUN_AXE, TAGS)
    page.set_viewport_size(NARROW)
    width = page.evaluate("document.documentElement.scrollWidth")
    if width > NARROW["width"]:
        wrong.append(f"at {NARROW['width']} pixels the page is {width} wide")
    page.set_viewport_size(WIDE)
    visitor.complaints.clear()
    return wrong
