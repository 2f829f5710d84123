# Every target sets up what it needs; `make` alone lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

BASE_PYTHON ?= $(firstword $(foreach p,python3.11 python3.12 python3.13 python3,$(shell command -v $(p) 2>/dev/null)))
VENV := .venv
PYTHON := $(VENV)/bin/python
RUNTIME := $(VENV)/.stamp-runtime
DEV := $(VENV)/.stamp-dev
SPARK := .venv-spark/.stamp

export DAGSTER_HOME ?= $(CURDIR)/.dagster
export DO_NOT_TRACK := 1
# Bytecode is worth a second per process: never inherit a setting that turns it off.
unexport PYTHONDONTWRITEBYTECODE

# uv is fast; where it cannot reach the registry that pip is configured for, pip does the same work.
export UV_SYSTEM_CERTS := 1
define install
$(PYTHON) -m uv pip install --quiet --python $(PYTHON) --require-hashes --compile-bytecode -r $(1) \
|| $(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1)
endef

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' Makefile

.PHONY: setup
setup: $(DEV) ## Create .venv with every pinned dependency

$(PYTHON):
	@echo "Creating $(VENV) with $(BASE_PYTHON)"
	@"$(BASE_PYTHON)" -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	@"$(BASE_PYTHON)" -m venv $(VENV)
	@$(PYTHON) -c 'import os, sysconfig; at = sysconfig.get_path("purelib"); print(os.path.relpath(".", at), file=open(at + "/observatoire.pth", "w"))'

$(VENV)/.stamp-bootstrap: requirements/bootstrap.lock | $(PYTHON)
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.lock
	@touch $@

$(VENV)/bin/observatoire: Makefile | $(PYTHON)
	@printf '%s\n' '#!/bin/sh' 'exec "$$(dirname -- "$$(readlink -f -- "$$0")")/python" -m orchestration "$$@"' > $@ && chmod 755 $@

$(RUNTIME): requirements/runtime.lock $(VENV)/.stamp-bootstrap | $(VENV)/bin/observatoire
	@echo "Installing the pinned dependencies (about a minute the first time)"
	@$(call install,requirements/runtime.lock)
	@touch $@

$(DEV): requirements/dev.lock $(RUNTIME)
	@echo "Installing the development tools"
	@$(call install,requirements/dev.lock)
	@touch $@

.PHONY: lock
lock: $(VENV)/.stamp-bootstrap ## Resolve the dependencies again (no registry address is written)
	@uv="$(PYTHON) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-strip-extras"; \
	$$uv pyproject.toml -o requirements/runtime.lock; \
	$$uv pyproject.toml --extra dev -c requirements/runtime.lock -o requirements/dev.lock; \
	$$uv pyproject.toml --extra spark -c requirements/runtime.lock -o requirements/spark.lock

.PHONY: nightly
nightly: $(RUNTIME) ## Read the reports, build aside, audit, publish
	@$(PYTHON) -m orchestration nightly

.PHONY: spark
spark: $(SPARK) ## Read every document by Spark (needs Java 17 or 21), for the next night to load: make spark [MASTER=...]
	@.venv-spark/bin/python -m orchestration spark --master "$(MASTER)"

$(SPARK): requirements/spark.lock $(VENV)/.stamp-bootstrap
	@command -v java >/dev/null || test -x "$${JAVA_HOME:-}/bin/java" || \
	{ echo "Spark needs Java 17 or 21, and there is no java here: install a runtime (openjdk-17-jre-headless)" >&2; exit 1; }
	@echo "Installing Spark and what reads (some minutes the first time, 1.7 GB)"
	@"$(BASE_PYTHON)" -m venv .venv-spark
	@# Spark is published as source only: each environment would leave another 1.9 GB of it in the cache of uv.
	@$(PYTHON) -m uv pip install --quiet --no-cache --python .venv-spark/bin/python --require-hashes --compile-bytecode -r requirements/spark.lock \
	|| .venv-spark/bin/python -m pip install --quiet --no-cache-dir --disable-pip-version-check --require-hashes -r requirements/spark.lock \
	|| { rm -rf .venv-spark; echo "the environment of Spark cannot be installed (see above; it needs 4 GB of disk for a moment)" >&2; exit 1; }
	@touch $@

.PHONY: plan
plan: $(RUNTIME) ## Say what a night would change, figure by figure, without publishing
	@$(PYTHON) -m orchestration plan

.PHONY: extract
extract: $(RUNTIME) ## Relire les documents et écrire les extraits de raw/
	@$(PYTHON) -m orchestration extract

.PHONY: report
report: $(RUNTIME) ## Apporter un rapport : make report DOC=path [CODE=cpam_x_2022] [ORGANISME=cpam_x] [ANNEE=2022]
	@test -n "$(DOC)" || { echo "dites quel document : make report DOC=chemin/rapport.pdf" >&2; exit 1; }
	@$(PYTHON) -m orchestration report "$(DOC)" --code "$(CODE)" --body "$(ORGANISME)" --year "$(ANNEE)"

.PHONY: review
review: $(RUNTIME) ## Relire une ébauche dans un navigateur : make review [REPORT=cpam_x_2022] [PORT=8765]
	@$(PYTHON) -m orchestration review $(REPORT) $(if $(PORT),--port $(PORT))

.PHONY: constats
constats: $(RUNTIME) ## List the findings: what the reports themselves get wrong
	@$(PYTHON) -m orchestration constats

.PHONY: ui
ui: $(RUNTIME) ## Open the Dagster UI on 127.0.0.1, with the history of the nights
	@$(PYTHON) -m orchestration ui

.PHONY: doctor
doctor: $(RUNTIME) ## Check this installation, and say what is wrong
	@$(PYTHON) -m orchestration doctor

.PHONY: releases
releases: $(RUNTIME) ## List the published states that are kept
	@$(PYTHON) -m orchestration releases

.PHONY: rollback
rollback: $(RUNTIME) ## Give readers an earlier state again: make rollback [RELEASE=name]
	@$(PYTHON) -m orchestration rollback $(RELEASE)

.PHONY: audit-deps
audit-deps: $(RUNTIME) ## Compare the pinned dependencies with the known vulnerabilities (asks the service of PyPI)
	@$(PYTHON) -m uv tool run --from pip-audit==2.10.1 pip-audit -r requirements/runtime.lock --require-hashes --disable-pip --strict --progress-spinner off \
	|| { echo "vulnerable, or not audited: pip-audit asks the service of PyPI, which a mirror without it cannot answer; then run this where it is reachable" >&2; exit 1; }

# Every test of a file in one process, the longest files first, the others in any order over all processors.
TESTS = $(PYTHON) -m pytest --numprocesses $(or $(WORKERS),$(shell getconf _NPROCESSORS_ONLN)) --dist loadfile \
--no-loadscope-reorder $(PYTEST)

.PHONY: test
test: $(DEV) ## Run the tests, some minutes: make test [PYTEST="-k word"] [WORKERS=1]
	@$(TESTS) -m "not slow and not browser"

.PHONY: test-long
test-long: $(DEV) ## Run what is long by nature: whole nights, a daemon, growth
	@$(TESTS) -m "slow and not browser"

.PHONY: test-browser
test-browser: $(DEV) ## Look at the published pages in Chromium, which the system's packages bring
	@$(TESTS) -m browser

.PHONY: lint
lint: $(DEV) ## Check style and types, SQL and YAML
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy
	@$(PYTHON) -m yamllint --strict .
	@$(PYTHON) -m sqlfluff lint --quiet dbt_project/models dbt_project/tests docs/questions orchestration/site/queries

.PHONY: benchmark
benchmark: $(DEV) ## Measure a night against a bare dbt build
	@$(PYTHON) tests/benchmarks/bench_nightly.py
	@$(PYTHON) tests/benchmarks/bench_change.py

.PHONY: weights
weights: $(DEV) ## Fit the weights of meaning by catalogue to the committed extracts, and show what they are worth
	@$(PYTHON) -m tests.benchmarks.fit_meaning

.PHONY: clean
clean: ## Remove what a night builds and the environment; published releases and committed files stay
	rm -rf $(VENV) .venv-spark .pytest_cache .mypy_cache .ruff_cache .hypothesis warehouse/.build dbt_project/target dbt_project/logs
	find orchestration expectations tests -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
