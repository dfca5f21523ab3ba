//! Where the broker is, and what is set about it.

use std::time::Duration;

use crate::target::Target;

/// Where the broker is, and how much may wait for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Its host.
    pub host: String,
    /// Its port; 1883 if none is given.
    pub port: u16,
    /// The levels that every topic begins with; `posrig/v1`.
    pub prefix: String,
    /// Groups or terminals whose news is published, all if there is none. Commands are taken for the same.
    pub only: Vec<String>,
    /// Name of the client at the broker.
    pub client: String,
    /// User and password.
    pub credentials: Option<(String, String)>,
    /// How many heartbeats and reports may wait before further ones are dropped.
    pub queue: usize,
    /// How many alarms, states and results may wait. Beyond that they are lost, and that is counted as trouble.
    pub alarms: usize,
    /// The longest payload of a command, in bytes.
    pub payload: usize,
    /// How many commands may be under way.
    pub commands: usize,
    /// How long the broker may take to answer at first.
    pub patience: Duration,
    /// How long the end of a session waits for what is still to be published.
    pub linger: Duration,
}

const KEYS: [&str; 11] = [
    "prefix",
    "only",
    "client",
    "user",
    "password_env",
    "queue",
    "alarms",
    "payload",
    "commands",
    "patience",
    "linger",
];

impl Settings {
    /// A broker at `HOST[:PORT]`, with the usual settings.
    ///
    /// # Errors
    /// If that is not such an address.
    pub fn at(address: &str) -> Result<Self, String> {
        Self::parse(address)
    }

    /// Reads `HOST[:PORT][,KEY=VALUE]…`. The keys are the names of the fields; `only` separates names by `+`, and the password
    /// stands in the environment variable that `password_env` names.
    ///
    /// # Errors
    /// If a key is not known, a value is none, or the variable is not set.
    pub fn parse(text: &str) -> Result<Self, String> {
        let target = Target::parse(text, &KEYS)?;
        let (host, port) = match target.address.rsplit_once(':') {
            Some((host, port)) => {
                let port = port.parse().map_err(|_| format!("`{port}` is not a port"))?;
                (host, port)
            }
            None => (target.address.as_str(), 1883),
        };
        if host.is_empty() {
            return Err("where is the broker? HOST[:PORT], such as 127.0.0.1:1883".to_owned());
        }
        let prefix = target.text("prefix").unwrap_or("posrig/v1").trim_matches('/').to_owned();
        if prefix.is_empty() || prefix.contains(['#', '+', '\0']) {
            return Err(format!("prefix=`{prefix}`: levels of a topic without # and +"));
        }
        let credentials = match (target.text("user"), target.text("password_env")) {
            (None, None) => None,
            (Some(user), None) => Some((user.to_owned(), String::new())),
            (user, Some(variable)) => {
                let password = std::env::var(variable);
                let password = password.map_err(|why| format!("password_env={variable}: {why}"))?;
                Some((user.unwrap_or_default().to_owned(), password))
            }
        };
        let only = target.text("only").map(|it| it.split('+').map(str::to_owned).collect());
        let some = |key, usual: usize| match target.value(key, usual)? {
            0 => Err(format!("{key}: at least 1")),
            some => Ok(some),
        };
        Ok(Self {
            host: host.trim_matches(['[', ']']).to_owned(),
            port,
            prefix,
            only: only.unwrap_or_default(),
            client: target.text("client").unwrap_or("posrig").to_owned(),
            credentials,
            queue: some("queue", 4_096)?,
            alarms: some("alarms", 65_536)?,
            payload: some("payload", 4_096)?,
            commands: some("commands", 1_024)?,
            patience: target.duration("patience", Duration::from_secs(5))?,
            linger: target.duration("linger", Duration::from_secs(3))?,
        })
    }

    /// Host and port.
    pub fn address(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_and_mistakes_say_what_there_is() {
        let it = Settings::parse("broker:1884,only=shops+lanes-3,queue=9,linger=1s").expect("fine");
        assert_eq!((it.address().as_str(), it.queue), ("broker:1884", 9));
        assert_eq!(
            (it.only.as_slice(), it.linger),
            (&["shops".to_owned(), "lanes-3".to_owned()][..], Duration::from_secs(1))
        );
        assert_eq!(Settings::parse("broker").map(|it| it.port), Ok(1883));
        for (text, hint) in [
            ("", "where is the broker?"),
            ("a:x", "`x` is not a port"),
            ("a,queue=0", "queue: at least 1"),
            ("a,prefix=a/#", "without # and +"),
            ("a,password_env=POSRIG_NO_SUCH_VARIABLE", "POSRIG_NO_SUCH_VARIABLE"),
            ("a,quue=3", "`quue` is not known here"),
        ] {
            let why = Settings::parse(text).expect_err(text);
            assert!(why.contains(hint), "{text}: {why}");
        }
    }
}
