/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The wizard's choice of a network. Its list is that of the host, with "none" behind user networking, and what was given at the end. */
#include "tui/wizard_network.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "tui/network_words.h"

#include <stdlib.h>
#include <string.h>

static const char *const card_words[] = { NULL, "virtio", "e1000e", "e1000", "rtl8139" };
static const struct network_choice user = { .kind = NETWORK_CHOICE_USER }, none = { .kind = NETWORK_CHOICE_NONE };

/* How many choices there are, but for what was given. Before anybody looked at the host there are user networking and none. */
static size_t own_count(const struct wizard *wizard)
{
	return wizard->networks.count == 0 ? 2 : wizard->networks.count + 1;
}

static const struct network_choice *choice_at(const struct wizard *wizard, size_t at)
{
	if (at == NETWORK_NONE)
		return &none;
	if (wizard->networks.count == 0)
		return &user;
	return &wizard->networks.choices[at == NETWORK_USER ? 0 : at - 1];
}

const struct network_choice *wizard_network(const struct wizard *wizard)
{
	size_t at = wizard->choice[WIZARD_NETWORK];

	return at < own_count(wizard) ? choice_at(wizard, at) : NULL;
}

bool wizard_choose_network(struct wizard *wizard, const char *option)
{
	for (size_t i = 0; i < own_count(wizard); i++) {
		_cleanup_free_ char *own = network_choice_option(choice_at(wizard, i));

		if (strcmp(own, option) != 0)
			continue;
		wizard->choice[WIZARD_NETWORK] = i;
		return true;
	}
	return false;
}

char **wizard_network_choices(const struct wizard *wizard)
{
	char **words = NULL;

	for (size_t i = 0; i < own_count(wizard); i++)
		words = strv_take(words, network_words_label(choice_at(wizard, i)));
	if (!wizard->network_given)
		return words;
	_cleanup_free_ char *given = strv_join(wizard->given.networks, " + ");

	return strv_addf(words, _("as given: %s"), given);
}

/* Which of card_words; their count: none of them. */
static size_t find_card(const char *model)
{
	size_t i = CARD_VIRTIO;

	while (i < ARRAY_LENGTH(card_words) && strcmp(card_words[i], model) != 0)
		i++;
	return i;
}

/* Takes one card apart: model and MAC have fields. What it joins, as its choice has it; owned; NULL: there is more to it. */
static char *split_card(char *const *parts, size_t *ret_model, const char **ret_mac)
{
	const char *equals = parts[0] != NULL ? strchr(parts[0], '=') : NULL;
	struct strbuf option = STRBUF_INIT;

	*ret_model = CARD_BEST;
	*ret_mac = NULL;
	if (parts[0] == NULL)
		return NULL;
	for (char *const *part = parts + 1; *part != NULL; part++) {
		if (text_starts(*part, "mac="))
			*ret_mac = *part + strlen("mac=");
		else if (!text_starts(*part, "model=") || (*ret_model = find_card(*part + strlen("model="))) == ARRAY_LENGTH(card_words))
			return NULL;
	}
	if (equals == NULL)
		return xstrdup(parts[0]);
	_cleanup_free_ char *key = xstrndup(parts[0], (size_t)(equals - parts[0]));

	strbuf_put_part(&option, key, equals + 1);
	return strbuf_take(&option);
}

/* What is chosen for who says nothing. */
static void propose(struct wizard *wizard)
{
	if (wizard->networks.count == 0)
		return;
	_cleanup_free_ char *proposed = network_choice_option(&wizard->networks.choices[wizard->networks.proposed]);

	wizard_choose_network(wizard, proposed);
}

void wizard_take_network(struct wizard *wizard)
{
	char *const *networks = wizard->given.networks;
	const char *mac;
	size_t model;

	wizard->network_given = false;
	if (networks == NULL) {
		propose(wizard);
		return;
	}
	_cleanup_strv_ char **parts = strv_split_parts(networks[0]);
	_cleanup_free_ char *option = networks[1] == NULL ? split_card(parts, &model, &mac) : NULL;

	if (option != NULL && wizard_choose_network(wizard, option)) {
		wizard->choice[WIZARD_CARD] = model;
		wizard_set_text(wizard, WIZARD_MAC, mac);
	} else {
		wizard->network_given = true;
		wizard->choice[WIZARD_NETWORK] = own_count(wizard);
	}
}

void wizard_take_networks(struct wizard *wizard, struct network_choices *networks)
{
	const struct network_choice *chosen = wizard_network(wizard);
	_cleanup_free_ char *option = chosen != NULL ? network_choice_option(chosen) : NULL;
	bool first = wizard->networks.count == 0;

	network_choices_clear(&wizard->networks);
	wizard->networks = *networks;
	*networks = (struct network_choices){ 0 };
	if (first)
		wizard_take_network(wizard);
	else if (option == NULL)
		wizard->choice[WIZARD_NETWORK] = own_count(wizard);
	else if (!wizard_choose_network(wizard, option))
		wizard->choice[WIZARD_NETWORK] = NETWORK_USER;
}

void wizard_put_network(const struct wizard *wizard, struct install_request *request)
{
	const struct network_choice *choice = wizard_network(wizard);
	const char *card = card_words[wizard->choice[WIZARD_CARD]];
	const char *unsaid = wizard->networks.unsaid != NULL ? wizard->networks.unsaid : "user";
	_cleanup_free_ char *mac = wizard_text(wizard, WIZARD_MAC);

	if (choice == NULL)
		return;
	_cleanup_free_ char *option = network_choice_option(choice);
	struct strbuf text = STRBUF_INIT;

	strv_free(TAKE_POINTER(request->networks));
	strbuf_puts(&text, option);
	if (choice->kind != NETWORK_CHOICE_NONE && card != NULL)
		strbuf_put_part(&text, "model", card);
	if (choice->kind != NETWORK_CHOICE_NONE && mac != NULL)
		strbuf_put_part(&text, "mac", mac);
	if (strcmp(text.data, unsaid) != 0)
		request->networks = strv_add(NULL, text.data);
	strbuf_clear(&text);
}
