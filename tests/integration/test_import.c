/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Images and appliances from elsewhere, with real qemu-img, tar and compressors: every byte arrives, what is hostile is refused, and
 * whatever kills, fills up or cancels an import leaves all of it or nothing. */
#include "base/file.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "tests/harness/home.h"
#include "tests/harness/machine.h"
#include "tests/harness/task.h"

#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define RUN(...) expect_ok(run_program((const char *[]){ "/usr/bin/env", __VA_ARGS__, NULL }), NULL)
#define OK(...)	 expect_ok(virtty(__VA_ARGS__, NULL), NULL)
#define SHELL(...) shell(strf(__VA_ARGS__))

static void shell(char *line)
{
	RUN("sh", "-ec", line);
	free(line);
}

/* A raw image of so many MiB: two patterns that hardly compress away, and a hole between them. */
static char *source_image(const char *home, unsigned mebibytes)
{
	char *path = strf("%s/src.raw", home);

	SHELL("truncate -s %uM '%s'; dd if=/dev/urandom of='%s' bs=64K count=%u conv=notrunc status=none; "
	      "dd if=/dev/urandom of='%s' bs=512 count=100 seek=%u conv=notrunc status=none",
	      mebibytes, path, path, mebibytes * 4, path, mebibytes * 2048 - 100);
	return path;
}

/* A qcow2 image and a raw one hold the same, to the last byte. */
static void expect_same(const char *image, const char *raw)
{
	_cleanup_free_ char *said = NULL;

	expect_ok(run_program((const char *[]){ "/usr/bin/env", "qemu-img", "compare", "-f", "qcow2", "-F", "raw", image, raw, NULL }), &said);
	ck_assert_str_eq(said, "Images are identical.\n");
}

/* How many machines there are. */
static unsigned machines(void)
{
	_cleanup_free_ char *list = NULL;
	unsigned count = 0;

	expect_ok(virtty("list", "--all", "--name", NULL), &list);
	for (const char *at = list; *at != '\0'; at++)
		count += at != list && *at == '\n' && at[-1] != '\n';
	return count;
}

/* Nothing is in a directory. */
static void expect_empty(const char *home, const char *name)
{
	_cleanup_free_ char *path = strf("%s/%s", home, name);
	DIR *directory = opendir(path);

	for (const struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;)
		ck_assert_msg(strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0, "%s is left in %s", entry->d_name, path);
	if (directory != NULL)
		closedir(directory);
}

static void expect_nothing(const char *home)
{
	ck_assert_uint_eq(machines(), 0);
	expect_empty(home, "images");
	expect_empty(home, "seed");
}

static void forget(const char *name)
{
	OK("undefine", name, "--remove-all-storage");
}

/* ---- images ---- */

/* How each is made of "src.raw" in the home. */
static const struct {
	const char *file, *command;
} made[] = {
	{ "src.qcow2", "qemu-img convert -O qcow2 src.raw src.qcow2" },
	{ "old.qcow2", "qemu-img convert -O qcow2 -o compat=0.10 src.raw old.qcow2" },
	{ "packed.qcow2", "qemu-img convert -c -O qcow2 src.raw packed.qcow2" },
	{ "src.vmdk", "qemu-img convert -O vmdk src.raw src.vmdk" },
	{ "stream.vmdk", "qemu-img convert -O vmdk -o subformat=streamOptimized src.raw stream.vmdk" },
	{ "flat.vmdk", "qemu-img convert -O vmdk -o subformat=monolithicFlat src.raw flat.vmdk" },
	{ "split.vmdk", "qemu-img convert -O vmdk -o subformat=twoGbMaxExtentSparse src.raw split.vmdk" },
	{ "src.vdi", "qemu-img convert -O vdi src.raw src.vdi" },
	{ "static.vdi", "qemu-img convert -O vdi -o static=on src.raw static.vdi" },
	{ "src.vhdx", "qemu-img convert -O vhdx src.raw src.vhdx" },
	{ "src.vpc", "qemu-img convert -O vpc -o force_size=on src.raw src.vpc" },
	{ "fixed.vpc", "qemu-img convert -O vpc -o subformat=fixed,force_size=on src.raw fixed.vpc" },
	{ "src.qed", "qemu-img convert -O qed src.raw src.qed" },
	{ "src.raw", "true" },
	{ "src.raw.gz", "gzip -1 -k src.raw" },
	{ "src.raw.xz", "xz -0 -k src.raw" },
	{ "src.raw.zst", "zstd -q -k src.raw" },
	{ "two.gz", "head -c 5000000 src.raw | gzip -1 > two.gz; tail -c +5000001 src.raw | gzip -1 >> two.gz" },
	{ "in.qcow2.xz", "qemu-img convert -O qcow2 src.raw in.qcow2; xz -0 in.qcow2" },
	{ "in.vmdk.gz", "qemu-img convert -O vmdk src.raw in.vmdk; gzip -1 in.vmdk" },
};

START_TEST(every_format)
{
	char *home = home_new();
	_cleanup_free_ char *source = source_image(home, 16), *file = strf("%s/%s", home, made[_i].file);
	_cleanup_free_ char *as_qcow2 = strf("%s/images/one.qcow2", home), *as_raw = strf("%s/images/two.raw", home);
	_cleanup_free_ char *larger = strf("%s/images/three.qcow2", home), *xml = NULL, *info = NULL;

	SHELL("cd '%s'; %s", home, made[_i].command);
	OK("import", file, "--name", "one");
	expect_same(as_qcow2, source);
	RUN("qemu-img", "check", "-q", as_qcow2);
	expect_ok(virtty("dumpxml", "one", NULL), &xml);
	ck_assert_ptr_nonnull(strstr(xml, "type='qcow2'"));
	/* it is a volume, its owner's alone */
	expect_ok(virtty("vol-info", "one.qcow2", "--pool", "default", NULL), &info);
	struct stat st;

	ck_assert(stat(as_qcow2, &st) == 0 && (st.st_mode & 0777) == 0600);
	OK("import", file, "--name", "two", "--format", "raw");
	RUN("cmp", as_raw, source);
	ck_assert(stat(as_raw, &st) == 0);
	ck_assert_msg(st.st_blocks * 512 < 8 << 20, "the hole was filled");
	OK("import", file, "--name", "three", "--size", "32MiB");
	RUN("qemu-img", "compare", "-f", "qcow2", "-F", "raw", larger, source);
	free(info);
	expect_ok(virtty("vol-info", "three.qcow2", "--pool", "default", "--bytes", NULL), &info);
	ck_assert_ptr_nonnull(strstr(info, "33554432"));
	forget("one");
	forget("two");
	forget("three");
	expect_nothing(home);
	home_end(home);
}
END_TEST

START_TEST(in_place)
{
	char *home = home_new();
	_cleanup_free_ char *source = source_image(home, 4), *vmdk = strf("%s/src.vmdk", home), *packed = strf("%s/src.raw.gz", home);
	_cleanup_free_ char *xml = NULL, *running = NULL, *line = NULL, *copied = strf("copy=%s", packed), *compressed = strf("path=%s", packed);
	_cleanup_free_ char *foreign = strf("path=%s", vmdk);

	SHELL("cd '%s'; qemu-img convert -O vmdk src.raw src.vmdk; gzip -1 -k src.raw", home);
	OK("import", vmdk, "--in-place", "--name", "a", "--memory", "32", "--network", "none", "--start", "--noautoconsole");
	expect_ok(virtty("dumpxml", "a", NULL), &xml);
	ck_assert_ptr_nonnull(strstr(xml, "type='vmdk'"));
	ck_assert_ptr_nonnull(strstr(xml, vmdk));
	/* what runs is not copied meanwhile */
	expect_error(virtty("import", vmdk, "--name", "b", NULL), 1, "is in use", NULL);
	OK("destroy", "a");
	OK("undefine", "a");
	ck_assert(path_exists(vmdk));
	expect_error(virtty("import", packed, "--in-place", NULL), 1, "is compressed", "--convert", NULL);
	expect_error(virtty("import", vmdk, "--in-place", "--size", "1", NULL), 2, "--in-place excludes", NULL);
	/* install says how, and does it */
	expect_error(virtty("install", "--import", "--disk", compressed, "--noautoconsole", NULL), 1, "compressed by gzip", "copy=", NULL);
	expect_error(virtty("install", "--import", "--disk", foreign, "--noautoconsole", NULL), 1, "is a vmdk image", "copy=", "format=vmdk", NULL);
	OK("install", "--name", "c", "--import", "--disk", copied, "--noautoconsole", "--memory", "32", "--network", "none");
	expect_ok(virtty("dumpxml", "c", NULL), &running);
	ck_assert_ptr_nonnull(strstr(running, "images/c.qcow2"));
	OK("destroy", "c");
	forget("c");
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	expect_nothing(home);
	home_end(home);
}
END_TEST

/* What would read other files of this host, or is no disk. */
static const struct {
	const char *file, *command, *words;
} hostile[] = {
	{ "o.qcow2", "qemu-img create -q -f qcow2 -b src.raw -F raw o.qcow2", "it lies on 'src.raw'" },
	{ "o.qcow2.xz", "qemu-img create -q -f qcow2 -b src.raw -F raw o.qcow2; xz o.qcow2", "it lies on 'src.raw'" },
	{ "d.qcow2", "qemu-img create -q -f qcow2 -o data_file=d.raw d.qcow2 1M", "its data is in 'd.raw'" },
	{ "o.qed", "qemu-img create -q -f qed -b src.raw -F raw o.qed", "it lies on 'src.raw'" },
	{ "e.vmdk", "printf '# Disk DescriptorFile\\nparentCID=ffffffff\\nRW 8 FLAT \"/etc/passwd\" 0\\n' > e.vmdk", "/etc/passwd" },
	{ "i.vmdk", "printf '# Disk DescriptorFile\\nparentCID=ffffffff\\n  RW 8 FLAT \"/etc/passwd\" 0\\n' > i.vmdk", "/etc/passwd" },
	{ "l.vmdk", "ln -s /etc/passwd l-flat.vmdk; printf '# Disk DescriptorFile\\nRW 8 FLAT \"l-flat.vmdk\" 0\\n' > l.vmdk", "l-flat.vmdk" },
	{ "n.vmdk", "printf '# Disk DescriptorFile\\nRW 8 FLAT \"nbd:localhost:1\" 0\\n' > n.vmdk", "nbd:localhost:1" },
	{ "p.vmdk", "printf '# Disk DescriptorFile\\nparentCID=12345678\\nRW 8 FLAT \"src.raw\" 0\\n' > p.vmdk", "the difference to" },
	{ "z.vmdk", "qemu-img convert -O vmdk src.raw z.vmdk; printf '\\0\\0\\0\\0\\0\\0\\0\\0' | dd of=z.vmdk bs=1 seek=12 conv=notrunc status=none",
	  "it has no size" },
	{ "t.tar.gz", "tar -czf t.tar.gz src.raw", "is an archive" },
	{ "x.iso", "mkdir x; echo 1 > x/1; xorriso -as mkisofs -quiet -o x.iso x", "is an ISO" },
	{ "w.gz.xz", "gzip -1 -k src.raw; xz -0 src.raw.gz; mv src.raw.gz.xz w.gz.xz", "compressed twice" },
	{ "b.xz", "xz -0 -k -c src.raw | head -c 1000000 > b.xz", "xz" },
	{ "c.gz", "gzip -1 -k src.raw; printf 'xxxx' | dd of=src.raw.gz bs=1 seek=500000 conv=notrunc status=none; mv src.raw.gz c.gz", "gzip" },
	{ "empty", ": > empty", "is empty" },
	{ "empty.gz", ": | gzip > empty.gz", "is empty" },
	{ "missing", "true", "No such file" },
	{ "directory", "mkdir directory", "a directory" },
};

START_TEST(hostile_images)
{
	char *home = home_new();
	_cleanup_free_ char *source = source_image(home, 4), *file = strf("%s/%s", home, hostile[_i].file), *disk = strf("copy=%s", file);

	SHELL("cd '%s'; %s", home, hostile[_i].command);
	expect_error(virtty("import", file, "--name", "a", NULL), 1, hostile[_i].words, NULL);
	expect_error(virtty("install", "--name", "a", "--import", "--disk", disk, "--noautoconsole", NULL), 1, hostile[_i].words, NULL);
	expect_nothing(home);
	home_end(home);
}
END_TEST

/* ---- appliances ---- */

/* An OVA of "vmware.ovf" and a disk; sums: which program makes the manifest; NULL: none. */
static char *appliance(const char *home, const char *sums, const char *tar_format)
{
	const char *fixtures = getenv("srcdir") != NULL ? getenv("srcdir") : ".";
	char *path = strf("%s/a.ova", home);

	SHELL("mkdir -p '%s/ova'; cd '%s/ova'; qemu-img convert -O vmdk -o subformat=streamOptimized ../src.raw appliance-disk1.vmdk; "
	      "sed \"s/@SIZE@/$(stat -c %%s appliance-disk1.vmdk)/\" '%s/tests/fixtures/ovf/vmware.ovf' > appliance.ovf; "
	      "if [ -n '%s' ]; then for f in appliance.ovf appliance-disk1.vmdk; do "
	      "printf '%%s(%%s)= %%s\\n' \"$(echo %s | sed 's/sum//' | tr a-z A-Z)\" $f $(%s $f | cut -d' ' -f1); done > appliance.mf; fi; "
	      "echo x > appliance.cert; "
	      "tar --format=%s -cf ../a.ova appliance.ovf $(ls appliance.mf 2>/dev/null) appliance.cert appliance-disk1.vmdk",
	      home, home, fixtures, sums != NULL ? sums : "", sums != NULL ? sums : "x", sums != NULL ? sums : "true", tar_format);
	return path;
}

static const struct {
	const char *sums, *format;
} packages[] = { { "sha256sum", "ustar" }, { "sha1sum", "gnu" }, { "sha512sum", "pax" }, { NULL, "v7" } };

START_TEST(appliances)
{
	char *home = home_new();
	_cleanup_free_ char *source = source_image(home, 20), *ova = appliance(home, packages[_i].sums, packages[_i].format);
	_cleanup_free_ char *disk = strf("%s/images/Appliance One.qcow2", home), *xml = NULL, *info = NULL;
	struct outcome outcome = virtty("import", ova, NULL);

	ck_assert_msg(outcome.status == 0, "%s", outcome.err);
	ck_assert_ptr_nonnull(strstr(outcome.out, "Test Appliance 1.2.3"));
	ck_assert_ptr_nonnull(strstr(outcome.err, "VMCI device"));
	ck_assert_ptr_nonnull(strstr(outcome.err, "its certificate"));
	ck_assert((strstr(outcome.err, "no manifest") != NULL) == (packages[_i].sums == NULL));
	outcome_clear(&outcome);
	expect_same(disk, source);
	expect_ok(virtty("dumpxml", "Appliance One", NULL), &xml);
	ck_assert_ptr_nonnull(strstr(xml, "<memory unit='MiB'>1536</memory>"));
	ck_assert_ptr_nonnull(strstr(xml, "<vcpu>3</vcpu>"));
	ck_assert_ptr_nonnull(strstr(xml, "<os firmware='efi'>"));
	ck_assert_ptr_nonnull(strstr(xml, "<mac address='00:50:56:12:34:56'/>"));
	ck_assert_ptr_nonnull(strstr(xml, "<target dev='sdb' bus='sata'/>"));
	ck_assert_ptr_nonnull(strstr(xml, "An appliance for tests"));
	expect_ok(virtty("vol-info", "Appliance One-1.qcow2", "--pool", "default", "--bytes", NULL), &info);
	ck_assert_ptr_nonnull(strstr(info, "1073741824"));
	forget("Appliance One");
	expect_nothing(home);
	home_end(home);
}
END_TEST

START_TEST(appliances_by_their_envelope)
{
	char *home = home_new();
	_cleanup_free_ char *source = source_image(home, 20), *ova = appliance(home, "sha256sum", "ustar"), *envelope = strf("%s/ova/appliance.ovf", home);
	_cleanup_free_ char *disk = strf("%s/images/x.raw", home), *xml = NULL, *plan = NULL;

	expect_ok(virtty("import", envelope, "--print-xml", "--name", "x", "--bus", "virtio", "--network", "user,model=virtio", "--memory", "512", NULL),
		  &plan);
	ck_assert_ptr_nonnull(strstr(plan, "<target dev='vdb' bus='virtio'/>"));
	ck_assert_ptr_nonnull(strstr(plan, ">512</memory>"));
	ck_assert_ptr_null(strstr(plan, "vmxnet3"));
	OK("import", envelope, "--dry-run");
	expect_nothing(home);
	OK("import", envelope, "--name", "x", "--format", "raw");
	RUN("cmp", disk, source);
	forget("x");
	expect_error(virtty("import", ova, "--in-place", NULL), 2, "cannot be used in place", NULL);
	/* a link beside it leads who knows where */
	SHELL("cd '%s/ova'; mv appliance-disk1.vmdk ../d; ln -s ../d appliance-disk1.vmdk", home);
	expect_error(virtty("import", envelope, NULL), 1, "appliance-disk1.vmdk", NULL);
	SHELL("rm '%s/ova/appliance-disk1.vmdk'", home);
	expect_error(virtty("import", envelope, NULL), 1, "appliance-disk1.vmdk", "No such file", NULL);
	expect_nothing(home);
	home_end(home);
}
END_TEST

/* What happened to an appliance on its way, and what is said of it. */
static const struct {
	const char *command, *words;
} damaged[] = {
	{ "printf xx | dd of=appliance-disk1.vmdk bs=1 seek=100000 conv=notrunc status=none", "its SHA256 is not the one of its manifest" },
	{ "sed -i 's/1536/1537/' appliance.ovf", "its SHA256 is not the one of its manifest" },
	{ "rm appliance.mf; truncate -s -1000 appliance-disk1.vmdk", "its envelope says" },
	{ "echo nonsense > appliance.mf", "is no manifest" },
	{ "rm appliance.ovf", "without an OVF envelope" },
	{ "rm appliance.mf; sed -i 's/appliance-disk1/disk2/' appliance.ovf", "holds no 'disk2.vmdk'" },
	{ "rm appliance.mf; sed -i 's,appliance-disk1,../../etc/passwd,' appliance.ovf", "not one that lies beside it" },
	{ "rm appliance.mf; printf '# Disk DescriptorFile\\nRW 8 FLAT \"appliance.ovf\" 0\\n' > appliance-disk1.vmdk; sed -i 's/ovf:size=\"[0-9]*\"//' appliance.ovf",
	  "a vmdk descriptor where an image must be" },
	{ "rm appliance.mf; head -c 3000000 /dev/zero > appliance-disk1.vmdk; printf 'KDMV' | dd of=appliance-disk1.vmdk conv=notrunc status=none; "
	  "sed -i 's/ovf:size=\"[0-9]*\"//' appliance.ovf",
	  "vmdk" },
};

START_TEST(damaged_appliances)
{
	char *home = home_new();
	_cleanup_free_ char *source = source_image(home, 4), *ova = appliance(home, "sha256sum", "ustar");

	SHELL("cd '%s/ova'; %s; tar -cf ../a.ova $(ls appliance.ovf appliance.mf appliance-disk1.vmdk 2>/dev/null)", home, damaged[_i].command);
	expect_error(virtty("import", ova, NULL), 1, damaged[_i].words, NULL);
	SHELL("cd '%s'; head -c 1000000 a.ova > b; mv b a.ova", home);
	expect_error(virtty("import", ova, NULL), 1, "a.ova", NULL);
	expect_nothing(home);
	home_end(home);
}
END_TEST

/* A disk that is compressed once more inside, and two machines. */
START_TEST(packed_disks_and_two_machines)
{
	char *home = home_new();
	_cleanup_free_ char *source = source_image(home, 4), *ova = appliance(home, NULL, "ustar"), *disk = strf("%s/images/x.qcow2", home);

	SHELL("cd '%s/ova'; gzip -1 appliance-disk1.vmdk; mv appliance-disk1.vmdk.gz appliance-disk1.vmdk; "
	      "sed -i 's/ovf:size=\"[0-9]*\"/ovf:compression=\"gzip\"/; s/capacity=\"20\"/capacity=\"4\"/' appliance.ovf; "
	      "tar -cf ../a.ova appliance.ovf appliance-disk1.vmdk",
	      home);
	OK("import", ova, "--name", "x");
	expect_same(disk, source);
	forget("x");
	SHELL("cd '%s/ova'; sed -i 's,<VirtualSystem ,<VirtualSystemCollection><VirtualSystem ,; "
	      "s,</VirtualSystem>,</VirtualSystem><VirtualSystem ovf:id=\"other\"/></VirtualSystemCollection>,' appliance.ovf; "
	      "tar -cf ../a.ova appliance.ovf appliance-disk1.vmdk",
	      home);
	expect_error(virtty("import", ova, NULL), 1, "describes 2 machines", "'Appliance One', 'other'", NULL);
	expect_nothing(home);
	home_end(home);
}
END_TEST

/* ---- faults ---- */

/* What unpacks to more than there is. In a mount namespace of this test's own. */
START_TEST(bombs)
{
	char *home = home_new();
	_cleanup_free_ char *small = strf("%s/images", home), *zeroes = strf("%s/zeroes.gz", home), *noise = strf("%s/noise.raw.xz", home);
	_cleanup_free_ char *plain = strf("%s/plain", home);

	ck_assert_int_eq(mkdir(small, 0700), 0);
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 || mount("tmpfs", small, "tmpfs", 0, "size=48m") < 0) {
		skip_test("no file system can be mounted here: %s", strerror(errno));
		home_end(home);
		return;
	}
	SHELL("head -c 3G /dev/zero | gzip -1 > '%s'; head -c 64M /dev/urandom | xz -0 > '%s'; head -c 64M /dev/urandom > '%s'", zeroes, noise, plain);
	/* holes take no room, but no file is larger than all of it */
	expect_error(virtty("import", zeroes, "--name", "a", NULL), 1, "all that its file system holds", NULL);
	/* more than there is room for, known from the start, or only on the way */
	expect_error(virtty("import", noise, "--name", "a", NULL), 1, "no room for", NULL);
	expect_error(virtty("import", plain, "--name", "a", NULL), 1, "no room for", NULL);
	SHELL("cd '%s'; head -c 20M /dev/urandom > part; cat part part part part | zstd -q --long=27 > noise.zst", home);
	_cleanup_free_ char *twice = strf("%s/noise.zst", home);

	expect_error(virtty("import", twice, "--name", "a", NULL), 1, "room", NULL);
	expect_nothing(home);
	(void)umount(small);
	home_end(home);
}
END_TEST

static unsigned kill_rounds(void)
{
	const char *text = getenv("VIRTTY_KILL_ROUNDS");

	return text != NULL ? (unsigned)strtoul(text, NULL, 10) : 20;
}

/* kill -9 at any moment, to the job, or to the command that waits for it: a machine with its whole disk, or nothing but what is a whole volume. */
START_TEST(killed)
{
	char *home = home_new();
	_cleanup_free_ char *source = source_image(home, 64), *packed = strf("%s/src.raw.xz", home), *disk = strf("%s/images/a.qcow2", home);
	unsigned whole = 0;

	SHELL("xz -0 '%s' -c > '%s'", source, packed);
	srand(1);
	for (unsigned round = 0; round < kill_rounds(); round++) {
		struct timespec pause = { 0, rand() % 1000 * 1000000 };
		_cleanup_task_ struct task task = task_virtty("import", packed, "--name", "a", NULL);

		nanosleep(&pause, NULL);
		pid_t all[8];
		size_t count = home_processes(home, "virtty", all, 8);

		/* in turn: the job, the command, both */
		for (size_t i = 0; i < count && i < 8; i++)
			if ((all[i] == task.pid) != (round % 3 == 0) || round % 3 == 2)
				kill(all[i], SIGKILL);
		struct outcome ended = task_wait(&task, SOON_MS);

		outcome_clear(&ended);
		wait_processes(home, "virtty", 0, SOON_MS);
		wait_processes(home, "xz", 0, SOON_MS);
		wait_processes(home, "qemu-img", 0, SOON_MS);
		OK("jobs");
		whole += machines();
		if (machines() > 0) {
			expect_same(disk, source);
			forget("a");
		} else if (path_exists(disk)) {
			expect_same(disk, source);
			OK("vol-delete", "a.qcow2", "--pool", "default");
		}
		expect_nothing(home);
	}
	printf("%u of %u machines were whole before they were killed\n", whole, kill_rounds());
	home_end(home);
}
END_TEST

/* A decompressor that unpacks the head, which the command looks at, and then takes its time. */
static void slow_xz(const char *home)
{
	_cleanup_free_ char *path = strf("%s/bin:%s", home, getenv("PATH"));

	SHELL("mkdir '%s/bin'; printf '#!/bin/sh\\nif mkdir \"%s/bin/first\" 2>/dev/null; then exec /usr/bin/xz \"$@\"; fi\\nexec sleep 1000\\n' > '%s/bin/xz'; "
	      "chmod +x '%s/bin/xz'",
	      home, home, home, home);
	setenv("PATH", path, 1);
}

static bool job_runs(void *data)
{
	_cleanup_free_ char *list = NULL;

	(void)data;
	expect_ok(virtty("jobs", NULL), &list);
	return strstr(list, "running") != NULL;
}

static const int ends[] = { SIGINT, SIGTERM, 0 };

/* Ctrl-C, a polite end, and `jobs --cancel` from elsewhere. */
START_TEST(cancelled)
{
	char *home = home_new();
	_cleanup_free_ char *source = source_image(home, 4), *packed = strf("%s/src.raw.xz", home), *jobs = NULL;
	_cleanup_task_ struct task task = { 0 };

	SHELL("xz -0 -k '%s'", source);
	slow_xz(home);
	task = task_virtty("import", packed, "--name", "a", NULL);
	ck_assert(wait_for(job_runs, NULL, SOON_MS));
	if (ends[_i] != 0)
		kill(task.pid, ends[_i]);
	else
		OK("jobs", "--cancel", "1");
	struct outcome ended = task_wait(&task, SOON_MS);

	ck_assert_int_eq(ended.status, 1);
	ck_assert_msg(strstr(ended.err, "cancelled") != NULL, "%s", ended.err);
	outcome_clear(&ended);
	expect_ok(virtty("jobs", NULL), &jobs);
	ck_assert_ptr_nonnull(strstr(jobs, "cancelled"));
	wait_processes(home, "sleep", 0, SOON_MS);
	expect_nothing(home);
	home_end(home);
}
END_TEST

/* ---- seeds ---- */

START_TEST(seeds_come_and_go)
{
	char *home = home_new();
	_cleanup_free_ char *base = strf("%s/base.qcow2", home), *disk = strf("size=1,backing_store=%s", base), *bad = strf("copy=%s/none", home);
	_cleanup_free_ char *xml = NULL, *again = NULL, *seed = strf("%s/seed", home), *password = strf("%s/password", home);
	_cleanup_free_ char *parts = strf("user=ana,password-file=%s,hostname=one", password), *text = NULL, *log = NULL;

	RUN("qemu-img", "create", "-q", "-f", "qcow2", base, "64M");
	ck_assert(file_write(password, "geheim\n", 7, 0600, NULL));
	struct outcome made_one = virtty("install", "--name", "one", "--memory", "32", "--network", "none", "--import", "--disk", disk, "--cloud-init", parts,
					 "--noautoconsole", NULL);

	ck_assert_msg(made_one.status == 0, "%s", made_one.err);
	outcome_clear(&made_one);
	/* its owner's alone, and no password in it or anywhere else */
	SHELL("test $(stat -c %%a '%s') = 700; test $(stat -c %%a '%s'/*.iso) = 600; test $(ls -A '%s' | wc -l) = 1", seed, seed, seed);
	RUN("sh", "-c", "! grep -r geheim \"$1\" --exclude=password", "x", home);
	expect_ok(virtty("dumpxml", "one", NULL), &xml);
	ck_assert_ptr_nonnull(strstr(xml, "/seed/"));
	/* it is the machine's: not among what --remove-all-storage would have to be asked for */
	OK("destroy", "one");
	OK("undefine", "one");
	expect_empty(home, "seed");
	/* what fails leaves none, and what only looks makes none */
	expect_error(virtty("install", "--name", "two", "--import", "--disk", bad, "--cloud-init", "user=ana", NULL), 1, "none", NULL);
	expect_ok(virtty("install", "--name", "two", "--import", "--disk", disk, "--cloud-init", "--print-xml", NULL), &again);
	ck_assert_ptr_nonnull(strstr(again, "/seed/"));
	expect_error(virtty("install", "--import", "--disk", disk, "--cloud-init", "usr=a", NULL), 2, "'usr=a' is not understood", NULL);
	expect_empty(home, "seed");
	/* a running machine keeps it until it is off */
	expect_ok(virtty("install", "--name", "three", "--memory", "32", "--network", "none", "--import", "--disk", disk, "--cloud-init", "--noautoconsole",
			 NULL),
		  &text);
	ck_assert_ptr_nonnull(strstr(text, "Password for the first login as root: "));
	OK("undefine", "three");
	SHELL("test $(ls -A '%s' | wc -l) = 1", seed);
	OK("destroy", "three");
	expect_empty(home, "seed");
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

/* A real guest finds the drive by its label, as cloud-init does, and reads what was written, byte for byte. */
START_TEST(a_guest_reads_its_seed)
{
	char *home = home_new();
	_cleanup_free_ char *kernel = guest_file("vmlinux"), *initrd = kernel != NULL ? guest_file("initrd.img") : NULL;

	if (kernel == NULL) {
		home_end(home);
		return;
	}
	_cleanup_free_ char *boot = strf("kernel=%s,initrd=%s,kernel_args=console=ttyS0 quiet", kernel, initrd);
	_cleanup_free_ char *data = strf("%s/data", home), *parts = strf("user-data=%s,hostname=web-1", data), *sum = NULL, *line = NULL, *meta = NULL;
	static const char text[] = "#cloud-config\nwrite_files:\n  - {path: /x, content: \"Zo\xc3\xab \\\"a\\\": b\"}\n\t\n";

	ck_assert(file_write(data, text, sizeof text - 1, 0600, NULL));
	struct outcome digest = run_program((const char *[]){ "/usr/bin/env", "sha256sum", data, NULL });

	sum = xstrndup(digest.out, 64);
	outcome_clear(&digest);
	OK("install", "--name", "a", "--virt-type", "qemu", "--memory", "192", "--network", "none", "--disk", "none", "--boot", boot, "--cloud-init", parts,
	   "--noautoconsole");
	wait_console("a", "# ", BOOT_MS);
	/* found as cloud-init finds it */
	console_command("a", "until d=$(findfs LABEL=cidata 2>/dev/null); do sleep 1; done; mkdir /c; mount -t iso9660 -o ro $d /c && echo mounted $d",
			"mounted /dev/vd", BOOT_MS);
	console_command("a", "sha256sum </c/user-data", sum, BOOT_MS);
	console_command("a", "grep local-hostname /c/meta-data; ls /c", "\"web-1\"", BOOT_MS);
	OK("destroy", "a");
	OK("undefine", "a");
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	expect_nothing(home);
	home_end(home);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("import");
	TCase *images = tcase_create("images"), *appliance = tcase_create("appliances"), *faults = tcase_create("faults"), *seeds = tcase_create("seeds");

	tcase_set_timeout(images, 300);
	tcase_add_loop_test(images, every_format, 0, ARRAY_LENGTH(made));
	tcase_add_test(images, in_place);
	tcase_add_loop_test(images, hostile_images, 0, ARRAY_LENGTH(hostile));
	tcase_set_timeout(appliance, 300);
	tcase_add_loop_test(appliance, appliances, 0, ARRAY_LENGTH(packages));
	tcase_add_test(appliance, appliances_by_their_envelope);
	tcase_add_loop_test(appliance, damaged_appliances, 0, ARRAY_LENGTH(damaged));
	tcase_add_test(appliance, packed_disks_and_two_machines);
	tcase_set_timeout(faults, 600);
	tcase_add_test(faults, bombs);
	tcase_add_test(faults, killed);
	tcase_add_loop_test(faults, cancelled, 0, ARRAY_LENGTH(ends));
	tcase_set_timeout(seeds, 300);
	tcase_add_test(seeds, seeds_come_and_go);
	tcase_add_test(seeds, a_guest_reads_its_seed);
	suite_add_tcase(s, images);
	suite_add_tcase(s, appliance);
	suite_add_tcase(s, faults);
	suite_add_tcase(s, seeds);
	return s;
}

int main(void)
{
	return suite_main(suite());
}
