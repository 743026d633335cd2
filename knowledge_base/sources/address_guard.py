"""Decide whether an address on the web may be asked: its form first, then every address its name stands for. Connects to nothing."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path

from knowledge_base.sources.errors import FetchRefused
from knowledge_base.sources.permits import Address, Network, Permit

RULES_FILE = Path(__file__).with_name("address_rules.toml")
_USUAL_PORTS = {"http": 80, "https": 443}
_LONGEST_HOST = 253
_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(rf"{_LABEL}(\.{_LABEL})*", re.ASCII)
# The URL standard reads a host as IPv4 where its last label is a number, and resolvers take octal, hex and short forms.
_ENDS_IN_NUMBER = re.compile(r"(^|\.)(\d+|0x[0-9a-f]*)$", re.ASCII)
# Interface identifiers of ISATAP (RFC 5214), which carry an IPv4 address.
_ISATAP = (0x00005EFE, 0x02005EFE)
_ASK = "确需获取内网网站时，请运维人员在 ZHENGWEN_FETCH_ALLOW 中允许。"


@dataclass(frozen=True, slots=True)
class RefusedNetworks:
    label: str
    by_name: bool
    networks: tuple[Network, ...]


@dataclass(frozen=True, slots=True)
class AddressRules:
    """`refused` in the order in which they are looked through: the more telling first."""

    ports: frozenset[int]
    refused: tuple[RefusedNetworks, ...]
    global_networks: tuple[Network, ...]
    carrying_ipv4: tuple[Network, ...]


def load_address_rules(path: Path = RULES_FILE) -> AddressRules:
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    refused = tuple(RefusedNetworks(entry["label"], entry["by_name"], _networks(entry["networks"])) for entry in table["refused"])
    known = table["global"]
    return AddressRules(frozenset(table["ports"]), refused, _networks(known["networks"]), _networks(known["carrying_ipv4"]))


@dataclass(frozen=True, slots=True)
class AddressGuard:
    rules: AddressRules
    permits: tuple[Permit, ...] = ()

    def require_plain(self, address: str) -> None:
        """The text of an address, as entered or found: no blanks, control characters or backslashes. Raises FetchRefused."""
        if any(char == "\\" or unicodedata.category(char)[0] in "ZC" for char in address):
            raise FetchRefused(address, "网址里有空格、反斜线或看不见的字符，没有获取。请核对网址。")

    def require_parts(self, address: str, scheme: str, userinfo: bytes, host: str, port: int | None) -> None:
        """The parts as the HTTP client will use them; `host` in ASCII. Raises FetchRefused."""
        if scheme not in _USUAL_PORTS:
            raise FetchRefused(address, "只能获取 http:// 或 https:// 开头的网址。")
        if userinfo:
            raise FetchRefused(address, "网址里不能带用户名或密码。")
        used_port = port if port is not None else _USUAL_PORTS[scheme]
        self._require_host(address, host)
        self._require_port(address, host, used_port)
        if _literal(host) is not None:
            self._require_address(host, used_port, host)

    def checked(self, host: str, port: int, addresses: Iterable[str]) -> tuple[str, ...]:
        """Every address a name stands for, if all may be connected to at this port. Raises FetchRefused for the first that may not."""
        found = tuple(dict.fromkeys(addresses))
        for address in found:
            self._require_address(host, port, address)
        return found

    def _require_host(self, address: str, host: str) -> None:
        if not host:
            raise FetchRefused(address, "网址里没有主机名。请填写完整的网址。")
        if _literal(host) is not None:
            return
        if len(host) > _LONGEST_HOST or not _HOST.fullmatch(host) or _ENDS_IN_NUMBER.search(host):
            raise FetchRefused(address, f"主机名“{host[:80]}”写法不规范，没有获取。请填写域名，或四段十进制的 IP 地址。")

    def _require_port(self, address: str, host: str, port: int) -> None:
        if port in self.rules.ports:
            return
        literal, of_port = _literal(host), [permit for permit in self.permits if permit.port == port]
        # Whether a name lies in a permitted network is judged once it is resolved.
        if not any(permit.names(host) or (permit.network and (literal is None or permit.holds(literal))) for permit in of_port):
            raise FetchRefused(address, f"只能使用 80 和 443 端口。确需时，请运维人员在 ZHENGWEN_FETCH_ALLOW 中允许 {host}:{port}。")

    def _require_address(self, host: str, port: int, text: str) -> None:
        address = _literal(text)
        if address is None:
            raise FetchRefused(host, f"“{host}”的解析结果无法辨认，没有获取。")
        inner = self._carried(address) or address
        named = any(permit.names(host) and permit.port in {None, port} for permit in self.permits)
        permitted = any(permit.holds(inner) and permit.port in {None, port} for permit in self.permits)
        if port not in self.rules.ports and not self._port_permitted(host, inner, port):
            raise FetchRefused(host, f"只能使用 80 和 443 端口，“{host}”的 {port} 端口没有获取。")
        refusal = None if permitted else self._refusal(inner)
        if refusal is not None and not (named and refusal.by_name):
            raise FetchRefused(host, f"“{host}”指向{refusal.label}（{address}），没有获取。{_ASK}")

    def _port_permitted(self, host: str, address: Address, port: int) -> bool:
        return any(permit.port == port and (permit.names(host) or permit.holds(address)) for permit in self.permits)

    def _refusal(self, address: Address) -> RefusedNetworks | None:
        for refused in self.rules.refused:
            if any(address.version == network.version and address in network for network in refused.networks):
                return refused
        if isinstance(address, IPv6Address) and not self._is_global(address):
            return RefusedNetworks("保留地址", by_name=False, networks=())
        return None

    def _is_global(self, address: IPv6Address) -> bool:
        is_isatap = (int(address) >> 32) & 0xFFFFFFFF in _ISATAP
        return not is_isatap and any(address in network for network in self.rules.global_networks)

    def _carried(self, address: Address) -> IPv4Address | None:
        if isinstance(address, IPv6Address) and any(address in network for network in self.rules.carrying_ipv4):
            return IPv4Address(int(address) & 0xFFFFFFFF)
        return None


def _literal(host: str) -> Address | None:
    """An IP address in its one regular form; None for names and for every other way of writing one."""
    try:
        address = ip_address(host)
    except ValueError:
        return None
    # A zone names a network card of this machine.
    return None if isinstance(address, IPv6Address) and address.scope_id else address


def _networks(texts: Iterable[str]) -> tuple[Network, ...]:
    return tuple(ip_network(text) for text in texts)
