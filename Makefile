# The two commands that do all the set-up: make run, make test.
# Paths are relative throughout, so that the folder may lie anywhere and be called anything.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
PYTHON ?= python3.11
BIN := .venv/bin
STREAMLIT_SERVER_PORT ?= 8501
export STREAMLIT_SERVER_PORT
# One sentence on a missing package is enough; pip's own advice is not for the users of this file.
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore

.PHONY: help run demo start port test test-fast lint format bench pins tools-of-tests

help:
	@echo "make run        start the dashboard on http://127.0.0.1:$(STREAMLIT_SERVER_PORT)"
	@echo "make demo       start it with a database of fictitious data"
	@echo "make test       run every test"
	@echo "make test-fast  run the tests of rules, letters and architecture"
	@echo "make lint       check style and types"
	@echo "make format     mend style"
	@echo "make bench      measure"
	@echo "make pins       choose the versions of all packages anew"

# The environment. Each step is done again only when what it was made from has changed.

.venv/made:
	@command -v "$(PYTHON)" >/dev/null || { echo "Python 3.11 is needed: apt-get install python3.11"; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || \
	  { [ "$$(id -u)" = 0 ] && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv </dev/null >/dev/null; } || \
	  { echo "Python's venv is needed; ask the administrator: apt-get install python3-venv"; exit 1; }
	@"$(PYTHON)" -m venv .venv
	@touch .venv/made

.venv/installed: requirements.txt | .venv/made
	@echo "Setting up; the first time this takes a few minutes."
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements.txt
	@touch .venv/installed

.venv/installed-dev: requirements.txt requirements-dev.txt | .venv/made
	@echo "Setting up the tests; the first time this takes a few minutes."
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.txt
	@touch .venv/installed .venv/installed-dev

# Running.

# A taken port is told in one sentence, before anything starts.
define CHECK_PORT
import os, socket, sys
port = os.environ["STREAMLIT_SERVER_PORT"]
if not (port.isdecimal() and 0 < int(port) < 65536):
    sys.exit(f"STREAMLIT_SERVER_PORT must be a number from 1 to 65535, not {port!r}.")
probe = socket.socket()
probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
try:
    probe.bind(("127.0.0.1", int(port)))
except PermissionError:
    sys.exit(f"Port {port} is reserved for the system; choose another: STREAMLIT_SERVER_PORT=8600 make run")
except OSError:
    sys.exit(f"Port {port} is taken by another program; stop it, or choose another: STREAMLIT_SERVER_PORT=8600 make run")
endef
export CHECK_PORT

port: .venv/installed
	@$(BIN)/python -c "$$CHECK_PORT"

start: port
	@echo "The dashboard is at http://127.0.0.1:$(STREAMLIT_SERVER_PORT) as soon as it says so below."
	@exec $(BIN)/python -m streamlit run app.py

run: start

demo: export VAR_DIR := var/demo
demo: port
	@$(BIN)/python -m core demo
	@echo "Accounts: head, staff, dean, dean2, rector, admin; the password is: demonstration"
	@$(MAKE) start

# Checking.

# A browser, a database server, and the face of machine-readable lines for invented passports.
TOOLS := chromium postgresql fonts-ocr-b

tools-of-tests:
	@{ command -v chromium && ls /usr/lib/postgresql/*/bin/initdb /usr/share/fonts/opentype/ocr-b/OCRB.otf; } >/dev/null 2>&1 || \
	  { [ "$$(id -u)" = 0 ] && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $(TOOLS) </dev/null >/dev/null; } || \
	  { echo "The tests need packages of Debian; ask the administrator: apt-get install $(TOOLS)"; exit 1; }

test: .venv/installed-dev tools-of-tests
	@$(BIN)/python -m pytest -W error -n 2 --dist loadgroup -q

test-fast: .venv/installed-dev
	@$(BIN)/python -m pytest -W error -q tests/rules tests/architecture tests/letters

lint: .venv/installed-dev
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m ruff format --check .
	@$(BIN)/python -m mypy

format: .venv/installed-dev
	@$(BIN)/python -m ruff check --fix .
	@$(BIN)/python -m ruff format .

bench: .venv/installed-dev tools-of-tests
	@$(BIN)/python -m tests.bench
	@$(BIN)/python -m tests.bench.recognition

# For maintainers: the hashes let pip refuse a package that was changed after it was chosen.
PIN := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --custom-compile-command "make pins"

pins: .venv/made
	@$(BIN)/python -m pip install --quiet uv
	@$(PIN) requirements.in -o requirements.txt
	@$(PIN) requirements.in --group dev -o requirements-dev.txt
