# Every target sets up what it needs first; that takes one to two minutes once and nothing after.
SHELL := /bin/bash
# The stamp carries the folder's checksum: in a moved or copied project the old environment points nowhere.
READY := .venv/ready-$(shell pwd | cksum | cut -d' ' -f1)
RUN   := @bin/env

.PHONY: help setup demo test check notebook docs bench clean
.DEFAULT_GOAL := help

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-9s %s\n", $$1, $$2}' Makefile

setup: $(READY) ## virtual environment, locked packages, Java, jars

demo: $(READY) ## simulated workers -> queue and files -> bronze, silver, gold -> report
	$(RUN) krn demo

test: $(READY) ## run the tests: two processes, a file each at a time, the long ones first
	$(RUN) pytest --durations=15 -n 2 --dist loadfile --no-loadscope-reorder tests/e2e tests/engine tests/tables tests/unit

check: $(READY) ## style, format, types, walls between the modules, suites
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy --strict lib/krn
	$(RUN) lint-imports
	$(RUN) krn suite check

notebook: $(READY) ## open the notebooks on the demo's tables
	@test -d .krn/demo/warehouse || bin/env krn demo
	@KRN_WAREHOUSE=$${KRN_WAREHOUSE:-$(CURDIR)/.krn/demo/warehouse} bin/env jupyter lab --ServerApp.ip=127.0.0.1 --allow-root notebooks

docs: $(READY) ## write what is generated: data dictionary, reference
	$(RUN) krn docs

bench: $(READY) ## measure time, memory and jobs
	$(RUN) python bench

clean: ## remove what these targets made here, but no warehouse
	rm -rf .venv .jars .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis dist build
	find . -name __pycache__ -prune -exec rm -rf {} +

$(READY): requirements.lock pyproject.toml conf/jars.lock
	@bin/setup
	@touch $@
