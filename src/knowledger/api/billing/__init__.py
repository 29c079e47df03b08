"""Billing: plans, subscriptions, invoices, credits, usage, and what the payment provider tells us."""
