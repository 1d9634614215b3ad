/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The live document is kept in step with QEMU where nobody else does it: when the author of a change died half way, and
 * when a guest lets go of a device late or by itself. The keeper cannot read documents: `virtty internal catch-up`
 * does, for a moment. */
#include "core/keeper/client.h"
#include "core/keeper/helper.h"
#include "core/keeper/plan.h"

#include "base/file.h"
#include "base/memory.h"

#include <unistd.h>

#define TRIES	3
#define RETRY_S 5

static bool is_left(struct keeper *keeper)
{
	_cleanup_free_ char *path = strf("%s/" CHANGE_FILE, keeper->plan.directory);

	return path_exists(path);
}

static void on_retry(evutil_socket_t fd, short what, void *userdata)
{
	(void)fd;
	(void)what;
	catch_up_look(userdata);
}

static void on_caught_up(struct keeper *keeper, const char *text, int *fds, size_t fd_count, const struct error *err)
{
	struct timeval later = { RETRY_S, 0 };

	for (size_t i = 0; i < fd_count; i++)
		close(fds[i]);
	if (text != NULL) {
		keeper->catch_up_failures = 0;
		return;
	}
	keeper_log(keeper, "cannot bring the document in step with QEMU: %s", error_text(err));
	keeper->unplugged = true;
	if (++keeper->catch_up_failures >= TRIES)
		return;
	if (keeper->catch_up_timer == NULL)
		keeper->catch_up_timer = evtimer_new(keeper->loop, on_retry, keeper);
	event_add(keeper->catch_up_timer, &later);
}

void catch_up_look(struct keeper *keeper)
{
	if (keeper->phase != KEEPER_RUNNING || keeper->helper != NULL || keeper->catch_up_failures >= TRIES ||
	    lock_is_held(keeper))
		return;
	if (!keeper->unplugged && !is_left(keeper))
		return;
	keeper->unplugged = false;
	helper_catch_up(keeper, on_caught_up);
}

void catch_up_note(struct keeper *keeper)
{
	keeper->unplugged = true;
	keeper->catch_up_failures = 0;
	catch_up_look(keeper);
}

void catch_up_free(struct keeper *keeper)
{
	if (keeper->catch_up_timer != NULL)
		event_free(keeper->catch_up_timer);
	keeper->catch_up_timer = NULL;
}
