# SPDX-License-Identifier: Apache-2.0
"""The Python satellite: reads frames, runs one user script, writes frames.

It knows PROTOCOL.md and FORMAT.md and nothing of the service. It is not a sandbox: what a script
may do is decided by the process it is started in.
"""

__version__ = "0.1.0"
