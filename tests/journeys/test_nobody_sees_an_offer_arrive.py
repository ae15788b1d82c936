"""Before the opening no page tells that an offer has arrived, by whom, or how often.

Every page and endpoint that does not belong to the vendor is read before and after
offers arrive: not a character may differ.
"""

import re

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.exceptions import NoReverseMatch

from accounts.models import User
from contracting.submissions.calculations import OfferedFile
from tests.builders import released_solicitation
from tests.cast import actor, client_for
from tests.offers import after, before, offer_on, submitted_offer

pytestmark = pytest.mark.django_db

WORDS = "canary-of-the-technical-proposal"
PRICE = "4321.987654"
CLOCK = "contracting.core.clock.now"
OF_THE_SOLICITATION = ("/solicitations/", "/opportunities/", "/api/v1/solicitations/")
TELL_THE_TIME = ("Expires", "Last-Modified")
"""What pages of the frameworks, sign-in and administration, say of now."""
CHANGES_ANYHOW = re.compile(
    rb'name="(?:csrfmiddlewaretoken|form_token)" value="[^"]*"'
    rb'|data-submission="sub_\w+"|req_[0-9a-f]{16}'
    rb'|data-(?:rehearsal|offers)="box_\w+"'
)


def offer_with_a_secret(solicitation):
    slin = solicitation.lines.order_by("slin")[0].slin
    return offer_on(
        solicitation,
        technical=f"Ours is the best. {WORDS}.",
        prices={slin: PRICE},
        files=[OfferedFile("plan.txt", "text/plain", b"canary")],
    )


def routes(patterns=None, prefix=""):
    """Every named route, with its namespace and the arguments that it needs."""
    for pattern in patterns or get_resolver().url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from routes(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield f"{prefix}{pattern.name}", set(pattern.pattern.converters)


def addresses(solicitation) -> list[str]:
    """Every page that needs no argument, or the solicitation alone."""
    found_ = set()
    for name, needs in routes():
        if "logout" in name or name.endswith(
            ":ready"
        ):  # how quickly a server answers now
            continue
        for argument in needs or {""}:
            known = {argument: solicitation.public_id} if argument else {}
            try:
                path = reverse(name, kwargs=known)
            except NoReverseMatch:
                continue
            if not known or path.startswith(OF_THE_SOLICITATION):
                found_.add(path)
    asked = ("Meridian", "Outsider", solicitation.piid, "plan.txt")
    searches = [path for path in found_ if path.rstrip("/").endswith("search")]
    return sorted(found_) + [f"{path}?q={q}" for path in searches for q in asked]


def _is_of_a_framework(path: str) -> bool:
    return path.startswith(("/admin/", "/accounts/"))


def everything_shown(browser, paths) -> dict[str, tuple[int, dict[str, str], bytes]]:
    """Each page with its headers; that somebody looked is taken back again."""
    shown = {}
    with transaction.atomic():
        for path in paths:
            reply = browser.get(path)
            raw = reply.streaming_content if reply.streaming else [reply.content]
            body = CHANGES_ANYHOW.sub(b"", b"".join(raw))
            headers = dict(reply.headers)
            for name in TELL_THE_TIME if _is_of_a_framework(path) else ():
                headers.pop(name, None)
            headers.pop("X-Request-Id", None)
            shown[path] = (reply.status_code, headers, body)
        transaction.set_rollback(True)
    return shown


@pytest.mark.rule("R-SUB-03", case="allowed")
@pytest.mark.parametrize(
    "part",
    ["contract_specialist", "program_manager", "evaluator", "superuser"]
    + ["vendor_b_signer"],
)
def test_no_page_tells_that_an_offer_has_arrived(part, monkeypatch):
    """Officers, auditors and administrators are asked in ``test_nobody_can_count``."""
    # Given a released solicitation, and all that this person can look at
    solicitation = released_solicitation()
    monkeypatch.setattr(CLOCK, lambda: before(solicitation, minutes=5))
    acting = actor("administrator" if part == "superuser" else part)
    if part == "superuser":
        User.objects.filter(pk=acting.own_user_id).update(
            is_staff=True, is_superuser=True
        )
    browser = client_for(acting)
    browser.raise_request_exception = False
    paths = addresses(solicitation)
    first = everything_shown(browser, paths)
    assert len(paths) > 30
    assert sum(code == 200 for code, _headers, _body in first.values()) > 3

    # When offers arrive
    submitted_offer(on=solicitation, offer=offer_with_a_secret(solicitation))
    submitted_offer(on=solicitation, by="other_vendor_signer")

    # Then every page is as it was, even after the deadline until its openers open
    assert everything_shown(browser, paths) == first
    monkeypatch.setattr(CLOCK, lambda: after(solicitation))
    own = [path for path in paths if solicitation.public_id in path]
    for path, (_code, _headers, body) in everything_shown(browser, own).items():
        for secret in (WORDS, PRICE, "Outsider Compute"):
            assert secret.encode() not in body, path
