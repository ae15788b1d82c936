"""What waits on disk survives its client, and is sent by one at a time."""

import json
import os
import signal

import pytest

from drawdown_client import Client, Patience
from drawdown_client import spool as module
from drawdown_client.errors import SpoolFull
from drawdown_client.spool import Owed, Spool
from tests.client.stub import Site


def owed(name, body="{}", *, is_open=False):
    return Owed(name, "/api/v1/funds:settle", body, is_open=is_open)


def names(spool):
    return [each.name for each in spool.waiting()]


def killed(work):
    """A process that does something and is killed at once."""
    child = os.fork()
    if not child:
        work()
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)


def test_what_a_killed_client_has_left_is_taken_over_once(tmp_path):
    # Given one that ended a call, had one open, and had one that was taken
    def work():
        spool = Spool(tmp_path)
        for name in ("ended", "open", "taken"):
            spool.open(owed(name, '"nobody knows"', is_open=True))
        spool.owe(owed("ended", '"seven tokens"'))
        spool.owe(owed("taken"))
        spool.done("taken")

    killed(work)

    # When two come after it
    first, second = Spool(tmp_path), Spool(tmp_path)
    found = first.take_over(), second.take_over()

    # Then one of them has it all, in its order, and the open call as nobody's count
    assert found == (2, 0)
    assert [(each.name, each.body) for each in first.waiting()] == [
        ("open", '"nobody knows"'),
        ("ended", '"seven tokens"'),
    ]
    assert names(second) == []
    first.close()
    second.close()


def test_one_that_runs_is_left_alone(tmp_path):
    running, other = Spool(tmp_path), Spool(tmp_path)
    running.owe(owed("a"))

    assert other.take_over() == 0
    assert names(running) == ["a"]

    # When it has let go, the other takes it
    running.close()
    assert other.take_over() == 1
    other.done("a")
    other.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kept", range(0, 60, 7))
def test_a_torn_line_costs_nothing_but_itself(tmp_path, kept):
    def work():
        spool = Spool(tmp_path)
        spool.owe(owed("first"))
        spool.owe(owed("second"))

    killed(work)
    (path,) = tmp_path.glob("*.spool")
    first, second, _end = path.read_bytes().split(b"\n")
    path.write_bytes(first + b"\n" + second[:kept])

    heir = Spool(tmp_path)
    assert heir.take_over() == 1
    assert names(heir) == ["first"]
    heir.close()


def test_a_call_that_moves_is_one_call(tmp_path):
    def work():
        spool = Spool(tmp_path)
        spool.open(owed("call", is_open=True))
        spool.owe(owed("call~1", is_open=True), replaces="call")
        spool.owe(owed("call", "release"))
        spool.done("call")

    killed(work)

    heir = Spool(tmp_path)
    heir.take_over()
    assert names(heir) == ["call~1"]
    heir.close()


def test_it_is_bounded_for_calls_but_never_for_usage(tmp_path):
    spool = Spool(tmp_path, most_bytes=100)
    spool.open(owed("a", "x" * 60, is_open=True))
    spool.open(owed("b", "x" * 60, is_open=True))

    with pytest.raises(SpoolFull):
        spool.open(owed("c", is_open=True))
    spool.owe(owed("a", "x" * 200))
    spool.owe(owed("b", "x" * 200))
    assert names(spool) == ["a", "b"]

    spool.done("a")
    spool.done("b")
    spool.open(owed("c", is_open=True))
    spool.close()


def test_a_full_disk_begins_no_call_and_tears_nothing(tmp_path, monkeypatch):
    spool = Spool(tmp_path)
    spool.owe(owed("a"))
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", _no_space)
        with pytest.raises(SpoolFull):
            spool.open(owed("b", is_open=True))
        with pytest.raises(OSError, match="No space"):
            spool.owe(owed("c"))
    spool.owe(owed("d"))
    spool.close()

    heir = Spool(tmp_path)
    heir.take_over()
    assert names(heir) == ["a", "d"]
    heir.close()


def _no_space(_descriptor):
    message = "No space left on device"
    raise OSError(message)


def test_it_does_not_grow_for_ever(tmp_path):
    spool = Spool(tmp_path)
    spool.owe(owed("stays", "x" * 100))
    for number in range(40):
        spool.owe(owed(f"passes-{number}", "x" * 50_000))
        spool.done(f"passes-{number}")

    (path,) = tmp_path.glob("*.spool")
    assert path.stat().st_size < 1_200_000
    spool.owe(owed("later"))
    spool.close()
    heir = Spool(tmp_path)
    heir.take_over()
    assert names(heir) == ["stays", "later"]
    heir.close()


def test_what_arrives_does_not_take_with_it_what_is_owed_by_now(tmp_path):
    # Given a call of which nobody knew what it used, on its way to Drawdown
    spool = Spool(tmp_path)
    spool.owe(owed("call", '"nobody knows"'))
    (on_its_way,) = spool.waiting()

    # When it is known after all, before the answer comes
    spool.owe(owed("call", '"seven tokens"'))
    spool.done("call", on_its_way)

    # Then that is still owed, on disk too
    assert [each.body for each in spool.waiting()] == ['"seven tokens"']
    spool.close()
    heir = Spool(tmp_path)
    heir.take_over()
    assert [each.body for each in heir.waiting()] == ['"seven tokens"']
    heir.close()


@pytest.mark.parametrize("trouble", ["short", "full"])
def test_a_disk_that_is_full_while_it_is_compacted_loses_nothing(
    tmp_path, monkeypatch, trouble
):
    # Given a file that has grown enough to be written anew
    monkeypatch.setattr(module, "_COMPACT_ABOVE", 100)
    spool = Spool(tmp_path)
    spool.owe(owed("stays", "x" * 50))
    spool.owe(owed("passes", "x" * 1_000))
    write, files = os.write, []

    def cut(descriptor, content):
        files.append(descriptor)
        if descriptor == files[0]:
            return write(descriptor, content)
        if trouble == "full":
            _no_space(descriptor)
        return write(descriptor, content[:-9])

    # When there is no room for that, twice
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", cut)
        spool.done("passes")
        spool.owe(owed("more"))
        spool.done("more")
    assert set(files) != {files[0]}
    spool.owe(owed("later"))
    spool.close()

    # Then whoever comes next finds everything
    heir = Spool(tmp_path)
    heir.take_over()
    assert names(heir) == ["stays", "later"]
    heir.close()


def test_what_is_never_taken_is_set_aside_with_why(tmp_path):
    spool = Spool(tmp_path)
    spool.owe(owed("a"))

    spool.refused(spool.waiting()[0], '{"code":"wrong_event"}')

    assert names(spool) == []
    (line,) = (tmp_path / "refused.jsonl").read_text().splitlines()
    assert json.loads(line)["owed"]["name"] == "a"
    assert "wrong_event" in json.loads(line)["answer"]
    spool.close()


def test_a_fork_does_not_write_into_its_parents_file(tmp_path):
    spool = Spool(tmp_path)
    child = os.fork()
    if not child:
        try:
            spool.owe(owed("a"))
        except RuntimeError:
            os._exit(7)
        os._exit(0)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    spool.close()


def test_one_that_is_in_trouble_does_not_hold_up_the_others(tmp_path):
    # Given three calls that wait, of which the site cannot answer the first
    site, once = Site(), Patience(tries=1)
    client = Client(
        site.url,
        key="secret",
        source="gateway",
        spool=tmp_path,
        patience=once,
        background_seconds=0,
    )
    trouble = 500, {"code": "internal_error"}
    site.script = [trouble] * 3
    for number in range(3):
        client.settle(f"call-{number:04}", None)
    fine = "as it should be"
    site.script = [trouble, fine, fine, trouble]

    # When it is tried, and again
    assert client.flush() == 3
    assert client.flush() == 1

    # Then the others have arrived
    assert names(client.desk.spool) == ["call-0000"]
    assert client.flush() == 0
    client.close()
    site.close()
