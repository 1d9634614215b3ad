/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The forms of volumes: a new one, another size, another format. */
#include "base/gettext.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/xml.h"
#include "core/secret.h"
#include "tui/dialog.h"
#include "tui/screen_form.h"
#include "tui/screen_pick.h"
#include "tui/storage_task.h"
#include "tui/volume_actions.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define GIB (UINT64_C(1) << 30)

/* What a form is about. */
struct subject {
	struct ui *ui;
	char *pool, *volume, *path; /* owned; volume and path NULL: a new one */
	char *target;		    /* owned: of the pool; NULL: none */
	enum pool_type type;
	enum image_format format;
	uint64_t capacity;
	struct secret *secrets; /* owned: those that volumes may be encrypted with */
	size_t secret_count;
	struct screen *form; /* while a value is chosen */
	size_t field;
};

static struct subject *subject_new(struct ui *ui, const struct pool_row *pool, const struct volume *volume)
{
	struct subject *subject = xcalloc(1, sizeof *subject);

	subject->ui = ui;
	subject->pool = xstrdup(pool->name);
	subject->target = xstrdup_null(pool->target);
	subject->type = pool->type;
	if (volume == NULL)
		return subject;
	subject->volume = xstrdup(volume->name);
	subject->path = xstrdup(volume->path);
	subject->format = volume->format;
	subject->capacity = volume->capacity;
	return subject;
}

static void subject_free(void *userdata)
{
	struct subject *subject = userdata;

	free(subject->pool);
	free(subject->volume);
	free(subject->path);
	free(subject->target);
	secrets_free(subject->secrets, subject->secret_count);
	free(subject);
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

static const char *choice_of(const struct form *form, size_t field)
{
	return form->fields[field].choices[form->fields[field].choice];
}

static bool makes_files(enum pool_type type)
{
	return type == POOL_DIR || type == POOL_FS || type == POOL_NETFS;
}

/* Says it of a field; of an empty one only that it is wrong. */
static void say(struct form *form, size_t field, char *note, char *wrong)
{
	bool empty = *text_of(form, field) == '\0';

	form_say(form, field, note, wrong != NULL ? FIELD_WRONG : FIELD_FINE, empty ? NULL : wrong);
	if (empty)
		free(wrong);
}

/* A name for a volume of the pool; owned, NULL: nothing is wrong. */
static char *wrong_name(const struct subject *subject, const char *pool, enum pool_type type, const char *name)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	const struct pool_row *row = storage_pool(subject->ui->storage, pool);
	struct volume volume = { 0 };

	if (!volume_name_check(type, name, &err))
		return xstrdup(error_text(&err));
	if (row == NULL || row->target == NULL)
		return NULL;
	_cleanup_free_ char *path = strf("%s/%s", row->target, name);

	if (!volume_known(subject->ui->manager, path, &volume))
		return NULL;
	volume_clear(&volume);
	return strf(_("pool '%s' has a volume of that name"), pool);
}

/* A size in GiB, or with a unit; owned, NULL: nothing is wrong. */
static char *wrong_size(const char *text, uint64_t *ret_bytes)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	*ret_bytes = 0;
	if (!size_parse(text, "GiB", ret_bytes, &err))
		return xstrdup(_("a number of GiB, or with a unit: 500M"));
	return *ret_bytes == 0 ? xstrdup(_("it cannot be 0")) : NULL;
}

static void add_bytes(xmlNode *parent, const char *name, uint64_t bytes)
{
	_cleanup_free_ char *text = strf("%" PRIu64, bytes);

	xml_set_attribute(xml_add_child(parent, name, text), "unit", "bytes");
}

/* ---- a new volume ---- */

enum { NEW_NAME, NEW_BASE, NEW_BASE_FORMAT, NEW_SIZE, NEW_FORMAT, NEW_SPACE, NEW_ENCRYPTION, NEW_TOTAL };

static const struct form_row new_rows[NEW_TOTAL] = {
	[NEW_NAME] = { FIELD_TEXT, 40, N_("Name"), NULL, N_("Its name in the pool; in a directory that of its file: web2.qcow2"), false },
	[NEW_BASE] = { FIELD_TEXT, 0, N_("Based on"), NULL,
		       N_("An image that is read where this volume holds nothing yet, and never changed. Left empty: none. F2 shows volumes."), true },
	[NEW_BASE_FORMAT] = { FIELD_CHOICE, 0, N_("Its format"), NULL, N_("The format of the image below; it is stated, never guessed."), false },
	[NEW_SIZE] = { FIELD_TEXT, 12, N_("Size"), N_("GiB"), N_("A number of GiB, or with a unit: 500M."), false },
	[NEW_FORMAT] = { FIELD_CHOICE, 0, N_("Format"), NULL, N_("qcow2 starts small and can have snapshots; raw is the fastest."), false },
	[NEW_SPACE] = { FIELD_CHOICE, 0, N_("Space"), NULL, N_("Is it taken from the pool as the guest writes, or all of it now?"), false },
	[NEW_ENCRYPTION] = { FIELD_CHOICE, 0, N_("Encryption"), NULL, N_("By LUKS, with the passphrase of a secret ('virtty secret-define' makes one)."), false },
};

static const char *const base_formats[] = { "qcow2", "raw" };
enum { SPACE_AS_WRITTEN, SPACE_NOW };

/* The volume below, as far as it is one that virtty knows. */
static bool base_known(const struct subject *subject, const struct form *form, struct volume *ret)
{
	const char *path = text_of(form, NEW_BASE);

	return *path != '\0' && volume_known(subject->ui->manager, path, ret);
}

/* As the field shows it: GiB where whole. Owned. */
static char *size_field(uint64_t bytes)
{
	return bytes % GIB == 0 ? strf("%" PRIu64, bytes / GIB) : strf("%" PRIu64 "b", bytes);
}

static void judge_base(struct form *form, struct subject *subject)
{
	const char *path = text_of(form, NEW_BASE);
	struct volume base = { 0 };
	bool known = base_known(subject, form, &base);
	char *note = NULL;

	form->fields[NEW_BASE_FORMAT].hidden = *path == '\0' || known || !makes_files(subject->type);
	form_propose(form, NEW_SIZE, NULL);
	if (known) {
		_cleanup_free_ char *size = size_format(base.capacity);

		note = strf("%s, %s", enum_word(&image_format_words, (int)base.format), size);
		form_propose(form, NEW_SIZE, size_field(base.capacity));
	}
	say(form, NEW_BASE, note, *path != '\0' && path[0] != '/' ? xstrdup(_("a path from the root on")) : NULL);
	volume_clear(&base);
}

static void judge_new(struct form *form, void *userdata)
{
	struct subject *subject = userdata;
	bool files = makes_files(subject->type);
	uint64_t bytes;

	say(form, NEW_NAME, NULL, wrong_name(subject, subject->pool, subject->type, text_of(form, NEW_NAME)));
	judge_base(form, subject);
	say(form, NEW_SIZE, NULL, wrong_size(value_of(form, NEW_SIZE), &bytes));
	form->fields[NEW_BASE].hidden = form->fields[NEW_FORMAT].hidden = !files;
	form->fields[NEW_ENCRYPTION].hidden = !files || subject->secret_count == 0;
	/* what reads through another holds nothing at first */
	form->fields[NEW_SPACE].hidden = *text_of(form, NEW_BASE) != '\0';
	if (*text_of(form, NEW_BASE) != '\0' && strcmp(choice_of(form, NEW_FORMAT), "qcow2") != 0)
		form_say(form, NEW_FORMAT, NULL, FIELD_WRONG, xstrdup(_("only qcow2 can be based on another image")));
	else
		form_say(form, NEW_FORMAT, NULL, FIELD_FINE, NULL);
}

static void add_base(xmlNode *root, const struct subject *subject, const struct form *form)
{
	struct volume base = { 0 };

	if (form->fields[NEW_BASE].hidden || *text_of(form, NEW_BASE) == '\0')
		return;
	const char *format = base_known(subject, form, &base) ? enum_word(&image_format_words, (int)base.format) : choice_of(form, NEW_BASE_FORMAT);
	xmlNode *backing = xml_add_child(root, "backingStore", NULL);

	xml_add_child(backing, "path", text_of(form, NEW_BASE));
	xml_set_attribute(xml_add_child(backing, "format", NULL), "type", format);
	volume_clear(&base);
}

static void add_encryption(xmlNode *target, const struct subject *subject, const struct form *form)
{
	const struct field *field = &form->fields[NEW_ENCRYPTION];

	if (field->hidden || field->choice == 0)
		return;
	xmlNode *encryption = xml_add_child(target, "encryption", NULL);
	xmlNode *secret = xml_add_child(encryption, "secret", NULL);

	xml_set_attribute(encryption, "format", "luks");
	xml_set_attribute(secret, "type", "passphrase");
	xml_set_attribute(secret, "uuid", subject->secrets[field->choice - 1].uuid);
}

static char *new_document(const struct subject *subject, const struct form *form)
{
	_cleanup_xmldoc_ xmlDoc *doc = xmlNewDoc(BAD_CAST "1.0");
	xmlNode *root = xmlNewNode(NULL, BAD_CAST "volume");
	uint64_t bytes = 0;

	xmlDocSetRootElement(doc, root);
	free(wrong_size(value_of(form, NEW_SIZE), &bytes));
	xml_add_child(root, "name", text_of(form, NEW_NAME));
	add_bytes(root, "capacity", bytes);
	if (form->fields[NEW_SPACE].hidden || form->fields[NEW_SPACE].choice == SPACE_AS_WRITTEN)
		add_bytes(root, "allocation", 0);
	else
		add_bytes(root, "allocation", bytes);
	if (!form->fields[NEW_FORMAT].hidden) {
		xmlNode *target = xml_add_child(root, "target", NULL);

		xml_set_attribute(xml_add_child(target, "format", NULL), "type", choice_of(form, NEW_FORMAT));
		add_encryption(target, subject, form);
	}
	add_base(root, subject, form);
	return xml_format(doc);
}

static const struct storage_words new_words = { N_("making"), N_("is there"), NULL, N_("cannot be made") };

static bool take_new(struct ui *ui, struct form *form, void *userdata)
{
	const struct subject *subject = userdata;
	const char *name = text_of(form, NEW_NAME);
	struct storage_task *task = storage_task_new(ui, &new_words, name);
	_cleanup_free_ char *document = new_document(subject, form);

	storage_task_add(task, strv_add(storage_command("vol-create", subject->pool, NULL), "--file=-"), document, subject->pool, name);
	storage_task_run(task);
	return true;
}

static void put_path(struct ui *ui, const char *path, void *userdata)
{
	const struct subject *subject = userdata;

	(void)ui;
	form_screen_put(subject->form, subject->field, path);
}

static void browse_base(struct screen *screen, size_t field, void *userdata)
{
	struct subject *subject = userdata;

	subject->form = screen;
	subject->field = field;
	ui_push(subject->ui, pick_screen(subject->ui, _("Choose the image below"), FILES_IMAGE, NULL, put_path, subject));
}

static void load_secrets(struct subject *subject)
{
	struct secret *all = NULL;
	size_t count = 0;

	if (!secret_list(subject->ui->manager, &all, &count, NULL))
		return;
	for (size_t i = 0; i < count; i++) {
		if (!text_equal(all[i].usage_type, "volume") || !all[i].has_value) {
			secret_clear(&all[i]);
			continue;
		}
		*ARRAY_ADD(subject->secrets, subject->secret_count) = all[i];
	}
	free(all);
}

static void fill_new(struct form *form, void *userdata)
{
	struct subject *subject = userdata;

	load_secrets(subject);
	form->fields[NEW_FORMAT].choices = strv_add(strv_add(NULL, "qcow2"), "raw");
	for (size_t i = 0; i < ARRAY_LENGTH(base_formats); i++)
		form->fields[NEW_BASE_FORMAT].choices = strv_add(form->fields[NEW_BASE_FORMAT].choices, base_formats[i]);
	form->fields[NEW_SPACE].choices = strv_add(strv_add(NULL, _("as it is written")), _("all of it now"));
	form->fields[NEW_ENCRYPTION].choices = strv_add(NULL, _("none"));
	for (size_t i = 0; i < subject->secret_count; i++)
		form->fields[NEW_ENCRYPTION].choices =
			strv_addf(form->fields[NEW_ENCRYPTION].choices, _("LUKS, secret %s"),
				  subject->secrets[i].usage_id != NULL ? subject->secrets[i].usage_id : subject->secrets[i].uuid);
}

static const struct form_class new_class = {
	.rows = new_rows, .count = NEW_TOTAL, .judge = judge_new, .take = take_new, .browse = browse_base, .free = subject_free
};

void volume_new(struct ui *ui, const struct pool_row *pool)
{
	_cleanup_free_ char *title = strf(_("%s: new volume"), pool->name);

	ui_push(ui, form_screen(ui, title, &new_class, fill_new, subject_new(ui, pool, NULL)));
}

/* ---- another size ---- */

enum { RESIZE_SIZE, RESIZE_SPACE, RESIZE_TOTAL };

static const struct form_row resize_rows[RESIZE_TOTAL] = {
	[RESIZE_SIZE] = { FIELD_TEXT, 12, N_("New size"), N_("GiB"), N_("A number of GiB, or with a unit: 500M. The guest's partitions stay as they are."), false },
	[RESIZE_SPACE] = { FIELD_CHECK, 0, N_("Take the space"), NULL, N_("Take what is new from the pool now, not as the guest writes."), false },
};

static void judge_resize(struct form *form, void *userdata)
{
	const struct subject *subject = userdata;
	uint64_t bytes;
	_cleanup_free_ char *now = size_format(subject->capacity);
	char *wrong = wrong_size(text_of(form, RESIZE_SIZE), &bytes);

	if (wrong == NULL && bytes == subject->capacity)
		wrong = xstrdup(_("this is its size now"));
	if (wrong == NULL && bytes < subject->capacity)
		form_say(form, RESIZE_SIZE, NULL, FIELD_DOUBTFUL, strf(_("it is %s now: what lies beyond the new size is lost"), now));
	else
		say(form, RESIZE_SIZE, strf(_("now %s"), now), wrong);
	form->fields[RESIZE_SPACE].hidden = bytes < subject->capacity || !makes_files(subject->type);
}

static const struct storage_words resize_words = { N_("resizing"), N_("has its new size"), NULL, N_("cannot be resized") };

static void ask_to_shrink(const struct subject *subject, uint64_t bytes, struct storage_task *task)
{
	_cleanup_free_ char *title = strf(_("%s: make it smaller?"), subject->volume);
	_cleanup_free_ char *now = size_format(subject->capacity), *then = size_format(bytes);
	_cleanup_free_ char *text = strf(_("From %s to %s. What lies beyond the new size is lost for good: its guest must have made room there before, "
					   "by shrinking its file systems and partitions."),
					 now, then);

	storage_task_ask(task, title, text, _("Make it smaller"));
}

static bool take_resize(struct ui *ui, struct form *form, void *userdata)
{
	const struct subject *subject = userdata;
	struct storage_task *task = storage_task_new(ui, &resize_words, subject->volume);
	uint64_t bytes;

	free(wrong_size(text_of(form, RESIZE_SIZE), &bytes));
	char **arguments = strv_addf(storage_command("vol-resize", subject->pool, subject->volume), "--capacity=%" PRIu64, bytes);

	if (!form->fields[RESIZE_SPACE].hidden && form->fields[RESIZE_SPACE].checked)
		arguments = strv_add(arguments, "--allocate");
	if (bytes < subject->capacity)
		arguments = strv_add(arguments, "--shrink");
	storage_task_add(task, arguments, NULL, subject->pool, subject->volume);
	if (bytes < subject->capacity)
		ask_to_shrink(subject, bytes, task);
	else
		storage_task_run(task);
	return true;
}

static const struct form_class resize_class = {
	.rows = resize_rows, .count = RESIZE_TOTAL, .judge = judge_resize, .take = take_resize, .free = subject_free
};

void volume_resize_ask(struct ui *ui, const struct pool_row *pool, const struct volume *volume)
{
	_cleanup_free_ char *title = strf(_("%s: new size"), volume->name);

	ui_push(ui, form_screen(ui, title, &resize_class, NULL, subject_new(ui, pool, volume)));
}

/* ---- another format, another pool ---- */

enum { CONVERT_NAME, CONVERT_POOL, CONVERT_FORMAT, CONVERT_COMPRESS, CONVERT_TOTAL };

static const struct form_row convert_rows[CONVERT_TOTAL] = {
	[CONVERT_NAME] = { FIELD_TEXT, 40, N_("New name"), NULL, N_("Its name in the pool. The volume that it is made from stays as it is."), false },
	[CONVERT_POOL] = { FIELD_CHOICE, 0, N_("Into pool"), NULL, N_("Where the new volume is made. Left, Right or Space change it."), false },
	[CONVERT_FORMAT] = { FIELD_CHOICE, 0, N_("Format"), NULL, N_("What the new volume is to be."), false },
	[CONVERT_COMPRESS] = { FIELD_CHECK, 0, N_("Compress"), NULL, N_("Smaller, and slower to read; what is written later is not compressed."), false },
};

static const char *const convert_formats[] = { "qcow2", "raw", "vmdk", "vdi", "vhdx", "vpc" };

static const struct pool_row *chosen_pool(const struct subject *subject, const struct form *form)
{
	const struct pool_row *pool = storage_pool(subject->ui->storage, choice_of(form, CONVERT_POOL));

	return pool != NULL && pool->active ? pool : NULL;
}

/* "web1.vmdk" of "web1.qcow2". Owned. */
static char *converted_name(const char *name, const char *format)
{
	const char *dot = strrchr(name, '.');
	int stem = dot != NULL && dot != name ? (int)(dot - name) : (int)strlen(name);

	return strf("%.*s.%s", stem, name, strcmp(format, "raw") == 0 ? "img" : strcmp(format, "vpc") == 0 ? "vhd" : format);
}

static void judge_convert(struct form *form, void *userdata)
{
	const struct subject *subject = userdata;
	const char *format = choice_of(form, CONVERT_FORMAT);
	const struct pool_row *pool = chosen_pool(subject, form);

	form_propose(form, CONVERT_NAME, converted_name(subject->volume, format));
	form_say(form, CONVERT_POOL, NULL, pool == NULL ? FIELD_WRONG : FIELD_FINE, pool == NULL ? xstrdup(_("it is not active")) : NULL);
	char *wrong = pool != NULL ? wrong_name(subject, pool->name, pool->type, value_of(form, CONVERT_NAME)) : NULL;

	form_say(form, CONVERT_NAME, NULL, wrong != NULL ? FIELD_WRONG : FIELD_FINE, wrong);
	form->fields[CONVERT_COMPRESS].hidden = strcmp(format, "qcow2") != 0;
}

static const struct storage_words convert_words = { N_("converting"), N_("is there"), NULL, N_("cannot be made") };

static bool take_convert(struct ui *ui, struct form *form, void *userdata)
{
	const struct subject *subject = userdata;
	const char *name = value_of(form, CONVERT_NAME), *pool = choice_of(form, CONVERT_POOL);
	struct storage_task *task = storage_task_new(ui, &convert_words, name);
	_cleanup_xmldoc_ xmlDoc *doc = xmlNewDoc(BAD_CAST "1.0");
	xmlNode *root = xmlNewNode(NULL, BAD_CAST "volume");

	xmlDocSetRootElement(doc, root);
	xml_add_child(root, "name", name);
	add_bytes(root, "capacity", subject->capacity);
	xml_set_attribute(xml_make_path(root, "target/format"), "type", choice_of(form, CONVERT_FORMAT));
	_cleanup_free_ char *document = xml_format(doc);
	char **arguments = strv_add(storage_command("vol-create-from", pool, subject->volume), "--file=-");

	arguments = strv_addf(arguments, "--inputpool=%s", subject->pool);
	if (!form->fields[CONVERT_COMPRESS].hidden && form->fields[CONVERT_COMPRESS].checked)
		arguments = strv_add(arguments, "--compress");
	storage_task_add(task, arguments, document, pool, name);
	storage_task_run(task);
	return true;
}

static void fill_convert(struct form *form, void *userdata)
{
	const struct subject *subject = userdata;
	const struct storage_model *model = subject->ui->storage;
	struct field *pools = &form->fields[CONVERT_POOL], *formats = &form->fields[CONVERT_FORMAT];

	for (size_t i = 0; i < model->pool_count; i++) {
		if (strcmp(model->pools[i].name, subject->pool) == 0)
			pools->choice = i;
		pools->choices = strv_add(pools->choices, model->pools[i].name);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(convert_formats); i++)
		formats->choices = strv_add(formats->choices, convert_formats[i]);
	/* who has qcow2 wants something else */
	formats->choice = subject->format == IMAGE_QCOW2;
}

static const struct form_class convert_class = {
	.rows = convert_rows, .count = CONVERT_TOTAL, .judge = judge_convert, .take = take_convert, .free = subject_free
};

void volume_convert_ask(struct ui *ui, const struct pool_row *pool, const struct volume *volume)
{
	_cleanup_free_ char *title = strf(_("%s: convert"), volume->name);

	ui_push(ui, form_screen(ui, title, &convert_class, fill_convert, subject_new(ui, pool, volume)));
}
