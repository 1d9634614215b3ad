/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ISOs for tests. */
#include "tests/harness/iso.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/strv.h"
#include "tests/harness/home.h"
#include "tests/harness/task.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TRIES 5

static char **add(char **argv, const char *option, const char *value)
{
	return value != NULL ? strv_add(strv_add(argv, option), value) : argv;
}

/* On a busy host xorriso now and then ends by a fault of its own. */
static void run_xorriso(const char *const *argv, const char *path)
{
	for (int tries = 0; tries < TRIES; tries++) {
		_cleanup_outcome_ struct outcome outcome = run_program(argv);

		if (outcome.status == 0)
			return;
		unlink(path);
		ck_assert_msg(tries + 1 < TRIES && strstr(outcome.err, "SIGSEGV") != NULL, "xorriso: %s", outcome.err);
	}
}

bool make_iso(const char *path, const char *volume, const char *publisher, const char *system, const char *application, bool boots)
{
	static const char sector[2048];
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *program = process_find("xorriso"), *tree = strf("%s.tree", path), *image = strf("%s/boot.img", tree);
	_cleanup_strv_ char **argv = NULL;

	if (program == NULL) {
		skip_test("xorriso is not installed");
		return false;
	}
	ck_assert_msg(directory_make(tree, 0700, &err) && file_write(image, sector, sizeof sector, 0600, &err), "%s", error_text(&err));
	argv = strv_add(strv_add(strv_add(strv_add(argv, program), "-as"), "mkisofs"), "-quiet");
	argv = add(argv, "-V", volume);
	argv = add(argv, "-publisher", publisher);
	argv = add(argv, "-sysid", system);
	argv = add(argv, "-A", application);
	if (boots) {
		argv = add(argv, "-b", "boot.img");
		argv = strv_add(strv_add(argv, "-no-emul-boot"), "-eltorito-alt-boot");
		argv = add(argv, "-e", "boot.img");
		argv = strv_add(argv, "-no-emul-boot");
	}
	argv = strv_add(add(argv, "-o", path), tree);
	run_xorriso((const char *const *)argv, path);
	ck_assert(directory_remove(tree, &err));
	return true;
}
