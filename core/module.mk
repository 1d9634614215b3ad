# SPDX-License-Identifier: GPL-2.0-or-later
# files of core/
noinst_LIBRARIES += libcore.a
libcore_a_SOURCES = \
	core/console.c core/console.h \
	core/console_frame.c core/console_frame.h \
	core/db.c core/db.h \
	core/db_error.c \
	core/db_internal.h \
	core/db_open.c \
	core/db_schema.c \
	core/history.c core/history.h \
	core/install.h \
	core/keeper/plan.h \
	core/manager.h \
	core/prepare.h \
	core/run.c core/run.h \
	core/run_row.h \
	core/run_words.c
