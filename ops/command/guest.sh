# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# The nightly check `cgroup-v2`: control groups of version 2 with real limits, which many build machines do not have, and a
# kernel whose Landlock is old. QEMU emulates a machine (no KVM is needed) that boots Debian's cloud kernel with a file system
# in memory: the programs as built, a JDK, a Python, and the sandbox module's own test scenarios. Nothing of it is installed here.

readonly GUEST_KERNEL=linux-image-cloud-amd64
readonly GUEST_SECONDS=1500
# Of the sandbox module: with limits and without confinement, then confined.
readonly GUEST_SCENARIOS=(limits groups endings leftovers zygotes)
readonly GUEST_CONFINED=(limits place-confined root-folder scratch sockets neighbours leftovers)

nightly_cgroup_v2() {
  local cache=$STATE/guest kernel guest status=0
  guest=$(mktemp -d)
  mkdir -p "$cache"
  kernel=$(guest_kernel "$cache")
  maven -q test-compile -pl sandbox -am
  native_make all "$ROOT/sandbox/target/native-nightly/tests/cgroup_test"
  guest_files "$guest"
  (cd "$guest" && find . -print0 | cpio --null --create --format=newc --quiet) >"$cache/guest.cpio"
  rm -rf "$guest"
  timeout "$GUEST_SECONDS" qemu-system-x86_64 -accel tcg,thread=multi -cpu max -smp 2 -m 3072 -nodefaults -nographic -no-reboot \
    -serial stdio -kernel "$kernel" -initrd "$cache/guest.cpio" -append 'console=ttyS0 quiet panic=-1' </dev/null || status=$?
  rm -f "$cache/guest.cpio"
  [ "$status" -eq 0 ] || { echo "the guest ended with status $status" && return 1; }
  # What it said stands in this check's log.
  grep -q '^GUEST: all passed' "$NIGHTLY/cgroup-v2.log" || { echo "not everything passed in the guest" && return 1; }
  grep -q '^weak .*Landlock version [1-5] ' "$NIGHTLY/cgroup-v2.log" || { echo "an old Landlock was not noticed" && return 1; }
  echo "$(grep -c '^GUEST: passed' "$NIGHTLY/cgroup-v2.log") scenarios with limits of version 2, on Linux $(basename "$kernel" | cut -d- -f2-)"
}

# guest_kernel CACHE: the kernel's file, fetched by the system's package manager and unpacked there.
guest_kernel() {
  local cache=$1 package
  package=$(apt-cache depends "$GUEST_KERNEL" | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)$/\1/p' | head -n 1)
  [ -n "$package" ] || { echo "no package $GUEST_KERNEL here; apt-get update?" >&2 && return 1; }
  if [ ! -e "$cache/$package/boot" ]; then
    rm -rf "${cache:?}/$package"
    mkdir -p "$cache/$package"
    (cd "$cache" && apt-get download -qq "$package" && dpkg-deb --fsys-tarfile "$package"_*.deb |
      tar -C "$package" -xf - --wildcards './boot/vmlinuz-*') >&2
    rm -f "$cache/$package"_*.deb
  fi
  echo "$cache/$package"/boot/vmlinuz-*
}

# guest_files FOLDER: fills it with all that the guest has.
guest_files() {
  local guest=$1 python
  python=$(readlink -f /usr/bin/python3)
  mkdir -p "$guest"/{bin,dev,proc,sys,tmp,run,root,etc,var/tmp,launchpad,guest-root,usr/bin}
  cp /bin/busybox "$guest/bin/"
  cp /etc/{passwd,group,nsswitch.conf,ld.so.cache} "$guest/etc/"
  guest_programs "$guest" "$python" "$JAVA_HOME/bin/java" "$ROOT/sandbox/target/native-nightly/launchpad-broker"
  ln -sf "$python" "$guest/usr/bin/python3"
  tar -C / --exclude=__pycache__ --exclude='*/test' --exclude='*/dist-packages' --exclude='*/config-*' -cf - \
    "${python#/}" "usr/lib/$(basename "$python")" | tar -C "$guest" -xf -
  tar -C "$JAVA_HOME" --exclude=./jmods --exclude='*.zip' --exclude='*.jsa' -chf - . | guest_unpack "$guest/launchpad/jdk"
  tar -C "$ROOT/sandbox/target/native-nightly" --exclude=./objects --exclude=./fuzz -cf - . | guest_unpack "$guest/launchpad/native"
  tar -C "$ROOT/sandbox/target" -cf - classes test-classes | guest_unpack "$guest/launchpad/java"
  cp "$LAUNCHPAD_HOME"/lib/service/slf4j-api-*.jar "$guest/launchpad/java/"
  guest_init >"$guest/init"
  chmod +x "$guest/init"
  guest_scenarios >"$guest/launchpad/scenarios"
  # Accounts read all of it.
  chmod -R a+rX "$guest"
  chmod 1777 "$guest/tmp" "$guest/var/tmp"
}

guest_unpack() { mkdir -p "$1" && tar -C "$1" -xf -; }

# guest_programs FOLDER PROGRAM…: the libraries that these, and Python's modules, are linked with.
guest_programs() {
  local guest=$1 library
  shift
  ldd "$@" "/usr/lib/$(basename "$1")"/lib-dynload/*.so "$JAVA_HOME"/lib/*.so "$JAVA_HOME"/lib/server/*.so 2>/dev/null |
    sed -n 's/^[[:space:]]*\(.* => \)\{0,1\}\(\/[^ ]*\) (0x.*$/\2/p' | sort -u |
    while read -r library; do
      [[ $library == "$JAVA_HOME"/* ]] || cp --parents -L "$library" "$guest"
    done
}

# The first process: a root that is a mount of its own, which pivot_root wants, and then the scenarios.
guest_init() {
  cat <<'TEXT'
#!/bin/busybox sh
export PATH=/bin:/usr/bin
/bin/busybox --install -s /bin
mount --bind / /guest-root
cd /guest-root
mount --move . /
exec chroot . /bin/sh /launchpad/scenarios
TEXT
}

guest_scenarios() {
  cat <<'TEXT'
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tmpfs tmp /tmp
chmod 1777 /tmp
mount -t cgroup2 cgroup /sys/fs/cgroup
ip link set lo up
failed=0
verdict() {
  if [ "$1" -eq 0 ]; then echo "GUEST: passed $2"; else echo "GUEST: FAILED $2"; failed=1; fi
}
play() {
  sandbox=$1 scenario=$2
  mkdir -p /var/tmp/work
  /launchpad/native/launchpad-broker --sandbox "$sandbox" --cgroup v2 --work-folder /var/tmp/work -- \
    /launchpad/jdk/bin/java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED \
    -cp "/launchpad/java/classes:/launchpad/java/test-classes:$(echo /launchpad/java/slf4j-api-*.jar)" \
    io.launchpad.sandbox.linux.ScenarioMain "$scenario" </dev/null >/tmp/said 2>&1
  status=$?
  cat /tmp/said
  grep -q "^PASSED $scenario" /tmp/said && [ "$status" -eq 0 ]
  verdict $? "$scenario, sandbox $sandbox"
  # Nothing is left of it.
  left=$(ls -d /sys/fs/cgroup/*/ /var/tmp/work/* 2>/dev/null)
  [ -z "$left" ] || { echo "$left"; verdict 1 "leftovers of $scenario"; }
}
uname -r
/launchpad/native/launchpad-broker --sandbox full --cgroup v2 --facts
/launchpad/native/tests/cgroup_test
verdict $? cgroup_test
TEXT
  local scenario
  for scenario in "${GUEST_SCENARIOS[@]}"; do echo "play none $scenario"; done
  for scenario in "${GUEST_CONFINED[@]}"; do echo "play full $scenario"; done
  cat <<'TEXT'
[ "$failed" -eq 1 ] || echo "GUEST: all passed"
poweroff -f
TEXT
}
