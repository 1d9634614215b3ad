/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `virtty send-key` and `virtty type`: keys and text for a machine's keyboard. */
#include "config.h"

#include "base/file.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "cli/cli.h"
#include "core/typing.h"
#include "hv/keycodes.h"
#include "hv/keymap.h"

#include <string.h>

#define KEYS_LIMIT    16 /* at once, as virsh */
#define HOLD_LIMIT_MS (10 * 60 * 1000)
#define PACE_LIMIT_MS (60 * 1000)
#define TEXT_LIMIT    (1024 * 1024)

/* A whole number of milliseconds, 0 when it is not given. */
static bool take_ms(struct cli *cli, const char *name, int64_t most, unsigned *ret, struct error *err)
{
	int64_t ms = argument_int(&cli->arguments, name, 0);

	if (ms > most)
		return cli_usage(cli, err, _("--%s is at most %d"), name, (int)most);
	*ret = (unsigned)ms;
	return true;
}

/* ---- send-key ---- */

static bool unknown_key(enum codeset set, const char *word, struct error *err)
{
	static const char *const examples[CODESET_COUNT] = {
		[CODESET_LINUX] = "KEY_ENTER", [CODESET_OS_X] = "Return", [CODESET_WIN32] = "VK_RETURN"
	};

	error_set(err, ERROR_INVALID, _("invalid keycode: '%s'"), word);
	if (set == CODESET_LINUX)
		return error_hint(err, _("keys are called as in linux/input-event-codes.h: KEY_ENTER, KEY_A, KEY_F2"));
	if (examples[set])
		return error_hint(err, _("codeset %s knows numbers and names such as %s"), codeset_word(set),
				  examples[set]);
	return error_hint(err, _("codeset %s knows numbers alone: 28, 0x1c"), codeset_word(set));
}

static bool take_keys(struct cli *cli, uint32_t qnums[KEYS_LIMIT], size_t *ret_count, struct error *err)
{
	const char *const *words = argument_list(&cli->arguments, "keycode", ret_count);
	const char *set_word = cli_string(cli, "codeset");
	enum codeset set = CODESET_LINUX;

	if (set_word && !codeset_from_word(set_word, &set))
		return error_set(err, ERROR_INVALID, _("unknown codeset: '%s'"), set_word);
	if (*ret_count > KEYS_LIMIT)
		return error_set(err, ERROR_INVALID, _("too many keycodes: at most %d at once"), KEYS_LIMIT);
	for (size_t i = 0; i < *ret_count; i++)
		if (!keycode_parse(set, words[i], &qnums[i]))
			return unknown_key(set, words[i], err);
	return true;
}

static bool run_send_key(struct cli *cli, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };
	uint32_t qnums[KEYS_LIMIT];
	unsigned hold_ms = 0;
	size_t count;

	return take_ms(cli, "holdtime", HOLD_LIMIT_MS, &hold_ms, err) && take_keys(cli, qnums, &count, err) &&
	       cli_machine(cli, &machine, err) && domain_send_keys(cli->manager, &machine, qnums, count, hold_ms, err);
}

#define CODESETS "linux xt atset1 atset2 atset3 os_x xt_kbd usb win32 qnum rfb"

static const struct option send_key_options[] = {
	OPTION_DOMAIN(COMPLETE_ACTIVE),
	{ "codeset", NULL, 0, OPTION_STRING, 0, COMPLETE_WORDS, CODESETS, N_("CODESET"),
	  N_("what the keys are numbered by; default: linux") },
	{ "holdtime", NULL, 0, OPTION_INT, 0, COMPLETE_NONE, NULL, N_("MS"),
	  N_("how long each key is held, in milliseconds; default: 100") },
	{ "keycode", NULL, 0, OPTION_LIST, TRAIT_POSITIONAL | TRAIT_REQUIRED, COMPLETE_KEY, NULL, N_("KEY"),
	  N_("keys by name or number, pressed together") },
	OPTION_END,
};

const struct command command_send_key = {
	.name = "send-key",
	.group = GROUP_DOMAIN,
	.summary = N_("press keys of a machine's keyboard"),
	.description =
		N_("Presses the keys in their order, holds them together and releases them, as in 'virtty send-key vm "
		   "KEY_LEFTCTRL KEY_LEFTALT KEY_DELETE'. Names are those of linux/input-event-codes.h, or of "
		   "--codeset os_x or "
		   "win32; numbers are decimal or 0x. Returns when the keys are up again."),
	.options = send_key_options,
	.run = run_send_key,
};

/* ---- type ---- */

/* The text to type, of the command line or of stdin. Owned. */
static bool take_text(struct cli *cli, char **ret, size_t *ret_length, struct error *err)
{
	const char *word = cli_string(cli, "text");
	bool enter = cli_flag(cli, "enter");
	struct strbuf text = STRBUF_INIT;

	if (!word && !enter)
		return cli_usage(cli, err, _("no text is given"));
	if (word && strcmp(word, "-") == 0) {
		char *read = NULL;
		size_t length;

		if (!file_read("-", TEXT_LIMIT, &read, &length, err))
			return false;
		strbuf_add(&text, read, length);
		cleanup_free(&read);
	} else if (word) {
		strbuf_puts(&text, word);
	}
	if (enter)
		strbuf_putc(&text, '\n');
	*ret_length = text.length;
	*ret = strbuf_take(&text);
	return true;
}

static void type_json(const struct type_result *result)
{
	struct json_object *object = json_object_new_object(), *untyped = json_object_new_array();

	for (size_t i = 0; result->untyped && result->untyped[i]; i++)
		json_object_array_add(untyped, json_object_new_string(result->untyped[i]));
	json_set_int(object, "typed", (int64_t)result->typed);
	json_set(object, "untyped", untyped);
	cli_json(object);
}

static bool run_type(struct cli *cli, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };
	struct type_result result = { 0 };
	_cleanup_free_ char *text = NULL;
	unsigned pace_ms = 0;
	size_t length = 0;
	bool good;

	if (!take_ms(cli, "pace", PACE_LIMIT_MS, &pace_ms, err) || !take_text(cli, &text, &length, err) ||
	    !cli_machine(cli, &machine, err))
		return false;
	good = domain_type(cli->manager, &machine, text, length, cli_string(cli, "layout"), pace_ms,
			   !cli_flag(cli, "skip"), &result, err);
	if (good && result.untyped) {
		_cleanup_free_ char *list = strv_join(result.untyped, ", ");
		_cleanup_free_ char *warning = strf(_("left out, the keyboard layout has no %s"), list);

		cli_warnings((char *const[]){ warning, NULL });
	}
	if (good && cli->json)
		type_json(&result);
	type_result_clear(&result);
	return good;
}

static const struct option type_options[] = {
	OPTION_DOMAIN(COMPLETE_ACTIVE),
	{ "text", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL | TRAIT_EMPTY, COMPLETE_NONE, NULL, N_("TEXT"),
	  N_("what to type; -: what stdin says") },
	{ "enter", NULL, 0, OPTION_FLAG, 0, COMPLETE_NONE, NULL, NULL, N_("press Enter after it") },
	{ "layout", NULL, 0, OPTION_STRING, 0, COMPLETE_LAYOUT, NULL, N_("LAYOUT"),
	  N_("the guest's keyboard layout; default: that of its <graphics keymap=>, else en-us") },
	{ "pace", NULL, 0, OPTION_INT, 0, COMPLETE_NONE, NULL, N_("MS"),
	  N_("milliseconds from one character to the next; default: 20, or what its keys need") },
	OPTION_SIMPLE("skip", N_("leave out what the layout cannot make, with a warning")),
	OPTION_JSON,
	OPTION_END,
};

const struct command command_type = {
	.name = "type",
	.group = GROUP_DOMAIN,
	.summary = N_("type text on a machine's keyboard"),
	.description = N_("Types the text as keystrokes of the guest's keyboard layout, one of QEMU's keymaps: 'virtty "
			  "type vm root "
			  "--enter'. A newline is Enter, a tab is Tab. If the layout cannot make a character, nothing "
			  "is typed and the "
			  "command fails, unless --skip leaves it out. A password is better piped to 'virtty type NAME "
			  "-': everybody on this host can read a "
			  "command line."),
	.options = type_options,
	.run = run_type,
};
