"""The demonstration content, read once for all tests of golden questions. They only look at it."""

import pytest

from tests.demonstration_content import Content, read_content


@pytest.fixture(scope="session")
def content() -> Content:
    return read_content()
