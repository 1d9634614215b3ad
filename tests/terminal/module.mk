# SPDX-License-Identifier: GPL-2.0-or-later
# The TUI on a pty, read back through libvterm.
EXTRA_DIST += tests/terminal/golden tests/terminal/web1.xml

if HAVE_CHECK
TERMINAL_TESTS = \
	tests/terminal/test_tui_actions \
	tests/terminal/test_tui_cards \
	tests/terminal/test_tui_console \
	tests/terminal/test_tui_details \
	tests/terminal/test_tui_guest \
	tests/terminal/test_tui_keys \
	tests/terminal/test_tui_kinds \
	tests/terminal/test_tui_list \
	tests/terminal/test_tui_many \
	tests/terminal/test_tui_networks \
	tests/terminal/test_tui_pictures \
	tests/terminal/test_tui_random \
	tests/terminal/test_tui_screen \
	tests/terminal/test_tui_screens \
	tests/terminal/test_tui_storage \
	tests/terminal/test_tui_storms \
	tests/terminal/test_tui_terminal \
	tests/terminal/test_tui_view \
	tests/terminal/test_tui_wizard
check_PROGRAMS += $(TERMINAL_TESTS)
TESTS += $(TERMINAL_TESTS)
STRESS_TESTS += tests/terminal/test_tui_random

terminal_libs = $(harness_libs) $(VTERM_LIBS)
screen_stage = tests/terminal/screen_stage.c tests/terminal/screen_stage.h tests/terminal/stage.c tests/terminal/stage.h

# every place of the TUI, and the tests that walk them all
places_sources = tests/terminal/key_bytes.c tests/terminal/key_bytes.h \
	tests/terminal/places.c tests/terminal/places.h tests/terminal/puppet.c tests/terminal/puppet.h \
	tests/terminal/shop.c tests/terminal/shop.h tests/terminal/stage.c tests/terminal/stage.h
places_libs = libharness.a $(TUI_LDADD)

tests_terminal_test_tui_actions_SOURCES = tests/terminal/test_tui_actions.c tests/terminal/stage.c tests/terminal/stage.h
tests_terminal_test_tui_actions_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_terminal_test_tui_actions_LDADD = $(terminal_libs)

tests_terminal_test_tui_cards_SOURCES = tests/terminal/test_tui_cards.c tests/terminal/stage.c tests/terminal/stage.h
tests_terminal_test_tui_cards_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_terminal_test_tui_cards_LDADD = $(terminal_libs)

tests_terminal_test_tui_console_SOURCES = tests/terminal/test_tui_console.c tests/terminal/stage.c tests/terminal/stage.h
tests_terminal_test_tui_console_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_terminal_test_tui_console_LDADD = $(terminal_libs)

tests_terminal_test_tui_details_SOURCES = tests/terminal/test_tui_details.c tests/terminal/stage.c tests/terminal/stage.h
tests_terminal_test_tui_details_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_terminal_test_tui_details_LDADD = $(terminal_libs)

tests_terminal_test_tui_guest_SOURCES = tests/terminal/test_tui_guest.c tests/terminal/stage.c tests/terminal/stage.h
tests_terminal_test_tui_guest_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_terminal_test_tui_guest_LDADD = $(terminal_libs)

tests_terminal_test_tui_kinds_SOURCES = tests/terminal/test_tui_kinds.c $(places_sources)
tests_terminal_test_tui_kinds_CFLAGS = $(TUI_CFLAGS)
tests_terminal_test_tui_kinds_LDADD = $(places_libs)

tests_terminal_test_tui_list_SOURCES = tests/terminal/test_tui_list.c tests/terminal/stage.c tests/terminal/stage.h
tests_terminal_test_tui_list_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_terminal_test_tui_list_LDADD = $(terminal_libs)

tests_terminal_test_tui_keys_SOURCES = tests/terminal/test_tui_keys.c tests/terminal/key_effects.c tests/terminal/key_effects.h $(places_sources)
tests_terminal_test_tui_keys_CFLAGS = $(TUI_CFLAGS)
tests_terminal_test_tui_keys_LDADD = $(places_libs)

tests_terminal_test_tui_many_SOURCES = tests/terminal/test_tui_many.c $(places_sources)
tests_terminal_test_tui_many_CFLAGS = $(TUI_CFLAGS)
tests_terminal_test_tui_many_LDADD = $(places_libs)

tests_terminal_test_tui_pictures_SOURCES = tests/terminal/test_tui_pictures.c $(screen_stage)
tests_terminal_test_tui_pictures_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) $(ZLIB_CFLAGS)
tests_terminal_test_tui_pictures_LDADD = $(terminal_libs) $(ZLIB_LIBS)

tests_terminal_test_tui_random_SOURCES = tests/terminal/test_tui_random.c $(places_sources)
tests_terminal_test_tui_random_CFLAGS = $(TUI_CFLAGS)
tests_terminal_test_tui_random_LDADD = $(places_libs)

tests_terminal_test_tui_screen_SOURCES = tests/terminal/test_tui_screen.c tests/terminal/stage.c tests/terminal/stage.h
tests_terminal_test_tui_screen_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_terminal_test_tui_screen_LDADD = $(terminal_libs)

tests_terminal_test_tui_screens_SOURCES = tests/terminal/test_tui_screens.c $(places_sources)
tests_terminal_test_tui_screens_CFLAGS = $(TUI_CFLAGS)
tests_terminal_test_tui_screens_LDADD = $(places_libs)

tests_terminal_test_tui_networks_SOURCES = tests/terminal/test_tui_networks.c tests/terminal/stage.c tests/terminal/stage.h
tests_terminal_test_tui_networks_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_terminal_test_tui_networks_LDADD = $(terminal_libs)

tests_terminal_test_tui_storage_SOURCES = tests/terminal/test_tui_storage.c tests/terminal/stage.c tests/terminal/stage.h
tests_terminal_test_tui_storage_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_terminal_test_tui_storage_LDADD = $(terminal_libs)

tests_terminal_test_tui_storms_SOURCES = tests/terminal/test_tui_storms.c $(places_sources)
tests_terminal_test_tui_storms_CFLAGS = $(TUI_CFLAGS)
tests_terminal_test_tui_storms_LDADD = $(places_libs)

tests_terminal_test_tui_terminal_SOURCES = tests/terminal/test_tui_terminal.c tests/terminal/stage.c tests/terminal/stage.h
tests_terminal_test_tui_terminal_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_terminal_test_tui_terminal_LDADD = $(terminal_libs)

tests_terminal_test_tui_view_SOURCES = tests/terminal/test_tui_view.c $(screen_stage)
tests_terminal_test_tui_view_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_terminal_test_tui_view_LDADD = $(terminal_libs)

tests_terminal_test_tui_wizard_SOURCES = tests/terminal/test_tui_wizard.c tests/terminal/shop.c tests/terminal/shop.h \
	tests/terminal/stage.c tests/terminal/stage.h
tests_terminal_test_tui_wizard_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_terminal_test_tui_wizard_LDADD = $(terminal_libs)
endif
