"""A headless Chromium that is told what to do over two pipes: it opens no port."""

import json
import os
import shutil
import subprocess
from base64 import b64decode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

from PIL import Image

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")
WORDS = ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded")


@dataclass
class Wire:
    """Messages as JSON, each with a null byte after it."""

    to: int
    back: int
    ids: Iterator[int] = field(default_factory=lambda: count(1))
    rest: bytes = b""

    def say(self, message: Mapping[str, Any]) -> None:
        os.write(self.to, json.dumps(message).encode() + b"\0")

    def hear(self) -> dict[str, Any]:
        parts = [self.rest]
        while b"\0" not in parts[-1]:
            parts.append(os.read(self.back, 2**20))
            assert parts[-1], "the browser is gone"
        message, _, self.rest = b"".join(parts).partition(b"\0")
        heard: dict[str, Any] = json.loads(message)
        return heard


@dataclass
class Page:
    """One tab; `events` is all that it said since it was opened."""

    wire: Wire
    session: Mapping[str, str] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        asked = next(self.wire.ids)
        self.wire.say({"id": asked, "method": method, "params": params, **self.session})
        while (answer := self.wire.hear()).get("id") != asked:
            self.events.append(answer)
        assert "error" not in answer, answer
        result: dict[str, Any] = answer["result"]
        return result

    def open(self, file: Path) -> None:
        """Go to a file and wait until it is loaded."""
        self.events.clear()
        self.call("Page.navigate", url=file.as_uri())
        while not self.said("Page.loadEventFired"):
            self.events.append(self.wire.hear())

    def run(self, script: str) -> Any:
        """The value of a script, which the page's policy does not hinder."""
        found = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def said(self, *methods: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event.get("method") in methods]

    def look(self, width: int, height: int, media: str = "screen", scheme: str = "light") -> Image.Image:
        """A picture of the whole page in a window; on a phone's width the page believes that it is on a phone."""
        is_phone = width < 500
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=is_phone
        )
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.call("Emulation.setEmulatedMedia", media=media, features=features)
        shot = self.call("Page.captureScreenshot", captureBeyondViewport=True)
        return Image.open(BytesIO(b64decode(shot["data"]))).convert("RGB")


@contextmanager
def browser(profile: Path) -> Iterator[Page]:
    """A tab of a browser that ends with the block."""
    (its_in, ours_out), (ours_in, its_out) = os.pipe(), os.pipe()
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []  # chromium refuses to have one as root
    options = ["--headless", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-pipe", *sandbox]
    program = [PROGRAM, *options, f"--user-data-dir={profile}"]
    wired = ["bash", "-c", f'exec "$@" 3<&{its_in} 4>&{its_out}', "bash", *program]
    process = subprocess.Popen(wired, pass_fds=(its_in, its_out), stderr=subprocess.DEVNULL)
    os.close(its_in)
    os.close(its_out)
    try:
        wire = Wire(ours_out, ours_in)
        root = Page(wire)
        tab = root.call("Target.createTarget", url="about:blank")["targetId"]
        page = Page(wire, {"sessionId": root.call("Target.attachToTarget", targetId=tab, flatten=True)["sessionId"]})
        for domain in ("Page", "Runtime", "Log", "Network"):
            page.call(f"{domain}.enable")
        yield page
    finally:
        process.terminate()
        process.wait(10)
        os.close(ours_out)
        os.close(ours_in)
