/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A struct and its XML element described once, by a table: the same rows parse, patch, fill in defaults, document and free. */
#ifndef BASE_SCHEMA_H
#define BASE_SCHEMA_H

#include "base/enum.h"
#include "base/error.h"
#include "base/optional.h"

#include <libxml/tree.h>
#include <stddef.h>
#include <stdint.h>

enum schema_kind {
	SCHEMA_STRING,    /* char *: text without blanks at its ends */
	SCHEMA_RAW,       /* char *: text as it stands */
	SCHEMA_UUID,      /* char *: in canonical form */
	SCHEMA_MAC,       /* char *: in canonical form */
	SCHEMA_WORD,      /* an enum, one of words */
	SCHEMA_WORDS,     /* one enum an element: an array of max enums inside the struct, their number at count_offset */
	SCHEMA_UINT,      /* struct opt_uint, min to max */
	SCHEMA_KIB,       /* struct opt_uint: a size with @unit (default KiB), rounded up to KiB */
	SCHEMA_KIB_PLAIN, /* the same in a uint64_t, 0: absent */
	SCHEMA_BYTES,     /* struct opt_uint: a size with @unit (default bytes), in bytes; 0 is one */
	SCHEMA_FLAG,      /* bool: the element is there */
	SCHEMA_SWITCH,    /* enum tristate: the element is there, unless its @state says 'off' */
	SCHEMA_KNOWN,     /* understood, nothing to keep */
	SCHEMA_NODE,      /* xmlNode *: a subtree of which nothing is looked at */
	SCHEMA_NESTED,    /* a struct inside this one */
	SCHEMA_LIST,      /* an array of structs (pointer at offset, number at count_offset), an element each */
	SCHEMA_TREE,      /* a pointer to one more struct; an element that says nothing sets the bool at count_offset instead */
};

/* A row holds only while the enum at offset is one of the values in mask; mask 0: always. */
struct schema_when {
	size_t offset;
	uint32_t mask;
};

struct schema_row {
	/* From the struct's own element: "@type", "driver/@type", "name"; ".", in the first row alone: its own text. Rows with a common first step stand together, and an
	 * element's own row before those of what is in it. Their order is also the order in which elements are written. */
	const char *path;
	enum schema_kind kind;
	size_t offset, count_offset;
	const struct enum_words *words; /* WORD, WORDS; of a STRING: what it may be */
	const struct schema *schema; /* NESTED, LIST, TREE */
	struct schema_when when;
	uint64_t min, max;           /* UINT; max 0: no limit. WORDS: max is the capacity */
	bool key;                    /* a discriminator: read before the rest of its struct; an attribute of the struct's own element */
	bool required;
	bool secret;
	const char *default_value;   /* what schema_defaults() writes where the document says nothing */
	const char *label, *help;    /* for forms and documentation; label NULL: not shown */
};

struct schema {
	const char *element;
	const struct schema_row *rows;
	size_t count;
	size_t size;        /* of the struct */
	size_t node_offset; /* its xmlNode * */
};

#define SCHEMA_ROWS_MAX 128
#define SCHEMA_ITEMS_MAX 4096 /* of one list: a document is refused that has more */

/* Rows, for tables that define SCHEMA_TYPE as their struct. What follows the help text are further members of the row. */
#define SCHEMA_ROW(kind_, path_, member_, label_, help_, ...) \
	{ .path = path_, .kind = kind_, .offset = offsetof(SCHEMA_TYPE, member_), .label = label_, .help = help_, __VA_ARGS__ }
#define ROW_STRING(...) SCHEMA_ROW(SCHEMA_STRING, __VA_ARGS__)
#define ROW_CHOICE(path_, member_, words_, ...) SCHEMA_ROW(SCHEMA_STRING, path_, member_, __VA_ARGS__, .words = &(words_))
#define ROW_RAW(...) SCHEMA_ROW(SCHEMA_RAW, __VA_ARGS__)
#define ROW_WORD(path_, member_, words_, ...) SCHEMA_ROW(SCHEMA_WORD, path_, member_, __VA_ARGS__, .words = &(words_))
#define ROW_UINT(path_, member_, min_, max_, ...) SCHEMA_ROW(SCHEMA_UINT, path_, member_, __VA_ARGS__, .min = min_, .max = max_)
#define ROW_BYTES(...) SCHEMA_ROW(SCHEMA_BYTES, __VA_ARGS__)
#define ROW_FLAG(...) SCHEMA_ROW(SCHEMA_FLAG, __VA_ARGS__)
#define ROW_SWITCH(...) SCHEMA_ROW(SCHEMA_SWITCH, __VA_ARGS__)
#define ROW_KNOWN(path_) { .path = path_, .kind = SCHEMA_KNOWN }
#define ROW_NESTED(path_, member_, schema_) \
	{ .path = path_, .kind = SCHEMA_NESTED, .offset = offsetof(SCHEMA_TYPE, member_), .schema = &(schema_) }
#define ROW_LIST(path_, member_, count_, schema_) \
	{ .path = path_, .kind = SCHEMA_LIST, .offset = offsetof(SCHEMA_TYPE, member_), \
	  .count_offset = offsetof(SCHEMA_TYPE, count_), .schema = &(schema_) }
/* The words that a STRING row allows. */
#define SCHEMA_CHOICES(name, ...) \
	static const char *const name##_list[] = { NULL, __VA_ARGS__ }; \
	static const struct enum_words name = { name##_list, sizeof name##_list / sizeof *name##_list }
#define SCHEMA_WHEN(member_, mask_) .when = { offsetof(SCHEMA_TYPE, member_), mask_ }
#define SCHEMA_DEFINE(name, element_, rows_, node_) \
	const struct schema name = { .element = element_, .rows = rows_, .count = sizeof(rows_) / sizeof *(rows_), \
				     .size = sizeof(SCHEMA_TYPE), .node_offset = offsetof(SCHEMA_TYPE, node_) }

/* Who is told what no row describes: attribute is NULL for an element. */
struct schema_reader {
	const char *source; /* stands before ':' in messages */
	void (*unmodelled)(void *context, const xmlNode *node, const xmlAttr *attribute);
	void *context;
};

/* Fills a zeroed struct from its element and what is below. On error the struct holds what was read so far: free it all the same.
 * Messages read "source:line: <element>: ...". */
bool schema_parse(const struct schema *schema, xmlNode *node, void *object, const struct schema_reader *reader, struct error *err);

/* Frees what the struct owns (not the struct, not the document) and zeroes it. */
void schema_free(const struct schema *schema, void *object);

/* The row of that path that holds for this object, or NULL. object may be NULL: any row of that path. */
const struct schema_row *schema_find(const struct schema *schema, const void *object, const char *path);

/* A value of the view as text ("512", "virtio", "yes"), NULL when absent; a list or a struct has none. Owned. */
char *schema_get(const struct schema *schema, const void *object, const char *path);

/* Patches one value, in the document and in the view; elements on the way are made at their place, NULL takes the value away.
 * Errors: no such row now (a discriminator says otherwise), a word or number that the row does not allow. */
bool schema_set(const struct schema *schema, void *object, const char *path, const char *value, struct error *err);

/* The element that a path leads to, made at its place where missing; an attribute's: the element that has it. Borrowed. */
xmlNode *schema_element(const struct schema *schema, void *object, const char *path);

/* The struct behind a NESTED row, its element made where missing. Borrowed. */
void *schema_open(const struct schema *schema, void *object, const char *path);

/* Appends an item to a LIST row, with a new element. Borrowed until the list grows again. */
void *schema_add(const struct schema *schema, void *object, const char *path);

/* Writes the default_value of every row that holds and is absent, in the struct and in those below that exist. */
void schema_defaults(const struct schema *schema, void *object);

/* For the parts of the engine itself. */
xmlNode **schema_node(const struct schema *schema, void *object);
/* The pointer of a NODE, LIST or TREE row, whatever it points to. */
void *schema_pointer(const struct schema_row *row, const void *object);
void schema_set_pointer(const struct schema_row *row, void *object, void *pointer);
/* The number of items of a LIST row. */
size_t schema_count(const struct schema_row *row, const void *object);
/* One more zeroed item in the array of a LIST row. */
void *schema_grow(const struct schema_row *row, void *object);
bool schema_holds(const struct schema_row *row, const void *object);
bool schema_is_absent(const struct schema_row *row, const void *object);
/* Reads text into a field; attributes of an element with text (@unit, @state) come from node. The message has no place in it. */
bool schema_read_value(const struct schema_row *row, void *object, const char *text, const xmlNode *node, struct error *err);

#endif
