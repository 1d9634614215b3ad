/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs nft. */
#include "net/nft.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define NFT_TIMEOUT_MS 30000

/* nft says what is wrong first, and shows where below it: "/dev/stdin:3:1-9: Error: Could not process rule: File exists". Owned. */
static char *reason(const char *errors)
{
	size_t length = strcspn(errors, "\n");
	_cleanup_free_ char *line = xstrndup(errors, length);
	const char *words = strstr(line, "Error: ");

	words = words != NULL ? words + strlen("Error: ") : line;
	if (text_starts(words, "Could not process rule: "))
		words += strlen("Could not process rule: ");
	return xstrdup(words);
}

static bool judge(bool ran, const char *errors, int status, struct error *err)
{
	if (!ran) {
		if (err != NULL && err->code == ERROR_NOT_FOUND)
			error_hint(err, "install the package nftables");
		return false;
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	_cleanup_free_ char *why = reason(errors);

	if (text_empty(why)) {
		_cleanup_free_ char *ending = process_status_text(status);

		return error_set(err, ERROR_FAILED, "nft: %s", ending);
	}
	error_set(err,
		  text_ends(why, "File exists")	  ? ERROR_EXISTS :
		  text_ends(why, "resource busy") ? ERROR_BUSY :
						    ERROR_FAILED,
		  "nft: %s", why);
	return text_ends(why, "not permitted") ? error_hint(err, "changing the host's firewall needs root (CAP_NET_ADMIN)") : false;
}

#define NFT_ARGV                                                                  \
	(char *[])                                                                \
	{                                                                         \
		(char[]){ "nft" }, (char[]){ "-f" }, (char[]){ "-" }, NULL        \
	}

bool nft_run(const char *text, struct error *err)
{
	_cleanup_free_ char *errors = NULL;
	int status = 0;
	bool ran = process_run_input(NFT_ARGV, text, NFT_TIMEOUT_MS, NULL, &errors, &status, err);

	return judge(ran, errors, status, err);
}

bool nft_run_from(int fd, const char *text, struct error *err)
{
	_cleanup_free_ char *errors = NULL;
	int status = 0;

	if (ftruncate(fd, 0) < 0 || lseek(fd, 0, SEEK_SET) < 0 || !write_all(fd, text, strlen(text)) || lseek(fd, 0, SEEK_SET) < 0)
		return error_set_errno(err, errno, "cannot write what nft is to do");
	bool ran = process_run_from(NFT_ARGV, fd, NFT_TIMEOUT_MS, NULL, &errors, &status, err);

	return judge(ran, errors, status, err);
}

bool nft_run_unless_busy(const char *text, struct error *err)
{
	_cleanup_error_ struct error busy = ERROR_INIT;

	return nft_run(text, &busy) || busy.code == ERROR_BUSY || error_move(err, &busy);
}

char *nft_list(void)
{
	char *argv[] = { (char[]){ "nft" }, (char[]){ "-j" }, (char[]){ "list" }, (char[]){ "ruleset" }, NULL };
	char *output = NULL;

	if (!process_run_ok(argv, NFT_TIMEOUT_MS, &output, NULL))
		return xstrdup("");
	return output;
}
