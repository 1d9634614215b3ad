/* SPDX-License-Identifier: GPL-2.0-or-later */
/* passt's command line. */
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/passt.h"
#include "hv/domain.h"

#include <inttypes.h>

/* "2222", "8000-8010", "8000-8010:9000-9010", "~8005": as passt(1) has it. */
static void add_range(struct strbuf *spec, const struct port_range *range)
{
	uint64_t start = range->start.value, end = range->end.set ? range->end.value : start;

	if (range->exclude == TRI_YES)
		strbuf_putc(spec, '~');
	strbuf_printf(spec, "%" PRIu64, start);
	if (end != start)
		strbuf_printf(spec, "-%" PRIu64, end);
	if (range->exclude == TRI_YES || !range->to.set)
		return;
	strbuf_printf(spec, ":%" PRIu64, range->to.value);
	if (end != start)
		strbuf_printf(spec, "-%" PRIu64, range->to.value + end - start);
}

/* All that is not the system's own to give to whoever asks for any port. */
#define ALL_PORTS "1-32767"

/* at: "192.0.2.1", "192.0.2.1%eth0"; NULL: everywhere. */
static char **add_forward(char **argv, const struct port_forwarding *forwarding, const char *at)
{
	_cleanup_strbuf_ struct strbuf spec = STRBUF_INIT;

	if (at != NULL)
		strbuf_printf(&spec, "%s/", at);
	for (size_t i = 0; i < forwarding->range_count; i++) {
		if (i > 0)
			strbuf_putc(&spec, ',');
		add_range(&spec, &forwarding->ranges[i]);
	}
	if (forwarding->range_count == 0)
		strbuf_puts(&spec, at != NULL ? ALL_PORTS : "all");
	argv = strv_add(argv, text_equal(forwarding->proto, "udp") ? "--udp-ports" : "--tcp-ports");
	return strv_take(argv, strbuf_take(&spec));
}

static char **add_forwards(char **argv, const struct port_forwarding *forwarding)
{
	const char *address = forwarding->address, *dev = forwarding->dev;

	if (dev == NULL)
		return add_forward(argv, forwarding, address);
	/* a device alone is no place that older ones know, and one port is in one place */
	_cleanup_free_ char *at = strf("%s%%%s", address != NULL ? address : "0.0.0.0", dev);

	return add_forward(argv, forwarding, at);
}

char **passt_argv(const char *program, const struct interface *interface, int fd)
{
	char **argv = strv_add(strv_add(NULL, program), "--quiet");

	argv = strv_addf(strv_add(argv, "--fd"), "%d", fd);
	if (interface->backend_log != NULL)
		argv = strv_add(strv_add(argv, "--log-file"), interface->backend_log);
	if (interface->source != NULL)
		argv = strv_add(strv_add(argv, "--interface"), interface->source);
	if (interface->mtu.set)
		argv = strv_addf(strv_add(argv, "--mtu"), "%" PRIu64, interface->mtu.value);
	for (size_t i = 0; i < interface->ip_count; i++) {
		const struct interface_ip *ip = &interface->ips[i];

		argv = strv_add(strv_add(argv, "--address"), ip->address);
		if (ip->prefix.set && !text_equal(ip->family, "ipv6"))
			argv = strv_addf(strv_add(argv, "--netmask"), "%" PRIu64, ip->prefix.value);
	}
	for (size_t i = 0; i < interface->forwarding_count; i++)
		argv = add_forwards(argv, &interface->forwardings[i]);
	return argv;
}
