# `make run` on a Debian 12 machine with nothing but git and make: prepare, build, start.
SHELL := /bin/bash
MAKEFLAGS += --no-print-directory
# Node.js, Go and Python as tools/setup may have put them beside the system's.
export PATH := $(CURDIR)/.deps/bin:$(PATH)
JOBS ?= $(shell nproc)

.PHONY: help run build debug engine test test-long fuzz bench deb format tidy clean setup
.DEFAULT_GOAL := help

help: ## this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 18

run: build ## build Bulla and start it on http://localhost:8080
	@exec build/release/bulla serve

build: setup ## the release build: build/release/bulla
	@tools/build release

debug: setup ## the debug build, without optimisation
	@tools/build debug

setup:
	@tools/setup

engine: ## CometBFT, which orders entries between organisations: build/cometbft
	@tools/setup engine
	@tools/build_engine

test: ## what must pass before a commit lands: checkers, unit tests under sanitizers, end to end
	@tools/test

test-long: ## everything slow: the above, the thread sanitizer, fuzzing, the whole lint
	@tools/test long

fuzz: ## run each fuzzer for FUZZ_SECONDS (60), or one: make fuzz FUZZER=token
	@tools/setup test
	@tools/fuzz $(FUZZER)

bench: engine ## measure everything, each figure beside a reference of the same run (docs/speed.md)
	@tools/setup bench
	@tools/build release bulla benches
	@tools/bench

deb: ## the Debian package: build/bulla_VERSION_ARCHITECTURE.deb
	@tools/setup deb
	@tools/build release bulla
	@tools/deb

format: ## lay out the changed C++ files
	@tools/format

tidy: ## clang-tidy over the changed C++ files; all of them: tools/tidy --all
	@tools/setup test
	@tools/tidy

clean: ## remove what was built; .deps stays
	@rm -rf build
