"""Nothing is sent to an address of this site's own network."""

import socket

import pytest

from contracting.exchange.outgoing.address import place_of, target_of
from contracting.exchange.outgoing.post import post
from contracting.exchange.refusals import WrongAddress

REFUSED = [
    "http://gateway.agency.example/",
    "ftp://gateway.agency.example/",
    "//gateway.agency.example/",
    "gateway.agency.example",
    "",
    "https://",
    "https:///told",
    "https://127.0.0.1/",
    "https://127.1/",
    "https://0x7f.1/",
    "https://0x7f000001/",
    "https://2130706433/",
    "https://017700000001/",
    "https://localhost/",
    "https://localhost./",
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://169.254.169.254/latest/meta-data",
    "https://0.0.0.0/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:169.254.169.254]/",
    "https://[::ffff:7f00:1]/",
    "https://[fd00:ec2::254]/",
    "https://[fe80::1]/",
    "https://[ff02::1]/",
    "https://[2002:7f00:1::]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[::1%25lo]/",
    "https://somebody@gateway.agency.example/",
    "https://gateway.agency.example@127.0.0.1/",
    "https://gateway.agency.example:22/",
    "https://gateway.agency.example:99999/",
    "https://gateway.agency.example/#there",
    "https://gateway.agency.example\\@127.0.0.1/",
    "https://gateway.agency.example /",
    "https://gateway.agency.example/\r\nHost: elsewhere",
    "https://g\u0430teway.agency.example/",
    "https://" + "a" * 500 + ".example/",
]


@pytest.mark.parametrize("url", REFUSED)
def test_an_address_that_is_not_public_is_refused(url):
    with pytest.raises(WrongAddress):
        place_of(url)


@pytest.mark.parametrize("url", REFUSED)
def test_nothing_is_connected_either(url, monkeypatch):
    def connected(*_, **__):
        raise AssertionError("something was looked up or connected")

    monkeypatch.setattr("socket.create_connection", connected)
    monkeypatch.setattr("socket.getaddrinfo", connected)
    assert post(url, b"{}", {}).status is None


@pytest.mark.parametrize(
    ("url", "port", "path"),
    [
        ("https://gateway.agency.example", 443, "/"),
        ("https://gateway.agency.example:8443/told?by=us", 8443, "/told?by=us"),
        ("https://8.8.8.8/x", 443, "/x"),
        ("https://[2606:4700::1111]/", 443, "/"),
    ],
)
def test_a_public_address_is_taken(url, port, path):
    place = place_of(url)
    assert (place.port, place.path) == (port, path)


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.1"],
        ["10.1.2.3"],
        ["8.8.8.8", "169.254.169.254"],
        ["::ffff:10.0.0.1"],
        ["64:ff9b::a00:1"],
    ],
    ids=str,
)
def test_a_name_that_leads_home_is_refused(answers):
    with pytest.raises(WrongAddress):
        target_of("https://rebinding.example/", lookup=lambda host, port: answers)


def test_a_name_that_nobody_knows_is_said_in_words(monkeypatch):
    def unknown(*_, **__):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr("socket.getaddrinfo", unknown)
    reply = post("https://gateway.agency.example/told", b"{}", {})

    assert (reply.status, reply.is_taken) == (None, False)
    assert "name of the host is not known" in reply.problem


def test_a_name_that_changes_its_mind_is_asked_once():
    asked = []

    def lookup(host, port):
        asked.append(host)
        return ["8.8.8.8"] if len(asked) == 1 else ["127.0.0.1"]

    target = target_of("https://rebinding.example/", lookup=lookup)

    assert (target.ip, target.host, len(asked)) == ("8.8.8.8", "rebinding.example", 1)


def test_a_network_that_the_installation_names_is_reached():
    own = ["10.20.0.0/16"]

    def lookup(host, port):
        return ["10.20.1.2"]

    found = target_of("https://gw.internal:9000/", reachable=own, lookup=lookup)
    assert (found.ip, found.port) == ("10.20.1.2", 9000)
    with pytest.raises(WrongAddress):
        place_of("https://10.21.0.1/", reachable=own)

    # A public address keeps to its ports all the same
    with pytest.raises(WrongAddress):
        target_of(
            "https://public.example:22/",
            reachable=own,
            lookup=lambda host, port: ["8.8.8.8"],
        )
