"""`knowledger billing`: plans, subscriptions, invoices, credits and usage."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar

import typer

from knowledger.cli.session import AsJson, session_of
from knowledger.kernel.money import Money

if TYPE_CHECKING:
    from knowledger.cli.terminal import Cell
    from knowledger.client import Client
    from knowledger.client.billing import SubscriptionRecord

R = TypeVar("R")

app = typer.Typer(help="Plans, subscriptions, invoices, credits and usage.", no_args_is_help=True)

Subscription = Annotated[str, typer.Argument(help="Its id, as `billing subscriptions` shows it.")]


@app.command()
def plans(context: typer.Context, as_json: AsJson = False) -> None:
    """List what can be subscribed to."""
    _list(
        context,
        lambda kn: kn.billing.plans(),
        ("plan", "for", "price", "every", "credits a month", "what it is"),
        lambda plan: (
            plan.plan_name,
            plan.resource_type,
            str(Money(plan.price, plan.currency)),
            plan.billing_interval,
            plan.monthly_credits,
            plan.plan_display_name,
        ),
    )


@app.command()
def subscriptions(context: typer.Context, as_json: AsJson = False) -> None:
    """List your organization's subscriptions, and where each stands."""
    _list(
        context,
        lambda kn: kn.billing.subscriptions(),
        ("subscription", "plan", "for", "status", "price", "until", "why not yet"),
        lambda found: (
            found.id,
            found.plan_name,
            found.resource_id or found.resource_type,
            "ends with its period" if found.cancel_at_period_end and found.status == "active" else found.status,
            str(Money(found.base_price_cents, found.currency)),
            found.ends_at or found.current_period_end,
            str(found.error["message"]) if found.error else "",
        ),
    )


@app.command()
def subscribe(
    context: typer.Context,
    plan: str,
    name: Annotated[str | None, typer.Option(help="What to call the graph that comes with it.")] = None,
    extension: Annotated[list[str] | None, typer.Option(help="An extension of the graph; may be repeated.")] = None,
    key: Annotated[str | None, typer.Option(help="The same key again is the same order.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Buy a subscription; what it is for is there within a minute of its payment."""
    from knowledger.client.decode import encode
    from knowledger.client.json import JsonObject

    session = session_of(context)
    config: JsonObject = {}
    if name is not None:
        config = {"graph_name": name, "extensions": list(extension or [])}
    with session.connect() as kn:
        if not yes:
            _ask_before_buying(kn, plan)
        bought = kn.billing.checkout(plan, config, idempotency_key=key)
    if session.terminal.json:
        session.terminal.data(encode(bought))
    elif bought.requires_checkout:
        session.terminal.note(f"Pay here, and it begins: {bought.checkout_url}")
    session.terminal.done(f"Subscription {bought.subscription_id}")


def _ask_before_buying(kn: "Client", plan: str) -> None:
    """An unknown plan is for the server to refuse."""
    for offered in kn.billing.plans():
        if offered.plan_name == plan:
            price = f"{Money(offered.price, offered.currency)}, {offered.billing_interval}"
            typer.confirm(f"Buy {offered.plan_display_name} for {price}?", abort=True, err=True)


@app.command()
def cancel(context: typer.Context, subscription: Subscription, as_json: AsJson = False) -> None:
    """Let a subscription end with its period."""
    _change(context, subscription, lambda kn, found: kn.billing.cancel(found))


@app.command()
def keep(context: typer.Context, subscription: Subscription, as_json: AsJson = False) -> None:
    """Take a cancellation back while the period runs."""
    _change(context, subscription, lambda kn, found: kn.billing.keep(found))


@app.command("change")
def change_plan(context: typer.Context, subscription: Subscription, plan: str, as_json: AsJson = False) -> None:
    """Take another plan from today on; what is left of the period is prorated."""
    _change(context, subscription, lambda kn, found: kn.billing.change_plan(found, plan))


@app.command()
def invoices(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=100, help="At most so many.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List invoices and credit notes, newest first."""
    _list(
        context,
        lambda kn: kn.billing.invoices(limit=limit),
        ("number", "kind", "of", "total", "status", "due"),
        lambda found: (
            found.number,
            found.kind.replace("_", " "),
            found.created,
            str(Money(found.amount_due, found.currency)),
            found.status,
            found.due_date,
        ),
    )


@app.command("credits")
def show_credits(context: typer.Context, as_json: AsJson = False) -> None:
    """Show what may be spent, and the grants it is from."""
    from knowledger.client.decode import encode

    session = session_of(context)
    with session.connect() as kn:
        found = kn.billing.credits()
    if session.terminal.json:
        session.terminal.data(encode(found))
        return
    session.terminal.facts(
        {
            "to spend": found.current_balance,
            "held for work": found.reserved,
            "used in 30 days": found.consumed_last_30_days,
        }
    )
    rows = [(grant.kind, grant.remaining, grant.amount, grant.expires_at) for grant in found.grants]
    session.terminal.table(("grant", "left", "of", "until"), rows)


@app.command()
def transactions(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=500, help="At most so many.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List movements of credits, newest first."""
    _list(
        context,
        lambda kn: kn.billing.transactions(limit=limit),
        ("when", "what", "credits", "for"),
        lambda found: (found.created_at, found.description, found.amount, found.idempotency_key),
    )


@app.command()
def usage(context: typer.Context, as_json: AsJson = False) -> None:
    """Show what was used this month, day by day."""
    from knowledger.client.decode import encode

    session = session_of(context)
    with session.connect() as kn:
        found = kn.billing.usage()
    if session.terminal.json:
        session.terminal.data(encode(found))
        return
    session.terminal.facts({"from": str(found.first_day), "credits used": str(found.figures.get("credits_used"))})
    days = found.figures.get("days")
    rows = (
        [day for day in days if isinstance(day, dict) and day["credits_used"] != "0"] if isinstance(days, list) else []
    )
    session.terminal.table(("day", "credits"), [(str(day["day"]), str(day["credits_used"])) for day in rows])


@app.command()
def report(
    context: typer.Context,
    report_id: Annotated[str | None, typer.Argument(help="Its id; without one, the reports are listed.")] = None,
    to: Annotated[Path | None, typer.Option(help="Write it to this file: .csv, .html or .json.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the usage reports of past months, or print or save one."""
    session = session_of(context)
    if report_id is None:
        _list(
            context,
            lambda kn: kn.billing.usage_reports(),
            ("report", "from", "until", "credits used"),
            lambda found: (found.id, found.period_start, found.period_end, str(found.figures.get("credits_used"))),
        )
        return
    form = _form_of(to) if to else "json" if session.terminal.json else "csv"
    with session.connect() as kn:
        text = kn.billing.usage_report(report_id, form)
    _give(context, text, to)


@app.command()
def ledger(
    context: typer.Context,
    to: Annotated[Path | None, typer.Option(help="Write it to this file.")] = None,
) -> None:
    """Print or save the ledger as a Beancount file, to be checked by `bean-check`."""
    with session_of(context).connect() as kn:
        text = kn.billing.ledger()
    _give(context, text, to)


def _form_of(to: Path) -> Literal["json", "csv", "html"]:
    match to.suffix:
        case ".html":
            return "html"
        case ".json":
            return "json"
        case _:
            return "csv"


def _give(context: typer.Context, text: str, to: Path | None) -> None:
    if to is None:
        typer.echo(text, nl=False)
        return
    to.write_text(text, "utf-8")
    session_of(context).terminal.done(f"Written to {to}")


def _list(
    context: typer.Context,
    ask: "Callable[[Client], Sequence[R]]",
    columns: Sequence[str],
    row: "Callable[[R], Sequence[Cell]]",
) -> None:
    from knowledger.client.decode import encode

    session = session_of(context)
    with session.connect() as kn:
        found = ask(kn)
    if session.terminal.json:
        session.terminal.data(encode(found))
        return
    session.terminal.table(columns, [row(item) for item in found])


def _change(
    context: typer.Context,
    subscription_id: str,
    change: "Callable[[Client, SubscriptionRecord], SubscriptionRecord]",
) -> None:
    from knowledger.client.decode import encode

    session = session_of(context)
    with session.connect() as kn:
        found = next((item for item in kn.billing.subscriptions() if item.id == subscription_id), None)
        if found is None:
            raise typer.BadParameter(f"There is no subscription {subscription_id}.")
        changed = change(kn, found)
    if session.terminal.json:
        session.terminal.data(encode(changed))
    until = changed.ends_at or changed.current_period_end
    session.terminal.done(f"{changed.plan_display_name}: {changed.status}, until {until:%Y-%m-%d}")
