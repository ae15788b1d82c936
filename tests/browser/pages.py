"""How a page is looked at: for barriers, complaints, its answer and its width."""

import re
from collections import Counter, deque
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from playwright.sync_api import Page

from tests.browser.conftest import NARROW, WIDE, Visitor

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
NOT_PAGES = {
    "account_logout",
    "api_schema",
    "billing:invoice_ubl",
    "contracts:preview_contract",
    "modifications:preview_contract_modification",
    "orders:preview_modification",
    "orders:preview_task_order",
    "solicitations:preview_solicitation",
    "disputes:answer_file",
    "reconciliation:focus_file",
    "reconciliation:waterfall_file",
    "disputes:evidence_file",
    "documents:download_document",
    "documents:download_for_signature",
    "documents:download_signed_copy",
    "evidence:download_archive",
    "metering:download_batch",
    "metering:rejected_rows_of_batch",
    "metering:rejected_rows_of_upload",
    "evaluations:offer_file",
    "evaluations:revised_file",
    "evaluations:save_rating",
    "evaluations:sealed_revision",
    "evaluations:price_memo",
    "market_research:comparison_file",
    "opportunities:calendar",
    "opportunities:feed",
    "opportunities:opportunity_calendar",
    "proposals:price_template",
    "proposals:abandon_upload",
    "proposals:append_upload",
    "proposals:attach_sealed_file",
    "proposals:begin_upload",
    "proposals:complete_upload",
    "proposals:detach_sealed_file",
    "proposals:sealed_draft",
    "proposals:sealed_file",
    "proposals:submit_upload",
    "proposals:upload",
    "submissions:download_receipt",
    "submissions:sealed_bytes",
    "verification:status_list",
    "verification:statuses",
    "verification:trust",
}
OF_EACH_KIND = 9
"""How many pages of one kind are read for the sake of their links."""

_LINK = re.compile(r'<a\b[^>]*?\bhref="(/[^"]*)"')

_RUN_AXE = """async (tags) => {
  const found = await axe.run(document, {
    runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]
  });
  return found.violations.map(each => `${each.id}: ${each.help} – ` +
    each.nodes.slice(0, 3).map(node => node.target.join(" ")).join(" | "));
}"""


_SHAPE = """() => {
  const shape = element => {
    const marks = [...element.attributes]
      .map(each => /^(class|role|type|lang|scope|tabindex|href|title|alt|aria-.*)$/
        .test(each.name) ? `${each.name}=${
          each.name === "href" || /^(\\/|#|$)/.test(each.value) ? "" :
          /^(class|role|type|scope|tabindex|lang)$/.test(each.name) ? each.value
          : Boolean(each.value.trim())}` : each.name).sort().join(" ");
    const inside = [];
    for (const node of element.childNodes) {
      const said = node.nodeType === 1 ? shape(node)
        : node.nodeType === 3 && node.data.trim() ? "words" : "";
      if (said && said !== inside.at(-1)) inside.push(said);
    }
    return `<${element.localName} ${marks}>${inside.join("")}</>`;
  };
  const main = document.querySelector("main");
  const content = main ? shape(main) : "";
  const around = shape(document.documentElement).replace(content, "");
  return [content, around];
}"""
"""What a page is made of, without its words: rows of one kind count as one."""

_seen: set[str] = set()


def is_seen_before(page: Page) -> bool:
    """Whether both the content and what is around it were looked at, in any role."""
    shapes = set(page.evaluate(_SHAPE))
    is_known = shapes <= _seen
    _seen.update(shapes)
    return is_known


def walk(visitor: Visitor, start: str = "/") -> Iterator[tuple[str, str]]:
    """Follow links, and stop at each kind of page: its route's name and its path.

    Several things of a kind are read, because their links differ with their state;
    the walk stops, and the browser shows, the first of each kind only.
    """
    opened: Counter[str] = Counter()
    waiting, seen = deque([start]), {start}
    while waiting:
        path = waiting.popleft()
        name = route_of(path)
        if name is None or name in NOT_PAGES or opened[name] >= OF_EACH_KIND:
            continue
        if "format=csv" in path:  # the figures of a plot, as a file
            continue
        opened[name] += 1
        if opened[name] == 1:
            answer = visitor.go(path)
            assert answer is not None, path
            status, html = answer.status, visitor.page.content()
        else:
            status, html = visitor.fetch(path)
        assert status in {200, 403}, f"{path} answers {status}"
        if opened[name] == 1:
            yield name, path
        found = [unescape(link).split("#")[0] for link in _LINK.findall(html)]
        waiting.extend(link for link in dict.fromkeys(found) if link not in seen)
        seen.update(found)


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
    if "<" in page.title():
        wrong.append(f"the title shows its markup: {page.title()}")
    answer = page.locator("[data-answer]")
    box = answer.bounding_box() if answer.count() == 1 else None
    if box is None or not answer.inner_text().strip():
        wrong.append("the page gives no answer")
    elif box["y"] + min(box["height"], 60) > WIDE["height"]:
        wrong.append("the answer is below the fold")
    if not is_seen_before(page):
        page.evaluate(axe)
        wrong += page.evaluate(_RUN_AXE, TAGS)
    page.set_viewport_size(NARROW)
    width = page.evaluate("document.documentElement.scrollWidth")
    if width > NARROW["width"]:
        wrong.append(f"at {NARROW['width']} pixels the page is {width} wide")
    page.set_viewport_size(WIDE)
    visitor.complaints.clear()
    return wrong
