# SPDX-License-Identifier: GPL-2.0-or-later
# files of data/
autostart_units = data/virtty-autostart.service data/user/virtty-autostart.service
systemdsystemunit_DATA = data/virtty-autostart.service
systemduserunit_DATA = data/user/virtty-autostart.service
EXTRA_DIST += data/virtty-autostart.service.in data/user/virtty-autostart.service.in
CLEANFILES += $(autostart_units)

# By make, since configure does not know the whole of bindir.
$(autostart_units): %: $(srcdir)/%.in Makefile
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(SED) 's|@bindir[@]|$(bindir)|g' $(srcdir)/$@.in > $@.tmp && mv $@.tmp $@

# The configuration file as it would be without one: all of it comments.
exampledir = $(docdir)/examples
dist_example_DATA = data/virtty.conf
