/* SPDX-License-Identifier: GPL-2.0-or-later */
/* QEMU's last words. */
#include "core/keeper/tail.h"

#include "base/memory.h"
#include "base/text.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TAIL_BYTES 2048
#define TAIL_LINES 10

int64_t tail_position(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) ? st.st_size : 0;
}

/* Cuts text to its last lines. */
static char *last_lines(char *text)
{
	size_t length = strlen(text);
	unsigned lines = 0;

	while (length > 0 && text[length - 1] == '\n')
		text[--length] = '\0';
	for (char *c = text + length; c > text; c--)
		if (c[-1] == '\n' && ++lines == TAIL_LINES)
			return c;
	return text;
}

char *tail_text(const char *path, int64_t from)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int64_t size = fd < 0 ? 0 : tail_position(path);
	char bytes[TAIL_BYTES + 1];

	if (size < from)
		from = 0; /* somebody cut the file */
	if (size - from > TAIL_BYTES)
		from = size - TAIL_BYTES;
	ssize_t n = size > from ? pread(fd, bytes, (size_t)(size - from), from) : 0;

	if (n <= 0)
		return xstrdup("");
	bytes[n] = '\0';
	for (ssize_t i = 0; i < n; i++)
		if ((unsigned char)bytes[i] < 0x20 && bytes[i] != '\n')
			bytes[i] = bytes[i] == '\t' || bytes[i] == '\r' ? ' ' : '?';
	char *lines = last_lines(bytes);

	/* a database takes text, a terminal too */
	if (!utf8_valid(lines, strlen(lines)))
		for (char *c = lines; *c != '\0'; c++)
			if ((unsigned char)*c >= 0x80)
				*c = '?';
	return xstrdup(lines);
}

char *tail_last_line(const char *text)
{
	const char *line = strrchr(text, '\n');

	line = line == NULL ? text : line + 1;
	/* "2026-11-21T06:22:33.631943Z qemu-system-x86_64: what it says" */
	const char *program = strstr(line, "qemu-system-"), *colon = program == NULL ? NULL : strstr(program, ": ");
	const char *blank = strchr(line, ' ');

	if (colon != NULL && (program == line || blank == program - 1))
		line = colon + 2;
	return xstrdup(line);
}
