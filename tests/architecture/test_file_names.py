"""The closed list of file names: where to look is known before looking."""

import pytest

from tests.architecture.tree import ROOT, apps, files_of_the_project, python_files

LONGEST_FILE = 500
IN_EVERY_APP = {
    "__init__.py",
    "admin.py",
    "api.py",
    "apps.py",
    "calculations.py",
    "events.py",
    "forms.py",
    "invariants.py",
    "management",
    "migrations",
    "models.py",
    "operations",
    "paperwork.py",
    "permissions.py",
    "queries.py",
    "refusals.py",
    "serializers.py",
    "states.py",
    "tasks.py",
    "urls.py",
    "views.py",
}
BESIDES = {
    "approvals": {"queries"},
    "billing": {
        "api",
        "calculations",
        "data",
        "forms",
        "models",
        "queries",
        "views",
    },
    "disputes": {"models", "queries", "views"},
    "documents": {
        "checking",
        "data",
        "enclosures.py",
        "models",
        "paperwork",
        "rendering.py",
        "signing",
    },
    "contracts": {"acceptance", "forms", "models", "paperwork", "queries", "views"},
    "closeout": {"queries"},
    "desk": {"permissions", "queries"},
    "evaluations": {
        "discussions",
        "models",
        "paperwork",
        "pricing",
        "standing",
        "views",
    },
    "evidence": {"data", "queries"},
    "exchange": {"outgoing"},
    "ledger": {"models", "queries"},
    "metering": {
        "adapters",
        "api",
        "calculations",
        "forms",
        "gate",
        "models",
        "queries",
        "views",
    },
    "modifications": {"calculations", "forms", "paperwork", "queries", "views"},
    "operate": {"data", "story"},
    "options": {"calculations"},
    "orders": {"calculations", "forms", "models", "paperwork", "queries", "views"},
    "payments": {"api", "calculations", "queries", "views"},
    "periods": {"queries"},
    "proposals": {"pieces.py", "sealed.py", "uploads.py"},
    "reconciliation": {"matching", "queries", "views"},
    "recounts": {"queries"},
    "reference": {"data", "models", "queries"},
    "solicitations": {"forms", "models", "publishing", "views"},
    "submissions": {
        "boxes.py",
        "client.py",
        "forms",
        "health",
        "offer_keys.py",
        "sealing",
        "views",
    },
    "verification": {"gate.py", "standing.py"},
    "watch": {"calculations", "queries"},
}
IN_CORE = {
    "__init__.py",
    "actors.py",
    "api.py",
    "cache.py",
    "canonical.py",
    "clock.py",
    "consulted.py",
    "doors.py",
    "errors.py",
    "identifiers.py",
    "invariants.py",
    "json_text.py",
    "middleware.py",
    "models.py",
    "origin.py",
    "periods.py",
    "permissions.py",
    "plots",
    "postgresql",
    "quantities.py",
    "states.py",
    "subjects.py",
    "tariffs.py",
    "templatetags",
    "triggers.py",
    "visibility.py",
    "views.py",
}
"""The words the whole project is written in; a new one is worth an ADR."""

BESIDE_THE_APPS = {
    "__init__.py",
    "asgi.py",
    "celery.py",
    "core",
    "embedded",
    "settings.py",
    "static",
    "urls.py",
    "wsgi.py",
}
AT_THE_ROOT = {
    ".ci",
    ".gitignore",
    ".pre-commit-config.yaml",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "accounts",
    "bench",
    "clients",
    "contracting",
    "deploy",
    "docs",
    "manage.py",
    "openapi.yaml",
    "pyproject.toml",
    "requirements-dev.txt",
    "requirements-embedded.txt",
    "requirements-pkcs11.txt",
    "requirements.txt",
    "templates",
    "tests",
}
"""What every well-kept project has. Nothing else without an ADR."""

SAYS_NOTHING = {"utils", "helpers", "services", "misc", "common", "lib", "tools"}


@pytest.mark.parametrize("app", apps())
def test_an_app_has_only_the_files_that_every_app_has(app):
    names = {path.name for path in apps()[app].iterdir()} - {"__pycache__"}

    assert names - IN_EVERY_APP - BESIDES.get(app, set()) == set()


def test_core_has_only_the_words_of_the_whole_project():
    names = {path.name for path in (ROOT / "contracting" / "core").iterdir()}

    assert names - {"__pycache__"} - IN_CORE == set()


def test_beside_the_apps_stands_only_the_house():
    names = {path.name for path in (ROOT / "contracting").iterdir()}

    assert names - {"__pycache__"} - set(apps()) - BESIDE_THE_APPS == set()


def test_the_root_of_the_tree_is_fixed():
    names = {path.relative_to(ROOT).parts[0] for path in files_of_the_project()}

    assert names - AT_THE_ROOT == set()


@pytest.mark.parametrize("app", apps())
def test_the_package_of_the_verbs_is_empty(app):
    package = apps()[app] / "operations" / "__init__.py"

    assert not package.exists() or package.read_text() == ""


def test_no_file_has_a_name_that_says_nothing():
    assert [str(path) for path in python_files() if path.stem in SAYS_NOTHING] == []


def test_no_file_is_too_long_to_love():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in python_files()
        if "migrations" not in path.parts
        and (lines := len(path.read_text().splitlines())) > LONGEST_FILE
    }

    assert long == {}
