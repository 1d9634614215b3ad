/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A user made for a test, and virtty as that user. */
#include "tests/harness/account.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/strv.h"
#include "tests/harness/home.h"
#include "tests/harness/machine.h"

#include <check.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *account;	      /* owned; NULL: none could be made */
static const char *directory; /* its home, and copies of what it runs */
static uid_t uid;
static gid_t gid;

static bool quiet(const char *const *argv)
{
	_cleanup_free_ char *program = process_find(argv[0]);
	_cleanup_strv_ char **words = strv_copy((char *const *)argv);
	_cleanup_error_ struct error err = ERROR_INIT;

	if (program == NULL)
		return false;
	free(words[0]);
	words[0] = TAKE_POINTER(program);
	return process_run_ok(words, 60000, NULL, &err);
}

static bool is_added(void *data)
{
	return quiet((const char *const[]){ "useradd", "--system", "--no-create-home", "--user-group", "--shell", "/bin/sh", data, NULL });
}

void account_make(void)
{
	_cleanup_free_ char *name = strf("vtt%d", (int)getpid());

	if (geteuid() != 0)
		return;
	if (!wait_for(is_added, name, SOON_MS))
		return;
	const struct passwd *entry = getpwnam(name);

	if (entry == NULL)
		return;
	uid = entry->pw_uid;
	gid = entry->pw_gid;
	account = TAKE_POINTER(name);
}

/* Another test may hold the lock of the accounts, and a process of the user's be on its way out. */
static bool is_removed(void *data)
{
	(void)data;
	return quiet((const char *const[]){ "userdel", account, NULL });
}

void account_remove(void)
{
	if (account != NULL && !wait_for(is_removed, NULL, SOON_MS))
		fprintf(stderr, "the account %s is left: userdel does not remove it\n", account);
	cleanup_free(&account);
}

char *account_give(const char *from, const char *name, mode_t mode)
{
	char *to = strf("%s/%s", directory, name);

	ck_assert_msg(quiet((const char *const[]){ "cp", from, to, NULL }), "cannot copy %s", from);
	ck_assert_int_eq(chmod(to, mode), 0);
	return to;
}

struct outcome as_user(const char *first, ...)
{
	_cleanup_free_ char *reuid = strf("--reuid=%u", uid), *regid = strf("--regid=%u", gid), *home = strf("HOME=%s/home", directory);
	_cleanup_free_ char *libexec = strf("VIRTTY_LIBEXEC=%s", directory), *program = strf("%s/virtty", directory);
	_cleanup_free_ char *user = strf("USER=%s", account), *setpriv = process_find("setpriv"), *env = process_find("env");
	_cleanup_strv_ char **argv = NULL;
	va_list ap;

	ck_assert_msg(setpriv != NULL && env != NULL, "no setpriv");
	for (const char *const *word = (const char *const[]){ setpriv, reuid, regid, "--clear-groups", "--inh-caps=-all", env, "-i", "-C", directory,
							      "PATH=/usr/bin:/bin", home, user, libexec, program, NULL };
	     *word != NULL; word++)
		argv = strv_add(argv, *word);
	va_start(ap, first);
	for (const char *word = first; word != NULL; word = va_arg(ap, const char *))
		argv = strv_add(argv, word);
	va_end(ap);
	return run_program((const char *const *)argv);
}

const char *account_name(void)
{
	return account;
}

uid_t account_uid(void)
{
	return uid;
}

char *account_home(void)
{
	return strf("%s/home", directory);
}

bool account_begin(const char *below)
{
	if (account == NULL) {
		skip_test(geteuid() != 0 ? "needs root to make an account" : "no account could be made with useradd");
		return false;
	}
	directory = below;
	unsetenv("VIRTTY_HOME");
	/* Every directory above it may be passed through. */
	_cleanup_free_ char *above = xstrdup(directory);

	for (char *slash = strrchr(above, '/'); slash != NULL && slash != above && strcmp(above, "/tmp") != 0; slash = strrchr(above, '/')) {
		ck_assert_int_eq(chmod(above, 0711), 0);
		*slash = '\0';
	}
	_cleanup_free_ char *home = account_home();

	ck_assert_int_eq(mkdir(home, 0700), 0);
	ck_assert_int_eq(chown(home, uid, gid), 0);
	_cleanup_free_ char *build = xstrdup(virtty_path());

	*strrchr(build, '/') = '\0';
	for (const char *const *name = (const char *const[]){ "virtty", "virtty-keeper", NULL }; *name != NULL; name++) {
		_cleanup_free_ char *from = strf("%s/%s", build, *name);

		free(account_give(from, *name, 0755));
	}
	return true;
}
