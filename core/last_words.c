/* SPDX-License-Identifier: GPL-2.0-or-later */
/* QEMU's words at a failed start, from the machine's history. */
#include "core/last_words.h"

#include "base/memory.h"
#include "base/text.h"
#include "core/history.h"
#include "core/manager.h"

#include <string.h>

char *start_last_words(struct manager *manager, int64_t domain_id, int64_t since_ms)
{
	struct history_event *events;
	char *words = NULL;
	size_t count;

	if (!history_list(manager_db(manager), domain_id, 0, 1, &events, &count, NULL))
		return NULL;
	if (count > 0 && events[0].at_ms >= since_ms && text_equal(events[0].what, "Stopped Failed")) {
		/* the first line is the error that was told already */
		const char *rest = events[0].detail != NULL ? strchr(events[0].detail, '\n') : NULL;

		words = rest != NULL && rest[1] != '\0' ? xstrdup(rest + 1) : NULL;
	}
	history_free(events, count);
	return words;
}
