/* SPDX-License-Identifier: GPL-2.0-or-later */
/* virt-install's options, as they become a request; what is refused, and in which words. */
#include "config.h"

#include "base/strv.h"
#include "cli/install_options.h"
#include "tests/unit/unit.h"

#include <unistd.h>

static const struct command command = {
	.name = "install", .summary = "s", .description = "d", .options = install_options
};

static struct arguments arguments;
static struct install_request request;
static struct error error;
static char **words;

static void teardown(void)
{
	arguments_clear(&arguments);
	install_request_clear(&request);
	error_clear(&error);
	strv_free(words);
	words = NULL;
}

/* Reads a line of options, split at blanks. */
static bool read_line(const char *line)
{
	teardown();
	words = strv_split(line, " ");
	return arguments_parse(&arguments, &command, (int)strv_length(words), words, &error) &&
	       install_request_read(&arguments, &request, &error);
}

static void taken(const char *line)
{
	ck_assert_msg(read_line(line), "%s: %s", line, error_text(&error));
}

START_TEST(a_usual_line)
{
	taken("--name web1 --memory 4096 --vcpus 2 --cdrom /iso/debian.iso --disk size=20 --network user --graphics "
	      "vnc --osinfo debian12");
	ck_assert_str_eq(request.name, "web1");
	ck_assert_uint_eq(request.memory_mib, 4096);
	ck_assert_uint_eq(request.vcpus, 2);
	ck_assert_str_eq(request.cdrom, "/iso/debian.iso");
	ck_assert_uint_eq(request.disk_count, 1);
	ck_assert_ptr_null(request.disks[0].path);
	ck_assert_uint_eq(request.disks[0].size_bytes, UINT64_C(20) << 30);
	ck_assert_str_eq(request.networks[0], "user");
	ck_assert_str_eq(request.graphics, "vnc");
	ck_assert_str_eq(request.osinfo, "debian12");
	ck_assert(!request.import && !request.no_disks);
}
END_TEST

START_TEST(short_and_old_names)
{
	taken("-n a -r 1G -c x.iso -w user --os-variant debian12");
	ck_assert_str_eq(request.name, "a");
	ck_assert_uint_eq(request.memory_mib, 1024);
	ck_assert_str_eq(request.cdrom, "x.iso");
	ck_assert_str_eq(request.osinfo, "debian12");
	taken("--ram=512 --import --disk /a.img --os-type linux");
	ck_assert_uint_eq(request.memory_mib, 512);
	ck_assert(request.import);
}
END_TEST

START_TEST(absent_is_left_to_core)
{
	taken("--cdrom x.iso");
	ck_assert_ptr_null(request.name);
	ck_assert_uint_eq(request.memory_mib, 0);
	ck_assert_uint_eq(request.vcpus, 0);
	ck_assert_uint_eq(request.disk_count, 0);
	ck_assert_ptr_null(request.networks);
	ck_assert_ptr_null(request.graphics);
}
END_TEST

START_TEST(disks)
{
	taken("--import --disk path=/a.qcow2,format=qcow2,bus=sata,cache=none,discard=unmap,io=threads --disk "
	      "/b.raw,readonly=on --disk path=/c.iso,device=cdrom "
	      "--disk size=1.5");
	ck_assert_uint_eq(request.disk_count, 4);
	ck_assert_str_eq(request.disks[0].path, "/a.qcow2");
	ck_assert_str_eq(request.disks[0].format, "qcow2");
	ck_assert_str_eq(request.disks[0].bus, "sata");
	ck_assert_str_eq(request.disks[0].cache, "none");
	ck_assert_str_eq(request.disks[0].discard, "unmap");
	ck_assert_str_eq(request.disks[0].io, "threads");
	ck_assert_str_eq(request.disks[1].path, "/b.raw");
	ck_assert(request.disks[1].readonly);
	ck_assert(request.disks[2].cdrom);
	ck_assert_uint_eq(request.disks[3].size_bytes, UINT64_C(1536) << 20);
	taken("--boot network --disk none");
	ck_assert(request.no_disks);
}
END_TEST

START_TEST(user_networking_by_passt)
{
	static const char *const lines[] = { "passt,mac=52:54:00:00:00:01", "user,backend.type=passt,mac=52:54:00:00:00:01",
					     "type=user,backend.type=passt,mac=52:54:00:00:00:01" };

	for (size_t i = 0; i < ARRAY_LENGTH(lines); i++) {
		_cleanup_free_ char *line = strf("--boot network --network %s", lines[i]);

		taken(line);
		ck_assert_str_eq(request.networks[0], "passt,mac=52:54:00:00:00:01");
	}
	taken("--boot network --network user,backend.type=default");
	ck_assert_str_eq(request.networks[0], "user");
}
END_TEST

START_TEST(other_parts)
{
	taken("--cdrom x.iso --network type=user,model=e1000,mac=52:54:00:AB:cd:01 --graphics "
	      "type=vnc,port=5901,listen=0.0.0.0,keymap=fr,password=secret "
	      "--console pty,target_type=serial --channel unix,target.type=virtio,target.name=org.qemu.guest_agent.0 "
	      "--metadata title=one,description=two --boot uefi --virt-type qemu "
	      "--machine pc --cpu max");
	ck_assert_str_eq(request.networks[0], "user,model=e1000,mac=52:54:00:AB:cd:01");
	ck_assert_str_eq(request.graphics, "vnc,port=5901,listen=0.0.0.0,keymap=fr");
	ck_assert_str_eq(request.password, "secret");
	ck_assert_str_eq(request.title, "one");
	ck_assert_str_eq(request.description, "two");
	ck_assert_str_eq(request.boot, "uefi");
	ck_assert_str_eq(request.virt_type, "qemu");
	ck_assert_str_eq(request.machine, "pc");
	ck_assert_str_eq(request.cpu, "max");
	taken("--cdrom x.iso --network user,forward=2222:22,model=e1000,forward=udp:[::1]:53");
	ck_assert_str_eq(request.networks[0], "user,model=e1000,forward=tcp:2222:22,forward=udp:[::1]:53:53");
	/* as virt-install has it */
	taken("--cdrom x.iso --network network=lab,portForward0.proto=udp,portForward0.address=127.0.0.1,portForward0.range0.start=50,"
	      "portForward0.range1.start=60,"
	      "portForward0.range1.end=62,portForward0.range1.to=160,portForward1.range0.start=2222,portForward1.range0.to=22");
	ck_assert_str_eq(request.networks[0],
			 "network=lab,forward=udp:127.0.0.1:50:50,forward=udp:127.0.0.1:60-62:160-162,forward=tcp:2222:22");
}
END_TEST

/* What was typed is taken, and then no longer to be seen in the process's arguments. */
START_TEST(a_password_that_was_typed)
{
	static const struct {
		const char *typed, *password, *left;
	} cases[] = {
		{ "vnc,password=secret", "secret", "vnc,password=xxxxxx" },
		{ "vnc,password=a,,b,port=5901", "a,b", "vnc,password=xxxx,port=5901" },
		{ "type=vnc,listen=password=,password=p", "p", "type=vnc,listen=password=,password=x" },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		_cleanup_free_ char *line = strf("--cdrom x --graphics %s", cases[i].typed);

		taken(line);
		ck_assert_str_eq(request.password, cases[i].password);
		ck_assert_str_eq(words[3], cases[i].left);
		ck_assert_ptr_null(strstr(request.graphics, cases[i].password[1] ? cases[i].password : "password=p"));
	}
}
END_TEST

START_TEST(a_password_in_a_file)
{
	char path[] = "/tmp/virtty-test-XXXXXX";
	int fd = mkstemp(path);
	_cleanup_free_ char *line = strf("--cdrom x --graphics vnc,listen=0.0.0.0,password-file=%s", path);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, "se cret\nand more\n", 17), 17);
	taken(line);
	ck_assert_str_eq(request.password, "se cret");
	ck_assert_str_eq(request.graphics, "vnc,listen=0.0.0.0");
	ck_assert_int_eq(ftruncate(fd, 0), 0);
	ck_assert(!read_line(line));
	ck_assert_str_eq(error.message, "--graphics: the password is empty");
	close(fd);
	unlink(path);
	ck_assert(!read_line(line));
	ck_assert_ptr_nonnull(strstr(error.message, path));
}
END_TEST

START_TEST(mistakes)
{
	static const struct {
		const char *line, *message;
	} cases[] = {
		{ "", "'install' needs something to boot: --cdrom, --import or --boot" },
		{ "--name a --boot uefi,menu=on", "'install' needs something to boot: --cdrom, --import or --boot" },
		{ "--name a --boot uefi", "'install' needs something to boot: --cdrom, --import or --boot" },
		{ "--import", "--import needs a --disk to boot" },
		{ "--import --cdrom x --disk /a", "--cdrom and --import exclude each other" },
		{ "--cdrom x --vcpus 0", "--vcpus takes a number from 1 to 4096, not '0'" },
		{ "--cdrom x --vcpus -1", "--vcpus takes a number from 1 to 4096, not '-1'" },
		{ "--cdrom x --vcpus 2,maxvcpus=4", "--vcpus does not know 'maxvcpus'" },
		{ "--cdrom x --memory 0", "--memory is at least 1 MiB, not '0'" },
		{ "--cdrom x --disk speed=1", "--disk does not know 'speed'" },
		{ "--cdrom x --disk format=raw", "--disk needs path= or vol= (an image that exists), or size= or copy= (a new one)" },
		{ "--cdrom x --disk size=0", "--disk: a size of 0 is no disk" },
		{ "--cdrom x --disk /a,device=floppy", "--disk: device is disk or cdrom, not 'floppy'" },
		{ "--cdrom x --disk /a,readonly=maybe", "--disk: readonly is on or off, not 'maybe'" },
		{ "--cdrom x --disk none --disk size=1", "--disk none and another --disk exclude each other" },
		{ "--cdrom x --network tap", "--network 'tap': not a network" },
		{ "--cdrom x --network bridge", "--network 'bridge': not a network" },
		{ "--cdrom x --network user,mac=01:00:00:00:00:01", "--network: '01:00:00:00:00:01' is no MAC address of one card" },
		{ "--cdrom x --network user,forward=0", "--network: '0' is no port forward" },
		{ "--cdrom x --network user,portForward0.proto=tcp", "--network: portForward0 has no range0.start=" },
		{ "--cdrom x --network user,portForward0.range0.end=5",
		  "--network: a range of portForward0 has no start=, or one that is no port" },
		{ "--cdrom x --network user,portForward2.range0.start=x",
		  "--network: a range of portForward2 has no start=, or one that is no port" },
		{ "--cdrom x --network user,portForward0.range0.start=5,portForward0.range0.start=6",
		  "--network has 'portForward0.range0.start' twice" },
		{ "--cdrom x --network user,portForward0.proto=sctp,portForward0.range0.start=5",
		  "--network: protocol 'sctp' is not known; allowed: tcp, udp" },
		{ "--cdrom x --network user,portForward0.dev=eth0", "--network does not know 'portForward0.dev'" },
		{ "--cdrom x --network none --network user", "--network none and another --network exclude each other" },
		{ "--cdrom x --graphics spice", "--graphics is vnc or none, not 'spice'" },
		{ "--cdrom x --graphics none,port=5900", "--graphics none takes nothing more" },
		{ "--cdrom x --console none,target_type=serial", "--console none takes nothing more" },
		{ "--cdrom x --channel none,target.type=virtio", "--channel none takes nothing more" },
		{ "--cdrom x --channel spicevmc", "--channel 'spicevmc' is not supported: it is the guest agent's, or none" },
		{ "--cdrom x --channel unix,target.type=virtio,target.name=mine",
		  "--channel 'unix,target.type=virtio,target.name=mine' is not supported: it is the guest agent's, or none" },
		{ "--cdrom x --channel unix,path=/x", "--channel does not know 'path'" },
		{ "--cdrom x --graphics vnc,port=80", "--graphics: port is 5900 to 65535, or -1 for any, not '80'" },
		{ "--cdrom x --console pty,target_type=virtio", "--console 'pty,target_type=virtio' is not supported: it is pty, or none" },
		{ "--cdrom x --graphics vnc,password", "--graphics: password needs a value" },
		{ "--cdrom x --graphics vnc,listen", "--graphics: listen needs a value" },
		{ "--cdrom x --graphics vnc,password=a,password-file=/b", "--graphics: password= and password-file= exclude each other" },
		{ "--cdrom x --metadata genid=1", "--metadata does not know 'genid'" },
		{ "--cdrom x --description a --metadata description=b", "--description and --metadata description= exclude each other" },
		{ "--cdrom x --virt-type xen", "--virt-type does not know 'xen'; allowed: kvm qemu" },
		{ "--cdrom x --location y", "'install' has no option --location" },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		ck_assert_msg(!read_line(cases[i].line), "'%s' was taken", cases[i].line);
		ck_assert_str_eq(error.message, cases[i].message);
	}
	/* Sizes are size_parse()'s to refuse; the option is named. */
	static const char *const sizes[] = { "--cdrom x --memory -5", "--cdrom x --memory 99999999999T",
					     "--cdrom x --memory abc" };

	for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++) {
		ck_assert_msg(!read_line(sizes[i]), "'%s' was taken", sizes[i]);
		ck_assert_ptr_nonnull(strstr(error.message, "--memory"));
	}
	ck_assert(!read_line("--cdrom x --disk size=-1"));
	ck_assert_ptr_nonnull(strstr(error.message, "--disk"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("cli install");
	TCase *tcase = tcase_create("install");

	setlocale(LC_ALL, "C.UTF-8");
	tcase_add_checked_fixture(tcase, NULL, teardown);
	tcase_add_test(tcase, a_usual_line);
	tcase_add_test(tcase, short_and_old_names);
	tcase_add_test(tcase, absent_is_left_to_core);
	tcase_add_test(tcase, disks);
	tcase_add_test(tcase, user_networking_by_passt);
	tcase_add_test(tcase, other_parts);
	tcase_add_test(tcase, a_password_that_was_typed);
	tcase_add_test(tcase, a_password_in_a_file);
	tcase_add_test(tcase, mistakes);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
