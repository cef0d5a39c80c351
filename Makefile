# `make` alone lists what there is.
SHELL := /bin/bash
export UV_PYTHON_DOWNLOADS := never
export PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# learning the model writes what ships, from public sets that are not here
TRAINING := bench/train.py bench/learning.py bench/weighing.py bench/city_day.py

.PHONY: help demo demo-reset test check fix messages lock library screens bench synapse

help: ## list what make can do
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

$(VENV)/.dev: requirements-dev.txt pyproject.toml
	@scripts/install requirements-dev.txt
	@touch $(VENV)/.dev $(VENV)/.runtime

demo: ## the example city on http://127.0.0.1:8000, with its stand-ins
	@exec scripts/demo

demo-reset: ## forget the example city and start it afresh
	@exec scripts/demo --reset

$(VENV)-synapse/.installed: requirements-synapse.txt
	@scripts/install requirements-synapse.txt $(VENV)-synapse
	@touch $@

synapse: $(VENV)-synapse/.installed ## the Matrix server of the tests, in an environment of its own

test: $(VENV)/.dev $(VENV)-synapse/.installed ## unit, integration and browser tests
	@scripts/system-packages test
	@scripts/test

check: $(VENV)/.dev ## format, lint, types, templates, imports, translations, no registry hosts
	@scripts/check

fix: $(VENV)/.dev ## format and repair what machines can repair
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

messages: $(VENV)/.dev ## gather new strings into the catalogues
	@$(BIN)/python manage.py catalogues

screens: $(VENV)/.dev ## pictures of the main pages; fails on what an eye or a rule would refuse
	@scripts/system-packages test
	@$(BIN)/python manage.py catalogues --compile
	@$(BIN)/python -m tests.screens.shoot

bench: $(VENV)/.dev $(VENV)-synapse/.installed ## the figures of docs/performance.md
	@for file in $(filter-out $(TRAINING),$(wildcard bench/*.py)); do $(BIN)/python $$file || exit 1; done

library: $(VENV)/.dev ## dist/tereze_detection-….whl: detection and indicators alone, without Django
	@cd packages/tereze-detection && $(CURDIR)/$(BIN)/python -m hatchling build -t wheel -d $(CURDIR)/dist

lock: ## write the locks from pyproject.toml; no address of a registry gets into them
	uv pip compile -q --universal --generate-hashes --no-annotate --no-header --python-version 3.11 --extra fast pyproject.toml -o requirements.txt
	uv pip compile -q --universal --generate-hashes --no-annotate --no-header --python-version 3.11 pyproject.toml --group dev -o requirements-dev.txt
	uv pip compile -q --universal --generate-hashes --no-annotate --no-header --python-version 3.11 tests/synapse.in -o requirements-synapse.txt
