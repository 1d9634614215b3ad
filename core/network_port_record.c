/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a machine's ports may leave on the host: written down in its run directory, and taken away by it. */
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "core/network_forward.h"
#include "core/network_internal.h"
#include "core/network_port.h"
#include "hv/domain.h"
#include "hv/domain_interface.h"
#include "net/nft.h"
#include "net/ruleset.h"

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RECORD_FILE  "ports"
#define RECORD_BYTES ((size_t)1024 * 1024)
#define END_LIMIT_MS 5000

static char *record_path(struct manager *manager, int64_t domain_id)
{
	_cleanup_free_ char *directory = machine_run_directory(manager, domain_id);

	return strf("%s/%s", directory, RECORD_FILE);
}

char *network_port_alias(int64_t domain_id)
{
	return strf(NETWORK_PORT_ALIAS "%" PRId64, domain_id);
}

/* An array, an empty one where there is no record. Owned; NULL with err. */
static struct json_object *read_record(const char *path, struct error *err)
{
	_cleanup_free_ char *text = NULL;
	struct json_object *list;

	if (!path_exists(path))
		return json_object_new_array();
	if (!file_read(path, RECORD_BYTES, &text, NULL, err))
		return NULL;
	list = json_parse("ports", text, strlen(text), err);
	if (list == NULL || json_object_is_type(list, json_type_array))
		return list;
	json_object_put(list);
	return json_object_new_array();
}

static bool write_record(const char *path, struct json_object *list, struct error *err)
{
	_cleanup_free_ char *text = json_text(list);

	return file_write_volatile(path, text, strlen(text), 0600, err);
}

/* The index of an entry by its name; the array's length when there is none. */
static size_t entry_of(struct json_object *list, const char *name)
{
	size_t i = 0;

	while (i < json_object_array_length(list) && !text_equal(json_get_string(json_object_array_get_idx(list, i), "name", NULL), name))
		i++;
	return i;
}

/* Puts an entry (taken) in the place of one of its name. */
static bool put_entry(struct manager *manager, int64_t domain_id, struct json_object *entry, struct error *err)
{
	_cleanup_free_ char *path = record_path(manager, domain_id);
	_cleanup_json_ struct json_object *list = read_record(path, err);

	if (list == NULL) {
		json_object_put(entry);
		return false;
	}
	json_object_array_put_idx(list, entry_of(list, json_get_string(entry, "name", NULL)), entry);
	return write_record(path, list, err);
}

bool network_port_record(struct manager *manager, int64_t domain_id, const char *tap, const char *macvtap, bool rules, struct error *err)
{
	struct json_object *entry = json_object_new_object();

	json_set_string(entry, "name", tap);
	json_set_string(entry, "macvtap", macvtap);
	json_set_bool(entry, "rules", rules);
	return put_entry(manager, domain_id, entry, err);
}

bool network_port_record_process(struct manager *manager, int64_t domain_id, const char *name, const struct process_id *id, struct error *err)
{
	struct json_object *entry = json_object_new_object();

	json_set_string(entry, "name", name);
	json_set_int(entry, "pid", id->pid);
	json_set_int(entry, "start", (int64_t)id->start);
	return put_entry(manager, domain_id, entry, err);
}

/* QEMU has gone, and so is what served it, unless it hangs; what it holds, ports say, must be free for who comes next. */
static bool end_process(struct json_object *object, struct error *err)
{
	struct process_id id = { (pid_t)json_get_int(object, "pid", 0), (uint64_t)json_get_int(object, "start", 0) };

	if (id.pid == 0 || !process_alive(&id) || process_end(&id, SIGKILL, END_LIMIT_MS))
		return true;
	return error_set(err, ERROR_TIMEOUT, "process %ld, which served a network card, does not end", (long)id.pid);
}

/* mac: of the card; NULL: it is a tap, which is gone. What has that name, and neither the machine's mark nor, without any, its MAC, is somebody
 * else's: what is written down here was never made. */
static bool remove_macvtap(struct links *links, const char *name, const char *mac, const char *alias, struct error *err)
{
	_cleanup_error_ struct error none = ERROR_INIT;
	struct link link;

	if (mac == NULL)
		return true;
	if (!link_find(links, name, &link, &none))
		return none.code == ERROR_NOT_FOUND || error_move(err, &none);
	bool unmarked = text_equal(link.alias, "") && text_equal(link.kind, "macvtap") && text_equal(link.mac, mac);

	return !(text_equal(link.alias, alias) || unmarked) || link_delete(links, name, link.alias, err);
}

static bool remove_one(struct links *links, struct json_object *object, const char *alias, struct error *err)
{
	const char *name = json_get_string(object, "name", "");
	bool ok = end_process(object, err);

	if (json_get_bool(object, "rules", false)) {
		_cleanup_free_ char *rules = ruleset_tap_remove(name), *table = ruleset_tap_trim();
		struct error *first = ok ? err : NULL;

		ok = nft_run(rules, first) && nft_run_unless_busy(table, first) && ok;
	}
	return remove_macvtap(links, name, json_get_string(object, "macvtap", NULL), alias, ok ? err : NULL) && ok;
}

bool network_ports_remove(struct manager *manager, int64_t domain_id, struct error *err)
{
	_cleanup_free_ char *path = record_path(manager, domain_id), *alias = network_port_alias(domain_id);
	_cleanup_json_ struct json_object *list = NULL;
	_cleanup_links_ struct links *links = NULL;
	bool ok = true;

	if (!network_forward_remove(manager, domain_id, NULL, err))
		return false;
	if (!path_exists(path))
		return true;
	list = read_record(path, err);
	links = list != NULL ? links_open(err) : NULL;
	if (links == NULL)
		return false;
	for (size_t i = 0; i < json_object_array_length(list); i++)
		ok = remove_one(links, json_object_array_get_idx(list, i), alias, ok ? err : NULL) && ok;
	if (ok)
		unlink(path);
	return ok;
}

bool network_port_remove(struct manager *manager, int64_t domain_id, const char *name, struct error *err)
{
	_cleanup_free_ char *path = record_path(manager, domain_id), *alias = network_port_alias(domain_id);
	_cleanup_json_ struct json_object *list = name != NULL ? read_record(path, err) : NULL;
	_cleanup_links_ struct links *links = NULL;
	size_t at;

	if (list == NULL)
		return name == NULL;
	if (!network_forward_remove(manager, domain_id, name, err))
		return false;
	at = entry_of(list, name);
	if (at == json_object_array_length(list))
		return true;
	links = links_open(err);
	if (links == NULL || !remove_one(links, json_object_array_get_idx(list, at), alias, err))
		return false;
	json_object_array_del_idx(list, at, 1);
	return write_record(path, list, err);
}

static bool has_port(const struct domain *live, const char *name)
{
	for (size_t i = 0; i < live->interface_count; i++) {
		_cleanup_free_ char *its = network_port_name(&live->interfaces[i]);

		if (text_equal(its, name))
			return true;
	}
	return false;
}

bool network_ports_sweep(struct manager *manager, int64_t domain_id, const struct domain *live, struct error *err)
{
	_cleanup_free_ char *path = record_path(manager, domain_id);
	_cleanup_json_ struct json_object *list = read_record(path, err);

	if (list == NULL)
		return false;
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		const char *name = json_get_string(json_object_array_get_idx(list, i), "name", "");

		if (!has_port(live, name) && !network_port_remove(manager, domain_id, name, err))
			return false;
	}
	return true;
}

char *network_port_name(const struct interface *interface)
{
	/* no interface of the host is called so */
	return interface_uses_passt(interface) ? strf("passt of %s", interface->device.alias) : xstrdup_null(interface->target);
}
