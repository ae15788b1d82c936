"""Captures the usage fields of the providers' packages; ``make fields`` runs it.

Nothing of a package is run or kept: names of fields are read from its wheel's source.
"""

from __future__ import annotations

import ast
import gzip
import json
import sys
import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

WRITTEN = Path(__file__).with_name("fields.json")

CLASSES: dict[str, dict[str, tuple[str, ...]]] = {
    "openai": {
        "openai/types/completion_usage.py": (
            "CompletionUsage",
            "PromptTokensDetails",
            "CompletionTokensDetails",
        ),
        "openai/types/responses/response_usage.py": (
            "ResponseUsage",
            "InputTokensDetails",
            "InputTokensDetailsCacheWriteTokensDetails",
            "OutputTokensDetails",
        ),
        "openai/types/admin/organization/usage_completions_response.py": (
            "DataResultOrganizationUsageCompletionsResult",
            "DataResultOrganizationUsageEmbeddingsResult",
            "DataResultOrganizationCostsResult",
        ),
    },
    "anthropic": {
        "anthropic/types/usage.py": ("Usage",),
        "anthropic/types/message_delta_usage.py": ("MessageDeltaUsage",),
        "anthropic/types/cache_creation.py": ("CacheCreation",),
        "anthropic/types/output_tokens_details.py": ("OutputTokensDetails",),
        "anthropic/types/server_tool_usage.py": ("ServerToolUsage",),
    },
    "google_genai": {
        "google/genai/types.py": (
            "GenerateContentResponseUsageMetadata",
            "MediaModality",
            "TrafficType",
        ),
    },
}
SHAPES = ("TokenUsage", "CacheDetail", "CacheTTL", "ServiceTierType")
SERVICE = "botocore/data/bedrock-runtime/*/service-2.json.gz"


def captured(wheel: Path) -> tuple[str, dict[str, Any]]:
    """The name of a package, and its version with the fields of each usage class."""
    name, version = wheel.name.split("-")[:2]
    with zipfile.ZipFile(wheel) as inside:
        if name == "botocore":
            (path,) = [each for each in inside.namelist() if fnmatch(each, SERVICE)]
            shapes = json.loads(gzip.decompress(inside.read(path)))["shapes"]
            fields = {each: _of_shape(shapes[each]) for each in SHAPES}
        else:
            fields = {
                each: found
                for path, wanted in CLASSES[name].items()
                for each, found in _of_source(inside.read(path).decode(), wanted)
            }
    return name, {"version": version, "fields": fields}


def _of_shape(shape: dict[str, Any]) -> list[str]:
    return sorted(shape.get("members") or shape["enum"])


def _of_source(source: str, wanted: Iterable[str]) -> list[tuple[str, list[str]]]:
    """The annotated fields of a class, or the values of an enumeration."""
    classes = {
        node.name: node
        for node in ast.parse(source).body
        if isinstance(node, ast.ClassDef)
    }
    return [(name, sorted(_fields(classes[name]))) for name in wanted]


def _fields(node: ast.ClassDef) -> set[str]:
    found: set[str] = set()
    for each in node.body:
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
            found.add(each.target.id)
        elif isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name):
            found.add(each.targets[0].id)
    return {name for name in found if not name.startswith("_")}


def main(folder: str) -> None:
    """Write what the wheels of a folder have."""
    wheels = sorted(Path(folder).glob("*.whl"))
    today = datetime.now(UTC).date().isoformat()
    packages = dict(captured(wheel) for wheel in wheels)
    content = {"captured_on": today, "packages": packages}
    WRITTEN.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
