/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The manager: every operation that a front end may ask for. Never prints, never exits; one transaction an operation. */
#ifndef CORE_MANAGER_H
#define CORE_MANAGER_H

#include "base/error.h"
#include "base/paths.h"
#include "core/history.h"
#include "core/run.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct manager;
struct domain;
struct qemu_caps;
struct json_object;
struct db;

/* Opens the state (made at the first use). */
bool manager_open(struct manager **ret, struct error *err);
void manager_close(struct manager *manager);
const struct paths *manager_paths(const struct manager *manager);
/* The connection, for core's own files and tests. */
struct db *manager_db(struct manager *manager);

/* ---- machines: rows ---- */

/* A machine as the list shows it: from domain and run alone, without its XML. */
struct machine {
	int64_t id;   /* row */
	char *name, *uuid, *title;
	bool persistent, autostart;
	int autostart_order;	    /* lower starts first; kept while autostart is off */
	unsigned autostart_delay_s; /* waited after its start, before the next one's */
	uint64_t memory_kib; /* currentMemory */
	uint64_t max_memory_kib;
	unsigned vcpus;
	bool managed_save; /* reserved: always false for now */
	struct run run;
	enum run_truth truth;
	enum run_state state; /* what to show: run.state corrected by truth (stale: shut off, crashed) */
	int reason;
};
#define _cleanup_machine_ _cleanup_(machine_clear)
void machine_clear(struct machine *machine);
void machines_free(struct machine *machines, size_t count);
/* Runs, pauses or is being started: has a QEMU. */
bool machine_is_active(const struct machine *machine);

/* All machines by name (active first by id when by_id, as virsh list). Owned array. */
bool machine_list(struct manager *manager, struct machine **ret, size_t *ret_count, struct error *err);
/* By run id, then UUID, then name. ERROR_NOT_FOUND: "no machine is named 'x'" + hint. */
bool machine_find(struct manager *manager, const char *key, struct machine *ret, struct error *err);

/* ---- definitions ---- */

struct definition_input {
	const char *source; /* for messages: a file name, "stdin", "--disk" */
	const char *text;
	size_t length;
	struct error *unread; /* may be NULL: why there is no text; this input is refused with it (taken) */
};
struct definition_result {
	char *name;      /* owned */
	char **warnings; /* owned: in the order of the document's lines */
	struct error error; /* owned: why this one was refused */
};
/* Defines all or none. results has count entries (owned by the caller, definition_results_free()); on failure each refused one has its
 * error set, and err the summary. */
bool domain_define(struct manager *manager, const struct definition_input *inputs, size_t count, struct definition_result *results,
		   struct error *err);
void definition_results_free(struct definition_result *results, size_t count);
/* Does virtty know everything in a document? False, with all that domain_define() would keep with a warning; a document that cannot be read is left to it. */
bool domain_is_known(const struct definition_input *input, struct error *err);
/* What domain_define() would say of a document, without storing it or comparing it with other machines. On failure result->error is set too. */
bool domain_judge(struct manager *manager, const struct definition_input *input, struct definition_result *result, struct error *err);

enum {
	UNDEFINE_KEEP_NVRAM = 1 << 0,
	UNDEFINE_KEEP_TPM = 1 << 1,
	UNDEFINE_ALL_STORAGE = 1 << 2,
};
/* Undefines. A running machine becomes transient, as virsh does. storage (may be NULL): targets or paths to delete besides. Images that
 * another machine uses are refused before anything is deleted. ret_deleted (may be NULL): paths deleted, owned vector. */
bool domain_undefine(struct manager *manager, const struct machine *machine, unsigned flags, char *const *storage, char ***ret_deleted,
		     struct error *err);
bool domain_rename(struct manager *manager, const struct machine *machine, const char *name, struct error *err);
/* Marks it to be started with the host, or takes the mark away; order and delay stay (core/autostart.h sets them). */
bool domain_set_autostart(struct manager *manager, const struct machine *machine, bool on, struct error *err);

enum { XML_INACTIVE = 1 << 0, XML_SECURE = 1 << 1 };
/* The document: the live one of an active machine (with id='', pty paths, VNC port) unless XML_INACTIVE. Owned text. */
bool domain_xml(struct manager *manager, const struct machine *machine, unsigned flags, char **ret, struct error *err);
/* The parsed inactive (or live, if active and live) definition. Owned. */
struct domain *domain_load(struct manager *manager, const struct machine *machine, bool live, struct error *err);
/* Stores a changed definition (settles and validates it); live: also the running machine's view (title, description, metadata). */
bool domain_store(struct manager *manager, const struct machine *machine, struct domain *domain, bool live, struct error *err);

/* ---- life ---- */

enum { START_PAUSED = 1 << 0 };
/* Claims, prepares, starts a keeper and waits for "running" or the reason why not. warnings (may be NULL): owned vector, e.g. that TCG is used. */
bool domain_start(struct manager *manager, const struct machine *machine, unsigned flags, char ***ret_warnings, struct error *err);
/* virsh create: a transient machine from XML, started. */
bool domain_create(struct manager *manager, const struct definition_input *input, unsigned flags, struct definition_result *result, struct error *err);
/* Asks the guest; timeout_ms > 0 waits for it to be off (ERROR_TIMEOUT otherwise). */
bool domain_shutdown(struct manager *manager, const struct machine *machine, int timeout_ms, struct error *err);
bool domain_reboot(struct manager *manager, const struct machine *machine, struct error *err);
bool domain_reset(struct manager *manager, const struct machine *machine, struct error *err);
/* Ends QEMU: SIGTERM, then (not when graceful) SIGKILL; returns when it is gone and everything is released. */
bool domain_destroy(struct manager *manager, const struct machine *machine, bool graceful, struct error *err);
bool domain_suspend(struct manager *manager, const struct machine *machine, struct error *err);
bool domain_resume(struct manager *manager, const struct machine *machine, struct error *err);
bool domain_inject_nmi(struct manager *manager, const struct machine *machine, struct error *err);

/* A live keeper for a live machine (adopting an orphan first) and the path of its control socket. Owned. Every live operation begins here.
 * ERROR_STATE "'x' is not running"; ERROR_BUSY for a stopped keeper, with the way out. NULL on error. */
char *domain_control(struct manager *manager, const struct machine *machine, struct error *err);
/* One QMP command through the keeper; reply (may be NULL) owned by the caller. */
bool domain_qmp(struct manager *manager, const struct machine *machine, const char *command, struct json_object *arguments, int timeout_ms,
		struct json_object **ret_reply, struct error *err);
/* A raw line, as qemu-monitor-command takes it: answer's raw text, owned. */
bool domain_qmp_raw(struct manager *manager, const struct machine *machine, const char *line, char **ret_reply, struct error *err);

/* Clears what a dead boot, keeper or QEMU left of one machine (TRUTH_STALE), with an event that says so. Called by start, undefine, ... */
bool domain_reconcile(struct manager *manager, struct machine *machine, struct error *err);

/* ---- consoles ---- */

struct console_info {
	char *name;   /* "serial0" */
	char *viewer; /* the keeper's socket for viewers */
	char *log;
	char *pty;    /* "/dev/pts/4", NULL: none */
};
/* The consoles of an active machine (ERROR_STATE otherwise). Owned array. */
bool domain_consoles(struct manager *manager, const struct machine *machine, struct console_info **ret, size_t *ret_count, struct error *err);
/* The consoles that the machine's row names, as it was when read: no keeper is waited for, an orphan is not adopted. */
void machine_consoles(const struct machine *machine, struct console_info **ret, size_t *ret_count);
/* How many the stored definition has: the next start brings them. */
bool domain_count_consoles(struct manager *manager, const struct machine *machine, size_t *ret, struct error *err);
void console_infos_free(struct console_info *infos, size_t count);

/* ---- capabilities ---- */

/* The capabilities of an emulator: from the database when path, size, mtime and module directory are unchanged, else probed and kept.
 * Borrowed: owned by the manager. NULL on error (missing binary: with the package to install). */
const struct qemu_caps *manager_caps(struct manager *manager, const char *emulator, struct error *err);
/* The emulator for an architecture: the first of its names on PATH. Owned. */
char *manager_emulator(struct manager *manager, const char *arch, struct error *err);
/* argv of a document or a machine, as domxml-to-native prints it. Owned text. */
bool domain_native(struct manager *manager, const char *source, const char *text, size_t length, char **ret, struct error *err);

/* ---- figures ---- */

struct machine_stats {
	uint64_t cpu_ns, cpu_user_ns, cpu_system_ns, rss_kib;
	struct json_object *blockstats; /* owned: query-blockstats, NULL if not asked */
	struct json_object *balloon;    /* owned: query-balloon */
	struct json_object *vcpus;      /* owned: query-cpus-fast */
};
enum { STATS_STATE = 1 << 0, STATS_CPU = 1 << 1, STATS_BALLOON = 1 << 2, STATS_VCPU = 1 << 3, STATS_BLOCK = 1 << 4, STATS_ALL = 31 };
/* Figures of an active machine; QMP only where groups need it, and all machines of one call at once: the connections are opened together.
 * A machine that went away meanwhile has zeroes and no error. stats has count entries (machine_stats_clear each). */
bool machine_stats(struct manager *manager, const struct machine *machines, size_t count, unsigned groups, struct machine_stats *stats, struct error *err);
void machine_stats_clear(struct machine_stats *stats);

struct host_info {
	unsigned cpus;
	uint64_t memory_kib, memory_available_kib;
	bool kvm;
	char *kvm_reason; /* owned: why not */
};
/* The memory alone: one system call, where host_info_get() reads files of /proc and looks at /dev/kvm. 0: not known. */
uint64_t host_memory_kib(void);
bool host_info_get(struct host_info *ret);
void host_info_clear(struct host_info *info);
/* Is there UEFI firmware for a new machine here? False with the package to install as the hint. */
bool host_uefi(struct error *err);

/* ---- being told of changes ---- */

/* A descriptor that becomes readable when the state may have changed (inotify on the database's WAL); manager_changed() drains it and says whether
 * it did (PRAGMA data_version). -1 on error. Owned by the manager. */
int manager_watch(struct manager *manager, struct error *err);
bool manager_changed(struct manager *manager);

#endif
