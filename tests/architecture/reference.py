"""Writes docs/reference: verbs, states, events and rules, as the code has them.

``python -m tests.architecture.reference`` is part of ``make fmt``; a test compares.
"""

from __future__ import annotations

import ast
import functools
import importlib
import json
import os
import re
from collections.abc import Iterator
from typing import Any

import django
from django.apps import apps as django_apps

from tests.architecture.marks import Mark, listed_rules, marks
from tests.architecture.steps import Step, steps_of
from tests.architecture.tree import ROOT, Operation, apps, life_cycle, syntax, verbs

REFERENCE = ROOT / "docs" / "reference"
WRITTEN = "<!-- Written by `make fmt`. Change the code, not this page. -->"
_RULE = re.compile(r"\bR-[A-Z]+-\d\d\b")


@functools.cache
def pages() -> dict[str, str]:
    """The text of each generated page, by its name."""
    from tests.architecture import pages_of_papers  # it needs the settings

    return {
        "verbs.md": _page("Verbs", _VERBS, _verbs()),
        "states.md": _page("States", _STATES, _states()),
        "events.md": _page("Events", _EVENTS, _events()),
        "rules.md": _page("Rules", _RULES, _rules_of_the_trade()),
        "adapters.md": _page("Formats of usage", _ADAPTERS, _adapters()),
        "document.schema.json": _schema_of_papers(),
        "documents.md": _page(
            "Documents", pages_of_papers.ABOUT, pages_of_papers.lines()
        ),
    }


def _schema_of_papers() -> str:
    from contracting.documents import enclosures

    return json.dumps(enclosures.schema(), indent=1, ensure_ascii=False) + "\n"


def _page(title: str, about: str, lines: Iterator[str]) -> str:
    return "\n".join([f"# {title}", "", WRITTEN, "", about, *lines, ""])


def _stages() -> list[str]:
    """The apps with something to say, the earliest stage first."""
    level = {name: at for at, layer in enumerate(life_cycle()) for name in layer}
    return sorted(apps(), key=lambda app: (level[app], app))


# Verbs -------------------------------------------------------------------------------

_VERBS = (
    "Everything the system does, by stage: one file each. A permission is required\n"
    "by the verb itself; the rules are those that it, its permission and its refusals\n"
    "name."
)


def _verbs() -> Iterator[str]:
    for app in _stages():
        of_the_app = [verb for verb in verbs() if verb.app == app]
        if not of_the_app:
            continue
        yield from ("", f"## {app}", "")
        yield "| Verb | File | Permission | Records | Rules |"
        yield "|---|---|---|---|---|"
        for verb in of_the_app:
            cells = (
                f"`{verb.function.name}`",
                f"[{verb.file.name}](../../{verb.file.relative_to(ROOT)})",
                ", ".join(f"`{name}`" for name in _permissions(verb))
                or "of its caller",
                ", ".join(f"`{code}`" for code in _recorded(verb)) or "nothing itself",
                ", ".join(_rules(verb)),
            )
            yield f"| {' | '.join(cells)} |"


def _permissions(verb: Operation) -> list[str]:
    asked = [text for step, text in steps_of(verb) if step is Step.PERMIT]
    return sorted({text.split("(")[0].rsplit(".", 1)[-1] for text in asked})


def _recorded(verb: Operation) -> list[str]:
    """The codes of the events whose names the verb's file uses."""
    from contracting.audit.events import EventType

    names = {
        node.attr
        for node in ast.walk(syntax(verb.file))
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "events"
    }
    found = [getattr(_module(verb.app, "events"), name) for name in sorted(names)]
    return sorted(each.code for each in found if isinstance(each, EventType))


def _rules(verb: Operation) -> list[str]:
    """Named in the file, by its permissions, or by the refusals it can raise."""
    from contracting.core.errors import Refusal

    named = set(_RULE.findall(verb.file.read_text()))
    module = importlib.import_module(
        ".".join(verb.file.relative_to(ROOT).with_suffix("").parts)
    )
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, Refusal) and value.rule:
            named.add(value.rule)
    for function in _functions_of_permissions(verb):
        named |= set(_RULE.findall(ast.unparse(function)))
    return sorted(named)


def _functions_of_permissions(verb: Operation) -> list[ast.FunctionDef]:
    file = apps()[verb.app] / "permissions.py"
    if not file.exists():
        return []
    return [
        node
        for node in syntax(file).body
        if isinstance(node, ast.FunctionDef) and node.name in _permissions(verb)
    ]


def _module(app: str, name: str) -> object:
    package = ".".join(apps()[app].relative_to(ROOT).parts)
    return importlib.import_module(f"{package}.{name}")


# Formats of usage --------------------------------------------------------------------

_ADAPTERS = (
    "What can be read, as each adapter declares it. Only calls are counted on an\n"
    "order; buckets and lines of bills are compared with them. What is not kept is\n"
    "dropped unread; where a format can carry content it is never stored as it was\n"
    "received. OpenTelemetry arrives by addresses of its own, `/otlp/v1/metrics` and\n"
    "`/otlp/v1/logs`. How each is sent: [send usage](../how-to/send-usage.md)."
)


def _adapters() -> Iterator[str]:
    from contracting.metering.adapters.registry import ADAPTERS

    yield from ("", "| Format | Is | One row is | Said by |", "|---|---|---|---|")
    for each in ADAPTERS.values():
        yield (
            f"| [`{each.name}`](#{each.name}) | {each.title} | "
            f"{each.grain.label} | {each.kind.label} |"
        )
    for each in ADAPTERS.values():
        yield from ("", f"## {each.name}", "")
        yield f"{each.title}. Version {each.version}, {each.media}."
        yield from ("", f"* Basis: {each.basis}", f"* Checksum: {each.checksum}.")
        yield f"* Kept: {', '.join(f'`{name}`' for name in each.kept)}."
        if each.content:
            dropped = ", ".join(f"`{name}`" for name in each.content)
            yield f"* Carries content in {dropped}: never kept."
        if each.needs:
            yield f"* Needs: a {each.needs}."
        yield from (f"* Mind: {trap}" for trap in each.traps)


# States ------------------------------------------------------------------------------

_STATES = (
    "Every machine and its moves. The code reads this table, and a trigger of the\n"
    "database allows nothing else."
)


def _states() -> Iterator[str]:
    from contracting.core.models import Stateful

    models = django_apps.get_models()
    machines: list[Any] = [model for model in models if issubclass(model, Stateful)]
    stages = _stages()
    machines.sort(key=lambda m: (stages.index(m._meta.app_label), m.__name__))
    for model in machines:
        field = model._meta.get_field("state")
        names = dict(field.flatchoices)
        yield from ("", f"## {str(model._meta.verbose_name).capitalize()}", "")
        yield from ("```mermaid", "stateDiagram-v2")
        yield f"    [*] --> {field.get_default()}"
        for source in names:
            for target in sorted(model.MOVES.get(source, ())):
                yield f"    {source} --> {target}"
        yield from ("```", "", "| State | On the page |", "|---|---|")
        for name, label in names.items():
            yield f"| `{name}` | {label} |"


# Events ------------------------------------------------------------------------------

_EVENTS = "What the record can hold: each event with its sentence and its verb."


def _events() -> Iterator[str]:
    from contracting.audit.events import all_events

    writers: dict[str, list[str]] = {}
    for verb in verbs():
        for code in _recorded(verb):
            writers.setdefault(code, []).append(f"`{verb.function.name}`")
    yield from ("", "| Event | What happened | Verb |", "|---|---|---|")
    for event in all_events():
        if event.code.startswith("tests."):
            continue  # of a test that ran in this process before
        by = ", ".join(sorted(writers.get(event.code, [])))
        yield f"| `{event.code}` | {event.sentence} | {by} |"


# Rules -------------------------------------------------------------------------------

_RULES = (
    "Each rule that the system holds: where the code names it, and the tests in which\n"
    "it allows and refuses. `make guards` switches its guard off and requires the\n"
    "refused case fail. What it cites and what lifts it stands on the site under\n"
    "`/reference/`. Rules without a test come last: nothing is claimed of them."
)


def _rules_of_the_trade() -> Iterator[str]:
    tests: dict[object, list[Mark]] = {}
    for mark in marks():
        tests.setdefault(mark.rule, []).append(mark)
    code = _code_by_rule()
    rules = listed_rules()
    for rule in rules:
        if rule.id not in tests:
            continue
        yield from ("", f"## {rule.id}", "", rule.sentence, "")
        for file in code.get(rule.id, []):
            yield f"* Code: [{file}](../../{file})"
        for case in ("allowed", "refused"):
            found = [mark for mark in tests[rule.id] if mark.case == case]
            yield from dict.fromkeys(f"* {case.capitalize()}: {_of(m)}" for m in found)
    yield from ("", "## Not yet", "")
    for rule in rules:
        if rule.id not in tests:
            yield f"* {rule.id}: {rule.sentence}"


def _of(mark: Mark) -> str:
    file = mark.file.relative_to(ROOT)
    held = f" (held by {mark.held_by})" if mark.held_by else ""
    return f"[{mark.test or file.name}](../../{file}){held}"


def _code_by_rule() -> dict[str, list[str]]:
    """The files of the apps that name a rule, the words and the seeds left out."""
    found: dict[str, list[str]] = {}
    for app in _stages():
        for file in sorted(apps()[app].rglob("*.py")):
            if "migrations" in file.parts:
                continue
            for rule in sorted(set(_RULE.findall(file.read_text()))):
                found.setdefault(rule, []).append(str(file.relative_to(ROOT)))
    return found


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    for name, text in pages().items():
        (REFERENCE / name).write_text(text)
