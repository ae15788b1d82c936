"""A lean order desk: the least that still numbers, adds up, binds, hashes and tells.

One WSGI function over PostgreSQL, no framework: a token is looked up, an order with its
lines is written, then it is confirmed with a number without gaps, one UPDATE of its
funds under a CHECK, one audit row that carries the hash of the one before it, and one
row for whoever sends the mail. One statement a step. It is what our own order desk is
measured against, and is itself measured against its bare statements.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import psycopg

TABLES = """
DROP SCHEMA IF EXISTS lean CASCADE;
CREATE SCHEMA lean;
SET search_path = lean;
CREATE TABLE token (sha text PRIMARY KEY, person text NOT NULL);
CREATE TABLE counter (year int PRIMARY KEY, last int NOT NULL);
CREATE TABLE funds (id int PRIMARY KEY, available numeric(18,2) NOT NULL,
  obligated numeric(18,2) NOT NULL CHECK (obligated <= available));
CREATE TABLE purchase (id bigserial PRIMARY KEY, number text UNIQUE,
  by_name text NOT NULL, funds int NOT NULL REFERENCES funds,
  total numeric(18,2) NOT NULL, state text NOT NULL);
CREATE TABLE line (id bigserial PRIMARY KEY, purchase bigint NOT NULL,
  name text NOT NULL, tokens bigint NOT NULL CHECK (tokens > 0),
  price numeric(12,6) NOT NULL CHECK (price >= 0), amount numeric(18,2) NOT NULL,
  FOREIGN KEY (purchase) REFERENCES purchase);
CREATE TABLE audit (id bigserial PRIMARY KEY, payload text NOT NULL,
  hash bytea NOT NULL);
CREATE TABLE outbox (id bigserial PRIMARY KEY, kind text NOT NULL,
  purchase bigint NOT NULL);
INSERT INTO counter VALUES (2026, 0);
INSERT INTO funds VALUES (1, 1000000000, 0);
INSERT INTO audit (payload, hash) VALUES ('', '');
"""

PERSON = "SELECT person FROM lean.token WHERE sha = %s"
WRITE = """INSERT INTO lean.purchase (by_name, funds, total, state)
  VALUES (%s, 1, %s, 'DRAFT') RETURNING id"""
LINES = """INSERT INTO lean.line (purchase, name, tokens, price, amount)
  SELECT %s, * FROM unnest(%s::text[], %s::bigint[], %s::numeric[], %s::numeric[])"""
READ = "SELECT total, state FROM lean.purchase WHERE id = %s FOR UPDATE"
BIND = "UPDATE lean.funds SET obligated = obligated + %s WHERE id = 1"
NUMBER = "UPDATE lean.counter SET last = last + 1 WHERE year = 2026 RETURNING last"
SIGN = "UPDATE lean.purchase SET number = %s, state = 'ISSUED' WHERE id = %s"
TELL = "INSERT INTO lean.outbox (kind, purchase) VALUES ('issued', %s)"
LAST = "SELECT hash FROM lean.audit ORDER BY id DESC LIMIT 1"
AUDIT = "INSERT INTO lean.audit (payload, hash) VALUES (%s, %s)"

CENT = Decimal("0.01")
Start = Callable[[str, list[tuple[str, str]]], object]


def application(database: psycopg.Connection[Any]) -> Callable[..., Iterable[bytes]]:
    """The WSGI function, on one connection."""

    def serve(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        secret = environ.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ")
        sha = hashlib.sha256(secret.encode()).hexdigest()
        with database.transaction(), database.cursor() as cursor:
            found = cursor.execute(PERSON, [sha]).fetchone()
            if found is None:
                start("401 Unauthorized", [])
                return [b"{}"]
            length = int(environ.get("CONTENT_LENGTH") or 0)
            body = json.loads(environ["wsgi.input"].read(length))
            verb = _confirm if "id" in body else _create
            said = json.dumps(verb(cursor, found[0], body)).encode()
        start("200 OK", [("Content-Type", "application/json")])
        return [said]

    return serve


def _create(cursor: Any, person: str, body: dict[str, Any]) -> dict[str, Any]:
    lines = body["lines"]
    prices = [Decimal(line["price"]) for line in lines]
    tokens = [int(line["tokens"]) for line in lines]
    each = [
        (price * count / 1_000_000).quantize(CENT)
        for price, count in zip(prices, tokens, strict=True)
    ]
    cursor.execute(WRITE, [person, sum(each)])
    (order,) = cursor.fetchone()
    names = [line["name"] for line in lines]
    cursor.execute(LINES, [order, names, tokens, prices, each])
    return {"id": order, "total": str(sum(each))}


def _confirm(cursor: Any, person: str, body: dict[str, Any]) -> dict[str, Any]:
    total, state = cursor.execute(READ, [body["id"]]).fetchone()
    assert state == "DRAFT"
    cursor.execute(BIND, [total])
    (last,) = cursor.execute(NUMBER).fetchone()
    number = f"75D30126F{last:05}"
    cursor.execute(SIGN, [number, body["id"]])
    cursor.execute(TELL, [body["id"]])
    payload = json.dumps({"by": person, "number": number, "total": str(total)})
    (before,) = cursor.execute(LAST).fetchone()
    digest = hashlib.sha256(bytes(before) + payload.encode()).digest()
    cursor.execute(AUDIT, [payload, digest])
    return {"number": number}
