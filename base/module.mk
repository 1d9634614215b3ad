# SPDX-License-Identifier: GPL-2.0-or-later
noinst_LIBRARIES += libbase.a
libbase_a_SOURCES = \
	base/clock.c base/clock.h \
	base/enum.c base/enum.h \
	base/error.c base/error.h \
	base/file.c base/file.h \
	base/filter.c base/filter.h \
	base/gettext.h \
	base/json.c base/json.h \
	base/locale.c base/locale.h \
	base/memory.c base/memory.h \
	base/message.c \
	base/number.c \
	base/optional.h \
	base/paths.c base/paths.h \
	base/process.c base/process.h \
	base/process_run.c \
	base/schema.c base/schema.h \
	base/schema_set.c \
	base/schema_value.c \
	base/sandbox.c base/sandbox.h \
	base/socket.c base/socket.h \
	base/spawn.c base/spawn.h \
	base/strbuf.c base/strbuf.h \
	base/strv.c base/strv.h \
	base/suggest.c \
	base/text.c base/text.h \
	base/unmodelled.c base/unmodelled.h \
	base/uuid.c base/uuid.h \
	base/xml.c base/xml.h \
	base/xml_tree.c \
	base/xml_write.c \
	base/yaml.c base/yaml.h
