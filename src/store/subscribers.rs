//! Table access: subscribers.
