//! A company's network: squid, as companies run it, stands between the app and the sandbox. It looks into connections by an
//! authority of its own, and leads what is meant for Atlassian to the sandbox, so that the app is tested with Atlassian's real
//! addresses. Linux only.

use std::fs;
use std::io;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// The person's name at the proxy.
pub(crate) const NAME: &str = "ada";
/// Their password there. It has a space and a letter beyond ASCII.
pub(crate) const PASSWORD: &str = "sécret word";

/// How long squid may take until it listens.
const STARTING: Duration = Duration::from_secs(30);

/// A company's own authority for certificates.
pub(crate) struct Authority {
    folder: PathBuf,
    /// Deletes it in the end, where it was made here.
    _made: Option<TempDir>,
}

impl Authority {
    pub(crate) fn new() -> io::Result<Self> {
        let folder = tempfile::tempdir()?;
        open_to_all(folder.path())?;
        let made = Command::new("openssl")
            .args([
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "30",
                "-subj",
                "/CN=Acme Authority",
            ])
            .args(["-addext", "keyUsage=critical,keyCertSign,digitalSignature"])
            .arg("-keyout")
            .arg(folder.path().join("key.pem"))
            .arg("-out")
            .arg(folder.path().join("authority.pem"))
            .stderr(Stdio::null())
            .status()?;
        assert!(made.success(), "openssl makes an authority");
        let both = [fs::read(folder.path().join("key.pem"))?, fs::read(folder.path().join("authority.pem"))?];
        fs::write(folder.path().join("both.pem"), both.concat())?;
        Ok(Self { folder: folder.path().to_owned(), _made: Some(folder) })
    }

    /// One that was made already, in this folder.
    pub(crate) fn at(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), _made: None }
    }

    /// Where it lies.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The file of certificates of a system that trusts it, for `SSL_CERT_FILE`.
    pub(crate) fn trusted(&self) -> PathBuf {
        self.folder.join("authority.pem")
    }

    fn both(&self) -> PathBuf {
        self.folder.join("both.pem")
    }
}

/// How the proxy has people sign in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asks {
    /// Not at all.
    Nobody,
    /// By a name and a password.
    Password,
    /// By the login of the computer.
    Negotiate,
    /// Not at all: it lets nobody through.
    NobodyMay,
}

/// The proxy of a company's network.
pub(crate) struct Company {
    squid: Child,
    folder: TempDir,
    port: u16,
}

impl Company {
    /// Starts the proxy in front of the sandbox at this address (`http://127.0.0.1:PORT`).
    pub(crate) fn start(authority: &Authority, sandbox: &str, asks: Asks) -> io::Result<Self> {
        let folder = tempfile::tempdir()?;
        open_to_all(folder.path())?;
        let [port, inner] = [free_port()?, free_port()?];
        let at = |name: &str| folder.path().join(name).display().to_string();
        // Squid asks for the way of each request, and leads it to itself: it speaks with no server without TLS that was asked
        // for with.
        let sites = format!("https://127.0.0.1:{inner}");
        script(
            &at("lead.sh"),
            &format!(
                "-e 's#^https://\\(api\\|auth\\)\\.atlassian\\.com/\\([^ ]*\\).*#OK rewrite-url=\"{sites}/\\2\"#' -e t \
                 -e 's#^https://\\([a-z]*\\)\\.atlassian\\.net/\\([^ ]*\\).*#OK rewrite-url=\"{sites}/site/\\1/\\2\"#' -e t \
                 -e 's#.*#ERR#'"
            ),
        )?;
        script(&at("know.sh"), &format!("-e 's#^{NAME} s%C3%A9cret%20word$#OK#' -e t -e 's#.*#ERR#'"))?;
        let sign_in = match asks {
            Asks::Nobody => "http_access allow all".to_owned(),
            Asks::NobodyMay => "http_access deny all".to_owned(),
            Asks::Password => format!(
                "auth_param basic program {}\nauth_param basic children 1 startup=1\nauth_param basic realm Acme, Inc.\n\
                 auth_param basic utf8 on\nacl known proxy_auth REQUIRED\nhttp_access allow known\nhttp_access deny all",
                at("know.sh")
            ),
            Asks::Negotiate => format!(
                "auth_param negotiate program {}\nauth_param negotiate children 1 startup=1\nacl known proxy_auth REQUIRED\n\
                 http_access allow known\nhttp_access deny all",
                at("know.sh")
            ),
        };
        let sandbox = sandbox.trim_start_matches("http://127.0.0.1:");
        let authority = authority.both().display().to_string();
        // One that looks into connections says within them that it does not lead further.
        let looks = if asks == Asks::NobodyMay {
            String::new()
        } else {
            format!(
                "ssl-bump tls-cert={authority} generate-host-certificates=on dynamic_cert_mem_cache_size=1MB"
            )
        };
        fs::write(
            folder.path().join("squid.conf"),
            format!(
                "http_port 127.0.0.1:{port} {looks}\n\
                 https_port 127.0.0.1:{inner} accel name=inner tls-cert={authority} defaultsite=127.0.0.1:{sandbox} no-vhost\n\
                 acl inner myportname inner\n\
                 cache_peer 127.0.0.1 parent {sandbox} 0 no-query no-digest originserver login=PASSTHRU name=sandbox\n\
                 cache_peer_access sandbox allow inner\n\
                 cache_peer_access sandbox deny all\n\
                 never_direct allow inner\n\
                 tls_outgoing_options flags=DONT_VERIFY_PEER\n\
                 sslcrtd_program /usr/lib/squid/security_file_certgen -s {certificates} -M 4MB\n\
                 sslcrtd_children 1 startup=1 idle=1\n\
                 ssl_bump bump all\n\
                 url_rewrite_program {lead}\n\
                 url_rewrite_children 1 startup=1\n\
                 url_rewrite_access deny inner\n\
                 http_access allow inner\n\
                 {sign_in}\n\
                 cache deny all\n\
                 via off\n\
                 forwarded_for delete\n\
                 pinger_enable off\n\
                 pid_filename none\n\
                 access_log stdio:{access}\n\
                 cache_log {log}\n\
                 cache_store_log none\n\
                 coredump_dir {here}\n\
                 shutdown_lifetime 0 seconds\n",
                certificates = at("certificates"),
                lead = at("lead.sh"),
                access = at("access.log"),
                log = at("cache.log"),
                here = folder.path().display(),
            ),
        )?;
        let made = Command::new("/usr/lib/squid/security_file_certgen")
            .args(["-c", "-s", &at("certificates"), "-M", "4MB"])
            .stdout(Stdio::null())
            .status()?;
        assert!(made.success(), "squid makes its folder of certificates");
        let mut squid = Command::new("/usr/sbin/squid");
        squid.args(["-N", "-f", &at("squid.conf")]).stdout(Stdio::null()).stderr(Stdio::null());
        let mut company = Self { squid: spawned_for_all(&mut squid, folder.path())?, folder, port };
        company.wait_until_it_listens()?;
        Ok(company)
    }

    fn wait_until_it_listens(&mut self) -> io::Result<()> {
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            let ended = self.squid.try_wait()?;
            let said = fs::read_to_string(self.folder.path().join("cache.log")).unwrap_or_default();
            assert!(ended.is_none() && started.elapsed() < STARTING, "squid does not listen:\n{said}");
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// Its host and port.
    pub(crate) fn name(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Its address, as settings have it.
    pub(crate) fn address(&self) -> String {
        format!("http://{}", self.name())
    }

    /// What it noted of what went through, a line for each request: its status, method, address and who asked.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("access.log")).unwrap_or_default()
    }
}

impl Drop for Company {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.squid.kill();
        let _ = self.squid.wait();
    }
}

/// Started by root, squid goes on as another person, who must be able to write there.
fn open_to_all(path: &Path) -> io::Result<()> {
    fs::set_permissions(path, fs::Permissions::from_mode(0o777))
}

fn spawned_for_all(command: &mut Command, folder: &Path) -> io::Result<Child> {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            open_to_all(&path)?;
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
    command.spawn()
}

/// A program that answers each line by a rule of sed's.
fn script(path: &str, rules: &str) -> io::Result<()> {
    fs::write(path, format!("#!/bin/sh\nexec sed -u {rules}\n"))
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
