# SPDX-License-Identifier: Apache-2.0
#
# Messages on the channel: named lists here, Protocol Buffers on the wire (src/wire.c).

FRAME_TYPES <- c(
  HELLO = 0x01L, WELCOME = 0x02L, AUTHENTICATED = 0x04L, REFUSED = 0x05L, EXECUTE = 0x10L, STARTED = 0x12L,
  COMPLETED = 0x13L, FAILED = 0x14L, CANCELLED = 0x15L
)
MESSAGE_NAMES <- c(
  HELLO = "Hello", WELCOME = "Welcome", AUTHENTICATED = "Authenticated", REFUSED = "Refused", EXECUTE = "Execute",
  STARTED = "Started", COMPLETED = "Completed", FAILED = "Failed", CANCELLED = "Cancelled"
)

ROLE_ENGINE <- 1
ROLE_SATELLITE <- 2
WINDOW_BYTES <- 4194304
VERSION <- 1

encoded <- function(type, message) .Call(C_encode_message, MESSAGE_NAMES[[type]], message)

send <- function(type, message) .Call(C_send, FRAME_TYPES[[type]], encoded(type, message))

# The first message of that type, waiting for it.
receive <- function(type) {
  message <- .Call(C_decode_message, MESSAGE_NAMES[[type]], .Call(C_wait_message, FRAME_TYPES[[type]]))
  if (is.null(message)) {
    fail("PROTOCOL_VIOLATION", paste(type, "cannot be decoded"))
  }
  message
}

accept_credit <- function(credit) {
  if (credit < 65536 || credit > 67108864) {
    fail("PROTOCOL_VIOLATION", sprintf("initial_credit is %.0f, not between 64 KiB and 64 MiB", credit))
  }
  .Call(C_peer_credit, credit)
}
