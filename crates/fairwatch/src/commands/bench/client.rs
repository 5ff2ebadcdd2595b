//! The client: one connection, one request after the other, and what each cost the server.
use super::filling::Scheme;
use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

/// Walks what people do most, as a member and then as the controller.
pub(super) fn walk(address: SocketAddr, scheme: &Scheme, requests: u32) -> std::io::Result<()> {
    let mut client = Client::connect(address)?;
    let base = format!("/o/{}", scheme.slug);
    client.sign_in("member")?;
    let gallery = client.get(&format!("{base}/gallery"))?;
    let page = String::from_utf8_lossy(&gallery);
    println!("gallery page {} kB uncompressed", gallery.len() / 1000);
    let address_of = |size: &str| {
        page.split('"')
            .find(|text| text.contains("/pictures/") && text.contains(size))
            .map(|t| t.replace("&#38;", "&").replace("&amp;", "&"))
    };
    client.time("gallery", requests, |client| client.get(&format!("{base}/gallery")).map(drop))?;
    if let Some(thumbnail) = address_of("/small") {
        client.time("thumbnail, 240 px", requests, |client| client.get(&thumbnail).map(drop))?;
        let medium = thumbnail.split('?').next().unwrap_or_default().replace("/small", "/medium");
        client.time("picture, 640 px, recorded", requests, |client| client.get(&medium).map(drop))?;
    }
    client
        .time("start page, as a member", requests, |client| client.get(&format!("{base}/today")).map(drop))?;
    client.time("subject, as a member", requests, |client| {
        client.get(&format!("{base}/people/{}", scheme.subject)).map(drop)
    })?;
    let begun = Instant::now();
    client.get(&format!("{base}/find/typed?q=nobody%20yet"))?;
    println!("the index built, with the first search: {:.2} s", begun.elapsed().as_secs_f64());
    for words in ["katie", "shaun walsh", "grey beard", "perfume", "ng 00"] {
        client.time(&format!("search as typed, {words:?}"), requests / 5, |client| {
            client.get(&format!("{base}/find/typed?q={}", words.replace(' ', "%20"))).map(drop)
        })?;
    }
    client.time("report, submitted", requests, |client| {
        let fields = [
            ("category", scheme.category.as_str()),
            ("place", "12 Market Square"),
            ("sentence", "Took three perfumes from the front display."),
            ("person-0-name", ""),
            ("person-0-description", "About 180 cm, red coat, grey beard"),
            ("do", "send"),
        ];
        client.form(&format!("{base}/report"), &fields)
    })?;
    client.sign_in("controller")?;
    client.time("subject, as the controller", requests, |client| {
        client.get(&format!("{base}/people/{}", scheme.subject)).map(drop)
    })?;
    let begun = Instant::now();
    client.get(&format!("{base}/duties"))?;
    println!("the calendar worked out: {:.2} s", begun.elapsed().as_secs_f64());
    client.time("start page, as the controller", requests, |client| {
        client.get(&format!("{base}/today")).map(drop)
    })?;
    client.time("calendar", requests, |client| client.get(&format!("{base}/duties")).map(drop))?;
    client.time("calendar as a feed", requests, |client| client.get(&scheme.feed).map(drop))
}

fn millis(wait: &Duration) -> f64 {
    wait.as_secs_f64() * 1e3
}

struct Client {
    stream: BufReader<TcpStream>,
    cookie: String,
    host: String,
}

impl Client {
    fn connect(address: SocketAddr) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: BufReader::new(stream), cookie: String::new(), host: address.to_string() })
    }

    fn time(
        &mut self,
        what: &str,
        requests: u32,
        one: impl Fn(&mut Self) -> std::io::Result<()>,
    ) -> std::io::Result<()> {
        for _ in 0..requests / 10 {
            one(self)?;
        }
        let cpu = processor_time();
        let mut waits = Vec::new();
        for _ in 0..requests {
            let begun = Instant::now();
            one(self)?;
            waits.push(begun.elapsed());
        }
        #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
        let used = (processor_time() - cpu) as f64 / f64::from(requests) / 1e6;
        waits.sort_unstable();
        let share = |hundredths: usize| waits.get(waits.len() * hundredths / 100).map_or(0.0, millis);
        println!(
            "{what}: {used:.3} ms of CPU; the answer after {:.2} ms, 95 % within {:.2}, 99 % within {:.2}",
            share(50),
            share(95),
            share(99)
        );
        Ok(())
    }

    fn sign_in(&mut self, persona: &str) -> std::io::Result<()> {
        self.cookie.clear();
        let (_, headers, _) = self.send(
            "POST",
            "/demo/sign-in",
            "application/x-www-form-urlencoded",
            &format!("persona={persona}"),
        )?;
        let cookie = headers.iter().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("set-cookie")
                .then(|| value.trim().split(';').next().unwrap_or_default().to_owned())
        });
        self.cookie = cookie.ok_or_else(|| std::io::Error::other("signing in gave no cookie"))?;
        Ok(())
    }

    fn get(&mut self, path: &str) -> std::io::Result<Vec<u8>> {
        let (status, _, body) = self.send("GET", path, "", "")?;
        if status == 200 {
            Ok(body)
        } else {
            Err(std::io::Error::other(format!("status {status} for a page")))
        }
    }

    fn form(&mut self, path: &str, fields: &[(&str, &str)]) -> std::io::Result<()> {
        let mut body = String::new();
        for (name, value) in fields {
            body.push_str(&format!(
                "--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            ));
        }
        body.push_str("--b--\r\n");
        let (status, ..) = self.send("POST", path, "multipart/form-data; boundary=b", &body)?;
        if status == 303 { Ok(()) } else { Err(std::io::Error::other(format!("status {status} for a form"))) }
    }

    fn send(
        &mut self,
        method: &str,
        path: &str,
        kind: &str,
        body: &str,
    ) -> std::io::Result<(u16, Vec<String>, Vec<u8>)> {
        let Self { cookie, host, .. } = self;
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nOrigin: http://{host}\r\n\
             Sec-Fetch-Site: same-origin\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        self.stream.get_mut().write_all(request.as_bytes())?;
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
        let (mut headers, mut length) = (Vec::new(), 0);
        loop {
            line.clear();
            self.stream.read_line(&mut line)?;
            let header = line.trim_end();
            if header.is_empty() {
                break;
            }
            if let Some((name, value)) = header.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().unwrap_or(0);
            }
            headers.push(header.to_owned());
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        Ok((status, headers, body))
    }
}

/// Nanoseconds of processor time of all threads of this process but the one that asks.
fn processor_time() -> u64 {
    let own = fs::read_link("/proc/thread-self").ok().and_then(|link| link.file_name().map(|n| n.to_owned()));
    let Ok(tasks) = fs::read_dir("/proc/self/task") else { return 0 };
    tasks
        .flatten()
        .filter(|task| Some(task.file_name()) != own)
        .filter_map(|task| fs::read_to_string(task.path().join("schedstat")).ok())
        .filter_map(|text| text.split(' ').next()?.parse::<u64>().ok())
        .sum()
}
