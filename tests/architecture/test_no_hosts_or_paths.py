"""No file says where packages come from, or where somebody's checkout lies."""

import re
from pathlib import Path

from tests.architecture.tree import ROOT, files_of_the_project

# Put together here, so that this file does not hold what it looks for.
PACKAGE_HOSTS = re.compile(
    "|".join(
        re.escape(".".join(words))
        for words in (
            ("pypi", "org"),
            ("pythonhosted", "org"),
            ("registry", "npmjs", "org"),
            ("registry", "yarnpkg", "com"),
            ("deb", "debian", "org"),
        )
    )
)
HOMES = re.compile("/(?:home/[a-z]|Users/[A-Z]|root/|" + "work/)")
READS_FROM_AN_INDEX = re.compile("://|--(extra-)?index|--find-links")


def test_the_pinned_requirements_name_no_host():
    for path in sorted(ROOT.glob("requirements*.txt")):
        assert READS_FROM_AN_INDEX.search(path.read_text()) is None, path.name


def test_no_file_names_a_package_host_or_a_path_of_a_machine():
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in files_of_the_project()
        if (text := _text(path))
        for pattern in (PACKAGE_HOSTS, HOMES, re.compile(re.escape(str(ROOT))))
        for match in pattern.finditer(text)
    ]

    assert found == []


def _text(path: Path) -> str:
    """The file's text; nothing for a picture, a font or another's minified code."""
    if ".min." in path.name:
        return ""
    try:
        return path.read_text()
    except UnicodeDecodeError:
        return ""
