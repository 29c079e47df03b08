"""What Alembic runs: migrations over the connection that `knowledger.models.migrate` holds."""

from alembic import context

from knowledger.models import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
context.run_migrations()
