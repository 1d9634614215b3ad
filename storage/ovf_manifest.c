/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Manifests of OVF packages: the digests of their files. */
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "storage/ovf.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

ENUM_WORDS(digest, DIGEST_COUNT, NULL, "SHA1", "SHA256", "SHA512");

size_t digest_hex_length(enum digest digest)
{
	return digest == DIGEST_SHA1 ? 40 : digest == DIGEST_SHA256 ? 64 : digest == DIGEST_SHA512 ? 128 : 0;
}

void manifest_clear(struct manifest *manifest)
{
	for (size_t i = 0; i < manifest->count; i++) {
		free(manifest->lines[i].name);
		free(manifest->lines[i].hex);
	}
	free(manifest->lines);
	*manifest = (struct manifest){ 0 };
}

const struct manifest_line *manifest_find(const struct manifest *manifest, const char *name)
{
	for (size_t i = 0; i < manifest->count; i++)
		if (strcmp(manifest->lines[i].name, name) == 0)
			return &manifest->lines[i];
	return NULL;
}

/* "SHA256(name)= digits", with blanks where programs put them. */
static bool read_line(char *line, struct manifest *ret)
{
	char *open = strchr(line, '('), *close = strrchr(line, ')'), *digits;
	struct manifest_line *added;
	enum digest digest = DIGEST_NONE;
	size_t word;

	if (open == NULL || close == NULL || close < open + 2)
		return false;
	for (word = (size_t)(open - line); word > 0 && line[word - 1] == ' '; word--)
		;
	for (int i = DIGEST_NONE + 1; i < DIGEST_COUNT; i++)
		if (strlen(enum_word(&digest_words, i)) == word && strncasecmp(line, enum_word(&digest_words, i), word) == 0)
			digest = (enum digest)i;
	digits = close + 1 + strspn(close + 1, " ");
	if (digest == DIGEST_NONE || *digits != '=')
		return false;
	digits += 1 + strspn(digits + 1, " ");
	digits[strcspn(digits, " \r\t")] = '\0';
	if (strlen(digits) != digest_hex_length(digest) || strspn(digits, "0123456789abcdefABCDEF") != strlen(digits))
		return false;
	added = ARRAY_ADD(ret->lines, ret->count);
	*added = (struct manifest_line){ .name = xstrndup(open + 1, (size_t)(close - open - 1)), .hex = xstrdup(digits), .digest = digest };
	for (char *at = added->hex; *at != '\0'; at++)
		*at = (char)tolower((unsigned char)*at);
	return true;
}

bool manifest_parse(const char *source, const char *text, size_t length, struct manifest *ret, struct error *err)
{
	_cleanup_free_ char *copy = xstrndup(text, length);
	_cleanup_strv_ char **lines = strv_split(copy, "\r\n");

	*ret = (struct manifest){ 0 };
	if (strlen(copy) != length || !utf8_valid(copy, length))
		return error_set(err, ERROR_INVALID, "%s is no manifest: it is not text", source);
	for (size_t i = 0; lines != NULL && lines[i] != NULL; i++) {
		if (lines[i][strspn(lines[i], " \t")] == '\0' || read_line(lines[i], ret))
			continue;
		manifest_clear(ret);
		return error_set(err, ERROR_INVALID, "%s is no manifest: '%.80s' is not a digest of SHA1, SHA256 or SHA512", source, lines[i]);
	}
	return true;
}
