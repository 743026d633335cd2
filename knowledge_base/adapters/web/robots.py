"""What a site asks of programs in its robots.txt (RFC 9309), read once per run and site."""

from __future__ import annotations

from collections.abc import Callable

from protego import Protego

from knowledge_base.sources.errors import FetchRefused, ItemFailed, ItemGone

ReadRobots = Callable[[str], bytes]
"""Gets robots.txt by its address. Raises ItemGone, ItemFailed, FetchRefused."""
Status = Callable[[ItemFailed], int | None]


class RobotsRules:
    """`agent` is the product's name, as sites would name it. `status_of` tells the HTTP status of a failure."""

    def __init__(self, read: ReadRobots, agent: str, status_of: Status, max_delay_s: float) -> None:
        self._read, self._agent, self._status_of, self._max_delay_s = read, agent, status_of, max_delay_s
        self._by_site: dict[str, Protego | str] = {}

    def require(self, site: str, address: str) -> None:
        """`site` is scheme, host and port. Raises FetchRefused where the site does not want this address to be fetched."""
        rules = self._rules(site)
        if isinstance(rules, str):
            raise FetchRefused(address, rules)
        if not rules.can_fetch(address, self._agent):
            raise FetchRefused(address, "网站的 robots.txt 不允许程序获取这个网址。请下载后从“上传与审核”上传，或与网站联系。")
        if self.delay_s(site) > self._max_delay_s:
            raise FetchRefused(address, f"网站的 robots.txt 要求每次间隔 {self.delay_s(site):g} 秒，超过上限，没有获取。请与网站联系。")

    def delay_s(self, site: str) -> float:
        """Seconds between two requests that the site asks for, 0 for none."""
        rules = self._rules(site)
        if isinstance(rules, str):
            return 0.0
        rate = rules.request_rate(self._agent)
        return max(rules.crawl_delay(self._agent) or 0.0, rate.seconds / rate.requests if rate and rate.requests else 0.0)

    def _rules(self, site: str) -> Protego | str:
        """Or why nothing may be fetched from there."""
        if site not in self._by_site:
            self._by_site[site] = self._asked(site)
        return self._by_site[site]

    def _asked(self, site: str) -> Protego | str:
        try:
            return Protego.parse(self._read(f"{site}/robots.txt").decode("utf-8", errors="replace"))
        except ItemGone:
            return Protego.parse("")
        except FetchRefused as refused:
            return f"没有读到网站的 robots.txt，不能确定是否允许获取：{refused.reason}"
        except ItemFailed as failed:
            status = self._status_of(failed)
            # RFC 9309 2.3.1: a site that answers 4xx has no rules; one that cannot answer must be taken to forbid everything.
            if status is not None and 400 <= status < 500:
                return Protego.parse("")
            return f"读取网站的 robots.txt 时出错，这次不获取：{failed.reason}"
