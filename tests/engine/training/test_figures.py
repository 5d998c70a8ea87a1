from engine.training.figures import Row, shortfalls, table


def test_only_the_full_and_the_smallest_size_are_bounded() -> None:
    row = Row("a set", {"small": 0.05, "mixed": 0.9, "full": 0.03}, 0.03, 0.05)
    assert shortfalls([row]) == []
    worse = Row("a set", {"small": 0.051, "full": 0.04}, 0.03, 0.05)
    full, small = shortfalls([worse])
    assert full == "a set, size full: 4.0 %, at most 3.0 %"
    assert small == "a set, size small: 5.1 %, at most 5.0 %"


def test_some_bounds_are_least_values_and_some_rows_have_none() -> None:
    assert shortfalls([Row("listens", {"full": 0.79}, 0.8, at_least=True)])
    assert not shortfalls([Row("listens", {"full": 0.8}, 0.8, at_least=True)])
    assert not shortfalls([Row("people", {"full": 0.9})])


def test_the_table_has_a_line_for_each_row() -> None:
    rows = [
        Row("a set", {"small": 0.2, "full": 0.081}, 0.08),
        Row("perplexity", {"small": 48.6, "full": 48.6}, 12, at_least=True, percent=False),
    ]
    lines = table("word error rate", rows).splitlines()
    assert lines[0] == "| word error rate | small | full | bound (full, smallest) |"
    assert lines[2:] == [
        "| a set | 20.0 % | 8.1 % | 8.0 % |",
        "| perplexity | 48.6 | 48.6 | at least 12.0 |",
    ]
