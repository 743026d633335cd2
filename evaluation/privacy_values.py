"""Invented personal numbers and addresses in the ways people write them. All are drawn; none is taken from a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from random import Random

Shape = Callable[[Random], str]

_WIDE = {ord(char): chr(ord(char) + 0xFEE0) for char in "0123456789X-"}
_SPOKEN = dict(zip("0123456789", "零一二三四五六七八九", strict=True))
_AREAS = ("110105", "440106", "320102", "430121", "510104", "999900", "810000", "830000")
_MOBILES = ("130", "136", "138", "150", "159", "166", "173", "177", "180", "186", "198", "199")
_LANDLINES = ("010", "020", "028", "0512", "0731", "0755", "0900")
_DEBIT_CARDS = ("622202", "621700", "622848", "621661", "623058", "621483")
_MAILBOXES = ("zhangwei", "li.na", "wang_xm", "liuyang", "chenjie", "xiaohong")
_WECHAT_NAMES = ("wxid_ab", "zhang-x", "liuyangq_", "ax", "Mei_meiq_")
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_PLATE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def digits(random: Random, count: int) -> str:
    return "".join(random.choice("0123456789") for _ in range(count))


def grouped(number: str, *sizes: int, by: str = " ") -> str:
    """The number cut into groups of these sizes."""
    ends = [sum(sizes[: place + 1]) for place in range(len(sizes))]
    return by.join(number[end - size : end] for size, end in zip(sizes, ends, strict=True))


def resident_id(random: Random) -> str:
    """18 places with the right check digit (GB 11643-1999), some of invented places (99)."""
    born = date(1935, 1, 1) + timedelta(days=random.randrange(32_000))
    body = f"{random.choice(_AREAS)}{born:%Y%m%d}{digits(random, 3)}"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, _ID_WEIGHTS, strict=True)) % 11]


def resident_id_ending_in_x(random: Random) -> str:
    return next(number for number in iter(lambda: resident_id(random), "") if number[-1] == "X")


def mistyped_resident_id(random: Random) -> str:
    number = resident_id(random)
    return number[:17] + random.choice("0123456789".replace(number[17], ""))


def old_resident_id(random: Random) -> str:
    """15 places, as until 1999."""
    born = date(1935, 1, 1) + timedelta(days=random.randrange(20_000))
    return f"{random.choice(_AREAS[:5])}{born:%y%m%d}{digits(random, 3)}"


def mobile(random: Random) -> str:
    return random.choice(_MOBILES) + digits(random, 8)


def landline(random: Random) -> tuple[str, str]:
    """Area code and number."""
    area = random.choice(_LANDLINES)
    return area, random.choice("2345678") + digits(random, 7 if len(area) == 3 else random.choice([6, 7]))


def bank_card(random: Random, prefix: str, length: int) -> str:
    """With the right check digit (Luhn)."""
    body = prefix + digits(random, length - len(prefix) - 1)
    doubled = (int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return body + str(-sum(value - 9 if value > 9 else value for value in doubled) % 10)


def debit_card(random: Random, length: int) -> str:
    return bank_card(random, random.choice(_DEBIT_CARDS), length)


def mailbox(random: Random, domain: str) -> str:
    return random.choice(_MAILBOXES) + digits(random, random.choice([2, 4, 6])) + domain


def plate(random: Random, between: str = "", letters: int = 0) -> str:
    """GA 36-2018: five places, `letters` of them letters."""
    series = list(digits(random, 5))
    for place in random.sample(range(4), letters):
        series[place] = random.choice(_PLATE_LETTERS)
    return random.choice(_PROVINCES) + random.choice(_PLATE_LETTERS) + between + "".join(series)


def new_energy_plate(random: Random, between: str = "") -> str:
    return plate(random, between + random.choice("DF"))


def spoken(number: str, one: str) -> str:
    """As said on the telephone; `one` is 一 or 幺."""
    return "".join(one if char == "1" else _SPOKEN.get(char, char) for char in number)


def room_number(random: Random) -> str:
    return f"{random.randrange(1, 33)}{random.randrange(1, 9):02d}"


_MOBILE_SHAPES: Mapping[str, Shape] = {
    "mobile": mobile,
    "mobile_344": lambda random: grouped(mobile(random), 3, 4, 4),
    "mobile_dashes": lambda random: grouped(mobile(random), 3, 4, 4, by="-"),
    "mobile_dots": lambda random: grouped(mobile(random), 3, 4, 4, by="."),
    "mobile_443": lambda random: grouped(mobile(random), 4, 4, 3),
    "mobile_443_dashes": lambda random: grouped(mobile(random), 4, 3, 4, by="-"),
    "mobile_56": lambda random: grouped(mobile(random), 5, 6),
    "mobile_plus86": lambda random: "+86" + mobile(random),
    "mobile_plus86_groups": lambda random: "+86 " + grouped(mobile(random), 3, 4, 4),
    "mobile_0086": lambda random: "0086-" + mobile(random),
    "mobile_bracketed": lambda random: "(+86)" + mobile(random),
    "mobile_wide": lambda random: mobile(random).translate(_WIDE),
    "mobile_spoken": lambda random: spoken(mobile(random), random.choice("一幺")),
    "landline": lambda random: "-".join(landline(random)),
    "landline_plain": lambda random: "".join(landline(random)),
    "landline_blank": lambda random: " ".join(landline(random)),
    "landline_brackets": lambda random: "({}){}".format(*landline(random)),
    "landline_wide": lambda random: "-".join(landline(random)).translate(_WIDE),
    "landline_extension": lambda random: f"{'-'.join(landline(random))}{random.choice('转-')}{digits(random, random.choice([1, 3]))}",
}

_DOCUMENT_SHAPES: Mapping[str, Shape] = {
    "resident_id": resident_id,
    "resident_id_lower_x": lambda random: resident_id_ending_in_x(random).lower(),
    "resident_id_blanks": lambda random: grouped(resident_id(random), 6, 8, 4),
    "resident_id_dashes": lambda random: grouped(resident_id(random), 6, 4, 4, 4, by="-"),
    "resident_id_fours": lambda random: grouped(resident_id(random), 4, 4, 4, 4, 2),
    "resident_id_wide": lambda random: resident_id(random).translate(_WIDE),
    "resident_id_spoken": lambda random: spoken(resident_id(random), random.choice("一幺")),
    "resident_id_old": old_resident_id,
    "resident_id_wrong_check": mistyped_resident_id,
    "passport": lambda random: random.choice("EGDSP") + digits(random, 8),
    "passport_letters": lambda random: "E" + random.choice(_PLATE_LETTERS) + digits(random, 7),
    "hongkong_permit": lambda random: random.choice(["C", "CA", "H1", "M"]) + digits(random, 8),
    "taiwan_permit": lambda random: "0" + digits(random, random.choice([7, 9])),
    "foreigner_permit": lambda random: random.choice(["CAN", "USA", "JPN", "DEU"]) + "3301" + digits(random, 8),
    "officer_card": lambda random: f"{random.choice('军武海空士南北')}字第{digits(random, random.choice([6, 7, 8]))}号",
    "social_card": lambda random: random.choice("ABCDX") + digits(random, 8),
    "social_card_digits": lambda random: random.choice("1357") + digits(random, random.choice([8, 9, 11])),
}

_ACCOUNT_SHAPES: Mapping[str, Shape] = {
    "bank_card_16": lambda random: debit_card(random, 16),
    "bank_card_19": lambda random: debit_card(random, 19),
    "bank_card_fours": lambda random: grouped(debit_card(random, 19), 4, 4, 4, 4, 3),
    "bank_card_dashes": lambda random: grouped(debit_card(random, 16), 4, 4, 4, 4, by="-"),
    "bank_card_wide": lambda random: debit_card(random, 19).translate(_WIDE),
    "bank_card_9558": lambda random: bank_card(random, "955880", 19),
    "bank_card_credit": lambda random: bank_card(random, random.choice(["4", "51", "35", "60"]), 16),
    "email_qq": lambda random: f"{random.randrange(10_000, 10**10)}@qq.com",
    "email_163": lambda random: mailbox(random, "@163.com"),
    "email_dotted": lambda random: mailbox(random, "@mail.shifan.example"),
    "email_plus": lambda random: mailbox(random, "+sb@gmail.com"),
    "email_upper": lambda random: mailbox(random, "@Outlook.com").upper(),
    "email_wide_at": lambda random: mailbox(random, "＠126.com"),
    "qq": lambda random: str(random.randrange(10**5, 10 ** random.randrange(6, 11))),
    "wechat": lambda random: random.choice(_WECHAT_NAMES) + digits(random, 6),
}

_PLACE_SHAPES: Mapping[str, Shape] = {
    "plate": lambda random: plate(random, letters=random.choice([0, 1])),
    "plate_dot": lambda random: plate(random, "·"),
    "plate_blank": lambda random: plate(random, " "),
    "plate_dash": lambda random: plate(random, "-"),
    "plate_lower": lambda random: plate(random, letters=1).lower(),
    "plate_letters": lambda random: plate(random, letters=2),
    "plate_new_energy": new_energy_plate,
    "plate_new_energy_dot": lambda random: new_energy_plate(random, "·"),
    "room": lambda random: (
        f"{random.randrange(1, 30)}栋{random.randrange(1, 6)}单元{room_number(random)}{random.choice(['室', '', '号', '房'])}"
    ),
    "room_spoken": lambda random: f"{random.choice('一二三四五')}栋{random.choice('一二三四')}单元{room_number(random)}室",
    "room_short": lambda random: f"{random.randrange(1, 30)}-{random.randrange(1, 6)}-{room_number(random)}",
    "room_plain": lambda random: f"{random.randrange(1, 30)}{random.choice(['栋', '幢', '号楼'])}{room_number(random)}室",
    "house_number": lambda random: f"{random.randrange(1, 900)}号{random.choice(['', '院', '附3号'])}",
    "village_house": lambda random: f"{random.randrange(1, 20)}组{random.randrange(1, 300)}号",
}

PERSONAL_SHAPES: Mapping[str, Shape] = {**_DOCUMENT_SHAPES, **_MOBILE_SHAPES, **_ACCOUNT_SHAPES, **_PLACE_SHAPES}
