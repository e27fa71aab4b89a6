"""The polite client, the only way out: addresses, pace, robots.txt, transport."""
