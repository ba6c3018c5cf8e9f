#!/bin/sh
# A C compiler for macOS: zig's, without the options that only Apple's clang takes. Apple alone may hand out the headers
# of Objective-C, so each of its files becomes an empty object. That is enough to check Rust; nothing could be linked.
is_objective_c=
is_output=
object=
for argument; do
  shift
  case $argument in *.m | *.mm) is_objective_c=yes ;; esac
  [ -z "$is_output" ] || object=$argument
  is_output=
  case $argument in
    --target=* | -mmacosx-version-min=* | -mmacos-version-min=*) ;;
    -o) is_output=yes; set -- "$@" "$argument" ;;
    *) set -- "$@" "$argument" ;;
  esac
done
here=$(dirname "$0")
zig() { exec "$here/zig/bin/python" -m ziglang cc -target aarch64-macos "$@"; }
[ -n "$is_objective_c" ] && [ -n "$object" ] && zig -c -x c /dev/null -o "$object"
zig "$@"
