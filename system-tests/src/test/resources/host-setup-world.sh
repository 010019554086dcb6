#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# host-setup-world.sh WORLD SYSTEMD COMMAND…: runs COMMAND in a mount namespace in which /etc is WORLD/etc, what it
# may call to change the machine is WORLD/bin, and control groups, socket buffers and systemd are as WORLD says.

set -euo pipefail
world=$1 systemd=$2
shift 2
# Where some systems keep what awk is.
[ ! -d /etc/alternatives ] || mount --bind /etc/alternatives "$world/etc/alternatives"
mount --rbind "$world/etc" /etc
mount -t tmpfs run /run
mount -t tmpfs cgroup /sys/fs/cgroup
[ ! -d /var/lib/systemd ] || mount --bind "$world/systemd" /var/lib/systemd
mount --bind "$world/buffers" /proc/sys/net/core/wmem_max
mount --bind "$world/buffers" /proc/sys/net/core/rmem_max
! "$systemd" || mkdir -p /run/systemd/system
PATH=$world/bin:$PATH exec "$@"
