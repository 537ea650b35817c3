"""How Python tells Java a plan: through py4j, as PySpark does, in fewer calls.

The plan of a table is hundreds of calls, and Python waits for each. By itself py4j asks before each call of a static
method whether there is one, and sends a list member by member; and Java looks a method up among hundreds when it was
called for a hundred others since.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import local
from typing import Any

import structlog
from py4j.java_gateway import JavaClass, JavaMember, JavaObject
from py4j.protocol import STATIC_PREFIX, Py4JError
from pyspark.sql import SparkSession

#: Classes that PySpark asks Java for with every column, window and frame it makes; by a last name alone, Java looks for
#: each in a dozen packages, and for each of these in 300 jars.
OFTEN = (
    "functions",
    "PythonRDD",
    "PythonSQLUtils",
    "PythonUtils",
    "SerDeUtil",
    "SimplePythonFunction",
    "org.apache.spark.sql.classic.SparkSession",
    "org.apache.spark.sql.expressions.Window",
    "org.apache.spark.sql.functions",
)
#: Methods that Java keeps for a thread, more than there are to call.
METHODS = 2_000
#: Java makes a list of up to so many members in one call.
AT_ONCE = 10
_here = local()


class KnownClass(JavaClass):  # type: ignore[misc]  # py4j has no types
    """A Java class that is asked for each of its static methods once."""

    def __getattr__(self, name: str) -> Any:
        found = super().__getattr__(name)
        if isinstance(found, JavaMember):
            self.__dict__[name] = found
        return found


class PythonUtils(KnownClass):
    """Spark's class of that name: what makes Scala lists, copies, of the columns that Python sends."""

    def toSeq(self, members: Any) -> Any:  # noqa: N802  # Spark's names
        return self._made("toSeq", members)

    def toList(self, members: Any) -> Any:  # noqa: N802
        return self._made("toList", members)

    def _made(self, method: str, members: Any) -> Any:
        client = self._gateway_client
        return _static(self._fqn, method, client)(_sent(members, client))


def _static(name: str, method: str, client: Any) -> JavaMember:
    return JavaMember(method, None, STATIC_PREFIX + name, client)


def _sent(members: Any, client: Any) -> Any:
    """A list of columns or names as Java's, ten in a call; anything else as it is, for py4j to send."""
    if not isinstance(members, list) or not all(type(one) in (JavaObject, str) for one in members):
        return members
    list_of = _static("java.util.List", "of", client)
    tens = [list_of(*members[at : at + AT_ONCE]) for at in range(0, len(members), AT_ONCE)]
    if len(tens) == 1:
        return tens[0]
    whole = JavaClass("java.util.ArrayList", client)()
    for ten in tens:
        whole.addAll(ten)
    return whole


def know_classes(spark: SparkSession) -> None:
    """Keep in the view of the JVM, which all threads share, what PySpark asks it for."""
    jvm: Any = spark._jvm
    for name in OFTEN:
        found = getattr(jvm, name)
        kind = PythonUtils if name == "PythonUtils" else KnownClass
        if isinstance(found, JavaClass):
            setattr(jvm, name, kind(found._fqn, jvm._gateway_client))


def remember_methods(spark: SparkSession) -> None:
    """Let Java keep the methods that this thread calls; it has a map for each, and no setting. No more than once."""
    jvm: Any = spark._jvm
    if getattr(_here, "told", None) is jvm:
        return
    _here.told = jvm
    try:
        held = jvm.java.lang.Class.forName("py4j.reflection.ReflectionEngine").getDeclaredField("cacheHolder")
        held.setAccessible(True)
        held.get(None).set(jvm.py4j.reflection.LRUCache(METHODS))
    except (Py4JError, TypeError) as refused:  # another py4j: plans are told as before
        structlog.get_logger().warning("methods_not_kept", why=str(refused))


@contextmanager
def setting(spark: SparkSession, key: str, value: str | int) -> Iterator[None]:
    """What a statement can only be told by the session; it must not stay there for the next one."""
    before = spark.conf.get(key, None)
    spark.conf.set(key, value)
    try:
        yield
    finally:
        if before is None:
            spark.conf.unset(key)
        else:
            spark.conf.set(key, before)
