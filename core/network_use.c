/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which machines are on which network, by their definitions. */
#include "core/network_use.h"

#include "base/memory.h"
#include "base/text.h"
#include "base/xml.h"
#include "core/manager_internal.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A definition as it was read: the same text has the same cards. */
struct network_use_document {
	int64_t domain_id;
	bool live;
	uint64_t hash;
	struct network_use *uses; /* owned */
	size_t count;
};

static void use_clear(struct network_use *use)
{
	free(use->machine);
	free(use->network);
	free(use->bridge);
	free(use->mac);
}

static void uses_free(struct network_use *uses, size_t count)
{
	for (size_t i = 0; uses != NULL && i < count; i++)
		use_clear(&uses[i]);
	free(uses);
}

static void documents_free(struct network_use_document *documents, size_t count)
{
	for (size_t i = 0; documents != NULL && i < count; i++)
		uses_free(documents[i].uses, documents[i].count);
	free(documents);
}

void network_uses_clear(struct network_uses *uses)
{
	uses_free(uses->uses, uses->count);
	documents_free(uses->documents, uses->document_count);
	*uses = (struct network_uses){ 0 };
}

/* ---- one definition ---- */

/* As FNV-1a, eight bytes at a time. Two texts that differ and are taken for the same would show an old card, no more. */
static uint64_t hash_of(const char *text)
{
	uint64_t hash = UINT64_C(14695981039346656037), word;
	size_t left = strlen(text);

	for (; left >= sizeof word; text += sizeof word, left -= sizeof word) {
		memcpy(&word, text, sizeof word);
		hash = (hash ^ word) * UINT64_C(1099511628211);
		hash ^= hash >> 32;
	}
	word = 0;
	memcpy(&word, text, left);
	return (hash ^ word) * UINT64_C(1099511628211);
}

static void take_card(struct network_use_document *to, xmlNode *interface)
{
	_cleanup_free_ char *type = xml_attribute(interface, "type");
	xmlNode *source = xml_child(interface, "source"), *mac = xml_child(interface, "mac");
	bool network = text_equal(type, "network");

	if (source == NULL || (!network && !text_equal(type, "bridge")))
		return;
	_cleanup_free_ char *name = xml_attribute(source, network ? "network" : "bridge");

	if (name == NULL)
		return;
	*ARRAY_ADD(to->uses, to->count) = (struct network_use){
		.domain_id = to->domain_id,
		.network = network ? TAKE_POINTER(name) : NULL,
		.bridge = network ? NULL : TAKE_POINTER(name),
		.mac = mac != NULL ? xml_attribute(mac, "address") : NULL,
		.forwards = xml_child(interface, "portForward") != NULL,
	};
}

static void read_devices(struct network_use_document *to, const char *text)
{
	_cleanup_xmldoc_ xmlDoc *doc = xml_parse("definition", text, strlen(text), NULL);
	xmlNode *devices = doc != NULL ? xml_child(xmlDocGetRootElement(doc), "devices") : NULL;

	for (xmlNode *node = devices != NULL ? xml_child(devices, "interface") : NULL; node != NULL; node = xml_next(node, "interface"))
		take_card(to, node);
}

/* The next start tag of an element "interface" without a prefix; NULL: there is none. */
static const char *next_interface(const char *text)
{
	static const char tag[] = "<interface";

	while ((text = strstr(text, tag)) != NULL && strchr(" \t\r\n/>", text[sizeof tag - 1]) == NULL)
		text += sizeof tag - 1;
	return text;
}

/* Takes the cards out of the text, element by element. False, with no card taken: what is found may not be what it looks like, as in
 * comments or metadata, or an element is not whole by itself. */
static bool read_elements(struct network_use_document *to, const char *text)
{
	static const char end[] = "</interface>";
	const char *metadata = strstr(text, "</metadata>"), *from = next_interface(text);

	if (from != NULL && (strstr(text, "<!") != NULL || strstr(text, "<?") != NULL || (metadata != NULL && metadata > from)))
		return false;
	for (const char *until; from != NULL; from = next_interface(until)) {
		until = strstr(from, end);
		_cleanup_xmldoc_ xmlDoc *doc = until != NULL ? xml_parse("card", from, (size_t)(until - from) + sizeof end - 1, NULL) : NULL;

		if (doc == NULL) {
			uses_free(TAKE_POINTER(to->uses), to->count);
			to->count = 0;
			return false;
		}
		take_card(to, xmlDocGetRootElement(doc));
	}
	return true;
}

/* The cards alone: a list of a thousand machines must not have to look at all else that they are. What cannot be read has none. */
static void read_document(struct network_use_document *to, const char *text)
{
	if (!read_elements(to, text))
		read_devices(to, text);
}

/* ---- all of them ---- */

/* Both arrays are in the order of machines, the live definition first. */
static struct network_use_document *find_old(struct network_uses *uses, size_t *at, const struct network_use_document *wanted)
{
	for (; *at < uses->document_count; (*at)++) {
		struct network_use_document *old = &uses->documents[*at];

		if (old->domain_id == wanted->domain_id && old->live == wanted->live)
			return old->hash == wanted->hash ? old : NULL;
		if (old->domain_id > wanted->domain_id || (old->domain_id == wanted->domain_id && !old->live))
			return NULL;
	}
	return NULL;
}

static bool same_card(const struct network_use *a, const struct network_use *b)
{
	return a->domain_id == b->domain_id && text_equal(a->network, b->network) && text_equal(a->bridge, b->bridge) && text_equal(a->mac, b->mac);
}

/* Puts the cards of a document into the list; one that runs and is defined is there once, as running. */
static void put_cards(struct network_uses *to, size_t first, const struct network_use_document *document, const char *machine, bool running)
{
	for (size_t i = 0; i < document->count; i++) {
		const struct network_use *card = &document->uses[i];
		struct network_use *known = NULL;

		for (size_t j = first; j < to->count && known == NULL; j++)
			if (same_card(&to->uses[j], card))
				known = &to->uses[j];
		if (known == NULL) {
			known = ARRAY_ADD(to->uses, to->count);
			*known = (struct network_use){ card->domain_id, xstrdup(machine), xstrdup_null(card->network), xstrdup_null(card->bridge),
						       xstrdup_null(card->mac), false, false };
		}
		known->running |= running;
		known->forwards |= card->forwards;
	}
}

static int compare(const void *a, const void *b)
{
	const struct network_use *x = a, *y = b;
	int order = strcmp(x->machine, y->machine);

	return order != 0 ? order : strcmp(x->mac != NULL ? x->mac : "", y->mac != NULL ? y->mac : "");
}

/* One row: read, or taken from what was read before. */
static void take_row(sqlite3_stmt *row, struct network_uses *old, size_t *old_at, struct network_uses *to, size_t *first)
{
	const char *text = (const char *)sqlite3_column_text(row, 4);
	struct network_use_document *document = ARRAY_ADD(to->documents, to->document_count);
	bool another = to->document_count < 2 || document[-1].domain_id != sqlite3_column_int64(row, 0);

	*document = (struct network_use_document){ .domain_id = sqlite3_column_int64(row, 0),
						   .live = sqlite3_column_int(row, 2) != 0,
						   .hash = hash_of(text) };
	struct network_use_document *known = find_old(old, old_at, document);

	if (known != NULL) {
		document->uses = TAKE_POINTER(known->uses);
		document->count = known->count;
	} else {
		read_document(document, text);
	}
	if (another)
		*first = to->count;
	put_cards(to, *first, document, (const char *)sqlite3_column_text(row, 1), sqlite3_column_int(row, 3) != 0);
}

/* name, bridge: definitions that have one of these in them; name NULL: all. */
static bool read_uses(struct manager *manager, const char *name, const char *bridge, struct network_uses *uses, struct error *err)
{
	sqlite3_stmt *row = db_query(manager->db, err,
				     "SELECT definition.domain_id, domain.name, definition.kind = 'live',"
				     " definition.kind = 'live' AND run.phase IS NOT NULL AND run.phase != 0 AND run.boot_id = ?1, definition.xml"
				     " FROM definition JOIN domain ON domain.id = definition.domain_id"
				     " LEFT JOIN run ON run.domain_id = definition.domain_id"
				     " WHERE ?2 IS NULL OR instr(definition.xml, ?2) > 0 OR instr(definition.xml, ?3) > 0"
				     " ORDER BY definition.domain_id, definition.kind = 'persistent'",
				     "sss", process_boot_id(), name, bridge);
	struct network_uses now = { 0 };
	size_t old_at = 0, first = 0;
	bool found = true;

	while (row != NULL && found) {
		if (!db_step(manager->db, row, &found, err)) {
			/* what was taken over is gone: the next time reads it again */
			network_uses_clear(&now);
			documents_free(TAKE_POINTER(uses->documents), uses->document_count);
			uses->document_count = 0;
			return false;
		}
		if (found)
			take_row(row, uses, &old_at, &now, &first);
	}
	if (row == NULL)
		return false;
	if (now.count > 1)
		qsort(now.uses, now.count, sizeof *now.uses, compare);
	network_uses_clear(uses);
	*uses = now;
	return true;
}

bool network_uses_read(struct manager *manager, struct network_uses *uses, struct error *err)
{
	return read_uses(manager, NULL, NULL, uses, err);
}

static bool has_mac(const struct network_use *use, const void *mac)
{
	return use->mac != NULL && strcasecmp(use->mac, mac) == 0;
}

static bool is_of_row(const struct network_use *use, const void *row)
{
	return network_use_is_of(use, row);
}

static void keep(struct network_uses *uses, bool (*wanted)(const struct network_use *, const void *), const void *what)
{
	size_t count = 0;

	for (size_t i = 0; i < uses->count; i++) {
		if (wanted(&uses->uses[i], what))
			uses->uses[count++] = uses->uses[i];
		else
			use_clear(&uses->uses[i]);
	}
	uses->count = count;
}

bool network_uses_of(struct manager *manager, const struct network_row *row, struct network_uses *ret, struct error *err)
{
	*ret = (struct network_uses){ 0 };
	if (!read_uses(manager, row->name, row->bridge, ret, err))
		return false;
	keep(ret, is_of_row, row);
	return true;
}

bool network_uses_of_mac(struct manager *manager, const char *mac, struct network_uses *ret, struct error *err)
{
	_cleanup_free_ char *capitals = xstrdup(mac);

	*ret = (struct network_uses){ 0 };
	/* a document keeps its MAC as it was written */
	for (char *at = capitals; *at != '\0'; at++)
		*at = (char)toupper((unsigned char)*at);
	if (!read_uses(manager, mac, capitals, ret, err))
		return false;
	keep(ret, has_mac, mac);
	return true;
}

const struct network_use *network_uses_find_mac(const struct network_uses *uses, const char *machine, const char *mac)
{
	for (size_t i = 0; i < uses->count; i++)
		if (has_mac(&uses->uses[i], mac) && !text_equal(uses->uses[i].machine, machine))
			return &uses->uses[i];
	return NULL;
}

bool network_use_fail(const struct network_use *use, struct error *err)
{
	error_set(err, ERROR_EXISTS, "MAC %s is that of '%s' already, on %s '%s'", use->mac, use->machine,
		  use->network != NULL ? "network" : "bridge",
		  use->network != NULL ? use->network : use->bridge);
	return error_hint(err, "a card without a MAC gets one of its own; 'virtty domiflist %s' shows those of the other", use->machine);
}

bool network_use_is_of(const struct network_use *use, const struct network_row *row)
{
	return use->network != NULL ? strcmp(use->network, row->name) == 0 : row->bridge != NULL && text_equal(use->bridge, row->bridge);
}
