# SPDX-License-Identifier: GPL-2.0-or-later
# The tests: Check programs under unit/, integration/ and terminal/, fuzzers, benchmarks.
if HAVE_CHECK
# tests/unit/test_NAME.c -> a Check program each
UNIT_TESTS =
check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)

UNIT_LDADD = libhv.a libbase.a $(JSON_LIBS) $(XML_LIBS) $(CHECK_LIBS)

UNIT_TESTS += tests/unit/test_caps
tests_unit_test_caps_SOURCES = tests/unit/test_caps.c
tests_unit_test_caps_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_caps_LDADD = $(UNIT_LDADD)

UNIT_TESTS += tests/unit/test_firmware
tests_unit_test_firmware_SOURCES = tests/unit/test_firmware.c
tests_unit_test_firmware_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_firmware_LDADD = $(UNIT_LDADD)

UNIT_TESTS += tests/unit/test_qmp
tests_unit_test_qmp_SOURCES = tests/unit/test_qmp.c
tests_unit_test_qmp_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_qmp_LDADD = $(UNIT_LDADD)

UNIT_TESTS += tests/unit/test_qmp_scan
tests_unit_test_qmp_scan_SOURCES = tests/unit/test_qmp_scan.c
tests_unit_test_qmp_scan_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_qmp_scan_LDADD = $(UNIT_LDADD)

CORE_LDADD = libcore.a libhv.a libbase.a $(SQLITE_LIBS) $(JSON_LIBS) $(XML_LIBS) $(CHECK_LIBS)

UNIT_TESTS += tests/unit/test_db
tests_unit_test_db_SOURCES = tests/unit/test_db.c tests/unit/scratch.c tests/unit/scratch.h
tests_unit_test_db_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_db_LDADD = $(CORE_LDADD)

UNIT_TESTS += tests/unit/test_run
tests_unit_test_run_SOURCES = tests/unit/test_run.c tests/unit/scratch.c tests/unit/scratch.h
tests_unit_test_run_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_run_LDADD = $(CORE_LDADD)
endif
