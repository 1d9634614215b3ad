/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The wizard without a screen: values to a command line and back, what each field refuses; and directories as the file browser reads them. */
#include "base/strv.h"
#include "base/text.h"
#include "core/install_arguments.h"
#include "tests/unit/unit.h"
#include "tui/directory.h"
#include "tui/wizard_check.h"
#include "tui/wizard_network.h"
#include "tui/wizard_pool.h"
#include "tui/wizard_system.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static struct wizard wizard;
static struct wizard_host host;
static char *directory;

static void setup(void)
{
	directory = unit_tempdir();
	wizard_init(&wizard, NULL, false);
	wizard_set_text(&wizard, WIZARD_VCPUS, "2");
	wizard.proposed_name = xstrdup("demo");
	wizard.proposed_place = strf("%s/images/demo.qcow2", directory);
	host.names = strv_add(NULL, "taken");
	host.info = (struct host_info){ .cpus = 4, .memory_kib = 8 << 20, .memory_available_kib = 4 << 20 };
}

static void teardown(void)
{
	wizard_clear(&wizard);
	wizard_host_clear(&host);
	unit_tempdir_remove(directory);
}

static void check_line(const char *wanted)
{
	_cleanup_strv_ char **words = wizard_arguments(&wizard);
	_cleanup_free_ char *line = install_command_line(words);

	ck_assert_str_eq(line, wanted);
}

START_TEST(defaults)
{
	wizard_set_text(&wizard, WIZARD_ISO, "/srv/my iso.iso");
	check_line("virtty install --name demo --memory 2048 --vcpus 2 --cdrom '/srv/my iso.iso' --disk size=20");
}
END_TEST

START_TEST(all_fields)
{
	wizard_set_text(&wizard, WIZARD_ISO, "/a.iso");
	wizard_set_text(&wizard, WIZARD_NAME, " web ");
	wizard_set_text(&wizard, WIZARD_TITLE, "The web, 2nd");
	wizard_set_text(&wizard, WIZARD_SYSTEM, "debian12");
	wizard_set_text(&wizard, WIZARD_MEMORY, "4G");
	wizard_set_text(&wizard, WIZARD_SIZE, "1.5");
	wizard_set_text(&wizard, WIZARD_PLACE, "/srv/web.img");
	wizard.choice[WIZARD_FORMAT] = DISK_RAW;
	wizard.choice[WIZARD_CARD] = CARD_E1000;
	wizard_set_text(&wizard, WIZARD_MAC, "52:54:00:00:00:01");
	wizard.choice[WIZARD_GRAPHICS] = GRAPHICS_LOOPBACK;
	wizard.choice[WIZARD_FIRMWARE] = FIRMWARE_UEFI;
	wizard.autostart = true;
	check_line("virtty install --name web --memory 4096 --vcpus 2 --cdrom /a.iso --disk path=/srv/web.img,size=1536MiB,format=raw "
		   "--network user,model=e1000,mac=52:54:00:00:00:01 --graphics vnc,listen=127.0.0.1 --boot uefi --osinfo debian12 "
		   "--metadata 'title=The web,, 2nd' --autostart");
}
END_TEST

START_TEST(other_sources)
{
	wizard.choice[WIZARD_SOURCE] = SOURCE_IMAGE;
	wizard_set_text(&wizard, WIZARD_ISO, "/not/used.iso");
	wizard_set_text(&wizard, WIZARD_IMAGE, "/a.qcow2");
	check_line("virtty install --name demo --memory 2048 --vcpus 2 --import --disk path=/a.qcow2");
	wizard.choice[WIZARD_SOURCE] = SOURCE_NETWORK;
	wizard.choice[WIZARD_DISK] = DISK_NONE;
	wizard.choice[WIZARD_FIRMWARE] = FIRMWARE_UEFI;
	check_line("virtty install --name demo --memory 2048 --vcpus 2 --disk none --boot uefi,network");
	wizard.choice[WIZARD_SOURCE] = SOURCE_ISO;
	wizard.choice[WIZARD_DISK] = DISK_EXISTING;
	wizard_set_text(&wizard, WIZARD_OTHER_IMAGE, "/b.raw");
	wizard.choice[WIZARD_NETWORK] = NETWORK_NONE;
	wizard.choice[WIZARD_GRAPHICS] = GRAPHICS_NONE;
	wizard.choice[WIZARD_FIRMWARE] = FIRMWARE_BIOS;
	check_line("virtty install --name demo --memory 2048 --vcpus 2 --cdrom /not/used.iso --disk path=/b.raw --network none --graphics none");
	wizard.choice[WIZARD_GRAPHICS] = GRAPHICS_SOCKET;
	wizard.choice[WIZARD_SERIAL] = SERIAL_NONE;
	check_line("virtty install --name demo --memory 2048 --vcpus 2 --cdrom /not/used.iso --disk path=/b.raw --network none --console none");
}
END_TEST

START_TEST(copies_and_cloud_images)
{
	wizard_set_text(&wizard, WIZARD_CLOUD_KEY, NULL);
	wizard.choice[WIZARD_SOURCE] = SOURCE_IMAGE;
	wizard.choice[WIZARD_TAKE] = TAKE_COPY;
	wizard_set_text(&wizard, WIZARD_IMAGE, "/a.vmdk");
	ck_assert(!wizard_shows(&wizard, WIZARD_SIZE) && wizard_shows(&wizard, WIZARD_PLACE));
	check_line("virtty install --name demo --memory 2048 --vcpus 2 --import --disk copy=/a.vmdk");
	wizard.choice[WIZARD_SOURCE] = SOURCE_CLOUD;
	ck_assert(wizard_shows(&wizard, WIZARD_SIZE) && !wizard_shows(&wizard, WIZARD_TAKE) && !wizard_shows(&wizard, WIZARD_DISK));
	wizard_set_text(&wizard, WIZARD_CLOUD_IMAGE, "/base.qcow2");
	check_line("virtty install --name demo --memory 2048 --vcpus 2 --import --disk size=20,backing_store=/base.qcow2 --cloud-init=disable=off");
	wizard_set_text(&wizard, WIZARD_CLOUD_USER, "ana");
	wizard_set_text(&wizard, WIZARD_CLOUD_KEY, "ssh-ed25519 AAAA a,b");
	wizard_set_text(&wizard, WIZARD_CLOUD_HOST, "web-1");
	wizard_set_text(&wizard, WIZARD_CLOUD_PACKAGES, "git  htop");
	wizard.choice[WIZARD_BASE] = BASE_COPY;
	wizard.choice[WIZARD_FORMAT] = DISK_RAW;
	check_line("virtty install --name demo --memory 2048 --vcpus 2 --import --disk copy=/base.qcow2,size=20,format=raw "
		   "'--cloud-init=user=ana,ssh-key=ssh-ed25519 AAAA a,,b,hostname=web-1,package=git,package=htop'");
	/* and back: what one wizard makes, another takes */
	struct install_request request;

	wizard_request(&wizard, &request);
	wizard_clear(&wizard);
	wizard_init(&wizard, &request, false);
	ck_assert_uint_eq(wizard.choice[WIZARD_SOURCE], SOURCE_CLOUD);
	ck_assert_uint_eq(wizard.choice[WIZARD_BASE], BASE_COPY);
	ck_assert_str_eq(wizard.text[WIZARD_CLOUD_KEY], "ssh-ed25519 AAAA a,b");
	ck_assert_str_eq(wizard.text[WIZARD_CLOUD_PACKAGES], "git htop");
	ck_assert_str_eq(wizard.text[WIZARD_CLOUD_IMAGE], "/base.qcow2");
	ck_assert_str_eq(wizard.text[WIZARD_SIZE], "20");
}
END_TEST

/* What --cloud-init says beyond the fields stays as it was given. */
START_TEST(cloud_init_given)
{
	struct install_request request = { .name = xstrdup("x"), .memory_mib = 512, .vcpus = 1, .import = true,
					   .cloud_init = xstrdup("user=ana,timezone=Etc/UTC") };
	struct install_disk *disk = ARRAY_ADD(request.disks, request.disk_count);

	disk->copy = xstrdup("/base.img");
	disk->size_bytes = UINT64_C(5) << 30;
	wizard_clear(&wizard);
	wizard_init(&wizard, &request, false);
	ck_assert_uint_eq(wizard.choice[WIZARD_SOURCE], SOURCE_IMAGE);
	check_line("virtty install --name x --memory 512 --vcpus 1 --import --disk copy=/base.img,size=5 --cloud-init=user=ana,timezone=Etc/UTC");
}
END_TEST

static void expect_verdict(enum wizard_field field, enum field_verdict wanted, const char *words)
{
	_cleanup_free_ char *message = NULL;
	enum field_verdict verdict = wizard_check(&wizard, &host, field, &message);

	ck_assert_msg(verdict == wanted, "%d: %s", (int)verdict, message != NULL ? message : "");
	ck_assert_msg(words == NULL || (message != NULL && strstr(message, words) != NULL), "%s", message != NULL ? message : "");
}

START_TEST(images_and_their_ways)
{
	_cleanup_free_ char *vmdk = strf("%s/a.vmdk", directory), *packed = strf("%s/a.xz", directory), *ovf = strf("%s/a.ovf", directory);
	_cleanup_free_ char *line = strf("virtty import %s --name=demo --start", ovf);
	static const char head[64] = "KDMV\1";
	static const char text[] = "<Envelope xmlns='http://schemas.dmtf.org/ovf/envelope/1'/>";

	ck_assert(file_write(vmdk, head, sizeof head, 0600, NULL) && file_write(packed, "\xfd" "7zXZ\0\0\0", 8, 0600, NULL) &&
		  file_write(ovf, text, sizeof text - 1, 0600, NULL));
	wizard.choice[WIZARD_SOURCE] = SOURCE_IMAGE;
	wizard_set_text(&wizard, WIZARD_IMAGE, vmdk);
	expect_verdict(WIZARD_IMAGE, FIELD_WRONG, "a vmdk image: choose a copy");
	wizard_set_text(&wizard, WIZARD_IMAGE, packed);
	expect_verdict(WIZARD_IMAGE, FIELD_WRONG, "compressed: choose a copy");
	/* an appliance says itself what the machine is */
	wizard_set_text(&wizard, WIZARD_IMAGE, ovf);
	expect_verdict(WIZARD_IMAGE, FIELD_FINE, NULL);
	ck_assert(!wizard_shows(&wizard, WIZARD_MEMORY) && !wizard_shows(&wizard, WIZARD_TAKE) && wizard_shows(&wizard, WIZARD_NAME));
	check_line(line);
	wizard.choice[WIZARD_SOURCE] = SOURCE_CLOUD;
	wizard_set_text(&wizard, WIZARD_CLOUD_USER, "Ana B");
	expect_verdict(WIZARD_CLOUD_USER, FIELD_WRONG, "no user's name");
	wizard_set_text(&wizard, WIZARD_CLOUD_HOST, "a_b");
	expect_verdict(WIZARD_CLOUD_HOST, FIELD_WRONG, "no host's name");
	wizard_set_text(&wizard, WIZARD_CLOUD_KEY, "/nonexistent");
	expect_verdict(WIZARD_CLOUD_KEY, FIELD_WRONG, "/nonexistent");
	wizard_set_text(&wizard, WIZARD_CLOUD_KEY, NULL);
	expect_verdict(WIZARD_CLOUD_KEY, FIELD_DOUBTFUL, "let nobody in");
}
END_TEST

/* What was asked for on the command line and has no field stays. */
START_TEST(given)
{
	struct install_request request = {
		.name = xstrdup("x"), .memory_mib = 512, .vcpus = 3, .cdrom = xstrdup("/a.iso"), .cpu = xstrdup("max"),
		.virt_type = xstrdup("qemu"), .graphics = xstrdup("vnc,port=5901"), .password = xstrdup("secret"), .boot = xstrdup("cdrom,hd"),
		.description = xstrdup("long"),
	};
	struct install_disk *disk = ARRAY_ADD(request.disks, request.disk_count);

	disk->size_bytes = UINT64_C(3) << 30;
	disk->cache = xstrdup("none");
	ARRAY_ADD(request.disks, request.disk_count)->path = xstrdup("/second.img");
	request.networks = strv_add(strv_add(NULL, "user"), "user,model=e1000");
	wizard_clear(&wizard);
	wizard_init(&wizard, &request, true);
	ck_assert_uint_eq(wizard.choice[WIZARD_GRAPHICS], GRAPHICS_GIVEN);
	ck_assert(wizard.network_given && wizard_network(&wizard) == NULL);
	ck_assert_uint_eq(wizard.choice[WIZARD_FIRMWARE], FIRMWARE_GIVEN);
	check_line("virtty install --name x --memory 512 --vcpus 3 --cdrom /a.iso --disk size=3,cache=none --disk path=/second.img "
		   "--network user --network user,model=e1000 --graphics vnc,port=5901,password-file=- --boot cdrom,hd "
		   "--virt-type qemu --cpu max --metadata description=long --autostart");
	_cleanup_strv_ char **graphics = wizard_choices(&wizard, WIZARD_GRAPHICS);

	ck_assert_uint_eq(strv_length(graphics), GRAPHICS_GIVEN + 1);
	ck_assert_ptr_nonnull(strstr(graphics[GRAPHICS_GIVEN], "vnc,port=5901"));
	_cleanup_free_ char *shown = wizard_note(&wizard, &host, WIZARD_COMMAND);

	ck_assert_ptr_nonnull(strstr(shown, "password-file=-"));
	ck_assert_ptr_null(strstr(shown, "secret"));
	wizard.choice[WIZARD_NETWORK] = NETWORK_NONE;
	wizard.choice[WIZARD_GRAPHICS] = GRAPHICS_SOCKET;
	wizard.choice[WIZARD_DISK] = DISK_NONE;
	wizard.choice[WIZARD_FIRMWARE] = FIRMWARE_BIOS;
	check_line("virtty install --name x --memory 512 --vcpus 3 --cdrom /a.iso --disk path=/second.img --network none "
		   "--graphics vnc,password-file=- --virt-type qemu --cpu max --metadata description=long --autostart");
}
END_TEST

/* An address and a password of one's own: the address in the line, the password not. */
START_TEST(screen_for_others)
{
	struct install_request asked = { .cdrom = xstrdup("/a.iso"), .graphics = xstrdup("vnc,listen=192.168.1.5") }, made;

	wizard_clear(&wizard);
	wizard_init(&wizard, &asked, false);
	ck_assert_uint_eq(wizard.choice[WIZARD_GRAPHICS], GRAPHICS_ADDRESS);
	ck_assert_str_eq(wizard.text[WIZARD_LISTEN], "192.168.1.5");
	ck_assert(wizard_shows(&wizard, WIZARD_PASSWORD));
	wizard_set_text(&wizard, WIZARD_LISTEN, "::");
	wizard_set_text(&wizard, WIZARD_PASSWORD, " s,1 ");
	wizard_request(&wizard, &made);
	ck_assert_str_eq(made.graphics, "vnc,listen=::");
	ck_assert_str_eq(made.password, " s,1 ");
	install_request_clear(&made);
	_cleanup_strv_ char **words = wizard_arguments(&wizard);
	_cleanup_free_ char *line = strv_join(words, " ");

	ck_assert_ptr_nonnull(strstr(line, "--graphics vnc,listen=::,password-file=-"));
	/* who wants no screen has no password either */
	wizard.choice[WIZARD_GRAPHICS] = GRAPHICS_NONE;
	wizard_request(&wizard, &made);
	ck_assert_str_eq(made.graphics, "none");
	ck_assert_ptr_null(made.password);
	install_request_clear(&made);
}
END_TEST

/* A keyboard layout goes with each kind of screen, and comes back. */
START_TEST(keyboard_layouts)
{
	static const char *const graphics[] = { "vnc,keymap=de", "vnc,listen=127.0.0.1,keymap=de", "vnc,listen=::,keymap=de" };
	static const size_t choices[] = { GRAPHICS_SOCKET, GRAPHICS_LOOPBACK, GRAPHICS_ADDRESS };

	for (size_t i = 0; i < ARRAY_LENGTH(graphics); i++) {
		struct install_request asked = { .graphics = xstrdup(graphics[i]) }, made;

		wizard_clear(&wizard);
		wizard_init(&wizard, &asked, false);
		ck_assert_uint_eq(wizard.choice[WIZARD_GRAPHICS], choices[i]);
		ck_assert_str_eq(wizard.text[WIZARD_KEYMAP], "de");
		ck_assert(wizard_shows(&wizard, WIZARD_KEYMAP));
		wizard_request(&wizard, &made);
		ck_assert_str_eq(made.graphics, graphics[i]);
		install_request_clear(&made);
	}
	wizard_set_text(&wizard, WIZARD_KEYMAP, NULL);
	check_line("virtty install --memory 2048 --vcpus 2 --disk size=20 --graphics vnc,listen=::");
	wizard.choice[WIZARD_GRAPHICS] = GRAPHICS_NONE;
	ck_assert(!wizard_shows(&wizard, WIZARD_KEYMAP));
}
END_TEST

/* A host with two networks, a bridge and a card; new machines join the default network. */
static struct network_choices a_host(void)
{
	static const struct network_choice there[] = {
		{ .kind = NETWORK_CHOICE_USER },
		{ .kind = NETWORK_CHOICE_NETWORK, .name = "default", .uses = "192.168.122.0/24", .mode = FORWARD_NAT, .active = true },
		{ .kind = NETWORK_CHOICE_NETWORK, .name = "lab", .mode = FORWARD_NONE },
		{ .kind = NETWORK_CHOICE_BRIDGE, .name = "br0", .uses = "eth1" },
		{ .kind = NETWORK_CHOICE_DEVICE, .name = "eth0" },
	};
	struct network_choices host_networks = { .proposed = 1, .unsaid = "network=default" };

	for (size_t i = 0; i < ARRAY_LENGTH(there); i++) {
		struct network_choice *choice = ARRAY_ADD(host_networks.choices, host_networks.count);

		*choice = there[i];
		choice->name = xstrdup_null(there[i].name);
		choice->uses = xstrdup_null(there[i].uses);
	}
	return host_networks;
}

static void check_network(const char *wanted)
{
	struct install_request made;

	wizard_request(&wizard, &made);
	ck_assert_str_eq(made.networks != NULL ? made.networks[0] : "nothing", wanted);
	install_request_clear(&made);
}

/* What is proposed need not be said; what is chosen stays chosen while others come and go. */
START_TEST(choosing_networks)
{
	struct network_choices networks = a_host(), fewer = a_host();
	char *message;

	wizard_take_networks(&wizard, &networks);
	ck_assert_str_eq(wizard_network(&wizard)->name, "default");
	check_network("nothing");
	_cleanup_strv_ char **words = wizard_choices(&wizard, WIZARD_NETWORK);

	ck_assert_uint_eq(strv_length(words), 6);
	ck_assert_str_eq(words[2], "network default: NAT, 192.168.122.0/24");
	ck_assert_str_eq(words[4], "bridge br0: eth1");
	wizard.choice[WIZARD_NETWORK] = NETWORK_USER;
	check_network("user");
	wizard.choice[WIZARD_NETWORK] = NETWORK_NONE;
	check_network("none");
	ck_assert(!wizard_shows(&wizard, WIZARD_CARD));
	ck_assert(wizard_choose_network(&wizard, "bridge=br0"));
	wizard.choice[WIZARD_CARD] = CARD_E1000;
	wizard_set_text(&wizard, WIZARD_MAC, "52:54:00:00:00:01");
	check_network("bridge=br0,model=e1000,mac=52:54:00:00:00:01");
	/* the default network is gone */
	free(fewer.choices[1].name);
	free(fewer.choices[1].uses);
	memmove(&fewer.choices[1], &fewer.choices[2], 3 * sizeof *fewer.choices);
	fewer.count--;
	fewer.proposed = 0;
	wizard_take_networks(&wizard, &fewer);
	check_network("bridge=br0,model=e1000,mac=52:54:00:00:00:01");
	ck_assert(!wizard_choose_network(&wizard, "network=default"));
	ck_assert_int_eq(wizard_check(&wizard, &host, WIZARD_NETWORK, &message), FIELD_FINE);
	ck_assert(wizard_choose_network(&wizard, "network=lab"));
	ck_assert_int_eq(wizard_check(&wizard, &host, WIZARD_NETWORK, &message), FIELD_WRONG);
	ck_assert_ptr_nonnull(strstr(message, "stopped"));
	free(message);
}
END_TEST

/* What the command line said is found among what there is, or stays as it was said. */
START_TEST(given_networks)
{
	static const struct {
		const char *said, *chosen;
		size_t card;
	} cases[] = {
		{ "network=lab,model=virtio", "lab", CARD_VIRTIO },
		{ "bridge=br0", "br0", CARD_BEST },
		{ "direct=eth0,mac=52:54:00:00:00:02", "eth0", CARD_BEST },
		{ "network=other", NULL, CARD_BEST },
		{ "network=lab,mtu=9000", NULL, CARD_BEST },
		{ "", NULL, CARD_BEST },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct network_choices networks = a_host();
		struct install_request asked = { .networks = strv_add(NULL, cases[i].said) };

		wizard_clear(&wizard);
		wizard_init(&wizard, &asked, false);
		ck_assert(wizard.network_given);
		wizard_take_networks(&wizard, &networks);
		ck_assert_int_eq(wizard.network_given, cases[i].chosen == NULL);
		if (cases[i].chosen != NULL)
			ck_assert_str_eq(wizard_network(&wizard)->name, cases[i].chosen);
		ck_assert_uint_eq(wizard.choice[WIZARD_CARD], cases[i].card);
		check_network(cases[i].said);
	}
}
END_TEST

/* A pool other than the default one takes the place of a path. */
START_TEST(choosing_pools)
{
	struct pool_row rows[] = {
		{ .name = "default", .type = POOL_DIR, .active = true },
		{ .name = "fast", .type = POOL_LOGICAL, .active = true, .figures = { .available = 1 << 20 } },
		{ .name = "off", .type = POOL_DIR },
		{ .name = "far", .type = POOL_ISCSI, .active = true },
	};
	struct install_request asked = { .name = xstrdup("x"), .import = true };
	struct install_disk *disk = ARRAY_ADD(asked.disks, asked.disk_count);

	ck_assert(!wizard_shows(&wizard, WIZARD_POOL));
	wizard_take_pools(&wizard, rows, ARRAY_LENGTH(rows));
	ck_assert_uint_eq(wizard.pool_count, 1);
	ck_assert(wizard_shows(&wizard, WIZARD_POOL) && wizard_shows(&wizard, WIZARD_PLACE));
	wizard_set_text(&wizard, WIZARD_PLACE, "/srv/x.qcow2");
	wizard.choice[WIZARD_POOL] = 1;
	ck_assert(!wizard_shows(&wizard, WIZARD_PLACE));
	check_line("virtty install --name demo --memory 2048 --vcpus 2 --disk pool=fast,size=20");
	char *message;

	ck_assert_int_eq(wizard_check(&wizard, &host, WIZARD_SIZE, &message), FIELD_DOUBTFUL);
	free(message);
	wizard.choice[WIZARD_POOL] = 0;
	check_line("virtty install --name demo --memory 2048 --vcpus 2 --disk path=/srv/x.qcow2,size=20");
	/* as the command line said it, whether it is there or not */
	disk->size_bytes = UINT64_C(3) << 30;
	disk->pool = xstrdup("off");
	wizard_clear(&wizard);
	wizard_init(&wizard, &asked, false);
	wizard_take_pools(&wizard, rows, ARRAY_LENGTH(rows));
	ck_assert_str_eq(wizard_pool(&wizard)->name, "off");
	wizard_take_pools(&wizard, rows, 1);
	ck_assert_str_eq(wizard_pool(&wizard)->name, "off");
}
END_TEST

static void check(enum wizard_field field, const char *text, enum field_verdict wanted, const char *part)
{
	char *message = NULL;

	wizard_set_text(&wizard, field, text);
	enum field_verdict verdict = wizard_check(&wizard, &host, field, &message);

	ck_assert_msg(verdict == wanted, "field %d, '%s': %d, %s", (int)field, text != NULL ? text : "", (int)verdict,
		      message != NULL ? message : "");
	ck_assert_msg((message == NULL) == (verdict == FIELD_FINE), "'%s'", text);
	ck_assert_msg(part == NULL || (message != NULL && strstr(message, part) != NULL), "'%s': %s", text, message);
	free(message);
}

START_TEST(words_and_numbers)
{
	check(WIZARD_NAME, NULL, FIELD_FINE, NULL);
	check(WIZARD_NAME, "web", FIELD_FINE, NULL);
	check(WIZARD_NAME, "taken", FIELD_WRONG, "already");
	check(WIZARD_NAME, " taken ", FIELD_WRONG, "already");
	check(WIZARD_NAME, "a/b", FIELD_WRONG, "/");
	check(WIZARD_NAME, "..", FIELD_WRONG, NULL);
	check(WIZARD_NAME, "12", FIELD_WRONG, NULL);
	check(WIZARD_SYSTEM, "debian 12", FIELD_WRONG, "debian12");
	check(WIZARD_SYSTEM, "debian12", FIELD_FINE, NULL);
	check(WIZARD_MEMORY, "", FIELD_WRONG, "how much");
	check(WIZARD_MEMORY, "0", FIELD_WRONG, "at least");
	check(WIZARD_MEMORY, "-1", FIELD_WRONG, NULL);
	check(WIZARD_MEMORY, "2 apples", FIELD_WRONG, "apples");
	check(WIZARD_MEMORY, "2G", FIELD_FINE, NULL);
	check(WIZARD_MEMORY, "5G", FIELD_DOUBTFUL, "free now");
	check(WIZARD_MEMORY, "9G", FIELD_DOUBTFUL, "more than the host has");
	check(WIZARD_VCPUS, "", FIELD_WRONG, NULL);
	check(WIZARD_VCPUS, "0", FIELD_WRONG, NULL);
	check(WIZARD_VCPUS, "4097", FIELD_WRONG, NULL);
	check(WIZARD_VCPUS, "1.5", FIELD_WRONG, NULL);
	check(WIZARD_VCPUS, "4", FIELD_FINE, NULL);
	check(WIZARD_VCPUS, "5", FIELD_DOUBTFUL, "4");
	check(WIZARD_SIZE, "", FIELD_WRONG, NULL);
	check(WIZARD_SIZE, "0", FIELD_WRONG, NULL);
	check(WIZARD_SIZE, "1", FIELD_FINE, NULL);
	check(WIZARD_SIZE, "7E", FIELD_DOUBTFUL, "free there");
	check(WIZARD_SIZE, "9000000000", FIELD_WRONG, "large");
	check(WIZARD_MAC, "", FIELD_FINE, NULL);
	check(WIZARD_MAC, "52:54:00:12:34:56", FIELD_FINE, NULL);
	check(WIZARD_MAC, "52:54", FIELD_WRONG, NULL);
	wizard.choice[WIZARD_GRAPHICS] = GRAPHICS_ADDRESS;
	check(WIZARD_LISTEN, "", FIELD_WRONG, "which address");
	check(WIZARD_LISTEN, "host", FIELD_WRONG, "no address");
	check(WIZARD_LISTEN, "127.0.0.1", FIELD_FINE, NULL);
	check(WIZARD_PASSWORD, "", FIELD_FINE, NULL);
	check(WIZARD_LISTEN, "0.0.0.0", FIELD_FINE, NULL);
	check(WIZARD_PASSWORD, "", FIELD_DOUBTFUL, "everybody who reaches 0.0.0.0");
	check(WIZARD_PASSWORD, "12345678", FIELD_FINE, NULL);
	check(WIZARD_KEYMAP, "", FIELD_FINE, NULL);
	check(WIZARD_KEYMAP, "fr-ch", FIELD_FINE, NULL);
	check(WIZARD_KEYMAP, "xx", FIELD_WRONG, "en-us");
	check(WIZARD_PASSWORD, "123456789", FIELD_WRONG, "8 characters at most");
	wizard.choice[WIZARD_SOURCE] = SOURCE_NETWORK;
	wizard.choice[WIZARD_NETWORK] = NETWORK_NONE;
	check(WIZARD_SOURCE, NULL, FIELD_WRONG, "network card");
}
END_TEST

static char *make_file(const char *name, const char *bytes, size_t length, off_t at)
{
	char *path = strf("%s/%s", directory, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pwrite(fd, bytes, length, at), (ssize_t)length);
	close(fd);
	return path;
}

START_TEST(files)
{
	_cleanup_free_ char *iso = make_file("a.iso", "\1CD001", 6, 16 * 2048);
	_cleanup_free_ char *text = make_file("text.iso", "hello", 5, 0);
	_cleanup_free_ char *link = strf("%s/link", directory);
	_cleanup_free_ char *inside = strf("%s/x.qcow2", iso);
	_cleanup_free_ char *fresh = strf("%s/sub/dir/x.qcow2", directory);

	ck_assert_int_eq(symlink("/nowhere/at/all", link), 0);
	check(WIZARD_ISO, "", FIELD_WRONG, "needed");
	check(WIZARD_ISO, iso, FIELD_FINE, NULL);
	check(WIZARD_ISO, text, FIELD_DOUBTFUL, "ISO");
	check(WIZARD_ISO, directory, FIELD_WRONG, "directory");
	check(WIZARD_ISO, link, FIELD_WRONG, "no such file");
	check(WIZARD_ISO, "/dev/null", FIELD_WRONG, "no file");
	check(WIZARD_ISO, "https://example.org/a.iso", FIELD_WRONG, "download");
	check(WIZARD_PLACE, "", FIELD_FINE, NULL);
	check(WIZARD_PLACE, fresh, FIELD_FINE, NULL);
	check(WIZARD_PLACE, iso, FIELD_WRONG, "exists already");
	check(WIZARD_PLACE, directory, FIELD_WRONG, "directory");
	check(WIZARD_PLACE, "/new/", FIELD_WRONG, "directory");
	check(WIZARD_PLACE, inside, FIELD_WRONG, "not a directory");
	wizard.choice[WIZARD_SOURCE] = SOURCE_IMAGE;
	check(WIZARD_IMAGE, text, FIELD_DOUBTFUL, "raw");
	check(WIZARD_IMAGE, "", FIELD_WRONG, "needed");
	check(WIZARD_ISO, "", FIELD_FINE, NULL); /* not asked for now */
}
END_TEST

START_TEST(paths)
{
	setenv("HOME", "/home/me", 1);
	wizard_set_text(&wizard, WIZARD_ISO, " ~/a b.iso ");
	_cleanup_free_ char *home = wizard_path(&wizard, WIZARD_ISO);

	ck_assert_str_eq(home, "/home/me/a b.iso");
	wizard_set_text(&wizard, WIZARD_ISO, "  ");
	ck_assert_ptr_null(wizard_path(&wizard, WIZARD_ISO));
}
END_TEST

/* ---- what an ISO's system wants ---- */

#define GIB (UINT64_C(1) << 30)

static struct iso_info iso_of(const char *path, const char *short_id, struct os_resources recommended, struct os_resources minimum, bool bios)
{
	struct iso_info info = { .path = xstrdup(path), .known = true, .label = xstrdup("A label"), .arch = xstrdup("x86_64"), .boots_bios = true,
				 .boots_uefi = true, .size_bytes = GIB };

	info.system = xcalloc(1, sizeof *info.system);
	*info.system = (struct os_system){ .id = xstrdup("an id"), .short_id = xstrdup(short_id), .name = strf("System %s", short_id),
					   .recommended = recommended, .minimum = minimum, .bios = bios, .uefi = true };
	return info;
}

static void expect_field(enum wizard_field field, const char *text, bool recommended)
{
	ck_assert_msg(strcmp(wizard.text[field] != NULL ? wizard.text[field] : "", text) == 0, "field %d is '%s', not '%s'", (int)field,
		      wizard.text[field], text);
	ck_assert_int_eq(wizard_recommended_for(&wizard, field) != NULL, recommended);
}

START_TEST(systems)
{
	struct iso_info modern =
		iso_of("/a.iso", "modern1", (struct os_resources){ 4 * GIB, 30 * GIB, 2 }, (struct os_resources){ GIB, 10 * GIB, 1 }, true);
	struct iso_info large = iso_of("/b.iso", "large2", (struct os_resources){ 0 }, (struct os_resources){ 5 * GIB, 64 * GIB, 4 }, false);
	uint64_t host_kib = UINT64_C(8) << 20;

	wizard_clear(&wizard);
	wizard_init(&wizard, NULL, false);
	wizard_set_text(&wizard, WIZARD_ISO, "/a.iso");
	wizard_take_iso(&wizard, &modern, host_kib, 8);
	expect_field(WIZARD_SYSTEM, "modern1", true);
	expect_field(WIZARD_MEMORY, "4096", true);
	expect_field(WIZARD_SIZE, "30", true);
	ck_assert_str_eq(wizard_recommended_for(&wizard, WIZARD_MEMORY), "System modern1");
	ck_assert_ptr_null(wizard_recommended_for(&wizard, WIZARD_NAME));
	_cleanup_free_ char *note = wizard_iso_note(&wizard), *doubt = wizard_iso_doubt(&wizard);

	ck_assert_str_eq(note, "System modern1 (x86_64), 1 GiB");
	ck_assert_ptr_null(doubt);
	/* what was typed stays; twice the least is more than the host has: the least; UEFI alone */
	wizard_set_text(&wizard, WIZARD_SIZE, "25");
	wizard_take_iso(&wizard, &large, host_kib, 8);
	expect_field(WIZARD_SYSTEM, "large2", true);
	expect_field(WIZARD_MEMORY, "5120", true);
	expect_field(WIZARD_VCPUS, "4", true);
	expect_field(WIZARD_SIZE, "25", false);
	ck_assert_uint_eq(wizard.choice[WIZARD_FIRMWARE], FIRMWARE_UEFI);
	/* nothing is known: the defaults are back, and what was typed is still there */
	wizard_take_iso(&wizard, NULL, host_kib, 8);
	expect_field(WIZARD_SYSTEM, "", false);
	expect_field(WIZARD_MEMORY, "2048", false);
	expect_field(WIZARD_SIZE, "25", false);
	ck_assert_uint_eq(wizard.choice[WIZARD_FIRMWARE], FIRMWARE_BIOS);
}
END_TEST

/* What the command line said is not overruled. */
START_TEST(systems_given)
{
	struct install_request said = { .memory_mib = 2048, .osinfo = xstrdup("mine"), .boot = xstrdup("uefi") };
	struct iso_info iso = iso_of("/a.iso", "modern1", (struct os_resources){ 4 * GIB, 30 * GIB, 2 }, (struct os_resources){ 0 }, true);

	wizard_clear(&wizard);
	wizard_init(&wizard, &said, false);
	wizard_take_iso(&wizard, &iso, 0, 0);
	expect_field(WIZARD_SYSTEM, "mine", false);
	expect_field(WIZARD_MEMORY, "2048", false);
	expect_field(WIZARD_SIZE, "30", true);
	ck_assert_uint_eq(wizard.choice[WIZARD_FIRMWARE], FIRMWARE_UEFI);
}
END_TEST

START_TEST(doubtful_isos)
{
	struct iso_info foreign = { .path = xstrdup("/a.iso"), .known = true, .arch = xstrdup("aarch64"), .boots_uefi = true };
	struct iso_info still = { .path = xstrdup("/a.iso"), .known = true, .label = xstrdup("Pictures") };

	wizard_set_text(&wizard, WIZARD_ISO, "/a.iso");
	wizard_take_iso(&wizard, &foreign, 0, 0);
	_cleanup_free_ char *one = wizard_iso_doubt(&wizard);

	ck_assert_msg(one != NULL && text_starts(one, "it is for aarch64"), "%s", one);
	wizard_take_iso(&wizard, &still, 0, 0);
	_cleanup_free_ char *two = wizard_iso_doubt(&wizard), *note = wizard_iso_note(&wizard);

	ck_assert_str_eq(two, "it has nothing to boot from");
	ck_assert_str_eq(note, "Pictures, 0 B");
	/* another path is typed: nothing is said of it */
	wizard_set_text(&wizard, WIZARD_ISO, "/b.iso");
	ck_assert_ptr_null(wizard_iso_doubt(&wizard));
	ck_assert_ptr_null(wizard_iso_note(&wizard));
}
END_TEST

/* ---- directories ---- */

static void check_directory(const struct directory_filter *filter, const char *wanted, size_t left_out)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct directory read;
	char **names = NULL;

	ck_assert_ok(directory_read(directory, filter, &read, &err), &err);
	for (size_t i = 0; i < read.count; i++)
		names = strv_add(names, read.entries[i].name);
	_cleanup_free_ char *joined = strv_join(names, " ");

	ck_assert_str_eq(joined, wanted);
	ck_assert_uint_eq(read.left_out, left_out);
	strv_free(names);
	directory_clear(&read);
}

START_TEST(directories)
{
	static const char *const endings[] = { ".iso", NULL };
	static const char *const names[] = { "b.ISO", "A.iso", ".hidden.iso", "notes.txt", "\xff.iso" };
	_cleanup_free_ char *sub = strf("%s/zsub", directory);
	_cleanup_free_ char *none = strf("%s/none", directory);
	_cleanup_error_ struct error err = ERROR_INIT;
	struct directory read;

	for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
		free(make_file(names[i], "", 0, 0));
	ck_assert_int_eq(mkdir(sub, 0700), 0);
	check_directory(&(struct directory_filter){ .endings = endings }, ".. zsub A.iso b.ISO", 2);
	check_directory(&(struct directory_filter){ .endings = endings, .hidden = true }, ".. zsub .hidden.iso A.iso b.ISO", 1);
	check_directory(&(struct directory_filter){ .hidden = true }, ".. zsub .hidden.iso A.iso b.ISO notes.txt", 0);
	check_directory(&(struct directory_filter){ .words = "b" }, ".. zsub b.ISO", 0);
	ck_assert(!directory_read(none, &(struct directory_filter){ 0 }, &read, &err));
	ck_assert_error(&err, ERROR_SYSTEM, "none");
}
END_TEST

START_TEST(clean_paths)
{
	static const char *const pairs[][2] = { { "/a/./b//c/", "/a/b/c" }, { "/a/../..", "/" }, { "/", "/" }, { "/a/b/../c", "/a/c" } };

	for (size_t i = 0; i < ARRAY_LENGTH(pairs); i++) {
		_cleanup_free_ char *clean = path_clean(pairs[i][0]);

		ck_assert_str_eq(clean, pairs[i][1]);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tui wizard");
	TCase *tcase = tcase_create("wizard");

	setlocale(LC_ALL, "C.UTF-8");
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, defaults);
	tcase_add_test(tcase, all_fields);
	tcase_add_test(tcase, other_sources);
	tcase_add_test(tcase, copies_and_cloud_images);
	tcase_add_test(tcase, cloud_init_given);
	tcase_add_test(tcase, images_and_their_ways);
	tcase_add_test(tcase, given);
	tcase_add_test(tcase, screen_for_others);
	tcase_add_test(tcase, keyboard_layouts);
	tcase_add_test(tcase, choosing_networks);
	tcase_add_test(tcase, given_networks);
	tcase_add_test(tcase, choosing_pools);
	tcase_add_test(tcase, words_and_numbers);
	tcase_add_test(tcase, files);
	tcase_add_test(tcase, systems);
	tcase_add_test(tcase, systems_given);
	tcase_add_test(tcase, doubtful_isos);
	tcase_add_test(tcase, paths);
	tcase_add_test(tcase, directories);
	tcase_add_test(tcase, clean_paths);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
