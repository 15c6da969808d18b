"""A small shop's checkout: a cart, a payment, a receipt by mail, and a copy in storage."""
