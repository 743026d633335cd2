"""A site that is not ours, on a port of its own, whose pages include the chat widget. Its style tries to reach everything."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

PAGE = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>某市人民政府</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'self'; style-src 'sha256-{style_digest}'; script-src {service}; connect-src {service}">
<style>{style}</style></head><body><h1>某市人民政府</h1><p>本页是<a href="/elsewhere">另一个网站</a>的页面。</p>
<zhengwen-chat title="问政策" region="990100"></zhengwen-chat><script src="{service}/widget.js" defer></script></body></html>"""
STYLE = "html{font-size:62.5%} *{letter-spacing:9px;color:#f00!important} button{background:#0f0!important} p{margin:90px}"


@contextmanager
def other_site(port: int, service: str, style_digest: str) -> Iterator[None]:
    """Serves the page at every path, to 127.0.0.1 and localhost alike: two origins, of which the list may hold one."""
    body = PAGE.format(service=service, style=STYLE, style_digest=style_digest).encode()

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: object) -> None:
            """Silent."""

    with ThreadingHTTPServer(("127.0.0.1", port), Site) as site:
        Thread(target=site.serve_forever, name="other-site", daemon=True).start()
        yield
        site.shutdown()
