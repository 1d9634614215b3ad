/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Volumes' commands. */
#include "tui/volume_actions.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/install.h"
#include "tui/dialog.h"
#include "tui/dialog_prompt.h"
#include "tui/screen_wizard.h"
#include "tui/storage_task.h"
#include "tui/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct storage_words delete_words = { N_("deleting"), N_("is deleted"), N_("are deleted"), N_("cannot be deleted") };
static const struct storage_words wipe_words = { N_("wiping"), N_("is wiped"), NULL, N_("cannot be wiped") };
static const struct storage_words clone_words = { N_("cloning"), N_("is there"), NULL, N_("cannot be made") };
static const struct storage_words download_words = { N_("downloading"), N_("is downloaded"), NULL, N_("cannot be downloaded") };

/* ---- why not ---- */

static bool is_for_one(enum command command)
{
	return command != COMMAND_DELETE;
}

bool volumes_are_servers(enum pool_type type)
{
	return type == POOL_ISCSI || type == POOL_ISCSI_DIRECT;
}

/* What one volume lacks for a command. */
static const char *lacks(const struct ui *ui, const struct pool_row *pool, const struct volume *volume, enum command command)
{
	bool running = false;

	if (command == COMMAND_COPY_PATH)
		return NULL;
	if ((command == COMMAND_DELETE || command == COMMAND_RESIZE || command == COMMAND_CLONE) && volumes_are_servers(pool->type))
		return _("the pool's server makes its volumes, and takes them away");
	if (storage_busy_word(ui->storage, pool->name, volume->name) != NULL || storage_job(ui->storage, pool->name, volume->name) != NULL)
		return _("the volume is being seen to already");
	free(storage_users_text(ui->storage, volume->path, &running));
	if (running && (command == COMMAND_WIPE || command == COMMAND_UPLOAD))
		return _("a machine that runs uses it");
	if (running && command == COMMAND_RESIZE)
		return _("a machine that runs uses it: 'virtty blockresize' resizes its disk");
	if (running && (command == COMMAND_CLONE || command == COMMAND_CONVERT || command == COMMAND_DOWNLOAD))
		return _("a machine that runs writes to it: a copy would be a mixture");
	return NULL;
}

static bool is_known(enum command command)
{
	return command == COMMAND_CLONE || command == COMMAND_RESIZE || command == COMMAND_CONVERT || command == COMMAND_DELETE || command == COMMAND_USE ||
	       command == COMMAND_UPLOAD || command == COMMAND_DOWNLOAD || command == COMMAND_WIPE || command == COMMAND_COPY_PATH;
}

const char *volume_refusal(const struct ui *ui, const struct volume_choice *choice, enum command command)
{
	const char *why = NULL;

	if (!is_known(command))
		return NULL;
	if (choice->count == 0)
		return command == COMMAND_UPLOAD ? NULL : _("there is no volume here yet");
	if (choice->count > 1 && is_for_one(command))
		return _("one volume at a time: u takes the marks away");
	for (size_t i = 0; i < choice->count; i++) {
		const char *lack = lacks(ui, choice->pool, &choice->volumes[choice->items[i]], command);

		if (lack == NULL)
			return NULL;
		why = why != NULL ? why : lack;
	}
	return why;
}

/* ---- delete ---- */

/* Those that nobody uses become commands; the others are named with who uses them. *ret_kept: those; owned. */
static struct storage_task *deletion(struct ui *ui, const struct volume_choice *choice, struct strbuf *going, struct strbuf *kept, size_t *ret_going,
				     uint64_t *ret_bytes)
{
	struct storage_task *task = storage_task_new(ui, &delete_words, NULL);

	*ret_going = 0;
	*ret_bytes = 0;
	for (size_t i = 0; i < choice->count; i++) {
		const struct volume *volume = &choice->volumes[choice->items[i]];
		_cleanup_free_ char *who = storage_users_list(ui->storage, volume->path);
		const char *lack = who == NULL ? lacks(ui, choice->pool, volume, COMMAND_DELETE) : NULL;

		if (who != NULL || lack != NULL) {
			strbuf_printf(kept, "%s: %s%s\n", volume->name, who != NULL ? _("used by ") : "", who != NULL ? who : lack);
			continue;
		}
		strbuf_printf(going, "%s%s", *ret_going > 0 ? ", " : "", volume->name);
		*ret_bytes += volume->allocation;
		(*ret_going)++;
		storage_task_add(task, storage_command("vol-delete", choice->pool->name, volume->name), NULL, choice->pool->name, volume->name);
	}
	return task;
}

static void delete_ask(struct ui *ui, const struct volume_choice *choice)
{
	struct strbuf going = STRBUF_INIT, kept = STRBUF_INIT;
	size_t count;
	uint64_t bytes;
	struct storage_task *task = deletion(ui, choice, &going, &kept, &count, &bytes);
	const char *first = choice->volumes[choice->items[0]].name;
	_cleanup_free_ char *size = size_format(bytes);

	if (count == 0) {
		_cleanup_free_ char *title = choice->count == 1 ? strf(_("%s cannot be deleted"), first) : strf(_("%zu volumes cannot be deleted"), choice->count);
		_cleanup_free_ char *text = strf(_("%s\nWhat uses a volume is deleted or changed first: then it can go."), kept.data);

		storage_task_free(task);
		ui_push(ui, dialog_message(title, STYLE_ERROR, text));
	} else {
		_cleanup_free_ char *title = choice->count == 1 ? strf(_("%s: delete?"), first) :
								  strf(ngettext("%zu volume: delete?", "%zu volumes: delete?", count), count);
		_cleanup_free_ char *stays = kept.length > 0 ? strf(_("\n\nThese stay:\n%s"), kept.data) : xstrdup("");
		_cleanup_free_ char *text =
			strf(ngettext("What is in it (%s) is lost. This cannot be undone. Nothing that virtty knows of uses it: %s%s",
				      "What is in them (%s) is lost. This cannot be undone. Nothing that virtty knows of uses them: %s%s", count),
			     size, going.data, stays);

		storage_task_ask(task, title, text, _("Delete"));
	}
	strbuf_clear(&going);
	strbuf_clear(&kept);
}

static void wipe_ask(struct ui *ui, const struct pool_row *pool, const struct volume *volume)
{
	struct storage_task *task = storage_task_new(ui, &wipe_words, volume->name);
	_cleanup_free_ char *who = storage_users_list(ui->storage, volume->path);
	_cleanup_free_ char *title = strf(_("%s: wipe?"), volume->name);
	_cleanup_free_ char *used = who != NULL ? strf(_("\n\nIt is used by %s: what they have in it goes too."), who) : xstrdup("");
	_cleanup_free_ char *text = strf(_("All of it is overwritten with zeros: what is in it is lost for good. This cannot be undone.%s"), used);

	storage_task_add(task, storage_command("vol-wipe", pool->name, volume->name), NULL, pool->name, volume->name);
	storage_task_ask(task, title, text, _("Wipe"));
}

/* ---- clone, download: a line is asked for ---- */

struct line_question {
	struct ui *ui;
	char *pool, *volume; /* owned */
	enum pool_type type;
};

static struct line_question *line_question(struct ui *ui, const struct pool_row *pool, const struct volume *volume)
{
	struct line_question *question = xcalloc(1, sizeof *question);

	*question = (struct line_question){ ui, xstrdup(pool->name), xstrdup(volume->name), pool->type };
	return question;
}

static void line_question_free(void *userdata)
{
	struct line_question *question = userdata;

	free(question->pool);
	free(question->volume);
	free(question);
}

static char *check_name(const char *text, void *userdata)
{
	const struct line_question *question = userdata;
	_cleanup_error_ struct error err = ERROR_INIT;

	if (strcmp(text, question->volume) == 0)
		return xstrdup(_("this is its own name"));
	return volume_name_check(question->type, text, &err) ? NULL : xstrdup(error_text(&err));
}

static void clone(struct ui *ui, const char *name, void *userdata)
{
	const struct line_question *question = userdata;
	struct storage_task *task = storage_task_new(ui, &clone_words, name);

	storage_task_add(task, strv_addf(storage_command("vol-clone", question->pool, question->volume), "--newname=%s", name), NULL, question->pool, name);
	storage_task_run(task);
}

/* "web1-clone.qcow2". Owned. */
static char *clone_name(const char *name)
{
	const char *dot = strrchr(name, '.');
	int stem = dot != NULL && dot != name ? (int)(dot - name) : (int)strlen(name);

	return strf("%.*s-clone%s", stem, name, name + stem);
}

static void clone_ask(struct ui *ui, const struct pool_row *pool, const struct volume *volume)
{
	_cleanup_free_ char *title = strf(_("%s: clone"), volume->name);
	_cleanup_free_ char *name = clone_name(volume->name);

	ui_push(ui, dialog_prompt(title, _("New name"), name, check_name, clone, line_question_free, line_question(ui, pool, volume)));
}

static char *absolute(const char *text)
{
	const char *home = getenv("HOME");

	return text[0] == '~' && !text_empty(home) ? strf("%s%s", home, text + 1) : xstrdup(text);
}

static char *check_target(const char *text, void *userdata)
{
	_cleanup_free_ char *path = absolute(text);

	(void)userdata;
	if (path[0] != '/')
		return xstrdup(_("a path from the root on, or from ~ on"));
	if (path[strlen(path) - 1] == '/')
		return xstrdup(_("a file's name is missing"));
	return access(path, F_OK) == 0 ? xstrdup(_("there is a file of that name: it is not overwritten")) : NULL;
}

static void download(struct ui *ui, const char *text, void *userdata)
{
	const struct line_question *question = userdata;
	struct storage_task *task = storage_task_new(ui, &download_words, question->volume);
	_cleanup_free_ char *path = absolute(text);

	storage_task_add(task, strv_addf(storage_command("vol-download", question->pool, question->volume), "--file=%s", path), NULL, question->pool,
			 question->volume);
	storage_task_run(task);
}

static void download_ask(struct ui *ui, const struct pool_row *pool, const struct volume *volume)
{
	_cleanup_free_ char *title = strf(_("%s: download"), volume->name);
	_cleanup_free_ char *path = strf("~/%s", volume->name);

	ui_push(ui, dialog_prompt(title, _("Into file"), path, check_target, download, line_question_free, line_question(ui, pool, volume)));
}

/* ---- the rest ---- */

static void copy_path(struct ui *ui, const struct volume *volume)
{
	if (terminal_copy(ui->term, volume->path, strlen(volume->path)))
		ui_status(ui, STYLE_STATUS, _("copied: %s"), volume->path);
	else
		ui_status(ui, STYLE_STATUS, _("this terminal has no clipboard: %s"), volume->path);
}

static void use(struct ui *ui, const struct volume *volume)
{
	struct install_request request = { 0 };

	if (volume->format == IMAGE_ISO || text_ends(volume->name, ".iso")) {
		request.cdrom = xstrdup(volume->path);
	} else {
		const char *format = enum_word(&image_format_words, (int)volume->format);
		struct install_disk *disk = ARRAY_ADD(request.disks, request.disk_count);

		request.import = true;
		disk->path = xstrdup(volume->path);
		disk->format = volume->format == IMAGE_RAW || volume->format == IMAGE_QCOW2 ? xstrdup_null(format) : NULL;
	}
	ui_push(ui, wizard_screen(ui, &request, false, false));
	install_request_clear(&request);
}

bool volume_act(struct ui *ui, const struct volume_choice *choice, enum command command)
{
	const struct volume *volume = choice->count > 0 ? &choice->volumes[choice->items[0]] : NULL;

	if (!is_known(command) || (volume == NULL && command != COMMAND_UPLOAD))
		return false;
	switch ((int)command) {
	case COMMAND_DELETE:
		delete_ask(ui, choice);
		break;
	case COMMAND_CLONE:
		clone_ask(ui, choice->pool, volume);
		break;
	case COMMAND_RESIZE:
		volume_resize_ask(ui, choice->pool, volume);
		break;
	case COMMAND_CONVERT:
		volume_convert_ask(ui, choice->pool, volume);
		break;
	case COMMAND_UPLOAD:
		volume_upload_ask(ui, choice->pool, volume);
		break;
	case COMMAND_DOWNLOAD:
		download_ask(ui, choice->pool, volume);
		break;
	case COMMAND_WIPE:
		wipe_ask(ui, choice->pool, volume);
		break;
	case COMMAND_COPY_PATH:
		copy_path(ui, volume);
		break;
	default:
		use(ui, volume);
		break;
	}
	return true;
}
