/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A directory of a test's own, removed at its end, and what tests of state do in it. */
#include "tests/unit/scratch.h"

#include "base/file.h"
#include "base/memory.h"

#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char directory[32];

const char *scratch_make(void)
{
	strcpy(directory, "/tmp/vtXXXXXX");
	if (!mkdtemp(directory))
		abort();
	setenv("VIRTTY_HOME", directory, 1);
	return directory;
}

void scratch_remove(void)
{
	if (directory[0] && !directory_remove(directory, NULL))
		fprintf(stderr, "cannot remove %s\n", directory);
	directory[0] = '\0';
}

char *scratch_path(const char *name)
{
	return strf("%s/%s", directory, name);
}

void scratch_write(const char *name, const char *text)
{
	_cleanup_free_ char *path = scratch_path(name);

	if (!file_write(path, text, strlen(text), 0600, NULL))
		abort();
}

bool scratch_fork(bool (*function)(void *), void *userdata, bool as_nobody)
{
	pid_t child = fork();
	int status = 0;

	if (child < 0)
		abort();
	if (child == 0) {
		/* 65534 is nobody everywhere; a child that stays root would pass any file's mode. */
		if (as_nobody && geteuid() == 0 && (setgroups(0, NULL) < 0 || setgid(65534) < 0 || setuid(65534) < 0))
			_exit(2);
		_exit(function(userdata) ? 0 : 1);
	}
	if (waitpid(child, &status, 0) != child)
		abort();
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
