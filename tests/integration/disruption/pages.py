"""A site of our own making: adverts that show everybody something else, and pages that attack."""

import contextlib
import io
import socket
import threading
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from PIL import Image

from tereze.disruption.glances import TOKEN_HEADER


EXIF = "CAMERA-OF-A-FRAUDSTER"
ADVERT = """<!doctype html><html lang="ru"><head><meta charset="utf-8"><title>{title} - OLX.kz</title>
<script type="application/ld+json">{{"@type": "Product", "name": "{title}", "description": "{text}",
 "image": {images}, "offers": {{"@type": "Offer", "price": "{price}", "priceCurrency": "KZT",
 "seller": {{"@type": "Person", "name": "Айбек"}}}}}}</script></head>
<body><h1>{title}</h1><p>{price} тг.</p><img src="/small.jpg" width="300" height="225">
<p>{text}</p><p><button onclick="fetch('/phone').then(a => a.text()).then(t => this.innerText = t)">
Показать телефон</button></p></body></html>"""
TEXT = "Телефон в отличном состоянии, полный комплект, чек и гарантия. Отправлю в любой город."


def photo(number: int) -> bytes:
    """A photograph as a camera writes it: each another, with what it noted about itself."""
    image = Image.radial_gradient("L").resize((640, 480)).rotate(number * 40).convert("RGB")
    image.paste((20 * number, 90, 200), (40 * number, 60, 40 * number + 180, 300))
    exif = Image.Exif()
    exif[0x010F] = EXIF
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


class Site(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.0"

    def do_GET(self) -> None:
        self.server.asked.append(self.path)  # type: ignore[attr-defined]
        self.server.tokens.add(self.headers.get(TOKEN_HEADER, ""))  # type: ignore[attr-defined]
        path, agent = self.path.partition("?")[0], self.headers.get("User-Agent", "")
        if "drip" in path:
            self.drip()
        elif path.startswith("/d/obyavlenie/"):
            self.html(advert(agent) if "two-faced" in path else self.server.pages[path])  # type: ignore[attr-defined]
        elif path.startswith("/full/"):
            number = int(path.removeprefix("/full/").removesuffix(".jpg"))
            self.reply(photo(number), "image/jpeg")
        elif path == "/small.jpg":
            self.reply(photo(9), "image/jpeg")
        elif path == "/phone":
            self.reply(b"8 705 999 88 77", "text/plain; charset=utf-8")
        elif path == "/endless.jpg":
            self.endless()
        elif path == "/bomb":
            self.bomb()
        elif path == "/file":
            self.send_response(200)
            self.send_header("Content-Disposition", "attachment; filename=virus.exe")
            self.end_headers()
            self.wfile.write(b"MZ")
        elif path == "/inside":
            self.send_response(302)
            self.send_header("Location", self.server.private)  # type: ignore[attr-defined]
            self.end_headers()
        else:
            self.send_error(404)

    def html(self, text: str) -> None:
        self.reply(text.encode(), "text/html; charset=utf-8")

    def reply(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def endless(self) -> None:
        """A picture of a gigabyte, as fast as it is taken."""
        self.send_response(200)
        self.send_header("Content-Type", "image/jpeg")
        self.send_header("Content-Length", str(1 << 30))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(photo(1))
            for _ in range(1024):
                self.wfile.write(bytes(1 << 20))

    def drip(self) -> None:
        """An advert at once, then a little more for ever."""
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(advert("Mozilla").encode())
            while not self.server.closing.wait(0.2):  # type: ignore[attr-defined]
                self.wfile.write(b"<p>x</p>")

    def bomb(self) -> None:
        """Four megabytes that become four gigabytes."""
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS + 16)
        block = packer.compress(b"<p>x" * (1 << 22)) + packer.flush(zlib.Z_FULL_FLUSH)
        again = packer.compress(b"<p>x" * (1 << 22)) + packer.flush(zlib.Z_FULL_FLUSH)
        with contextlib.suppress(OSError):
            self.wfile.write(block)
            for _ in range(255):
                self.wfile.write(again)

    def log_message(self, *_arguments: object) -> None:
        """Quiet."""


def advert(agent: str, photos: int = 3) -> str:
    """People at a desk see a bargain, on a phone another price, robots something harmless."""
    images = str([f"/full/{n}.jpg" for n in range(1, photos + 1)]).replace("'", '"')
    values = {"title": "iPhone 15 Pro", "price": 150000, "text": TEXT, "images": images}
    if "Tereze" in agent:
        values |= {"title": "Обложка для паспорта", "price": 1500, "images": "[]"}
    elif "Mobile" in agent:
        values |= {"price": 99000}
    return ADVERT.format(**values)


class Hostile(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Site)
        self.asked: list[str] = []
        self.tokens: set[str] = set()
        self.pages: dict[str, str] = {}
        self.private = ""
        self.closing = threading.Event()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    def page(self, name: str, html: str) -> str:
        """Put a page there; its address."""
        path = f"/d/obyavlenie/{name}-IDr9sfK.html"
        self.pages[path] = html
        return f"http://{self.host}{path}"


@contextlib.contextmanager
def hostile_site() -> Iterator[Hostile]:
    site = Hostile()
    thread = threading.Thread(target=site.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.closing.set()
        site.shutdown()
        site.server_close()


class Canary:
    """Something private on this machine: it notes whoever comes, by TCP and by UDP."""

    def __init__(self) -> None:
        self.tcp, self.udp = socket.socket(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for sock in (self.tcp, self.udp):
            sock.bind(("127.0.0.1", 0))
            sock.setblocking(False)
        self.tcp.listen()
        self.port, self.udp_port = self.tcp.getsockname()[1], self.udp.getsockname()[1]

    def visited(self) -> bool:
        for sock in (self.tcp, self.udp):
            with contextlib.suppress(BlockingIOError):
                if sock is self.tcp:
                    sock.accept()[0].close()
                else:
                    sock.recv(10)
                return True
        return False

    def close(self) -> None:
        self.tcp.close()
        self.udp.close()


ATTACK = """<!doctype html><meta charset="utf-8"><title>Продам телефон</title><h1>Продам телефон</h1>
<p>{text}</p>
<img src="http://127.0.0.1:{tcp}/"><img src="http://localhost:{tcp}/"><img src="http://[::1]:{tcp}/">
<img src="http://0.0.0.0:{tcp}/"><img src="http://2130706433:{tcp}/"><img src="/inside">
<link rel="preconnect" href="http://127.0.0.1:{tcp}"><link rel="dns-prefetch" href="//localhost">
<iframe src="http://127.0.0.1:{tcp}/frame"></iframe><iframe src="file:///etc/passwd"></iframe>
<script>
const quietly = step => {{ try {{ step() }} catch (error) {{}} }};
quietly(() => new WebSocket("ws://127.0.0.1:{tcp}/"));
quietly(() => fetch("http://127.0.0.1:{tcp}/", {{mode: "no-cors"}}).catch(() => 0));
quietly(() => navigator.sendBeacon("http://127.0.0.1:{tcp}/", "x"));
quietly(() => {{
  const line = new RTCPeerConnection({{iceServers: [{{urls: "stun:127.0.0.1:{udp}"}},
    {{urls: "turn:127.0.0.1:{tcp}?transport=tcp", username: "x", credential: "x"}}]}});
  line.createDataChannel("x");
  line.createOffer().then(offer => line.setLocalDescription(offer));
}});
quietly(() => navigator.serviceWorker.register("/worker.js").catch(() => 0));
quietly(() => setInterval(() => alert("Вы выиграли!"), 50));
quietly(() => Object.defineProperty(document, "title", {{get: () => ({{slice: () => ({{not: "text"}})}})}}));
quietly(() => Object.defineProperty(document.documentElement, "scrollHeight", {{get: () => Infinity}}));
quietly(() => open("/d/obyavlenie/two-faced-IDr9sfK.html"));
quietly(() => {{ const a = document.createElement("a"); a.href = "/file"; a.download = "virus.exe"; a.click(); }});
addEventListener("beforeunload", event => {{ event.preventDefault(); event.returnValue = "x"; }});
addEventListener("scroll", () => {{ document.body.insertAdjacentHTML("beforeend", "<p style='height:3000px'>…</p>"); }});
</script>"""
GRASPING = "<!doctype html><title>x</title><h1>Продам</h1><p>{text}</p><script>{script}</script>"
EATS_MEMORY = "const kept = []; for (;;) kept.push(new Uint8Array(32 << 20).fill(7));"
NEVER_ENDS = "for (;;) { }"
TAMPERS = "document.createTreeWalker = () => { throw new Error('nothing to see') };"
