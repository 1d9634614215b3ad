# SPDX-License-Identifier: GPL-2.0-or-later
# The TUI on a pty, read back through libvterm.
EXTRA_DIST += \
	tests/terminal/golden/confirm-80x24.txt \
	tests/terminal/golden/details-devices-160x50-ascii.txt \
	tests/terminal/golden/details-devices-160x50.txt \
	tests/terminal/golden/details-devices-80x24-ascii.txt \
	tests/terminal/golden/details-devices-80x24.txt \
	tests/terminal/golden/details-events-160x50-ascii.txt \
	tests/terminal/golden/details-events-160x50.txt \
	tests/terminal/golden/details-events-80x24-ascii.txt \
	tests/terminal/golden/details-events-80x24.txt \
	tests/terminal/golden/details-notes-160x50-ascii.txt \
	tests/terminal/golden/details-notes-160x50.txt \
	tests/terminal/golden/details-notes-80x24-ascii.txt \
	tests/terminal/golden/details-notes-80x24.txt \
	tests/terminal/golden/details-overview-160x50-ascii.txt \
	tests/terminal/golden/details-overview-160x50.txt \
	tests/terminal/golden/details-overview-80x24-ascii.txt \
	tests/terminal/golden/details-overview-80x24.txt \
	tests/terminal/golden/details-xml-160x50-ascii.txt \
	tests/terminal/golden/details-xml-160x50.txt \
	tests/terminal/golden/details-xml-80x24-ascii.txt \
	tests/terminal/golden/details-xml-80x24.txt \
	tests/terminal/golden/help-80x24.txt \
	tests/terminal/golden/list-160x50.txt \
	tests/terminal/golden/list-40x10.txt \
	tests/terminal/golden/list-80x24-ascii.txt \
	tests/terminal/golden/list-80x24.txt \
	tests/terminal/golden/wizard-devices-160x50.txt \
	tests/terminal/golden/wizard-devices-80x24.txt \
	tests/terminal/golden/wizard-devices-80x24-ascii.txt \
	tests/terminal/golden/wizard-disk-160x50.txt \
	tests/terminal/golden/wizard-disk-80x24.txt \
	tests/terminal/golden/wizard-disk-80x24-ascii.txt \
	tests/terminal/golden/wizard-files-160x50.txt \
	tests/terminal/golden/wizard-files-80x24.txt \
	tests/terminal/golden/wizard-files-80x24-ascii.txt \
	tests/terminal/golden/wizard-machine-160x50.txt \
	tests/terminal/golden/wizard-machine-80x24.txt \
	tests/terminal/golden/wizard-machine-80x24-ascii.txt \
	tests/terminal/golden/wizard-source-160x50.txt \
	tests/terminal/golden/wizard-source-80x24.txt \
	tests/terminal/golden/wizard-source-80x24-ascii.txt \
	tests/terminal/golden/wizard-summary-160x50.txt \
	tests/terminal/golden/wizard-summary-80x24.txt \
	tests/terminal/golden/wizard-summary-80x24-ascii.txt

if HAVE_CHECK
TERMINAL_TESTS = \
	tests/terminal/test_tui_actions \
	tests/terminal/test_tui_console \
	tests/terminal/test_tui_details \
	tests/terminal/test_tui_list \
	tests/terminal/test_tui_terminal \
	tests/terminal/test_tui_wizard
check_PROGRAMS += $(TERMINAL_TESTS)
TESTS += $(TERMINAL_TESTS)

terminal_libs = $(harness_libs) $(VTERM_LIBS)

tests_terminal_test_tui_actions_SOURCES = tests/terminal/test_tui_actions.c tests/terminal/stage.c tests/terminal/stage.h
tests_terminal_test_tui_actions_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_terminal_test_tui_actions_LDADD = $(terminal_libs)

tests_terminal_test_tui_console_SOURCES = tests/terminal/test_tui_console.c tests/terminal/stage.c tests/terminal/stage.h
tests_terminal_test_tui_console_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_terminal_test_tui_console_LDADD = $(terminal_libs)

tests_terminal_test_tui_details_SOURCES = tests/terminal/test_tui_details.c tests/terminal/stage.c tests/terminal/stage.h
tests_terminal_test_tui_details_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_terminal_test_tui_details_LDADD = $(terminal_libs)

tests_terminal_test_tui_list_SOURCES = tests/terminal/test_tui_list.c tests/terminal/stage.c tests/terminal/stage.h
tests_terminal_test_tui_list_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_terminal_test_tui_list_LDADD = $(terminal_libs)

tests_terminal_test_tui_terminal_SOURCES = tests/terminal/test_tui_terminal.c tests/terminal/stage.c tests/terminal/stage.h
tests_terminal_test_tui_terminal_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_terminal_test_tui_terminal_LDADD = $(terminal_libs)

tests_terminal_test_tui_wizard_SOURCES = tests/terminal/test_tui_wizard.c tests/terminal/stage.c tests/terminal/stage.h
tests_terminal_test_tui_wizard_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_terminal_test_tui_wizard_LDADD = $(terminal_libs)
endif
