"""What the environment says is kept whole, and what it must say is asked for."""

from __future__ import annotations

import base64
import os
import runpy
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent.parent
KEY = base64.b64encode(b"k" * 32).decode()
PRODUCTION = {
    "DATABASE_URL": "postgresql://app:secret@db.example.gov/drawdown",
    "REDIS_URL": "redis://127.0.0.1:6379",
    "SECRET_KEY": "s" * 60,
    "SEALING_KEY": KEY,
    "ALLOWED_HOSTS": "drawdown.example.gov",
    "DJANGO_SETTINGS_MODULE": "contracting.settings",
}


@pytest.fixture
def read(monkeypatch):
    """Read the settings in an environment of the test's own."""

    def settings(**changes):
        for name in list(os.environ):
            monkeypatch.delenv(name)
        for name, value in {**PRODUCTION, **changes}.items():
            if value is not None:
                monkeypatch.setenv(name, value)
        return runpy.run_path(str(ROOT / "contracting" / "settings.py"))

    return settings


def test_an_address_keeps_its_query(read):
    url = (
        "postgresql://app:p%40ss@db.example.gov:6432/drawdown?sslmode=verify-full"
        "&sslrootcert=/etc/ca.pem&options=-c%20search_path%3Dtokens&connect_timeout=3"
    )

    database = read(DATABASE_URL=url)["DATABASES"]["default"]

    assert database["HOST"] == "db.example.gov"
    assert database["PORT"] == "6432"
    assert database["USER"] == "app"
    assert database["PASSWORD"] == "p@ss"
    assert database["NAME"] == "drawdown"
    options = database["OPTIONS"].pop("options")
    assert database["OPTIONS"] == {
        "sslmode": "verify-full",
        "sslrootcert": "/etc/ca.pem",
        "connect_timeout": "3",
    }
    assert options.startswith("-c lock_timeout=5s ")
    assert " -c jit=off " in options
    assert options.endswith(" -c search_path=tokens")


def test_a_socket_is_a_host(read):
    url = "postgresql://app@/drawdown?host=/run/postgresql"

    assert read(DATABASE_URL=url)["DATABASES"]["default"]["HOST"] == "/run/postgresql"


@pytest.mark.parametrize(
    "url", ["mysql://db/drawdown", "postgresql://app:secret@db:port:5/drawdown?x=1"]
)
def test_an_address_that_cannot_be_read_is_refused_without_its_password(url, read):
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL") as refused:
        read(DATABASE_URL=url)

    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("name", ["SECRET_KEY", "SEALING_KEY", "ALLOWED_HOSTS"])
@pytest.mark.parametrize("module", ["contracting.settings", "latest.settings", None])
def test_what_must_be_said_is_required(name, module, read):
    with pytest.raises(ImproperlyConfigured, match=name):
        read(**{name: None, "DJANGO_SETTINGS_MODULE": module})


@pytest.mark.parametrize("hosts", ["", " , "])
def test_a_site_without_a_name_is_refused(hosts, read):
    with pytest.raises(ImproperlyConfigured, match="ALLOWED_HOSTS"):
        read(ALLOWED_HOSTS=hosts)


@pytest.mark.parametrize(
    "key", ["", "not base64!", KEY[:-1], KEY[4:], base64.b64encode(b"short").decode()]
)
def test_a_bad_sealing_key_is_said_to_be_one(key, read):
    with pytest.raises(ImproperlyConfigured, match="SEALING_KEY must be 32 random"):
        read(SEALING_KEY=key)


def test_on_this_machine_nothing_need_be_said(read):
    nothing = {"SECRET_KEY": None, "SEALING_KEY": None, "ALLOWED_HOSTS": None}

    settings = read(DRAWDOWN_DEBUG="1", **nothing)

    assert "127.0.0.1" in settings["ALLOWED_HOSTS"]


def test_mail_can_log_in(read):
    settings = read(
        EMAIL_HOST="smtp.example.gov",
        EMAIL_PORT="587",
        EMAIL_HOST_USER="drawdown",
        EMAIL_HOST_PASSWORD="secret",
        EMAIL_USE_TLS="1",
    )

    assert settings["EMAIL_PORT"] == 587
    assert settings["EMAIL_HOST_USER"] == "drawdown"
    assert settings["EMAIL_HOST_PASSWORD"] == "secret"
    assert settings["EMAIL_USE_TLS"]
    assert not settings["EMAIL_USE_SSL"]


@pytest.mark.parametrize(
    "changes", [{"EMAIL_PORT": "mail"}, {"EMAIL_USE_TLS": "1", "EMAIL_USE_SSL": "1"}]
)
def test_mail_that_cannot_be_is_refused(changes, read):
    with pytest.raises(ImproperlyConfigured, match="EMAIL_"):
        read(**changes)
