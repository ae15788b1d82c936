"""The cache that may vanish: what it holds is never needed, only useful.

Counters of the rate limits and the like live in Redis, which may be restarted or gone
at any time. A request must not fail for it, so an operation that Redis cannot answer is
answered by this process's own memory: the limits then hold for each process alone.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, Final

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

log = logging.getLogger(__name__)

SECONDS_TO_REST: Final = 5.0
"""After a failure Redis is not asked again for so long: a request waits once."""

CONNECT_SECONDS: Final = 0.5


class ForgivingClient(RedisCacheClient):
    """A client of Redis that answers from memory while Redis does not."""

    def __init__(self, servers: list[str], **options: Any) -> None:
        options.setdefault("socket_connect_timeout", CONNECT_SECONDS)
        options.setdefault("socket_timeout", CONNECT_SECONDS)
        options.setdefault("retry", Retry(NoBackoff(), 1))
        super().__init__(servers, **options)
        self._memory = LocMemCache("while-redis-is-away", {})
        self._rests_until = 0.0

    def _ask(self, redis: Callable[[], Any], memory: Callable[[], Any]) -> Any:
        if time.monotonic() >= self._rests_until:
            try:
                return redis()
            except (RedisError, OSError) as error:
                self._rests_until = time.monotonic() + SECONDS_TO_REST
                log.warning("the cache does not answer, memory stands in: %s", error)
        return memory()

    def add(self, key: Any, value: Any, timeout: Any) -> Any:
        return self._ask(
            lambda: super(ForgivingClient, self).add(key, value, timeout),
            lambda: self._memory.add(key, value, timeout),
        )

    def get(self, key: Any, default: Any) -> Any:
        return self._ask(
            lambda: super(ForgivingClient, self).get(key, default),
            lambda: self._memory.get(key, default),
        )

    def set(self, key: Any, value: Any, timeout: Any) -> Any:
        return self._ask(
            lambda: super(ForgivingClient, self).set(key, value, timeout),
            lambda: self._memory.set(key, value, timeout),
        )

    def touch(self, key: Any, timeout: Any) -> Any:
        return self._ask(
            lambda: super(ForgivingClient, self).touch(key, timeout),
            lambda: self._memory.touch(key, timeout),
        )

    def delete(self, key: Any) -> Any:
        return self._ask(
            lambda: super(ForgivingClient, self).delete(key),
            lambda: self._memory.delete(key),
        )

    def get_many(self, keys: Any) -> Any:
        return self._ask(
            lambda: super(ForgivingClient, self).get_many(keys),
            lambda: self._memory.get_many(keys),
        )

    def has_key(self, key: Any) -> Any:
        return self._ask(
            lambda: super(ForgivingClient, self).has_key(key),
            lambda: self._memory.has_key(key),
        )

    def incr(self, key: Any, delta: Any) -> Any:
        return self._ask(
            lambda: super(ForgivingClient, self).incr(key, delta),
            lambda: self._memory.incr(key, delta),
        )

    def set_many(self, data: Any, timeout: Any) -> Any:
        return self._ask(
            lambda: super(ForgivingClient, self).set_many(data, timeout),
            lambda: self._memory.set_many(data, timeout),
        )

    def delete_many(self, keys: Any) -> Any:
        return self._ask(
            lambda: super(ForgivingClient, self).delete_many(keys),
            lambda: self._memory.delete_many(keys),
        )

    def clear(self) -> Any:
        self._memory.clear()
        return self._ask(
            lambda: super(ForgivingClient, self).clear(), lambda: self._memory.clear()
        )


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache, without the errors of a Redis that is not there."""

    def __init__(self, server: str | list[str], params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = ForgivingClient
