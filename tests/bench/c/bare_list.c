/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The least that a list or the XML of one machine can cost: the same libraries, the same file, one statement, no
 * checks. bare_list STATE.DB [NAME]: the rows of all machines, or the XML of one. */
#include <sqlite3.h>
#include <stdio.h>

static int print_rows(sqlite3_stmt *statement)
{
	int r;

	while ((r = sqlite3_step(statement)) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(statement); i++)
			printf(" %-20s", sqlite3_column_text(statement, i) != NULL
						 ? (const char *)sqlite3_column_text(statement, i)
						 : "-");
		putchar('\n');
	}
	return r == SQLITE_DONE ? 0 : 1;
}

int main(int argc, char **argv)
{
	static const char list[] =
		"SELECT r.run_id, d.name, r.state, r.phase, r.holder_pid, r.holder_start, d.memory_kib"
		" FROM domain d LEFT JOIN run r ON r.domain_id = d.id ORDER BY d.name";
	static const char one[] = "SELECT x.xml FROM domain d JOIN definition x ON x.domain_id = d.id WHERE d.name = ?";
	sqlite3 *db = NULL;
	sqlite3_stmt *statement = NULL;
	int r = 1;

	if (argc >= 2 && sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
	    sqlite3_prepare_v2(db, argc > 2 ? one : list, -1, &statement, NULL) == SQLITE_OK) {
		if (argc > 2)
			sqlite3_bind_text(statement, 1, argv[2], -1, SQLITE_STATIC);
		r = print_rows(statement);
	}
	if (r != 0)
		fprintf(stderr, "bare_list: %s\n", sqlite3_errmsg(db));
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return r;
}
