/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A network's document as dnsmasq's configuration. */
#include "net/dnsmasq.h"

#include "base/memory.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static struct subnet subnet_of(const struct network_ip *ip)
{
	struct subnet subnet = { 0 };

	/* a valid document's: it cannot fail */
	(void)network_ip_subnet(ip, &subnet, NULL);
	return subnet;
}

/* "infinite", "7200", or nothing: dnsmasq's own hour. Owned. */
static char *lease_time(const struct network_lease_time *lease)
{
	uint64_t unit = text_equal(lease->unit, "hours") ? 3600 : text_equal(lease->unit, "seconds") ? 1 : 60;

	if (!lease->expiry.set)
		return xstrdup("");
	if (lease->expiry.value == 0)
		return xstrdup(",infinite");
	return strf(",%" PRIu64, lease->expiry.value * unit);
}

/* Who is asked about names that are not of this network. */
static void put_forwarders(struct strbuf *out, const struct network *network)
{
	bool any = false;

	for (size_t i = 0; i < network->forwarder_count; i++) {
		const struct dns_forwarder *forwarder = &network->forwarders[i];

		any = any || forwarder->domain == NULL;
		strbuf_puts(out, "server=");
		if (forwarder->domain != NULL)
			strbuf_printf(out, "/%s/", forwarder->domain);
		if (forwarder->address != NULL)
			strbuf_printf(out, "%s", forwarder->address);
		if (forwarder->address != NULL && forwarder->port.set)
			strbuf_printf(out, "#%" PRIu64, forwarder->port.value);
		strbuf_puts(out, "\n");
	}
	/* guests that cannot leave must not reach the world by asking for names either */
	if (any || network->forward == FORWARD_NONE)
		strbuf_puts(out, "no-resolv\n");
}

static void put_records(struct strbuf *out, const struct network *network)
{
	for (size_t i = 0; i < network->dns_host_count; i++) {
		const struct dns_host *host = &network->dns_hosts[i];

		strbuf_puts(out, "host-record=");
		for (size_t n = 0; n < host->name_count; n++) {
			/* names of guests are completed by expand-hosts, these are not */
			if (network->domain != NULL && strchr(host->names[n].name, '.') == NULL)
				strbuf_printf(out, "%s.%s,", host->names[n].name, network->domain);
			strbuf_printf(out, "%s,", host->names[n].name);
		}
		strbuf_printf(out, "%s\n", host->ip);
	}
	for (size_t i = 0; i < network->txt_count; i++)
		strbuf_printf(out, "txt-record=%s,\"%s\"\n", network->txts[i].name,
			    network->txts[i].value != NULL ? network->txts[i].value : "");
	for (size_t i = 0; i < network->srv_count; i++) {
		const struct dns_srv *srv = &network->srvs[i];

		strbuf_printf(out, "srv-host=_%s._%s", srv->service, srv->protocol);
		if (srv->domain != NULL)
			strbuf_printf(out, ".%s", srv->domain);
		if (srv->target != NULL && !text_equal(srv->target, "."))
			strbuf_printf(out, ",%s,%" PRIu64 ",%" PRIu64 ",%" PRIu64, srv->target,
				    srv->port.set ? srv->port.value : 1, srv->priority.value, srv->weight.value);
		strbuf_puts(out, "\n");
	}
}

static void put_names(struct strbuf *out, const struct network *network)
{
	if (network->dns_enable == TRI_NO) {
		strbuf_puts(out, "port=0\n");
		return;
	}
	put_forwarders(out, network);
	if (network->forward_plain_names != TRI_YES)
		strbuf_puts(out, "domain-needed\n");
	if (network->domain != NULL) {
		strbuf_printf(out, "domain=%s\nexpand-hosts\n", network->domain);
		if (network->domain_local_only == TRI_YES)
			strbuf_printf(out, "local=/%s/\n", network->domain);
	}
	put_records(out, network);
}

/* "122.168.192.in-addr.arpa", where the prefix ends between two bytes: names of addresses that are looked up here alone. */
static void put_local_ptr(struct strbuf *out, const struct network_ip *ip, const struct subnet *subnet)
{
	bool v4 = subnet->address.family == AF_INET;
	unsigned step = v4 ? 8 : 4;

	if (ip->local_ptr != TRI_YES || subnet->prefix % step != 0)
		return;
	strbuf_puts(out, "local=/");
	for (unsigned i = subnet->prefix / step; i-- > 0;) {
		if (v4)
			strbuf_printf(out, "%u.", subnet->address.bytes[i]);
		else
			strbuf_printf(out, "%x.", subnet->address.bytes[i / 2] >> (i % 2 == 0 ? 4 : 0) & 0xf);
	}
	strbuf_puts(out, v4 ? "in-addr.arpa/\n" : "ip6.arpa/\n");
}

static void put_ranges(struct strbuf *out, const struct network_ip *ip, const struct subnet *subnet)
{
	char mask[ADDRESS_TEXT_SIZE];
	struct ip_address netmask = subnet_netmask(subnet);

	address_format(&netmask, mask);
	for (size_t i = 0; i < ip->range_count; i++) {
		_cleanup_free_ char *time = lease_time(&ip->ranges[i].lease);

		if (subnet->address.family == AF_INET)
			strbuf_printf(out, "dhcp-range=%s,%s,%s%s\n", ip->ranges[i].start, ip->ranges[i].end, mask, time);
		else
			strbuf_printf(out, "dhcp-range=%s,%s,%u%s\n", ip->ranges[i].start, ip->ranges[i].end,
				    subnet->prefix, time);
	}
	/* reservations alone: a range that lends nothing else */
	if (ip->range_count == 0 && ip->host_count > 0) {
		if (subnet->address.family == AF_INET)
			strbuf_printf(out, "dhcp-range=%s,static,%s\n", ip->address, mask);
		else
			strbuf_printf(out, "dhcp-range=%s,static,%u\n", ip->address, subnet->prefix);
	}
}

static uint64_t leases_possible(const struct network *network)
{
	uint64_t count = 0;

	for (size_t i = 0; i < network->ip_count; i++) {
		const struct network_ip *ip = &network->ips[i];

		for (size_t n = 0; n < ip->range_count; n++) {
			struct ip_address start, end;

			if (address_parse(ip->ranges[n].start, &start) && address_parse(ip->ranges[n].end, &end))
				count += address_count(&start, &end);
		}
		count += ip->host_count;
	}
	return count;
}

static void put_boot(struct strbuf *out, const struct network_ip *ip)
{
	if (ip->tftp_root != NULL)
		strbuf_printf(out, "enable-tftp\ntftp-root=%s\n", ip->tftp_root);
	if (ip->bootp_file == NULL)
		return;
	strbuf_printf(out, "dhcp-boot=%s", ip->bootp_file);
	if (ip->bootp_server != NULL)
		strbuf_printf(out, ",,%s", ip->bootp_server);
	/* to QEMU's firmware, iPXE: there is no second server that would say what to load. It waits ten seconds for one otherwise */
	strbuf_puts(out, "\ndhcp-option=encap:175,176,1b\n");
}

/* IPv6 guests learn their prefix and router from advertisements; whether addresses are lent, too, those say. */
static void put_ipv6(struct strbuf *out, const struct network *network)
{
	bool any = false;

	for (size_t i = 0; i < network->ip_count; i++) {
		const struct network_ip *ip = &network->ips[i];
		struct subnet subnet = subnet_of(ip);

		if (subnet.address.family != AF_INET6)
			continue;
		any = true;
		if (ip->range_count == 0 && ip->host_count == 0)
			strbuf_printf(out, "dhcp-range=%s,ra-only\n", ip->address);
	}
	if (!any)
		return;
	strbuf_puts(out, "enable-ra\n");
	/* advertised as a prefix, and not as a router, where nothing leads out */
	if (network->forward == FORWARD_NONE)
		strbuf_puts(out, "ra-param=*,0,0\n");
}

/* "dhcp-host=52:54:00:00:00:01,10.1.0.7,web": what is known of a guest, then what it gets. */
static void put_hosts(struct strbuf *out, const struct network_ip *ip, const struct subnet *subnet)
{
	for (size_t n = 0; n < ip->host_count; n++) {
		const struct dhcp_host *host = &ip->hosts[n];
		_cleanup_free_ char *time = lease_time(&host->lease);
		bool v4 = subnet->address.family == AF_INET, named = host->mac == NULL && host->id == NULL;

		if (host->mac != NULL)
			strbuf_printf(out, "dhcp-host=%s", host->mac);
		else if (host->id != NULL)
			strbuf_printf(out, "dhcp-host=id:%s", host->id);
		else
			strbuf_printf(out, "dhcp-host=%s", host->name);
		if (host->ip != NULL)
			strbuf_printf(out, ",%s%s%s", v4 ? "" : "[", host->ip, v4 ? "" : "]");
		if (!named && host->name != NULL)
			strbuf_printf(out, ",%s", host->name);
		strbuf_printf(out, "%s\n", time);
	}
}

/* In quotes, where nothing but these means anything to dnsmasq: a directory of ours may be called anything. */
static void put_quoted(struct strbuf *out, const char *text)
{
	strbuf_putc(out, '"');
	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '"' || *p == '\\')
			strbuf_putc(out, '\\');
		strbuf_puts(out, *p == '\n' ? "\\n" : (const char[]){ *p, '\0' });
	}
	strbuf_puts(out, "\"\n");
}

static void put_dhcp(struct strbuf *out, const struct network *network, const char *leases)
{
	strbuf_puts(out, "dhcp-no-override\ndhcp-authoritative\ndhcp-leasefile=");
	put_quoted(out, leases);
	strbuf_printf(out, "dhcp-lease-max=%" PRIu64 "\n", leases_possible(network));
	/* nobody is a router where nothing leads out */
	if (network->forward == FORWARD_NONE)
		strbuf_puts(out, "dhcp-option=option:router\n");
	if (network->dns_enable == TRI_NO)
		strbuf_puts(out, "dhcp-option=option:dns-server\n");
	if (network->mtu.set)
		strbuf_printf(out, "dhcp-option=option:mtu,%" PRIu64 "\n", network->mtu.value);
}

char *dnsmasq_config(const struct network *network, const char *leases)
{
	struct strbuf out = { 0 };

	strbuf_printf(&out, "# Made by virtty for network '%s' at each start. Change the network instead: virtty net-edit\n",
		    network->name);
	strbuf_printf(&out, "strict-order\nno-hosts\npid-file=\nexcept-interface=lo\nbind-dynamic\ninterface=%s\n",
		    network->bridge);
	put_names(&out, network);
	if (network_has_dhcp(network))
		put_dhcp(&out, network, leases);
	for (size_t i = 0; i < network->ip_count; i++) {
		struct subnet subnet = subnet_of(&network->ips[i]);

		if (network->dns_enable != TRI_NO)
			put_local_ptr(&out, &network->ips[i], &subnet);
		put_ranges(&out, &network->ips[i], &subnet);
		put_hosts(&out, &network->ips[i], &subnet);
		put_boot(&out, &network->ips[i]);
	}
	put_ipv6(&out, network);
	return strbuf_take(&out);
}

char **dnsmasq_argv(const char *binary, const char *config)
{
	char **argv = strv_add(NULL, binary);

	argv = strv_add(argv, "--keep-in-foreground");
	argv = strv_add(argv, "--log-facility=-");
	return strv_addf(argv, "--conf-file=%s", config);
}
