/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of places. A new screen has a row here: its texts, its keys, its sizes and its signals are tested then. */
#include "tests/terminal/places.h"

#include "base/memory.h"
#include "tests/harness/rfb_server.h"
#include "tests/terminal/puppet.h"
#include "tests/terminal/shop.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define ENTER	  "\r"
#define ESCAPE	  "\033"
#define TAB	  "\t"
#define UP	  "\033[A"
#define DOWN	  "\033[B"
#define F2	  "\033OQ"
#define ERASE_ALL "\005\025" /* ^E ^U */
#define LEAVE	  "\035"     /* ^] */
#define MENU	  "\034"     /* ^\ */

static const char guest_words[] = "Debian GNU/Linux 12 db1 ttyS0\r\n\r\ndb1 login: admin\r\nPassword: \r\n"
				  "Linux db1 6.1.0-56-amd64 #1 SMP x86_64\r\nLast login: Fri Jan  2 03:04:05 UTC 2026 on ttyS0\r\n"
				  "\033[1;32madmin@db1\033[0m:\033[1;34m~\033[0m$ ";

/* ---- what happens beside keys ---- */

static void connect_as(struct stage *stage, struct pty *pty, bool writer, bool held)
{
	stage_accept(stage, pty);
	stage_expect(stage, pty, 'w', "");
	stage_write(stage, pty, guest_words);
	stage_status(stage, writer, held);
	pty_expect(pty, "admin@db1:~$");
}

static void connect_writer(struct stage *stage, struct pty *pty)
{
	connect_as(stage, pty, true, false);
	pty_expect(pty, "Shift-PgUp Scroll");
}

static void connect_reader(struct stage *stage, struct pty *pty)
{
	connect_as(stage, pty, false, true);
	pty_expect(pty, "read-only");
}

/* The right to type was given back with the console, and is asked for again. */
static void give_right(struct stage *stage, struct pty *pty)
{
	stage_expect(stage, pty, 'w', "");
	stage_status(stage, true, false);
	pty_expect(pty, "Shift-PgUp Scroll");
}

/* One line above the prompt's end. */
static void wait_for_cursor(struct stage *stage, struct pty *pty)
{
	(void)stage;
	pty_expect_cursor(pty, 5, 13);
}

static void type_isos(struct stage *stage, struct pty *pty)
{
	_cleanup_free_ char *isos = strf("%s/isos", getenv("VIRTTY_HOME"));

	(void)stage;
	pty_send(pty, isos);
	pty_expect(pty, "this is a directory");
}

static void make_isos(struct stage *stage)
{
	(void)stage;
	free(shop_isos());
}

static void know_isos(struct stage *stage)
{
	shop_known_isos(stage);
}

static void let_start_fail(struct stage *stage)
{
	(void)stage;
	puppet_answer("start", "fail");
}

static void let_start_hang(struct stage *stage)
{
	(void)stage;
	puppet_answer("start", "hang");
}

static void let_install_hang(struct stage *stage)
{
	(void)stage;
	puppet_answer("install", "hang");
}

/* Storage, and what virtty would print of it. */
static void stock(struct stage *stage)
{
	shop_storage(stage);
	puppet_say("vol-info", "{\"name\":\"base.qcow2\",\"users\":[{\"who\":\"volume 'default/new.qcow2'\",\"running\":false},"
			       "{\"who\":\"volume 'default/web2.qcow2'\",\"running\":false}],"
			       "\"image\":{\"in-use\":false,\"file\":2147483648,\"compat\":\"1.1\",\"cluster\":65536,\"snapshots\":2,"
			       "\"dirty\":false,\"corrupt\":false,\"lazy-refcounts\":true,\"extended-l2\":false,\"zstd\":false}}\n");
	puppet_say("vol-dumpxml", "<volume type='file'>\n  <name>base.qcow2</name>\n  <capacity unit='bytes'>10737418240</capacity>\n</volume>\n");
	puppet_say("pool-dumpxml", "<pool type='dir'>\n  <name>default</name>\n</pool>\n");
}

static void network_shop(struct stage *stage)
{
	shop_networks(stage);
}

static void stock_with_isos(struct stage *stage)
{
	stock(stage);
	make_isos(stage);
}

/* The server of the machine's screen lives as long as the test's process. */
static struct rfb_server *screen_server;

static void show_screen(struct stage *stage, unsigned columns, unsigned rows)
{
	const int64_t hour = 3600 * 1000;
	const int64_t minute = 60 * 1000;
	_cleanup_free_ char *path = strf("%s/vnc", getenv("VIRTTY_HOME"));
	int64_t id = stage_find(stage, "web1");

	screen_server = rfb_server_new(path, columns, rows);
	if (screen_server == NULL)
		return;
	/* enough of it to be taken for text, whatever its size */
	for (unsigned row = 3; row < rows; row++) {
		_cleanup_free_ char *line = strf("Device %-3u  PCI 00:%02x.0  memory, I/O and interrupts enabled", row - 2, row);

		rfb_server_text(screen_server, row, 2, line, 0xaaaaaa, 0x000000);
	}
	rfb_server_text(screen_server, 1, 2, "BIOS setup", 0xffffff, 0x0000aa);
	rfb_server_text(screen_server, 1, columns - 12, "F10: leave", 0xaaaaaa, 0x000000);
	stage_run_screen(stage, id, RUN_RUNNING, 5 * hour + 20 * minute + 5000, path, true);
}

static void show_small_screen(struct stage *stage)
{
	show_screen(stage, 64, 14);
}

/* Larger than any window of these tests. */
static void show_large_screen(struct stage *stage)
{
	show_screen(stage, 180, 60);
}

/* ---- ways that several places share ---- */

#define GO(keys, text) { keys, text, NULL }
#define ACT(keys, act) { keys, NULL, act }

#define TO_DETAILS GO("jjji", "1 Overview")
#define TO_DEVICES TO_DETAILS, GO("2", "Address")
#define TO_CONSOLE ACT("j" ENTER, connect_writer)
#define TO_VIEW	   GO("jjjv", "BIOS setup")
#define TO_WIZARD  GO("n", "ISO file")
/* to the source itself, and two choices on: no path of this home shows */
#define TO_NETWORK_BOOT GO(UP "  ", "boot from the network"), GO(ENTER, "page 2 of 5")
#define TO_DISK		TO_NETWORK_BOOT, GO("web" TAB "Servers" TAB TAB TAB ERASE_ALL "1" ENTER, "page 3 of 5")
#define TO_POOLS   GO("S", "isos")
#define TO_VOLUMES TO_POOLS, GO("j" ENTER, "base.qcow2")
#define TO_NETWORKS GO("N", "office")
#define TO_LEASES  TO_NETWORKS, GO(ENTER, "52:54:00:00:00:08")
#define TO_SUMMARY TO_DISK, GO(TAB ERASE_ALL "1" ENTER, "page 4 of 5"), GO(ENTER, "The same on the command line")

const struct place places[] = {
	/* the list */
	{ "list", &keys_list, WORLD_SHOP, NULL, { GO(NULL, NULL) } },
	{ "list-addresses", &keys_list, WORLD_SHOP, shop_addresses, { GO(NULL, "198.51.100.25") } },
	{ "list-empty", &keys_list, WORLD_EMPTY, NULL, { GO(NULL, NULL) } },
	{ "list-odd", &keys_list, WORLD_ODD, NULL, { GO(NULL, NULL) } },
	{ "list-marked", &keys_list, WORLD_SHOP, NULL, { GO("j  ", "2 marked") } },
	{ "list-sorted", &keys_list, WORLD_SHOP, NULL, { GO("o", NULL) } },
	{ "filter", &keys_filter, WORLD_SHOP, NULL, { GO("/off", "2 of 5") } },
	{ "filter-nothing", &keys_filter, WORLD_SHOP, NULL, { GO("/xyz", "No machine has that") } },
	{ "busy", &keys_list, WORLD_SHOP, let_start_hang, { GO("jjjs", "starting") } },
	/* dialogs */
	{ "rename", &keys_prompt, WORLD_SHOP, NULL, { GO("jjjm", "this is its name now") } },
	{ "delete", &keys_delete, WORLD_SHOP, NULL, { GO("GD", "win11: delete?") } },
	{ "delete-several", &keys_delete, WORLD_SHOP, NULL, { GO(" G D", "2 machines: delete?") } },
	{ "force-off", &keys_confirm, WORLD_SHOP, NULL, { GO("jf", "db1: force off?") } },
	{ "reset", &keys_confirm, WORLD_SHOP, NULL, { GO("jR", "db1: reset?") } },
	{ "reset-several", &keys_confirm, WORLD_SHOP, NULL, { GO("j  R", "2 machines: reset?") } },
	{ "error", &keys_message, WORLD_SHOP, let_start_fail, { GO("jjjs", "tell it something else") } },
	{ "help", &keys_help, WORLD_SHOP, NULL, { GO("?", "virtty: help") } },
	/* a new machine */
	{ "wizard-source", &keys_form, WORLD_SHOP, NULL, { TO_WIZARD } },
	{ "wizard-files", &keys_files, WORLD_SHOP, make_isos, { TO_WIZARD, ACT(NULL, type_isos), GO(F2, "demo-1.0.iso") } },
	{ "wizard-isos", &keys_isos, WORLD_SHOP, know_isos, { TO_WIZARD, GO(F2, "Debian 11"), GO(DOWN, "memtest.iso: boots by BIOS") } },
	{ "wizard-machine", &keys_form, WORLD_SHOP, NULL,
	  { TO_WIZARD, TO_NETWORK_BOOT, GO("web" TAB "Servers" TAB TAB TAB ERASE_ALL "x", "a number from 1 to 4096") } },
	{ "wizard-disk", &keys_form, WORLD_SHOP, NULL, { TO_WIZARD, TO_DISK, GO(TAB ERASE_ALL "1", "[1 ") } },
	{ "wizard-devices", &keys_form, WORLD_SHOP, NULL,
	  { TO_WIZARD, TO_DISK, GO(TAB ERASE_ALL "1" ENTER, "page 4 of 5"), GO(TAB TAB "52:54", "no address of one card") } },
	{ "wizard-network", &keys_pick_network, WORLD_SHOP, NULL,
	  { TO_WIZARD, TO_DISK, GO(TAB ERASE_ALL "1" ENTER, "page 4 of 5"), GO(F2, "what the network card is joined to"),
	    GO("host's own", "1 of") } },
	{ "wizard-address", &keys_form, WORLD_SHOP, NULL,
	  { TO_WIZARD, TO_DISK, GO(TAB ERASE_ALL "1" ENTER, "page 4 of 5"), GO(TAB TAB TAB "  ", "VNC on an address"),
	    GO(TAB "0.0.0.0" TAB, "without one, everybody"), GO("123456789", "8 characters at most") } },
	{ "wizard-summary", &keys_form_last, WORLD_SHOP, NULL, { TO_WIZARD, TO_SUMMARY } },
	{ "wizard-leave", &keys_confirm, WORLD_SHOP, NULL, { TO_WIZARD, GO("x", "[x"), GO(ESCAPE, "Leave without a new machine?") } },
	{ "wizard-busy", &keys_form_busy, WORLD_SHOP, let_install_hang, { TO_WIZARD, TO_SUMMARY, GO(ENTER, "Creating and starting") } },
	/* details */
	{ "details-overview", &keys_details, WORLD_SHOP, NULL, { TO_DETAILS, GO(NULL, "Processors") } },
	{ "details-devices", &keys_details_devices, WORLD_SHOP, NULL, { TO_DETAILS, GO("2", "Address") } },
	{ "details-device", &keys_message, WORLD_SHOP, NULL, { TO_DETAILS, GO("2", "Address"), GO(ENTER, "Enter Close") } },
	{ "details-events", &keys_details, WORLD_SHOP, NULL, { TO_DETAILS, GO("3", "last words") } },
	{ "details-xml", &keys_details_xml, WORLD_SHOP, NULL, { TO_DETAILS, GO("4", "<domain type") } },
	{ "details-notes", &keys_details_notes, WORLD_SHOP, NULL, { TO_DETAILS, GO("5", "Second paragraph") } },
	{ "details-search", &keys_search, WORLD_SHOP, NULL, { TO_DETAILS, GO("4", "<domain type"), GO("/cdrom", "/cdrom") } },
	{ "details-not-found", &keys_search, WORLD_SHOP, NULL, { TO_DETAILS, GO("4", "<domain type"), GO("/floppy", "not found") } },
	{ "autostart", &keys_form_small, WORLD_SHOP, NULL, { TO_DETAILS, GO("A", "web1: start with the host") } },
	/* consoles */
	{ "console", &keys_console, WORLD_SHOP, NULL, { TO_CONSOLE } },
	{ "console-waiting", &keys_console_reader, WORLD_SHOP, NULL, { GO("jjj" ENTER, "web1: shut off, waiting for it to start") } },
	{ "console-none", &keys_console_reader, WORLD_SHOP, NULL, { GO("G" ENTER, "it has no serial console") } },
	{ "console-reading", &keys_console_reader, WORLD_SHOP, NULL, { ACT("j" ENTER, connect_reader) } },
	{ "console-tabs", &keys_console, WORLD_SHOP, NULL,
	  { TO_CONSOLE, GO(LEAVE, "n New"), GO("jj" ENTER, "waiting for it to start"), ACT(MENU "1", give_right) } },
	{ "console-menu", &keys_console_menu, WORLD_SHOP, NULL, { TO_CONSOLE, GO(MENU, "s Size") } },
	{ "console-copy", &keys_console_copy, WORLD_SHOP, NULL, { TO_CONSOLE, GO(MENU "c", "v Mark"), ACT("k", wait_for_cursor) } },
	{ "console-search", &keys_search, WORLD_SHOP, NULL, { TO_CONSOLE, GO(MENU "/login", "Search back: login") } },
	/* screens */
	{ "view", &keys_view, WORLD_SHOP, show_small_screen, { TO_VIEW } },
	{ "view-large", &keys_view_large, WORLD_SHOP, show_large_screen, { TO_VIEW } },
	{ "view-menu", &keys_view_menu, WORLD_SHOP, show_small_screen, { TO_VIEW, GO(MENU, "k Keys") } },
	{ "view-keys", &keys_view_keys, WORLD_SHOP, show_small_screen, { TO_VIEW, GO(MENU "k", "s Super") } },
	{ "view-sysrq", &keys_view_sysrq, WORLD_SHOP, show_small_screen, { TO_VIEW, GO(MENU "kr", "which key?") } },
	{ "view-copy", &keys_console_copy, WORLD_SHOP, show_small_screen, { TO_VIEW, GO(MENU "c", "v Mark") } },
	{ "view-idle", &keys_view_idle, WORLD_SHOP, NULL, { GO("jjjv", "web1: shut off, waiting for it to start") } },
	{ "preview", &keys_list, WORLD_SHOP, show_small_screen, { GO("jjjP", "Device 1 ") } },
	/* storage */
	{ "storage-pools", &keys_pools, WORLD_SHOP, stock, { TO_POOLS, GO("j", "40 GiB") } },
	{ "storage-volumes", &keys_volumes, WORLD_SHOP, stock, { TO_VOLUMES } },
	{ "storage-inactive", &keys_volumes, WORLD_SHOP, stock, { TO_POOLS, GO(ENTER, "its volumes are not known") } },
	{ "storage-marked", &keys_volumes, WORLD_SHOP, stock, { TO_VOLUMES, GO("  ", "2 marked") } },
	{ "storage-filter", &keys_filter, WORLD_SHOP, stock, { TO_VOLUMES, GO("/base web", "1 of 4") } },
	{ "storage-pool", &keys_pool, WORLD_SHOP, stock, { TO_POOLS, GO("ji", "</pool>") } },
	{ "storage-volume", &keys_volume, WORLD_SHOP, stock, { TO_VOLUMES, GO(ENTER, "lazy reference counts"), GO(NULL, "<volume") } },
	{ "pool-new", &keys_form_small, WORLD_SHOP, stock, { TO_POOLS, GO("n", "a directory of this host"), GO("  ", "NFS server") } },
	{ "pool-delete", &keys_form_small, WORLD_SHOP, stock, { TO_POOLS, GO("jD", "forget or delete"), GO(" ", "cannot be deleted") } },
	{ "pool-stop", &keys_confirm, WORLD_SHOP, stock, { TO_POOLS, GO("jd", "default: stop?") } },
	{ "volume-new", &keys_form_files, WORLD_SHOP, stock, { TO_VOLUMES, GO("n", "default: new volume"), GO("a/b", "cannot hold '/'") } },
	{ "volume-pick", &keys_pick, WORLD_SHOP, stock, { TO_VOLUMES, GO("n" TAB F2, "Choose the image below") } },
	{ "volume-clone", &keys_prompt, WORLD_SHOP, stock, { TO_VOLUMES, GO("c", "base-clone.qcow2") } },
	{ "volume-resize", &keys_form_small, WORLD_SHOP, stock, { TO_VOLUMES, GO("z5", "what lies beyond the new size is lost") } },
	{ "volume-shrink", &keys_confirm, WORLD_SHOP, stock, { TO_VOLUMES, GO("z5" ENTER, "make it smaller?") } },
	{ "volume-convert", &keys_form_small, WORLD_SHOP, stock, { TO_VOLUMES, GO("x", "base.img") } },
	{ "card-new", &keys_form_files, WORLD_SHOP, NULL,
	  { TO_DEVICES, GO("n", "web1: new network card"), GO(TAB TAB "52:54", "no address of one card") } },
	{ "card", &keys_form_files, WORLD_SHOP, NULL, { TO_DEVICES, GO("jjE", "web1: network card 52:54:00:11:22:33") } },
	{ "card-out", &keys_form_small, WORLD_SHOP, NULL, { TO_DEVICES, GO("jjx", "web1: take a network card out") } },
	{ "medium", &keys_form_files, WORLD_SHOP, NULL,
	  { TO_DEVICES, GO("jE", "web1: medium of drive sda"), GO("/nowhere", "there is no such file") } },
	{ "volume-upload", &keys_form_files, WORLD_SHOP, stock_with_isos,
	  { TO_VOLUMES, GO("<", "default: upload"), GO("/nowhere", "there is no such file") } },
	{ "volume-download", &keys_prompt, WORLD_SHOP, stock, { TO_VOLUMES, GO(">", "~/base.qcow2") } },
	{ "volume-delete", &keys_confirm, WORLD_SHOP, stock, { TO_VOLUMES, GO(" j D", "1 volume: delete?") } },
	{ "volume-used", &keys_message, WORLD_SHOP, stock, { TO_VOLUMES, GO("D", "base.qcow2 cannot be deleted") } },
	{ "volume-wipe", &keys_confirm, WORLD_SHOP, stock, { TO_VOLUMES, GO("w", "base.qcow2: wipe?") } },
	{ "list-jobs", &keys_list, WORLD_SHOP, stock, { GO(NULL, ", 1 job") } },
	{ "jobs", &keys_jobs, WORLD_SHOP, stock, { GO("J", "failed") } },
	{ "job", &keys_message, WORLD_SHOP, stock, { GO("J", "failed"), GO("j" ENTER, "Why:") } },
	/* networks */
	{ "networks", &keys_networks, WORLD_SHOP, network_shop, { TO_NETWORKS, GO("j", NULL) } },
	{ "networks-leases", &keys_leases, WORLD_SHOP, network_shop, { TO_LEASES } },
	{ "networks-none", &keys_leases, WORLD_SHOP, network_shop, { TO_NETWORKS, GO("j" ENTER, "n reserves an address") } },
	{ "networks-filter", &keys_filter, WORLD_SHOP, network_shop, { TO_NETWORKS, GO("/desk", "1 of 4") } },
	{ "network", &keys_network, WORLD_SHOP, network_shop, { TO_NETWORKS, GO("i", "UUID") } },
	{ "network-dmz", &keys_network, WORLD_SHOP, network_shop, { TO_NETWORKS, GO("ji", "UUID") } },
	{ "network-new", &keys_form_small, WORLD_SHOP, network_shop,
	  { TO_NETWORKS, GO("n", "It means"), GO("     ", "cannot reach each other"), GO(TAB "dmz", "another network is named") } },
	{ "network-stop", &keys_confirm, WORLD_SHOP, network_shop, { TO_NETWORKS, GO("jd", "dmz: stop?") } },
	{ "network-delete", &keys_confirm, WORLD_SHOP, network_shop, { TO_NETWORKS, GO("D", "default: delete?") } },
	{ "network-reserve", &keys_form_small, WORLD_SHOP, network_shop,
	  { TO_LEASES, GO("n", "reserve an address"), GO("52:54:00:00:00:07" TAB "10.1.2.3", "the network has 198.51.100.0/24") } },
	{ "network-name", &keys_form_small, WORLD_SHOP, network_shop,
	  { TO_LEASES, GO("h", "names of an address"), GO("198.51.100.1", "it has names already") } },
	{ "network-unreserve", &keys_confirm, WORLD_SHOP, network_shop, { TO_LEASES, GO("D", "store, 198.51.100.7: delete?") } },
	{ "job-cancel", &keys_confirm, WORLD_SHOP, stock, { GO("J", "failed"), GO("c", "cancel?") } },
};
const size_t place_count = ARRAY_LENGTH(places);

struct stage *place_stage(const struct place *place)
{
	struct stage *stage = stage_new();

	if (place->world == WORLD_SHOP)
		shop_fill(stage);
	else if (place->world == WORLD_ODD)
		stage_fill(stage);
	puppet_new();
	if (place->prepare != NULL)
		place->prepare(stage);
	return stage;
}

void place_go(struct stage *stage, const struct place *place, struct pty *pty)
{
	for (const struct step *step = place->way; step < place->way + PLACE_STEPS; step++) {
		if (step->keys != NULL)
			pty_send(pty, step->keys);
		if (step->text != NULL)
			pty_expect(pty, step->text);
		if (step->act != NULL)
			step->act(stage, pty);
	}
}

struct pty *place_open(struct stage *stage, const struct place *place, int rows, int columns, const char *const *extra)
{
	static const char *const first[] = { [WORLD_SHOP] = "win11", [WORLD_EMPTY] = "There is no machine yet", [WORLD_ODD] = "zeta" };
	struct pty *pty = stage_tui(stage, rows, columns, extra);

	pty_edit_golden(pty, shop_mask);
	pty_expect(pty, first[place->world]);
	place_go(stage, place, pty);
	return pty;
}

const struct place *place_of(const struct key_table *keys)
{
	for (size_t i = 0; i < place_count; i++)
		if (places[i].keys == keys)
			return &places[i];
	return NULL;
}

const struct place *place_find(const char *name)
{
	for (size_t i = 0; i < place_count; i++)
		if (strcmp(places[i].name, name) == 0)
			return &places[i];
	return NULL;
}

const char *place_help_key(const struct key_table *keys)
{
	static const struct key_table *const without[] = { &keys_console, &keys_view, &keys_view_large, &keys_view_sysrq, &keys_help };

	for (size_t i = 0; i < keys->count; i++)
		if (keys->bindings[i].command == COMMAND_HELP)
			return "\033OP"; /* F1: letters are typed there */
	for (size_t i = 0; i < ARRAY_LENGTH(without); i++)
		if (keys == without[i])
			return NULL;
	return "?";
}

void expect_restored(struct pty *pty)
{
	ck_assert(pty_modes_restored(pty));
	ck_assert(!pty_alternate(pty));
	ck_assert(!pty_mouse(pty));
	ck_assert(pty_cursor_shown(pty));
}
