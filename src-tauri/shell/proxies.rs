//! What the system says of proxies, read anew for each request. On Linux that is what every GTK program is told, by the same
//! library: GNOME's settings, with their script where the desktop runs it, or what `libproxy` knows of other
//! desktops. On Windows it is the registry of the person, on macOS the configuration of the network in use; a script is
//! recognised there and not run.

use sally_core::http::proxy::{SystemProxies, SystemProxy};
use url::Url;

/// The settings of this system.
pub(super) struct System;

impl SystemProxies for System {
    fn ask(&self, url: &Url) -> SystemProxy {
        ask(url)
    }
}

#[cfg(target_os = "linux")]
fn ask(url: &Url) -> SystemProxy {
    use gtk::gio::prelude::*;
    use gtk::gio::{Cancellable, ProxyResolver};

    let found = ProxyResolver::default().lookup(url.as_str(), None::<&Cancellable>);
    let found = found.unwrap_or_else(|error| {
        tracing::info!(%error, "the desktop does not say which proxy it uses");
        Vec::new()
    });
    // They are to be tried in this order; “direct” means none, and `use-proxy:` that it is not known which.
    let proxy = found
        .first()
        .map(ToString::to_string)
        .filter(|first| first.contains("://") && !first.starts_with("direct:"));
    let script = proxy.is_none() && gnome::has_script();
    SystemProxy { proxy, except: String::new(), script }
}

/// GNOME's script for proxies.
#[cfg(target_os = "linux")]
mod gnome {
    use gtk::gio::prelude::*;
    use gtk::gio::{Settings, SettingsBackend, SettingsSchemaSource};

    const SETTINGS: &str = "org.gnome.system.proxy";

    pub(super) fn has_script() -> bool {
        // Without its schema the library would end the program.
        let schema = SettingsSchemaSource::default().and_then(|source| source.lookup(SETTINGS, true));
        schema.is_some_and(|schema| {
            Settings::new_full(&schema, None::<&SettingsBackend>, None).string("mode") == "auto"
        })
    }
}

#[cfg(windows)]
fn ask(_url: &Url) -> SystemProxy {
    const SETTINGS: &str = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings";

    let Ok(settings) = windows_registry::CURRENT_USER.open(SETTINGS) else { return SystemProxy::default() };
    let text = |name: &str| settings.get_string(name).unwrap_or_default();
    let is_on = settings.get_u32("ProxyEnable").unwrap_or_default() != 0;
    SystemProxy {
        proxy: if is_on { written::proxy(&text("ProxyServer")) } else { None },
        except: written::exceptions(text("ProxyOverride").split(';')),
        script: !text("AutoConfigURL").trim().is_empty(),
    }
}

#[cfg(target_os = "macos")]
fn ask(_url: &Url) -> SystemProxy {
    use system_configuration::core_foundation::array::CFArray;
    use system_configuration::core_foundation::base::{CFType, TCFType as _};
    use system_configuration::core_foundation::dictionary::CFDictionary;
    use system_configuration::core_foundation::number::CFNumber;
    use system_configuration::core_foundation::string::CFString;
    use system_configuration::dynamic_store::SCDynamicStoreBuilder;

    let store = SCDynamicStoreBuilder::new("Sally Desktop").build();
    let Some(set) = store.and_then(|store| store.get_proxies()) else { return SystemProxy::default() };
    let find = |set: &CFDictionary<CFString, CFType>, key: &'static str| {
        set.find(CFString::from_static_string(key)).map(|value| (*value).clone())
    };
    let number = |key| find(&set, key)?.downcast::<CFNumber>()?.to_i32();
    let text = |key| Some(find(&set, key)?.downcast::<CFString>()?.to_string());
    let is_on = |key| number(key) == Some(1);
    let proxy = text("HTTPSProxy").filter(|_| is_on("HTTPSEnable")).map(|host| match number("HTTPSPort") {
        Some(port) => format!("{host}:{port}"),
        None => host,
    });
    let exceptions: Vec<String> = find(&set, "ExceptionsList")
        .and_then(|list| list.downcast::<CFArray>())
        .map(|list| {
            let texts = list.iter().filter_map(|one| {
                #[expect(unsafe_code, reason = "the library hands out what is in an array as it lies there")]
                // SAFETY: it is an object of the system's, as everything in a list of settings, and lives as long as the array.
                let one = unsafe { CFType::wrap_under_get_rule(*one) };
                Some(one.downcast::<CFString>()?.to_string())
            });
            texts.collect()
        })
        .unwrap_or_default();
    SystemProxy {
        proxy,
        except: written::exceptions(exceptions.iter().map(String::as_str)),
        script: is_on("ProxyAutoConfigEnable"),
    }
}

/// How Windows and macOS write proxies and exceptions.
#[cfg(any(not(target_os = "linux"), test))]
mod written {
    /// The proxy for TLS in what Windows has: one for everything, or some with their schemes before them.
    #[cfg(any(windows, test))]
    pub(super) fn proxy(text: &str) -> Option<String> {
        let all: Vec<&str> = text.split([';', ' ']).map(str::trim).filter(|one| !one.is_empty()).collect();
        let of = |scheme: &str| all.iter().find_map(|one| one.strip_prefix(scheme)?.strip_prefix('='));
        let plain = || all.iter().copied().find(|one| !one.contains('='));
        of("https").or_else(plain).map(str::to_owned)
    }

    /// Exceptions, as `NO_PROXY` has them: `*.acme.example` is a domain, and `10.*` a range. Names without a dot
    /// (`<local>`) are left out, since no address of the app is one; so are patterns that can be written in no other way.
    pub(super) fn exceptions<'a>(all: impl Iterator<Item = &'a str>) -> String {
        let written: Vec<String> = all.filter_map(|one| exception(one.trim())).collect();
        written.join(",")
    }

    fn exception(text: &str) -> Option<String> {
        let text = text.strip_prefix("https://").unwrap_or(text);
        if text == "*" {
            return Some("*".to_owned());
        }
        if let Some(range) = range(text) {
            return Some(range);
        }
        let domain = text.strip_prefix("*.").unwrap_or(text);
        let is_plain = !domain.is_empty() && !domain.contains(['*', '<', '>', ',']);
        is_plain.then(|| domain.to_owned())
    }

    /// `10.*`, `192.168.*.*` and `169.254/16`.
    fn range(text: &str) -> Option<String> {
        let (start, bits) = match text.split_once('/') {
            Some((start, bits)) => (start, Some(bits.parse::<u8>().ok()?)),
            None => (text.split(".*").next().filter(|start| start.len() < text.len())?, None),
        };
        let mut parts: Vec<u8> = start.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
        let bits = bits.or_else(|| u8::try_from(parts.len() * 8).ok())?;
        if parts.len() > 4 || bits > 32 {
            return None;
        }
        parts.resize(4, 0);
        let parts: Vec<String> = parts.iter().map(u8::to_string).collect();
        Some(format!("{}/{bits}", parts.join(".")))
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn windows_has_one_proxy_for_all_or_one_for_each_scheme() {
            for (text, found) in [
                ("proxy.acme.example:8080", Some("proxy.acme.example:8080")),
                ("http=a:80;https=b:443;ftp=c:21", Some("b:443")),
                ("https=b:443", Some("b:443")),
                ("http=a:80", None),
                ("http=a:80;d:3128", Some("d:3128")),
                ("", None),
            ] {
                assert_eq!(proxy(text).as_deref(), found, "{text}");
            }
        }

        #[test]
        fn exceptions_are_written_as_the_environment_has_them() {
            let all = [
                "*.acme.example",
                "intern.example",
                "10.*",
                "192.168.*.*",
                "169.254/16",
                "<local>",
                "a*b",
                "",
            ];
            assert_eq!(
                exceptions(all.into_iter()),
                "acme.example,intern.example,10.0.0.0/8,192.168.0.0/16,169.254.0.0/16"
            );
            assert_eq!(exceptions("*".split(';')), "*");
        }
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::process::Command;

    use super::*;

    /// Set in the process that has the desktop to itself; what it is to be told.
    const TOLD: &str = "SALLY_TEST_TOLD";

    /// What a program is told on a desktop of GNOME with these settings.
    fn on_gnome(settings: &str, helper: bool) -> SystemProxy {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("glib-2.0/settings");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("keyfile"), settings).unwrap();
        let told = home.path().join("told");
        let mut command = Command::new("dbus-run-session");
        if !helper {
            // A bus that starts no program by itself.
            let bus = home.path().join("bus.conf");
            std::fs::write(
                &bus,
                "<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><policy context=\"default\">\
                 <allow send_destination=\"*\" eavesdrop=\"true\"/><allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>",
            )
            .unwrap();
            command.arg(format!("--config-file={}", bus.display()));
        }
        let output = command
            .arg("--")
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", "shell::proxies::tests::the_process_that_is_told", "--ignored"])
            .env("XDG_CONFIG_HOME", home.path())
            .env("XDG_CURRENT_DESKTOP", "GNOME")
            .env("GSETTINGS_BACKEND", "keyfile")
            .env(TOLD, &told)
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        let told = std::fs::read_to_string(told).unwrap();
        let mut lines = told.lines();
        let proxy = lines.next().filter(|line| !line.is_empty()).map(str::to_owned);
        SystemProxy { proxy, except: String::new(), script: lines.next() == Some("true") }
    }

    #[test]
    #[ignore = "run by the tests below, in a process with a desktop of its own"]
    fn the_process_that_is_told() {
        let Some(file) = std::env::var_os(TOLD) else { return };
        let told = System.ask(&Url::parse("https://api.atlassian.com/").unwrap());
        std::fs::write(file, format!("{}\n{}\n", told.proxy.unwrap_or_default(), told.script)).unwrap();
    }

    fn manual(more: &str) -> String {
        format!(
            "[system/proxy]\nmode='manual'\n{more}\n\
             [system/proxy/https]\nhost='proxy.acme.example'\nport=3128\n"
        )
    }

    #[test]
    fn the_proxy_of_gnome_is_used_but_for_its_exceptions() {
        let told = on_gnome(&manual(""), false);
        assert_eq!(told.proxy.as_deref(), Some("http://proxy.acme.example:3128"));
        let told = on_gnome(&manual("ignore-hosts=['*.atlassian.com']"), false);
        assert_eq!(told, SystemProxy::default());
        let told = on_gnome(&manual("").replace("manual", "none"), false);
        assert_eq!(told, SystemProxy::default());
    }

    #[test]
    fn a_script_is_run_where_the_desktop_has_a_helper_and_said_elsewhere() {
        let script = tempfile::NamedTempFile::new().unwrap();
        let rule = "function FindProxyForURL(url, host) { return 'PROXY chosen.acme.example:8080'; }";
        std::fs::write(script.path(), rule).unwrap();
        let address = format!("file://{}", script.path().display());
        let settings = format!("[system/proxy]\nmode='auto'\nautoconfig-url='{address}'\n");
        let told = on_gnome(&settings, true);
        // The helper of some systems lacks an engine for scripts, and then knows no proxy.
        let is_run = told.proxy.as_deref() == Some("http://chosen.acme.example:8080");
        assert!(is_run || told == SystemProxy { script: true, ..SystemProxy::default() }, "{told:?}");
        let told = on_gnome(&settings, false);
        assert_eq!((told.proxy, told.script), (None, true));
    }
}
