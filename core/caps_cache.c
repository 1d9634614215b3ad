/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Capabilities of emulators: kept in the database while binary and modules are the same, probed anew otherwise. */
#include "base/json.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/text.h"
#include "core/manager_internal.h"
#include "hv/arch.h"
#include "hv/caps.h"
#include "hv/domain.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

/* What tells that a binary is still the one that was probed. */
struct fingerprint {
	int64_t size, mtime_ns, modules_mtime_ns;
};

static int64_t mtime_ns(const struct stat *st)
{
	return (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
}

/* QEMU's loadable modules lie in a directory of its prefix: Debian's under the multiarch triplet, others' in lib64 or lib. The newest counts. */
static int64_t modules_mtime(void)
{
	static const char *const libraries[] = { "/usr/lib64", "/usr/lib", "/usr/local/lib64", "/usr/local/lib" };
	int64_t newest = 0;
	struct utsname host;

	if (uname(&host) < 0)
		return 0;
	for (size_t i = 0; i < ARRAY_LENGTH(libraries); i++) {
		_cleanup_free_ char *plain = strf("%s/qemu", libraries[i]);
		_cleanup_free_ char *multiarch = strf("%s/%s-linux-gnu/qemu", libraries[i], host.machine);
		struct stat st;

		if (stat(plain, &st) == 0 && mtime_ns(&st) > newest)
			newest = mtime_ns(&st);
		if (stat(multiarch, &st) == 0 && mtime_ns(&st) > newest)
			newest = mtime_ns(&st);
	}
	return newest;
}

static bool take_fingerprint(const char *binary, struct fingerprint *ret)
{
	struct stat st;

	if (stat(binary, &st) < 0 || !S_ISREG(st.st_mode))
		return false;
	*ret = (struct fingerprint){ (int64_t)st.st_size, mtime_ns(&st), modules_mtime() };
	return true;
}

/* NULL when nothing (or nothing usable) is kept: that is no error. */
static struct qemu_caps *read_kept(struct manager *manager, const char *binary, const struct fingerprint *print)
{
	sqlite3_stmt *row = db_query(manager->db, NULL,
				     "SELECT json FROM capability WHERE binary = ? AND size = ? AND mtime_ns = ? AND modules_mtime_ns = ?", "siii",
				     binary, print->size, print->mtime_ns, print->modules_mtime_ns);
	_cleanup_json_ struct json_object *json = NULL;
	_cleanup_free_ char *text = NULL;
	bool found;

	if (!row || !db_step(manager->db, row, &found, NULL) || !found)
		return NULL;
	text = db_text(row, 0);
	sqlite3_reset(row);
	json = text ? json_parse("capabilities", text, strlen(text), NULL) : NULL;
	return json ? caps_from_json(json) : NULL;
}

/* What cannot be kept (a read-only state) is probed again the next time. */
static void keep(struct manager *manager, const char *binary, const struct fingerprint *print, const struct qemu_caps *caps)
{
	_cleanup_json_ struct json_object *json = caps_to_json(caps);
	_cleanup_free_ char *text = json_text(json);
	bool own_transaction = !db_in_transaction(manager->db);

	if (own_transaction && !db_begin_volatile(manager->db, NULL))
		return;
	if (db_run(manager->db, NULL, NULL,
		   "INSERT OR REPLACE INTO capability(binary, size, mtime_ns, modules_mtime_ns, json) VALUES(?, ?, ?, ?, ?)", "siiis", binary,
		   print->size, print->mtime_ns, print->modules_mtime_ns, text) &&
	    own_transaction && db_commit(manager->db, NULL))
		return;
	if (own_transaction)
		db_rollback(manager->db);
}

const struct qemu_caps *manager_caps(struct manager *manager, const char *emulator, struct error *err)
{
	_cleanup_error_ struct error local = ERROR_INIT;
	struct fingerprint print = { 0 };
	struct cached_caps *cached = NULL;

	for (size_t i = 0; i < manager->caps_count && !cached; i++)
		if (text_equal(manager->caps[i].binary, emulator))
			cached = &manager->caps[i];
	if (!cached) {
		bool known = take_fingerprint(emulator, &print);
		struct qemu_caps *caps = known ? read_kept(manager, emulator, &print) : NULL;

		if (!caps) {
			caps = caps_probe(emulator, &local);
			if (caps && known)
				keep(manager, emulator, &print, caps);
		}
		cached = ARRAY_ADD(manager->caps, manager->caps_count);
		cached->binary = xstrdup(emulator);
		cached->caps = caps;
		/* A binary that hangs is not asked once for each of a thousand machines. */
		error_move(&cached->error, &local);
	}
	if (!cached->caps) {
		error_set(err, cached->error.code, "%s", error_text(&cached->error));
		if (cached->error.hint)
			error_hint(err, "%s", cached->error.hint);
	}
	return cached->caps;
}

char *manager_emulator(struct manager *manager, const char *arch, struct error *err)
{
	const struct arch *row = arch ? arch_find(arch) : arch_host();
	char *path = NULL;

	if (row && row == manager->arch)
		return xstrdup(manager->emulator);
	if (!row) {
		error_set(err, ERROR_UNSUPPORTED, "architecture '%s' is not one that virtty runs yet", arch ? arch : "of this host");
		return NULL;
	}
	path = process_find(row->emulator);
	/* Fedora's and RHEL's name, outside PATH. */
	if (!path && row == arch_host())
		path = process_find("/usr/libexec/qemu-kvm");
	if (!path) {
		error_set(err, ERROR_NOT_FOUND, "no emulator for %s: '%s' is not on PATH", row->name, row->emulator);
		error_hint(err, "install %s", text_equal(row->name, "x86_64") ? "qemu-system-x86" : row->emulator);
		return NULL;
	}
	free(manager->emulator);
	manager->arch = row;
	manager->emulator = xstrdup(path);
	return path;
}

char *manager_domain_emulator(struct manager *manager, const struct domain *domain, struct error *err)
{
	return domain->emulator ? xstrdup(domain->emulator) : manager_emulator(manager, domain->os.arch, err);
}
