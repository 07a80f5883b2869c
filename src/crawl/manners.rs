//! How the hosts are treated that a redirect leads to: as those that are asked.

use url::Url;

use super::Run;
use super::answer::Trouble;
use super::host::{Turn, origin};
use super::robots::Permission;

/// Of one request.
#[derive(Clone, Copy)]
pub struct Manners<'a> {
    /// Knows turns, pauses and rules of all hosts.
    pub run: &'a Run<'a>,
    /// Whether private addresses are allowed.
    pub open: bool,
    /// Whether a pause that a host asked for is heeded.
    pub heeds_pauses: bool,
    /// Whether robots.txt is obeyed: for what was not made for programs.
    pub obeys_robots: bool,
}

impl Manners<'_> {
    /// Waits until `url` may be asked for.
    ///
    /// # Errors
    /// Its host asked for a pause, or does not want it to be read by programs.
    pub async fn turn(&self, url: &Url) -> Result<Turn, Trouble> {
        let name = origin(url.as_str());
        if self.heeds_pauses && self.run.paused().contains(&name) {
            return Err(Trouble::Paused(name));
        }
        let mut turn = self.run.hosts.turn_of(name).await;
        if self.obeys_robots {
            match self.run.may_ask(url.as_str(), self.open, &mut turn).await {
                Permission::Given => {}
                Permission::Refused => return Err(Trouble::Forbidden),
                Permission::Unknown(why) => return Err(Trouble::Other(why)),
            }
        }
        Ok(turn)
    }
}
