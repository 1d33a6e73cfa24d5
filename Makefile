# SPDX-License-Identifier: MIT
# grantproof: `make` proves, builds and fuzzes; `make test` tests; `make help` lists every target with its time.

.DEFAULT_GOAL := all
SHELL := /bin/sh

# paths with a space break make's own lists, the kernel's build system and QEMU's command line
ifneq ($(words $(CURDIR)),1)
$(error grantproof cannot be built below a path with a space in it: move the clone away from "$(CURDIR)")
endif

B := build
CORE_SHA256 := $(shell proofs/core-hash.sh)
CORE := $(sort $(wildcard src/core/*.c))
MODEL := $(sort $(wildcard src/model/*.c))
HEADERS := $(wildcard src/core/*.h src/model/*.h spec/*.h fuzz/*.h tests/*.h tests/*/*.h)
WARN := -std=gnu11 -g -Wall -Wextra -Werror
SAN := -fsanitize=address,undefined -fno-sanitize-recover=all
INC := -Isrc/core -Isrc/model
HASH := -DGNT_CORE_SHA256='"$(CORE_SHA256)"'
FUZZ_TIME ?= 20
SEQUENCES ?= 1000000
SEED ?= 1
export BUILD := $(CURDIR)/$(B)

.PHONY: all test help packages prove prove-cold ledger must-fail mutants invariants regressions model module test-unit test-model \
	test-differ test-reference test-coverage test-module deb test-deb test-backports test-xen test-xen-clients test-xen-mutants \
	lab check-ids clean test-armed

all: packages ##             19 min  prove the core, build model, fuzzer and module, fuzz each target for up to 20 s, print the verdicts
	@.ci/steps.sh make prove model module fuzz

test: packages ##             15 min  every test but the lab: unit, conformance on the model, must-fail proofs, the fuzzers, real Xen and its clients
	@FLAVOURS="address undefined memory afl" .ci/steps.sh test test-unit test-model test-differ test-coverage test-armed test-fuzz test-triage test-seeds fuzz-gates test-oss-fuzz \
		must-fail test-module test-deb test-xen test-xen-clients cosim

help: ##                    0 s  this list; times on two cores
	@sed -e ':a' -e '/\\$$/{N; s/\\\n//; ta' -e '}' $(MAKEFILE_LIST) | sed -nE 's/^([a-z-]+):.*## *(.*)/\1 \2/p' | awk '{ t = $$2 " " $$3; n = $$1; $$1 = $$2 = $$3 = ""; printf "%-16s %8s  %s\n", n, t, substr($$0, 4) }'

packages: ##                1 min  install the Debian packages that are missing (nothing, if all are there)
	@.ci/packages.sh

prove: packages ##                 17 min  prove every function of src/core, and of the model's mirrors of its predicates; seconds if nothing changed
	@proofs/prove.sh

prove-cold: packages ##            17 min  the same from an empty cache
	@proofs/prove.sh --cold

ledger: packages ##                17 min  prove, and pin the goal counts and the contracts anew in proofs/ledger and proofs/contracts
	@proofs/prove.sh --ledger

must-fail: packages ##              3 min  the proofs that must fail: each is rejected by the gate
	@proofs/prove.sh --must-fail

mutants: packages ##              12 min  over a hundred lines of the core, each broken on purpose: the proof catches each
	@proofs/mutants.sh

invariants: ##                 1 s  for each of I1..I12, the clauses in src/core that state it
	@proofs/invariants.sh

regressions: packages ##               6 min  each bug on record comes back as a patch: the proof and a test must reject it
	@tests/regressions/run.sh

model: $(B)/conformance $(B)/unit $(B)/model-test $(B)/reference-selftest ##                  40 s  the user-space model, its conformance program, the unit tests
	@echo "model: $(B)/conformance, core $(CORE_SHA256)"

module: ##                 30 s  the kernel module build/module/grantproof.ko, W=1 and sparse clean
	@CHECK=1 CORE_SHA256=$(CORE_SHA256) kernel/build.sh

test-unit: $(B)/unit ##               5 s  each unit of the core against a naive reference
	@$(B)/unit

test-model: $(B)/conformance $(B)/model-test $(B)/reference-selftest check-ids ##             30 s  the model's own tests, the reference's, the conformance table on the model
	@$(B)/model-test
	@$(B)/reference-selftest
	@for profile in linux header; do for mode in pv auto; do \
		echo "# $$profile profile, $$mode"; $(B)/conformance --device model --profile $$profile --mode $$mode || exit 1; done; done
	@for profile in linux header; do for mode in pv auto; do \
		$(B)/conformance --fail-nth --profile $$profile --mode $$mode || exit 1; done; done
	@$(B)/conformance --canary

test-armed: packages $(B)/seeds/copy.made ##            1 min  the contracts of the copy splitter as code, by E-ACSL: seeds and edges pass, broken cores are stopped
	@tests/armed/armed.sh

test-differ: $(B)/reference-test $(B)/reference-asan ##   1 min  random call sequences: the core in the model against the executable reference
	@$(B)/reference-asan --sequences 4000 --seed 2
	@$(B)/reference-test --sequences 20000

test-reference: $(B)/reference-test ##       4 min  the same with SEQUENCES=1000000, or as many as you like, SEED=1
	@$(B)/reference-test --sequences $(SEQUENCES) --seed $(SEED)

test-coverage: ##           1 min  every branch of src/core is taken by the tests
	@tests/coverage.sh

check-ids:
	@tests/conformance/check-ids.sh
	@tests/trace.py
	@proofs/invariants.sh >$(B)/invariants.txt || { cat $(B)/invariants.txt; exit 1; }
	@tail -n 1 $(B)/invariants.txt
	@line=$$(awk '!/^#/ { g += $$3; s += $$4 } END { printf "prove: %d/%d goals, %d functions, %d/%d smoke tests,", g, g, NR - 2, s, s }' proofs/ledger); \
		grep -q "^$$line" README.md || { echo "README.md is not of the ledger: $$line"; exit 1; }

test-module: module ##             1 min  the module carries the hash of the proven core, and an unproven core does not build
	@kernel/test-hash.sh

deb: ##                    2 s  the Debian package build/grantproof-dkms_VERSION_all.deb
	@kernel/package.sh

test-deb: ##                40 s  DKMS builds the module from the package, and modprobe takes it for xen-gntdev
	@kernel/test-package.sh

test-backports: $(B)/conformance-static ##        2 min  the module on the kernel of Debian's backports: no warning, and all of test-xen
	@CORE_SHA256=$(CORE_SHA256) tests/xen/backports.sh

test-xen: module $(B)/conformance-static ##               3 min  on real Xen in QEMU, PV and PVH: the module, Linux's own driver and the model, compared row by row
	@CORE_SHA256=$(CORE_SHA256) tests/xen/boots.sh

test-xen-clients: module ##           2 min  xenstored, xenconsoled, QEMU's disk and libxenvchan over the module, with a guest, on real Xen
	@CORE_SHA256=$(CORE_SHA256) tests/xen/clients.sh

test-xen-mutants: module $(B)/conformance-static ##    12 min  the tests tested: broken modules, each of which must fail on real Xen
	@tests/xen/mutants.sh

lab: packages $(B)/conformance-static ##   25 min  the module on a kernel full of checkers, on real Xen; 10 min once the kernel is built. LAB_SECONDS=60 of stress
	@tests/lab/lab.sh

lab-mutants: $(B)/conformance-static ##             15 min  the lab tested: broken modules that only a kernel full of checkers can see
	@tests/lab/mutants.sh

test-xen-clients-mutants: module ##              20 min  the clients' boot tested: broken modules, each of which must fail the row that is meant for it
	@tests/xen/clients-mutants.sh

clean: ##                   0 s  remove build/, caches included
	@rm -rf $(B)

# what needs no environment but what the tests of map.c and transfer.c bring with them; the rest is tested on the model
UNIT_CORE := $(filter-out src/core/instance.c,$(CORE))

$(B)/unit: $(wildcard tests/unit/*.c) $(UNIT_CORE) $(HEADERS) Makefile
	@mkdir -p $(B)
	gcc $(WARN) -O1 $(SAN) -Isrc/core -o $@ $(filter %.c,$^)

$(B)/model-test: $(wildcard tests/model/*.c) tests/unit/ktap.c $(MODEL) $(CORE) $(HEADERS) Makefile
	@mkdir -p $(B)
	gcc $(WARN) -O1 $(SAN) $(INC) $(HASH) -o $@ $(filter %.c,$^)

$(B)/reference-selftest: tests/reference/selftest.c spec/reference.c spec/reference.h Makefile
	@mkdir -p $(B)
	gcc $(WARN) -O1 $(SAN) -Ispec -o $@ $(filter %.c,$^)

$(B)/conformance: $(wildcard tests/conformance/*.c) $(MODEL) $(CORE) $(HEADERS) Makefile
	@mkdir -p $(B)
	gcc $(WARN) -O1 $(SAN) $(INC) $(HASH) -o $@ $(filter %.c,$^)

$(B)/conformance-static: $(wildcard tests/conformance/*.c) $(MODEL) $(CORE) $(HEADERS) Makefile
	@mkdir -p $(B)
	gcc $(WARN) -O2 -static $(INC) $(HASH) -o $@ $(filter %.c,$^)

DIFFER := $(filter-out tests/reference/selftest.c,$(sort $(wildcard tests/reference/*.c))) spec/reference.c
DIFFER_FLAGS := -Ispec -DREF_INSTANCES=8u -DREF_PROCESSES=4u -DREF_MAPS=24u -DREF_PAGES=208u -Wl,--wrap=breach \
	$(shell sed -n 's/^WRAP.[^,]*, *\([a-z0-9_]*\).*/-Wl,--wrap=\1/p' tests/reference/record*.c)

$(B)/reference-test: $(DIFFER) spec/reference.h $(MODEL) $(CORE) $(HEADERS) Makefile
	@mkdir -p $(B)
	gcc $(WARN) -O2 $(INC) $(HASH) $(DIFFER_FLAGS) -o $@ $(filter %.c,$^)

$(B)/reference-asan: $(DIFFER) spec/reference.h $(MODEL) $(CORE) $(HEADERS) Makefile
	@mkdir -p $(B)
	gcc $(WARN) -O1 $(SAN) $(INC) $(HASH) $(DIFFER_FLAGS) -o $@ $(filter %.c,$^)

include fuzz/fuzz.mk
