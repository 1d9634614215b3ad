/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The forms of pools: a new one, with the fields that count for its type; and how one is to go. */
#include "base/gettext.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "tui/dialog.h"
#include "tui/pool_actions.h"
#include "tui/screen_form.h"
#include "tui/storage_task.h"

#include <stdlib.h>
#include <string.h>

/* ---- a new pool ---- */

enum {
	NEW_TYPE, NEW_NAME, NEW_HOST, NEW_EXPORT, NEW_DEVICE, NEW_TARGET_NAME, NEW_GROUP, NEW_FORMAT, NEW_PATH, NEW_INITIATOR, NEW_USER, NEW_SECRET,
	NEW_BUILD, NEW_START, NEW_AUTOSTART, NEW_TOTAL
};

static const struct form_row new_rows[NEW_TOTAL] = {
	[NEW_TYPE] = { FIELD_CHOICE, 0, N_("Kind"), NULL, N_("What the pool's volumes are. Left, Right or Space change it."), false },
	[NEW_NAME] = { FIELD_TEXT, 32, N_("Name"), NULL, N_("What virtty calls the pool."), false },
	[NEW_HOST] = { FIELD_TEXT, 40, N_("Server"), NULL, N_("Name or address of the server; with :PORT where that is not the usual one."), false },
	[NEW_EXPORT] = { FIELD_TEXT, 40, N_("Exported path"), NULL, N_("The directory that the server exports: /srv/images"), false },
	[NEW_DEVICE] = { FIELD_TEXT, 0, N_("Device"), NULL, N_("A block device of this host: /dev/sdb, or better /dev/disk/by-id/..."), false },
	[NEW_TARGET_NAME] = { FIELD_TEXT, 0, N_("Target"), NULL, N_("The target's name (IQN) on the server: iqn.2026-01.com.example:disks"), false },
	[NEW_GROUP] = { FIELD_TEXT, 32, N_("Volume group"), NULL, N_("The name of the LVM volume group."), false },
	[NEW_FORMAT] = { FIELD_CHOICE, 0, N_("Format"), NULL, N_("What lies on the device, or is to be made there."), false },
	[NEW_PATH] = { FIELD_TEXT, 0, N_("Directory"), NULL, N_("Where its volumes are to be seen on this host, an absolute path."), false },
	[NEW_INITIATOR] = { FIELD_TEXT, 0, N_("Initiator"), NULL, N_("The name (IQN) that this host logs in with. Left empty: its usual one."), false },
	[NEW_USER] = { FIELD_TEXT, 24, N_("Login"), NULL, N_("Who logs in, by CHAP. Left empty where the target asks nobody."), false },
	[NEW_SECRET] = { FIELD_TEXT, 40, N_("Secret"), NULL,
			 N_("The usage of the secret that holds the password ('virtty secret-define' makes one of type iscsi)."), false },
	[NEW_BUILD] = { FIELD_CHECK, 0, N_("Build it"), NULL, N_("Make what it is on: a directory, a file system, a volume group, a partition table. What is there "
							      "is not overwritten."), false },
	[NEW_START] = { FIELD_CHECK, 0, N_("Start it"), NULL, N_("Start it now: its volumes can be used from then on."), false },
	[NEW_AUTOSTART] = { FIELD_CHECK, 0, N_("Autostart"), NULL, N_("Start it whenever the host starts."), false },
};

#define AT(field) (1u << (field))

/* The kinds, and the fields that count for each; optional ones may be left empty. */
static const struct kind {
	enum pool_type type;
	const char *word; /* N_() */
	unsigned fields, optional;
	bool builds;  /* what it is on can be made */
	bool at_once; /* and that harms nothing: it is only a directory */
	const char *formats[6]; /* the first is the usual one; NULL: none to choose */
} kinds[] = {
	{ POOL_DIR, N_("a directory of this host"), AT(NEW_PATH), 0, true, true, { NULL } },
	{ POOL_FS, N_("a file system on a device of this host"), AT(NEW_DEVICE) | AT(NEW_FORMAT) | AT(NEW_PATH), 0, true, false, { "auto", "ext4", "xfs", "btrfs" } },
	{ POOL_NETFS, N_("a directory of an NFS server"), AT(NEW_HOST) | AT(NEW_EXPORT) | AT(NEW_PATH), 0, true, true, { NULL } },
	{ POOL_LOGICAL, N_("an LVM volume group"), AT(NEW_GROUP) | AT(NEW_DEVICE), AT(NEW_DEVICE), true, false, { NULL } },
	{ POOL_ISCSI, N_("an iSCSI target, by this host"), AT(NEW_HOST) | AT(NEW_TARGET_NAME) | AT(NEW_INITIATOR) | AT(NEW_USER) | AT(NEW_SECRET),
	  AT(NEW_INITIATOR) | AT(NEW_USER) | AT(NEW_SECRET), false, false, { NULL } },
	{ POOL_ISCSI_DIRECT, N_("an iSCSI target, by QEMU itself"), AT(NEW_HOST) | AT(NEW_TARGET_NAME) | AT(NEW_INITIATOR) | AT(NEW_USER) | AT(NEW_SECRET),
	  AT(NEW_USER) | AT(NEW_SECRET), false, false, { NULL } },
	{ POOL_DISK, N_("partitions of a whole disk"), AT(NEW_DEVICE) | AT(NEW_FORMAT), 0, true, false, { "gpt", "dos" } },
};

/* The form, while it is filled in. */
struct making {
	struct ui *ui;
	const struct kind *kind; /* as it was judged last */
};

static const struct kind *kind_of(const struct form *form)
{
	return &kinds[form->fields[NEW_TYPE].choice];
}

static const char *text_of(const struct form *form, size_t field)
{
	return line_text(&form->fields[field].line);
}

/* What is typed, or else what is proposed; "" when neither is. */
static const char *value_of(const struct form *form, size_t field)
{
	const char *typed = text_of(form, field);

	return *typed != '\0' || form->fields[field].proposal == NULL ? typed : form->fields[field].proposal;
}

static char *wrong_name(const struct storage_model *model, const char *name)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	if (!name_check(_("name"), name, &err))
		return xstrdup(error_text(&err));
	return storage_pool(model, name) != NULL ? strf(_("another pool is named '%s'"), name) : NULL;
}

static char *wrong_text(const struct form *form, size_t field)
{
	const char *text = value_of(form, field);

	/* a volume group that is there already knows what it is on */
	if (field == NEW_DEVICE && kind_of(form)->type == POOL_LOGICAL && *text == '\0' && form->fields[NEW_BUILD].checked)
		return xstrdup(_("what it is to be built on is needed"));
	if (*text == '\0')
		return kind_of(form)->optional & AT(field) ? NULL : xstrdup(_("it is needed"));
	if ((field == NEW_PATH || field == NEW_EXPORT) && text[0] != '/')
		return xstrdup(_("a path from the root on: /srv/images"));
	if (field == NEW_DEVICE && text[0] != '/')
		return xstrdup(_("a device: /dev/sdb"));
	return NULL;
}

/* Beside the images directory. Owned. */
static char *proposed_path(const struct ui *ui, const char *name)
{
	const char *images = manager_paths(ui->manager)->images;
	const char *slash = strrchr(images, '/');

	return strf("%.*s/pools/%s", slash != NULL ? (int)(slash - images) : 0, images, name);
}

static void judge_new(struct form *form, void *userdata)
{
	const struct making *making = userdata;
	const struct ui *ui = making->ui;
	const struct kind *kind = kind_of(form);
	const char *name = text_of(form, NEW_NAME);
	char *wrong = wrong_name(ui->storage, name);

	/* what nobody has come to yet is no fault to be shown */
	form_say(form, NEW_NAME, NULL, wrong != NULL ? FIELD_WRONG : FIELD_FINE, *name != '\0' ? wrong : NULL);
	if (*name == '\0')
		free(wrong);
	form_propose(form, NEW_PATH, wrong == NULL ? proposed_path(ui, name) : NULL);
	for (size_t i = NEW_HOST; i <= NEW_SECRET; i++) {
		struct field *field = &form->fields[i];

		field->hidden = !(kind->fields & AT(i)) || (i == NEW_DEVICE && kind->type == POOL_LOGICAL && !form->fields[NEW_BUILD].checked);
		if (field->hidden || field->kind != FIELD_TEXT)
			continue;
		wrong = wrong_text(form, i);
		form_say(form, i, NULL, wrong != NULL ? FIELD_WRONG : FIELD_FINE, *text_of(form, i) != '\0' ? wrong : NULL);
		if (*text_of(form, i) == '\0')
			free(wrong);
	}
	/* a login needs both of its halves */
	if (!form->fields[NEW_USER].hidden && (*text_of(form, NEW_USER) == '\0') != (*text_of(form, NEW_SECRET) == '\0')) {
		size_t lacking = *text_of(form, NEW_USER) == '\0' ? NEW_USER : NEW_SECRET;

		form_say(form, lacking, NULL, FIELD_WRONG, xstrdup(_("a login is a name and a secret")));
	}
	form->fields[NEW_BUILD].hidden = !kind->builds;
}

static void choose_formats(struct form *form)
{
	struct field *field = &form->fields[NEW_FORMAT];
	const struct kind *kind = kind_of(form);

	if (kind->formats[0] == NULL)
		return;
	strv_free(TAKE_POINTER(field->choices));
	for (size_t i = 0; i < ARRAY_LENGTH(kind->formats) && kind->formats[i] != NULL; i++)
		field->choices = strv_add(field->choices, kind->formats[i]);
	field->choice = 0;
}

static void judge_new_all(struct form *form, void *userdata)
{
	struct making *making = userdata;

	/* another kind: its formats, and what is built without being asked for */
	if (making->kind != kind_of(form)) {
		making->kind = kind_of(form);
		form->fields[NEW_BUILD].checked = making->kind->at_once;
		choose_formats(form);
	}
	judge_new(form, userdata);
}

static char **with(char **arguments, const struct form *form, size_t field, const char *option)
{
	if (form->fields[field].hidden || *value_of(form, field) == '\0')
		return arguments;
	return strv_addf(arguments, "--%s=%s", option, value_of(form, field));
}

static char **define_arguments(const struct form *form)
{
	const struct kind *kind = kind_of(form);
	const struct field *format = &form->fields[NEW_FORMAT];
	char **arguments = strv_addf(strv_add(NULL, "pool-define-as"), "--name=%s", text_of(form, NEW_NAME));

	arguments = strv_addf(arguments, "--type=%s", enum_word(&pool_type_words, (int)kind->type));
	arguments = with(arguments, form, NEW_HOST, "source-host");
	arguments = with(arguments, form, NEW_EXPORT, "source-path");
	arguments = with(arguments, form, NEW_DEVICE, "source-dev");
	arguments = with(arguments, form, NEW_TARGET_NAME, "source-dev");
	arguments = with(arguments, form, NEW_GROUP, "source-name");
	arguments = with(arguments, form, NEW_PATH, "target");
	arguments = with(arguments, form, NEW_INITIATOR, "source-initiator");
	if (!format->hidden)
		arguments = strv_addf(arguments, "--source-format=%s", format->choices[format->choice]);
	if (form->fields[NEW_USER].hidden || *text_of(form, NEW_USER) == '\0')
		return arguments;
	arguments = with(strv_add(arguments, "--auth-type=chap"), form, NEW_USER, "auth-username");
	return with(arguments, form, NEW_SECRET, "secret-usage");
}

static const struct storage_words new_words = { N_("making"), N_("is there"), NULL, N_("cannot be made") };

static bool take_new(struct ui *ui, struct form *form, void *userdata)
{
	const char *name = text_of(form, NEW_NAME);
	struct storage_task *task = storage_task_new(ui, &new_words, name);
	bool build = !form->fields[NEW_BUILD].hidden && form->fields[NEW_BUILD].checked;

	(void)userdata;
	storage_task_add(task, define_arguments(form), NULL, name, NULL);
	if (build)
		storage_task_add(task, strv_add(storage_command("pool-build", name, NULL), "--no-overwrite"), NULL, name, NULL);
	if (form->fields[NEW_START].checked)
		storage_task_add(task, storage_command("pool-start", name, NULL), NULL, name, NULL);
	if (form->fields[NEW_AUTOSTART].checked)
		storage_task_add(task, storage_command("pool-autostart", name, NULL), NULL, name, NULL);
	storage_task_undo(task, storage_command("pool-undefine", name, NULL));
	storage_task_run(task);
	return true;
}

static void fill_new(struct form *form, void *userdata)
{
	(void)userdata;
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
		form->fields[NEW_TYPE].choices = strv_add(form->fields[NEW_TYPE].choices, _(kinds[i].word));
	form->fields[NEW_FORMAT].choices = strv_add(NULL, "auto");
	form->fields[NEW_START].checked = form->fields[NEW_AUTOSTART].checked = true;
}

static const struct form_class new_class = { .rows = new_rows, .count = NEW_TOTAL, .judge = judge_new_all, .take = take_new, .free = free };

void pool_new(struct ui *ui)
{
	struct making *making = xcalloc(1, sizeof *making);

	making->ui = ui;
	ui_push(ui, form_screen(ui, _("virtty: new pool"), &new_class, fill_new, making));
}

/* ---- its end ---- */

enum { END_HOW, END_WHAT, END_TOTAL };
enum { HOW_FORGET, HOW_DELETE };

static const struct form_row end_rows[END_TOTAL] = {
	[END_HOW] = { FIELD_CHOICE, 0, N_("How"), NULL, N_("Forgetting loses nothing that lies in the pool. Left, Right or Space change it."), false },
	[END_WHAT] = { FIELD_NOTE, 0, N_("What happens"), NULL, NULL, false },
};

/* The pool as it was when it was asked for. */
struct ending {
	struct ui *ui;
	char *name; /* owned */
};

static void ending_free(void *userdata)
{
	struct ending *ending = userdata;

	free(ending->name);
	free(ending);
}

/* The volumes that somebody uses, "web1.qcow2 by web1; ...". Owned; NULL: none. *ret_bytes: what all of them take. */
static char *used_volumes(const struct storage_model *model, const struct volume *volumes, size_t count, uint64_t *ret_bytes)
{
	struct strbuf text = STRBUF_INIT;

	*ret_bytes = 0;
	for (size_t i = 0; i < count; i++) {
		_cleanup_free_ char *who = storage_users_list(model, volumes[i].path);

		*ret_bytes += volumes[i].allocation;
		if (who != NULL)
			strbuf_printf(&text, _("%s%s (by %s)"), text.length > 0 ? ", " : "", volumes[i].name, who);
	}
	return text.length > 0 ? strbuf_take(&text) : NULL;
}

/* What deleting would do. *ret_wrong: that it cannot be done. Owned. */
static char *say_delete(struct ui *ui, const struct pool_row *pool, bool *ret_wrong)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct volume *volumes = NULL;
	uint64_t bytes = 0;
	size_t count = 0;

	*ret_wrong = true;
	if (!pool->active)
		return xstrdup(_("The pool is not active, so that nobody knows what is in it: start it first, or forget it."));
	if (!volume_list(ui->manager, pool, &volumes, &count, &err))
		return xstrdup(error_text(&err));
	_cleanup_free_ char *used = used_volumes(ui->storage, volumes, count, &bytes);
	_cleanup_free_ char *size = size_format(bytes);

	volumes_free(volumes, count);
	if (used != NULL)
		return strf(_("It cannot be deleted, for these volumes are used: %s."), used);
	*ret_wrong = false;
	return strf(ngettext("%zu volume (%s) is deleted for good, then what the pool is on, then its definition. This cannot be undone.",
			     "%zu volumes (%s) are deleted for good, then what the pool is on, then its definition. This cannot be undone.", count),
		    count, size);
}

static void judge_end(struct form *form, void *userdata)
{
	const struct ending *ending = userdata;
	const struct pool_row *pool = storage_pool(ending->ui->storage, ending->name);
	bool wrong = pool == NULL;
	char *text;

	if (pool == NULL)
		text = xstrdup(_("The pool is no more."));
	else if (form->fields[END_HOW].choice == HOW_DELETE)
		text = say_delete(ending->ui, pool, &wrong);
	else
		text = xstrdup(pool->active ? _("It is stopped, and its definition goes. All that lies in it stays where it is, and can be made a pool again.") :
					      _("Its definition goes. All that lies in it stays where it is, and can be made a pool again."));
	form_say(form, END_WHAT, NULL, wrong ? FIELD_WRONG : FIELD_FINE, text);
}

static const struct storage_words forget_words = { N_("forgetting"), N_("is forgotten; what lay in it is still there"), NULL, N_("cannot be forgotten") };
static const struct storage_words delete_words = { N_("deleting"), N_("is deleted"), NULL, N_("cannot be deleted") };

static void delete_all(struct ui *ui, void *userdata)
{
	const struct pool_row *pool = storage_pool(ui->storage, userdata);
	struct volume *volumes = NULL;
	size_t count = 0;

	if (pool == NULL || !volume_list(ui->manager, pool, &volumes, &count, NULL))
		return;
	struct storage_task *task = storage_task_new(ui, &delete_words, pool->name);

	for (size_t i = 0; i < count; i++)
		storage_task_add(task, storage_command("vol-delete", pool->name, volumes[i].name), NULL, pool->name, volumes[i].name);
	volumes_free(volumes, count);
	storage_task_add(task, storage_command("pool-destroy", pool->name, NULL), NULL, pool->name, NULL);
	/* a transient one is gone by then */
	if (pool->persistent) {
		storage_task_add(task, storage_command("pool-delete", pool->name, NULL), NULL, pool->name, NULL);
		storage_task_add(task, storage_command("pool-undefine", pool->name, NULL), NULL, pool->name, NULL);
	}
	storage_task_run(task);
}

static bool take_end(struct ui *ui, struct form *form, void *userdata)
{
	const struct ending *ending = userdata;
	const struct pool_row *pool = storage_pool(ui->storage, ending->name);

	if (form->fields[END_HOW].choice == HOW_DELETE) {
		_cleanup_free_ char *title = strf(_("%s: delete with all that is in it?"), ending->name);

		ui_push(ui, dialog_confirm(title, form->fields[END_WHAT].message, _("Delete all"), delete_all, free, xstrdup(ending->name)));
		return true;
	}
	struct storage_task *task = storage_task_new(ui, &forget_words, ending->name);

	if (pool->active)
		storage_task_add(task, storage_command("pool-destroy", ending->name, NULL), NULL, ending->name, NULL);
	if (pool->persistent)
		storage_task_add(task, storage_command("pool-undefine", ending->name, NULL), NULL, ending->name, NULL);
	storage_task_run(task);
	return true;
}

static void fill_end(struct form *form, void *userdata)
{
	(void)userdata;
	form->fields[END_HOW].choices = strv_add(strv_add(NULL, _("forget the pool; its volumes stay")), _("delete the pool and all that is in it"));
}

static const struct form_class end_class = { .rows = end_rows, .count = END_TOTAL, .judge = judge_end, .take = take_end, .free = ending_free };

void pool_delete_ask(struct ui *ui, const struct pool_row *pool)
{
	struct ending *ending = xcalloc(1, sizeof *ending);
	_cleanup_free_ char *title = strf(_("%s: forget or delete the pool"), pool->name);

	ending->ui = ui;
	ending->name = xstrdup(pool->name);
	ui_push(ui, form_screen(ui, title, &end_class, fill_end, ending));
}
