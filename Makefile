# make demo    build, study and ask a small library: the whole of byheart in a few minutes
# make test    everything that is checked: style, types, all tests with the real models
# make check   the quick part of it, without models and network
# make env     only the environment, in .venv
# make docs    write docs/cli.md and docs/settings.md anew from the program
# make clean   remove the environment and what demo made

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
# Two files of tests at a time: most wait for one core.
TOGETHER := --numprocesses 2 --dist loadfile

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test check env docs clean

help:
	@sed -n 's/^# make/make/p' Makefile

demo: $(READY)
	@$(BIN)/byheart demo

test: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/byheart fetch
	$(BIN)/pytest $(TOGETHER)

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -m "not real" $(TOGETHER)

env: $(READY)

docs: $(READY)
	$(BIN)/python tests/test_docs.py

clean:
	rm -rf .venv .demo .mypy_cache .ruff_cache .pytest_cache

# Written last, so an interrupted installation is taken up again.
$(READY): pyproject.toml constraints.txt | .venv
	@echo "installing into .venv: some minutes the first time"
	@$(BIN)/python -m pip install --disable-pip-version-check --constraint constraints.txt --editable ".[study,measure,dev]"
	@touch $@

.venv:
	@command -v "$(PYTHON)" >/dev/null || { echo "error: no $(PYTHON) on this machine" >&2; \
		echo "hint: install Python 3.11 or newer, or name one: make PYTHON=/path/to/python3.12" >&2; exit 2; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "error: $(PYTHON) is $$("$(PYTHON)" -c 'import platform; print(platform.python_version())'); byheart needs Python 3.11 or newer" >&2; \
		echo "hint: make PYTHON=/path/to/python3.12" >&2; exit 2; }
	@"$(PYTHON)" -m venv .venv || { rm -rf .venv; echo "error: $(PYTHON) cannot make an environment" >&2; \
		echo "hint: install its venv module (Debian, Ubuntu: apt install python3-venv)" >&2; exit 2; }
