# Two commands do all the set-up: `make demo` runs the whole pipeline with nothing configured, `make test` passes the tests.
# Both make sure of PostgreSQL's server binaries first; plain cargo does the same where those are installed.

.PHONY: demo test check sqlx

demo: postgres
	cargo run --release -- demo $(ARGS)

test: postgres
	cargo test

# All that CI decides by.
check:
	bash .ci/run

# Writes .sqlx anew after a change of a query or of the schema.
sqlx: postgres
	bash .ci/sqlx

.PHONY: postgres
postgres:
	@sh .ci/postgres
