"""Who has seen a customer's data, who may, and how it is given back to them or erased."""
