/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The forms of network cards; `virtty attach-device`, `update-device` and `detach-device` do it. */
#include "tui/card_forms.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/uuid.h"
#include "core/device_change.h"
#include "hv/domain.h"
#include "tui/batch.h"
#include "tui/device_when.h"
#include "tui/network_words.h"
#include "tui/screen_form.h"
#include "tui/screen_pick_network.h"

#include <stdlib.h>
#include <string.h>

static const struct batch_words attach_words = {
	"attach-device", NULL, N_("changing"), N_("has one network card more"), NULL, N_("gets no network card"),
};
static const struct batch_words update_words = {
	"update-device", NULL, N_("changing"), N_("its network card is changed"), NULL, N_("its network card is not changed"),
};
static const struct batch_words detach_words = {
	"detach-device", NULL, N_("changing"), N_("has one network card less"), NULL, N_("keeps its network card"),
};

static const char *const models[] = { "virtio", "e1000e", "e1000", "rtl8139" };

enum { CARD_JOIN, CARD_MODEL, CARD_MAC, CARD_CABLE, CARD_WHEN, CARD_FIELDS };

static const struct form_row card_rows[CARD_FIELDS] = {
	[CARD_JOIN] = { FIELD_CHOICE, 0, N_("Joined to"), NULL, N_("What the card is joined to. F2 shows all that there is."), true },
	[CARD_MODEL] = { FIELD_CHOICE, 0, N_("Model"), NULL,
		N_("The card that the guest sees: virtio is the quickest, old systems know e1000 or rtl8139."), false },
	[CARD_MAC] = { FIELD_TEXT, 18, N_("MAC address"), NULL, N_("Left empty, one is made."), false },
	[CARD_CABLE] = { FIELD_CHECK, 0, N_("Cable in"), NULL, N_("Pulled, the guest sees that its link is down. Space changes it."), false },
	[CARD_WHEN] = { FIELD_CHOICE, 0, N_("Takes effect"), NULL, N_("The machine runs: it can change now, in its definition, or both."), false },
};

struct card_form {
	struct ui *ui;
	struct form *form; /* of the screen that this belongs to */
	struct screen *screen;
	int64_t id;	      /* the machine's row */
	char *mac;	      /* owned; NULL: a new card */
	char *join_was;	      /* owned: network_choice_option() of what it is joined to; NULL: nothing that could be chosen */
	char *as_it_is;	      /* owned: that in words */
	char *model_was;      /* owned; NULL: a new card */
	struct network_choices choices; /* owned */
};

/* NULL: it is no more. */
static const struct machine *machine_of(const struct card_form *self)
{
	size_t at = model_find(self->ui->model, self->id);

	return at < self->ui->model->count ? &self->ui->model->machines[at] : NULL;
}

/* ---- what it is joined to ---- */

/* NULL: as it is. */
static const struct network_choice *joined(const struct card_form *self)
{
	size_t at = self->form->fields[CARD_JOIN].choice;

	return at < self->choices.count ? &self->choices.choices[at] : NULL;
}

/* Chooses what that option says; what cannot be found is as it is, where that can be, or user networking. */
static void join(struct card_form *self, const char *option)
{
	size_t at = option != NULL ? network_choices_find(&self->choices, option) : self->choices.count;

	if (at == self->choices.count && self->as_it_is == NULL)
		at = 0;
	self->form->fields[CARD_JOIN].choice = at;
}

static void read_choices(struct card_form *self)
{
	struct field *field = &self->form->fields[CARD_JOIN];
	const struct network_choice *choice = joined(self);
	_cleanup_free_ char *option = choice != NULL ? network_choice_option(choice) : NULL;
	bool first = field->choices == NULL;

	network_choices_clear(&self->choices);
	network_choices(self->ui->manager, &self->choices);
	strv_free(TAKE_POINTER(field->choices));
	for (size_t i = 0; i < self->choices.count; i++)
		field->choices = strv_take(field->choices, network_words_label(&self->choices.choices[i]));
	if (self->as_it_is != NULL)
		field->choices = strv_addf(field->choices, _("as it is: %s"), self->as_it_is);
	if (!first)
		join(self, option);
}

static bool on_bridge(const char *option)
{
	return option != NULL && (text_starts(option, "network=") || text_starts(option, "bridge="));
}

/* Is it moved from one to another? */
static bool is_moved(const struct card_form *self)
{
	const struct network_choice *choice = joined(self);
	_cleanup_free_ char *option = choice != NULL ? network_choice_option(choice) : NULL;

	return option != NULL && !text_equal(option, self->join_was);
}

/* What a running machine cannot do with a card that it has. Owned; NULL: nothing. */
static char *move_trouble(const struct card_form *self)
{
	const struct network_choice *choice = joined(self);
	_cleanup_free_ char *option = choice != NULL ? network_choice_option(choice) : NULL;

	if (self->mac == NULL || !is_moved(self) || (on_bridge(option) && on_bridge(self->join_was)))
		return NULL;
	return xstrdup(_("while it runs a card moves between networks and bridges alone: choose 'at its next start'"));
}

static void judge_join(struct card_form *self, enum device_when when)
{
	const struct network_choice *choice = joined(self);
	struct field *field = &self->form->fields[CARD_JOIN];
	enum field_verdict verdict = FIELD_FINE;
	char *message = when_is_live(when) ? move_trouble(self) : NULL;

	field->help = choice != NULL ? network_words_meaning(choice) : card_rows[CARD_JOIN].help;
	if (message != NULL)
		verdict = FIELD_WRONG;
	else if (choice != NULL && (self->mac == NULL || is_moved(self)))
		verdict = network_words_check(choice, &message);
	/* by the next start it may be otherwise */
	if (verdict == FIELD_WRONG && !when_is_live(when))
		verdict = FIELD_DOUBTFUL;
	form_say(self->form, CARD_JOIN, choice != NULL ? network_words_note(choice) : NULL, verdict, message);
}

/* ---- the rest ---- */

static const char *model_chosen(const struct card_form *self)
{
	const struct field *field = &self->form->fields[CARD_MODEL];

	return field->choices[field->choice];
}

static void judge_model(struct card_form *self, enum device_when when)
{
	bool other = self->mac != NULL && !text_equal(model_chosen(self), self->model_was);

	if (other && when_is_live(when))
		form_say(self->form, CARD_MODEL, NULL, FIELD_WRONG, xstrdup(_("a card keeps its model while it runs: choose 'at its next start'")));
	else
		form_say(self->form, CARD_MODEL, NULL, FIELD_FINE, NULL);
}

static void judge_mac(struct card_form *self)
{
	struct field *field = &self->form->fields[CARD_MAC];
	const char *text = line_text(&field->line);
	char canonical[MAC_TEXT_SIZE];

	field->hidden = self->mac != NULL;
	if (field->hidden || *text == '\0') {
		form_say(self->form, CARD_MAC, *text == '\0' ? xstrdup(_("made when it is added")) : NULL, FIELD_FINE, NULL);
	} else if (mac_parse(text, canonical)) {
		char *doubt = network_words_mac(self->ui->manager, canonical);

		form_say(self->form, CARD_MAC, NULL, doubt != NULL ? FIELD_DOUBTFUL : FIELD_FINE, doubt);
	} else {
		form_say(self->form, CARD_MAC, NULL, FIELD_WRONG, xstrdup(_("no address of one card: 52:54:00:12:34:56 is one")));
	}
}

static void judge(struct form *form, void *userdata)
{
	struct card_form *self = userdata;
	const struct machine *machine = machine_of(self);

	self->form = form;
	if (machine == NULL) {
		form_say(form, CARD_JOIN, NULL, FIELD_WRONG, xstrdup(_("the machine is no more")));
		return;
	}
	read_choices(self);
	device_when_fill(&form->fields[CARD_WHEN], machine);
	enum device_when when = device_when_get(&form->fields[CARD_WHEN], machine);

	judge_join(self, when);
	judge_model(self, when);
	judge_mac(self);
}

/* ---- the card as it is, and as it will be ---- */

static const struct interface *find_card(const struct domain *domain, const char *mac)
{
	for (size_t i = 0; domain != NULL && i < domain->interface_count; i++)
		if (text_equal(domain->interfaces[i].mac, mac))
			return &domain->interfaces[i];
	return NULL;
}

/* As a choice has it; NULL: it is joined to nothing that could be chosen. Owned. */
static char *option_of(const struct interface *card)
{
	struct network_choice choice = { .kind = NETWORK_CHOICE_USER, .name = card->source };

	/* what passt is told beside, the choice does not say */
	if (card->type == INTERFACE_USER && card->source != NULL)
		return NULL;
	if (interface_uses_passt(card))
		choice.kind = NETWORK_CHOICE_PASST;
	if (card->type == INTERFACE_USER)
		return network_choice_option(&choice);
	if (card->source == NULL)
		return NULL;
	if (card->type == INTERFACE_DIRECT && card->mode != NULL && !text_equal(card->mode, "bridge"))
		return NULL;
	choice.kind = card->type == INTERFACE_NETWORK ? NETWORK_CHOICE_NETWORK :
		      card->type == INTERFACE_BRIDGE  ? NETWORK_CHOICE_BRIDGE :
		      card->type == INTERFACE_DIRECT  ? NETWORK_CHOICE_DEVICE :
							NETWORK_CHOICE_NONE;
	return choice.kind != NETWORK_CHOICE_NONE ? network_choice_option(&choice) : NULL;
}

static void fill(struct form *form, void *userdata)
{
	struct card_form *self = userdata;
	const struct machine *machine = machine_of(self);
	_cleanup_domain_ struct domain *domain = domain_load(self->ui->manager, machine, true, NULL);
	const struct interface *card = self->mac != NULL ? find_card(domain, self->mac) : NULL;
	const char *model = card != NULL ? card->model : domain != NULL && domain->interface_count > 0 ? domain->interfaces[0].model : NULL;
	struct field *field = &form->fields[CARD_MODEL];

	self->form = form;
	if (card != NULL) {
		const char *type = enum_word(&interface_type_words, (int)card->type);

		self->join_was = option_of(card);
		self->as_it_is = strf("%s%s%s", type, card->source != NULL ? " " : "", card->source != NULL ? card->source : "");
		self->model_was = xstrdup_null(model);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(models); i++)
		field->choices = strv_add(field->choices, models[i]);
	/* a new card is as the first, whose driver the guest has */
	if (model != NULL && !strv_contains(field->choices, model))
		field->choices = strv_add(field->choices, model);
	for (size_t i = 0; model != NULL && field->choices[i] != NULL; i++)
		if (strcmp(field->choices[i], model) == 0)
			field->choice = i;
	form->fields[CARD_CABLE].checked = card == NULL || card->link != TRI_NO;
	read_choices(self);
	if (card == NULL)
		form->fields[CARD_JOIN].choice = self->choices.proposed;
	else
		join(self, self->join_was);
	/* as it is is said where it could not be chosen */
	if (joined(self) != NULL)
		free(TAKE_POINTER(self->as_it_is));
}

static const char *type_of(const struct network_choice *choice)
{
	return choice->kind == NETWORK_CHOICE_NETWORK ? "network" :
	       choice->kind == NETWORK_CHOICE_BRIDGE  ? "bridge" :
	       choice->kind == NETWORK_CHOICE_DEVICE  ? "direct" :
							"user";
}

/* The card's text, of the document that is changed: what the form does not ask for stays as it is there. */
static char *card_text(const struct card_form *self, const struct machine *machine, enum device_when when, struct error *err)
{
	const struct network_choice *choice = joined(self);
	const char *mac = line_text(&self->form->fields[CARD_MAC].line);
	_cleanup_domain_ struct domain *domain = domain_load(self->ui->manager, machine, !when_is_stored(when), err);
	const struct interface *card = self->mac != NULL ? find_card(domain, self->mac) : NULL;
	struct interface_form form = { .up = self->form->fields[CARD_CABLE].checked, .mac = *mac != '\0' ? mac : NULL };

	if (domain == NULL)
		return NULL;
	if (self->mac != NULL && card == NULL) {
		error_set(err, ERROR_NOT_FOUND, _("its definition has no network card %s"), self->mac);
		return NULL;
	}
	if (choice != NULL && (card == NULL || is_moved(self))) {
		form.type = type_of(choice);
		form.source = choice->name;
		form.backend = choice->kind == NETWORK_CHOICE_PASST ? "passt" : NULL;
	}
	if (card == NULL || !text_equal(model_chosen(self), self->model_was))
		form.model = model_chosen(self);
	return interface_text_formed(card, &form, err);
}

static bool take(struct ui *ui, struct form *form, void *userdata)
{
	struct card_form *self = userdata;
	const struct machine *machine = machine_of(self);
	_cleanup_error_ struct error err = ERROR_INIT;
	size_t at = model_find(ui->model, self->id);

	if (machine == NULL)
		return true;
	enum device_when when = device_when_get(&form->fields[CARD_WHEN], machine);
	char *text = card_text(self, machine, when, &err);

	if (text == NULL) {
		ui_status(ui, STYLE_ERROR, "%s", error_text(&err));
		return false;
	}
	struct batch_target *target = batch_targets(ui->model, &at, 1);

	target->extra = device_when_arguments(strv_add(target->extra, "--file=-"), when);
	target->input = text;
	batch_run(ui, self->mac != NULL ? &update_words : &attach_words, target, 1, 0);
	return true;
}

/* ---- the screens ---- */

static void chosen(struct ui *ui, const char *option, void *userdata)
{
	struct card_form *self = userdata;

	read_choices(self);
	join(self, option);
	form_screen_judge(self->screen);
	ui_dirty(ui);
}

static void browse(struct screen *screen, size_t field, void *userdata)
{
	struct card_form *self = userdata;
	const struct network_choice *choice = joined(self);
	_cleanup_free_ char *option = choice != NULL ? network_choice_option(choice) : NULL;

	(void)field;
	self->screen = screen;
	ui_push(self->ui, pick_network_screen(self->ui, option, false, chosen, self));
}

static void card_form_free(void *userdata)
{
	struct card_form *self = userdata;

	network_choices_clear(&self->choices);
	free(self->mac);
	free(self->join_was);
	free(self->as_it_is);
	free(self->model_was);
	free(self);
}

static const struct form_class card_class = { card_rows, CARD_FIELDS, judge, take, browse, card_form_free };

static struct card_form *card_form_new(struct ui *ui, const struct machine *machine, const char *mac)
{
	struct card_form *self = xcalloc(1, sizeof *self);

	self->ui = ui;
	self->id = machine->id;
	self->mac = xstrdup_null(mac);
	return self;
}

void card_form_open(struct ui *ui, const struct machine *machine, const char *mac)
{
	_cleanup_free_ char *title = mac != NULL ? strf(_("%s: network card %s"), machine->name, mac) :
						   strf(_("%s: new network card"), machine->name);

	ui_push(ui, form_screen(ui, title, &card_class, fill, card_form_new(ui, machine, mac)));
}

/* ---- taking one out ---- */

static const struct form_row remove_rows[] = {
	{ FIELD_NOTE, 0, N_("Take out"), NULL, NULL, false },
	{ FIELD_CHOICE, 0, N_("Takes effect"), NULL,
	  N_("The machine runs: the card can go now, from its definition, or both. Enter does it."), false },
};
enum { REMOVE_NOTE, REMOVE_WHEN, REMOVE_FIELDS };

static void remove_judge(struct form *form, void *userdata)
{
	struct card_form *self = userdata;
	const struct machine *machine = machine_of(self);
	bool live;

	if (machine == NULL) {
		form_say(form, REMOVE_WHEN, NULL, FIELD_WRONG, xstrdup(_("the machine is no more")));
		return;
	}
	device_when_fill(&form->fields[REMOVE_WHEN], machine);
	live = when_is_live(device_when_get(&form->fields[REMOVE_WHEN], machine));
	form_say(form, REMOVE_NOTE,
		 strf(live ? _("The network card %s: the guest is asked to let go of it.") : _("The network card %s."), self->mac), FIELD_FINE, NULL);
}

static bool remove_take(struct ui *ui, struct form *form, void *userdata)
{
	struct card_form *self = userdata;
	const struct machine *machine = machine_of(self);
	size_t at = model_find(ui->model, self->id);

	if (machine == NULL)
		return true;
	struct batch_target *target = batch_targets(ui->model, &at, 1);

	target->extra = strv_add(target->extra, "--file=-");
	target->extra = device_when_arguments(target->extra, device_when_get(&form->fields[REMOVE_WHEN], machine));
	/* it is found by its MAC alone */
	target->input = interface_text_formed(NULL, &(struct interface_form){ .mac = self->mac, .up = true }, NULL);
	batch_run(ui, &detach_words, target, 1, 0);
	return true;
}

static const struct form_class remove_class = { remove_rows, REMOVE_FIELDS, remove_judge, remove_take, NULL, card_form_free };

void card_remove_ask(struct ui *ui, const struct machine *machine, const char *mac)
{
	_cleanup_free_ char *title = strf(_("%s: take a network card out"), machine->name);

	ui_push(ui, form_screen(ui, title, &remove_class, NULL, card_form_new(ui, machine, mac)));
}
