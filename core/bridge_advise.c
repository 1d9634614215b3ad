/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A bridge as the host's own configuration would have it: the text to write, with the addresses that the bridge has now. */
#include "core/bridge_internal.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define RESOLV_CONF	  "/etc/resolv.conf"
#define INTERFACES	  "/etc/network/interfaces"
#define NETPLAN_DIRECTORY "/etc/netplan"
#define TABLE_MAIN	  254 /* RT_TABLE_MAIN: others are made by scripts of the host's own */
#define FILE_LIMIT	  ((size_t)1024 * 1024)

/* What all of them have to say. */
struct subject {
	const char *bridge, *port, *mac;
	bool stp;
	unsigned mtu; /* 0: Ethernet's own */
	struct carried_address *addresses; /* owned */
	struct carried_route *routes;	   /* owned */
	size_t address_count, route_count;
	char **servers; /* owned: of names */
};

/* Does it get addresses of that family by itself (DHCP, a router's announcements)? */
static bool is_leased(const struct subject *subject, int family)
{
	for (size_t i = 0; i < subject->address_count; i++)
		if (subject->addresses[i].subnet.address.family == family && subject->addresses[i].leased)
			return true;
	return false;
}

static bool is_static(const struct carried_address *address)
{
	return !address->leased;
}

static bool is_default(const struct carried_route *route)
{
	return route->to.prefix == 0 && route->gateway.family != 0;
}

/* Routes that a file has to name: those of a lease come with it. */
static bool is_written(const struct subject *subject, const struct carried_route *route)
{
	return route->table == TABLE_MAIN && !route->leased && !(is_default(route) && is_leased(subject, route->to.address.family));
}

/* "192.0.2.10/24". Owned. */
static char *address_text(const struct carried_address *address)
{
	char text[ADDRESS_TEXT_SIZE];

	address_format(&address->subnet.address, text);
	return strf("%s/%u", text, address->subnet.prefix);
}

static char *gateway_text(const struct carried_route *route)
{
	char text[ADDRESS_TEXT_SIZE];

	address_format(&route->gateway, text);
	return xstrdup(text);
}

static char *target_text(const struct carried_route *route)
{
	return subnet_format(&route->to);
}

static char *joined_servers(const struct subject *subject, const char *separator)
{
	return strv_join(subject->servers, separator);
}

/* ---- ifupdown ---- */

static void ifupdown_family(struct strbuf *out, const struct subject *subject, int family)
{
	const char *word = family == AF_INET ? "inet" : "inet6";
	bool first = true;

	if (is_leased(subject, family)) {
		strbuf_printf(out, "iface %s %s %s\n", subject->bridge, word, family == AF_INET ? "dhcp" : "auto");
		first = false;
	}
	for (size_t i = 0; i < subject->address_count; i++) {
		const struct carried_address *address = &subject->addresses[i];

		if (address->subnet.address.family != family || !is_static(address))
			continue;
		_cleanup_free_ char *text = address_text(address);

		strbuf_printf(out, "iface %s %s static\n\taddress %s\n", subject->bridge, word, text);
		for (size_t n = 0; first && n < subject->route_count; n++) {
			const struct carried_route *route = &subject->routes[n];

			if (!is_default(route) || route->to.address.family != family || !is_written(subject, route))
				continue;
			_cleanup_free_ char *gateway = gateway_text(route);

			strbuf_printf(out, "\tgateway %s\n", gateway);
			if (route->metric != 0)
				strbuf_printf(out, "\tmetric %u\n", route->metric);
			break;
		}
		first = false;
	}
}

static void ifupdown_routes(struct strbuf *out, const struct subject *subject)
{
	for (size_t i = 0; i < subject->route_count; i++) {
		const struct carried_route *route = &subject->routes[i];

		if (!is_written(subject, route) || is_default(route))
			continue;
		_cleanup_free_ char *target = target_text(route), *gateway = route->gateway.family != 0 ? gateway_text(route) : NULL;

		strbuf_printf(out, "\tup ip route add %s%s%s dev %s", target, gateway != NULL ? " via " : "", gateway != NULL ? gateway : "",
			      subject->bridge);
		if (route->metric != 0)
			strbuf_printf(out, " metric %u", route->metric);
		strbuf_puts(out, "\n");
	}
}

static struct bridge_advice ifupdown(const struct subject *subject)
{
	struct strbuf out = STRBUF_INIT;
	_cleanup_free_ char *servers = joined_servers(subject, " ");

	strbuf_printf(&out, "iface %s inet manual\n\nauto %s\n", subject->port, subject->bridge);
	size_t head = out.length;

	ifupdown_family(&out, subject, AF_INET);
	if (out.length == head)
		strbuf_printf(&out, "iface %s inet manual\n", subject->bridge);
	strbuf_printf(&out, "\tbridge_ports %s\n\tbridge_hw %s\n\tbridge_stp %s\n\tbridge_fd 0\n", subject->port, subject->mac,
		      subject->stp ? "on" : "off");
	if (subject->mtu != 0)
		strbuf_printf(&out, "\tmtu %u\n", subject->mtu);
	if (!text_empty(servers))
		strbuf_printf(&out, "\tdns-nameservers %s\n", servers);
	ifupdown_routes(&out, subject);
	ifupdown_family(&out, subject, AF_INET6);
	return (struct bridge_advice){ .system = xstrdup("ifupdown"),
				       .where = strf("in " INTERFACES ", in place of all that is there about %s (the package bridge-utils reads it)",
						     subject->port),
				       .text = strbuf_take(&out) };
}

/* ---- systemd-networkd ---- */

static struct bridge_advice networkd(const struct subject *subject)
{
	struct strbuf out = STRBUF_INIT;

	strbuf_printf(&out, "# /etc/systemd/network/10-%s.netdev\n[NetDev]\nName=%s\nKind=bridge\nMACAddress=%s\n", subject->bridge, subject->bridge,
		      subject->mac);
	if (subject->mtu != 0)
		strbuf_printf(&out, "MTUBytes=%u\n", subject->mtu);
	strbuf_printf(&out, "[Bridge]\nSTP=%s\nForwardDelaySec=0\n\n# /etc/systemd/network/10-%s.network\n[Match]\nName=%s\n[Network]\nBridge=%s\n",
		      subject->stp ? "yes" : "no", subject->port, subject->port, subject->bridge);
	strbuf_printf(&out, "\n# /etc/systemd/network/11-%s.network\n[Match]\nName=%s\n[Network]\n", subject->bridge, subject->bridge);
	if (is_leased(subject, AF_INET))
		strbuf_puts(&out, "DHCP=ipv4\n");
	if (is_leased(subject, AF_INET6))
		strbuf_puts(&out, "IPv6AcceptRA=yes\n");
	for (size_t i = 0; i < subject->address_count; i++) {
		_cleanup_free_ char *text = address_text(&subject->addresses[i]);

		if (is_static(&subject->addresses[i]))
			strbuf_printf(&out, "Address=%s\n", text);
	}
	for (size_t i = 0; subject->servers != NULL && subject->servers[i] != NULL; i++)
		strbuf_printf(&out, "DNS=%s\n", subject->servers[i]);
	for (size_t i = 0; i < subject->route_count; i++) {
		const struct carried_route *route = &subject->routes[i];

		if (!is_written(subject, route))
			continue;
		strbuf_puts(&out, "[Route]\n");
		if (!is_default(route)) {
			_cleanup_free_ char *target = target_text(route);

			strbuf_printf(&out, "Destination=%s\n", target);
		}
		if (route->gateway.family != 0) {
			_cleanup_free_ char *gateway = gateway_text(route);

			strbuf_printf(&out, "Gateway=%s\n", gateway);
		}
		if (route->metric != 0)
			strbuf_printf(&out, "Metric=%u\n", route->metric);
	}
	return (struct bridge_advice){ .system = xstrdup("systemd-networkd"),
				       .where = strf("three files; the .network file that names %s now has to go, then 'networkctl reload'",
						     subject->port),
				       .text = strbuf_take(&out) };
}

/* ---- NetworkManager ---- */

static void nmcli_family(struct strbuf *out, const struct subject *subject, int family)
{
	const char *word = family == AF_INET ? "ipv4" : "ipv6";
	struct strbuf addresses = STRBUF_INIT, routes = STRBUF_INIT;
	_cleanup_free_ char *gateway = NULL;

	for (size_t i = 0; i < subject->address_count; i++) {
		_cleanup_free_ char *text = address_text(&subject->addresses[i]);

		if (subject->addresses[i].subnet.address.family == family && is_static(&subject->addresses[i]))
			strbuf_printf(&addresses, "%s%s", addresses.length > 0 ? "," : "", text);
	}
	for (size_t i = 0; i < subject->route_count; i++) {
		const struct carried_route *route = &subject->routes[i];

		if (route->to.address.family != family || !is_written(subject, route))
			continue;
		if (is_default(route)) {
			if (gateway == NULL)
				gateway = gateway_text(route);
			continue;
		}
		_cleanup_free_ char *target = target_text(route), *via = route->gateway.family != 0 ? gateway_text(route) : NULL;

		strbuf_printf(&routes, "%s%s%s%s", routes.length > 0 ? ", " : "", target, via != NULL ? " " : "", via != NULL ? via : "");
		if (route->metric != 0)
			strbuf_printf(&routes, " %u", route->metric);
	}
	strbuf_printf(out, " %s.method %s", word,
		      is_leased(subject, family) ? "auto" : addresses.length > 0 ? "manual" : family == AF_INET ? "disabled" : "auto");
	if (addresses.length > 0)
		strbuf_printf(out, " %s.addresses %s", word, addresses.data);
	if (gateway != NULL)
		strbuf_printf(out, " %s.gateway %s", word, gateway);
	if (routes.length > 0)
		strbuf_printf(out, " %s.routes '%s'", word, routes.data);
	strbuf_clear(&addresses);
	strbuf_clear(&routes);
}

static void nmcli_servers(struct strbuf *out, const struct subject *subject, bool v6)
{
	struct strbuf list = STRBUF_INIT;

	for (size_t i = 0; subject->servers != NULL && subject->servers[i] != NULL; i++)
		if ((strchr(subject->servers[i], ':') != NULL) == v6)
			strbuf_printf(&list, "%s%s", list.length > 0 ? "," : "", subject->servers[i]);
	if (list.length > 0)
		strbuf_printf(out, " %s.dns %s", v6 ? "ipv6" : "ipv4", list.data);
	strbuf_clear(&list);
}

static struct bridge_advice network_manager(const struct subject *subject)
{
	struct strbuf out = STRBUF_INIT;

	strbuf_printf(&out, "nmcli connection add type bridge ifname %s con-name %s bridge.stp %s bridge.mac-address %s", subject->bridge,
		      subject->bridge, subject->stp ? "yes" : "no", subject->mac);
	if (subject->mtu != 0)
		strbuf_printf(&out, " ethernet.mtu %u", subject->mtu);
	nmcli_family(&out, subject, AF_INET);
	nmcli_servers(&out, subject, false);
	nmcli_family(&out, subject, AF_INET6);
	nmcli_servers(&out, subject, true);
	strbuf_printf(&out, "\nnmcli connection add type ethernet slave-type bridge ifname %s con-name %s-%s master %s\n", subject->port,
		      subject->bridge, subject->port, subject->bridge);
	strbuf_printf(&out,
		      "nmcli connection modify \"$(nmcli -g GENERAL.CONNECTION device show %s)\" connection.autoconnect no\n"
		      "nmcli connection up %s-%s\n",
		      subject->port, subject->bridge, subject->port);
	return (struct bridge_advice){ .system = xstrdup("NetworkManager"),
				       .where = xstrdup("these commands, once"),
				       .text = strbuf_take(&out) };
}

/* ---- netplan ---- */

static struct bridge_advice netplan(const struct subject *subject)
{
	struct strbuf out = STRBUF_INIT;
	_cleanup_free_ char *servers = joined_servers(subject, ", ");
	bool routes = false, addresses = false;

	strbuf_printf(&out, "network:\n  version: 2\n  ethernets:\n    %s:\n      dhcp4: false\n      dhcp6: false\n  bridges:\n    %s:\n",
		      subject->port,
		      subject->bridge);
	strbuf_printf(&out, "      interfaces: [%s]\n      macaddress: \"%s\"\n", subject->port, subject->mac);
	if (subject->mtu != 0)
		strbuf_printf(&out, "      mtu: %u\n", subject->mtu);
	strbuf_printf(&out, "      parameters:\n        stp: %s\n        forward-delay: 0\n      dhcp4: %s\n", subject->stp ? "true" : "false",
		      is_leased(subject, AF_INET) ? "true" : "false");
	if (is_leased(subject, AF_INET6))
		strbuf_puts(&out, "      accept-ra: true\n");
	for (size_t i = 0; i < subject->address_count; i++) {
		_cleanup_free_ char *text = address_text(&subject->addresses[i]);

		if (!is_static(&subject->addresses[i]))
			continue;
		strbuf_printf(&out, "%s        - \"%s\"\n", addresses ? "" : "      addresses:\n", text);
		addresses = true;
	}
	for (size_t i = 0; i < subject->route_count; i++) {
		const struct carried_route *route = &subject->routes[i];

		if (!is_written(subject, route))
			continue;
		_cleanup_free_ char *target = target_text(route), *gateway = route->gateway.family != 0 ? gateway_text(route) : NULL;

		strbuf_printf(&out, "%s        - to: \"%s\"\n", routes ? "" : "      routes:\n",
			      !is_default(route) ? target : route->to.address.family == AF_INET ? "0.0.0.0/0" : "::/0");
		if (gateway != NULL)
			strbuf_printf(&out, "          via: \"%s\"\n", gateway);
		else
			strbuf_puts(&out, "          scope: link\n");
		if (route->metric != 0)
			strbuf_printf(&out, "          metric: %u\n", route->metric);
		routes = true;
	}
	if (!text_empty(servers))
		strbuf_printf(&out, "      nameservers:\n        addresses: [%s]\n", servers);
	return (struct bridge_advice){ .system = xstrdup("netplan"),
				       .where = strf("in " NETPLAN_DIRECTORY "/60-%s.yaml (mode 0600), after %s has gone from the other files "
						     "there; then 'netplan try'",
						     subject->bridge, subject->port),
				       .text = strbuf_take(&out) };
}

/* ---- which of them ---- */

static bool has_netplan(void)
{
	DIR *directory = opendir(NETPLAN_DIRECTORY);
	bool found = false;
	struct dirent *entry;

	while (directory != NULL && !found && (entry = readdir(directory)) != NULL)
		found = text_ends(entry->d_name, ".yaml");
	if (directory != NULL)
		closedir(directory);
	return found;
}

static bool has_ifupdown(void)
{
	return path_exists(INTERFACES);
}

static bool has_networkd(void)
{
	return path_exists("/run/systemd/netif/links") || bridge_host_runs("systemd-network");
}

static bool has_network_manager(void)
{
	return path_exists("/run/NetworkManager") || bridge_host_runs("NetworkManager");
}

/* netplan writes for the others, and NetworkManager leaves what ifupdown names alone. */
static const struct {
	bool (*runs)(void);
	struct bridge_advice (*advise)(const struct subject *subject);
} systems[] = {
	{ has_netplan, netplan },
	{ has_network_manager, network_manager },
	{ has_networkd, networkd },
	{ has_ifupdown, ifupdown },
};

/* The servers that the host asks; a resolver of its own on 127.0.0.x is told by others. */
static char **read_servers(void)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_strv_ char **lines = NULL;
	char **servers = xcalloc(1, sizeof *servers);
	struct ip_address address;

	if (!file_read(RESOLV_CONF, FILE_LIMIT, &text, NULL, NULL))
		return servers;
	lines = strv_split(text, "\n");
	for (size_t i = 0; lines != NULL && lines[i] != NULL; i++) {
		_cleanup_strv_ char **words = strv_split(lines[i], " \t");

		if (strv_length(words) >= 2 && text_equal(words[0], "nameserver") && address_parse(words[1], &address) &&
		    !address_is_special(&address))
			servers = strv_add(servers, words[1]);
	}
	return servers;
}

void bridge_advice_free(struct bridge_advice *advice, size_t count)
{
	for (size_t i = 0; advice != NULL && i < count; i++) {
		free(advice[i].system);
		free(advice[i].where);
		free(advice[i].text);
	}
	free(advice);
}

/* The card that it was made for, or the first of its ports that is nobody's tap. Borrowed from row. */
static const char *main_port(const struct bridge_row *row)
{
	for (size_t i = 0; i < row->port_count; i++)
		if (row->ports[i].machine == NULL)
			return row->ports[i].name;
	return NULL;
}

static void write_all_of(const struct bridge_row *row, const struct carried *carried, const char *port, struct bridge_advice **ret,
			 size_t *ret_count)
{
	struct subject subject = { .bridge = row->name, .port = port, .mac = row->mac, .stp = row->stp, .mtu = row->mtu != 1500 ? row->mtu : 0 };

	*ret = NULL;
	*ret_count = 0;
	subject.servers = read_servers();
	carried_addresses(carried, &subject.addresses, &subject.address_count);
	carried_routes(carried, &subject.routes, &subject.route_count);
	bool runs[ARRAY_LENGTH(systems)];

	for (size_t i = 0; i < ARRAY_LENGTH(systems); i++)
		runs[i] = systems[i].runs();
	for (int wanted = 1; wanted >= 0; wanted--)
		for (size_t i = 0; i < ARRAY_LENGTH(systems); i++) {
			if (runs[i] != (wanted == 1))
				continue;
			struct bridge_advice *advice = ARRAY_ADD(*ret, *ret_count);

			*advice = systems[i].advise(&subject);
			advice->runs = runs[i];
		}
	free(subject.addresses);
	free(subject.routes);
	strv_free(subject.servers);
}

bool bridge_advise(struct manager *manager, const char *name, struct bridge_advice **ret, size_t *ret_count, struct error *err)
{
	_cleanup_links_ struct links *links = links_open(err);
	_cleanup_carried_ struct carried *carried = NULL;
	struct bridge_row *rows = NULL;
	size_t count = 0, at = 0;
	bool ok = false;

	if (links == NULL || !bridge_list(manager, &rows, &count, err))
		return false;
	while (at < count && !text_equal(rows[at].name, name))
		at++;
	if (at == count)
		error_set(err, ERROR_NOT_FOUND, "this host has no bridge '%s'", name);
	else if (main_port(&rows[at]) == NULL)
		error_set(err, ERROR_STATE, "bridge '%s' has no card as a port", name);
	else
		carried = carried_read(links, name, err);
	if (carried != NULL) {
		write_all_of(&rows[at], carried, main_port(&rows[at]), ret, ret_count);
		ok = true;
	}
	bridge_rows_free(rows, count);
	return ok;
}
