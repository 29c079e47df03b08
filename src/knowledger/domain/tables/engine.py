from knowledger.domain.graphs.engine import *  # noqa: F403
