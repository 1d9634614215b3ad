/* SPDX-License-Identifier: GPL-2.0-or-later */
/* QMP messages as raw bytes: a framer, a strict scanner, and the replacement of ids. */
#include "hv/qmp_scan.h"

#include "base/memory.h"
#include "base/text.h"

#include <string.h>

static const char *const key_words[QMP_KEY_COUNT] = {
	[QMP_KEY_EXECUTE] = "execute", [QMP_KEY_EXEC_OOB] = "exec-oob", [QMP_KEY_ARGUMENTS] = "arguments",
	[QMP_KEY_ID] = "id",           [QMP_KEY_RETURN] = "return",     [QMP_KEY_ERROR] = "error",
	[QMP_KEY_EVENT] = "event",     [QMP_KEY_GREETING] = "QMP",
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* ---- the framer ---- */

/* Moves over blanks, or over the rest of a line of garbage; false when nothing that begins a message is left. */
static bool framer_skip(struct qmp_framer *framer, const char *bytes, size_t length, size_t *at)
{
	if (framer->skipping) {
		const char *end = memchr(bytes + *at, '\n', length - *at);

		if (end == NULL) {
			*at = length;
			return false;
		}
		*at = (size_t)(end - bytes) + 1;
		framer->skipping = false;
	}
	while (*at < length && is_blank(bytes[*at]))
		(*at)++;
	return *at < length;
}

/* Follows the message until its last brace; the position after it, or 0 when it goes on beyond length. */
static size_t framer_follow(struct qmp_framer *framer, const char *bytes, size_t at, size_t length)
{
	for (; at < length; at++) {
		char c = bytes[at];

		if (framer->in_string) {
			if (framer->escaped)
				framer->escaped = false;
			else if (c == '\\')
				framer->escaped = true;
			else if (c == '"')
				framer->in_string = false;
		} else if (c == '"') {
			framer->in_string = true;
		} else if (c == '{' || c == '[') {
			framer->depth++;
		} else if ((c == '}' || c == ']') && --framer->depth == 0) {
			return at + 1;
		}
	}
	return 0;
}

enum qmp_frame qmp_framer_feed(struct qmp_framer *framer, const char *bytes, size_t length, size_t *ret_used, const char **ret_text,
			       size_t *ret_length)
{
	size_t at = 0;

	if (framer->delivered) {
		strbuf_clear(&framer->kept);
		framer->delivered = false;
	}
	if (framer->depth == 0) {
		if (!framer_skip(framer, bytes, length, &at)) {
			*ret_used = length;
			return QMP_FRAME_MORE;
		}
		if (bytes[at] != '{') {
			framer->skipping = true;
			*ret_used = at;
			return QMP_FRAME_GARBAGE;
		}
	}
	size_t end = framer_follow(framer, bytes, at, length);
	size_t taken = (end == 0 ? length : end) - at;

	*ret_used = at + taken;
	if (framer->kept.length + taken > framer->limit)
		return QMP_FRAME_TOO_LONG;
	if (end == 0 || framer->kept.length > 0)
		strbuf_add(&framer->kept, bytes + at, taken);
	if (end == 0)
		return QMP_FRAME_MORE;
	framer->delivered = framer->kept.length > 0;
	*ret_text = framer->delivered ? framer->kept.data : bytes + at;
	*ret_length = framer->delivered ? framer->kept.length : taken;
	return QMP_FRAME_MESSAGE;
}

void qmp_framer_clear(struct qmp_framer *framer)
{
	strbuf_clear(&framer->kept);
	*framer = (struct qmp_framer){ .limit = framer->limit };
}

/* ---- the scanner ---- */

struct cursor {
	const char *text;
	size_t at, length;
	const char *problem;
};

static bool problem(struct cursor *c, const char *what)
{
	if (c->problem == NULL)
		c->problem = what;
	return false;
}

static char peek(const struct cursor *c)
{
	return c->at < c->length ? c->text[c->at] : '\0';
}

static void skip_blanks(struct cursor *c)
{
	while (c->at < c->length && is_blank(c->text[c->at]))
		c->at++;
}

static bool scan_escape(struct cursor *c)
{
	char kind = peek(c);

	c->at++;
	if (kind != '\0' && strchr("\"\\/bfnrt", kind) != NULL)
		return true;
	if (kind != 'u')
		return problem(c, "an unknown escape in a string");
	for (int i = 0; i < 4; i++, c->at++) {
		char h = peek(c);

		if (!((h >= '0' && h <= '9') || (h >= 'a' && h <= 'f') || (h >= 'A' && h <= 'F')))
			return problem(c, "a broken \\u escape");
	}
	return true;
}

static bool scan_string(struct cursor *c)
{
	if (peek(c) != '"')
		return problem(c, "no string where one belongs");
	for (c->at++; c->at < c->length;) {
		unsigned char byte = (unsigned char)c->text[c->at++];

		if (byte == '"')
			return true;
		if (byte < 0x20)
			return problem(c, "a control character in a string");
		if (byte == '\\' && !scan_escape(c))
			return false;
	}
	return problem(c, "a string without an end");
}

static bool scan_digits(struct cursor *c)
{
	size_t from = c->at;

	while (peek(c) >= '0' && peek(c) <= '9')
		c->at++;
	return c->at > from || problem(c, "a broken number");
}

static bool scan_number(struct cursor *c)
{
	if (peek(c) == '-')
		c->at++;
	if (peek(c) == '0')
		c->at++;
	else if (!scan_digits(c))
		return false;
	if (peek(c) == '.') {
		c->at++;
		if (!scan_digits(c))
			return false;
	}
	if (peek(c) == 'e' || peek(c) == 'E') {
		c->at++;
		if (peek(c) == '+' || peek(c) == '-')
			c->at++;
		if (!scan_digits(c))
			return false;
	}
	return true;
}

static bool scan_word(struct cursor *c, const char *word)
{
	size_t length = strlen(word);

	if (c->length - c->at < length || memcmp(c->text + c->at, word, length) != 0)
		return problem(c, "an unknown word");
	c->at += length;
	return true;
}

static bool scan_value(struct cursor *c, unsigned depth);

/* One "name": value; name and value are told apart for the caller. */
static bool scan_member(struct cursor *c, unsigned depth, struct qmp_span *ret_name, struct qmp_span *ret_value)
{
	skip_blanks(c);
	ret_name->at = c->at;
	if (!scan_string(c))
		return false;
	ret_name->length = c->at - ret_name->at;
	skip_blanks(c);
	if (peek(c) != ':')
		return problem(c, "a member without a colon");
	c->at++;
	skip_blanks(c);
	ret_value->at = c->at;
	if (!scan_value(c, depth))
		return false;
	ret_value->length = c->at - ret_value->at;
	return true;
}

/* After an item: a comma (true), or the closing bracket (*ret_end). */
static bool scan_separator(struct cursor *c, char close, bool *ret_end)
{
	skip_blanks(c);
	*ret_end = peek(c) == close;
	if (!*ret_end && peek(c) != ',')
		return problem(c, "no comma where one belongs");
	c->at++;
	return true;
}

/* An array, or an object whose members nobody asked for. */
static bool scan_container(struct cursor *c, unsigned depth)
{
	char close = peek(c) == '{' ? '}' : ']';
	bool end = false;

	if (depth >= QMP_DEPTH_LIMIT)
		return problem(c, "too deep a nesting");
	c->at++;
	skip_blanks(c);
	if (peek(c) == close) {
		c->at++;
		return true;
	}
	while (!end) {
		struct qmp_span name, value;

		skip_blanks(c);
		if (close == '}' ? !scan_member(c, depth + 1, &name, &value) : !scan_value(c, depth + 1))
			return false;
		if (!scan_separator(c, close, &end))
			return false;
	}
	return true;
}

static bool scan_value(struct cursor *c, unsigned depth)
{
	switch (peek(c)) {
	case '{':
	case '[':
		return scan_container(c, depth);
	case '"':
		return scan_string(c);
	case 't':
		return scan_word(c, "true");
	case 'f':
		return scan_word(c, "false");
	case 'n':
		return scan_word(c, "null");
	default:
		return scan_number(c);
	}
}

/* Notes a member of the top object, when it is a known one. */
static bool note_member(struct cursor *c, struct qmp_message *ret, struct qmp_span name, struct qmp_span value)
{
	const char *word = c->text + name.at + 1;
	size_t length = name.length - 2;

	if (memchr(word, '\\', length) != NULL)
		return problem(c, "an escape in a member's name");
	for (int key = 0; key < QMP_KEY_COUNT; key++) {
		if (strlen(key_words[key]) != length || memcmp(key_words[key], word, length) != 0)
			continue;
		if (ret->name[key].length > 0)
			return problem(c, "a member that is there twice");
		ret->name[key] = name;
		ret->value[key] = value;
	}
	return true;
}

static bool scan_top(struct cursor *c, struct qmp_message *ret)
{
	bool end;

	skip_blanks(c);
	if (peek(c) != '{')
		return problem(c, "no object");
	c->at++;
	skip_blanks(c);
	end = peek(c) == '}';
	if (end)
		c->at++;
	while (!end) {
		struct qmp_span name, value;

		if (!scan_member(c, 1, &name, &value) || !note_member(c, ret, name, value) || !scan_separator(c, '}', &end))
			return false;
	}
	skip_blanks(c);
	return c->at == c->length || problem(c, "something after the object");
}

bool qmp_scan(const char *text, size_t length, struct qmp_message *ret, struct error *err)
{
	struct cursor c = { .text = text, .length = length };

	memset(ret, 0, sizeof *ret);
	if (!scan_top(&c, ret)) {
		memset(ret, 0, sizeof *ret);
		return error_set(err, ERROR_PROTOCOL, "invalid JSON at byte %zu: %s", c.at, c.problem);
	}
	if (!utf8_valid(text, length)) {
		memset(ret, 0, sizeof *ret);
		return error_set(err, ERROR_PROTOCOL, "invalid JSON: not UTF-8");
	}
	return true;
}

/* ---- what was found ---- */

bool qmp_value_is(const char *text, const struct qmp_message *message, enum qmp_key key, const char *word)
{
	const struct qmp_span *value = &message->value[key];
	size_t length = strlen(word);

	return value->length == length + 2 && text[value->at] == '"' && memcmp(text + value->at + 1, word, length) == 0;
}

char *qmp_value_string(const char *text, const struct qmp_message *message, enum qmp_key key)
{
	const struct qmp_span *value = &message->value[key];

	if (value->length < 2 || text[value->at] != '"' || memchr(text + value->at, '\\', value->length) != NULL)
		return NULL;
	return xstrndup(text + value->at + 1, value->length - 2);
}

/* Where a member begins and ends when it is cut out with one comma beside it. */
static void member_extent(const char *text, const struct qmp_message *message, enum qmp_key key, size_t *ret_from, size_t *ret_to)
{
	size_t from = message->name[key].at, to = message->value[key].at + message->value[key].length;
	size_t before = from, after = to;

	while (is_blank(text[before - 1]))
		before--;
	while (is_blank(text[after]))
		after++;
	if (text[before - 1] == ',')
		from = before - 1;
	else if (text[after] == ',')
		to = after + 1;
	*ret_from = from;
	*ret_to = to;
}

void qmp_replace_id(struct strbuf *out, const char *text, size_t length, const struct qmp_message *message, const char *id,
		    size_t id_length)
{
	const struct qmp_span *old = &message->value[QMP_KEY_ID];
	size_t from = old->at, to = old->at + old->length;

	if (old->length == 0 && id == NULL) {
		strbuf_add(out, text, length);
		return;
	}
	if (old->length == 0) {
		/* before the first member, if there is one */
		from = to = (size_t)((const char *)memchr(text, '{', length) - text) + 1;
		strbuf_add(out, text, from);
		strbuf_puts(out, "\"id\": ");
		strbuf_add(out, id, id_length);
		from += strspn(text + from, " \t\r\n");
		if (text[from] != '}')
			strbuf_puts(out, ", ");
	} else if (id == NULL) {
		member_extent(text, message, QMP_KEY_ID, &from, &to);
		strbuf_add(out, text, from);
	} else {
		strbuf_add(out, text, from);
		strbuf_add(out, id, id_length);
	}
	strbuf_add(out, text + to, length - to);
}
