"""What was promised of the services and what came of it: reports, budgets, closed months."""
