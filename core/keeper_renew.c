/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds keepers of an older version and has them executed anew, in place. */
#include "core/keeper_renew.h"

#include "base/json.h"
#include "base/memory.h"
#include "base/paths.h"
#include "config.h"
#include "core/run.h"
#include "hv/qmp.h"

#include <string.h>

#define RENEW_LIMIT_MS 5000

static bool is_older(const struct run *run)
{
	/* no detail: it is still starting, by whoever started it */
	if (run->detail == NULL)
		return false;
	_cleanup_json_ struct json_object *detail = json_parse("run.detail", run->detail, strlen(run->detail), NULL);

	return detail != NULL && strverscmp(json_get_string(detail, "version", ""), PACKAGE_VERSION) < 0;
}

void keeper_renew(const struct run *run, const char *control)
{
	if (!is_older(run))
		return;
	_cleanup_free_ char *program = paths_helper("virtty-keeper");
	struct json_object *arguments = json_object_new_object();

	json_set_string(arguments, "path", program);
	qmp_call(control, "virtty-reexec", arguments, RENEW_LIMIT_MS, NULL, NULL);
}
