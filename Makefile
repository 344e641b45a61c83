# make lists the targets. The same work without make: bash .ci/setup, bash .ci/run.
PYTHON := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help setup check test slow wheel ci docs

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

setup:  ## environment in .venv with the test tools
	bash .ci/setup test --version

check:  ## ruff, mypy, the rules of the tree
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	$(PYTHON) -m pytest -q tests/test_rules.py

test:  ## all tests but the slow ones
	$(PYTHON) -m pytest

slow:  ## all tests, with the validation that takes minutes
	$(PYTHON) -m pytest --slow

wheel:  ## build the wheel, try it in a fresh environment from another folder
	bash .ci/wheel out/wheel

docs:  ## write the generated pages again
	PYTHONPATH=. $(PYTHON) docs/case_file.py

ci:  ## everything that must hold before a change lands
	bash .ci/run
