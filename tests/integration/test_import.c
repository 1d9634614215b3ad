/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Images and appliances from elsewhere, with real qemu-img, tar and compressors: every byte arrives, and what is hostile is refused. */
#include "base/file.h"
#include "tests/harness/elsewhere.h"
#include "tests/harness/home.h"
#include "tests/harness/machine.h"
#include "tests/harness/pty.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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
	expect_identical(as_qcow2, source);
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
	_cleanup_free_ char *vmdk = strf("%s/src.vmdk", home), *packed = strf("%s/src.raw.gz", home);
	_cleanup_free_ char *xml = NULL, *running = NULL, *copied = strf("copy=%s", packed), *compressed = strf("path=%s", packed);
	_cleanup_free_ char *foreign = strf("path=%s", vmdk);

	free(source_image(home, 4));
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

/* On a terminal somebody is asked. */
START_TEST(asked)
{
	static const char *const environment[] = { "TERM=xterm-256color", "LC_ALL=C.UTF-8", "LANGUAGE=C", NULL };
	char *home = home_new();
	_cleanup_free_ char *vmdk = strf("%s/src.vmdk", home), *xml = NULL, *disk = strf("path=%s", vmdk), *copy = NULL;
	const char *const import[] = { virtty_path(), "import", vmdk, "--name", "a", NULL };
	const char *const install[] = { virtty_path(), "install", "--name", "b", "--import", "--disk", disk, "--memory", "32", "--network", "none",
					"--noautoconsole", NULL };
	struct pty *pty;

	free(source_image(home, 4));
	SHELL("cd '%s'; qemu-img convert -O vmdk src.raw src.vmdk", home);
	pty = pty_start(import, environment, 24, 200);
	pty_expect(pty, "is a vmdk image. Copy it into a pool (c), or use it in place (i)? [c]");
	pty_send(pty, "x\r");
	pty_expect(pty, "the answer is c or i, not 'x'");
	ck_assert_int_eq(pty_expect_exit(pty), 1);
	pty_free(pty);
	pty = pty_start(import, environment, 24, 200);
	pty_expect(pty, "[c]");
	pty_send(pty, "i\r");
	pty_expect(pty, "Domain 'a' created");
	ck_assert_int_eq(pty_expect_exit(pty), 0);
	pty_free(pty);
	expect_ok(virtty("dumpxml", "a", NULL), &xml);
	ck_assert_ptr_nonnull(strstr(xml, "type='vmdk'"));
	OK("undefine", "a");
	pty = pty_start(install, environment, 24, 200);
	pty_expect(pty, "[c]");
	pty_send(pty, "\r");
	pty_expect(pty, "Domain 'b' created");
	ck_assert_int_eq(pty_expect_exit(pty), 0);
	pty_free(pty);
	expect_ok(virtty("dumpxml", "b", NULL), &copy);
	ck_assert_ptr_nonnull(strstr(copy, "images/b.qcow2"));
	OK("destroy", "b");
	forget("b");
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
	_cleanup_free_ char *file = strf("%s/%s", home, hostile[_i].file), *disk = strf("copy=%s", file);

	free(source_image(home, 4));
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
	/* absolute: the shell works elsewhere */
	_cleanup_free_ char *fixtures = path_absolute(getenv("srcdir") != NULL ? getenv("srcdir") : ".");
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
	expect_identical(disk, source);
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
	_cleanup_free_ char *source = source_image(home, 20), *ova = appliance(home, "sha256sum", "ustar"),
			    *envelope = strf("%s/ova/appliance.ovf", home);
	_cleanup_free_ char *disk = strf("%s/images/x.raw", home), *plan = NULL;

	expect_ok(virtty("import", envelope, "--print-xml", "--name", "x", "--bus", "virtio", "--network", "user,model=virtio", "--memory",
			 "512", NULL),
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
	{ "rm appliance.mf; printf '# Disk DescriptorFile\\nRW 8 FLAT \"appliance.ovf\" 0\\n' > appliance-disk1.vmdk; "
	  "sed -i 's/ovf:size=\"[0-9]*\"//' appliance.ovf",
	  "a vmdk descriptor where an image must be" },
	{ "rm appliance.mf; head -c 3000000 /dev/zero > appliance-disk1.vmdk; printf 'KDMV' | dd of=appliance-disk1.vmdk conv=notrunc status=none; "
	  "sed -i 's/ovf:size=\"[0-9]*\"//' appliance.ovf",
	  "vmdk" },
};

/* A disk that ends within a sector is one all the same. */
START_TEST(part_of_a_sector)
{
	char *home = home_new();
	_cleanup_free_ char *file = strf("%s/odd.raw", home), *copy = strf("%s/images/odd.qcow2", home);

	ck_assert(file_write(file, "what is no whole sector", 23, 0600, NULL));
	OK("import", file, "--name", "odd");
	RUN("qemu-img", "compare", "-f", "qcow2", "-F", "raw", copy, file);
	home_end(home);
}
END_TEST

START_TEST(damaged_appliances)
{
	char *home = home_new();
	_cleanup_free_ char *ova = NULL;

	free(source_image(home, 4));
	ova = appliance(home, "sha256sum", "ustar");
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
	expect_identical(disk, source);
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

static Suite *suite(void)
{
	Suite *s = suite_create("import");
	TCase *t = tcase_create("import");

	tcase_set_timeout(t, 300);
	tcase_add_loop_test(t, every_format, 0, ARRAY_LENGTH(made));
	tcase_add_test(t, in_place);
	tcase_add_test(t, asked);
	tcase_add_loop_test(t, hostile_images, 0, ARRAY_LENGTH(hostile));
	tcase_add_loop_test(t, appliances, 0, ARRAY_LENGTH(packages));
	tcase_add_test(t, appliances_by_their_envelope);
	tcase_add_test(t, part_of_a_sector);
	tcase_add_loop_test(t, damaged_appliances, 0, ARRAY_LENGTH(damaged));
	tcase_add_test(t, packed_disks_and_two_machines);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return suite_main(suite());
}
