"""Python tells Java the same plan in fewer calls."""

from threading import Thread
from typing import Any

import pytest
from py4j.protocol import Py4JError
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from krn.gateway import OFTEN, KnownClass, remember_methods


@pytest.mark.parametrize("n", [0, 1, 9, 10, 11, 20, 25])
def test_a_list_of_any_length_arrives_whole_and_in_order(spark: SparkSession, n: int) -> None:
    made = spark.range(1).select(F.array(*(F.lit(member) for member in range(n))).alias("list"))
    assert made.collect() == [(list(range(n)),)]


def test_a_list_that_holds_another_kind_is_sent_as_ever(spark: SparkSession) -> None:
    mixed = spark._jvm.java.util.ArrayList([F.lit(1)._jc, "a", None])
    assert (mixed.size(), mixed.get(1), mixed.get(2)) == (3, "a", None)


def test_every_class_that_pyspark_often_asks_for_is_there_and_known(spark: SparkSession) -> None:
    known = vars(spark._jvm)
    assert [name for name in OFTEN if not isinstance(known.get(name), KnownClass)] == []


def test_a_method_is_asked_for_once_and_one_that_is_missing_is_still_missed(spark: SparkSession) -> None:
    functions = KnownClass("org.apache.spark.sql.functions", spark._jvm._gateway_client)
    assert functions.col is functions.col
    with pytest.raises(Py4JError, match="no_such_function does not exist"):
        functions.no_such_function  # noqa: B018  # py4j asks where an attribute is read


def test_java_keeps_more_methods_than_py4j_alone_would(spark: SparkSession) -> None:
    """In a thread of its own, since each has its own map: py4j keeps 100."""
    sizes: dict[str, int] = {}
    for name, kept in (("alone", lambda session: session), ("krn", remember_methods)):
        calling = Thread(target=lambda name=name, kept=kept: sizes.update({name: _known_after_many(kept(spark))}))
        calling.start()
        calling.join()
    assert sizes["alone"] == 100
    assert sizes["krn"] > 130


def _known_after_many(spark: SparkSession) -> int:
    """How many methods Java knows after calls of some 150."""
    jvm, of_text = spark._jvm, F.lit("a")._jc
    names = [name for name in dir(F) if not name.startswith("_")]
    for name in names:
        try:
            getattr(jvm.functions, name)(of_text)
        except Py4JError:  # takes no one column
            continue
    held: Any = jvm.java.lang.Class.forName("py4j.reflection.ReflectionEngine").getDeclaredField("cacheHolder")
    held.setAccessible(True)
    return int(held.get(None).get().size())
