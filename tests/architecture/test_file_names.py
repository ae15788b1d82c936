"""The closed list of file names: where to look is known before looking."""

import pytest

from tests.architecture.tree import ROOT, apps, python_files

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
    "documents": {"data", "rendering.py"},
    "metering": {"adapters"},
    "operate": {"data", "story"},
    "reconciliation": {"matching"},
    "reference": {"data"},
}
SAYS_NOTHING = {"utils", "helpers", "services", "misc", "common", "lib", "tools"}


@pytest.mark.parametrize("app", apps())
def test_an_app_has_only_the_files_that_every_app_has(app):
    names = {path.name for path in apps()[app].iterdir()} - {"__pycache__"}

    assert names - IN_EVERY_APP - BESIDES.get(app, set()) == set()


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
