/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzzes networks' documents and lease files: a document that is accepted comes out as text that is accepted again, and is the same
 * then; what is made of it for dnsmasq and nft has no line that it could not have. */
#include "base/memory.h"
#include "base/text.h"
#include "net/dnsmasq.h"
#include "net/ruleset.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool condition, const char *what, const char *text)
{
	if (condition)
		return;
	fprintf(stderr, "%s\n%s\n", what, text);
	abort();
}

static bool none_taken(const char *name, void *userdata)
{
	(void)name;
	(void)userdata;
	return false;
}

/* Each line of a configuration is one of those that are written here. */
static void check_lines(const char *text)
{
	static const char *const beginnings[] = {
		"# Made by virtty", "strict-order",  "no-hosts",	    "pid-file=",      "except-interface=lo", "bind-dynamic",  "interface=",
		"server=",	    "no-resolv",     "port=0",	    "domain-needed",  "domain=",	     "expand-hosts",  "local=/",
		"host-record=",	    "txt-record=",   "srv-host=_",  "dhcp-no-override", "dhcp-authoritative", "dhcp-leasefile=\"/leases\"",
		"dhcp-lease-max=",  "dhcp-option=option:", "dhcp-range=", "dhcp-host=", "enable-tftp",	     "tftp-root=/",   "dhcp-boot=",
		"enable-ra",
	};

	while (*text != '\0') {
		size_t length = strcspn(text, "\n");
		bool known = false;

		for (size_t i = 0; i < ARRAY_LENGTH(beginnings); i++)
			known = known || text_starts(text, beginnings[i]);
		must(known, "a line that no configuration has", text);
		text += length + (text[length] == '\n');
	}
}

static char *settle(const char *text, size_t size)
{
	static const struct network_surroundings surroundings = { .bridge_taken = none_taken };
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_network_ struct network *network = network_parse("fuzz", text, size, &err);

	if (network == NULL || !network_settle(network, &surroundings, &err) || !network_validate(network, &err)) {
		must(err.code != ERROR_NONE, "refused without a reason", "");
		return NULL;
	}
	if (network_has_own_bridge(network)) {
		_cleanup_free_ char *config = dnsmasq_config(network, "/leases"), *rules = ruleset_put(network);

		check_lines(config);
		must(strchr(rules, '#') == NULL && strchr(rules, '\'') == NULL, "rules with a character of no name", rules);
	}
	return network_format(network);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = xstrndup((const char *)data, size);
	struct lease *leases;
	size_t count;

	leases_read(text, strlen(text), &leases, &count);
	leases_free(leases, count);

	_cleanup_free_ char *once = settle(text, strlen(text));

	if (once == NULL)
		return 0;
	_cleanup_free_ char *twice = settle(once, strlen(once));

	must(twice != NULL, "the settled network is refused", once);
	must(strcmp(once, twice) == 0, "the settled network changes", twice);
	return 0;
}
