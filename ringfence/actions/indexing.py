"""Which contact index answers for an instant? It is brought up to date before it is opened."""

from datetime import datetime

from ringfence.actions.store import Store
from ringfence.columns import contact_index
from ringfence.columns.columns import CONTACTS
from ringfence.columns.contact_index import ContactIndex
from ringfence.journal import Progress


def indexes(store: Store, *instants: datetime, progress: Progress | None = None) -> list[ContactIndex]:
    """The contact index of each of some instants (naive UTC), brought up to date.

    A day that any of them, or the journal as it is now, needs is laid out or kept: to ask for yesterday
    and then for today lays nothing out twice.
    """
    store.columns.refresh()
    known = [store.columns.visit_sources(instant) for instant in (*instants, datetime.max)]  # noqa: DTZ901
    files = {source.digest: source for one in known for source in one.files}
    directory = store.columns.directory / CONTACTS
    contact_index.build(directory, list(files.values()), progress)
    return [contact_index.opened(directory, one) for one in known[:-1]]
