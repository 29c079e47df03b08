from knowledger.domain.graphs.table_shape import *  # noqa: F403
