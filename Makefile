# Bare `make` prints what can be asked for.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory

PYTHON ?= python3.11
VENV := .venv
PY := $(VENV)/bin/python
RUN_READY := $(VENV)/.ready-to-run
TEST_READY := $(VENV)/.ready-to-test
export DEMO ?= 1
LOCK = $(PY) -m uv pip compile --quiet --generate-hashes --no-header \
	--universal --python-version 3.11 $(LOCK_FLAGS)

.PHONY: help run drill test lint unit lock bench chaos web worker beat relay migrate messages photos verify-rating clean

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(RUN_READY) ## Open the whole portal: servers, demo city, accounts; Ctrl-C stops all
	@exec $(PY) -m deploy.run --with-parent

drill: $(RUN_READY) ## Open the training portal beside it: a storm in a database of its own
	@exec $(PY) -m deploy.drill --with-parent

test: $(TEST_READY) ## Lint, then every test: unit, service, browser
	@$(PY) -m deploy.check
	@$(PY) -m deploy.test

lint: $(TEST_READY) ## Style, types, layers, templates, migrations, container files
	@$(PY) -m deploy.check

unit: $(TEST_READY) ## Only the tests that need neither browser nor running portal
	@$(PY) -m deploy.test -m "not browser and not service"

lock: $(TEST_READY) ## Fix the newest allowed versions with their hashes (LOCK_FLAGS=--upgrade)
	@$(LOCK) requirements/base.in -o requirements/base.txt
	@$(LOCK) requirements/demo.in -c requirements/base.txt -o requirements/demo.txt
	@$(LOCK) requirements/dev.in -c requirements/demo.txt -o requirements/dev.txt

bench: $(TEST_READY) ## Measure speed and memory against their floors
	@exec $(PY) -m bench

chaos: $(TEST_READY) ## Kill processes at random while people file, then count what was lost
	@exec $(PY) -m tests.service.chaos $(CHAOS_FLAGS)

web: $(RUN_READY) ## One process alone: the web server
	@exec $(PY) -m deploy.one web

worker: $(RUN_READY) ## One process alone: the Celery worker
	@exec $(PY) -m deploy.one worker

beat: $(RUN_READY) ## One process alone: the scheduler
	@exec $(PY) -m deploy.one beat

relay: $(RUN_READY) ## One process alone: what hands letters to the workers
	@exec $(PY) -m deploy.one relay

migrate: $(RUN_READY) ## Bring DATABASE_URL, static files, roles and categories up to date
	@$(PY) -m deploy.prepare --without-city

messages: $(RUN_READY) ## Compile the translations and list the texts without one
	@$(PY) manage.py catalog

verify-rating: $(RUN_READY) ## Check the running portal's newest rating as a citizen would
	@exec $(PY) -m deploy.verify_rating

photos: $(TEST_READY) ## Photograph the portal's pages for the README
	@exec $(PY) -m deploy.photos

clean: ## Remove caches and compiled files; data and environment stay
	@rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis test-results
	@find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
	@find locale -name '*.mo' -delete

$(PY):
	@$(PYTHON) -m venv $(VENV)

$(RUN_READY): requirements/demo.txt | $(PY)
	@echo "Installing what the portal needs …"
	@$(PY) -m pip install -qq --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(TEST_READY): requirements/dev.txt | $(PY)
	@echo "Installing what the tests need …"
	@$(PY) -m pip install -qq --disable-pip-version-check --require-hashes -r $<
	@touch $@ $(RUN_READY)
