/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A request as words and as JSON: both give back, read again, what they were made of. */
#include "config.h"

#include "base/file.h"
#include "base/json.h"
#include "base/strv.h"
#include "cli/install_options.h"
#include "core/install_arguments.h"
#include "core/install_json.h"
#include "tests/unit/unit.h"

#include <unistd.h>

static const struct command command = { .name = "install", .summary = "s", .description = "d", .options = install_options };

/* A text on standard input, as a job gets it. */
static void put_input(const char *text)
{
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert(write_all(ends[1], text, strlen(text)));
	ck_assert_int_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
	close(ends[0]);
	close(ends[1]);
}

static char *json_of(const struct install_request *request)
{
	_cleanup_json_ struct json_object *object = install_request_json(request);

	return json_text(object);
}

/* Lines of options, one word a '|'; what they become must come back from words and from JSON. */
static const char *const lines[] = {
	"--cdrom|/srv/a.iso",
	"--name|web 1|--memory|1536|--vcpus|3|--cdrom|/srv/it's.iso|--disk|size=1",
	"--cdrom|/a.iso|--noreboot|--boot|menu=on,cdrom",
	"--name|a,b|--import|--disk|path=/srv/a,,b.qcow2,format=raw,bus=sata,cache=none,discard=unmap,io=native",
	"--cdrom|/a.iso|--disk|size=512M|--disk|path=/b.img,readonly=on|--disk|path=/c.iso,device=cdrom",
	"--boot|network|--disk|none|--network|none|--graphics|none|--channel|none",
	"--boot|kernel=/vmlinuz,kernel_args=console=ttyS0|--network|user,model=e1000|--network|user,mac=52:54:00:11:22:33",
	"--boot|network|--disk|none|--network|network=default|--network|bridge=br0,model=e1000|--network|direct=eth0,mode=private",
	"--cdrom|/a.iso|--graphics|vnc,password=,,x,,|--boot|kernel=/a,,b,kernel_args=console=ttyS0,,115200 quiet,initrd=/i",
	"--cdrom|/a.iso|--graphics|vnc,listen=fe80::1%a,,b",
	"--cdrom|/a.iso|--graphics|vnc,listen=127.0.0.1,port=5901,password=x y|--virt-type|qemu|--machine|pc|--cpu|max|--osinfo|win11",
	"--cdrom|/a.iso|--metadata|title=Ä,, b,description=c|--boot|uefi",
	"--cdrom|/a.iso|--disk|pool=fast,size=3,sparse=no|--disk|vol=a pool/b,,c.qcow2|--disk|vol=p/new,size=1,format=raw",
	"--import|--disk|backing=/b,,a.qcow2|--disk|size=1,backing_store=/b.img,backing_format=raw,pool=p|--disk|path=/o,backing=/b",
	"--cdrom|/a.iso|--name=-dash|--disk|path=/x y/$HOME.qcow2,size=3",
};

START_TEST(round_trip)
{
	_cleanup_strv_ char **words = strv_split(lines[_i], "|");
	_cleanup_error_ struct error err = ERROR_INIT;
	struct arguments first = { 0 }, second = { 0 };
	struct install_request request = { 0 }, again = { 0 }, parsed = { 0 };

	ck_assert_ok(arguments_parse(&first, &command, (int)strv_length(words), words, &err), &err);
	ck_assert_ok(install_request_read(&first, &request, &err), &err);
	_cleanup_free_ char *wanted = json_of(&request);
	_cleanup_strv_ char **made = install_arguments(&request);

	_cleanup_free_ char *line = install_command_line(made);

	ck_assert_str_eq(made[0], "install");
	if (request.password) {
		ck_assert_ptr_null(strstr(line, request.password));
		ck_assert_ptr_nonnull(strstr(line, "password-file=-"));
		put_input(request.password);
	}
	ck_assert_ok(arguments_parse(&second, &command, (int)strv_length(made) - 1, made + 1, &err), &err);
	ck_assert_ok(install_request_read(&second, &again, &err), &err);
	_cleanup_free_ char *got = json_of(&again);

	ck_assert_str_eq(got, wanted);
	_cleanup_json_ struct json_object *object = json_parse("x", wanted, strlen(wanted), &err);

	ck_assert_ok(install_request_from_json(object, &parsed, &err), &err);
	_cleanup_free_ char *from_json = json_of(&parsed);

	ck_assert_str_eq(from_json, wanted);
	install_request_clear(&request);
	install_request_clear(&again);
	install_request_clear(&parsed);
	arguments_clear(&first);
	arguments_clear(&second);
}
END_TEST

START_TEST(shell_line)
{
	char *const words[] = { "install", "--name", "it's", "--disk", "path=/x y/$HOME,size=3", "--title", "", NULL };
	_cleanup_free_ char *line = install_command_line(words);

	ck_assert_str_eq(line, "virtty install --name 'it'\\''s' --disk 'path=/x y/$HOME,size=3' --title ''");
}
END_TEST

START_TEST(wrong_json)
{
	static const char *const texts[] = {
		"{\"name\":1}",	       "{\"vcpus\":-1}",  "{\"vcpus\":99999999999}", "{\"disks\":{}}", "{\"disks\":[{\"path\":[]}]}",
		"{\"networks\":[1]}", "{\"import\":\"yes\"}", "{\"networks\":\"user\"}",
	};

	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
		_cleanup_error_ struct error err = ERROR_INIT;
		_cleanup_json_ struct json_object *object = json_parse("x", texts[i], strlen(texts[i]), &err);
		struct install_request request = { 0 };

		ck_assert_ptr_nonnull(object);
		ck_assert_msg(!install_request_from_json(object, &request, &err), "%s", texts[i]);
		ck_assert_int_eq(err.code, ERROR_INVALID);
		install_request_clear(&request);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("install arguments");
	TCase *tcase = tcase_create("words");

	setlocale(LC_ALL, "C.UTF-8");
	tcase_add_loop_test(tcase, round_trip, 0, (int)ARRAY_LENGTH(lines));
	tcase_add_test(tcase, shell_line);
	tcase_add_test(tcase, wrong_json);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
