/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words for what a network card can be joined to. */
#include "tui/network_words.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "core/interface.h"

static const char macvtap[] =
	N_("macvtap: the guest stands in the device's own network like a host beside this one; but it and this host never reach each "
				 "other.");
static const char bridged[] = N_("bridge: the guest stands in the network of the bridge's ports like a host of its own, and gets its address there.");

/* On a bridge of the host's a network of mode bridge is no macvtap: it uses that; both say so by what they stand on. */
static const struct {
	const char *word, *meaning;
} modes[FORWARD_MODE_COUNT] = {
	[FORWARD_NONE] = { N_("isolated"),
		N_("Isolated: its guests reach each other, and this host where it has an address there; nothing beyond.") },
	[FORWARD_NAT] = { N_("NAT"),
		N_("NAT: its guests reach out by this host's address, and each other. From outside nobody reaches them but through port "
				       "forwards.") },
	[FORWARD_ROUTE] = { N_("routed"),
		N_("Routed: its guests are known outside by their own addresses; the routers there must know the way to this host.") },
	[FORWARD_OPEN] = { N_("open"), N_("Open: as routed, and virtty's firewall lets everything through.") },
	[FORWARD_BRIDGE] = { N_("bridged"),
		N_("Bridged: the guest stands in the network of a bridge or device of this host. By a device (macvtap) it and this "
					     "host never reach each other.") },
	[FORWARD_PRIVATE] = { N_("macvtap"), macvtap },
	[FORWARD_VEPA] = { N_("macvtap"), macvtap },
	[FORWARD_PASSTHROUGH] = { N_("macvtap"), macvtap },
	[FORWARD_HOSTDEV] = { N_("hostdev"), N_("hostdev: the guest gets a device of the host's to itself.") },
};

const char *network_words_mode(const struct network_choice *choice)
{
	switch (choice->kind) {
	case NETWORK_CHOICE_USER:
		return _("user");
	case NETWORK_CHOICE_PASST:
		return _("passt");
	case NETWORK_CHOICE_NONE:
		return _("none");
	case NETWORK_CHOICE_NETWORK:
		return _(modes[choice->mode].word);
	case NETWORK_CHOICE_BRIDGE:
		return _("bridge");
	case NETWORK_CHOICE_DEVICE:
		return _("macvtap");
	}
	return "";
}

const char *network_words_meaning(const struct network_choice *choice)
{
	switch (choice->kind) {
	case NETWORK_CHOICE_USER:
		return N_("user: the guest reaches out as a program of this host would, without any right; nobody reaches it but through "
			  "port forwards.");
	case NETWORK_CHOICE_PASST:
		return N_("passt: as user, by a program of its own: the guest has this host's addresses, and ports over IPv6 can lead to it, too.");
	case NETWORK_CHOICE_NONE:
		return N_("The machine has no network card.");
	case NETWORK_CHOICE_NETWORK:
		return modes[choice->mode].meaning;
	case NETWORK_CHOICE_BRIDGE:
		return bridged;
	case NETWORK_CHOICE_DEVICE:
		return macvtap;
	}
	return "";
}

char *network_words_label(const struct network_choice *choice)
{
	const char *comma = choice->uses != NULL ? ", " : "", *uses = choice->uses != NULL ? choice->uses : "";

	switch (choice->kind) {
	case NETWORK_CHOICE_USER:
		return xstrdup(_("user: out by the host's own network"));
	case NETWORK_CHOICE_PASST:
		return xstrdup(_("passt: as user, with the host's addresses"));
	case NETWORK_CHOICE_NONE:
		return xstrdup(_("none"));
	case NETWORK_CHOICE_NETWORK:
		return strf(_("network %s: %s%s%s"), choice->name, network_words_mode(choice), comma, uses);
	case NETWORK_CHOICE_BRIDGE:
		return strf(_("bridge %s: %s"), choice->name, choice->uses != NULL ? uses : _("no ports"));
	case NETWORK_CHOICE_DEVICE:
		return strf(_("device %s: macvtap"), choice->name);
	}
	return NULL;
}

char *network_words_note(const struct network_choice *choice)
{
	if (choice->kind != NETWORK_CHOICE_NETWORK || choice->active || !choice->autostart)
		return NULL;
	return xstrdup(_("started with the machine"));
}

enum field_verdict network_words_check(const struct network_choice *choice, char **ret_message)
{
	*ret_message = NULL;
	if (choice->access == NETWORK_FOR_ROOT) {
		*ret_message = xstrdup(_("root alone can join it; 'user' takes no right"));
		return FIELD_WRONG;
	}
	if (choice->access == NETWORK_IF_THERE) {
		*ret_message = xstrdup(_("it needs the program passt: install the package of that name, or take 'user'"));
		return FIELD_WRONG;
	}
	if (choice->access == NETWORK_IF_ALLOWED) {
		*ret_message = strf(_("root has to allow it: 'allow %s' in /etc/qemu/bridge.conf"), choice->name);
		return FIELD_DOUBTFUL;
	}
	if (choice->kind != NETWORK_CHOICE_NETWORK || choice->active || choice->autostart)
		return FIELD_FINE;
	*ret_message = xstrdup(_("it is stopped: F2 shows the networks, F3 there starts it"));
	return FIELD_WRONG;
}

char *network_words_mac(struct manager *manager, const char *mac)
{
	_cleanup_free_ char *holder = interface_mac_holder(manager, mac);

	return holder != NULL ? strf(_("machine %s has it already: on one network neither would work"), holder) : NULL;
}
