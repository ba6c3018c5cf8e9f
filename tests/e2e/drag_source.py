"""A small window of another program that files are dragged out of, as out of a file manager.

Usage: drag_source.py X Y ADDRESS...

Says on its output, a line each: `ready` when it can be pressed, `begun` when its files hang on the pointer,
`dropped` or `refused` when they were let go. It takes no drops, so that over it nothing is under the pointer.
"""

import sys

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, GLib, Gtk  # noqa: E402

SIDE = 40


def say(word):
    print(word, flush=True)


def main():
    x, y, *addresses = sys.argv[1:]
    refused = False

    def fail(*_):
        nonlocal refused
        refused = True
        # No picture flies back: what failed is told at once.
        return True

    # A popup needs no window manager to be where it is asked to be, above the others.
    window = Gtk.Window(type=Gtk.WindowType.POPUP)
    window.set_default_size(SIDE, SIDE)
    window.move(int(x), int(y))
    handle = Gtk.EventBox()
    window.add(handle)
    handle.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
    handle.drag_source_add_uri_targets()
    handle.connect("drag-begin", lambda *_: say("begun"))
    handle.connect("drag-data-get", lambda _, __, data, *___: data.set_uris(addresses))
    handle.connect("drag-failed", fail)
    handle.connect("drag-end", lambda *_: say("refused" if refused else "dropped"))
    # Once the window is mapped and what the server had to say about it is handled.
    window.connect("map-event", lambda *_: GLib.idle_add(say, "ready") and False)
    window.show_all()
    Gtk.main()


main()
