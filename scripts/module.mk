# SPDX-License-Identifier: GPL-2.0-or-later
# Scripts that belong to the tarball, and what `make check` runs of them.
EXTRA_DIST += \
	.ci/run \
	scripts/check \
	scripts/check-layers \
	scripts/check-screens \
	scripts/check-words \
	scripts/guest/console \
	scripts/guest/grub.cfg \
	scripts/guest/inittab \
	scripts/guest/modules \
	scripts/guest/power \
	scripts/guest/rc \
	scripts/guest/udhcpc.sh \
	scripts/lib/build.sh \
	scripts/lib/guest.sh \
	scripts/lib/packages.sh \
	scripts/make-demo-iso \
	scripts/quickstart \
	tests/guest/bin/agent \
	tests/guest/bin/crash \
	tests/guest/bin/flood \
	tests/guest/bin/hostile \
	tests/guest/bin/screen \
	tests/guest/bin/served \
	tests/guest/host/init \
	tests/guest/host/iscsi.sh \
	tests/guest/host/lib.sh \
	tests/guest/host/netfs.sh \
	tests/guest/host/modules \
	tests/guest/host/programs \
	tests/guest/host/up.sh \
	tests/guest/make-agent \
	tests/guest/make-guest \
	tests/guest/make-host \
	tests/guest/src/dhcp6.c \
	tests/guest/src/frame.c \
	tests/guest/src/udp_echo.c

# The tree's rules are a test like any other.
tree_rules = scripts/check-layers scripts/check-screens scripts/check-words
TESTS += $(tree_rules)

# For scripts/check: what is there to run.
.PHONY: print-unit-tests print-fuzz-targets stress
print-unit-tests:
	@echo $(UNIT_TESTS) $(tree_rules)
print-fuzz-targets:
	@echo $(FUZZ_TARGETS)

# The screens that README and guide show, from the texts that the tests compare with.
.PHONY: screens
screens:
	srcdir='$(srcdir)' '$(srcdir)/scripts/check-screens' --write

# The long loops: kills at random moments, of machines 500 rounds, of jobs, networks and bridges 200; 250 guests on one network; other random keys than the last time (their seed is printed).
stress: $(check_PROGRAMS) $(bin_PROGRAMS) $(pkglibexec_PROGRAMS)
	VIRTTY_KILL_ROUNDS=500 VIRTTY_JOB_ROUNDS=200 VIRTTY_NETWORK_ROUNDS=200 VIRTTY_NETWORK_GUESTS=250 VIRTTY_BRIDGE_ROUNDS=200 VIRTTY_KEYS_COUNT=100000 VIRTTY_KEYS_SEED=$$(date +%s) $(MAKE) $(AM_MAKEFLAGS) check TESTS="$(STRESS_TESTS)"
