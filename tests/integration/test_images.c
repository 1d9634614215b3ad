/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Images by command, beside qemu-img and qemu-io: made, converted, resized, rebased, committed, compared, checked and
 * repaired, every byte is where it belongs afterwards. */
#include "base/file.h"
#include "base/memory.h"
#include "tests/harness/home.h"
#include "tests/harness/machine.h"
#include "tests/harness/task.h"

#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RUN(...) expect_ok(run_program((const char *[]){ "/usr/bin/env", __VA_ARGS__, NULL }), NULL)

static const char *const formats[] = { "raw", "qcow2", "vmdk", "vdi", "vhdx", "vpc", "qed" };

static char *in_home(const char *home, const char *name)
{
	return strf("%s/%s", home, name);
}

/* A raw image of 8 MiB with a pattern that differs from place to place, and holes. */
static char *patterned(const char *home, const char *name)
{
	char *path = in_home(home, name);

	RUN("truncate", "-s", "8M", path);
	RUN("qemu-io", "-f", "raw", "-c", "write -P 0x5a 0 700k", "-c", "write -P 0xc3 3M 65k", "-c",
	    "write -P 0x11 8388096 512", path);
	return path;
}

/* A guest sees the same in both. */
static void expect_same(const char *a, const char *a_format, const char *b, const char *b_format)
{
	RUN("qemu-img", "compare", "-f", a_format, "-F", b_format, a, b);
}

/* Nothing unfinished lies there. */
static void expect_tidy(const char *path)
{
	DIR *directory = opendir(path);

	ck_assert_ptr_nonnull(directory);
	for (const struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory))
		ck_assert_msg(strncmp(entry->d_name, ".virtty-", 8) != 0, "%s is left in %s", entry->d_name, path);
	closedir(directory);
}

static void expect_text(struct outcome outcome, const char *text)
{
	ck_assert_msg(outcome.status == 0, "%s", outcome.err);
	ck_assert_msg(strstr(outcome.out, text) != NULL, "no '%s' in: %s", text, outcome.out);
	outcome_clear(&outcome);
}

static void expect_qemu_img(const char *path, const char *format, const char *text)
{
	expect_text(run_program((const char *[]){ "/usr/bin/env", "qemu-img", "info", "--output=json", "-f", format,
						  path, NULL }),
		    text);
}

/* ---- made ---- */

START_TEST(created)
{
	char *home = home_new();
	_cleanup_free_ char *small = in_home(home, "small.qcow2"), *full = in_home(home, "full.raw"),
			    *over = in_home(home, "over.qcow2"), *pooled = in_home(home, "images/pooled.qcow2"),
			    *aside = in_home(home, "images/../images/pooled.qcow2");
	struct stat st;

	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
		_cleanup_free_ char *path = strf("%s/made.%s", home, formats[i]);

		OK("image-create", "-f", formats[i], path, "16M");
		expect_qemu_img(path, formats[i], "\"format\": ");
		ck_assert(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600);
		expect_error(virtty("image-create", "-f", formats[i], path, "16M", NULL), 1, "exists already", NULL);
	}
	OK("image-create", "-f", "qcow2", small, "16M", "--cluster-size", "4K", "--lazy-refcounts", "--preallocation",
	   "metadata");
	expect_qemu_img(small, "qcow2", "\"cluster-size\": 4096");
	expect_qemu_img(small, "qcow2", "\"lazy-refcounts\": true");
	expect_text(virtty("image-info", small, NULL), "lazy refcounts");
	(void)unlink(small);
	/* qemu-img's own way of saying it */
	OK("image-create", "-f", "qcow2", "-o", "cluster_size=8k,compat=0.10", small, "16M");
	expect_qemu_img(small, "qcow2", "\"compat\": \"0.10\"");
	OK("image-create", full, "4M", "--preallocation", "full");
	ck_assert(stat(full, &st) == 0 && st.st_blocks * 512 >= 4 << 20);
	/* an overlay is as large as what it stands on */
	OK("image-create", "-f", "qcow2", "-b", full, "-F", "raw", over);
	expect_qemu_img(over, "qcow2", "\"virtual-size\": 4194304");
	expect_text(virtty("image-info", over, NULL), full);
	/* in a pool it is a volume, and says so */
	OK("image-create", "-f", "qcow2", "default/pooled.qcow2", "1M");
	expect_text(virtty("image-info", aside, "--json", NULL), pooled);
	expect_text(virtty("vol-list", "default", NULL), "pooled.qcow2");
	ck_assert(path_exists(pooled));
	expect_text(virtty("image-info", "default/pooled.qcow2", NULL), pooled);
	expect_error(virtty("image-create", "-f", "qcow2", "-b", over, small, NULL), 1, "is not stated",
		     "--backing-format", NULL);
	expect_error(virtty("image-create", "-f", "raw", "-b", over, "-F", "qcow2", full, "1M", NULL), 1,
		     "exists already", NULL);
	expect_error(virtty("image-create", "-f", "qcow2", "default/../x", "1M", NULL), 1, "cannot hold '/'", NULL);
	expect_error(virtty("image-create", "default/none", NULL), 1, "needs a size", NULL);
	expect_error(virtty("image-create", "/no/such/place", "1M", NULL), 1, "/no/such/place", NULL);
	expect_error(virtty("image-create", "default/big", "900T", "--preallocation", "full", NULL), 1, "no room for",
		     NULL);
	expect_tidy(home);
	home_end(home);
}
END_TEST

/* Of one format into every other. */
START_TEST(converted)
{
	char *home = home_new();
	_cleanup_free_ char *raw = patterned(home, "p.raw"), *from = strf("%s/from", home);

	OK("image-convert", "-f", "raw", "-O", formats[_i], raw, from);
	expect_same(raw, "raw", from, formats[_i]);
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
		_cleanup_free_ char *to = strf("%s/to.%s", home, formats[i]);

		OK("image-convert", "-f", formats[_i], "-O", formats[i], from, to);
		expect_same(raw, "raw", to, formats[i]);
	}
	expect_tidy(home);
	home_end(home);
}
END_TEST

START_TEST(convert_options)
{
	char *home = home_new();
	_cleanup_free_ char *raw = patterned(home, "p.raw"), *small = in_home(home, "small.qcow2"),
			    *dense = in_home(home, "dense.raw"), *shot = in_home(home, "shot.raw"),
			    *overlay = in_home(home, "overlay.qcow2"), *whole = in_home(home, "whole.qcow2");
	struct stat st;

	OK("image-convert", "-O", "qcow2", "-c", "--cluster-size", "32K", raw, small);
	expect_same(raw, "raw", small, "qcow2");
	expect_qemu_img(small, "qcow2", "\"cluster-size\": 32768");
	ck_assert(stat(small, &st) == 0 && st.st_size < 512 << 10);
	OK("image-convert", "-O", "raw", "-S", "0", small, dense);
	RUN("cmp", raw, dense);
	ck_assert(stat(dense, &st) == 0 && st.st_blocks * 512 >= 8 << 20);
	/* on the same as the image stands on: what is there already is not copied */
	RUN("qemu-img", "create", "-q", "-f", "qcow2", "-b", raw, "-F", "raw", whole);
	RUN("qemu-io", "-f", "qcow2", "-c", "write -P 8 6M 64k", whole);
	OK("image-convert", "-O", "qcow2", "-B", raw, "-F", "raw", whole, overlay);
	expect_same(whole, "qcow2", overlay, "qcow2");
	ck_assert(stat(overlay, &st) == 0 && st.st_size < 512 << 10);
	(void)unlink(overlay);
	expect_error(virtty("image-convert", "-O", "qcow2", "-B", small, "-F", "qcow2", whole, overlay, NULL), 1,
		     "stands on", "image-rebase", NULL);
	(void)unlink(whole);
	OK("image-convert", "-O", "qcow2", "-B", small, "-F", "qcow2", raw, overlay);
	expect_same(raw, "raw", overlay, "qcow2");
	OK("image-convert", "-O", "qcow2", raw, whole);
	RUN("qemu-img", "snapshot", "-c", "before", whole);
	RUN("qemu-io", "-f", "qcow2", "-c", "write -P 1 0 4M", whole);
	expect_text(virtty("image-info", whole, NULL), "before");
	OK("image-convert", "-l", "before", "-O", "raw", whole, shot);
	RUN("cmp", raw, shot);
	expect_error(virtty("image-convert", "-O", "vdi", "-c", raw, overlay, NULL), 1, "exists already", NULL);
	(void)unlink(overlay);
	expect_error(virtty("image-convert", "-O", "vdi", "-c", raw, overlay, NULL), 1, "cannot be compressed", NULL);
	expect_error(virtty("image-convert", "-O", "raw", "--cluster-size", "4K", raw, overlay, NULL), 1, "qcow2's",
		     NULL);
	expect_error(virtty("image-convert", "-f", "vmdk", "-O", "raw", raw, overlay, NULL), 1, "is not a vmdk image",
		     NULL);
	ck_assert(!path_exists(overlay));
	home_end(home);
}
END_TEST

/* Encrypted in, encrypted out, by a file and by a secret; a wrong passphrase leaves nothing. */
START_TEST(encrypted)
{
	static const char *const kinds[] = { "qcow2", "luks" };
	char *home = home_new();
	_cleanup_free_ char *raw = patterned(home, "p.raw"), *key = in_home(home, "key"),
			    *wrong = in_home(home, "wrong"), *plain = in_home(home, "plain.raw"), *usage = NULL,
			    *xml = NULL;

	ck_assert(file_write(key, "pass,word", 9, 0600, NULL) && file_write(wrong, "other", 5, 0600, NULL));
	/* deriving a key takes two seconds of a processor each time: no more than is needed */
	for (size_t i = 0; i < 2; i++) {
		_cleanup_free_ char *locked = strf("%s/locked.%s", home, kinds[i]);

		OK("image-convert", "-O", kinds[i], "--target-secret", key, raw, locked);
		expect_text(virtty("image-info", locked, NULL), "encrypted (LUKS)");
		expect_error(virtty("image-convert", "-O", "raw", locked, plain, NULL), 1, "is encrypted", "--secret",
			     NULL);
		expect_error(virtty("image-convert", "-O", "raw", "--secret", wrong, locked, plain, NULL), 1, locked,
			     "the passphrase is wrong ('", wrong, NULL);
		ck_assert(!path_exists(plain));
		OK("image-convert", "-O", "raw", "--secret", key, locked, plain);
		RUN("cmp", raw, plain);
		(void)unlink(plain);
	}
	_cleanup_free_ char *first = in_home(home, "locked.qcow2"), *second = in_home(home, "locked.luks");

	OK("image-resize", "--secret", key, first, "16M");
	OK("image-compare", "--secret", key, "--other-secret", key, first, second);
	/* the secret whose usage is the image is the one that is taken */
	usage = strf("<secret><usage type='volume'><volume>%s/locked.qcow2</volume></usage></secret>", home);
	expect_ok(virtty_input(usage, "secret-define", "-", NULL), NULL);
	xml = strf("volume %s/locked.qcow2", home);
	expect_ok(virtty_input("pass,word", "secret-set-value", xml, "--file", "-", NULL), NULL);
	OK("image-convert", "-O", "raw", first, plain);
	RUN("cmp", "-n", "8388608", raw, plain);
	OK("image-check", first);
	OK("image-create", "-f", "qcow2", "--secret", key, "default/new.qcow2", "1M");
	expect_text(virtty("vol-dumpxml", "new.qcow2", "--pool", "default", NULL), "<encryption format='luks'/>");
	expect_error(virtty("vol-resize", "new.qcow2", "2M", "--pool", "default", NULL), 1, "is encrypted", "--secret",
		     NULL);
	expect_tidy(home);
	home_end(home);
}
END_TEST

/* ---- changed ---- */

START_TEST(resized)
{
	char *home = home_new();
	_cleanup_free_ char *raw = patterned(home, "p.raw"), *image = in_home(home, "image.qcow2");

	OK("image-convert", "-O", "qcow2", raw, image);
	OK("image-resize", image, "32M");
	expect_qemu_img(image, "qcow2", "\"virtual-size\": 33554432");
	OK("image-resize", image, "+1M");
	expect_qemu_img(image, "qcow2", "\"virtual-size\": 34603008");
	expect_same(raw, "raw", image, "qcow2");
	expect_error(virtty("image-resize", image, "8M", NULL), 1, "would shrink", "--shrink", NULL);
	OK("image-resize", "--shrink", "--", image, "-25M");
	expect_same(raw, "raw", image, "qcow2");
	expect_error(virtty("image-resize", "--shrink", image, "0", NULL), 1, "", NULL);
	OK("image-resize", raw, "9M", "--preallocation", "full");
	expect_same(raw, "raw", image, "qcow2");
	/* what stands on it would lose its end */
	OK("vol-create-as", "default", "base.qcow2", "8M", "--format", "qcow2");
	OK("image-create", "-f", "qcow2", "-b", "default/base.qcow2", "default/over.qcow2");
	expect_error(virtty("image-resize", "--shrink", "default/base.qcow2", "4M", NULL), 1, "'default/over.qcow2'",
		     NULL);
	OK("image-resize", "default/over.qcow2", "20M");
	expect_text(virtty("vol-info", "over.qcow2", "--pool", "default", NULL), "20.00 MiB");
	home_end(home);
}
END_TEST

START_TEST(rebased)
{
	char *home = home_new();
	_cleanup_free_ char *raw = patterned(home, "p.raw"), *other = in_home(home, "other.qcow2"),
			    *over = in_home(home, "over.qcow2"), *seen = in_home(home, "seen.raw"),
			    *moved = in_home(home, "moved.raw");

	OK("image-create", "-f", "qcow2", other, "8M");
	RUN("qemu-io", "-f", "qcow2", "-c", "write -P 0x77 1M 2M", other);
	OK("image-create", "-f", "qcow2", "-b", raw, "-F", "raw", over);
	RUN("qemu-io", "-f", "qcow2", "-c", "write -P 0x99 5M 1M", over);
	OK("image-convert", "-O", "raw", over, seen);
	/* on another, and on none: a guest sees the same */
	OK("image-rebase", "-b", other, "-F", "qcow2", over);
	expect_same(seen, "raw", over, "qcow2");
	expect_text(virtty("image-info", over, NULL), other);
	OK("image-rebase", "--none", over);
	expect_same(seen, "raw", over, "qcow2");
	expect_text(virtty("image-info", over, "--json", NULL), "\"features\":[]");
	/* a base that was moved: only the name changes */
	(void)unlink(over);
	OK("image-create", "-f", "qcow2", "-b", raw, "-F", "raw", over);
	ck_assert_int_eq(rename(raw, moved), 0);
	expect_error(virtty("image-rebase", "-b", other, "-F", "qcow2", over, NULL), 1, raw, NULL);
	OK("image-rebase", "--unsafe", "-b", moved, "-F", "raw", over);
	expect_same(moved, "raw", over, "qcow2");
	expect_error(virtty("image-rebase", "-b", moved, over, NULL), 1, "is not stated", "--backing-format", NULL);
	expect_error(virtty("image-rebase", over, NULL), 2, "--backing", NULL);
	expect_error(virtty("image-rebase", "--none", moved, NULL), 1, "raw image has no backing file", NULL);
	/* a snapshot reads through the base as well, and would lose what it has there */
	RUN("qemu-img", "snapshot", "-c", "before", over);
	expect_error(virtty("image-rebase", "--none", over, NULL), 1, "1 snapshot,", "image-convert -l", NULL);
	expect_error(virtty("image-commit", over, NULL), 1, "1 snapshot,", NULL);
	RUN("qemu-img", "snapshot", "-d", "before", over);
	/* nothing stands on itself */
	OK("image-create", "-f", "qcow2", "-b", over, "-F", "qcow2", "default/top.qcow2");
	expect_error(virtty("image-rebase", "--unsafe", "-b", "default/top.qcow2", "-F", "qcow2", over, NULL), 1,
		     "stand on itself", NULL);
	home_end(home);
}
END_TEST

START_TEST(committed)
{
	char *home = home_new();
	_cleanup_free_ char *base = in_home(home, "images/base.qcow2"), *seen = in_home(home, "seen.raw");
	_cleanup_free_ char *middle = in_home(home, "images/middle.qcow2"), *top = in_home(home, "images/top.qcow2");

	OK("vol-create-as", "default", "base.qcow2", "8M", "--format", "qcow2");
	OK("image-create", "-f", "qcow2", "-b", "default/base.qcow2", "default/middle.qcow2");
	OK("image-create", "-f", "qcow2", "-b", "default/middle.qcow2", "default/top.qcow2");
	RUN("qemu-io", "-f", "qcow2", "-c", "write -P 1 0 1M", base);
	RUN("qemu-io", "-f", "qcow2", "-c", "write -P 2 512k 1M", middle);
	RUN("qemu-io", "-f", "qcow2", "-c", "write -P 3 1200k 1M", top);
	OK("image-convert", "-O", "raw", "default/top.qcow2", seen);
	/* the middle stands below something else: it may not be committed to the base's loss, nor the base written */
	OK("image-create", "-f", "qcow2", "-b", "default/base.qcow2", "default/other.qcow2");
	expect_error(virtty("image-commit", "--base", "default/base.qcow2", "default/top.qcow2", NULL), 1,
		     "'default/other.qcow2' reads through it", NULL);
	expect_error(virtty("image-commit", "--base", seen, "default/top.qcow2", NULL), 1, "not below it", NULL);
	OK("image-commit", "--keep", "default/top.qcow2");
	expect_same(seen, "raw", middle, "qcow2");
	OK("vol-delete", "other.qcow2", "--pool", "default");
	OK("image-commit", "--base", "default/base.qcow2", "default/top.qcow2");
	expect_same(seen, "raw", base, "qcow2");
	expect_error(virtty("image-commit", "default/base.qcow2", NULL), 1, "nothing is below it", NULL);
	expect_text(virtty("jobs", NULL), "commit");
	home_end(home);
}
END_TEST

/* ---- looked at ---- */

START_TEST(compared)
{
	char *home = home_new();
	_cleanup_free_ char *raw = patterned(home, "p.raw"), *same = in_home(home, "same.qcow2"),
			    *longer = in_home(home, "longer.raw");

	OK("image-convert", "-O", "qcow2", raw, same);
	expect_text(virtty("image-compare", raw, same, NULL), "identical");
	expect_text(virtty("image-compare", "--json", raw, same, NULL), "\"identical\":true");
	RUN("cp", "--sparse=always", raw, longer);
	RUN("truncate", "-s", "9M", longer);
	expect_text(virtty("image-compare", raw, longer, NULL), "identical");
	expect_error(virtty("image-compare", "--strict", raw, longer, NULL), 1, "sizes", NULL);
	RUN("qemu-io", "-f", "qcow2", "-c", "write -P 0x5b 512000 512", same);
	expect_error(virtty("image-compare", raw, same, NULL), 1, "differ at offset 512000", NULL);
	home_end(home);
}
END_TEST

START_TEST(mapped_and_measured)
{
	char *home = home_new();
	_cleanup_free_ char *raw = patterned(home, "p.raw"), *image = in_home(home, "image.qcow2"),
			    *many = in_home(home, "many.raw");

	OK("image-convert", "-O", "qcow2", raw, image);
	expect_text(virtty("image-map", "--json", image, NULL), "{\"start\":0,\"length\":720896,\"depth\":0");
	expect_text(virtty("image-map", image, NULL), "720896");
	expect_text(virtty("image-measure", image, "-O", "raw", "--bytes", NULL), "8388608");
	expect_text(virtty("image-measure", "--size", "1G", "--json", NULL), "\"fully-allocated\":");
	expect_error(virtty("image-measure", NULL), 2, "--size", NULL);
	/* more runs than fit into what is read at once */
	RUN("truncate", "-s", "160M", many);
	_cleanup_close_ int fd = open(many, O_WRONLY | O_CLOEXEC);

	for (off_t at = 0; at < 160 << 20; at += 8192)
		ck_assert_int_eq(pwrite(fd, "x", 1, at), 1);
	struct outcome mapped = virtty("image-map", "-f", "raw", "--json", many, NULL);
	size_t count = 0;

	ck_assert_msg(mapped.status == 0, "%s", mapped.err);
	for (const char *at = mapped.out; (at = strstr(at, "\"data\":true")) != NULL; at++)
		count++;
	ck_assert_uint_eq(count, 20480);
	outcome_clear(&mapped);
	home_end(home);
}
END_TEST

static uint64_t be64_at(int fd, off_t at)
{
	uint8_t bytes[8];
	uint64_t value = 0;

	ck_assert_int_eq(pread(fd, bytes, sizeof bytes, at), (ssize_t)sizeof bytes);
	for (size_t i = 0; i < sizeof bytes; i++)
		value = value << 8 | bytes[i];
	return value;
}

/* Sets the refcount of one cluster of a qcow2 image as virtty makes them: 16 bits each, in the first block. */
static void set_refcount(const char *path, unsigned cluster, uint8_t value)
{
	_cleanup_close_ int fd = open(path, O_RDWR | O_CLOEXEC);
	const uint8_t bytes[2] = { 0, value };
	off_t block = (off_t)be64_at(fd, (off_t)be64_at(fd, 48));

	ck_assert_int_eq(pwrite(fd, bytes, sizeof bytes, block + cluster * 2), 2);
}

START_TEST(checked_and_repaired)
{
	char *home = home_new();
	_cleanup_free_ char *raw = patterned(home, "p.raw"), *image = in_home(home, "image.qcow2");
	struct stat st;

	OK("image-convert", "-O", "qcow2", raw, image);
	expect_text(virtty("image-check", image, NULL), "no errors");
	/* a cluster that is counted and that nothing names: space is lost, nothing else */
	ck_assert_int_eq(stat(image, &st), 0);
	ck_assert_int_eq(truncate(image, st.st_size + 65536), 0);
	set_refcount(image, (unsigned)(st.st_size / 65536), 1);
	expect_error(virtty("image-check", image, NULL), 1, "not in order", "--repair leaks", NULL);
	struct outcome leaked = virtty("image-check", image, NULL);

	ck_assert_ptr_nonnull(strstr(leaked.out, "1 cluster is leaked"));
	outcome_clear(&leaked);
	expect_text(virtty("image-check", "--repair", "leaks", image, NULL), "1 leaked cluster was given back");
	expect_text(virtty("image-check", image, NULL), "no errors");
	/* one with data that is not counted: the next write would go there */
	set_refcount(image, 6, 0);
	expect_error(virtty("image-check", image, NULL), 1, "--repair all", NULL);
	struct outcome corrupt = virtty("image-check", "--json", image, NULL);

	ck_assert_int_eq(corrupt.status, 1);
	ck_assert_ptr_nonnull(strstr(corrupt.out, "\"corruptions\":2"));
	outcome_clear(&corrupt);
	expect_text(virtty("image-check", "-r", "all", image, NULL), "1 error was repaired");
	expect_text(virtty("image-check", image, NULL), "no errors");
	expect_same(raw, "raw", image, "qcow2");
	expect_text(virtty("jobs", NULL), "1 error was repaired");
	expect_error(virtty("image-check", raw, NULL), 1, "nothing to check", NULL);
	home_end(home);
}
END_TEST

/* ---- ended ---- */

struct cancel_state {
	const char *home;
};

static bool is_converting(void *data)
{
	const struct cancel_state *state = data;
	pid_t pids[4];

	return home_processes(state->home, "qemu-img", pids, 4) > 0;
}

/* ^C ends the job, and what it made goes. */
START_TEST(interrupted)
{
	char *home = home_new();
	_cleanup_free_ char *raw = in_home(home, "large.raw"), *copy = in_home(home, "copy.qcow2"),
			    *random = strf("of=%s", raw);
	struct cancel_state state = { home };
	_cleanup_task_ struct task task = { 0 };

	RUN("dd", "if=/dev/urandom", random, "bs=1M", "count=96", "status=none");
	task = task_virtty("image-convert", "-c", "-f", "raw", "-O", "qcow2", raw, copy, NULL);
	ck_assert(wait_for(is_converting, &state, SOON_MS));
	task_expect_handler(&task, SIGINT);
	kill(task.pid, SIGINT);
	struct outcome ended = task_wait(&task, SOON_MS);

	ck_assert_int_eq(ended.status, 1);
	ck_assert_msg(strstr(ended.err, "cancelled") != NULL, "%s", ended.err);
	outcome_clear(&ended);
	wait_processes(home, "qemu-img", 0, SOON_MS);
	wait_processes(home, "virtty", 0, SOON_MS);
	ck_assert(!path_exists(copy));
	expect_tidy(home);
	expect_text(virtty("jobs", NULL), "cancelled");
	home_end(home);
}
END_TEST

/* Two at once for one place: one gets it, whole, and the other is told. */
START_TEST(a_race)
{
	char *home = home_new();
	_cleanup_free_ char *raw = patterned(home, "p.raw");

	for (int round = 0; round < 5; round++) {
		_cleanup_free_ char *to = strf("%s/images/to%d.qcow2", home, round);
		struct task one = task_virtty("image-convert", "-O", "qcow2", raw, to, NULL);
		struct task two = task_virtty("image-convert", "-O", "qcow2", "-c", raw, to, NULL);
		struct outcome first = task_wait(&one, 6 * SOON_MS), second = task_wait(&two, 6 * SOON_MS);

		ck_assert_msg(first.status + second.status == 1, "%s%s", first.err, second.err);
		ck_assert_ptr_nonnull(strstr(first.status != 0 ? first.err : second.err, "exists already"));
		expect_same(raw, "raw", to, "qcow2");
		outcome_clear(&first);
		outcome_clear(&second);
		task_clear(&one);
		task_clear(&two);
	}
	_cleanup_free_ char *images = in_home(home, "images");

	expect_tidy(images);
	home_end(home);
}
END_TEST

/* Each may be run alone: CK_RUN_CASE=encrypted. */
static void add(Suite *s, const char *name, const TTest *test, int rounds)
{
	TCase *t = tcase_create(name);

	tcase_set_timeout(t, 600);
	tcase_add_loop_test(t, test, 0, rounds);
	suite_add_tcase(s, t);
}

static Suite *suite(void)
{
	Suite *s = suite_create("images");

	add(s, "created", created, 1);
	add(s, "converted", converted, (int)(sizeof formats / sizeof *formats));
	add(s, "convert options", convert_options, 1);
	add(s, "encrypted", encrypted, 1);
	add(s, "resized", resized, 1);
	add(s, "rebased", rebased, 1);
	add(s, "committed", committed, 1);
	add(s, "compared", compared, 1);
	add(s, "mapped", mapped_and_measured, 1);
	add(s, "checked", checked_and_repaired, 1);
	add(s, "interrupted", interrupted, 1);
	add(s, "a race", a_race, 1);
	return s;
}

int main(void)
{
	return suite_main(suite());
}
