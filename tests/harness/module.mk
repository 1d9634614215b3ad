# SPDX-License-Identifier: GPL-2.0-or-later
# The harness, and the tests that run the whole program on real guests.
if HAVE_CHECK
INTEGRATION_TESTS =
STRESS_TESTS =
check_PROGRAMS += $(INTEGRATION_TESTS)
TESTS += $(INTEGRATION_TESTS)

check_LIBRARIES += libharness.a
libharness_a_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
libharness_a_SOURCES = \
	tests/harness/home.c tests/harness/home.h \
	tests/harness/machine.c tests/harness/machine.h \
	tests/harness/task.c tests/harness/task.h \
	tests/harness/viewer.c tests/harness/viewer.h

harness_libs = libharness.a libcore.a libhv.a libbase.a $(SQLITE_LIBS) $(JSON_LIBS) $(XML_LIBS) $(EVENT_LIBS) $(CHECK_LIBS)
endif
