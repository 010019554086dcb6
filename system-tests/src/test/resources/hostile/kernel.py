# SPDX-License-Identifier: Apache-2.0
"""The kernel itself: namespaces, mounts, keys, what is not a file, and the way into it."""

import mmap

NEW_NAMESPACES = {"mount": 0x20000, "cgroup": 0x2000000, "uts": 0x4000000, "ipc": 0x8000000, "user": 0x10000000}


def machine_code(instructions):
    """Runs it, in memory that is made for it."""
    page = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(instructions)
    start = ctypes.addressof(ctypes.c_char.from_buffer(page))
    return ctypes.CFUNCTYPE(ctypes.c_int)(start)()


@attack("system calls", "EPERM")
def makes_a_user_namespace():
    call("unshare", NEW_NAMESPACES["user"])


@attack("system calls", "EPERM")
def makes_a_mount_namespace():
    call("unshare", NEW_NAMESPACES["mount"])


@attack("system calls", "EPERM")
def starts_a_process_in_a_user_namespace():
    call("clone", NEW_NAMESPACES["user"] | 17, 0, 0, 0, 0)


@attack("system calls", "EPERM")
def starts_a_process_in_every_new_namespace():
    call("clone", sum(NEW_NAMESPACES.values()) | 0x60000000 | 17, 0, 0, 0, 0)


@attack("system calls", "EPERM")
def hides_a_namespace_in_the_upper_half():
    call("clone", (1 << 32) | NEW_NAMESPACES["user"] | 17, 0, 0, 0, 0)


@attack("system calls", "ENOSYS")
def starts_a_process_past_the_filter():
    call("clone3", ctypes.create_string_buffer(bytes(32) + (17).to_bytes(8, "little") + bytes(48)), 88)


@attack("system calls", "EPERM")
def enters_a_namespace():
    call("setns", os.open("/proc/self/ns/mnt", os.O_RDONLY), 0)


@attack("proc of its own", "ENOENT")
def opens_its_inits_namespaces():
    open("/proc/1/ns/mnt")


@attack("system calls", "EPERM")
def mounts_a_file_system():
    call("mount", b"hostile", b"/tmp", b"tmpfs", 0, b"")


@attack("system calls", "EPERM")
def mounts_the_control_groups():
    call("mount", b"cgroup", b"/tmp", b"cgroup2", 0, b"")


@attack("system calls", "EPERM")
def makes_usr_writable():
    call("mount", b"", b"/usr", b"", 32 | 4096, b"")


@attack("system calls", "EPERM")
def makes_usr_writable_the_new_way():
    call("mount_setattr", -100, b"/usr", 0, ctypes.create_string_buffer((0).to_bytes(8, "little") + b"\1" + bytes(23)), 32)


@attack("system calls", "EPERM")
def uncovers_what_is_below_its_folder():
    call("umount2", b"/session", 2)


@attack("system calls", "EPERM")
def uncovers_the_zygotes_processes():
    call("umount2", b"/proc", 2)


@attack("system calls", "EPERM")
def opens_a_file_system():
    call("fsopen", b"ext4", 0)


@attack("system calls", "EPERM")
def copies_a_mount():
    call("open_tree", -100, b"/usr", 1)


@attack("system calls", "EPERM")
def moves_a_mount():
    call("move_mount", -100, b"/usr", -100, b"/tmp", 0)


@attack("system calls", "EPERM")
def changes_its_root():
    call("chroot", b"/tmp")


@attack("system calls", "EPERM")
def exchanges_its_root():
    call("pivot_root", b"/tmp", b"/tmp")


@attack("system calls", "EPERM")
def joins_a_key_ring():
    call("keyctl", 1, b"hostile", 0, 0, 0)


@attack("system calls", "EPERM")
def adds_a_key():
    call("add_key", b"user", b"hostile", b"x", 1, -4)


@attack("system calls", "EPERM")
def has_the_host_make_a_key():
    call("request_key", b"user", b"hostile", b"x", -4)


@attack("system calls", "ENOSYS")
def opens_a_ring_of_requests():
    call("io_uring_setup", 8, ctypes.create_string_buffer(120))


@attack("system calls", "ENOSYS")
def enters_a_ring_of_requests():
    call("io_uring_enter", 3, 1, 0, 0, 0)


@attack("system calls", "ENOSYS")
def opens_the_old_queue_of_requests():
    call("io_setup", 8, ctypes.create_string_buffer(8))


@attack("system calls", "EPERM")
def handles_page_faults_itself():
    call("userfaultfd", 0)


@attack("system calls", "EPERM")
def loads_a_program_into_the_kernel():
    call("bpf", 5, ctypes.create_string_buffer(128), 128)


@attack("system calls", "EPERM")
def counts_what_processors_do():
    attributes = ctypes.create_string_buffer((1).to_bytes(4, "little") + (112).to_bytes(4, "little"), 112)
    call("perf_event_open", attributes, 0, -1, -1, 0)


@attack("system calls", "ENOSYS")
def hides_memory_from_the_kernel():
    call("memfd_secret", 0)


@attack("system calls", "EPERM")
def loads_a_module():
    call("init_module", b"", 0, b"")


@attack("system calls", "EPERM")
def loads_a_module_from_a_file():
    call("finit_module", 0, b"", 0)


@attack("system calls", "EPERM")
def removes_a_module():
    call("delete_module", b"hostile", 0)


@attack("system calls", "EPERM")
def loads_another_kernel():
    call("kexec_load", 0, 0, 0, 0)


@attack("system calls", "EPERM")
def loads_another_kernel_from_a_file():
    call("kexec_file_load", 0, 0, 0, b"", 0)


@attack("system calls", "EPERM")
def reboots():
    call("reboot", 0xFEE1DEAD, 672274793, 0x1234567, 0)


@attack("system calls", "EPERM")
def swaps_to_a_file():
    call("swapon", b"/tmp/swap", 0)


@attack("system calls", "EPERM")
def has_processes_accounted():
    call("acct", b"/tmp/account")


@attack("system calls", "EPERM")
def reads_the_kernels_log():
    call("syslog", 3, ctypes.create_string_buffer(64), 64)


@attack("system calls", "EPERM")
def sets_the_clock():
    time.clock_settime(time.CLOCK_REALTIME, 0)


@attack("system calls", "EPERM")
def bends_the_clock():
    call("adjtimex", ctypes.create_string_buffer(208))


@attack("system calls", "EPERM")
def renames_the_host():
    call("sethostname", b"hostile", 7)


@attack("system calls", "EPERM")
def talks_to_ports():
    call("ioperm", 0x80, 1, 1)


@attack("system calls", "EPERM")
def talks_to_all_ports():
    call("iopl", 3)


@attack("system calls", "EPERM")
def changes_quotas():
    call("quotactl", 0, 0, 0, 0)


@attack("system calls", "EPERM")
def hangs_up_the_terminal():
    call("vhangup")


@attack("system calls", "ENOTTY")
def types_into_a_terminal():
    call("ioctl", 0, 0x5412, b"x")


@attack("system calls", "ENOTTY")
def types_into_a_terminal_with_the_upper_half_set():
    call("ioctl", 0, (1 << 32) | 0x5412, b"x")


@attack("system calls", "EPERM")
def turns_address_randomisation_off():
    call("personality", 0x0040000)


@attack("system calls", "ENOSYS")
def changes_its_segments():
    call("modify_ldt", 1, ctypes.create_string_buffer(16), 16)


@attack("system calls", "ENOSYS")
def gives_pages_away():
    call("vmsplice", 1, 0, 0, 0)


@attack("system calls", "ENOSYS")
def moves_pages_of_its_init():
    call("move_pages", 1, 0, 0, 0, 0, 0)


@attack("system calls", "ENOSYS")
def opens_a_message_queue():
    call("mq_open", b"hostile", 0x42, 0o600, 0)


@attack("system calls", "ENOSYS")
def calls_what_is_not_there_yet():
    call("nothing_yet")


@attack("system calls", "EPERM")
def filters_its_own_calls():
    call("seccomp", 1, 0, 0)


@attack("system calls", "EPERM")
def makes_rules_of_its_own():
    call("landlock_create_ruleset", 0, 0, 1)


@attack("system calls", "SIGSYS")
def calls_by_the_numbers_of_x32():
    call_number(0x40000000 | NUMBERS["getpid"])


@attack("system calls", "SIGSYS")
def calls_as_a_32_bit_program():
    # mov eax, 20; int 0x80; ret: getpid there, writev here.
    return machine_code(b"\xb8\x14\0\0\0\xcd\x80\xc3")
