#!/usr/bin/env bash
# A fresh machine: a bare Debian from its mirror, a clone of this checkout's last commit, the README's
# lines and nothing else. Prints what each took. Needs root and mmdebstrap.
#
#   tests/fresh.sh [bookworm|trixie] [COMMAND]...
#
# This machine's own settings come along: those of pip and apt, certificates, resolver, proxies, and
# the folders that pip is told to look into.
set -euo pipefail

if [ -z "${FRESH_ROOT:-}" ]; then
    # What gets mounted below is this machine's own. It is mounted in a namespace of the inner run
    # only, read-only; out here, where the folder is deleted, nothing is ever mounted in it.
    FRESH_ROOT=$(mktemp -d "${TMPDIR:-/tmp}/refdesk-fresh.XXXXXX")
    export FRESH_ROOT
    trap 'rm -rf --one-file-system "$FRESH_ROOT" "$FRESH_ROOT.apt"' EXIT
    code=0
    unshare --mount --propagation private "$0" "$@" || code=$?
    exit "$code"
fi
root=$FRESH_ROOT
suite=${1:-bookworm}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- 'make ask Q="explain GQA vs MQA"' 'make test'
checkout=$(cd "$(dirname "$0")/.." && pwd)

say() { printf '\n== %s\n' "$*"; }
timed() {
    local begun=$SECONDS
    "$@" || { code=$?; say "exit $code after $((SECONDS - begun)) s: ${*: -1}"; exit "$code"; }
    say "exit 0 after $((SECONDS - begun)) s: ${*: -1}"
}

say "$suite on $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1), $(nproc) cores," \
    "load $(cut -d ' ' -f 1 /proc/loadavg), $(date -u +%FT%TZ)"
apt-config dump | grep '^Acquire::\(http\|https\|ftp\|Retries\)' >"$root.apt" || true
timed mmdebstrap --quiet --variant=minbase --include=ca-certificates --aptopt="$root.apt" \
    "$suite" "$root"
mv "$root.apt" "$root/etc/apt/apt.conf.d/99carried"
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
ln -sf pts/ptmx "$root/dev/ptmx"
# links in there would lead to this machine's files: what is copied takes their place
rm -rf "$root"/etc/{resolv.conf,hosts,ssl/certs}
cp --dereference /etc/resolv.conf /etc/hosts "$root/etc/"
cp --recursive --dereference /etc/ssl/certs "$root/etc/ssl/certs"

# pip's files of settings, and every folder they or the environment name
python3 - <<'PYTHON' >"$root/carried" 2>/dev/null || true
import os, pathlib, re, subprocess, sys
told = subprocess.run([sys.executable, "-m", "pip", "config", "debug"], capture_output=True, text=True)
for file in re.findall(r"^\s*(/\S+), exists: True", told.stdout, re.M):
    print(file)
    for word in re.split(r"[\s=,'\"]+", pathlib.Path(file).read_text()):
        word = word.removeprefix("file://")
        if word.startswith("/") and os.path.exists(word):
            print(word)
for name, value in os.environ.items():
    if name.startswith(("PIP_", "UV_")):
        for word in value.replace("file://", "").split():
            if word.startswith("/") and os.path.exists(word):
                print(word)
PYTHON
sort -u "$root/carried" | while read -r path; do
    case $path in /etc/ssl/*) continue ;; esac
    if [ -d "$path" ]; then
        [ "$(basename "$path")" = simple ] && path=$(dirname "$path") # its links lead to its files
        mountpoint -q "$root$path" && continue
        mkdir -p "$root$path"
        mount --bind "$path" "$root$path"
        mount -o remount,bind,ro "$root$path" # whatever happens in there: it is not ours
    else
        mkdir -p "$root$(dirname "$path")"
        cp --dereference "$path" "$root$path"
    fi
done
rm "$root/carried"

git clone --quiet "$checkout" "$root/root/refdesk"
carried=()
while IFS= read -r name; do carried+=("$name=${!name}"); done < <(
    compgen -e | grep -iE '^(PIP_|UV_)|_proxy$|^(SSL_CERT|REQUESTS_CA|CURL_CA)' || true
)
inside() {
    chroot "$root" env -i HOME=/root LANG=C.UTF-8 TERM=dumb \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "${carried[@]}" \
        DEBIAN_FRONTEND=noninteractive sh -c "cd /root/refdesk && $1" 2>&1 |
        while IFS= read -r line; do printf '%5d s  %s\n' $((SECONDS - begun)) "$line"; done
}
begun=$SECONDS # every line of what is said inside stands behind the seconds since here
timed inside 'apt-get -qq update >/dev/null && apt-get -qq install make g++ python3-venv >/dev/null'
for command in "$@"; do timed inside "$command"; done
inside 'objdump -d .venv/lib/python3*/site-packages/llama_cpp/lib/libggml-cpu.so | grep -c ldtilecfg' |
    sed 's/^/tile instructions in the built library: /' || true
say "all of it: $((SECONDS - begun)) s from a bare $suite, load $(cut -d ' ' -f 1 /proc/loadavg)"
