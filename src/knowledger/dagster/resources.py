"""What a run is lent: the wiring, made once in its process. An op or an asset takes what it needs from there.

@op
def clean_up(wiring: ResourceParam[Wiring]) -> None: ...
"""

from collections.abc import Iterator

from dagster import InitResourceContext, resource

from knowledger.settings import Settings
from knowledger.wiring import Wiring


@resource(description="The settings' adapters, engines and sessions.")
def wiring(_: InitResourceContext) -> Iterator[Wiring]:
    made = Wiring(Settings())
    try:
        yield made
    finally:
        made.close()


RESOURCES = {"wiring": wiring}
