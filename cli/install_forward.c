/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Port forwards among the parts of --network, in virtty's short way and in virt-install's. */
#include "config.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "cli/install_forward.h"
#include "core/forward.h"

#include <stdlib.h>
#include <string.h>

#define SHORT_KEY "forward="
#define LONG_KEY  "portForward"

/* One <range> of virt-install's, gathered from its parts. */
struct range {
	uint64_t forward, number; /* of portForward and of range, as they are counted there */
	char *start, *end, *to;	  /* owned */
};
struct element {
	uint64_t number;
	char *proto, *address; /* owned */
};
struct taking {
	struct element *elements; /* owned */
	size_t element_count;
	struct range *ranges; /* owned */
	size_t range_count;
};

static void taking_clear(struct taking *taking)
{
	for (size_t i = 0; i < taking->element_count; i++) {
		free(taking->elements[i].proto);
		free(taking->elements[i].address);
	}
	for (size_t i = 0; i < taking->range_count; i++) {
		free(taking->ranges[i].start);
		free(taking->ranges[i].end);
		free(taking->ranges[i].to);
	}
	free(taking->elements);
	free(taking->ranges);
}

/* "forward=2222:22", "forward=udp:53" */
static bool take_short(const char *value, char ***forwards, struct error *err)
{
	bool named = text_starts(value, "tcp:") || text_starts(value, "udp:");
	_cleanup_free_ char *proto = named ? xstrndup(value, 3) : xstrdup("tcp");
	_cleanup_forward_ struct forward forward = { 0 };

	if (!forward_parse(proto, named ? value + 4 : value, &forward, err))
		return error_wrap(err, "--network");
	_cleanup_free_ char *text = forward_text(&forward);

	*forwards = strv_addf(*forwards, "%s:%s", proto, text);
	return true;
}

/* The number behind a name, 0 where there is none; *key goes on behind it. */
static uint64_t read_number(const char **key)
{
	size_t length = strspn(*key, "0123456789");
	_cleanup_free_ char *digits = xstrndup(*key, length);
	uint64_t number = 0;

	(void)text_to_uint(digits, false, &number);
	*key += length;
	return number;
}

static struct element *element_of(struct taking *taking, uint64_t number)
{
	struct element *element;

	for (size_t i = 0; i < taking->element_count; i++)
		if (taking->elements[i].number == number)
			return &taking->elements[i];
	element = ARRAY_ADD(taking->elements, taking->element_count);
	element->number = number;
	return element;
}

static struct range *range_of(struct taking *taking, uint64_t forward, uint64_t number)
{
	struct range *range;

	for (size_t i = 0; i < taking->range_count; i++)
		if (taking->ranges[i].forward == forward && taking->ranges[i].number == number)
			return &taking->ranges[i];
	range = ARRAY_ADD(taking->ranges, taking->range_count);
	range->forward = forward;
	range->number = number;
	return range;
}

/* Where the value of "portForward0.range1.start" goes; NULL: there is no such part. */
static char **place_of(struct taking *taking, const char *key)
{
	uint64_t forward;

	key += strlen(LONG_KEY);
	forward = read_number(&key);
	if (text_equal(key, ".proto"))
		return &element_of(taking, forward)->proto;
	if (text_equal(key, ".address"))
		return &element_of(taking, forward)->address;
	if (!text_starts(key, ".range"))
		return NULL;
	key += strlen(".range");
	struct range *range = range_of(taking, forward, read_number(&key));

	return text_equal(key, ".start") ? &range->start : text_equal(key, ".end") ? &range->end : text_equal(key, ".to") ? &range->to : NULL;
}

static bool take_long(struct taking *taking, const char *part, struct error *err)
{
	_cleanup_free_ char *key = xstrndup(part, strcspn(part, "="));
	char **place = place_of(taking, key);

	if (place == NULL) {
		error_set(err, ERROR_INVALID, _("--network does not know '%s'"), key);
		return error_hint(err, _("portForward0.proto, .address, .range0.start, .range0.end and .range0.to are known; "
					 "forward=2222:22 is shorter"));
	}
	if (*place != NULL)
		return error_set(err, ERROR_INVALID, _("--network has '%s' twice"), key);
	if (text_empty(part + strlen(key)) || part[strlen(key) + 1] == '\0')
		return error_set(err, ERROR_INVALID, _("--network has '%s' without a value"), key);
	*place = xstrdup(part + strlen(key) + 1);
	return true;
}

/* As take_short() reads it. Owned; NULL with err. */
static char *range_text(const struct element *element, const struct range *range, struct error *err)
{
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;
	bool v6 = element->address != NULL && strchr(element->address, ':') != NULL;
	uint64_t start = 0, end = 0, to = 0;

	if (range->start == NULL || !text_to_uint(range->start, false, &start) || (range->end != NULL && !text_to_uint(range->end, false, &end)) ||
	    (range->to != NULL && !text_to_uint(range->to, false, &to))) {
		error_set(err, ERROR_INVALID, _("--network: a range of portForward%llu has no start=, or one that is no port"),
			  (unsigned long long)range->forward);
		return NULL;
	}
	end = range->end != NULL ? end : start;
	to = range->to != NULL ? to : start;
	strbuf_printf(&text, "%s:", element->proto != NULL ? element->proto : "tcp");
	if (element->address != NULL)
		strbuf_printf(&text, "%s%s%s:", v6 ? "[" : "", element->address, v6 ? "]" : "");
	strbuf_printf(&text, "%s", range->start);
	if (end != start)
		strbuf_printf(&text, "-%s", range->end);
	strbuf_printf(&text, ":%llu", (unsigned long long)to);
	if (end != start)
		strbuf_printf(&text, "-%llu", (unsigned long long)(to + end - start));
	return strbuf_take(&text);
}

static bool finish(struct taking *taking, char ***forwards, struct error *err)
{
	for (size_t i = 0; i < taking->range_count; i++)
		(void)element_of(taking, taking->ranges[i].forward);
	for (size_t i = 0; i < taking->element_count; i++) {
		const struct element *element = &taking->elements[i];
		size_t before = strv_length(*forwards);

		if (element->proto != NULL && !text_equal(element->proto, "tcp") && !text_equal(element->proto, "udp"))
			return error_set(err, ERROR_INVALID, _("--network: protocol '%s' is not known; allowed: tcp, udp"), element->proto);
		for (size_t n = 0; n < taking->range_count; n++) {
			if (taking->ranges[n].forward != element->number)
				continue;
			_cleanup_free_ char *text = range_text(element, &taking->ranges[n], err);

			if (text == NULL || !take_short(text, forwards, err))
				return false;
		}
		if (strv_length(*forwards) == before)
			return error_set(err, ERROR_INVALID, _("--network: portForward%llu has no range0.start="),
					 (unsigned long long)element->number);
	}
	return true;
}

/* A part as it was, a comma in it written twice. */
static void put_back(struct strbuf *rest, const char *part, bool first)
{
	if (!first)
		strbuf_putc(rest, ',');
	for (; *part != '\0'; part++)
		strbuf_puts(rest, *part == ',' ? ",," : (const char[]){ *part, '\0' });
}

bool install_forwards_take(const char *text, char **ret_rest, char ***ret_forwards, struct error *err)
{
	_cleanup_(taking_clear) struct taking taking = { 0 };
	_cleanup_strv_ char **parts = strv_split_parts(text), **forwards = NULL;
	_cleanup_strbuf_ struct strbuf rest = STRBUF_INIT;
	bool first = true;

	for (char **part = parts; *part != NULL; part++) {
		if (text_starts(*part, SHORT_KEY)) {
			if (!take_short(*part + strlen(SHORT_KEY), &forwards, err))
				return false;
		} else if (text_starts(*part, LONG_KEY)) {
			if (!take_long(&taking, *part, err))
				return false;
		} else {
			put_back(&rest, *part, first);
			first = false;
		}
	}
	if (!finish(&taking, &forwards, err))
		return false;
	*ret_rest = strbuf_take(&rest);
	*ret_forwards = TAKE_POINTER(forwards);
	return true;
}
