/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Leads packets through others' rules, to find those that are sure to be dropped. */
#include "net/foreign_rules.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/strv.h"
#include "base/text.h"
#include "net/nft.h"

#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX	16     /* jumps: the kernel's own limit */
#define STEPS_MAX	200000 /* rules looked at for one packet: chains that jump to chains can be many ways */
#define SAVE_TIMEOUT_MS 10000

/* ---- a packet and a match ---- */

struct packet {
	const char *in, *out;	       /* NULL: not known */
	const char *state, *family;
	const char *protocol;	       /* "tcp", "udp" */
	const char *port;	       /* NULL: any */
	bool bridged;
};

enum answer { ANSWER_NO, ANSWER_MAYBE, ANSWER_YES };

static const char *property(const struct packet *packet, enum filter_field field)
{
	switch (field) {
	case FIELD_IN:
		return packet->in;
	case FIELD_OUT:
		return packet->out;
	case FIELD_STATE:
		return packet->state;
	case FIELD_STATUS:
		return "none"; /* nobody's destination is changed but by ourselves */
	case FIELD_FAMILY:
		return packet->family;
	case FIELD_PROTOCOL:
		return packet->protocol;
	case FIELD_PORT:
		return packet->port;
	case FIELD_BRIDGED:
		return packet->bridged ? "yes" : "no";
	case FIELD_OTHER:
	case FIELD_COUNT:
		break;
	}
	return NULL;
}

static bool in_range(const char *value, const char *text)
{
	const char *dash = strchr(value, '-');
	_cleanup_free_ char *first = dash != NULL ? xstrndup(value, (size_t)(dash - value)) : NULL;
	uint64_t low, high, number;

	return first != NULL && text_to_uint(first, false, &low) && text_to_uint(dash + 1, false, &high) && text_to_uint(text, false, &number) &&
	       number >= low && number <= high;
}

static bool fits_value(enum filter_field field, const char *value, const char *text)
{
	size_t length = strlen(value);

	if ((field == FIELD_IN || field == FIELD_OUT) && length > 0 && value[length - 1] == '*')
		return strncmp(value, text, length - 1) == 0;
	/* protocols may be written as numbers */
	if (field == FIELD_PROTOCOL && text_equal(value, text_equal(text, "udp") ? "17" : "6"))
		return true;
	return text_equal(value, text) || (field == FIELD_PORT && in_range(value, text));
}

static enum answer fits(const struct filter_match *match, const struct packet *packet)
{
	const char *text = property(packet, match->field);
	bool found = false;

	if (text == NULL || match->field == FIELD_OTHER)
		return ANSWER_MAYBE;
	for (size_t i = 0; match->values != NULL && match->values[i] != NULL; i++)
		found = found || fits_value(match->field, match->values[i], text);
	return found != match->negated ? ANSWER_YES : ANSWER_NO;
}

static enum answer rule_fits(const struct filter_rule *rule, const struct packet *packet)
{
	enum answer all = ANSWER_YES;

	for (size_t i = 0; i < rule->match_count && all != ANSWER_NO; i++) {
		enum answer one = fits(&rule->matches[i], packet);

		if (one < all)
			all = one;
	}
	return all;
}

/* ---- through a chain ---- */

enum fate {
	FATE_RETURNED, /* nothing here decided */
	FATE_PASSES,   /* or may pass, for all that can be known */
	FATE_DROPPED,
};
struct walk {
	const struct firewall *firewall;
	const struct packet *packet;
	const struct filter_chain *where; /* what dropped it */
	bool policy;
	size_t steps;
};

static enum fate walk_chain(struct walk *walk, const struct filter_chain *chain, unsigned depth);

static enum fate walk_jump(struct walk *walk, const struct filter_chain *from, const struct filter_rule *rule, unsigned depth)
{
	const struct filter_chain *to = rule->target != NULL ? firewall_chain(walk->firewall, from, rule->target) : NULL;

	/* a target of iptables that is no chain does something and goes on */
	if (to == NULL)
		return FATE_RETURNED;
	return depth < DEPTH_MAX ? walk_chain(walk, to, depth + 1) : FATE_PASSES;
}

/* What one rule says for sure; what it may say is passing, or nothing. *ret_ends: nothing after it in this chain counts. */
static enum fate walk_rule(struct walk *walk, const struct filter_chain *chain, const struct filter_rule *rule, unsigned depth, bool *ret_ends,
			   bool *unsure)
{
	enum answer answer = rule_fits(rule, walk->packet);
	enum fate fate;

	*ret_ends = false;
	if (answer == ANSWER_NO)
		return FATE_RETURNED;
	switch (rule->verdict) {
	case VERDICT_NONE:
		return FATE_RETURNED;
	case VERDICT_ACCEPT:
	case VERDICT_UNKNOWN:
		return FATE_PASSES;
	case VERDICT_DROP:
		if (answer == ANSWER_MAYBE)
			return FATE_RETURNED;
		walk->where = chain;
		return FATE_DROPPED;
	case VERDICT_RETURN:
		*ret_ends = answer == ANSWER_YES;
		*unsure = *unsure || answer == ANSWER_MAYBE;
		return FATE_RETURNED;
	case VERDICT_JUMP:
	case VERDICT_GOTO:
		fate = walk_jump(walk, chain, rule, depth);
		if (fate == FATE_DROPPED && answer == ANSWER_MAYBE)
			return FATE_RETURNED;
		*ret_ends = rule->verdict == VERDICT_GOTO && answer == ANSWER_YES;
		*unsure = *unsure || (rule->verdict == VERDICT_GOTO && answer == ANSWER_MAYBE);
		return fate;
	}
	return FATE_RETURNED;
}

static enum fate walk_chain(struct walk *walk, const struct filter_chain *chain, unsigned depth)
{
	bool unsure = false; /* it may have left the chain already */
	bool ends = false;

	for (size_t i = 0; i < chain->rule_count && !ends; i++) {
		/* nobody knows where that ends */
		if (walk->steps++ > STEPS_MAX)
			return FATE_PASSES;
		enum fate fate = walk_rule(walk, chain, &chain->rules[i], depth, &ends, &unsure);

		if (fate == FATE_DROPPED && unsure)
			return FATE_PASSES;
		if (fate != FATE_RETURNED)
			return fate;
	}
	return FATE_RETURNED;
}

/* ---- at a hook ---- */

static bool is_of_family(const struct filter_chain *chain, bool v6)
{
	return text_equal(chain->family, "inet") || text_equal(chain->family, v6 ? "ip6" : "ip");
}

static bool is_dropped(struct walk *walk, const struct filter_chain *base, const struct packet *packet)
{
	walk->packet = packet;
	walk->policy = false;
	walk->steps = 0;
	switch (walk_chain(walk, base, 0)) {
	case FATE_PASSES:
		return false;
	case FATE_DROPPED:
		return true;
	case FATE_RETURNED:
		break;
	}
	walk->where = base;
	walk->policy = true;
	return base->drops;
}

/* What of the packets that the subject needs is dropped by a chain, in one family. */
static unsigned cut_at(struct walk *walk, const struct filter_chain *base, const struct foreign_subject *subject, bool v6)
{
	const char *family = v6 ? "ipv6" : "ipv4", *bridge = subject->bridge, *uplink = subject->uplink;
	bool forward = text_equal(base->hook, "forward"), bridged = v6 ? subject->bridged6 : subject->bridged4;
	const struct {
		unsigned cut;
		bool wanted;
		struct packet packet;
	} trials[] = {
		{ CUT_SENT, forward && subject->leaves, { .in = bridge, .out = uplink, .state = "new", .family = family, .protocol = "tcp" } },
		{ CUT_ANSWERED, forward && subject->leaves,
		  { .in = uplink, .out = bridge, .state = "established", .family = family, .protocol = "tcp" } },
		{ CUT_CALLED, forward && subject->called, { .in = uplink, .out = bridge, .state = "new", .family = family, .protocol = "tcp" } },
		{ CUT_BRIDGED, forward && bridged,
		  { .in = bridge, .out = bridge, .state = "new", .family = family, .protocol = "tcp", .bridged = true } },
		{ CUT_SERVED,
		  !forward && subject->serves,
		  { .in = bridge, .state = "new", .family = family, .protocol = "udp", .port = v6 ? "547" : "67" } },
		{ CUT_SERVED, !forward && subject->serves, { .in = bridge, .state = "new", .family = family, .protocol = "udp", .port = "53" } },
	};
	const struct filter_chain *first = NULL;
	bool policy = false;
	unsigned cut = 0;

	for (size_t i = 0; i < ARRAY_LENGTH(trials); i++) {
		if (!trials[i].wanted || !is_dropped(walk, base, &trials[i].packet))
			continue;
		cut |= trials[i].cut;
		if (first == NULL) {
			first = walk->where;
			policy = walk->policy;
		}
	}
	walk->where = first;
	walk->policy = policy;
	return cut;
}

void obstacles_free(struct obstacle *obstacles, size_t count)
{
	for (size_t i = 0; obstacles != NULL && i < count; i++) {
		free(obstacles[i].reason);
		strv_free(obstacles[i].remedy);
	}
	free(obstacles);
}

char *obstacle_text(const struct obstacle *obstacle)
{
	_cleanup_free_ char *commands = strv_join(obstacle->remedy, "', '");

	return strf("%s; to %s: '%s'", obstacle->reason, obstacle->missing ? "put it back" : "let it through", commands);
}

static bool same_words(char *const *a, char *const *b)
{
	_cleanup_free_ char *one = strv_join(a, "\n"), *other = strv_join(b, "\n");

	return strcmp(one, other) == 0;
}

/* What one remedy puts right is one obstacle. */
static void add_obstacle(struct obstacle obstacle, struct obstacle **to, size_t *count)
{
	for (size_t i = 0; i < *count; i++) {
		struct obstacle *known = &(*to)[i];

		if (!same_words(known->remedy, obstacle.remedy))
			continue;
		char *both = strf("%s; %s", known->reason, obstacle.reason);

		free(known->reason);
		known->reason = both;
		free(obstacle.reason);
		strv_free(obstacle.remedy);
		return;
	}
	*ARRAY_ADD(*to, *count) = obstacle;
}

void foreign_rules_judge(const struct firewall *firewall, const struct foreign_subject *subject, struct obstacle **ret, size_t *ret_count)
{
	*ret = NULL;
	*ret_count = 0;
	for (size_t i = 0; i < firewall->count; i++) {
		const struct filter_chain *base = &firewall->chains[i];
		struct walk walk = { .firewall = firewall };
		unsigned cut = 0;

		if (!text_equal(base->hook, "forward") && !text_equal(base->hook, "input"))
			continue;
		if (subject->v4 && is_of_family(base, false))
			cut = cut_at(&walk, base, subject, false);
		if (cut == 0 && subject->v6 && is_of_family(base, true))
			cut = cut_at(&walk, base, subject, true);
		if (cut != 0)
			add_obstacle(foreign_obstacle(firewall, subject, base, walk.where, walk.policy, cut), ret, ret_count);
	}
}

/* ---- this host's ---- */

static void read_save(struct firewall *firewall, const char *program, const char *family, enum filter_kind kind)
{
	char *argv[] = { (char *)(uintptr_t)program, NULL };
	char *text = NULL;

	if (process_run_ok(argv, SAVE_TIMEOUT_MS, &text, NULL))
		firewall_read_save(firewall, family, kind, text);
	free(text);
}

/* Tables of the old iptables are there only once somebody has used them; asking its program would make them. */
static bool has_legacy(const char *path)
{
	_cleanup_free_ char *text = NULL;

	return file_read(path, 4096, &text, NULL, NULL) && *text != '\0';
}

static void read_host(struct firewall *firewall, bool v4, bool v6)
{
	_cleanup_free_ char *text = nft_has_foreign() ? nft_list() : xstrdup(""), *save = process_find("iptables-nft-save");
	bool compat = firewall_has_compat(text);

	firewall_read_nft(firewall, text, save == NULL);
	if (compat && save != NULL && v4)
		read_save(firewall, "iptables-nft-save", "ip", FILTER_IPTABLES);
	if (compat && save != NULL && v6)
		read_save(firewall, "ip6tables-nft-save", "ip6", FILTER_IPTABLES);
	if (v4 && has_legacy("/proc/net/ip_tables_names"))
		read_save(firewall, "iptables-legacy-save", "ip", FILTER_IPTABLES_LEGACY);
	if (v6 && has_legacy("/proc/net/ip6_tables_names"))
		read_save(firewall, "ip6tables-legacy-save", "ip6", FILTER_IPTABLES_LEGACY);
}

void foreign_rules_look(const struct foreign_subject *subject, struct obstacle **ret, size_t *ret_count)
{
	_cleanup_firewall_ struct firewall firewall = { 0 };

	read_host(&firewall, subject->v4, subject->v6);
	foreign_rules_judge(&firewall, subject, ret, ret_count);
}

static bool names(const struct filter_rule *rule, const char *interface)
{
	for (size_t i = 0; i < rule->match_count; i++) {
		const struct filter_match *match = &rule->matches[i];

		if ((match->field == FIELD_IN || match->field == FIELD_OUT) && strv_contains(match->values, interface))
			return true;
	}
	return false;
}

size_t foreign_rules_naming(const char *interface)
{
	_cleanup_firewall_ struct firewall firewall = { 0 };
	size_t count = 0;

	read_host(&firewall, true, true);
	for (size_t i = 0; i < firewall.count; i++)
		for (size_t n = 0; n < firewall.chains[i].rule_count; n++)
			count += names(&firewall.chains[i].rules[n], interface);
	return count;
}

bool foreign_rules_see_bridged(const char *bridge, bool v6)
{
	const char *all = v6 ? "/proc/sys/net/bridge/bridge-nf-call-ip6tables" : "/proc/sys/net/bridge/bridge-nf-call-iptables";
	_cleanup_free_ char *own = strf("/sys/class/net/%s/bridge/nf_call_%s", bridge, v6 ? "ip6tables" : "iptables");
	_cleanup_free_ char *global = file_read_line(all), *single = file_read_line(own);

	return text_equal(global, "1") || text_equal(single, "1");
}
