/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The wizard's checks: a function a field, in a table. */
#include "tui/wizard_check.h"

#include "base/file.h"
#include "base/gettext.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/uuid.h"
#include "base/xml.h"
#include "core/install_arguments.h"
#include "hv/keymap.h"
#include "tui/network_words.h"
#include "tui/wizard_import.h"
#include "tui/wizard_network.h"
#include "tui/wizard_pool.h"
#include "tui/wizard_system.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define MIB	   (UINT64_C(1) << 20)
#define VCPU_LIMIT 4096

void wizard_host_clear(struct wizard_host *host)
{
	strv_free(host->names);
	host_info_clear(&host->info);
	*host = (struct wizard_host){ 0 };
}

struct check {
	const struct wizard *wizard;
	const struct wizard_host *host;
	enum wizard_field field;
	char **message;
};

static enum field_verdict say(const struct check *check, enum field_verdict verdict, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static enum field_verdict say(const struct check *check, enum field_verdict verdict, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	*check->message = vstrf(format, ap);
	va_end(ap);
	return verdict;
}

/* ---- files ---- */

/* Opens an image that must exist; -1, and why, when it is none. */
static int open_image(const struct check *check, const char *path, enum field_verdict *ret_verdict)
{
	struct stat st;
	int fd;

	*ret_verdict = FIELD_WRONG;
	if (path == NULL) {
		say(check, FIELD_WRONG, _("needed: F2 shows files"));
		return -1;
	}
	if (strstr(path, "://") != NULL) {
		say(check, FIELD_WRONG, _("addresses are not fetched: download it first"));
		return -1;
	}
	if (!xml_text_valid(path)) {
		say(check, FIELD_WRONG, _("the path has characters that no machine's document can hold"));
		return -1;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0) {
		say(check, FIELD_WRONG, "%s", errno == ENOENT ? _("there is no such file") : strerror(errno));
		return -1;
	}
	if (fstat(fd, &st) == 0 && (S_ISREG(st.st_mode) || S_ISBLK(st.st_mode)))
		return fd;
	say(check, FIELD_WRONG, "%s", S_ISDIR(st.st_mode) ? _("this is a directory: F2 shows what is in it") : _("this is no file"));
	close(fd);
	return -1;
}

/* ISO 9660 and UDF both begin their volume descriptors in sector 16, with a word at its second byte. */
static bool is_iso(int fd)
{
	char word[5];

	if (pread(fd, word, sizeof word, 16 * 2048 + 1) != (ssize_t)sizeof word)
		return false;
	return memcmp(word, "CD001", 5) == 0 || memcmp(word, "BEA01", 5) == 0;
}

static enum field_verdict check_iso(const struct check *check)
{
	_cleanup_free_ char *path = wizard_path(check->wizard, check->field);
	enum field_verdict verdict;
	_cleanup_close_ int fd = open_image(check, path, &verdict);

	if (fd < 0)
		return verdict;
	if (!is_iso(fd))
		return say(check, FIELD_DOUBTFUL, _("this does not look like an ISO"));
	_cleanup_free_ char *doubt = wizard_iso_doubt(check->wizard);

	return doubt == NULL ? FIELD_FINE : say(check, FIELD_DOUBTFUL, "%s", doubt);
}

static enum field_verdict check_image(const struct check *check)
{
	_cleanup_free_ char *path = wizard_path(check->wizard, check->field);
	enum field_verdict verdict;
	_cleanup_close_ int fd = open_image(check, path, &verdict);

	if (fd < 0)
		return verdict;
	return wizard_check_image(check->wizard, check->field, fd, path, check->message);
}

static enum field_verdict check_cloud(const struct check *check)
{
	return wizard_check_cloud(check->wizard, check->field, check->message);
}

/* The nearest directory above a path that exists. Owned. */
static char *existing_directory(const char *path)
{
	char *directory = xstrdup(path);
	struct stat st;

	for (;;) {
		char *slash = strrchr(directory, '/');

		if (slash == NULL || slash == directory) {
			free(directory);
			return xstrdup("/");
		}
		*slash = '\0';
		if (stat(directory, &st) == 0 || errno != ENOENT)
			return directory;
	}
}

/* Where a new image would go. Owned; NULL before there is a proposal. */
static char *place(const struct wizard *wizard)
{
	char *path = wizard_path(wizard, WIZARD_PLACE);

	return path != NULL ? path : xstrdup_null(wizard->proposed_place);
}

/* Bytes free where a new image would go; false when that cannot be told. */
static bool free_there(const struct wizard *wizard, uint64_t *ret)
{
	const struct wizard_pool *pool = wizard_pool(wizard);

	if (pool != NULL) {
		*ret = pool->available;
		return pool->available > 0;
	}
	_cleanup_free_ char *path = place(wizard);
	_cleanup_free_ char *directory = path != NULL ? existing_directory(path) : NULL;
	struct statvfs fs;

	if (directory == NULL || statvfs(directory, &fs) < 0)
		return false;
	*ret = (uint64_t)fs.f_bavail * fs.f_frsize;
	return true;
}

static enum field_verdict check_place(const struct check *check)
{
	_cleanup_free_ char *path = place(check->wizard);
	_cleanup_free_ char *directory = path != NULL ? existing_directory(path) : NULL;
	struct stat st;

	if (path == NULL)
		return FIELD_FINE;
	if (!xml_text_valid(path))
		return say(check, FIELD_WRONG, _("the path has characters that no machine's document can hold"));
	if (text_ends(path, "/") || (stat(path, &st) == 0 && S_ISDIR(st.st_mode)))
		return say(check, FIELD_WRONG, _("this is a directory: name the file too"));
	if (path_exists(path))
		return say(check, FIELD_WRONG, _("it exists already: choose another, or 'an image that exists' as the disk"));
	if (stat(directory, &st) < 0)
		return say(check, FIELD_WRONG, "%s: %s", directory, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return say(check, FIELD_WRONG, _("%s is not a directory"), directory);
	if (access(directory, W_OK | X_OK) < 0)
		return say(check, FIELD_WRONG, _("nothing can be made in %s: %s"), directory, strerror(errno));
	return FIELD_FINE;
}

/* ---- numbers and words ---- */

static enum field_verdict check_name(const struct check *check)
{
	_cleanup_free_ char *name = wizard_text(check->wizard, check->field);
	_cleanup_error_ struct error err = ERROR_INIT;

	if (name == NULL)
		return check->wizard->proposed_name != NULL ? FIELD_FINE : say(check, FIELD_WRONG, _("a machine needs a name"));
	if (!name_check("name", name, &err))
		return say(check, FIELD_WRONG, "%s", error_text(&err));
	if (strv_contains(check->host->names, name))
		return say(check, FIELD_WRONG, _("there is a machine of this name already"));
	return FIELD_FINE;
}

static enum field_verdict check_text(const struct check *check)
{
	_cleanup_free_ char *text = wizard_text(check->wizard, check->field);

	if (text != NULL && !xml_text_valid(text))
		return say(check, FIELD_WRONG, _("it has characters that no machine's document can hold"));
	if (check->field == WIZARD_SYSTEM && text != NULL && strpbrk(text, " ,") != NULL)
		return say(check, FIELD_WRONG, _("a short name without blanks and commas, such as debian12 or win11"));
	return FIELD_FINE;
}

static enum field_verdict check_memory(const struct check *check)
{
	_cleanup_free_ char *text = wizard_text(check->wizard, check->field);
	_cleanup_error_ struct error err = ERROR_INIT;
	const struct host_info *host = &check->host->info;
	uint64_t bytes;

	if (text == NULL)
		return say(check, FIELD_WRONG, _("how much? 2048, or with a unit: 2G"));
	if (!size_parse(text, "MiB", &bytes, &err))
		return say(check, FIELD_WRONG, "%s", error_text(&err));
	if (bytes < MIB)
		return say(check, FIELD_WRONG, _("at least 1 MiB"));
	if (host->memory_kib != 0 && bytes / 1024 > host->memory_kib) {
		_cleanup_free_ char *all = size_format(host->memory_kib * 1024);

		return say(check, FIELD_DOUBTFUL, _("more than the host has: %s"), all);
	}
	if (host->memory_kib != 0 && bytes / 1024 > host->memory_available_kib) {
		_cleanup_free_ char *available = size_format(host->memory_available_kib * 1024);

		return say(check, FIELD_DOUBTFUL, _("only %s are free now"), available);
	}
	return FIELD_FINE;
}

static enum field_verdict check_serial(const struct check *check)
{
	const size_t *choice = check->wizard->choice;

	if (choice[WIZARD_SERIAL] == SERIAL_NONE && choice[WIZARD_GRAPHICS] == GRAPHICS_NONE)
		return say(check, FIELD_WRONG, _("without a screen and without this nobody could see the machine"));
	return FIELD_FINE;
}

static enum field_verdict check_vcpus(const struct check *check)
{
	_cleanup_free_ char *text = wizard_text(check->wizard, check->field);
	unsigned cpus = check->host->info.cpus;
	uint64_t count;

	if (text == NULL || !text_to_uint(text, false, &count) || count < 1 || count > VCPU_LIMIT)
		return say(check, FIELD_WRONG, _("a number from 1 to %d"), VCPU_LIMIT);
	if (cpus != 0 && count > cpus)
		return say(check, FIELD_DOUBTFUL, ngettext("more than the host has: %u", "more than the host has: %u", cpus), cpus);
	return FIELD_FINE;
}

static enum field_verdict check_size(const struct check *check)
{
	_cleanup_free_ char *text = wizard_text(check->wizard, check->field);
	_cleanup_error_ struct error err = ERROR_INIT;
	uint64_t bytes, room;

	if (text == NULL)
		return say(check, FIELD_WRONG, _("how much? 20, or with a unit: 500M"));
	if (!size_parse(text, "GiB", &bytes, &err))
		return say(check, FIELD_WRONG, "%s", error_text(&err));
	if (bytes < MIB)
		return say(check, FIELD_WRONG, _("at least 1 MiB"));
	if (bytes > INT64_MAX)
		return say(check, FIELD_WRONG, _("no image can be so large"));
	if (!free_there(check->wizard, &room) || bytes <= room)
		return FIELD_FINE;
	_cleanup_free_ char *there = size_format(room);

	return say(check, FIELD_DOUBTFUL, _("it may grow to more than the %s that are free there"), there);
}

static enum field_verdict check_mac(const struct check *check)
{
	_cleanup_free_ char *text = wizard_text(check->wizard, check->field);
	char canonical[MAC_TEXT_SIZE];

	if (text == NULL)
		return FIELD_FINE;
	if (!mac_parse(text, canonical))
		return say(check, FIELD_WRONG, _("no address of one card: 52:54:00:12:34:56 is one"));
	if (check->host->manager != NULL)
		*check->message = network_words_mac(check->host->manager, canonical);
	return *check->message != NULL ? FIELD_DOUBTFUL : FIELD_FINE;
}

static bool is_loopback(const char *address)
{
	return text_starts(address, "127.") || strcmp(address, "::1") == 0;
}

static enum field_verdict check_listen(const struct check *check)
{
	_cleanup_free_ char *text = wizard_text(check->wizard, check->field);
	unsigned char address[sizeof(struct in6_addr)];

	if (text == NULL)
		return say(check, FIELD_WRONG, _("which address of this host? 0.0.0.0 is all of them"));
	if (inet_pton(AF_INET, text, address) != 1 && inet_pton(AF_INET6, text, address) != 1)
		return say(check, FIELD_WRONG, _("no address such as 192.168.1.10, 0.0.0.0 or ::"));
	return FIELD_FINE;
}

static enum field_verdict check_password(const struct check *check)
{
	const char *text = check->wizard->text[check->field];
	_cleanup_free_ char *listen = wizard_text(check->wizard, WIZARD_LISTEN);
	bool open = check->wizard->choice[WIZARD_GRAPHICS] == GRAPHICS_ADDRESS && listen != NULL && !is_loopback(listen);

	if (text_empty(text))
		return open ? say(check, FIELD_DOUBTFUL, _("without one, everybody who reaches %s sees this screen and types on it"), listen) : FIELD_FINE;
	if (strlen(text) > INSTALL_PASSWORD_MAX)
		return say(check, FIELD_WRONG, _("VNC takes %d characters at most"), INSTALL_PASSWORD_MAX);
	if (!xml_text_valid(text))
		return say(check, FIELD_WRONG, _("it has characters that no machine's document can hold"));
	return FIELD_FINE;
}

static enum field_verdict check_keymap(const struct check *check)
{
	_cleanup_free_ char *name = wizard_text(check->wizard, check->field);
	_cleanup_strv_ char **names = keymap_names();

	if (name == NULL || strv_contains(names, name))
		return FIELD_FINE;
	_cleanup_free_ char *list = strv_join(names, " ");

	return say(check, FIELD_WRONG, _("QEMU has no such layout; it has %s"), list);
}

static enum field_verdict check_source(const struct check *check)
{
	/* nothing to boot: an empty disk and the network are the user's own choice, this is not */
	if (check->wizard->choice[WIZARD_SOURCE] != SOURCE_NETWORK || check->wizard->choice[WIZARD_NETWORK] != NETWORK_NONE)
		return FIELD_FINE;
	return say(check, FIELD_WRONG, _("it has no network card to boot from"));
}

static enum field_verdict check_network(const struct check *check)
{
	const struct network_choice *choice = wizard_network(check->wizard);

	return choice != NULL ? network_words_check(choice, check->message) : FIELD_FINE;
}

static enum field_verdict check_firmware(const struct check *check)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	if (check->wizard->choice[WIZARD_FIRMWARE] != FIRMWARE_UEFI || host_uefi(&err))
		return FIELD_FINE;
	return err.hint != NULL ? say(check, FIELD_WRONG, "%s: %s", error_text(&err), err.hint) : say(check, FIELD_WRONG, "%s", error_text(&err));
}

static enum field_verdict (*const checks[WIZARD_FIELD_COUNT])(const struct check *check) = {
	[WIZARD_SOURCE] = check_source, [WIZARD_ISO] = check_iso,	[WIZARD_IMAGE] = check_image,
	[WIZARD_NAME] = check_name,	[WIZARD_TITLE] = check_text,	[WIZARD_SYSTEM] = check_text,
	[WIZARD_MEMORY] = check_memory, [WIZARD_VCPUS] = check_vcpus,	[WIZARD_SIZE] = check_size,
	[WIZARD_PLACE] = check_place,	[WIZARD_OTHER_IMAGE] = check_image, [WIZARD_MAC] = check_mac,
	[WIZARD_FIRMWARE] = check_firmware, [WIZARD_LISTEN] = check_listen, [WIZARD_PASSWORD] = check_password,
	[WIZARD_CLOUD_IMAGE] = check_image, [WIZARD_CLOUD_USER] = check_cloud, [WIZARD_CLOUD_KEY] = check_cloud,
	[WIZARD_CLOUD_HOST] = check_cloud, [WIZARD_CLOUD_PACKAGES] = check_cloud,
	[WIZARD_KEYMAP] = check_keymap, [WIZARD_SERIAL] = check_serial, [WIZARD_NETWORK] = check_network,
};

enum field_verdict wizard_check(const struct wizard *wizard, const struct wizard_host *host, enum wizard_field field, char **ret_message)
{
	const struct check check = { wizard, host, field, ret_message };

	*ret_message = NULL;
	return checks[field] != NULL && wizard_shows(wizard, field) ? checks[field](&check) : FIELD_FINE;
}

/* ---- notes ---- */

static char *file_note(const struct wizard *wizard, enum wizard_field field)
{
	_cleanup_free_ char *path = wizard_path(wizard, field);
	struct stat st;

	if (path == NULL || stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return NULL;
	_cleanup_free_ char *size = size_format((uint64_t)st.st_size);

	if (field == WIZARD_IMAGE && wizard_is_appliance(wizard))
		return strf(_("%s; an appliance, which says itself what the machine is"), size);
	if (field == WIZARD_ISO || field == WIZARD_CLOUD_IMAGE || (field == WIZARD_IMAGE && wizard->choice[WIZARD_TAKE] == TAKE_COPY))
		return xstrdup(size);
	return strf(_("%s; used where it is, not copied"), size);
}

/* Said plainly: emulation is ten times slower, and a user who does not know it waits. */
static char *engine_note(const struct wizard *wizard, const struct wizard_host *host)
{
	const char *type = wizard->given.virt_type;

	if (text_equal(type, "qemu"))
		return xstrdup(_("emulated (TCG), as asked for: slow"));
	if (host->info.kvm)
		return xstrdup(_("KVM: runs on the host's CPUs directly"));
	return strf(_("emulated (TCG), many times slower than KVM: %s"), host->info.kvm_reason != NULL ? host->info.kvm_reason : _("there is none here"));
}

static char *command_note(const struct wizard *wizard)
{
	_cleanup_strv_ char **words = wizard_arguments(wizard);

	return install_command_line(words);
}

/* Beside what is recommended for the ISO's system; NULL: it is not. */
static char *recommended_note(const struct wizard *wizard, const struct wizard_host *host, enum wizard_field field)
{
	const char *name = wizard_recommended_for(wizard, field);
	_cleanup_free_ char *there = NULL;
	uint64_t room;

	if (name == NULL)
		return NULL;
	if (field == WIZARD_MEMORY) {
		there = size_format(host->info.memory_available_kib * 1024);
		return strf(_("recommended for %s (%s free)"), name, there);
	}
	if (field == WIZARD_SIZE && free_there(wizard, &room)) {
		there = size_format(room);
		return strf(_("recommended for %s (%s free there)"), name, there);
	}
	return field == WIZARD_SYSTEM ? xstrdup(name) : strf(_("recommended for %s"), name);
}

char *wizard_note(const struct wizard *wizard, const struct wizard_host *host, enum wizard_field field)
{
	_cleanup_free_ char *one = NULL, *two = NULL;
	char *recommended = recommended_note(wizard, host, field);
	uint64_t room;

	if (recommended != NULL)
		return recommended;
	switch ((int)field) {
	case WIZARD_ISO:
		one = wizard_iso_note(wizard);
		return one != NULL ? TAKE_POINTER(one) : file_note(wizard, field);
	case WIZARD_IMAGE:
	case WIZARD_CLOUD_IMAGE:
	case WIZARD_OTHER_IMAGE:
		return file_note(wizard, field);
	case WIZARD_MEMORY:
		one = size_format(host->info.memory_available_kib * 1024);
		two = size_format(host->info.memory_kib * 1024);
		return strf(_("the host has %s free of %s"), one, two);
	case WIZARD_VCPUS:
		return strf(ngettext("the host has %u", "the host has %u", host->info.cpus), host->info.cpus);
	case WIZARD_SIZE:
		if (!free_there(wizard, &room))
			return NULL;
		one = size_format(room);
		return strf(_("%s free there"), one);
	case WIZARD_ENGINE:
		return engine_note(wizard, host);
	case WIZARD_PASSWORD:
		return text_empty(wizard->text[field]) ? xstrdup(_("none")) : NULL;
	case WIZARD_KEYMAP:
		return text_empty(wizard->text[field]) ? xstrdup("en-us") : NULL;
	case WIZARD_COMMAND:
		return command_note(wizard);
	case WIZARD_NETWORK:
		return wizard_network(wizard) != NULL ? network_words_note(wizard_network(wizard)) : NULL;
	case WIZARD_MAC:
		return wizard->text[field] == NULL || *wizard->text[field] == '\0' ? xstrdup(_("made when it is created")) : NULL;
	default:
		return NULL;
	}
}
