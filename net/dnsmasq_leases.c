/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dnsmasq's lease file: a line for each lease, those of IPv4 first, those of IPv6 after a line with the server's DUID.
 *
 * IPv4: expiry, MAC, address, name, client id. IPv6: expiry, IAID, address, name, DUID. "*" is nothing. */
#include "net/dnsmasq.h"

#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/uuid.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define LINE_MAX_BYTES 2048
#define EXPIRY_MAX     ((int64_t)UINT32_MAX * 1000) /* beyond every lease; in milliseconds it is still a number */

static void lease_clear(struct lease *lease)
{
	free(lease->mac);
	free(lease->name);
	free(lease->client_id);
}

void leases_free(struct lease *leases, size_t count)
{
	for (size_t i = 0; i < count; i++)
		lease_clear(&leases[i]);
	free(leases);
}

size_t leases_current(struct lease *leases, size_t count, int64_t now_s)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (leases[i].expiry_s == 0 || leases[i].expiry_s >= now_s)
			leases[kept++] = leases[i];
		else
			lease_clear(&leases[i]);
	}
	return kept;
}

/* A word that may be "*". dnsmasq takes no other characters from a guest either; this goes to terminals and into tables. Owned. */
static char *word(const char *text)
{
	if (text_empty(text) || text_equal(text, "*"))
		return NULL;
	for (const char *p = text; *p != '\0'; p++)
		if (*p <= ' ' || *p >= 0x7f)
			return NULL;
	return xstrdup(text);
}

/* A DUID made of a link's address (types 1 and 3) ends with it. Owned. */
static char *mac_of_duid(const char *duid)
{
	size_t length = strlen(duid);
	char mac[MAC_TEXT_SIZE];

	if (length < MAC_TEXT_SIZE - 1 || !(text_starts(duid, "00:01:00:01:") || text_starts(duid, "00:03:00:01:")))
		return NULL;
	return mac_parse(duid + length - (MAC_TEXT_SIZE - 1), mac) ? xstrdup(mac) : NULL;
}

/* "01:52:54:00:..." or a MAC alone; others, of networks that are not Ethernet, begin with their type: "06-...". */
static char *mac_of_word(const char *text)
{
	char mac[MAC_TEXT_SIZE];

	return mac_parse(text, mac) ? xstrdup(mac) : NULL;
}

static bool read_line(char **words, struct lease *ret)
{
	struct lease lease = { 0 };
	uint64_t iaid = 0;

	if (strv_length(words) != 5 || !text_to_int(words[0], &lease.expiry_s) || lease.expiry_s < 0 || lease.expiry_s > EXPIRY_MAX ||
	    !address_parse(words[2], &lease.address))
		return false;
	bool v6 = lease.address.family == AF_INET6;

	/* a temporary address has a T before its number */
	if (v6 && !text_to_uint(words[1] + (words[1][0] == 'T'), false, &iaid))
		return false;
	lease.iaid = (uint32_t)iaid;
	lease.name = word(words[3]);
	lease.client_id = word(words[4]);
	lease.mac = v6 ? mac_of_duid(words[4]) : mac_of_word(words[1]);
	*ret = lease;
	return true;
}

void leases_read(const char *text, size_t length, struct lease **ret, size_t *ret_count)
{
	struct lease *leases = NULL;
	size_t count = 0;

	for (size_t at = 0; at < length && count < LEASES_MAX;) {
		const char *end = memchr(text + at, '\n', length - at);
		size_t line_length = end != NULL ? (size_t)(end - (text + at)) : length - at;

		if (line_length < LINE_MAX_BYTES && memchr(text + at, '\0', line_length) == NULL) {
			_cleanup_free_ char *line = xstrndup(text + at, line_length);
			_cleanup_strv_ char **words = strv_split(line, " ");
			struct lease lease;

			if (read_line(words, &lease)) {
				leases = array_grow(leases, count, sizeof *leases);
				leases[count++] = lease;
			}
		}
		at += line_length + 1;
	}
	*ret = leases;
	*ret_count = count;
}
