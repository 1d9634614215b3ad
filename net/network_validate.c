/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is a network's document one that can be made true? Its modes, its bridge, its NAT; addresses and names in files of their own. */
#include "base/text.h"
#include "base/xml.h"
#include "net/link.h"
#include "net/network_check.h"

#include <inttypes.h>

/* Where an element of the network is; the network itself where it has none. */
static const xmlNode *place(const struct network *network, const char *element)
{
	const xmlNode *node = xml_child(network->node, element);

	return node != NULL ? node : network->node;
}

static bool check_devices(const struct network *network, struct error *err)
{
	for (size_t i = 0; i < network->device_count; i++)
		if (!interface_name_check("interface", network->devices[i].dev, err))
			return error_wrap(err, "%s:%ld: <interface>", network->source,
					  xml_line(network->devices[i].node));
	if (network->forward_dev != NULL && !interface_name_check("interface", network->forward_dev, err))
		return error_wrap(err, "%s:%ld: <forward dev=>", network->source, xml_line(place(network, "forward")));
	return true;
}

/* A network that others made: a bridge, or a device that macvtaps stand on. Nothing of ours is on it. */
static bool check_foreign(const struct network *network, struct error *err)
{
	const char *mode = enum_word(&forward_mode_words, (int)network->forward);
	bool macvtap = network->device_count > 0 || network->forward_dev != NULL;

	if (network->forward == FORWARD_HOSTDEV) {
		error_set(err, ERROR_UNSUPPORTED, "%s:%ld: <forward>: networks of mode 'hostdev' are not supported", network->source,
			  xml_line(place(network, "forward")));
		return error_hint(err, "give the card to a machine by a <hostdev> of its own");
	}
	if (network->forward == FORWARD_BRIDGE && network->bridge != NULL && macvtap)
		return network_fail(network, place(network, "bridge"), err,
				    "<bridge name=> and <interface dev=> cannot both be given: a bridge, or macvtap");
	if (network->forward != FORWARD_BRIDGE && network->bridge != NULL)
		return network_fail(network, place(network, "bridge"), err, "a bridge has no meaning with mode '%s'", mode);
	if (network->bridge == NULL && !macvtap)
		return network_fail(network, place(network, "forward"), err, "mode '%s' needs %s", mode,
				    network->forward == FORWARD_BRIDGE ? "<bridge name=> or <interface dev=>" :
									 "<interface dev=>: what the guests' cards stand on");
	if (network->ip_count > 0)
		return network_fail(network, network->ips[0].node, err,
				    "the addresses of a network of mode '%s' are given by others", mode);
	if (network->route_count > 0)
		return network_fail(network, network->routes[0].node, err, "mode '%s' has no routes of its own", mode);
	return true;
}

static bool check_bridge(const struct network *network, struct error *err)
{
	uint64_t seconds;

	if (network->bridge != NULL && !interface_name_check("bridge", network->bridge, err))
		return error_wrap(err, "%s:%ld: <bridge>", network->source, xml_line(place(network, "bridge")));
	if (network->delay != NULL && !(text_to_uint(network->delay, false, &seconds) && seconds <= 30))
		return network_fail(network, place(network, "bridge"), err, "delay='%s': a number of seconds, 0 to 30",
				    network->delay);
	if (network->device_count > 0 && network_has_own_bridge(network) && network->device_count > 1)
		return network_fail(network, network->devices[1].node, err,
				    "guests can leave by one interface, or by any: not by a list of them");
	return true;
}

static bool check_nat(const struct network *network, struct error *err)
{
	struct ip_address start, end;

	if (network->forward != FORWARD_NAT &&
	    (network->nat_start != NULL || network->nat_port_start.set || network->nat_ipv6 != TRI_ABSENT))
		return network_fail(network, place(network, "forward"), err, "<nat> has a meaning with <forward mode='nat'> alone");
	if ((network->nat_start == NULL) != (network->nat_end == NULL))
		return network_fail(network, place(network, "forward"), err, "<nat><address>: start= and end= are both needed");
	if (network->nat_start != NULL) {
		if (!address_parse(network->nat_start, &start) || !address_parse(network->nat_end, &end))
			return network_fail(network, place(network, "forward"), err, "<nat><address>: '%s' to '%s' are no addresses",
					    network->nat_start, network->nat_end);
		if (start.family != end.family || address_compare(&start, &end) > 0)
			return network_fail(network, place(network, "forward"), err, "<nat><address>: '%s' is not before '%s'",
					    network->nat_start, network->nat_end);
	}
	if (network->nat_port_start.set != network->nat_port_end.set)
		return network_fail(network, place(network, "forward"), err, "<nat><port>: start= and end= are both needed");
	if (network->nat_port_start.set && network->nat_port_start.value > network->nat_port_end.value)
		return network_fail(network, place(network, "forward"), err, "<nat><port>: %u is not before %u",
				    (unsigned)network->nat_port_start.value, (unsigned)network->nat_port_end.value);
	return true;
}

static bool check_peak(const struct network *network, const struct bandwidth_side *side, struct error *err)
{
	return !side->peak.set || side->peak.value >= side->average.value ||
	       network_fail(network, side->node, err, "peak='%" PRIu64 "' is below average='%" PRIu64 "'", side->peak.value, side->average.value);
}

bool network_validate(const struct network *network, struct error *err)
{
	if (!name_check("name", network->name, err))
		return error_wrap(err, "%s:%ld: <network>", network->source, xml_line(network->node));
	if (network->virtualport != NULL) {
		error_set(err, ERROR_UNSUPPORTED, "%s:%ld: <virtualport type='%s'> is not supported: Open vSwitch and its like", network->source,
			  xml_line(place(network, "virtualport")), network->virtualport);
		return error_hint(err, "a bridge of the host's: <forward mode='bridge'/><bridge name='br0'/>");
	}
	if (!check_devices(network, err) || !check_bridge(network, err) || !check_nat(network, err) || !check_peak(network, &network->inbound, err) ||
	    !check_peak(network, &network->outbound, err))
		return false;
	if (!network_has_own_bridge(network) && !check_foreign(network, err))
		return false;
	return network_check_addresses(network, err) && network_check_names(network, err);
}
