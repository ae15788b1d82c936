"""A web process never loads the press or the seal: they are the paper worker's."""

import os
import subprocess
import sys
from pathlib import Path

from contracting.documents import rendering
from contracting.documents.models import Document
from contracting.documents.operations.render import render_document
from tests.documents.papers import request

ROOT = Path(__file__).resolve().parent.parent.parent
WALK = """
import sys
import django
django.setup()
from django.contrib.auth import get_user_model
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client
from django.urls import get_resolver
import contracting.wsgi, contracting.asgi
get_resolver().url_patterns
browser = Client()
browser.force_login(get_user_model().objects.get(email=sys.argv[1]),
                    "django.contrib.auth.backends.ModelBackend")
said = [browser.get(address, follow=True).status_code for address in sys.argv[2:]]
loaded = {name.partition(".")[0] for name in sys.modules}
print(said, sorted(loaded & {"weasyprint", "pyhanko", "pyhanko_certvalidator"}))
"""


def test_no_page_of_papers_loads_the_press(
    own_database, contracting_officer, at, monkeypatch
):
    # Given a paper that waits and one that is printed
    monkeypatch.setattr(rendering, "render", lambda sheet: b"%PDF-")
    ready = request(contracting_officer, at)
    render_document(document_id=ready.pk)
    waiting = request(contracting_officer, at)
    failed = request(contracting_officer, at)
    Document.objects.filter(pk=failed.pk).update(state="FAILED", last_error="jammed")
    pages = [
        f"/documents/{ready.public_id}",
        f"/documents/{ready.public_id}/download",
        f"/documents/{waiting.public_id}",
        f"/documents/{failed.public_id}",
        f"/documents/{failed.public_id}/retry",
        "/",
    ]

    # When a web process of its own shows their pages
    email = contracting_officer_email(contracting_officer)
    done = subprocess.run(
        [sys.executable, "-c", WALK, email, *pages],
        cwd=ROOT,
        env={
            **os.environ,
            "DATABASE_URL": own_database.url,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    # Then all are answered, and neither WeasyPrint nor pyHanko was loaded
    assert done.stdout.strip() == f"{[200] * len(pages)} []", done.stderr[-2000:]


def contracting_officer_email(actor) -> str:
    from accounts.models import User

    return User.objects.get(pk=actor.user_id).email
