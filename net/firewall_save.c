/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads what iptables-save says, of either kind of iptables. */
#include "net/firewall.h"

#include "base/memory.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ---- words ---- */

/* The words of a line; "quoted ones" with blanks in them, as iptables-save writes comments. Owned. */
static char **split_words(const char *line)
{
	char **words = xcalloc(1, sizeof *words);

	while (*line != '\0') {
		struct strbuf word = STRBUF_INIT;
		bool quoted = false;

		line += strspn(line, " \t");
		if (*line == '\0')
			break;
		for (; *line != '\0' && (quoted || (*line != ' ' && *line != '\t')); line++) {
			if (*line == '"')
				quoted = !quoted;
			else if (*line == '\\' && line[1] != '\0')
				strbuf_putc(&word, *++line);
			else
				strbuf_putc(&word, *line);
		}
		words = strv_take(words, strbuf_take(&word));
	}
	return words;
}

/* "RELATED,ESTABLISHED" as nft writes it; "veth+" becomes "veth*", "60:70" "60-70". Owned. */
static char **values_of(enum filter_field field, const char *text)
{
	char **values = strv_split(text, ",");

	for (size_t i = 0; values != NULL && values[i] != NULL; i++) {
		size_t length = strlen(values[i]);

		if ((field == FIELD_IN || field == FIELD_OUT) && length > 0 && values[i][length - 1] == '+')
			values[i][length - 1] = '*';
		for (char *c = values[i]; *c != '\0'; c++)
			*c = field == FIELD_STATE || field == FIELD_STATUS || field == FIELD_PROTOCOL ? (char)tolower((unsigned char)*c) :
			     field == FIELD_PORT && *c == ':'					      ? '-' :
													*c;
	}
	return values;
}

/* ---- a rule ---- */

static const struct {
	const char *option;
	enum filter_field field;
} options[] = {
	{ "-i", FIELD_IN },	    { "-o", FIELD_OUT },       { "-p", FIELD_PROTOCOL }, { "--ctstate", FIELD_STATE },
	{ "--state", FIELD_STATE }, { "--ctstatus", FIELD_STATUS }, { "--dport", FIELD_PORT }, { "--dports", FIELD_PORT },
};

static enum filter_field field_of(const char *option)
{
	for (size_t i = 0; i < ARRAY_LENGTH(options); i++)
		if (text_equal(option, options[i].option))
			return options[i].field;
	return FIELD_OTHER;
}

static enum filter_verdict verdict_of(const char *target)
{
	static const struct {
		const char *target;
		enum filter_verdict verdict;
	} verdicts[] = {
		{ "ACCEPT", VERDICT_ACCEPT }, { "DROP", VERDICT_DROP },	      { "REJECT", VERDICT_DROP },
		{ "RETURN", VERDICT_RETURN }, { "QUEUE", VERDICT_UNKNOWN }, { "NFQUEUE", VERDICT_UNKNOWN },
		{ "TPROXY", VERDICT_UNKNOWN }, { "SYNPROXY", VERDICT_UNKNOWN },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(verdicts); i++)
		if (text_equal(target, verdicts[i].target))
			return verdicts[i].verdict;
	return VERDICT_JUMP; /* or a target that does something and goes on: then there is no chain of that name */
}

/* One option with its value, which may be missing, from words[at] on. Returns where the next begins. */
static size_t add_option(struct filter_rule *rule, char *const *words, size_t at, bool negated)
{
	const char *option = words[at++];
	const char *value = words[at] != NULL && words[at][0] != '-' && !text_equal(words[at], "!") ? words[at] : NULL;
	enum filter_field field = field_of(option);

	if (text_equal(option, "-m") || text_equal(option, "--comment"))
		return value != NULL ? at + 1 : at;
	if (text_equal(option, "--physdev-is-bridged"))
		rule_add_match(rule, FIELD_BRIDGED, negated, strv_add(NULL, "yes"));
	else if (field == FIELD_OTHER || value == NULL)
		rule_add_match(rule, FIELD_OTHER, negated, NULL);
	else if (!(field == FIELD_PROTOCOL && text_equal(value, "all")))
		rule_add_match(rule, field, negated, values_of(field, value));
	while (words[at] != NULL && words[at][0] != '-' && !text_equal(words[at], "!"))
		at++;
	return at;
}

/* words: those after "-A CHAIN". What comes after the target is its own business. */
static void read_rule(struct filter_chain *chain, char *const *words)
{
	struct filter_rule *rule = chain_add_rule(chain);
	bool negated = false;

	for (size_t at = 0; words[at] != NULL;) {
		if (text_equal(words[at], "-j") || text_equal(words[at], "-g")) {
			bool jumps = text_equal(words[at], "-j");

			if (words[at + 1] == NULL)
				return;
			rule->verdict = jumps ? verdict_of(words[at + 1]) : VERDICT_GOTO;
			rule->target = xstrdup(words[at + 1]);
			return;
		}
		if (text_equal(words[at], "!")) {
			negated = true;
			at++;
			continue;
		}
		at = add_option(rule, words, at, negated);
		negated = false;
	}
}

/* ---- the text ---- */

/* The tables that decide on packets that pass; nat and raw do not. */
static bool is_deciding(const char *table)
{
	return text_equal(table, "filter") || text_equal(table, "mangle") || text_equal(table, "security");
}

void firewall_read_save(struct firewall *firewall, const char *family, enum filter_kind kind, const char *text)
{
	_cleanup_strv_ char **lines = strv_split(text, "\n");
	_cleanup_free_ char *table = NULL;

	for (size_t i = 0; lines != NULL && lines[i] != NULL; i++) {
		const char *line = lines[i];
		struct filter_chain key = { .kind = kind, .family = (char *)(uintptr_t)family, .table = table };

		if (*line == '*') {
			free(table);
			table = xstrdup(line + 1);
			continue;
		}
		if (table == NULL || (*line != ':' && !text_starts(line, "-A ")))
			continue;
		_cleanup_strv_ char **words = split_words(line);

		if (*line == ':' && strv_length(words) >= 2) {
			struct filter_chain *chain = firewall_add_chain(firewall, kind, family, table, words[0] + 1);

			if (is_deciding(table) && text_equal(words[0], ":FORWARD"))
				chain->hook = xstrdup("forward");
			else if (is_deciding(table) && text_equal(words[0], ":INPUT"))
				chain->hook = xstrdup("input");
			chain->drops = text_equal(words[1], "DROP");
		} else if (strv_length(words) >= 2) {
			struct filter_chain *chain = firewall_chain(firewall, &key, words[1]);

			if (chain != NULL)
				read_rule(chain, words + 2);
		}
	}
}
