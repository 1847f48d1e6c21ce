"""What is asked of money: entitlements, estimates, the offer forms of packages, and their ledgers."""
