/* SPDX-License-Identifier: GPL-2.0-or-later */
/* virt-install's compound options, "word,key=value,...", as choices. */
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/uuid.h"
#include "base/xml.h"
#include "core/forward.h"
#include "core/install_internal.h"
#include "hv/keymap.h"

#include <stdlib.h>
#include <string.h>

_Static_assert(INSTALL_PASSWORD_MAX == VNC_PASSWORD_MAX, "one limit, and front ends do not see hv's");

/* One key=value of an option and where the value goes. */
struct part {
	const char *key;
	char **value; /* owned by the target */
};

/* "key=value": stored where a row says so. */
static bool store_part(const char *option, const char *text, const struct part *parts, size_t count, struct error *err)
{
	const char *equals = strchr(text, '=');

	for (size_t i = 0; equals && i < count; i++) {
		if (strlen(parts[i].key) != (size_t)(equals - text) || strncmp(parts[i].key, text, (size_t)(equals - text)) != 0)
			continue;
		free(*parts[i].value);
		*parts[i].value = xstrdup(equals + 1);
		if (!xml_text_valid(*parts[i].value))
			return error_set(err, ERROR_INVALID, "%s: %s has characters that no document can hold", option, parts[i].key);
		return true;
	}
	return error_set(err, ERROR_INVALID, "%s: '%s' is not understood", option, text);
}

static bool check_mac(char *mac, struct error *err)
{
	char canonical[MAC_TEXT_SIZE];

	if (!mac)
		return true;
	if (!mac_parse(mac, canonical))
		return error_set(err, ERROR_INVALID, "network: '%s' is no MAC address of one card", mac);
	memcpy(mac, canonical, strlen(mac) < sizeof canonical ? strlen(mac) + 1 : sizeof canonical);
	return true;
}

#define FORWARD "forward="

/* "forward=tcp:2222:22" */
static bool read_forward(struct install_network *network, const char *text, struct error *err)
{
	_cleanup_free_ char *proto = xstrndup(text, strcspn(text, ":"));
	struct forward forward = { 0 };

	if (network->bridge || network->device) {
		error_set(err, ERROR_INVALID, "network: no port is forwarded to a guest that stands on the host's network itself");
		return error_hint(err, "'user' and 'network=NAME' have forward=");
	}
	if (!forward_parse(proto, text + strlen(proto) + (text[strlen(proto)] == ':'), &forward, err))
		return error_wrap(err, "network");
	*ARRAY_ADD(network->forwards, network->forward_count) = forward;
	return true;
}

/* "user", "passt", "none", or "network=", "bridge=", "direct=" with what it joins; then model=, mac=, mode=, and forward= as often as wanted. */
static bool read_network(struct installation *installation, const char *text, struct error *err)
{
	_cleanup_strv_ char **words = strv_split_parts(text);
	bool passt = text_equal(words[0], "passt"), user = passt || text_equal(words[0], "user");
	struct install_network *network;

	if (text_equal(words[0], "none"))
		return !words[1] || error_set(err, ERROR_INVALID, "network: 'none' takes nothing more");
	network = ARRAY_ADD(installation->networks, installation->network_count);
	network->passt = passt;
	const struct part joins[] = { { "network", &network->network }, { "bridge", &network->bridge }, { "direct", &network->device } };
	const struct part parts[] = { { "model", &network->model }, { "mac", &network->mac }, { "mode", &network->mode } };

	if (!user && !store_part("network", words[0] ? words[0] : "", joins, ARRAY_LENGTH(joins), err))
		return error_hint(err, "'network=default' joins a network, 'bridge=br0' a bridge, 'user' needs no privilege, 'none' is no card");
	for (char **word = words + 1; *words && *word; word++)
		if (text_starts(*word, FORWARD) ? !read_forward(network, *word + strlen(FORWARD), err) :
						  !store_part("network", *word, parts, ARRAY_LENGTH(parts), err))
			return false;
	if (network->mode && !network->device)
		return error_set(err, ERROR_INVALID, "network: mode is of a device alone: direct=eth0");
	return check_mac(network->mac, err);
}

/* Root's machines join the default network, as those of virt-install do; a home of one's own is no place to change the host's network from. */
static void choose_network(struct installation *installation)
{
	struct install_network *network = ARRAY_ADD(installation->networks, installation->network_count);

	if (installation->default_network)
		network->network = xstrdup("default");
}

static bool read_networks(struct installation *installation, struct error *err)
{
	char *const *networks = installation->request->networks;

	if (!networks) {
		choose_network(installation);
		return true;
	}
	for (; *networks; networks++)
		if (!read_network(installation, *networks, err))
			return false;
	return true;
}

static bool is_loopback(const char *listen)
{
	return text_starts(listen, "127.") || text_equal(listen, "::1") || text_equal(listen, "localhost");
}

static bool check_port(const char *port, struct error *err)
{
	uint64_t number;

	if (text_equal(port, "-1") || (text_to_uint(port, false, &number) && number >= 5900 && number <= 65535))
		return true;
	return error_set(err, ERROR_INVALID, "graphics: port is 5900 to 65535, or -1 for any, not '%s'", port);
}

/* One that is installed: QEMU would refuse another at the start. */
static bool check_keymap(const char *name, struct error *err)
{
	struct keymap *keymap = keymap_load(name, NULL, err);

	keymap_free(keymap);
	return keymap || error_wrap(err, "graphics");
}

static bool read_graphics(struct installation *installation, struct error *err)
{
	struct install_graphics *graphics = &installation->graphics;
	const char *text = installation->request->graphics ? installation->request->graphics : "vnc";
	const char *password = installation->request->password;
	_cleanup_strv_ char **words = strv_split_parts(text);
	const struct part parts[] = { { "listen", &graphics->listen }, { "port", &graphics->port }, { "keymap", &graphics->keymap } };

	if (!text_equal(words[0], "vnc") && !text_equal(words[0], "none"))
		return error_set(err, ERROR_INVALID, "graphics is vnc or none, not '%s'", text);
	graphics->none = text_equal(words[0], "none");
	if (graphics->none && (words[1] || password))
		return error_set(err, ERROR_INVALID, "graphics: 'none' takes nothing more");
	if (graphics->none && installation->request->no_serial)
		return error_set(err, ERROR_INVALID, "without a screen and without a serial console nobody could see the machine");
	if (password && strlen(password) > VNC_PASSWORD_MAX)
		return error_set(err, ERROR_INVALID, "graphics: the password is longer than VNC's %d characters", VNC_PASSWORD_MAX);
	if (password && !xml_text_valid(password))
		return error_set(err, ERROR_INVALID, "graphics: the password has characters that no document can hold");
	for (char **word = words + 1; *word; word++)
		if (!store_part("graphics", *word, parts, ARRAY_LENGTH(parts), err))
			return false;
	if (graphics->port && !check_port(graphics->port, err))
		return false;
	if (graphics->keymap && !check_keymap(graphics->keymap, err))
		return false;
	/* A port alone means the loopback address, as libvirt has it. */
	if (graphics->port && !graphics->listen)
		graphics->listen = xstrdup("127.0.0.1");
	if (graphics->listen && !is_loopback(graphics->listen) && text_empty(password))
		installation->warnings = strv_addf(installation->warnings,
						   "its screen will be open to everybody who reaches %s: VNC listens there without a password",
						   graphics->listen);
	return true;
}

/* "uefi", "hd,cdrom", "kernel=/k,initrd=/i,kernel_args=...": words in any mixture. */
static bool read_boot(struct installation *installation, struct error *err)
{
	struct install_boot *boot = &installation->boot;
	_cleanup_strv_ char **words = installation->request->boot ? strv_split_parts(installation->request->boot) : NULL;
	const struct part parts[] = {
		{ "kernel", &boot->kernel }, { "initrd", &boot->initrd }, { "kernel_args", &boot->kernel_args },
		{ "cmdline", &boot->kernel_args }, { "extra_args", &boot->kernel_args }, { "menu", &boot->menu }, { "bootmenu.enable", &boot->menu },
	};

	for (char **word = words; word && *word; word++) {
		int device = enum_value(&boot_dev_words, *word);

		if (text_equal(*word, "uefi")) {
			boot->uefi = true;
		} else if (device > 0) {
			if (boot->count == ARRAY_LENGTH(boot->order))
				return error_set(err, ERROR_INVALID, "--boot: more than %zu devices", ARRAY_LENGTH(boot->order));
			boot->order[boot->count++] = (enum boot_dev)device;
		} else if (!strchr(*word, '=')) {
			error_set(err, ERROR_INVALID, "--boot: '%s' is unknown; allowed: uefi, hd, cdrom, network, fd, menu=, kernel=, initrd=, kernel_args=",
				  *word);
			return error_hint(err, "a comma inside a value is written twice: kernel_args=console=ttyS0,,115200");
		} else if (!store_part("--boot", *word, parts, ARRAY_LENGTH(parts), err)) {
			return false;
		}
	}
	if (boot->menu && yes_or_no(boot->menu) == NULL)
		return error_set(err, ERROR_INVALID, "--boot: menu is on or off, not '%s'", boot->menu);
	if (!boot->kernel && (boot->initrd || boot->kernel_args))
		return error_set(err, ERROR_INVALID, "--boot: initrd= and kernel_args= need kernel=");
	return true;
}

bool install_read_options(struct installation *installation, struct error *err)
{
	return install_read_osinfo(installation, err) && read_networks(installation, err) && read_graphics(installation, err) &&
	       read_boot(installation, err);
}
