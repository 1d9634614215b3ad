# SPDX-License-Identifier: GPL-2.0-or-later
# The harness, and the tests that run the whole program on real guests.
if HAVE_CHECK
INTEGRATION_TESTS =
STRESS_TESTS = tests/integration/test_kills
check_PROGRAMS += $(INTEGRATION_TESTS)
TESTS += $(INTEGRATION_TESTS)

check_LIBRARIES += libharness.a
libharness_a_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) $(VTERM_CFLAGS)
libharness_a_SOURCES = \
	tests/harness/account.c tests/harness/account.h \
	tests/harness/dhcp_clients.c tests/harness/dhcp_clients.h \
	tests/harness/disks.c tests/harness/disks.h \
	tests/harness/elsewhere.c tests/harness/elsewhere.h \
	tests/harness/example.c tests/harness/example.h \
	tests/harness/frames.c tests/harness/frames.h \
	tests/harness/guest.c tests/harness/guest.h \
	tests/harness/home.c tests/harness/home.h \
	tests/harness/iso.c tests/harness/iso.h \
	tests/harness/lab.c tests/harness/lab.h \
	tests/harness/machine.c tests/harness/machine.h \
	tests/harness/peer.c tests/harness/peer.h \
	tests/harness/pty.c tests/harness/pty.h \
	tests/harness/qemu.c tests/harness/qemu.h \
	tests/harness/reading.c tests/harness/reading.h \
	tests/harness/rfb_server.c tests/harness/rfb_server.h \
	tests/harness/screen.c tests/harness/screen.h \
	tests/harness/task.c tests/harness/task.h \
	tests/harness/viewer.c tests/harness/viewer.h \
	tests/harness/volumes.c tests/harness/volumes.h \
	tests/harness/wait.h

harness_libs = libharness.a libcore.a libstorage.a libnet.a libhv.a libbase.a $(SQLITE_LIBS) $(NL_LIBS) $(JSON_LIBS) $(XML_LIBS) $(EVENT_LIBS) $(CHECK_LIBS)

# boots a dozen guests; prints how exact text recovery is on each of their screens
INTEGRATION_TESTS += tests/integration/test_accuracy
tests_integration_test_accuracy_SOURCES = tests/integration/test_accuracy.c
tests_integration_test_accuracy_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) $(VTERM_CFLAGS)
tests_integration_test_accuracy_LDADD = libharness.a libscreen.a $(harness_libs) $(VTERM_LIBS) $(LZMA_LIBS) $(ZLIB_LIBS)

INTEGRATION_TESTS += tests/integration/test_accuracy_installer
tests_integration_test_accuracy_installer_SOURCES = tests/integration/test_accuracy_installer.c
tests_integration_test_accuracy_installer_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_accuracy_installer_LDADD = libharness.a libscreen.a $(harness_libs) $(LZMA_LIBS) $(ZLIB_LIBS)

INTEGRATION_TESTS += tests/integration/test_autostart
tests_integration_test_autostart_SOURCES = tests/integration/test_autostart.c
tests_integration_test_autostart_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_autostart_LDADD = $(harness_libs)

INTEGRATION_TESTS += tests/integration/test_block
tests_integration_test_block_SOURCES = tests/integration/test_block.c
tests_integration_test_block_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_block_LDADD = $(harness_libs)
STRESS_TESTS += tests/integration/test_block

INTEGRATION_TESTS += tests/integration/test_boot
tests_integration_test_boot_SOURCES = tests/integration/test_boot.c
tests_integration_test_boot_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_boot_LDADD = $(harness_libs)

INTEGRATION_TESTS += tests/integration/test_bridge
STRESS_TESTS += tests/integration/test_bridge
tests_integration_test_bridge_SOURCES = tests/integration/test_bridge.c
tests_integration_test_bridge_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_bridge_LDADD = $(harness_libs) $(VTERM_LIBS)

INTEGRATION_TESTS += tests/integration/test_cli_tty
tests_integration_test_cli_tty_SOURCES = tests/integration/test_cli_tty.c
tests_integration_test_cli_tty_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_cli_tty_LDADD = $(harness_libs)

INTEGRATION_TESTS += tests/integration/test_completion
tests_integration_test_completion_SOURCES = tests/integration/test_completion.c
tests_integration_test_completion_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_completion_LDADD = $(harness_libs)

INTEGRATION_TESTS += tests/integration/test_console
tests_integration_test_console_SOURCES = tests/integration/test_console.c
tests_integration_test_console_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_console_LDADD = $(harness_libs)

INTEGRATION_TESTS += tests/integration/test_device_kills
STRESS_TESTS += tests/integration/test_device_kills
tests_integration_test_device_kills_SOURCES = tests/integration/test_device_kills.c
tests_integration_test_device_kills_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_device_kills_LDADD = $(harness_libs)

INTEGRATION_TESTS += tests/integration/test_devices
tests_integration_test_devices_SOURCES = tests/integration/test_devices.c
tests_integration_test_devices_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_devices_LDADD = $(harness_libs)

INTEGRATION_TESTS += tests/integration/test_display
tests_integration_test_display_SOURCES = tests/integration/test_display.c
tests_integration_test_display_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_display_LDADD = $(harness_libs)

INTEGRATION_TESTS += tests/integration/test_faults
tests_integration_test_faults_SOURCES = tests/integration/test_faults.c
tests_integration_test_faults_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_faults_LDADD = $(harness_libs)

INTEGRATION_TESTS += tests/integration/test_import
tests_integration_test_import_SOURCES = tests/integration/test_import.c
tests_integration_test_import_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_import_LDADD = $(harness_libs) $(VTERM_LIBS)

INTEGRATION_TESTS += tests/integration/test_import_faults
STRESS_TESTS += tests/integration/test_import_faults
tests_integration_test_import_faults_SOURCES = tests/integration/test_import_faults.c
tests_integration_test_import_faults_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_import_faults_LDADD = $(harness_libs)

INTEGRATION_TESTS += tests/integration/test_seed
tests_integration_test_seed_SOURCES = tests/integration/test_seed.c
tests_integration_test_seed_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_seed_LDADD = $(harness_libs)

INTEGRATION_TESTS += tests/integration/test_guest_agent
tests_integration_test_guest_agent_SOURCES = tests/integration/test_guest_agent.c
tests_integration_test_guest_agent_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_guest_agent_LDADD = $(harness_libs)

INTEGRATION_TESTS += tests/integration/test_input
tests_integration_test_input_SOURCES = tests/integration/test_input.c
tests_integration_test_input_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_input_LDADD = $(harness_libs)

INTEGRATION_TESTS += tests/integration/test_iscsi
tests_integration_test_iscsi_SOURCES = tests/integration/test_iscsi.c
tests_integration_test_iscsi_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_iscsi_LDADD = $(harness_libs)

INTEGRATION_TESTS += tests/integration/test_keeper
tests_integration_test_keeper_SOURCES = tests/integration/test_keeper.c
tests_integration_test_keeper_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_keeper_LDADD = $(harness_libs)

INTEGRATION_TESTS += tests/integration/test_keys
tests_integration_test_keys_SOURCES = tests/integration/test_keys.c
tests_integration_test_keys_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_keys_LDADD = $(harness_libs)

INTEGRATION_TESTS += tests/integration/test_kills
tests_integration_test_kills_SOURCES = tests/integration/test_kills.c
tests_integration_test_kills_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_kills_LDADD = $(harness_libs)

INTEGRATION_TESTS += tests/integration/test_interfaces
tests_integration_test_interfaces_SOURCES = tests/integration/test_interfaces.c
tests_integration_test_interfaces_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_interfaces_LDADD = $(harness_libs)

INTEGRATION_TESTS += tests/integration/test_life
tests_integration_test_life_SOURCES = tests/integration/test_life.c
tests_integration_test_life_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_life_LDADD = $(harness_libs)

INTEGRATION_TESTS += tests/integration/test_luks
tests_integration_test_luks_SOURCES = tests/integration/test_luks.c
tests_integration_test_luks_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_luks_LDADD = $(harness_libs)

# what ISOs hold, beside osinfo-detect
INTEGRATION_TESTS += tests/integration/test_osinfo
tests_integration_test_osinfo_SOURCES = tests/integration/test_osinfo.c
tests_integration_test_osinfo_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_osinfo_LDADD = $(harness_libs)

INTEGRATION_TESTS += tests/integration/test_network
STRESS_TESTS += tests/integration/test_network
tests_integration_test_network_SOURCES = tests/integration/test_network.c
tests_integration_test_network_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_network_LDADD = $(harness_libs)

INTEGRATION_TESTS += tests/integration/test_network_faults
STRESS_TESTS += tests/integration/test_network_faults
tests_integration_test_network_faults_SOURCES = tests/integration/test_network_faults.c
tests_integration_test_network_faults_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_network_faults_LDADD = $(harness_libs)

INTEGRATION_TESTS += tests/integration/test_network_shown
tests_integration_test_network_shown_SOURCES = tests/integration/test_network_shown.c
tests_integration_test_network_shown_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_network_shown_LDADD = $(harness_libs)

INTEGRATION_TESTS += tests/integration/test_network_cards
tests_integration_test_network_cards_SOURCES = tests/integration/test_network_cards.c
tests_integration_test_network_cards_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_network_cards_LDADD = $(harness_libs)

INTEGRATION_TESTS += tests/integration/test_network_guests
tests_integration_test_network_guests_SOURCES = tests/integration/test_network_guests.c
tests_integration_test_network_guests_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_network_guests_LDADD = $(harness_libs)

INTEGRATION_TESTS += tests/integration/test_network_hostile
tests_integration_test_network_hostile_SOURCES = tests/integration/test_network_hostile.c
tests_integration_test_network_hostile_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_network_hostile_LDADD = $(harness_libs)

INTEGRATION_TESTS += tests/integration/test_network_macvtap
tests_integration_test_network_macvtap_SOURCES = tests/integration/test_network_macvtap.c
tests_integration_test_network_macvtap_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_network_macvtap_LDADD = $(harness_libs)

INTEGRATION_TESTS += tests/integration/test_network_many
STRESS_TESTS += tests/integration/test_network_many
tests_integration_test_network_many_SOURCES = tests/integration/test_network_many.c
tests_integration_test_network_many_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_network_many_LDADD = $(harness_libs)

INTEGRATION_TESTS += tests/integration/test_network_commands
tests_integration_test_network_commands_SOURCES = tests/integration/test_network_commands.c
tests_integration_test_network_commands_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_network_commands_LDADD = $(harness_libs)

INTEGRATION_TESTS += tests/integration/test_network_modes
tests_integration_test_network_modes_SOURCES = tests/integration/test_network_modes.c
tests_integration_test_network_modes_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_network_modes_LDADD = $(harness_libs)

INTEGRATION_TESTS += tests/integration/test_obstacles
tests_integration_test_obstacles_SOURCES = tests/integration/test_obstacles.c
tests_integration_test_obstacles_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_obstacles_LDADD = $(harness_libs)

INTEGRATION_TESTS += tests/integration/test_pools_host
tests_integration_test_pools_host_SOURCES = tests/integration/test_pools_host.c
tests_integration_test_pools_host_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_pools_host_LDADD = $(harness_libs)

INTEGRATION_TESTS += tests/integration/test_screen
tests_integration_test_screen_SOURCES = tests/integration/test_screen.c
tests_integration_test_screen_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_screen_LDADD = $(harness_libs)

INTEGRATION_TESTS += tests/integration/test_image_use
tests_integration_test_image_use_SOURCES = tests/integration/test_image_use.c
tests_integration_test_image_use_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_image_use_LDADD = $(harness_libs)

INTEGRATION_TESTS += tests/integration/test_forward
tests_integration_test_forward_SOURCES = tests/integration/test_forward.c
tests_integration_test_forward_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_forward_LDADD = $(harness_libs)

INTEGRATION_TESTS += tests/integration/test_forward_faults
STRESS_TESTS += tests/integration/test_forward_faults
tests_integration_test_forward_faults_SOURCES = tests/integration/test_forward_faults.c
tests_integration_test_forward_faults_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_forward_faults_LDADD = $(harness_libs)

INTEGRATION_TESTS += tests/integration/test_images
tests_integration_test_images_SOURCES = tests/integration/test_images.c
tests_integration_test_images_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_images_LDADD = $(harness_libs)

INTEGRATION_TESTS += tests/integration/test_passt
STRESS_TESTS += tests/integration/test_passt
tests_integration_test_passt_SOURCES = tests/integration/test_passt.c
tests_integration_test_passt_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_passt_LDADD = $(harness_libs)

INTEGRATION_TESTS += tests/integration/test_scopes
tests_integration_test_scopes_SOURCES = tests/integration/test_scopes.c
tests_integration_test_scopes_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_scopes_LDADD = $(harness_libs)

INTEGRATION_TESTS += tests/integration/test_storage
tests_integration_test_storage_SOURCES = tests/integration/test_storage.c
tests_integration_test_storage_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_storage_LDADD = $(harness_libs)

INTEGRATION_TESTS += tests/integration/test_storage_faults
tests_integration_test_storage_faults_SOURCES = tests/integration/test_storage_faults.c
tests_integration_test_storage_faults_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_storage_faults_LDADD = $(harness_libs)

INTEGRATION_TESTS += tests/integration/test_storage_hostile
tests_integration_test_storage_hostile_SOURCES = tests/integration/test_storage_hostile.c
tests_integration_test_storage_hostile_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_storage_hostile_LDADD = $(harness_libs)

INTEGRATION_TESTS += tests/integration/test_storage_jobs
STRESS_TESTS += tests/integration/test_storage_jobs
tests_integration_test_storage_jobs_SOURCES = tests/integration/test_storage_jobs.c
tests_integration_test_storage_jobs_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_storage_jobs_LDADD = $(harness_libs)

INTEGRATION_TESTS += tests/integration/test_user
tests_integration_test_user_SOURCES = tests/integration/test_user.c
tests_integration_test_user_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_user_LDADD = $(harness_libs)

INTEGRATION_TESTS += tests/integration/test_user_network
tests_integration_test_user_network_SOURCES = tests/integration/test_user_network.c
tests_integration_test_user_network_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_user_network_LDADD = $(harness_libs)

INTEGRATION_TESTS += tests/integration/test_virsh
tests_integration_test_virsh_SOURCES = tests/integration/test_virsh.c
tests_integration_test_virsh_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_integration_test_virsh_LDADD = $(harness_libs)

endif
