"""The examples for gateways, driven as LiteLLM and Envoy drive them."""

import asyncio
import http.client
import importlib.util
import json
import threading
from types import SimpleNamespace

import pytest
import yaml

from drawdown_client import AsyncClient, Client, Patience
from tests.architecture.tree import ROOT
from tests.client.stub import Site

EXAMPLES = ROOT / "docs" / "examples"
HASTE = Patience(deadline=3, tries=2, first_pause=0.001, longest_pause=0.002)
LIMIT = 409, {"code": "live_limit_reached", "detail": "Not enough is left."}
DOWN = 503, {"code": "database_down", "retryable": True}
USAGE = {"prompt_tokens": 2600, "completion_tokens": 30, "total_tokens": 2630}
LINES = [{"class": "input", "tokens": 2600}, {"class": "output", "tokens": 30}]


def example(name):
    path = EXAMPLES / name
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def site():
    made = Site()
    yield made
    made.close()


# LiteLLM ------------------------------------------------------------------------------


litellm = example("litellm/drawdown_callback.py")


def data(**changed):
    """A request as the proxy hands it to its hook."""
    return {
        "model": "gpt-4o-2024-08-06",
        "messages": [{"role": "user", "content": "Are pigs smart?"}],
        "max_tokens": 100,
        "litellm_call_id": "theirs-1",
        "metadata": {"tags": ["order:ord_7k2m"], "user_api_key": "hash"},
        **changed,
    }


def answer(**usage):
    """An answer as LiteLLM logs it, whoever the provider is: its ModelResponse."""
    dumped = {
        "id": "chatcmpl-x1",
        "model": "gpt-4o-2024-08-06",
        "object": "chat.completion",
        "choices": [{"message": {"content": "Yes."}, "finish_reason": "stop"}],
        "usage": {**USAGE, **usage},
    }
    return SimpleNamespace(model_dump=lambda **_how: dumped)


def logged(request, **more):
    """What its events say of the call, as the hook has left the request."""
    kept = {name: request[name] for name in litellm.PLACES if name in request}
    return {"litellm_params": kept, "cache_hit": False, **more}


def on_the_proxy(site, tmp_path, work, **control):
    """Run a story with the callback as the proxy has it."""

    async def story():
        client = AsyncClient(
            site.url,
            key="secret",
            source="gateway",
            spool=tmp_path,
            patience=HASTE,
            background_seconds=0,
        )
        try:
            await work(litellm.FundsControl(client, **control))
        finally:
            await client.close()

    asyncio.run(story())


KEY = SimpleNamespace(token="key-7", metadata={})


def test_a_call_of_the_proxy_is_granted_and_settled_once(site, tmp_path):
    async def work(control):
        request = await control.async_pre_call_hook(KEY, None, data(), "completion")
        for _twice in range(2):
            await control.async_log_success_event(logged(request), answer(), 0, 1)

    on_the_proxy(site, tmp_path, work, boundary="FEDRAMP_MOD")

    (_verb, asked, _key), (_verb, said, _key) = site.asked
    assert (asked["order"], asked["key"], asked["output_tokens_max"]) == (
        "ord_7k2m",
        "key-7",
        100,
    )
    assert asked["input_tokens_max"] > len("Are pigs smart?")
    assert said["event"]["data"]["lines"] == LINES
    # The caller's own id of its call decides nothing
    assert "theirs-1" not in json.dumps(site.asked)


def test_the_cache_is_read_once_under_both_of_its_names(site, tmp_path):
    details = {"cached_tokens": 2000, "cache_creation_tokens": 400, "text_tokens": None}
    found = answer(
        prompt_tokens_details=details,
        completion_tokens_details={"reasoning_tokens": 12},
        cache_read_input_tokens=2000,
        cache_creation_input_tokens=400,
    )

    async def work(control):
        request = await control.async_pre_call_hook(KEY, None, data(), "acompletion")
        await control.async_log_success_event(logged(request), found, 0, 1)
        request = await control.async_pre_call_hook(KEY, None, data(), "acompletion")
        wrong = answer(prompt_tokens_details=details, cache_read_input_tokens=1)
        await control.async_log_success_event(logged(request), wrong, 0, 1)

    on_the_proxy(site, tmp_path, work)

    event = site.asked[1][1]["event"]
    assert {each["class"]: each["tokens"] for each in event["data"]["lines"]} == {
        "input": 200,
        "cached_input": 2000,
        "cache_write": 400,
        "output": 18,
        "reasoning": 12,
    }
    assert site.asked[3][1]["event"] is None  # its reserve is kept


class RateLimitError(Exception):
    status_code = 429


class Timeout(Exception):  # noqa: N818 (LiteLLM's name)
    status_code = 408


@pytest.mark.parametrize(
    ("error", "verb"), [(RateLimitError(), "release"), (Timeout(), "settle")]
)
def test_a_call_that_the_proxy_gives_up(site, tmp_path, error, verb):
    async def work(control):
        request = await control.async_pre_call_hook(KEY, None, data(), "completion")
        await control.async_log_failure_event(logged(request), None, 0, 1)
        for _twice in range(2):
            await control.async_post_call_failure_hook(request, error, KEY, "")

    on_the_proxy(site, tmp_path, work)

    assert site.verbs() == ["authorize", verb]
    assert site.asked[1][1].get("event") is None


def test_an_answer_from_the_proxys_own_cache_uses_nothing(site, tmp_path):
    async def work(control):
        request = await control.async_pre_call_hook(KEY, None, data(), "completion")
        hit = logged(request, cache_hit=True)
        await control.async_log_success_event(hit, answer(), 0, 1)

    on_the_proxy(site, tmp_path, work)

    assert site.verbs() == ["authorize", "release"]


def test_a_caller_that_hung_up_keeps_its_reserve(site, tmp_path):
    async def work(control):
        await control.async_pre_call_hook(KEY, None, data(), "completion")
        control._longest_seconds = -1
        await control.async_pre_call_hook(KEY, None, data(), "completion")

    on_the_proxy(site, tmp_path, work)

    assert site.verbs() == ["authorize", "settle", "authorize"]
    assert site.asked[1][1]["event"] is None


PICTURE = [{"type": "image_url", "image_url": {"url": "https://x.test/a.png"}}]
REFUSED = [
    (400, {"metadata": {}}, "completion"),
    (400, {"metadata": {"tags": ["order:a", "order:b"]}}, "completion"),
    (400, {}, "image_generation"),
    (400, {"messages": [{"role": "user", "content": PICTURE}]}, "completion"),
    (400, {"max_tokens": "many"}, "completion"),
    (400, {"n": -1}, "completion"),
    (400, {"previous_response_id": "resp_1"}, "responses"),
    (400, {"prompt": {"id": "pmpt_1"}}, "responses"),
]


@pytest.mark.parametrize(("status", "changed", "kind"), REFUSED, ids=range(8))
def test_what_cannot_be_bounded_is_not_made(site, tmp_path, status, changed, kind):
    async def work(control):
        with pytest.raises(litellm.HTTPException) as refused:
            await control.async_pre_call_hook(KEY, None, data(**changed), kind)
        assert refused.value.status_code == status

    on_the_proxy(site, tmp_path, work)
    assert site.asked == []


def test_a_refusal_reaches_the_caller_with_its_reason(site, tmp_path):
    async def work(control):
        for script, status in (([LIMIT], 402), ([DOWN, DOWN], 503)):
            site.script = list(script)
            with pytest.raises(litellm.HTTPException) as refused:
                await control.async_pre_call_hook(KEY, None, data(), "completion")
            assert refused.value.status_code == status
        assert "database_down" in refused.value.detail

    on_the_proxy(site, tmp_path, work)


def test_a_limit_that_is_not_set_is_set_and_the_key_names_the_order(site, tmp_path):
    key = SimpleNamespace(token="key-8", metadata={"drawdown_order": "ord_key"})

    async def work(control):
        plain = data(metadata={}, max_tokens=None, n=2)
        request = await control.async_pre_call_hook(key, None, plain, "completion")
        assert request["max_tokens"] == 500
        plain = {"model": "embed-x", "input": ["a"], "litellm_metadata": {}}
        await control.async_pre_call_hook(key, None, plain, "aembedding")
        with pytest.raises(litellm.HTTPException):
            await control.async_pre_call_hook(key, None, data(), "completion")

    on_the_proxy(site, tmp_path, work, longest_answer=500)

    first, second = site.asked[0][1], site.asked[1][1]
    assert (first["order"], first["output_tokens_max"]) == ("ord_key", 1_000)
    assert second["output_tokens_max"] == 0


def test_every_text_and_every_limit_is_in_the_bound(site, tmp_path):
    long = "x" * 1_000

    async def work(control):
        for kind, more in (
            ("anthropic_messages", {"system": long, "max_output_tokens": 300}),
            ("responses", {"instructions": long, "input": "a"}),
        ):
            await control.async_pre_call_hook(KEY, None, data(**more), kind)

    on_the_proxy(site, tmp_path, work)
    first, second = (said for _verb, said, _key in site.asked)
    assert min(first["input_tokens_max"], second["input_tokens_max"]) > 1_000
    assert first["output_tokens_max"] == 300


def test_its_hooks_are_those_of_the_configuration():
    config = yaml.safe_load((EXAMPLES / "litellm" / "config.yaml").read_text())
    module, _, name = config["litellm_settings"]["callbacks"].partition(".")
    assert (EXAMPLES / "litellm" / f"{module}.py").exists()
    assert isinstance(getattr(litellm, name), litellm.FundsControl)


# Envoy --------------------------------------------------------------------------------


envoy = example("envoy/sidecar.py")


@pytest.fixture
def sidecar(site, tmp_path):
    client = Client(
        site.url,
        key="secret",
        source="gateway",
        spool=tmp_path,
        patience=HASTE,
        background_seconds=0,
    )
    made = envoy.Sidecar(("127.0.0.1", 0), client)
    thread = threading.Thread(target=made.serve_forever, args=(0.01,))
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()
    client.close()


def post(sidecar, path, body, **headers):
    link = http.client.HTTPConnection("127.0.0.1", sidecar.server_port, timeout=10)
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    link.request("POST", path, raw, named)
    reply = link.getresponse()
    found = reply.status, json.loads(reply.read()), reply.getheader(envoy.CALL)
    link.close()
    return found


ASKED = {"model": "gpt-x", "max_tokens": 50, "messages": [{"content": "hello"}]}
CHAT = "/authorize/v1/chat/completions"


def allowed(sidecar, body=ASKED, path=CHAT):
    status, _body, call = post(sidecar, path, body, x_drawdown_order="ord_1")
    assert status == 200
    return call


def test_envoy_asks_and_reports_the_end_of_the_answer(site, sidecar):
    call = allowed(sidecar)
    end = {"model": "gpt-x-2026", "usage": USAGE}
    for _twice in range(2):
        settled = post(
            sidecar, "/settle", end, x_drawdown_call=call, x_provider_status="200"
        )
        assert settled[0] == 200

    (_verb, asked, _key), (_verb, said, _key) = site.asked
    assert (asked["order"], asked["output_tokens_max"]) == ("ord_1", 50)
    assert asked["input_tokens_max"] == len(json.dumps(ASKED))
    assert said["event"]["data"]["lines"] == LINES


@pytest.mark.parametrize(
    ("end", "basis"),
    [
        (b'cut off}\n\ndata: {"model":"m","usage":%s}\n\ndata: [DONE]\n', "measured"),
        (b'data: {"model":"m","choices":[]}\n\n', None),
        (b"half of a js", None),
    ],
)
def test_the_end_of_a_stream_is_read_or_its_reserve_is_kept(site, sidecar, end, basis):
    call = allowed(sidecar, {**ASKED, "stream_options": {"include_usage": True}})
    end = end.replace(b"%s", json.dumps(USAGE).encode())

    post(sidecar, "/settle", end, x_drawdown_call=call, x_provider_status="200")

    event = site.asked[-1][1]["event"]
    assert (event and event["data"]["basis"]) == basis


def test_an_error_of_the_provider_is_released(site, sidecar):
    call = allowed(sidecar)

    post(sidecar, "/settle", b"{}", x_drawdown_call=call, x_provider_status="429")

    assert site.verbs() == ["authorize", "release"]


def test_what_envoy_must_not_let_through(site, sidecar):
    order = {"x_drawdown_order": "ord_1"}
    picture = {**ASKED, "messages": [{"content": [{"type": "image_url"}]}]}
    unbounded = {"model": "gpt-x", "messages": []}
    uncounted = {**ASKED, "stream": True}
    written = json.dumps(picture, indent="\t", separators=(",", "\t:\t")).encode()
    kept = {**ASKED, "previous_response_id": "resp_1"}
    greater = {**ASKED, "max_tokens": 10**9}
    second = {**greater, "max_completion_tokens": 5}
    refused = (unbounded, uncounted, picture, written, kept, greater, second)
    for body in (b"{", b"[" * 100_000, *refused):
        assert post(sidecar, CHAT, body, **order)[0] == 400
    assert post(sidecar, CHAT, ASKED)[0] == 400
    assert site.asked == []

    site.script = [LIMIT, DOWN, DOWN]
    status, body, call = post(sidecar, CHAT, ASKED, **order)
    assert (status, body["code"], call) == (402, "live_limit_reached", None)
    assert post(sidecar, CHAT, ASKED, **order)[0] == 503


def test_envoy_fails_closed_and_asks_where_the_sidecar_listens():
    config = yaml.safe_load((EXAMPLES / "envoy" / "envoy.yaml").read_text())
    (chain,) = config["static_resources"]["listeners"][0]["filter_chains"]
    filters = chain["filters"][0]["typed_config"]["http_filters"]
    names = [each["name"].rpartition("filters.http.")[2] for each in filters]
    assert names == ["lua.first", "ext_authz", "lua", "router"]
    authz = filters[1]["typed_config"]
    assert authz["failure_mode_allow"] is False
    assert authz["with_request_body"]["allow_partial_message"] is False
    allowed_on = authz["http_service"]["authorization_response"]
    assert allowed_on["allowed_upstream_headers"]["patterns"] == [{"exact": envoy.CALL}]
    lua = filters[2]["typed_config"]["default_source_code"]["inline_string"]
    assert f'["{envoy.CALL}"]' in lua
    assert f'["{envoy.STATUS}"]' in lua
