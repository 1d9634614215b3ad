/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers and sizes as people write them, without overflow and without the locale. */
#include "base/memory.h"
#include "base/text.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 99;
}

/* Reads the digits at *text and moves past them; false when there is none or they overflow. */
static bool read_digits(const char **text, int base, uint64_t *ret)
{
	const char *p = *text;
	uint64_t value = 0;

	for (; digit_of(*p) < base; p++)
		if (__builtin_mul_overflow(value, (uint64_t)base, &value) ||
		    __builtin_add_overflow(value, (uint64_t)digit_of(*p), &value))
			return false;
	if (p == *text)
		return false;
	*text = p;
	*ret = value;
	return true;
}

bool text_to_uint(const char *text, bool hex, uint64_t *ret)
{
	uint64_t value;
	int base = 10;

	if (text == NULL)
		return false;
	if (hex && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
		text += 2;
		base = 16;
	}
	if (!read_digits(&text, base, &value) || *text != '\0')
		return false;
	*ret = value;
	return true;
}

bool text_to_int(const char *text, int64_t *ret)
{
	bool negative = text != NULL && *text == '-';
	uint64_t value;

	if (!text_to_uint(negative ? text + 1 : text, false, &value))
		return false;
	if (value > (uint64_t)INT64_MAX + (negative ? 1 : 0))
		return false;
	/* the least number has no positive twin, so negate before the conversion */
	*ret = (int64_t)(negative ? -value : value);
	return true;
}

uint64_t unit_factor(const char *unit)
{
	static const char letters[] = "kmgtpe";
	uint64_t factor = 1;

	if (text_empty(unit))
		return 0;
	if (strcasecmp(unit, "b") == 0 || strcasecmp(unit, "byte") == 0 || strcasecmp(unit, "bytes") == 0)
		return 1;
	char lower = (char)(unit[0] >= 'A' && unit[0] <= 'Z' ? unit[0] - 'A' + 'a' : unit[0]);
	const char *letter = strchr(letters, lower);

	if (letter == NULL)
		return 0;
	bool binary = unit[1] == '\0' || strcasecmp(unit + 1, "ib") == 0;

	if (!binary && strcasecmp(unit + 1, "b") != 0)
		return 0;
	for (long i = 0; i <= letter - letters; i++)
		factor *= binary ? 1024 : 1000;
	return factor;
}

/* The digits after a decimal point, as numerator and denominator; those beyond the eighteenth are below a byte. */
static bool read_fraction(const char **text, uint64_t *ret_numerator, uint64_t *ret_denominator)
{
	const char *p = *text;
	uint64_t numerator = 0;
	uint64_t denominator = 1;

	for (; digit_of(*p) < 10; p++) {
		if (p - *text >= 18)
			continue;
		numerator = numerator * 10 + (uint64_t)digit_of(*p);
		denominator *= 10;
	}
	if (p == *text)
		return false;
	*text = p;
	*ret_numerator = numerator;
	*ret_denominator = denominator;
	return true;
}

static bool unit_unknown(const char *text, const char *unit, struct error *err)
{
	error_set(err, ERROR_INVALID, "size '%s' has the unknown unit '%s'", text, unit);
	return error_hint(err, "units are b, k, M, G, T, P and E, as in 20G, 20GiB (1024) or 20GB (1000)");
}

bool size_parse(const char *text, const char *default_unit, uint64_t *ret_bytes, struct error *err)
{
	const char *p = text != NULL ? text : "";
	uint64_t whole;
	uint64_t numerator = 0;
	uint64_t denominator = 1;

	if (*p == '\0')
		return error_set(err, ERROR_INVALID, "the size is empty");
	if (*p == '-')
		return error_set(err, ERROR_INVALID, "size '%s' is negative", text);
	if (digit_of(*p) > 9)
		return error_set(err, ERROR_INVALID, "'%s' is not a size", text);
	if (!read_digits(&p, 10, &whole))
		return error_set(err, ERROR_INVALID, "size '%s' is too large", text);
	if (*p == '.' && (p++, !read_fraction(&p, &numerator, &denominator)))
		return error_set(err, ERROR_INVALID, "'%s' is not a size", text);
	while (*p == ' ')
		p++;
	const char *unit = *p != '\0' ? p : default_unit != NULL ? default_unit : "b";
	uint64_t factor = unit_factor(unit);

	if (factor == 0)
		return unit_unknown(text, unit, err);
	if (factor == 1 && numerator != 0)
		return error_set(err, ERROR_INVALID, "size '%s' is not a whole number of bytes", text);
	/* at most 2^60 * 10^18, well inside 128 bits */
	uint64_t part = (uint64_t)((unsigned __int128)numerator * factor / denominator);
	uint64_t bytes;

	if (__builtin_mul_overflow(whole, factor, &bytes) || __builtin_add_overflow(bytes, part, &bytes))
		return error_set(err, ERROR_INVALID, "size '%s' is too large", text);
	*ret_bytes = bytes;
	return true;
}

char *size_format(uint64_t bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	size_t unit = 0;
	uint64_t factor = 1;

	while (unit + 1 < ARRAY_LENGTH(units) && bytes / factor >= 1024) {
		factor *= 1024;
		unit++;
	}
	uint64_t tenths = (uint64_t)(((unsigned __int128)bytes * 10 + factor / 2) / factor);

	/* 1023.95 KiB and more rounds up to the next unit */
	if (tenths >= 10240 && unit + 1 < ARRAY_LENGTH(units)) {
		tenths = 10;
		unit++;
	}
	if (tenths % 10 == 0)
		return strf("%" PRIu64 " %s", tenths / 10, units[unit]);
	return strf("%" PRIu64 ".%" PRIu64 " %s", tenths / 10, tenths % 10, units[unit]);
}
