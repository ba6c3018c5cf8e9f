//! Asks a proxy for the way to a host, as each request does, and reads what it answers: the client's library keeps no word of a
//! refusal. Nothing else is sent, and the way is not gone.

use std::io;
use std::time::Duration;

use reqwest::header::HeaderValue;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use url::Url;

use super::Proxy;

/// Longest head of an answer, in bytes.
const MAX_HEAD: usize = 16 * 1024;

/// Most headers of an answer.
const MAX_HEADERS: usize = 100;

/// What a proxy answered.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// The ways to sign in that it names.
    pub(super) schemes: Vec<String>,
}

/// Asks; `None` for a proxy that is reached by TLS.
pub(super) async fn ask(
    proxy: &Proxy,
    url: &Url,
    sign_in: Option<&HeaderValue>,
    limit: Duration,
) -> io::Result<Option<Answer>> {
    if proxy.scheme != "http" {
        return Ok(None);
    }
    let asking = async {
        let host = proxy.host.trim_start_matches('[').trim_end_matches(']');
        let mut stream = TcpStream::connect((host, proxy.port)).await?;
        stream.write_all(&question(url, sign_in)).await?;
        let mut head = Vec::new();
        while head.len() < MAX_HEAD {
            if stream.read_buf(&mut head).await? == 0 {
                break;
            }
            if let Some(answer) = parsed(&head)? {
                return Ok(Some(answer));
            }
        }
        Err(io::ErrorKind::UnexpectedEof.into())
    };
    tokio::time::timeout(limit, asking).await?
}

fn question(url: &Url, sign_in: Option<&HeaderValue>) -> Vec<u8> {
    let (host, port) = (url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(443));
    let mut question = format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n").into_bytes();
    if let Some(sign_in) = sign_in {
        question.extend_from_slice(b"Proxy-Authorization: ");
        question.extend_from_slice(sign_in.as_bytes());
        question.extend_from_slice(b"\r\n");
    }
    question.extend_from_slice(b"\r\n");
    question
}

fn parsed(head: &[u8]) -> io::Result<Option<Answer>> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    let parsed = response.parse(head).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    let Some(status) = response.code.filter(|_| parsed.is_complete()) else { return Ok(None) };
    let named =
        response.headers.iter().filter(|header| header.name.eq_ignore_ascii_case("proxy-authenticate"));
    let schemes = named.flat_map(|header| schemes(&String::from_utf8_lossy(header.value))).collect();
    Ok(Some(Answer { status, schemes }))
}

/// The schemes in a header, which may hold several challenges, each with parameters.
fn schemes(header: &str) -> Vec<String> {
    let words = header.split(',').filter_map(|part| part.split_whitespace().next());
    let is_scheme = |word: &&str| word.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    words.filter(is_scheme).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_once_its_head_is_whole() {
        let head = "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Negotiate\r\n\
                    proxy-authenticate: NTLM\r\n\r\n<html>";
        assert_eq!(parsed(&head.as_bytes()[..60]).unwrap(), None);
        let schemes = vec!["Negotiate".to_owned(), "NTLM".to_owned()];
        assert_eq!(parsed(head.as_bytes()).unwrap(), Some(Answer { status: 407, schemes }));
        assert!(parsed(b"SSH-2.0-OpenSSH_9.2\r\n").is_err(), "something else listens there");
    }

    #[test]
    fn schemes_are_told_from_their_parameters() {
        assert_eq!(schemes(r#"Basic realm="Acme, Inc.", charset="UTF-8""#), ["Basic"]);
        assert_eq!(
            schemes(r#"Negotiate, NTLM, Digest qop="auth", nonce=x"#),
            ["Negotiate", "NTLM", "Digest"]
        );
        assert!(schemes("").is_empty());
    }
}
