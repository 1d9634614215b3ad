# SPDX-License-Identifier: GPL-2.0-or-later
# The tests: Check programs under unit/, integration/ and terminal/, fuzzers, benchmarks.
if HAVE_CHECK
# tests/unit/test_NAME.c -> a Check program each
UNIT_TESTS =
check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)
endif
