"""Every verb is one function that locks, permits, guards, changes and records."""

import ast

import pytest

from tests.architecture.tree import ROOT, verbs

RECORDS = {"record_event"}
NOT_RECORDED: dict[str, str] = {
    "accounts.claim_key": "the claim is part of the request whose verb is recorded",
}
"""Verbs that write no event of their own, each with the reason."""


@pytest.mark.parametrize("verb", verbs(), ids=str)
def test_a_verb_records_its_event_last(verb):
    if verb.name in NOT_RECORDED:
        assert not _calls(verb.function) & RECORDS, "it does: take it off the list"
        return

    assert _calls(verb.function) & RECORDS


@pytest.mark.parametrize("verb", verbs(), ids=str)
def test_a_verb_is_one_transaction(verb):
    decorators = {ast.unparse(each) for each in verb.function.decorator_list}

    assert any(each.startswith("transaction.atomic") for each in decorators)


@pytest.mark.parametrize("verb", verbs(), ids=str)
def test_a_verb_takes_named_values_and_is_told_by_whom_and_when(verb):
    arguments = verb.function.args
    names = {each.arg for each in arguments.kwonlyargs}

    assert arguments.posonlyargs == []
    assert arguments.args == []
    assert {"by", "at"} <= names
    assert "request" not in names


@pytest.mark.parametrize("verb", verbs(), ids=str)
def test_a_verb_is_found_in_the_file_of_its_name(verb):
    assert verb.function.name.startswith(verb.file.stem)


@pytest.mark.parametrize("verb", verbs(), ids=str)
def test_a_verb_has_a_test_file_of_its_name(verb):
    assert (ROOT / "tests" / verb.app / f"test_{verb.file.stem}.py").exists()


def test_a_file_holds_one_verb():
    files = [verb.file for verb in verbs()]

    assert {str(f.relative_to(ROOT)) for f in files if files.count(f) > 1} == set()


def test_the_list_of_verbs_without_an_event_names_only_verbs():
    assert set(NOT_RECORDED) <= {verb.name for verb in verbs()}


def _calls(function: ast.FunctionDef) -> set[str]:
    return {
        ast.unparse(node.func).rsplit(".", 1)[-1]
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
    }
