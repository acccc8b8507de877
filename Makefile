# `make run` serves the box, `make test` tests it; `make help` lists the rest. Nothing here names a package server:
# pip uses whatever it is configured with.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
DATA := $(or $(RAGBOX_DATA),data)
# A file of tests to each of two processes: they share a server or a model. In the order of tests/conftest.py.
TWO := -n 2 --dist loadfile --no-loadscope-reorder

.PHONY: help run test test-fast check samples lock clean chromium slapd always
.DEFAULT_GOAL := help

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/run.stamp $(DATA)/samples.stamp  ## load the sample papers, start the server, print its link
	@$(BIN)/ragbox serve --data $(DATA)

test: $(VENV)/dev.stamp $(VENV)/gguf.stamp chromium slapd  ## run all tests
	$(BIN)/python -m pytest -ra $(TWO) -m "not clock"
	$(BIN)/python -m pytest -ra -m clock

test-fast: $(VENV)/dev.stamp  ## run the tests that need neither a browser nor patience
	$(BIN)/python -m pytest -ra $(TWO) -m "not slow and not browser and not clock"

check: $(VENV)/dev.stamp  ## check style, types and layers
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/test_architecture.py

samples: $(VENV)/dev.stamp  ## write data/samples/ anew
	$(BIN)/python -m data.make_samples
	$(BIN)/python -m data.make_samples.check

lock: $(VENV)/base.stamp  ## resolve the dependencies anew and write constraints.txt
	rm -rf build/lock
	$(PYTHON) -m venv build/lock
	@# soupsieve: from 3.0.2 on it refuses the Python 3.11.2 of Debian 12.
	build/lock/bin/python -m pip install --quiet -e '.[dev,gguf]' 'soupsieve<3'
	{ head -1 constraints.txt; build/lock/bin/python -m pip freeze --exclude-editable | sed 's/+.*//'; } > build/lock/new
	mv build/lock/new constraints.txt

clean:  ## delete the environment and caches; the data stays
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/base.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "ragbox needs Python 3.11 or newer, '$(PYTHON)' is not. Try: make PYTHON=python3.11 ..." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/run.stamp: pyproject.toml constraints.txt | $(VENV)/base.stamp
	@echo "Installing into $(VENV): about 3 GB, a few minutes ..."
	@$(PIP) install --quiet -c constraints.txt -e .
	@touch $@

$(VENV)/dev.stamp: pyproject.toml constraints.txt | $(VENV)/base.stamp
	@echo "Installing into $(VENV), with what the tests need: about 3 GB, a few minutes ..."
	@$(PIP) install --quiet -c constraints.txt -e '.[dev]'
	@touch $@ $(VENV)/run.stamp

# llama.cpp is built from source. Without it, the tests of GGUF models are skipped; delete the stamp to try again.
$(VENV)/gguf.stamp: $(VENV)/dev.stamp
	@echo "Building llama.cpp for the tests of GGUF models: 10 minutes on two cores ..."
	@$(PIP) install -c constraints.txt -e '.[gguf]' >$(VENV)/gguf.log 2>&1 || \
		echo "llama.cpp cannot be built here ($(VENV)/gguf.log says why): the tests of GGUF models are skipped." >&2
	@touch $@

# The samples are loaded once; again when they were written anew or the record is gone.
$(DATA)/samples.stamp: data/samples/questions.jsonl $(if $(wildcard $(DATA)/ragbox.db),,always) | $(VENV)/run.stamp
	$(BIN)/ragbox ingest data/samples --collection samples --data $(DATA)
	@touch $@

# Debian's browser; Playwright brings only its driver.
chromium:
	@if command -v chromium || command -v chromium-browser || command -v google-chrome; then true; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; \
	else \
		echo "The browser tests need Chromium. Debian: sudo apt-get install chromium. Or: make test-fast" >&2; exit 1; \
	fi

# OpenLDAP's server, which the tests of directories start on this machine; as a package it is not to start by itself.
slapd:
	@if PATH="$$PATH:/usr/sbin" command -v slapd; then true; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo slapd slapd/no_configuration boolean true | debconf-set-selections; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends slapd; \
	else \
		echo "The tests of LDAP need OpenLDAP's server. Debian: sudo apt-get install slapd. Or: make test-fast" >&2; exit 1; \
	fi
