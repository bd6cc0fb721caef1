# Sourced by the other scripts: installs the Debian packages that a task needs, and names those that it installs.
# usage: need_packages PACKAGE...

need_packages() {
  local missing=()
  local package
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' || missing+=("$package")
  done
  [ "${#missing[@]}" -eq 0 ] && return 0
  echo "Installing missing Debian packages: ${missing[*]}" >&2
  local root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || {
      echo "These packages are missing and this user may not install them. Run as root: apt-get install ${missing[*]}" >&2
      return 3
    }
    root=(sudo)
  fi
  "${root[@]}" apt-get -o DPkg::Lock::Timeout=300 -q update >&2
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -o DPkg::Lock::Timeout=300 -q install -y --no-install-recommends "${missing[@]}" >&2
}

need_swift() {
  command -v swift >/dev/null && return 0
  echo "The Swift toolchain (6.2 or newer) is missing. Install it from swift.org and put 'swift' on the PATH." >&2
  return 3
}

# Packages that every build needs: libpcap, SQLite, OpenSSL's libcrypto, libmaxminddb, libpsl, libxlsxwriter, libarchive, and pkg-config to find them.
build_packages=(libpcap-dev libsqlite3-dev libssl-dev libmaxminddb-dev libpsl-dev libxlsxwriter-dev libarchive-dev pkg-config tzdata)
