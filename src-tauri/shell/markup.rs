//! Text of a notification that means itself: some desktops of Linux read markup in it, such as links, and the titles of
//! pages are a stranger's words.

/// The text as this desktop shows it unchanged.
pub(super) async fn plain(text: String) -> String {
    if is_read().await { escaped(&text) } else { text }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Whether whoever shows notifications reads markup. It may be another program tomorrow, so it is asked each time.
#[cfg(target_os = "linux")]
async fn is_read() -> bool {
    const NAME: &str = "org.freedesktop.Notifications";
    let asked = async {
        let bus = zbus::Connection::session().await?;
        let path = "/org/freedesktop/Notifications";
        let answer = bus.call_method(Some(NAME), path, Some(NAME), "GetCapabilities", &()).await?;
        answer.body().deserialize::<Vec<String>>()
    };
    match asked.await {
        Ok(capabilities) => capabilities.iter().any(|one| one == "body-markup"),
        Err(error) => {
            tracing::debug!(%error, "nobody says how notifications are read");
            false
        }
    }
}

/// The desktops of the other systems read none.
#[cfg(not(target_os = "linux"))]
#[expect(clippy::unused_async, reason = "as on Linux")]
async fn is_read() -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_be_markup_is_escaped_once() {
        assert_eq!(
            escaped("<a href=\"https://x\">R&D</a> &amp;"),
            "&lt;a href=\"https://x\"&gt;R&amp;D&lt;/a&gt; &amp;amp;"
        );
        assert_eq!(escaped("“Plans”"), "“Plans”");
    }
}
