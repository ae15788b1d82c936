"""The command beside the gateway: it counts texts, and no text leaves it."""

import csv
import gzip
import json
import stat
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawdown_client import recount
from drawdown_client.counting import Merges, NoTokenizer, pieces_of, read_tokenizer
from drawdown_client.drawing import Places, proof_of, read_key
from drawdown_client.errors import Unreachable
from drawdown_client.wire import Address, Connections, Reply, Request

GPT2 = Path(__file__).parent / "gpt2"
SECRET = "the patient's name is on this line"
PLAN = "rcp_7k2m"


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory) -> Path:
    """The merges of GPT-2 as a file."""
    path = Path(tmp_path_factory.mktemp("gpt2"), "vocab.bpe")
    path.write_bytes(gzip.decompress((GPT2 / "vocab.bpe.gz").read_bytes()))
    return path


@pytest.fixture(scope="module")
def merges(vocabulary) -> Merges:
    return Merges(vocabulary.read_bytes())


def test_it_counts_as_the_known_tokenizers_do(merges):
    known = json.loads((GPT2 / "counts.json").read_text())

    assert len(known) > 100
    assert [text for text, count in known if merges.count(text) != count] == []


@given(st.text())
def test_its_pieces_are_the_text_and_each_token_has_a_byte(merges, text):
    pieces = list(pieces_of(text))

    assert "".join(pieces) == text
    assert all(pieces)
    count = merges.count(text)
    assert len(pieces) <= count <= len(text.encode("utf-8", "replace"))


def test_a_text_without_any_space_takes_no_square_of_its_length(merges):
    letters = "".join(Random(3).choices("abcdefghijklmnopqrstuvwxyz", k=30_000))

    begun = time.process_time()
    assert 10_000 < merges.count(letters) < 30_000
    assert time.process_time() - begun < 3


@pytest.mark.parametrize("raw", [b"", b"#version: 0.2\n", b"a b c\n", b"\xff\xfe"])
def test_a_file_that_is_none_is_refused(tmp_path, raw):
    path = tmp_path / "merges.txt"
    path.write_bytes(raw)

    with pytest.raises(NoTokenizer):
        read_tokenizer(path)


def test_other_files_ask_for_their_package(tmp_path):
    for name, package in (("tokenizer.json", "tokenizers"), ("x.tiktoken", "tiktoken")):
        path = tmp_path / name
        path.write_text("{}")
        with pytest.raises(NoTokenizer, match=package):
            read_tokenizer(path, "cl100k")


def test_a_place_is_for_ever_and_a_torn_line_has_none(tmp_path):
    path = tmp_path / "places.txt"
    Places(path).add(["call-1", "call-2", "call-1"])
    with path.open("a") as out:
        out.write("call-")

    again = Places(path)
    again.add(["call-2", "call-3"])

    assert [again.of(f"call-{n}") for n in (1, 2, 3, 4)] == [1, 2, 3, None]
    assert path.read_text() == "call-1\ncall-2\ncall-3\n"


def test_a_plan_is_read_over_real_http():
    seen = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):  # noqa: N802 (its name there)
            seen.append((self.path, self.headers["Authorization"]))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_words):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    address = Address(f"http://127.0.0.1:{server.server_port}/site", "ddk_x_y")

    reply = Connections(address).send(
        Request("/api/v1/recounts/rcp_1", b"", "rcp_1", method="GET"), 10.0
    )

    thread.join()
    server.server_close()
    assert (reply.status, reply.body) == (200, b"{}")
    assert seen == [("/site/api/v1/recounts/rcp_1", "Bearer ddk_x_y")]


class Drawdown:
    """Answers as Drawdown does, and keeps every byte that was sent."""

    def __init__(self, plan):
        self.plan, self.asked, self.is_down = plan, [], False

    def __call__(self, address):
        self.key = address.key
        return self

    def send(self, request, _seconds):
        if self.is_down:
            message = "nobody answers"
            raise Unreachable(message)
        self.asked.append(request)
        if request.method == "GET":
            return Reply(200, json.dumps(self.plan).encode())
        rows = json.loads(request.body)["samples"]
        if any(row["request_id"] == "call-unknown" for row in rows):
            problem = {"code": "unknown_call", "detail": "Send its usage first."}
            return Reply(422, json.dumps(problem).encode())
        self.plan["next_position"] = max(row["position"] for row in rows) + 1
        return Reply(200, json.dumps(self.plan).encode())

    @property
    def rows(self):
        sent = [each for each in self.asked if each.method == "POST"]
        return [row for each in sent for row in json.loads(each.body)["samples"]]


@pytest.fixture
def files(tmp_path, vocabulary, monkeypatch, capsys):
    """A key, calls of which every one is drawn, and a Drawdown to tell of them."""
    assert recount.main(["key", "--out", str(tmp_path / "key")]) == 0
    commitment = capsys.readouterr().out.strip()
    (tmp_path / "api").write_text("ddk_x_y\n")
    drawdown = Drawdown(
        {
            "key_commitment": commitment,
            "tokenizer_sha256": read_tokenizer(vocabulary).sha256,
            "rate": "1.000000",
            "token_class": "OUT_TEXT",
            "next_position": 1,
        }
    )
    monkeypatch.setattr(recount, "Connections", drawdown)
    return tmp_path, drawdown


def written(path, *calls):
    path.write_text("".join(f"{json.dumps(each)}\n" for each in calls))
    return path


def counted(folder, vocabulary, *more):
    return recount.main(
        [
            *("count", "--url", "https://drawdown.example", "--plan", PLAN),
            *("--api-key-file", f"{folder}/api", "--key", f"{folder}/key"),
            *("--tokenizer", str(vocabulary), "--places", f"{folder}/places"),
            *("--calls", f"{folder}/calls.jsonl", *more),
        ]
    )


def test_only_ids_and_counts_travel(files, vocabulary, merges, capsys):
    # Given three calls, one of whose texts is lost, and one that is not reported yet
    folder, drawdown = files
    written(
        folder / "calls.jsonl",
        {"request_id": "call-1", "text": SECRET, "reported": 9},
        {"request_id": "call-2", "text": None, "reported": 5},
        {"request_id": "call-3", "text": SECRET},
    )

    assert counted(folder, vocabulary) == 0

    # Then two samples are sent, with nothing but what they may say
    assert [
        (row["position"], row["request_id"], row["reported"], row["recounted"])
        for row in drawdown.rows
    ] == [(1, "call-1", 9, merges.count(SECRET)), (2, "call-2", 5, None)]
    assert set(drawdown.rows[0]) == {
        *("position", "request_id", "token_class", "reported", "recounted", "proof"),
    }
    assert all(
        word.encode() not in each.path.encode() + each.body + each.key.encode()
        for each in drawdown.asked
        for word in SECRET.split()
        if len(word) > 3
    )
    said = capsys.readouterr()
    assert "3 calls drawn, 2 sent, 1 not reported yet" in said.out
    assert SECRET not in said.out + said.err
    assert SECRET not in (folder / "places").read_text()

    # And when the vendor has reported the third, it alone is sent
    report = folder / "report.csv"
    report.write_text(
        "request_id,token_class,tokens\ncall-3,OUT_TEXT,8\ncall-3,IN_UNCACHED,70\n"
    )
    drawdown.asked.clear()
    assert counted(folder, vocabulary, "--report", str(report)) == 0
    assert [(row["position"], row["reported"]) for row in drawdown.rows] == [(3, 8)]


def test_it_says_what_is_wrong_and_never_a_text(files, vocabulary, capsys, tmp_path):
    folder, drawdown = files
    calls = folder / "calls.jsonl"
    for bad in (f'{{"text": "{SECRET}"', f'["{SECRET}"]', f'{{"text": "{SECRET}"}}'):
        calls.write_text(bad)
        assert counted(folder, vocabulary) == 1
    written(calls, {"request_id": SECRET, "text": SECRET, "reported": 1})
    assert counted(folder, vocabulary) == 1
    written(calls, {"request_id": "a", "text": 7, "reported": 1})
    assert counted(folder, vocabulary) == 1
    written(calls, {"request_id": "a", "text": SECRET, "reported": -1})
    assert counted(folder, vocabulary) == 1
    written(calls, {"request_id": "call-unknown", "text": SECRET, "reported": 1})
    assert counted(folder, vocabulary) == 1
    assert "Send its usage first." in capsys.readouterr().err
    drawdown.plan["tokenizer_sha256"] = "0" * 64
    assert counted(folder, vocabulary) == 1
    drawdown.plan["key_commitment"] = "0" * 64
    assert counted(folder, vocabulary) == 1
    drawdown.is_down = True
    assert counted(folder, vocabulary) == 1
    said = capsys.readouterr()
    assert SECRET not in said.out + said.err


def test_a_key_is_its_owners_and_never_written_over(files):
    folder, _drawdown = files
    path = folder / "key"

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_text()
    assert recount.main(["key", "--out", str(path)]) == 1
    assert path.read_text() == before
    assert len(read_key(path)) == 32


def test_whoever_has_the_key_sees_what_was_left_out(files, capsys):
    folder, _drawdown = files
    key = read_key(folder / "key")
    names = [f"call-{n}" for n in range(5)]
    calls = written(
        folder / "calls.jsonl", *({"request_id": n, "text": None} for n in names)
    )
    samples = folder / "samples.csv"
    asked = ["verify", "--key", f"{folder}/key", "--rate", "1", "--calls", str(calls)]

    def verified(rows):
        with samples.open("w", newline="") as file:
            csv.writer(file).writerows([("request_id", "proof"), *rows])
        return recount.main([*asked, "--samples", str(samples)])

    whole = [(name, proof_of(key, name)) for name in names]
    assert verified(whole) == 0
    assert verified(whole[1:]) == 1
    assert verified([*whole[1:], (names[0], "0" * 64)]) == 1
    assert "1 with another proof" in capsys.readouterr().err


def test_a_trusted_run_is_counted_into_a_file(files, vocabulary, merges, capsys):
    folder, _drawdown = files
    calls = written(
        folder / "calls.jsonl", {"request_id": "a", "text": SECRET, "reported": 9}
    )

    asked = ["calibrate", "--tokenizer", str(vocabulary), "--calls", str(calls)]
    assert recount.main(asked) == 0

    rows = list(csv.reader(capsys.readouterr().out.splitlines()))
    assert rows == [["reported", "recounted"], ["9", str(merges.count(SECRET))]]
