/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzzes networks' documents, pieces of them for net-update, and lease files: a document that is accepted comes out as text that is accepted
 * again, and is the same then; what is made of it for dnsmasq and nft has no line that it could not have. Input with a line "%% COMMAND
 * SECTION" is a document before and a piece after it. */
#include "base/memory.h"
#include "base/text.h"
#include "net/dnsmasq.h"
#include "net/network_change.h"
#include "net/ruleset.h"
#include "tests/fuzz/must.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
		"# Made by virtty", "strict-order",	   "no-hosts",		 "pid-file=",	     "except-interface=lo",
		"bind-dynamic",	    "interface=",	   "server=",		 "no-resolv",	     "port=0",
		"domain-needed",    "domain=",		   "expand-hosts",	 "local=/",	     "host-record=",
		"txt-record=",	    "srv-host=_",	   "dhcp-no-override",	 "dhcp-authoritative", "dhcp-leasefile=\"/leases\"",
		"dhcp-lease-max=",  "dhcp-option=option:", "dhcp-option=encap:", "dhcp-range=",	     "dhcp-host=",
		"enable-tftp",	    "tftp-root=/",	   "dhcp-boot=",	 "enable-ra",	     "ra-param=*,0,0",
	};

	while (*text != '\0') {
		size_t length = strcspn(text, "\n");
		bool known = false;

		for (size_t i = 0; i < ARRAY_LENGTH(beginnings); i++)
			known = known || text_starts(text, beginnings[i]);
		must_be(known, "a line that no configuration has", text);
		text += length + (text[length] == '\n');
	}
}

/* Each line of rules is one command for the table of ours: the skeleton's blocks alone have ';' in them, names alone have quotes. */
static void check_rules(const char *text)
{
	static const char *const beginnings[] = { "add table inet virtty\n",  "add chain inet virtty ",	"add map inet virtty ",
						  "flush chain inet virtty ", "add rule inet virtty ",	"add element inet virtty " };

	while (*text != '\0') {
		size_t length = strcspn(text, "\n"), quotes = 0, ends = 0;
		bool known = false;

		for (size_t i = 0; i < ARRAY_LENGTH(beginnings); i++)
			known = known || text_starts(text, beginnings[i]);
		for (size_t i = 0; i < length; i++) {
			quotes += text[i] == '"';
			ends += text[i] == ';' || text[i] == '#' || text[i] == '$' || text[i] == '*' || (unsigned char)text[i] < ' ';
		}
		known = known && quotes % 2 == 0 && text[length] == '\n';
		must_be(known && (ends == 0 || !(text_starts(text, "add rule") || text_starts(text, "add element"))), "a rule that no network has",
		     text);
		text += length + 1;
	}
}

static char *settle(const char *text, size_t size)
{
	static const struct network_surroundings surroundings = { .bridge_taken = none_taken };
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_network_ struct network *network = network_parse("fuzz", text, size, &err);

	if (network == NULL || !network_settle(network, &surroundings, &err) || !network_validate(network, &err)) {
		must_be(err.code != ERROR_NONE, "refused without a reason", "");
		return NULL;
	}
	if (network_has_own_bridge(network)) {
		_cleanup_free_ char *config = dnsmasq_config(network, "/leases"), *rules = ruleset_put(network);

		check_lines(config);
		check_rules(rules);
	}
	return network_format(network);
}

static void read_leases(const char *text)
{
	struct lease *leases;
	size_t count;

	leases_read(text, strlen(text), &leases, &count);
	count = leases_current(leases, count, 1700000000);
	for (size_t i = 0; i < count; i++)
		for (const char *p = leases[i].name != NULL ? leases[i].name : ""; *p != '\0'; p++)
			must_be(*p > ' ' && *p < 0x7f, "a host's name that is not for terminals", leases[i].name);
	leases_free(leases, count);
}

/* The settled document with a piece added, deleted or changed is as good as any. */
static void change(const char *text, char *request)
{
	static const char *const commands[] = { "add", "add-first", "delete", "modify" };
	size_t length = strcspn(request, "\n"), word = strcspn(request, " \n");
	_cleanup_error_ struct error err = ERROR_INIT;
	struct network_change change = { .command = "add", .parent = -1, .text = request + length + (request[length] == '\n') };

	for (size_t i = 0; i < ARRAY_LENGTH(commands); i++)
		if (strlen(commands[i]) == word && strncmp(commands[i], request, word) == 0)
			change.command = commands[i];
	_cleanup_free_ char *section = xstrndup(request + word + (word < length), length - word - (word < length));

	change.section = section;
	_cleanup_network_ struct network *network = network_changed("fuzz", text, &change, &err);

	if (network == NULL) {
		must_be(err.code != ERROR_NONE, "a change refused without a reason", request);
		return;
	}
	_cleanup_free_ char *after = network_format(network), *again = settle(after, strlen(after));

	must_be(again != NULL && strcmp(after, again) == 0, "the changed network is refused, or changes", after);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = xstrndup((const char *)data, size);
	char *request = strstr(text, "\n%% ");

	if (request != NULL)
		*request = '\0';
	else
		read_leases(text);
	_cleanup_free_ char *once = settle(text, strlen(text));

	if (once == NULL)
		return 0;
	_cleanup_free_ char *twice = settle(once, strlen(once));

	must_be(twice != NULL, "the settled network is refused", once);
	must_be(strcmp(once, twice) == 0, "the settled network changes", twice);
	if (request != NULL)
		change(once, request + strlen("\n%% "));
	return 0;
}
