/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The schema as numbered steps: row N brings a file of version N to version N + 1. Rows are only ever added. */
#include "base/memory.h"
#include "core/db_internal.h"

/* Row ids are never used again (AUTOINCREMENT): a machine's directories are named by them.
 * `run` and `event` are what keepers write, of this virtty or of an older one still running: they only grow, with defaults. */
static const char first_step[] =
	"CREATE TABLE meta("
	" key TEXT PRIMARY KEY,"
	" value"
	") WITHOUT ROWID;"

	"CREATE TABLE domain("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" uuid TEXT NOT NULL UNIQUE,"
	" name TEXT NOT NULL UNIQUE,"
	" title TEXT,"
	" persistent INTEGER NOT NULL,"
	" autostart INTEGER NOT NULL DEFAULT 0,"
	" memory_kib INTEGER NOT NULL,"
	" max_memory_kib INTEGER NOT NULL,"
	" vcpus INTEGER NOT NULL"
	");"

	/* The XML, apart: a list must not read it. 'live' is what a running machine was started with. */
	"CREATE TABLE definition("
	" domain_id INTEGER NOT NULL REFERENCES domain(id) ON DELETE CASCADE,"
	" kind TEXT NOT NULL CHECK(kind IN ('persistent', 'live')),"
	" xml TEXT NOT NULL,"
	" PRIMARY KEY(domain_id, kind)"
	");"

	/* Which images a definition names, so that "who else uses this?" reads no XML. */
	"CREATE TABLE disk("
	" domain_id INTEGER NOT NULL REFERENCES domain(id) ON DELETE CASCADE,"
	" kind TEXT NOT NULL CHECK(kind IN ('persistent', 'live')),"
	" target TEXT NOT NULL,"
	" path TEXT NOT NULL,"
	" writable INTEGER NOT NULL,"
	" shared INTEGER NOT NULL,"
	" PRIMARY KEY(domain_id, kind, target)"
	") WITHOUT ROWID;"

	"CREATE TABLE run("
	" domain_id INTEGER PRIMARY KEY REFERENCES domain(id) ON DELETE CASCADE,"
	" generation INTEGER NOT NULL DEFAULT 0,"
	" phase INTEGER NOT NULL DEFAULT 0,"
	" run_id INTEGER NOT NULL DEFAULT 0,"
	" holder_pid INTEGER NOT NULL DEFAULT 0,"
	" holder_start INTEGER NOT NULL DEFAULT 0,"
	" qemu_pid INTEGER NOT NULL DEFAULT 0,"
	" qemu_start INTEGER NOT NULL DEFAULT 0,"
	" boot_id TEXT NOT NULL DEFAULT '',"
	" state INTEGER NOT NULL DEFAULT 5,"
	" reason INTEGER NOT NULL DEFAULT 0,"
	" state_at_ms INTEGER NOT NULL DEFAULT 0,"
	" started_at_ms INTEGER NOT NULL DEFAULT 0,"
	" detail TEXT"
	");"

	"CREATE TABLE event("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" domain_id INTEGER REFERENCES domain(id) ON DELETE SET NULL,"
	" uuid TEXT NOT NULL,"
	" name TEXT NOT NULL,"
	" at_ms INTEGER NOT NULL,"
	" kind TEXT NOT NULL,"
	" what TEXT NOT NULL,"
	" detail TEXT"
	");"
	"CREATE INDEX event_domain ON event(domain_id, id);"

	/* QEMU's capabilities, reduced: good while the binary and its modules are the same. */
	"CREATE TABLE capability("
	" binary TEXT PRIMARY KEY,"
	" size INTEGER NOT NULL,"
	" mtime_ns INTEGER NOT NULL,"
	" modules_mtime_ns INTEGER NOT NULL,"
	" json TEXT NOT NULL"
	") WITHOUT ROWID;";

/* Meaningful while 'autostart' is set, remembered while it is not. */
static const char autostart_step[] =
	"ALTER TABLE domain ADD COLUMN autostart_order INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE domain ADD COLUMN autostart_delay_s INTEGER NOT NULL DEFAULT 0;";

/* What a pool holds is what its last refresh found: it is read again from there, so that a row may go at any time. A job's row names what it makes before it is made. */
static const char storage_step[] =
	"CREATE TABLE pool("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" uuid TEXT NOT NULL UNIQUE,"
	" name TEXT NOT NULL UNIQUE,"
	" type TEXT NOT NULL,"
	" target TEXT,"
	" xml TEXT NOT NULL,"
	" persistent INTEGER NOT NULL,"
	" autostart INTEGER NOT NULL DEFAULT 0,"
	" active INTEGER NOT NULL DEFAULT 0,"
	" boot_id TEXT NOT NULL DEFAULT '',"
	" capacity INTEGER NOT NULL DEFAULT 0,"
	" allocation INTEGER NOT NULL DEFAULT 0,"
	" available INTEGER NOT NULL DEFAULT 0,"
	" refreshed_at_ms INTEGER NOT NULL DEFAULT 0"
	");"

	"CREATE TABLE volume("
	" pool_id INTEGER NOT NULL REFERENCES pool(id) ON DELETE CASCADE,"
	" name TEXT NOT NULL,"
	" key TEXT NOT NULL,"
	" path TEXT NOT NULL,"
	" type TEXT NOT NULL,"
	" format TEXT,"
	" stated INTEGER NOT NULL,"
	" capacity INTEGER NOT NULL,"
	" allocation INTEGER NOT NULL,"
	" physical INTEGER NOT NULL,"
	" backing_path TEXT,"
	" backing_format TEXT,"
	" encrypted INTEGER NOT NULL,"
	" trouble TEXT,"
	" mtime_ns INTEGER NOT NULL,"
	" inode INTEGER NOT NULL,"
	" PRIMARY KEY(pool_id, name)"
	") WITHOUT ROWID;"
	"CREATE INDEX volume_path ON volume(path);"
	"CREATE INDEX volume_backing ON volume(backing_path) WHERE backing_path IS NOT NULL;"

	"CREATE TABLE job("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" kind TEXT NOT NULL,"
	" state TEXT NOT NULL,"
	" subject TEXT NOT NULL,"
	" plan TEXT NOT NULL,"
	" bytes_done INTEGER NOT NULL DEFAULT 0,"
	" bytes_total INTEGER NOT NULL DEFAULT 0,"
	" started_at_ms INTEGER NOT NULL,"
	" changed_at_ms INTEGER NOT NULL,"
	" ended_at_ms INTEGER NOT NULL DEFAULT 0,"
	" reason TEXT,"
	" pid INTEGER NOT NULL DEFAULT 0,"
	" pid_start INTEGER NOT NULL DEFAULT 0,"
	" boot_id TEXT NOT NULL DEFAULT ''"
	");"

	/* The value lies in a file of its own. */
	"CREATE TABLE secret("
	" uuid TEXT PRIMARY KEY,"
	" usage_type TEXT NOT NULL,"
	" usage_id TEXT,"
	" xml TEXT NOT NULL,"
	" ephemeral INTEGER NOT NULL,"
	" private INTEGER NOT NULL,"
	" UNIQUE(usage_type, usage_id)"
	") WITHOUT ROWID;";

/* What an ISO is, and what a system wants: good while the file, and libosinfo's data, are the same. */
static const char osinfo_step[] =
	"CREATE TABLE iso("
	" path TEXT PRIMARY KEY,"
	" size INTEGER NOT NULL,"
	" mtime_ns INTEGER NOT NULL,"
	" inode INTEGER NOT NULL,"
	" data TEXT NOT NULL,"
	" json TEXT NOT NULL"
	") WITHOUT ROWID;"

	"CREATE TABLE osinfo("
	" name TEXT PRIMARY KEY,"
	" data TEXT NOT NULL,"
	" json TEXT NOT NULL"
	") WITHOUT ROWID;";

/* live_xml: as it runs. The default network that virtty made is known by is_default until somebody changes it. */
static const char network_step[] =
	"CREATE TABLE network("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" uuid TEXT NOT NULL UNIQUE,"
	" name TEXT NOT NULL UNIQUE,"
	" mode TEXT,"
	" bridge TEXT,"
	" device TEXT,"
	" persistent INTEGER NOT NULL,"
	" autostart INTEGER NOT NULL DEFAULT 0,"
	" is_default INTEGER NOT NULL DEFAULT 0,"
	" boot_id TEXT NOT NULL DEFAULT '',"
	" active INTEGER NOT NULL DEFAULT 0,"
	" xml TEXT NOT NULL,"
	" live_xml TEXT"
	");"

	"CREATE TABLE network_event("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" network TEXT NOT NULL,"
	" at_ms INTEGER NOT NULL,"
	" event TEXT NOT NULL,"
	" detail TEXT"
	");";

/* What the firewall sends on to guests, written before it is told so: whatever is killed, nothing leads anywhere that is not here. */
static const char forward_step[] =
	"CREATE TABLE forward("
	" id INTEGER PRIMARY KEY,"
	" domain_id INTEGER NOT NULL,"
	" network_id INTEGER NOT NULL,"
	" boot_id TEXT NOT NULL,"
	" card TEXT NOT NULL,"
	" proto TEXT NOT NULL,"
	" address TEXT,"
	" host_port INTEGER NOT NULL,"
	" count INTEGER NOT NULL,"
	" guest TEXT NOT NULL,"
	" guest_port INTEGER NOT NULL"
	");"

	"CREATE INDEX forward_domain ON forward(domain_id);"
	"CREATE INDEX forward_network ON forward(network_id);";

/* Reservations that virtty made in networks for forwards: it takes back what nobody has changed since. */
static const char forward_address_step[] =
	"CREATE TABLE forward_address("
	" network_id INTEGER NOT NULL REFERENCES network(id) ON DELETE CASCADE,"
	" mac TEXT NOT NULL,"
	" address TEXT NOT NULL,"
	" PRIMARY KEY(network_id, mac, address)"
	") WITHOUT ROWID;";

const struct migration db_migrations[] = {
	{ "machines, their definitions, runs and events", first_step },
	{ "the order in which machines start with the host", autostart_step },
	{ "pools, volumes, jobs and secrets", storage_step },
	{ "what ISOs and systems are", osinfo_step },
	{ "networks", network_step },
	{ "port forwards", forward_step },
	{ "addresses kept for port forwards", forward_address_step },
};

const int db_schema_version = ARRAY_LENGTH(db_migrations);
