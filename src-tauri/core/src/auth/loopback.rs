//! The listener of a loopback redirect address. Forwards every request to `/callback` as the corresponding callback address
//! and validates nothing: forged callbacks arrive here too and must not end the login, so it listens until the login ends.
//!
//! Accepts only GET, that path, and a `Host` of this machine (against DNS rebinding), with limits on size and time. Every
//! accepted request gets the same page.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};

use super::callback;

/// Largest head of a request, in bytes. Browsers add the cookies of every other program on this machine.
const MAX_HEAD_LEN: usize = 32 * 1024;

/// Timeout for receiving the head of a request and sending the page; both stay on this machine.
const EXCHANGE_TIMEOUT: Duration = Duration::from_secs(5);

/// Most concurrent connections; browsers preconnect.
const MAX_CONNECTIONS: usize = 16;

/// Most headers of a request.
const MAX_HEADERS: usize = 64;

/// Capacity of the queue of callbacks.
const MAX_CALLBACKS: usize = 8;

/// Pauses before a taken port is tried again: a listener that was dropped a moment ago, because its login
/// ended, may still be on its way out.
const BIND_RETRY_DELAYS: [Duration; 4] = [
    Duration::from_millis(10),
    Duration::from_millis(40),
    Duration::from_millis(100),
    Duration::from_millis(200),
];

const PAGE: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
    <meta name=\"color-scheme\" content=\"light dark\"><title>Sally Desktop</title>\
    <h1>Back to Sally Desktop</h1><p>Sally Desktop has received the answer and shows what comes next. \
    You can close this window.</p></html>";

/// Listens until it is dropped.
pub(super) struct Listener(JoinHandle<()>);

impl Listener {
    /// Binds the port at once, and serves it for at most `lifetime`. Where browsers find this machine by its name they may
    /// ask by IPv6 first: then both are bound or none, since the other one could be somebody else's.
    pub(super) async fn bind(
        port: u16,
        by_name: bool,
        lifetime: Duration,
    ) -> io::Result<(Self, mpsc::Receiver<String>)> {
        let v4 = bind(Ipv4Addr::LOCALHOST.into(), port).await?;
        let v6 = if by_name { bind_v6(port).await? } else { None };
        let sockets = Sockets { v4, v6 };
        let (sender, receiver) = mpsc::channel(MAX_CALLBACKS);
        let serving = async move {
            // The end of the lifetime is an end like any other.
            let _ended = timeout(lifetime, serve(sockets, port, sender)).await;
        };
        Ok((Self(tokio::spawn(serving)), receiver))
    }

    /// Frees the port before it returns.
    pub(super) async fn close(mut self) {
        self.0.abort();
        let _aborted = (&mut self.0).await;
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What is listened to.
struct Sockets {
    v4: TcpListener,
    v6: Option<TcpListener>,
}

impl Sockets {
    async fn accept(&self) -> io::Result<TcpStream> {
        let v6 = async {
            match &self.v6 {
                Some(socket) => socket.accept().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            accepted = self.v4.accept() => accepted,
            accepted = v6 => accepted,
        }
        .map(|(stream, _)| stream)
    }
}

async fn bind(host: IpAddr, port: u16) -> io::Result<TcpListener> {
    let mut delays = BIND_RETRY_DELAYS.iter();
    loop {
        match (TcpListener::bind((host, port)).await, delays.next()) {
            (Err(error), Some(pause)) if error.kind() == io::ErrorKind::AddrInUse => sleep(*pause).await,
            (bound, _) => return bound,
        }
    }
}

/// `None` on a machine without IPv6, where no browser asks by it.
async fn bind_v6(port: u16) -> io::Result<Option<TcpListener>> {
    match bind(Ipv6Addr::LOCALHOST.into(), port).await {
        Ok(socket) => Ok(Some(socket)),
        Err(error) if matches!(error.kind(), io::ErrorKind::AddrInUse | io::ErrorKind::PermissionDenied) => {
            Err(error)
        }
        Err(error) => {
            tracing::debug!(%error, "this machine has no IPv6");
            Ok(None)
        }
    }
}

async fn serve(sockets: Sockets, port: u16, sender: mpsc::Sender<String>) {
    let mut connections = JoinSet::new();
    loop {
        while connections.len() >= MAX_CONNECTIONS {
            connections.join_next().await;
        }
        match sockets.accept().await {
            Ok(stream) => {
                let sender = sender.clone();
                connections.spawn(async move {
                    if let Ok(Ok(Some(callback))) =
                        timeout(EXCHANGE_TIMEOUT, serve_connection(stream, port)).await
                    {
                        // With a full backlog somebody floods us, and the browser can be reloaded.
                        let _full = sender.try_send(callback);
                    }
                });
            }
            // Such as too many open files: that passes, and must not become a busy loop.
            Err(_) => sleep(EXCHANGE_TIMEOUT).await,
        }
        while connections.try_join_next().is_some() {}
    }
}

/// Reads one request and answers it in full, before its content is handed on: the end of the login ends the
/// connection.
async fn serve_connection(mut stream: TcpStream, port: u16) -> io::Result<Option<String>> {
    let mut head = Vec::new();
    let verdict = loop {
        if head.len() >= MAX_HEAD_LEN {
            break Err("431 Request Header Fields Too Large");
        }
        if (&mut stream).take((MAX_HEAD_LEN - head.len()) as u64).read_buf(&mut head).await? == 0 {
            return Ok(None);
        }
        if let Some(verdict) = judge(&head, port) {
            break verdict;
        }
    };
    let (status, page) = match verdict {
        Ok(_) => ("200 OK", PAGE),
        Err(status) => (status, ""),
    };
    let answer = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\n\
         content-security-policy: default-src 'none'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\n\
         cache-control: no-store\r\nconnection: close\r\n\r\n{page}",
        page.len()
    );
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await?;
    Ok(verdict.ok())
}

/// The callback's address, or the status of a refusal; none while the head is incomplete.
fn judge(head: &[u8], port: u16) -> Option<Result<String, &'static str>> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    match request.parse(head) {
        Ok(httparse::Status::Partial) => return None,
        Ok(httparse::Status::Complete(_)) => {}
        Err(_) => return Some(Err("400 Bad Request")),
    }
    let mut hosts = request.headers.iter().filter(|header| header.name.eq_ignore_ascii_case("host"));
    let is_here = |header: &httparse::Header<'_>| {
        [format!("127.0.0.1:{port}"), format!("localhost:{port}")]
            .iter()
            .any(|name| name.as_bytes().eq_ignore_ascii_case(header.value))
    };
    if !hosts.next().is_some_and(is_here) || hosts.next().is_some() {
        return Some(Err("421 Misdirected Request"));
    }
    if request.method != Some("GET") {
        return Some(Err("405 Method Not Allowed"));
    }
    Some(match request.path.and_then(|path| path.strip_prefix("/callback?")) {
        Some(query) => Ok(format!("{}?{query}", callback::ADDRESS)),
        None => Err("404 Not Found"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A listener on a free port, as [`Listener::bind`] makes it on a chosen one.
    async fn bound() -> (Listener, mpsc::Receiver<String>, u16) {
        let v4 = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = v4.local_addr().unwrap().port();
        let (sender, receiver) = mpsc::channel(MAX_CALLBACKS);
        (Listener(tokio::spawn(serve(Sockets { v4, v6: None }, port, sender))), receiver, port)
    }

    async fn ask(port: u16, request: &str) -> String {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    fn get(path: &str, host: &str) -> String {
        format!("GET {path} HTTP/1.1\r\nhost: {host}\r\n\r\n")
    }

    #[tokio::test]
    async fn an_answer_is_handed_on_as_the_deep_link_it_stands_for() {
        let (_listener, mut receiver, port) = bound().await;
        let answer = ask(port, &get("/callback?code=c%20d&state=s", &format!("127.0.0.1:{port}"))).await;
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "the person sees a page: {answer}");
        assert!(answer.contains("content-security-policy: default-src 'none'"), "nothing can run in it");
        assert!(!answer.contains("c%20d"), "the page repeats nothing: {answer}");
        let callback = receiver.recv().await.unwrap();
        assert_eq!(callback, "sally://oauth/callback?code=c%20d&state=s", "byte for byte");
    }

    #[tokio::test]
    async fn an_answer_does_not_end_the_listening() {
        let (_listener, mut receiver, port) = bound().await;
        for state in ["forged", "true"] {
            ask(port, &get(&format!("/callback?code=c&state={state}"), &format!("localhost:{port}"))).await;
            let callback = receiver.recv().await.unwrap();
            assert!(callback.ends_with(state), "a forged answer must not take the real one's place");
        }
    }

    #[tokio::test]
    async fn other_requests_are_refused_and_not_handed_on() {
        let (listener, mut receiver, port) = bound().await;
        let here = format!("127.0.0.1:{port}");
        for (request, status) in [
            (get("/favicon.ico", &here), "404"),
            (get("/callback", &here), "404"),
            (get("/callback/?code=c&state=s", &here), "404"),
            (get("/callback?code=c&state=s", "example.com"), "421"),
            (get("/callback?code=c&state=s", &format!("127.0.0.1.example.com:{port}")), "421"),
            (get("/callback?code=c&state=s", &format!("{here}\r\nhost: example.com")), "421"),
            ("GET /callback?code=c&state=s HTTP/1.1\r\n\r\n".to_owned(), "421"),
            (get("/callback?code=c&state=s", &here).replace("GET", "POST"), "405"),
            ("nonsense\0\r\n\r\n".to_owned(), "400"),
            (get(&format!("/callback?code={}", "x".repeat(MAX_HEAD_LEN)), &here), "431"),
        ] {
            let answer = ask(port, &request).await;
            let first = format!("HTTP/1.1 {status} ");
            assert!(answer.starts_with(&first), "{} gave {answer}", &request[..request.len().min(80)]);
        }
        listener.close().await;
        assert_eq!(receiver.recv().await, None, "none of them is an answer to a login");
    }

    #[tokio::test]
    async fn closing_frees_the_port() {
        let (listener, _receiver, port) = bound().await;
        listener.close().await;
        let again = Listener::bind(port, false, Duration::from_secs(60)).await;
        assert!(again.is_ok(), "the next login uses the same port: {:?}", again.err());
    }

    /// A port that is free by both protocols, held by IPv6; `None` on a machine without it.
    async fn held_by_v6() -> Option<(TcpListener, u16)> {
        for _ in 0..100 {
            let v6 = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).await.ok()?;
            let port = v6.local_addr().unwrap().port();
            if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.is_ok() {
                return Some((v6, port));
            }
        }
        panic!("no port is free by both protocols");
    }

    #[tokio::test]
    async fn a_port_that_a_stranger_has_by_ipv6_is_taken() {
        const LIFETIME: Duration = Duration::from_secs(60);
        let Some((stranger, port)) = held_by_v6().await else { return };
        let taken = Listener::bind(port, true, LIFETIME).await.map(drop).unwrap_err();
        assert_eq!(taken.kind(), io::ErrorKind::AddrInUse, "a browser may ask there first");
        drop(stranger);
        let (_listener, mut receiver) = Listener::bind(port, true, LIFETIME).await.unwrap();
        let mut stream = TcpStream::connect((Ipv6Addr::LOCALHOST, port)).await.unwrap();
        let request = get("/callback?code=c&state=s", &format!("localhost:{port}"));
        stream.write_all(request.as_bytes()).await.unwrap();
        assert_eq!(receiver.recv().await.unwrap(), "sally://oauth/callback?code=c&state=s");
    }
}
