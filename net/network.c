/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A network's document: read, and printed again. */
#include "net/network.h"

#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/unmodelled.h"
#include "base/xml.h"
#include "net/network_schema.h"

#include <stdlib.h>
#include <string.h>

void network_free(struct network *network)
{
	if (network == NULL)
		return;
	strv_free(network->unmodelled);
	xmlFreeDoc(network->doc);
	free(network->source);
	schema_free(&network_schema, network);
	free(network);
}

struct network *network_parse(const char *source, const char *text, size_t length, struct error *err)
{
	_cleanup_network_ struct network *network = xcalloc(1, sizeof *network);
	struct unmodelled_lines lines = { source, NULL };
	struct schema_reader reader = { source, unmodelled_line, &lines };

	network->source = xstrdup(source);
	network->doc = xml_parse(source, text, length, err);
	if (network->doc == NULL)
		return NULL;
	xmlNode *root = xmlDocGetRootElement(network->doc);

	if (strcmp((const char *)root->name, "network") != 0 || root->ns != NULL) {
		error_set(err, ERROR_INVALID, "%s:%ld: <%s>: not a network's definition, which begins with <network>",
			  source, xml_line(root), (const char *)root->name);
		return NULL;
	}
	bool ok = schema_parse(&network_schema, root, network, &reader, err);

	network->unmodelled = lines.lines;
	if (network->has_forward && network->forward == FORWARD_NONE)
		network->forward = FORWARD_NAT;
	return ok ? TAKE_POINTER(network) : NULL;
}

char *network_format(const struct network *network)
{
	return xml_format(network->doc);
}

bool network_ip_subnet(const struct network_ip *ip, struct subnet *ret, struct error *err)
{
	return subnet_parse("address", ip->address, ip->netmask, ip->prefix.set, ip->prefix.value, ret, err);
}

bool network_ip_is_of(const struct network_ip *ip, int family)
{
	struct ip_address address;

	return address_parse(ip->address, &address) && address.family == family;
}

bool network_has_family(const struct network *network, int family)
{
	for (size_t i = 0; i < network->ip_count; i++)
		if (network_ip_is_of(&network->ips[i], family))
			return true;
	return false;
}

unsigned network_prefix(const struct network *network, const struct ip_address *address)
{
	struct subnet subnet;

	for (size_t i = 0; i < network->ip_count; i++)
		if (network_ip_subnet(&network->ips[i], &subnet, NULL) && subnet_has(&subnet, address))
			return subnet.prefix;
	return 0;
}

bool network_has_own_bridge(const struct network *network)
{
	return network->forward == FORWARD_NONE || network->forward == FORWARD_NAT ||
	       network->forward == FORWARD_ROUTE || network->forward == FORWARD_OPEN;
}

const char *network_device(const struct network *network)
{
	return network->forward_dev != NULL ? network->forward_dev : network->device_count > 0 ? network->devices[0].dev : NULL;
}

bool network_has_dhcp(const struct network *network)
{
	for (size_t i = 0; i < network->ip_count; i++)
		if (network->ips[i].range_count > 0 || network->ips[i].host_count > 0)
			return true;
	return false;
}

/* Names are looked up wherever the host has an address on the network, unless <dns enable='no'/>. */
bool network_needs_dnsmasq(const struct network *network)
{
	if (!network_has_own_bridge(network) || network->ip_count == 0)
		return false;
	if (network->dns_enable != TRI_NO || network_has_dhcp(network))
		return true;
	for (size_t i = 0; i < network->ip_count; i++)
		if (network->ips[i].tftp_root != NULL)
			return true;
	return false;
}
