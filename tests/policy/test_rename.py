# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who may give a domain another name: rules match on names, so both count, and where images may be
goes by the name, too.

Owns what is asked for when a domain is renamed; what a rename does is tests/bus/test_rename.py.
"""

import rig
from rig import DENIED, IMAGES, settings
from support import tap

# alice and bob may change what is called dev-…; a new name's directory of images only alice may use,
# and only if that is what is asked for.
RULES = {"10-test.rules": """
polkit.addRule(function(action, subject) {
    if (subject.user != "alice" && subject.user != "bob")
        return polkit.Result.NOT_HANDLED;
    var ours = (action.lookup("domain") || "").indexOf("dev-") == 0;
    var named = (action.lookup("reach") || "").indexOf("name: image-directories") == 0 &&
                action.lookup("kinds") == "domain" && !action.lookup("path");
    if (action.id == "org.domwright1.modify")
        return ours ? polkit.Result.YES : polkit.Result.NO;
    if (action.id == "org.domwright1.use-host-resources")
        return subject.user == "alice" && ours && named ? polkit.Result.YES : polkit.Result.NO;
    return polkit.Result.NOT_HANDLED;
});
"""}


class Rename(rig.Case):
    RULES = RULES

    def rename(self, user, path, name):
        self.person(user).call(path, "Domain", "Rename", "(sa{sv})", name, {})
        self.assertEqual(name, self.world.property(path, "Domain", "Name"))

    def check_names(self, user):
        """The new name and the old one are both to be allowed."""
        ours, other = self.world.new_domain("dev"), self.world.new_domain("prod")
        for path, name in ((ours, f"prod-{user}"), (other, f"dev-{user}-2"), (other, f"prod-{user}-2")):
            before = self.world.state(path)
            with self.refused(DENIED, "org.domwright1.modify"):
                self.person(user).call(path, "Domain", "Rename", "(sa{sv})", name, {})
            self.assertEqual(before, self.world.state(path))
        self.rename(user, ours, f"dev-{user}")


class ByName(Rename):
    """Without %n a name is a name."""

    def test_names(self):
        for user in ("alice", "bob"):
            with self.subTest(user):
                self.check_names(user)


class WithImages(Rename):
    """With %n a name says which images a domain may have."""

    POLICY = IMAGES

    def test_names(self):
        self.check_names("alice")

    def test_images(self):
        path = self.world.new_domain("dev")
        before = self.world.state(path)
        with self.refused(DENIED, "org.domwright1.use-host-resources"):
            self.person("bob").call(path, "Domain", "Rename", "(sa{sv})", "dev-images", {})
        self.assertEqual(before, self.world.state(path))
        self.rename("alice", path, "dev-images")

    def test_dry_run(self):
        """Nothing is asked for but to read."""
        path = self.world.new_domain("prod")
        result = self.person("bob").call(path, "Domain", "Rename", "(sa{sv})", "dev-dry",
                                         settings({"dry-run": True}))
        self.assertTrue(result["changed"])


if __name__ == "__main__":
    tap.main()
