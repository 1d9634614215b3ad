/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzzer of the QMP client: what a hostile QEMU may answer. */
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "hv/qmp.h"

#include <json-c/json.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

struct seen {
	unsigned replies;
};

static void on_event(struct qmp *qmp, const char *name, struct json_object *data, int64_t at_ms, void *userdata)
{
	(void)qmp;
	(void)name;
	(void)at_ms;
	(void)userdata;
	if (data != NULL)
		json_object_to_json_string(data);
}

static void on_reply(struct qmp *qmp, struct json_object *reply, const struct error *err, void *userdata)
{
	struct seen *seen = userdata;

	(void)qmp;
	if ((reply == NULL) != error_is_set(err))
		abort();
	seen->replies++;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* A socket holds this much without anybody reading. */
	if (size > 32768)
		return 0;
	_cleanup_error_ struct error err = ERROR_INIT;
	struct seen seen = { 0 };
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		abort();
	struct qmp *qmp = qmp_new(pair[0], on_event, NULL);

	qmp_send(qmp, "query-status", NULL, on_reply, &seen);
	qmp_send(qmp, "stop", json_object_new_object(), on_reply, &seen);
	if (!write_all(pair[1], data, size))
		abort();
	shutdown(pair[1], SHUT_WR);
	/* The end of the stream comes at last; until then each step takes some of it. */
	for (size_t steps = 0; qmp_step(qmp, &err); steps++)
		if (steps > size + 64)
			abort();
	/* Every command had its one answer. */
	if (seen.replies != 2)
		abort();
	qmp_free(qmp);
	close(pair[1]);
	return 0;
}
