"""The command ``recount``: counts a sample of texts beside the gateway.

    recount key --out key.hex
    recount count --url … --api-key-file … --plan rcp_… --key key.hex \
                  --tokenizer vocab.bpe --calls calls.jsonl --places places.txt
    recount calibrate --tokenizer vocab.bpe --calls trusted.jsonl > counts.csv
    recount verify --key key.hex --rate 0.05 --calls calls.jsonl --samples samples.csv

What leaves this machine: the ids of drawn calls, the class, two integers each, the
SHA-256 of the tokenizer's file and the proof that each was drawn. No text does.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import re
import sys
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from itertools import islice
from pathlib import Path
from typing import Any, Final

from drawdown_client.counting import NoTokenizer, Tokenizer, read_tokenizer
from drawdown_client.drawing import (
    BadFile,
    Held,
    Places,
    commitment_of,
    is_drawn,
    new_key,
    proof_of,
    read_calls,
    read_key,
)
from drawdown_client.errors import Refused, Unreachable
from drawdown_client.wire import Address, Connections, Reply, Request

_AT_ONCE: Final = 500
_SECONDS: Final = 60.0
_ID: Final = re.compile(r"[A-Za-z0-9._:/+=@-]{1,200}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what is asked, and say what came of it in one line.

    :returns: 0 where it was done, 1 where it was not
    """
    asked = _parser().parse_args(arguments)
    try:
        asked.do(asked)
    except (BadFile, NoTokenizer, Refused, Unreachable, ValueError) as error:
        print(f"recount: {error}", file=sys.stderr)  # noqa: T201 (a command)
        return 1
    return 0


def _say(words: str) -> None:
    print(words)  # noqa: T201 (a command)


def _make_key(asked: argparse.Namespace) -> None:
    _say(new_key(asked.out))


def _count(asked: argparse.Namespace) -> None:
    """Draw, recount and send, in the order of the file."""
    connections = Connections(_address(asked))
    plan = _plan(connections, asked.plan)
    key, tokenizer = read_key(asked.key), _tokenizer(asked)
    _guard(plan, key, tokenizer)
    places = Places(asked.places)
    rate = Decimal(plan["rate"])
    drawn = [call for call in _calls(asked) if is_drawn(_proof(key, call), rate)]
    places.add([call.request_id for call in drawn])
    next_place, sent = int(plan["next_position"]), 0
    known = sum((places.of(call.request_id) or 0) < next_place for call in drawn)
    ready = (
        call
        for call in drawn
        if call.reported is not None
        and (places.of(call.request_id) or 0) >= int(plan["next_position"])
    )
    while batch := list(islice(ready, _AT_ONCE)):
        rows = [_row(call, plan, key, tokenizer, places) for call in batch]
        next_place = _send(connections, asked.plan, tokenizer, rows)
        sent += len(rows)
    waiting = len(drawn) - known - sent
    _say(
        f"{len(drawn)} calls drawn, {sent} sent, {waiting} not reported yet; "
        f"the next place is {next_place}"
    )


def _calls(asked: argparse.Namespace) -> Iterator[Held]:
    """The calls of the files, with what a report says of them where there is one."""
    reported = _report(asked.report, asked.token_class) if asked.report else {}
    seen: set[str] = set()
    for path in asked.calls:
        for call in read_calls(path):
            if call.request_id in seen:
                continue
            if not _ID.fullmatch(call.request_id):
                message = f"{path}: a request_id has no spaces and at most 200 letters."
                raise BadFile(message)
            seen.add(call.request_id)
            count = reported.get(call.request_id, call.reported)
            yield Held(call.request_id, call.text, count)


def _report(path: Path, token_class: str) -> dict[str, int]:
    """Tokens by call, from a CSV with request_id, token_class and tokens."""
    found: dict[str, int] = {}
    try:
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                if row["token_class"] == token_class:
                    name = row["request_id"]
                    found[name] = found.get(name, 0) + int(row["tokens"])
    except (OSError, KeyError, TypeError, ValueError) as error:
        message = f"{path} has no columns request_id, token_class and tokens."
        raise BadFile(message) from error
    return found


def _proof(key: bytes, call: Held) -> str:
    return proof_of(key, call.request_id)


def _row(
    call: Held, plan: dict[str, Any], key: bytes, tokenizer: Tokenizer, places: Places
) -> dict[str, Any]:
    """All that is told of a call."""
    return {
        "position": places.of(call.request_id),
        "request_id": call.request_id,
        "token_class": plan["token_class"],
        "reported": call.reported,
        "recounted": None if call.text is None else tokenizer.count(call.text),
        "proof": _proof(key, call),
    }


def _guard(plan: dict[str, Any], key: bytes, tokenizer: Tokenizer) -> None:
    """:raises BadFile: if the key or the tokenizer is not that of the plan"""
    if commitment_of(key) != plan["key_commitment"]:
        message = "This key is not the one that the plan has committed to."
        raise BadFile(message)
    if tokenizer.sha256 != plan["tokenizer_sha256"]:
        message = "This tokenizer file is not the plan's: its SHA-256 differs."
        raise BadFile(message)


def _address(asked: argparse.Namespace) -> Address:
    try:
        key = asked.api_key_file.read_text().strip()
    except OSError as error:
        message = f"{asked.api_key_file} cannot be read."
        raise BadFile(message) from error
    return Address(asked.url, key)


def _plan(connections: Connections, plan: str) -> dict[str, Any]:
    path = f"/api/v1/recounts/{plan}"
    reply = connections.send(Request(path, b"", plan, method="GET"), _SECONDS)
    return _answer(reply)


def _send(
    connections: Connections,
    plan: str,
    tokenizer: Tokenizer,
    rows: list[dict[str, Any]],
) -> int:
    said = {"tokenizer_sha256": tokenizer.sha256, "samples": rows}
    body = json.dumps(said).encode()
    key = hashlib.sha256(plan.encode() + body).hexdigest()
    path = f"/api/v1/recounts/{plan}/samples"
    reply = connections.send(Request(path, body, key), _SECONDS)
    return int(_answer(reply)["next_position"])


def _answer(reply: Reply) -> dict[str, Any]:
    """:raises Refused: where the answer is no"""
    try:
        body = json.loads(reply.body)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        body = {}
    if not 200 <= reply.status < 300:
        raise Refused(reply.status, body)
    return body


def _calibrate(asked: argparse.Namespace) -> None:
    """The counts of a trusted run, as Drawdown's page takes them."""
    tokenizer = _tokenizer(asked)
    write = csv.writer(sys.stdout)
    write.writerow(["reported", "recounted"])
    for path in asked.calls:
        for call in read_calls(path):
            if call.text is not None and call.reported is not None:
                write.writerow([call.reported, tokenizer.count(call.text)])


def _verify(asked: argparse.Namespace) -> None:
    """Draw anew with a key that was told, and compare with what was sent.

    :raises BadFile: where a call was left out or slipped in
    """
    key, rate = read_key(asked.key), _rate(asked.rate)
    try:
        with asked.samples.open(newline="", encoding="utf-8") as file:
            sent = {row["request_id"]: row["proof"] for row in csv.DictReader(file)}
    except (OSError, KeyError, TypeError) as error:
        message = f"{asked.samples} has no columns request_id and proof."
        raise BadFile(message) from error
    drawn = {
        call.request_id
        for path in asked.calls
        for call in read_calls(path)
        if is_drawn(_proof(key, call), rate)
    }
    forged = [each for each, proof in sent.items() if proof_of(key, each) != proof]
    missing, alien = drawn - sent.keys(), sent.keys() - drawn
    words = (
        f"{len(drawn)} calls drawn, {len(sent)} sent, {len(missing)} left out, "
        f"{len(alien)} not drawn, {len(forged)} with another proof"
    )
    if missing or alien or forged:
        raise BadFile(words)
    _say(words)


def _rate(said: str) -> Decimal:
    try:
        rate = Decimal(said)
    except InvalidOperation as error:
        message = "A rate is a number, such as 0.05."
        raise BadFile(message) from error
    return rate


def _tokenizer(asked: argparse.Namespace) -> Tokenizer:
    return read_tokenizer(asked.tokenizer, asked.pattern)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="recount", description="Count a sample of texts beside the gateway."
    )
    commands = parser.add_subparsers(required=True)

    def command(name: str, do: Any, words: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=words, description=words)
        made.set_defaults(do=do)
        return made

    key = command("key", _make_key, "Make a key; say its SHA-256.")
    key.add_argument("--out", type=Path, required=True)
    count = command("count", _count, "Draw, recount and send counts.")
    count.add_argument("--url", required=True)
    count.add_argument("--api-key-file", type=Path, required=True)
    count.add_argument("--plan", required=True)
    count.add_argument("--places", type=Path, required=True, help="What was drawn.")
    count.add_argument("--report", type=Path, help="The vendor's counts, as CSV.")
    count.add_argument("--token-class", default="OUT_TEXT", help="Of the report.")
    calibrate = command("calibrate", _calibrate, "Count a trusted run, as CSV.")
    verify = command("verify", _verify, "Check a sample with its key.")
    verify.add_argument("--rate", required=True)
    verify.add_argument("--samples", type=Path, required=True)
    for each in (count, verify):
        each.add_argument("--key", type=Path, required=True)
    for each in (count, calibrate):
        each.add_argument("--tokenizer", type=Path, required=True)
        each.add_argument("--pattern", default="", help="Of a .tiktoken file.")
    for each in (count, calibrate, verify):
        each.add_argument(
            "--calls", type=Path, required=True, nargs="+", help="JSONL files."
        )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
