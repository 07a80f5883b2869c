//! Table access: model_calls.
