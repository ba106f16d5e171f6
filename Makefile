# ngx_retention: an nginx module, the store it writes, and retentionctl.
#
# Everything is built out of the tree, in $(BUILD); 'make help' lists the
# targets.  Variables that may be given on the command line:
#
#   CC=clang           another compiler, in a folder of its own
#   BUILD=DIR          where to build
#   SANITIZE=address   sanitizers for the module, the tool and the tests
#   NGINX_SRC=DIR      nginx's sources; must be those of the nginx that runs
#   DEPS=no            never install packages
#   T="t/layers.t"     the tests to run
#   V=1                show the commands
#   PREFIX, DESTDIR    where 'make install' puts things

ifeq ($(origin CC),default)
CC = gcc
endif

IS_CLANG      := $(findstring clang,$(CC))
BUILD          = $(if $(IS_CLANG),build-clang,build)
SANITIZE       =
NGINX_SRC      = /usr/share/nginx/src
DEPS           = build run test
FUZZ_SECONDS   = 30
PREFIX         = /usr
MODULES_DIR    = /usr/lib/nginx/modules
AVAILABLE_DIR  = /usr/share/nginx/modules-available

JOBS := $(shell nproc 2>/dev/null || echo 2)
PERL := RETENTION_BUILD=$(abspath $(BUILD)) perl -It/lib

# A job server that runs already must not be asked for another -j.
SUBMAKE = $(MAKE) --no-print-directory \
    $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(JOBS))

Q    := $(if $(V),,@)
say   = @echo "  $(1)  $(patsubst $(BUILD)/%,%,$@)"


# Sources.  store/sources is the one list of the store's; 'config' reads it too.

MODULE_SRCS := $(wildcard ngx_retention_module/*.c)
STORE_SRCS  := $(shell grep -s '^store/.*\.c$$' store/sources)
LIB_SRCS    := $(filter-out tools/cmd/main.c,$(wildcard tools/*/*.c))
CMD_SRCS    := tools/cmd/main.c
UNIT_SRCS   := $(filter-out t/unit/support.c,$(wildcard t/unit/*.c))
FUZZ_SRCS   := $(filter-out t/fuzz/replay.c,$(wildcard t/fuzz/*.c))
SUPPORT     := $(wildcard t/unit/support.c)
REPLAY      := $(wildcard t/fuzz/replay.c)
HEADERS     := $(wildcard ngx_retention_module/*.h store/*/*.h)
SCRIPTS     := $(wildcard t/*.t t/http/*.t t/cli/*.t t/crash/*.t)

objects = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))

NGX      := $(BUILD)/nginx
MODULE   := $(BUILD)/ngx_http_retention_module.so
TOOL     := $(BUILD)/retentionctl
LIBRTN   := $(BUILD)/librtn.a
LIBTOOLS := $(BUILD)/libtools.a
LOAD     := $(BUILD)/t/lib/load
ANSWERS  := $(BUILD)/t/lib/answers
FAULTS   := $(BUILD)/t/lib/faults.so
LIMITS   := $(BUILD)/bench/limits
SPARE    := $(BUILD)/bench/spare
FLUSHES  := $(BUILD)/bench/flushes.so
EVENTS   := $(BUILD)/bench/events
UNITS    := $(patsubst t/%.c,$(BUILD)/t/%,$(UNIT_SRCS))
FUZZERS  := $(patsubst t/%.c,$(BUILD)/t/%,$(FUZZ_SRCS))


# Flags.  _FORTIFY_SOURCE hides overruns from AddressSanitizer, so the two are
# never on together.

SAN_FLAGS = $(if $(SANITIZE),-fsanitize=$(SANITIZE) \
    -fno-sanitize-recover=all -fno-omit-frame-pointer)
HARDEN    = -fstack-protector-strong -Wformat -Werror=format-security \
    $(if $(SANITIZE),,-D_FORTIFY_SOURCE=2)
OPTIMIZE  = -O2 -g
LD_HARDEN = -Wl,-z,relro -Wl,-z,now

ALL_CFLAGS  = -std=gnu11 -Wall -Wextra -Werror $(OPTIMIZE) $(HARDEN) -fPIE \
    $(SAN_FLAGS) -Istore/include -Istore -Itools $(EXTRA_CFLAGS)
ALL_LDFLAGS = -pie $(LD_HARDEN) -Wl,--as-needed $(SAN_FLAGS) $(EXTRA_LDFLAGS)

LIBS = -llmdb -lnettle -lsodium -ljansson -ldeflate -lcsv -lyaml -lnlopt \
    -lxlsxwriter -lz -lm

# nginx's configure runs what it compiles, and sanitizers would change what it
# finds; they come in with CC, when the module is compiled.  The module's
# binary layout follows --with-compat and the flags in Debian's conf_flags.

NGX_CC_OPT = -std=gnu11 $(OPTIMIZE) -fPIC $(HARDEN) -Wdate-time \
    -ffile-prefix-map=$(CURDIR)=. $(EXTRA_CFLAGS)
NGX_LD_OPT = -fPIC $(LD_HARDEN) -Wl,--as-needed $(EXTRA_LDFLAGS)


.PHONY: all deps duckdb test test-asan torture check binaries bench \
    bench-peers demo demo-stop fuzz run-fuzz install clean help FORCE
.DELETE_ON_ERROR:
.SECONDARY:

all: $(MODULE) $(TOOL)

help:
	@echo "make             build the module and retentionctl in $(BUILD)/"
	@echo "make deps        install what is missing (Debian, root or sudo)"
	@echo "make duckdb      DuckDB from npm, which tests and bench compare with"
	@echo "make demo        a made-up shop, from the order file to the report"
	@echo "make demo-stop   ends the nginx that the demo has left up"
	@echo "make test        install what is missing, build, run every test"
	@echo "make test-asan   the same under AddressSanitizer and UBSan"
	@echo "make torture     long tests: faults, kill -9, reloads, upgrades"
	@echo "make fuzz        fuzz each parser for FUZZ_SECONDS=$(FUZZ_SECONDS)"
	@echo "make bench       the price of durability; ARGS=--help for its parts"
	@echo "make install     into DESTDIR, PREFIX=$(PREFIX)"
	@echo "make clean       remove the build folders"


# Stamps: files that change only when their content does, so that other flags,
# a new header or another nginx rebuild what they concern, and nothing else.

define stamp
$(BUILD)/stamp/$(1): FORCE
	@mkdir -p $$(@D)
	@echo '$(strip $(2))' | cmp -s - $$@ || echo '$(strip $(2))' > $$@
endef

nginx_version = $(shell sed -n 's/.*NGINX_VERSION .*"\(.*\)"/\1/p' \
    $(NGINX_SRC)/src/core/nginx.h 2>/dev/null)

$(eval $(call stamp,flags,$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS)))
$(eval $(call stamp,sources,$(STORE_SRCS) $(LIB_SRCS) $(CMD_SRCS)))
$(eval $(call stamp,nginx,$(NGINX_SRC) $(nginx_version)))
$(eval $(call stamp,module,$(CC) $(NGX_CC_OPT) $(NGX_LD_OPT) $(SAN_FLAGS) \
    $(HEADERS)))

FORCE:


# The module, in a copy of nginx's sources: the system's stay untouched, and
# several builds may run side by side.

$(NGINX_SRC)/configure:
	@echo "no nginx sources in $(NGINX_SRC): run 'make deps'" >&2; exit 1

$(NGX)/configure: $(NGINX_SRC)/configure $(BUILD)/stamp/nginx
	$(call say,COPY)
	$(Q)rm -rf $(NGX)
	$(Q)cp -R $(NGINX_SRC) $(NGX)
	$(Q)touch $@

$(NGX)/objs/Makefile: $(NGX)/configure config store/sources \
    $(BUILD)/stamp/module
	$(call say,CONF)
	$(Q)cd $(NGX) && bash -ec ' \
	    NGX_CONF_FLAGS=(--with-compat --with-threads); \
	    if [ -f conf_flags ]; then . ./conf_flags; fi; \
	    ./configure "$${NGX_CONF_FLAGS[@]}" --with-cc="$(CC)" \
	        --with-cc-opt="$(strip $(NGX_CC_OPT))" \
	        --with-ld-opt="$(strip $(NGX_LD_OPT))" \
	        --add-dynamic-module="$(CURDIR)"' > configure.log 2>&1 \
	    || { tail -n 20 configure.log >&2; exit 1; }

# A running nginx has the module mapped: a new file takes its place, since
# writing into the old one would change the code under its workers.

$(MODULE): $(NGX)/objs/Makefile $(MODULE_SRCS) $(STORE_SRCS) $(HEADERS) \
    ngx_retention_module/exports.map
	$(call say,SO  )
	$(Q)rm -f $(NGX)/objs/$(@F)
	$(Q)$(MAKE) $(if $(V),,-s) --no-print-directory -C $(NGX) \
	    -f objs/Makefile modules CC='$(strip $(CC) $(SAN_FLAGS))'
	$(Q)cp $(NGX)/objs/$(@F) $@.new
	$(Q)mv -f $@.new $@


# The tool and the tests.

$(BUILD)/obj/%.o: %.c $(BUILD)/stamp/flags
	$(call say,CC  )
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(LIBRTN): $(call objects,$(STORE_SRCS)) $(BUILD)/stamp/sources
$(LIBTOOLS): $(call objects,$(LIB_SRCS)) $(BUILD)/stamp/sources

$(LIBRTN) $(LIBTOOLS):
	$(call say,AR  )
	$(Q)rm -f $@
	$(Q)ar rcs $@ $(filter %.o,$^)

link = $(Q)mkdir -p $(@D) && $(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) \
    $(filter %.a,$^) $(LIBS)

$(TOOL): $(call objects,$(CMD_SRCS)) $(LIBTOOLS) $(LIBRTN) \
    $(BUILD)/stamp/sources
	$(call say,LINK)
	$(link)

$(UNITS): $(BUILD)/t/%: $(BUILD)/obj/t/%.o $(call objects,$(SUPPORT)) \
    $(LIBTOOLS) $(LIBRTN)
	$(call say,LINK)
	$(link) -lcmocka

$(BUILD)/t/unit/http_head: $(call objects,t/lib/http_head.c)

$(LOAD): $(call objects,t/lib/load.c t/lib/load_requests.c t/lib/http_head.c)
	$(call say,LINK)
	$(link)

$(LIMITS) $(SPARE): $(BUILD)/%: $(BUILD)/obj/%.o
	$(call say,LINK)
	$(link)

$(EVENTS) $(ANSWERS): $(BUILD)/%: $(BUILD)/obj/%.o $(LIBRTN)
	$(call say,LINK)
	$(link)

# To be preloaded, so without sanitizers, which want to be first.

$(FAULTS) $(FLUSHES): $(BUILD)/%.so: %.c $(BUILD)/stamp/flags
	$(call say,SO  )
	@mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -Wall -Wextra -Werror $(OPTIMIZE) -fPIC -shared \
	    -o $@ $< -ldl

# libFuzzer brings its own main; without it a small one replays the corpus.

IS_FUZZ := $(findstring fuzzer,$(SANITIZE))

$(FUZZERS): $(BUILD)/t/%: $(BUILD)/obj/t/%.o \
    $(if $(IS_FUZZ),,$(call objects,$(REPLAY))) $(LIBTOOLS) $(LIBRTN)
	$(call say,LINK)
	$(link) $(if $(IS_FUZZ),-fsanitize=fuzzer)

-include $(wildcard $(BUILD)/obj/*/*.d $(BUILD)/obj/*/*/*.d)


# Packages.

deps:
ifneq ($(DEPS),no)
	@packaging/install-packages $(DEPS)
endif

# For any build; the tests that want it skip where it is not there.

duckdb:
	@packaging/install-duckdb build-duckdb


# Tests.  They build in a make of their own, since what this one knows of the
# system was read before the packages were there.

test: deps
	@$(SUBMAKE) binaries
	@$(MAKE) --no-print-directory check

test-asan: deps
	@$(SUBMAKE) BUILD=build-asan SANITIZE=address,undefined binaries
	@$(MAKE) --no-print-directory BUILD=build-asan \
	    SANITIZE=address,undefined check

binaries: all $(UNITS) $(FUZZERS) $(LOAD) $(ANSWERS) $(FAULTS) $(LIMITS) \
    $(SPARE) $(FLUSHES) $(EVENTS)

# nginx itself has no sanitizer: the tests preload the library for it.

check:
	@RETENTION_BUILD=$(abspath $(BUILD)) CC='$(CC)' \
	    RETENTION_PRELOAD=$(if $(findstring address,$(SANITIZE)),$(shell \
	        $(CC) -print-file-name=libasan.so)) \
	    prove $(PROVE_FLAGS) -It/lib $(or $(T),$(SCRIPTS) $(UNITS))

# Hours of what 'make test' does for minutes; the lines with '#' are its sums.

torture: deps
	@$(SUBMAKE) binaries
	@$(MAKE) --no-print-directory check T="$(wildcard t/torture/*.t)" \
	    PROVE_FLAGS='-v $(PROVE_FLAGS)'

fuzz:
	@$(MAKE) --no-print-directory deps DEPS="$(if \
	    $(filter no,$(DEPS)),no,build clang)"
	@$(SUBMAKE) CC=clang BUILD=build-fuzz \
	    SANITIZE=address,undefined,fuzzer-no-link run-fuzz

# What a fuzzer finds goes to the build folder; the tree's corpus is only read.

run-fuzz: $(FUZZERS)
	@for fuzzer in $(FUZZERS); do \
	    name=$${fuzzer##*/}; found=$(BUILD)/corpus/$$name; \
	    mkdir -p $$found; echo "$$name: $(FUZZ_SECONDS) s"; \
	    seeds=t/fuzz/corpus/$$name; [ -d $$seeds ] || seeds=; \
	    $$fuzzer -max_total_time=$(FUZZ_SECONDS) -print_final_stats=1 \
	        -artifact_prefix=$(BUILD)/$$name- $$found $$seeds \
	        > $(BUILD)/$$name.log 2>&1 \
	        || { tail -n 60 $(BUILD)/$$name.log; exit 1; }; \
	    grep number_of_executed_units $(BUILD)/$$name.log; \
	done


demo: deps
	@$(SUBMAKE) all $(LOAD)
	@$(PERL) demo/demo.pl $(ARGS)

bench: $(if $(filter --help,$(ARGS)),,bench-peers)
	@$(PERL) bench/bench.pl $(ARGS)

bench-peers:
	@$(MAKE) --no-print-directory deps DEPS="$(if \
	    $(filter no,$(DEPS)),no,$(DEPS) test bench)"
	@$(if $(filter no,$(DEPS)),,$(SUBMAKE) duckdb)
	@$(SUBMAKE) all $(LOAD) $(LIMITS) $(SPARE) $(FLUSHES) $(EVENTS)

demo-stop:
	@$(PERL) demo/demo.pl --stop


DOC_DIR = $(DESTDIR)$(PREFIX)/share/doc/ngx-retention

install: all
	install -d $(DESTDIR)$(MODULES_DIR) $(DESTDIR)$(AVAILABLE_DIR) \
	    $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 \
	    $(DOC_DIR)/examples
	install -m 644 $(MODULE) $(DESTDIR)$(MODULES_DIR)/
	install -m 755 $(TOOL) $(DESTDIR)$(PREFIX)/bin/
	install -m 644 packaging/mod-http-retention.conf \
	    $(DESTDIR)$(AVAILABLE_DIR)/
	install -m 644 packaging/nginx.conf.example \
	    $(DOC_DIR)/examples/retention.conf
	for page in $(wildcard docs/*.1); do \
	    install -m 644 $$page $(DESTDIR)$(PREFIX)/share/man/man1/; \
	done

clean:
	rm -rf build build-asan build-clang build-fuzz build-duckdb $(BUILD)
