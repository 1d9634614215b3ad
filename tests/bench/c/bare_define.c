/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The least that a durable define of many documents can cost: read each file, insert it, one transaction, synchronous
 * FULL. bare_define NEW.DB FILE... */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

static const char schema[] = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
			     "CREATE TABLE domain(id INTEGER PRIMARY KEY AUTOINCREMENT, uuid TEXT NOT NULL UNIQUE, "
			     "name TEXT NOT NULL UNIQUE);"
			     "CREATE TABLE definition(domain_id INTEGER PRIMARY KEY, xml TEXT NOT NULL);"
			     "BEGIN IMMEDIATE;";

static char *read_whole(const char *path, int *length)
{
	static char text[1 << 20];
	FILE *file = fopen(path, "re");

	if (file == NULL)
		return NULL;
	*length = (int)fread(text, 1, sizeof(text), file);
	fclose(file);
	return text;
}

static int insert(sqlite3 *db, sqlite3_stmt *domain, sqlite3_stmt *definition, const char *path, int number)
{
	char uuid[37];
	int length = 0;
	const char *text = read_whole(path, &length);

	if (text == NULL)
		return 1;
	snprintf(uuid, sizeof(uuid), "00000000-0000-4000-8000-%012d", number);
	sqlite3_bind_text(domain, 1, uuid, -1, SQLITE_TRANSIENT);
	sqlite3_bind_text(domain, 2, path, -1, SQLITE_STATIC);
	if (sqlite3_step(domain) != SQLITE_DONE)
		return 1;
	sqlite3_reset(domain);
	sqlite3_bind_int64(definition, 1, sqlite3_last_insert_rowid(db));
	sqlite3_bind_text(definition, 2, text, length, SQLITE_STATIC);
	if (sqlite3_step(definition) != SQLITE_DONE)
		return 1;
	sqlite3_reset(definition);
	return 0;
}

int main(int argc, char **argv)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *domain = NULL, *definition = NULL;
	int r = 1;

	if (argc < 2 || sqlite3_open(argv[1], &db) != SQLITE_OK ||
	    sqlite3_exec(db, schema, NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(db, "INSERT INTO domain(uuid, name) VALUES(?, ?)", -1, &domain, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(db, "INSERT INTO definition VALUES(?, ?)", -1, &definition, NULL) != SQLITE_OK)
		goto out;
	r = 0;
	for (int i = 2; i < argc && r == 0; i++)
		r = insert(db, domain, definition, argv[i], i);
	if (r == 0 && sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
		r = 1;
out:
	if (r != 0)
		fprintf(stderr, "bare_define: %s\n", sqlite3_errmsg(db));
	sqlite3_finalize(domain);
	sqlite3_finalize(definition);
	sqlite3_close(db);
	return r;
}
