"""Where the embedded servers live, and as whom they run."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import NoReturn, TypedDict

ROOT = Path(__file__).resolve().parent.parent.parent
VAR = ROOT / "var"
_NOBODY = 65534
_LONGEST_SOCKET_DIRECTORY = 80  # a socket's path is limited to about 100 bytes
_DAC_READ_SEARCH = 2  # the capability's number


class UserOptions(TypedDict, total=False):
    """The part of Popen's options that says as whom."""

    user: int
    group: int
    extra_groups: list[int]


def checkout() -> str:
    """Which checkout this is, so that a copy of it is not taken for it.

    The path alone would not do: a copy can stand where the original stood. ``var`` is
    created where it is missing.
    """
    VAR.mkdir(exist_ok=True)
    about = VAR.stat()
    return f"{ROOT} {about.st_dev}:{about.st_ino}"


def socket_directory() -> Path:
    """A private directory with a short name, one for each checkout."""
    name = f"drawdown-{hashlib.sha256(str(ROOT).encode()).hexdigest()[:10]}"
    place = Path(tempfile.gettempdir()).resolve() / name
    if len(str(place)) > _LONGEST_SOCKET_DIRECTORY:
        place = Path("/tmp").resolve() / name  # noqa: S108 - its owner is checked below
    if not place.exists():
        make_directory(place)
    insist_on_owner(place)
    place.chmod(0o700)
    return place


def make_directory(path: Path) -> None:
    """Create a directory that only the servers' user may enter."""
    path.mkdir(mode=0o700)
    user = _server_user()
    if user:
        os.chown(path, *user)


def insist_on_owner(path: Path) -> None:
    """Refuse a directory that belongs to somebody else.

    :raises SystemExit: if it does
    """
    user = _server_user()
    expected = user[0] if user else os.geteuid()
    if path.is_symlink() or path.stat().st_uid != expected:
        give_up(
            f"{path} belongs to another user of this machine: work as that user, or "
            "remove it to start empty."
        )


def as_server_user(*places: Path) -> UserOptions:
    """Popen's options that drop root, where no capability has to be kept."""
    user = _server_user()
    if user is None or without_root(*places):
        return {}
    return {"user": user[0], "group": user[1], "extra_groups": []}


def without_root(*places: Path) -> list[str]:
    """A command prefix that drops root but keeps the right to pass closed directories.

    Needed where the checkout lies under a private directory such as root's home. Plain
    ``setpriv`` does not do: access(2) would drop the capability again.

    :raises SystemExit: if the machine has no ``setpriv``
    """
    user = _server_user()
    if user is None or all(_can_reach(place, user) for place in places):
        return []
    if not shutil.which("setpriv"):
        give_up(
            f"{ROOT} lies in a directory that only root may enter: move the checkout, "
            "run as an ordinary user, or set DATABASE_URL and REDIS_URL."
        )
    may_search = _capabilities() & 1 << _DAC_READ_SEARCH
    keep = "dac_read_search" if may_search else "dac_override"
    return [
        "setpriv",
        "--securebits=+no_setuid_fixup",
        f"--reuid={user[0]}",
        f"--regid={user[1]}",
        "--clear-groups",
        f"--inh-caps=+{keep}",
        f"--ambient-caps=+{keep}",
    ]


def environment() -> dict[str, str]:
    """The environment of a server: nothing of the user's but the path."""
    locale = "C.UTF-8" if sys.platform == "linux" else "C"
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": locale, "TZ": "UTC"}


def say(sentence: str) -> None:
    """Tell the person at the terminal, without touching a command's output."""
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


def give_up(sentence: str) -> NoReturn:
    """End the process with one clear sentence.

    :raises SystemExit: always
    """
    raise SystemExit(sentence)


def _server_user() -> tuple[int, int] | None:
    """Whom root runs the servers as, because PostgreSQL refuses to be root."""
    if os.geteuid() != 0:
        return None
    for path in (VAR / "postgres", ROOT):
        if path.exists() and path.stat().st_uid:
            return path.stat().st_uid, path.stat().st_gid
    return _NOBODY, _NOBODY


def _can_reach(place: Path, user: tuple[int, int]) -> bool:
    for directory in (place, *place.parents):
        if not directory.exists():
            continue
        about = directory.stat()
        if about.st_uid == user[0]:
            allowed = about.st_mode & 0o100
        elif about.st_gid == user[1]:
            allowed = about.st_mode & 0o010
        else:
            allowed = about.st_mode & 0o001
        if not allowed:
            return False
    return True


def _capabilities() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("CapPrm:"):
            return int(line.split()[1], 16)
    return 0
