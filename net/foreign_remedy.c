/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whose rules they are, in words, and the commands that let a bridge's guests through. */
#include "net/foreign_rules.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/strv.h"
#include "base/text.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum owner { OWNER_HOST, OWNER_DOCKER, OWNER_FIREWALLD, OWNER_UFW };

/* ---- whose ---- */

static bool has_chain(const struct firewall *firewall, const struct filter_chain *beside, const char *name)
{
	return firewall_chain(firewall, beside, name) != NULL;
}

static enum owner owner_of(const struct firewall *firewall, const struct filter_chain *base)
{
	bool v6 = text_equal(base->family, "ip6"), forward = text_equal(base->hook, "forward");

	if (text_equal(base->table, "firewalld"))
		return OWNER_FIREWALLD;
	if (has_chain(firewall, base, v6 ? "ufw6-before-input" : "ufw-before-input"))
		return OWNER_UFW;
	/* Docker has nothing to do with what the host itself is sent */
	if (forward &&
	    (has_chain(firewall, base, "DOCKER-USER") || has_chain(firewall, base, "DOCKER-FORWARD") || has_chain(firewall, base, "DOCKER")))
		return OWNER_DOCKER;
	return OWNER_HOST;
}

static const char *const owners[] = { "this host's packet filter", "Docker's packet filter", "firewalld", "ufw" };

/* ---- in words ---- */

static char *cut_text(unsigned cut)
{
	static const struct {
		unsigned cut;
		const char *text;
	} words[] = {
		{ CUT_SENT, "what its machines send to others" },
		{ CUT_ANSWERED, "what they are answered" },
		{ CUT_CALLED, "what others send to them" },
		{ CUT_BRIDGED, "what goes between its ports" },
		{ CUT_SERVED, "what they ask of this host's DHCP and DNS" },
	};
	_cleanup_strv_ char **parts = NULL;

	for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
		if ((cut & words[i].cut) != 0)
			parts = strv_add(parts, words[i].text);
	return strv_join(parts, " and ");
}

static char *rule_text(const struct filter_chain *base, const struct filter_chain *where, bool policy)
{
	_cleanup_free_ char *table =
		strf("%s %s %s", base->kind == FILTER_NFT ? "nft's" : base->kind == FILTER_IPTABLES ? "iptables'" : "iptables-legacy's",
					  base->family, base->table);

	if (policy)
		return strf("chain %s of %s drops what no rule accepts", base->name, table);
	if (where == base)
		return strf("a rule of chain %s of %s drops it", base->name, table);
	return strf("chain %s of %s drops it, by way of %s", where->name, table, base->name);
}

/* ---- commands ---- */

/* The program that has these rules: 'iptables' itself is one of two, as the host chose. Owned. */
static char *iptables_program(const struct filter_chain *base)
{
	const char *name = text_equal(base->family, "ip6") ? "ip6tables" : "iptables";
	_cleanup_free_ char *path = process_find(name), *real = path != NULL ? realpath(path, NULL) : NULL;
	bool is_legacy = real != NULL && strstr(real, "legacy") != NULL, legacy = base->kind == FILTER_IPTABLES_LEGACY;

	return is_legacy == legacy && path != NULL ? xstrdup(name) : strf("%s-%s", name, legacy ? "legacy" : "nft");
}

static char **by_iptables(const struct firewall *firewall, const struct filter_chain *base, const char *bridge, unsigned cut, char **commands)
{
	_cleanup_free_ char *program = iptables_program(base);
	const char *chain = has_chain(firewall, base, "DOCKER-USER") ? "DOCKER-USER" : base->name;

	if ((cut & CUT_SERVED) != 0) {
		commands = strv_addf(commands, "%s -I %s -i %s -p udp -m multiport --dports 53,67,547 -j ACCEPT", program, base->name, bridge);
		return strv_addf(commands, "%s -I %s -i %s -p tcp --dport 53 -j ACCEPT", program, base->name, bridge);
	}
	if ((cut & ~(unsigned)CUT_BRIDGED) == 0)
		return strv_addf(commands, "%s -I %s -i %s -o %s -j ACCEPT", program, chain, bridge, bridge);
	commands = strv_addf(commands, "%s -I %s -i %s -j ACCEPT", program, chain, bridge);
	return strv_addf(commands, "%s -I %s -o %s -j ACCEPT", program, chain, bridge);
}

static char **by_nft(const struct filter_chain *base, const char *bridge, unsigned cut, char **commands)
{
	_cleanup_free_ char *insert = strf("nft insert rule %s %s %s", base->family, base->table, base->name);

	if ((cut & CUT_SERVED) != 0) {
		commands = strv_addf(commands, "%s iifname %s udp dport { 53, 67, 547 } accept", insert, bridge);
		return strv_addf(commands, "%s iifname %s tcp dport 53 accept", insert, bridge);
	}
	if ((cut & ~(unsigned)CUT_BRIDGED) == 0)
		return strv_addf(commands, "%s iifname %s oifname %s accept", insert, bridge, bridge);
	commands = strv_addf(commands, "%s iifname %s accept", insert, bridge);
	return strv_addf(commands, "%s oifname %s accept", insert, bridge);
}

/* libvirt brings a zone along that is made for this. */
static char **by_firewalld(const char *bridge, char **commands)
{
	bool libvirt = path_exists("/usr/lib/firewalld/zones/libvirt.xml") || path_exists("/etc/firewalld/zones/libvirt.xml");
	const char *zone = libvirt ? "libvirt" : "trusted";

	commands = strv_addf(commands, "firewall-cmd --zone=%s --add-interface=%s", zone, bridge);
	return strv_addf(commands, "firewall-cmd --permanent --zone=%s --add-interface=%s", zone, bridge);
}

static char **by_ufw(const char *bridge, unsigned cut, char **commands)
{
	if ((cut & CUT_SERVED) != 0) {
		commands = strv_addf(commands, "ufw allow in on %s to any port 67 proto udp", bridge);
		return strv_addf(commands, "ufw allow in on %s to any port 53", bridge);
	}
	if ((cut & ~(unsigned)CUT_BRIDGED) == 0)
		return strv_addf(commands, "ufw route allow in on %s out on %s", bridge, bridge);
	commands = strv_addf(commands, "ufw route allow in on %s", bridge);
	return strv_addf(commands, "ufw route allow out on %s", bridge);
}

struct obstacle foreign_obstacle(const struct firewall *firewall, const struct foreign_subject *subject, const struct filter_chain *base,
				 const struct filter_chain *where, bool policy, unsigned cut)
{
	_cleanup_free_ char *what = cut_text(cut), *rule = rule_text(base, where, policy);
	enum owner owner = owner_of(firewall, base);
	struct obstacle obstacle = { .reason = strf("%s cuts '%s' off (%s): %s", owners[owner], subject->bridge, what, rule) };

	if (owner == OWNER_FIREWALLD)
		obstacle.remedy = by_firewalld(subject->bridge, NULL);
	else if (owner == OWNER_UFW)
		obstacle.remedy = by_ufw(subject->bridge, cut, NULL);
	else if (base->kind == FILTER_NFT)
		obstacle.remedy = by_nft(base, subject->bridge, cut, NULL);
	else
		obstacle.remedy = by_iptables(firewall, base, subject->bridge, cut, NULL);
	return obstacle;
}
