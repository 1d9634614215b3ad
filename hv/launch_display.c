/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Graphics: the VNC server that shows the screen, and the cards that draw on it. */
#include <string.h>

#include "base/memory.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "hv/launch_build.h"

#define VNC_FIRST_PORT 5900
#define VNC_LAST_PORT  65535
#define QXL_RAM_BYTES  (64 * 1024 * 1024)
#define QXL_VRAM_KIB   (64 * 1024)

/* Where the server listens: a path, or an address with a port (0: automatic). */
struct vnc_place {
	char *socket; /* owned; NULL: TCP */
	const char *address;
	uint64_t port;
};

static bool tcp_place(struct builder *b, const struct graphics *graphics, struct vnc_place *place)
{
	place->address = !text_empty(graphics->listen) ? graphics->listen : "127.0.0.1";
	if (strpbrk(place->address, ", \t\n"))
		return build_invalid(b, NULL, "graphics: '%s' is not an address", place->address);
	if (!graphics->port || strcmp(graphics->port, "-1") == 0 || graphics->autoport == TRI_YES)
		return true;
	if (!text_to_uint(graphics->port, false, &place->port) || place->port < VNC_FIRST_PORT ||
	    place->port > VNC_LAST_PORT)
		return build_invalid(b, "use a port from 5900 on, or autoport='yes'",
				     "graphics: '%s' cannot be a VNC port", graphics->port);
	return true;
}

/* A unix socket unless an address or a port is asked for. */
static bool find_place(struct builder *b, const struct graphics *graphics, struct vnc_place *place)
{
	bool tcp = graphics->port || graphics->autoport == TRI_YES || !text_empty(graphics->listen);

	if (graphics->listen_type == LISTEN_NETWORK)
		return build_unsupported(b, "use <listen type='address'/> or 'socket'",
					 "graphics: listen type 'network' is not supported yet");
	if (!text_empty(graphics->socket))
		place->socket = xstrdup(graphics->socket);
	else if (graphics->socket || graphics->listen_type == LISTEN_SOCKET || !tcp)
		place->socket = strf("%s/vnc", b->resources->run_directory);
	else
		return tcp_place(b, graphics, place);
	return true;
}

/* IPv6 addresses stand in brackets. */
static char *bracketed(const char *address)
{
	return strchr(address, ':') && *address != '[' ? strf("[%s]", address) : xstrdup(address);
}

/* The -vnc option's first part, and the way for viewers in launch->vnc. */
static void print_place(struct builder *b, const struct vnc_place *place, struct strbuf *text)
{
	_cleanup_free_ char *address = NULL;

	if (place->socket) {
		_cleanup_free_ char *path = build_escape(place->socket);

		strbuf_printf(text, "vnc=unix:%s", path);
		b->launch->vnc = strf("unix:%s", place->socket);
		return;
	}
	address = bracketed(place->address);
	if (place->port == 0) {
		/* the first free display; which one, query-vnc tells */
		strbuf_printf(text, "%s:0,to=99", address);
		b->launch->vnc = strf("%s:auto", address);
		return;
	}
	strbuf_printf(text, "%s:%llu", address, (unsigned long long)(place->port - VNC_FIRST_PORT));
	b->launch->vnc = strf("%s:%llu", address, (unsigned long long)place->port);
}

static bool add_share_policy(struct builder *b, const char *policy, struct strbuf *text)
{
	if (!policy)
		return true;
	if (strcmp(policy, "allow-exclusive") != 0 && strcmp(policy, "force-shared") != 0 &&
	    strcmp(policy, "ignore") != 0)
		return build_invalid(b, "use allow-exclusive, force-shared or ignore",
				     "graphics: share policy '%s' is unknown", policy);
	strbuf_printf(text, ",share=%s", policy);
	return true;
}

/* The password goes over QMP: an argv is for everyone to read. */
static void add_password(struct builder *b, const char *password, struct strbuf *text)
{
	struct json_object *arguments;

	if (!password)
		return;
	strbuf_puts(text, ",password=on");
	arguments = json_object_new_object();
	json_set_string(arguments, "protocol", "vnc");
	json_set_string(arguments, "password", password);
	build_setup(b, "set_password", arguments);
}

static bool build_vnc(struct builder *b, const struct graphics *graphics)
{
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;
	struct vnc_place place = { 0 };

	if (graphics->listen_type == LISTEN_NONE && text_empty(graphics->socket)) {
		build_arg(b, "-vnc", "none");
		return true;
	}
	if (!find_place(b, graphics, &place))
		return false;
	print_place(b, &place, &text);
	cleanup_free(&place.socket);
	if (!add_share_policy(b, graphics->share_policy, &text))
		return false;
	add_password(b, graphics->password, &text);
	build_arg(b, "-vnc", text.data);
	if (graphics->keymap) {
		if (strpbrk(graphics->keymap, "/\\"))
			return build_invalid(b, NULL, "graphics: '%s' is not a keymap's name", graphics->keymap);
		build_arg(b, "-k", graphics->keymap);
	}
	return true;
}

bool build_graphics(struct builder *b)
{
	for (size_t i = 0; i < b->domain->graphics_count; i++) {
		const struct graphics *graphics = &b->domain->graphics[i];
		const char *type = enum_word(&graphics_type_words, (int)graphics->type);

		if (graphics->type != GRAPHICS_VNC)
			return build_unsupported(b, "use <graphics type='vnc'/>: 'virtty edit' changes it",
						 "graphics type '%s' is not supported yet", type ? type : "(none)");
		if (i > 0)
			return build_unsupported(b, "remove all <graphics> but one",
						 "more than one VNC server is not supported");
		if (!build_vnc(b, graphics))
			return false;
	}
	return true;
}

/* A model's device where the screen begins, and as a further screen. */
static const struct video_model {
	const char *model, *primary, *secondary;
} video_models[] = {
	{ "vga", "VGA", NULL },
	{ "cirrus", "cirrus-vga", NULL },
	{ "vmvga", "vmware-svga", NULL },
	{ "qxl", "qxl-vga", "qxl" },
	{ "virtio", "virtio-vga", "virtio-gpu-pci" },
	{ "bochs", "bochs-display", "bochs-display" },
	{ "ramfb", "ramfb", "ramfb" },
};

static const char *video_driver(struct builder *b, const struct video *video, bool primary)
{
	for (size_t i = 0; i < ARRAY_LENGTH(video_models); i++) {
		const struct video_model *row = &video_models[i];
		const char *driver;

		if (!text_equal(row->model, video->model))
			continue;
		driver = primary ? row->primary : row->secondary;
		if (!driver)
			build_unsupported(b, "use model 'virtio' for further screens",
					  "video model '%s' can only be the first screen", video->model);
		return driver;
	}
	build_unsupported(b, "use virtio, vga, qxl, cirrus, bochs or ramfb", "video model '%s' is not supported",
			  video->model ? video->model : "(none)");
	return NULL;
}

static void add_video_memory(const struct video *video, const char *driver, struct json_object *json)
{
	int64_t kib = (int64_t)video->vram_kib.value;
	bool qxl = text_starts(driver, "qxl"), virtio = text_starts(driver, "virtio");

	if ((qxl || virtio) && video->heads.set)
		json_set_int(json, "max_outputs", (int64_t)video->heads.value);
	if (qxl) {
		json_set_int(json, "ram_size", QXL_RAM_BYTES);
		json_set_int(json, "vram_size", (video->vram_kib.set ? kib : QXL_VRAM_KIB) * 1024);
		json_set_int(json, "vram64_size_mb", 0);
		json_set_int(json, "vgamem_mb", 16);
	} else if (video->vram_kib.set && strcmp(driver, "bochs-display") == 0) {
		json_set_int(json, "vgamem", kib * 1024);
	} else if (video->vram_kib.set && (strcmp(driver, "VGA") == 0 || strcmp(driver, "vmware-svga") == 0)) {
		json_set_int(json, "vgamem_mb", kib / 1024);
	}
	if (video->resolution_x.set && video->resolution_y.set && strcmp(driver, "ramfb") != 0 &&
	    strcmp(driver, "cirrus-vga") != 0) {
		json_set_int(json, "xres", (int64_t)video->resolution_x.value);
		json_set_int(json, "yres", (int64_t)video->resolution_y.value);
	}
}

static bool build_video(struct builder *b, const struct video *video, bool primary)
{
	_cleanup_free_ char *what = strf("video '%s'", video->device.alias ? video->device.alias : "(no alias)");
	const char *driver;
	struct json_object *json;

	if (text_equal(video->model, "none"))
		return true;
	driver = video_driver(b, video, primary);
	if (!driver || !device_check_alias(b, &video->device, what))
		return false;
	json = device_new(driver);
	json_set_string(json, "id", video->device.alias);
	add_video_memory(video, driver, json);
	/* ramfb sits on no bus */
	if (strcmp(driver, "ramfb") != 0 && !device_add_address(b, &video->device, what, json)) {
		json_object_put(json);
		return false;
	}
	return build_device(b, json);
}

bool build_videos(struct builder *b)
{
	const struct domain *domain = b->domain;
	size_t primary = 0;

	for (size_t i = domain->video_count; i-- > 0;)
		if (domain->videos[i].primary == TRI_YES)
			primary = i;
	for (size_t i = 0; i < domain->video_count; i++)
		if (!build_video(b, &domain->videos[i], i == primary))
			return false;
	return true;
}
