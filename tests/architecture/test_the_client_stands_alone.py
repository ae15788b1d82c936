"""The client is installed by itself, on a gateway that has nothing else of ours."""

import ast
import subprocess
import sys

import pytest

from tests.architecture.tree import ROOT, syntax

CLIENT = ROOT / "clients" / "python" / "drawdown_client"
FILES = sorted(CLIENT.glob("*.py"))


@pytest.mark.parametrize("file", FILES, ids=[each.stem for each in FILES])
def test_it_imports_the_standard_library_and_itself(file):
    named = {
        name.partition(".")[0]
        for node in ast.walk(syntax(file))
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [each.name for each in node.names]
            if isinstance(node, ast.Import)
            else []
        )
    }

    assert named - sys.stdlib_module_names - {"drawdown_client"} == set()


def test_it_starts_where_nothing_else_is():
    said = (
        f"import sys; sys.path[:0] = [{str(CLIENT.parent)!r}]; "
        "import drawdown_client; print('django' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", said],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == "False"


@pytest.mark.parametrize("file", FILES, ids=[each.stem for each in FILES])
def test_whatever_it_offers_is_described(file):
    tree = syntax(file)
    assert ast.get_docstring(tree)
    classes = [each for each in tree.body if isinstance(each, ast.ClassDef)]
    bare = [
        each.name
        for body in (tree.body, *(each.body for each in classes))
        for each in body
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not each.name.startswith("_")
        and not ast.get_docstring(each)
    ]
    assert bare == []
