/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The job, and what outlives who asked. */
#include "tui/iso_inquiry.h"

#include "base/memory.h"
#include "tui/job.h"

#include <stdlib.h>

struct iso_inquiry {
	char *path; /* owned; NULL: all */
	void (*done)(const char *path, void *userdata); /* NULL: dropped */
	void *userdata;
};

static void inquiry_free(void *userdata)
{
	struct iso_inquiry *inquiry = userdata;

	free(inquiry->path);
	free(inquiry);
}

static void job_ended(const struct job_result *result, void *userdata)
{
	struct iso_inquiry *inquiry = userdata;

	(void)result;
	if (inquiry->done != NULL)
		inquiry->done(inquiry->path, inquiry->userdata);
}

struct iso_inquiry *iso_inquiry_begin(struct job_list *jobs, const char *path, void (*done)(const char *path, void *userdata), void *userdata)
{
	const char *const one[] = { "osinfo", "--json", path, NULL }, *const all[] = { "iso-list", "--json", NULL };
	struct iso_inquiry *inquiry = xcalloc(1, sizeof *inquiry);

	inquiry->path = xstrdup_null(path);
	inquiry->done = done;
	inquiry->userdata = userdata;
	if (job_run(jobs, path != NULL ? one : all, job_ended, inquiry_free, inquiry, NULL))
		return inquiry;
	inquiry_free(inquiry);
	return NULL;
}

void iso_inquiry_drop(struct iso_inquiry *inquiry)
{
	if (inquiry != NULL)
		inquiry->done = NULL;
}
