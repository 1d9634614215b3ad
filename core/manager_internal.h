/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The manager's inside, and the steps that its files share. Only core/ includes this. */
#ifndef CORE_MANAGER_INTERNAL_H
#define CORE_MANAGER_INTERNAL_H

#include "core/db.h"
#include "core/manager.h"

struct arch;
struct disk;

struct cached_caps {
	char *binary;
	struct qemu_caps *caps; /* NULL: could not be had, for the reason in error */
	struct error error;
};

struct manager {
	struct paths paths;
	struct db *db;
	struct cached_caps *caps; /* owned array */
	size_t caps_count;
	const struct arch *arch; /* whose emulator was looked for last, and where it is: a thousand documents ask the same */
	char *emulator;          /* owned */
	int watch; /* an epoll of the next two; -1: not watched yet */
	int watch_inotify, watch_timer;
	size_t watch_looks; /* in vain, since the last write: its commit may come a moment later */
	pid_t *keepers; /* owned array: keepers that we started, our children, not reaped yet */
	size_t keeper_count;
	bool no_scopes; /* keepers stay in our own scope: see autostart_stop_all() */
	int kvm;   /* usable? -1: not looked at yet */
	char *kvm_reason; /* owned */
};

/* As accel_kvm_usable(), looked at once. ret_reason (may be NULL) borrowed. */
bool manager_kvm(struct manager *manager, const char **ret_reason);
/* The emulator that a document names, else the one on PATH for its architecture; owned. NULL with err when there is none. */
char *manager_domain_emulator(struct manager *manager, const struct domain *domain, struct error *err);
/* Ends manager_watch()'s descriptors. */
void watch_close(struct manager *manager);
/* The directories of one machine: named by its row, never by its name. Owned. */
char *machine_run_directory(struct manager *manager, int64_t domain_id);
char *machine_log_directory(struct manager *manager, int64_t domain_id);
/* Where virtty keeps the UEFI variables that it made for a machine. Owned. */
char *machine_nvram(struct manager *manager, const char *uuid);
/* SQL for the meta key that says: a running machine was undefined, its variables are to be kept when it stops. Takes the UUID. */
#define KEEP_NVRAM_KEY "'keep-nvram:' || ?"

/* The row again, as it is now: ERROR_NOT_FOUND when it was undefined meanwhile. ret is cleared first by the caller. */
bool machine_reload(struct manager *manager, int64_t domain_id, struct machine *ret, struct error *err);

/* By this very name, which may look like an id or a UUID; ERROR_NOT_FOUND. */
bool machine_by_name(struct manager *manager, const char *name, struct machine *ret, struct error *err);

/* Is the machine's keeper stopped (SIGSTOP, a debugger)? Then err says so, with the way out. */
bool keeper_is_stopped(struct manager *manager, const struct machine *machine, struct error *err);

/* ---- definitions ---- */

enum definition_kind { DEFINITION_PERSISTENT, DEFINITION_LIVE };

/* Settles (as far as the emulator is there: warnings, which may be NULL, says that it is not) and validates. */
bool definition_settle(struct manager *manager, struct domain *domain, const char *source, char ***warnings, struct error *err);
/* Volumes of pools become files and devices in the view, for what runs a machine or asks which images it has; the document keeps what it says. Pools that
 * are started by themselves are started. Stops at the first that cannot be had. */
bool resolve_volumes(struct manager *manager, struct domain *domain, struct error *err);
/* The same for one disk. */
bool resolve_disk_volume(struct manager *manager, struct disk *disk, struct error *err);
/* An image that a definition names. */
struct definition_disk {
	char *target, *path; /* owned */
	bool writable, shared;
};
/* What the state keeps of a settled document. The document itself, twenty times as large, need not wait for the transaction. */
struct definition {
	char *name, *uuid, *title, *xml; /* owned; title NULL: none */
	int64_t memory_kib, max_memory_kib, vcpus;
	struct definition_disk *disks; /* owned array */
	size_t disk_count;
};
/* Takes it out of a document, which may go then. */
void definition_take(struct definition *ret, const struct domain *domain);
void definition_clear(struct definition *definition);
/* Writes the row's columns, the XML and the disks; inside the caller's transaction. id 0: a new row. */
bool definition_put(struct manager *manager, int64_t *id, const struct definition *definition, enum definition_kind kind, struct error *err);
/* definition_take() and definition_put() at once. */
bool definition_write(struct manager *manager, int64_t *id, const struct domain *domain, enum definition_kind kind, struct error *err);
bool definition_delete(struct manager *manager, int64_t id, enum definition_kind kind, struct error *err);
/* The stored text, owned; *ret NULL when there is none of that kind. */
bool definition_read(struct manager *manager, int64_t id, enum definition_kind kind, char **ret, struct error *err);
/* Looks a document's UUID and name up: *ret_id is the row that it would replace, 0 for none. A clash is ERROR_EXISTS. uuid_stated: the document
 * came with a UUID of its own. Inside the caller's transaction. */
bool definition_match(struct manager *manager, const char *name, const char *uuid, bool uuid_stated, int64_t *ret_id, struct error *err);
/* What is kept but not known, and what this host cannot give to the machine as it is now: one line each, added to the vector. */
char **definition_warnings(struct manager *manager, const struct domain *domain, const char *source, char **warnings);

#endif
