# The two commands that do all the set-up: make run, make test.
# Paths are relative throughout, so that the folder may lie anywhere and be called anything.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3.11
PORT := $(or $(STREAMLIT_SERVER_PORT),8501)
BIN := .venv/bin

.PHONY: help run demo test test-fast lint bench format chromium-and-postgres

help:
	@echo "make run    start the dashboard"
	@echo "make demo   start it with fictitious data"
	@echo "make test   run every test"

.venv/made:
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is needed: apt-get install python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { [ "$$(id -u)" = 0 ] && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null; } || \
	  { echo "Python's venv is needed; ask the administrator: apt-get install python3-venv"; exit 1; }
	@$(PYTHON) -m venv .venv
	@touch .venv/made

.venv/installed: requirements.txt | .venv/made
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch .venv/installed

.venv/installed-dev: requirements.txt requirements-dev.txt | .venv/made
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch .venv/installed .venv/installed-dev

# A taken port is told in one sentence, before anything starts.
define CHECK_PORT
import socket, sys
probe = socket.socket()
probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
try:
    probe.bind(("127.0.0.1", $(PORT)))
except OSError:
    sys.exit("Port $(PORT) is taken by another program; stop it, or choose one: STREAMLIT_SERVER_PORT=8600 make run")
endef
export CHECK_PORT

run: .venv/installed
	@$(BIN)/python -c "$$CHECK_PORT"
	@echo "The dashboard is at http://127.0.0.1:$(PORT) once it says so below."
	@exec $(BIN)/python -m streamlit run app.py --server.port $(PORT)

demo: export VAR_DIR := var/demo
demo: .venv/installed
	@$(BIN)/python -c "$$CHECK_PORT"
	@$(BIN)/python -m core demo
	@echo "Accounts: head, staff, dean, dean2, rector, admin; the password is: demonstration"
	@exec $(BIN)/python -m streamlit run app.py --server.port $(PORT)

chromium-and-postgres:
	@{ command -v chromium >/dev/null && ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; } || \
	  { [ "$$(id -u)" = 0 ] && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium postgresql >/dev/null; } || \
	  { echo "The tests need Chromium and PostgreSQL; ask the administrator: apt-get install chromium postgresql"; exit 1; }

test: .venv/installed-dev chromium-and-postgres
	@$(BIN)/python -m pytest -n 2 --dist loadgroup -q

test-fast: .venv/installed-dev
	@$(BIN)/python -m pytest -q tests/rules tests/architecture tests/letters

lint: .venv/installed-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: .venv/installed-dev
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: .venv/installed-dev
	@$(BIN)/python -m tests.bench
