import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledger.domain.graphs.property_types import PropertyType
from tests.graphs.schemas import property_types


@pytest.mark.parametrize(
    ("spelling", "meant"),
    [
        ("string", "string"),
        ("VARCHAR", "string"),
        (" Integer ", "int"),
        ("bigint[]", "int[]"),
        ("float64", "double"),
        ("datetime", "timestamp"),
        ("bool [ ]", "boolean[]"),
        ("decimal", "decimal(18,4)"),
        ("numeric(10)", "decimal(10,0)"),
        ("decimal( 38 , 38 )[]", "decimal(38,38)[]"),
    ],
)
def test_a_type_has_several_spellings_and_one_name(spelling: str, meant: str) -> None:
    assert str(PropertyType.parse(spelling)) == meant


@pytest.mark.parametrize(
    ("spelling", "problem"),
    [
        ("money", "unknown type 'money'; the types are string, int"),
        ("", "unknown type ''"),
        ("int[][]", "unknown type"),
        ("string; DROP TABLE x", "unknown type"),
        ("string(10)", "type string takes no size"),
        ("decimal(39,2)", "precision is 1 to 38"),
        ("decimal(0)", "precision is 1 to 38"),
        ("decimal(4,5)", "scale at most that"),
        ("decimal(4,-1)", "unknown type"),
    ],
)
def test_a_type_that_is_none_is_refused_with_the_reason(spelling: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem.replace("(", r"\(")):
        PropertyType.parse(spelling)


@given(property_types())
def test_a_type_reads_back_from_its_name(kind: PropertyType) -> None:
    assert PropertyType.parse(str(kind)) == kind


@given(st.text(max_size=40))
def test_any_text_is_a_type_or_a_value_error(spelling: str) -> None:
    try:
        kind = PropertyType.parse(spelling)
    except ValueError:
        return
    assert PropertyType.parse(str(kind)) == kind
