# SPDX-License-Identifier: Apache-2.0
"""Fetches one file of a Python package index by name and hash, where pip would build it, too.

The index is the one pip is set up to use; its address may hold a user and a password.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import html.parser
import json
import sys
import urllib.error
import urllib.parse
import urllib.request

ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"
BYTES_MAX = 64 << 20


class _Links(html.parser.HTMLParser):
    """The links of an index page, by the text they stand under."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._address = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._address = dict(attrs).get("href") or ""

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.found.setdefault(data.strip(), self._address)


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("index", "project", "file", "sha256", "into"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    index = (options.index or _usual_index()).rstrip("/")
    page = f"{index}/{options.project}/"
    try:
        address = _address_of(options.file, page)
        data, _ = _get(address, "*/*")
    except (OSError, urllib.error.URLError, ValueError) as error:
        sys.exit(f"{options.file}: {error}")
    found = hashlib.sha256(data).hexdigest()
    if found != options.sha256:
        sys.exit(f"{options.file}: its SHA-256 is {found}, not {options.sha256}: it is not what was reviewed")
    with open(options.into, "wb") as target:
        target.write(data)


def _usual_index() -> str:
    """pip's own, when nothing else is set; pip has no command that says it."""
    from pip._internal.models.index import PyPI

    return str(PyPI.simple_url)


def _address_of(file: str, page: str) -> str:
    data, kind = _get(page, ACCEPT)
    if "json" in kind:
        links = {each["filename"]: each["url"] for each in json.loads(data)["files"]}
    else:
        reader = _Links()
        reader.feed(data.decode())
        links = reader.found
    if file not in links:
        raise ValueError(f"the package index has no such file among {len(links)}")
    return urllib.parse.urljoin(page, links[file]).partition("#")[0]


def _get(address: str, accept: str) -> tuple[bytes, str]:
    parts = urllib.parse.urlsplit(address)
    headers = {"Accept": accept}
    if parts.username is not None:
        pair = f"{urllib.parse.unquote(parts.username)}:{urllib.parse.unquote(parts.password or '')}"
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        address = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as answer:
        data = answer.read(BYTES_MAX + 1)
        if len(data) > BYTES_MAX:
            raise ValueError(f"more than {BYTES_MAX} bytes")
        return data, answer.headers.get("Content-Type", "")


if __name__ == "__main__":
    main()
