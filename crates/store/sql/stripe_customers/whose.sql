-- Who pays as this customer.
SELECT listener_id FROM stripe_customers WHERE id = $1
