/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzzes what others' packet filters are read from (nft's JSON, iptables-save), and the way of packets through them: whatever is told has a
 * remedy. */
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "net/foreign_rules.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void judge(const struct firewall *firewall, const struct foreign_subject *subject)
{
	struct obstacle *obstacles;
	size_t count;

	foreign_rules_judge(firewall, subject, &obstacles, &count);
	for (size_t i = 0; i < count; i++)
		if (text_empty(obstacles[i].reason) || strv_length(obstacles[i].remedy) == 0)
			abort();
	obstacles_free(obstacles, count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct foreign_subject subjects[] = {
		{ .bridge = "virbr0", .uplink = "eth0", .v4 = true, .v6 = true, .leaves = true, .called = true, .serves = true },
		{ .bridge = "br0", .v4 = true, .v6 = true, .bridged4 = true, .bridged6 = true },
	};
	_cleanup_free_ char *text = xstrndup((const char *)data, size);
	_cleanup_firewall_ struct firewall firewall = { 0 };

	(void)firewall_has_compat(text);
	firewall_read_nft(&firewall, text, size % 2 == 0);
	firewall_read_save(&firewall, "ip", FILTER_IPTABLES, text);
	firewall_read_save(&firewall, "ip6", FILTER_IPTABLES_LEGACY, text);
	for (size_t i = 0; i < ARRAY_LENGTH(subjects); i++)
		judge(&firewall, &subjects[i]);
	return 0;
}
