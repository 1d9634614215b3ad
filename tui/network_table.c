/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The columns of networks and of what lies in one, and how they are sorted and found. */
#include "base/clock.h"
#include "base/gettext.h"
#include "base/memory.h"
#include "base/text.h"
#include "tui/compare.h"
#include "tui/filter_words.h"
#include "tui/network_entries.h"
#include "tui/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BARS 8

/* ---- networks ---- */

enum {
	NETWORK_MARK, NETWORK_NAME, NETWORK_STATE, NETWORK_MODE, NETWORK_BRIDGE, NETWORK_SUBNET, NETWORK_MACHINES, NETWORK_BARS, NETWORK_RECEIVED,
	NETWORK_SENT, NETWORK_COLUMNS
};

static const struct list_column network_columns[NETWORK_COLUMNS] = {
	[NETWORK_MARK] = { "", .width = 2 },
	[NETWORK_NAME] = { N_("Network"), .width = 10, .grow = 3, .most = 32 },
	[NETWORK_STATE] = { N_("State"), .width = 8, .priority = 1 },
	[NETWORK_MODE] = { N_("Mode"), .width = 12, .grow = 2, .most = 22, .priority = 2 },
	[NETWORK_BRIDGE] = { N_("Bridge"), .width = 8, .grow = 1, .most = 15, .priority = 7 },
	[NETWORK_SUBNET] = { N_("Subnet"), .width = 18, .grow = 3, .most = 40, .priority = 4 },
	[NETWORK_MACHINES] = { N_("Used"), .width = 5, .priority = 3, .right = true },
	[NETWORK_BARS] = { "", .width = BARS, .priority = 8 },
	[NETWORK_RECEIVED] = { N_("In/s"), .width = 9, .priority = 5, .right = true },
	[NETWORK_SENT] = { N_("Out/s"), .width = 9, .priority = 6, .right = true },
};

static const struct network_row *row_of(size_t item, void *userdata)
{
	return &((const struct network_model *)userdata)->rows[item];
}

static const struct network_facts *facts_of(size_t item, void *userdata)
{
	return &((const struct network_model *)userdata)->facts[item];
}

static const char *network_name(size_t item, void *userdata)
{
	return row_of(item, userdata)->name;
}

static void network_cell(size_t item, size_t column, struct list_cell *ret, void *userdata)
{
	const struct network_model *model = userdata;
	const struct network_row *row = row_of(item, userdata);
	const struct network_facts *facts = facts_of(item, userdata);

	switch (column) {
	case NETWORK_MARK:
		ret->text = xstrdup(row->autostart ? " A" : "");
		ret->style = STYLE_DIM;
		break;
	case NETWORK_NAME:
		ret->text = xstrdup(row->name);
		break;
	case NETWORK_STATE:
		ret->text = xstrdup(network_state_word(model, item, &ret->style));
		break;
	case NETWORK_MODE:
		ret->text = xstrdup(facts->mode);
		break;
	case NETWORK_BRIDGE:
		ret->text = facts->own_bridge ? xstrdup_null(row->bridge) : NULL;
		ret->style = STYLE_DIM;
		break;
	case NETWORK_SUBNET:
		ret->text = xstrdup_null(facts->subnets);
		break;
	case NETWORK_MACHINES:
		ret->text = strf("%zu", facts->machines);
		ret->style = facts->running > 0 ? STYLE_RUNNING : STYLE_DIM;
		break;
	case NETWORK_BARS:
		ret->text = network_traffic_bars(facts, BARS, terminal_utf8(model->ui->term));
		ret->style = STYLE_RUNNING;
		break;
	case NETWORK_RECEIVED:
	case NETWORK_SENT:
		ret->text = facts->rates_known ? size_format(column == NETWORK_SENT ? facts->sent_s : facts->received_s) : NULL;
		break;
	default:
		break;
	}
}

static bool network_matches(size_t item, char *const *words, void *userdata)
{
	const struct network_row *row = row_of(item, userdata);
	const struct network_facts *facts = facts_of(item, userdata);
	enum style style;
	const char *const texts[] = { row->name, facts->leads, network_state_word(userdata, item, &style), row->bridge, facts->subnets, facts->who };

	return filter_matches(words, texts, ARRAY_LENGTH(texts));
}

static int network_compare(size_t a, size_t b, size_t column, void *userdata)
{
	const struct network_row *x = row_of(a, userdata), *y = row_of(b, userdata);
	const struct network_facts *f = facts_of(a, userdata), *g = facts_of(b, userdata);

	switch (column) {
	case NETWORK_STATE:
		return (int)y->active - (int)x->active;
	case NETWORK_MODE:
		return compare_texts(f->mode, g->mode);
	case NETWORK_BRIDGE:
		return compare_texts(f->own_bridge ? x->bridge : NULL, g->own_bridge ? y->bridge : NULL);
	case NETWORK_SUBNET:
		return compare_texts(f->subnets, g->subnets);
	case NETWORK_MACHINES:
		return compare_unsigned(f->machines, g->machines);
	case NETWORK_BARS:
		return compare_unsigned(f->received_s + f->sent_s, g->received_s + g->sent_s);
	case NETWORK_RECEIVED:
		return compare_unsigned(f->received_s, g->received_s);
	case NETWORK_SENT:
		return compare_unsigned(f->sent_s, g->sent_s);
	default:
		return strcasecmp(x->name, y->name);
	}
}

static bool network_descends(size_t column)
{
	return column >= NETWORK_MACHINES;
}

const struct table_class network_table = {
	.columns = network_columns,
	.column_count = NETWORK_COLUMNS,
	.first_sorted = NETWORK_NAME,
	.nothing = N_("there is no network: n makes one"),
	.not_found = N_("no network has that in its name, mode, state, bridge, subnet or machines"),
	.cell = network_cell,
	.name = network_name,
	.matches = network_matches,
	.compare = network_compare,
	.descends = network_descends,
};

/* ---- what lies in one ---- */

enum { ENTRY_MARK, ENTRY_KIND, ENTRY_WHO, ENTRY_ADDRESS, ENTRY_MAC, ENTRY_MORE, ENTRY_COLUMNS };

static const struct list_column entry_columns[ENTRY_COLUMNS] = {
	[ENTRY_MARK] = { "", .width = 1 },
	[ENTRY_KIND] = { N_("What"), .width = 8 },
	[ENTRY_WHO] = { N_("Who"), .width = 12, .grow = 3, .most = 32 },
	[ENTRY_ADDRESS] = { N_("Address"), .width = 15, .grow = 2, .most = 40, .priority = 1 },
	[ENTRY_MAC] = { N_("MAC"), .width = 17, .priority = 3 },
	[ENTRY_MORE] = { N_("More"), .width = 16, .grow = 3, .priority = 2 },
};

static const struct network_entry *entry_of(size_t item, void *userdata)
{
	return &((const struct entry_set *)userdata)->entries[item];
}

static const char *entry_name(size_t item, void *userdata)
{
	return entry_of(item, userdata)->name;
}

static const char *kind_word(enum entry_kind kind)
{
	static const char *const words[] = {
		[ENTRY_LEASE] = N_("lease"), [ENTRY_RESERVED] = N_("reserved"), [ENTRY_FORWARD] = N_("forward"), [ENTRY_NAME] = N_("name"),
	};

	return _(words[kind]);
}

/* "52 min left, reserved"; "calls itself deb12". Owned; NULL: nothing. */
static char *lease_more(const struct network_entry *entry)
{
	int64_t left_ms = entry->expiry_s * 1000 - clock_wall_ms();
	_cleanup_free_ char *left = clock_duration(left_ms > 0 ? left_ms : 0);
	_cleanup_free_ char *until = entry->expiry_s == 0 ? xstrdup(_("for ever")) : strf(_("%s left"), left);
	bool named = entry->host != NULL && !text_equal(entry->host, entry->who);

	return strf("%s%s%s%s", until, entry->reserved ? _(", reserved") : "", named ? _(", calls itself ") : "", named ? entry->host : "");
}

static char *more_of(const struct entry_set *set, const struct network_entry *entry)
{
	size_t at = 0;
	const struct network_model *model = set->ui->networks;

	if (entry->kind == ENTRY_LEASE)
		return lease_more(entry);
	if (entry->kind == ENTRY_FORWARD)
		return strf("%s %s", entry->proto, entry->forward);
	while (at < model->count && !text_equal(model->rows[at].uuid, set->uuid))
		at++;
	if (at < model->count && model->rows[at].active && !(entry->where & NETWORK_LIVE))
		return xstrdup(_("from its next start on"));
	if (at < model->count && model->rows[at].persistent && !(entry->where & NETWORK_CONFIG))
		return xstrdup(_("until it stops"));
	if (entry->kind == ENTRY_RESERVED && entry->host != NULL && !text_equal(entry->host, entry->who))
		return strf(_("as %s"), entry->host);
	return NULL;
}

static void entry_cell(size_t item, size_t column, struct list_cell *ret, void *userdata)
{
	const struct network_entry *entry = entry_of(item, userdata);

	switch (column) {
	case ENTRY_KIND:
		ret->text = xstrdup(kind_word(entry->kind));
		ret->style = entry->kind == ENTRY_LEASE ? STYLE_RUNNING : STYLE_DIM;
		break;
	case ENTRY_WHO:
		ret->text = xstrdup_null(entry->who);
		break;
	case ENTRY_ADDRESS:
		ret->text = xstrdup_null(entry->address);
		break;
	case ENTRY_MAC:
		ret->text = xstrdup_null(entry->mac != NULL ? entry->mac : entry->id);
		ret->style = STYLE_DIM;
		break;
	case ENTRY_MORE:
		ret->text = more_of(userdata, entry);
		break;
	default:
		break;
	}
}

static bool entry_matches(size_t item, char *const *words, void *userdata)
{
	const struct network_entry *entry = entry_of(item, userdata);
	const char *const texts[] = { kind_word(entry->kind), entry->who, entry->address, entry->mac, entry->host, entry->forward };

	return filter_matches(words, texts, ARRAY_LENGTH(texts));
}

static int entry_compare(size_t a, size_t b, size_t column, void *userdata)
{
	const struct network_entry *x = entry_of(a, userdata), *y = entry_of(b, userdata);

	switch (column) {
	case ENTRY_WHO:
		return compare_texts(x->who, y->who);
	case ENTRY_ADDRESS: {
		struct ip_address p, q;

		if (x->address != NULL && y->address != NULL && address_parse(x->address, &p) && address_parse(y->address, &q))
			return p.family != q.family ? p.family - q.family : address_compare(&p, &q);
		return compare_texts(x->address, y->address);
	}
	case ENTRY_MAC:
		return compare_texts(x->mac, y->mac);
	case ENTRY_MORE:
		return compare_unsigned((uint64_t)x->expiry_s, (uint64_t)y->expiry_s);
	default:
		return (int)x->kind - (int)y->kind;
	}
}

const struct table_class entry_table = {
	.columns = entry_columns,
	.column_count = ENTRY_COLUMNS,
	.first_sorted = ENTRY_KIND,
	.nothing = N_("no lease, no reservation, no forward, no name: n reserves an address"),
	.not_found = N_("nothing here has that in its kind, name, address or MAC"),
	.cell = entry_cell,
	.name = entry_name,
	.matches = entry_matches,
	.compare = entry_compare,
};
