/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A shop's machines, and what of their screens differs from host to host. */
#include "tests/terminal/shop.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "core/db.h"
#include "core/manager.h"
#include "core/network.h"
#include "core/network_internal.h"
#include "core/osinfo_internal.h"
#include "core/storage.h"
#include "tests/harness/task.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DOCUMENT    "tests/terminal/web1.xml"
#define IMAGE_BYTES 65536
#define MOST_BYTES  65536
#define EXAMPLE_TIME "2026-01-02 03:04:05"

/* 2023-11-14 22:13:20 UTC */
static const struct timespec when[2] = { { .tv_sec = 1700000000 }, { .tv_sec = 1700000000 } };

/* A history of fixed times: 2026-01-02 03:04:05 UTC and on. */
static void tell_history(const char *name)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_machine_ struct machine machine = { 0 };
	struct manager *manager = NULL;

	ck_assert_msg(manager_open(&manager, &err), "%s", error_text(&err));
	struct db *db = manager_db(manager);

	ck_assert_msg(machine_find(manager, name, &machine, &err), "%s", error_text(&err));
	ck_assert_msg(history_add(db, machine.id, "lifecycle", "Started Booted", NULL, &err) &&
			      history_add(db, machine.id, "io-error", "vda: No space left on device", NULL, &err) &&
			      history_add(db, machine.id, "lifecycle", "Stopped Crashed",
					  "exit status 1\nqemu-system-x86_64: -device virtio-blk-pci: the drive is gone, and this line is so "
					  "long that it has to be wrapped\nqemu-system-x86_64: last words",
					  &err),
		      "%s", error_text(&err));
	ck_assert_msg(db_run(db, NULL, &err, "UPDATE event SET at_ms = 1767323045000 + id * 1000", ""), "%s", error_text(&err));
	manager_close(manager);
}

static void define(const char *name, const char *document)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *path = strf("%s/%s.xml", getenv("VIRTTY_HOME"), name);

	ck_assert_msg(file_write(path, document, strlen(document), 0600, &err), "%s", error_text(&err));
	expect_ok(virtty("define", path, NULL), NULL);
}

/* Its document is a file of its own, for whoever wants to see what the details show. */
static void define_web1(void)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *path = strf("%s/" DOCUMENT, getenv("srcdir") != NULL ? getenv("srcdir") : ".");
	_cleanup_free_ char *text = NULL;

	ck_assert_msg(file_read(path, MOST_BYTES, &text, NULL, &err), "%s", error_text(&err));
	define("web1", text);
}

/* With an image that can be deleted. */
static void define_win11(void)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *images = strf("%s/images", getenv("VIRTTY_HOME"));
	_cleanup_free_ char *image = strf("%s/win11.img", images);
	_cleanup_free_ char *bytes = xcalloc(1, IMAGE_BYTES);
	_cleanup_free_ char *text = strf("<domain type='qemu'><name>win11</name><title>for tests</title><memory unit='GiB'>4</memory><vcpu>4</vcpu>"
					 "<os><type arch='x86_64'>hvm</type></os><devices><disk type='file' device='disk'>"
					 "<driver name='qemu' type='raw'/><source file='%s'/><target dev='vda'/></disk></devices></domain>",
					 image);

	memset(bytes, 'x', IMAGE_BYTES);
	ck_assert(mkdir(images, 0700) == 0 || path_exists(images));
	ck_assert_msg(file_write(image, bytes, IMAGE_BYTES, 0600, &err), "%s", error_text(&err));
	define("win11", text);
}

void shop_fill(struct stage *stage)
{
	const int64_t hour = 3600 * 1000;
	const int64_t minute = 60 * 1000;

	stage_stop(stage, stage_add(stage, "build1", "nightly builds", 256, 4), RUN_CRASHED);
	stage_run(stage, stage_add(stage, "db1", "PostgreSQL", 512, 2), RUN_RUNNING, 5 * hour + 20 * minute + 5000);
	stage_run(stage, stage_add(stage, "mail", "mail and calendar", 256, 1), RUN_PAUSED, 76 * hour + 5000);
	define_web1();
	tell_history("web1");
	define_win11();
}

/* ---- storage ---- */

static void change(struct manager *manager, bool done, const struct error *err)
{
	(void)manager;
	ck_assert_msg(done, "%s", error_text(err));
}

#define CHANGE(manager, ...) \
	do { \
		_cleanup_error_ struct error change_err = ERROR_INIT; \
\
		change(manager, db_run(manager_db(manager), NULL, &change_err, __VA_ARGS__), &change_err); \
	} while (0)

static void add_pool(struct manager *manager, const char *uuid, const char *name, const char *type, const char *target, bool active)
{
	_cleanup_free_ char *xml = strf("<pool type='%s'>\n  <name>%s</name>\n  <uuid>%s</uuid>\n</pool>\n", type, name, uuid);

	CHANGE(manager, "DELETE FROM pool WHERE name = ?", "s", name);
	CHANGE(manager,
	       "INSERT INTO pool(uuid, name, type, target, xml, persistent, autostart, active, boot_id, capacity, allocation, available, "
	       "refreshed_at_ms) VALUES(?1, ?2, ?3, ?4, ?5, 1, ?6, ?6, '', 107374182400, 64424509440, 42949672960, 1)",
	       "sssssi", uuid, name, type, target, xml, (int64_t)active);
}

static void add_volume(struct manager *manager, const char *pool, const char *target, const char *name, const char *format, int64_t mebibytes,
		       int64_t taken_kib, const char *base)
{
	_cleanup_free_ char *path = strf("%s/%s", target, name), *below = base != NULL ? strf("%s/%s", target, base) : NULL;

	CHANGE(manager,
	       "INSERT INTO volume(pool_id, name, key, path, type, format, stated, capacity, allocation, physical, backing_path, "
	       "backing_format, encrypted,"
	       " mtime_ns, inode) VALUES((SELECT id FROM pool WHERE name = ?1), ?2, ?3, ?3, 'file', ?4, 1, ?5, ?6, ?6, ?7, ?8, 0, 1, 1)",
	       "ssssiiss", pool, name, path, format, mebibytes << 20, taken_kib << 10, below, below != NULL ? "qcow2" : NULL);
}

static void add_job(struct manager *manager, const char *kind, const char *state, const char *subject, int64_t mebibytes, int64_t of_mebibytes,
		    int64_t begun_ms, int64_t ended_ms, const char *reason)
{
	struct process_id self = process_self();

	CHANGE(manager,
	       "INSERT INTO job(kind, state, subject, plan, bytes_done, bytes_total, started_at_ms, changed_at_ms, ended_at_ms, reason, "
	       "pid, pid_start, boot_id) VALUES(?, ?, ?, '{}', ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	       "sssiiiiisiis", kind, state, subject, mebibytes << 20, of_mebibytes << 20, begun_ms, begun_ms, ended_ms, reason, (int64_t)self.pid,
	       (int64_t)self.start, process_boot_id());
}

/* Rates and times that stay the same while a test looks at them: the job has run for hours. */
static void add_jobs(struct manager *manager)
{
	const int64_t now = clock_wall_ms(), minute = 60 * 1000;

	add_job(manager, "clone", "running", "default/new.qcow2", 6000, 10000, now - 80 * minute - 5000, 0, NULL);
	add_job(manager, "convert", "done", "default/web2.qcow2", 10240, 10240, now - 240 * minute, now - 237 * minute, NULL);
	add_job(manager, "upload", "failed", "isos/demo.iso", 300, 650, now - 300 * minute, now - 299 * minute, "No space left on device");
}

void shop_storage(struct stage *stage)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *images = strf("%s/images", getenv("VIRTTY_HOME")), *isos = strf("%s/isos", getenv("VIRTTY_HOME"));
	struct manager *manager = NULL;
	struct pool_row *pools;
	size_t count;

	(void)stage;
	ck_assert_msg(manager_open(&manager, &err), "%s", error_text(&err));
	/* so that the default pool was there, and is not made again */
	ck_assert_msg(pool_list(manager, &pools, &count, &err), "%s", error_text(&err));
	pool_rows_free(pools, count);
	add_pool(manager, "5f6f2e7c-1d2a-4c59-9a3e-0a8f4f1f0001", "backup", "netfs", "/srv/backup", false);
	add_pool(manager, "5f6f2e7c-1d2a-4c59-9a3e-0a8f4f1f0002", "default", "dir", images, true);
	add_pool(manager, "5f6f2e7c-1d2a-4c59-9a3e-0a8f4f1f0003", "isos", "dir", isos, true);
	add_volume(manager, "default", images, "base.qcow2", "qcow2", 10240, 2048 << 10, NULL);
	add_volume(manager, "default", images, "new.qcow2", "qcow2", 10240, 6000 << 10, "base.qcow2");
	add_volume(manager, "default", images, "web2.qcow2", "qcow2", 10240, 512 << 10, "base.qcow2");
	add_volume(manager, "default", images, "win11.img", "raw", 61440, 30720 << 10, NULL);
	add_volume(manager, "isos", isos, "demo.iso", "iso", 650, 650 << 10, NULL);
	add_jobs(manager);
	manager_close(manager);
}

/* ---- networks ---- */

static void add_network(struct manager *manager, const char *uuid, const char *name, const char *mode, const char *bridge,
			const char *device, bool active, const char *inner)
{
	_cleanup_free_ char *xml = strf("<network>\n  <name>%s</name>\n  <uuid>%s</uuid>\n%s</network>\n", name, uuid, inner);

	CHANGE(manager,
	       "INSERT INTO network(uuid, name, mode, bridge, device, xml, persistent, autostart, active, boot_id, live_xml)"
	       " VALUES(?1, ?2, ?3, ?4, ?5, ?6, 1, ?7, ?7, ?8, CASE WHEN ?7 THEN ?6 END)",
	       "ssssssis", uuid, name, mode, bridge, device, xml, (int64_t)active, process_boot_id());
}

static void add_networks(struct manager *manager)
{
	add_network(manager, "6f6f2e7c-1d2a-4c59-9a3e-0a8f4f1f0001", "default", "nat", "virbr0", NULL, false,
		    "  <forward mode='nat'/>\n  <bridge name='virbr0'/>\n  <dns>\n    <host ip='198.51.100.1'>\n      <hostname>gate</hostname>\n"
		    "      <hostname>gate.example</hostname>\n    </host>\n  </dns>\n  <ip address='198.51.100.1' prefix='24'>\n    <dhcp>\n"
		    "      <range start='198.51.100.100' end='198.51.100.200'/>\n      <host mac='52:54:00:00:00:07' ip='198.51.100.7'/>\n"
		    "      <host mac='52:54:00:00:00:08' name='printer' ip='198.51.100.8'/>\n    </dhcp>\n  </ip>\n");
	add_network(manager, "6f6f2e7c-1d2a-4c59-9a3e-0a8f4f1f0002", "dmz", "bridge", NULL, "lan9", true,
		    "  <forward mode='bridge'>\n    <interface dev='lan9'/>\n  </forward>\n");
	add_network(manager, "6f6f2e7c-1d2a-4c59-9a3e-0a8f4f1f0003", "lab", NULL, "virbr1", NULL, false,
		    "  <bridge name='virbr1'/>\n  <ip family='ipv6' address='2001:db8:7::1' prefix='64'/>\n");
	add_network(manager, "6f6f2e7c-1d2a-4c59-9a3e-0a8f4f1f0004", "office", "bridge", "br0", NULL, false,
		    "  <forward mode='bridge'/>\n  <bridge name='br0'/>\n");
}

#define CARD_MACHINE                                                                                                                  \
	"<domain type='qemu'><name>%s</name><memory unit='MiB'>256</memory><os><type arch='x86_64'>hvm</type></os><devices>"         \
	"<interface type='network'><mac address='%s'/><source network='%s'/><model type='virtio'/>%s</interface></devices></domain>"

void shop_networks(struct stage *stage)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *store = strf(CARD_MACHINE, "store", "52:54:00:00:00:07", "default",
					  "<portForward proto='tcp'><range start='2222' to='22'/></portForward>");
	_cleanup_free_ char *desk = strf(CARD_MACHINE, "desk", "52:54:00:00:00:09", "dmz", "");
	struct manager *manager = NULL;
	struct network_row *rows;
	size_t count;

	stage_define(stage, store);
	stage_define(stage, desk);
	ck_assert_msg(manager_open(&manager, &err), "%s", error_text(&err));
	/* so that the default network was there, and is not made again */
	ck_assert_msg(network_list(manager, &rows, &count, &err), "%s", error_text(&err));
	network_rows_free(rows, count);
	CHANGE(manager, "DELETE FROM network", "");
	add_networks(manager);
	manager_close(manager);
}

static void add_card(struct manager *manager, const char *machine, const char *mac)
{
	_cleanup_free_ char *xml = strf(CARD_MACHINE, machine, mac, "lan", "");

	CHANGE(manager, "INSERT INTO definition(domain_id, kind, xml) SELECT id, 'live', ? FROM domain WHERE name = ?", "ss", xml, machine);
}

/* On a device: of that kind alone a network is active without anything being made on the host. */
void shop_addresses(struct stage *stage)
{
	static const char leases[] = "0 52:54:00:00:00:0a 198.51.100.10 db1 *\n0 52:54:00:00:00:0b 198.51.100.25 mail *\n";
	_cleanup_error_ struct error err = ERROR_INIT;
	struct manager *manager = NULL;
	_cleanup_network_row_ struct network_row lan = { 0 };

	(void)stage;
	ck_assert_msg(manager_open(&manager, &err), "%s", error_text(&err));
	add_network(manager, "6f6f2e7c-1d2a-4c59-9a3e-0a8f4f1f0005", "lan", "bridge", NULL, "lan9", true,
		    "  <forward mode='bridge'>\n    <interface dev='lan9'/>\n  </forward>\n");
	add_card(manager, "db1", "52:54:00:00:00:0a");
	add_card(manager, "mail", "52:54:00:00:00:0b");
	ck_assert_msg(network_find(manager, "lan", &lan, &err), "%s", error_text(&err));
	_cleanup_free_ char *path = network_lease_file(manager, lan.id);
	_cleanup_free_ char *directory = xstrndup(path, (size_t)(strrchr(path, '/') - path));

	ck_assert_msg(directory_make(directory, 0700, &err), "%s", error_text(&err));
	ck_assert_msg(file_write(path, leases, strlen(leases), 0600, &err), "%s", error_text(&err));
	manager_close(manager);
}

static void add_file(const char *directory, const char *name, const char *bytes, size_t length, off_t at)
{
	_cleanup_free_ char *path = strf("%s/%s", directory, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pwrite(fd, bytes, length, at), (ssize_t)length);
	ck_assert_int_eq(futimens(fd, when), 0);
	close(fd);
}

char *shop_isos(void)
{
	char *isos = strf("%s/isos", getenv("VIRTTY_HOME"));
	_cleanup_free_ char *sub = strf("%s/older", isos);

	ck_assert_int_eq(mkdir(isos, 0700), 0);
	ck_assert_int_eq(mkdir(sub, 0700), 0);
	add_file(isos, "demo-1.0.iso", "\1CD001", 6, 16 * 2048);
	add_file(isos, "Another.ISO", "\1CD001", 6, 16 * 2048);
	add_file(isos, "数据.iso", "\1CD001", 6, 16 * 2048);
	add_file(isos, "notes.txt", "x", 1, 0);
	add_file(isos, ".hidden.iso", "x", 1, 0);
	ck_assert_int_eq(utimensat(AT_FDCWD, sub, when, 0), 0);
	ck_assert_int_eq(utimensat(AT_FDCWD, isos, when, 0), 0);
	return isos;
}

/* What libosinfo would have said, had it been asked: the same on every host. */
static const struct {
	const char *file, *json;
	off_t bytes;
} known_isos[] = {
	{ "debian-11.5.0-amd64-netinst.iso",
	  "{\"label\":\"Debian 11.5.0 amd64 n\",\"boots\":[\"bios\",\"efi\"],\"system\":{\"id\":\"http://debian.org/debian/11\","
	  "\"short-id\":\"debian11\","
	  "\"name\":\"Debian 11\",\"family\":\"linux\",\"recommended\":{\"memory\":1073741824,\"disk\":21474836480},\"firmware\":[\"bios\",\"efi\"]},"
	  "\"media\":{\"arch\":\"x86_64\",\"variant\":\"Debian 11\",\"installer\":true}}",
	  400556032 },
	{ "Win11_EnglishInternational_x64.iso",
	  "{\"label\":\"CCCOMA_X64FRE_EN-GB_DV9\",\"boots\":[\"bios\",\"efi\"],\"system\":{\"id\":\"http://microsoft.com/win/11\","
	  "\"short-id\":\"win11\","
	  "\"name\":\"Microsoft Windows 11\",\"family\":\"winnt\",\"minimum\":{\"memory\":4294967296,\"disk\":68719476736},\"firmware\":[\"efi\"]},"
	  "\"media\":{\"arch\":\"x86_64\",\"installer\":true}}",
	  5557432320 },
	{ "memtest.iso", "{\"label\":\"MEMTEST\",\"boots\":[\"bios\"]}", 6400000 },
	{ "broken.iso", "{\"trouble\":\"it is no ISO 9660 image\"}", 1000 },
};

void shop_known_isos(struct stage *stage)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *images = strf("%s/images", getenv("VIRTTY_HOME")), *data = osinfo_data();

	ck_assert(mkdir(images, 0700) == 0 || path_exists(images));
	for (size_t i = 0; i < ARRAY_LENGTH(known_isos); i++) {
		_cleanup_free_ char *path = strf("%s/%s", images, known_isos[i].file);
		struct stat st;

		add_file(images, known_isos[i].file, "", 1, known_isos[i].bytes - 1);
		ck_assert_int_eq(stat(path, &st), 0);
		ck_assert_msg(stage_keep_iso(stage, path, &st, data, known_isos[i].json, &err), "%s", error_text(&err));
	}
}

/* ---- masks: each takes a line and gives it back, or another; owned ---- */

/* The list's head line: other CPUs and memory, still at the right. How long the host's figures are decides whether "no KVM" is said: it goes. */
static char *mask_host(char *line)
{
	char *host = strstr(line, "no KVM: TCG  ");
	unsigned cpus;
	char free_memory[32], promised[32];

	host = host != NULL ? host : strstr(line, "TCG  ");
	if (host == NULL || !text_starts(line, " virtty  "))
		return line;
	const char *figures = strstr(host, "TCG  ") + strlen("TCG  ");

	if (sscanf(figures, "%u CPUs  %31[0-9.] %*s free  %31[0-9.A-Za-z ]", &cpus, free_memory, promised) != 3)
		return line;
	char *of = strstr(promised, " of ");

	if (of != NULL)
		*of = '\0';
	int end = (int)strlen(line);

	while (host > line && host[-1] == ' ')
		host--;
	_cleanup_free_ char *example = strf("TCG  4 CPUs  11.2 GiB free  %s%s", promised, of != NULL ? " of 15.6 GiB" : "");
	char *masked = strf("%.*s%*s", (int)(host - line), line, end - (int)(host - line), example);

	free(line);
	return masked;
}

/* What the wizard says of this host behind its fields. */
static char *mask_figures(char *line)
{
	static const char *const figures[] = { "the host has",	 "GiB free there",	   "TiB free there",
					       "MiB free there", "more than the host has", "only " };

	for (size_t i = 0; i < ARRAY_LENGTH(figures); i++) {
		char *at = strstr(line, figures[i]);

		while (at != NULL && at > line && strchr(" .0123456789", at[-1]) != NULL)
			at--;
		if (at != NULL)
			*at = '\0';
	}
	return line;
}

/* How many networks, bridges and devices there are to join. */
static char *mask_networks(char *line)
{
	char *of = text_starts(line, " virtty: what the network card is joined to") ? strstr(line, " of ") : NULL;

	if (of != NULL)
		*of = '\0';
	return line;
}

/* Takes the home out of a path; what stood at the right of it stays where it was. */
static char *mask_home(char *line)
{
	const char *home = getenv("VIRTTY_HOME");
	char *at = strstr(line, home);

	if (at == NULL)
		return line;
	const char *rest = at + strlen(home);
	const char *gap = strstr(rest, "  ");

	if (gap == NULL && (text_ends(rest, " │") || text_ends(rest, " |")))
		gap = strrchr(rest, ' ');
	char *masked = gap != NULL ? strf("%.*s%.*s%*s%s", (int)(at - line), line, (int)(gap - rest), rest, (int)strlen(home), "", gap) :
				     strf("%.*s%s", (int)(at - line), line, rest);

	free(line);
	return mask_home(masked);
}

/* One bar comes every few seconds, and a machine being made is made for some seconds. */
static char *mask_time(char *line)
{
	struct strbuf out = STRBUF_INIT;

	for (const char *at = line; *at != '\0';) {
		bool bar = text_starts(at, "▁") || (text_starts(at, "_ ") && out.length > 0 && strchr(" _", out.data[out.length - 1]) != NULL);

		if (bar)
			strbuf_putc(&out, ' ');
		else
			strbuf_putc(&out, *at);
		at += text_starts(at, "▁") ? strlen("▁") : 1;
	}
	char *masked = strbuf_take(&out);
	char *made = strstr(masked, "Creating and starting ");
	char *seconds = made != NULL ? strstr(made, " s ") : NULL;

	if (seconds != NULL)
		seconds[-1] = 'N';
	char *begun = strstr(masked, "Begun: ");

	if (begun != NULL && strlen(begun) >= strlen("Begun: " EXAMPLE_TIME))
		memcpy(begun + strlen("Begun: "), EXAMPLE_TIME, strlen(EXAMPLE_TIME));
	free(line);
	return masked;
}

/* The host's network cards, where one is chosen. */
static char *mask_device(char *line)
{
	char *masked;

	if (!text_starts(line, " Device           <"))
		return line;
	masked = xstrdup(" Device           < eth0 >");
	free(line);
	return masked;
}

/* Why networks cannot be started on some hosts stands below the table of them, at the left, up to an empty line: it goes. */
static char *mask_hindrance(char *line)
{
	static bool within;
	const char *behind = strstr(line, "\342\224\202");
	size_t width = behind != NULL ? (size_t)(behind - line) : strlen(line);

	if (behind == NULL && (behind = strstr(line, "|")) != NULL)
		width = (size_t)(behind - line);
	within = strspn(line, " ") < width && (within || strstr(line, "networks cannot be started here") != NULL);
	if (within)
		memset(line, ' ', width);
	return line;
}

void shop_mask(char *screen)
{
	static char *(*const masks[])(char *line) = { mask_host, mask_figures, mask_networks, mask_home, mask_time, mask_hindrance, mask_device };
	_cleanup_(strbuf_clear) struct strbuf out = STRBUF_INIT;
	_cleanup_free_ char *copy = xstrdup(screen);
	char *rest = copy, *piece;

	while ((piece = strsep(&rest, "\n")) != NULL) {
		char *line = xstrdup(piece);

		for (size_t i = 0; i < ARRAY_LENGTH(masks); i++)
			line = masks[i](line);
		for (size_t length = strlen(line); length > 0 && line[length - 1] == ' '; length--)
			line[length - 1] = '\0';
		strbuf_puts(&out, line);
		if (rest != NULL)
			strbuf_putc(&out, '\n');
		free(line);
	}
	ck_assert_uint_le(out.length, strlen(screen));
	memcpy(screen, out.data, out.length + 1);
}
