/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Are the names of a network such that a name server can be told of them? What stands here goes into dnsmasq's configuration, so
 * nothing that would begin another line or word of it is let through. */
#include "base/text.h"
#include "base/xml.h"
#include "net/network_check.h"

#include <string.h>

static bool check_dns_host(const struct network *network, const struct dns_host *host, struct error *err)
{
	struct ip_address address;

	if (!address_parse(host->ip, &address))
		return network_fail(network, host->node, err, "'%s' is not an address", host->ip);
	if (host->name_count == 0)
		return network_fail(network, host->node, err, "<hostname> is missing");
	for (size_t i = 0; i < host->name_count; i++)
		if (host->names[i].name == NULL || !host_name_is_valid(host->names[i].name))
			return network_fail(network, host->names[i].node, err, "'%s' is not a host's name",
					    host->names[i].name != NULL ? host->names[i].name : "");
	return true;
}

static bool check_forwarder(const struct network *network, const struct dns_forwarder *forwarder, struct error *err)
{
	struct ip_address address;

	if (forwarder->address == NULL && forwarder->domain == NULL)
		return network_fail(network, forwarder->node, err, "addr= or domain= is missing");
	if (forwarder->address != NULL && !address_parse(forwarder->address, &address))
		return network_fail(network, forwarder->node, err, "'%s' is not an address", forwarder->address);
	if (forwarder->domain != NULL && !host_name_is_valid(forwarder->domain))
		return network_fail(network, forwarder->node, err, "'%s' is not a domain", forwarder->domain);
	return true;
}

static bool check_txt(const struct network *network, const struct dns_txt *txt, struct error *err)
{
	if (!host_name_is_valid(txt->name))
		return network_fail(network, txt->node, err, "'%s' is not a name", txt->name);
	if (txt->value != NULL && (!plain_text_is_valid(txt->value, true) || strlen(txt->value) > 255))
		return network_fail(network, txt->node, err,
				    "the text of '%s': at most 255 bytes, without quotes, '\\' and '#'", txt->name);
	return true;
}

static bool check_srv(const struct network *network, const struct dns_srv *srv, struct error *err)
{
	if (!host_name_is_valid(srv->service) || strchr(srv->service, '.') != NULL)
		return network_fail(network, srv->node, err, "'%s' is not a service", srv->service);
	if (srv->domain != NULL && !host_name_is_valid(srv->domain))
		return network_fail(network, srv->node, err, "'%s' is not a domain", srv->domain);
	if (srv->target != NULL && !text_equal(srv->target, ".") && !host_name_is_valid(srv->target))
		return network_fail(network, srv->node, err, "'%s' is not a host's name", srv->target);
	if (srv->target == NULL && (srv->port.set || srv->priority.set || srv->weight.set))
		return network_fail(network, srv->node, err, "target= is missing: whose port it is");
	return true;
}

bool network_check_names(const struct network *network, struct error *err)
{
	bool any = network->forwarder_count + network->dns_host_count + network->txt_count + network->srv_count > 0;

	if (network->domain != NULL && !host_name_is_valid(network->domain))
		return network_fail(network, xml_child(network->node, "domain"), err, "'%s' is not a domain", network->domain);
	if (network->dns_enable == TRI_NO && any)
		return network_fail(network, xml_child(network->node, "dns"), err, "enable='no', with something to look up in it");
	if (!network_has_own_bridge(network) && any)
		return network_fail(network, xml_child(network->node, "dns"), err, "the names of this network are given by others");
	for (size_t i = 0; i < network->forwarder_count; i++)
		if (!check_forwarder(network, &network->forwarders[i], err))
			return false;
	for (size_t i = 0; i < network->dns_host_count; i++)
		if (!check_dns_host(network, &network->dns_hosts[i], err))
			return false;
	for (size_t i = 0; i < network->txt_count; i++)
		if (!check_txt(network, &network->txts[i], err))
			return false;
	for (size_t i = 0; i < network->srv_count; i++)
		if (!check_srv(network, &network->srvs[i], err))
			return false;
	return true;
}
