/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The system of an installation: named, or found on its ISO; and what a machine for it is given where nothing else was asked for. */
#include "base/file.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/xml.h"
#include "core/install_internal.h"
#include "hv/arch.h"

#include <stdlib.h>
#include <string.h>

#define MIB (UINT64_C(1) << 20)

/* Beginnings of the short names that osinfo has for systems: what follows is a version. For where there is no libosinfo to ask. */
static const char *const systems[] = {
	"almalinux", "alpinelinux", "alt", "android", "archlinux", "asianux", "caasp", "centos", "circle", "cirros", "clearlinux", "debian",
	"dragonflybsd", "elementary", "endless", "eos", "eurolinux", "fedora", "freebsd", "freedos", "freenix", "gentoo", "generic", "gnome", "guix",
	"haiku", "hyperbola", "kali", "linux", "macosx", "mageia", "mandrake", "mandriva", "manjaro", "mbs", "mes", "miraclelinux", "msdos", "netbsd",
	"netware", "nixos", "ol", "openbsd", "opensolaris", "openEuler", "openeuler", "opensuse", "oraclelinux", "popos", "pureos", "rhel", "rocky",
	"scientificlinux", "silverblue", "slackware", "sle", "slackel", "solaris", "steamos", "suse", "trisquel", "ubuntu", "unknown", "vmware",
	"void", "voidlinux", "win", "xenix",
};

/* Names that choose nothing, and are known to. */
static const char *const no_systems[] = { "generic", "linux", "none", "other", "unix", "unknown" };

/* ---- the option ---- */

static bool read_switch(const char *key, const char *value, bool *ret, struct error *err)
{
	const char *word = yes_or_no(value);

	if (word == NULL)
		return error_set(err, ERROR_INVALID, "osinfo: %s is on or off, not '%s'", key, value);
	*ret = text_equal(word, "yes");
	return true;
}

static bool read_name(struct installation *installation, const char *name, struct error *err)
{
	if (!name[0] || !xml_text_valid(name))
		return error_set(err, ERROR_INVALID, "osinfo: '%s' is no name of a system", name);
	free(installation->os_name);
	installation->os_name = xstrdup(name);
	return true;
}

/* "debian12", "name=debian12", "short-id=debian12", "detect=on,require=on". A name alone is taken at its word. */
bool install_read_osinfo(struct installation *installation, struct error *err)
{
	_cleanup_strv_ char **words = installation->request->osinfo ? strv_split(installation->request->osinfo, ",") : NULL;
	bool detect = false, detect_said = false;

	for (char **word = words; word && *word; word++) {
		const char *equals = strchr(*word, '=');
		bool ok;

		if (text_starts(*word, "detect=")) {
			ok = read_switch("detect", equals + 1, &detect, err);
			detect_said = true;
		} else if (text_starts(*word, "require=")) {
			ok = read_switch("require", equals + 1, &installation->os_required, err);
		} else if (!equals || text_starts(*word, "name=") || text_starts(*word, "short-id=") || text_starts(*word, "id=")) {
			ok = read_name(installation, equals ? equals + 1 : *word, err);
		} else {
			ok = error_set(err, ERROR_INVALID, "osinfo: '%s' is not understood", *word);
		}
		if (!ok)
			return false;
	}
	installation->os_detected = detect_said ? detect : installation->os_name == NULL;
	return true;
}

/* ---- which it is ---- */

static void take_system(struct installation *installation, struct os_system *system)
{
	installation->system = xcalloc(1, sizeof *installation->system);
	*installation->system = *system;
	*system = (struct os_system){ 0 };
}

/* What keeps an ISO from being of use to the machine. */
static void warn_iso(struct installation *installation, const struct iso_info *info)
{
	bool uefi = installation->boot.uefi;

	if (info->arch && !text_equal(info->arch, installation->arch->name) && !text_equal(info->arch, "all") &&
	    !(text_equal(installation->arch->name, "x86_64") && text_equal(info->arch, "i686")))
		installation->warnings = strv_addf(installation->warnings, "'%s' is for %s, and '%s' is a machine of %s", info->path, info->arch,
						   installation->name, installation->arch->name);
	/* a kernel of one's own, or another device, may do without */
	if (installation->boot.kernel || installation->boot.count > 0)
		return;
	if (!info->boots_bios && !info->boots_uefi)
		installation->warnings = strv_addf(installation->warnings, "'%s' has nothing to boot from", info->path);
	else if (uefi && !info->boots_uefi)
		installation->warnings = strv_addf(installation->warnings, "'%s' boots by BIOS alone, and '%s' is to have UEFI", info->path,
						   installation->name);
}

/* By what its ISO says. An ISO that says nothing is no reason to complain. */
static void detect(struct manager *manager, struct installation *installation)
{
	_cleanup_error_ struct error why = ERROR_INIT;
	_cleanup_iso_info_ struct iso_info info = { .path = path_absolute(installation->request->cdrom) };

	iso_describe(manager, &info, 1, 0, &why);
	if (error_is_set(&why))
		installation->warnings = strv_addf(installation->warnings, "what '%s' holds was not found out: %s", info.path, error_text(&why));
	installation->iso_uefi_alone = info.known && info.boots_uefi && !info.boots_bios;
	if (info.known && info.trouble == NULL)
		warn_iso(installation, &info);
	if (info.system == NULL)
		return;
	take_system(installation, info.system);
	free(installation->os_name);
	installation->os_name = xstrdup(installation->system->short_id ? installation->system->short_id : installation->system->id);
}

static bool is_one_of(const char *name, const char *const *words, size_t count, bool beginning)
{
	for (size_t i = 0; i < count; i++)
		if (beginning ? text_starts(name, words[i]) : text_equal(name, words[i]))
			return true;
	return false;
}

/* A name that is none is kept, but was hardly meant. */
static void warn_unknown(struct installation *installation, const char *meant)
{
	_cleanup_free_ char *hint = meant ? strf("did you mean '%s'?", meant) : xstrdup("'virtty osinfo --list' shows them");

	installation->warnings = strv_addf(installation->warnings, "osinfo: '%s' is no name that virtty knows: it is kept, but nothing was chosen by it (%s)",
					   installation->os_name, hint);
}

static void find_named(struct manager *manager, struct installation *installation)
{
	_cleanup_os_answer_ struct os_answer answer = { 0 };
	_cleanup_error_ struct error why = ERROR_INIT;

	if (is_one_of(installation->os_name, no_systems, ARRAY_LENGTH(no_systems), false))
		return;
	if (!os_find(manager, installation->os_name, &answer, &why)) {
		if (why.code != ERROR_UNSUPPORTED)
			installation->warnings = strv_addf(installation->warnings, "osinfo: nothing was chosen by '%s': %s", installation->os_name,
							   error_text(&why));
		else if (!is_one_of(installation->os_name, systems, ARRAY_LENGTH(systems), true))
			warn_unknown(installation, NULL);
		return;
	}
	installation->os_older = answer.older;
	if (answer.older) {
		_cleanup_free_ char *title = os_title(&answer.system);

		installation->warnings = strv_addf(installation->warnings,
						   "osinfo: '%s' is newer than what libosinfo knows here: its devices and sizes are those of %s",
						   installation->os_name, title);
	}
	if (answer.found || answer.older)
		take_system(installation, &answer.system);
	else
		warn_unknown(installation, answer.near);
}

bool install_resolve_system(struct manager *manager, struct installation *installation, struct error *err)
{
	if (installation->os_detected && installation->request->cdrom && path_exists(installation->request->cdrom))
		detect(manager, installation);
	if (installation->system == NULL && installation->os_name)
		find_named(manager, installation);
	installation->windows = installation->system ? os_is_windows(installation->system) : text_starts(installation->os_name ? installation->os_name : "", "win");
	if (!installation->os_required || installation->system)
		return true;
	error_set(err, ERROR_INVALID, "osinfo: no system was %s, and one is required", installation->os_name ? "found by that name" : "found on the ISO");
	return error_hint(err, "--osinfo NAME says which it is; 'virtty osinfo --list' shows names");
}

/* ---- what it is given ---- */

/* What is recommended, if the host has as much; else the least that will do. */
uint64_t install_system_memory(const struct os_system *system, uint64_t host_bytes)
{
	uint64_t wanted = os_wants(system).memory_bytes;

	if (host_bytes != 0 && wanted > host_bytes && system->minimum.memory_bytes <= host_bytes)
		wanted = system->minimum.memory_bytes;
	return wanted / MIB;
}

const char *install_machine(const struct installation *installation)
{
	const struct os_system *system = installation->system;

	if (installation->request->machine)
		return installation->request->machine;
	/* on PCI Express the devices of virtio are those of virtio 1.0 alone */
	if (system && text_equal(installation->arch->modern_machine, "q35") &&
	    (!os_has(system, OS_Q35) || (os_has(system, OS_VIRTIO_NET) && !os_has(system, OS_VIRTIO_1))))
		return installation->arch->default_machine;
	return installation->arch->modern_machine;
}

/* An i440fx has IDE of its own, a q35 SATA. */
static const char *plain_bus(const struct installation *installation)
{
	const char *machine = install_machine(installation);
	bool old = installation->system && (text_equal(machine, "pc") || text_starts(machine, "pc-i440fx"));

	return old ? "ide" : "sata";
}

const char *install_disk_bus(const struct installation *installation, bool cdrom)
{
	const struct os_system *system = installation->system;
	bool virtio = system ? os_has(system, OS_VIRTIO_BLOCK) : !installation->windows;

	return virtio && !cdrom ? "virtio" : plain_bus(installation);
}

const char *install_card(const struct installation *installation)
{
	const struct os_system *system = installation->system;

	if (!system)
		return installation->windows ? "e1000e" : "virtio";
	if (os_has(system, OS_VIRTIO_NET))
		return "virtio";
	if (os_has(system, OS_E1000E))
		return "e1000e";
	return os_has(system, OS_RTL8139) && !os_has(system, OS_E1000) ? "rtl8139" : "e1000";
}

/* libosinfo's data leaves virtio's GPU out for many a Linux whose kernel has it; those with virtio 1.0 are young enough. */
bool install_virtio_gpu(const struct installation *installation)
{
	const struct os_system *system = installation->system;

	if (!system)
		return !installation->windows;
	return os_has(system, OS_VIRTIO_GPU) || (text_equal(system->family, "linux") && os_has(system, OS_VIRTIO_1));
}
