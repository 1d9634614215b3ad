/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parsing XML through libxml2, hardened: no network, no DTD, no entities, bounded size and depth. */
#include "base/xml.h"
#include "base/memory.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>
#include <string.h>

#define TEXT_OF(number)  #number
#define TOO_DEEP_AT(max) "elements are nested more than " TEXT_OF(max) " deep"
#define TOO_DEEP         TOO_DEEP_AT(XML_DEPTH_LIMIT)

/* The first thing that went wrong in one parse; hangs on the parser context. */
struct parse_state {
	const char *name;
	struct error error; /* owned */
	startElementNsSAX2Func start_element;
};

#if LIBXML_VERSION >= 21200
typedef const xmlError *reported_error;
#else
typedef xmlErrorPtr reported_error;
#endif

void cleanup_xmldoc(xmlDoc **doc)
{
	xmlFreeDoc(*doc);
}

/* Takes the place of libxml2's own handler, which prints. */
static void ignore_error(void *context, reported_error reported)
{
	(void)context;
	(void)reported;
}

static void on_error(void *context, reported_error reported)
{
	xmlParserCtxt *parser = context;
	struct parse_state *state = parser->_private;

	if (error_is_set(&state->error) || reported == NULL || reported->level < XML_ERR_ERROR)
		return;
	const char *message = reported->message != NULL ? reported->message : "not well-formed";

	/* libxml2 ends a message by a newline and may go on with more lines */
	error_set(&state->error, ERROR_INVALID, "%s:%d: %.*s", state->name, reported->line, (int)strcspn(message, "\n"),
		  message);
}

static void refuse(xmlParserCtxt *parser, const char *why)
{
	struct parse_state *state = parser->_private;

	if (!error_is_set(&state->error))
		error_set(&state->error, ERROR_INVALID, "%s:%d: %s", state->name, xmlSAX2GetLineNumber(parser), why);
	xmlStopParser(parser);
}

/* Called at the DOCTYPE's name, before any declaration in it is read. */
static void on_doctype(void *context, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
	(void)name;
	(void)external;
	(void)system;
	refuse(context, "a DOCTYPE is not allowed");
}

static void on_element(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int namespaces,
		       const xmlChar **namespace_list, int attributes, int defaulted, const xmlChar **attribute_list)
{
	xmlParserCtxt *parser = context;
	struct parse_state *state = parser->_private;

	if (parser->nodeNr >= XML_DEPTH_LIMIT) {
		refuse(parser, TOO_DEEP);
		return;
	}
	state->start_element(context, name, prefix, uri, namespaces, namespace_list, attributes, defaulted, attribute_list);
}

static void cleanup_parser(xmlParserCtxt **parser)
{
	xmlFreeParserCtxt(*parser);
}

/* A parser context with our handlers on it. */
static xmlParserCtxt *parser_make(struct parse_state *state)
{
	static bool ready;

	if (!ready) {
		xmlInitParser();
		/* errors without a context, as those of encodings, would be printed */
		xmlSetStructuredErrorFunc(NULL, ignore_error);
		ready = true;
	}
	xmlParserCtxt *parser = xmlNewParserCtxt();

	if (parser == NULL || parser->sax == NULL)
		memory_exhausted();
	state->start_element = parser->sax->startElementNs;
	parser->sax->startElementNs = on_element;
	parser->sax->internalSubset = on_doctype;
	parser->sax->serror = on_error;
	parser->_private = state;
	return parser;
}

xmlDoc *xml_parse(const char *name, const char *text, size_t length, struct error *err)
{
	struct parse_state state = { .name = name };

	if (length > XML_SIZE_LIMIT) {
		error_set(err, ERROR_INVALID, "%s: larger than %d MiB", name, XML_SIZE_LIMIT / 1024 / 1024);
		return NULL;
	}
	if (length == 0) {
		error_set(err, ERROR_INVALID, "%s: empty, not an XML document", name);
		return NULL;
	}
	_cleanup_(cleanup_parser) xmlParserCtxt *parser = parser_make(&state);
	/* no dictionary: nodes own their names and may move from one document to another */
	int options = XML_PARSE_NONET | XML_PARSE_NODICT | XML_PARSE_BIG_LINES;
	_cleanup_xmldoc_ xmlDoc *doc = xmlCtxtReadMemory(parser, text, (int)length, NULL, NULL, options);

	if (doc != NULL && !error_is_set(&state.error) && xmlDocGetRootElement(doc) != NULL)
		return TAKE_POINTER(doc);
	if (!error_is_set(&state.error))
		error_set(&state.error, ERROR_INVALID, "%s: not an XML document", name);
	error_move(err, &state.error);
	return NULL;
}
