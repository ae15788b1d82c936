"""Whatever waits goes together: one call of a verb, one commit, one answer to each."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Hashable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Generic, TypeVar

from django.db import connections

MOST_AT_ONCE: Final = 512

_Asked = TypeVar("_Asked")
_Answered = TypeVar("_Answered")


class Full(Exception):
    """So many wait that another one would wait in vain."""


class Combiner(Generic[_Asked, _Answered]):
    """Gathers what is asked while its worker is busy, and hands all of it over.

    The worker is one thread with one connection. What belongs together (asked by the
    same key for the same source) is handed over together; the groups follow each other.

    :param work: answers a group, in its order; it must not raise
    """

    def __init__(
        self,
        work: Callable[[Hashable, Sequence[_Asked]], Sequence[_Answered]],
        *,
        name: str,
        most_waiting: int,
    ) -> None:
        self._work = work
        self._most_waiting = most_waiting
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._waiting: deque[tuple[Hashable, _Asked, asyncio.Future[_Answered]]]
        self._waiting = deque()
        self._runs: asyncio.Task[None] | None = None

    def ask(self, group: Hashable, asked: _Asked) -> asyncio.Future[_Answered]:
        """The answer to come.

        :raises Full: if too many wait already
        """
        if len(self._waiting) >= self._most_waiting:
            raise Full
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[_Answered] = loop.create_future()
        self._waiting.append((group, asked, answer))
        if self._runs is None or self._runs.done():
            self._runs = loop.create_task(self._run())
        return answer

    def close(self) -> None:
        """End the worker after what it is at."""
        self._thread.submit(connections.close_all)
        self._thread.shutdown(wait=True)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            count = min(len(self._waiting), MOST_AT_ONCE)
            batch = [self._waiting.popleft() for _ in range(count)]
            groups: dict[Hashable, list[_Asked]] = {}
            for group, asked, _answer in batch:
                groups.setdefault(group, []).append(asked)
            try:
                found = await loop.run_in_executor(self._thread, self._all, groups)
            except BaseException:
                for _group, _asked, answer in batch:
                    answer.cancel()
                raise
            for group, _asked, answer in batch:
                given = next(found[group])
                if not answer.done():
                    answer.set_result(given)

    def _all(
        self, groups: dict[Hashable, list[_Asked]]
    ) -> dict[Hashable, Iterator[_Answered]]:
        return {
            group: iter(self._work(group, asked)) for group, asked in groups.items()
        }
