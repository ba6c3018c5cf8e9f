#!/bin/sh
exec "$(dirname "$0")/zig/bin/python" -m ziglang ar "$@"
