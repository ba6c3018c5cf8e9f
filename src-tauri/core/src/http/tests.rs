//! What a broken connection looks like, over real sockets.

use reqwest::header::HeaderName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;

fn quick() -> Http {
    let limits = Limits {
        connect: Duration::from_secs(5),
        read: Duration::from_millis(200),
        total: Duration::from_secs(5),
        body: 1024,
        sync: 1024,
    };
    Http::with_limits(limits)
}

async fn listen() -> (TcpListener, Url) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/path?query=private", listener.local_addr().unwrap())).unwrap();
    (listener, url)
}

async fn read_request(listener: &TcpListener) -> (TcpStream, String) {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        request.push(stream.read_u8().await.unwrap());
    }
    (stream, String::from_utf8(request).unwrap())
}

async fn get(http: &Http, url: &Url) -> Result<Answer, Fault> {
    http.execute(http.request(Method::GET, url.clone())?.build().unwrap()).await
}

/// One exchange with a server that says `raw`.
async fn answer(raw: String) -> Result<Answer, Fault> {
    let (listener, url) = listen().await;
    let server = tokio::spawn(async move {
        let (mut stream, _) = read_request(&listener).await;
        stream.write_all(raw.as_bytes()).await.unwrap();
    });
    let answer = get(&quick(), &url).await;
    server.await.unwrap();
    answer
}

fn with_headers(headers: &[(HeaderName, &str)]) -> Answer {
    let headers = headers.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect();
    Answer { status: StatusCode::TOO_MANY_REQUESTS, headers, body: Vec::new() }
}

#[tokio::test]
async fn a_refused_connection_sent_nothing() {
    let (listener, url) = listen().await;
    drop(listener);
    let fault = get(&quick(), &url).await.unwrap_err();
    assert!(matches!(fault, Fault::NotSent { .. }), "nobody listened, so no byte left: {fault:?}");
    assert!(!format!("{fault:?}").contains("private"), "a fault must not carry the query: {fault:?}");
}

#[tokio::test]
async fn a_failed_handshake_sent_nothing() {
    let (listener, url) = listen().await;
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"this is not TLS").await.unwrap();
        stream.read_u8().await.unwrap();
    });
    let secure = Url::parse(&url.as_str().replace("http:", "https:")).unwrap();
    // The handshake fails by itself, however busy the machine is.
    let fault = get(&Http::with_limits(Limits::STANDARD), &secure).await.unwrap_err();
    assert!(matches!(fault, Fault::NotSent { .. }), "the request waits for the handshake: {fault:?}");
    server.await.unwrap();
}

#[tokio::test]
async fn a_connection_closed_after_the_request_lost_the_answer() {
    let (listener, url) = listen().await;
    let server = tokio::spawn(async move { drop(read_request(&listener).await) });
    let fault = get(&quick(), &url).await.unwrap_err();
    assert!(matches!(fault, Fault::Lost { .. }), "the server had the whole request: {fault:?}");
    assert!(!format!("{fault:?}").contains("private"), "a fault must not carry the query: {fault:?}");
    server.await.unwrap();
}

#[tokio::test]
async fn a_server_that_never_answers_lost_the_answer() {
    let (listener, url) = listen().await;
    let server = tokio::spawn(async move { read_request(&listener).await });
    let fault = get(&quick(), &url).await.unwrap_err();
    assert!(matches!(fault, Fault::Lost { .. }), "the server had the whole request: {fault:?}");
    drop(server.await.unwrap());
}

#[tokio::test]
async fn a_truncated_body_lost_the_answer() {
    let fault = answer("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf".into()).await.unwrap_err();
    assert!(matches!(fault, Fault::Lost { .. }), "half an answer is none: {fault:?}");
}

#[tokio::test]
async fn a_body_over_the_limit_lost_the_answer() {
    let whole = |length: usize| {
        answer(format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{}", "x".repeat(length)))
    };
    let answer = whole(1024).await.unwrap();
    assert_eq!(answer.body.len(), 1024, "exactly the limit is allowed");
    let fault = whole(1025).await.unwrap_err();
    let too_large = matches!(fault, Fault::Lost { source: Loss::TooLarge { limit: 1024 }, .. });
    assert!(too_large, "the request was carried out, only its answer is unusable: {fault:?}");
}

#[tokio::test]
async fn a_redirect_is_an_answer() {
    let answer = answer("HTTP/1.1 302 Found\r\nlocation: /other\r\ncontent-length: 0\r\n\r\n".into());
    assert_eq!(answer.await.unwrap().status, StatusCode::FOUND, "it is for the caller to refuse");
}

#[tokio::test]
async fn a_request_says_who_asks() {
    let (listener, url) = listen().await;
    let server = tokio::spawn(async move {
        let (mut stream, request) = read_request(&listener).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n42").await.unwrap();
        request
    });
    let answer = get(&quick(), &url).await.unwrap();
    assert_eq!(answer.json::<u8>().unwrap(), 42, "the body is read as JSON");
    let request = server.await.unwrap();
    let agent = format!("user-agent: {USER_AGENT}\r\n");
    assert!(request.contains(&agent), "Atlassian asks apps to name themselves: {request}");
}

#[test]
fn retry_after_is_read_in_both_forms_and_capped() {
    let now: Timestamp = "2026-11-12T10:00:00Z".parse().unwrap();
    let at = |headers: &[(HeaderName, &str)]| {
        with_headers(headers).retry_after(now).map(|at| at.duration_since(now).as_secs())
    };
    assert_eq!(at(&[(RETRY_AFTER, "30")]), Some(30), "seconds");
    assert_eq!(at(&[(RETRY_AFTER, "Thu, 12 Nov 2026 10:02:00 GMT")]), Some(120), "a date");
    let by_server = [(DATE, "Thu, 12 Nov 2026 08:00:00 GMT"), (RETRY_AFTER, "Thu, 12 Nov 2026 08:01:00 GMT")];
    assert_eq!(at(&by_server), Some(60), "a date is meant by the server's clock, not by ours");
    assert_eq!(at(&[(RETRY_AFTER, "Thu, 12 Nov 2026 09:00:00 GMT")]), Some(0), "a date that has passed");
    assert_eq!(at(&[(RETRY_AFTER, "18446744073709551615")]), Some(3600), "no server may stop us for good");
    assert_eq!(at(&[(RETRY_AFTER, "soon")]), None, "nonsense is no moment");
    assert_eq!(at(&[]), None, "no header, no moment");
}

#[test]
fn an_answer_hides_its_content_from_logs() {
    let mut answer = with_headers(&[(RETRY_AFTER, "30")]);
    answer.body = b"secret".to_vec();
    let shown = format!("{answer:?}");
    assert!(!shown.contains("secret"), "a body may hold tokens: {shown}");
    assert!(shown.contains("6 bytes"), "its size helps to see what happened: {shown}");
}
