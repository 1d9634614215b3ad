/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Networks as --json shows them: as they are, and as a command has left them. */
#include "base/json.h"
#include "cli/network.h"

#include <string.h>

struct json_object *cli_network_json(const struct network_row *row)
{
	struct json_object *object = json_object_new_object();
	const char *mode = enum_word(&forward_mode_words, (int)row->mode);

	json_set_string(object, "name", row->name);
	json_set_string(object, "uuid", row->uuid);
	json_set_string(object, "mode", mode != NULL ? mode : "isolated");
	json_set_string(object, "bridge", row->bridge);
	json_set_string(object, "device", row->device);
	json_set_string(object, "state", row->active ? "active" : "inactive");
	json_set_bool(object, "persistent", row->persistent);
	json_set_bool(object, "autostart", row->autostart);
	return object;
}

void cli_json_lines(struct json_object *object, const char *key, char *const *lines)
{
	struct json_object *array;

	if (lines == NULL || lines[0] == NULL)
		return;
	array = json_object_new_array();
	for (; *lines != NULL; lines++)
		json_object_array_add(array, json_object_new_string(*lines));
	json_set(object, key, array);
}

struct json_object *cli_network_after(struct cli *cli, const struct network_row *row, struct error *err)
{
	_cleanup_error_ struct error gone = ERROR_INIT;
	_cleanup_network_row_ struct network_row now = { 0 };

	if (network_find(cli->manager, row->uuid, &now, &gone))
		return cli_network_json(&now);
	if (gone.code != ERROR_NOT_FOUND) {
		error_move(err, &gone);
		return NULL;
	}
	struct network_row left = *row;

	left.active = left.persistent = left.autostart = false;
	return cli_network_json(&left);
}

bool cli_network_done(struct cli *cli, const struct network_row *row, const char *key, char *const *lines, struct error *err)
{
	struct json_object *object;

	if (!cli->json) {
		fflush(stdout);
		cli_warnings(lines);
		return true;
	}
	object = cli_network_after(cli, row, err);
	if (object == NULL)
		return false;
	cli_json_lines(object, key, lines);
	cli_json(object);
	return true;
}
