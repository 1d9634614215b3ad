/* SPDX-License-Identifier: GPL-2.0-or-later */
/* virtty-osinfo: answers questions to libosinfo's data. Its socket is descriptor 3; what is said there, in messages of base/process.h, is in
 * osinfo/catalog.h. It ends when the asker closes its end. */
#include "base/json.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/sandbox.h"
#include "osinfo/catalog.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

/* libosinfo's loader leaves a few bytes behind: they are not ours to be told of. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifdef SANITIZED
#include <sanitizer/lsan_interface.h>
#define LEAKS_IGNORED(statement) (__lsan_disable(), (statement), __lsan_enable())
#else
#define LEAKS_IGNORED(statement) (statement)
#endif

#define ASKER_FD      3
#define FIRST_OTHER   4
#define REQUEST_LIMIT (1024 * 1024)
#define SECONDS	      20 /* of processor time: an expression that never comes to its end is given up */

/* False: the asker has gone, or speaks another language. */
static bool serve(struct catalog *catalog, struct error *err)
{
	_cleanup_json_ struct json_object *request = NULL, *answers = NULL;
	_cleanup_free_ char *text = NULL, *answer = NULL;

	if (!message_receive(ASKER_FD, REQUEST_LIMIT, -1, &text, NULL, 0, NULL, err))
		return false;
	request = json_parse("request", text, strlen(text), err);
	answers = request != NULL ? catalog_answer(catalog, request, err) : NULL;
	if (answers == NULL)
		return false;
	answer = json_text(answers);
	return message_send(ASKER_FD, answer, strlen(answer), NULL, 0, err);
}

int main(void)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	const struct rlimit time = { SECONDS, SECONDS };
	struct catalog *catalog;

	sandbox_close_from(FIRST_OTHER);
	signal(SIGPIPE, SIG_IGN);
	setrlimit(RLIMIT_CPU, &time);
	/* Names as everybody knows them: answers are kept, and not for one language. */
	setenv("LC_ALL", "C", 1);
	unsetenv("LANGUAGE");
	LEAKS_IGNORED(catalog = catalog_load(&err));
	if (catalog == NULL || !sandbox_enter(&err)) {
		fprintf(stderr, "%s\n", error_text(&err));
		catalog_free(catalog);
		return 1;
	}
	/* From here on what is read may come from anybody. */
	while (serve(catalog, &err))
		;
	catalog_free(catalog);
	return 0;
}
