# What people run every day. It needs make and Python ≥ 3.11 with its venv; `make PYTHON=python3.12 …` chooses one.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help env up demo doctor test slow lint format types contracts docs bench lock clean

PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$python" && exit; done; \
	command -v python3)
ARGS ?=
BIN := .venv/bin
ENV := .venv/complete

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

env: $(ENV)  ## the environment in .venv, from the lock file

$(ENV): requirements.lock pyproject.toml scripts/environment.py
	@test -n "$(PYTHON)" || { echo "Python is missing: apt-get install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) scripts/environment.py
	@touch $@

up: $(ENV)  ## the whole stack, until Ctrl-C
	@$(BIN)/knowledger up $(ARGS)

demo: $(ENV)  ## files to a queried graph, live; ARGS=--exit stops afterwards
	@$(BIN)/knowledger demo $(ARGS)

doctor: $(ENV)  ## what is wrong with this machine, and how to mend it
	@$(BIN)/knowledger doctor $(ARGS)

test: $(ENV)  ## the fast suite, on real engines
	@$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder --ignore=tests/browser $(ARGS)

slow: $(ENV)  ## large data, killed processes, a real browser
	@$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder -m "slow or faults or browser" $(ARGS)

lint: $(ENV)  ## style
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

format: $(ENV)  ## mend what style can mend by itself
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format .

types: $(ENV)  ## mypy, strict
	@$(BIN)/mypy

contracts: $(ENV)  ## who may import whom
	@$(BIN)/lint-imports

docs: $(ENV)  ## the documentation, in site/
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

bench: $(ENV)  ## measured figures, into benchmarks/results.md
	@$(BIN)/python -m benchmarks $(ARGS)

lock: $(ENV)  ## the newest versions that pyproject.toml allows, into requirements.lock
	@$(BIN)/uv pip compile --quiet --upgrade --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
		--universal --python-version 3.11 --group dev pyproject.toml -o requirements.lock

clean:  ## everything made here; never the data directory
	@rm -rf .venv site dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
