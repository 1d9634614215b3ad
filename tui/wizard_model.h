/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the wizard asks for, apart from any screen: values as typed, which of them count, and the request and command line they make. */
#ifndef TUI_WIZARD_MODEL_H
#define TUI_WIZARD_MODEL_H

#include "core/install.h"
#include "core/network_choice.h"
#include "core/osinfo.h"
#include "tui/form.h"

enum wizard_field {
	WIZARD_SOURCE,
	WIZARD_ISO,
	WIZARD_IMAGE,
	WIZARD_TAKE, /* the image where it is, or a copy of it */
	WIZARD_CLOUD_IMAGE,
	WIZARD_BASE, /* an overlay of it, or a copy */
	WIZARD_CLOUD_USER,
	WIZARD_CLOUD_KEY,
	WIZARD_CLOUD_HOST,
	WIZARD_CLOUD_PACKAGES,
	WIZARD_NAME,
	WIZARD_TITLE,
	WIZARD_SYSTEM,
	WIZARD_MEMORY,
	WIZARD_VCPUS,
	WIZARD_ENGINE, /* a note: KVM or TCG */
	WIZARD_DISK,
	WIZARD_SIZE,
	WIZARD_FORMAT,
	WIZARD_POOL,
	WIZARD_PLACE,
	WIZARD_OTHER_IMAGE,
	WIZARD_NETWORK,
	WIZARD_CARD,
	WIZARD_MAC,
	WIZARD_GRAPHICS,
	WIZARD_LISTEN,
	WIZARD_PASSWORD,
	WIZARD_KEYMAP,
	WIZARD_SERIAL,
	WIZARD_FIRMWARE,
	WIZARD_AUTOSTART,
	WIZARD_COMMAND, /* a note: the command line that does the same; on the summary alone */
	WIZARD_FIELD_COUNT,
};

enum wizard_page { WIZARD_PAGE_SOURCE, WIZARD_PAGE_MACHINE, WIZARD_PAGE_DISK, WIZARD_PAGE_DEVICES, WIZARD_PAGE_SUMMARY, WIZARD_PAGE_COUNT };

/* Values of the choices. The last of some is "as the command line said", for what the wizard has no word for. */
enum { SOURCE_ISO, SOURCE_IMAGE, SOURCE_NETWORK, SOURCE_CLOUD, SOURCE_GIVEN };
enum { TAKE_IN_PLACE, TAKE_COPY };
enum { BASE_OVERLAY, BASE_COPY };
enum { DISK_NEW, DISK_EXISTING, DISK_NONE };
enum { DISK_QCOW2, DISK_RAW };
enum { NETWORK_USER, NETWORK_NONE }; /* then what the host has, and what was given: tui/wizard_network.h */
enum { CARD_BEST, CARD_VIRTIO, CARD_E1000E, CARD_E1000, CARD_RTL8139 };
enum { GRAPHICS_SOCKET, GRAPHICS_LOOPBACK, GRAPHICS_ADDRESS, GRAPHICS_NONE, GRAPHICS_GIVEN };
enum { SERIAL_CONSOLE, SERIAL_NONE };
enum { FIRMWARE_BIOS, FIRMWARE_UEFI, FIRMWARE_GIVEN };

enum { WIZARD_OWN_COUNT = 4 }; /* fields that an ISO's system fills */

struct wizard_pool {
	char *name;	    /* owned */
	uint64_t available; /* bytes; 0: not known */
};

struct wizard {
	struct install_request given; /* what was asked for before: parts without a field stay as they are */
	char *text[WIZARD_FIELD_COUNT]; /* owned; NULL: empty */
	size_t choice[WIZARD_FIELD_COUNT];
	bool autostart;
	struct network_choices networks; /* owned; none: nobody has looked at the host yet */
	bool network_given; /* as the command line said: no choice of its own has that */
	struct wizard_pool *pools; /* owned: those that a new disk can be made in */
	size_t pool_count;
	/* what empty texts stand for, kept by the owner; owned */
	char *proposed_name, *proposed_place;
	/* what is known of the ISO (tui/wizard_system.h), and what the wizard itself has put into fields because of it */
	struct iso_info iso; /* path NULL: nothing */
	char *own[WIZARD_OWN_COUNT], *defaults[WIZARD_OWN_COUNT]; /* owned; NULL: it was said on the command line */
	bool own_recommended[WIZARD_OWN_COUNT];
	size_t own_firmware;
};

/* Everything at its default, or as the request has it. Takes the request over (cleared with the wizard). */
void wizard_init(struct wizard *wizard, struct install_request *given, bool autostart);
void wizard_clear(struct wizard *wizard);

/* The page of a field (the summary has them all, and one of its own). */
enum wizard_page wizard_page_of(enum wizard_field field);
/* Does a field count, as the choices are now? */
bool wizard_shows(const struct wizard *wizard, enum wizard_field field);
/* The words of a choice; owned vector; NULL: a text. */
char **wizard_choices(const struct wizard *wizard, enum wizard_field field);
/* A field's text without blanks around; NULL when nothing is left. Owned. */
char *wizard_text(const struct wizard *wizard, enum wizard_field field);
/* A path as typed, made absolute, "~" being HOME; NULL when empty. Owned. */
char *wizard_path(const struct wizard *wizard, enum wizard_field field);
/* Puts a text into a field. */
void wizard_set_text(struct wizard *wizard, enum wizard_field field, const char *text);

/* The request that the values make; what cannot be read as a number is left out (wizard_check() tells). Cleared by the caller. */
void wizard_request(const struct wizard *wizard, struct install_request *ret);
/* The words for `virtty`: "install" and its options. Owned vector. */
char **wizard_arguments(const struct wizard *wizard);

#endif
