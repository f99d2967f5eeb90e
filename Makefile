# One command per chore. `make demo` and `make test` need nothing but Debian and the Swift toolchain.
SHELL := /bin/bash
export PKG_CONFIG_PATH := $(CURDIR)/.deps/pkgconfig:$(PKG_CONFIG_PATH)

# Release everywhere, tests too: the numerical parts are meant to run optimised, and one build serves both, as long as
# tests do not ask for testable imports, for which every module would be compiled again.
FLAGS := -c release -Xlinker -rpath -Xlinker $(CURDIR)/.deps/torch/lib -Xlinker -rpath -Xlinker $(CURDIR)/.deps/pyarrow
SOURCES := $(shell git ls-files --cached --others --exclude-standard '*Package.swift' 'Sources/*.swift' 'Tests/*.swift' 'Examples/*.swift' 2>/dev/null)

.PHONY: help setup browser build test example demo reproduce bench docs install uninstall release format lint clean

help:
	@echo "make setup    install libtorch, Arrow, the image codecs and cairo (idempotent)"
	@echo "make browser  install Chromium, in which tests open reports as readers do (make test does so)"
	@echo "make build    build the package and the avar command (.build/release/avar)"
	@echo "make demo     measure, explain and change where a small model looks, on drawn scenes; ends in a page"
	@echo "make reproduce  the paper's study on a small world: ladder, ablation, correlation, one report (SEEDS=3 in full)"
	@echo "make docs     documentation of the libraries, in .build/documentation; fails at links that lead nowhere"
	@echo "make test     build and run every test, and the example"
	@echo "make example  build and run the package in Examples that depends on this one"
	@echo "make bench    run every benchmark against its peers, into one table (Benchmarks/README.md); BENCH=--quick for minutes"
	@echo "make install  put the command with all it needs under PREFIX (/usr/local); make uninstall takes it away again"
	@echo "make release  pack the same as an archive, in .release, that runs where it is unpacked"
	@echo "make format   format the Swift sources;   make lint   check them, strictly"

setup:
	@Scripts/setup.sh

build: setup
	swift build $(FLAGS)

browser:
	@Scripts/setup-browser.sh

CLOCKS := HubTests|RewardCommandTests|RewardEndpointTests|EndpointTests|EndpointTroubleTests|JudgeTests
# Servers under load, and what measures rates and times of grace, one after the other.
SERVERS := ServingTests\.|SynthesisTests\.
ALONE := ServingTests\.LifetimeTests|SynthesisTests\.RateTests

test: setup browser lint
# What has clocks by itself: tests that wait for a command they run would hold the threads that it needs.
	swift test $(FLAGS) --disable-testable-imports --filter '$(CLOCKS)'
	swift test $(FLAGS) --disable-testable-imports --skip-build --filter '$(SERVERS)' --skip '$(ALONE)'
	swift test $(FLAGS) --disable-testable-imports --skip-build --no-parallel --filter '$(ALONE)'
	swift test $(FLAGS) --disable-testable-imports --skip-build --skip '$(CLOCKS)|$(SERVERS)'
	@$(MAKE) --no-print-directory example

# A package of its own, built as another's dependency: the manifests hold no unsafe flags, and the answer is right.
EXAMPLE := swift run --package-path Examples/AskAboutPicture --scratch-path .build-example $(FLAGS) AskAboutPicture

example: setup
	@! grep -n unsafeFlags Package.swift Examples/*/Package.swift
	@answer="$$($(EXAMPLE) Checkpoints/microworld Examples/AskAboutPicture/red-rectangle.png \
	    "what color is the shape?")" && echo "$$answer" && grep -qx "answer: red" <<<"$$answer" \
	    && grep -q "attention on the picture: [1-9]" <<<"$$answer"

demo: build
	.build/release/avar demo

SEEDS := 1
reproduce: build
	.build/release/avar reproduce --config Configurations/microworld.yaml --seeds $(SEEDS)

docs: build
	@Scripts/documentation.sh

# The peers are an environment of Python's of their own, .peers. What is done is kept, and goes on.
bench: build
	@Scripts/setup-peers.sh
	python3 Benchmarks/run.py $(BENCH)

# What is built is installed: as root, for whom nothing should be built. DESTDIR stands before PREFIX, as packagers want it.
PREFIX ?= /usr/local
PLACE = PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)"

install:
	@[ -x .build/release/avar ] || $(MAKE) --no-print-directory build
	@$(PLACE) Scripts/install.sh

uninstall:
	@$(PLACE) Scripts/uninstall.sh

release: build
	@Scripts/release.sh

format:
	@swift format format --in-place --parallel $(SOURCES)

lint:
	@swift format lint --strict --parallel $(SOURCES)

clean:
	rm -rf .build .build-example .release
