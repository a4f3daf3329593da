# Keyward's front door. Every recipe is one line; what is longer lives in tools/.
# `make` alone checks the dependencies and builds the release preset into build/release/bin/.
PRESET ?= dev
MAKEFLAGS += --no-print-directory

.PHONY: all demo test check soak run bench fuzz lint fmt ct levels cov docs deps oracles clean help

all: deps
	@tools/build.sh release

demo: all ## show with real programs: two organisations find a common person; seven operators share a key
	@tools/demo.sh
	@tools/demo_threshold.sh

test: deps oracles ## all that CI runs: unit, vectors, property under ASan and UBSan; fault, e2e on release
	@tools/test.sh dev:unit,vectors,property release:fault,sim,interop,e2e

check: deps ## unit tests and vectors; PRESET=dev (default), clang, tsan
	@tools/test.sh $(PRESET):unit,vectors

soak: deps ## the long forms of fault, sim and e2e: for the night
	@KW_SOAK=1 tools/test.sh release:fault,sim,e2e

run: all ## keep the daemon in the foreground with a development configuration
	@tools/run.sh

bench: all oracles ## measure; JSON with processor, compiler and flags goes to build/bench.json
	@tools/bench.py

fuzz: deps oracles ## run each fuzz target for FUZZ_SECONDS (60), two at a time; ask noble about curves
	@tools/fuzz.sh

lint: deps ## everything that a script can say about the tree, cheapest first
	@tools/lint.sh

fmt: deps ## format C in place
	@tools/c_files.sh | xargs -0 clang-format -i

ct: deps ## run the entry points that take secrets under valgrind with the secrets poisoned
	@tools/ct.sh

levels: deps ## run the tests of the curves as gcc and clang compile them at -O0, -O2 and -O3
	@tools/levels.sh

cov: deps ## line coverage of src/ by folder; fails under 90 %
	@tools/cov.sh

docs: all ## print the reference pages from the tables
	@tools/docs.sh

deps: ## install the Debian packages that are missing (root or sudo)
	@tools/deps.sh

oracles: ## install the npm packages that tests compare with, when Node is there
	@tools/oracles.sh

clean: ## remove build/
	@rm -rf build

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' Makefile
