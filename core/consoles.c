/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The consoles of an active machine, as its keeper noted them. */
#include "base/json.h"
#include "base/memory.h"
#include "core/live.h"
#include "core/manager_internal.h"
#include "hv/domain.h"
#include "hv/launch.h"

#include <stdlib.h>
#include <string.h>

void console_infos_free(struct console_info *infos, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(infos[i].name);
		free(infos[i].viewer);
		free(infos[i].log);
		free(infos[i].pty);
	}
	free(infos);
}

void machine_consoles(const struct machine *machine, struct console_info **ret, size_t *ret_count)
{
	const char *text = machine->run.detail;
	_cleanup_json_ struct json_object *detail = text ? json_parse("run", text, strlen(text), NULL) : NULL;
	struct json_object *array = detail ? json_get(detail, "consoles") : NULL;

	*ret = NULL;
	*ret_count = 0;
	for (size_t i = 0; json_object_is_type(array, json_type_array) && i < json_object_array_length(array); i++) {
		struct json_object *object = json_object_array_get_idx(array, i);
		struct console_info *info = ARRAY_ADD(*ret, *ret_count);

		info->name = xstrdup(json_get_string(object, "name", ""));
		info->viewer = xstrdup(json_get_string(object, "viewer", ""));
		info->log = xstrdup_null(json_get_string(object, "log", NULL));
		info->pty = xstrdup_null(json_get_string(object, "pty", NULL));
	}
}

bool domain_count_consoles(struct manager *manager, const struct machine *machine, size_t *ret, struct error *err)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_domain_ struct domain *domain = NULL;

	*ret = 0;
	if (domain_xml(manager, machine, XML_INACTIVE, &text, err))
		domain = domain_parse(machine->name, text, strlen(text), err);
	if (domain == NULL)
		return false;
	struct launch_console *consoles = launch_consoles(domain, "", "", ret);

	launch_consoles_free(consoles, *ret);
	return true;
}

bool domain_consoles(struct manager *manager, const struct machine *machine, struct console_info **ret, size_t *ret_count, struct error *err)
{
	/* A console needs a keeper: an orphan gets one. */
	_cleanup_free_ char *control = domain_control(manager, machine, err);
	_cleanup_machine_ struct machine now = { 0 };

	*ret = NULL;
	*ret_count = 0;
	if (!control || !machine_reload(manager, machine->id, &now, err))
		return false;
	if (!machine_is_active(&now))
		return fail_not_running(&now, err);
	machine_consoles(&now, ret, ret_count);
	return true;
}
