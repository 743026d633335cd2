"""The statements of a search. Each reads tables that share the document as their key, so a cluster runs it beside the rows."""

from __future__ import annotations

from datetime import date

from sqlalchemy import TextClause, text

from indexing.adapters.postgres.allowed import Allowed
from indexing.adapters.postgres.engine_tuning import EngineTuning
from indexing.adapters.postgres.layout import SCHEMA

# The names in them are this module's own; what comes from outside is always a parameter.
# ruff: noqa: S608
_BY_KEY = "x.document = ANY(:documents) AND x.passage = ANY(:passages)"
# As floats from the start: the server would compute with decimal numbers, which takes thirty times as long.
_WEIGHT = (
    "(CAST(:rarities AS float8[]))[width_bucket(o.term, CAST(:terms AS bigint[]))]"
    " * o.occurrences / (CAST(:flat AS float8) + CAST(:slope AS float8) * o.length + o.occurrences)"
)
"""BM25 in Lucene's form, as the snapshot on the disk has it. `terms` rise, `rarities` are theirs: finding them by halves leaves the planner
its counts, which a join would lose. `flat` and `slope` come from k1, b and the average length.
"""

OCCURRENCE_BITS = 16
POSTINGS = text(
    f"SELECT o.term, array_send(array_agg((o.passage << {OCCURRENCE_BITS}) | least(o.occurrences, {(1 << 16) - 1})))"
    f" FROM {SCHEMA}.postings o WHERE o.term = ANY(:terms) GROUP BY o.term"
)
"""Of each term in whichever generation: passage and occurrences, packed into one number so that they stay together."""

CONTAINING = text(
    f"SELECT t.term, t.containing FROM {SCHEMA}.terms t WHERE t.term = ANY(:terms) AND t.born <= :generation AND :generation < t.died"
)

FIGURES = text(
    "SELECT x.passage, -(x.searched <#> CAST(:adapted AS vector)), -(x.searched <#> CAST(:centre AS vector)),"
    f" -(COALESCE(CAST(x.base AS vector), x.searched) <#> CAST(:base AS vector)) FROM {SCHEMA}.vectors x WHERE {_BY_KEY}"
)
"""Inner products with a question after the adapter, with the centre, and with the question as the model made it."""

WORDS = text(f"SELECT x.passage, x.terms, x.occurrences FROM {SCHEMA}.texts x WHERE {_BY_KEY}")

TOKENS = text(f"SELECT x.passage, x.width, x.content FROM {SCHEMA}.tokens x WHERE {_BY_KEY}")

BODIES = text(f"SELECT x.passage, x.body FROM {SCHEMA}.texts x WHERE {_BY_KEY}")

SCORES = text(
    f"SELECT o.passage, sum({_WEIGHT}) FROM {SCHEMA}.postings o"
    " WHERE o.term = ANY(:terms) AND o.document = ANY(:documents) AND o.passage = ANY(:passages) GROUP BY o.document, o.passage"
)
"""What these terms add to these passages."""

GRAPH_ONLY, GRAPH_OR_NOT = "SET LOCAL enable_sort = off", "SET LOCAL enable_sort = on"
"""The graph gives its rows in order; whatever sorts reads every row."""


def every_passage(generation: Allowed) -> TextClause:
    """What known_passages.py keeps, region by region."""
    return text(
        "SELECT p.region, array_send(array_agg(CAST(ARRAY[p.passage, p.document, p.effective_on - (DATE '0001-01-01' - 1),"
        f" COALESCE(p.ends_on - (DATE '0001-01-01' - 1), {date.max.toordinal() + 1}), p.length, p.checksum] AS bigint[])))"
        f" FROM {SCHEMA}.passages p WHERE {generation.condition} GROUP BY p.region"
    )


def settings(numbers: EngineTuning) -> str:
    """Of the transaction of a search."""
    return (
        # Plans depend on the day, the region and the words; compiled code would take longer to make than to run.
        "SET LOCAL plan_cache_mode = force_custom_plan; SET LOCAL jit = off; "
        f"SET LOCAL hnsw.ef_search = {numbers.ef_search:d}; SET LOCAL hnsw.iterative_scan = strict_order; "
        f"SET LOCAL hnsw.max_scan_tuples = {numbers.max_scan_tuples:d}; SET LOCAL statement_timeout = '{numbers.answer_within_s:d}s'"
    )


def summed_up(generation: Allowed) -> TextClause:
    """How many, and their checksum together."""
    return text(f"SELECT count(*), bit_xor(p.checksum) FROM {SCHEMA}.passages p WHERE {generation.condition}")


def counted(allowed: Allowed) -> TextClause:
    return text(f"SELECT count(*) FROM {SCHEMA}.passages p WHERE {allowed.condition}")


def nearest_by_graph(allowed: Allowed, dimension: int) -> TextClause:
    return _nearest(allowed, f"CAST(v.searched AS vector({dimension})) <#> CAST(:vector AS vector({dimension}))", graph_rows(dimension))


def nearest_by_scan(allowed: Allowed, *, by_base: bool) -> TextClause:
    """Every allowed row, exactly: the expression is none that an index is made of."""
    stored = "COALESCE(CAST(v.base AS vector), v.searched)" if by_base else "v.searched"
    return _nearest(allowed, f"({stored} <#> CAST(:vector AS vector)) + 0, v.passage", "true")


def graph_rows(dimension: int, table: str = "v") -> str:
    """Those that the graph of this dimension holds."""
    return f"vector_dims({table}.searched) = {dimension}"


def _nearest(allowed: Allowed, order: str, rows: str) -> TextClause:
    return text(
        f"SELECT v.passage, v.document FROM {SCHEMA}.vectors v"
        f" JOIN {SCHEMA}.passages p ON p.document = v.document AND p.passage = v.passage"
        f" WHERE {rows} AND {allowed.condition} ORDER BY {order} LIMIT :depth"
    )


def best_lexical(allowed: Allowed) -> TextClause:
    """Among the `reach` best of all generations, days and regions; a null reach looks at every passage that holds one of the terms."""
    return text(
        f"SELECT s.passage, s.document, s.score FROM (SELECT o.document, o.passage, sum({_WEIGHT}) AS score FROM {SCHEMA}.postings o"
        " WHERE o.term = ANY(:terms) GROUP BY o.document, o.passage ORDER BY score DESC, o.passage LIMIT :reach) s"
        f" JOIN {SCHEMA}.passages p ON p.document = s.document AND p.passage = s.passage"
        f" WHERE {allowed.condition} ORDER BY s.score DESC, s.passage LIMIT :depth"
    )


def best_of_documents(allowed: Allowed) -> TextClause:
    """What each term adds in the allowed passage of each document where it adds most."""
    return text(
        f"SELECT o.document, o.term, CAST(max({_WEIGHT}) AS real) FROM {SCHEMA}.postings o"
        f" JOIN {SCHEMA}.passages p ON p.document = o.document AND p.passage = o.passage"
        f" WHERE o.term = ANY(:terms) AND o.document = ANY(:documents) AND p.document = ANY(:documents)"
        f" AND {allowed.condition} GROUP BY o.document, o.term"
    )


def document_sizes(allowed: Allowed) -> TextClause:
    return text(
        f"SELECT p.document, count(*) FROM {SCHEMA}.passages p"
        f" WHERE {allowed.condition} AND p.document = ANY(:documents) GROUP BY p.document"
    )
