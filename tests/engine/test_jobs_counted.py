"""Spark jobs are counted for the block that starts them."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from krn.store import Store


def test_a_block_within_another_counts_its_own_jobs(store: Store) -> None:
    with store.jobs("outer") as outer:
        frame = store.spark.range(1)
        frame.collect()
        with store.jobs("inner") as inner:
            frame.collect()
            frame.collect()
        frame.collect()
    assert (outer(), inner()) == (2, 2)


def test_a_block_counts_on_after_one_within_it_died(store: Store) -> None:
    def die() -> None:
        with store.jobs("inner"):
            store.spark.range(1).collect()
            raise KeyError

    with store.jobs("outer") as outer:
        with pytest.raises(KeyError):
            die()
        store.spark.range(1).collect()
    assert outer() == 1


def test_blocks_of_stores_beside_each_other_count_apart(store: Store) -> None:
    beside = store.beside()
    with store.jobs("one") as one, beside.jobs("other") as other, ThreadPoolExecutor(1) as pool:
        store.spark.range(1).collect()
        pool.submit(lambda: beside.spark.range(1).collect()).result()
    assert (one(), other()) == (1, 1)


def test_a_block_that_asks_nothing_of_spark_starts_no_session(store: Store) -> None:
    def never() -> None:
        raise AssertionError

    unstarted = Store(never, store.root)  # type: ignore[arg-type]
    with unstarted.jobs("idle") as count:
        pass
    assert count() == 0
