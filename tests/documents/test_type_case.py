"""Fonts and style sheets are read once in a process, and no paper tells."""

import os

import pytest
from celery.signals import worker_process_shutdown

from contracting.documents import rendering, tasks
from tests.documents.papers import printed, sheet


@pytest.fixture(autouse=True)
def set_up(monkeypatch):
    """How often fonts and style sheets were read; the test begins without any."""
    rendering.put_away()
    times = []
    once = rendering._set_up

    def counted():
        times.append(once())
        return times[-1]

    monkeypatch.setattr(rendering, "_set_up", counted)
    return times


def test_the_second_paper_finds_the_fonts_of_the_first(set_up):
    first = rendering.render(sheet("letter"))

    assert rendering.render(sheet("letter")) == first
    assert rendering.render(sheet("receipt")) == printed("receipt")
    assert len(set_up) == 1


def test_a_paper_that_is_not_printed_takes_the_fonts_with_it(set_up, monkeypatch):
    with monkeypatch.context() as jammed:
        jammed.setattr(rendering, "html_of", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            rendering.render(sheet("letter"))

    assert rendering.render(sheet("letter")) == printed("letter")
    assert len(set_up) == 2


def test_fonts_that_somebody_cleared_away_are_read_again(set_up):
    rendering.render(sheet("letter"))
    set_up[0].files[0].unlink()

    assert rendering.render(sheet("letter")) == printed("letter")
    assert len(set_up) == 2


def test_fonts_that_cannot_be_read_stop_the_press(monkeypatch):
    fetch = rendering.fetch_package_file

    def without_bold(url):
        if url.endswith("Bold.ttf"):
            raise MemoryError
        return fetch(url)

    monkeypatch.setattr(rendering, "fetch_package_file", without_bold)
    with pytest.raises(OSError, match="1 of the fonts"):
        rendering.render(sheet("letter"))


def test_two_that_print_at_once_share_nothing():
    with rendering._type_case() as mine, rendering._type_case() as yours:
        assert mine is not yours
        assert set(mine.files).isdisjoint(yours.files)


def test_a_fork_leaves_the_fonts_to_its_parent(set_up):
    with rendering._type_case():
        pass
    child = os.fork()
    if not child:
        os._exit(len(rendering._kept) + (set_up[0].fonts._folder is not None))

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert set_up[0].is_whole


def test_a_worker_that_ends_leaves_no_fonts_behind(set_up):
    with rendering._type_case():
        pass
    (case,) = set_up
    set_up.clear()
    assert case.is_whole
    files = case.files
    del case

    told = worker_process_shutdown.send(sender=None, pid=os.getpid(), exitcode=0)

    assert tasks.clear_the_press in [listener for listener, _ in told]
    assert not any(file.exists() for file in files)
