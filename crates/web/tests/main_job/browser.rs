//! A browser for the whole router: it has a session's cookie, opens pages and sends forms.
use axum::{
    Router,
    body::{Body, Bytes},
    http::{Request, StatusCode, header},
};
use fairwatch_app::App;
use fairwatch_blobs::Blobs;
use fairwatch_core::gate::Role;
use fairwatch_testkit::{
    engines::{Person, Scheme, World},
    faces::{Face, Shot},
};
use fairwatch_web::{Mode, Web, router};
use std::fmt::Write as _;
use tower::ServiceExt as _;

/// A scheme of the product's policies, its people, and the service that they use.
pub(crate) struct Town {
    pub(crate) scheme: Scheme,
    pub(crate) app: App,
    service: Router,
}

/// Somebody at a browser.
pub(crate) struct Browser {
    service: Router,
    cookie: Option<String>,
    pub(crate) person: Option<Person>,
}

/// What came back.
pub(crate) struct Got {
    pub(crate) status: StatusCode,
    pub(crate) location: String,
    pub(crate) kind: String,
    pub(crate) bytes: Bytes,
}

impl Town {
    pub(crate) async fn new(world: &World, file: &str, policy: &str) -> Self {
        let scheme = world.scheme_from(file, policy).await;
        let blobs = Blobs::open(world.folder().join("blobs")).expect("a folder can be made");
        let app = App::new(world.store.clone(), blobs);
        let (clock, randomness) = (world.clock.clone(), world.randomness.clone());
        let web = Web::new(app.clone(), clock, randomness, "http://localhost", Mode::Serve);
        Self { scheme, app, service: router(web) }
    }

    /// The address of a page of this scheme.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("/o/{}{path}", self.scheme.slug)
    }

    /// Somebody new with a role, signed in.
    pub(crate) async fn browser(&self, world: &World, role: Role) -> Browser {
        let person = world.person(&self.scheme, role).await;
        let cookie = Some(format!("fairwatch={}", person.cookie.reveal()));
        Browser { service: self.service.clone(), cookie, person: Some(person) }
    }

    /// Somebody who is not signed in.
    pub(crate) fn nobody(&self) -> Browser {
        Browser { service: self.service.clone(), cookie: None, person: None }
    }
}

impl Browser {
    async fn ask(&self, request: axum::http::request::Builder, body: Body) -> Got {
        let request = match &self.cookie {
            Some(cookie) => request.header(header::COOKIE, cookie),
            None => request,
        };
        let request =
            request.header("sec-fetch-site", "same-origin").body(body).expect("a request is well made");
        let response = self.service.clone().oneshot(request).await.expect("the service answers");
        let text = |name| {
            let value = response.headers().get(name).and_then(|value| value.to_str().ok());
            value.unwrap_or_default().to_owned()
        };
        let (location, kind) = (text(header::LOCATION), text(header::CONTENT_TYPE));
        let status = response.status();
        let bytes =
            axum::body::to_bytes(response.into_body(), 64 << 20).await.expect("the answer arrives whole");
        Got { status, location, kind, bytes }
    }

    pub(crate) async fn get(&self, path: &str) -> Got {
        self.ask(Request::get(path), Body::empty()).await
    }

    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Got {
        let mut body = String::new();
        for (name, value) in fields {
            let _ = write!(body, "{}={}&", encoded(name), encoded(value));
        }
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.ask(request, Body::from(body.trim_end_matches('&').to_owned())).await
    }

    /// Sends a form with pictures, as a browser does.
    pub(crate) async fn upload(&self, path: &str, fields: &[(&str, &str)], pictures: &[Vec<u8>]) -> Got {
        const EDGE: &str = "----a-boundary-of-the-test";
        let mut body = Vec::new();
        for (name, value) in fields {
            let head =
                format!("--{EDGE}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(head.as_bytes());
        }
        for picture in pictures {
            let head = format!(
                "--{EDGE}\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"a.jpg\"\r\n\
                 Content-Type: image/jpeg\r\n\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(picture);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{EDGE}--\r\n").as_bytes());
        let kind = format!("multipart/form-data; boundary={EDGE}");
        self.ask(Request::post(path).header(header::CONTENT_TYPE, kind), Body::from(body)).await
    }
}

impl Got {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The page, which must have come with this status.
    pub(crate) fn page(&self, status: u16) -> String {
        assert_eq!(self.status.as_u16(), status, "{} {}", self.location, self.text());
        self.text()
    }

    /// Where it leads, which must be elsewhere.
    pub(crate) fn onward(&self) -> &str {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.text());
        &self.location
    }
}

/// What stands between two texts, from the first place on.
pub(crate) fn between<'a>(page: &'a str, before: &str, after: &str) -> &'a str {
    let Some((_, rest)) = page.split_once(before) else { panic!("{before} is not in {page}") };
    rest.split_once(after).expect("the page goes on").0
}

/// A JPEG of somebody who does not exist.
pub(crate) fn face(seed: u64) -> Vec<u8> {
    Face::from_seed(seed).draw(&Shot::portrait(96, 120)).to_jpeg(80)
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut all, byte| {
        if byte.is_ascii_alphanumeric() {
            all.push(char::from(byte));
        } else {
            let _ = write!(all, "%{byte:02X}");
        }
        all
    })
}
