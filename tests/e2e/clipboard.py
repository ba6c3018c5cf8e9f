"""Another program that something was copied in: it owns the clipboard until it ends.

Usage: clipboard.py HTML TEXT

Offers the HTML, unless it is empty, and the text, as a browser does. Says `ready` on its output once it can be asked.
"""

import sys

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, GLib, Gtk  # noqa: E402

HTML = "text/html"
TEXT = "UTF8_STRING"


def main():
    html, text = sys.argv[1:]
    owner = Gtk.Window(type=Gtk.WindowType.POPUP)

    def give(_, data, *__):
        asked = data.get_target().name()
        data.set(data.get_target(), 8, (html if asked == HTML else text).encode())

    owner.connect("selection-get", give)
    owner.realize()
    for name in [HTML, TEXT] if html else [TEXT]:
        Gtk.selection_add_target(owner, Gdk.SELECTION_CLIPBOARD, Gdk.Atom.intern(name, False), 0)
    if not Gtk.selection_owner_set(owner, Gdk.SELECTION_CLIPBOARD, Gdk.CURRENT_TIME):
        sys.exit("the clipboard cannot be owned")
    GLib.idle_add(lambda: print("ready", flush=True))
    Gtk.main()


main()
