# Sportello. `make run` and `make test` are all one needs; both do the set-up. `make help` lists the rest.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help run test check calculate verify bench cost backup restore people reset setup lock holidays

export PORT BLOB_PORT QUEUE_PORT TABLE_PORT

# make turns every failure into exit status 2, except in question mode, where status 1 comes through as 1. The calculator
# promises 1 when a line was wrong, and so does verify when something does not hold. In question mode only recipes marked +
# run, so the set-up's are marked.
ifneq ($(filter calculate verify,$(MAKECMDGOALS)),)
MAKEFLAGS += -q
endif

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: .venv/.ready node_modules/.ready ## the desk on http://127.0.0.1:7071 with storage, mail outbox and demo data (PORT=7081 for another port)
	@dev/check-node.sh && exec .venv/bin/python -m dev.run

test: .venv/.ready node_modules/.ready ## every test (ARGS="-k pause" for some)
	@dev/check-node.sh && exec .venv/bin/python -m pytest $(ARGS)

check: .venv/.ready ## lint, format, types, import rules, contract files, infrastructure
	.venv/bin/python -m ruff check
	.venv/bin/python -m ruff format --check
	.venv/bin/python -m mypy --strict
	.venv/bin/lint-imports
	.venv/bin/python -m shared.catalogue.check
	@PYTHON=.venv/bin/python dev/check-infra.sh

calculate: .venv/.ready ## answer the questions on standard input: make -s calculate < questions.jsonl > answers.jsonl
	+@exec .venv/bin/python -m shared.proof.calculate

verify: .venv/.ready ## check a ticket's evidence, offline: make -s verify < evidence.json (ARGS=--catalogue: against the contract files too)
	+@exec .venv/bin/python -m shared.proof.verify $(ARGS)

bench: .venv/.ready node_modules/.ready ## measure engine, sweep, intake and cold start against their bounds
	@dev/check-node.sh && exec .venv/bin/python -m dev.bench $(ARGS)

cost: .venv/.ready ## what a month costs in Azure, counted on a simulated one (ARGS="--tickets 200")
	@exec .venv/bin/python -m dev.cost $(ARGS)

backup: .venv/.ready ## all tables and blobs of the account in the environment to FOLDER=…; again, it goes on
	@exec .venv/bin/python -m dev.ops backup "$(FOLDER)"

restore: .venv/.ready ## FOLDER=… into an empty account; ARGS=--merge adds what is missing, ARGS=--verify only compares
	@exec .venv/bin/python -m dev.ops restore $(ARGS) "$(FOLDER)"

people: .venv/.ready ## staff and customers of the account in the environment: ARGS=list, ARGS="enter people.toml", ARGS="remove omar"
	@exec .venv/bin/python -m dev.people $(ARGS)

reset: .venv/.ready ## clear the local data: tickets, mail, clock
	@exec .venv/bin/python -m dev.reset

setup: .venv/.ready node_modules/.ready ## only the set-up that run and test do by themselves

lock: .venv/.ready ## refresh requirements*.txt and package-lock.json from pyproject.toml and package.json
	@exec dev/lock.sh

holidays: .venv/.ready ## refresh the holiday tables from the holidays package
	@exec .venv/bin/python -m dev.refresh_holidays

# The stamps: made again only when a lock has changed. What they print goes to standard error, which leaves
# standard output to the calculator.

.venv/.ready: requirements-dev.txt
	+@python=$$(dev/find-python.sh) && \
	echo "Setting up Python packages in .venv (once) …" >&2 && \
	"$$python" -m venv --clear .venv >&2 && \
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt >&2 && \
	touch $@

node_modules/.ready: package-lock.json
	+@dev/check-node.sh && \
	echo "Setting up the storage emulator in node_modules (once) …" >&2 && \
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2 && \
	touch $@
