"""Python tells Java the same plan in fewer calls."""

from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest
from py4j.protocol import Py4JError
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from krn.gateway import OFTEN, KnownClass, remember_methods
from krn.store import Store


@pytest.mark.parametrize("n", [0, 1, 9, 10, 11, 20, 25])
def test_columns_however_many_arrive_whole_and_in_order(spark: SparkSession, n: int) -> None:
    made = spark.range(1).select(F.array(*(F.lit(member) for member in range(n))).alias("list"))
    assert made.collect() == [(list(range(n)),)]


def test_names_arrive_too_and_what_is_no_list_of_columns_is_left_to_py4j(spark: SparkSession) -> None:
    utils: Any = spark._jvm.PythonUtils
    assert utils.toSeq(["a", "b"]).mkString(",") == "a,b"
    assert utils.toSeq(["a", None, 1]).mkString(",") == "a,null,1"
    assert utils.toSeq([["a"], ["b", "c"]]).mkString(",") == "[a],[b, c]"
    assert utils.toList(["a"] * 11).size() == 11


def test_columns_are_sent_ten_in_a_call(spark: SparkSession, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three lists of up to ten, one made of them, Scala's of that, and the array: nine calls; py4j alone takes 32."""
    client: Any = spark._jvm._gateway_client
    columns, calls, send = [F.lit(n) for n in range(25)], [], client.send_command

    def counting(command: str, *more: Any, **named: Any) -> Any:
        if not command.startswith("m"):  # a release, in its own time
            calls.append(command)
        return send(command, *more, **named)

    monkeypatch.setattr(client, "send_command", counting)
    F.array(*columns)
    assert len(calls) == 9


def test_every_class_that_pyspark_often_asks_for_is_there_and_known(spark: SparkSession) -> None:
    known = vars(spark._jvm)
    assert [name for name in OFTEN if not isinstance(known.get(name), KnownClass)] == []


def test_a_method_is_asked_for_once_and_one_that_is_missing_is_still_missed(spark: SparkSession) -> None:
    functions = KnownClass("org.apache.spark.sql.functions", spark._jvm._gateway_client)
    assert functions.col is functions.col
    with pytest.raises(Py4JError, match="no_such_function does not exist"):
        functions.no_such_function  # noqa: B018  # py4j asks where an attribute is read


def test_java_keeps_more_methods_than_py4j_alone_would_for_each_thread(spark: SparkSession) -> None:
    """py4j keeps 100."""
    sizes: dict[str, int] = {}
    for name, kept in (("alone", lambda session: None), ("krn", remember_methods), ("another", remember_methods)):
        calling = Thread(target=lambda name=name, kept=kept: sizes.update({name: _known_after_many(spark, kept)}))
        calling.start()
        calling.join()
    assert sizes["alone"] == 100
    assert sizes["krn"] == sizes["another"] > 130


def test_every_thread_that_works_with_a_store_keeps_its_methods_from_one_look_at_it_to_the_next(store: Store) -> None:
    """Also one that gets a store whose session another thread started, as builds side by side do."""
    assert store.spark
    sizes: list[int] = []

    def work() -> None:
        sizes.append(_known_after_many(store.spark, lambda session: None))
        sizes.append(int(_map(store.spark).size()))

    working = Thread(target=work)
    working.start()
    working.join()
    assert min(sizes) > 130


def test_where_java_refuses_plans_are_told_as_before(capsys: pytest.CaptureFixture[str]) -> None:
    class Refusing:
        def __getattr__(self, name: str) -> Any:
            raise Py4JError(f"no {name}")

    class Session:
        _jvm = Refusing()

    remember_methods(Session())  # type: ignore[arg-type]
    assert "methods_not_kept" in capsys.readouterr().out


def _known_after_many(spark: SparkSession, kept: Callable[[SparkSession], None]) -> int:
    """How many methods Java knows after calls of some 150."""
    kept(spark)
    jvm, of_text = spark._jvm, F.lit("a")._jc
    for name in (name for name in dir(F) if not name.startswith("_")):
        try:
            getattr(jvm.functions, name)(of_text)
        except Py4JError:  # takes no one column
            continue
    return int(_map(spark).size())


def _map(spark: SparkSession) -> Any:
    jvm: Any = spark._jvm
    held = jvm.java.lang.Class.forName("py4j.reflection.ReflectionEngine").getDeclaredField("cacheHolder")
    held.setAccessible(True)
    return held.get(None).get()
