/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The form that carries a file of this host into a pool: as a new volume, or over one that is there. */
#include "base/file.h"
#include "base/gettext.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "tui/dialog.h"
#include "tui/screen_files.h"
#include "tui/screen_form.h"
#include "tui/storage_task.h"
#include "tui/volume_actions.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { UPLOAD_FILE, UPLOAD_INTO, UPLOAD_NAME, UPLOAD_TOTAL };
enum { INTO_NEW, INTO_OLD };

static const struct form_row rows[UPLOAD_TOTAL] = {
	[UPLOAD_FILE] = { FIELD_TEXT, 0, N_("File"), NULL, N_("What is uploaded, byte by byte: an image or an ISO. F2 shows files."), true },
	[UPLOAD_INTO] = { FIELD_CHOICE, 0, N_("Into"), NULL, N_("A new volume takes the file as it is. Left, Right or Space change it."), false },
	[UPLOAD_NAME] = { FIELD_TEXT, 40, N_("Name"), NULL, N_("The new volume's name. Left empty, it is the one shown."), false },
};

struct upload {
	struct ui *ui;
	char *pool, *volume; /* owned; volume NULL: there is none to write over */
	enum pool_type type;
	uint64_t capacity;
	/* what the file was found to be */
	char *path; /* owned; NULL: nothing yet */
	enum image_format format;
	uint64_t bytes, virtual_bytes;
	struct screen *form;
};

static void upload_free(void *userdata)
{
	struct upload *upload = userdata;

	free(upload->pool);
	free(upload->volume);
	free(upload->path);
	free(upload);
}

static const char *text_of(const struct form *form, size_t field)
{
	return line_text(&form->fields[field].line);
}

static const char *name_of(const struct form *form)
{
	const char *typed = text_of(form, UPLOAD_NAME);

	return *typed != '\0' || form->fields[UPLOAD_NAME].proposal == NULL ? typed : form->fields[UPLOAD_NAME].proposal;
}

/* What the file is, from its head; owned: what is wrong with it, NULL: nothing. */
static char *look_at(struct upload *upload, const char *typed)
{
	const char *home = getenv("HOME");
	_cleanup_free_ char *path = typed[0] == '~' && !text_empty(home) ? strf("%s%s", home, typed + 1) : path_absolute(typed);
	_cleanup_image_ struct image image = { 0 };
	_cleanup_close_ int fd = -1;
	struct stat st;

	if (stat(path, &st) < 0)
		return xstrdup(_("there is no such file"));
	if (!S_ISREG(st.st_mode))
		return xstrdup(S_ISDIR(st.st_mode) ? _("this is a directory: F2 shows what is in it") : _("this is no file"));
	if (st.st_size == 0)
		return xstrdup(_("it is empty"));
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return xstrdup(_("it cannot be read"));
	free(upload->path);
	upload->path = TAKE_POINTER(path);
	upload->bytes = upload->virtual_bytes = (uint64_t)st.st_size;
	upload->format = IMAGE_RAW;
	if (image_read(fd, upload->path, IMAGE_UNKNOWN, &image, NULL) && image.format == IMAGE_QCOW2) {
		upload->format = IMAGE_QCOW2;
		upload->virtual_bytes = image.virtual_bytes;
	}
	return NULL;
}

/* A new volume's name; owned: what is wrong with it, NULL: nothing. */
static char *wrong_name(const struct upload *upload, const char *name)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	const struct pool_row *pool = storage_pool(upload->ui->storage, upload->pool);
	struct volume volume = { 0 };

	if (!volume_name_check(upload->type, name, &err))
		return xstrdup(error_text(&err));
	if (pool == NULL || pool->target == NULL)
		return NULL;
	_cleanup_free_ char *path = strf("%s/%s", pool->target, name);

	if (!volume_known(upload->ui->manager, path, &volume))
		return NULL;
	volume_clear(&volume);
	return strf(_("pool '%s' has a volume of that name"), upload->pool);
}

static void judge(struct form *form, void *userdata)
{
	struct upload *upload = userdata;
	const char *typed = text_of(form, UPLOAD_FILE);
	bool new = form->fields[UPLOAD_INTO].choice == INTO_NEW;
	char *wrong = look_at(upload, typed);
	_cleanup_free_ char *size = size_format(upload->bytes);

	if (wrong == NULL && !new && upload->bytes > upload->capacity)
		wrong = strf(_("it is %s: larger than the volume"), size);
	form_propose(form, UPLOAD_NAME, upload->path != NULL && wrong == NULL ? xstrdup(strrchr(upload->path, '/') + 1) : NULL);
	/* what nobody has come to yet is no fault to be shown */
	char *note = wrong == NULL ? strf("%s, %s", enum_word(&image_format_words, (int)upload->format), size) : NULL;

	form_say(form, UPLOAD_FILE, note, wrong != NULL ? FIELD_WRONG : FIELD_FINE, *typed != '\0' ? wrong : NULL);
	if (*typed == '\0')
		free(wrong);
	form->fields[UPLOAD_NAME].hidden = !new;
	form->fields[UPLOAD_INTO].hidden = upload->volume == NULL;
	wrong = new && *name_of(form) != '\0' ? wrong_name(upload, name_of(form)) : NULL;
	form_say(form, UPLOAD_NAME, NULL, wrong != NULL ? FIELD_WRONG : FIELD_FINE, wrong);
}

static void chosen(struct ui *ui, const char *path, void *userdata)
{
	const struct upload *upload = userdata;

	(void)ui;
	form_screen_put(upload->form, UPLOAD_FILE, path);
}

static void browse(struct screen *screen, size_t field, void *userdata)
{
	struct upload *upload = userdata;

	(void)field;
	upload->form = screen;
	ui_push(upload->ui, files_screen(upload->ui, _("Choose a file to upload"), FILES_IMAGE, upload->path, chosen, upload));
}

static const struct storage_words upload_words = { N_("uploading"), N_("is there"), NULL, N_("cannot be uploaded") };

static void add_upload(struct storage_task *task, const struct upload *upload, const char *name)
{
	storage_task_add(task, strv_addf(storage_command("vol-upload", upload->pool, name), "--file=%s", upload->path), NULL, upload->pool, name);
}

static void ask(const struct upload *upload, struct storage_task *task)
{
	_cleanup_free_ char *title = strf(_("%s: write over it?"), upload->volume);
	_cleanup_free_ char *text = strf(_("The bytes of '%s' are written over what is in the volume: that is lost for good."), upload->path);

	storage_task_ask(task, title, text, _("Write over it"));
}

static bool take(struct ui *ui, struct form *form, void *userdata)
{
	const struct upload *upload = userdata;
	bool new = form->fields[UPLOAD_INTO].choice == INTO_NEW;
	const char *name = new ? name_of(form) : upload->volume;
	struct storage_task *task = storage_task_new(ui, &upload_words, name);

	if (!new) {
		add_upload(task, upload, name);
		ask(upload, task);
		return true;
	}
	char **create = strv_addf(storage_command("vol-create-as", upload->pool, NULL), "--name=%s", name);

	create = strv_addf(create, "--capacity=%" PRIu64, upload->virtual_bytes);
	create = strv_addf(strv_add(create, "--allocation=0"), "--format=%s", enum_word(&image_format_words, (int)upload->format));
	storage_task_add(task, create, NULL, upload->pool, name);
	add_upload(task, upload, name);
	storage_task_undo(task, storage_command("vol-delete", upload->pool, name));
	storage_task_run(task);
	return true;
}

static void fill(struct form *form, void *userdata)
{
	const struct upload *upload = userdata;
	struct field *into = &form->fields[UPLOAD_INTO];

	into->choices = strv_add(NULL, _("a new volume"));
	if (upload->volume != NULL)
		into->choices = strv_addf(into->choices, _("%s, over what is in it"), upload->volume);
}

static const struct form_class class = { .rows = rows, .count = UPLOAD_TOTAL, .judge = judge, .take = take, .browse = browse, .free = upload_free };

void volume_upload_ask(struct ui *ui, const struct pool_row *pool, const struct volume *volume)
{
	struct upload *upload = xcalloc(1, sizeof *upload);
	_cleanup_free_ char *title = strf(_("%s: upload"), pool->name);

	*upload = (struct upload){ .ui = ui, .pool = xstrdup(pool->name), .type = pool->type };
	if (volume != NULL) {
		upload->volume = xstrdup(volume->name);
		upload->capacity = volume->capacity;
	}
	ui_push(ui, form_screen(ui, title, &class, fill, upload));
}
