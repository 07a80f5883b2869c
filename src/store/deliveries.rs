//! Table access: deliveries.
