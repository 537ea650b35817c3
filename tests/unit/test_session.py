"""The paths in Spark's properties are the project's, wherever it lies and wherever a job is started."""

from pathlib import Path

import pytest

from krn.session import JAVA, _from_home


@pytest.mark.parametrize(
    ("key", "value", "found"),
    [
        ("spark.jars", ".jars/a-1.0.jar,.jars/b.jar", "/my krn/.jars/a-1.0.jar,/my krn/.jars/b.jar"),
        ("spark.driver.extraClassPath", ".jars/a.jar:.jars/b.jar", "/my krn/.jars/a.jar:/my krn/.jars/b.jar"),
        (
            JAVA,
            "-XX:SharedArchiveFile=.jars/c.jsa -Xlog:cds=off",
            '-XX:SharedArchiveFile="/my krn/.jars/c.jsa" -Xlog:cds=off',
        ),
        (
            JAVA,
            "-Dlog4j2.configurationFile=conf/log4j2.properties",
            '-Dlog4j2.configurationFile="/my krn/conf/log4j2.properties"',
        ),
        ("spark.master", "local[2]", "local[2]"),
    ],
)
def test_a_path_is_the_projects_and_javas_options_are_quoted(key: str, value: str, found: str) -> None:
    assert _from_home(Path("/my krn"), key, value) == found
