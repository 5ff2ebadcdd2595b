//! A browser that is small enough to see through: one request a connection, one cookie.
use std::{
    fmt::Write as _,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// Somebody at a browser.
pub(crate) struct Browser {
    server: SocketAddr,
    pub(crate) cookie: Option<String>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) location: String,
    pub(crate) body: String,
}

impl Browser {
    pub(crate) fn new(server: SocketAddr) -> Self {
        Self { server, cookie: None }
    }

    pub(crate) fn get(&mut self, path: &str) -> Got {
        self.ask("GET", path, "same-origin", "")
    }

    /// Sends a form as a page of this site does.
    pub(crate) fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Got {
        self.ask("POST", path, "same-origin", &form(fields))
    }

    /// Sends a form as a page of another site makes a browser send it.
    pub(crate) fn post_from_elsewhere(&mut self, path: &str, fields: &[(&str, &str)]) -> Got {
        self.ask("POST", path, "cross-site", &form(fields))
    }

    fn ask(&mut self, method: &str, path: &str, site: &str, body: &str) -> Got {
        let mut stream = TcpStream::connect(self.server).expect("it answers");
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a limit can be set");
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nSec-Fetch-Site: {site}\r\n",
            self.server
        );
        if let Some(cookie) = &self.cookie {
            let _ = write!(head, "Cookie: {cookie}\r\n");
        }
        if method == "POST" {
            let length = body.len();
            let _ = write!(
                head,
                "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n"
            );
        }
        stream.write_all(format!("{head}\r\n{body}").as_bytes()).expect("it can be asked");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("it answers to the end");
        let answer = String::from_utf8_lossy(&answer);
        let (head, body) = answer.split_once("\r\n\r\n").expect("head and body");
        let header = |wanted: &str| {
            head.lines()
                .filter_map(|line| line.split_once(": "))
                .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
                .map(|(_, value)| value.to_owned())
        };
        if let Some(cookie) = header("set-cookie") {
            self.cookie = cookie.split(';').next().map(str::to_owned);
        }
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        Got { status, location: header("location").unwrap_or_default(), body: body.to_owned() }
    }
}

fn form(fields: &[(&str, &str)]) -> String {
    let mut sent = String::new();
    for (name, value) in fields {
        let _ = write!(sent, "{}{name}=", if sent.is_empty() { "" } else { "&" });
        for byte in value.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => sent.push(byte.into()),
                _ => {
                    let _ = write!(sent, "%{byte:02X}");
                }
            }
        }
    }
    sent
}
