"""How Python tells Java a plan: through py4j, as PySpark does, in fewer round trips.

The plan of a table is one to four thousand calls, and each waits for Java. By itself py4j asks before each call of a
static method whether there is one, sends a list member by member, and looks a method up among hundreds when it has
called a hundred others since.
"""

from typing import Any

from py4j.java_gateway import JavaClass, JavaMember, JavaObject
from py4j.protocol import register_input_converter
from pyspark.sql import SparkSession

#: Classes that PySpark asks Java for with every column and frame it makes; by a last name alone, Java looks for each in
#: a dozen packages, and for each of these in 300 jars.
OFTEN = (
    "functions",
    "PythonRDD",
    "PythonSQLUtils",
    "PythonUtils",
    "SerDeUtil",
    "SimplePythonFunction",
    "org.apache.spark.sql.classic.SparkSession",
    "org.apache.spark.sql.functions",
)
#: A run calls some 300 methods.
METHODS = 2_000
#: Java makes a list of up to so many members in one call.
AT_ONCE = 10


class KnownClass(JavaClass):  # type: ignore[misc]  # py4j has no types
    """A Java class that is asked for each of its static methods once."""

    def __getattr__(self, name: str) -> Any:
        found = super().__getattr__(name)
        if isinstance(found, JavaMember):
            self.__dict__[name] = found
        return found


class ObjectsConverter:
    """Makes a Java list of a Python list of Java objects, ten of them in a call."""

    def __init__(self, client: Any) -> None:
        self.short = KnownClass("java.util.List", client)
        self.long = JavaClass("java.util.ArrayList", client)

    def can_convert(self, given: object) -> bool:
        return type(given) is list and bool(given) and all(isinstance(one, JavaObject) for one in given)

    def convert(self, given: list[Any], client: Any) -> Any:
        tens = [self.short.of(*given[at : at + AT_ONCE]) for at in range(0, len(given), AT_ONCE)]
        if len(tens) == 1:
            return tens[0]
        whole = self.long()
        for ten in tens:
            whole.addAll(ten)
        return whole


def say_more_at_once(spark: SparkSession) -> None:
    """Know classes and send lists whole, for all threads of this process; once is enough."""
    jvm: Any = spark._jvm
    client = jvm._gateway_client
    for name in OFTEN:  # what the view of the JVM has as an attribute, it does not ask for again
        setattr(jvm, name, KnownClass(getattr(jvm, name)._fqn, client))
    if not any(isinstance(converter, ObjectsConverter) for converter in client.converters):
        register_input_converter(ObjectsConverter(client), prepend=True)


def remember_methods(spark: SparkSession) -> SparkSession:
    """Let Java keep the methods that this thread calls. py4j has no setting for it, and a map for each thread."""
    jvm: Any = spark._jvm
    held = jvm.java.lang.Class.forName("py4j.reflection.ReflectionEngine").getDeclaredField("cacheHolder")
    held.setAccessible(True)
    held.get(None).set(jvm.py4j.reflection.LRUCache(METHODS))
    return spark
