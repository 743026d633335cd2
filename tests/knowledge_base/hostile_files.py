"""Makes files that attack their reader. Made when a test needs them, never stored."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from tests.knowledge_base.office_files import gzipped, plain_docx, with_member, xlsx_of, zip_of

MIB = 1 << 20
ZEROS = b"0" * (64 * MIB)
PASSWORD_STREAM = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le")
LAUGHS = '<!DOCTYPE x [<!ENTITY a "哈哈哈哈哈哈哈哈">{}]>'.format(
    "".join(f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefghi", "bcdefghij", strict=True))
)
DOCUMENT = (
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    "<w:body><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:body></w:document>"
)


def docx_with(document_xml: str | bytes) -> bytes:
    return with_member(plain_docx(), "word/document.xml", document_xml.encode() if isinstance(document_xml, str) else document_xml)


def docx_declaring(declaration: str, entity: str, before: str = "") -> bytes:
    return docx_with(f'<?xml version="1.0" encoding="UTF-8"?>{before}{declaration}' + DOCUMENT.format(f"&{entity};"))


def xlsx_declaring(declaration: str) -> bytes:
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<sheetData><row><c t="inlineStr"><is><t>&j;</t></is></c></row></sheetData></worksheet>'
    )
    return with_member(xlsx_of([("a",)]), "xl/worksheets/sheet1.xml", f'<?xml version="1.0"?>{declaration}{sheet}'.encode())


def crowded_zip(count: int, member_bytes: int) -> bytes:
    """Small members, each of which stays below what is looked at one by one."""
    content = b"0" * member_bytes
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(content) + packer.flush()
    check = zlib.crc32(content)
    files, directory = bytearray(), bytearray()
    for number in range(count):
        name = f"{number:06}.txt".encode()
        common = struct.pack("<HHHHHLLLHH", 20, 0, 8, 0, 0x21, check, len(packed), len(content), len(name), 0)
        directory += b"PK\x01\x02" + struct.pack("<H", 20) + common + struct.pack("<HHHLL", 0, 0, 0, 0, len(files)) + name
        files += b"PK\x03\x04" + common + name + packed
    end = struct.pack("<HHHHLLH", 0, 0, count, count, len(directory), len(files), 0)
    return bytes(files + directory) + b"PK\x05\x06" + end


def zip_with_false_size() -> bytes:
    """The directory says 10 bytes, the data unpack to 64 MiB."""
    content = bytearray(zip_of({"a.txt": ZEROS}))
    place = content.rfind(b"PK\x01\x02")
    content[place + 24 : place + 28] = struct.pack("<L", 10)
    return bytes(content)


def zip_with_name(name: str, mode: int = 0o100644) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        member = zipfile.ZipInfo("placeholder")
        member.filename, member.external_attr = name, mode << 16
        archive.writestr(member, b"/etc/passwd")
    return stream.getvalue()


def locked_zip() -> bytes:
    content = bytearray(zip_of({"a.txt": b"a"}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.find(mark) + place] |= 1
    return bytes(content)


def nested_zip(depth: int, core: bytes = b"core") -> bytes:
    content = zip_of({"core.txt": core})
    for _ in range(depth - 1):
        content = zip_of({"inner.zip": content})
    return content


def pdf_of_pages(count: int) -> bytes:
    """Every page says the same; about 60 bytes a page."""
    kids = " ".join(f"{number} 0 R" for number in range(5, 5 + count))
    drawn = b"BT /F1 24 Tf 72 720 Td (page) Tj ET"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {count}/Kids[{kids}]/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>>>".encode(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn),
        *[b"<</Type/Page/Parent 2 0 R/Contents 4 0 R>>"] * count,
    ]
    return _pdf(objects)


def _pdf(objects: list[bytes]) -> bytes:
    content, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(content))
        content += b"%d 0 obj%s endobj\n" % (number, body)
    start = len(content)
    content += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(content + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start))


def png_claiming(width: int, height: int) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">L", len(content)) + kind + content + struct.pack(">L", zlib.crc32(kind + content))

    header = struct.pack(">LLBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\x00" * 1000)) + chunk(b"IEND", b"")


def yaml_laughs() -> bytes:
    lines = ["a: &a [哈哈哈哈哈哈哈哈]"]
    lines += [f"{name}: &{name} [{', '.join(['*' + before] * 10)}]" for before, name in zip("abcdefghi", "bcdefghij", strict=True)]
    return ("---\n" + "\n".join(lines) + "\ntitle: *j\ntopics: *j\n---\n正文\n").encode()


def gzip_bomb() -> bytes:
    return gzipped(ZEROS)


def with_parts(count: int, size: int = MIB) -> bytes:
    return crowded_zip(count, size).replace(b"000000.txt", b"word/a.xml").replace(b"000001.txt", b"word/b.rel")


def docx_that_begins_a_pdf() -> bytes:
    stored = with_member(plain_docx(), "[Content_Types].xml", b"")
    return stored[:40] + b"%PDF-1.4" + stored[48:]
