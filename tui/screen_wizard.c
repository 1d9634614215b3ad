/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The wizard's screen: pages over one form, and the job that makes the machine. */
#include "tui/screen_wizard.h"

#include "base/clock.h"
#include "base/gettext.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "tui/bindings.h"
#include "tui/dialog.h"
#include "tui/iso_inquiry.h"
#include "tui/job.h"
#include "tui/model.h"
#include "tui/network_words.h"
#include "tui/screen_files.h"
#include "tui/screen_isos.h"
#include "tui/screen_list.h"
#include "tui/screen_pick.h"
#include "tui/screen_pick_network.h"
#include "tui/screen_tabs.h"
#include "tui/storage_model.h"
#include "tui/terminal.h"
#include "tui/widget_status.h"
#include "tui/wizard_check.h"
#include "tui/wizard_network.h"
#include "tui/wizard_pool.h"
#include "tui/wizard_system.h"

#include <stdlib.h>
#include <string.h>

#define COMMAND_ROWS 4 /* of the summary, at most */

struct field_row {
	enum field_kind kind;
	int width;
	const char *label, *help, *unit;
	bool path, secret;
};

static const struct field_row rows[WIZARD_FIELD_COUNT] = {
	[WIZARD_SOURCE] = { FIELD_CHOICE, 0, N_("Source"), N_("What the machine begins with. Left, Right or Space change it."), NULL, false, false },
	[WIZARD_ISO] = { FIELD_TEXT, 0, N_("ISO file"), N_("The installer's ISO on this host: type its path, or F2 shows files."), NULL, true, false },
	[WIZARD_IMAGE] = { FIELD_TEXT, 0, N_("Disk image"), N_("An image with a system on it (qcow2, raw, vmdk, vdi, also compressed), or an appliance (.ova). F2 shows files."),
			   NULL, true, false },
	[WIZARD_TAKE] = { FIELD_CHOICE, 0, N_("Taken"), N_("In place the machine writes to this very file. A copy may be of any format, and becomes qcow2."), NULL,
			  false, false },
	[WIZARD_CLOUD_IMAGE] = { FIELD_TEXT, 0, N_("Cloud image"), N_("A system that waits to be told who may use it, such as debian-12-genericcloud-amd64.qcow2. F2 shows files."),
				 NULL, true, false },
	[WIZARD_BASE] = { FIELD_CHOICE, 0, N_("Disk is"), N_("An overlay is made at once, and many machines share the image; a copy stands alone."), NULL, false,
			  false },
	[WIZARD_CLOUD_USER] = { FIELD_TEXT, 32, N_("User"), N_("With sudo rights. Left empty, it is the image's own: debian, ubuntu, fedora ..."), NULL, false, false },
	[WIZARD_CLOUD_KEY] = { FIELD_TEXT, 0, N_("SSH key"), N_("Of that user: the file of a public key, or the key itself."), NULL, false, false },
	[WIZARD_CLOUD_HOST] = { FIELD_TEXT, 40, N_("Host name"), N_("Left empty, it is the machine's name."), NULL, false, false },
	[WIZARD_CLOUD_PACKAGES] = { FIELD_TEXT, 0, N_("Packages"), N_("Installed at the first start, blanks between them; the machine needs a network then."), NULL, false,
				    false },
	[WIZARD_NAME] = { FIELD_TEXT, 32, N_("Name"), N_("What virtty calls the machine. Left empty, it is the one shown; Right takes that to edit it."),
			  NULL, false, false },
	[WIZARD_TITLE] = { FIELD_TEXT, 40, N_("Title"), N_("A line for the list of machines, if you like."), NULL, false, false },
	[WIZARD_SYSTEM] = { FIELD_TEXT, 20, N_("System"),
			    N_("If you know: a short name such as debian12 or win11. Windows gets devices it has drivers for."), NULL, false, false },
	[WIZARD_MEMORY] = { FIELD_TEXT, 10, N_("Memory"), N_("A number of MiB, or with a unit: 4G."), N_("MiB"), false, false },
	[WIZARD_VCPUS] = { FIELD_TEXT, 6, N_("CPUs"), N_("How many CPUs the guest sees."), NULL, false, false },
	[WIZARD_ENGINE] = { FIELD_NOTE, 0, N_("Speed"), NULL, NULL, false, false },
	[WIZARD_DISK] = { FIELD_CHOICE, 0, N_("Disk"), N_("Where the guest's system goes."), NULL, false, false },
	[WIZARD_SIZE] = { FIELD_TEXT, 10, N_("Size"), N_("A number of GiB, or with a unit: 500M."), N_("GiB"), false, false },
	[WIZARD_FORMAT] = { FIELD_CHOICE, 0, N_("Format"), N_("qcow2 starts small and can have snapshots; raw is the fastest."), NULL, false, false },
	[WIZARD_POOL] = { FIELD_CHOICE, 0, N_("Where"),
		N_("A pool names the new volume itself; in one of devices (LVM, partitions) the disk is raw."), NULL, false, false },
	[WIZARD_PLACE] = { FIELD_TEXT, 0, N_("Place"), N_("The file of the new image. Left empty, it is the one shown; Right takes that to edit it."), NULL,
			   false, false },
	[WIZARD_OTHER_IMAGE] = { FIELD_TEXT, 0, N_("Disk image"), N_("A qcow2 or raw image; it is used where it is. F2 shows files."), NULL, true, false },
	[WIZARD_NETWORK] = { FIELD_CHOICE, 0, N_("Network"),
		N_("What its network card is joined to. F2 shows all that there is."), NULL, false, false },
	[WIZARD_CARD] = { FIELD_CHOICE, 0, N_("Card"), N_("The network card the guest sees. Old systems know e1000 or rtl8139."), NULL, false, false },
	[WIZARD_MAC] = { FIELD_TEXT, 18, N_("MAC address"), N_("Left empty, one is made."), NULL, false, false },
	[WIZARD_GRAPHICS] = { FIELD_CHOICE, 0, N_("Screen"), N_("Graphics, by VNC: a private socket is for you alone, 127.0.0.1 for all of this host."),
			      NULL, false, false },
	[WIZARD_LISTEN] = { FIELD_TEXT, 40, N_("VNC address"), N_("The address of this host where viewers connect: 0.0.0.0 is all of them."), NULL, false, false },
	[WIZARD_PASSWORD] = { FIELD_TEXT, 12, N_("VNC password"), N_("Asked of every viewer, 8 characters at most. It never stands on a command line."), NULL,
			      false, true },
	[WIZARD_KEYMAP] = { FIELD_TEXT, 10, N_("Keyboard"), N_("The keyboard layout that the guest will have: de, fr, en-gb ... What is typed and pasted for it goes by it."),
			    NULL, false, false },
	[WIZARD_SERIAL] = { FIELD_CHOICE, 0, N_("Serial console"), N_("A serial line is text: the quickest to work with, where the system speaks on it."), NULL,
			    false, false },
	[WIZARD_FIRMWARE] = { FIELD_CHOICE, 0, N_("Firmware"), N_("BIOS suits most; Windows 11 and some installers want UEFI."), NULL, false, false },
	[WIZARD_AUTOSTART] = { FIELD_CHECK, 0, N_("Autostart"), N_("Start it whenever the host starts. Space changes it."), NULL, false, false },
	[WIZARD_COMMAND] = { FIELD_NOTE, 0, N_("The same by hand"), NULL, NULL, false, false },
};

static const char *const page_titles[WIZARD_PAGE_COUNT] = {
	N_("Source"), N_("Machine"), N_("Disk"), N_("Network & screen"), N_("Summary"),
};

struct wizard_screen {
	struct screen screen;
	struct wizard wizard;
	struct wizard_host host;
	struct form form;
	enum wizard_page page;
	size_t focus[WIZARD_PAGE_COUNT]; /* where each page was left */
	bool visited[WIZARD_PAGE_COUNT];
	bool touched; /* the user has changed something */
	bool quits;
	bool busy; /* the machine is being made */
	bool cancelling; /* and the user wants it no longer */
	uint64_t job;
	int64_t busy_since_ms;
	char *command;   /* owned: on the summary, the line that does the same */
	char *made_name; /* owned: of the machine that the job makes */
	int tab_columns[WIZARD_PAGE_COUNT + 1];
	struct iso_inquiry *inquiry; /* about the ISO; NULL: none is under way */
};

/* ---- what is known, proposed, judged ---- */

/* The choices that depend on the host: what they can be, are, and mean. */
static void show_host(struct wizard_screen *self)
{
	struct field *field = &self->form.fields[WIZARD_NETWORK];
	const struct network_choice *choice = wizard_network(&self->wizard);

	strv_free(field->choices);
	field->choices = wizard_network_choices(&self->wizard);
	field->choice = self->wizard.choice[WIZARD_NETWORK];
	field->help = choice != NULL ? network_words_meaning(choice) : rows[WIZARD_NETWORK].help;
	field = &self->form.fields[WIZARD_POOL];
	strv_free(field->choices);
	field->choices = wizard_pool_choices(&self->wizard);
	field->choice = self->wizard.choice[WIZARD_POOL];
}

static void learn_host(struct wizard_screen *self)
{
	const struct model *model = self->screen.ui->model;

	const struct storage_model *storage = self->screen.ui->storage;
	struct network_choices networks;

	wizard_host_clear(&self->host);
	self->host.manager = self->screen.ui->manager;
	host_info_get(&self->host.info);
	network_choices(self->screen.ui->manager, &networks);
	wizard_take_networks(&self->wizard, &networks);
	wizard_take_pools(&self->wizard, storage->pools, storage->pool_count);
	for (size_t i = 0; i < model->count; i++)
		self->host.names = strv_add(self->host.names, model->machines[i].name);
}

static void propose(struct wizard_screen *self)
{
	struct wizard *wizard = &self->wizard;
	struct manager *manager = self->screen.ui->manager;
	struct install_request request;

	free(TAKE_POINTER(wizard->proposed_name));
	free(TAKE_POINTER(wizard->proposed_place));
	wizard_request(wizard, &request);
	/* only an image that is there already gives its name to the machine */
	if (request.disk_count > 0 && request.disks[0].size_bytes != 0)
		free(TAKE_POINTER(request.disks[0].path));
	wizard->proposed_name = install_propose_name(manager, &request, NULL);
	const char *name = request.name != NULL && name_check("name", request.name, NULL) ? request.name : wizard->proposed_name;

	if (name != NULL)
		wizard->proposed_place = install_propose_image(manager, name, wizard->choice[WIZARD_FORMAT] == DISK_RAW ? "raw" : "qcow2");
	install_request_clear(&request);
	form_propose(&self->form, WIZARD_NAME, xstrdup_null(wizard->proposed_name));
	form_propose(&self->form, WIZARD_PLACE, xstrdup_null(wizard->proposed_place));
}

/* What is empty because nobody has come to it yet is no fault to be shown. */
static bool is_early(const struct wizard_screen *self, size_t at)
{
	return rows[at].path && *line_text(&self->form.fields[at].line) == '\0' && self->page != WIZARD_PAGE_SUMMARY;
}

/* A note that would cost a line of its own is not for the summary. */
static bool shows_note(const struct wizard_screen *self, const struct field *field)
{
	return !field->hidden && (self->page != WIZARD_PAGE_SUMMARY || field->kind == FIELD_NOTE || field->width > 0);
}

static void judge(struct wizard_screen *self)
{
	propose(self);
	show_host(self);
	for (size_t i = 0; i < WIZARD_FIELD_COUNT; i++) {
		struct field *field = &self->form.fields[i];
		char *message = NULL;
		enum field_verdict verdict = wizard_check(&self->wizard, &self->host, i, &message);

		/* the command has a place of its own */
		field->hidden = !wizard_shows(&self->wizard, i) || i == WIZARD_COMMAND ||
				(self->page != WIZARD_PAGE_SUMMARY && wizard_page_of(i) != self->page);
		if (is_early(self, i))
			free(TAKE_POINTER(message));
		form_say(&self->form, i, shows_note(self, field) ? wizard_note(&self->wizard, &self->host, i) : NULL, verdict, message);
	}
	free(self->command);
	self->command = self->page == WIZARD_PAGE_SUMMARY ? wizard_note(&self->wizard, &self->host, WIZARD_COMMAND) : NULL;
}

/* The first field of all pages that is wrong; WIZARD_FIELD_COUNT: none. */
static enum wizard_field first_wrong(const struct wizard_screen *self, bool this_page)
{
	for (size_t i = 0; i < WIZARD_FIELD_COUNT; i++) {
		char *message = NULL;
		bool wrong = wizard_check(&self->wizard, &self->host, i, &message) == FIELD_WRONG;

		free(message);
		if (wrong && (!this_page || wizard_page_of(i) == self->page))
			return i;
	}
	return WIZARD_FIELD_COUNT;
}

/* ---- what the ISO holds ---- */

/* The fields that what is known of the ISO has changed, on the form too. */
static void show_fields(struct wizard_screen *self)
{
	for (size_t i = 0; i < WIZARD_FIELD_COUNT; i++) {
		struct field *field = &self->form.fields[i];
		const char *text = self->wizard.text[i] != NULL ? self->wizard.text[i] : "";

		if (field->kind == FIELD_TEXT && strcmp(line_text(&field->line), text) != 0)
			form_set_text(&self->form, i, text);
		else if (field->kind == FIELD_CHOICE)
			field->choice = self->wizard.choice[i];
	}
}

/* Takes what is kept of the ISO of this path; false: nobody has looked into it. */
static bool take_iso(struct wizard_screen *self, const char *path)
{
	struct iso_info info = { .path = xstrdup_null(path) };

	if (path != NULL)
		iso_describe(self->screen.ui->manager, &info, 1, ISO_KEPT, NULL);
	bool known = info.known || path == NULL || info.trouble != NULL;

	wizard_take_iso(&self->wizard, &info, self->host.info.memory_kib, self->host.info.cpus);
	iso_info_clear(&info);
	show_fields(self);
	return known;
}

static void look_into_iso(struct wizard_screen *self);

static void answered(const char *asked, void *userdata)
{
	struct wizard_screen *self = userdata;
	_cleanup_free_ char *path = wizard_path(&self->wizard, WIZARD_ISO);

	self->inquiry = NULL;
	/* while the machine is made, it is made as it was said */
	if (!self->busy && text_equal(path, asked)) {
		take_iso(self, path);
	} else if (!self->busy) {
		/* another one by now, which had to wait */
		iso_info_clear(&self->wizard.iso);
		look_into_iso(self);
	}
	judge(self);
	ui_dirty(self->screen.ui);
}

/* Another ISO: what is kept of it is there at once, what is not comes in. */
static void look_into_iso(struct wizard_screen *self)
{
	_cleanup_free_ char *path = wizard_shows(&self->wizard, WIZARD_ISO) ? wizard_path(&self->wizard, WIZARD_ISO) : NULL;
	_cleanup_free_ char *message = NULL;

	if (text_equal(path, self->wizard.iso.path) || take_iso(self, path) || self->inquiry != NULL)
		return;
	if (wizard_check(&self->wizard, &self->host, WIZARD_ISO, &message) == FIELD_FINE)
		self->inquiry = iso_inquiry_begin(self->screen.ui->jobs, path, answered, self);
}

static void changed(struct form *form, size_t at, void *userdata)
{
	struct wizard_screen *self = userdata;
	const struct field *field = &form->fields[at];

	self->touched = true;
	if (field->kind == FIELD_TEXT)
		wizard_set_text(&self->wizard, at, line_text(&field->line));
	else if (field->kind == FIELD_CHOICE)
		self->wizard.choice[at] = field->choice;
	else if (at == WIZARD_AUTOSTART)
		self->wizard.autostart = field->checked;
	if (at == WIZARD_ISO || at == WIZARD_SOURCE)
		look_into_iso(self);
	judge(self);
	ui_dirty(self->screen.ui);
}

/* ---- pages ---- */

static void show_page(struct wizard_screen *self, enum wizard_page page)
{
	self->focus[self->page] = self->form.focus;
	self->page = page;
	self->form.top = 0;
	learn_host(self);
	judge(self);
	form_focus(&self->form, self->visited[page] ? self->focus[page] : 0);
	if (!self->visited[page] && page == WIZARD_PAGE_SOURCE)
		form_focus(&self->form, WIZARD_ISO);
	self->visited[page] = true;
	ui_dirty(self->screen.ui);
}

static void file_chosen(struct ui *ui, const char *path, void *userdata)
{
	struct wizard_screen *self = userdata;
	size_t at = self->form.focus;

	form_set_text(&self->form, at, path);
	changed(&self->form, at, self);
	ui_dirty(ui);
}

static void network_chosen(struct ui *ui, const char *option, void *userdata)
{
	struct wizard_screen *self = userdata;
	struct field *field = &self->form.fields[WIZARD_NETWORK];

	/* what it was chosen of may be newer than ours */
	learn_host(self);
	show_host(self);
	if (!wizard_choose_network(&self->wizard, option))
		return;
	field->choice = self->wizard.choice[WIZARD_NETWORK];
	changed(&self->form, WIZARD_NETWORK, self);
	ui_dirty(ui);
}

static void browse_networks(struct wizard_screen *self)
{
	const struct network_choice *choice = wizard_network(&self->wizard);
	_cleanup_free_ char *option = choice != NULL ? network_choice_option(choice) : NULL;

	ui_push(self->screen.ui, pick_network_screen(self->screen.ui, option, true, network_chosen, self));
}

static void browse(struct wizard_screen *self)
{
	size_t at = self->form.focus;

	if (at == WIZARD_NETWORK) {
		browse_networks(self);
		return;
	}
	bool iso = at == WIZARD_ISO;
	_cleanup_free_ char *path = wizard_path(&self->wizard, at);
	struct screen *chooser = iso ? isos_screen(self->screen.ui, path, file_chosen, self) :
				       pick_screen(self->screen.ui, _("Choose a disk image"), FILES_IMAGE, path, file_chosen, self);

	if (chooser == NULL)
		chooser = files_screen(self->screen.ui, _("Choose an ISO"), FILES_ISO, path, file_chosen, self);
	ui_push(self->screen.ui, chooser);
}

/* The focus to a field that is wrong, with its page when it is not in sight. */
static void show_wrong(struct wizard_screen *self, enum wizard_field at)
{
	if (self->form.fields[at].hidden)
		show_page(self, wizard_page_of(at));
	form_focus(&self->form, at);
	const struct field *field = &self->form.fields[at];

	ui_status(self->screen.ui, STYLE_ERROR, "%s: %s", _(field->label), field->message != NULL ? field->message : _("something is needed here"));
}

/* ---- making the machine ---- */

static void failed(struct wizard_screen *self, const struct error *err)
{
	_cleanup_free_ char *title = strf(_("%s was not made"), self->made_name);
	_cleanup_free_ char *hint = err->hint != NULL ? strf(_("\nhint: %s"), err->hint) : xstrdup("");
	_cleanup_free_ char *text = strf(_("error: %s%s\n\nEverything was taken back. What you typed is still here: change it and try again."),
					 error_text(err), hint);

	ui_push(self->screen.ui, dialog_message(title, STYLE_ERROR, text));
}

/* The job has given up as it was asked to: that is no error. */
static void cancelled(struct wizard_screen *self)
{
	_cleanup_free_ char *title = strf(_("%s was not made"), self->made_name);

	ui_push(self->screen.ui,
		dialog_message(title, STYLE_TITLE, _("Cancelled: what had been made was taken back. What you typed is still here.")));
}

/* The console of the new machine, and on top of it what its making was warned of. */
static void show_machine(struct ui *ui, const char *name, const char *warnings)
{
	_cleanup_machine_ struct machine machine = { 0 };
	_cleanup_error_ struct error err = ERROR_INIT;

	if (machine_find(ui->manager, name, &machine, &err)) {
		list_screen_select(ui, machine.id); /* keys are for it, once its console is left */
		tabs_open_console(ui, &machine);
	} else {
		ui_push(ui, dialog_error(name, &err));
	}
	if (*warnings == '\0')
		return;
	_cleanup_free_ char *title = strf(_("%s runs, but"), name);

	ui_push(ui, dialog_message(title, STYLE_PAUSED, warnings));
}

static void made(const struct job_result *result, void *userdata)
{
	struct wizard_screen *self = userdata;
	struct ui *ui = self->screen.ui;
	bool wanted = !self->cancelling;

	self->busy = self->cancelling = false;
	ui->stale = true;
	ui_dirty(ui);
	if (!result->ok) {
		if (wanted)
			failed(self, &result->error);
		else
			cancelled(self);
		learn_host(self);
		judge(self);
		return;
	}
	ui_close(&self->screen);
	ui_status(ui, STYLE_STATUS, wanted ? _("%s was created and has started") : _("%s was complete already, and has started"), self->made_name);
	show_machine(ui, self->made_name, result->warnings);
}

static void create(struct wizard_screen *self)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_strv_ char **words = NULL;
	_cleanup_free_ char *password = NULL;
	struct install_request request;
	enum wizard_field wrong;

	learn_host(self);
	judge(self);
	wrong = first_wrong(self, false);
	if (wrong != WIZARD_FIELD_COUNT) {
		show_wrong(self, wrong);
		return;
	}
	wizard_request(&self->wizard, &request);
	free(self->made_name);
	self->made_name = TAKE_POINTER(request.name);
	/* by its input: an argument vector is for everybody to see */
	password = TAKE_POINTER(request.password);
	install_request_clear(&request);
	words = strv_add(wizard_arguments(&self->wizard), "--noautoconsole");
	/* the form has said how slow that is: the job need not warn of it */
	if (!self->host.info.kvm && self->wizard.given.virt_type == NULL)
		words = strv_add(strv_add(words, "--virt-type"), "qemu");
	if (!job_run_input(self->screen.ui->jobs, (const char *const *)words, password, &self->job, made, NULL, self, &err)) {
		failed(self, &err);
		return;
	}
	self->busy = true;
	self->busy_since_ms = clock_monotonic_ms();
}

static void cancel(struct wizard_screen *self)
{
	self->cancelling = true;
	job_cancel(self->screen.ui->jobs, self->job);
}

/* ---- the screen ---- */

static const struct key_table *wizard_keys(const struct screen *screen)
{
	const struct wizard_screen *self = (const struct wizard_screen *)screen;

	return self->busy ? &keys_form_busy : self->page == WIZARD_PAGE_SUMMARY ? &keys_form_last : &keys_form;
}

static const char *wizard_refuses(struct screen *screen, enum command command)
{
	struct wizard_screen *self = (struct wizard_screen *)screen;

	if (self->busy && command == COMMAND_CLOSE)
		return self->cancelling ? _("it is being cancelled: what was made is taken back") : NULL;
	if (command == COMMAND_BROWSE && !form_focused(&self->form)->path && self->form.focus != WIZARD_NETWORK)
		return _("there is nothing to choose a value for this field from");
	if (command == COMMAND_PAGE_BACK && self->page == 0)
		return _("this is the first page");
	if (command == COMMAND_PAGE_FORWARD && self->page == WIZARD_PAGE_SUMMARY)
		return _("this is the last page; Enter creates the machine");
	return NULL;
}

static void leave(struct ui *ui, void *userdata)
{
	struct wizard_screen *self = userdata;

	ui_close(&self->screen);
	if (self->quits)
		ui->quitting = true;
}

static void ask_to_leave(struct wizard_screen *self)
{
	struct ui *ui = self->screen.ui;

	if (!self->touched) {
		leave(ui, self);
		return;
	}
	ui_push(ui, dialog_confirm(_("Leave without a new machine?"), _("Nothing has been made yet. What you typed here is lost."), _("Leave"),
				   leave, NULL, self));
}

/* Enter: on with it, unless something here is wrong. */
static void go_on(struct wizard_screen *self)
{
	enum wizard_field wrong = first_wrong(self, true);

	if (self->page == WIZARD_PAGE_SUMMARY) {
		create(self);
	} else if (wrong != WIZARD_FIELD_COUNT && rows[wrong].path && self->form.fields[wrong].message == NULL) {
		form_focus(&self->form, wrong);
		browse(self);
	} else if (wrong != WIZARD_FIELD_COUNT) {
		show_wrong(self, wrong);
	} else {
		show_page(self, self->page + 1);
	}
}

static void wizard_command(struct screen *screen, enum command command)
{
	struct wizard_screen *self = (struct wizard_screen *)screen;

	ui_dirty(screen->ui);
	if (ui_everywhere(screen->ui, command))
		return;
	if (self->busy) {
		if (command == COMMAND_CLOSE)
			cancel(self);
		return;
	}
	if (command == COMMAND_ACCEPT)
		go_on(self);
	else if (command == COMMAND_PAGE_BACK)
		show_page(self, self->page - 1);
	else if (command == COMMAND_PAGE_FORWARD)
		show_page(self, self->page + 1);
	else if (command == COMMAND_BROWSE)
		browse(self);
	else if (command == COMMAND_CLOSE)
		ask_to_leave(self);
	else
		form_command(&self->form, command);
}

static void wizard_key(struct screen *screen, const struct key *key)
{
	struct wizard_screen *self = (struct wizard_screen *)screen;

	if (!self->busy && form_key(&self->form, key))
		ui_dirty(screen->ui);
}

static void wizard_paste(struct screen *screen, const char *text, size_t length, bool begin, bool end)
{
	struct wizard_screen *self = (struct wizard_screen *)screen;

	(void)begin;
	(void)end;
	if (!self->busy)
		form_paste(&self->form, text, length);
	ui_dirty(screen->ui);
}

static void wizard_mouse(struct screen *screen, const struct mouse *mouse)
{
	struct wizard_screen *self = (struct wizard_screen *)screen;

	if (self->busy)
		return;
	ui_dirty(screen->ui);
	if (mouse->action == MOUSE_PRESS && mouse->button == 1 && mouse->row == 1) {
		for (int page = 0; page < WIZARD_PAGE_COUNT; page++)
			if (mouse->column >= self->tab_columns[page] && mouse->column < self->tab_columns[page + 1])
				show_page(self, (enum wizard_page)page);
		return;
	}
	form_mouse(&self->form, mouse);
}

static void wizard_tick(struct screen *screen)
{
	if (((struct wizard_screen *)screen)->busy)
		ui_dirty(screen->ui);
}

static void wizard_model_changed(struct screen *screen)
{
	struct wizard_screen *self = (struct wizard_screen *)screen;

	/* another machine may have taken the name; the one being made is no other */
	if (self->busy)
		return;
	learn_host(self);
	judge(self);
}

static void draw_tabs(struct wizard_screen *self, struct terminal *term)
{
	int column = 0;

	for (int page = 0; page < WIZARD_PAGE_COUNT; page++) {
		_cleanup_free_ char *text = strf(" %d %s ", page + 1, _(page_titles[page]));

		self->tab_columns[page] = column;
		column = terminal_put(term, 1, column, terminal_columns(term), page == (int)self->page ? STYLE_SELECTED : STYLE_NORMAL, text);
	}
	self->tab_columns[WIZARD_PAGE_COUNT] = column;
}

static void draw_busy(const struct wizard_screen *self, struct terminal *term)
{
	_cleanup_free_ char *text = strf(self->cancelling ? _(" Taking %s back... %lld s ") : _(" Creating and starting %s... %lld s "), self->made_name,
					 (long long)((clock_monotonic_ms() - self->busy_since_ms) / 1000));
	int wide = utf8_width(text) + 2;
	int row = (terminal_rows(term) - 3) / 2;
	int column = (terminal_columns(term) - wide) / 2;

	row = row < 0 ? 0 : row;
	column = column < 0 ? 0 : column;
	terminal_fill(term, row, column, 3, wide, STYLE_DIALOG);
	terminal_box(term, row, column, 3, wide, STYLE_DIALOG);
	terminal_put(term, row + 1, column + 1, column + wide - 1, STYLE_BUSY, text);
}

/* Lines at the bottom, the last one in row last; returns the row above them. */
static int draw_lines(struct terminal *term, int last, int most, enum style style, const char *text)
{
	_cleanup_strv_ char **lines = text_wrap(text, terminal_columns(term) - 2);
	int count = (int)strv_length(lines);

	count = count < most ? count : most;
	for (int i = 0; i < count; i++)
		terminal_put(term, last - count + 1 + i, 1, terminal_columns(term), style, lines[i]);
	return last - count;
}

static void wizard_draw(struct screen *screen, struct terminal *term)
{
	struct wizard_screen *self = (struct wizard_screen *)screen;
	int columns = terminal_columns(term);
	int bottom = terminal_rows(term) - 2;
	const struct field *field = form_focused(&self->form);
	_cleanup_free_ char *where = strf(_("page %d of %d "), (int)self->page + 1, (int)WIZARD_PAGE_COUNT);

	head_draw(term, _(" virtty: new machine"), where);
	draw_tabs(self, term);
	if (field->help != NULL && bottom > 6)
		bottom = draw_lines(term, bottom, 2, STYLE_DIM, _(field->help)) - 1;
	if (self->command != NULL && bottom > 12) {
		bottom = draw_lines(term, bottom + 1, COMMAND_ROWS, STYLE_NORMAL, self->command);
		terminal_put(term, bottom, 1, columns, STYLE_TITLE, _("The same on the command line:"));
		bottom -= 1;
	}
	form_draw(&self->form, term, 3, bottom - 2, columns, screen->ui->top == screen && !self->busy);
	if (self->busy)
		draw_busy(self, term);
	footer_draw(screen, term, NULL);
}

static void wizard_close(struct screen *screen)
{
	struct wizard_screen *self = (struct wizard_screen *)screen;

	iso_inquiry_drop(self->inquiry);
	storage_model_want(screen->ui->storage, false);
	form_clear(&self->form);
	wizard_clear(&self->wizard);
	wizard_host_clear(&self->host);
	free(self->command);
	free(self->made_name);
	free(self);
}

static const struct screen_class wizard_class = {
	.keys = wizard_keys,
	.refuses = wizard_refuses,
	.command = wizard_command,
	.key = wizard_key,
	.paste = wizard_paste,
	.mouse = wizard_mouse,
	.tick = wizard_tick,
	.changed = wizard_model_changed,
	.draw = wizard_draw,
	.close = wizard_close,
};

static void make_form(struct wizard_screen *self)
{
	const struct wizard *wizard = &self->wizard;

	form_init(&self->form, WIZARD_FIELD_COUNT);
	for (size_t i = 0; i < WIZARD_FIELD_COUNT; i++) {
		struct field *field = &self->form.fields[i];

		field->kind = rows[i].kind;
		field->label = rows[i].label;
		field->help = rows[i].help;
		field->unit = rows[i].unit;
		field->width = rows[i].width;
		field->path = rows[i].path;
		field->line.secret = rows[i].secret;
		field->choices = wizard_choices(wizard, i);
		field->choice = wizard->choice[i];
		field->checked = i == WIZARD_AUTOSTART && wizard->autostart;
		if (wizard->text[i] != NULL)
			line_set(&field->line, wizard->text[i]);
	}
	self->form.changed = changed;
	self->form.userdata = self;
}

struct screen *wizard_screen(struct ui *ui, struct install_request *request, bool autostart, bool quits)
{
	struct wizard_screen *self = xcalloc(1, sizeof *self);

	self->screen.class = &wizard_class;
	self->screen.ui = ui;
	self->screen.grabs = true;
	self->quits = quits;
	storage_model_want(ui->storage, true);
	wizard_init(&self->wizard, request, autostart);
	make_form(self);
	learn_host(self);
	look_into_iso(self);
	show_page(self, WIZARD_PAGE_SOURCE);
	return &self->screen;
}
