/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzzes what a job reads: its plan out of the state, whose text is read again as the same, and what qemu-img prints. */
#include "base/json.h"
#include "base/memory.h"
#include "core/image_work.h"
#include "core/job_internal.h"
#include "storage/qemu_img.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_plan(const char *text)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct job_reading reading, again;

	if (!job_plan_read(text, &reading, &err)) {
		if (err.code == ERROR_NONE)
			abort();
		return;
	}
	_cleanup_free_ char *written = job_plan_text(&reading.plan, reading.has_fd), *rewritten = NULL;

	if (!job_plan_read(written, &again, &err)) {
		fprintf(stderr, "%s\n%s\n", error_text(&err), written);
		abort();
	}
	rewritten = job_plan_text(&again.plan, again.has_fd);
	if (strcmp(written, rewritten) != 0) {
		fprintf(stderr, "%s\n%s\n", written, rewritten);
		abort();
	}
	job_reading_clear(&again);
	job_reading_clear(&reading);
}

static void try_output(const char *text)
{
	static const int statuses[] = { 0, 1 << 8, 2 << 8, 3 << 8, 9 };
	unsigned permille = 0;

	if (qemu_img_progress(text, &permille) && permille > 1000)
		abort();
	for (size_t i = 0; i < ARRAY_LENGTH(statuses); i++) {
		_cleanup_free_ char *checked = NULL, *compared = NULL, *words = NULL;
		struct image_compare_result compare;
		struct image_check_result check;

		if (job_outcome(JOB_CHECK, statuses[i], text, &checked) && image_check_read(checked, &check, NULL))
			words = image_check_text(&check);
		if (job_outcome(JOB_COMPARE, statuses[i], text, &compared) && !image_compare_read(compared, &compare, NULL))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = xstrndup((const char *)data, size);

	try_plan(text);
	try_output(text);
	return 0;
}
