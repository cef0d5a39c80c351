#!/bin/sh
# Root never runs a browser: hand the profile to an unprivileged user and become that user.
for argument in "$@"; do
    case "$argument" in
    --user-data-dir=*)
        HOME="${argument#--user-data-dir=}"
        chown -R 65534:65534 "$HOME"
        export HOME
        ;;
    esac
done
exec setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs "$TEREZE_CHROMIUM" "$@"
