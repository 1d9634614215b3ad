/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Chains and rules of others: kept, found, freed. */
#include "net/firewall.h"

#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"

#include <stdlib.h>

static void rule_clear(struct filter_rule *rule)
{
	for (size_t i = 0; i < rule->match_count; i++)
		strv_free(rule->matches[i].values);
	free(rule->matches);
	free(rule->target);
}

void firewall_clear(struct firewall *firewall)
{
	for (size_t i = 0; i < firewall->count; i++) {
		struct filter_chain *chain = &firewall->chains[i];

		for (size_t n = 0; n < chain->rule_count; n++)
			rule_clear(&chain->rules[n]);
		free(chain->rules);
		free(chain->family);
		free(chain->table);
		free(chain->name);
		free(chain->hook);
	}
	free(firewall->chains);
	*firewall = (struct firewall){ 0 };
}

struct filter_chain *firewall_chain(const struct firewall *firewall, const struct filter_chain *beside, const char *name)
{
	for (size_t i = 0; i < firewall->count; i++) {
		struct filter_chain *chain = &firewall->chains[i];

		if (chain->kind == beside->kind && text_equal(chain->family, beside->family) && text_equal(chain->table, beside->table) &&
		    text_equal(chain->name, name))
			return chain;
	}
	return NULL;
}

struct filter_chain *firewall_add_chain(struct firewall *firewall, enum filter_kind kind, const char *family, const char *table, const char *name)
{
	struct filter_chain *chain = ARRAY_ADD(firewall->chains, firewall->count);

	*chain = (struct filter_chain){ .kind = kind, .family = xstrdup(family), .table = xstrdup(table), .name = xstrdup(name) };
	return chain;
}

struct filter_rule *chain_add_rule(struct filter_chain *chain)
{
	struct filter_rule *rule = ARRAY_ADD(chain->rules, chain->rule_count);

	*rule = (struct filter_rule){ 0 };
	return rule;
}

void rule_add_match(struct filter_rule *rule, enum filter_field field, bool negated, char **values)
{
	*ARRAY_ADD(rule->matches, rule->match_count) = (struct filter_match){ field, negated, values };
}

void rule_copy_matches(struct filter_rule *to, const struct filter_rule *from)
{
	for (size_t i = 0; i < from->match_count; i++)
		rule_add_match(to, from->matches[i].field, from->matches[i].negated, strv_copy(from->matches[i].values));
}
