//! What the database's errors mean for the person who reads them. Never with a password.

use std::io::ErrorKind;

use sqlx::postgres::PgConnectOptions;

/// Where the options lead, without user and password: "host:port/database".
pub fn where_is(options: &PgConnectOptions) -> String {
    let host =
        options.get_socket().map_or_else(|| options.get_host().to_owned(), |path| path.display().to_string());
    format!("{host}:{}/{}", options.get_port(), options.get_database().unwrap_or_default())
}

/// Turns an error of opening `shown` into advice.
pub fn explain(error: sqlx::Error, shown: &str) -> anyhow::Error {
    let advice = match &error {
        sqlx::Error::Io(cause) => io_advice(cause.kind()),
        sqlx::Error::PoolTimedOut => {
            "it does not answer in time: is the server overloaded, or a firewall in between?"
        }
        sqlx::Error::Tls(_) => {
            "TLS failed: add ?sslmode=disable for a server without it, or fix its certificate"
        }
        sqlx::Error::Database(cause) => code_advice(cause.code().as_deref().unwrap_or_default()),
        _ => "check DATABASE_URL",
    };
    anyhow::Error::new(error).context(format!("the database {shown} (DATABASE_URL) cannot be used: {advice}"))
}

fn io_advice(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::ConnectionRefused => {
            "nothing listens there: start that server, or unset DATABASE_URL to use a private one"
        }
        ErrorKind::NotFound => "there is no such socket or host: check DATABASE_URL",
        ErrorKind::TimedOut => "it does not answer in time: check the host and any firewall",
        ErrorKind::PermissionDenied => {
            "no right to open its socket: run as a user that may, or use a TCP address"
        }
        _ => "it cannot be reached: check host and port in DATABASE_URL",
    }
}

/// SQLSTATE codes: <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
fn code_advice(code: &str) -> &'static str {
    match code {
        "28P01" | "28000" => "user or password is refused: check DATABASE_URL and the server's pg_hba.conf",
        "3D000" => "that database does not exist: create it (createdb NAME), or correct the name",
        "57P03" => "the server is starting or stopping: try again in a moment",
        "53300" => "it has no connection left: raise max_connections, or stop other clients",
        "53100" => "its disk is full: free some space there",
        "42501" => "the user has no rights there: grant it CREATE on the database and on the schema public",
        _ => "the server refuses: see its answer below",
    }
}

/// Whether the cause lies in the disk being full, for a message while running.
pub fn is_disk_full(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(|cause| cause.code()).is_some_and(|code| code == "53100")
}
