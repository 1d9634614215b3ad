/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Envelopes as VMware, VirtualBox and the second standard write them; what they may not say; manifests. */
#include "base/file.h"
#include "base/strv.h"
#include "base/text.h"
#include "storage/ovf.h"
#include "tests/unit/unit.h"

static struct ovf read_fixture(const char *name)
{
	_cleanup_free_ char *path = strf(TEST_SOURCE_DIR "/tests/fixtures/ovf/%s", name), *text = NULL;
	_cleanup_error_ struct error err = ERROR_INIT;
	struct ovf ovf;
	size_t length;

	ck_assert_ok(file_read(path, 1 << 20, &text, &length, &err), &err);
	/* what a test fills in where it makes an appliance */
	char *size = strstr(text, "@SIZE@");

	if (size != NULL)
		memcpy(size, "004096", 6);
	ck_assert_ok(ovf_parse(name, text, length, &ovf, &err), &err);
	return ovf;
}

static bool has_note(const struct ovf *ovf, const char *words)
{
	for (char **note = ovf->notes; note != NULL && *note != NULL; note++)
		if (strstr(*note, words) != NULL)
			return true;
	return false;
}

START_TEST(as_vmware_writes_it)
{
	_cleanup_ovf_ struct ovf ovf = read_fixture("vmware.ovf");

	ck_assert_uint_eq(ovf.version, 1);
	ck_assert_str_eq(ovf.name, "Appliance One");
	ck_assert_str_eq(ovf.product, "Test Appliance");
	ck_assert_str_eq(ovf.product_version, "1.2.3");
	ck_assert_str_eq(ovf.description, "An appliance for tests");
	ck_assert_str_eq(ovf.os_type, "debian11_64Guest");
	ck_assert_uint_eq(ovf.os_id, 96);
	ck_assert_uint_eq(ovf.vcpus, 3);
	ck_assert_uint_eq(ovf.memory_bytes, UINT64_C(1536) << 20);
	ck_assert(ovf.efi && !ovf.secure_boot);
	/* by their places, not as they are written */
	ck_assert_uint_eq(ovf.drive_count, 3);
	ck_assert_int_eq(ovf.drives[0].kind, OVF_DRIVE_DISK);
	ck_assert_int_eq(ovf.drives[0].bus, OVF_BUS_SCSI);
	ck_assert_str_eq(ovf.drives[0].controller, "VirtualSCSI");
	ck_assert_str_eq(ovf.drives[0].file->href, "appliance-disk1.vmdk");
	ck_assert_uint_eq(ovf.drives[0].file->size, 4096);
	ck_assert_uint_eq(ovf.drives[0].disk->capacity, 20 << 20);
	ck_assert_ptr_null(ovf.drives[1].file);
	ck_assert_uint_eq(ovf.drives[1].disk->capacity, UINT64_C(1) << 30);
	ck_assert_int_eq(ovf.drives[2].kind, OVF_DRIVE_CDROM);
	ck_assert_uint_eq(ovf.nic_count, 1);
	ck_assert_str_eq(ovf.nics[0].model, "VmxNet3");
	ck_assert_str_eq(ovf.nics[0].network, "VM Network");
	ck_assert_str_eq(ovf.nics[0].mac, "00:50:56:12:34:56");
	ck_assert(has_note(&ovf, "VMCI") && has_note(&ovf, "licence") && has_note(&ovf, "1 properties"));
}
END_TEST

START_TEST(as_virtualbox_writes_it)
{
	_cleanup_ovf_ struct ovf ovf = read_fixture("virtualbox.ovf");

	ck_assert_ptr_null(ovf.name);
	ck_assert_str_eq(ovf.id, "box");
	ck_assert_str_eq(ovf.os_type, "Debian_64");
	ck_assert_uint_eq(ovf.memory_bytes, UINT64_C(512) << 20);
	ck_assert(ovf.efi);
	ck_assert_uint_eq(ovf.drive_count, 2);
	ck_assert_int_eq(ovf.drives[0].bus, OVF_BUS_IDE);
	ck_assert_uint_eq(ovf.drives[0].disk->capacity, 20971520);
	ck_assert_int_eq(ovf.drives[1].kind, OVF_DRIVE_CDROM);
	ck_assert_uint_eq(ovf.drives[1].controller_number, 1);
	ck_assert_str_eq(ovf.drives[1].file->href, "box-disk002.iso");
	ck_assert_ptr_null(ovf.nics[0].mac);
	ck_assert(has_note(&ovf, "sound"));
}
END_TEST

START_TEST(as_the_second_standard_has_it)
{
	_cleanup_ovf_ struct ovf ovf = read_fixture("version2.ovf");

	ck_assert_uint_eq(ovf.version, 2);
	ck_assert_str_eq(ovf.name, "Second edition");
	/* the chosen configuration's, and no limit */
	ck_assert_uint_eq(ovf.vcpus, 8);
	ck_assert_uint_eq(ovf.memory_bytes, UINT64_C(2) << 30);
	ck_assert_uint_eq(ovf.drive_count, 1);
	ck_assert_int_eq(ovf.drives[0].bus, OVF_BUS_SATA);
	ck_assert(ovf.drives[0].file->gzip);
	ck_assert_uint_eq(ovf.disks[1].capacity, 0);
	ck_assert_str_eq(ovf.nics[0].mac, "52:54:00:aa:bb:cc");
	ck_assert(has_note(&ovf, "'large' is taken"));
}
END_TEST

/* ---- what is refused ---- */

#define ENVELOPE(inner) \
	"<Envelope xmlns='http://schemas.dmtf.org/ovf/envelope/1' xmlns:ovf='http://schemas.dmtf.org/ovf/envelope/1'>" inner "</Envelope>"
#define FILES(inner)  "<References>" inner "</References>"
#define DISKS(inner)  "<DiskSection>" inner "</DiskSection>"
#define SYSTEM(inner) "<VirtualSystem ovf:id='m'><Info/><VirtualHardwareSection>" inner "</VirtualHardwareSection></VirtualSystem>"
#define ITEM(inner)   "<Item>" inner "</Item>"

static const struct {
	const char *text, *words;
} refused[] = {
	{ "<Envelope xmlns='http://schemas.dmtf.org/ovf/envelope/3'/>", "version that is not known" },
	{ "<domain/>", "no OVF envelope" },
	{ "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><Envelope/>", "" },
	{ ENVELOPE(""), "describes no machine" },
	{ ENVELOPE("<VirtualSystem ovf:id='m'/>"), "nothing of the machine's hardware" },
	{ ENVELOPE("<VirtualSystemCollection>" SYSTEM("") "<VirtualSystem ovf:id='n'><Name>Other</Name></VirtualSystem></VirtualSystemCollection>"),
	  "describes 2 machines ('m', 'Other')" },
	{ ENVELOPE(FILES("<File ovf:id='a' ovf:href='../a'/>") SYSTEM("")), "not one that lies beside it" },
	{ ENVELOPE(FILES("<File ovf:id='a' ovf:href='/etc/shadow'/>") SYSTEM("")), "not one that lies beside it" },
	{ ENVELOPE(FILES("<File ovf:id='a' ovf:href='a/../../b'/>") SYSTEM("")), "not one that lies beside it" },
	{ ENVELOPE(FILES("<File ovf:id='a' ovf:href='http://x/y'/>") SYSTEM("")), "not one that lies beside it" },
	{ ENVELOPE(FILES("<File ovf:id='a' ovf:href='a&#10;b'/>") SYSTEM("")), "not one that lies beside it" },
	{ ENVELOPE(FILES("<File ovf:id='a'/>") SYSTEM("")), "no id or no href" },
	{ ENVELOPE(FILES("<File ovf:id='a' ovf:href='a' ovf:chunkSize='10'/>") SYSTEM("")), "in pieces" },
	{ ENVELOPE(FILES("<File ovf:id='a' ovf:href='a' ovf:compression='lzma'/>") SYSTEM("")), "compressed by 'lzma'" },
	{ ENVELOPE(FILES("<File ovf:id='a' ovf:href='a' ovf:size='-1'/>") SYSTEM("")), "is no number" },
	{ ENVELOPE(DISKS("<Disk ovf:diskId='d' ovf:capacity='9' ovf:capacityAllocationUnits='byte * 2^63'/>") SYSTEM("")), "out of range" },
	{ ENVELOPE(DISKS("<Disk ovf:diskId='d' ovf:capacity='9' ovf:capacityAllocationUnits='parsecs'/>") SYSTEM("")), "unknown unit" },
	{ ENVELOPE(DISKS("<Disk ovf:diskId='d' ovf:capacity='lots'/>") SYSTEM("")), "is no number" },
	{ ENVELOPE(DISKS("<Disk/>") SYSTEM("")), "no diskId" },
	{ ENVELOPE(SYSTEM(ITEM("<ResourceType>17</ResourceType><HostResource>ovf:/disk/x</HostResource>"))), "there is no disk 'x'" },
	{ ENVELOPE(SYSTEM(ITEM("<ResourceType>17</ResourceType><HostResource>file:///etc/shadow</HostResource>"))), "neither a disk nor a file" },
	{ ENVELOPE(DISKS("<Disk ovf:diskId='d' ovf:fileRef='f'/>")
			   SYSTEM(ITEM("<ResourceType>17</ResourceType><HostResource>ovf:/disk/d</HostResource>"))),
	  "in a file 'f' that is not there" },
	{ ENVELOPE(DISKS("<Disk ovf:diskId='d' ovf:parentRef='b'/>")
			   SYSTEM(ITEM("<ResourceType>17</ResourceType><HostResource>ovf:/disk/d</HostResource>"))),
	  "only the difference to disk 'b'" },
	{ ENVELOPE(SYSTEM(ITEM("<ResourceType>3</ResourceType><VirtualQuantity>many</VirtualQuantity>"))), "is no number" },
	{ ENVELOPE(SYSTEM(ITEM("<ResourceType>4</ResourceType><VirtualQuantity>18446744073709551615</VirtualQuantity>"))), "out of range" },
};

START_TEST(what_is_refused)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct ovf ovf;

	ck_assert(!ovf_parse("x.ovf", refused[_i].text, strlen(refused[_i].text), &ovf, &err));
	ck_assert_msg(strstr(error_text(&err), refused[_i].words) != NULL, "%s", error_text(&err));
	ck_assert_ptr_null(ovf.files);
}
END_TEST

START_TEST(units)
{
	static const struct {
		const char *text;
		uint64_t bytes; /* 0: none */
	} rows[] = {
		{ "", 1 }, { "byte", 1 }, { "bytes", 1 }, { "byte * 2^20", 1 << 20 }, { "byte*2^30", 1 << 30 }, { "byte * 1024 * 1024", 1 << 20 },
		{ "byte * 10^3", 1000 }, { "MegaBytes", 1 << 20 }, { "GigaBytes", 1 << 30 }, { "MB", 1 << 20 }, { "GB", 1 << 30 }, { "KB", 1 << 10 },
		{ "byte * 2^64", 0 }, { "byte * 2^", 0 }, { "byte * 0", 0 }, { "byte 2^30", 0 }, { "hertz * 10^6", 0 }, { "byte * 2^30 *", 0 },
		{ "byte * 2^32 * 2^32", 0 }, { "X", 0 }, { "?B", 0 },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		uint64_t bytes = 0;

		ck_assert_msg(ovf_unit(rows[i].text, &bytes) == (rows[i].bytes != 0), "%s", rows[i].text);
		ck_assert_msg(rows[i].bytes == 0 || bytes == rows[i].bytes, "%s", rows[i].text);
	}
}
END_TEST

START_TEST(manifests)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	static const char good[] = "SHA1(a.ovf)= da39a3ee5e6b4b0d3255bfef95601890afd80709\r\n"
				   "SHA256 (disk (1).vmdk) = E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855\n\n";
	static const char *const bad[] = { "MD5(a)= d41d8cd98f00b204e9800998ecf8427e\n", "SHA1(a)= da39\n", "SHA1 da39\n", "SHA256()= x\n",
					   "<html>\n", "SHA1(a)= zz39a3ee5e6b4b0d3255bfef95601890afd80709\n" };
	struct manifest manifest;

	ck_assert_ok(manifest_parse("a.mf", good, sizeof good - 1, &manifest, &err), &err);
	ck_assert_uint_eq(manifest.count, 2);
	ck_assert_int_eq(manifest_find(&manifest, "a.ovf")->digest, DIGEST_SHA1);
	ck_assert_str_eq(manifest_find(&manifest, "disk (1).vmdk")->hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	ck_assert_ptr_null(manifest_find(&manifest, "b"));
	manifest_clear(&manifest);
	for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
		ck_assert_msg(!manifest_parse("a.mf", bad[i], strlen(bad[i]), &manifest, &err), "%s", bad[i]);
	ck_assert(!manifest_parse("a.mf", "SHA1\0x", 6, &manifest, &err));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ovf");
	TCase *t = tcase_create("ovf");

	tcase_add_test(t, as_vmware_writes_it);
	tcase_add_test(t, as_virtualbox_writes_it);
	tcase_add_test(t, as_the_second_standard_has_it);
	tcase_add_loop_test(t, what_is_refused, 0, ARRAY_LENGTH(refused));
	tcase_add_test(t, units);
	tcase_add_test(t, manifests);
	suite_add_tcase(suite, t);
	return unit_run(suite);
}
