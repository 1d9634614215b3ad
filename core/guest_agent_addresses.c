/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a guest's agent says of its network cards, taken as far as it can be meant. */
#include "core/guest_agent.h"

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/uuid.h"

#include <stdlib.h>
#include <string.h>

#define ADDRESSES_MAX 4096 /* no honest guest has more */
#define NAME_COLUMNS  64

struct list {
	struct interface_address *items;
	size_t count;
};

/* Behind the last of its name: "eth0:1" is eth0, and need not stand beside it. */
static void add(struct list *list, const char *name, const char *mac, const struct ip_address *address, unsigned prefix)
{
	size_t at = list->count;

	(void)ARRAY_ADD(list->items, list->count);
	for (size_t i = at; i > 0; i--)
		if (strcmp(list->items[i - 1].target, name) == 0) {
			at = i;
			break;
		}
	memmove(&list->items[at + 1], &list->items[at], (list->count - 1 - at) * sizeof *list->items);
	list->items[at] = (struct interface_address){
		.target = xstrdup(name),
		.mac = xstrdup_null(mac),
		.address = *address,
		.prefix = prefix,
	};
}

/* The text up to a character, in a form that any terminal may see. Owned. */
static char *before(const char *text, char end)
{
	_cleanup_free_ char *part = xstrndup(text, strcspn(text, (const char[]){ end, '\0' }));

	return utf8_fit(part, NAME_COLUMNS, true);
}

static bool add_ip(struct list *list, const char *name, const char *mac, struct json_object *item)
{
	const char *text = json_get_string(item, "ip-address", NULL);
	_cleanup_free_ char *plain = text ? before(text, '%') : NULL; /* without the zone of a link-local one */
	int64_t prefix = json_get_int(item, "prefix", 0);
	struct ip_address address;

	if (!plain || !address_parse(plain, &address))
		return false;
	add(list, name, mac, &address, prefix > 0 && prefix <= address_bits(&address) ? (unsigned)prefix : 0);
	return true;
}

static void add_card(struct list *list, struct json_object *card)
{
	const char *text = json_get_string(card, "name", NULL), *hardware = json_get_string(card, "hardware-address", NULL);
	struct json_object *ips = json_get(card, "ip-addresses");
	_cleanup_free_ char *name = text ? before(text, ':') : NULL;
	char mac[MAC_TEXT_SIZE];
	bool has_mac = hardware && mac_parse(hardware, mac), any = false;

	if (text_empty(name))
		return;
	for (size_t i = 0; json_object_is_type(ips, json_type_array) && i < json_object_array_length(ips) && list->count < ADDRESSES_MAX; i++)
		any = add_ip(list, name, has_mac ? mac : NULL, json_object_array_get_idx(ips, i)) || any;
	if (!any)
		add(list, name, has_mac ? mac : NULL, &(struct ip_address){ 0 }, 0);
}

bool guest_agent_addresses(struct json_object *answer, struct interface_address **addresses, size_t *count, struct error *err)
{
	struct list list = { *addresses, *count };

	if (!json_object_is_type(answer, json_type_array))
		return error_set(err, ERROR_PROTOCOL, "guest agent: its answer is no list of network cards");
	for (size_t i = 0; i < json_object_array_length(answer) && list.count < ADDRESSES_MAX; i++)
		add_card(&list, json_object_array_get_idx(answer, i));
	*addresses = list.items;
	*count = list.count;
	return true;
}
