/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The wizard's values, to and from a request for an installation. */
#include "tui/wizard_model.h"

#include "base/gettext.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/install_arguments.h"
#include "core/install_json.h"
#include "tui/wizard_import.h"
#include "tui/wizard_network.h"
#include "tui/wizard_pool.h"
#include "tui/wizard_system.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_MEMORY "2048"
#define DEFAULT_SIZE   "20"
#define LOOPBACK "127.0.0.1"
#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)

/* ---- from a request ---- */

/* Does a --boot say more than the fields of source and firmware can? */
static bool boot_is_special(const char *boot)
{
	static const char *const known[] = { "uefi", "network", "uefi,network" };

	for (size_t i = 0; i < ARRAY_LENGTH(known); i++)
		if (text_equal(boot, known[i]))
			return false;
	return boot != NULL;
}

static void take_source(struct wizard *wizard)
{
	const struct install_request *given = &wizard->given;

	wizard_set_text(wizard, WIZARD_ISO, given->cdrom);
	if (given->cdrom != NULL)
		wizard->choice[WIZARD_SOURCE] = SOURCE_ISO;
	else if (given->import)
		wizard->choice[WIZARD_SOURCE] = SOURCE_IMAGE;
	else if (boot_is_special(given->boot))
		wizard->choice[WIZARD_SOURCE] = SOURCE_GIVEN;
	else if (given->boot != NULL && text_ends(given->boot, "network"))
		wizard->choice[WIZARD_SOURCE] = SOURCE_NETWORK;
	if (boot_is_special(given->boot))
		wizard->choice[WIZARD_FIRMWARE] = FIRMWARE_GIVEN;
	else if (given->boot != NULL && text_starts(given->boot, "uefi"))
		wizard->choice[WIZARD_FIRMWARE] = FIRMWARE_UEFI;
}

/* A size as its field shows it: GiB where whole. Owned. */
static char *size_field(uint64_t bytes)
{
	return bytes % GIB == 0 ? strf("%" PRIu64, bytes / GIB) : strf("%" PRIu64 " MiB", (bytes + MIB - 1) / MIB);
}

static void take_place(struct wizard *wizard, const struct install_disk *disk)
{
	wizard_set_text(wizard, WIZARD_PLACE, disk->path);
	wizard->choice[WIZARD_FORMAT] = text_equal(disk->format, "raw") ? DISK_RAW : DISK_QCOW2;
	if (disk->path == NULL && disk->pool != NULL)
		wizard_give_pool(wizard, disk->pool);
}

/* A disk that is made of an image that exists: a cloud image, or a copy. False: it is none. */
static bool take_image(struct wizard *wizard, const struct install_disk *disk)
{
	const char *image = disk->copy != NULL ? disk->copy : disk->backing;
	_cleanup_free_ char *size = disk->size_bytes != 0 ? size_field(disk->size_bytes) : NULL;

	if (image == NULL || !wizard->given.import)
		return false;
	if (wizard_take_cloud(wizard)) {
		wizard->choice[WIZARD_SOURCE] = SOURCE_CLOUD;
		wizard->choice[WIZARD_BASE] = disk->copy != NULL ? BASE_COPY : BASE_OVERLAY;
		wizard_set_text(wizard, WIZARD_CLOUD_IMAGE, image);
	} else if (disk->copy != NULL) {
		wizard->choice[WIZARD_SOURCE] = SOURCE_IMAGE;
		wizard->choice[WIZARD_TAKE] = TAKE_COPY;
		wizard_set_text(wizard, WIZARD_IMAGE, image);
	} else {
		return false;
	}
	if (size != NULL)
		wizard_set_text(wizard, WIZARD_SIZE, size);
	take_place(wizard, disk);
	return true;
}

/* The first disk has fields; a CD-ROM has none, and the rest stays as it is. */
static void take_disk(struct wizard *wizard)
{
	const struct install_request *given = &wizard->given;
	const struct install_disk *disk = given->disk_count > 0 ? &given->disks[0] : NULL;
	bool exists = disk != NULL && !install_disk_is_new(disk);

	wizard_set_text(wizard, WIZARD_SIZE, DEFAULT_SIZE);
	wizard_default_key(wizard);
	if (disk != NULL && take_image(wizard, disk))
		return;
	if (given->no_disks)
		wizard->choice[WIZARD_DISK] = DISK_NONE;
	if (disk == NULL)
		return;
	wizard->choice[WIZARD_DISK] = exists ? DISK_EXISTING : DISK_NEW;
	if (exists) {
		/* a disk that exists and nothing else to boot: that is what it is for */
		if (given->cdrom == NULL && given->boot == NULL)
			wizard->choice[WIZARD_SOURCE] = SOURCE_IMAGE;
		wizard_set_text(wizard, wizard->choice[WIZARD_SOURCE] == SOURCE_IMAGE ? WIZARD_IMAGE : WIZARD_OTHER_IMAGE, disk->path);
		return;
	}
	_cleanup_free_ char *size = size_field(disk->size_bytes);

	wizard_set_text(wizard, WIZARD_SIZE, size);
	take_place(wizard, disk);
}

/* The parts after "vnc": an address and a keymap have fields. False: there is something else. */
static bool split_graphics(char *const *parts, const char **ret_listen, const char **ret_keymap)
{
	for (*ret_listen = *ret_keymap = NULL; *parts != NULL; parts++) {
		if (text_starts(*parts, "listen="))
			*ret_listen = *parts + strlen("listen=");
		else if (text_starts(*parts, "keymap="))
			*ret_keymap = *parts + strlen("keymap=");
		else
			return false;
	}
	return true;
}

/* "vnc", "vnc,listen=ADDRESS", both with keymap=NAME, and "none" have fields; all else is kept as given. A password has a field with each of
 * them but "none". */
static void take_graphics(struct wizard *wizard)
{
	const char *graphics = wizard->given.graphics, *listen, *keymap;
	_cleanup_strv_ char **parts = strv_split_parts(graphics != NULL ? graphics : "vnc");

	wizard_set_text(wizard, WIZARD_PASSWORD, wizard->given.password);
	wizard->choice[WIZARD_GRAPHICS] = GRAPHICS_GIVEN;
	if (text_equal(graphics, "none")) {
		wizard->choice[WIZARD_GRAPHICS] = GRAPHICS_NONE;
		return;
	}
	if (!text_equal(parts[0], "vnc") || !split_graphics(parts + 1, &listen, &keymap))
		return;
	wizard_set_text(wizard, WIZARD_KEYMAP, keymap);
	if (listen == NULL) {
		wizard->choice[WIZARD_GRAPHICS] = GRAPHICS_SOCKET;
	} else if (strcmp(listen, LOOPBACK) == 0) {
		wizard->choice[WIZARD_GRAPHICS] = GRAPHICS_LOOPBACK;
	} else {
		wizard->choice[WIZARD_GRAPHICS] = GRAPHICS_ADDRESS;
		wizard_set_text(wizard, WIZARD_LISTEN, listen);
	}
}

static void take_machine(struct wizard *wizard)
{
	const struct install_request *given = &wizard->given;
	struct host_info host = { 0 };
	_cleanup_free_ char *memory = given->memory_mib != 0 ? strf("%" PRIu64, given->memory_mib) : xstrdup(DEFAULT_MEMORY);
	unsigned vcpus = given->vcpus != 0 ? given->vcpus : 2;

	if (given->vcpus == 0 && host_info_get(&host)) {
		vcpus = host.cpus == 1 ? 1 : 2;
		host_info_clear(&host);
	}
	_cleanup_free_ char *count = strf("%u", vcpus);

	wizard_set_text(wizard, WIZARD_NAME, given->name);
	wizard_set_text(wizard, WIZARD_TITLE, given->title);
	wizard_set_text(wizard, WIZARD_SYSTEM, given->osinfo);
	wizard_set_text(wizard, WIZARD_MEMORY, memory);
	wizard_set_text(wizard, WIZARD_VCPUS, count);
}

void wizard_init(struct wizard *wizard, struct install_request *given, bool autostart)
{
	*wizard = (struct wizard){ .autostart = autostart };
	if (given != NULL) {
		wizard->given = *given;
		*given = (struct install_request){ 0 };
	}
	take_machine(wizard);
	take_source(wizard);
	take_disk(wizard);
	wizard_take_network(wizard);
	take_graphics(wizard);
	wizard->choice[WIZARD_SERIAL] = wizard->given.no_serial ? SERIAL_NONE : SERIAL_CONSOLE;
	wizard_own(wizard);
}

void wizard_clear(struct wizard *wizard)
{
	install_request_clear(&wizard->given);
	network_choices_clear(&wizard->networks);
	wizard_pools_clear(wizard);
	for (size_t i = 0; i < WIZARD_FIELD_COUNT; i++)
		free(wizard->text[i]);
	free(wizard->proposed_name);
	free(wizard->proposed_place);
	iso_info_clear(&wizard->iso);
	for (size_t i = 0; i < WIZARD_OWN_COUNT; i++) {
		free(wizard->own[i]);
		free(wizard->defaults[i]);
	}
	*wizard = (struct wizard){ 0 };
}

/* ---- fields ---- */

enum wizard_page wizard_page_of(enum wizard_field field)
{
	if (field <= WIZARD_CLOUD_PACKAGES)
		return WIZARD_PAGE_SOURCE;
	if (field <= WIZARD_ENGINE)
		return WIZARD_PAGE_MACHINE;
	if (field == WIZARD_COMMAND)
		return WIZARD_PAGE_SUMMARY;
	return field <= WIZARD_OTHER_IMAGE ? WIZARD_PAGE_DISK : WIZARD_PAGE_DEVICES;
}

bool wizard_shows(const struct wizard *wizard, enum wizard_field field)
{
	size_t source = wizard->choice[WIZARD_SOURCE];
	bool own_disk = source != SOURCE_IMAGE && source != SOURCE_CLOUD;
	bool new_disk = own_disk && wizard->choice[WIZARD_DISK] == DISK_NEW;
	bool copied = source == SOURCE_IMAGE ? wizard->choice[WIZARD_TAKE] == TAKE_COPY : source == SOURCE_CLOUD && wizard->choice[WIZARD_BASE] == BASE_COPY;

	if (field > WIZARD_IMAGE && field != WIZARD_NAME && field != WIZARD_ENGINE && field != WIZARD_AUTOSTART && field != WIZARD_COMMAND &&
	    wizard_is_appliance(wizard))
		return false;
	switch ((int)field) {
	case WIZARD_TAKE:
		return source == SOURCE_IMAGE;
	case WIZARD_CLOUD_IMAGE:
	case WIZARD_BASE:
	case WIZARD_CLOUD_USER:
	case WIZARD_CLOUD_KEY:
	case WIZARD_CLOUD_HOST:
	case WIZARD_CLOUD_PACKAGES:
		return source == SOURCE_CLOUD;
	case WIZARD_ISO:
		return source == SOURCE_ISO;
	case WIZARD_IMAGE:
		return source == SOURCE_IMAGE;
	case WIZARD_DISK:
		return own_disk;
	case WIZARD_SIZE:
		return new_disk || source == SOURCE_CLOUD;
	case WIZARD_FORMAT:
		return new_disk || copied;
	case WIZARD_POOL:
		return wizard->pool_count > 0 && (new_disk || copied || source == SOURCE_CLOUD);
	case WIZARD_PLACE:
		return (new_disk || copied || source == SOURCE_CLOUD) && wizard_pool(wizard) == NULL;
	case WIZARD_OTHER_IMAGE:
		return own_disk && wizard->choice[WIZARD_DISK] == DISK_EXISTING;
	case WIZARD_CARD:
	case WIZARD_MAC:
		return wizard_network(wizard) != NULL && wizard->choice[WIZARD_NETWORK] != NETWORK_NONE;
	case WIZARD_LISTEN:
		return wizard->choice[WIZARD_GRAPHICS] == GRAPHICS_ADDRESS;
	case WIZARD_PASSWORD:
		/* a private socket is the user's alone; who gave it one may still see and change it */
		return wizard->choice[WIZARD_GRAPHICS] != GRAPHICS_NONE &&
		       (wizard->choice[WIZARD_GRAPHICS] != GRAPHICS_SOCKET || wizard->given.password != NULL);
	case WIZARD_KEYMAP:
		return wizard->choice[WIZARD_GRAPHICS] != GRAPHICS_NONE && wizard->choice[WIZARD_GRAPHICS] != GRAPHICS_GIVEN;
	case WIZARD_FIRMWARE:
		return source != SOURCE_GIVEN;
	default:
		return true;
	}
}

static char **words_of(const char *const *words, size_t count, const char *given)
{
	char **out = NULL;

	for (size_t i = 0; i < count; i++)
		out = strv_add(out, _(words[i]));
	return given != NULL ? strv_addf(out, _("as given: %s"), given) : out;
}

#define WORDS(given, ...) words_of((const char *const[]){ __VA_ARGS__ }, ARRAY_LENGTH(((const char *const[]){ __VA_ARGS__ })), given)

/* The shown form of what was given, for a choice that has it; NULL else. Owned. */
static char *given_word(const struct wizard *wizard, enum wizard_field field)
{
	const struct install_request *given = &wizard->given;
	struct wizard fresh = { .given = *given };
	size_t choice;

	switch ((int)field) {
	case WIZARD_SOURCE:
		return boot_is_special(given->boot) ? strf("--boot %s", given->boot) : NULL;
	case WIZARD_FIRMWARE:
		return boot_is_special(given->boot) ? xstrdup(given->boot) : NULL;
	case WIZARD_GRAPHICS:
		take_graphics(&fresh);
		choice = fresh.choice[WIZARD_GRAPHICS];
		free(fresh.text[WIZARD_LISTEN]);
		free(fresh.text[WIZARD_PASSWORD]);
		free(fresh.text[WIZARD_KEYMAP]);
		return choice == GRAPHICS_GIVEN ? xstrdup(given->graphics) : NULL;
	default:
		return NULL;
	}
}

char **wizard_choices(const struct wizard *wizard, enum wizard_field field)
{
	_cleanup_free_ char *given = given_word(wizard, field);

	switch ((int)field) {
	case WIZARD_SOURCE:
		return WORDS(given, N_("install from an ISO"), N_("boot a disk image that exists"), N_("boot from the network"),
			     N_("a cloud image, told who may use it"));
	case WIZARD_TAKE:
		return WORDS(given, N_("use it where it is"), N_("copy it: the file stays as it is"));
	case WIZARD_BASE:
		return WORDS(given, N_("an overlay: it is shared and must stay"), N_("a copy of its own"));
	case WIZARD_DISK:
		return WORDS(given, N_("a new image"), N_("an image that exists"), N_("none"));
	case WIZARD_FORMAT:
		return WORDS(given, N_("qcow2: grows as it fills"), N_("raw: plain bytes"));
	case WIZARD_POOL:
		return wizard_pool_choices(wizard);
	case WIZARD_NETWORK:
		return wizard_network_choices(wizard);
	case WIZARD_CARD:
		return WORDS(given, N_("the best for the system"), "virtio", "e1000e", "e1000", "rtl8139");
	case WIZARD_GRAPHICS:
		return WORDS(given, N_("VNC on a private socket"), N_("VNC on 127.0.0.1"), N_("VNC on an address"), N_("none, serial console only"));
	case WIZARD_SERIAL:
		return WORDS(given, N_("serial0: opens once it has started"), N_("none: its screen is all there is"));
	case WIZARD_FIRMWARE:
		return WORDS(given, N_("BIOS"), N_("UEFI"));
	default:
		return NULL;
	}
}

/* ---- to a request ---- */

static void replace(char **at, char *with)
{
	free(*at);
	*at = with;
}

static struct install_disk *first_disk(struct install_request *request)
{
	return request->disk_count > 0 ? &request->disks[0] : ARRAY_ADD(request->disks, request->disk_count);
}

static void drop_first_disk(struct install_request *request)
{
	if (request->disk_count == 0)
		return;
	struct install_disk *disk = &request->disks[0];

	install_disk_clear(disk);
	memmove(disk, disk + 1, --request->disk_count * sizeof *disk);
}

/* A path that was typed is the place, whatever was given before. */
static void put_path(struct install_disk *disk, char *path)
{
	replace(&disk->path, path);
	if (path == NULL)
		return;
	replace(&disk->pool, NULL);
	replace(&disk->volume, NULL);
}

/* Where a new disk goes. */
static void put_place(const struct wizard *wizard, struct install_disk *disk)
{
	const struct wizard_pool *pool = wizard_pool(wizard);

	if (pool == NULL) {
		replace(&disk->pool, NULL);
		put_path(disk, wizard_path(wizard, WIZARD_PLACE));
		return;
	}
	replace(&disk->path, NULL);
	replace(&disk->pool, xstrdup(pool->name));
}

/* A disk of another kind than the one given has no use for its format. */
static void put_existing(const struct wizard *wizard, struct install_request *request, enum wizard_field field)
{
	struct install_disk *disk = first_disk(request);

	if (install_disk_is_new(disk))
		replace(&disk->format, NULL);
	disk->size_bytes = 0;
	disk->full = false;
	replace(&disk->backing, NULL);
	replace(&disk->backing_format, NULL);
	replace(&disk->copy, NULL);
	put_path(disk, wizard_path(wizard, field));
}

/* A new disk with what an image holds: as large as that, or for a cloud image as large as was said. */
static void put_image(const struct wizard *wizard, struct install_request *request, const char *size)
{
	bool cloud = wizard->choice[WIZARD_SOURCE] == SOURCE_CLOUD;
	bool copied = !cloud || wizard->choice[WIZARD_BASE] == BASE_COPY;
	struct install_disk *disk = first_disk(request);
	char *image = wizard_path(wizard, cloud ? WIZARD_CLOUD_IMAGE : WIZARD_IMAGE);

	disk->full = disk->readonly = false;
	if (cloud)
		disk->size_bytes = 0;
	if (cloud && size != NULL)
		(void)size_parse(size, "GiB", &disk->size_bytes, NULL);
	if (copied || !text_equal(disk->backing, image))
		replace(&disk->backing_format, NULL);
	replace(&disk->backing, copied ? NULL : image);
	replace(&disk->copy, copied ? image : NULL);
	replace(&disk->format, copied && wizard->choice[WIZARD_FORMAT] == DISK_RAW ? xstrdup("raw") : NULL);
	put_place(wizard, disk);
}

static void put_disk(const struct wizard *wizard, struct install_request *request)
{
	_cleanup_free_ char *size = wizard_text(wizard, WIZARD_SIZE);
	size_t choice = wizard->choice[WIZARD_DISK];
	struct install_disk *disk;

	request->no_disks = false;
	if (wizard->choice[WIZARD_SOURCE] == SOURCE_CLOUD || (wizard->choice[WIZARD_SOURCE] == SOURCE_IMAGE && wizard->choice[WIZARD_TAKE] == TAKE_COPY)) {
		put_image(wizard, request, size);
		return;
	}
	if (wizard->choice[WIZARD_SOURCE] == SOURCE_IMAGE) {
		put_existing(wizard, request, WIZARD_IMAGE);
		return;
	}
	if (choice == DISK_EXISTING) {
		put_existing(wizard, request, WIZARD_OTHER_IMAGE);
		return;
	}
	if (choice == DISK_NONE) {
		drop_first_disk(request);
		request->no_disks = request->disk_count == 0;
		return;
	}
	disk = first_disk(request);
	disk->readonly = false;
	replace(&disk->copy, NULL);
	put_place(wizard, disk);
	replace(&disk->format, wizard->choice[WIZARD_FORMAT] == DISK_RAW ? xstrdup("raw") : NULL);
	if (size == NULL || !size_parse(size, "GiB", &disk->size_bytes, NULL))
		disk->size_bytes = 0;
}

static void put_source(const struct wizard *wizard, struct install_request *request)
{
	size_t source = wizard->choice[WIZARD_SOURCE];
	bool uefi = wizard->choice[WIZARD_FIRMWARE] == FIRMWARE_UEFI;

	replace(&request->cdrom, source == SOURCE_ISO ? wizard_path(wizard, WIZARD_ISO) : NULL);
	request->import = source == SOURCE_IMAGE || source == SOURCE_CLOUD;
	if (source == SOURCE_CLOUD)
		replace(&request->cloud_init, wizard_cloud_init(wizard));
	if (source == SOURCE_GIVEN || (source != SOURCE_NETWORK && wizard->choice[WIZARD_FIRMWARE] == FIRMWARE_GIVEN))
		return;
	if (source == SOURCE_NETWORK)
		replace(&request->boot, xstrdup(uefi ? "uefi,network" : "network"));
	else
		replace(&request->boot, uefi ? xstrdup("uefi") : NULL);
}

static void put_graphics(const struct wizard *wizard, struct install_request *request)
{
	size_t choice = wizard->choice[WIZARD_GRAPHICS];
	_cleanup_free_ char *listen = choice == GRAPHICS_LOOPBACK ? xstrdup(LOOPBACK) : wizard_text(wizard, WIZARD_LISTEN);
	_cleanup_free_ char *keymap = wizard_text(wizard, WIZARD_KEYMAP);
	const char *password = wizard->text[WIZARD_PASSWORD];
	struct strbuf text = STRBUF_INIT;

	/* blanks at its ends are part of a password */
	replace(&request->password, wizard_shows(wizard, WIZARD_PASSWORD) && !text_empty(password) ? xstrdup(password) : NULL);
	if (choice == GRAPHICS_GIVEN)
		return;
	/* nothing said is a screen on a private socket */
	if (choice != GRAPHICS_SOCKET || keymap != NULL)
		strbuf_puts(&text, choice == GRAPHICS_NONE ? "none" : "vnc");
	if ((choice == GRAPHICS_LOOPBACK || choice == GRAPHICS_ADDRESS) && listen != NULL)
		strbuf_put_part(&text, "listen", listen);
	if (choice != GRAPHICS_NONE && keymap != NULL)
		strbuf_put_part(&text, "keymap", keymap);
	replace(&request->graphics, text.length > 0 ? strbuf_take(&text) : NULL);
}

static void put_devices(const struct wizard *wizard, struct install_request *request)
{
	put_graphics(wizard, request);
	request->no_serial = wizard->choice[WIZARD_SERIAL] == SERIAL_NONE;
	wizard_put_network(wizard, request);
}

void wizard_request(const struct wizard *wizard, struct install_request *ret)
{
	_cleanup_json_ struct json_object *copy = install_request_json(&wizard->given);
	_cleanup_free_ char *memory = wizard_text(wizard, WIZARD_MEMORY);
	_cleanup_free_ char *vcpus = wizard_text(wizard, WIZARD_VCPUS);
	uint64_t number;

	install_request_from_json(copy, ret, NULL);
	replace(&ret->name, wizard_text(wizard, WIZARD_NAME));
	if (ret->name == NULL)
		ret->name = xstrdup_null(wizard->proposed_name);
	replace(&ret->title, wizard_text(wizard, WIZARD_TITLE));
	replace(&ret->osinfo, wizard_text(wizard, WIZARD_SYSTEM));
	ret->memory_mib = memory != NULL && size_parse(memory, "MiB", &number, NULL) ? number / MIB : 0;
	ret->vcpus = vcpus != NULL && text_to_uint(vcpus, false, &number) && number <= UINT32_MAX ? (unsigned)number : 0;
	put_disk(wizard, ret);
	put_source(wizard, ret);
	put_devices(wizard, ret);
}

char **wizard_arguments(const struct wizard *wizard)
{
	struct install_request request;
	char **words;

	if (wizard_is_appliance(wizard)) {
		words = wizard_import_words(wizard);
	} else {
		wizard_request(wizard, &request);
		words = install_arguments(&request);
		install_request_clear(&request);
	}
	return wizard->autostart ? strv_add(words, "--autostart") : words;
}
