"""Numbers that look like a person's and are none: of papers, firms, offices, orders, sums and days. They must stay readable."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random

from evaluation.privacy_values import Shape, digits

_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_DOCUMENT_NUMBERS = ("国办发〔2021〕{}号", "示政发〔2024〕{}号", "示人社规[2025]{}号", "(2023){}号文", "国发【2021】{}号", "第{}号令")
_HOTLINES = ("12345", "12333", "12329", "110", "12366", "95588", "96116", "12393", "10086", "12368")
_ROADS = ("{}路公交", "G{}国道", "S{}省道", "地铁{}号线", "K{}路", "京港澳高速G4K{}")
_STANDARDS = ("GB/T 33358-2016", "GB 11643-1999", "DB44/T 2158-2019", "JGJ 450-2018", "ISO 9001:2015")
_MODELS = ("KFR-35GW/", "BCD-", "HB1", "Mate", "MSB-S")


def credit_code(random: Random) -> str:
    """18 places with the right check character (GB 32100-2015)."""
    area = random.choice(["990100", "440101", "110105"])
    body = f"91{area}" + "".join(random.choice("0123456789MAFRTX") for _ in range(9))
    total = sum(_CREDIT_ALPHABET.index(char) * (3**place % 31) for place, char in enumerate(body))
    return body + _CREDIT_ALPHABET[(31 - total % 31) % 31]


def written_date(random: Random) -> str:
    day = date(2015, 1, 1) + timedelta(days=random.randrange(4300))
    plain = [f"{day.year}{mark}{day.month}{mark}{day.day}" for mark in "./"]
    return random.choice([f"{day:%Y年%m月%d日}", f"{day:%Y%m%d}", str(day), *plain])


def amount(random: Random) -> str:
    number = random.randrange(100, 99_999_999_999)
    sums = [f"{number}元", f"{number / 100:.2f}元", f"{number:,}元", f"人民币{number}.00元", f"13{digits(random, 9)}元"]
    return random.choice([*sums, f"{random.randrange(1, 9999)}万元", f"1500-{number}元", f"{random.randrange(30, 300)}.5平方米"])


def day_digits(random: Random, year: int = 2026) -> str:
    return f"{year}{random.randrange(1, 13):02d}{random.randrange(1, 29):02d}"


def work_order(random: Random) -> str:
    return f"{random.choice(['SF', 'MD', 'AH'])}{day_digits(random)}-{digits(random, random.choice([4, 5]))}"


def order_number(random: Random) -> str:
    return random.choice(["", "DD", "E", "NO."]) + f"20{random.randrange(23, 27)}" + digits(random, random.choice([8, 10, 12, 14]))


def toll_free(random: Random) -> str:
    return random.choice(["400-{}-{}", "800{}{}", "400 {} {}"]).format(digits(random, 3), digits(random, 4))


LOOK_ALIKE_SHAPES: Mapping[str, Shape] = {
    "document_number": lambda random: random.choice(_DOCUMENT_NUMBERS).format(random.randrange(1, 300)),
    "credit_code": credit_code,
    "hotline": lambda random: random.choice(_HOTLINES),
    "toll_free": toll_free,
    "office_phone": lambda random: random.choice(["0900-888{}", "0900888{}", "(0900)888{}", "0900 888{}"]).format(digits(random, 4)),
    "work_order": work_order,
    "order_number": order_number,
    "case_number": lambda random: f"（2025）粤01民终{digits(random, 5)}号",
    "project_code": lambda random: f"{random.randrange(2001, 2612)}-{random.choice(['440106', '990102'])}-04-01-{digits(random, 6)}",
    "invoice": lambda random: digits(random, random.choice([8, 12, 20])),
    "handling_number": lambda random: random.choice(["440106", "990102", "110105"]) + day_digits(random) + digits(random, 4),
    "waybill": lambda random: random.choice(["SF1", "YT", "JD0"]) + digits(random, 12),
    "amount": amount,
    "written_date": written_date,
    "postcode": lambda random: digits(random, 6),
    "region_code": lambda random: random.choice(["990100", "990102", "440106", "110105000000"]),
    "road": lambda random: random.choice(_ROADS).format(random.randrange(1, 999)),
    "office_mailbox": lambda random: random.choice(["wsbs@", "12345@", "rsj_zx@mail."]) + "shifan.gov.cn",
    "standard": lambda random: random.choice(_STANDARDS),
    "model_number": lambda random: random.choice(_MODELS) + digits(random, random.choice([3, 4, 6])),
    "isbn": lambda random: random.choice(["978-7-5093-{}-5", "9787509{}5"]).format(digits(random, 4)),
    "coordinates": lambda random: f"113.{digits(random, 6)},23.{digits(random, 6)}",
}
