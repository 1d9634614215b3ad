# SPDX-License-Identifier: GPL-2.0-or-later
# The tests: Check programs under unit/, integration/ and terminal/, fuzzers, benchmarks.
if HAVE_CHECK
# tests/unit/test_NAME.c -> a Check program each
UNIT_TESTS =
check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)

# base/ alone: nothing above it is needed
BASE_LDADD = libbase.a $(JSON_LIBS) $(XML_LIBS) $(CHECK_LIBS)

UNIT_TESTS += tests/unit/test_base_containers
tests_unit_test_base_containers_SOURCES = tests/unit/test_base_containers.c tests/unit/unit.h
tests_unit_test_base_containers_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_base_containers_LDADD = $(BASE_LDADD)

UNIT_TESTS += tests/unit/test_base_file
tests_unit_test_base_file_SOURCES = tests/unit/test_base_file.c tests/unit/unit.h
tests_unit_test_base_file_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_base_file_LDADD = $(BASE_LDADD)

UNIT_TESTS += tests/unit/test_base_filter
tests_unit_test_base_filter_SOURCES = tests/unit/test_base_filter.c tests/unit/unit.h
tests_unit_test_base_filter_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_base_filter_LDADD = $(BASE_LDADD)

UNIT_TESTS += tests/unit/test_base_json
tests_unit_test_base_json_SOURCES = tests/unit/test_base_json.c tests/unit/unit.h
tests_unit_test_base_json_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_base_json_LDADD = $(BASE_LDADD)

UNIT_TESTS += tests/unit/test_base_process
tests_unit_test_base_process_SOURCES = tests/unit/test_base_process.c tests/unit/unit.h
tests_unit_test_base_process_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_base_process_LDADD = $(BASE_LDADD)

UNIT_TESTS += tests/unit/test_base_spawn
tests_unit_test_base_spawn_SOURCES = tests/unit/test_base_spawn.c tests/unit/unit.h
tests_unit_test_base_spawn_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_base_spawn_LDADD = $(BASE_LDADD)

UNIT_TESTS += tests/unit/test_base_text
tests_unit_test_base_text_SOURCES = tests/unit/test_base_text.c tests/unit/unit.h
tests_unit_test_base_text_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_base_text_LDADD = $(BASE_LDADD)

STORAGE_LDADD = libstorage.a libbase.a $(JSON_LIBS) $(XML_LIBS) $(CHECK_LIBS)

UNIT_TESTS += tests/unit/test_image
tests_unit_test_image_SOURCES = tests/unit/test_image.c tests/unit/qcow2_head.h tests/unit/unit.h
tests_unit_test_image_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_image_LDADD = $(STORAGE_LDADD)

UNIT_TESTS += tests/unit/test_iso
tests_unit_test_iso_SOURCES = tests/unit/test_iso.c tests/unit/unit.h
tests_unit_test_iso_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_iso_LDADD = $(STORAGE_LDADD)

UNIT_TESTS += tests/unit/test_pool
tests_unit_test_pool_SOURCES = tests/unit/test_pool.c tests/unit/unit.h
tests_unit_test_pool_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_pool_LDADD = $(STORAGE_LDADD)

# says so where libvirt's schemas are not installed
UNIT_TESTS += tests/unit/test_pool_fixture
tests_unit_test_pool_fixture_SOURCES = tests/unit/test_pool_fixture.c tests/unit/fixture.c tests/unit/fixture.h tests/unit/relaxng.c \
	tests/unit/relaxng.h tests/unit/unit.h
tests_unit_test_pool_fixture_CPPFLAGS = $(AM_CPPFLAGS) -DTEST_SOURCE_DIR='"$(abs_top_srcdir)"'
tests_unit_test_pool_fixture_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_pool_fixture_LDADD = $(STORAGE_LDADD)

UNIT_TESTS += tests/unit/test_network_use
tests_unit_test_network_use_SOURCES = tests/unit/test_network_use.c tests/unit/manage.c tests/unit/manage.h tests/unit/scratch.c tests/unit/scratch.h
tests_unit_test_network_use_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_network_use_LDADD = $(CORE_LDADD)

UNIT_TESTS += tests/unit/test_ovf
tests_unit_test_ovf_SOURCES = tests/unit/test_ovf.c tests/unit/unit.h
tests_unit_test_ovf_CPPFLAGS = $(AM_CPPFLAGS) -DTEST_SOURCE_DIR='"$(abs_top_srcdir)"'
tests_unit_test_ovf_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_ovf_LDADD = $(STORAGE_LDADD)
EXTRA_DIST += tests/fixtures/ovf

UNIT_TESTS += tests/unit/test_tar
tests_unit_test_tar_SOURCES = tests/unit/test_tar.c tests/unit/unit.h
tests_unit_test_tar_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_tar_LDADD = $(STORAGE_LDADD)
UNIT_TESTS += tests/unit/test_block_reports
tests_unit_test_block_reports_SOURCES = tests/unit/test_block_reports.c tests/unit/unit.h
tests_unit_test_block_reports_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_block_reports_LDADD = $(STORAGE_LDADD)

UNIT_TESTS += tests/unit/test_base_xml
tests_unit_test_base_xml_SOURCES = tests/unit/test_base_xml.c tests/unit/unit.h
tests_unit_test_base_xml_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_base_xml_LDADD = $(BASE_LDADD)

UNIT_TESTS += tests/unit/test_carried
tests_unit_test_carried_SOURCES = tests/unit/test_carried.c tests/unit/unit.h
tests_unit_test_carried_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_carried_LDADD = libnet.a libbase.a $(NL_LIBS) $(JSON_LIBS) $(XML_LIBS) $(CHECK_LIBS)

# says so where iptables is not installed
UNIT_TESTS += tests/unit/test_foreign_rules
tests_unit_test_foreign_rules_SOURCES = tests/unit/test_foreign_rules.c tests/unit/unit.h
tests_unit_test_foreign_rules_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_foreign_rules_LDADD = libnet.a libbase.a $(NL_LIBS) $(JSON_LIBS) $(XML_LIBS) $(CHECK_LIBS)

UNIT_TESTS += tests/unit/test_link
tests_unit_test_link_SOURCES = tests/unit/test_link.c tests/unit/unit.h
tests_unit_test_link_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_link_LDADD = libnet.a libbase.a $(NL_LIBS) $(JSON_LIBS) $(XML_LIBS) $(CHECK_LIBS)

UNIT_TESTS += tests/unit/test_network
tests_unit_test_network_SOURCES = tests/unit/test_network.c tests/unit/unit.h
tests_unit_test_network_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_network_LDADD = libnet.a libbase.a $(JSON_LIBS) $(XML_LIBS) $(CHECK_LIBS)

# says so where libvirt's schema, virsh, nft or dnsmasq is not installed
UNIT_TESTS += tests/unit/test_network_fixture
tests_unit_test_network_fixture_SOURCES = tests/unit/test_network_fixture.c tests/unit/fixture.c tests/unit/fixture.h tests/unit/relaxng.c \
	tests/unit/relaxng.h tests/unit/unit.h
tests_unit_test_network_fixture_CPPFLAGS = $(AM_CPPFLAGS) -DTEST_SOURCE_DIR='"$(abs_top_srcdir)"'
tests_unit_test_network_fixture_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_network_fixture_LDADD = libnet.a libbase.a $(JSON_LIBS) $(XML_LIBS) $(CHECK_LIBS)

UNIT_TESTS += tests/unit/test_dnsmasq
tests_unit_test_dnsmasq_SOURCES = tests/unit/test_dnsmasq.c tests/unit/unit.h
tests_unit_test_dnsmasq_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_dnsmasq_LDADD = libnet.a libbase.a $(JSON_LIBS) $(XML_LIBS) $(CHECK_LIBS)

UNIT_TESTS += tests/unit/test_ruleset
tests_unit_test_ruleset_SOURCES = tests/unit/test_ruleset.c tests/unit/unit.h
tests_unit_test_ruleset_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_ruleset_LDADD = libnet.a libbase.a $(JSON_LIBS) $(XML_LIBS) $(CHECK_LIBS)

UNIT_LDADD = libhv.a libbase.a $(JSON_LIBS) $(XML_LIBS) $(CHECK_LIBS)

UNIT_TESTS += tests/unit/test_caps
tests_unit_test_caps_SOURCES = tests/unit/test_caps.c
tests_unit_test_caps_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_caps_LDADD = $(UNIT_LDADD)

UNIT_TESTS += tests/unit/test_domain_fixture
tests_unit_test_domain_fixture_SOURCES = tests/unit/test_domain_fixture.c tests/unit/fixture.c tests/unit/fixture.h tests/unit/unit.h
tests_unit_test_domain_fixture_CPPFLAGS = $(AM_CPPFLAGS) -DTEST_SOURCE_DIR='"$(abs_top_srcdir)"'
tests_unit_test_domain_fixture_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_domain_fixture_LDADD = $(UNIT_LDADD)

UNIT_TESTS += tests/unit/test_domain_input
tests_unit_test_domain_input_SOURCES = tests/unit/test_domain_input.c tests/unit/unit.h
tests_unit_test_domain_input_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_domain_input_LDADD = $(UNIT_LDADD)

UNIT_TESTS += tests/unit/test_domain_patch
tests_unit_test_domain_patch_SOURCES = tests/unit/test_domain_patch.c tests/unit/unit.h
tests_unit_test_domain_patch_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_domain_patch_LDADD = $(UNIT_LDADD)

UNIT_TESTS += tests/unit/test_domain_schema
tests_unit_test_domain_schema_SOURCES = tests/unit/test_domain_schema.c tests/unit/unit.h
tests_unit_test_domain_schema_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_domain_schema_LDADD = $(UNIT_LDADD)

UNIT_TESTS += tests/unit/test_domain_settle
tests_unit_test_domain_settle_SOURCES = tests/unit/test_domain_settle.c tests/unit/unit.h
tests_unit_test_domain_settle_CPPFLAGS = $(AM_CPPFLAGS) -DTEST_SOURCE_DIR='"$(abs_top_srcdir)"'
tests_unit_test_domain_settle_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_domain_settle_LDADD = $(UNIT_LDADD)

UNIT_TESTS += tests/unit/test_firmware
tests_unit_test_firmware_SOURCES = tests/unit/test_firmware.c
tests_unit_test_firmware_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_firmware_LDADD = $(UNIT_LDADD)

UNIT_TESTS += tests/unit/test_keycodes
tests_unit_test_keycodes_SOURCES = tests/unit/test_keycodes.c tests/unit/unit.h
tests_unit_test_keycodes_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_keycodes_LDADD = $(UNIT_LDADD)

UNIT_TESTS += tests/unit/test_keymap
tests_unit_test_keymap_SOURCES = tests/unit/test_keymap.c tests/unit/unit.h
tests_unit_test_keymap_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_keymap_LDADD = $(UNIT_LDADD)

UNIT_TESTS += tests/unit/test_hotplug
tests_unit_test_hotplug_SOURCES = tests/unit/test_hotplug.c tests/unit/launch_fixture.c tests/unit/launch_fixture.h tests/unit/unit.h
tests_unit_test_hotplug_CPPFLAGS = $(AM_CPPFLAGS) -DTEST_SOURCE_DIR='"$(abs_top_srcdir)"'
tests_unit_test_hotplug_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_hotplug_LDADD = $(UNIT_LDADD)

UNIT_TESTS += tests/unit/test_launch
tests_unit_test_launch_SOURCES = tests/unit/test_launch.c tests/unit/launch_fixture.c tests/unit/launch_fixture.h tests/unit/unit.h
tests_unit_test_launch_CPPFLAGS = $(AM_CPPFLAGS) -DTEST_SOURCE_DIR='"$(abs_top_srcdir)"'
tests_unit_test_launch_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_launch_LDADD = $(UNIT_LDADD)

# skips itself, and says so, where no QEMU is installed
UNIT_TESTS += tests/unit/test_engine_real
tests_unit_test_engine_real_SOURCES = tests/unit/test_engine_real.c tests/unit/launch_fixture.c tests/unit/launch_fixture.h \
	tests/unit/unit.h
tests_unit_test_engine_real_CPPFLAGS = $(AM_CPPFLAGS) -DTEST_SOURCE_DIR='"$(abs_top_srcdir)"'
tests_unit_test_engine_real_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_engine_real_LDADD = $(UNIT_LDADD)
EXTRA_DIST += tests/fixtures/args tests/fixtures/caps tests/fixtures/domain tests/fixtures/network tests/fixtures/pool tests/fixtures/volume

UNIT_TESTS += tests/unit/test_qmp
tests_unit_test_qmp_SOURCES = tests/unit/test_qmp.c
tests_unit_test_qmp_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_qmp_LDADD = $(UNIT_LDADD)

UNIT_TESTS += tests/unit/test_qmp_scan
tests_unit_test_qmp_scan_SOURCES = tests/unit/test_qmp_scan.c
tests_unit_test_qmp_scan_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_qmp_scan_LDADD = $(UNIT_LDADD)

SCREEN_LDADD = libscreen.a libbase.a $(LZMA_LIBS) $(ZLIB_LIBS) $(JSON_LIBS) $(XML_LIBS) $(CHECK_LIBS)

UNIT_TESTS += tests/unit/test_fonts
tests_unit_test_fonts_SOURCES = tests/unit/test_fonts.c tests/unit/screen_draw.c tests/unit/screen_draw.h tests/unit/unit.h
tests_unit_test_fonts_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) $(LZMA_CFLAGS) $(ZLIB_CFLAGS)
tests_unit_test_fonts_LDADD = $(SCREEN_LDADD)

UNIT_TESTS += tests/unit/test_recover
tests_unit_test_recover_SOURCES = tests/unit/test_recover.c tests/unit/screen_draw.c tests/unit/screen_draw.h tests/unit/unit.h
tests_unit_test_recover_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_recover_LDADD = $(SCREEN_LDADD)

CORE_LDADD = libcore.a libstorage.a libnet.a libhv.a libbase.a $(SQLITE_LIBS) $(NL_LIBS) $(JSON_LIBS) $(XML_LIBS) $(CHECK_LIBS)

UNIT_TESTS += tests/unit/test_db
tests_unit_test_db_SOURCES = tests/unit/test_db.c tests/unit/scratch.c tests/unit/scratch.h
tests_unit_test_db_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_db_LDADD = $(CORE_LDADD)

UNIT_TESTS += tests/unit/test_run
tests_unit_test_run_SOURCES = tests/unit/test_run.c tests/unit/scratch.c tests/unit/scratch.h
tests_unit_test_run_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_run_LDADD = $(CORE_LDADD)

UNIT_TESTS += tests/unit/test_addresses
tests_unit_test_addresses_SOURCES = tests/unit/test_addresses.c tests/unit/manage.c tests/unit/manage.h tests/unit/scratch.c \
	tests/unit/scratch.h tests/unit/unit.h
tests_unit_test_addresses_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_addresses_LDADD = $(CORE_LDADD)

UNIT_TESTS += tests/unit/test_forward
tests_unit_test_forward_SOURCES = tests/unit/test_forward.c tests/unit/unit.h
tests_unit_test_forward_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_forward_LDADD = $(CORE_LDADD)

UNIT_TESTS += tests/unit/test_autostart
tests_unit_test_autostart_SOURCES = tests/unit/test_autostart.c tests/unit/manage.c tests/unit/manage.h tests/unit/scratch.c \
	tests/unit/scratch.h
tests_unit_test_autostart_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_autostart_LDADD = $(CORE_LDADD)

UNIT_TESTS += tests/unit/test_define
tests_unit_test_define_SOURCES = tests/unit/test_define.c tests/unit/manage.c tests/unit/manage.h tests/unit/scratch.c tests/unit/scratch.h
tests_unit_test_define_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_define_LDADD = $(CORE_LDADD)

UNIT_TESTS += tests/unit/test_describe
tests_unit_test_describe_SOURCES = tests/unit/test_describe.c tests/unit/manage.c tests/unit/manage.h tests/unit/scratch.c tests/unit/scratch.h
tests_unit_test_describe_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_describe_LDADD = $(CORE_LDADD)

UNIT_TESTS += tests/unit/test_seed
tests_unit_test_seed_SOURCES = tests/unit/test_seed.c tests/unit/unit.h
tests_unit_test_seed_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_seed_LDADD = $(CORE_LDADD)

UNIT_TESTS += tests/unit/test_install
tests_unit_test_install_SOURCES = tests/unit/test_install.c tests/unit/manage.c tests/unit/manage.h tests/unit/scratch.c tests/unit/scratch.h
tests_unit_test_install_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_install_LDADD = $(CORE_LDADD)

UNIT_TESTS += tests/unit/test_passt
tests_unit_test_passt_SOURCES = tests/unit/test_passt.c tests/unit/unit.h
tests_unit_test_passt_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_passt_LDADD = $(CORE_LDADD)

UNIT_TESTS += tests/unit/test_prepare
tests_unit_test_prepare_SOURCES = tests/unit/test_prepare.c tests/unit/manage.c tests/unit/manage.h tests/unit/scratch.c tests/unit/scratch.h
tests_unit_test_prepare_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_prepare_LDADD = $(CORE_LDADD)

# says so where libvirt's schemas are not installed
UNIT_TESTS += tests/unit/test_guest_agent
tests_unit_test_guest_agent_SOURCES = tests/unit/test_guest_agent.c tests/unit/unit.h
tests_unit_test_guest_agent_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_guest_agent_LDADD = $(CORE_LDADD)

UNIT_TESTS += tests/unit/test_secret
tests_unit_test_secret_SOURCES = tests/unit/test_secret.c tests/unit/manage.c tests/unit/manage.h tests/unit/relaxng.c tests/unit/relaxng.h \
	tests/unit/scratch.c tests/unit/scratch.h tests/unit/unit.h
tests_unit_test_secret_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_secret_LDADD = $(CORE_LDADD)

UNIT_TESTS += tests/unit/test_console
tests_unit_test_console_SOURCES = tests/unit/test_console.c
tests_unit_test_console_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_console_LDADD = libcore.a libbase.a $(JSON_LIBS) $(XML_LIBS) $(CHECK_LIBS)

# the view's side of virtty-screen, and a VNC server for it
DISPLAY_STAGE = tests/unit/display_stage.c tests/unit/display_stage.h tests/unit/manage.c tests/unit/manage.h tests/unit/rfb_server.c \
	tests/unit/rfb_server.h tests/unit/scratch.c tests/unit/scratch.h tests/unit/screen_draw.c tests/unit/screen_draw.h tests/unit/unit.h

UNIT_TESTS += tests/unit/test_display
tests_unit_test_display_SOURCES = tests/unit/test_display.c $(DISPLAY_STAGE)
tests_unit_test_display_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_display_DEPENDENCIES = virtty-screen libscreen.a libcore.a libstorage.a libnet.a libhv.a libbase.a
tests_unit_test_display_LDADD = libscreen.a $(CORE_LDADD) $(SCREEN_LIBS)

UNIT_TESTS += tests/unit/test_display_faults
tests_unit_test_display_faults_SOURCES = tests/unit/test_display_faults.c $(DISPLAY_STAGE)
tests_unit_test_display_faults_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_display_faults_DEPENDENCIES = virtty-screen libscreen.a libcore.a libstorage.a libnet.a libhv.a libbase.a
tests_unit_test_display_faults_LDADD = libscreen.a $(CORE_LDADD) $(SCREEN_LIBS)

UNIT_TESTS += tests/unit/test_picture
tests_unit_test_picture_SOURCES = tests/unit/test_picture.c tests/unit/unit.h
tests_unit_test_picture_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_picture_LDADD = libscreen.a $(BASE_LDADD) $(CHAFA_LIBS) $(ZLIB_LIBS)

UNIT_TESTS += tests/unit/test_sandbox
tests_unit_test_sandbox_SOURCES = tests/unit/test_sandbox.c tests/unit/unit.h
tests_unit_test_sandbox_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) -pthread
tests_unit_test_sandbox_LDADD = $(BASE_LDADD) $(SECCOMP_LIBS)

UNIT_TESTS += tests/unit/test_wire
tests_unit_test_wire_SOURCES = tests/unit/test_wire.c tests/unit/unit.h
tests_unit_test_wire_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_wire_LDADD = libcore.a $(BASE_LDADD)

# cli/: the table refers to every command, so it links everything
UNIT_TESTS += tests/unit/test_cli_install
tests_unit_test_cli_install_SOURCES = tests/unit/test_cli_install.c tests/unit/unit.h
tests_unit_test_cli_install_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_cli_install_LDADD = libcli.a $(CORE_LDADD)

UNIT_TESTS += tests/unit/test_image_work
tests_unit_test_image_work_SOURCES = tests/unit/test_image_work.c tests/unit/manage.c tests/unit/manage.h tests/unit/scratch.c tests/unit/scratch.h \
	tests/unit/unit.h
tests_unit_test_image_work_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_image_work_LDADD = $(CORE_LDADD)

UNIT_TESTS += tests/unit/test_install_arguments
tests_unit_test_install_arguments_SOURCES = tests/unit/test_install_arguments.c tests/unit/unit.h
tests_unit_test_install_arguments_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_install_arguments_LDADD = libcli.a $(CORE_LDADD)

UNIT_TESTS += tests/unit/test_cli_options
tests_unit_test_cli_options_SOURCES = tests/unit/test_cli_options.c tests/unit/unit.h
tests_unit_test_cli_options_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_cli_options_LDADD = libcli.a $(BASE_LDADD)

UNIT_TESTS += tests/unit/test_cli_output
tests_unit_test_cli_output_SOURCES = tests/unit/test_cli_output.c tests/unit/unit.h
tests_unit_test_cli_output_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_cli_output_LDADD = libcli.a $(BASE_LDADD)

UNIT_TESTS += tests/unit/test_cli_screen
tests_unit_test_cli_screen_SOURCES = tests/unit/test_cli_screen.c tests/unit/unit.h
tests_unit_test_cli_screen_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_cli_screen_LDADD = libcli.a $(BASE_LDADD)

UNIT_TESTS += tests/unit/test_cli_table
tests_unit_test_cli_table_SOURCES = tests/unit/test_cli_table.c tests/unit/unit.h
tests_unit_test_cli_table_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_cli_table_LDADD = libcli.a $(CORE_LDADD)

UNIT_TESTS += tests/unit/test_cli_terminal
tests_unit_test_cli_terminal_SOURCES = tests/unit/test_cli_terminal.c tests/unit/unit.h
tests_unit_test_cli_terminal_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_cli_terminal_LDADD = libcli.a $(BASE_LDADD)

# the TUI's parts that need no terminal
TUI_LDADD = libtui.a libcore.a libstorage.a libnet.a libhv.a libbase.a $(NCURSES_LIBS) $(VTERM_LIBS) $(TERMKEY_LIBS) $(EVENT_LIBS) $(SQLITE_LIBS) $(NL_LIBS) $(JSON_LIBS) \
	$(XML_LIBS) $(CHECK_LIBS)
TUI_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) $(VTERM_CFLAGS) $(TERMKEY_CFLAGS)

UNIT_TESTS += tests/unit/test_tui_cells
tests_unit_test_tui_cells_SOURCES = tests/unit/test_tui_cells.c tests/unit/unit.h
tests_unit_test_tui_cells_CFLAGS = $(TUI_CFLAGS)
tests_unit_test_tui_cells_LDADD = $(TUI_LDADD)

UNIT_TESTS += tests/unit/test_tui_copy
tests_unit_test_tui_copy_SOURCES = tests/unit/test_tui_copy.c tests/unit/unit.h
tests_unit_test_tui_copy_CFLAGS = $(TUI_CFLAGS)
tests_unit_test_tui_copy_LDADD = $(TUI_LDADD)

UNIT_TESTS += tests/unit/test_tui_form
tests_unit_test_tui_form_SOURCES = tests/unit/test_tui_form.c tests/unit/unit.h
tests_unit_test_tui_form_CFLAGS = $(TUI_CFLAGS)
tests_unit_test_tui_form_LDADD = $(TUI_LDADD)

UNIT_TESTS += tests/unit/test_tui_job
tests_unit_test_tui_job_SOURCES = tests/unit/test_tui_job.c tests/unit/unit.h
tests_unit_test_tui_job_CFLAGS = $(TUI_CFLAGS)
tests_unit_test_tui_job_LDADD = $(TUI_LDADD)

UNIT_TESTS += tests/unit/test_tui_answers
tests_unit_test_tui_answers_SOURCES = tests/unit/test_tui_answers.c tests/unit/unit.h
tests_unit_test_tui_answers_CFLAGS = $(TUI_CFLAGS)
tests_unit_test_tui_answers_LDADD = $(TUI_LDADD)

UNIT_TESTS += tests/unit/test_tui_keys
tests_unit_test_tui_keys_SOURCES = tests/unit/test_tui_keys.c tests/unit/unit.h
tests_unit_test_tui_keys_CFLAGS = $(TUI_CFLAGS)
tests_unit_test_tui_keys_LDADD = $(TUI_LDADD)

UNIT_TESTS += tests/unit/test_tui_list
tests_unit_test_tui_list_SOURCES = tests/unit/test_tui_list.c tests/unit/unit.h
tests_unit_test_tui_list_CFLAGS = $(TUI_CFLAGS)
tests_unit_test_tui_list_LDADD = $(TUI_LDADD)

UNIT_TESTS += tests/unit/test_tui_pace
tests_unit_test_tui_pace_SOURCES = tests/unit/test_tui_pace.c tests/unit/unit.h
tests_unit_test_tui_pace_CFLAGS = $(TUI_CFLAGS)
tests_unit_test_tui_pace_LDADD = $(TUI_LDADD)

UNIT_TESTS += tests/unit/test_tui_rows
tests_unit_test_tui_rows_SOURCES = tests/unit/test_tui_rows.c tests/unit/unit.h
tests_unit_test_tui_rows_CFLAGS = $(TUI_CFLAGS)
tests_unit_test_tui_rows_LDADD = $(TUI_LDADD)

UNIT_TESTS += tests/unit/test_tui_settings
tests_unit_test_tui_settings_SOURCES = tests/unit/test_tui_settings.c tests/unit/unit.h
tests_unit_test_tui_settings_CFLAGS = $(TUI_CFLAGS)
tests_unit_test_tui_settings_LDADD = $(TUI_LDADD)

UNIT_TESTS += tests/unit/test_tui_subnet
tests_unit_test_tui_subnet_SOURCES = tests/unit/test_tui_subnet.c tests/unit/unit.h
tests_unit_test_tui_subnet_CFLAGS = $(TUI_CFLAGS)
tests_unit_test_tui_subnet_LDADD = $(TUI_LDADD)

UNIT_TESTS += tests/unit/test_tui_table
tests_unit_test_tui_table_SOURCES = tests/unit/test_tui_table.c tests/unit/unit.h
tests_unit_test_tui_table_CFLAGS = $(TUI_CFLAGS)
tests_unit_test_tui_table_LDADD = $(TUI_LDADD)

UNIT_TESTS += tests/unit/test_tui_text
tests_unit_test_tui_text_SOURCES = tests/unit/test_tui_text.c tests/unit/unit.h
tests_unit_test_tui_text_CFLAGS = $(TUI_CFLAGS)
tests_unit_test_tui_text_LDADD = $(TUI_LDADD)

UNIT_TESTS += tests/unit/test_tui_view
tests_unit_test_tui_view_SOURCES = tests/unit/test_tui_view.c tests/unit/unit.h
tests_unit_test_tui_view_CFLAGS = $(TUI_CFLAGS) $(EVENT_CFLAGS)
tests_unit_test_tui_view_LDADD = $(TUI_LDADD)

UNIT_TESTS += tests/unit/test_tui_vt
tests_unit_test_tui_vt_SOURCES = tests/unit/test_tui_vt.c tests/unit/unit.h
tests_unit_test_tui_vt_CFLAGS = $(TUI_CFLAGS)
tests_unit_test_tui_vt_LDADD = $(TUI_LDADD)

UNIT_TESTS += tests/unit/test_keeper
tests_unit_test_keeper_SOURCES = tests/unit/test_keeper.c \
	tests/unit/keeper_play.c tests/unit/keeper_play.h tests/unit/keeper_roles.c tests/unit/keeper_roles.h tests/unit/unit.h
tests_unit_test_keeper_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_keeper_DEPENDENCIES = virtty-keeper libcore.a libstorage.a libnet.a libhv.a libbase.a
tests_unit_test_keeper_LDADD = libcore.a libstorage.a libnet.a libhv.a libbase.a $(SQLITE_LIBS) $(NL_LIBS) $(JSON_LIBS) $(XML_LIBS) $(CHECK_LIBS)

UNIT_TESTS += tests/unit/test_keeper_console
tests_unit_test_keeper_console_SOURCES = tests/unit/test_keeper_console.c \
	tests/unit/keeper_play.c tests/unit/keeper_play.h tests/unit/keeper_roles.c tests/unit/keeper_roles.h tests/unit/unit.h
tests_unit_test_keeper_console_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_keeper_console_DEPENDENCIES = virtty-keeper libcore.a libstorage.a libnet.a libhv.a libbase.a
tests_unit_test_keeper_console_LDADD = libcore.a libstorage.a libnet.a libhv.a libbase.a $(SQLITE_LIBS) $(NL_LIBS) $(JSON_LIBS) $(XML_LIBS) $(CHECK_LIBS)

UNIT_TESTS += tests/unit/test_tui_wizard
tests_unit_test_tui_wizard_SOURCES = tests/unit/test_tui_wizard.c tests/unit/unit.h
tests_unit_test_tui_wizard_CFLAGS = $(TUI_CFLAGS)
tests_unit_test_tui_wizard_LDADD = $(TUI_LDADD)
endif
