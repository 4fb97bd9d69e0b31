# One entry for people and for CI. `make help` lists the targets.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

# `make bench PROFILE=release` compares with a plain release build, which takes most of an hour of two cores.
PROFILE ?= dev
# Passed on to the program behind a target: `make demo ARGS="--port 9000 --fresh"`.
ARGS ?=

target_dir := $(or $(CARGO_TARGET_DIR),target)
tessera := $(target_dir)/$(if $(filter dev,$(PROFILE)),debug,$(PROFILE))/tessera
web_sources := $(shell find web/src web/public web/index.html web/vite.config.ts web/package.json -type f)
say = @printf '\n\033[1m%s\033[0m\n' "$(1)"

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' Makefile

.PHONY: demo
demo: tools build ## build everything, make the demonstration's data, start it and print where to click
	$(call say,Starting the demonstration; Ctrl-C stops it)
	@exec $(tessera) demo $(ARGS)

.PHONY: dev
dev: tools build ## the demonstration behind Vite, which reloads the web application as it is edited
	$(call say,Starting the demonstration on port 8080 and Vite in front of it; Ctrl-C stops both)
	@$(tessera) demo $(ARGS) & trap "kill $$!" EXIT; cd web && npm run dev

.PHONY: test
test: ## everything that CI runs
	@scripts/test.sh

.PHONY: check
check: tools web/node_modules/.package-lock.json ## format, lints, and the tests of the pure crates: seconds
	$(call say,Checking format and lints)
	cargo fmt --all --check
	cd web && npm run check
	cargo clippy --workspace --all-targets -- -D warnings
	$(call say,Running the tests of the pure crates)
	cargo test --quiet -p tessera-base -p tessera-access -p tessera-sql -p tessera-model -p tessera-query

.PHONY: e2e
e2e: tools-browser build ## the browser tests, on a demonstration of their own
	$(call say,Running the browser tests)
	@node scripts/e2e.mjs $(tessera)

.PHONY: bench
bench: tools build ## ratios against the bare engine in one run, written to bench/RESULTS.md
	$(call say,Measuring; the first time makes data at scale 1)
	cargo build --workspace --profile $(PROFILE) --bin tessera-bench
	CARGO_TARGET_DIR=$(target_dir)/second_opinion cargo build --locked --release --manifest-path second_opinion/Cargo.toml
	@$(tessera)-bench $(ARGS)

.PHONY: oracle
oracle: tools ## 100,000 random questions: governed on all data equals ungoverned on a filtered copy
	$(call say,Asking the oracle)
	ORACLE_CASES=$${ORACLE_CASES:-100000} cargo test --workspace --test it -- oracle --nocapture

.PHONY: mutants
mutants: tools web/dist/index.html ## break one safeguard at a time in a copy; the oracle and the cases must notice
	$(call say,Trying the mutants)
	python3 scripts/mutants.py $(ARGS)

.PHONY: regen
regen: tools build ## write all generated files again
	$(call say,Writing the generated files)
	@scripts/generated.sh $(tessera)
	UPDATE_EXPECT=1 TRYBUILD=overwrite cargo test --quiet -p tessera-access -p tessera-query --test it

.PHONY: web
web: web/dist/index.html ## build the web application, when its sources changed
	@echo "web/dist is built"

.PHONY: clean
clean: ## remove what was built; the next build takes minutes
	cargo clean
	rm -rf web/dist web/node_modules

# Always the whole workspace: another selection of packages has other features, and compiles the query engine once more.
.PHONY: build
build: web/dist/index.html
	$(call say,Building the server)
	cargo build --workspace --profile $(PROFILE) --bin tessera

.PHONY: tools
tools:
	@scripts/tools.sh

.PHONY: tools-browser
tools-browser:
	@scripts/tools.sh --browser

web/node_modules/.package-lock.json: web/package-lock.json
	$(call say,Fetching what the web application is built with)
	cd web && npm ci
	@touch $@

web/dist/index.html: web/node_modules/.package-lock.json $(web_sources)
	$(call say,Building the web application)
	cd web && npm run build
	@touch $@
