"""The tree as the architecture tests see it: apps, verbs and our own files."""

import ast
import functools
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
NOT_APPS = {"core", "embedded", "static"}


@dataclass(frozen=True)
class Operation:
    """One public function of one file under ``operations/``.

    It is the file's verb if its name is the file's, perhaps with words in between or
    after (``receive_report``: ``receive_usage_report``); else it is a step that verbs
    of the same app share.
    """

    app: str
    file: Path
    function: ast.FunctionDef

    @property
    def is_verb(self) -> bool:
        words = iter(self.function.name.split("_"))
        named = all(word in words for word in self.file.stem.split("_"))
        return named and self.function.name.startswith(self.file.stem.split("_")[0])

    def __str__(self) -> str:
        return f"{self.app}.{self.function.name}"


@functools.cache
def apps() -> dict[str, Path]:
    """Every app that is a stage, by its name, with its directory."""
    stages = {
        path.name: path
        for path in sorted((ROOT / "contracting").iterdir())
        if (path / "__init__.py").exists() and path.name not in NOT_APPS
    }
    return {"accounts": ROOT / "accounts", **stages}


@functools.cache
def operations() -> list[Operation]:
    """Every public function of every file of verbs, in the order of the tree."""
    return [
        Operation(app, file, node)
        for app in apps()
        for file in operation_files(app)
        for node in syntax(file).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]


def verbs() -> list[Operation]:
    """The verbs: what the system does, one to a file."""
    return [each for each in operations() if each.is_verb]


def operation_files(app: str) -> list[Path]:
    """The files under an app's ``operations/``, each named after its verb."""
    files = sorted((apps()[app] / "operations").glob("*.py"))
    return [file for file in files if file.name != "__init__.py"]


@functools.cache
def syntax(file: Path) -> ast.Module:
    """What a Python file says, as a tree."""
    return ast.parse(file.read_text())


def python_files() -> Iterator[Path]:
    """Every Python file of ours, migrations included."""
    for directory in ("accounts", "contracting", "clients", "docs", "tests", "bench"):
        yield from sorted((ROOT / directory).rglob("*.py"))
    yield ROOT / "manage.py"


def files_of_the_project() -> list[Path]:
    """Every file that belongs to the project: what git knows, or would."""
    listed = _listed_by_git()
    if listed is not None:
        return [ROOT / name for name in listed if (ROOT / name).is_file()]
    ignored = _ignored()
    return [
        path
        for path in ROOT.rglob("*")
        if path.is_file()
        and not any(
            fnmatch(part, pattern)
            for part in path.relative_to(ROOT).parts
            for pattern in ignored
        )
    ]


def _listed_by_git() -> list[str] | None:
    """The names that git lists; ``None`` without git, or outside of a clone."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return [name for name in listed.stdout.split("\0") if name]


def _ignored() -> list[str]:
    """The names that .gitignore lists, wherever they are, and git's own."""
    lines = (ROOT / ".gitignore").read_text().splitlines()
    return [".git", *(line.strip("/") for line in lines if line and line[0] != "#")]


def import_contracts() -> list[dict[str, Any]]:
    """The import contracts of pyproject.toml."""
    words = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts: list[dict[str, Any]] = words["tool"]["importlinter"]["contracts"]
    return contracts


def life_cycle() -> list[set[str]]:
    """The layers of the life cycle, the earliest first."""
    layers = next(c for c in import_contracts() if c["id"] == "lifecycle")["layers"]
    return [
        {name.strip(" ()").removeprefix("contracting.") for name in layer.split("|")}
        for layer in reversed(layers)
    ]
