/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzzes what a guest's agent says: the conversation, which may hold anything, and the list of network cards, of which nothing but names fit for a
 * terminal and true addresses comes out, those of one card together. */
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "core/guest_agent.h"
#include "tests/fuzz/must.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SAID_MAX 65536 /* more does not fit between the two ends of a socket pair at once */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_later_again(const struct interface_address *addresses, size_t count, size_t i)
{
	for (size_t n = i + 2; n < count; n++)
		if (text_equal(addresses[n].target, addresses[i].target) && !text_equal(addresses[n - 1].target, addresses[i].target))
			return true;
	return false;
}

static void read_cards(const char *text, size_t size)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_json_ struct json_object *answer = json_parse("fuzz", text, size, NULL);
	struct interface_address *addresses = NULL;
	size_t count = 0;

	if (answer == NULL)
		return;
	if (!guest_agent_addresses(answer, &addresses, &count, &err))
		must_be(err.code == ERROR_PROTOCOL, "refused without a reason", text);
	for (size_t i = 0; i < count; i++) {
		for (const char *p = addresses[i].target; *p != '\0'; p++)
			must_be((unsigned char)*p >= ' ' && *p != 0x7f, "a name that is not for terminals", addresses[i].target);
		must_be(utf8_valid(addresses[i].target, strlen(addresses[i].target)), "a name that is no UTF-8", addresses[i].target);
		must_be(addresses[i].address.family == 0 || addresses[i].prefix <= address_bits(&addresses[i].address), "a prefix that is none",
		     addresses[i].target);
		must_be(count > 64 || !is_later_again(addresses, count, i), "a card's addresses are not together", addresses[i].target);
	}
	interface_addresses_free(addresses, count);
}

/* An agent that has said all this, and is gone. */
static void speak(const uint8_t *data, size_t size)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_json_ struct json_object *answer = NULL;
	int pair[2];

	if (size > SAID_MAX || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return;
	if (send(pair[1], data, size, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)size && shutdown(pair[1], SHUT_WR) == 0)
		must_be(guest_agent_talk(pair[0], "guest-info", NULL, 1000, &answer, &err) || err.code != ERROR_NONE, "no answer, and no reason", "");
	close(pair[0]);
	close(pair[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = xstrndup((const char *)data, size);

	read_cards(text, strlen(text));
	speak(data, size);
	return 0;
}
