#!/bin/sh
# Installs the dependencies: "run" for the demo, "docs" for the documentation, "test" for everything.
# Progress goes to stderr. A second run installs only what is missing. Nothing outside this folder is changed, except that
# Debian packages are installed with apt-get when run as root; otherwise they are unpacked under .tools.
set -eu
cd "$(dirname "$0")/.."
purpose=${1:-run}
tools=$PWD/.tools
mkdir -p "$tools/bin" "$tools/stamps"
exec </dev/null >&2

say() { printf '%s\n' "$*"; }
fail() { say "Lodgekey cannot be set up: $*"; exit 1; }

retry() { # registries can be slow or not respond: four attempts, with growing pauses
    attempt=1
    until "$@"; do
        [ "$attempt" -lt 4 ] || return 1
        say "      that failed; trying again in $((attempt * 5)) s"
        sleep $((attempt * 5))
        attempt=$((attempt + 1))
    done
}

if [ -z "${HOME:-}" ] || [ ! -w "${HOME:-/}" ]; then
    export HOME="$tools/home"
    mkdir -p "$HOME"
fi

# --- Python and its packages ---------------------------------------------------------------------------------------

find_python() {
    for name in python3.11 python3 python3.12 python3.13; do
        if command -v "$name" >/dev/null && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
            command -v "$name"
            return 0
        fi
    done
    return 1
}

install_uv() { # --target works without a virtual environment and on Debian's externally managed Python (PEP 668)
    PIP_ROOT_USER_ACTION=ignore "$python" -m pip install --quiet --disable-pip-version-check --no-input \
        --upgrade --target "$tools" 'uv>=0.9,<1'
}

uv_works() { "$tools/bin/uv" --version >/dev/null 2>&1; }

sync_packages() { # shows downloads, but not the list of installed packages
    {
        result=0
        UV_HTTP_TIMEOUT=${UV_HTTP_TIMEOUT:-300} UV_PYTHON_DOWNLOADS=never UV_SYSTEM_CERTS=1 \
            "$tools/bin/uv" sync --frozen --no-progress --color never --python "$python" 2>&1 || result=$?
        echo "$result" >"$tools/stamps/sync-result"
    } | grep -v '^ [+~-] ' || true
    [ "$(cat "$tools/stamps/sync-result")" = 0 ]
}

prepare_python() {
    stamp="$tools/stamps/python-$(cat uv.lock pyproject.toml | cksum | tr ' ' '-')"
    if [ -e "$stamp" ] && [ -x .venv/bin/lodgekey ]; then return 0; fi
    python=$(find_python) || fail "Python 3.11 or later is missing (Debian: apt-get install python3 python3-pip)."
    if ! uv_works; then
        say "[1/3] Fetching uv, which installs the Python packages"
        retry install_uv || fail "uv could not be fetched with $python -m pip."
    fi
    say "[2/3] Installing the Python packages of uv.lock (the first time takes a few minutes)"
    retry sync_packages || fail "the Python packages could not be installed."
    rm -f "$tools"/stamps/python-*
    : >"$stamp"
}

# --- Debian packages -----------------------------------------------------------------------------------------------

has_command() { [ -x "/usr/sbin/$1" ] || command -v "$1" >/dev/null || [ -x "$tools/bin/$1" ]; }
has_font() { [ -n "$(find /usr/share/fonts "$tools/debian/usr/share/fonts" -name "$1" 2>/dev/null | head -n 1)" ]; }

has_postgres() { [ -n "$(find /usr/lib/postgresql "$tools/debian/usr/lib/postgresql" -name initdb 2>/dev/null | head -n 1)" ]; }

missing_packages() {
    has_command mosquitto || echo mosquitto
    has_font 'NotoSansCJK*' || echo fonts-noto-cjk
    has_font 'OCRB*' || echo fonts-ocr-b
    [ "$purpose" = test ] || return 0
    has_command chromium || has_command google-chrome || echo chromium
    has_command ffmpeg || echo ffmpeg
    has_command curl || echo curl
    has_postgres || echo postgresql
    has_command ssh-keygen || echo openssh-client
}

apt_as_root() {
    export DEBIAN_FRONTEND=noninteractive
    retry apt-get -q -o DPkg::Lock::Timeout=300 update &&
        retry apt-get -q -y -o DPkg::Lock::Timeout=300 --no-install-recommends install "$@"
}

private_apt() { # apt-get with its own lists and archives: works without root
    apt-get -q -o "Dir::State=$tools/apt/state" -o Dir::State::status=/var/lib/dpkg/status \
        -o "Dir::Cache=$tools/apt/cache" -o Debug::NoLocking=1 "$@"
}

unpack_privately() {
    mkdir -p "$tools/apt/state/lists/partial" "$tools/apt/cache/archives/partial" "$tools/debian"
    retry private_apt update || return 1
    retry private_apt -y --no-install-recommends --download-only install "$@" || return 1
    for archive in "$tools"/apt/cache/archives/*.deb; do
        dpkg -x "$archive" "$tools/debian" || return 1
    done
    for file in usr/sbin/mosquitto usr/lib/chromium/chromium usr/bin/ffmpeg usr/bin/promtool; do
        [ ! -x "$tools/debian/$file" ] || write_wrapper "$file"
    done
    rm -rf "$tools/apt"
}

write_wrapper() { # a command that sets the path of its unpacked libraries
    cat >"$tools/bin/$(basename "$1")" <<'WRAPPER'
#!/bin/sh
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../debian" && pwd)
for folder in "$root"/lib/*-linux-gnu "$root"/usr/lib/*-linux-gnu "$root"/usr/lib/*-linux-gnu/*/; do
    [ ! -d "$folder" ] || LD_LIBRARY_PATH="${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}${folder%/}"
done
export LD_LIBRARY_PATH
WRAPPER
    printf 'exec "$root/%s" "$@"\n' "$1" >>"$tools/bin/$(basename "$1")"
    chmod +x "$tools/bin/$(basename "$1")"
}

install_packages() {
    command -v apt-get >/dev/null || return 1
    if [ "$(id -u)" -eq 0 ] && apt_as_root "$@"; then return 0; fi
    unpack_privately "$@"
}

prepare_debian() {
    missing=$(missing_packages | tr '\n' ' ')
    [ -n "$missing" ] || return 0
    say "[3/3] Installing $missing"
    # shellcheck disable=SC2086 # one argument a package
    install_packages $missing || true
    has_command mosquitto || fail "mosquitto is missing and could not be installed (Debian: apt-get install mosquitto)."
    missing=$(missing_packages | tr '\n' ' ')
    [ -z "$missing" ] || say "      still missing: $missing- commands that need them will report it"
}

prepare_promtool() { # its package starts a server when it is installed, so it is always unpacked
    [ "$purpose" = test ] || return 0
    if has_command promtool || ! command -v apt-get >/dev/null; then return 0; fi
    say "      unpacking promtool, which tries the alert rules (Debian's prometheus, 19 MB)"
    unpack_privately prometheus || say "      promtool is missing; its tests are skipped"
}

# --- npm packages: axe-core for the browser tests, mermaid for the diagrams of the docs; not part of the product -------

fetch_node_package() { # folder, the module that shows that it is installed, purpose
    [ ! -d "$1/node_modules/$2" ] || return 0
    system_certificates=/etc/ssl/certs/ca-certificates.crt # node trusts only its own list by default
    [ ! -e "$system_certificates" ] || export NODE_EXTRA_CA_CERTS="${NODE_EXTRA_CA_CERTS:-$system_certificates}"
    say "      fetching $2, $3"
    if has_command npm && retry npm ci --silent --no-audit --no-fund --prefix "$1"; then return 0; fi
    say "      $2 is missing (npm ci --prefix $1); commands that need it will report it"
}

prepare_node_packages() {
    [ "$purpose" != test ] || fetch_node_package tests/browser/axe axe-core "which checks the pages"
    [ "$purpose" = run ] || fetch_node_package tooling/mermaid @mermaid-js/tiny "which draws the diagrams of the docs"
}

prepare_python
prepare_debian
prepare_promtool
prepare_node_packages
