"""Redis may vanish at any time: no request fails for it."""

import logging
import time
from typing import Any

import pytest
from celery import Celery
from django.contrib.auth import SESSION_KEY as LOGGED_IN
from django.core.cache import cache, caches
from django.test import Client
from django.urls import reverse
from kombu.exceptions import OperationalError

from tests.builders_metering import event, ndjson, usage_source
from tests.cast import PARTS, PASSWORD, key_client


@pytest.fixture
def no_redis(settings: Any) -> None:
    """The site's own cache, at an address where nobody answers."""
    settings.CACHES = {
        "default": {
            "BACKEND": "contracting.core.cache.ForgivingRedisCache",
            "LOCATION": "redis://127.0.0.1:1",
        }
    }


def test_the_site_uses_the_cache_that_may_vanish() -> None:
    from contracting import settings as site

    used = site.CACHES["default"]["BACKEND"]

    assert used == "contracting.core.cache.ForgivingRedisCache"


@pytest.mark.usefixtures("no_redis")
def test_memory_stands_in_for_every_operation(caplog: Any) -> None:
    cache.clear()
    caplog.set_level(logging.WARNING)

    assert cache.add("a", 1) is True
    assert cache.add("a", 2) is False
    assert cache.incr("a") == 2
    assert cache.get("a") == 2
    cache.set_many({"b": 3, "c": [4]}, timeout=60)
    assert cache.get_many(["b", "c", "d"]) == {"b": 3, "c": [4]}
    assert cache.has_key("b")
    assert cache.touch("b", 5)
    assert cache.delete("b")
    cache.delete_many(["c"])
    assert cache.get("c", "gone") == "gone"


@pytest.mark.usefixtures("no_redis")
def test_one_failure_is_logged_and_redis_is_left_alone_for_a_while(caplog: Any) -> None:
    caplog.set_level(logging.WARNING)

    for number in range(20):
        caches["default"].set(f"key-{number}", number)

    said = [line for line in caplog.messages if "memory stands in" in line]
    assert len(said) == 1


@pytest.mark.usefixtures("no_redis")
def test_a_batch_is_taken_without_redis(gateway: Any) -> None:
    usage_source()

    answer = key_client(gateway).post(
        "/api/v1/usage/events:batch",
        ndjson(event(1, order="ord_unknown")),
        content_type="application/x-ndjson",
    )

    assert answer.status_code in {200, 207}
    assert answer.json()["received"] == 1


@pytest.mark.usefixtures("no_redis")
def test_the_limit_of_the_api_still_holds_in_this_process(
    gateway: Any, monkeypatch: Any
) -> None:
    from rest_framework.throttling import UserRateThrottle

    monkeypatch.setattr(UserRateThrottle, "rate", "2/min", raising=False)
    cache.clear()
    asking = key_client(gateway)

    answers = [asking.get("/api/v1/usage/batches").status_code for _ in range(3)]

    assert answers == [200, 200, 429]


@pytest.mark.usefixtures("no_redis")
def test_a_person_logs_in_without_redis(cor: Any) -> None:
    browser = Client()

    answer = browser.post(
        reverse("account_login"), {"login": PARTS["cor"].email, "password": PASSWORD}
    )

    assert answer.status_code == 302
    assert LOGGED_IN in browser.session


def test_a_message_for_a_broker_that_is_gone_is_given_up_at_once() -> None:
    from contracting import settings as site

    lonely = Celery("lonely", broker="redis://127.0.0.1:1")
    lonely.conf.broker_transport_options = site.CELERY_BROKER_TRANSPORT_OPTIONS
    began = time.monotonic()

    with pytest.raises(OperationalError):
        lonely.send_task("a task", retry=False)

    assert time.monotonic() - began < 2
