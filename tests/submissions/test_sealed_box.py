"""Before the opening nobody can tell what was offered, by whom, or how often.

Two proofs. A canary in the text, in a file and in a price is searched in every row of
every table and in every stored file. And every page and endpoint that does not belong
to the vendor is read before and after offers arrive: not a character may differ.
"""

import base64
import re
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.exceptions import NoReverseMatch

from accounts.models import User
from contracting.submissions import calculations
from contracting.submissions.calculations import OfferedFile
from contracting.submissions.operations.submit import submit_submission
from tests.builders import released_solicitation
from tests.cast import actor, client_for
from tests.offers import after, before, offer_on, opened_offers, submitted_offer

pytestmark = pytest.mark.django_db

WORDS = "canary-of-the-technical-proposal"
BODY = b"canary-in-the-body-of-a-file"
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


def canary_offer(solicitation):
    slin = solicitation.lines.order_by("slin")[0].slin
    return offer_on(
        solicitation,
        technical=f"Ours is the best. {WORDS}.",
        prices={slin: PRICE},
        files=[OfferedFile("plan.txt", "text/plain", BODY)],
    )


def everything_stored() -> bytes:
    """Every row as text, bytes as hexadecimal, and every file of the storage."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
        )
        tables = [row[0] for row in cursor.fetchall()]
        rows = []
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            rows += [row[0].encode() for row in cursor.fetchall()]
    kept = Path(default_storage.path("")).rglob("*")
    files = [path.read_bytes() for path in kept if path.is_file()]
    return b"\n".join(rows + files)


def spellings(secret: bytes) -> list[bytes]:
    """The secret as it is, in other encodings, and as a dump writes those."""
    wide = [secret.decode().encode(f"utf-16-{order}") for order in ("le", "be")]
    raw = [secret, *wide]
    return [
        *raw,
        *(each.hex().encode() for each in raw),
        *(base64.b64encode(each)[:-4] for each in raw),
    ]


def found(secret: bytes, stored: bytes) -> bool:
    return any(spelling in stored for spelling in spellings(secret))


@pytest.mark.rule("R-SUB-03", case="allowed")
def test_a_canary_is_nowhere_before_the_opening_and_there_after_it(settings, tmp_path):
    # Given storage of its own, and an offer with a canary in text, file and price
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path, "base_url": None},
        },
    }
    solicitation = released_solicitation()
    submitted_offer(on=solicitation, offer=canary_offer(solicitation))

    # Then no row and no file has any of the three
    sealed = everything_stored()
    for secret in (WORDS.encode(), BODY, PRICE.encode()):
        assert not found(secret, sealed)

    # And once a quorum has opened, all of them are there: the search does find
    opened_offers(on=solicitation)
    opened = everything_stored()
    for secret in (WORDS.encode(), BODY, PRICE.encode()):
        assert found(secret, opened)


def test_the_search_finds_an_offer_that_is_not_sealed(settings, tmp_path, monkeypatch):
    # Given the same world with the encryption of offers switched off
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path, "base_url": None},
        },
    }
    monkeypatch.setattr(calculations, "encrypt", lambda raw, *, key, binding: raw)
    solicitation = released_solicitation()

    submit_submission(  # not a builder, which may remember an offer that was sealed
        solicitation_id=solicitation.pk,
        offer=canary_offer(solicitation),
        acknowledged=[],
        by=actor("vendor_a_signer"),
        at=before(solicitation, hours=2),
    )

    stored = everything_stored()
    for secret in (WORDS.encode(), BODY, PRICE.encode()):
        assert found(secret, stored)


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
    submitted_offer(on=solicitation, offer=canary_offer(solicitation))
    submitted_offer(on=solicitation, by="other_vendor_signer")

    # Then every page is as it was, even after the deadline until its openers open
    assert everything_shown(browser, paths) == first
    monkeypatch.setattr(CLOCK, lambda: after(solicitation))
    own = [path for path in paths if solicitation.public_id in path]
    for path, (_code, _headers, body) in everything_shown(browser, own).items():
        for secret in (WORDS, PRICE, "Outsider Compute"):
            assert secret.encode() not in body, path
