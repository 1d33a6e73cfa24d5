# SPDX-License-Identifier: MIT
# The fuzz targets: each as a libFuzzer program, for AFL++, and with a plain main() that runs files; the tools for programs; speed.
# A target is TestOneInput of fuzz/TARGET.c with what FUZZ_TARGET names.

TARGETS := ioctl differential pages slots state copy
FUZZ_TARGET ?= ioctl
LONG_TIME ?= 7200
FUZZ_INC := $(INC) -Ifuzz -Ispec

# the checks are not what is to be covered, and what they look at are arrays that the sanitizers know elsewhere
CHECKS := $(wildcard src/model/check*.c src/model/armed*.c) src/model/mirror_state.c src/model/digest.c
CHECKS_O := $(CHECKS:src/model/%.c=$(B)/fuzz-%.o)
PAGES_O := $(B)/fuzz-map_env.o $(B)/fuzz-map_pages.o
PROGRAM := fuzz/program.c fuzz/execute.c fuzz/execute_ioctl.c fuzz/possible.c fuzz/on_model.c fuzz/on_model_errno.c
MUTATOR := $(wildcard fuzz/mutator*.c) fuzz/program.c
REST := $(filter-out $(CHECKS),$(MODEL)) $(CORE) $(CHECKS_O)

ioctl_SOURCES := fuzz/ioctl.c $(PROGRAM) $(REST)
differential_SOURCES := fuzz/differential.c $(filter-out tests/reference/differ.c,$(DIFFER)) $(REST)
# signals are the engine's to catch: sequence.c leaves them alone if it is told that the sanitizer is there
differential_FLAGS := $(DIFFER_FLAGS) -Wl,--wrap=below -Wl,--wrap=generate -D__SANITIZE_ADDRESS__
pages_SOURCES := fuzz/pages.c $(PAGES_O) src/core/map.c src/core/notify.c
slots_SOURCES := fuzz/slots.c src/core/slots.c $(B)/fuzz-armed_slots.o
state_SOURCES := fuzz/state.c src/core/state.c src/core/table.c src/core/slots.c $(B)/fuzz-armed_slots.o $(B)/fuzz-armed_state.o
copy_SOURCES := fuzz/copy.c src/core/copy.c src/core/request.c $(B)/fuzz-armed_copy.o
# of the engine's own mutations only ioctl has better ones
ioctl_MUTATOR := $(filter-out fuzz/program.c,$(MUTATOR))

LIBFUZZER := clang $(WARN) -O2 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all $(FUZZ_INC) $(HASH)
AFL := AFL_QUIET=1 afl-clang-fast $(WARN) -O2 -fsanitize=fuzzer $(FUZZ_INC) $(HASH)
ALONE := clang $(WARN) -O2 $(FUZZ_INC) $(HASH)

$(CHECKS_O): $(B)/fuzz-%.o: src/model/%.c $(HEADERS) Makefile fuzz/fuzz.mk
	@mkdir -p $(B)
	clang $(WARN) -O3 $(INC) $(HASH) -c -o $@ $<

$(PAGES_O): $(B)/fuzz-%.o: tests/unit/%.c $(HEADERS) Makefile fuzz/fuzz.mk
	@mkdir -p $(B)
	clang $(WARN) -O3 $(INC) -c -o $@ $<

# $(1): a target
define fuzz_target
$(B)/fuzz-$(1): $$($(1)_SOURCES) $$($(1)_MUTATOR) fuzz/options.c $$(HEADERS) Makefile fuzz/fuzz.mk
	@mkdir -p $(B)
	$(LIBFUZZER) $$($(1)_FLAGS) -o $$@ $$(filter %.c %.o,$$^)

$(B)/afl-$(1): $$($(1)_SOURCES) $$(HEADERS) Makefile fuzz/fuzz.mk
	@mkdir -p $(B)
	$(AFL) $$($(1)_FLAGS) -o $$@ $$(filter %.c %.o,$$^)

$(B)/replay-$(1): fuzz/replay.c fuzz/options.c $$($(1)_SOURCES) $$(HEADERS) Makefile fuzz/fuzz.mk
	@mkdir -p $(B)
	$(ALONE) $(SAN) $$($(1)_FLAGS) -o $$@ $$(filter %.c %.o,$$^)

# what is wrapped has to be a symbol still when it is linked: not with -flto
$(B)/speed-$(1): fuzz/replay.c $$($(1)_SOURCES) $$(HEADERS) Makefile fuzz/fuzz.mk
	@mkdir -p $(B)
	$(ALONE) $$(if $$(filter -Wl%,$$($(1)_FLAGS)),,-flto) $$($(1)_FLAGS) -o $$@ $$(filter %.c %.o,$$^)
endef
$(foreach target,$(TARGETS),$(eval $(call fuzz_target,$(target))))

# the checks under the sanitizers, too: what that costs, and that they bear it
$(B)/replay-whole: fuzz/replay.c fuzz/options.c fuzz/ioctl.c $(PROGRAM) $(MODEL) $(CORE) $(HEADERS) Makefile fuzz/fuzz.mk
	@mkdir -p $(B)
	$(ALONE) $(SAN) -o $@ $(filter %.c,$^)

# AFL++'s custom mutator: AFL_CUSTOM_MUTATOR_LIBRARY=build/afl-mutator.so
$(B)/afl-mutator.so: $(MUTATOR) $(HEADERS) Makefile fuzz/fuzz.mk
	@mkdir -p $(B)
	clang $(WARN) -O2 -shared -fPIC -Ifuzz -o $@ $(MUTATOR)

$(B)/program: fuzz/tool.c fuzz/answer.c fuzz/dictionary.c fuzz/file.c fuzz/text.c $(PROGRAM) $(REST) $(HEADERS) Makefile fuzz/fuzz.mk
	@mkdir -p $(B)
	$(ALONE) $(SAN) -o $@ $(filter %.c %.o,$^)

$(B)/program-test: fuzz/test.c fuzz/text.c $(MUTATOR) $(HEADERS) Makefile fuzz/fuzz.mk
	@mkdir -p $(B)
	$(ALONE) $(SAN) -o $@ $(filter %.c,$^)

# the folder, too: a seed may have gone
$(B)/seeds/%.made: $(B)/program fuzz/seeds.sh fuzz/seeds/. $(wildcard fuzz/seeds/*.txt)
	@fuzz/seeds.sh $(B)/program $* $(B)/seeds/$*
	@$(B)/program dictionary $* fuzz/seeds/*.txt >$(B)/$*.dict || { printf '%s\n' 'nothing="\x00"' >$(B)/$*.dict; \
		echo "# $*: no dictionary: on this core the seeds do not come to their end"; }
	@touch $@

.PHONY: fuzz fuzz-bench fuzz-afl test-fuzz program

fuzz: $(TARGETS:%=$(B)/fuzz-%) $(TARGETS:%=$(B)/seeds/%.made) ##                   60 s  fuzz: the ioctl ABI of the model for FUZZ_TIME seconds, the other targets for a quarter of it each (ASan, UBSan)
	@fuzz/run.sh $(FUZZ_TIME) $(TARGETS)

fuzz-afl: $(B)/afl-$(FUZZ_TARGET) $(B)/afl-mutator.so $(B)/seeds/$(FUZZ_TARGET).made ##               20 s  the same with AFL++: FUZZ_TARGET=ioctl for FUZZ_TIME seconds
	@fuzz/afl.sh $(FUZZ_TARGET) $(FUZZ_TIME)

.PHONY: fuzz-long
fuzz-long: $(TARGETS:%=$(B)/fuzz-%) $(TARGETS:%=$(B)/afl-%) $(B)/afl-mutator.so $(TARGETS:%=$(B)/seeds/%.made) $(B)/program ##                2 h   libFuzzer and AFL++ side by side, all targets, LONG_TIME seconds
	@fuzz/long.sh $(LONG_TIME) $(TARGETS)

fuzz-bench: $(B)/speed-ioctl $(B)/replay-ioctl $(B)/replay-whole $(B)/seeds/ioctl.made ##             10 s  how many programs a second the model runs, with and without the sanitizers
	@fuzz/bench.sh

test-fuzz: $(B)/program $(B)/stable-zero $(TARGETS:%=$(B)/replay-%) $(TARGETS:%=$(B)/seeds/%.made) $(B)/program-test $(B)/replay-static ##               5 s  programs as bytes and text; the fuzzers' seeds, without the fuzzing engine
	@$(B)/program-test
	@$(B)/program check fuzz/seeds/*.txt
	@for target in $(TARGETS); do $(B)/replay-$$target $(B)/seeds/$$target/* || exit 1; done
	@for target in $(TARGETS); do fuzz/regression.sh replay $$target $(B)/fuzz-regressions/$$target || { echo "test-fuzz: FAILED"; exit 1; }; done
	@$(B)/replay-static --device model $(B)/seeds/ioctl >$(B)/replay-model.log || { cat $(B)/replay-model.log; exit 1; }
	@tail -n 1 $(B)/replay-model.log
	@echo "test-fuzz: the seeds, and $$(ls $(B)/fuzz-regressions/*/* | wc -l) inputs that once failed"

program: $(B)/program ##               10 s  the tool for programs: text to bytes and back, a run on the model
	@echo "program: $(B)/program"

# for who builds a target in his own way: fuzz/seeded/run.sh, fuzz/oss-fuzz/build.sh
.PHONY: fuzz-targets fuzz-sources fuzz-flags fuzz-link seeded test-oss-fuzz
fuzz-targets:
	@echo $(TARGETS)

fuzz-sources:
	@echo $(patsubst $(B)/fuzz-%.o,src/model/%.c,$(patsubst $(B)/fuzz-map_%.o,tests/unit/map_%.c,$($(FUZZ_TARGET)_SOURCES))) $($(FUZZ_TARGET)_MUTATOR) fuzz/options.c

fuzz-flags:
	@echo '-std=gnu11 $(FUZZ_INC) $(filter-out -Wl%,$($(FUZZ_TARGET)_FLAGS))'

fuzz-link:
	@echo '$(filter -Wl%,$($(FUZZ_TARGET)_FLAGS))'

seeded: $(CHECKS_O) ##              30 min  each bug on record in the core: does the proof reject it, does a test, and how soon does a fuzzer find it
	@mkdir -p $(B)/seeded
	@status=0; tests/regressions/run.sh >$(B)/seeded/verdicts || status=1; tail -n 1 $(B)/seeded/verdicts; \
		VERDICTS=$(B)/seeded/verdicts fuzz/seeded/run.sh && exit $$status

$(B)/replay-static: fuzz/cosim.c fuzz/file.c fuzz/text.c fuzz/on_device.c fuzz/on_device_process.c $(PROGRAM) $(addprefix tests/conformance/,dut_real.c dut_evtchn.c grantor.c) \
		$(REST) $(HEADERS) Makefile fuzz/fuzz.mk
	@mkdir -p $(B)
	gcc $(WARN) -O2 -static $(FUZZ_INC) $(HASH) -o $@ $(filter %.c %.o,$^)

.PHONY: replay
replay: module $(B)/replay-static ##              30 s  INPUT=FILE: a fuzzer's program, text or bytes, on real Xen next to the model; GNTDEV=stock: Linux's own driver
	@CORE_SHA256=$(CORE_SHA256) tests/replay.sh $(INPUT)

test-oss-fuzz: ##                3 min  the targets, built and tried as OSS-Fuzz does, with FLAVOURS="address undefined memory afl archive coverage"
	@fuzz/oss-fuzz/test.sh $(FLAVOURS)

# ---- gates, coverage, triage, the fleet: the core with counters in it, and without anything else that counts
COVER_CORE := $(CORE:src/core/%.c=$(B)/cover/%.o)
COVER_LLVM := $(CORE:src/core/%.c=$(B)/cover/llvm-%.o)

$(COVER_CORE): $(B)/cover/%.o: src/core/%.c $(HEADERS) Makefile fuzz/fuzz.mk
	@mkdir -p $(B)/cover
	gcc -std=gnu11 -g -O0 --coverage -Isrc/core -c -o $@ $<

$(COVER_LLVM): $(B)/cover/llvm-%.o: src/core/%.c $(HEADERS) Makefile fuzz/fuzz.mk
	@mkdir -p $(B)/cover
	clang -std=gnu11 -g -O0 -fprofile-instr-generate -fcoverage-mapping -Isrc/core -c -o $@ $<

# $(1): a target
define fuzz_cover
$(B)/cover-$(1): fuzz/replay.c $$(filter-out $(CORE),$$($(1)_SOURCES)) $$(patsubst src/core/%.c,$(B)/cover/%.o,$$(filter $(CORE),$$($(1)_SOURCES)))
	gcc -std=gnu11 -g -O1 $(FUZZ_INC) $(HASH) $$($(1)_FLAGS) -o $$@ $$(filter %.c %.o,$$^) -lgcov

$(B)/llvm-$(1): fuzz/replay.c $$(filter-out $(CORE),$$($(1)_SOURCES)) $$(patsubst src/core/%.c,$(B)/cover/llvm-%.o,$$(filter $(CORE),$$($(1)_SOURCES)))
	clang -std=gnu11 -g -O1 -fprofile-instr-generate $(FUZZ_INC) $(HASH) $$($(1)_FLAGS) -o $$@ $$(filter %.c %.o,$$^)
endef
$(foreach target,$(TARGETS),$(eval $(call fuzz_cover,$(target))))

# the same runs, with other bytes in variables that nobody has set; one also with the checks under the sanitizers
STABLE := fuzz/stable.c fuzz/file.c fuzz/text.c $(PROGRAM) $(MODEL) $(CORE)
$(B)/stable-zero: $(STABLE) $(HEADERS) Makefile fuzz/fuzz.mk
	gcc $(WARN) -O1 $(SAN) -ftrivial-auto-var-init=zero $(FUZZ_INC) $(HASH) -o $@ $(STABLE)

$(B)/stable-pattern: $(STABLE) $(HEADERS) Makefile fuzz/fuzz.mk
	clang $(WARN) -O2 -ftrivial-auto-var-init=pattern $(FUZZ_INC) $(HASH) -o $@ $(STABLE)

.PHONY: fuzz-gates fuzz-coverage
fuzz-gates: $(TARGETS:%=$(B)/speed-%) $(TARGETS:%=$(B)/replay-%) $(B)/fuzz-ioctl $(B)/stable-zero $(B)/stable-pattern $(TARGETS:%=$(B)/afl-%) $(B)/afl-mutator.so $(TARGETS:%=$(B)/cover-%) \
		$(TARGETS:%=$(B)/seeds/%.made) ##                2 min  the fuzzers themselves: speed, the same run each time, AFL++ with the mutator, branches by the seeds and without (fuzz/floors)
	@fuzz/gates.sh $(GATES)

$(B)/shorten: fuzz/shorten.c fuzz/finding.c $(HEADERS)
	@mkdir -p $(B)
	$(ALONE) -o $@ $(filter %.c,$^)

$(B)/minimise: fuzz/minimise.c fuzz/finding.c fuzz/file.c fuzz/text.c $(PROGRAM) $(REST) $(HEADERS) Makefile fuzz/fuzz.mk
	$(ALONE) $(SAN) -o $@ $(filter %.c %.o,$^)

.PHONY: triage regression
triage: $(B)/minimise $(B)/shorten $(B)/program $(B)/replay-$(FUZZ_TARGET) ##               30 s  INPUT=FILE FUZZ_TARGET=ioctl: what a finding is about: the least program, its message, stack and requirement
	@fuzz/triage.sh $(FUZZ_TARGET) '$(INPUT)'

regression: $(B)/minimise $(B)/shorten $(B)/program $(B)/replay-$(FUZZ_TARGET) ##               30 s  INPUT=FILE NAME=...: the same, added to fuzz/regressions, which make test-fuzz replays
	@fuzz/regression.sh add $(FUZZ_TARGET) '$(INPUT)' '$(NAME)'

.PHONY: test-triage
test-triage: $(B)/seeds/ioctl.made $(B)/seeds/slots.made ##               1 min  triage and regressions, tried on findings in a broken core
	@fuzz/triage-test.sh

fuzz-coverage: $(TARGETS:%=$(B)/llvm-%) $(TARGETS:%=$(B)/seeds/%.made) $(B)/program ##               30 s  pages of what the seeds and the corpora reach of src/core: build/fuzz-coverage/index.html
	@fuzz/coverage.sh $(TARGETS)

# of the fleet: the target with sanitizers, and one that says what is compared with what
$(B)/afl-asan-%: $(B)/afl-%
	AFL_USE_ASAN=1 AFL_USE_UBSAN=1 $(AFL) $($*_FLAGS) -o $@ $($*_SOURCES)

$(B)/afl-cmplog-%: $(B)/afl-%
	AFL_LLVM_CMPLOG=1 $(AFL) $($*_FLAGS) -o $@ $($*_SOURCES)

.PHONY: fuzz-fleet
fuzz-fleet: $(B)/afl-$(FUZZ_TARGET) $(B)/afl-asan-$(FUZZ_TARGET) $(B)/afl-cmplog-$(FUZZ_TARGET) $(B)/afl-mutator.so $(B)/seeds/$(FUZZ_TARGET).made ##               30 s  AFL++ on all processors, FUZZ_TARGET for FUZZ_TIME seconds: main, sanitizers, CMPLOG; over machines by SHARED=/folder
	@fuzz/fleet.sh $(FUZZ_TARGET) $(FUZZ_TIME)

# ---- co-simulation: the same programs on the model, on this module and on Linux's own driver
COSIM_PROGRAMS ?= 2400

$(B)/cosim-corpus: tests/cosim_corpus.c fuzz/file.c fuzz/text.c $(PROGRAM) $(filter-out fuzz/program.c,$(MUTATOR)) $(REST) $(HEADERS) Makefile fuzz/fuzz.mk
	@mkdir -p $(B)
	$(ALONE) -o $@ $(filter %.c %.o,$^)

$(B)/replay-static: tests/cosim_facts.c tests/cosim_facts.h

.PHONY: cosim
cosim: module $(B)/replay-static $(B)/cosim-corpus ##                4 min  COSIM_PROGRAMS programs on the model, on this module and on Linux's own driver, on real Xen: no difference, or one that is known
	@CORE_SHA256=$(CORE_SHA256) tests/cosim.sh $(B)/cosim-corpus $(COSIM_PROGRAMS)

# ---- seeds from the conformance rows and from clients: recorded, replayed, and the least of them that reach what all do
RECORD_H := $(wildcard fuzz/record/*.h)
RECORD := $(addprefix fuzz/,record/record.c record/names.c answer.c file.c text.c) $(PROGRAM)
ROW_WRAPS := run_row run_check_contents run_check_unchanged run_clean_up argument_place argument_place_segments argument_check argument_free \
	anonymous step_alloc step_grant
CLIENT_WRAPS := open close mmap munmap ioctl
CLIENT_LIBRARIES := $(addprefix -l:,libxenvchan.a libxengnttab.a libxentoollog.a libxentoolcore.a)
# on all edges of the source
EDGES := $(patsubst src/%.c,$(B)/edges/%.o,$(CORE) $(filter-out $(CHECKS),$(MODEL)))

$(B)/record-rows: $(addprefix fuzz/record/,rows.c wrapped.c dut.c dut_powers.c ioctl.c) $(RECORD) $(wildcard tests/conformance/*.c) $(REST) $(HEADERS) $(RECORD_H) Makefile fuzz/fuzz.mk
	$(ALONE) $(SAN) $(ROW_WRAPS:%=-Wl,--wrap=%) -DWRAPS='"$(ROW_WRAPS)"' -o $@ $(filter %.c %.o,$^)

$(B)/record-clients: $(addprefix fuzz/record/,clients.c wrapped.c clients_calls.c clients_others.c ioctl.c) $(RECORD) $(REST) $(HEADERS) $(RECORD_H) Makefile fuzz/fuzz.mk
	$(ALONE) $(CLIENT_WRAPS:%=-Wl,--wrap=%) -DWRAPS='"$(CLIENT_WRAPS)"' -o $@ $(filter %.c %.o,$^) $(CLIENT_LIBRARIES)

$(EDGES): $(B)/edges/%.o: src/%.c $(HEADERS) Makefile fuzz/fuzz.mk
	@mkdir -p $(@D)
	clang $(WARN) -O0 -fsanitize-coverage=inline-8bit-counters,no-prune $(INC) $(HASH) -c -o $@ $<

$(B)/cover-programs: fuzz/record/cover.c $(RECORD) $(EDGES) $(CHECKS_O) $(HEADERS) $(RECORD_H) Makefile fuzz/fuzz.mk
	$(ALONE) -o $@ $(filter %.c %.o,$^)

.PHONY: fuzz-seeds
fuzz-seeds: $(B)/record-rows $(B)/record-clients $(B)/cover-programs $(B)/program ##               40 s  fuzz/seeds anew from the conformance rows and the clients: recorded, replayed, the least that reach what all do
	@fuzz/record/seeds.sh

.PHONY: test-seeds
test-seeds: $(B)/record-rows $(B)/record-clients $(B)/cover-programs $(B)/program ##               40 s  the seeds that fuzz-seeds makes, recorded anew elsewhere: they are those of fuzz/seeds
	@fuzz/record/test.sh
