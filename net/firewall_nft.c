/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads what `nft -j list ruleset` says. */
#include "net/firewall.h"

#include "base/json.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char *const compat_tables[] = { "filter", "mangle", "raw", "nat", "security" };
static const char *const compat_chains[] = { "INPUT", "FORWARD", "OUTPUT", "PREROUTING", "POSTROUTING" };

static bool is_one_of(const char *word, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (text_equal(word, words[i]))
			return true;
	return false;
}

/* A table that iptables-nft keeps: by its name, and by the names of what it has. */
static bool is_compat_chain(struct json_object *chain)
{
	const char *family = json_get_string(chain, "family", "");

	return (text_equal(family, "ip") || text_equal(family, "ip6")) &&
	       is_one_of(json_get_string(chain, "table", ""), compat_tables, ARRAY_LENGTH(compat_tables)) &&
	       is_one_of(json_get_string(chain, "name", ""), compat_chains, ARRAY_LENGTH(compat_chains)) && json_get(chain, "hook") != NULL;
}

/* ---- matches ---- */

/* What a match compares with, a word each; false: something else than words and numbers. */
static bool add_values(struct json_object *json, char ***values)
{
	switch (json_object_get_type(json)) {
	case json_type_string:
		*values = strv_add(*values, json_object_get_string(json));
		/* "@name": a set of its own */
		return *json_object_get_string(json) != '@';
	case json_type_int:
		*values = strv_addf(*values, "%" PRId64, json_object_get_int64(json));
		return true;
	case json_type_array:
		for (size_t i = 0; i < json_object_array_length(json); i++)
			if (!add_values(json_object_array_get_idx(json, i), values))
				return false;
		return true;
	case json_type_object: {
		struct json_object *range = json_get(json, "range"), *inner = json_get(json, "set");

		if (json_object_is_type(range, json_type_array) && json_object_array_length(range) == 2) {
			*values = strv_addf(*values, "%" PRId64 "-%" PRId64, json_object_get_int64(json_object_array_get_idx(range, 0)),
					    json_object_get_int64(json_object_array_get_idx(range, 1)));
			return true;
		}
		if (inner == NULL)
			inner = json_get(json, "elem/val");
		return inner != NULL && add_values(inner, values);
	}
	case json_type_null:
	case json_type_boolean:
	case json_type_double:
		break;
	}
	return false;
}

/* Which of a packet's properties an expression is. A port belongs to a protocol, which is in *ret_protocol then. */
static enum filter_field field_of(struct json_object *left, const char **ret_protocol)
{
	const char *meta = json_get_string(left, "meta/key", ""), *ct = json_get_string(left, "ct/key", "");
	const char *protocol = json_get_string(left, "payload/protocol", ""), *field = json_get_string(left, "payload/field", "");

	*ret_protocol = NULL;
	if (text_equal(meta, "iifname") || text_equal(meta, "iif"))
		return FIELD_IN;
	if (text_equal(meta, "oifname") || text_equal(meta, "oif"))
		return FIELD_OUT;
	if (text_equal(meta, "nfproto"))
		return FIELD_FAMILY;
	if (text_equal(meta, "l4proto") || ((text_equal(protocol, "ip") || text_equal(protocol, "ip6")) &&
					    (text_equal(field, "protocol") || text_equal(field, "nexthdr"))))
		return FIELD_PROTOCOL;
	if (text_equal(ct, "state"))
		return FIELD_STATE;
	if (text_equal(ct, "status"))
		return FIELD_STATUS;
	if (text_equal(field, "dport")) {
		if (!text_equal(protocol, "th"))
			*ret_protocol = protocol;
		return FIELD_PORT;
	}
	return FIELD_OTHER;
}

static void add_match(struct filter_rule *rule, struct json_object *match)
{
	const char *op = json_get_string(match, "op", "==");
	const char *protocol;
	enum filter_field field = field_of(json_get(match, "left"), &protocol);
	char **values = NULL;

	if (!add_values(json_get(match, "right"), &values) || (!text_equal(op, "==") && !text_equal(op, "!=") && !text_equal(op, "in")))
		field = FIELD_OTHER;
	if (protocol != NULL)
		rule_add_match(rule, FIELD_PROTOCOL, false, strv_add(NULL, protocol));
	rule_add_match(rule, field, text_equal(op, "!="), values);
}

/* ---- what is done ---- */

static enum filter_verdict verdict_of(struct json_object *statement, const char **ret_target)
{
	static const struct {
		const char *key;
		enum filter_verdict verdict;
	} verdicts[] = {
		{ "accept", VERDICT_ACCEPT }, { "drop", VERDICT_DROP },	    { "reject", VERDICT_DROP }, { "return", VERDICT_RETURN },
		{ "jump", VERDICT_JUMP },     { "goto", VERDICT_GOTO },	    { "queue", VERDICT_UNKNOWN }, { "tproxy", VERDICT_UNKNOWN },
		{ "synproxy", VERDICT_UNKNOWN },
	};
	struct json_object *value;

	*ret_target = NULL;
	for (size_t i = 0; i < ARRAY_LENGTH(verdicts); i++)
		if (json_object_object_get_ex(statement, verdicts[i].key, &value)) {
			*ret_target = json_get_string(value, "target", NULL);
			return verdicts[i].verdict;
		}
	return VERDICT_NONE;
}

/* What neither chooses packets nor decides on them. */
static bool is_harmless(struct json_object *statement)
{
	static const char *const keys[] = { "counter", "log", "mangle", "notrack", "flow", "ct helper", "ct timeout", "ct expectation", "last" };
	struct json_object *value;

	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++)
		if (json_object_object_get_ex(statement, keys[i], &value))
			return true;
	return false;
}

/* A verdict map is a rule for each of its elements. */
static void add_map(struct filter_chain *chain, const struct filter_rule *common, struct json_object *map)
{
	struct json_object *elements = json_get(map, "data/set");
	const char *protocol;
	enum filter_field field = field_of(json_get(map, "key"), &protocol);

	if (!json_object_is_type(elements, json_type_array)) {
		/* one with a name: what it says is not known */
		struct filter_rule *rule = chain_add_rule(chain);

		rule_copy_matches(rule, common);
		rule_add_match(rule, FIELD_OTHER, false, NULL);
		rule->verdict = VERDICT_UNKNOWN;
		return;
	}
	for (size_t i = 0; i < json_object_array_length(elements); i++) {
		struct json_object *element = json_object_array_get_idx(elements, i);
		struct filter_rule *rule = chain_add_rule(chain);
		char **values = NULL;
		const char *target;

		rule_copy_matches(rule, common);
		if (!json_object_is_type(element, json_type_array) || json_object_array_length(element) != 2) {
			rule->verdict = VERDICT_UNKNOWN;
			continue;
		}
		bool words = add_values(json_object_array_get_idx(element, 0), &values);

		if (protocol != NULL)
			rule_add_match(rule, FIELD_PROTOCOL, false, strv_add(NULL, protocol));
		rule_add_match(rule, words ? field : FIELD_OTHER, false, values);
		rule->verdict = verdict_of(json_object_array_get_idx(element, 1), &target);
		rule->target = xstrdup_null(target);
	}
}

/* A piece of iptables-nft that nft itself has no word for. */
static void add_compat(struct filter_rule *rule, struct json_object *xt)
{
	const char *name = json_get_string(xt, "name", "");

	if (text_equal(json_get_string(xt, "type", "match"), "match") || *name == '\0')
		rule_add_match(rule, FIELD_OTHER, false, NULL);
	else if (text_equal(name, "REJECT"))
		rule->verdict = VERDICT_DROP;
	else if (text_equal(name, "NFQUEUE") || text_equal(name, "TPROXY"))
		rule->verdict = VERDICT_UNKNOWN;
}

static void add_rule(struct filter_chain *chain, struct json_object *expressions)
{
	struct filter_rule rule = { 0 };
	size_t count = json_object_is_type(expressions, json_type_array) ? json_object_array_length(expressions) : 0;

	for (size_t i = 0; i < count; i++) {
		struct json_object *statement = json_object_array_get_idx(expressions, i), *value;
		const char *target;

		if (!json_object_is_type(statement, json_type_object))
			continue;
		enum filter_verdict verdict = verdict_of(statement, &target);

		if (verdict != VERDICT_NONE) {
			rule.verdict = verdict;
			free(rule.target);
			rule.target = xstrdup_null(target);
		} else if (json_object_object_get_ex(statement, "match", &value)) {
			add_match(&rule, value);
		} else if (json_object_object_get_ex(statement, "vmap", &value)) {
			add_map(chain, &rule, value);
		} else if (json_object_object_get_ex(statement, "xt", &value)) {
			add_compat(&rule, value);
		} else if (!is_harmless(statement)) {
			/* limits, meters, sets that are filled: some packets go on, some do not */
			rule_add_match(&rule, FIELD_OTHER, false, NULL);
		}
	}
	*chain_add_rule(chain) = rule;
}

/* ---- the text ---- */

static struct json_object *parse(const char *text)
{
	return *text != '\0' ? json_parse("nft", text, strlen(text), NULL) : NULL;
}

static struct filter_chain *find(const struct firewall *firewall, struct json_object *rule)
{
	struct filter_chain key = { .kind = FILTER_NFT,
				    .family = (char *)(uintptr_t)json_get_string(rule, "family", ""),
				    .table = (char *)(uintptr_t)json_get_string(rule, "table", "") };

	return firewall_chain(firewall, &key, json_get_string(rule, "chain", ""));
}

static void read_chain(struct firewall *firewall, struct json_object *json)
{
	const char *hook = json_get_string(json, "hook", NULL);
	struct filter_chain *chain = firewall_add_chain(firewall, FILTER_NFT, json_get_string(json, "family", ""), json_get_string(json, "table", ""),
							json_get_string(json, "name", ""));

	chain->hook = xstrdup_null(hook);
	chain->drops = text_equal(json_get_string(json, "policy", "accept"), "drop");
}

/* Tables of iptables-nft, "family table" each. Owned; NULL: there is none. */
static char **compat_names(struct json_object *list)
{
	char **names = NULL;

	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *chain = json_get(json_object_array_get_idx(list, i), "chain");

		if (chain != NULL && is_compat_chain(chain))
			names = strv_addf(names, "%s %s", json_get_string(chain, "family", ""), json_get_string(chain, "table", ""));
	}
	return names;
}

bool firewall_has_compat(const char *text)
{
	_cleanup_json_ struct json_object *json = parse(text);
	struct json_object *list = json != NULL ? json_get(json, "nftables") : NULL;
	_cleanup_strv_ char **names = json_object_is_type(list, json_type_array) ? compat_names(list) : NULL;

	return names != NULL;
}

static bool is_read(struct json_object *json, char *const *left_out)
{
	_cleanup_free_ char *name = strf("%s %s", json_get_string(json, "family", ""), json_get_string(json, "table", ""));

	return !strv_contains(left_out, name) && !text_equal(json_get_string(json, "table", ""), "virtty");
}

void firewall_read_nft(struct firewall *firewall, const char *text, bool compat)
{
	_cleanup_json_ struct json_object *json = parse(text);
	struct json_object *list = json != NULL ? json_get(json, "nftables") : NULL;
	_cleanup_strv_ char **left_out = NULL;

	if (!json_object_is_type(list, json_type_array))
		return;
	left_out = compat ? NULL : compat_names(list);
	/* chains first: rules may jump to any */
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *chain = json_get(json_object_array_get_idx(list, i), "chain");

		if (chain != NULL && is_read(chain, left_out))
			read_chain(firewall, chain);
	}
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *rule = json_get(json_object_array_get_idx(list, i), "rule");
		struct filter_chain *chain = rule != NULL && is_read(rule, left_out) ? find(firewall, rule) : NULL;

		if (chain != NULL)
			add_rule(chain, json_get(rule, "expr"));
	}
}
